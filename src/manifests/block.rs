//! A node of a data file as a resolved block: objects are nested blocks, lists of objects several of
//! the same name, everything else attributes.

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::tree::{Data, Node};
use crate::terraform::{Evaluation, Mode, ResolvedAttribute, ResolvedBlock, Resource};

/// Deeper than this is left out.
const DEPTH: usize = 32;

/// An evaluation without anything in it.
pub(super) fn evaluation(root: String) -> Evaluation {
    Evaluation {
        root,
        environment: String::new(),
        library: false,
        resources: Vec::new(),
        modules: Vec::new(),
        unread_calls: Vec::new(),
        providers: Vec::new(),
        backend: None,
        refactorings: Vec::new(),
        changes: Vec::new(),
        problems: Vec::new(),
        files: Vec::new(),
        planned: None,
    }
}

/// A resource of a type, told at a span.
pub(super) fn resource(r#type: &str, name: &str, address: String, header: Span, node: &Node) -> Resource {
    Resource {
        address_without_keys: address.clone(),
        address,
        mode: Mode::Managed,
        type_: r#type.into(),
        name: name.into(),
        module: String::new(),
        provider: None,
        block: block(header, node, 0),
        prevent_destroy: Value::null(),
        callers: Vec::new(),
        uncertain: None,
    }
}

fn block(header: Span, node: &Node, depth: usize) -> ResolvedBlock {
    let mut made = ResolvedBlock {
        header,
        span: node.span,
        body: node.span,
        attributes: IndexMap::new(),
        blocks: Vec::new(),
        unknown_blocks: IndexMap::new(),
        outlined: None,
    };
    if depth > DEPTH {
        return made;
    }
    for member in node.members() {
        let objects = match &member.value.value {
            Data::Object(_) => vec![&member.value],
            Data::Array(items) if !items.is_empty() && items.iter().all(|i| matches!(i.value, Data::Object(_))) => {
                items.iter().collect()
            }
            _ => Vec::new(),
        };
        if objects.is_empty() {
            let attribute = ResolvedAttribute {
                span: member.span(),
                value_span: member.value.span,
                value: value(&member.value, depth),
                literal: false,
                written: true,
            };
            made.attributes.insert(member.key.clone(), attribute);
        }
        for object in objects {
            made.blocks.push((member.key.clone(), block(member.key_span, object, depth + 1)));
        }
    }
    made
}

fn value(node: &Node, depth: usize) -> Value {
    match &node.value {
        Data::Null => Value::null(),
        Data::Bool(b) => Value::bool(*b),
        Data::String(text) if is_filled_in(text) => {
            Value::unknown(Reason::at("filled-in-later", "it is filled in when it is deployed", node.span))
        }
        Data::String(text) | Data::Number(text) => Value::string(text.as_str()),
        Data::Array(items) if depth <= DEPTH => Value::tuple(items.iter().map(|i| value(i, depth + 1)).collect()),
        Data::Object(members) if depth <= DEPTH => {
            Value::object(members.iter().map(|m| (Text::from(m.key.as_str()), value(&m.value, depth + 1))).collect())
        }
        _ => Value::null(),
    }
}

/// `${NAME}`, `$(NAME)`, `{{ name }}`: what isn't the value itself.
pub(super) fn is_filled_in(text: &str) -> bool {
    text.contains("${") || text.contains("$(") || text.contains("{{")
}
