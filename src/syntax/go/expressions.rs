//! Expressions.

use std::sync::Arc;

use super::Lower;
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
        match node.kind() {
            "nil" => ExprKind::Undefined,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "int_literal" | "float_literal" => match self.text(node).replace('_', "").parse() {
                Ok(number) => ExprKind::Number(number),
                Err(_) => ExprKind::Other("number"),
            },
            "interpreted_string_literal" | "raw_string_literal" => match self.string(node) {
                Some(text) => ExprKind::String(text),
                None => ExprKind::Other("string"),
            },
            "identifier" => ExprKind::Name(self.text(node).into()),
            "parenthesized_expression" | "literal_element" => match self.children(node).first() {
                Some(inner) => self.expr(*inner).kind,
                None => ExprKind::Other("nothing"),
            },
            "selector_expression" => self.selector(node),
            "call_expression" => self.call(node),
            "composite_literal" => {
                let of = node.child_by_field_name("type").map_or("", |t| t.kind());
                match node.child_by_field_name("body") {
                    Some(body) => self.literal(body, of),
                    None => ExprKind::Other("composite_literal"),
                }
            }
            // A literal in a literal, its type left out.
            "literal_value" => self.literal(node, ""),
            "index_expression" => {
                let (object, index) = (self.field(node, "operand"), self.field(node, "index"));
                ExprKind::Index { object: Box::new(object), index: Box::new(index), optional: false }
            }
            "unary_expression" => {
                let operand = self.field(node, "operand");
                match node.child_by_field_name("operator").map_or("", |o| self.text(o)) {
                    "!" => ExprKind::Unary(Unary::Not, Box::new(operand)),
                    "-" => ExprKind::Unary(Unary::Minus, Box::new(operand)),
                    // A pointer to something stands for it.
                    "&" | "*" => operand.kind,
                    _ => ExprKind::Unary(Unary::Other, Box::new(operand)),
                }
            }
            "binary_expression" => {
                let operator = operator(node.child_by_field_name("operator").map_or("", |o| self.text(o)));
                ExprKind::Binary(operator, Box::new(self.field(node, "left")), Box::new(self.field(node, "right")))
            }
            "func_literal" => {
                let parameters = node.child_by_field_name("parameters").map_or_else(Vec::new, |p| self.parameters(p));
                let body = Body::Block(self.block(node, "body"));
                ExprKind::Function(Arc::new(Function { span: self.span(node), name: None, parameters, body }))
            }
            kind => ExprKind::Other(kind),
        }
    }

    /// A string without escapes that need thought.
    pub(super) fn string(&self, node: Node<'_>) -> Option<Text> {
        let text = self.text(node);
        if let Some(raw) = text.strip_prefix('`') {
            return Some(raw.strip_suffix('`')?.into());
        }
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        // Go's escapes are JSON's, but for a few that no configuration needs.
        if !inner.contains('\\') {
            return Some(inner.into());
        }
        serde_json::from_str::<String>(text).ok().map(Text::from)
    }

    fn selector(&mut self, node: Node<'_>) -> ExprKind {
        let object = self.field(node, "operand");
        let Some(field) = node.child_by_field_name("field") else { return ExprKind::Other("selector_expression") };
        let name = self.name(field);
        let text = match &object.kind {
            ExprKind::Name(of) if *of == self.language.sdk => export(&name.text),
            _ => small(&name.text),
        };
        ExprKind::Member { object: Box::new(object), name: Name { text, ..name }, optional: false }
    }

    fn call(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(node);
        let mut arguments = Vec::new();
        for child in node.child_by_field_name("arguments").map_or_else(Vec::new, |a| self.children(a)) {
            let inner = self.children(child);
            arguments.push(match (child.kind(), inner.first()) {
                ("variadic_argument", Some(inner)) => Element { value: self.expr(*inner), spread: true },
                _ => Element { value: self.expr(child), spread: false },
            });
        }
        let Some(function) = node.child_by_field_name("function") else { return ExprKind::Other("call") };
        match self.text(function) {
            "append" if !arguments.is_empty() => {
                arguments.first_mut().into_iter().for_each(|first| first.spread = true);
                return ExprKind::Array(arguments);
            }
            "fmt.Sprintf" => {
                if let Some(parts) = formatted(&arguments) {
                    return ExprKind::Template(parts);
                }
            }
            "string" if arguments.len() == 1 => {
                return arguments.pop().map_or(ExprKind::Other("call"), |a| a.value.kind);
            }
            "make" => return ExprKind::Object(Vec::new()),
            _ => {}
        }
        let callee = self.expr(function);
        // `db.Env("URL")` is `db.env["URL"]`.
        if let (ExprKind::Member { object, name, .. }, [index]) = (&callee.kind, arguments.as_slice())
            && name.text == "env"
        {
            let env = ExprKind::Member { object: object.clone(), name: name.clone(), optional: false };
            let env = Expr { span: callee.span, kind: env };
            return ExprKind::Index { object: Box::new(env), index: Box::new(index.value.clone()), optional: false };
        }
        let _ = span;
        ExprKind::Call { callee: Box::new(callee), arguments, optional: false, new: false }
    }

    /// `T{a, b}`, `T{"k": v}`, `T{Field: v}`.
    fn literal(&mut self, body: Node<'_>, of: &str) -> ExprKind {
        let children = self.children(body);
        let keyed = children.iter().any(|c| c.kind() == "keyed_element");
        let list = matches!(of, "slice_type" | "array_type" | "implicit_length_array_type");
        if !keyed && (list || !children.is_empty()) {
            let elements = children.into_iter().map(|c| Element { value: self.expr(c), spread: false });
            return ExprKind::Array(elements.collect());
        }
        let mut properties = Vec::new();
        for child in children {
            let span = self.span(child);
            let (key, value) = match self.children(child)[..] {
                [key, value] if child.kind() == "keyed_element" => (key, value),
                _ => {
                    properties.push(Property { span, kind: PropertyKind::Other(None) });
                    continue;
                }
            };
            let (at, value) = (self.span(key), self.expr(value));
            let kind = match self.expr(key).kind {
                ExprKind::String(text) => PropertyKind::Named(Name { text, span: at }, value),
                // A field of a struct; the key of a map is a name only where it is a constant.
                ExprKind::Name(text) if of != "map_type" => {
                    PropertyKind::Named(Name { text: small(&text), span: at }, value)
                }
                kind => PropertyKind::Computed(Expr { span: at, kind }, value),
            };
            properties.push(Property { span, kind });
        }
        ExprKind::Object(properties)
    }

    pub(super) fn parameters(&mut self, node: Node<'_>) -> Vec<Parameter> {
        let mut all = Vec::new();
        for child in self.children(node) {
            let rest = child.kind() == "variadic_parameter_declaration";
            let mut cursor = child.walk();
            let names: Vec<Node<'_>> = child.children_by_field_name("name", &mut cursor).collect();
            all.extend(names.into_iter().map(|n| Parameter {
                pattern: Pattern::Name(self.name(n)),
                default: None,
                rest,
            }));
        }
        all
    }
}

/// `%s` and `%d` and the arguments for them.
fn formatted(arguments: &[Element]) -> Option<Vec<Part>> {
    let (first, rest) = arguments.split_first()?;
    let ExprKind::String(format) = &first.value.kind else { return None };
    let mut parts = Vec::new();
    let mut values = rest.iter();
    let mut text = String::new();
    let mut chars = format.as_str().chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next()? {
                '%' => text.push('%'),
                's' | 'd' | 'v' => {
                    parts.push(Part::Text(std::mem::take(&mut text).into()));
                    parts.push(Part::Expression(values.next()?.value.clone()));
                }
                _ => return None,
            },
            other => text.push(other),
        }
    }
    parts.push(Part::Text(text.into()));
    parts.retain(|p| !matches!(p, Part::Text(t) if t.is_empty()));
    Some(parts)
}

pub(super) fn operator(text: &str) -> Binary {
    match text {
        "&&" => Binary::And,
        "||" => Binary::Or,
        "==" => Binary::Equal,
        "!=" => Binary::NotEqual,
        "<" => Binary::Less,
        "<=" => Binary::LessEqual,
        ">" => Binary::Greater,
        ">=" => Binary::GreaterEqual,
        "+" | "+=" => Binary::Add,
        "-" | "-=" => Binary::Subtract,
        "*" | "*=" => Binary::Multiply,
        "/" | "/=" => Binary::Divide,
        "%" | "%=" => Binary::Remainder,
        _ => Binary::Other,
    }
}

/// `IsEnvironment` → `isEnvironment`.
fn small(name: &str) -> Text {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => format!("{}{}", first.to_ascii_lowercase(), chars.as_str()).into(),
        None => Text::from(""),
    }
}

/// An export of the SDK as the other languages call it: `ServiceNamed` → `service`.
fn export(name: &str) -> Text {
    let plain = name.strip_suffix("Named").unwrap_or(name);
    match plain {
        "MySQL" | "MySql" => "mysql".into(),
        "GitHub" => "github".into(),
        "MongoDB" => "mongo".into(),
        "Function" | "Func" => "fn".into(),
        "PostgreSQL" => "postgres".into(),
        other => small(other),
    }
}

/// Nothing, at a place.
pub(super) fn undefined(span: Span) -> Expr {
    Expr { span, kind: ExprKind::Undefined }
}
