//! Resolving blocks: attributes evaluated, `dynamic` blocks expanded.

use std::rc::Rc;

use indexmap::IndexMap;

use crate::expr::{Kind, Value};
use crate::finding::Reason;
use crate::source::Text;
use crate::syntax::hcl::{Attribute, Block, Body, Expr, ExprKind};
use crate::terraform::instance::{INSTANCES, Instance, Iteration, META, address_of};
use crate::terraform::{ResolvedAttribute, ResolvedBlock, outline};

/// Blocks nested deeper than this are left out, visibly.
const DEPTH: usize = 40;

/// Resolves a block of an instance. `address`: of the resource instance whose block it is.
pub fn block<'a>(
    instance: &Rc<Instance<'a>>,
    block: &'a Block,
    iteration: &Iteration,
    address: Option<&str>,
) -> ResolvedBlock {
    let mut resolving = Resolving { instance, iteration, address, extra: Vec::new() };
    resolving.block(block, &block.body, 0)
}

fn resolved_attribute(attribute: &Attribute, value: Value) -> ResolvedAttribute {
    let literal =
        matches!(attribute.value.kind, ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Null);
    ResolvedAttribute { span: attribute.span, value_span: attribute.value.span, value, literal, written: true }
}

/// Whether an attribute holds names and keywords rather than an expression.
fn names_only(block: &str, attribute: &str) -> bool {
    matches!(
        (block, attribute),
        ("lifecycle", "ignore_changes" | "replace_triggered_by") | ("provisioner", "when" | "on_failure")
    )
}

/// Names as they are written: `[tags, settings[0].edition]`, `all`, `destroy`.
fn written_names(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Tuple(items) => Value::tuple(items.iter().map(written_names).collect()).hop(expr.span, "literal"),
        _ => match address_of(expr) {
            Some(name) => Value::string(name).hop(expr.span, "literal"),
            None => Value::error(expr.span, "a name is required"),
        },
    }
}

struct Resolving<'s, 'a> {
    instance: &'s Rc<Instance<'a>>,
    iteration: &'s Iteration,
    address: Option<&'s str>,
    /// Iterators of the dynamic blocks we are in.
    extra: Vec<(Text, Value)>,
}

impl<'a> Resolving<'_, 'a> {
    fn block(&mut self, block: &'a Block, body: &'a Body, depth: usize) -> ResolvedBlock {
        let mut resolved = ResolvedBlock {
            header: block.header,
            span: block.span,
            body: body.span,
            attributes: IndexMap::new(),
            blocks: Vec::new(),
            unknown_blocks: IndexMap::new(),
            outlined: self.instance.config.outline.map(|confidence| outline::outlined(body, confidence)),
        };
        for attribute in body.attributes.iter().filter(|a| depth > 0 || !META.contains(&a.name.name.as_str())) {
            let attribute_ = match names_only(&block.kind.name, &attribute.name.name) {
                true => resolved_attribute(attribute, written_names(&attribute.value)),
                false => self.attribute(attribute, depth),
            };
            resolved.attributes.insert(attribute.name.name.clone(), attribute_);
        }
        if depth > DEPTH {
            self.instance.shared.problem(Reason::at("limit", "blocks nested too deep", block.header));
            return resolved;
        }
        for inner in &body.blocks {
            if inner.kind.name == "dynamic" {
                self.dynamic(inner, depth, &mut resolved);
            } else {
                let nested = self.block(inner, &inner.body, depth + 1);
                resolved.blocks.push((inner.kind.name.clone(), nested));
            }
        }
        resolved
    }

    fn attribute(&self, attribute: &'a Attribute, depth: usize) -> ResolvedAttribute {
        let value = match self.address {
            Some(address) if depth == 0 => self.instance.written(address, attribute, self.iteration),
            _ => self.instance.eval(&attribute.value, self.iteration, &self.extra),
        };
        resolved_attribute(attribute, value)
    }

    fn dynamic(&mut self, block: &'a Block, depth: usize, into: &mut ResolvedBlock) {
        let Some(kind) = block.labels.first().map(|l| l.name.clone()) else { return };
        let Some(content) = block.body.blocks_of("content").next() else { return };
        let Some(for_each) = block.body.attribute("for_each") else { return };
        let iterator = match block.body.attribute("iterator").map(|a| &a.value.kind) {
            Some(ExprKind::Variable(name) | ExprKind::String(name)) => name.clone(),
            _ => kind.clone(),
        };
        let collection = self.instance.eval(&for_each.value, self.iteration, &self.extra);
        if collection.is_unknown() {
            into.unknown_blocks.insert(kind, collection);
            return;
        }
        let unsure = matches!(collection.kind, Kind::Set(_)) && collection.items().is_some_and(|i| i.len() > 1);
        if let (true, Some(reasons)) = (unsure, collection.first_unknown()) {
            // Two elements may turn out to be one.
            into.unknown_blocks.insert(kind, Value::unknown_of(collection.type_of(), reasons.clone()));
            return;
        }
        let pairs: Vec<(Value, Value)> = match (collection.fields(), &collection.kind) {
            (Some(fields), _) => fields.iter().map(|(k, v)| (Value::string(k.clone()), v.clone())).collect(),
            (_, Kind::Set(items)) => items.iter().map(|v| (v.clone(), v.clone())).collect(),
            (_, Kind::List(items) | Kind::Tuple(items)) => {
                items.iter().enumerate().map(|(i, v)| (Value::int(i as i64), v.clone())).collect()
            }
            _ => {
                let message = "for_each of a dynamic block must be a collection";
                into.unknown_blocks.insert(kind, Value::error(for_each.span, message));
                return;
            }
        };
        if pairs.len() > INSTANCES {
            let message = format!("{} blocks: only the first {INSTANCES} are looked at", pairs.len());
            self.instance.shared.problem(Reason::at("limit", message, for_each.span));
        }
        for (key, value) in pairs.into_iter().take(INSTANCES) {
            let fields = [(Text::from("key"), key), (Text::from("value"), value)];
            self.extra.push((iterator.clone(), Value::object(fields.into_iter().collect())));
            let mut nested = self.block(content, &content.body, depth + 1);
            self.extra.pop();
            nested.header = block.header;
            nested.span = block.span;
            into.blocks.push((kind.clone(), nested));
        }
    }
}
