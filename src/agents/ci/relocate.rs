//! JSON that stands as a string in a workflow: parsed, with each value's place in the workflow
//! where it is verbatim there, else the whole string's.

use crate::source::{Source, Span};
use crate::syntax::json;
use crate::syntax::tree::{Data, Node, Tree};

/// The data of an input that holds JSON; `None` if it holds none (a path, an expression).
pub fn json(node: &Node, source: &Source) -> Option<Tree> {
    let text = node.as_str().filter(|t| t.trim_start().starts_with('{'))?;
    let inner = Source::new(source.id, &source.path, &without_expressions(text));
    let mut tree = json::parse_jsonc(&inner);
    tree.comments.clear();
    let mut at = node.span.start as usize;
    for root in &mut tree.roots {
        place(root, &inner, source, node.span, &mut at);
    }
    for problem in &mut tree.problems {
        problem.span = node.span;
    }
    Some(tree)
}

/// The text with each expression that stands for a whole value (`"enabled": ${{ vars.X != '' }}`) written
/// as `null`, as long as it was: what it comes to isn't in the repository, and the rest counts.
fn without_expressions(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let (mut quoted, mut escaped) = (false, false);
    while let Some(c) = rest.chars().next() {
        if !quoted
            && rest.starts_with("${{")
            && let Some(end) = rest.find("}}")
        {
            let whole = rest.get(..end + 2).unwrap_or(rest);
            plain.push_str("null");
            plain.extend(std::iter::repeat_n(' ', whole.len().saturating_sub(4)));
            rest = rest.get(end + 2..).unwrap_or("");
            continue;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        plain.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
    plain
}

/// Gives every value its place. (The parser limits how deep values nest.)
fn place(node: &mut Node, inner: &Source, outer: &Source, within: Span, at: &mut usize) {
    let own = find(inner.slice(node.span), outer, within, at);
    match &mut node.value {
        Data::Object(members) => {
            for member in members {
                member.key_span = find(inner.slice(member.key_span), outer, within, at).unwrap_or(within);
                place(&mut member.value, inner, outer, within, at);
            }
            node.span = within;
        }
        Data::Array(items) => {
            for item in items {
                place(item, inner, outer, within, at);
            }
            node.span = within;
        }
        _ => node.span = own.unwrap_or(within),
    }
}

/// The next place of a text; objects and lists aren't searched for.
fn find(needle: &str, outer: &Source, within: Span, at: &mut usize) -> Option<Span> {
    if needle.is_empty() || needle.starts_with(['{', '[']) {
        return None;
    }
    let end = within.end as usize;
    let n = outer.text.get(*at..end)?.find(needle)?;
    let start = *at + n;
    *at = start + needle.len();
    Some(Span::new(outer.id, start, *at))
}
