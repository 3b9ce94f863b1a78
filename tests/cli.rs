//! The program as a person, a hook or a CI runner calls it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod project_support;

use std::path::Path;
use std::process::{Command, Output};

use project_support::copied;

fn lastcopy(dir: &Path, arguments: &[&str]) -> Output {
    #[allow(clippy::disallowed_methods)]
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
    command.args(arguments).current_dir(dir).env_remove("NO_COLOR").env("COLUMNS", "100");
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn testdata(name: &str) -> String {
    format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `rule path:line` of each finding in JSON output.
fn places(output: &Output) -> Vec<String> {
    let json = json(output);
    let findings = json["findings"].as_array().unwrap();
    let place = |f: &serde_json::Value| {
        format!("{} {}:{}", f["rule"].as_str().unwrap(), f["path"].as_str().unwrap(), f["line"])
    };
    let mut all: Vec<String> = findings.iter().map(place).collect();
    all.sort();
    all
}

#[test]
fn exit_codes_say_what_happened() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(code(&lastcopy(here, &["check", "testdata/pocketos"])), 1);
    assert_eq!(code(&lastcopy(here, &["testdata/pocketos"])), 1, "bare");
    assert_eq!(code(&lastcopy(here, &["check", "testdata/pocketos", "--fail-on", "never"])), 0);
    assert_eq!(code(&lastcopy(here, &["check", "testdata/pocketos-fixed"])), 0);
    assert_eq!(code(&lastcopy(here, &["check", "testdata/pocketos-fixed", "--fail-on", "note"])), 0);
    for wrong in [
        &["check", "no/such/path"][..],
        &["check", "--format", "yaml", "testdata/pocketos"],
        &["check", "--no-such-option"],
        &["check", "--config", "no-such-file.yaml", "testdata/pocketos"],
        &["check", "--rules", "no-such-dir", "testdata/pocketos"],
        &["check", "--select", "no-such-rule", "testdata/pocketos"],
        &["check", "--today", "yesterday", "testdata/pocketos"],
        &["explain", "no-such-rule"],
        &["can", "no-such-agent", "ls"],
    ] {
        let output = lastcopy(here, wrong);
        assert_eq!(code(&output), 2, "{wrong:?}");
        assert!(!err(&output).is_empty() && out(&output).is_empty(), "{wrong:?}");
    }
}

#[test]
fn color_only_where_it_is_wanted() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let escape = |o: &Output| out(o).contains('\u{1b}');
    assert!(!escape(&lastcopy(here, &["check", "testdata/pocketos"])));
    assert!(escape(&lastcopy(here, &["check", "testdata/pocketos", "--color", "always"])));
    assert!(!escape(&lastcopy(here, &["check", "testdata/pocketos", "--color", "never"])));
}

#[test]
fn a_broken_file_of_every_kind_is_told_and_every_other_finding_stays() {
    let dir = copied("pocketos");
    let before = places(&lastcopy(dir.path(), &["check", "--format", "json"]));
    for (path, text) in [
        ("infra/extra.tf", "resource \"aws_s3_bucket\" \"x\" {\n  bucket = = 1\n}\n"),
        ("infra/extra.tfvars", "a = [1,\n"),
        ("services/other/railway.toml", "[deploy\nstartCommand = 1\n"),
        ("sub/.claude/settings.json", "{\"permissions\": {\"allow\": [\"Bash(ls)\"\n"),
        (".github/workflows/broken.yml", "on: push\njobs:\n  a: [1, {\n"),
        ("other/.railway/railway.ts", "export default defineRailway((ctx => {\n  const = ;\n"),
        (".claude/agents/broken.md", "---\nname: x\ndescription: y\n"),
    ] {
        let full = dir.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(&full, text).unwrap();
        let output = lastcopy(dir.path(), &["check", "--format", "json"]);
        let after = places(&output);
        let unreadable: Vec<&String> =
            after.iter().filter(|p| p.starts_with(&format!("unreadable-file {path}:"))).collect();
        assert_eq!(unreadable.len(), 1, "{path}: {after:?}");
        let json = json(&output);
        let finding =
            json["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "unreadable-file").unwrap().clone();
        assert_eq!(finding["severity"], "error", "{path}");
        for place in &before {
            assert!(after.contains(place), "{path}: {place} is gone");
        }
        std::fs::remove_file(&full).unwrap();
    }
}

#[test]
fn templates_are_skipped_and_counted() {
    let dir = copied("pocketos-fixed");
    for (path, text) in [
        ("chart/Chart.yaml", "name: x\n"),
        ("chart/templates/compose.yaml", "{{- if .Values.x }}\na: {{ .Values.y }}\n{{- end }}\n"),
        ("ansible/docker-compose.yml", "services:\n{% for s in all %}\n  {{ s }}:\n{% endfor %}\n"),
        ("{{cookiecutter.name}}/main.tf", "resource \"aws_s3_bucket\" \"{{ cookiecutter.name }}\" {\n"),
        ("infra/user.tftpl", "%{ if x }\nterraform destroy\n%{ endif }\n"),
    ] {
        let full = dir.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(&full, text).unwrap();
    }
    let output = lastcopy(dir.path(), &["check", "--format", "json", "--persona", "pedantic"]);
    let unreadable: Vec<String> = places(&output).into_iter().filter(|p| p.starts_with("unreadable")).collect();
    assert_eq!(unreadable, Vec::<String>::new());
    let skipped = &json(&output)["summary"]["skipped"];
    assert!(skipped.to_string().contains("template"), "{skipped}");
}

#[test]
fn a_baseline_hides_what_was_there_and_one_new_mistake_is_the_only_finding() {
    let dir = copied("pocketos");
    let written = lastcopy(dir.path(), &["check", "--write-baseline", "baseline.json"]);
    assert_eq!(code(&written), 1);
    let hidden = lastcopy(dir.path(), &["check", "--baseline", "baseline.json", "--fail-on", "note"]);
    assert_eq!(code(&hidden), 0, "{}", out(&hidden));
    std::fs::write(
        dir.path().join("infra/new.tf"),
        "resource \"aws_db_instance\" \"planted\" {\n  engine = \"postgres\"\n  skip_final_snapshot = false\n  backup_retention_period = 7\n  deletion_protection = false\n}\n",
    )
    .unwrap();
    let output =
        lastcopy(dir.path(), &["check", "--baseline", "baseline.json", "--format", "json", "--fail-on", "note"]);
    assert_eq!(code(&output), 1);
    assert_eq!(places(&output), ["unprotected-store infra/new.tf:5"]);
}

#[test]
fn a_pull_request_can_not_switch_anything_off_or_inject_a_command() {
    let dir = copied("pocketos");
    let honest = places(&lastcopy(dir.path(), &["check", "--isolated", "--format", "json"]));
    std::fs::write(
        dir.path().join("lastcopy.yaml"),
        "root: true\nrules:\n  last-copy-in-one-call: off\n  unprotected-store: off\nexclude: [\"**\"]\n",
    )
    .unwrap();
    let main = dir.path().join("infra/main.tf");
    let text = std::fs::read_to_string(&main).unwrap();
    let ignore = "# lastcopy: ignore-file[unprotected-store, automated-backups-off] nothing to see here\n";
    std::fs::write(&main, format!("{ignore}{text}")).unwrap();
    std::fs::write(
        dir.path().join("infra/evil.tf"),
        "resource \"aws_db_instance\" \"x\\n::error::y\" {\n  engine = \"postgres\"\n  deletion_protection = false\n}\n",
    )
    .unwrap();
    let output = lastcopy(dir.path(), &["check", "--isolated", "--format", "json"]);
    let after = places(&output);
    for place in &honest {
        // One line was put above everything in that file.
        let moved = place.rsplit_once(':').map(|(p, l)| format!("{p}:{}", l.parse::<u32>().unwrap() + 1)).unwrap();
        assert!(after.contains(place) || after.contains(&moved), "{place} is gone");
    }
    for format in ["github", "human", "short", "gitlab", "junit", "sarif", "rdjson"] {
        let output = lastcopy(dir.path(), &["check", "--isolated", "--format", format]);
        for line in out(&output).lines() {
            let ours = format == "github"
                && (line.starts_with("::error file=")
                    || line.starts_with("::error title=")
                    || line.starts_with("::warning ")
                    || line.starts_with("::notice ")
                    || line.starts_with("::error "));
            assert!(ours || !line.trim_start().starts_with("::"), "{format}: {line}");
            assert!(!line.starts_with("::error::y") && !line.contains("##["), "{format}: {line}");
        }
    }
}

#[test]
fn one_document_can_come_from_standard_input() {
    use std::io::Write as _;
    let dir = copied("pocketos");
    #[allow(clippy::disallowed_methods)]
    let mut child = Command::new(env!("CARGO_BIN_EXE_lastcopy"))
        .args(["check", "-", "--stdin-filename", "infra/stdin.tf", "--format", "json"])
        .current_dir(dir.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let text = "resource \"aws_db_instance\" \"x\" {\n  engine = \"postgres\"\n  deletion_protection = false\n}\n";
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let places = places(&output);
    assert!(places.contains(&"unprotected-store infra/stdin.tf:3".to_owned()), "{places:?}");
    assert!(places.iter().all(|p| p.contains(" infra/stdin.tf:")), "{places:?}");
}

#[test]
fn fixes_are_shown_first_and_then_made() {
    let dir = tempfile::tempdir().unwrap();
    let text = "# kept\nresource \"aws_db_instance\" \"main\" {\n  engine              = \"postgres\"\n  deletion_protection = false # for now\n}\n";
    let main = dir.path().join("main.tf");
    std::fs::write(&main, text).unwrap();
    let shown = lastcopy(dir.path(), &["check", "--fix", "--dry-run"]);
    assert!(
        out(&shown).contains("-  deletion_protection = false # for now\n+  deletion_protection = true # for now\n"),
        "{}",
        out(&shown)
    );
    assert_eq!(std::fs::read_to_string(&main).unwrap(), text);
    let made = lastcopy(dir.path(), &["check", "--fix"]);
    assert_eq!(std::fs::read_to_string(&main).unwrap(), text.replace("= false", "= true"));
    assert!(!out(&made).contains("unprotected-store"), "{}", out(&made));
}

#[test]
fn options_stand_before_a_command_or_behind_a_quoted_one() {
    let there = &testdata("pocketos");
    for arguments in [
        ["can", "claude", "--list", "--format", "json"].as_slice(),
        &["can", "--list", "--format", "json", "claude"],
        &["can", "claude", "--format", "json", "terraform", "-chdir=infra", "destroy"],
        &["can", "claude", "terraform destroy", "--format", "json"],
        &["can", "--all", "terraform destroy", "--format", "json"],
        &["can", "claude", "mcp:railway/volume_delete op", "--format", "json"],
        &["what", "terraform destroy -auto-approve", "--format", "json"],
        &["what", "--format", "json", "terraform", "-chdir=infra", "destroy"],
        &["what", "--format", "json", "--", "terraform destroy"],
    ] {
        let output = lastcopy(Path::new(there), arguments);
        assert!(out(&output).starts_with(['{', '[']), "{arguments:?}: {} {}", out(&output), err(&output));
    }
    // What isn't quoted is the command's own.
    let output = lastcopy(Path::new(there), &["what", "kubectl", "get", "pods", "--format", "json"]);
    assert!(out(&output).starts_with("kubectl get pods --format json"), "{}", out(&output));
    let wrong = lastcopy(Path::new(there), &["can", "claude", "--list", "ls"]);
    assert_eq!(code(&wrong), 2);
}

#[test]
fn what_a_fix_did_is_told_beside_the_output() {
    let dir = tempfile::tempdir().unwrap();
    let text = "resource \"aws_db_instance\" \"main\" {\n  engine              = \"postgres\"\n  deletion_protection = false\n}\n";
    std::fs::write(dir.path().join("main.tf"), text).unwrap();
    let made = lastcopy(dir.path(), &["check", "--fix", "--format", "json"]);
    assert_eq!(json(&made)["version"], 1);
    assert!(err(&made).starts_with("lastcopy: fixed 1 finding in 1 file"), "{}", err(&made));
}

#[test]
fn one_baseline_serves_several_projects() {
    let dir = tempfile::tempdir().unwrap();
    for project in ["one", "two"] {
        std::fs::create_dir_all(dir.path().join(project)).unwrap();
        std::fs::write(dir.path().join(project).join("lastcopy.yaml"), "root: true\n").unwrap();
        let text = "resource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\"\n}\n";
        std::fs::write(dir.path().join(project).join("main.tf"), text).unwrap();
    }
    assert_eq!(code(&lastcopy(dir.path(), &["check", "one", "two"])), 1);
    lastcopy(dir.path(), &["check", "one", "two", "--write-baseline", "known.json"]);
    let strict = ["--baseline", "known.json", "--fail-on", "note"];
    assert_eq!(code(&lastcopy(dir.path(), &[["check", "one", "two"].as_slice(), &strict].concat())), 0);
    lastcopy(dir.path(), &["check", "one", "--write-baseline", "known.json"]);
    let output = lastcopy(dir.path(), &[["check", "one", "two"].as_slice(), &strict].concat());
    assert_eq!(code(&output), 1, "what is known of one project isn't known of another");
}

#[test]
fn what_is_wrong_in_a_rule_or_config_says_where() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("lastcopy.yaml"), "root: true\nenviroments: {}\n").unwrap();
    let output = lastcopy(dir.path(), &["check"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("lastcopy.yaml:2:1") && err(&output).contains("environments"), "{}", err(&output));
    std::fs::write(dir.path().join("lastcopy.yaml"), "root: true\n").unwrap();
    std::fs::create_dir_all(dir.path().join("rules")).unwrap();
    std::fs::write(dir.path().join("rules/x.yaml"), "id: x\nwhen: !store.x\n").unwrap();
    let output = lastcopy(dir.path(), &["check", "--rules", "rules"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("rules/x.yaml:2:"), "{}", err(&output));
}

#[test]
fn a_user_adds_knowledge_of_their_own_beside_rules() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("lastcopy.yaml", "root: true\nenvironments: {production: production}\n");
    write("main.tf", "resource \"acme_vault\" \"orders\" {\n  sealed = false\n}\n");
    write(".claude/settings.json", "{\"permissions\": {\"allow\": [\"Bash(acmectl:*)\"]}}\n");
    assert_eq!(places(&lastcopy(dir.path(), &["check", "--format", "json"])), [""; 0], "nobody knows it");
    write(
        "own/knowledge/stores/acme.yaml",
        "provider: acme\ntitle: Acme\nterraform: [acme]\ntypes:\n  - type: acme_vault\n    title: Acme vault\n    kind: database\n    \
         tier: checked\n    destroyed_by: [acmectl vault drop]\n    guards: [{class: api, attribute: sealed, safe: {equals: true}, \
         absent: unsafe, lifted_by: acmectl vault unseal}]\n",
    );
    write(
        "own/knowledge/operations/acme.yaml",
        "tool: acmectl\nprovider: acme\nprograms:\n  - names: [acmectl]\n    target: {otherwise: remote}\noperations:\n  - id: acme-vault-drop\n    \
         title: drops a vault\n    call: acmectl vault drop\n    command: acmectl vault drop orders\n    destroys: [database]\n    \
         forms: [{programs: [acmectl], words: [[vault], [drop]]}]\n    source: https://acme.example\n",
    );
    let own = ["--rules", "own", "--format", "json"];
    let told = places(&lastcopy(dir.path(), &[&["check"], &own[..]].concat()));
    assert!(told.iter().any(|p| p == "unprotected-store main.tf:2"), "{told:?}");
    assert!(told.iter().any(|p| p.ends_with(".claude/settings.json:1")), "{told:?}");
    let what = lastcopy(dir.path(), &[&["what"], &own[..], &["acmectl vault drop orders"]].concat());
    assert_eq!(json(&what)["operations"][0]["id"], "acme-vault-drop", "{}", err(&what));

    // What a user knows of a built-in type stands in place of what is built in, and the rest stays.
    write("main.tf", "resource \"vultr_block_storage\" \"orders\" {\n  label = \"orders\"\n}\n");
    let before = places(&lastcopy(dir.path(), &["check", "--format", "json"]));
    assert!(before.iter().any(|p| p == "no-copy-outlives-the-store main.tf:1"), "{before:?}");
    let scratch = "type: vultr_block_storage, title: block storage, kind: volume, holds: derived";
    write("own/knowledge/stores/vultr.yaml", &format!("provider: vultr\ntitle: Vultr\ntypes:\n  - {{{scratch}}}\n"));
    let after = places(&lastcopy(dir.path(), &[&["check"], &own[..]].concat()));
    assert!(!after.iter().any(|p| p.ends_with("main.tf:1")), "{after:?}");

    // A mistake in it says where, and nothing is judged without it.
    write("own/knowledge/stores/acme.yaml", "provider: acme\ntitle: Acme\ntypos: []\n");
    write("own/knowledge/acme.yaml", "provider: acme\n");
    let output = lastcopy(dir.path(), &[&["check"], &own[..]].concat());
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("own/knowledge/stores/acme.yaml:3:1: "), "{}", err(&output));
    assert!(
        err(&output).contains("own/knowledge/acme.yaml:1:1: knowledge is in one of the folders"),
        "{}",
        err(&output)
    );
}

#[test]
fn the_smaller_commands_answer() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pocketos = testdata("pocketos");
    let there = Path::new(&pocketos);
    let can = lastcopy(there, &["can", "cursor", "curl", "https://example.org", "--format", "json"]);
    assert_eq!(code(&can), 1);
    let asked = lastcopy(there, &["can", "--format", "json", "cursor", "curl", "https://example.org"]);
    assert_eq!(json(&asked)["surfaces"]["interactive"]["decision"], "run");
    assert_eq!(code(&lastcopy(here, &["what", "echo", "rm -rf /"])), 0);
    let what = lastcopy(here, &["what", "--format", "json", "railway volume delete --yes"]);
    assert_eq!(code(&what), 1);
    assert_eq!(json(&what)["operations"][0]["id"], "railway-volume-delete");
    assert_eq!(code(&lastcopy(here, &["rules"])), 0);
    assert!(out(&lastcopy(here, &["rules", "--facts"])).contains("survivors"));
    assert!(out(&lastcopy(here, &["explain", "unprotected-store"])).contains("deletion protection"));
    let inspect = json(&lastcopy(there, &["inspect"]));
    assert_eq!(inspect["version"], 1);
    assert!(inspect["stores"].as_array().unwrap().len() > 5);
    assert!(out(&lastcopy(here, &["completions", "bash"])).contains("_lastcopy"));
}

#[test]
fn init_writes_a_config_that_is_valid_and_never_over_one() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(code(&lastcopy(dir.path(), &["init"])), 0);
    assert_eq!(code(&lastcopy(dir.path(), &["check"])), 0);
    assert_eq!(code(&lastcopy(dir.path(), &["init"])), 2);
}

#[test]
fn every_rule_s_examples_are_as_expected() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tested = lastcopy(here, &["test"]);
    assert_eq!(code(&tested), 0, "{}{}", out(&tested), err(&tested));
}

#[test]
#[allow(clippy::disallowed_methods)]
fn a_persons_own_settings_lie_in_no_directory_of_the_project() {
    let made = |files: &[(&str, &str)]| {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    };
    let home = made(&[(".factory/settings.json", "{\"commandAllowlist\": [\"railway status\"]}\n")]);
    let dir = made(&[(
        "sub/.railway/railway.ts",
        "import { postgres } from \"railway\";\nexport default () => { postgres(\"db\"); };\n",
    )]);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
        command.args(arguments).current_dir(dir.path()).env("HOME", home.path()).env("COLUMNS", "100");
        out(&command.output().unwrap())
    };
    let without = run(&["check", "sub", "--root", "sub", "--persona", "pedantic"]);
    assert!(without.contains("settings agents keep in a person's home"), "{without}");
    let with = run(&["check", "sub", "--root", "sub", "--home", "--persona", "pedantic"]);
    assert!(!with.contains("settings agents keep"), "{with}");
    assert!(!with.contains("sub/~"), "{with}");
    assert!(with.contains("~/.factory/settings.json"), "{with}");
}
