//! Published modules that aren't installed: what is known of them, as if it stood in the call.
//!
//! An outline is the part of a module that declares stores, in Terraform's own language. It is evaluated like any
//! other module. What comes of it is pointed at the call: a setting stands where the argument does that sets it.

mod source;
mod version;

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::expr::{Kind, Value};
use crate::finding::Confidence;
use crate::knowledge::Knowledge;
use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::hcl::{self, Attribute, Block, Body, Expr, ExprKind};
use crate::terraform::config::{Config, label, literal, mode};
use crate::terraform::{Outlined, UnreadCall};

/// The outlines of the calls whose modules are known, by the place of the call's header.
pub type Outlines = HashMap<Span, Config>;

/// The outlines of every call of every module.
pub fn of_calls(configs: &IndexMap<String, Config>, knowledge: &Knowledge) -> Outlines {
    let calls = configs.values().flat_map(|c| c.calls.values());
    calls.filter_map(|call| Some((call.header, of_call(call, knowledge)?))).collect()
}

fn of_call(call: &Block, knowledge: &Knowledge) -> Option<Config> {
    let (source, _) = literal(call, "source")?;
    let version = literal(call, "version").map(|(v, _)| v);
    build(call, &source, version.as_deref(), knowledge)
}

/// The outline of a module that is a root itself, with what it is given: `at` is the place that says so.
pub fn of_root(
    (source, version): (&str, Option<&str>),
    at: Span,
    inputs: &IndexMap<Text, Value>,
    knowledge: &Knowledge,
) -> Option<Config> {
    let ident = |name: Text| hcl::Ident { name, span: at };
    let attribute = |(name, value): (&Text, &Value)| {
        let origin = value.origin.as_deref()?;
        // A literal as it stands there; of anything else the place alone.
        let kind = match &value.kind {
            Kind::Bool(b) if origin.from.is_none() => ExprKind::Bool(*b),
            _ => ExprKind::Null,
        };
        let value = Expr { span: origin.span, kind };
        Some(Attribute { name: ident(name.clone()), value, span: origin.span })
    };
    let body = Body { attributes: inputs.iter().filter_map(attribute).collect(), blocks: Vec::new(), span: at };
    let call = Block { kind: ident("module".into()), labels: Vec::new(), body, header: at, span: at };
    build(&call, source, version, knowledge)
}

fn build(call: &Block, source: &str, version: Option<&str>, knowledge: &Knowledge) -> Option<Config> {
    let (text, defaults, confidence) = find(source, version, knowledge)?;
    let mut body = parse(text, call.header)?;
    defaults.into_iter().filter_map(|d| parse(d, call.header)).for_each(|d| lay_over(&mut body, &d));
    for block in body.blocks.iter_mut().filter(|b| mode(&b.kind.name).is_some()) {
        point(block, call, None);
    }
    let mut config = Config::outlined(source, confidence);
    body.blocks.iter().for_each(|block| config.add(block));
    Some(config)
}

/// What is known of a source: its outline, the defaults to lay over it, and how sure that is for the version.
fn find<'k>(
    source: &str,
    version: Option<&str>,
    knowledge: &'k Knowledge,
) -> Option<(&'k str, Vec<&'k str>, Confidence)> {
    let published = source::published(source)?;
    let module = knowledge.module(&published.address)?;
    let part = module.part(&published.path)?;
    let since: Vec<&str> = part.versions.iter().map(|v| v.since.as_str()).collect();
    let wanted = version.or(published.reference.as_deref());
    let (index, confidence) = version::choose(&since, &module.read_up_to, wanted)?;
    let (text, defaults) = part.outline(index)?;
    Some((text, defaults, confidence))
}

/// Whether a call whose module isn't here can declare no store.
pub fn without_stores(call: &UnreadCall, knowledge: &Knowledge) -> bool {
    source::published(&call.source).is_some_and(|p| knowledge.is_without_stores(&p.address))
}

/// An outline, everything in it pointed at the call.
fn parse(text: &str, at: Span) -> Option<Body> {
    let mut file = hcl::parse(&Source::new(SourceId(0), "", text));
    if !file.problems.is_empty() {
        return None;
    }
    file.body.relocate(at);
    Some(file.body)
}

/// Other defaults for variables of an outline.
fn lay_over(body: &mut Body, defaults: &Body) {
    for default in &defaults.attributes {
        let variable = |b: &&mut Block| b.kind.name == "variable" && label(b, 0).as_ref() == Some(&default.name.name);
        let Some(block) = body.blocks.iter_mut().find(variable) else { continue };
        block.body.attributes.retain(|a| a.name.name != "default");
        let name = hcl::Ident { name: "default".into(), span: default.name.span };
        block.body.attributes.push(Attribute { name, value: default.value.clone(), span: default.span });
    }
}

/// Points a block of an outline at the call: what it sets by an argument stands where that does, and a plain one is
/// taken as if it stood in the block, so that it can be edited.
///
/// What an iterator of a dynamic block is taken from is `around`: the argument that its `for_each` is set by.
fn point(block: &mut Block, call: &Block, around: Option<&Attribute>) {
    block.header = call.header;
    block.span = call.span;
    block.body.span = call.body.span;
    for attribute in &mut block.body.attributes {
        let Some(given) = given(attribute, call).or(around) else { continue };
        attribute.span = given.span;
        let plain = matches!(given.value.kind, ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_));
        if plain && input(&attribute.value).is_some() {
            attribute.value = given.value.clone();
        }
        attribute.value.span = given.value.span;
    }
    let here = block.body.attribute("for_each").filter(|_| block.kind.name == "dynamic");
    let around = here.and_then(|a| given(a, call)).or(around);
    block.body.blocks.iter_mut().for_each(|inner| point(inner, call, around));
}

/// The argument of a call by which an attribute of an outline is set.
fn given<'c>(attribute: &Attribute, call: &'c Block) -> Option<&'c Attribute> {
    inputs(&attribute.value).iter().find_map(|name| call.body.attribute(name))
}

/// The variable that an expression is.
pub fn input(expr: &Expr) -> Option<&Text> {
    match &expr.kind {
        ExprKind::Attribute(of, name) => matches!(&of.kind, ExprKind::Variable(v) if *v == "var").then_some(&name.name),
        ExprKind::Parens(inner) => input(inner),
        _ => None,
    }
}

/// The variables that an expression speaks of, in the order they stand in.
fn inputs(expr: &Expr) -> Vec<Text> {
    let mut found = Vec::new();
    hcl::walk(expr, &mut |e| found.extend(input(e).cloned()));
    found
}

/// What a block of an outline is told with: which input each of its attributes is set by.
pub fn outlined(body: &Body, confidence: Confidence) -> Outlined {
    let inputs = body.attributes.iter().filter_map(|a| Some((a.name.name.clone(), input(&a.value)?.clone())));
    Outlined { confidence, inputs: inputs.collect() }
}
