//! What mends an agent's file, as edits of its text: an entry taken out of its list, entries that stop
//! what another one misses, an MCP server's read-only switch. Nothing else of the file is touched:
//! comments and order stay.

use std::sync::Arc;

use crate::agents::{Entry, Procedure};
use crate::finding::{Edit, Place, Role, Slot};
use crate::model::inputs::Inputs;
use crate::source::{Source, Span};
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
            added
                .iter()
                .map(|t| Some(format!(",{indent}{}", serde_json::to_string(t).ok()?)))
                .collect::<Option<String>>()?
        }
        Format::Starlark => added.iter().map(|t| format!("\n{t}")).collect(),
        _ => return None,
    };
    let at = Span { start: entry.span.end, ..entry.span };
    let listed = added.iter().map(|t| format!("`{t}`")).collect::<Vec<_>>().join(", ");
    Some(Mend { title: format!("add {listed}"), edits: vec![Edit { span: at, text }] })
}

/// An entry taken out of the list it stands in; `None` where it isn't a string of a list.
pub(super) fn removed(inputs: &Inputs<'_>, span: Span, entry: &str) -> Option<Mend> {
    let file = inputs.workspace.file(span.source)?;
    let text = &file.source.text;
    let listed = matches!(file.format, Format::Json | Format::Jsonc | Format::Toml);
    if !listed || !written(&file.source, span).starts_with(['"', '\'']) {
        return None;
    }
    let before = text.get(..span.start as usize)?;
    let after = text.get(span.end as usize..)?;
    let lead = before.trim_end();
    let tail = after.trim_start();
    if !lead.ends_with(['[', ',']) || !tail.starts_with([',', ']']) {
        return None;
    }
    let start = before.len();
    let gap = after.len() - tail.len();
    let range = if tail.starts_with(',') {
        // With its comma, and the line where it has one to itself.
        let end = span.end as usize + gap + 1;
        let rest = text.get(end..)?;
        let own_line = before.get(before.rfind('\n').map_or(0, |n| n + 1)..)?.trim().is_empty();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let ends = rest.get(blank..)?.starts_with(['\n', '\r']);
        match own_line && ends {
            true => {
                let line = before.rfind('\n').map_or(0, |n| n + 1);
                let newline = rest.get(blank..)?.find('\n').map_or(0, |n| n + 1);
                line..end + blank + newline
            }
            false => start..end + blank,
        }
    } else if lead.ends_with(',') {
        // The last one takes the comma in front of it.
        lead.len() - 1..span.end as usize
    } else {
        start..span.end as usize
    };
    let edit = Edit { span: Span::new(span.source, range.start, range.end), text: String::new() };
    Some(Mend { title: format!("take `{entry}` out"), edits: vec![edit] })
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
fn at(node: &crate::syntax::tree::Node, span: Span) -> Option<&crate::syntax::tree::Node> {
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
