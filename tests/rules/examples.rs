//! Judging rules by their examples.

use std::collections::BTreeMap;

use lastcopy::cli::test::{Which, test};
use lastcopy::expr::Value;
use lastcopy::finding::Reason;
use lastcopy::rules::examples::{Case, Seen, seen};
use lastcopy::rules::{Options, RuleSet, evaluate};
use lastcopy::workspace::{in_memory, read_dir_texts};

use crate::evaluation::{rule, set};
use crate::loading::RIGHT;
use crate::support::{Project, store};

type Files = BTreeMap<String, String>;

/// A project of which `resource` lines are stores: protected if `true` is on the next line, unknown
/// if `var.` is.
fn run(rules: &RuleSet, files: &Files) -> Result<Vec<Seen>, String> {
    let workspace = in_memory(files);
    let mut facts = Vec::new();
    for file in &workspace.files {
        let lines: Vec<&str> = file.source.text.lines().collect();
        for (index, _) in lines.iter().enumerate().filter(|(_, l)| l.starts_with("resource")) {
            let next = lines.get(index + 1).copied().unwrap_or("");
            let on = match next {
                next if next.contains("var.") => {
                    Value::unknown(Reason::new("variable-without-value", "var.x has no value"))
                }
                next => Value::bool(next.contains("true")),
            };
            // The fixture's own place is put where the line is.
            let p = Project::new(&[("x", "resource\ndeletion_protection = false")]);
            let mut fact = store(&p, "x", &format!("s{index}"), on);
            let start = file.source.line_start(index as u32 + 1).unwrap();
            let span = lastcopy::source::Span { source: file.source.id, start, end: start };
            let place = lastcopy::finding::Place::of(span, lastcopy::finding::Role::Store);
            fact.value = crate::support::with(&fact.value, "guards.api.place", Value::place(place));
            fact.undeployed = file.undeployed;
            facts.push(fact);
        }
        if file.source.text.contains("explode") {
            return Err("it exploded".into());
        }
    }
    Ok(seen(&evaluate(rules, &facts, &Options::new(&workspace.sources)), &workspace.sources))
}

fn files(list: &[(&str, &str)]) -> Files {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The rule with these examples.
fn with_examples(examples: &str) -> String {
    format!("{}examples:\n{examples}", &RIGHT[..RIGHT.find("examples:").unwrap()])
}

fn tested(rule: &str, cases: &Files) -> (String, u8) {
    let rules = set(&[rule]);
    let tested = test(&rules, Which::Added, cases, &|case| run(&rules, &case.files));
    (tested.text, tested.code)
}

const BAD: &str = "  bad:\n    - name: one\n      files: {main.tf: \"# x\\nresource\\n\"}\n      expect: [{path: main.tf, line: 2}]\n";
const GOOD: &str = "  good:\n    - {name: two, files: {main.tf: \"resource\\n true\"}}\n";

#[test]
fn all_as_expected() {
    let undecided =
        "  undecided:\n    - {name: three, files: {a.tf: \"resource\\n var.x\"}, expect: [{path: a.tf, line: 1}]}\n";
    let hidden = "    - {name: example, files: {examples/main.tf: \"resource\\n\"}}\n";
    let (text, code) = tested(&with_examples(&format!("{BAD}{GOOD}{hidden}{undecided}")), &Files::new());
    assert_eq!((text.as_str(), code), ("1 rules, 4 examples: all as expected\n", 0));
}

#[test]
fn what_is_not_as_expected_is_one_line_each() {
    let (text, code) = tested(
        &with_examples(
            "  bad:
    - {name: elsewhere, files: {a.tf: \"resource\\n\", b.tf: \"x\"}, expect: [{path: b.tf, line: 1}]}
    - {name: silent, files: {a.tf: \"resource\\n true\"}, expect: [{path: a.tf, line: 1}]}
    - {name: unknown, files: {a.tf: \"resource\\n var.x\"}, expect: [{path: a.tf, line: 1}]}
    - {name: twice, files: {a.tf: \"resource\\n\"}, expect: [{path: a.tf, line: 1}, {path: a.tf, line: 1}]}
  good:
    - {name: fires, files: {a.tf: \"resource\\n\"}}
    - {name: open, files: {a.tf: \"resource\\n var.x\"}}
  undecided:
    - {name: known, files: {a.tf: \"resource\\n\"}, expect: [{path: a.tf, line: 1}]}
",
        ),
        &Files::new(),
    );
    assert_eq!(code, 1);
    insta::assert_snapshot!(text);
}

#[test]
fn a_rule_that_is_mistaken_fails() {
    let wrong = |when: &str, message: &str| {
        let text = rule("true", when, message);
        let rules = set(&[&text]);
        let run = |case: &Case| {
            run(&rules, &case.files.iter().map(|(k, v)| (k.clone(), v.replace("# nothing", "resource"))).collect())
        };
        let tested = test(&rules, Which::Added, &Files::new(), &run);
        assert_eq!(tested.code, 1);
        tested.text
    };
    assert!(wrong("max() == 1", "x").contains("rule `my-rule`, 0.yaml:11:3: wrong number of arguments"));
    assert!(wrong("true", "${store.guards}").contains("its message or help can't be evaluated: (error)"));
}

#[test]
fn what_cannot_be_run_is_exit_code_2() {
    let (text, code) = tested(&with_examples(&format!("{BAD}{}", GOOD.replace("resource", "explode"))), &Files::new());
    assert_eq!(code, 2);
    assert!(text.contains("my-rule good `two`: couldn't be run: it exploded\n"), "{text}");
    let rules = RuleSet::embedded();
    assert_eq!(test(&rules, Which::Added, &Files::new(), &|_| Ok(vec![])).code, 2, "nothing to test");
}

#[test]
fn cases_in_folders() {
    let cases = files(&[
        ("README.md", "about"),
        ("my-rule/bad/big/expect.yaml", "- {path: infra/main.tf, line: 1}\n"),
        ("my-rule/bad/big/infra/main.tf", "resource\n"),
        ("my-rule/good/big/main.tf", "resource\n true\n"),
        ("my-rule/good/wrong/main.tf", "resource\n"),
    ]);
    let (text, code) = tested(RIGHT, &cases);
    assert_eq!(code, 1);
    assert_eq!(
        text,
        "my-rule good `wrong`: finding at main.tf:1 (`s0` is not what I like) not expected\n1 rules, 5 examples: 1 failed\n"
    );
    let options = files(&[("my-rule/good/a/main.tf", "x"), ("my-rule/good/a/options.yaml", "plan: [plan.json]\n")]);
    let (text, code) = tested(RIGHT, &options);
    assert_eq!(code, 2);
    assert!(text.contains("my-rule/good/a: options.yaml names `plan.json`, and there is no such file"), "{text}");
    let broken = files(&[
        ("my-rule/bad/none/main.tf", "resource\n"),
        ("my-rule/worse/x/main.tf", ""),
        ("other-rule/good/x/main.tf", ""),
        ("my-rule/stray.tf", ""),
        ("my-rule/bad/list/expect.yaml", "path: x\n"),
        ("my-rule/good/expects/expect.yaml", "[{path: x, line: 1}]\n"),
    ]);
    let (text, code) = tested(RIGHT, &broken);
    assert_eq!(code, 2);
    insta::assert_snapshot!(text);
}

#[test]
fn projects_in_memory_are_classified_as_on_disk() {
    let workspace = in_memory(&files(&[
        ("main.tf", "\u{feff}variable \"a\" {}\n"),
        ("node_modules/x/main.tf", ""),
        (".terraform/modules/m/main.tf", ""),
        (".terraform/providers/x.tf", ""),
        ("logo.png", "not really"),
        ("notes.txt", "hello"),
        ("examples/a/main.tf", ""),
        ("run", "#!/bin/sh\necho hi"),
        ("a.tf", "{% if x %}\n"),
    ]));
    let told: Vec<_> =
        workspace.files.iter().map(|f| (f.source.path.as_str(), f.role.as_str(), f.undeployed)).collect();
    assert_eq!(
        told,
        [
            (".terraform/modules/m/main.tf", "terraform", false),
            ("a.tf", "terraform", false),
            ("examples/a/main.tf", "terraform", true),
            ("main.tf", "terraform", false),
            ("notes.txt", "", false),
            ("run", "shell-script", false),
        ]
    );
    assert!(workspace.files[1].template);
    assert!(workspace.by_path("main.tf").unwrap().source.bom);
}

#[test]
fn directories_given_by_name_are_read_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("b/x.yaml", b"b");
    write("a.yml", b"a");
    write("notes.md", b"n");
    let yaml = lastcopy::workspace::read_dir_yaml(dir.path()).unwrap();
    assert_eq!(yaml, [("a.yml".to_owned(), "a".to_owned()), ("b/x.yaml".to_owned(), "b".to_owned())]);
    assert_eq!(read_dir_texts(dir.path()).unwrap().len(), 3);
    write("c.yaml", &[0xff, 0xfe]);
    assert!(lastcopy::workspace::read_dir_yaml(dir.path()).unwrap_err().to_string().contains("c.yaml"));
    assert!(read_dir_texts(&dir.path().join("none")).is_err());
    assert!(read_dir_texts(&dir.path().join("a.yml")).is_err(), "a file is no directory");
}
