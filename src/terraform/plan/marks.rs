//! A plan's JSON values together with their marks: what isn't known yet, and what is sensitive.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::convert::sorted;
use crate::expr::functions::encoding::from_node;
use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::tree::{Data, Node};
use crate::terraform::plan::Plan;

/// What is written of a value: itself, and the trees that mark parts of it.
#[derive(Clone, Copy, Default)]
pub struct Marked<'a> {
    /// The value; absent where it isn't known, or null.
    pub value: Option<&'a Node>,
    /// `true` wherever it isn't known.
    pub unknown: Option<&'a Node>,
    /// `true` wherever it is sensitive.
    pub sensitive: Option<&'a Node>,
}

fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(|n| n.as_bool() == Some(true))
}

impl<'a> Marked<'a> {
    /// The parts of an object by their keys, in the order written. Each key once, the last one counts.
    fn parts(self) -> IndexMap<&'a Text, Marked<'a>> {
        let of = |node: Option<&'a Node>| node.map(Node::members).unwrap_or_default();
        let mut all: IndexMap<&'a Text, Marked<'a>> = IndexMap::new();
        for m in of(self.value) {
            all.entry(&m.key).or_default().value = Some(&m.value);
        }
        for m in of(self.unknown) {
            all.entry(&m.key).or_default().unknown = Some(&m.value);
        }
        for m in of(self.sensitive) {
            // A mark alone is no value.
            if let Some(part) = all.get_mut(&m.key) {
                part.sensitive = Some(&m.value);
            }
        }
        all
    }

    /// The element at an index.
    fn nth(self, index: usize) -> Marked<'a> {
        let part = |node: Option<&'a Node>| node.and_then(|n| n.items().get(index));
        Marked { value: part(self.value), unknown: part(self.unknown), sensitive: part(self.sensitive) }
    }

    /// Its attributes, where it is an object. `address`: whose they are; `at`: where that is named.
    pub fn attributes(self, address: &str, at: Span) -> IndexMap<Text, Value> {
        let one = |(key, part): (&Text, Marked<'a>)| {
            let message = format!("`{address}.{}` is known only after apply", key.as_str());
            let reasons = Arc::new(vec![Reason::at("known-after-apply", message, at)]);
            (key.clone(), part.read(&reasons))
        };
        self.parts().into_iter().map(one).collect()
    }

    /// The value. (Parsers cap nesting, so this recursion is bounded.)
    pub fn read(self, unknown: &Arc<Vec<Reason>>) -> Value {
        if is_true(self.unknown) {
            return Value::unknown_of(Type::Any, unknown.clone()).marked(is_true(self.sensitive));
        }
        let value = match (self.value.map(|n| &n.value), self.unknown.map(|n| &n.value)) {
            (Some(Data::Array(items)), _) => {
                Value::tuple((0..items.len()).map(|i| self.nth(i).read(unknown)).collect())
            }
            (Some(Data::Object(_)), _) | (None, Some(Data::Object(_))) => {
                Value::object(sorted(self.parts().into_iter().map(|(key, part)| (key.clone(), part.read(unknown)))))
            }
            (Some(_), _) => plain(self.value),
            // A list with nothing but marks: what is in it isn't told.
            (None, Some(Data::Array(items))) => {
                Value::tuple((0..items.len()).map(|i| self.nth(i).read(unknown)).collect())
            }
            (None, _) => Value::null(),
        };
        value.marked(is_true(self.sensitive))
    }

    /// The places of what is sensitive in it: of text, and of other values.
    pub fn secrets(self, plan: &mut Plan) {
        let Some(node) = self.value else { return };
        if is_true(self.sensitive) {
            leaves(node, &mut plan.secrets, &mut plan.guarded);
            return;
        }
        match self.sensitive.map(|n| &n.value) {
            Some(Data::Object(_)) => self.parts().into_values().for_each(|part| part.secrets(plan)),
            Some(Data::Array(items)) => (0..items.len()).for_each(|i| self.nth(i).secrets(plan)),
            _ => {}
        }
    }
}

/// A value without marks. It has no place: where a plan writes it down isn't where it comes from.
pub fn plain(node: Option<&Node>) -> Value {
    node.map_or_else(Value::null, |n| crate::expr::convert::placeless(from_node(n)))
}

/// The places of every plain value below a node: of text, and of numbers.
pub fn leaves(node: &Node, text: &mut Vec<Span>, numbers: &mut Vec<Span>) {
    match &node.value {
        Data::Object(members) => members.iter().for_each(|m| leaves(&m.value, text, numbers)),
        Data::Array(items) => items.iter().for_each(|item| leaves(item, text, numbers)),
        Data::String(_) => text.push(node.span),
        Data::Number(_) => numbers.push(node.span),
        Data::Null | Data::Bool(_) => {}
    }
}

/// The places of every plain value below a node.
pub fn all(node: &Node, found: &mut Vec<Span>) {
    let mut numbers = Vec::new();
    leaves(node, found, &mut numbers);
    found.append(&mut numbers);
}
