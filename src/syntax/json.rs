//! JSON and JSONC → tree.

use std::rc::Rc;

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::source::{Source, Span};
use crate::syntax::tree::{Data, Member, Node, Tree};
use crate::syntax::{Comment, Problem};

/// Parses strict JSON: comments and trailing commas are problems, as they are to its products.
pub fn parse(source: &Source) -> Tree {
    parse_with(source, false)
}

/// Parses JSON with comments and trailing commas.
pub fn parse_jsonc(source: &Source) -> Tree {
    parse_with(source, true)
}

fn parse_with(source: &Source, comments: bool) -> Tree {
    let options = ParseOptions {
        allow_comments: comments,
        allow_trailing_commas: comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let collect = CollectOptions { comments: CommentCollectionStrategy::Separate, tokens: false };
    let mut tree = Tree { source: source.id, roots: Vec::new(), comments: Vec::new(), problems: Vec::new() };
    match parse_to_ast(&source.text, &collect, &options) {
        Ok(parsed) => {
            if let Some(value) = &parsed.value {
                tree.roots.push(lower(source, value));
            } else if !source.text.trim().is_empty() {
                tree.problems.push(Problem { span: source.span().at_start(), message: "no value".into() });
            }
            let mut seen: Vec<Rc<_>> = parsed.comments.into_iter().flatten().map(|(_, c)| c).collect();
            seen.dedup_by(|a, b| Rc::ptr_eq(a, b));
            for comment in seen.iter().flat_map(|c| c.iter()) {
                let span = Span::new(source.id, comment.range().start, comment.range().end);
                tree.comments.push(Comment {
                    span,
                    text: comment.text().trim().into(),
                    own_line: own_line(source, span),
                });
            }
            tree.comments.sort_by_key(|c| c.span);
            tree.comments.dedup_by_key(|c| c.span);
        }
        Err(error) => {
            let range = error.range();
            let end = range.end.min(source.text.len());
            tree.problems.push(Problem {
                span: Span::new(source.id, range.start.min(end), end),
                message: error.kind().to_string().to_lowercase(),
            });
        }
    }
    tree
}

/// Whether nothing but white space stands before a span on its line.
pub(crate) fn own_line(source: &Source, span: Span) -> bool {
    let before = source.text.get(..span.start as usize).unwrap_or("");
    before.rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
}

// The parser caps nesting, so this recursion is bounded.
fn lower(source: &Source, value: &Value<'_>) -> Node {
    let range = value.range();
    let span = Span::new(source.id, range.start, range.end);
    let value = match value {
        Value::StringLit(s) => Data::String((&*s.value).into()),
        Value::NumberLit(n) => Data::Number(n.value.into()),
        Value::BooleanLit(b) => Data::Bool(b.value),
        Value::NullKeyword(_) => Data::Null,
        Value::Array(array) => Data::Array(array.elements.iter().map(|v| lower(source, v)).collect()),
        Value::Object(object) => Data::Object(
            object
                .properties
                .iter()
                .map(|p| {
                    let range = p.name.range();
                    let key = match &p.name {
                        ObjectPropName::String(s) => (&*s.value).into(),
                        ObjectPropName::Word(w) => w.value.into(),
                    };
                    Member {
                        key,
                        key_span: Span::new(source.id, range.start, range.end),
                        value: lower(source, &p.value),
                    }
                })
                .collect(),
        ),
    };
    Node { span, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn source(text: &str) -> Source {
        Source::new(SourceId(0), "a.json", text)
    }

    #[test]
    fn spans_are_of_the_file() {
        let s = source("{\n  \"a\": [1, \"b\\u00e9\", null]\n}");
        let tree = parse(&s);
        let a = tree.root().and_then(|r| r.get("a")).unwrap();
        assert_eq!(s.slice(a.items()[1].span), "\"b\\u00e9\"");
        assert_eq!(a.items()[1].as_str(), Some("bé"));
        assert!(tree.problems.is_empty());
    }

    #[test]
    fn a_comment_is_a_problem_in_strict_json_only() {
        let s = source("// hi\n{\"a\": 1, /* b */ \"c\": 2,}");
        assert_eq!(parse(&s).problems.len(), 1);
        let tree = parse_jsonc(&s);
        assert!(tree.problems.is_empty(), "{:?}", tree.problems);
        let texts: Vec<_> = tree.comments.iter().map(|c| (c.text.as_str(), c.own_line)).collect();
        assert_eq!(texts, [("hi", true), ("b", false)]);
    }

    #[test]
    fn hostile_nesting_is_a_problem() {
        let s = source(&"[".repeat(100_000));
        assert_eq!(parse(&s).problems.len(), 1);
        let s = source(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
        assert_eq!(parse(&s).problems.len(), 1);
    }

    #[test]
    fn truncated_is_a_problem_with_a_place() {
        let s = source("{\"permissions\": {\"allow\": [\"Bash(ls)\"");
        let tree = parse(&s);
        assert_eq!(tree.problems.len(), 1);
        assert!(tree.roots.is_empty());
    }
}
