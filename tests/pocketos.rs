//! The project to be judged on, and the same project mended: what is found, where, and what isn't.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod project_support;

use std::collections::BTreeSet;
use std::path::Path;

use lastcopy::finding::{Finding, Outcome, Persona};
use lastcopy::pipeline::chosen::{self, Choice, Chosen};
use lastcopy::pipeline::roots::Root;
use lastcopy::pipeline::session::{Options, Session};
use lastcopy::pipeline::{self, Run};
use lastcopy::report::{self, Format, Report};
use project_support::copied;

fn root(name: &str) -> Root {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    Root { dir, under: None, files: Vec::new(), prefix: format!("testdata/{name}/") }
}

fn run(root: &Root) -> Run {
    let options = Options { today: "2026-11-24".into(), ..Options::default() };
    let session = Session::open(root, &options).expect("the config is whole");
    let request = session.request(root);
    let project = pipeline::project(&request, &session.config, &session.knowledge).expect("it can be read");
    let rules = session.all_rules().expect("the rules are whole");
    pipeline::judge(project, &rules, &request, &session.knowledge)
}

fn shown(run: &Run, choice: &Choice) -> Chosen {
    let mut chosen = chosen::choose(run, choice);
    chosen.findings.retain(|f| f.hidden.is_none() && f.outcome == Outcome::Finding);
    chosen
}

/// `rule path:line`, of each finding.
fn places(run: &Run, findings: &[Finding]) -> BTreeSet<String> {
    let sources = &run.project.workspace.sources;
    let place = |f: &Finding| {
        let (start, _) = sources.positions(f.place.span);
        format!("{} {}:{}", f.rule, sources.path(f.place.span), start.line)
    };
    findings.iter().map(place).collect()
}

#[test]
fn the_incident_is_found_with_every_link_and_nothing_else() {
    let run = run(&root("pocketos"));
    let chosen = shown(&run, &Choice::default());
    let expected: BTreeSet<String> = [
        "agent-can-destroy .claude/settings.json:6",
        "agent-can-destroy .claude/settings.local.json:4",
        "agent-can-run-anything .cursor/permissions.json:4",
        "automated-backups-off infra/modules/database/main.tf:17",
        "command-can-lose-data services/legacy-api/railway.toml:9",
        "copy-shares-fate .railway/railway.ts:41",
        "deny-that-does-not-hold .claude/settings.json:15",
        "final-snapshot-skipped infra/modules/database/main.tf:15",
        "last-copy-in-one-call .claude/settings.json:12",
        "last-copy-in-one-call .cursor/permissions.json:4",
        "mcp-server-can-destroy .claude/settings.json:12",
        "mcp-server-can-destroy .cursor/permissions.json:13",
        "no-copy-outlives-the-store .railway/railway.ts:42",
        "scripts-run-unasked .claude/settings.json:7",
        "scripts-run-unasked .cursor/permissions.json:8",
        "token-wider-than-its-use .mcp.json:7",
        "token-wider-than-its-use scripts/add-domain.sh:7",
        "unconfirmed-apply .github/workflows/deploy.yml:50",
        "unprotected-store infra/modules/database/main.tf:14",
        "versioning-off infra/storage.tf:32",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    assert_eq!(places(&run, &chosen.findings), expected);
}

#[test]
fn the_first_path_retells_the_incident() {
    let run = run(&root("pocketos"));
    let chosen = shown(&run, &Choice::default());
    let sources = &run.project.workspace.sources;
    let first = &chosen.findings[0];
    assert_eq!(first.rule, "last-copy-in-one-call");
    assert_eq!(first.address, "path:cursor->railway:db");
    let links: Vec<String> = first
        .related
        .iter()
        .map(|l| format!("{}:{}", sources.path(l.span), sources.positions(l.span).0.line))
        .collect();
    assert_eq!(
        links,
        [".cursor/permissions.json:4", "scripts/add-domain.sh:7", ".railway/railway.ts:18", ".railway/railway.ts:41"]
    );
    assert!(
        first.help.contains("projectScheduleDeleteForce") || first.help.contains("projectDelete"),
        "{}",
        first.help
    );
    assert!(first.help.contains("volumeDelete"), "{}", first.help);
}

#[test]
fn two_changes_cut_every_path() {
    let run = run(&root("pocketos"));
    let chosen = shown(&run, &Choice::default());
    let sources = &run.project.workspace.sources;
    let at: Vec<&str> = chosen.cuts.edits.iter().map(|c| sources.path(c.span)).collect();
    assert_eq!((chosen.cuts.cut, chosen.cuts.of), (4, 4));
    assert_eq!(at, [".mcp.json", "scripts/add-domain.sh"]);
}

#[test]
fn the_mended_project_is_clean() {
    let run = run(&root("pocketos-fixed"));
    let chosen = shown(&run, &Choice::default());
    assert_eq!(places(&run, &chosen.findings), BTreeSet::new());
}

#[test]
fn each_file_alone_reports_what_the_whole_run_reports_for_it() {
    let whole_root = root("pocketos");
    let whole = run(&whole_root);
    let all = shown(&whole, &Choice::default());
    let sources = &whole.project.workspace.sources;
    for file in &whole.project.workspace.files {
        let path = &file.source.path;
        let alone = run(&Root { files: vec![path.clone()], ..whole_root.clone() });
        let choice = Choice { under: Some(vec![path.clone()]), ..Choice::default() };
        let touches = |f: &&Finding| {
            std::iter::once(f.place.span).chain(f.related.iter().map(|l| l.span)).any(|s| sources.path(s) == path)
        };
        let expected: BTreeSet<&str> = all.findings.iter().filter(touches).map(|f| f.fingerprint.as_str()).collect();
        let alone = shown(&alone, &choice);
        let got: BTreeSet<&str> = alone.findings.iter().map(|f| f.fingerprint.as_str()).collect();
        assert_eq!(got, expected, "{path}");
    }
}

/// The secrets of the project, read from its files so that they stand in no test.
fn secrets(dir: &Path) -> Vec<String> {
    let uuid =
        regex::Regex::new(r"(?:RAILWAY_API_TOKEN[=:\s]+|API_TOKEN. *: *.)([0-9a-f-]{36})|postgres:([A-Za-z0-9]{20,})@")
            .unwrap();
    let mut found = Vec::new();
    for path in ["scripts/add-domain.sh", ".mcp.json", ".env"] {
        let text = std::fs::read_to_string(dir.join(path)).unwrap();
        let values = uuid.captures_iter(&text).filter_map(|c| c.get(1).or(c.get(2)).map(|m| m.as_str().to_owned()));
        let before = found.len();
        found.extend(values);
        assert!(found.len() > before, "{path} has a secret");
    }
    found
}

#[test]
fn no_format_shows_a_secret() {
    let root = root("pocketos");
    let run = run(&root);
    let choice = Choice { persona: Persona::Auditor, include_undeployed: true, ..Choice::default() };
    let chosen = chosen::choose(&run, &choice);
    let report = Report {
        sources: &run.project.workspace.sources,
        mask: &run.project.mask,
        findings: &chosen.findings,
        rules: &run.rules,
        cuts: &chosen.cuts,
        summary: &chosen.summary,
        prefix: root.prefix.clone(),
    };
    let options = report::Options { verbose: true, undecided: true, ..report::Options::default() };
    let mut outputs: Vec<String> = Format::ALL.iter().map(|f| report::render(*f, &report, &options)).collect();
    outputs.push(lastcopy::cli::inspect::json(&run.project).to_string());
    outputs.push(format!("{:?}", run.findings));
    for secret in secrets(&root.dir) {
        for output in &outputs {
            assert!(!output.contains(&secret), "a secret is shown");
            assert!(!output.contains(&secret[..20]), "most of a secret is shown");
        }
    }
}

#[test]
fn the_page_as_a_person_sees_it() {
    let root = root("pocketos");
    let run = run(&root);
    let chosen = shown(&run, &Choice::default());
    let report = Report {
        sources: &run.project.workspace.sources,
        mask: &run.project.mask,
        findings: &chosen.findings,
        rules: &run.rules,
        cuts: &chosen.cuts,
        summary: &chosen.summary,
        prefix: root.prefix.clone(),
    };
    insta::assert_snapshot!(report::render(Format::Human, &report, &report::Options::default()));
}

/// A copy of the project that git knows or doesn't know.
fn ignoring(name: &str, ignore: &[&str]) -> (tempfile::TempDir, Root) {
    let dir = copied(name);
    std::fs::write(dir.path().join(".gitignore"), ignore.join("\n")).unwrap();
    std::fs::create_dir_all(dir.path().join(".git")).unwrap();
    let root = Root { dir: dir.path().to_path_buf(), under: None, files: Vec::new(), prefix: String::new() };
    (dir, root)
}

#[test]
fn a_personal_file_takes_part_but_is_told_apart() {
    let (_dir, root) = ignoring("pocketos", &[".claude/settings.local.json"]);
    let run = run(&root);
    let chosen = shown(&run, &Choice::default());
    let local: Vec<String> =
        places(&run, &chosen.findings.iter().filter(|f| f.local).cloned().collect::<Vec<_>>()).into_iter().collect();
    assert_eq!(
        local,
        ["agent-can-destroy .claude/settings.local.json:4", "deny-that-does-not-hold .claude/settings.json:15"]
    );
}
