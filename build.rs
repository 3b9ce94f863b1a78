//! Turns `rules/` into bytes that need no parsing at start-up.
//!
//! Knowledge is split by provider, so that a run decodes only what its files name. Of the rules an
//! index is enough to choose; conditions, pages and examples lie apart.

// What is wrong here is told to whoever builds, and there is nobody else to tell.
#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Serialize;
use serde::de::DeserializeOwned;

#[path = "src/knowledge/scalar.rs"]
#[allow(dead_code)]
mod scalar;

#[path = "src/knowledge/stores.rs"]
#[allow(dead_code)]
mod stores;

#[path = "src/knowledge/dumps.rs"]
#[allow(dead_code)]
mod dumps;

#[path = "src/knowledge/images.rs"]
#[allow(dead_code)]
mod images;

#[path = "src/knowledge/credentials.rs"]
#[allow(dead_code)]
mod credentials;

#[path = "src/knowledge/iam.rs"]
#[allow(dead_code)]
mod iam;

#[path = "src/knowledge/modules.rs"]
#[allow(dead_code)]
mod modules;

#[path = "src/rules/file.rs"]
#[allow(dead_code)]
mod rule_file;

#[path = "src/knowledge/operations.rs"]
#[allow(dead_code)]
mod operations;

#[path = "src/agents/table/rows.rs"]
#[allow(dead_code)]
mod agents;

#[path = "src/workspace/rows.rs"]
#[allow(dead_code)]
mod rows;

#[path = "src/knowledge/wrappers.rs"]
#[allow(dead_code)]
mod wrappers;

fn main() {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=src/rules/file.rs");
    println!("cargo:rerun-if-changed=src/knowledge");
    println!("cargo:rerun-if-changed=src/workspace/rows.rs");
    println!("cargo:rerun-if-changed=src/agents/table/rows.rs");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    policies(&out);
    let files: rows::File = read(Path::new("rules/files.yaml"));
    write(&out.join("files.bin"), &files);
    let agents: agents::Table = read(Path::new("rules/agents.yaml"));
    write(&out.join("agents.bin"), &agents);
    let mut code = String::new();
    let mut providers: Vec<stores::Provider> = Vec::new();
    for file in yaml_files(Path::new("rules/knowledge/stores")) {
        let part: stores::Provider = read(&file);
        match providers.iter_mut().find(|p| p.provider == part.provider) {
            Some(whole) => whole.merge(part),
            None => providers.push(part),
        }
    }
    let mut parts = Vec::new();
    for provider in &providers {
        let bytes = out.join(format!("stores-{}.bin", provider.provider));
        write(&bytes, provider);
        parts.push((provider.provider.clone(), provider.terraform.clone(), bytes));
    }
    code.push_str("static STORES: &[Embedded] = &[\n");
    for (name, keys, bytes) in parts {
        let _ = writeln!(code, "    ({name:?}, &{keys:?}, include_bytes!({bytes:?})),");
    }
    code.push_str("];\n");
    let mut all = credentials::Credentials::default();
    for file in yaml_files(Path::new("rules/knowledge/credentials")) {
        if file.file_name().is_some_and(|n| n == "words.yaml") {
            all.words = read(&file);
        } else {
            all.platforms.push(read(&file));
        }
    }
    write(&out.join("credentials.bin"), &all);
    code.push_str("static CREDENTIALS: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/credentials.bin\"));\n");
    code.push_str("static RIGHTS: &[Embedded] = &[\n");
    for file in yaml_files(Path::new("rules/knowledge/iam")) {
        let rights: iam::Rights = read(&file);
        let bytes = out.join(format!("iam-{}.bin", rights.provider));
        write(&bytes, &rights);
        let _ = writeln!(code, "    ({:?}, &{:?}, include_bytes!({bytes:?})),", rights.provider, rights.terraform);
    }
    code.push_str("];\n");
    embed_modules(&out, &mut code);
    let dumps: dumps::Dumps = read(Path::new("rules/knowledge/dumps.yaml"));
    write(&out.join("dumps.bin"), &dumps);
    code.push_str("static DUMPS: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/dumps.bin\"));\n");
    let images: images::Images = read(Path::new("rules/knowledge/images.yaml"));
    write(&out.join("images.bin"), &images);
    code.push_str("static IMAGES: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/images.bin\"));\n");
    embed_operations(&out, &mut code);
    fs::write(out.join("knowledge.rs"), code).expect("OUT_DIR can be written");
}

/// Every `rules/<group>/<id>.yaml` (knowledge is no group) → an index, and the bytes it points into.
fn policies(out: &Path) {
    let mut index: Vec<rule_file::Entry> = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    for file in yaml_files(Path::new("rules")) {
        let relative = file.strip_prefix("rules").unwrap_or(&file);
        let [group, name] = relative.iter().filter_map(|p| p.to_str()).collect::<Vec<_>>()[..] else { continue };
        if group == "knowledge" {
            continue;
        }
        let rule: rule_file::RuleFile = read(&file);
        assert_eq!(name, format!("{}.yaml", rule.id), "{}: a rule's file has its id as name", file.display());
        let (mut entry, body, page, examples) = rule.split(group);
        entry.body = append(&mut bytes, &body);
        entry.page = append(&mut bytes, &page);
        entry.examples = append(&mut bytes, &examples);
        index.push(entry);
    }
    write(&out.join("rules-index.bin"), &index);
    fs::write(out.join("rules.bin"), bytes).expect("OUT_DIR can be written");
}

fn append<T: Serialize>(bytes: &mut Vec<u8>, value: &T) -> (u32, u32) {
    let start = bytes.len();
    bytes.extend(postcard::to_allocvec(value).expect("plain data"));
    (start as u32, bytes.len() as u32)
}

/// Published modules one by one, and the addresses of those without stores, sorted.
fn embed_modules(out: &Path, code: &mut String) {
    let mut without: Vec<String> = Vec::new();
    code.push_str("static MODULES: &[Embedded] = &[\n");
    let mut number = 0;
    for file in yaml_files(Path::new("rules/knowledge/modules")) {
        let part: modules::Modules = read(&file);
        without.extend(part.without_stores.iter().flat_map(|s| modules::keys(s)));
        for module in &part.modules {
            let bytes = out.join(format!("module-{number}.bin"));
            write(&bytes, module);
            let _ = writeln!(code, "    ({:?}, &{:?}, include_bytes!({bytes:?})),", module.source, module.keys());
            number += 1;
        }
    }
    without.sort();
    without.dedup();
    let _ = writeln!(code, "];\nstatic WITHOUT_STORES: &[&str] = &{without:?};");
}

/// Tools one by one, with an index from program, host and id; what runs other programs; MCP servers.
fn embed_operations(out: &Path, code: &mut String) {
    let (mut programs, mut hosts, mut ids) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    code.push_str("static TOOLS: &[&[u8]] = &[\n");
    for (number, file) in yaml_files(Path::new("rules/knowledge/operations")).into_iter().enumerate() {
        let mut tool: operations::Tool = read(&file);
        let add = |index: &mut BTreeMap<String, Vec<usize>>, key: &str| {
            let all = index.entry(key.to_owned()).or_default();
            if all.last() != Some(&number) {
                all.push(number);
            }
        };
        for name in tool.programs.iter().flat_map(|p| &p.names) {
            add(&mut programs, name);
        }
        for operation in &mut tool.operations {
            assert!(!ids.contains_key(&operation.id), "{}: `{}` is there twice", file.display(), operation.id);
            add(&mut ids, &operation.id);
            for form in &operation.forms {
                form.programs.iter().for_each(|p| add(&mut programs, p));
                form.hosts.iter().for_each(|h| add(&mut hosts, h));
                if form.programs.is_empty() && form.hosts.is_empty() {
                    add(&mut hosts, "");
                }
            }
            operation.provider = operation.provider.take().or_else(|| tool.provider.clone());
        }
        let bytes = out.join(format!("tool-{number}.bin"));
        write(&bytes, &tool);
        let _ = writeln!(code, "    include_bytes!({bytes:?}),");
    }
    code.push_str("];\n");
    for (name, index) in [("TOOL_PROGRAMS", programs), ("TOOL_HOSTS", hosts), ("TOOL_IDS", ids)] {
        let _ = writeln!(code, "static {name}: calls::Index = &[");
        for (key, numbers) in index {
            let _ = writeln!(code, "    ({key:?}, &{numbers:?}),");
        }
        code.push_str("];\n");
    }
    let wrappers: wrappers::Wrappers = read(Path::new("rules/knowledge/wrappers.yaml"));
    let exec: wrappers::Exec = read(Path::new("rules/knowledge/exec.yaml"));
    let mut servers: Vec<operations::McpServer> = Vec::new();
    for file in yaml_files(Path::new("rules/knowledge/mcp")) {
        let here: operations::McpServers = read(&file);
        servers.extend(here.servers);
    }
    for (name, file) in [("WRAPPERS", "wrappers.bin"), ("EXEC", "exec.bin"), ("MCP", "mcp.bin")] {
        let path = out.join(file);
        match name {
            "WRAPPERS" => write(&path, &wrappers),
            "EXEC" => write(&path, &exec),
            _ => write(&path, &servers),
        }
        let _ = writeln!(code, "static {name}: &[u8] = include_bytes!({path:?});");
    }
}

/// The YAML files of a folder and those below it, sorted.
fn yaml_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|e| e == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn write<T: Serialize>(path: &Path, value: &T) {
    let bytes = postcard::to_allocvec(value).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    fs::write(path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}
