//! What mends an agent's file, as edits of its text: an entry taken out of its list, entries that stop
//! what another one misses, an MCP server's read-only switch. Nothing else of the file is touched:
//! comments and order stay.

mod front_matter;

use std::sync::Arc;

use crate::agents::{Entry, Procedure};
use crate::finding::{Edit, Place, Role, Slot};
use crate::model::inputs::Inputs;
use crate::source::{Source, Span};
use crate::syntax::tree::Node;
use crate::workspace::Format;

/// Edits, and what they do in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// In words.
    pub title: String,
    /// The edits.
    pub edits: Vec<Edit>,
}

impl Mend {
    /// As a place that a rule's `fix:` can name.
    pub fn place(&self, span: Span) -> Arc<Place> {
        let slot = Slot::Rewrite { title: self.title.clone(), edits: self.edits.clone() };
        Arc::new(Place { span, slot, chain: Vec::new(), role: Role::Agent, item: span })
    }
}

/// Entries beside one that is walked around, which stop the forms it misses: (program and sub-command,
/// forms of it) of each operation.
pub(super) fn stopping(
    inputs: &Inputs<'_>,
    procedure: &dyn Procedure,
    entry: &Entry,
    missed: &[(String, Vec<String>)],
) -> Option<Mend> {
    let file = inputs.workspace.file(entry.span.source)?;
    let mut added: Vec<String> = Vec::new();
    for (base, forms) in missed {
        for text in procedure.stopping(entry, base, forms)? {
            if !added.contains(&text) {
                added.push(text);
            }
        }
    }
    if added.is_empty() {
        return None;
    }
    let text = match file.format {
        Format::Json | Format::Jsonc if written(&file.source, entry.span).starts_with('"') => {
            let indent = new_line(&file.source, entry.span);
            let is_member = |t: &String| t.starts_with('"');
            if added.iter().any(|t| t.contains('\n')) {
                return None;
            }
            let made = |t: &String| if is_member(t) { Some(t.clone()) } else { serde_json::to_string(t).ok() };
            added.iter().map(|t| Some(format!(",{indent}{}", made(t)?))).collect::<Option<String>>()?
        }
        Format::Starlark => added.iter().map(|t| format!("\n{t}")).collect(),
        // A table of its own behind the entry's.
        Format::Toml if added.iter().all(|t| t.starts_with("[[")) => added.iter().map(|t| format!("\n\n{t}")).collect(),
        _ => return None,
    };
    let end = if file.format == Format::Toml { end_of_table(&file.source, entry.span) } else { entry.span.end };
    let at = Span { start: end, end, ..entry.span };
    let listed = added.iter().map(|t| format!("`{}`", t.replace('\n', "; "))).collect::<Vec<_>>().join(", ");
    Some(Mend { title: format!("add {listed}"), edits: vec![Edit { span: at, text }] })
}

/// Where a table ends that a place is in, blanks and comments of the next one left aside.
fn end_of_table(source: &Source, span: Span) -> u32 {
    let text: &str = &source.text;
    let behind = text.get(span.end as usize..).unwrap_or("");
    let own = behind.find("\n[").and_then(|at| behind.get(..at)).unwrap_or(behind).trim_end();
    let line = |own: &str| own.rfind('\n').map_or(0, |n| n + 1);
    let mut own = own;
    while own.get(line(own)..).is_some_and(|l| l.trim_start().starts_with('#')) && line(own) > 0 {
        own = own.get(..line(own)).unwrap_or("").trim_end();
    }
    span.end + own.len() as u32
}

/// Entries taken out of the lists they stand in, with the commas that go with them; `None` where one isn't a
/// string of a list.
pub(super) fn removed(inputs: &Inputs<'_>, entries: &[(Span, &str)]) -> Option<Mend> {
    let (first, _) = entries.first()?;
    let file = inputs.workspace.file(first.source)?;
    let tree = match file.format {
        Format::Json => crate::syntax::json::parse(&file.source),
        Format::Jsonc => crate::syntax::json::parse_jsonc(&file.source),
        Format::Toml => crate::syntax::toml::parse(&file.source),
        Format::FrontMatter => {
            let edits = front_matter::removed(&file.source, entries)?;
            return Some(Mend { title: format!("take {} out", titled(entries)), edits });
        }
        _ => return None,
    };
    let text: &str = &file.source.text;
    let gone = |span: Span| entries.iter().any(|(s, _)| *s == span);
    let mut edits: Vec<Edit> = Vec::new();
    let mut taken = 0;
    let mut cut = |start: usize, end: usize| {
        edits.push(Edit { span: Span::new(first.source, start, end), text: String::new() });
    };
    for list in lists(tree.root()?) {
        let last = list.iter().rposition(|item| !gone(item.span));
        for (n, item) in list.iter().enumerate() {
            let comma = comma(text, item.span.end as usize);
            if gone(item.span) {
                taken += 1;
                // The comma behind it goes with it, and the line where it has one to itself.
                match comma {
                    Some(at) => {
                        let (start, end) = whole_line(text, item.span.start as usize, at + 1);
                        cut(start, end);
                    }
                    None => cut(item.span.start as usize, item.span.end as usize),
                }
            } else if Some(n) == last
                && n + 1 < list.len()
                && let Some(at) = comma
            {
                // Nothing is left behind it.
                cut(at, at + 1);
            }
        }
    }
    (taken == entries.len()).then(|| Mend { title: format!("take {} out", titled(entries)), edits })
}

/// How many entries a title names.
const NAMED: usize = 3;

/// The first of some entries, and how many more there are.
fn titled(entries: &[(Span, &str)]) -> String {
    let mut texts: Vec<String> = entries.iter().map(|(_, text)| format!("`{text}`")).collect();
    texts.dedup();
    let more = texts.len().saturating_sub(NAMED);
    texts.truncate(NAMED);
    if more > 0 { format!("{} and {more} more", texts.join(", ")) } else { texts.join(", ") }
}

/// Every list of strings in a file.
fn lists(root: &Node) -> Vec<&[Node]> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let items = node.items();
        if !items.is_empty() && items.iter().all(|i| i.as_text().is_some()) {
            found.push(items);
        }
        open.extend(items);
        open.extend(node.members().iter().map(|m| &m.value));
    }
    found
}

/// The comma behind an item, over blanks and comments.
fn comma(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if trimmed.starts_with(',') {
            return Some(at);
        }
        at += match trimmed {
            t if t.starts_with("//") || t.starts_with('#') => t.find('\n')?,
            t if t.starts_with("/*") => t.find("*/")? + 2,
            _ => return None,
        };
    }
}

/// A range with its line, where nothing else stands on it; else with the blanks behind it.
fn whole_line(text: &str, start: usize, end: usize) -> (usize, usize) {
    let before = text.get(..start).unwrap_or("");
    let rest = text.get(end..).unwrap_or("");
    let line = before.rfind('\n').map_or(0, |n| n + 1);
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let behind = rest.get(blank..).unwrap_or("");
    if before.get(line..).is_some_and(|b| b.trim().is_empty()) && behind.starts_with(['\n', '\r']) {
        return (line, end + blank + behind.find('\n').map_or(0, |n| n + 1));
    }
    let blank = if behind.starts_with(['\n', '\r']) { 0 } else { blank };
    (start, end + blank)
}

/// An MCP server's flag behind its other arguments, or its variable among its others.
pub(super) fn switched(inputs: &Inputs<'_>, server: Span, switch: &str) -> Option<Mend> {
    let file = inputs.workspace.file(server.source)?;
    if !matches!(file.format, Format::Json | Format::Jsonc) {
        return None;
    }
    let tree = crate::syntax::json::parse(&file.source);
    let node = at(tree.root()?, server)?;
    let (list, added) = match switch.split_once('=') {
        Some((name, value)) if !switch.starts_with('-') => {
            let env = node.get("env")?;
            let last = env.members().last()?;
            (last.span(), format!("{}: {}", serde_json::to_string(name).ok()?, serde_json::to_string(value).ok()?))
        }
        _ if switch.starts_with("--") => {
            let last = node.get("args")?.items().last()?;
            let words = switch.split(' ').map(|w| serde_json::to_string(w).ok()).collect::<Option<Vec<_>>>()?;
            (last.span, words.join(", "))
        }
        _ => return None,
    };
    let indent = new_line(&file.source, list);
    let edit = Edit { span: Span { start: list.end, ..list }, text: format!(",{indent}{added}") };
    Some(Mend { title: format!("add `{switch}`"), edits: vec![edit] })
}

/// The value of the member that stands at a place.
fn at(node: &Node, span: Span) -> Option<&Node> {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        for member in node.members() {
            if member.span() == span {
                return Some(&member.value);
            }
            open.push(&member.value);
        }
        open.extend(node.items());
    }
    None
}

fn written(source: &Source, span: Span) -> &str {
    source.text.get(span.range()).unwrap_or("")
}

/// What separates one item from the next: a new line indented as this one's, or a blank where several
/// stand on a line.
fn new_line(source: &Source, span: Span) -> String {
    let before = source.text.get(..span.start as usize).unwrap_or("");
    let line = before.get(before.rfind('\n').map_or(0, |n| n + 1)..).unwrap_or("");
    if line.trim().is_empty() { format!("\n{line}") } else { " ".to_owned() }
}
