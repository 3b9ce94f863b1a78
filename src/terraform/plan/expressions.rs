//! The `configuration` of a plan: which resources a root declares, and its providers' settings as far as they are
//! constant.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::{ProviderOf, marks};
use crate::expr::Value;
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::tree::{Data, Node};
use crate::terraform::{ResolvedAttribute, ResolvedBlock};

/// What a configuration declares.
#[derive(Default)]
pub struct Declared {
    /// Addresses without instance keys.
    pub addresses: Vec<String>,
    /// Provider configurations by their key.
    pub providers: IndexMap<Text, ProviderOf>,
    /// Variables of the root that are declared sensitive.
    pub sensitive: Vec<Text>,
}

/// Reads `configuration`.
pub fn declared(configuration: &Node) -> Declared {
    let mut all = Declared::default();
    for member in configuration.get("provider_config").map(Node::members).unwrap_or_default() {
        let text = |key: &str| member.value.get(key).and_then(Node::as_text).cloned();
        let at = member.key_span;
        let name = text("name").unwrap_or_else(|| member.key.clone());
        let provider = ProviderOf {
            source: text("full_name").unwrap_or_else(|| name.clone()),
            name,
            alias: text("alias"),
            version: text("version_constraint"),
            block: block(member.value.get("expressions"), at),
            used_by: HashSet::new(),
        };
        all.providers.insert(member.key.clone(), provider);
    }
    if let Some(root) = configuration.get("root_module") {
        module(root, "", &mut all);
        let variables = root.get("variables").map(Node::members).unwrap_or_default();
        let sensitive = variables.iter().filter(|m| m.value.get("sensitive").and_then(Node::as_bool) == Some(true));
        all.sensitive.extend(sensitive.map(|m| m.key.clone()));
    }
    all
}

/// A module and those it calls. (Parsers cap nesting, so this recursion is bounded.)
fn module(node: &Node, prefix: &str, all: &mut Declared) {
    for resource in node.get("resources").map(Node::items).unwrap_or_default() {
        let Some(address) = resource.get("address").and_then(Node::as_str) else { continue };
        let address = format!("{prefix}{address}");
        if let Some(key) = resource.get("provider_config_key").and_then(Node::as_str)
            && let Some(provider) = all.providers.get_mut(key)
        {
            provider.used_by.insert(address.clone());
        }
        all.addresses.push(address);
    }
    for call in node.get("module_calls").map(Node::members).unwrap_or_default() {
        if let Some(inner) = call.value.get("module") {
            module(inner, &format!("{prefix}module.{}.", call.key.as_str()), all);
        }
    }
}

/// Settings as a block: constants are known, what refers to anything isn't.
fn block(expressions: Option<&Node>, at: Span) -> ResolvedBlock {
    let mut out = bare(at);
    for member in expressions.map(Node::members).unwrap_or_default() {
        let attribute =
            |value: Value| ResolvedAttribute { span: at, value_span: at, value, literal: false, written: false };
        match &member.value.value {
            Data::Array(items) => {
                out.blocks.extend(items.iter().map(|item| (member.key.clone(), block(Some(item), at))));
            }
            Data::Object(_) => match constant(&member.value) {
                Some(value) => drop(out.attributes.insert(member.key.clone(), attribute(value))),
                None if member.value.get("references").is_some() => {
                    let message = format!("`{}` of a provider isn't told by the plan", member.key.as_str());
                    let value = Value::unknown(Reason::at("not-in-plan", message, at));
                    out.attributes.insert(member.key.clone(), attribute(value));
                }
                None => out.blocks.push((member.key.clone(), block(Some(&member.value), at))),
            },
            _ => {}
        }
    }
    out
}

fn constant(node: &Node) -> Option<Value> {
    node.get("constant_value").map(|value| marks::plain(Some(value)))
}

/// A block that is written nowhere.
pub fn bare(at: Span) -> ResolvedBlock {
    ResolvedBlock {
        header: at,
        span: at,
        body: at,
        attributes: IndexMap::new(),
        blocks: Vec::new(),
        unknown_blocks: IndexMap::new(),
        outlined: None,
    }
}
