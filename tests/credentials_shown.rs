//! No output ever holds the value of a credential: every format of every command, told at length,
//! with findings, with errors, and with a broken configuration.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod credentials_support;

use std::path::Path;
use std::process::Command;

use credentials_support::corpus;
use lastcopy::credentials::find;
use lastcopy::knowledge::Knowledge;
use lastcopy::workspace::{LoadOptions, load};

/// A project with every positive snippet, and agents that may do anything.
fn project() -> (tempfile::TempDir, Vec<(String, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    std::fs::create_dir(dir.path().join(".git")).unwrap();
    write(
        ".claude/settings.json",
        r#"{"permissions": {"defaultMode": "bypassPermissions", "allow": ["Bash(*)", "Bash(curl:*)"]}}"#,
    );
    for (number, snippet) in corpus("positive").iter().enumerate() {
        assert!(!snippet.says.is_empty(), "{}: no kind", snippet.origin);
        write(&format!("p{number:03}/{}", snippet.path), &snippet.text);
    }
    let workspace = load(dir.path(), &LoadOptions::default()).unwrap();
    let tokens = find(&workspace, &Knowledge::embedded());
    let values = tokens.iter().map(|(_, t)| (t.kind.clone(), workspace.sources.slice(t.value).to_owned()));
    let values: Vec<_> = values.collect();
    (dir, values)
}

/// Everything a run of the command says.
fn said(dir: &Path, args: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_lastcopy")).args(args).current_dir(dir).output().unwrap();
    format!("{}\n{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

/// Asserts that no value, nor a long part of one, is said.
fn hides(values: &[(String, String)], args: &[&str], text: &str) {
    for (kind, value) in values {
        // The first line of a key in several; an escaped one is as readable.
        for part in value.split(|c: char| c.is_whitespace() || c == '\\').filter(|p| p.len() >= 8) {
            assert!(!text.contains(part), "{args:?} shows a {kind}");
            let middle: String = part.chars().skip(part.len() / 3).take(16).collect();
            assert!(middle.len() < 16 || !text.contains(&middle), "{args:?} shows a part of a {kind}");
        }
    }
}

#[test]
fn no_output_shows_a_value() {
    let (dir, values) = project();
    assert!(values.len() >= 150, "{}", values.len());
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for format in ["human", "short", "json", "sarif", "github", "gitlab", "junit", "rdjson"] {
        runs.push(vec!["check", "--format", format, "--persona", "auditor", "--min-confidence", "low"]);
    }
    runs.push(vec!["check", "-v", "--persona", "auditor", "--min-confidence", "low", "--include-undeployed"]);
    for format in ["text", "json", "mermaid", "svg", "html"] {
        runs.push(vec!["blast", "--format", format]);
    }
    runs.push(vec!["inspect"]);
    runs.push(vec!["check", "-v", "--dry-run", "--fix"]);
    for args in &runs {
        let text = said(dir.path(), args);
        assert!(text.len() > 40, "{args:?} says {text}");
        hides(&values, args, &text);
    }
    let checked = said(dir.path(), &["check", "--format", "short", "--persona", "auditor", "--min-confidence", "low"]);
    assert!(checked.contains("token-wider-than-its-use"), "{checked}");
}

#[test]
fn errors_show_no_value_either() {
    let (dir, values) = project();
    let secret = values.iter().find(|(kind, _)| kind == "digitalocean-token").unwrap().1.clone();
    // A configuration, a rule and files that break where the secret stands.
    std::fs::write(dir.path().join("lastcopy.yaml"), format!("exclude: {{ {secret} }}\nnonsense: {secret}\n")).unwrap();
    hides(&values, &["check"], &said(dir.path(), &["check"]));
    hides(&values, &["blast"], &said(dir.path(), &["blast"]));
    hides(&values, &["inspect"], &said(dir.path(), &["inspect"]));
    std::fs::remove_file(dir.path().join("lastcopy.yaml")).unwrap();
    for (path, text) in [
        ("broken/main.tf", format!("provider \"digitalocean\" {{\n  token = \"{secret}\" = \n")),
        ("broken/terraform.tfvars", format!("do_token = \"{secret}\n")),
        ("broken/.mcp.json", format!("{{\"mcpServers\": {{\"x\": {{\"env\": {{\"DO_TOKEN\": \"{secret}\", }}}}")),
        (".cursor/mcp.json", format!("{{\"a\": \"{secret}\" \"b\"}}")),
        (".github/workflows/broken.yml", format!("env:\n  DO_TOKEN: {secret}\n   x: [\n")),
        (".railway/railway.ts", format!("export default defineRailway(() => {{ const t = \"dop_{secret}\"; (((")),
    ] {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for format in ["human", "short", "json", "sarif", "github", "gitlab", "junit", "rdjson"] {
        let args = ["check", "-v", "--format", format, "--persona", "auditor", "--min-confidence", "low"];
        hides(&values, &args, &said(dir.path(), &args));
    }
}
