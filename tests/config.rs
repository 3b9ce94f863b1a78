//! Reading `lastcopy.yaml`: all of it, and everything that can be wrong with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::Path;

use lastcopy::config::{Config, NOWHERE};
use lastcopy::finding::{Persona, Severity};
use lastcopy::workspace::{LoadOptions, in_memory, load};

const TODAY: &str = "2026-11-24";

fn read(text: &str) -> Config {
    match Config::parse("lastcopy.yaml", text, TODAY) {
        Ok(config) => config,
        Err(errors) => panic!("{errors:#?}"),
    }
}

fn errors(text: &str) -> Vec<String> {
    let errors = Config::parse("lastcopy.yaml", text, TODAY).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_at_once() {
    let config = read(
        "# ours\nroot: true\nenvironments:\n  production: [production, default]\n  staging: stage\n\
         copies:\n  - {of: 'railway:*', place: aws/1, kept: 5 weeks, locked: true, evidence: seen, until: 2027-05-31, restored: 2026-11-02}\n\
         ignore:\n  - rule: unprotected-store\n    path: infra/**\n    reason: on purpose\n    until: 2027-01-31\n\
         \x20 - {rule: [a-rule, b-rule], address: 'module.*', reason: \"x\"}\n\
         rules:\n  unprotected-store: warning\n  versioning-off: off\n  a-rule: {severity: note}\n\
         rule-dirs: [ops/rules]\nthresholds: {undo-days: 3, retention-days: 14.5}\nexclude: ['vendor/**']\ninclude: vendor\n\
         fail-on: never\npersona: pedantic\n",
    );
    assert_eq!(config.environment_of("default").as_deref(), Some("production"));
    assert_eq!(config.environment_of("production").as_deref(), Some("production"));
    assert_eq!(config.environment_of("stage").as_deref(), Some("staging"));
    assert_eq!(config.environment_of("other"), None);
    let copy = &config.copies[0];
    assert_eq!((copy.kept, copy.locked, copy.until.as_str()), (Some(35), true, "2027-05-31"));
    assert_eq!(copy.restored.as_deref(), Some("2026-11-02"));
    assert_eq!(config.ignores.len(), 2);
    assert_eq!(config.ignores[1].rules, ["a-rule", "b-rule"]);
    assert_eq!(config.rules["unprotected-store"].severity, Some(Severity::Warning));
    assert_eq!(config.rules["versioning-off"].severity, None);
    assert_eq!(config.rules["a-rule"].severity, Some(Severity::Note));
    assert_eq!((config.thresholds.undo_days, config.thresholds.retention_days), (3.0, 14.5));
    assert_eq!((config.exclude.len(), config.include.len(), config.rule_dirs.len()), (1, 1, 1));
    assert_eq!(config.fail_on, Some(None));
    assert_eq!(config.persona, Some(Persona::Pedantic));
    assert!(config.expired.is_empty());
}

#[test]
fn the_test_projects_own() {
    for project in ["pocketos", "pocketos-fixed"] {
        let text = std::fs::read_to_string(format!("testdata/{project}/lastcopy.yaml")).unwrap();
        let config = read(&text);
        assert_eq!(config.environment_of("default").as_deref(), Some("production"));
        let workspace = load(Path::new(&format!("testdata/{project}")), &LoadOptions::default()).unwrap();
        let placed = config.placed(&workspace);
        for copy in &placed.copies {
            assert_eq!(workspace.sources.path(copy.span), "lastcopy.yaml");
            assert!(workspace.sources.slice(copy.span).starts_with("of: railway:contracts"));
            assert_eq!(copy.kept, Some(35));
        }
    }
}

#[test]
fn nothing_is_a_config() {
    for text in [
        "",
        "# only a comment\n",
        "---\n",
        "root: true\ncopies:\nignore:\nrules:\nenvironments:\nexclude:\n",
        "\u{feff}root: true\r\n",
    ] {
        let config = read(text);
        assert!(config.copies.is_empty() && config.thresholds.undo_days == 7.0, "{text:?}");
    }
}

#[test]
fn every_error_says_where_and_what_was_meant() {
    for (text, expected) in [
        ("ignores: []\n", "1:1: lastcopy.yaml has no key `ignores`; did you mean `ignore`?"),
        (
            "a: 1\nthreshold: {}\n",
            "1:1: lastcopy.yaml has no key `a`; there are root, environments, copies, recovery, ignore, rules, rule-dirs, thresholds, exclude, include, fail-on, persona",
        ),
        ("thresholds:\n  undo_days: 3\n", "2:3: thresholds has no key `undo_days`; did you mean `undo-days`?"),
        ("thresholds: {undo-days: 3 days}\n", "1:25: expected a number of days"),
        ("thresholds: {undo-days: -1}\n", "1:25: expected a number of days"),
        ("root: yes\n", "1:7: expected true or false"),
        ("root: true\nroot: true\n", "2:1: `root` is written twice"),
        ("rules: {x: warn}\n", "1:12: expected one of error, warning, note, off"),
        ("rules: {x: warnign}\n", "1:12: expected one of error, warning, note, off; did you mean `warning`?"),
        ("rules: {x: {sevrity: off}}\n", "1:13: the setting of `x` has no key `sevrity`; did you mean `severity`?"),
        ("rules: [x]\n", "1:8: expected a mapping (rules)"),
        ("fail-on: {}\n", "1:10: expected one of error, warning, note, never"),
        ("persona: paranoid\n", "1:10: expected one of regular, pedantic, auditor"),
        ("exclude: ['a[']\n", "1:11: `a[` is no glob: unclosed character class; missing ']'"),
        ("rule-dirs: ../ours\n", "1:12: `../ours` doesn't lie below the project's root; give it with --rules"),
        ("rule-dirs: /etc\n", "1:12: `/etc` doesn't lie below the project's root; give it with --rules"),
        ("environments: {a: [x], b: [x]}\n", "1:27: `x` stands for the environment `a` already"),
        ("copies: {of: x}\n", "1:9: expected a list of copies"),
        ("copies: [x]\n", "1:10: expected a mapping (a copy)"),
        ("copies: [null]\n", "1:10: expected a mapping (a copy)"),
        (
            "copies:\n  - of: x\n    place: y\n    evidence: z\n",
            "2:5: a copy needs `until`: the day somebody looks again",
        ),
        ("copies:\n  - {of: x, place: y, evidence: z, until: 2027-1-1}\n", "2:43: expected a date, written 2026-11-24"),
        (
            "copies:\n  - {of: x, place: y, evidence: z, until: 2027-01-01, kept: long}\n",
            "2:61: expected how long it is kept: `35 days`",
        ),
        (
            "copies:\n  - {of: x, place: y, evidence: z, until: 2027-01-01, retention: 3}\n",
            "2:55: a copy has no key `retention`; did you mean `kept`?",
        ),
        ("ignore:\n  - rule: x\n    path: a\n", "2:5: an ignored finding needs `reason`: why it is ignored"),
        ("ignore:\n  - {rule: x, path: a, reason: ' '}\n", "2:32: expected a text"),
        ("ignore:\n  - {rule: [], path: a, reason: r}\n", "2:12: expected the rule, or a list of rules"),
        (
            "ignore:\n  - {rule: x, reason: r}\n",
            "2:5: an ignored finding needs a `path` or an `address`; a rule that isn't wanted at all is switched off under `rules`",
        ),
        ("root: true\n---\nroot: true\n", "3:1: the config is one document; here a second one begins"),
        ("[1, 2]\n", "1:1: expected a mapping (lastcopy.yaml)"),
    ] {
        assert_eq!(
            errors(text).first().map(String::as_str),
            Some(format!("lastcopy.yaml:{expected}").as_str()),
            "{text}"
        );
    }
    assert!(errors("root: [\n")[0].contains("this is no YAML"), "{:?}", errors("root: [\n"));
    assert_eq!(errors("x: 1\ny: 2\nroot: maybe\n").len(), 3, "all are told at once");
}

#[test]
fn what_has_expired_does_not_count() {
    let text = "copies:\n  - {of: db, place: x, evidence: y, until: 2026-11-23}\n  - {of: db, place: x, evidence: y, until: 2026-11-24}\n\
                ignore:\n  - {rule: [a, b], path: p, reason: r, until: 2026-01-01}\n  - {rule: a, path: p, reason: r}\n";
    let config = read(text);
    assert_eq!((config.copies.len(), config.ignores.len()), (1, 1), "the last day counts");
    let expired: Vec<_> = config.expired.iter().map(|e| (e.kind, e.of.as_str(), e.until.as_str())).collect();
    assert_eq!(expired, [("copy", "db", "2026-11-23"), ("ignore", "a, b", "2026-01-01")]);
    let without_clock = Config::parse("lastcopy.yaml", text, "").unwrap();
    assert_eq!(without_clock.copies.len(), 2);
}

#[test]
fn rules_that_there_are_none_of() {
    let config =
        read("rules:\n  unprotected-stor: off\nignore:\n  - {rule: [versioning-off, x], path: p, reason: r}\n");
    let known = ["unprotected-store", "versioning-off"];
    let errors: Vec<String> = config.unknown_rules(&known).iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "lastcopy.yaml:2:3: there is no rule `unprotected-stor`; did you mean `unprotected-store`?",
            "lastcopy.yaml:4:5: there is no rule `x`",
        ]
    );
}

#[test]
fn a_config_from_elsewhere_has_no_place() {
    let config = read("copies: [{of: x, place: y, evidence: z, until: 2027-01-01}]\n");
    let workspace = in_memory(&BTreeMap::from([("lastcopy.yaml".to_owned(), "root: true\n".to_owned())]));
    assert_eq!(config.placed(&workspace).copies[0].span.source, NOWHERE);
}

#[test]
fn hostile() {
    for text in [
        "[".repeat(100_000),
        "a: &a [*a]\n".into(),
        "copies:\n".to_owned() + &"  - {of: x}\n".repeat(2000),
        "environments: {\"\\u0000\": [\"\\u202e\"]}\n".into(),
        "ignore:\n- rule: {a: b}\n  path: [x]\n  reason: {}\n".into(),
        "rules: {? [a] : off}\n".into(),
        "thresholds: {undo-days: .inf}\n".into(),
    ] {
        let _ = Config::parse("lastcopy.yaml", &text, TODAY);
    }
    let secret = errors("rules: {x: sk_live_4242424242424242}\n");
    assert!(!secret[0].contains("4242"), "a value is never repeated: {secret:?}");
}
