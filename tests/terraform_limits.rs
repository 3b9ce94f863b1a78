//! Configurations that would grow without end: each ends at a limit, and that is told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod terraform_support;

use std::time::{Duration, Instant};

use terraform_support::{attribute, one, project, run};

/// Evaluates a root; whether a problem of the kind `limit` is told.
fn ends(text: &str) -> (bool, lastcopy::terraform::Evaluation) {
    let begun = Instant::now();
    let (_dir, workspace) = project(&[("main.tf", text)]);
    let mut all = run(&workspace);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}: {}", &text[..text.len().min(300)]);
    let evaluation = all.remove(0);
    (evaluation.problems.iter().any(|p| p.kind == "limit"), evaluation)
}

/// `n` locals, each made of the one before.
fn chain(first: &str, n: usize, each: impl Fn(&str) -> String) -> String {
    let mut text = format!("locals {{\n  l0 = {first}\n");
    for i in 1..=n {
        text.push_str(&format!("  l{i} = {}\n", each(&format!("local.l{}", i - 1))));
    }
    text + "}\n"
}

#[test]
fn values_that_share_their_parts_dont_grow_without_end() {
    for each in [
        |l: &str| format!("[{l}, {l}]"),
        |l: &str| format!("{{ a = {l}, b = {l} }}"),
        |l: &str| format!("tomap({{ a = {l}, b = {l} }})"),
        |l: &str| format!("concat({l}, {l})"),
        |l: &str| format!("flatten([{l}, {l}, [{l}]])"),
        |l: &str| format!("[for x in [1, 2, 3] : {l}]"),
        |l: &str| format!("toset([jsonencode({l}), jsonencode([{l}, {l}])])"),
    ] {
        let text = chain("[\"a\"]", 60, each) + "resource \"x_y\" \"z\" {\n  a = local.l60\n  b = \"fine\"\n}\n";
        let (told, evaluation) = ends(&text);
        assert!(told, "{}", each("l"));
        let z = one(std::slice::from_ref(&evaluation), "x_y.z");
        let reasons = z.block.attributes["a"].value.first_unknown().unwrap();
        assert_eq!(reasons[0].kind, "limit", "{}", each("l"));
        assert_eq!(attribute(z, "b"), "\"fine\"");
    }
}

#[test]
fn texts_dont_grow_without_end() {
    let long = format!("\"{}\"", "x".repeat(10_000));
    for each in [
        |l: &str| format!("\"${{{l}}}${{{l}}}\""),
        |l: &str| format!("join({l}, [{l}, {l}])"),
        |l: &str| format!("replace({l}, \"x\", {l})"),
        |l: &str| format!("replace({l}, \"/x/\", {l})"),
        |l: &str| format!("format(\"%s%s\", {l}, {l})"),
        |l: &str| format!("join(\"\", formatlist(\"%s%s\", [{l}], [{l}]))"),
        |l: &str| format!("jsonencode([{l}, {l}])"),
        |l: &str| format!("yamlencode([{l}, {l}])"),
        |l: &str| format!("base64encode(\"${{{l}}}x\")"),
        |l: &str| format!("indent(9999, replace({l}, \"x\", \"\\n\"))"),
        |l: &str| format!("join(\"\", [for c in split(\"\", {l}) : {l}])"),
        |l: &str| format!("\"%{{ for x in [1, 2, 3] }}${{{l}}}%{{ endfor }}\""),
    ] {
        let text = chain(&long, 60, each) + "resource \"x_y\" \"z\" {\n  a = local.l60\n}\n";
        let (told, evaluation) = ends(&text);
        assert!(told, "{}", each("l"));
        let z = one(std::slice::from_ref(&evaluation), "x_y.z");
        assert_eq!(attribute(z, "a"), "unknown: limit", "{}", each("l"));
    }
}

/// Each below the limit of one, but too much together.
#[test]
fn many_long_texts_dont_fill_the_memory() {
    let mut text = chain(&format!("\"{}\"", "x".repeat(4_000)), 10, |l| format!("\"${{{l}}}${{{l}}}\""));
    text.push_str("resource \"x_y\" \"z\" {\n  count = 200\n  a     = \"${local.l10}${count.index}\"\n}\n");
    let (told, evaluation) = ends(&text);
    assert!(told);
    assert_eq!(evaluation.resources.len(), 200);
}

#[test]
fn wide_formats_are_refused_or_end() {
    for e in [
        "format(\"%2000000000d\", 1)",
        "format(\"%.2000000000f\", 1)",
        "format(\"%-999999999s\", \"a\")",
        "formatlist(\"%99999999d\", [for i in range(1000) : i])",
    ] {
        let (_, evaluation) =
            ends(&format!("locals {{\n  a = {e}\n}}\nresource \"x_y\" \"z\" {{\n  a = local.a\n}}\n"));
        let z = one(std::slice::from_ref(&evaluation), "x_y.z");
        assert!(attribute(z, "a").starts_with("unknown"), "{e}");
    }
}

/// What real projects have isn't cut.
#[test]
fn what_is_only_large_is_read() {
    let entries: String =
        (0..5_000).map(|i| format!("    k{i} = {{ name = \"n{i}\", tags = [\"a\", \"b\"] }}\n")).collect();
    let text = format!(
        "locals {{\n  all = {{\n{entries}  }}\n  names = {{ for k, v in local.all : k => merge(v, {{ name = upper(v.name) }}) }}\n  text = join(\",\", [for k, v in local.names : v.name])\n  json = jsonencode(local.names)\n  back = jsondecode(local.json)[\"k7\"].name\n}}\nresource \"x_y\" \"z\" {{\n  a = length(local.text)\n  b = local.back\n  c = lookup(local.names, \"k8\", null).name\n}}\n"
    );
    let (told, evaluation) = ends(&text);
    assert!(!told, "{:?}", evaluation.problems);
    let z = one(std::slice::from_ref(&evaluation), "x_y.z");
    assert_eq!(attribute(z, "a"), "28889");
    assert_eq!(attribute(z, "b"), "\"N7\"");
    assert_eq!(attribute(z, "c"), "\"N8\"");
}

/// A text of many escapes is read in time that grows with its length.
#[test]
fn a_long_template_is_read_in_linear_time() {
    let time = |n: usize| {
        let text = format!("locals {{\n  a = <<E\n{}E\n}}\n", "a$${b} %%{c} and more of it\n".repeat(n));
        let source = lastcopy::source::Source::new(lastcopy::source::SourceId(0), "main.tf", &text);
        let begun = Instant::now();
        let file = lastcopy::syntax::hcl::parse(&source);
        assert!(file.problems.is_empty(), "{:?}", file.problems.first());
        begun.elapsed()
    };
    time(1_000);
    let (small, large) = (time(10_000), time(100_000));
    assert!(large < small * 40 + Duration::from_millis(200), "{small:?} and then {large:?}");
}

/// A limit isn't only known, it is told: on the page, as data, and it fails a strict run.
#[test]
fn limits_are_told() {
    let (dir, _) = project(&[("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  count = 1000000\n}\n")]);
    let check = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lastcopy"));
        command.args(["check", "--root", "."]).args(arguments).current_dir(dir.path());
        command.output().unwrap()
    };
    let page = String::from_utf8(check(&[]).stdout).unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "not looked at: 1000000 instances: only the first 10000 are looked at (main.tf:2)";
    assert!(page.contains(told), "{page}");
    let report: serde_json::Value = serde_json::from_slice(&check(&["--format", "json"]).stdout).unwrap();
    let cut = &report["summary"]["cut_off"][0];
    assert_eq!((cut["kind"].as_str(), cut["line"].as_u64()), (Some("limit"), Some(2)), "{report:#}");
    assert_eq!(check(&["--strict", "--fail-on", "never"]).status.code(), Some(2));
}
