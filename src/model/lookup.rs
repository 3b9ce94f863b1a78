//! Finding an attribute by its path in a resolved block, and testing it.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::{Kind, Type, Value};
use crate::finding::{Location, Place, Reason, Role, Slot};
use crate::knowledge::scalar::{Scalar, number};
use crate::knowledge::stores::{Absent, Among, Condition, Test};
use crate::source::{Source, Sources, Span, Text};
use crate::terraform::{ResolvedAttribute, ResolvedBlock};

/// What stands at a path.
pub enum Found<'a> {
    /// A value is written, by this attribute of this block (inside it, where the path goes on into an object).
    Written(&'a Value, &'a ResolvedAttribute, &'a ResolvedBlock),
    /// The path names a block, and it is there.
    Block(&'a ResolvedBlock),
    /// Its block is there, it isn't.
    Absent(&'a ResolvedBlock),
    /// Its block isn't there (the innermost enclosing one that is).
    BlockAbsent(&'a ResolvedBlock),
    /// A dynamic block may or may not produce it.
    Unknown(Value, &'a ResolvedBlock),
}

/// Follows `a.b.c` from `block` to the first place it leads to: all but the last name are nested
/// blocks, or fields of an object that an attribute holds.
pub fn find<'a>(block: &'a ResolvedBlock, path: &str) -> Found<'a> {
    find_all(block, path).into_iter().next().unwrap_or(Found::Absent(block))
}

/// Everything a path leads to: one for each of several blocks of the same name. Never empty.
pub fn find_all<'a>(block: &'a ResolvedBlock, path: &str) -> Vec<Found<'a>> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    if let Some(attribute) = block.attributes.get(name).filter(|a| !a.value.is_null()) {
        return inside(&attribute.value, rest, attribute, block);
    }
    let blocks: Vec<&ResolvedBlock> = block.blocks.iter().filter(|(kind, _)| kind == name).map(|(_, b)| b).collect();
    match (blocks.is_empty(), rest) {
        (false, None) => blocks.into_iter().map(Found::Block).collect(),
        (false, Some(rest)) => blocks.into_iter().flat_map(|b| find_all(b, rest)).collect(),
        (true, rest) => vec![match block.unknown_blocks.get(name) {
            Some(value) => Found::Unknown(value.clone(), block),
            None if rest.is_some() => Found::BlockAbsent(block),
            None => Found::Absent(block),
        }],
    }
}

/// Goes on into an attribute's value: an object, or a list of objects.
fn inside<'a>(
    value: &'a Value,
    rest: Option<&str>,
    attribute: &'a ResolvedAttribute,
    block: &'a ResolvedBlock,
) -> Vec<Found<'a>> {
    let Some(path) = rest else { return vec![Found::Written(value, attribute, block)] };
    if value.is_unknown() {
        return vec![Found::Unknown(value.clone(), block)];
    }
    if let Some(items) = value.items() {
        let all: Vec<Found<'a>> = items.iter().flat_map(|item| inside(item, rest, attribute, block)).collect();
        return if all.is_empty() { vec![Found::BlockAbsent(block)] } else { all };
    }
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    match value.field(name).filter(|v| !v.is_null()) {
        Some(inner) => inside(inner, rest, attribute, block),
        None if rest.is_some() => vec![Found::BlockAbsent(block)],
        None => vec![Found::Absent(block)],
    }
}

/// Every value a path leads to, lists taken apart.
pub fn values<'a>(block: &'a ResolvedBlock, path: &str) -> Vec<&'a Value> {
    let written = find_all(block, path).into_iter().filter_map(|found| match found {
        Found::Written(value, _, _) => Some(value),
        _ => None,
    });
    written.flat_map(|value| value.items().map_or_else(|| vec![value], |items| items.iter().collect())).collect()
}

/// The known string at a path, if there is one.
pub fn string<'a>(block: &'a ResolvedBlock, path: &str) -> Option<&'a str> {
    match find(block, path) {
        Found::Written(value, _, _) => value.as_str(),
        _ => None,
    }
}

/// The known string at a path, or the only one of a list there.
pub fn first_string<'a>(block: &'a ResolvedBlock, path: &str) -> Option<&'a str> {
    match find(block, path) {
        Found::Written(value, _, _) => match value.items() {
            Some([only]) => only.as_str(),
            Some(_) => None,
            None => value.as_str(),
        },
        _ => None,
    }
}

/// A block as a value: its attributes, and nested blocks as lists of objects by type.
pub fn value(block: &ResolvedBlock) -> Value {
    let mut fields: IndexMap<Text, Value> =
        block.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.value.clone())).collect();
    let mut blocks: IndexMap<Text, Vec<Value>> = IndexMap::new();
    for (kind, inner) in &block.blocks {
        blocks.entry(kind.clone()).or_default().push(value(inner));
    }
    fields.extend(blocks.into_iter().map(|(kind, all)| (kind, Value::tuple(all))));
    fields.extend(block.unknown_blocks.iter().map(|(kind, why)| (kind.clone(), why.clone())));
    Value::object(fields)
}

/// How several blocks of the same name count together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// One that passes is enough.
    Any,
    /// All must.
    Every,
}

/// The block with those of its nested blocks of a kind that count, and the same with those of which
/// it can't be told too; the second only where there are such, with why it can't.
pub fn among(block: &ResolvedBlock, among: &Among) -> (ResolvedBlock, Option<(ResolvedBlock, Value)>) {
    let (mut certain, mut possible) = (block.clone(), block.clone());
    let mut unsure = None;
    let counts = |b: &ResolvedBlock| together(among.conditions.iter().map(|c| holds(b, c)), Of::Every);
    certain.blocks.retain(|(kind, b)| *kind != among.blocks.as_str() || counts(b).as_bool() == Some(true));
    possible.blocks.retain(|(kind, b)| {
        let counts = if *kind == among.blocks.as_str() { counts(b) } else { Value::bool(true) };
        let keep = counts.as_bool() != Some(false);
        if counts.is_unknown() {
            unsure = Some(counts);
        }
        keep
    });
    (certain, unsure.map(|why| (possible, why)))
}

/// Whether the value at `path` passes `test`: true, false or unknown with the reasons.
pub fn test(
    block: &ResolvedBlock,
    path: &str,
    test: &Test,
    of: Of,
    absent: Absent,
    block_absent: Option<Absent>,
) -> Value {
    let results = find_all(block, path).into_iter().map(|found| match found {
        Found::Written(value, _, _) => passes(value, test),
        Found::Block(_) => Value::bool(test.set.unwrap_or(true)),
        Found::Absent(here) => missing(path, test, absent, here),
        Found::BlockAbsent(here) => missing(path, test, block_absent.unwrap_or(absent), here),
        Found::Unknown(value, _) => unsure(&value),
    });
    together(results, of)
}

/// An outcome that hangs on a value that isn't known.
pub fn unsure(value: &Value) -> Value {
    match value.reasons() {
        Some(reasons) => Value { origin: value.origin.clone(), ..Value::unknown_of(Type::Bool, reasons.clone()) },
        None => value.clone(),
    }
}

/// Several outcomes as one.
pub fn together(results: impl IntoIterator<Item = Value>, of: Of) -> Value {
    let decides = of == Of::Any;
    let mut outcome: Option<Value> = None;
    for result in results {
        match result.as_bool() {
            Some(b) if b == decides => return result,
            Some(_) if outcome.is_none() => outcome = Some(result),
            None if outcome.as_ref().is_none_or(|o| !o.is_unknown()) => outcome = Some(result),
            _ => {}
        }
    }
    outcome.unwrap_or_else(|| Value::bool(!decides))
}

/// Whether a condition holds of a block.
pub fn holds(block: &ResolvedBlock, condition: &Condition) -> Value {
    test(block, &condition.attribute, &condition.is, Of::Any, condition.absent, None)
}

fn missing(path: &str, test: &Test, what: Absent, here: &ResolvedBlock) -> Value {
    if let Some(set) = test.set {
        return Value::bool(!set);
    }
    match what {
        Absent::Safe => Value::bool(true),
        Absent::Unsafe => Value::bool(false),
        Absent::Unknown => Value::unknown(Reason::at(
            "default-unknown",
            format!("`{path}` isn't written, and its default isn't known"),
            here.header,
        )),
    }
}

/// Whether a written value passes.
fn passes(value: &Value, test: &Test) -> Value {
    if let Kind::Unknown(unknown) = &value.kind {
        // What another resource's attribute will be isn't known, but that it is set is.
        let told = unknown.symbol.is_some() || unknown.not_null;
        return match test.set.filter(|_| told && *test == Test { set: test.set, ..Test::default() }) {
            Some(set) => Value { kind: Kind::Bool(set), ..value.clone() },
            None => unsure(value),
        };
    }
    let is = |scalar: &Scalar| text(value).is_some_and(|t| t.eq_ignore_ascii_case(&scalar.0));
    let holds = |scalar: &Scalar| value.items().is_some_and(|all| all.iter().any(|v| v.as_str() == Some(&scalar.0)));
    let amount = |scalar: &Scalar| Some((number(&text(value)?)?, scalar.number()?));
    let begins = |scalar: &Scalar| text(value).is_some_and(|t| t.starts_with(&scalar.0));
    let mut ok = test.equals.as_ref().is_none_or(is) && !test.not.as_ref().is_some_and(is);
    ok &= test.one_of.is_empty() || test.one_of.iter().any(is);
    ok &= !test.none_of.iter().any(is);
    ok &= test.at_least.as_ref().is_none_or(|least| amount(least).is_some_and(|(is, least)| is >= least));
    ok &= test.at_most.as_ref().is_none_or(|most| amount(most).is_some_and(|(is, most)| is <= most));
    ok &= test.contains.as_ref().is_none_or(holds) && !test.lacks.as_ref().is_some_and(holds);
    ok &= test.prefix.as_ref().is_none_or(begins) && !test.not_prefix.as_ref().is_some_and(begins);
    if let Some(set) = test.set {
        let empty = value.is_null() || value.as_str() == Some("") || value.items().is_some_and(<[Value]>::is_empty);
        ok &= set != empty;
    }
    Value { kind: Kind::Bool(ok), ..value.clone() }
}

/// A primitive as text, as Terraform would convert it.
pub fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Bool(b) => Some(b.to_string()),
        Kind::String(s) => Some(s.as_str().to_owned()),
        Kind::Number(n) => Some(match n.as_i64() {
            Some(i) => i.to_string(),
            None => n.as_f64().to_string(),
        }),
        _ => None,
    }
}

/// Where the attribute at `path` is set, or would be inserted.
pub fn place(block: &ResolvedBlock, path: &str, role: Role, sources: &Sources) -> Arc<Place> {
    let (above, name) = path.rsplit_once('.').map_or(("", path), |(above, name)| (above, name));
    // A line can be put into a block, not into an object that an attribute holds.
    let object =
        |here: &ResolvedBlock| above.split('.').any(|n| here.attributes.get(n).is_some_and(|a| !a.value.is_null()));
    match find(block, path) {
        Found::Written(value, attribute, here) if attribute.written => Arc::new(Place {
            span: attribute.span,
            slot: match unset_input(attribute, here, name) {
                Some(input) => sources.get(here.span.source).map_or(Slot::None, |s| insertion(s, here, input)),
                None if attribute.literal => Slot::Literal(attribute.value_span),
                None => Slot::Indirect,
            },
            chain: chain(value, attribute.value_span, here),
            role,
            item: here.span,
        }),
        Found::Absent(here) | Found::Written(_, _, here) => Arc::new(Place {
            span: here.header,
            slot: match sources.get(here.span.source) {
                Some(source) if !object(here) => match (&here.outlined, here.attributes.get(name)) {
                    (None, _) => insertion(source, here, name),
                    // What a module that is only called doesn't hand on can't be set from here.
                    (Some(_), attribute) => attribute
                        .and_then(|a| unset_input(a, here, name))
                        .map_or(Slot::None, |input| insertion(source, here, input)),
                },
                _ => Slot::None,
            },
            chain: Vec::new(),
            role,
            item: here.span,
        }),
        Found::Block(here) | Found::BlockAbsent(here) | Found::Unknown(_, here) => {
            Arc::new(Place { span: here.header, slot: Slot::None, chain: Vec::new(), role, item: here.span })
        }
    }
}

/// The input of a module known by its outline that sets an attribute, where the call doesn't give it.
fn unset_input<'a>(attribute: &ResolvedAttribute, block: &'a ResolvedBlock, name: &str) -> Option<&'a str> {
    let outlined = block.outlined.as_ref().filter(|_| attribute.span == block.header)?;
    outlined.inputs.get(name).map(Text::as_str)
}

/// The hops a value came through after its own expression; those inside of a module's outline stand in no file.
fn chain(value: &Value, written: Span, block: &ResolvedBlock) -> Vec<Location> {
    let outline = block.outlined.as_ref().map(|_| block.header);
    let mut hops = Vec::new();
    let mut origin = value.origin.as_deref();
    while let Some(hop) = origin.filter(|_| hops.len() < 16) {
        if hop.span != written && Some(hop.span) != outline {
            hops.push(Location { span: hop.span, label: hop.what.as_str().to_owned(), role: Role::Cause });
        }
        origin = hop.from.as_deref();
    }
    hops
}

/// A new line at the end of a block.
fn insertion(source: &Source, block: &ResolvedBlock, name: &str) -> Slot {
    // What stands for a block that is written nowhere has no room for a line.
    if block.body == block.header {
        return Slot::None;
    }
    let line_indent = |offset: u32| {
        let line = source.line(source.position(offset).line).unwrap_or("");
        line.chars().take_while(|c| c.is_whitespace()).collect::<String>()
    };
    // A call's arguments are no attributes of what its module declares.
    let last = block.attributes.values().rfind(|a| block.outlined.is_none() || a.span != block.header);
    let indent = match last {
        Some(attribute) => line_indent(attribute.span.start),
        None => format!("{}  ", line_indent(block.header.start)),
    };
    let end = block.body.end;
    // Before the white space that indents the closing brace, so that the brace keeps its line.
    let before = source.text.get(..end as usize).unwrap_or("");
    let trimmed = before.trim_end_matches([' ', '\t']).len();
    let at = if before.get(..trimmed).is_some_and(|s| s.ends_with('\n')) { trimmed } else { before.len() };
    Slot::Absent { insert: Span::new(source.id, at, at), name: name.to_owned(), indent }
}
