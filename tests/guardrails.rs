//! What stops an agent, and what only looks as if it did: entries against other forms of a command,
//! switches of MCP servers, what isn't known, edits that mend, a person's own settings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};

use lastcopy::finding::{Finding, Outcome, Persona, Severity};
use lastcopy::fix;
use lastcopy::knowledge::Knowledge;
use lastcopy::model::protection::Protection;
use lastcopy::pipeline::chosen::{self, Choice, Chosen};
use lastcopy::pipeline::roots::Root;
use lastcopy::pipeline::session::{Options, Session};
use lastcopy::pipeline::{self, Run};

/// A Railway project with a database that no copy outlives.
const RAILWAY: (&str, &str) = (
    ".railway/railway.ts",
    "import { defineRailway, postgres, project } from \"railway/iac\";\n\
     export default defineRailway(() => project(\"acme\", { resources: [postgres(\"db\")] }));\n",
);

const TERRAFORM: (&str, &str) = (
    "main.tf",
    "provider \"aws\" {\n  region = \"eu-central-1\"\n}\n\n\
     resource \"aws_db_instance\" \"main\" {\n  identifier = \"main\"\n  deletion_protection = true\n}\n",
);

struct Made {
    dir: tempfile::TempDir,
    home: Option<PathBuf>,
}

impl Made {
    fn of(files: &[(&str, &str)]) -> Made {
        let made = Made { dir: tempfile::tempdir().unwrap(), home: None };
        for (path, text) in files {
            made.write(path, text);
        }
        made
    }

    fn write(&self, path: &str, text: &str) {
        let full = self.dir.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }

    fn run(&self) -> Run {
        let root = Root { dir: self.dir.path().into(), under: None, files: Vec::new(), prefix: String::new() };
        let options = Options { today: "2026-11-24".into(), home: self.home.clone(), ..Options::default() };
        let session = Session::open(&root, &options).expect("the config is whole");
        let request = session.request(&root);
        let project = pipeline::project(&request, &session.config, &session.knowledge).expect("it can be read");
        pipeline::judge(project, &session.all_rules().unwrap(), &request, &session.knowledge)
    }
}

fn shown(run: &Run, persona: Persona) -> Chosen {
    let mut chosen = chosen::choose(run, &Choice { persona, ..Choice::default() });
    chosen.findings.retain(|f| f.hidden.is_none());
    chosen
}

/// `severity rule path:line`, of each finding at a persona.
fn told(run: &Run, persona: Persona) -> Vec<String> {
    let sources = &run.project.workspace.sources;
    let chosen = shown(run, persona);
    let found = chosen.findings.iter().filter(|f| f.outcome == Outcome::Finding);
    let agents = found.filter(|f| f.place.span.source.0 < u32::MAX && is_about_agents(f));
    agents
        .map(|f| {
            let line = sources.positions(f.place.span).0.line;
            let severity = format!("{:?}", f.severity).to_lowercase();
            format!("{severity} {} {}:{line}", f.rule, sources.path(f.place.span))
        })
        .collect()
}

fn is_about_agents(finding: &Finding) -> bool {
    let rules = [
        "agent-",
        "mcp-",
        "approv",
        "only-a-model",
        "sandbox-",
        "permission-",
        "scripts-run",
        "default-runs",
        "deny-that",
        "last-copy-in-one",
    ];
    rules.iter().any(|r| finding.rule.starts_with(r))
}

fn protection<'a>(run: &'a Run, entry: &str) -> &'a Protection {
    run.project.model.protections.iter().find(|p| p.entry == entry).unwrap_or_else(|| panic!("no {entry}"))
}

fn claude(allow: &str, deny: &str) -> String {
    format!(
        "{{\n  \"permissions\": {{\n    \"defaultMode\": \"default\",\n    \"allow\": [{allow}],\n    \"deny\": [\n      {deny}\n    ]\n  }}\n}}\n"
    )
}

#[test]
fn a_deny_is_tried_in_every_form_of_what_it_names() {
    let made = Made::of(&[TERRAFORM, (".claude/settings.json", &claude("\"Bash\"", "\"Bash(terraform destroy:*)\""))]);
    let run = made.run();
    let deny = protection(&run, "Bash(terraform destroy:*)");
    assert_eq!(deny.holds, Ok(false));
    for form in [
        "/usr/bin/terraform destroy -auto-approve",
        "sh -c 'terraform destroy -auto-approve'",
        "sudo terraform destroy -auto-approve",
        "terraform -chdir=infra destroy -auto-approve",
    ] {
        assert!(deny.walked_around_by.iter().any(|f| f == form), "{form}: {:?}", deny.walked_around_by);
    }
    // What Claude Code strips by itself is stopped.
    assert!(!deny.walked_around_by.iter().any(|f| f.starts_with("terraform destroy")), "{:?}", deny.walked_around_by);
}

#[test]
fn what_it_misses_is_no_hole_where_that_is_asked_about() {
    for allow in ["", "\"Bash(ls)\"", "\"Bash(terraform plan:*)\""] {
        let settings = claude(allow, "\"Bash(terraform destroy:*)\"");
        let run = Made::of(&[TERRAFORM, (".claude/settings.json", &settings)]).run();
        assert_eq!(protection(&run, "Bash(terraform destroy:*)").holds, Ok(true), "{allow}");
    }
}

#[test]
fn an_entry_about_something_else_is_not_judged_by_this() {
    let settings = claude("\"Bash\"", "\"Read(.env)\", \"Bash(weather:*)\"");
    let run = Made::of(&[TERRAFORM, (".claude/settings.json", &settings)]).run();
    for entry in ["Read(.env)", "Bash(weather:*)"] {
        let known = protection(&run, entry);
        assert_eq!((known.holds.clone(), known.acts.len()), (Ok(true), 0), "{entry}");
    }
}

#[test]
fn a_hook_is_a_program() {
    let hook = |command: &str| {
        format!(
            "{{\"permissions\": {{\"defaultMode\": \"default\"}}, \"hooks\": {{\"PreToolUse\": [{{\"matcher\": \"Bash\", \"hooks\": [{{\"type\": \"command\", \"command\": \"{command}\"}}]}}]}}}}"
        )
    };
    let run = Made::of(&[(".claude/settings.json", &hook("./guard.sh"))]).run();
    assert_eq!(protection(&run, "PreToolUse").holds.as_ref().unwrap_err().kind, "hook-program");
    let run = Made::of(&[(".claude/settings.json", &hook("echo no >&2; exit 2"))]).run();
    assert_eq!(protection(&run, "PreToolUse").holds, Ok(true));
}

/// Applies every fix of a rule's findings, safe or not, and runs again.
fn mended(made: &Made, rule: &str) -> (Run, Vec<String>) {
    let run = made.run();
    let chosen = shown(&run, Persona::Pedantic);
    let findings: Vec<&Finding> = chosen.findings.iter().filter(|f| f.rule == rule && !f.fixes.is_empty()).collect();
    assert!(!findings.is_empty(), "no fix of {rule}: {:?}", told(&run, Persona::Pedantic));
    let fixed = fix::apply_chosen(&findings, &run.project.workspace, &|_| true);
    assert_eq!(fixed.withdrawn, []);
    let mut texts = Vec::new();
    for file in &fixed.files {
        made.write(&file.path, &file.contents());
        texts.push(file.contents());
    }
    (made.run(), texts)
}

fn has(run: &Run, rule: &str) -> bool {
    shown(run, Persona::Pedantic).findings.iter().any(|f| f.rule == rule && f.outcome == Outcome::Finding)
}

#[test]
fn entries_that_hold_are_added_beside_the_one_that_does_not() {
    let made = Made::of(&[TERRAFORM, (".claude/settings.json", &claude("\"Bash\"", "\"Bash(terraform destroy:*)\""))]);
    let (run, texts) = mended(&made, "deny-that-does-not-hold");
    assert!(!has(&run, "deny-that-does-not-hold"), "{texts:?}");
    assert!(
        texts[0].contains("      \"Bash(terraform destroy:*)\",\n      \"Bash(*terraform destroy*)\""),
        "{}",
        texts[0]
    );

    let cursor = "{\n  \"permissions\": {\n    \"allow\": [\"Shell(*)\"],\n    \"deny\": [\"Shell(terraform:destroy*)\"]\n  }\n}\n";
    let made = Made::of(&[TERRAFORM, (".cursor/cli.json", cursor)]);
    let (run, texts) = mended(&made, "deny-that-does-not-hold");
    assert!(!has(&run, "deny-that-does-not-hold"), "{texts:?}");
}

#[test]
fn an_entry_is_taken_out_wherever_it_stands() {
    let lists = [
        ("[\n    \"curl\", // fetches\n    \"ls\"\n  ]", "[\n     // fetches\n    \"ls\"\n  ]"),
        ("[\n    \"ls\", // lists\n    \"curl\" // fetches\n  ]", "[\n    \"ls\" // lists\n     // fetches\n  ]"),
        ("[\n    \"ls\",\n    \"curl\",\n    \"wc\"\n  ]", "[\n    \"ls\",\n    \"wc\"\n  ]"),
        ("[\"curl\"]", "[]"),
        ("[\"ls\", \"curl\"]", "[\"ls\"]"),
        ("[\"curl\", \"ls\"]", "[\"ls\"]"),
    ];
    for (list, _) in lists {
        let made =
            Made::of(&[RAILWAY, (".cursor/permissions.json", &format!("{{\n  \"terminalAllowlist\": {list}\n}}\n"))]);
        let (run, texts) = mended(&made, "agent-can-run-anything");
        assert!(!has(&run, "agent-can-run-anything"), "{texts:?}");
        assert!(
            !texts[0].contains("curl") && list.matches("//").count() == texts[0].matches("//").count(),
            "{}",
            texts[0]
        );
        assert!(list.contains("ls") == texts[0].contains("ls"), "{}", texts[0]);
    }
}

#[test]
fn a_server_is_switched_to_read_only() {
    let servers = "{\n  \"mcpServers\": {\n    \"supabase\": {\n      \"command\": \"npx\",\n      \"args\": [\n        \"-y\",\n        \"@supabase/mcp-server-supabase\"\n      ]\n    }\n  }\n}\n";
    let made =
        Made::of(&[(".mcp.json", servers), (".claude/settings.json", &claude("\"mcp__supabase\"", "\"Read(.env)\""))]);
    let (run, texts) = mended(&made, "mcp-server-can-destroy");
    assert!(!has(&run, "mcp-server-can-destroy"));
    assert!(texts[0].contains("        \"@supabase/mcp-server-supabase\",\n        \"--read-only\"\n"), "{}", texts[0]);
}

#[test]
fn only_a_switch_that_is_on_silences_a_server() {
    let found = |arguments: &str| {
        let servers =
            format!("{{\"mcpServers\": {{\"db\": {{\"command\": \"npx\", \"args\": [\"-y\", {arguments}]}}}}}}");
        let run =
            Made::of(&[(".mcp.json", &servers), (".claude/settings.json", &claude("\"mcp__db\"", "\"Read(.env)\""))])
                .run();
        has(&run, "mcp-server-can-destroy")
    };
    assert!(!found("\"@supabase/mcp-server-supabase\", \"--read-only\""));
    assert!(!found("\"@supabase/mcp-server-supabase@latest\", \"--read-only=true\""));
    assert!(found("\"@supabase/mcp-server-supabase\""));
    assert!(found("\"@supabase/mcp-server-supabase\", \"--read-only=false\""));
    assert!(found("\"convex\", \"mcp\", \"start\", \"--dangerously-enable-production-deployments\""));
    assert!(found("\"@henkey/postgres-mcp-server\", \"--tools-config\", \"all.json\""));
}

#[test]
fn every_read_only_switch_is_one_that_can_be_given() {
    for server in Knowledge::embedded().mcp_servers() {
        for switch in server.read_only.iter().chain(&server.enabled_by) {
            let name = switch.split(['=', ' ', ':']).next().unwrap();
            let flag = switch.starts_with("--") && switch.split(' ').count() <= 2;
            let variable = switch.contains('=') && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
            let header = switch.split_once(": ").is_some_and(|(n, v)| !n.contains(' ') && !v.contains(' '));
            let part = switch.starts_with('/') && !switch.contains(' ');
            assert!(flag || variable || header || part, "{}: {switch}", server.server);
        }
    }
}

#[test]
fn what_is_not_known_is_said() {
    let made = Made::of(&[RAILWAY, (".codex/config.toml", "sandbox_mode = \"container\"\n")]);
    let run = made.run();
    let chosen = shown(&run, Persona::Regular);
    assert!(!chosen.findings.iter().any(is_about_agents));
    let counted = chosen.summary.undecided_by.iter().find(|(kind, _)| kind == "unknown-sandbox-mode");
    assert!(counted.is_some_and(|(_, n)| *n > 0), "{:?}", chosen.summary.undecided_by);
    // It would complete a path.
    let token = "#!/bin/sh\nRAILWAY_API_TOKEN=7f3c9b1e-52d8-4c0a-9e4b-d16a80c27f95\ncurl -s https://backboard.railway.com/graphql/v2 -H \"Authorization: Bearer $RAILWAY_API_TOKEN\"\n";
    made.write("scripts/domain.sh", token);
    let run = made.run();
    let chosen = shown(&run, Persona::Regular);
    assert!(!chosen.findings.iter().any(|f| f.rule == "last-copy-in-one-call"));
    let named: Vec<&str> = chosen.summary.undecided_named.iter().map(|(_, text)| text.as_str()).collect();
    assert!(named.iter().any(|n| n.contains("path:codex->railway:db") && n.contains("sandbox mode")), "{named:?}");
}

#[test]
fn the_stakes_of_a_grant() {
    let told_of = |settings: &str, more: &[(&str, &str)], persona: Persona| {
        let mut files = vec![(".claude/settings.json", settings)];
        files.extend(more);
        told(&Made::of(&files).run(), persona)
    };
    let with =
        |allow: &str| format!("{{\n\"permissions\": {{\"defaultMode\": \"default\",\n\"allow\": [{allow}]}}}}\n");
    let regular = |allow: &str, more: &[(&str, &str)]| told_of(&with(allow), more, Persona::Regular);
    let pedantic = |allow: &str, more: &[(&str, &str)]| told_of(&with(allow), more, Persona::Pedantic);

    // A remote operation of a platform in sight.
    assert_eq!(regular("\"Bash(railway:*)\"", &[RAILWAY]), ["warning agent-can-destroy .claude/settings.json:3"]);
    // Of platforms not in sight: one note for the file, and only for whoever wants to know all.
    assert_eq!(regular("\"Bash(railway:*)\", \"Bash(heroku:*)\"", &[]), [""; 0]);
    assert_eq!(
        pedantic("\"Bash(railway:*)\", \"Bash(heroku:*)\"", &[]),
        ["note agent-can-destroy .claude/settings.json:3"]
    );
    // What runs anything: one for the file.
    assert_eq!(
        regular("\"Bash(curl:*)\", \"Bash(python3:*)\", \"Bash(node:*)\"", &[RAILWAY]),
        ["warning agent-can-run-anything .claude/settings.json:3"]
    );
    assert_eq!(regular("\"Bash(curl:*)\"", &[]), [""; 0]);
    // Everything.
    assert_eq!(regular("\"Bash\"", &[RAILWAY]), ["warning agent-can-destroy .claude/settings.json:3"]);
    assert_eq!(regular("\"Bash(*)\"", &[]), [""; 0]);
    // Local targets, git, the checkout.
    let local = "\"Bash(docker compose down -v)\", \"Bash(dropdb -h localhost app)\", \"Bash(git:*)\", \"Bash(rm:*)\"";
    assert_eq!(regular(local, &[RAILWAY]), [""; 0]);
    assert_eq!(pedantic("\"Bash(docker compose down -v)\"", &[RAILWAY]), [""; 0]);
    // A script that nobody runs is no finding.
    let scripts = ("package.json", "{\"scripts\": {\"down\": \"railway volume delete --volume pgdata --yes\"}}");
    assert_eq!(regular("\"Bash(ls)\"", &[RAILWAY, scripts]), [""; 0]);
    assert_eq!(
        regular("\"Bash(npm run *)\"", &[RAILWAY, scripts]),
        ["warning scripts-run-unasked .claude/settings.json:3"]
    );
    // Nothing here that could be lost: never an error.
    let run =
        Made::of(&[(".codex/config.toml", "approval_policy = \"never\"\nsandbox_mode = \"danger-full-access\"\n")])
            .run();
    assert!(shown(&run, Persona::Auditor).findings.iter().all(|f| f.severity < Severity::Error));
}

#[test]
fn where_a_model_decides_nothing_is_said_to_run() {
    let allow_list = (".cursor/permissions.json", "{\"terminalAllowlist\": [\"ls\"]}");
    let found = told(&Made::of(&[allow_list]).run(), Persona::Pedantic);
    assert_eq!(found, ["note only-a-model-decides .cursor/permissions.json:1"]);
    let auto = "{\"permissions\": {\"deny\": [\"Bash(terraform destroy:*)\"]}}";
    let run = Made::of(&[TERRAFORM, (".claude/settings.json", auto)]).run();
    assert!(protection(&run, "Bash(terraform destroy:*)").gated);
    let chosen = shown(&run, Persona::Pedantic);
    let deny = chosen.findings.iter().find(|f| f.rule == "deny-that-does-not-hold").unwrap();
    assert!(deny.message.contains("leaves it to a model"), "{}", deny.message);
    assert!(!has_regular(&run, "deny-that-does-not-hold"));
}

fn has_regular(run: &Run, rule: &str) -> bool {
    shown(run, Persona::Regular).findings.iter().any(|f| f.rule == rule && f.outcome == Outcome::Finding)
}

#[test]
fn an_entry_is_told_once_whoever_reads_it() {
    let workflow = "name: fix\non: push\njobs:\n  fix:\n    runs-on: ubuntu-latest\n    steps:\n      - run: claude -p \"fix it\"\n";
    let settings = "{\n  \"permissions\": {\n    \"defaultMode\": \"default\",\n    \"allow\": [\n      \"Bash(railway:*)\"\n    ]\n  }\n}\n";
    let run = Made::of(&[RAILWAY, (".claude/settings.json", settings), (".github/workflows/fix.yml", workflow)]).run();
    let grants = told(&run, Persona::Regular);
    assert_eq!(grants, ["warning agent-can-destroy .claude/settings.json:5"]);
}

#[test]
fn a_flag_is_told_where_it_stands() {
    let script =
        "#!/bin/sh\n# never codex exec -s danger-full-access by hand\ncodex exec -s danger-full-access \"tidy\"\n";
    let run = Made::of(&[RAILWAY, ("scripts/tidy.sh", script)]).run();
    assert_eq!(told(&run, Persona::Regular), ["warning approval-bypassed scripts/tidy.sh:3"]);
}

#[test]
fn settings_with_an_expression_in_them_still_count() {
    let workflow = |tools: &str| {
        format!(
            "name: triage\non: issues\njobs:\n  triage:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: google-github-actions/run-gemini-cli@v0\n        with:\n          prompt: triage\n          settings: |-\n            {{\n              \"telemetry\": {{\"enabled\": ${{{{ vars.PROJECT != '' }}}}}}{tools}\n            }}\n"
        )
    };
    let narrowed = workflow(",\n              \"tools\": {\"core\": [\"run_shell_command(echo)\"]}");
    let run = Made::of(&[RAILWAY, (".github/workflows/triage.yml", &narrowed)]).run();
    assert_eq!(told(&run, Persona::Regular), [""; 0]);
    let run = Made::of(&[RAILWAY, (".github/workflows/triage.yml", &workflow(""))]).run();
    assert_eq!(told(&run, Persona::Regular), ["warning approval-bypassed .github/workflows/triage.yml:7"]);
}

#[test]
fn a_persons_own_settings_count_only_when_asked_for() {
    let home = Made::of(&[
        (
            ".claude/settings.json",
            "{\"permissions\": {\"defaultMode\": \"default\", \"allow\": [\"Bash(railway:*)\"]}}",
        ),
        (".codex/config.toml", "approval_policy = \"never\"\nsandbox_mode = \"danger-full-access\"\n"),
        (".gemini/settings.json", "{\"tools\": {\"allowed\": [\"run_shell_command(railway)\"]}}"),
        (".ssh/id_rsa", "not to be read"),
    ]);
    let mut made = Made::of(&[RAILWAY, (".claude/settings.json", "{\"permissions\": {\"defaultMode\": \"default\"}}")]);
    assert_eq!(told(&made.run(), Persona::Regular), [""; 0]);
    made.home = Some(home.dir.path().to_path_buf());
    let run = made.run();
    let mut found = told(&run, Persona::Regular);
    found.sort();
    assert_eq!(
        found,
        [
            "warning agent-can-destroy ~/.claude/settings.json:1",
            "warning agent-can-destroy ~/.gemini/settings.json:1",
            "warning approval-bypassed ~/.codex/config.toml:2",
        ]
    );
    let chosen = shown(&run, Persona::Regular);
    assert!(chosen.findings.iter().filter(|f| is_about_agents(f)).all(|f| f.local));
    assert_eq!((chosen.summary.warning, chosen.summary.local), (0, 3));
    assert!(run.project.workspace.files.iter().all(|f| !f.source.path.contains(".ssh")));
}

#[test]
fn a_directory_named_like_home_is_no_ones_home() {
    let settings = "{\"permissions\": {\"defaultMode\": \"default\", \"allow\": [\"Bash(railway:*)\"]}}";
    let mut made = Made::of(&[RAILWAY, ("~/.claude/settings.json", settings)]);
    let dir = tempfile::tempdir().unwrap();
    made.home = Some(dir.path().to_path_buf());
    assert_eq!(told(&made.run(), Persona::Regular), [""; 0]);
    assert!(Path::new(&made.dir.path().join("~/.claude/settings.json")).exists());
}

#[test]
fn entries_in_other_words_than_an_operation_s_own_are_tried() {
    let store = ("main.tf", "resource \"supabase_project\" \"p\" {\n  name = \"p\"\n}\n");
    let granted = |entry: &str| {
        let settings = format!("{{\"permissions\": {{\"defaultMode\": \"default\", \"allow\": [\"{entry}\"]}}}}");
        let run = Made::of(&[store, (".claude/settings.json", &settings)]).run();
        let acts = run.project.model.grants.iter().flat_map(|g| g.acts.iter().map(|a| a.id.clone()));
        acts.collect::<std::collections::BTreeSet<String>>()
    };
    assert!(granted("Bash(npx supabase:*)").contains("supabase-db-reset-linked"));
    assert!(granted("Bash(npx supabase db *)").contains("supabase-db-reset-linked"));
    assert!(granted("Bash(PGPASSWORD=$PW psql -h db.acme.com *)").contains("psql-drop"));
    assert!(granted("Bash(docker exec pg psql *)").contains("psql-drop"));
    assert!(granted("Bash(ssh deploy@prod.acme.com:*)").contains("supabase-db-reset-linked"));
    for harmless in ["Bash(npx eslint:*)", "Bash(git log:*)", "Bash(echo:*)", "Bash(grep:*)", "Bash(psql --version)"] {
        assert!(granted(harmless).is_empty(), "{harmless}: {:?}", granted(harmless));
    }
}

#[test]
fn an_entry_that_is_not_read_is_no_gap_where_its_twin_is_read() {
    let found = |deny: &str| {
        let run = Made::of(&[TERRAFORM, (".claude/settings.json", &claude("", deny))]).run();
        told(&run, Persona::Pedantic).into_iter().filter(|f| f.contains("without-effect")).collect::<Vec<_>>()
    };
    assert_eq!(found("\"Write(.env)\", \"Edit(.env)\""), [""; 0]);
    assert_eq!(found("\"MultiEdit(infra/**)\", \"Edit(infra/**)\", \"Read(infra/**)\", \"Grep(infra/**)\""), [""; 0]);
    let told = ["warning permission-without-effect .claude/settings.json:6"];
    assert_eq!(found("\"Write(.env)\""), told);
    assert_eq!(found("\"Write(.env)\", \"Edit(.env.local)\""), told);
    assert_eq!(found("\"Write(.env)\", \"Read(.env)\""), told);
}

#[test]
fn what_a_file_brings_along_holds_only_while_it_runs() {
    let command = (".claude/commands/deploy.md", "---\nallowed-tools: Bash(terraform:*)\n---\nDeploy it.\n");
    let settings = claude("", "\"Bash(terraform destroy:*)\"");
    let run = Made::of(&[TERRAFORM, command, (".claude/settings.json", &settings)]).run();
    let deny = protection(&run, "Bash(terraform destroy:*)");
    assert_eq!(deny.during.as_deref(), Some("while command deploy runs"));
    let messages: Vec<String> = shown(&run, Persona::Regular).findings.iter().map(|f| f.message.clone()).collect();
    let all = messages.join("\n");
    assert!(all.contains("with nobody asked while command deploy runs, by `Bash(terraform:*)` of a file"), "{all}");
    assert!(
        all.contains("runs `terraform -chdir=infra destroy -auto-approve` with nobody asked while command deploy runs"),
        "{all}"
    );
    // What always goes through is told without a condition.
    let settings = claude("\"Bash\"", "\"Bash(terraform destroy:*)\"");
    let run = Made::of(&[TERRAFORM, command, (".claude/settings.json", &settings)]).run();
    assert_eq!(protection(&run, "Bash(terraform destroy:*)").during, None);
}

/// The message of a rule's only finding.
fn message(made: &Made, rule: &str) -> String {
    let run = made.run();
    let chosen = shown(&run, Persona::Pedantic);
    let mut found = chosen.findings.iter().filter(|f| f.rule == rule && f.outcome == Outcome::Finding);
    let first = found.next().unwrap_or_else(|| panic!("no {rule}: {:?}", told(&run, Persona::Pedantic)));
    assert!(found.next().is_none(), "{rule} twice: {:?}", told(&run, Persona::Pedantic));
    first.message.clone()
}

fn allowing(entries: &str) -> String {
    format!("{{\"permissions\": {{\"defaultMode\": \"default\", \"allow\": [{entries}]}}}}")
}

#[test]
fn what_the_project_has_and_what_loses_most_is_named_first() {
    let named = |files: &[(&str, &str)], entries: &str, rule: &str| {
        let settings = allowing(entries);
        let mut all = vec![(".claude/settings.json", settings.as_str())];
        all.extend(files);
        message(&Made::of(&all), rule)
    };
    let aws = |rest: &str| format!("provider \"aws\" {{\n  region = \"eu-central-1\"\n}}\n{rest}");
    // The store that is here, before others of its platform, and what most use before what few do.
    let table = aws("resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n}\n");
    let told = named(&[("main.tf", &table)], "\"Bash\"", "agent-can-destroy");
    assert!(told.contains("`aws dynamodb delete-table`"), "{told}");
    assert!(told.contains("`terraform destroy`"), "{told}");
    for other in ["amplify", "cdk", "copilot", "nuke", "sst", "eksctl"] {
        assert!(!told.contains(other), "{told}");
    }
    // Frameworks that have nothing here to act on aren't operations of this project at all.
    let told = named(&[("main.tf", &table)], "\"Bash(cdk:*)\"", "agent-can-destroy");
    assert!(told.contains("`cdk destroy`"), "{told}");
    let run = |files: &[(&str, &str)]| Made::of(files).run();
    let settings = allowing("\"Bash(cdk:*)\"");
    let grant = (".claude/settings.json", settings.as_str());
    assert!(!has_regular(&run(&[grant, ("main.tf", &table)]), "agent-can-destroy"));
    assert!(has_regular(
        &run(&[grant, ("main.tf", &table), ("cdk.json", "{\"app\": \"node x\"}")]),
        "agent-can-destroy"
    ));
    // A repository before a secret that nobody reads back.
    let told = named(&[], "\"Bash(gh:*)\"", "agent-can-destroy");
    assert!(told.contains("runs `gh repo delete`"), "{told}");
    // Nothing in sight: what somebody here uses, then what many use.
    let told = named(&[], "\"Bash\"", "agent-can-destroy");
    for other in ["avn", "aliyun", "amplify", "cdk", "copilot", "az rest", "nuke"] {
        assert!(!told.contains(other), "{told}");
    }
    let told = named(&[("Makefile", "db:\n\tflyctl status\n")], "\"Bash\"", "agent-can-destroy");
    assert!(told.contains("runs `fly"), "{told}");
}

#[test]
fn what_is_named_is_a_command_somebody_could_type() {
    let told = |entries: &str, rule: &str| message(&Made::of(&[(".claude/settings.json", &allowing(entries))]), rule);
    let put = told("\"Bash(curl -X PUT *)\"", "agent-can-run-anything");
    assert!(put.contains("`curl -X PUT`"), "{put}");
    let psql = told("\"Bash(psql:*)\"", "agent-can-destroy");
    assert!(psql.contains("`psql -c \"DROP …\"`"), "{psql}");
    for tool in Knowledge::embedded().tools() {
        for operation in &tool.operations {
            let Some(command) = &operation.command else { continue };
            let call = &operation.call;
            assert!(call.contains(' ') || call.len() > 3 || command.starts_with("rm "), "{}: {call}", operation.id);
            assert!(
                !["DROP", "TRUNCATE", "PUT", "DELETE", "DEL", "mutation"].contains(&call.as_str()),
                "{}",
                operation.id
            );
        }
    }
}

#[test]
fn a_long_list_of_entries_is_cut() {
    let entries = ["aws", "terraform", "kubectl", "gcloud", "az", "gh", "git", "npm", "helm"];
    let written: Vec<String> = entries.iter().map(|e| format!("\"Bash({e}:*)\"")).collect();
    let told = message(&Made::of(&[(".claude/settings.json", &allowing(&written.join(", ")))]), "agent-can-destroy");
    assert!(told.ends_with("and 6 more"), "{told}");
    assert_eq!(told.matches("Bash(").count(), 3, "{told}");
}

#[test]
fn what_a_file_brings_along_is_taken_out_of_its_front_matter() {
    let fronts = [
        ("name: x\nallowed-tools: Bash(terraform:*)\n", "name: x\n"),
        ("allowed-tools: Read, Bash(terraform:*), Grep\n", "allowed-tools: Read, Grep\n"),
        ("allowed-tools: Read Bash(terraform:*)\n", "allowed-tools: Read\n"),
        ("allowed-tools: \"Bash(terraform:*), Read\"\n", "allowed-tools: \"Read\"\n"),
        ("allowed-tools:\n  - Read\n  - Bash(terraform:*)\nname: x\n", "allowed-tools:\n  - Read\nname: x\n"),
        ("allowed-tools:\n  - Bash(terraform:*)\nname: x\n", "name: x\n"),
        ("allowed-tools: [Read, \"Bash(terraform:*)\"]\n", "allowed-tools: [Read]\n"),
        ("allowed-tools: [\"Bash(terraform:*)\", Read]\n", "allowed-tools: [Read]\n"),
    ];
    let settings = (".claude/settings.json", "{\"permissions\": {\"defaultMode\": \"default\"}}");
    for (before, after) in fronts {
        let file = format!("---\n{before}---\nDeploy it.\n");
        let made = Made::of(&[TERRAFORM, settings, (".claude/skills/x/SKILL.md", &file)]);
        let (run, texts) = mended(&made, "permission-brought-along");
        assert_eq!(texts, [format!("---\n{after}---\nDeploy it.\n")], "{before}");
        assert!(!has(&run, "permission-brought-along"), "{before}");
    }
    let agent = "---\nname: ops\ndescription: Operates\npermissionMode: bypassPermissions\n---\nYou operate.\n";
    let made = Made::of(&[TERRAFORM, settings, (".claude/agents/ops.md", agent)]);
    let (_, texts) = mended(&made, "permission-brought-along");
    assert_eq!(texts, ["---\nname: ops\ndescription: Operates\n---\nYou operate.\n"]);
}

#[test]
fn rules_that_hold_are_added_to_policies_patterns_and_prefixes() {
    let policy = "[[rule]]\ntoolName = \"run_shell_command\"\ndecision = \"allow\"\npriority = 100\n\n[[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = \"terraform destroy\"\ndecision = \"deny\"\npriority = 200\n";
    let named = (".gemini/settings.json", "{\"policyPaths\": [\".gemini/policies\"]}");
    let made = Made::of(&[TERRAFORM, named, (".gemini/policies/t.toml", policy)]);
    let (run, texts) = mended(&made, "deny-that-does-not-hold");
    assert!(!has(&run, "deny-that-does-not-hold"), "{texts:?}");
    assert!(
        texts[0].contains("commandRegex = '.*\\bterraform\\b.*\\bdestroy\\b'\ndecision = \"deny\"\npriority = 999"),
        "{}",
        texts[0]
    );

    let opencode = "{\n  \"permission\": {\n    \"bash\": {\n      \"*\": \"allow\",\n      \"terraform destroy*\": \"deny\"\n    }\n  }\n}\n";
    let made = Made::of(&[TERRAFORM, ("opencode.json", opencode)]);
    let (run, texts) = mended(&made, "deny-that-does-not-hold");
    assert!(!has(&run, "deny-that-does-not-hold"), "{texts:?}");
    assert!(
        texts[0].contains("\"terraform destroy*\": \"deny\",\n      \"*terraform*destroy*\": \"deny\"\n"),
        "{}",
        texts[0]
    );

    let codex = (".codex/config.toml", "approval_policy = \"on-request\"\nsandbox_mode = \"danger-full-access\"\n");
    let rules = "prefix_rule(pattern = [\"terraform\", \"destroy\"], decision = \"forbidden\")\n";
    let made = Made::of(&[TERRAFORM, codex, (".codex/rules/default.rules", rules)]);
    let (run, texts) = mended(&made, "deny-that-does-not-hold");
    assert!(!has(&run, "deny-that-does-not-hold"), "{texts:?}");
    assert!(texts[0].contains("prefix_rule(pattern = [\"sudo\"], decision = \"prompt\")"), "{}", texts[0]);
}

#[test]
fn nothing_is_offered_where_no_entry_would_hold() {
    let settings =
        "{\"tools\": {\"allowed\": [\"run_shell_command\"], \"exclude\": [\"run_shell_command(terraform destroy)\"]}}";
    // What comes behind it lets everything through again.
    let opencode =
        "{\"permission\": {\"bash\": {\"*\": \"ask\", \"terraform destroy*\": \"deny\", \"sudo *\": \"allow\"}}}";
    // A model answers what is asked.
    let codex = "approval_policy = \"on-request\"\nsandbox_mode = \"danger-full-access\"\napprovals_reviewer = \"auto_review\"\n";
    let rules = "prefix_rule(pattern = [\"terraform\", \"destroy\"], decision = \"forbidden\")\n";
    for files in [
        vec![(".gemini/settings.json", settings)],
        vec![("opencode.json", opencode)],
        vec![(".codex/config.toml", codex), (".codex/rules/default.rules", rules)],
    ] {
        let mut all = vec![TERRAFORM];
        all.extend(files.clone());
        let run = Made::of(&all).run();
        let chosen = shown(&run, Persona::Pedantic);
        for finding in chosen.findings.iter().filter(|f| f.rule == "deny-that-does-not-hold") {
            assert!(finding.fixes.is_empty(), "{files:?}: {:?}", finding.fixes);
            assert!(finding.help.starts_with("No entry of this file"), "{}", finding.help);
        }
    }
}

#[test]
fn what_is_handed_to_a_script_is_no_code() {
    let found = |entry: &str| {
        let run = Made::of(&[(".claude/settings.json", &allowing(&format!("\"{entry}\"")))]).run();
        told(&run, Persona::Pedantic)
    };
    for entry in ["Bash(node build.mjs:*)", "Bash(python -m http.server:*)", "Bash(uv run python scripts/a.py:*)"] {
        assert_eq!(found(entry), [""; 0], "{entry}");
    }
    for entry in ["Bash(node:*)", "Bash(node -e:*)", "Bash(uv run python*)"] {
        assert_eq!(found(entry).len(), 1, "{entry}");
    }
}

#[test]
fn one_word_is_not_looked_for_inside_others() {
    let made = Made::of(&[TERRAFORM, (".claude/settings.json", &claude("\"Bash\"", "\"Bash(rm -rf *)\""))]);
    let run = made.run();
    let mend = protection(&run, "Bash(rm -rf *)").mend.clone();
    if let Some(mend) = mend {
        assert!(!mend.title.contains("*rm*"), "{}", mend.title);
    }
    let opencode = "{\"permission\": {\"bash\": {\"*\": \"allow\", \"dropdb *\": \"deny\"}}}";
    let made = Made::of(&[TERRAFORM, ("opencode.json", opencode)]);
    let (run, texts) = mended(&made, "deny-that-does-not-hold");
    assert!(!has(&run, "deny-that-does-not-hold") && !texts[0].contains("*dropdb*"), "{texts:?}");
}
