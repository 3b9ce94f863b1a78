//! Calls: keyword arguments, and methods that are called otherwise.

use super::expressions::{keywords, renamed};
use super::{Lower, call, member, named};
use crate::source::Span;
use crate::syntax::grammar::Node;
use crate::syntax::typescript::{Binary, Element, Expr, ExprKind, Property, PropertyKind};

impl Lower<'_> {
    pub(super) fn call(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(node);
        let Some(function) = node.child_by_field_name("function") else {
            return Expr { span, kind: ExprKind::Other("call") };
        };
        let (arguments, properties) = self.arguments(node);
        if function.kind() == "attribute"
            && let Some(method) = self.method(function, &arguments, &properties, span)
        {
            return method;
        }
        let callee = self.expr(function);
        if let ExprKind::Name(name) = &callee.kind {
            if let Some(made) = builtin(name, &arguments, span) {
                return made;
            }
            if let Some(parameters) = self.language.functions.get(name).cloned() {
                let arguments = placed(&parameters, arguments, properties, span);
                return made(callee, arguments, span);
            }
        }
        made(callee, merged(arguments, properties, span), span)
    }

    /// Positional arguments, and the keywords as properties.
    fn arguments(&mut self, node: Node<'_>) -> (Vec<Element>, Vec<Property>) {
        let (mut positional, mut properties) = (Vec::new(), Vec::new());
        let Some(list) = node.child_by_field_name("arguments") else { return (positional, properties) };
        if list.kind() != "argument_list" {
            // `f(x for x in xs)`.
            positional.push(self.element(list));
            return (positional, properties);
        }
        for child in self.children(list) {
            match child.kind() {
                "keyword_argument" => {
                    let Some(name) = child.child_by_field_name("name") else { continue };
                    let name = self.name(name);
                    let value = self.field(child, "value");
                    properties.push(Property { span: self.span(child), kind: PropertyKind::Named(name, value) });
                }
                "dictionary_splat" => {
                    if let Some(inner) = self.children(child).first() {
                        let value = self.expr(*inner);
                        properties.push(Property { span: self.span(child), kind: PropertyKind::Spread(value) });
                    }
                }
                _ => positional.push(self.element(child)),
            }
        }
        (positional, properties)
    }

    /// Methods that JavaScript calls otherwise.
    fn method(&mut self, function: Node<'_>, arguments: &[Element], keys: &[Property], span: Span) -> Option<Expr> {
        let name = self.name(function.child_by_field_name("attribute")?);
        let at = name.span;
        let plain: Vec<Expr> = arguments.iter().map(|a| a.value.clone()).collect();
        let new = |object: Expr, name: &str, arguments: Vec<Expr>| {
            Some(call(member(object, name, at, span), arguments, span))
        };
        let simple = match name.text.as_str() {
            "append" => "push",
            "lower" => "toLowerCase",
            "upper" => "toUpperCase",
            "strip" => "trim",
            "startswith" => "startsWith",
            "endswith" => "endsWith",
            "replace" => "replaceAll",
            _ => "",
        };
        if !simple.is_empty() {
            let object = self.field(function, "object");
            return new(object, simple, plain);
        }
        let first = plain.first().cloned();
        match name.text.as_str() {
            "extend" => {
                let object = self.field(function, "object");
                let arguments = vec![Element { value: first?, spread: true }];
                let callee = Box::new(member(object, "push", at, span));
                Some(Expr { span, kind: ExprKind::Call { callee, arguments, optional: false, new: false } })
            }
            "items" | "keys" | "values" if plain.is_empty() => {
                let object = self.field(function, "object");
                let of = if name.text == "items" { "entries" } else { name.text.as_str() };
                new(named("Object", at), of, vec![object])
            }
            "update" => {
                let object = self.field(function, "object");
                let mut all = vec![object];
                all.extend(plain);
                if !keys.is_empty() {
                    all.push(keywords(keys.to_vec(), span));
                }
                new(named("Object", at), "assign", all)
            }
            "copy" if plain.is_empty() => {
                let object = self.field(function, "object");
                Some(call(named("structuredClone", at), vec![object], span))
            }
            "join" => {
                let separator = self.field(function, "object");
                new(first?, "join", vec![separator])
            }
            "get" => {
                let object = self.field(function, "object");
                let index = ExprKind::Index { object: Box::new(object), index: Box::new(first?), optional: false };
                let found = Expr { span, kind: index };
                Some(match plain.get(1) {
                    Some(other) => {
                        let kind = ExprKind::Binary(Binary::Nullish, Box::new(found), Box::new(other.clone()));
                        Expr { span, kind }
                    }
                    None => found,
                })
            }
            "random_string" | "is_environment" => {
                let object = self.field(function, "object");
                let name = renamed(name);
                let mut all = plain;
                if !keys.is_empty() {
                    all.push(keywords(keys.to_vec(), span));
                }
                new(object, &name.text, all)
            }
            _ => None,
        }
    }
}

fn made(callee: Expr, arguments: Vec<Element>, span: Span) -> Expr {
    Expr { span, kind: ExprKind::Call { callee: Box::new(callee), arguments, optional: false, new: false } }
}

/// Keywords as the keys of the last argument: over those of a dictionary that stands there.
fn merged(mut arguments: Vec<Element>, properties: Vec<Property>, span: Span) -> Vec<Element> {
    if properties.is_empty() {
        return arguments;
    }
    let dictionary = arguments.last().is_some_and(|a| matches!(a.value.kind, ExprKind::Object(_)));
    let mut all = Vec::new();
    if dictionary && let Some(Element { value: Expr { kind: ExprKind::Object(own), .. }, .. }) = arguments.pop() {
        all = own;
    }
    all.extend(properties);
    // What is shown is the arguments, not the call.
    let span = match (all.first(), all.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => span,
    };
    arguments.push(Element { value: keywords(all, span), spread: false });
    arguments
}

/// Keywords at the places of the parameters they name; what names none goes into `**rest`.
fn placed(
    parameters: &[super::Parameter],
    given: Vec<Element>,
    mut properties: Vec<Property>,
    span: Span,
) -> Vec<Element> {
    let nothing = || Element { value: Expr { span, kind: ExprKind::Undefined }, spread: false };
    let mut given = given.into_iter();
    let mut all = Vec::new();
    for parameter in parameters {
        if parameter.rest {
            all.extend(given.by_ref());
            continue;
        }
        if parameter.keywords {
            all.push(Element { value: keywords(std::mem::take(&mut properties), span), spread: false });
            continue;
        }
        let own =
            properties.iter().position(|p| matches!(&p.kind, PropertyKind::Named(n, _) if n.text == parameter.name));
        all.push(match (given.next(), own) {
            (Some(element), _) => element,
            (None, Some(index)) => match properties.remove(index).kind {
                PropertyKind::Named(_, value) => Element { value, spread: false },
                _ => nothing(),
            },
            (None, None) => nothing(),
        });
    }
    all.extend(given);
    all
}

/// Functions of the language with one argument.
fn builtin(name: &str, arguments: &[Element], span: Span) -> Option<Expr> {
    let first = arguments.first().filter(|a| !a.spread).map(|a| a.value.clone());
    match (name, arguments.len()) {
        ("str", 1) => Some(call(named("String", span), vec![first?], span)),
        ("len", 1) => Some(member(first?, "length", span, span)),
        ("list" | "tuple" | "sorted", 1) => first,
        ("bool", 1) => Some(call(named("Boolean", span), vec![first?], span)),
        ("dict" | "list", 0) => {
            let kind = if name == "dict" { ExprKind::Object(Vec::new()) } else { ExprKind::Array(Vec::new()) };
            Some(Expr { span, kind })
        }
        _ => None,
    }
}
