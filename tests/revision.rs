//! `--base`: a project as it was in a revision, and what applying today's tree would do to it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};

use lastcopy::config::Config;
use lastcopy::finding::Outcome;
use lastcopy::knowledge::Knowledge;
use lastcopy::pipeline::{self, Request};
use lastcopy::rules::RuleSet;
use lastcopy::workspace::{LoadOptions, Workspace, load, load_at};
use miniz_oxide::deflate::compress_to_vec_zlib;
use sha1::{Digest, Sha1};

const FIRST: &str = "68e2ef21d2bf68a8d1c8ccb9d7dc16e46d5d9d6c";

/// A repository of two commits, all objects in one pack, with these files checked out.
fn packed(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/revisions/packed");
    let git = dir.path().join(".git");
    std::fs::create_dir_all(git.join("objects/pack")).unwrap();
    std::fs::create_dir_all(git.join("refs/heads")).unwrap();
    std::fs::copy(from.join("history.pack"), git.join("objects/pack/pack-1.pack")).unwrap();
    std::fs::copy(from.join("history.idx"), git.join("objects/pack/pack-1.idx")).unwrap();
    std::fs::copy(from.join("packed-refs"), git.join("packed-refs")).unwrap();
    std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    for (path, text) in files {
        write(dir.path(), path, text);
    }
    dir
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn at(dir: &Path, revision: &str) -> Result<Workspace, String> {
    let options = LoadOptions::default();
    load_at(&load(dir, &options).unwrap(), revision, &options).map_err(|e| e.to_string())
}

fn text(workspace: &Workspace, path: &str) -> String {
    workspace.by_path(path).map(|f| f.source.text.to_string()).unwrap_or_default()
}

#[test]
fn every_name_of_a_revision_leads_to_its_files() {
    let dir = packed(&[]);
    for name in
        ["HEAD~1", "HEAD^", "main~1", "refs/heads/main^1", "v1", "tags/v1", "v1^{commit}", "@~", FIRST, &FIRST[..7]]
    {
        let workspace = at(dir.path(), name).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(text(&workspace, "infra/main.tf").contains("\"gone\""), "{name}");
        assert!(text(&workspace, ".railway/railway.ts").contains("assets"), "{name}");
    }
    let workspace = at(dir.path(), "HEAD").unwrap();
    assert!(text(&workspace, "infra/main.tf").contains("deletion_protection = false"));
    assert!(text(&workspace, "infra/main.tf").starts_with("# line 0 of a long file\n"));
    assert_eq!(workspace.root, load(dir.path(), &LoadOptions::default()).unwrap().root);
}

#[test]
fn a_part_of_the_repository_is_a_project_too() {
    let dir = packed(&[("infra/lastcopy.yaml", "root: true\n")]);
    let workspace = at(&dir.path().join("infra"), "HEAD~1").unwrap();
    assert!(text(&workspace, "main.tf").contains("\"gone\""));
    assert!(workspace.by_path("infra/main.tf").is_none());
    // Newer than the revision: nothing was there.
    let dir = packed(&[("new/lastcopy.yaml", "root: true\n")]);
    assert!(at(&dir.path().join("new"), "HEAD").unwrap().files.is_empty());
}

#[test]
fn what_is_no_revision_is_told() {
    let dir = packed(&[]);
    for (name, expected) in [
        ("nosuch", "no such branch"),
        ("HEAD~2", "no such parent"),
        ("HEAD^2", "no such parent"),
        ("../../etc/passwd", "no such branch"),
        ("HEAD:infra", "understood"),
        ("HEAD@{1}", "understood"),
        ("0000000000000000000000000000000000000000", "isn't in this clone"),
        ("", ""),
        ("HEAD~99999999999999999999", "no such way back"),
    ] {
        match at(dir.path(), name) {
            Ok(_) => assert!(expected.is_empty(), "{name}"),
            Err(e) => assert!(e.contains(expected) && e.contains("--base"), "{name}: {e}"),
        }
    }
    let alone = tempfile::tempdir().unwrap();
    write(alone.path(), "main.tf", "");
    assert!(at(alone.path(), "HEAD").is_err());
}

#[test]
fn a_directory_can_stand_for_a_revision() {
    let dir = packed(&[]);
    let other = tempfile::tempdir().unwrap();
    write(other.path(), "infra/main.tf", "resource \"aws_db_instance\" \"old\" {}\n");
    let workspace = at(dir.path(), other.path().to_str().unwrap()).unwrap();
    assert!(text(&workspace, "infra/main.tf").contains("old"));
}

/// Broken packs and indexes are errors in words, or files that aren't there: never a panic.
#[test]
fn broken_packs_end() {
    let dir = packed(&[]);
    let pack = dir.path().join(".git/objects/pack/pack-1.pack");
    let whole = std::fs::read(&pack).unwrap();
    for at_byte in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at_byte] ^= 0x55;
        std::fs::write(&pack, &bytes).unwrap();
        let _ = at(dir.path(), "HEAD~1");
        std::fs::write(&pack, &whole[..at_byte]).unwrap();
        let _ = at(dir.path(), "HEAD");
    }
    std::fs::write(&pack, &whole).unwrap();
    let index = dir.path().join(".git/objects/pack/pack-1.idx");
    let whole = std::fs::read(&index).unwrap();
    for at_byte in (0..whole.len()).step_by(11) {
        let mut bytes = whole.clone();
        bytes[at_byte] ^= 0xff;
        std::fs::write(&index, &bytes).unwrap();
        let _ = at(dir.path(), "v1");
        std::fs::write(&index, &whole[..at_byte]).unwrap();
        let _ = at(dir.path(), "v1");
    }
}

/// Writes loose objects.
struct Loose(PathBuf);

impl Loose {
    fn write(&self, kind: &str, contents: &[u8]) -> [u8; 20] {
        let mut bytes = format!("{kind} {}\0", contents.len()).into_bytes();
        bytes.extend(contents);
        let id: [u8; 20] = Sha1::digest(&bytes).into();
        let hex: String = id.iter().map(|b| format!("{b:02x}")).collect();
        let dir = self.0.join(".git/objects").join(&hex[..2]);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join(&hex[2..]), compress_to_vec_zlib(&bytes, 6)).unwrap();
        id
    }

    fn tree(&self, entries: &[(&str, &str, [u8; 20])]) -> [u8; 20] {
        let mut bytes = Vec::new();
        for (mode, name, id) in entries {
            bytes.extend(format!("{mode} {name}\0").bytes());
            bytes.extend(id);
        }
        self.write("tree", &bytes)
    }

    fn commit(&self, tree: [u8; 20]) {
        let hex: String = tree.iter().map(|b| format!("{b:02x}")).collect();
        let id = self.write("commit", format!("tree {hex}\nauthor a <a> 0 +0000\n\nm\n").as_bytes());
        let hex: String = id.iter().map(|b| format!("{b:02x}")).collect();
        write(&self.0, ".git/HEAD", &hex);
    }
}

#[test]
fn links_submodules_and_names_that_lead_out_are_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let loose = Loose(dir.path().to_path_buf());
    let file = loose.write("blob", b"resource \"aws_db_instance\" \"a\" {}\n");
    let link = loose.write("blob", b"/etc/passwd");
    let escape = loose.tree(&[("100644", "main.tf", file)]);
    let tree = loose.tree(&[
        ("40000", "..", escape),
        ("120000", "link.tf", link),
        ("100644", "main.tf", file),
        ("40000", "node_modules", escape),
        ("160000", "sub", [9; 20]),
    ]);
    loose.commit(tree);
    let workspace = at(dir.path(), "HEAD").unwrap();
    let paths: Vec<&str> = workspace.files.iter().map(|f| f.source.path.as_str()).collect();
    assert_eq!(paths, ["main.tf"]);
}

/// `rule message`, of each finding that says what a comparison found.
fn told(dir: &Path, revision: &str) -> Vec<String> {
    let request = Request {
        root: dir.to_path_buf(),
        today: "2026-11-24".into(),
        base: Some(revision.into()),
        ..Request::default()
    };
    let (config, knowledge) = (Config::default(), Knowledge::embedded());
    let project = pipeline::project(&request, &config, &knowledge).unwrap();
    let run = pipeline::judge(project, &RuleSet::embedded(), &request, &knowledge);
    let sources = &run.project.workspace.sources;
    let found = run.findings.iter().filter(|f| f.outcome == Outcome::Finding && f.message.contains("Compared with"));
    let mut all: Vec<String> = found
        .map(|f| {
            let (start, _) = sources.positions(f.place.span);
            format!("{} {} {}:{}", f.rule, f.address, sources.path(f.place.span), start.line)
        })
        .collect();
    all.sort();
    all
}

const PROJECT: &str = "import { bucket, defineRailway, postgres, project } from \"railway/iac\";\n\
                       export default defineRailway(() => project(\"acme\", { resources: [postgres(\"db\")";
const TERRAFORM: &str =
    "resource \"aws_db_instance\" \"main\" {\n  identifier          = \"main\"\n  deletion_protection = true\n}\n";

#[test]
fn what_is_gone_is_told_at_what_is_left() {
    let railway = format!("{PROJECT}] }}));\n");
    let dir = packed(&[("infra/main.tf", TERRAFORM), (".railway/railway.ts", &railway)]);
    assert_eq!(
        told(dir.path(), "v1"),
        [
            "store-destroyed aws_db_instance.gone infra/main.tf:1",
            "store-destroyed railway:assets .railway/railway.ts:2",
        ]
    );
}

#[test]
fn nothing_is_gone_where_nothing_changed() {
    let railway = format!("{PROJECT}, bucket(\"assets\")] }}));\n");
    let both = format!("{TERRAFORM}\nresource \"aws_db_instance\" \"gone\" {{\n  identifier = \"gone\"\n}}\n");
    let dir = packed(&[("infra/main.tf", &both), (".railway/railway.ts", &railway)]);
    assert_eq!(told(dir.path(), "v1"), Vec::<String>::new());
}

#[test]
fn moved_and_removed_blocks_say_where_it_went() {
    let railway = format!("{PROJECT}, bucket(\"assets\")] }}));\n");
    for said in [
        "moved {\n  from = aws_db_instance.gone\n  to   = aws_db_instance.kept\n}\nresource \"aws_db_instance\" \"kept\" {\n  identifier = \"gone\"\n}\n",
        "removed {\n  from = aws_db_instance.gone\n  lifecycle {\n    destroy = false\n  }\n}\n",
    ] {
        let both = format!("{TERRAFORM}\n{said}");
        let dir = packed(&[("infra/main.tf", &both), (".railway/railway.ts", &railway)]);
        assert_eq!(told(dir.path(), "v1"), Vec::<String>::new(), "{said}");
    }
}

#[test]
fn a_root_that_is_gone_is_applied_by_nobody() {
    let dir = packed(&[("README.md", "")]);
    assert_eq!(told(dir.path(), "v1"), Vec::<String>::new());
}

#[test]
fn a_name_and_a_guard_that_changed() {
    let railway = format!("{PROJECT}, bucket(\"assets\")] }}));\n");
    let changed = "resource \"aws_db_instance\" \"main\" {\n  identifier          = \"other\"\n  deletion_protection = false\n}\n\
                   resource \"aws_db_instance\" \"gone\" {\n  identifier = \"gone\"\n}\n";
    let dir = packed(&[("infra/main.tf", changed), (".railway/railway.ts", &railway)]);
    let told = told(dir.path(), "v1");
    assert!(told.contains(&"guard-lifted aws_db_instance.main infra/main.tf:3".to_owned()), "{told:?}");
}

#[test]
fn a_database_that_only_one_environment_keeps() {
    let railway = "import { bucket, defineRailway, postgres, project } from \"railway/iac\";\n\
                   export default defineRailway((ctx) => project(\"acme\", { resources: [\n\
                   ctx.environment === \"staging\" && postgres(\"db\"), bucket(\"assets\")] }));\n";
    let both = format!("{TERRAFORM}\nresource \"aws_db_instance\" \"gone\" {{\n  identifier = \"gone\"\n}}\n");
    let dir = packed(&[("infra/main.tf", &both), (".railway/railway.ts", railway)]);
    assert_eq!(told(dir.path(), "v1"), ["store-destroyed railway:db .railway/railway.ts:2"]);
}

#[test]
fn renaming_an_environment_replaces_it() {
    let before =
        "resource \"railway_environment\" \"prod\" {\n  name       = \"production\"\n  project_id = \"p\"\n}\n";
    let dir = tempfile::tempdir().unwrap();
    let loose = Loose(dir.path().to_path_buf());
    let file = loose.write("blob", before.as_bytes());
    loose.commit(loose.tree(&[("100644", "main.tf", file)]));
    write(dir.path(), "main.tf", &before.replace("\"production\"", "\"prod\""));
    assert_eq!(told(dir.path(), "HEAD"), ["store-replaced railway_environment.prod main.tf:1"]);
    write(dir.path(), "main.tf", &before.replace("\"p\"", "\"q\""));
    assert_eq!(told(dir.path(), "HEAD"), ["store-replaced railway_environment.prod main.tf:1"]);
    write(dir.path(), "main.tf", before);
    assert_eq!(told(dir.path(), "HEAD"), Vec::<String>::new());
}
