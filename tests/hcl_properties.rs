//! Properties of the HCL parser: it ends, and points into the text, whatever the text is.
#![allow(clippy::disallowed_methods)]

use lastcopy::source::{Source, SourceId, Span};
use lastcopy::syntax::hcl::{Body, Expr, ExprKind, File, Part, parse, parse_expression, parse_json, parse_template};
use proptest::prelude::*;

/// Every span in a file.
fn spans(file: &File) -> Vec<Span> {
    let mut all = file.items();
    body(&file.body, &mut all);
    all.extend(file.comments.iter().map(|c| c.span));
    all.extend(file.problems.iter().map(|p| p.span));
    all
}

fn body(body_: &Body, all: &mut Vec<Span>) {
    all.push(body_.span);
    for attribute in &body_.attributes {
        all.extend([attribute.span, attribute.name.span]);
        assert!(attribute.span.contains(attribute.name.span) && attribute.span.contains(attribute.value.span));
        expr(&attribute.value, all);
    }
    for block in &body_.blocks {
        all.extend([block.span, block.header, block.kind.span]);
        all.extend(block.labels.iter().map(|l| l.span));
        assert!(block.span.contains(block.header) && block.span.contains(block.body.span));
        body(&block.body, all);
    }
}

fn expr(e: &Expr, all: &mut Vec<Span>) {
    all.push(e.span);
    let mut inside = |inner: &[&Expr]| inner.iter().for_each(|i| expr(i, all));
    match &e.kind {
        ExprKind::Tuple(items) => inside(&items.iter().collect::<Vec<_>>()),
        ExprKind::Object(items) => items.iter().for_each(|i| inside(&[&i.key, &i.value])),
        ExprKind::Attribute(of, name) => {
            inside(&[of]);
            all.push(name.span);
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Splat { source: a, each: b, .. } => {
            inside(&[a, b]);
        }
        ExprKind::Call { args, name, .. } => {
            inside(&args.iter().collect::<Vec<_>>());
            all.push(name.span);
        }
        ExprKind::Unary(_, a) | ExprKind::Parens(a) => inside(&[a]),
        ExprKind::Conditional(a, b, c) => inside(&[a, b, c]),
        ExprKind::For(f) => {
            inside(&[&f.collection, &f.result]);
            f.result_key.iter().chain(&f.condition).for_each(|e| inside(&[e]));
            all.push(f.value.span);
        }
        ExprKind::Template(p) => parts(p, all),
        _ => {}
    }
}

fn parts(parts_: &[Part], all: &mut Vec<Span>) {
    for part in parts_ {
        match part {
            Part::Literal(_, span) => all.push(*span),
            Part::Interpolation(e) => expr(e, all),
            Part::If(c, a, b) => {
                expr(c, all);
                parts(a, all);
                parts(b, all);
            }
            Part::For { collection, body, .. } => {
                expr(collection, all);
                parts(body, all);
            }
        }
    }
}

/// Parses a text in every way and looks at what comes of it.
fn check(text: &str) {
    let source = Source::new(SourceId(3), "x.tf", text);
    let read = [parse(&source), parse_json(&source)];
    for span in read.iter().flat_map(spans) {
        assert_eq!(span.source, source.id);
        assert!(span.start <= span.end && source.text.get(span.range()).is_some(), "{span:?} of {text:?}");
    }
    for e in [parse_expression(&source, source.span()), parse_template(&source, source.span())] {
        let mut all = Vec::new();
        match e {
            Ok(e) => expr(&e, &mut all),
            Err(problem) => all.push(problem.span),
        }
        for span in all {
            assert!(span.start <= span.end && source.text.get(span.range()).is_some(), "{span:?} of {text:?}");
        }
    }
}

/// Files as people write them.
fn files() -> Vec<String> {
    let all = walkdir::WalkDir::new("testdata").into_iter().flatten();
    let wanted = all.filter(|e| {
        let name = e.file_name().to_string_lossy();
        [".tf", ".tofu", ".tfvars", ".tf.json", ".hcl", ".tftpl"].iter().any(|end| name.ends_with(end))
    });
    wanted.filter_map(|e| std::fs::read_to_string(e.path()).ok()).collect()
}

#[test]
fn files_as_they_are_and_cut_off_anywhere() {
    let files = files();
    assert!(files.len() > 80, "{}", files.len());
    for text in &files {
        check(text);
        let step = (text.len() / 60).max(1);
        for cut in (0..text.len()).step_by(step).filter(|c| text.is_char_boundary(*c)) {
            check(&text[..cut]);
            check(&text[cut..]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, rng_seed: proptest::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_tokens(tokens in proptest::collection::vec(proptest::sample::select(TOKENS.to_vec()), 0..60)) {
        check(&tokens.concat());
        check(&tokens.join(" "));
    }

    /// A character more, or less, or another, somewhere in a file.
    #[test]
    fn files_with_a_slip(
        file in proptest::sample::select(files()),
        at in any::<proptest::sample::Index>(),
        with in proptest::sample::select(TOKENS.to_vec()),
        length in 0..3usize,
    ) {
        let chars: Vec<char> = file.chars().collect();
        prop_assume!(!chars.is_empty());
        let at = at.index(chars.len());
        let slipped: String = chars[..at].iter().copied().chain(with.chars())
            .chain(chars[(at + length).min(chars.len())..].iter().copied()).collect();
        check(&slipped);
    }
}

const TOKENS: &[&str] = &[
    "a",
    "resource",
    "\"b\"",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "=",
    "==",
    "\n",
    "\r\n",
    ",",
    ":",
    "?",
    ".",
    "...",
    "*",
    "\"",
    "\\",
    "\\u00",
    "${",
    "%{",
    "}",
    "~}",
    "if",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "<<E\n",
    "<<-E\n",
    "E\n",
    "E",
    "#",
    "//",
    "/*",
    "*/",
    "=>",
    "::",
    "&&",
    "!",
    "-",
    "1",
    "1.5e",
    "0.",
    "é",
    "\u{1F600}",
    "\u{301}",
    "\0",
    "\t",
    "$${",
    "$",
    "%",
    "null",
    "true",
    "'",
    ";",
    "@",
];
