//! What a scanned file can't do to whoever reads a report: no injected command, no moved cursor,
//! no turned or hidden text; and shapes of text that break careless drawing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod report_support;

use std::time::Instant;

use lastcopy::finding::{Edit, Fix, Location, Outcome, Reason, Role, Severity};
use lastcopy::report::{Cut, Format, Mask, Options, Summary, neutral};
use lastcopy::source::Span;
use proptest::prelude::*;
use report_support::{Case, finding, rule};

const HOSTILE: &[&str] = &[
    "x\n::error::y",
    "::error file=a::y",
    "x\r::warning::y",
    "  ::stop-commands::y",
    "##[error]y",
    "a ##[group]b",
    "##vso[task.setvariable variable=a]b",
    "\x1b[2J\x1b]0;title\x07",
    "\u{9b}31m",
    "a\u{202e}b\u{2066}c\u{200b}d\u{feff}e\u{2028}::error::f\u{85}::error::g",
    "%0A::error::x",
    "a,b:c%25",
    "[click](https://evil.example) <script>alert(1)</script> & \"' ]]> {0} --> @everyone",
    "`::error::x`\n\n::error::y",
    "",
    "\u{0}\u{7f}\u{fffe}\u{e0041}",
    "# a\n- b\n1. c",
];

/// Everything a scanned file can put into a report is this text.
fn everything_is(text: &str) -> Case {
    let mut case = Case::new(&[(text, &format!("resource \"{text}\" {{}}\n{text}\n")), ("b", text)]);
    let all = case.sources.iter().next().unwrap().span();
    let other = case.sources.iter().nth(1).unwrap().span();
    for (n, severity) in [Severity::Error, Severity::Warning, Severity::Note].into_iter().enumerate() {
        let mut f = finding("r", severity, all, text, text);
        f.fingerprint = format!("v1:{n:016x}");
        f.help = format!("{text}\n{text}");
        f.instances = vec![text.into()];
        f.environments = vec![text.into()];
        f.related = vec![
            Location { span: other, label: text.into(), role: Role::Store },
            Location { span: Span::new(all.source, 3, 9), label: text.into(), role: Role::Caller },
        ];
        f.reasons = vec![Reason::at("unknown", text, other)];
        f.fixes = vec![Fix { title: text.into(), safe: true, edits: vec![Edit { span: all, text: text.into() }] }];
        if severity == Severity::Error {
            let mut path = f.clone();
            path.rule = "last-copy-in-one-call".into();
            path.fingerprint = "v1:00000000000000ff".into();
            case.findings.push(path);
        }
        let mut undecided = f.clone();
        undecided.outcome = Outcome::Undecided;
        case.findings.extend([f, undecided]);
    }
    case.cuts.edits = vec![Cut { span: other, what: text.into(), fixable: false }];
    case.cuts.of = 1;
    case.summary = Summary {
        notes: vec![text.into()],
        undecided_named: vec![(Some(all), text.into())],
        cut_off: vec![(Some(all), "limit", text.into())],
        unread_modules: vec![(all, text.into(), text.into())],
        read: vec![(text.into(), 1)],
        skipped: vec![(text.into(), 1)],
        undecided_by: vec![(text.into(), 1)],
        ..Summary::default()
    };
    case.rules = vec![rule("r", text, Severity::Error)];
    case.rules[0].tags = vec![text.into()];
    case.rules[0].references.push(text.into());
    case.prefix = text.into();
    case
}

/// A line as a CI runner sees it: without styles.
fn plain(line: &str) -> String {
    anstream::adapter::strip_str(line).to_string()
}

fn assert_harmless(format: &str, output: &str, text: &str) {
    for line in output.split('\n') {
        let line = plain(line);
        let ours = format.starts_with("github")
            && ["::error file=", "::warning file=", "::notice "].iter().any(|c| line.starts_with(c));
        assert!(ours || !line.trim_start().starts_with("::"), "{format} of {text:?}: {line}");
        for command in ["##[", "##vso[", "##teamcity["] {
            assert!(!line.contains(command), "{format} of {text:?}: {line}");
        }
        let bad = line.chars().find(|c| neutral::is_hidden(*c));
        assert_eq!(bad, None, "{format} of {text:?}: {line:?}");
    }
}

#[test]
fn no_text_injects_anything_in_any_format() {
    for text in HOSTILE {
        let case = everything_is(text);
        for (format, output) in case.everywhere() {
            assert_harmless(&format, &output, text);
        }
    }
}

#[test]
fn styles_are_the_only_escapes() {
    let case = everything_is("\x1b[31m\x1b]8;;x\x1b\\");
    let page = case.render(Format::Human, &Options { color: true, verbose: true, ..Options::default() });
    let style = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
    assert!(!style.replace_all(&page, "").contains('\x1b'));
    let page = case.render(Format::Human, &Options::default());
    assert!(!page.contains('\x1b'));
}

#[test]
fn a_workflow_commands_parts_are_escaped() {
    let mut case = Case::new(&[("a,b:c%.tf", "x\n")]);
    let span = case.span("a,b:c%.tf", "x");
    case.findings = vec![finding("r", Severity::Error, span, "x\n::error::y", "100% of x\n::error::y, z: all")];
    let out = case.render(Format::Github, &Options::default());
    assert_eq!(
        out,
        "::error file=a%2Cb%3Ac%25.tf,line=1,endLine=1,col=1,endColumn=1,title=error[r]::100%25 of x ::error::y, z: all\n\
         lastcopy: 1 error\n"
    );
}

#[test]
fn ten_annotations_of_each_kind_and_the_rest_counted() {
    let mut case = Case::new(&[("a.tf", &"x\n".repeat(100))]);
    let source = case.sources.iter().next().unwrap().id;
    let kinds = [(Severity::Note, 15), (Severity::Error, 12), (Severity::Warning, 10)];
    for (severity, n) in kinds {
        for line in 0..n {
            let span = Span::new(source, line * 2, line * 2 + 1);
            case.findings.push(finding("r", severity, span, &format!("{severity:?}{line}"), "m"));
        }
    }
    let out = case.render(Format::Github, &Options::default());
    let count = |start: &str| out.lines().filter(|l| l.starts_with(start)).count();
    assert_eq!((count("::error"), count("::warning"), count("::notice")), (10, 10, 10));
    assert!(out.lines().next().unwrap().starts_with("::error"));
    // 2 errors and 6 notes: one notice tells of them.
    assert_eq!(count("a.tf:"), 8);
    let last = out.lines().last().unwrap();
    assert!(last.starts_with("::notice title=lastcopy::8 more of"), "{last}");
    assert!(last.contains("12 errors, 10 warnings, 15 notices"), "{last}");
}

/// One finding told whole, in 60 columns.
fn told(case: &mut Case, span: Span) -> String {
    case.findings = vec![finding("r", Severity::Error, span, "a", "m")];
    case.findings[0].related = vec![Location { span, label: "here".into(), role: Role::Store }];
    case.render(Format::Human, &Options { width: 60, verbose: true, quiet: true, ..Options::default() })
}

#[test]
fn shapes_of_lines() {
    let text = "a\r\n\tif\tx\r\n漢字 = \"値\"\r\n\r\nlast";
    let mut case = Case::new(&[("x", text), ("empty", ""), ("bom", "\u{feff}k = 1\n")]);
    let mut pages = String::new();
    for (path, mark) in
        [("x", "a"), ("x", "x"), ("x", "値"), ("x", "= \"値\"\r\n\r\nlast"), ("x", "last"), ("bom", "k"), ("empty", "")]
    {
        let span = case.span(path, mark);
        pages.push_str(&told(&mut case, span));
    }
    // At the end of the text, beyond it, of no source, and around blank lines only.
    let source = case.sources.by_path("x").unwrap().id;
    let end = text.len();
    for (start, to) in [(end, end), (end + 5, end + 9), (end - 6, end - 4), (2, 3), (4, 5)] {
        pages.push_str(&told(&mut case, Span::new(source, start, to)));
    }
    pages.push_str(&told(&mut case, Span::new(lastcopy::source::SourceId(99), 0, 1)));
    insta::assert_snapshot!(pages);
}

#[test]
fn long_lines_are_cut_around_the_span() {
    let line = format!("{}needle{} the end", "words and ".repeat(20), " more words".repeat(20));
    let mut case = Case::new(&[("x", &line)]);
    let mut pages = String::new();
    for mark in ["words", "needle", "end", &line] {
        let span = case.span("x", mark);
        pages.push_str(&told(&mut case, span));
    }
    insta::assert_snapshot!(pages);
}

#[test]
fn a_huge_line_and_many_findings_take_no_time() {
    // A minified file: one line of 1 MB; and the same in many lines, with characters of 3 bytes.
    let one = "{\"k\": \"value\"}, ".repeat(65_536);
    let many = "k = \"värde 漢\"\n".repeat(55_000);
    let mut case = Case::new(&[("one.json", &one), ("many.tf", &many)]);
    let secret = Span::new(case.sources.iter().next().unwrap().id, 16 * 1000, 16 * 1000 + 13);
    case.mask = Mask::new(vec![secret]);
    for (n, source) in case.sources.iter().enumerate() {
        for i in 0..5_000 {
            let start = i * (source.text.len() / 5_000);
            let start = (start..).find(|&s| source.text.is_char_boundary(s)).unwrap();
            let span = Span::new(source.id, start, start + 1);
            let mut f = finding("r", Severity::Warning, span, &format!("a{n}.b{i}"), "a message of some length");
            f.related = vec![Location { span, label: "here".into(), role: Role::Store }];
            case.findings.push(f);
        }
    }
    for &format in Format::ALL {
        let options = Options { verbose: true, color: true, ..Options::default() };
        let start = Instant::now();
        let out = case.render(format, &options);
        let took = start.elapsed();
        println!("10,000 findings in 2 files of 1 MB as {}: {took:?}, {} bytes", format.name(), out.len());
        // Generous: a scan of the line for each finding would take minutes without optimisation.
        assert!(took.as_secs() < 20, "{} took {took:?}", format.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the text, the span and the width: no panic, nothing injected, nothing of a secret.
    #[test]
    fn any_text_any_span(
        text in "(?s)[a-z \\t\\r\\n漢é\u{200b}\u{1b}:#\\[]{0,200}",
        start in 0usize..220, length in 0usize..120, width in 40usize..120,
        at in 0usize..200,
    ) {
        let secret = "Sk9QzX7wVb";
        let at = (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap();
        let text = format!("{}{secret}{}{secret}", &text[..at], &text[at..]);
        let mut case = Case::new(&[("x", &text), ("y", &text)]);
        let id = case.sources.iter().next().unwrap().id;
        case.mask = Mask::new(vec![Span::new(id, at, at + secret.len())]);
        let span = Span::new(id, start, start + length);
        let other = Span { source: case.sources.iter().nth(1).unwrap().id, ..span };
        let mut f = finding("r", Severity::Error, span, &text, &text);
        f.related = vec![Location { span: other, label: text.clone(), role: Role::Copy }];
        case.findings = vec![f];
        for &format in Format::ALL {
            let options = Options { width, verbose: true, ..Options::default() };
            let out = case.render(format, &options);
            assert_harmless(format.name(), &out, &text);
            prop_assert!(!out.contains(secret), "{}:\n{out}", format.name());
        }
    }
}
