//! Resolving blocks: attributes evaluated, `dynamic` blocks expanded.

use std::rc::Rc;

use indexmap::IndexMap;

use crate::expr::{Kind, Value};
use crate::finding::Reason;
use crate::source::Text;
use crate::syntax::hcl::{Block, Body, ExprKind};
use crate::terraform::instance::{INSTANCES, Instance, Iteration};
use crate::terraform::{ResolvedAttribute, ResolvedBlock};

/// Blocks nested deeper than this are left out, visibly.
const DEPTH: usize = 40;

/// Attributes and blocks that are Terraform's, not the provider's.
const META: [&str; 5] = ["count", "for_each", "provider", "depends_on", "providers"];

/// Resolves a block of an instance.
pub fn block<'a>(instance: &Rc<Instance<'a>>, block: &'a Block, iteration: &Iteration) -> ResolvedBlock {
    resolve(instance, block, &block.body, iteration, &mut Vec::new(), 0)
}

fn resolve<'a>(
    instance: &Rc<Instance<'a>>,
    block: &'a Block,
    body: &'a Body,
    iteration: &Iteration,
    extra: &mut Vec<(Text, Value)>,
    depth: usize,
) -> ResolvedBlock {
    let mut resolved = ResolvedBlock {
        header: block.header,
        span: block.span,
        body: body.span,
        attributes: IndexMap::new(),
        blocks: Vec::new(),
        unknown_blocks: IndexMap::new(),
    };
    for attribute in body.attributes.iter().filter(|a| depth > 0 || !META.contains(&a.name.name.as_str())) {
        let value = instance.eval(&attribute.value, iteration, extra);
        let literal = matches!(
            attribute.value.kind,
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Null
        );
        let attribute_ = ResolvedAttribute { span: attribute.span, value_span: attribute.value.span, value, literal };
        resolved.attributes.insert(attribute.name.name.clone(), attribute_);
    }
    if depth > DEPTH {
        let reason = Reason::at("limit", "blocks nested too deep", block.header);
        instance.shared.problems.borrow_mut().push(reason);
        return resolved;
    }
    for inner in &body.blocks {
        if inner.kind.name == "dynamic" {
            dynamic(instance, inner, iteration, extra, depth, &mut resolved);
        } else {
            let nested = resolve(instance, inner, &inner.body, iteration, extra, depth + 1);
            resolved.blocks.push((inner.kind.name.clone(), nested));
        }
    }
    resolved
}

fn dynamic<'a>(
    instance: &Rc<Instance<'a>>,
    block: &'a Block,
    iteration: &Iteration,
    extra: &mut Vec<(Text, Value)>,
    depth: usize,
    into: &mut ResolvedBlock,
) {
    let Some(kind) = block.labels.first().map(|l| l.name.clone()) else { return };
    let Some(content) = block.body.blocks_of("content").next() else { return };
    let Some(for_each) = block.body.attribute("for_each") else { return };
    let iterator = match block.body.attribute("iterator").map(|a| &a.value.kind) {
        Some(ExprKind::Variable(name)) => name.clone(),
        _ => kind.clone(),
    };
    let collection = instance.eval(&for_each.value, iteration, extra);
    if collection.is_unknown() {
        into.unknown_blocks.insert(kind, collection);
        return;
    }
    let pairs: Vec<(Value, Value)> = match (collection.fields(), &collection.kind) {
        (Some(fields), _) => fields.iter().map(|(k, v)| (Value::string(k.clone()), v.clone())).collect(),
        (_, Kind::Set(items)) => items.iter().map(|v| (v.clone(), v.clone())).collect(),
        (_, Kind::List(items) | Kind::Tuple(items)) => {
            items.iter().enumerate().map(|(i, v)| (Value::int(i as i64), v.clone())).collect()
        }
        _ => {
            let reason =
                Reason::at("evaluation-error", "for_each of a dynamic block must be a collection", for_each.span);
            into.unknown_blocks.insert(kind, Value::unknown(reason));
            return;
        }
    };
    if pairs.len() > INSTANCES {
        let reason = Reason::at(
            "limit",
            format!("{} blocks: only the first {INSTANCES} are looked at", pairs.len()),
            for_each.span,
        );
        instance.shared.problems.borrow_mut().push(reason);
    }
    for (key, value) in pairs.into_iter().take(INSTANCES) {
        let fields = [(Text::from("key"), key), (Text::from("value"), value)];
        extra.push((iterator.clone(), Value::object(fields.into_iter().collect())));
        let mut nested = resolve(instance, content, &content.body, iteration, extra, depth + 1);
        extra.pop();
        nested.header = block.header;
        nested.span = block.span;
        into.blocks.push((kind.clone(), nested));
    }
}
