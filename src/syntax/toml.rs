//! TOML → tree.

use toml_edit::{Document, Item, Key, Table, TableLike, Value};

use crate::source::{Source, Span};
use crate::syntax::json::own_line;
use crate::syntax::tree::{Data, Member, Node, Tree};
use crate::syntax::{Comment, Problem};

/// Parses a TOML file.
pub fn parse(source: &Source) -> Tree {
    let mut tree = Tree { source: source.id, roots: Vec::new(), comments: comments(source), problems: Vec::new() };
    match Document::parse(source.text.as_ref()) {
        Ok(document) => tree.roots.push(Node { span: source.span(), value: table(source, document.as_table()) }),
        Err(error) => {
            let range = error.span().unwrap_or(0..0);
            let end = range.end.min(source.text.len());
            tree.problems.push(Problem {
                span: Span::new(source.id, range.start.min(end), end),
                message: error.message().lines().next().unwrap_or("not TOML").to_owned(),
            });
        }
    }
    tree
}

fn span(source: &Source, range: Option<std::ops::Range<usize>>) -> Span {
    range.map_or(source.span().at_start(), |r| Span::new(source.id, r.start, r.end))
}

fn table(source: &Source, table: &Table) -> Data {
    members(source, table)
}

fn members(source: &Source, table: &dyn TableLike) -> Data {
    let entries = table.iter().filter_map(|(name, item)| {
        let key = table.key(name)?;
        let node = item_node(source, key, item)?;
        Some(Member { key: name.into(), key_span: span(source, key.span()), value: node })
    });
    let mut members: Vec<Member> = entries.collect();
    members.sort_by_key(|m| m.key_span);
    Data::Object(members)
}

// toml_edit caps nesting while parsing, so this recursion is bounded.
fn item_node(source: &Source, key: &Key, item: &Item) -> Option<Node> {
    Some(match item {
        Item::None => return None,
        Item::Value(value) => value_node(source, value),
        Item::Table(inner) => Node { span: span(source, inner.span().or(key.span())), value: table(source, inner) },
        Item::ArrayOfTables(array) => {
            let items: Vec<Node> = array
                .iter()
                .map(|t| Node { span: span(source, t.span().or(key.span())), value: table(source, t) })
                .collect();
            Node { span: span(source, array.span().or(key.span())), value: Data::Array(items) }
        }
    })
}

fn value_node(source: &Source, value: &Value) -> Node {
    let data = match value {
        Value::String(s) => Data::String(s.value().as_str().into()),
        Value::Integer(n) => Data::Number(n.value().to_string().into()),
        Value::Float(n) => Data::Number(n.value().to_string().into()),
        Value::Boolean(b) => Data::Bool(*b.value()),
        Value::Datetime(d) => Data::String(d.value().to_string().into()),
        Value::Array(array) => Data::Array(array.iter().map(|v| value_node(source, v)).collect()),
        Value::InlineTable(inner) => members(source, inner),
    };
    Node { span: span(source, value.span()), value: data }
}

/// TOML's comments: `#` outside strings, to the end of the line.
fn comments(source: &Source) -> Vec<Comment> {
    let bytes = source.text.as_bytes();
    let mut found = Vec::new();
    let mut quote: Option<&str> = None;
    let mut at = 0;
    while let Some(rest) = source.text.get(at..) {
        if rest.is_empty() {
            break;
        }
        let step = |n: usize| rest.chars().take(n).map(char::len_utf8).sum::<usize>().max(1);
        if let Some(q) = quote {
            if q.starts_with('"') && bytes.get(at) == Some(&b'\\') {
                at += step(2);
            } else if rest.starts_with(q) {
                at += q.len();
                quote = None;
            } else if q.len() == 1 && rest.starts_with('\n') {
                quote = None;
                at += 1;
            } else {
                at += step(1);
            }
            continue;
        }
        if let Some(q) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| rest.starts_with(q)) {
            quote = Some(q);
            at += q.len();
        } else if rest.starts_with('#') {
            let length = rest.find('\n').unwrap_or(rest.len());
            let text = rest.get(..length).unwrap_or("").trim_end();
            let span = Span::new(source.id, at, at + text.len());
            found.push(Comment {
                span,
                text: text.trim_start_matches('#').trim().into(),
                own_line: own_line(source, span),
            });
            at += length;
        } else {
            at += step(1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn tables_keys_and_comments_have_places() {
        let s = Source::new(
            SourceId(0),
            "railway.toml",
            "# top\n[deploy]\nstartCommand = \"a # not\" # one\n[environments.staging.deploy]\nx = [1, 2]\n",
        );
        let tree = parse(&s);
        let root = tree.root().unwrap();
        let start = root.path(&["deploy", "startCommand"]).unwrap();
        assert_eq!(s.slice(start.span), "\"a # not\"");
        assert_eq!(root.path(&["environments", "staging", "deploy", "x"]).unwrap().items().len(), 2);
        let texts: Vec<_> = tree.comments.iter().map(|c| (c.text.as_str(), c.own_line)).collect();
        assert_eq!(texts, [("top", true), ("one", false)]);
    }

    #[test]
    fn broken_and_hostile() {
        for text in ["[deploy\nx = 1", "x = ", "x = \"a", &format!("x = {}", "[".repeat(100_000))] {
            let tree = parse(&Source::new(SourceId(0), "a.toml", text));
            assert_eq!(tree.problems.len(), 1);
        }
    }
}
