//! Evaluating expressions: what Terraform answers, and what stays known beside an unknown.

use std::sync::Arc;

use lastcopy::expr::{Limits, Scope, Step, Value, evaluate};
use lastcopy::finding::Reason;
use lastcopy::source::{Source, SourceId, Span};
use lastcopy::syntax::hcl::parse_expression;

struct Names;

impl Scope for Names {
    fn resolve(&self, root: &str, _: &[Step], span: Span) -> Option<(Value, usize)> {
        (root == "unknown").then(|| (Value::unknown(Reason::at("test", "unknown", span)), 0))
    }
}

fn eval(text: &str) -> String {
    let source = Source::new(SourceId(0), "x.tf", text);
    let expr = parse_expression(&source, source.span()).unwrap_or_else(|p| panic!("{text}: {p:?}"));
    let done = evaluate(&expr, &Names, Limits::default());
    if let Some(reasons) = done.value.first_unknown() {
        return if reasons[0].kind == "test" { "unknown".into() } else { format!("error: {}", reasons[0].message) };
    }
    lastcopy::expr::functions::encoding::json_text(&done.value)
}

#[test]
fn known_beside_unknown() {
    for (text, expected) in [
        ("false && unknown", "false"),
        ("unknown && false", "false"),
        ("true || unknown", "true"),
        ("unknown || true", "true"),
        ("unknown && true", "unknown"),
        ("!unknown", "unknown"),
        ("alltrue([unknown, false])", "false"),
        ("anytrue([unknown, true])", "true"),
        ("contains([unknown, 1], 1)", "true"),
        ("contains([unknown, 1], 2)", "unknown"),
        ("unknown ? 1 : 1", "1"),
        ("unknown ? 1 : 2", "unknown"),
        ("unknown == null", "unknown"),
        ("\"a-${unknown}\" == null", "false"),
        ("length([unknown, 1])", "2"),
        ("[unknown, 5][1]", "5"),
        ("{a = unknown, b = 2}.b", "2"),
        ("try(unknown.x, 1)", "unknown"),
        ("can(unknown)", "unknown"),
        ("merge({a = 1}, unknown)", "unknown"),
        ("keys({a = unknown})", "[\"a\"]"),
    ] {
        assert_eq!(eval(text), expected, "{text}");
    }
}

#[test]
fn errors_are_not_values() {
    for text in ["1 / 0", "[1][3]", "{a = 1}.b", "nothing", "\"a\" + 1", "null.x", "max()", "regex(\"a\", \"b\")"] {
        assert!(eval(text).starts_with("error"), "{text}");
    }
    assert_eq!(eval("try(1 / 0, [1][3], \"x\")"), "\"x\"");
    assert_eq!(eval("can(1 / 0)"), "false");
}

#[test]
fn origins_lead_to_the_literal() {
    let source = Source::new(SourceId(0), "x.tf", "{a = 1}");
    let expr = parse_expression(&source, source.span()).unwrap();
    let value = evaluate(&expr, &Names, Limits::default()).value;
    let origin = value.field("a").and_then(|v| v.origin.clone()).unwrap();
    assert_eq!(source.slice(origin.span), "1");
    assert_eq!(origin.from, None::<Arc<_>>);
}

/// Recorded from `terraform console` by testdata/expr/record.py.
#[test]
fn as_terraform_answers() {
    let recorded = include_str!("../testdata/expr/cases.tsv");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in recorded.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (expression, expected) = line.split_once('\t').unwrap();
        cases += 1;
        let ours = eval(expression);
        let right = if expected == "error" { ours.starts_with("error") } else { ours == expected };
        if !right {
            wrong.push(format!("{expression}\n  terraform {expected}\n  ours      {ours}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} differ:\n{}", wrong.len(), wrong.join("\n"));
}
