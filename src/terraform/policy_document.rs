//! `data "aws_iam_policy_document"`: the one data source whose result is all in its own block.

use std::rc::Rc;

use indexmap::IndexMap;

use crate::expr::convert::to_text;
use crate::expr::functions::encoding::{from_node, json_text};
use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::source::{Source, SourceId, Text};
use crate::syntax::json;
use crate::terraform::config::ResourceBlock;
use crate::terraform::instance::{Instance, Iteration};
use crate::terraform::resolve;
use crate::terraform::{ResolvedAttribute, ResolvedBlock};

/// The document as JSON: `json` is indented, `minified_json` isn't. Unknown where any part of it is.
pub fn render<'a>(
    instance: &Rc<Instance<'a>>,
    resource: &'a ResourceBlock,
    iteration: &Iteration,
    name: &Text,
) -> Value {
    let block = resolve::block(instance, &resource.block, iteration, None);
    let sensitive = sensitive(&block);
    let document = match document(&block) {
        Ok(document) => document,
        Err(value) => return value.marked(sensitive),
    };
    let text = if *name == "json" { indented(&document, 0) } else { json_text(&document) };
    Value::string(text).marked(sensitive).hop(resource.block.header, "aws_iam_policy_document")
}

fn sensitive(block: &ResolvedBlock) -> bool {
    block.attributes.values().any(|a| a.value.has_sensitive()) || block.blocks.iter().any(|(_, b)| sensitive(b))
}

/// What stands in the way of rendering.
fn unknown(value: &Value) -> Value {
    let reasons = value.first_unknown().cloned().unwrap_or_default();
    Value::unknown_not_null(Type::String, reasons)
}

/// An attribute that is written and isn't null.
fn written<'b>(block: &'b ResolvedBlock, name: &str) -> Result<Option<&'b Value>, Value> {
    match block.attributes.get(name).map(|a: &ResolvedAttribute| &a.value) {
        Some(value) if value.has_unknown() => Err(unknown(value)),
        Some(value) if value.is_null() => Ok(None),
        other => Ok(other),
    }
}

fn object(fields: Vec<(&str, Value)>) -> Value {
    Value::object(fields.into_iter().map(|(k, v)| (Text::from(k), v)).collect())
}

fn document(block: &ResolvedBlock) -> Result<Value, Value> {
    if let Some((_, value)) = block.unknown_blocks.iter().find(|(kind, _)| **kind == "statement") {
        return Err(unknown(value));
    }
    // What it is made of comes first, what is laid over it last.
    let mut statements = Vec::new();
    for name in ["source_json", "source_policy_documents"] {
        statements.extend(merged(block, name)?);
    }
    let own: Result<Vec<Value>, Value> = block.blocks_of("statement").map(statement).collect();
    lay_over(&mut statements, own?);
    for name in ["override_json", "override_policy_documents"] {
        lay_over(&mut statements, merged(block, name)?);
    }
    let version = written(block, "version")?.and_then(to_text).unwrap_or_else(|| "2012-10-17".into());
    let mut fields = vec![("Version", Value::string(version))];
    if let Some(id) = written(block, "policy_id")? {
        fields.push(("Id", id.clone()));
    }
    fields.push(("Statement", Value::tuple(statements)));
    Ok(object(fields))
}

/// The statements of documents that an attribute holds as texts.
fn merged(block: &ResolvedBlock, name: &str) -> Result<Vec<Value>, Value> {
    let Some(value) = written(block, name)? else { return Ok(Vec::new()) };
    let texts = value.items().map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
    let mut statements = Vec::new();
    for text in texts.iter().filter_map(Value::as_str).filter(|t| !t.trim().is_empty()) {
        let tree = json::parse(&Source::new(SourceId(u32::MAX), "", text));
        let Some(found) = tree.root().filter(|_| tree.problems.is_empty()).and_then(|r| r.get("Statement")) else {
            let span = block.attributes.get(name).map_or(block.header, |a| a.span);
            return Err(Value::unknown(Reason::at("evaluation-error", "a merged document isn't a policy", span)));
        };
        let found = from_node(found);
        statements.extend(found.items().map_or_else(|| vec![found.clone()], <[Value]>::to_vec));
    }
    Ok(statements)
}

/// A statement takes the place of one with its `Sid`.
fn lay_over(statements: &mut Vec<Value>, more: Vec<Value>) {
    for statement in more {
        let sid = statement.field("Sid").and_then(Value::as_str).filter(|s| !s.is_empty());
        let same = |s: &Value| sid.is_some() && s.field("Sid").and_then(Value::as_str) == sid;
        match statements.iter().position(same).and_then(|at| statements.get_mut(at)) {
            Some(place) => *place = statement,
            None => statements.push(statement),
        }
    }
}

fn statement(block: &ResolvedBlock) -> Result<Value, Value> {
    if let Some(value) = block.unknown_blocks.values().next() {
        return Err(unknown(value));
    }
    let mut fields = Vec::new();
    if let Some(sid) = written(block, "sid")?.and_then(to_text).filter(|s| !s.is_empty()) {
        fields.push(("Sid", Value::string(sid)));
    }
    let effect = written(block, "effect")?.and_then(to_text).unwrap_or_else(|| "Allow".into());
    fields.push(("Effect", Value::string(effect)));
    for (name, attribute) in [
        ("Action", "actions"),
        ("NotAction", "not_actions"),
        ("Resource", "resources"),
        ("NotResource", "not_resources"),
    ] {
        if let Some(list) = written(block, attribute)?.and_then(list) {
            fields.push((name, list));
        }
    }
    for (name, kind) in [("Principal", "principals"), ("NotPrincipal", "not_principals")] {
        if let Some(principals) = principals(block, kind)? {
            fields.push((name, principals));
        }
    }
    if let Some(conditions) = conditions(block)? {
        fields.push(("Condition", conditions));
    }
    Ok(object(fields))
}

/// A set of strings: alone it is written without brackets. `&{…}` stands for IAM's own `${…}`.
fn list(value: &Value) -> Option<Value> {
    let mut items: Vec<Text> =
        value.items()?.iter().filter_map(to_text).map(|t| Text::from(t.replace("&{", "${"))).collect();
    items.sort();
    items.dedup();
    items.reverse();
    match items.as_slice() {
        [] => None,
        [one] => Some(Value::string(one.clone())),
        _ => Some(Value::tuple(items.into_iter().map(Value::string).collect())),
    }
}

fn principals(block: &ResolvedBlock, kind: &str) -> Result<Option<Value>, Value> {
    let mut by_type: IndexMap<Text, Vec<Value>> = IndexMap::new();
    for inner in block.blocks_of(kind) {
        let type_ = written(inner, "type")?.and_then(to_text).unwrap_or_else(|| "".into());
        let identifiers = written(inner, "identifiers")?.and_then(Value::items).unwrap_or(&[]);
        by_type.entry(type_).or_default().extend(identifiers.iter().cloned());
    }
    let everybody =
        |(type_, items): (&Text, &Vec<Value>)| *type_ == "*" && items.iter().any(|i| i.as_str() == Some("*"));
    if by_type.is_empty() {
        return Ok(None);
    }
    if by_type.iter().any(everybody) {
        return Ok(Some(Value::string("*")));
    }
    let fields = by_type.into_iter().filter_map(|(k, v)| Some((k, list(&Value::tuple(v))?)));
    Ok(Some(Value::object(crate::expr::convert::sorted(fields))))
}

fn conditions(block: &ResolvedBlock) -> Result<Option<Value>, Value> {
    let mut tests: IndexMap<Text, IndexMap<Text, Vec<Value>>> = IndexMap::new();
    for inner in block.blocks_of("condition") {
        let text = |name: &str| Ok::<_, Value>(written(inner, name)?.and_then(to_text).unwrap_or_else(|| "".into()));
        let values = written(inner, "values")?.and_then(Value::items).unwrap_or(&[]);
        tests.entry(text("test")?).or_default().entry(text("variable")?).or_default().extend(values.iter().cloned());
    }
    if tests.is_empty() {
        return Ok(None);
    }
    let one = |variables: IndexMap<Text, Vec<Value>>| {
        let fields = variables.into_iter().map(|(k, v)| {
            let values = list(&Value::tuple(v)).unwrap_or_else(|| Value::tuple(Vec::new()));
            (k, values)
        });
        Value::object(crate::expr::convert::sorted(fields))
    };
    Ok(Some(Value::object(crate::expr::convert::sorted(tests.into_iter().map(|(k, v)| (k, one(v)))))))
}

/// JSON with two blanks a level. The document is a few levels deep.
fn indented(value: &Value, level: usize) -> String {
    let (pad, end) = ("  ".repeat(level + 1), "  ".repeat(level));
    match (value.items(), value.fields()) {
        (Some(items), _) if !items.is_empty() => {
            let lines: Vec<String> = items.iter().map(|v| format!("{pad}{}", indented(v, level + 1))).collect();
            format!("[\n{}\n{end}]", lines.join(",\n"))
        }
        (_, Some(fields)) if !fields.is_empty() => {
            let one = |(k, v): (&Text, &Value)| {
                format!("{pad}{}: {}", json_text(&Value::string(k.clone())), indented(v, level + 1))
            };
            format!("{{\n{}\n{end}}}", fields.iter().map(one).collect::<Vec<_>>().join(",\n"))
        }
        _ => json_text(value),
    }
}
