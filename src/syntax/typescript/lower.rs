//! From the grammar's tree to our AST: expressions, patterns and functions.

use std::sync::Arc;

use super::text::{number, unescape};
use super::{
    Binary, Body, Element, Expr, ExprKind, Function, Name, Parameter, Part, Pattern, Property, PropertyKind, Unary,
};
use crate::source::Text;
use crate::syntax::grammar::{self, Grammar, Language, Node};

/// TypeScript, of which JavaScript is a part.
#[derive(Default)]
pub(super) struct TypeScript;

impl Grammar for TypeScript {
    const NAME: &'static str = "TypeScript";

    fn language() -> Language {
        tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()
    }

    fn bare(comment: &str) -> &str {
        let text = comment.strip_prefix("/*").map(|c| c.strip_suffix("*/").unwrap_or(c)).unwrap_or(comment);
        text.trim_start_matches(['/', '*', '#', '!'])
    }
}

pub(super) type Lower<'s> = grammar::Lower<'s, TypeScript>;

impl Lower<'_> {
    pub(super) fn name(&self, node: Node<'_>) -> Name {
        let text = if node.kind() == "string" { self.string(node) } else { self.text(node).into() };
        Name { text, span: self.span(node) }
    }

    fn field(&mut self, node: Node<'_>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expr(child),
            None => Expr { span: self.span(node), kind: ExprKind::Other("nothing") },
        }
    }

    fn boxed(&mut self, node: Node<'_>, field: &str) -> Box<Expr> {
        Box::new(self.field(node, field))
    }

    /// One expression. Nesting beyond [`DEPTH`] is a problem.
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        let node = strip(node);
        let kind = self.deeper(node, |lower| lower.kind(node)).unwrap_or(ExprKind::Other("nested too deeply"));
        Expr { span: self.span(node), kind }
    }

    fn kind(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "null" => ExprKind::Null,
            "undefined" => ExprKind::Undefined,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "number" => number(self.text(node)).map_or(ExprKind::Other("number"), ExprKind::Number),
            "string" => ExprKind::String(self.string(node)),
            "template_string" => self.template(node),
            "identifier" | "shorthand_property_identifier" | "this" | "super" => ExprKind::Name(self.text(node).into()),
            "array" => ExprKind::Array(self.elements(node)),
            "object" => ExprKind::Object(self.properties(node)),
            "arrow_function" | "function_expression" | "generator_function" => {
                ExprKind::Function(Arc::new(self.function(node)))
            }
            "call_expression" => self.call(node),
            "new_expression" => ExprKind::Call {
                callee: self.boxed(node, "constructor"),
                arguments: node.child_by_field_name("arguments").map_or_else(Vec::new, |a| self.elements(a)),
                optional: false,
                new: true,
            },
            "member_expression" => match node.child_by_field_name("property") {
                Some(property) => ExprKind::Member {
                    object: self.boxed(node, "object"),
                    name: self.name(property),
                    optional: node.child_by_field_name("optional_chain").is_some(),
                },
                None => ExprKind::Other("member_expression"),
            },
            "subscript_expression" => ExprKind::Index {
                object: self.boxed(node, "object"),
                index: self.boxed(node, "index"),
                optional: node.child_by_field_name("optional_chain").is_some(),
            },
            "unary_expression" => {
                let operator = node.child_by_field_name("operator").map_or("", |n| n.kind());
                ExprKind::Unary(unary(operator), self.boxed(node, "argument"))
            }
            "binary_expression" => {
                let operator = node.child_by_field_name("operator").map_or("", |n| n.kind());
                ExprKind::Binary(binary(operator), self.boxed(node, "left"), self.boxed(node, "right"))
            }
            "ternary_expression" => ExprKind::Conditional(
                self.boxed(node, "condition"),
                self.boxed(node, "consequence"),
                self.boxed(node, "alternative"),
            ),
            "assignment_expression" => match node.child_by_field_name("left") {
                Some(left) if matches!(left.kind(), "object_pattern" | "array_pattern") => {
                    let pattern = self.pattern(left).0;
                    ExprKind::AssignPattern(Box::new(pattern), self.boxed(node, "right"))
                }
                _ => ExprKind::Assign {
                    target: self.boxed(node, "left"),
                    operator: None,
                    value: self.boxed(node, "right"),
                },
            },
            "augmented_assignment_expression" => {
                let operator = node.child_by_field_name("operator").map_or("", |n| n.kind());
                ExprKind::Assign {
                    target: self.boxed(node, "left"),
                    operator: Some(binary(operator.trim_end_matches('='))),
                    value: self.boxed(node, "right"),
                }
            }
            "await_expression" => match self.children(node).first() {
                Some(&child) => ExprKind::Await(Box::new(self.expr(child))),
                None => ExprKind::Other("await_expression"),
            },
            "sequence_expression" => {
                ExprKind::Sequence(self.children(node).into_iter().map(|n| self.expr(n)).collect())
            }
            other => ExprKind::Other(other),
        }
    }

    fn call(&mut self, node: Node<'_>) -> ExprKind {
        let callee = self.boxed(node, "function");
        let optional = self.has_token(node, "?.");
        let arguments = match node.child_by_field_name("arguments") {
            Some(a) if a.kind() == "template_string" => {
                vec![Element {
                    value: Expr { span: self.span(a), kind: ExprKind::Other("tagged template") },
                    spread: false,
                }]
            }
            Some(a) => self.elements(a),
            None => Vec::new(),
        };
        ExprKind::Call { callee, arguments, optional, new: false }
    }

    fn has_token(&self, node: Node<'_>, token: &str) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor).any(|n| !n.is_extra() && self.text(n) == token)
    }

    fn elements(&mut self, node: Node<'_>) -> Vec<Element> {
        let children = self.children(node);
        children
            .into_iter()
            .map(|child| {
                if child.kind() == "spread_element" {
                    let value = match self.children(child).first() {
                        Some(&inner) => self.expr(inner),
                        None => Expr { span: self.span(child), kind: ExprKind::Other("spread_element") },
                    };
                    Element { value, spread: true }
                } else {
                    Element { value: self.expr(child), spread: false }
                }
            })
            .collect()
    }

    fn properties(&mut self, node: Node<'_>) -> Vec<Property> {
        let children = self.children(node);
        children.into_iter().map(|child| Property { span: self.span(child), kind: self.property(child) }).collect()
    }

    fn property(&mut self, node: Node<'_>) -> PropertyKind {
        match node.kind() {
            "pair" => {
                let value = self.field(node, "value");
                match node.child_by_field_name("key") {
                    Some(key) if key.kind() == "computed_property_name" => match self.children(key).first() {
                        Some(&inner) => PropertyKind::Computed(self.expr(inner), value),
                        None => PropertyKind::Other(None),
                    },
                    Some(key) => PropertyKind::Named(self.name(key), value),
                    None => PropertyKind::Other(None),
                }
            }
            "shorthand_property_identifier" => {
                let name = self.name(node);
                PropertyKind::Named(name, self.expr(node))
            }
            "spread_element" => match self.children(node).first() {
                Some(&inner) => PropertyKind::Spread(self.expr(inner)),
                None => PropertyKind::Other(None),
            },
            "method_definition" => {
                let plain = node.child(0).is_some_and(|c| !matches!(c.kind(), "get" | "set"));
                let name = node.child_by_field_name("name").filter(|n| n.kind() != "computed_property_name");
                match name {
                    Some(name) if plain => {
                        let function = Arc::new(self.function(node));
                        let value = Expr { span: self.span(node), kind: ExprKind::Function(function) };
                        PropertyKind::Named(self.name(name), value)
                    }
                    name => PropertyKind::Other(name.map(|n| self.name(n))),
                }
            }
            _ => PropertyKind::Other(None),
        }
    }

    fn string(&self, node: Node<'_>) -> Text {
        let mut text = String::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "string_fragment" => text.push_str(self.text(child)),
                "escape_sequence" => text.push_str(&unescape(self.text(child))),
                _ => {}
            }
        }
        text.into()
    }

    fn template(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "string_fragment" => text.push_str(self.text(child)),
                "escape_sequence" => text.push_str(&unescape(self.text(child))),
                "template_substitution" => {
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text).into()));
                    }
                    if let Some(&inner) = self.children(child).first() {
                        parts.push(Part::Expression(self.expr(inner)));
                    }
                }
                _ => {}
            }
        }
        if parts.is_empty() {
            return ExprKind::String(text.into());
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
        ExprKind::Template(parts)
    }

    pub(super) fn function(&mut self, node: Node<'_>) -> Function {
        let mut parameters = Vec::new();
        if let Some(one) = node.child_by_field_name("parameter") {
            parameters.push(Parameter { pattern: self.pattern(one).0, default: None, rest: false });
        }
        for child in node.child_by_field_name("parameters").map_or_else(Vec::new, |n| self.children(n)) {
            let Some(pattern) = child.child_by_field_name("pattern").or(child.child_by_field_name("name")) else {
                continue;
            };
            let rest = pattern.kind() == "rest_pattern";
            let inner = if rest { self.children(pattern).first().copied() } else { Some(pattern) };
            let default = child.child_by_field_name("value").map(|v| self.expr(v));
            let pattern = inner.map_or(Pattern::Other(self.span(child)), |p| self.pattern(p).0);
            parameters.push(Parameter { pattern, default, rest });
        }
        let body = match node.child_by_field_name("body") {
            Some(body) if body.kind() == "statement_block" => Body::Block(self.statements(body)),
            Some(body) => Body::Expression(Box::new(self.expr(body))),
            None => Body::Block(Vec::new()),
        };
        let name = node.child_by_field_name("name").filter(|n| n.kind() != "computed_property_name");
        Function { span: self.span(node), name: name.map(|n| self.name(n)), parameters, body }
    }

    /// A pattern and its default.
    pub(super) fn pattern(&mut self, node: Node<'_>) -> (Pattern, Option<Expr>) {
        let pattern = self.deeper(node, |lower| match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" | "undefined" => {
                (Pattern::Name(lower.name(node)), None)
            }
            "assignment_pattern" | "object_assignment_pattern" => {
                let default = node.child_by_field_name("right").map(|r| lower.expr(r));
                let left = node.child_by_field_name("left").map(|l| lower.pattern(l).0);
                (left.unwrap_or(Pattern::Other(lower.span(node))), default)
            }
            "object_pattern" => (lower.object_pattern(node), None),
            "array_pattern" => (lower.array_pattern(node), None),
            _ => (Pattern::Other(lower.span(node)), None),
        });
        pattern.unwrap_or((Pattern::Other(self.span(node)), None))
    }

    fn object_pattern(&mut self, node: Node<'_>) -> Pattern {
        let (mut members, mut rest) = (Vec::new(), None);
        for child in self.children(node) {
            match child.kind() {
                "pair_pattern" => {
                    let (Some(key), Some(value)) =
                        (child.child_by_field_name("key"), child.child_by_field_name("value"))
                    else {
                        continue;
                    };
                    let (pattern, default) = self.pattern(value);
                    members.push((self.name(key), pattern, default));
                }
                "rest_pattern" => rest = self.children(child).first().map(|&n| self.name(n)),
                _ => {
                    let (pattern, default) = self.pattern(child);
                    if let Pattern::Name(name) = &pattern {
                        members.push((name.clone(), pattern, default));
                    }
                }
            }
        }
        Pattern::Object { members, rest }
    }

    fn array_pattern(&mut self, node: Node<'_>) -> Pattern {
        let (mut members, mut rest, mut filled) = (Vec::new(), None, false);
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        for child in children {
            match child.kind() {
                "," if !filled => members.push(None),
                "," => filled = false,
                "rest_pattern" => rest = self.children(child).first().map(|&n| self.name(n)),
                _ if child.is_named() && !child.is_extra() => {
                    members.push(Some(self.pattern(child)));
                    filled = true;
                }
                _ => {}
            }
        }
        Pattern::Array { members, rest }
    }
}

/// Goes through parentheses, type assertions and `!`, which don't change a value.
fn strip(mut node: Node<'_>) -> Node<'_> {
    while let "parenthesized_expression"
    | "as_expression"
    | "satisfies_expression"
    | "non_null_expression"
    | "type_assertion"
    | "instantiation_expression" = node.kind()
    {
        let mut cursor = node.walk();
        let mut inner = node.named_children(&mut cursor).filter(|n| !n.is_extra() && !n.is_error());
        let next = if node.kind() == "type_assertion" { inner.last() } else { inner.next() };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node
}

fn unary(operator: &str) -> Unary {
    match operator {
        "!" => Unary::Not,
        "-" => Unary::Minus,
        "+" => Unary::Plus,
        "typeof" => Unary::TypeOf,
        "void" => Unary::Void,
        "delete" => Unary::Delete,
        _ => Unary::Other,
    }
}

fn binary(operator: &str) -> Binary {
    match operator {
        "&&" => Binary::And,
        "||" => Binary::Or,
        "??" => Binary::Nullish,
        "==" | "===" => Binary::Equal,
        "!=" | "!==" => Binary::NotEqual,
        "<" => Binary::Less,
        "<=" => Binary::LessEqual,
        ">" => Binary::Greater,
        ">=" => Binary::GreaterEqual,
        "+" => Binary::Add,
        "-" => Binary::Subtract,
        "*" => Binary::Multiply,
        "/" => Binary::Divide,
        "%" => Binary::Remainder,
        "in" => Binary::In,
        _ => Binary::Other,
    }
}
