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

use crate::source::{Source, Span, Text};
use crate::syntax::grammar::{self, Grammar, Language, Node};
use crate::syntax::typescript::{Element, Expr, ExprKind, File, Name};

/// Parses a file. Never fails: see [`File::problems`].
pub fn parse(source: &Source) -> File {
    File::read(source, Lower::module)
}

/// Python, and the parameters of the file's own functions, by name: what their keyword arguments are.
#[derive(Default)]
struct Python {
    functions: HashMap<Text, Vec<Parameter>>,
}

impl Grammar for Python {
    const NAME: &'static str = "Python";

    fn language() -> Language {
        tree_sitter_python::LANGUAGE.into()
    }

    fn bare(comment: &str) -> &str {
        comment.trim_start_matches('#')
    }
}

type Lower<'s> = grammar::Lower<'s, Python>;

/// A parameter of a function of the file.
#[derive(Clone)]
struct Parameter {
    name: Text,
    /// `**rest`.
    keywords: bool,
    /// `*rest`.
    rest: bool,
}

impl Lower<'_> {
    fn name(&self, node: Node<'_>) -> Name {
        Name { text: self.text(node).into(), span: self.span(node) }
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
