//! Python → the small AST that TypeScript has: what a configuration file builds is the same thing in
//! both. Forms that mean another thing there are put into the forms that mean the same: a keyword
//! argument is a key of the last argument, `x.append(y)` is `x.push(y)`, a comprehension is `filter`
//! and `map`. What has no counterpart is kept as `Other`, never left out.

mod calls;
mod expressions;
mod statements;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use tree_sitter::{Node, Parser};

use crate::source::{Source, Span, Text};
use crate::syntax::json::own_line;
use crate::syntax::typescript::{BRACKETS, DEPTH, Element, Expr, ExprKind, File, Name, PROBLEMS, deepest, items};
use crate::syntax::{Comment, Problem};

/// Parses a file. Never fails: see [`File::problems`].
pub fn parse(source: &Source) -> File {
    let empty = |problem: &str| File {
        source: source.id,
        statements: Vec::new(),
        comments: Vec::new(),
        problems: vec![Problem { span: source.span().at_start(), message: problem.to_owned() }],
        items: Vec::new(),
    };
    if deepest(&source.text) > BRACKETS {
        return empty("brackets are nested too deeply");
    }
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return empty("the Python grammar can't be loaded");
    }
    let Some(tree) = parser.parse(source.text.as_bytes(), None) else {
        return empty("not Python");
    };
    let mut lower = Lower { source, depth: 0, problems: Vec::new(), functions: HashMap::new() };
    let comments = lower.survey(tree.root_node());
    let statements = lower.module(tree.root_node());
    let mut problems = lower.problems;
    problems.sort_by_key(|p| p.span);
    problems.dedup_by_key(|p| p.span);
    problems.truncate(PROBLEMS);
    let items = items::of(&statements);
    File { source: source.id, statements, comments, problems, items }
}

struct Lower<'s> {
    source: &'s Source,
    depth: usize,
    problems: Vec<Problem>,
    /// Parameters of the file's own functions, by name: what their keyword arguments are.
    functions: HashMap<Text, Vec<Parameter>>,
}

/// A parameter of a function of the file.
#[derive(Clone)]
struct Parameter {
    name: Text,
    /// `**rest`.
    keywords: bool,
    /// `*rest`.
    rest: bool,
}

impl<'s> Lower<'s> {
    fn span(&self, node: Node<'_>) -> Span {
        Span::new(self.source.id, node.start_byte(), node.end_byte())
    }

    fn text(&self, node: Node<'_>) -> &'s str {
        self.source.text.get(node.byte_range()).unwrap_or("")
    }

    fn name(&self, node: Node<'_>) -> Name {
        Name { text: self.text(node).into(), span: self.span(node) }
    }

    /// Children that mean something.
    fn children<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).filter(|n| !n.is_extra() && !n.is_error()).collect()
    }

    /// Runs a step one level deeper; `None` where that is too deep.
    fn deeper<T>(&mut self, node: Node<'_>, step: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH {
            self.problems.push(Problem { span: self.span(node), message: "nested too deeply".into() });
            return None;
        }
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        Some(result)
    }

    /// Comments, and the grammar's repairs as problems. Goes through the tree without recursion.
    fn survey(&mut self, root: Node<'_>) -> Vec<Comment> {
        let mut comments = Vec::new();
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_missing() {
                self.problems.push(Problem { span: self.span(node), message: format!("expected `{}`", node.kind()) });
            } else if node.is_error() {
                let first_line = self.text(node).lines().next().map_or(0, str::len);
                let span = Span::new(self.source.id, node.start_byte(), node.start_byte() + first_line);
                self.problems.push(Problem { span, message: "not understood as Python".into() });
            } else if node.kind() == "comment" {
                let span = self.span(node);
                let text = self.text(node).trim_start_matches('#').trim().into();
                comments.push(Comment { span, text, own_line: own_line(self.source, span) });
            }
            if node.kind() != "string" && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return comments;
                }
            }
        }
    }
}

/// Forms of the AST, made rather than read.
fn named(text: &str, span: Span) -> Expr {
    Expr { span, kind: ExprKind::Name(text.into()) }
}

fn member(object: Expr, name: &str, at: Span, span: Span) -> Expr {
    let name = Name { text: name.into(), span: at };
    Expr { span, kind: ExprKind::Member { object: Box::new(object), name, optional: false } }
}

fn call(callee: Expr, arguments: Vec<Expr>, span: Span) -> Expr {
    let arguments = arguments.into_iter().map(|value| Element { value, spread: false }).collect();
    Expr { span, kind: ExprKind::Call { callee: Box::new(callee), arguments, optional: false, new: false } }
}
