//! Starlark → a small AST: as much as rule files of agents use. What isn't in it stands as
//! `Other`, so that whoever evaluates it can say so.

use crate::source::{Source, Span, Text};
use crate::syntax::grammar::{self, Grammar, Language, Node};
use crate::syntax::{Comment, Problem};

/// Deepest nesting that is read.
const DEPTH: usize = 60;

/// A file.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Its statements.
    pub body: Vec<Statement>,
    /// What couldn't be read.
    pub problems: Vec<Problem>,
    /// Comments, in order.
    pub comments: Vec<Comment>,
    /// Everything a comment alone on a line can stand above: statements, list elements and call
    /// arguments, in the order of their starts.
    pub items: Vec<Span>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// An expression on its own.
    Expression(Expression),
    /// `name = value`.
    Assign(Text, Expression, Span),
    /// `for name in values:`.
    For(Vec<Text>, Expression, Vec<Statement>, Span),
    /// `def name(parameters):`.
    Define(Text, Vec<(Text, Option<Expression>)>, Vec<Statement>, Span),
    /// `return value`.
    Return(Option<Expression>, Span),
    /// `pass`.
    Pass,
    /// Anything else.
    Other(Span),
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: Kind,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A string, unescaped.
    String(Text),
    /// A number as written.
    Number(Text),
    /// `True`, `False`.
    Bool(bool),
    /// `None`.
    None,
    /// A name.
    Name(Text),
    /// A list.
    List(Vec<Expression>),
    /// A tuple.
    Tuple(Vec<Expression>),
    /// A call: function, positional arguments, named arguments.
    Call(Box<Expression>, Vec<Expression>, Vec<(Text, Expression)>),
    /// `a + b`.
    Add(Box<Expression>, Box<Expression>),
    /// `[body for names in values]`, without conditions.
    Each(Box<Expression>, Vec<Text>, Box<Expression>),
    /// Anything else.
    Other,
}

/// Parses a file.
pub fn parse(source: &Source) -> Module {
    let read = grammar::read(source, |lower: &mut Lower<'_>, root| (lower.block(root, 0), lower.outline(root)));
    let (body, items) = read.content;
    Module { body, problems: read.problems, comments: read.comments, items }
}

#[derive(Default)]
struct Starlark;

impl Grammar for Starlark {
    const NAME: &'static str = "Starlark";

    fn language() -> Language {
        tree_sitter_starlark::LANGUAGE.into()
    }

    fn bare(comment: &str) -> &str {
        comment.trim_start_matches('#')
    }
}

type Lower<'s> = grammar::Lower<'s, Starlark>;

impl Lower<'_> {
    /// What a comment can stand above; with a cursor, as nesting may be deep.
    fn outline(&self, root: Node<'_>) -> Vec<Span> {
        const LISTS: [&str; 7] = ["module", "block", "list", "tuple", "set", "dictionary", "argument_list"];
        let mut items = Vec::new();
        let mut cursor = root.walk();
        // Of each level, whether what is in it can have a comment above.
        let mut levels = vec![false];
        loop {
            let node = cursor.node();
            if node.is_named() && node.kind() != "comment" && levels.last() == Some(&true) {
                items.push(self.span(node));
            }
            if cursor.goto_first_child() {
                levels.push(LISTS.contains(&node.kind()));
                continue;
            }
            while !cursor.goto_next_sibling() {
                levels.pop();
                if !cursor.goto_parent() {
                    return items;
                }
            }
        }
    }

    fn block(&self, node: Node<'_>, depth: usize) -> Vec<Statement> {
        self.children(node).into_iter().map(|n| self.statement(n, depth + 1)).collect()
    }

    fn statement(&self, node: Node<'_>, depth: usize) -> Statement {
        self.try_statement(node, depth).unwrap_or(Statement::Other(self.span(node)))
    }

    fn try_statement(&self, node: Node<'_>, depth: usize) -> Option<Statement> {
        if depth > DEPTH {
            return None;
        }
        let field = |name| node.child_by_field_name(name);
        match node.kind() {
            "expression_statement" => {
                let inner = *self.children(node).first()?;
                if inner.kind() == "assignment" {
                    let left = inner.child_by_field_name("left").filter(|l| l.kind() == "identifier")?;
                    let right = inner.child_by_field_name("right")?;
                    let value = self.expression(right, depth + 1);
                    return Some(Statement::Assign(self.text(left).into(), value, self.span(node)));
                }
                if inner.kind() == "augmented_assignment" {
                    return None;
                }
                Some(Statement::Expression(self.expression(inner, depth + 1)))
            }
            "for_statement" => {
                let names = self.names(field("left")?)?;
                let values = self.expression(field("right")?, depth + 1);
                Some(Statement::For(names, values, self.block(field("body")?, depth + 1), self.span(node)))
            }
            "function_definition" => {
                let mut parameters = Vec::new();
                for p in self.children(field("parameters")?) {
                    match p.kind() {
                        "identifier" => parameters.push((self.text(p).into(), None)),
                        "default_parameter" => {
                            let name = p.child_by_field_name("name")?;
                            let value = p.child_by_field_name("value")?;
                            parameters.push((self.text(name).into(), Some(self.expression(value, depth + 1))));
                        }
                        _ => return None,
                    }
                }
                let body = self.block(field("body")?, depth + 1);
                Some(Statement::Define(self.text(field("name")?).into(), parameters, body, self.span(node)))
            }
            "return_statement" => {
                let value = self.children(node).first().map(|n| self.expression(*n, depth + 1));
                Some(Statement::Return(value, self.span(node)))
            }
            "pass_statement" => Some(Statement::Pass),
            _ => None,
        }
    }

    /// One name, or several of a tuple pattern.
    fn names(&self, node: Node<'_>) -> Option<Vec<Text>> {
        match node.kind() {
            "identifier" => Some(vec![self.text(node).into()]),
            "pattern_list" | "tuple_pattern" => self
                .children(node)
                .into_iter()
                .map(|n| (n.kind() == "identifier").then(|| self.text(n).into()))
                .collect(),
            _ => None,
        }
    }

    fn expression(&self, node: Node<'_>, depth: usize) -> Expression {
        let kind = if depth > DEPTH { None } else { self.kind(node, depth) };
        Expression { span: self.span(node), kind: kind.unwrap_or(Kind::Other) }
    }

    fn kind(&self, node: Node<'_>, depth: usize) -> Option<Kind> {
        let sub = |n| self.expression(n, depth + 1);
        Some(match node.kind() {
            "string" => Kind::String(unescape(self.text(node))?.into()),
            "concatenated_string" => {
                let mut all = String::new();
                for part in self.children(node) {
                    all.push_str(&unescape(self.text(part))?);
                }
                Kind::String(all.into())
            }
            "integer" | "float" => Kind::Number(self.text(node).into()),
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "none" => Kind::None,
            "identifier" => match self.text(node) {
                "True" => Kind::Bool(true),
                "False" => Kind::Bool(false),
                "None" => Kind::None,
                name => Kind::Name(name.into()),
            },
            "list" => Kind::List(self.children(node).into_iter().map(sub).collect()),
            "tuple" => Kind::Tuple(self.children(node).into_iter().map(sub).collect()),
            "parenthesized_expression" => return self.kind(*self.children(node).first()?, depth + 1),
            "call" => {
                let function = sub(node.child_by_field_name("function")?);
                let arguments = node.child_by_field_name("arguments")?;
                if arguments.kind() != "argument_list" {
                    return None;
                }
                let mut positional = Vec::new();
                let mut named = Vec::new();
                for argument in self.children(arguments) {
                    match argument.kind() {
                        "keyword_argument" => {
                            let name = self.text(argument.child_by_field_name("name")?).into();
                            named.push((name, sub(argument.child_by_field_name("value")?)));
                        }
                        "list_splat" | "dictionary_splat" => return None,
                        _ => positional.push(sub(argument)),
                    }
                }
                Kind::Call(Box::new(function), positional, named)
            }
            "binary_operator" => {
                if self.text(node.child_by_field_name("operator")?) != "+" {
                    return None;
                }
                let side = |name| node.child_by_field_name(name).map(|n| Box::new(sub(n)));
                Kind::Add(side("left")?, side("right")?)
            }
            "list_comprehension" => {
                let children = self.children(node);
                let [body, each] = children.as_slice() else { return None };
                if each.kind() != "for_in_clause" {
                    return None;
                }
                let names = self.names(each.child_by_field_name("left")?)?;
                let values = sub(each.child_by_field_name("right")?);
                Kind::Each(Box::new(sub(*body)), names, Box::new(values))
            }
            _ => return None,
        })
    }
}

/// The value of a string literal; `None` for a form we don't read.
fn unescape(literal: &str) -> Option<String> {
    let (raw, rest) = match literal.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, literal),
    };
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| rest.starts_with(q))?;
    let inner = rest.get(quote.len()..)?.strip_suffix(quote)?;
    if raw {
        return Some(inner.to_owned());
    }
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '\n' => {}
            c @ ('\\' | '\'' | '"') => out.push(c),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn module(text: &str) -> Module {
        parse(&Source::new(SourceId(0), "x.rules", text))
    }

    #[test]
    fn reads_calls_loops_and_functions() {
        let m = module(
            "# c\nprefix_rule(pattern=[\"a\", [\"b\", 'c']], decision=\"allow\")\nX = [\"q\"] + [r\"\\d\"]\nfor t in X:\n    f(t)\ndef f(t, d=\"x\"):\n    return [t for t in X]\n",
        );
        assert!(m.problems.is_empty(), "{:?}", m.problems);
        assert_eq!(m.body.len(), 4);
        assert_eq!(m.comments.len(), 1);
        assert!(m.comments[0].own_line && m.comments[0].text == "c");
        assert_eq!(m.items.iter().filter(|s| s.start == 4).count(), 1, "the call's statement");
        let Statement::Expression(Expression { kind: Kind::Call(_, positional, named), .. }) = &m.body[0] else {
            panic!("{:?}", m.body[0])
        };
        assert!(positional.is_empty());
        assert_eq!(named.len(), 2);
        assert!(matches!(&m.body[2], Statement::For(..)));
        assert!(matches!(&m.body[3], Statement::Define(_, p, b, _) if p.len() == 2 && b.len() == 1));
    }

    #[test]
    fn what_it_does_not_read_is_other() {
        let m = module("if x:\n    f()\ny = {1: 2}\n");
        assert!(matches!(m.body[0], Statement::Other(_)));
        assert!(matches!(&m.body[1], Statement::Assign(_, Expression { kind: Kind::Other, .. }, _)));
        assert!(!module("prefix_rule(").problems.is_empty());
        module(&"[".repeat(20_000));
    }
}
