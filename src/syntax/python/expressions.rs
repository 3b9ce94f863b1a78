//! Expressions.

use std::sync::Arc;

use super::{Lower, call, member, named};
use crate::source::{Span, Text};
use crate::syntax::grammar::Node;
use crate::syntax::typescript::{
    Binary, Body, Element, Expr, ExprKind, Function, Name, Parameter, Part, Pattern, Property, PropertyKind, Unary,
};

impl Lower<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(node);
        let kind = self.deeper(node, |me| me.kind(node)).unwrap_or(ExprKind::Other("nesting"));
        Expr { span, kind }
    }

    pub(super) fn field(&mut self, node: Node<'_>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expr(child),
            None => Expr { span: self.span(node), kind: ExprKind::Other("nothing") },
        }
    }

    fn kind(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(node);
        match node.kind() {
            "none" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "integer" | "float" => match self.text(node).replace('_', "").parse() {
                Ok(number) => ExprKind::Number(number),
                Err(_) => ExprKind::Other("number"),
            },
            "identifier" => ExprKind::Name(self.text(node).into()),
            "string" => string(self.parts(node)),
            "concatenated_string" => {
                let parts = self.children(node).into_iter().flat_map(|part| self.parts(part)).collect();
                string(parts)
            }
            "list" | "tuple" | "set" | "expression_list" => {
                ExprKind::Array(self.children(node).into_iter().map(|child| self.element(child)).collect())
            }
            "dictionary" => {
                let children = self.children(node);
                ExprKind::Object(children.into_iter().map(|child| self.property(child)).collect())
            }
            "parenthesized_expression" => match self.children(node).first() {
                Some(inner) => self.expr(*inner).kind,
                None => ExprKind::Other("nothing"),
            },
            "call" => self.call(node).kind,
            "attribute" => {
                let object = self.field(node, "object");
                let name =
                    node.child_by_field_name("attribute").map_or(Name { text: Text::from(""), span }, |n| self.name(n));
                ExprKind::Member { object: Box::new(object), name: renamed(name), optional: false }
            }
            "subscript" => {
                let object = self.field(node, "value");
                let index = self.field(node, "subscript");
                ExprKind::Index { object: Box::new(object), index: Box::new(index), optional: false }
            }
            "unary_operator" => {
                let operator = match node.child_by_field_name("operator").map(|o| self.text(o)) {
                    Some("-") => Unary::Minus,
                    Some("+") => Unary::Plus,
                    _ => Unary::Other,
                };
                ExprKind::Unary(operator, Box::new(self.field(node, "argument")))
            }
            "not_operator" => ExprKind::Unary(Unary::Not, Box::new(self.field(node, "argument"))),
            "binary_operator" => self.binary(node),
            "boolean_operator" => {
                let and = node.child_by_field_name("operator").is_some_and(|o| self.text(o) == "and");
                let operator = if and { Binary::And } else { Binary::Or };
                ExprKind::Binary(operator, Box::new(self.field(node, "left")), Box::new(self.field(node, "right")))
            }
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => match self.children(node)[..] {
                [yes, condition, no] => {
                    let (condition, yes, no) = (self.expr(condition), self.expr(yes), self.expr(no));
                    ExprKind::Conditional(Box::new(condition), Box::new(yes), Box::new(no))
                }
                _ => ExprKind::Other("conditional_expression"),
            },
            "lambda" => {
                let parameters = node.child_by_field_name("parameters").map_or_else(Vec::new, |p| self.parameters(p));
                let body = Body::Expression(Box::new(self.field(node, "body")));
                ExprKind::Function(Arc::new(Function { span, name: None, parameters, body }))
            }
            "list_comprehension" | "generator_expression" | "set_comprehension" => self.comprehension(node),
            "dictionary_comprehension" => {
                let list = Expr { span, kind: self.comprehension(node) };
                call(member(named("Object", span), "fromEntries", span, span), vec![list], span).kind
            }
            "await" => match self.children(node).first() {
                Some(inner) => ExprKind::Await(Box::new(self.expr(*inner))),
                None => ExprKind::Other("await"),
            },
            kind => ExprKind::Other(kind),
        }
    }

    pub(super) fn element(&mut self, node: Node<'_>) -> Element {
        match (node.kind(), self.children(node).first()) {
            ("list_splat" | "list_splat_pattern", Some(inner)) => Element { value: self.expr(*inner), spread: true },
            _ => Element { value: self.expr(node), spread: false },
        }
    }

    fn property(&mut self, node: Node<'_>) -> Property {
        let span = self.span(node);
        let kind = match node.kind() {
            "pair" => {
                let (key, value) = (self.field(node, "key"), self.field(node, "value"));
                match key.kind {
                    ExprKind::String(text) => PropertyKind::Named(Name { text, span: key.span }, value),
                    _ => PropertyKind::Computed(key, value),
                }
            }
            "dictionary_splat" => match self.children(node).first() {
                Some(inner) => PropertyKind::Spread(self.expr(*inner)),
                None => PropertyKind::Other(None),
            },
            _ => PropertyKind::Other(None),
        };
        Property { span, kind }
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let (left, right) = (self.field(node, "left"), self.field(node, "right"));
        let operator = match node.child_by_field_name("operator").map(|o| self.text(o)) {
            Some("+") => Binary::Add,
            Some("-") => Binary::Subtract,
            Some("*") => Binary::Multiply,
            Some("/") => Binary::Divide,
            Some("%") if !matches!(left.kind, ExprKind::String(_) | ExprKind::Template(_)) => Binary::Remainder,
            // `{**a, **b}` in another form.
            Some("|") => {
                let spread = |value: Expr| Property { span: value.span, kind: PropertyKind::Spread(value) };
                return ExprKind::Object(vec![spread(left), spread(right)]);
            }
            _ => Binary::Other,
        };
        add(operator, left, right)
    }

    fn comparison(&mut self, node: Node<'_>) -> ExprKind {
        let mut cursor = node.walk();
        let operators: Vec<String> = node
            .children_by_field_name("operators", &mut cursor)
            .map(|o| self.text(o).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let operands = self.children(node);
        let ([operator], [left, right]) = (operators.as_slice(), operands.as_slice()) else {
            return ExprKind::Other("comparison_operator");
        };
        let span = self.span(node);
        let (left, right) = (self.expr(*left), self.expr(*right));
        let both = |operator, left, right| ExprKind::Binary(operator, Box::new(left), Box::new(right));
        match operator.as_str() {
            "==" | "is" => both(Binary::Equal, left, right),
            "!=" | "is not" => both(Binary::NotEqual, left, right),
            "<" => both(Binary::Less, left, right),
            "<=" => both(Binary::LessEqual, left, right),
            ">" => both(Binary::Greater, left, right),
            ">=" => both(Binary::GreaterEqual, left, right),
            "in" | "not in" => {
                // Of a dictionary its keys: that is JavaScript's `in`.
                let found = match right.kind {
                    ExprKind::Object(_) => Expr { span, kind: both(Binary::In, left, right) },
                    _ => {
                        let at = right.span;
                        call(member(right, "includes", at, at), vec![left], span)
                    }
                };
                match operator.as_str() {
                    "in" => found.kind,
                    _ => ExprKind::Unary(Unary::Not, Box::new(found)),
                }
            }
            _ => ExprKind::Other("comparison_operator"),
        }
    }

    /// `[body for x in xs if c]` → `xs.filter(x => c).map(x => body)`; of a dictionary the pairs. With
    /// several `for`s the inner ones are `flatMap`ped.
    fn comprehension(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(node);
        let mut body = match node.child_by_field_name("body") {
            Some(pair) if pair.kind() == "pair" => {
                let (key, value) = (self.field(pair, "key"), self.field(pair, "value"));
                let items = [key, value].into_iter().map(|value| Element { value, spread: false });
                Expr { span: self.span(pair), kind: ExprKind::Array(items.collect()) }
            }
            Some(body) => self.expr(body),
            None => return ExprKind::Other("comprehension"),
        };
        let clauses: Vec<Node<'_>> = self.children(node).into_iter().skip(1).collect();
        let mut conditions: Vec<Expr> = Vec::new();
        let mut inner = true;
        for clause in clauses.into_iter().rev() {
            match (clause.kind(), self.children(clause).first()) {
                ("if_clause", Some(condition)) => conditions.push(self.expr(*condition)),
                ("for_in_clause", _) => {
                    let pattern = match clause.child_by_field_name("left") {
                        Some(left) => self.pattern(left),
                        None => Pattern::Other(span),
                    };
                    let mut over = self.field(clause, "right");
                    let at = over.span;
                    for condition in conditions.drain(..).rev() {
                        over = call(member(over, "filter", at, at), vec![arrow(pattern.clone(), condition)], span);
                    }
                    let step = if inner { "map" } else { "flatMap" };
                    body = call(member(over, step, at, at), vec![arrow(pattern, body)], span);
                    inner = false;
                }
                _ => return ExprKind::Other("comprehension"),
            }
        }
        body.kind
    }

    /// A string's parts: text, and what is between braces of an f-string.
    fn parts(&mut self, node: Node<'_>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let start = children.iter().find(|c| c.kind() == "string_start").map_or("", |c| self.text(*c));
        let prefix = start.trim_end_matches(['"', '\'']).to_ascii_lowercase();
        for child in children {
            match child.kind() {
                "string_content" => {
                    let mut text = self.text(child).to_owned();
                    if prefix.contains('f') {
                        text = text.replace("{{", "{").replace("}}", "}");
                    }
                    if !prefix.contains('r') {
                        text = unescaped(&text);
                    }
                    parts.push(Part::Text(text.into()));
                }
                "interpolation" => {
                    let expression = match (child.child_by_field_name("expression"), self.children(child).first()) {
                        (Some(inner), _) | (None, Some(&inner)) => self.expr(inner),
                        (None, None) => Expr { span: self.span(child), kind: ExprKind::Other("interpolation") },
                    };
                    parts.push(Part::Expression(expression));
                }
                _ => {}
            }
        }
        parts
    }

    pub(super) fn parameters(&mut self, node: Node<'_>) -> Vec<Parameter> {
        let mut all = Vec::new();
        for child in self.children(node) {
            let plain = |me: &Self, node: Node<'_>| Pattern::Name(me.name(node));
            let (pattern, default, rest) = match child.kind() {
                "identifier" => (plain(self, child), None, false),
                "default_parameter" | "typed_default_parameter" => {
                    let Some(name) = child.child_by_field_name("name") else { continue };
                    let default = self.field(child, "value");
                    (plain(self, name), Some(default), false)
                }
                "typed_parameter" => match self.children(child).first() {
                    Some(name) if name.kind() == "list_splat_pattern" => match self.children(*name).first() {
                        Some(inner) => (plain(self, *inner), None, true),
                        None => continue,
                    },
                    Some(name) if name.kind() == "dictionary_splat_pattern" => match self.children(*name).first() {
                        Some(inner) => (plain(self, *inner), None, false),
                        None => continue,
                    },
                    Some(name) => (plain(self, *name), None, false),
                    None => continue,
                },
                "list_splat_pattern" => match self.children(child).first() {
                    Some(inner) => (plain(self, *inner), None, true),
                    None => continue,
                },
                // `**rest`: an object of the keywords that are no parameter.
                "dictionary_splat_pattern" => match self.children(child).first() {
                    Some(inner) => (plain(self, *inner), None, false),
                    None => continue,
                },
                _ => continue,
            };
            all.push(Parameter { pattern, default, rest });
        }
        all
    }

    pub(super) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        match node.kind() {
            "identifier" => Pattern::Name(self.name(node)),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "expression_list" | "tuple" | "list" => {
                let children = self.children(node);
                let members = children.into_iter().map(|child| Some((self.pattern(child), None))).collect();
                Pattern::Array { members, rest: None }
            }
            _ => Pattern::Other(self.span(node)),
        }
    }
}

/// A list added to another is their elements.
pub(super) fn add(operator: Binary, left: Expr, right: Expr) -> ExprKind {
    let list = |e: &Expr| {
        let mapped = |e: &Expr| match &e.kind {
            ExprKind::Call { callee, .. } => {
                matches!(&callee.kind, ExprKind::Member { name, .. } if ["map", "filter", "flatMap"].contains(&name.text.as_str()))
            }
            _ => false,
        };
        matches!(e.kind, ExprKind::Array(_)) || mapped(e)
    };
    if operator == Binary::Add && (list(&left) || list(&right)) {
        return ExprKind::Array([left, right].into_iter().map(|value| Element { value, spread: true }).collect());
    }
    ExprKind::Binary(operator, Box::new(left), Box::new(right))
}

pub(super) fn arrow(pattern: Pattern, body: Expr) -> Expr {
    let span = body.span;
    let parameters = vec![Parameter { pattern, default: None, rest: false }];
    let function = Function { span, name: None, parameters, body: Body::Expression(Box::new(body)) };
    Expr { span, kind: ExprKind::Function(Arc::new(function)) }
}

fn string(mut parts: Vec<Part>) -> ExprKind {
    if parts.iter().all(|p| matches!(p, Part::Text(_))) {
        let text: String = parts.iter().map(|p| if let Part::Text(t) = p { t.as_str() } else { "" }).collect();
        return ExprKind::String(text.into());
    }
    parts.retain(|p| !matches!(p, Part::Text(t) if t.is_empty()));
    ExprKind::Template(parts)
}

/// The SDK's names in the other language.
pub(super) fn renamed(name: Name) -> Name {
    let text = match name.text.as_str() {
        "random_string" => "randomString",
        "is_environment" => "isEnvironment",
        "environment_name" => "environmentName",
        "project_name" => "projectName",
        "project_id" => "projectId",
        "environment_id" => "environmentId",
        _ => return name,
    };
    Name { text: text.into(), ..name }
}

/// A string's escapes.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some('\n') | None => {}
            Some(hex @ ('x' | 'u' | 'U')) => {
                let width = match hex {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits: String = chars.clone().take(width).collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(decoded) if digits.len() == width => {
                        out.push(decoded);
                        chars.nth(width - 1);
                    }
                    _ => {
                        out.push('\\');
                        out.push(hex);
                    }
                }
            }
            Some(quoted @ ('\\' | '"' | '\'')) => out.push(quoted),
            // Not an escape: both characters stand.
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out
}

/// An object of keyword arguments, laid over what came before it.
pub(super) fn keywords(properties: Vec<Property>, span: Span) -> Expr {
    Expr { span, kind: ExprKind::Object(properties) }
}
