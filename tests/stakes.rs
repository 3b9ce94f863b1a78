//! What a grant is worth: the table of stakes, row by row, with the severity and the persona of each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use lastcopy::finding::{Outcome, Persona};
use lastcopy::pipeline::chosen::{self, Choice};
use lastcopy::pipeline::roots::Root;
use lastcopy::pipeline::session::{Options, Session};
use lastcopy::pipeline::{self, Run};

/// A Railway project with a database that no copy outlives.
const RAILWAY: (&str, &str) = (
    ".railway/railway.ts",
    "import { defineRailway, postgres, project } from \"railway/iac\";\n\
     export default defineRailway(() => project(\"acme\", { resources: [postgres(\"db\")] }));\n",
);
/// A token of an account, in a script that uses it for something else.
const TOKEN: (&str, &str) = (
    "scripts/domain.sh",
    "#!/bin/sh\nRAILWAY_API_TOKEN=7f3c9b1e-52d8-4c0a-9e4b-d16a80c27f95\n\
     curl -s https://backboard.railway.com/graphql/v2 -H \"Authorization: Bearer $RAILWAY_API_TOKEN\"\n",
);
const DATABASE: (&str, &str) = (
    "main.tf",
    "terraform {\n  backend \"s3\" {\n    bucket = \"state\"\n    key = \"a\"\n    region = \"eu-central-1\"\n  }\n}\n\
     provider \"aws\" {\n  region = \"eu-central-1\"\n}\n\
     resource \"aws_db_instance\" \"main\" {\n  identifier = \"main\"\n  engine = \"postgres\"\n\
     \x20 skip_final_snapshot = true\n  backup_retention_period = 0\n}\n",
);
const SETTINGS: &str = ".claude/settings.json";

fn run(files: &[(&str, &str)]) -> Run {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let full = dir.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }
    let root = Root { dir: dir.path().into(), under: None, files: Vec::new(), prefix: String::new() };
    let options = Options { today: "2026-11-24".into(), ..Options::default() };
    let session = Session::open(&root, &options).expect("the config is whole");
    let request = session.request(&root);
    let project = pipeline::project(&request, &session.config, &session.knowledge).expect("it can be read");
    pipeline::judge(project, &session.all_rules().unwrap(), &request, &session.knowledge)
}

/// `severity persona rule`, of each finding about what runs unasked, sorted; with it the message and help.
fn found(files: &[(&str, &str)]) -> Vec<(String, String)> {
    const RULES: [&str; 13] = [
        "agent-can-destroy",
        "agent-can-run-anything",
        "approval-bypassed",
        "approved-by-a-hook",
        "command-can-lose-data",
        "default-runs-everything",
        "last-copy-in-one-call",
        "mcp-server-can-destroy",
        "only-a-model-decides",
        "permission-brought-along",
        "sandbox-with-an-open-network",
        "scripts-run-unasked",
        "unconfirmed-apply",
    ];
    let run = run(files);
    let chosen = chosen::choose(&run, &Choice { persona: Persona::Auditor, ..Choice::default() });
    let mut all: Vec<(String, String)> = chosen
        .findings
        .iter()
        .filter(|f| f.outcome == Outcome::Finding && f.hidden.is_none() && RULES.contains(&f.rule.as_str()))
        .map(|f| {
            let line = format!("{:?} {:?} {}", f.severity, f.persona, f.rule).to_lowercase();
            (line, format!("{} {}", f.message, f.help))
        })
        .collect();
    all.sort();
    all
}

fn lines(files: &[(&str, &str)]) -> Vec<String> {
    found(files).into_iter().map(|(line, _)| line).collect()
}

/// With what Claude Code may run besides.
fn granting(entries: &str, files: &[(&str, &str)]) -> Vec<String> {
    let settings = format!("{{\"permissions\": {{\"defaultMode\": \"default\", \"allow\": [{entries}]}}}}");
    let mut all = vec![(SETTINGS, settings.as_str())];
    all.extend(files);
    lines(&all)
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_store_with_no_copy_and_a_credential_for_it_is_an_error() {
    assert_eq!(
        granting("\"Bash(curl:*)\"", &[RAILWAY, TOKEN]),
        ["error regular last-copy-in-one-call", "warning regular agent-can-run-anything"]
    );
}

#[test]
fn without_the_credential_or_with_a_copy_left_it_is_a_warning() {
    // The credential isn't seen: a login is only assumed.
    let unseen = granting("\"Bash(railway:*)\"", &[RAILWAY]);
    assert!(unseen.iter().all(|l| l.starts_with("warning")), "{unseen:?}");
    assert!(unseen.contains(&"warning regular agent-can-destroy".to_owned()), "{unseen:?}");
    // A copy survives.
    let copies = "copies:\n  - {of: 'railway:db', place: aws/111122223333/eu-central-1, kept: 35 days, evidence: runbook, until: 2027-05-31, restored: 2026-11-02}\n";
    let kept = granting("\"Bash(curl:*)\"", &[RAILWAY, TOKEN, ("lastcopy.yaml", copies)]);
    assert_eq!(kept, ["warning regular agent-can-run-anything"]);
}

#[test]
fn a_tool_that_destroys_of_a_platform_in_sight_is_a_warning() {
    let servers = (
        ".mcp.json",
        "{\"mcpServers\": {\"supabase\": {\"command\": \"npx\", \"args\": [\"-y\", \"@supabase/mcp-server-supabase\"]}}}",
    );
    assert_eq!(granting("\"mcp__supabase\"", &[servers]), ["warning regular mcp-server-can-destroy"]);
    assert_eq!(granting("\"mcp__supabase__list_tables\"", &[servers]), NOTHING);
}

#[test]
fn platforms_not_in_sight_are_one_note_for_whoever_wants_all() {
    let found = granting("\"Bash(railway:*)\", \"Bash(heroku:*)\", \"Bash(gcloud:*)\"", &[]);
    assert_eq!(found, ["note pedantic agent-can-destroy"]);
    // Beside one that is in sight they are a note apart.
    let found = granting("\"Bash(railway:*)\", \"Bash(heroku:*)\", \"Bash(gcloud:*)\"", &[RAILWAY]);
    let grants: Vec<&String> = found.iter().filter(|l| l.contains("agent-can")).collect();
    assert_eq!(grants, ["note pedantic agent-can-destroy", "warning regular agent-can-destroy"]);
}

#[test]
fn what_runs_anything_is_one_warning_where_there_is_something_to_lose() {
    let entries = "\"Bash(node:*)\", \"Bash(python3:*)\", \"Bash(bash:*)\", \"Bash(npx:*)\", \"Bash(docker run:*)\", \"Bash(curl:*)\"";
    let regular: Vec<String> = granting(entries, &[RAILWAY]).into_iter().filter(|l| l.contains("regular")).collect();
    assert_eq!(regular, ["warning regular agent-can-run-anything"]);
    let unseen = granting(entries, &[]);
    assert!(!unseen.is_empty() && unseen.iter().all(|l| l.starts_with("note pedantic")), "{unseen:?}");
    let script = ("deploy.sh", "#!/bin/sh\nrailway up\n");
    assert_eq!(granting("\"Bash(curl:*)\"", &[script]), ["note pedantic agent-can-run-anything"]);
}

#[test]
fn everything_is_a_warning_and_an_error_through_a_path() {
    for entry in ["\"Bash\"", "\"Bash(*)\""] {
        assert_eq!(granting(entry, &[RAILWAY]).last().unwrap(), "warning regular agent-can-destroy");
        let through = granting(entry, &[RAILWAY, TOKEN]);
        assert!(through.contains(&"error regular last-copy-in-one-call".to_owned()), "{through:?}");
        assert_eq!(granting(entry, &[]), ["note pedantic agent-can-destroy"]);
    }
    let modes = [
        (
            ".codex/config.toml",
            "approval_policy = \"never\"\nsandbox_mode = \"danger-full-access\"\n",
            "approval-bypassed",
        ),
        (".cursor/cli.json", "{\"permissions\": {\"allow\": [\"Shell(*)\"], \"deny\": []}}", "agent-can-destroy"),
        ("scripts/nightly.sh", "#!/bin/sh\ngemini --yolo -p \"tidy up\"\n", "approval-bypassed"),
    ];
    for (path, text, rule) in modes {
        let seen = lines(&[RAILWAY, (path, text)]);
        assert!(seen.contains(&format!("warning regular {rule}")), "{path}: {seen:?}");
        let unseen = lines(&[(path, text)]);
        assert!(!unseen.is_empty() && unseen.iter().all(|l| l.starts_with("note pedantic")), "{path}: {unseen:?}");
    }
}

#[test]
fn an_agent_that_runs_everything_by_itself_counts_where_it_is_configured() {
    let configured = ("opencode.json", "{\"$schema\": \"https://opencode.ai/config.json\"}");
    let seen = found(&[RAILWAY, configured]);
    let (line, told) = seen.iter().find(|(l, _)| l.contains("default-runs")).unwrap();
    assert_eq!(line, "warning regular default-runs-everything");
    assert!(told.contains("\"permission\": {\"bash\": \"ask\"}"), "the lines to add: {told}");
    assert_eq!(lines(&[configured]), ["note pedantic default-runs-everything"]);
    // One that nothing here configures raises nothing, whatever is said about it.
    let prose = ("README.md", "Works with opencode, goose, Claude Code and Codex.\n");
    assert_eq!(lines(&[RAILWAY, TOKEN, prose]), NOTHING);
    assert_eq!(lines(&[RAILWAY, TOKEN, ("AGENTS.md", "Use pnpm.\n")]), NOTHING);
}

#[test]
fn a_local_target_is_nothing_and_an_unknown_one_a_note() {
    for entry in [
        "docker compose down -v",
        "dropdb -h localhost app",
        "psql -h 127.0.0.1 -c 'DROP TABLE a'",
        "redis-cli -h localhost FLUSHALL",
        "minikube delete",
    ] {
        assert_eq!(granting(&format!("\"Bash({entry})\""), &[RAILWAY]), NOTHING, "{entry}");
    }
    let local = (".env", "DATABASE_URL=postgres://app:app@localhost:5432/app\n");
    let scripts = (
        "package.json",
        "{\"scripts\": {\"db:reset\": \"DATABASE_URL=postgres://app:app@localhost:5432/app prisma migrate reset --force\"}}",
    );
    assert_eq!(granting("\"Bash(npm run db:reset)\"", &[RAILWAY, local, scripts]), NOTHING);
    for entry in ["dropdb app", "psql $DATABASE_URL:*", "prisma migrate reset:*"] {
        let found = granting(&format!("\"Bash({entry})\""), &[RAILWAY]);
        assert!(found.iter().all(|l| l.starts_with("note pedantic")), "{entry}: {found:?}");
    }
    // With and without what runs it.
    assert_eq!(granting("\"Bash(prisma migrate reset:*)\"", &[RAILWAY]), ["note pedantic agent-can-destroy"]);
}

#[test]
fn git_and_files_of_the_checkout_are_at_most_a_note() {
    let github = (
        "main.tf",
        "provider \"github\" {\n  owner = \"acme\"\n}\nresource \"github_repository\" \"app\" {\n  name = \"app\"\n}\n",
    );
    for files in [&[][..], &[RAILWAY], &[RAILWAY, TOKEN], &[github]] {
        for entry in [
            "git:*",
            "git push --force:*",
            "git reset --hard",
            "git clean -fdx",
            "rm -rf dist",
            "rm:*",
            "git branch -D:*",
        ] {
            let found = granting(&format!("\"Bash({entry})\""), files);
            assert!(found.iter().all(|l| l.starts_with("note pedantic")), "{entry}: {found:?}");
        }
    }
    // A repository at its host is another thing: an operation like any other.
    let found = granting("\"Bash(gh repo delete:*)\"", &[]);
    assert_eq!(found, ["note pedantic agent-can-destroy"]);
}

#[test]
fn a_script_counts_where_something_runs_it() {
    let scripts = (
        "package.json",
        "{\"scripts\": {\"build\": \"tsc\", \"down\": \"railway volume delete --volume pgdata --yes\"}}",
    );
    let make = ("Makefile", "down:\n\trailway volume delete --volume pgdata --yes\n");
    assert_eq!(lines(&[RAILWAY, scripts, make]), NOTHING);
    assert_eq!(granting("\"Bash(ls)\"", &[RAILWAY, scripts, make]), NOTHING);
    assert_eq!(granting("\"Bash(npm run build)\"", &[RAILWAY, scripts]), NOTHING);
    for (entry, files) in [("npm run *", scripts), ("npm run down", scripts), ("make:*", make)] {
        let found = granting(&format!("\"Bash({entry})\""), &[RAILWAY, files]);
        assert_eq!(found.last().unwrap(), "warning regular scripts-run-unasked", "{entry}");
        assert!(!found.iter().any(|l| l.starts_with("error")), "{entry}: {found:?}");
    }
    // The same entry where the scripts do nothing of the sort.
    let harmless = ("package.json", "{\"scripts\": {\"build\": \"tsc\", \"down\": \"docker compose down -v\"}}");
    assert_eq!(granting("\"Bash(npm run *)\"", &[RAILWAY, harmless]), NOTHING);
    // A job runs it.
    let job = (
        ".github/workflows/w.yml",
        "on: {push: {branches: [main]}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: npm run down\n",
    );
    let run = lines(&[RAILWAY, scripts, job]);
    assert!(run.contains(&"warning regular command-can-lose-data".to_owned()), "{run:?}");
}

fn applying(on: &str, environment: &str, steps: &str) -> String {
    format!(
        "on: {on}\njobs:\n  apply:\n    runs-on: ubuntu-latest\n{environment}    steps:\n      - uses: actions/checkout@v5\n{steps}"
    )
}

#[test]
fn an_apply_is_a_warning_on_push_and_a_note_where_somebody_saw_the_plan() {
    const PUSH: &str = "{push: {branches: [main]}}";
    let at = ".github/workflows/apply.yml";
    let approve = "      - run: terraform apply -auto-approve\n";
    let seen = lines(&[DATABASE, (at, &applying(PUSH, "", approve))]);
    assert!(seen.iter().any(|l| l.contains("regular") && l.contains("unconfirmed-apply")), "{seen:?}");
    assert!(!seen.iter().any(|l| l.starts_with("error")), "what the plan deletes isn't known: {seen:?}");
    let quiet = |name: &str, text: &str, files: &[(&str, &str)]| {
        let mut all = vec![(at, text)];
        all.extend(files);
        let seen = lines(&all);
        assert!(seen.iter().all(|l| l.contains("pedantic") || l.contains("auditor")), "{name}: {seen:?}");
    };
    let saved = "      - run: terraform plan -out tfplan\n      - run: terraform apply tfplan\n";
    quiet("a saved plan", &applying(PUSH, "    environment: production\n", saved), &[DATABASE]);
    quiet("a protected environment", &applying(PUSH, "    environment: production\n", approve), &[DATABASE]);
    quiet("started by hand", &applying("workflow_dispatch", "", approve), &[DATABASE]);
    quiet("a saved plan alone", &applying(PUSH, "", saved), &[DATABASE]);
    let (_, main) = DATABASE;
    let dev = "      - run: terraform -chdir=environments/dev apply -auto-approve\n";
    let files = [("environments/dev/main.tf", main), ("environments/production/main.tf", main)];
    quiet("throw-away", &applying(PUSH, "    environment: dev\n", dev), &files);
    let empty = "      - run: terraform -chdir=empty apply -auto-approve\n";
    quiet("nothing", &applying(PUSH, "", empty), &[("empty/main.tf", "output \"a\" {\n  value = 1\n}\n")]);
}

#[test]
fn what_lies_outside_the_repository_is_said() {
    let says = |files: &[(&str, &str)], rule: &str, words: &[&str]| {
        let all = found(files);
        let (_, told) = all.iter().find(|(l, _)| l.ends_with(rule)).unwrap_or_else(|| panic!("no {rule}: {all:?}"));
        for word in words {
            assert!(told.contains(word), "{rule}, {word}: {told}");
        }
    };
    let allow = "{\"permissions\": {\"defaultMode\": \"default\", \"allow\": [\"Bash(railway:*)\"]}}";
    says(&[RAILWAY, (SETTINGS, allow)], "agent-can-destroy", &["Rests on:", "trusted"]);
    says(&[RAILWAY, (SETTINGS, "{\"permissions\": {}}")], "only-a-model-decides", &["auto mode", "2.1.283"]);
    let list = "{\"terminalAllowlist\": [\"railway\"]}";
    says(&[RAILWAY, (".cursor/permissions.json", list)], "agent-can-destroy", &["Rests on:", "Run Mode"]);
    let full = "approval_policy = \"never\"\nsandbox_mode = \"danger-full-access\"\n";
    says(&[RAILWAY, (".codex/config.toml", full)], "approval-bypassed", &["Rests on:", "trusted"]);
    let gemini = "{\"tools\": {\"allowed\": [\"run_shell_command(railway)\"]}}";
    says(&[RAILWAY, (".gemini/settings.json", gemini)], "agent-can-destroy", &["Rests on:", "trusted"]);
}
