//! The JSON of the contract. Fields may be added, never renamed.

use indexmap::IndexMap;
use serde::Serialize;

use crate::finding::{Confidence, Finding, Fix, Location, Outcome, Persona, Reason, Role, Severity};
use crate::report::{Cuts, Options, Report, Shown, Summary, neutral, select};
use crate::source::Span;

#[derive(Serialize)]
struct Document {
    version: u32,
    findings: Vec<JsonFinding>,
    cuts: JsonCuts,
    summary: JsonSummary,
}

#[derive(Serialize)]
struct JsonFinding {
    rule: String,
    severity: Severity,
    confidence: Confidence,
    persona: Persona,
    outcome: Outcome,
    local: bool,
    message: String,
    help: String,
    #[serde(flatten)]
    at: Region,
    address: String,
    instances: Vec<String>,
    environments: Vec<String>,
    related: Vec<JsonLocation>,
    reasons: Vec<JsonReason>,
    fixes: Vec<JsonFix>,
    part_of: Option<String>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Region {
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct JsonLocation {
    #[serde(flatten)]
    at: Region,
    label: String,
    role: Role,
}

#[derive(Serialize)]
struct JsonReason {
    kind: String,
    message: String,
    #[serde(flatten)]
    at: Option<Point>,
}

#[derive(Serialize)]
struct Point {
    path: String,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct JsonFix {
    title: String,
    safe: bool,
    edits: Vec<JsonEdit>,
}

#[derive(Serialize)]
struct JsonEdit {
    #[serde(flatten)]
    at: Region,
    text: String,
}

#[derive(Serialize)]
struct JsonCuts {
    edits: Vec<JsonCut>,
    cut: usize,
    of: usize,
}

#[derive(Serialize)]
struct JsonCut {
    #[serde(flatten)]
    at: Region,
    what: String,
    fixable: bool,
}

#[derive(Serialize)]
struct JsonSummary {
    error: usize,
    warning: usize,
    note: usize,
    undecided: usize,
    suppressed: usize,
    baselined: usize,
    local: usize,
    undeployed: usize,
    below: usize,
    files: usize,
    read: IndexMap<String, usize>,
    skipped: IndexMap<String, usize>,
    stores: usize,
    agents: usize,
    credentials: usize,
    undecided_by: IndexMap<String, usize>,
    undecided_named: Vec<JsonNamed>,
    cut_off: Vec<JsonCutOff>,
    unread_modules: Vec<JsonUnread>,
    notes: Vec<String>,
}

/// Something that wasn't looked at to its end.
#[derive(Serialize)]
struct JsonCutOff {
    kind: &'static str,
    message: String,
    #[serde(flatten)]
    at: Option<Point>,
}

/// A call that may hold a store.
#[derive(Serialize)]
struct JsonUnread {
    address: String,
    source: String,
    #[serde(flatten)]
    at: Point,
}

#[derive(Serialize)]
struct JsonNamed {
    message: String,
    #[serde(flatten)]
    at: Option<Point>,
}

/// The contract's document, indented.
pub(super) fn write(report: &Report<'_>, options: &Options) -> String {
    let shown = Shown::new(report);
    let document = Document {
        version: 1,
        findings: select::shown(report, options).into_iter().map(|f| finding(&shown, f)).collect(),
        cuts: cuts(&shown, report.cuts),
        summary: summary(&shown, report.summary),
    };
    text(&document)
}

/// A value as indented JSON, with a newline at its end. What its strings hold moves no cursor and
/// starts no command even where the raw text is printed; its meaning stays the same.
pub fn text(value: &impl Serialize) -> String {
    let mut raw = serde_json::to_string_pretty(value).unwrap_or_default();
    // Controls are escaped already; what else is hidden lies outside ASCII, or is DEL.
    if raw.bytes().all(|b| b < 0x7f) && !raw.contains("##") {
        raw.push('\n');
        return raw;
    }
    let breaks = neutral::inline_commands(&raw);
    let mut out = String::with_capacity(raw.len() + 1);
    let mut breaks = breaks.into_iter().peekable();
    for (at, c) in raw.char_indices() {
        if breaks.next_if_eq(&at).is_some() || (c != '\n' && neutral::is_hidden(c)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    out
}

fn finding(shown: &Shown<'_>, f: &Finding) -> JsonFinding {
    JsonFinding {
        rule: shown.line(&f.rule),
        severity: f.severity,
        confidence: f.confidence,
        persona: f.persona,
        outcome: f.outcome,
        local: f.local,
        message: shown.line(&f.message),
        help: shown.lines(&f.help),
        at: region(shown, f.place.span),
        address: shown.line(&f.address),
        instances: f.instances.iter().map(|i| shown.line(i)).collect(),
        environments: f.environments.iter().map(|e| shown.line(e)).collect(),
        related: f.related.iter().map(|l| location(shown, l)).collect(),
        reasons: f.reasons.iter().map(|r| reason(shown, r)).collect(),
        fixes: shown.fixes(f).map(|x| fix(shown, x)).collect(),
        part_of: f.part_of.clone(),
        fingerprint: f.fingerprint.clone(),
    }
}

fn region(shown: &Shown<'_>, span: Span) -> Region {
    let at = shown.region(span);
    Region {
        path: shown.path(span),
        line: at.start.line,
        column: at.start.column,
        end_line: at.end.line,
        end_column: at.end.column,
    }
}

fn point(shown: &Shown<'_>, span: Span) -> Point {
    let at = shown.region(span).start;
    Point { path: shown.path(span), line: at.line, column: at.column }
}

fn location(shown: &Shown<'_>, l: &Location) -> JsonLocation {
    JsonLocation { at: region(shown, l.span), label: shown.line(&l.label), role: l.role }
}

fn reason(shown: &Shown<'_>, r: &Reason) -> JsonReason {
    JsonReason { kind: r.kind.to_owned(), message: shown.line(&r.message), at: r.span.map(|span| point(shown, span)) }
}

fn fix(shown: &Shown<'_>, f: &Fix) -> JsonFix {
    let edit = |e: &crate::finding::Edit| JsonEdit { at: region(shown, e.span), text: e.text.clone() };
    JsonFix { title: shown.line(&f.title), safe: f.safe, edits: f.edits.iter().map(edit).collect() }
}

fn cuts(shown: &Shown<'_>, cuts: &Cuts) -> JsonCuts {
    let edits = cuts
        .edits
        .iter()
        .map(|c| JsonCut { at: region(shown, c.span), what: shown.line(&c.what), fixable: c.fixable })
        .collect();
    JsonCuts { edits, cut: cuts.cut, of: cuts.of }
}

fn summary(shown: &Shown<'_>, s: &Summary) -> JsonSummary {
    let counts = |list: &[(String, usize)]| list.iter().map(|(name, n)| (shown.line(name), *n)).collect();
    JsonSummary {
        error: s.error,
        warning: s.warning,
        note: s.note,
        undecided: s.undecided,
        suppressed: s.suppressed,
        baselined: s.baselined,
        local: s.local,
        undeployed: s.undeployed,
        below: s.below,
        files: s.files,
        read: counts(&s.read),
        skipped: counts(&s.skipped),
        stores: s.stores,
        agents: s.agents,
        credentials: s.credentials,
        undecided_by: counts(&s.undecided_by),
        undecided_named: s
            .undecided_named
            .iter()
            .map(|(span, message)| JsonNamed { message: shown.line(message), at: span.map(|span| point(shown, span)) })
            .collect(),
        cut_off: s
            .cut_off
            .iter()
            .map(|(span, kind, message)| JsonCutOff {
                kind,
                message: shown.line(message),
                at: span.map(|span| point(shown, span)),
            })
            .collect(),
        unread_modules: s
            .unread_modules
            .iter()
            .map(|(span, address, source)| JsonUnread {
                address: shown.line(address),
                source: shown.line(source),
                at: point(shown, *span),
            })
            .collect(),
        notes: s.notes.iter().map(|n| shown.line(n)).collect(),
    }
}
