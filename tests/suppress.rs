//! Ignores in comments and the config, what becomes of them, and the baseline.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use lastcopy::config::Config;
use lastcopy::expr::Value;
use lastcopy::finding::{Confidence, Finding, Hidden, Location, Outcome, Persona, Place, Role, Severity, Slot};
use lastcopy::model::stakes::Stakes;
use lastcopy::model::{Fact, statements};
use lastcopy::report::Mask;
use lastcopy::rules::{self, RuleSet};
use lastcopy::source::{Span, Text};
use lastcopy::suppress::baseline::{self, Baseline};
use lastcopy::suppress::{self, Ignores, Options, Statement};
use lastcopy::syntax::document::{self, Document};
use lastcopy::workspace::{Workspace, in_memory};

const TODAY: &str = "2026-11-24";
const RULES: [&str; 3] = ["rule-a", "rule-b", "unused-ignore"];

struct Project {
    workspace: Workspace,
    documents: Vec<Document>,
    config: Config,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let files: BTreeMap<String, String> = files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
        let config = files.get("lastcopy.yaml").map(|text| Config::parse("lastcopy.yaml", text, TODAY).unwrap());
        let workspace = in_memory(&files);
        let documents = workspace.files.iter().map(document::parse).collect();
        Project { workspace, documents, config: config.unwrap_or_default() }
    }

    fn ignores(&self, change: impl FnOnce(&mut Options<'_>)) -> Ignores {
        let mut options = Options {
            workspace: &self.workspace,
            documents: &self.documents,
            config: &self.config,
            known: &RULES,
            today: TODAY,
            no_ignores: false,
            partial: false,
        };
        change(&mut options);
        Ignores::of(&options)
    }

    /// The n-th occurrence of a piece of text.
    fn span(&self, path: &str, piece: &str, n: usize) -> Span {
        let source = &self.workspace.by_path(path).unwrap().source;
        let (at, _) = source.text.match_indices(piece).nth(n).unwrap_or_else(|| panic!("no {piece:?} in {path}"));
        Span::new(source.id, at, at + piece.len())
    }

    fn finding(&self, rule: &str, place: Span, item: Span) -> Finding {
        let fingerprint = format!("v1:{:016x}", place.start);
        Finding {
            rule: rule.into(),
            severity: Severity::Error,
            confidence: Confidence::High,
            persona: Persona::Regular,
            outcome: Outcome::Finding,
            local: false,
            message: String::new(),
            help: String::new(),
            place: Arc::new(Place { span: place, slot: Slot::None, chain: vec![], role: Role::Context, item }),
            address: "module.db.aws_db_instance.main".into(),
            instances: vec![],
            environments: vec![],
            related: vec![],
            reasons: vec![],
            fixes: vec![],
            part_of: None,
            fingerprint,
            hidden: None,
        }
    }

    /// Whether a finding of `rule-a` at a piece of text is hidden.
    fn hidden(&self, path: &str, piece: &str) -> bool {
        let span = self.span(path, piece, 0);
        self.ignores(|_| {}).hides(&self.finding("rule-a", span, span)).is_some()
    }

    /// Kind, line and what is wrong of every statement, when nothing was found.
    fn told(&self) -> Vec<String> {
        self.ignores(|_| {}).statements(&RULES).iter().map(|s| self.words(s)).collect()
    }

    fn words(&self, s: &Statement) -> String {
        let (start, _) = self.workspace.sources.positions(s.span);
        let mut words = format!("{}:{} {}", self.workspace.sources.path(s.span), start.line, s.kind.word());
        if s.expired {
            words += " expired";
        }
        if let Some(problem) = &s.problem {
            words += &format!(" problem: {problem}");
        }
        if !s.unused.is_empty() {
            words += &format!(" unused: {}", s.unused.join(" "));
        }
        words
    }
}

const TF: &str = r#"# lastcopy: ignore[rule-a] the whole block
resource "a" "one" {
  x = 1
  inner { y = 2 }
}

resource "a" "two" {
  x = 3 # lastcopy: ignore[rule-a, rule-b] this line
  # lastcopy: ignore[rule-a] the list
  list = [
    "four",
  ]
  text = <<EOT
  five # lastcopy: ignore[rule-a] no comment
  EOT
  six = 6
}

resource "a" "three" { # lastcopy: ignore[rule-a] what is about this block
  seven = 7
}
module "call" { source = "./m" }
"#;

#[test]
fn what_a_comment_covers() {
    let project = Project::new(&[("main.tf", TF)]);
    for piece in
        ["resource \"a\" \"one\"", "x = 1", "y = 2", "x = 3", "list = [", "\"four\"", "resource \"a\" \"three\""]
    {
        assert!(project.hidden("main.tf", piece), "{piece}");
    }
    for piece in ["resource \"a\" \"two\"", "five", "six = 6", "seven = 7", "module \"call\""] {
        assert!(!project.hidden("main.tf", piece), "{piece}");
    }
    let ignores = project.ignores(|_| {});
    let span = project.span("main.tf", "x = 3", 0);
    assert!(ignores.hides(&project.finding("rule-b", span, span)).is_some());
    let span = project.span("main.tf", "x = 1", 0);
    assert!(ignores.hides(&project.finding("rule-b", span, span)).is_none(), "only the rules it names");
    let Some(Hidden::Ignored { reason, span }) = ignores.hides(&project.finding("rule-a", span, span)) else {
        panic!("not ignored")
    };
    assert_eq!(reason, "the whole block");
    assert!(project.workspace.sources.slice(span.unwrap()).starts_with("# lastcopy: ignore"));
}

#[test]
fn the_subjects_block_and_callers_count_and_a_path_only_by_its_place() {
    let project = Project::new(&[
        (
            "main.tf",
            "# lastcopy: ignore[rule-a] this call\nmodule \"a\" { source = \"./m\" }\nmodule \"b\" { source = \"./m\" }\n",
        ),
        ("m/main.tf", "resource \"x\" \"y\" { # lastcopy: ignore[rule-b] absent\n  p = 1\n}\n"),
    ]);
    let ignores = project.ignores(|_| {});
    let (inside, block) = (project.span("m/main.tf", "p = 1", 0), project.span("m/main.tf", "resource \"x\" \"y\"", 0));
    assert!(ignores.hides(&project.finding("rule-b", inside, block)).is_some(), "the block begins on that line");
    assert!(ignores.hides(&project.finding("rule-b", inside, inside)).is_none());
    let mut called = project.finding("rule-a", inside, block);
    let caller = |name: &str, role| Location { span: project.span("main.tf", name, 0), label: String::new(), role };
    called.related = vec![caller("module \"a\"", Role::Caller)];
    assert!(ignores.hides(&called).is_some());
    called.related = vec![caller("module \"b\"", Role::Caller)];
    assert!(ignores.hides(&called).is_none());
    called.related = vec![caller("module \"a\"", Role::Store)];
    assert!(ignores.hides(&called).is_none(), "only callers");
    called.related = vec![caller("module \"a\"", Role::Caller)];
    called.address = "path:claude->db".into();
    assert!(ignores.hides(&called).is_none(), "a path by its primary place alone");
    let own = project.span("main.tf", "module \"a\"", 0);
    let mut path = project.finding("rule-a", own, own);
    path.address = "path:claude->db".into();
    assert!(ignores.hides(&path).is_some());
}

#[test]
fn every_language_with_comments() {
    for (path, text) in [
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  # lastcopy: ignore[rule-a] r\n  a:\n    steps:\n      - run: HERE\n",
        ),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    steps:\n      - run: HERE # lastcopy: ignore[rule-a] r\n",
        ),
        ("railway.toml", "# lastcopy: ignore[rule-a] r\n[deploy]\nstartCommand = \"HERE\"\n"),
        (".cursor/permissions.json", "{\n  // lastcopy: ignore[rule-a] r\n  \"terminalAllowlist\": [\"HERE\"]\n}\n"),
        (".cursor/permissions.json", "{\"terminalAllowlist\": [\"HERE\" /* lastcopy: ignore[rule-a] r */]}\n"),
        (".railway/railway.ts", "// lastcopy: ignore[rule-a] r\nconst x = HERE();\n"),
        ("a.sh", "#!/bin/sh\n# lastcopy: ignore-file[rule-a] r\nHERE\n"),
        (".env", "# lastcopy: ignore[rule-a] r\nTOKEN=HERE\n"),
        (".codex/rules/a.rules", "prefix_rule(\n    # lastcopy: ignore[rule-a] r\n    pattern = [\"HERE\"],\n)\n"),
        (".claude/agents/a.md", "---\n# lastcopy: ignore[rule-a] r\ntools: HERE\n---\nbody\n"),
        ("Makefile", "# lastcopy: ignore[rule-a] r\nall:\n\tHERE\n"),
        ("Dockerfile", "FROM a\n# lastcopy: ignore[rule-a] r\nCMD HERE\n"),
        (
            "main.tf",
            "x = 1 /* lastcopy: ignore[rule-a] r */\n/* lastcopy: ignore[rule-a]\n   over lines */\ny = \"HERE\"\n",
        ),
    ] {
        assert!(Project::new(&[(path, text)]).hidden(path, "HERE"), "{path}: {text}");
    }
    for (path, text) in [
        ("a.sh", "cat <<E\n# lastcopy: ignore[rule-a] r\nHERE\nE\n"),
        ("a.sh", "echo '# lastcopy: ignore[rule-a] r' HERE\n"),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          # lastcopy: ignore[rule-a] r\n          HERE\n",
        ),
        (".env", "A='# lastcopy: ignore[rule-a] r' HERE=1\n"),
        ("railway.toml", "a = \"\"\"\n# lastcopy: ignore[rule-a] r\nHERE\"\"\"\n"),
        (".railway/railway.ts", "const a = `\n// lastcopy: ignore[rule-a] r\nHERE`;\n"),
        (".claude/settings.json", "{\n// lastcopy: ignore[rule-a] r\n\"a\": \"HERE\"}\n"),
        (".claude/agents/a.md", "---\na: b\n---\n# lastcopy: ignore[rule-a] r\nHERE\n"),
    ] {
        assert!(!Project::new(&[(path, text)]).hidden(path, "HERE"), "{path}: {text}");
    }
}

#[test]
fn what_does_not_count_is_told() {
    let project = Project::new(&[(
        "main.tf",
        "# lastcopy: ignore[rule-a]\nHERE = 1\n# lastcopy: ignore[rule-c] r\nb = 1\n# lastcopy: ignore[rule-a, rul-b] r\nc = 1\n\
         # lastcopy: ignore-file[rule-a] r\nd = 1 # lastcopy: ignore[rule-a] r until=2026-11-23\n# lastcopy: ignore[rule-a] r\n",
    )]);
    assert!(!project.hidden("main.tf", "HERE"));
    assert!(!project.hidden("main.tf", "d = 1"));
    assert!(project.hidden("main.tf", "c = 1"), "the rule that exists is ignored all the same");
    assert_eq!(
        project.told(),
        [
            "main.tf:1 ignore problem: it gives no reason; write `lastcopy: ignore[rule-id] reason`",
            "main.tf:3 ignore problem: there is no rule `rule-c`; did you mean `rule-a`?",
            "main.tf:5 ignore problem: there is no rule `rul-b`; did you mean `rule-b`? unused: rule-a",
            "main.tf:7 ignore-file problem: `ignore-file` stands alone on a line before everything else in the file",
            "main.tf:8 ignore expired",
            "main.tf:9 ignore problem: nothing follows that it could stand above",
        ]
    );
}

#[test]
fn what_hides_nothing_is_told_and_only_then() {
    let project = Project::new(&[
        ("main.tf", "a = 1 # lastcopy: ignore[rule-a, rule-b] r until=2026-11-24\n"),
        ("broken.tf", "b = 1 # lastcopy: ignore[rule-a] r\nresource {\n"),
        ("lastcopy.yaml", "ignore:\n  - {rule: [rule-a, unused-ignore], path: '*.tf', reason: r}\n"),
    ]);
    let span = project.span("main.tf", "a = 1", 0);
    let told = |change: fn(&mut Options<'_>), ran: &[&str], found: bool| -> Vec<String> {
        let ignores = project.ignores(change);
        if found {
            ignores.hides(&project.finding("rule-a", span, span));
        }
        ignores.statements(ran).iter().map(|s| project.words(s)).collect()
    };
    assert_eq!(told(|_| {}, &RULES, true), ["main.tf:1 ignore unused: rule-b"]);
    assert_eq!(
        told(|_| {}, &RULES, false),
        ["lastcopy.yaml:2 config-ignore unused: rule-a", "main.tf:1 ignore unused: rule-a rule-b"],
        "nothing is said of a file that can't be read whole"
    );
    assert!(told(|_| {}, &["rule-c"], false).is_empty(), "the rules didn't run");
    assert!(told(|o| o.partial = true, &RULES, false).is_empty());
    assert!(told(|o| o.no_ignores = true, &RULES, false).is_empty());
    assert!(project.ignores(|o| o.no_ignores = true).hides(&project.finding("rule-a", span, span)).is_none());
}

#[test]
fn the_configs_ignores() {
    let project = Project::new(&[
        (
            "lastcopy.yaml",
            "ignore:\n  - {rule: rule-a, path: infra, reason: a directory}\n  - {rule: rule-b, path: '*.tf', address: 'module.*', reason: both}\n\
             \x20 - {rule: rule-a, address: 'x[\"y\"]', reason: as written}\n",
        ),
        ("infra/deep/a.tf", "a = 1\n"),
        ("a.tf", "a = 1\n"),
        ("infra2/a.tf", "a = 1\n"),
    ]);
    let ignores = project.ignores(|_| {});
    let at = |path: &str, rule: &str, address: &str| {
        let span = project.span(path, "a = 1", 0);
        let mut finding = project.finding(rule, span, span);
        finding.address = address.into();
        ignores.hides(&finding)
    };
    assert_eq!(
        at("infra/deep/a.tf", "rule-a", "x"),
        Some(Hidden::Ignored { reason: "a directory".into(), span: None })
    );
    assert!(at("infra/deep/a.tf", "rule-a", "path:claude->db").is_some(), "a path too");
    assert!(at("infra2/a.tf", "rule-a", "x").is_none());
    assert!(at("a.tf", "rule-b", "module.db.x").is_some());
    assert!(at("a.tf", "rule-b", "db.x").is_none());
    assert!(at("infra/deep/a.tf", "rule-b", "module.db.x").is_none(), "`*` stays in its directory");
    assert!(at("a.tf", "rule-a", "x[\"y\"]").is_some());
}

#[test]
fn expired_copies_are_told_even_without_ignores() {
    let project = Project::new(&[(
        "lastcopy.yaml",
        "copies:\n  - {of: db, place: x, evidence: y, until: 2026-01-01}\nignore:\n  - {rule: rule-a, path: x, reason: r, until: 2026-01-01}\n",
    )]);
    assert_eq!(project.told(), ["lastcopy.yaml:2 copy expired", "lastcopy.yaml:4 config-ignore expired"]);
    let none = project.ignores(|o| o.no_ignores = true).statements(&RULES);
    assert_eq!(none.iter().map(|s| project.words(s)).collect::<Vec<_>>(), ["lastcopy.yaml:2 copy expired"]);
}

#[test]
fn the_rules_tell_of_them_and_can_be_ignored_in_the_config() {
    let project = Project::new(&[
        (
            "main.tf",
            "a = 1 # lastcopy: ignore[rule-a]\nb = 1 # lastcopy: ignore[rule-b] r\nc = 1 # lastcopy: ignore[rule-a] r until=2026-01-01\n",
        ),
        ("other.tf", "b = 1 # lastcopy: ignore[rule-b] r\n"),
        ("examples/x.tf", "b = 1 # lastcopy: ignore[rule-b] r\n"),
        ("lastcopy.yaml", "ignore:\n  - {rule: unused-ignore, path: other.tf, reason: r}\n"),
    ]);
    let ignores = project.ignores(|_| {});
    let facts = statements::facts(&ignores.statements(&RULES), &project.workspace);
    let rules = RuleSet::embedded();
    let hide = |f: &Finding| ignores.hides(f);
    let options = rules::Options { hide: Some(&hide), ..rules::Options::new(&project.workspace.sources) };
    let findings = rules::evaluate(&rules, &facts, &options);
    let told: Vec<String> = findings
        .iter()
        .map(|f| {
            let (start, _) = project.workspace.sources.positions(f.place.span);
            let path = project.workspace.sources.path(f.place.span);
            let hidden =
                f.hidden.as_ref().map_or("", |h| if *h == Hidden::Undeployed { " undeployed" } else { " ignored" });
            format!("{:?} {path}:{} {}: {}{hidden}", f.severity, start.line, f.rule, f.message)
        })
        .collect();
    assert_eq!(
        told,
        [
            "Warning main.tf:1 invalid-ignore: this ignore doesn't count: it gives no reason; write `lastcopy: ignore[rule-id] reason`",
            "Warning main.tf:3 expired-statement: the ignore of `rule-a` counted until 2026-01-01 and doesn't count any more",
            "Note examples/x.tf:1 unused-ignore: nothing is hidden by this ignore of `rule-b` undeployed",
            "Note main.tf:2 unused-ignore: nothing is hidden by this ignore of `rule-b`",
            "Note other.tf:1 unused-ignore: nothing is hidden by this ignore of `rule-b` ignored",
        ]
    );
}

/// A file that can't be read, as seen from one call.
fn unreadable(project: &Project, call: &str) -> Fact {
    let place = Place::of(project.span("m/main.tf", "x = 1", 0), Role::Context);
    let problem = [("message", Value::string("m")), ("place", Value::place(place.clone()))];
    let problem = Value::object(problem.into_iter().map(|(k, v)| (Text::from(k), v)).collect());
    let fields: [(&str, Value); 5] = [
        ("strict", Value::bool(true)),
        ("file", Value::string("m/main.tf")),
        ("place", Value::place(place)),
        ("problems", Value::tuple(vec![problem])),
        ("address", Value::string("x")),
    ];
    let span = project.span("main.tf", &format!("module \"{call}\""), 0);
    Fact {
        kind: "document",
        address: format!("module.{call}"),
        subject: "x".into(),
        value: Value::object(fields.into_iter().map(|(k, v)| (Text::from(k), v)).collect::<IndexMap<_, _>>()),
        stakes: Stakes::Loss,
        confidence: Confidence::High,
        environments: vec![],
        instances: vec![format!("module.{call}.x")],
        callers: vec![Location { span, label: "called here".into(), role: Role::Caller }],
        local: false,
        undeployed: false,
        library: false,
    }
}

#[test]
fn what_is_ignored_at_one_call_is_told_of_the_others() {
    let text =
        |a: &str, b: &str| format!("module \"a\" {{ source = \"./m\" }}{a}\nmodule \"b\" {{ source = \"./m\" }}{b}\n");
    let comment = " # lastcopy: ignore[unreadable-file] known here";
    for (a, b, expected) in [("", "", Some(2)), (comment, "", Some(1)), (comment, comment, None)] {
        let project = Project::new(&[("main.tf", &text(a, b)), ("m/main.tf", "x = 1\n")]);
        let ignores = project.ignores(|o| o.known = &["unreadable-file"]);
        let hide = |f: &Finding| ignores.hides(f);
        let options = rules::Options { hide: Some(&hide), ..rules::Options::new(&project.workspace.sources) };
        let facts = [unreadable(&project, "a"), unreadable(&project, "b")];
        let findings = rules::evaluate(&RuleSet::embedded(), &facts, &options);
        assert_eq!(findings.len(), 1);
        let finding = &findings[0];
        match expected {
            Some(instances) => {
                assert!(finding.hidden.is_none());
                assert_eq!(finding.instances.len(), instances, "{:?}", finding.instances);
                assert!(finding.instances.contains(&"module.b.x".to_owned()));
                assert_eq!(finding.related.len(), instances);
            }
            None => assert!(matches!(finding.hidden, Some(Hidden::Ignored { .. }))),
        }
        assert!(ignores.statements(&["unreadable-file"]).is_empty(), "both are of use");
    }
}

#[test]
fn the_baseline_hides_what_was_there_and_no_more() {
    let project = Project::new(&[("main.tf", "a = 1\nb = 2\n"), ("z.tf", "")]);
    let at = |piece: &str| {
        let span = project.span("main.tf", piece, 0);
        project.finding("rule-a", span, span)
    };
    let mut local = at("b");
    local.local = true;
    let mut ignored = at("b");
    ignored.hidden = Some(Hidden::Ignored { reason: "r".into(), span: None });
    let mut undecided = at("b");
    undecided.outcome = Outcome::Undecided;
    let found = vec![at("b = 2"), at("a = 1"), at("a = 1"), local, ignored, undecided];
    let sources = &project.workspace.sources;
    let text = baseline::written([(found.as_slice(), sources, &Mask::default())]);
    assert_eq!(
        text,
        "{\n  \"version\": 1,\n  \"findings\": [\n    \
         {\"fingerprint\":\"v1:0000000000000000\",\"rule\":\"rule-a\",\"path\":\"main.tf\",\"address\":\"module.db.aws_db_instance.main\"},\n    \
         {\"fingerprint\":\"v1:0000000000000000\",\"rule\":\"rule-a\",\"path\":\"main.tf\",\"address\":\"module.db.aws_db_instance.main\"},\n    \
         {\"fingerprint\":\"v1:0000000000000006\",\"rule\":\"rule-a\",\"path\":\"main.tf\",\"address\":\"module.db.aws_db_instance.main\"}\n  ]\n}\n"
    );
    let mut read = Baseline::parse("b.json", &text).unwrap();
    let mut again: Vec<Finding> = (0..3).map(|_| at("a = 1")).collect();
    assert_eq!(read.apply(&mut again), 1, "one entry is of no use any more");
    let hidden: Vec<bool> = again.iter().map(|f| f.hidden == Some(Hidden::Baselined)).collect();
    assert_eq!(hidden, [true, true, false], "one more of the same is shown");
    let rewritten = baseline::written([(again.as_slice(), sources, &Mask::default())]);
    assert_eq!(rewritten.matches("fingerprint").count(), 3, "what the old one hides stays in the new one");
    assert_eq!(Baseline::parse("b", &baseline::written([])).unwrap(), Baseline::default());
}

#[test]
fn no_secret_gets_into_a_baseline() {
    let project = Project::new(&[("a.json", "[\"curl -H Bearer-sk_live_4242424242424242\"]\n")]);
    let secret = project.span("a.json", "sk_live_4242424242424242", 0);
    let place = project.span("a.json", "\"curl -H Bearer-sk_live_4242424242424242\"", 0);
    let mut finding = project.finding("rule-a", place, place);
    finding.address = "claude:a.json#allow[curl -H Bearer-sk_live_4242424242424242]".into();
    let text = baseline::written([([finding].as_slice(), &project.workspace.sources, &Mask::new(vec![secret]))]);
    assert!(!text.contains("4242"), "{text}");
}

#[test]
fn a_broken_baseline_says_where() {
    for (text, expected) in [
        ("", "b.json:1:1: the file is empty"),
        ("{", "b.json:1:1: this is no JSON"),
        ("[]", "b.json:1:1: this is no baseline: no `version`"),
        ("{\"version\": 2}", "b.json:1:13: only version 1 is known"),
        ("{\"version\": 1}", "b.json:1:1: no `findings`"),
        ("{\"version\": 1,\n \"findings\": {}}", "b.json:2:14: `findings` is a list"),
        ("{\"version\": 1, \"findings\": [\n{}]}", "b.json:2:1: no `fingerprint`"),
        ("{\"version\": 1, \"findings\": [\n{\"fingerprint\": \"v1:XY\"}]}", "b.json:2:17: a fingerprint is"),
    ] {
        let error = Baseline::parse("b.json", text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn hostile() {
    let many = "a = 1 # lastcopy: ignore[rule-a] r\n".repeat(5_000);
    let project = Project::new(&[("main.tf", &many)]);
    let ignores = project.ignores(|_| {});
    let mut findings: Vec<Finding> = (0..1000)
        .map(|n| {
            let span = project.span("main.tf", "a = 1", n);
            project.finding("rule-a", span, span)
        })
        .collect();
    suppress::apply(&mut findings, &ignores);
    assert!(findings.iter().all(|f| f.hidden.is_some()));
    assert_eq!(ignores.statements(&RULES).len(), 4_000);
    for text in [
        "# lastcopy:",
        "# lastcopy: ignore[",
        "# lastcopy: ignore[\u{202e}] x",
        "# lastcopy: ignore[é] x",
        "# lastcopy: ignore[rule-a] \u{1b}[31m",
    ] {
        for told in Project::new(&[("main.tf", &format!("{text}\na = 1\n"))]).told() {
            assert!(!told.contains(['\u{202e}', '\u{1b}', 'é']), "{told}");
        }
    }
}

#[test]
fn what_init_writes_is_no_ignore_itself() {
    let text = lastcopy::cli::init::config();
    assert!(text.contains("lastcopy: ignore["));
    assert!(Project::new(&[("lastcopy.yaml", &text)]).told().is_empty());
}
