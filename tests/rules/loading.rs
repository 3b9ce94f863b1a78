//! What is wrong in a rule file is told with its place and what was meant.

use lastcopy::rules::RuleSet;

/// A rule that is right.
pub const RIGHT: &str = r#"id: my-rule
title: Store without a name that I like
severity: warning
persona: pedantic
tags: [mine]
for: store
where: |
  store.holds == "primary"

when: |
  # a comment
  !store.guards.api.on &&
    length(store.copies) == 0
at: store.guards.api.place
related:
  - {each: store.copies, as: copy, at: copy.place, label: "a copy"}
message: |
  `${store.address}` is not what I like
why: |
  Because.
help: |
  Set `${store.guards.api.attribute} = ${store.guards.api.safe}`.
fix: {set: store.guards.api.place, to: store.guards.api.safe}
examples:
  bad:
    - name: one
      files:
        main.tf: |
          resource "aws_db_instance" "main" {
          }
      expect: [{path: main.tf, line: 1}]
  good:
    - name: two
      files:
        main.tf: |
          # nothing
"#;

fn errors(text: &str) -> String {
    let mut rules = RuleSet::embedded();
    match rules.add_dir("extra", &[("mine/my-rule.yaml".into(), text.into())]) {
        Ok(()) => "no error\n".into(),
        Err(all) => all.iter().map(|e| format!("{e}\n")).collect(),
    }
}

/// The right rule with one piece replaced.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(RIGHT.matches(from).count(), 1, "{from:?} occurs once");
    RIGHT.replace(from, to)
}

#[test]
fn a_right_rule_is_taken() {
    let mut rules = RuleSet::default();
    rules.add_dir("extra", &[("mine/my-rule.yaml".into(), RIGHT.into())]).unwrap();
    let rule = rules.get("my-rule").unwrap();
    assert_eq!(rule.head.group, "mine");
    assert_eq!(rule.head.file.as_deref(), Some("extra/mine/my-rule.yaml"));
    assert_eq!(rule.head.kind, "store");
    assert_eq!(rule.examples().bad.len(), 1);
    // Windows line ends, a byte order mark and a comment behind the `|` change nothing.
    for text in [RIGHT.replace('\n', "\r\n"), format!("\u{feff}{RIGHT}"), RIGHT.replace("when: |", "when: | # why")] {
        assert_eq!(errors(&text), "no error\n");
    }
}

/// Message, line and column of every error there is.
#[test]
fn every_error_says_where_and_what_was_meant() {
    let when = "when: |\n  # a comment\n  !store.guards.api.on &&\n    length(store.copies) == 0\n";
    let cases: Vec<(&str, String)> = vec![
        // Keys.
        ("unknown key", changed("severity: warning", "serverity: warning")),
        ("unknown key, nothing like it", changed("tags: [mine]", "color: red")),
        ("unknown key in related", changed("label: \"a copy\"", "lable: \"a copy\"")),
        ("unknown key in fix", changed("fix: {set:", "fix: {sett:")),
        ("unknown key in an example", changed("    - name: two\n", "    - name: two\n      expects: []\n")),
        ("unknown key in expect", changed("{path: main.tf, line: 1}", "{path: main.tf, lines: 1}")),
        ("missing key", changed("title: Store without a name that I like\n", "")),
        ("missing condition", changed(when, "")),
        ("key written twice", changed("persona: pedantic\n", "persona: pedantic\npersona: auditor\n")),
        ("a list is wanted", changed("tags: [mine]", "tags: mine")),
        ("a list of texts is wanted", changed("tags: [mine]", "tags: [mine, 3]")),
        ("a text is wanted", changed("  Because.\n", "").replace("why: |\n", "why: 3\n")),
        ("a flag is wanted", changed("to: store.guards.api.safe}", "to: store.guards.api.safe, safe: often}")),
        ("a line is a number", changed("line: 1}", "line: first}")),
        ("a mapping is wanted", changed("fix: {set: store.guards.api.place, to: store.guards.api.safe}", "fix: true")),
        ("files are a mapping", changed("        main.tf: |\n          # nothing\n", "        - main.tf\n")),
        // Words.
        ("severity", changed("severity: warning", "severity: warn")),
        ("severity that is none", changed("severity: warning", "severity: critical")),
        ("persona", changed("persona: pedantic", "persona: pedant")),
        ("confidence", changed("persona: pedantic", "confidence: certain")),
        ("kind", changed("for: store\n", "for: stores\n")),
        ("kind that is a record", changed("for: store\n", "for: switch\n")),
        ("id", changed("id: my-rule", "id: My_Rule")),
        ("id that is taken", changed("id: my-rule", "id: unprotected-store")),
        ("id of a report about ignores", changed("id: my-rule", "id: unused-ignore")),
        // Spellings other than a literal block.
        ("plain: a tag to YAML", changed(when, "when: !store.guards.api.on && true\n")),
        ("plain: cut at a comment", changed(when, "when: store.production #1\n")),
        ("plain: a mapping to YAML", changed(when, "when: store.production ? true : false\n")),
        ("plain: a list to YAML", changed(when, "when: [store.production\n")),
        ("plain: over two lines", changed(when, "when: store.production &&\n  store.production\n")),
        ("quoted", changed(when, "when: \"store.production\"\n")),
        ("quoted by half", changed(when, "when: 'primary' == store.holds\n")),
        ("folded", changed(when, "when: >\n  store.production\n")),
        ("stripped", changed(when, "when: |-\n  store.production\n")),
        ("on the next line", changed(when, "when:\n  store.production\n")),
        (
            "message in plain YAML",
            changed("message: |\n  `${store.address}` is not what I like\n", "message: ${store.address}: not\n"),
        ),
        (
            "empty literal",
            changed("help: |\n  Set `${store.guards.api.attribute} = ${store.guards.api.safe}`.\n", "help: |\n"),
        ),
        // Conditions and templates.
        ("unknown name", changed("store.holds ==", "stor.holds ==")),
        ("unknown attribute", changed("  !store.guards.api.on &&", "  !store.guards.api.enabled &&")),
        ("unknown attribute, nearly right", changed("store.holds ==", "store.hold ==")),
        ("unknown attribute on a second line", changed("length(store.copies)", "length(store.copis)")),
        (
            "unknown attribute in a for",
            changed("length(store.copies) == 0", "anytrue([for c in store.copies : c.lokced])"),
        ),
        ("unknown attribute behind a splat", changed("length(store.copies) == 0", "anytrue(store.copies[*].lokced)")),
        ("attribute of a text", changed("store.holds ==", "store.holds.x ==")),
        ("unknown function", changed("length(store", "lenght(store")),
        ("function of time", changed("length(store.copies) == 0", "timestamp() == store.name")),
        ("function that reads", changed("length(store.copies) == 0", "file(store.file) == store.name")),
        ("function that unmasks", changed("length(store.copies) == 0", "nonsensitive(store.production)")),
        ("name of Terraform", changed("store.holds ==", "var.holds ==")),
        ("doesn't parse", changed("length(store.copies) == 0", "length(store.copies) = 0")),
        ("doesn't parse at its end", changed("length(store.copies) == 0", "length(store.copies) ==")),
        ("a word for an operator", changed("!store.guards.api.on &&\n ", "!store.guards.api.on and\n ")),
        ("something behind it", changed("length(store.copies) == 0", "length(store.copies) == 0 0")),
        ("no boolean", changed("  store.holds == \"primary\"\n", "  store.guards\n")),
        ("unknown attribute in a message", changed("`${store.address}` is", "é `${store.adress}` is")),
        ("template isn't closed", changed("`${store.address}` is", "`${store.address is")),
        ("directive isn't closed", changed("`${store.address}` is", "%{ if store.production }x is")),
        // Paths.
        ("at leads to no place", changed("at: store.guards.api.place", "at: store.guards.api.on")),
        ("at names nothing", changed("at: store.guards.api.place", "at: store.guards.apy.place")),
        ("at of another fact", changed("at: store.guards.api.place", "at: copy.place")),
        ("each leads to no list", changed("each: store.copies", "each: store.guards")),
        ("each without as", changed("as: copy, at: copy.place", "at: store.place")),
        ("as without each", changed("each: store.copies, as: copy, at: copy.place", "as: copy, at: store.place")),
        ("related without label", changed(", label: \"a copy\"", "")),
        ("related at names nothing", changed("at: copy.place", "at: copy.plaec")),
        ("set leads to no place", changed("fix: {set: store.guards.api.place", "fix: {set: store.guards.api.on")),
        ("to leads to no text", changed("to: store.guards.api.safe}", "to: store.guards.api.place}")),
        // Examples.
        (
            "no good example",
            changed(
                "  good:\n    - name: two\n      files:\n        main.tf: |\n          # nothing\n",
                "  good: []\n",
            ),
        ),
        (
            "no bad example at all",
            RIGHT[..RIGHT.find("  bad:").unwrap()].to_owned() + &RIGHT[RIGHT.find("  good:").unwrap()..],
        ),
        ("no examples", RIGHT[..RIGHT.find("examples:").unwrap()].to_owned()),
        ("bad without expect", changed("      expect: [{path: main.tf, line: 1}]\n", "")),
        (
            "good with expect",
            changed("    - name: two\n", "    - name: two\n      expect: [{path: main.tf, line: 1}]\n"),
        ),
        ("expect of no file", changed("{path: main.tf, line: 1}", "{path: man.tf, line: 1}")),
        ("expect behind the end", changed("line: 1}", "line: 9}")),
        // Files.
        ("broken YAML", changed("title: Store without", "title: Store: without")),
        ("a tab", changed("title: Store without", "\ttitle: Store without")),
        ("nothing", String::new()),
        ("a list", "- a\n- b\n".into()),
        ("two rules", format!("{RIGHT}---\n{RIGHT}")),
    ];
    let mut text = String::new();
    for (name, rule) in &cases {
        text.push_str(&format!("# {name}\n{}\n", errors(rule)));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_example_may_be_run_with_its_own_files_only() {
    let with =
        |options: &str| errors(&changed("    - name: two\n", &format!("    - name: two\n      options: {options}\n")));
    assert_eq!(with("{plan: [main.tf], var-file: [\"infra=main.tf\"]}"), "no error\n");
    for (options, wanted) in [
        ("{plans: [main.tf]}", "unknown key `plans`; did you mean `plan`?"),
        ("{var_file: [main.tf]}", "unknown key `var_file`; did you mean `var-file`?"),
        ("{plan: main.tf}", "`plan` is a list of texts"),
        ("[main.tf]", "`options` is a mapping with the keys `plan`, `var-file`"),
        ("{plan: [man.tf]}", "the example has no file `man.tf`; did you mean `main.tf`?"),
        ("{var-file: [\"a=b\"]}", "the example has no file `a=b`"),
    ] {
        let told = with(options);
        assert!(told.contains(wanted), "{options}: {told}");
    }
}

#[test]
fn the_same_id_twice_and_folders_that_hold_no_rules() {
    let mut rules = RuleSet::embedded();
    let before = rules.iter().count();
    let twice = [("a.yaml".to_owned(), RIGHT.to_owned()), ("b/my-rule.yaml".to_owned(), RIGHT.to_owned())];
    let errors = rules.add_dir("extra/", &twice).unwrap_err();
    assert_eq!(errors[0].to_string(), "extra/b/my-rule.yaml:1:5: there is a rule `my-rule` already (extra/a.yaml)");
    assert_eq!(rules.iter().count(), before, "nothing is added where something is wrong");
    let other = [
        ("knowledge/stores/acme.yaml".to_owned(), "provider: acme".to_owned()),
        ("testdata/my-rule/bad/a/x.yaml".to_owned(), "a: 1".to_owned()),
        ("my-rule.yaml".to_owned(), RIGHT.to_owned()),
    ];
    rules.add_dir("", &other).unwrap();
    assert_eq!(rules.iter().count(), before + 1);
}

#[test]
fn hostile_files_end_in_errors() {
    for text in ["[".repeat(100_000), "a: ".repeat(10_000), "&a [*a]".into(), "\u{0}".into(), "? ? ?".into()] {
        assert_ne!(errors(&text), "no error\n");
    }
    let deep = changed("length(store.copies) == 0", &format!("{}true{}", "(".repeat(50_000), ")".repeat(50_000)));
    assert!(errors(&deep).contains("can't be parsed"));
}

/// A broken built-in rule can't ship: every one goes through the same gate as a user's.
#[test]
fn every_built_in_rule_is_right() {
    let files = lastcopy::workspace::read_dir_yaml(std::path::Path::new("rules")).unwrap();
    let rules: Vec<_> = files.into_iter().filter(|(path, _)| path.contains('/')).collect();
    let mut read = RuleSet::default();
    if let Err(errors) = read.add_dir("rules", &rules) {
        panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>());
    }
    let embedded = RuleSet::embedded();
    let ids = |set: &RuleSet| set.iter().map(|r| r.head.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&embedded), ids(&read), "the same rules are embedded as lie in rules/");
    for (a, b) in embedded.iter().zip(read.iter()) {
        assert_eq!(format!("{:?}", a.body()), format!("{:?}", b.body()));
        assert_eq!(format!("{:?}", a.page()), format!("{:?}", b.page()));
        assert_eq!(format!("{:?}", a.examples()), format!("{:?}", b.examples()));
        assert_eq!((&a.head.title, a.head.severity, a.head.kind), (&b.head.title, b.head.severity, b.head.kind));
        assert_eq!(a.head.group, b.head.group);
    }
}
