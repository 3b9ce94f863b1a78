//! Terraform's conversions between types, and finding a type that several values share.

use std::sync::Arc;

use indexmap::IndexMap;
use unicode_normalization::UnicodeNormalization;

use crate::expr::{Kind, Number, Type, Unknown, Value, unify};
use crate::source::{Span, Text};

/// Converts to a type.
///
/// # Errors
/// In words, why the value has no such form. Unknown values convert to unknown ones of that type, if any value
/// of theirs could.
#[allow(clippy::only_used_in_recursion)]
pub fn convert(value: &Value, ty: &Type, span: Span) -> Result<Value, String> {
    let keep = |kind: Kind| Value { kind, sensitive: value.sensitive, origin: value.origin.clone() };
    if let Kind::Unknown(unknown) = &value.kind {
        return Ok(keep(Kind::Unknown(Box::new(convert_unknown(unknown, ty)?))));
    }
    if value.is_null() {
        return Ok(value.clone());
    }
    let inner = |v: &Value, ty: &Type| convert(v, ty, span);
    Ok(match ty {
        Type::Any => value.clone(),
        Type::String => keep(Kind::String(to_text(value).ok_or("string required")?)),
        Type::Number => keep(Kind::Number(to_number(value).ok_or("a number is required")?)),
        Type::Bool => keep(Kind::Bool(to_bool(value).ok_or("a bool is required")?)),
        Type::List(element) => {
            let items = value.items().ok_or("list required")?;
            if let (Kind::Set(_), Some(reasons)) = (&value.kind, value.first_unknown()) {
                // Neither the order nor, where two are the same, the number of its elements is known.
                let of = items.first().map_or(Type::Any, Value::type_of);
                let list = Value::unknown_not_null(Type::List(Box::new(of)), reasons.clone());
                let list = list.refined(|u| (u.min_length, u.max_length) = (items.len().min(1), Some(items.len())));
                return Ok(Value { sensitive: value.sensitive, origin: value.origin.clone(), ..list });
            }
            let element = element_type(element, value)?;
            let items: Result<Vec<_>, _> = items.iter().map(|v| inner(v, &element)).collect();
            keep(Kind::List(Arc::new(items?)))
        }
        Type::Set(element) => {
            let element = element_type(element, value)?;
            let items = value.items().ok_or("set required")?;
            let items: Result<Vec<_>, _> = items.iter().map(|v| inner(v, &element)).collect();
            let set = set_of(items?);
            Value { kind: set.kind, sensitive: value.sensitive || set.sensitive, origin: value.origin.clone() }
        }
        Type::Map(element) => {
            let element = element_type(element, value)?;
            let fields = value.fields().ok_or("map required")?;
            let fields: Result<Vec<(Text, Value)>, String> =
                fields.iter().map(|(k, v)| Ok((k.clone(), inner(v, &element)?))).collect();
            keep(Kind::Map(Arc::new(sorted(fields?))))
        }
        Type::Tuple(types) => {
            let items = value.items().ok_or("tuple required")?;
            if items.len() != types.len() {
                return Err(format!("tuple of {} elements required", types.len()));
            }
            let items: Result<Vec<_>, _> = items.iter().zip(types).map(|(v, t)| inner(v, t)).collect();
            keep(Kind::Tuple(Arc::new(items?)))
        }
        Type::Object(types) => {
            let fields = value.fields().ok_or("object required")?;
            let mut result = IndexMap::new();
            for (name, ty) in types {
                let field = fields.get(name).ok_or_else(|| format!("attribute \"{}\" is required", name.as_str()))?;
                result.insert(name.clone(), inner(field, ty)?);
            }
            keep(Kind::Object(Arc::new(sorted(result))))
        }
    })
}

/// The element type to convert to: the one asked for, or where `any` is, the one that all elements share.
fn element_type(asked: &Type, value: &Value) -> Result<Type, String> {
    if *asked != Type::Any {
        return Ok(asked.clone());
    }
    match &value.kind {
        // Of one type already.
        Kind::List(_) | Kind::Set(_) | Kind::Map(_) => Ok(Type::Any),
        _ => {
            let types: Vec<Type> = match (value.items(), value.fields()) {
                (Some(items), _) => items.iter().map(Value::type_of).collect(),
                (_, Some(fields)) => fields.values().map(Value::type_of).collect(),
                _ => Vec::new(),
            };
            let open = |v: &Value| v.as_unknown().is_some_and(|u| u.ty == Type::Any);
            let any_open = value.items().is_some_and(|i| i.iter().any(open))
                || value.fields().is_some_and(|f| f.values().any(open));
            if types.is_empty() || any_open {
                return Ok(Type::Any);
            }
            unify::unify(&types).ok_or_else(|| "all elements must have the same type".into())
        }
    }
}

fn convert_unknown(unknown: &Unknown, ty: &Type) -> Result<Unknown, String> {
    let shared = |types: &[Type]| match unify::unify(types) {
        None if !types.is_empty() => Err(String::from("all elements must have the same type")),
        found => Ok(Box::new(found.unwrap_or(Type::Any))),
    };
    let any = |t: &Type| *t == Type::Any;
    // Where elements of `any` type are asked for, those it has.
    let ty = match (ty, &unknown.ty) {
        (Type::Any, own) => own.clone(),
        (Type::List(t), Type::List(own) | Type::Set(own)) if any(t) => Type::List(own.clone()),
        (Type::List(t), Type::Tuple(own)) if any(t) => Type::List(shared(own)?),
        (Type::Set(t), Type::List(own) | Type::Set(own)) if any(t) => Type::Set(own.clone()),
        (Type::Set(t), Type::Tuple(own)) if any(t) => Type::Set(shared(own)?),
        (Type::Map(t), Type::Map(own)) if any(t) => Type::Map(own.clone()),
        (Type::Map(t), Type::Object(own)) if any(t) => Type::Map(shared(&own.values().cloned().collect::<Vec<_>>())?),
        (wanted, own) if unify::converts(own, wanted, true) => wanted.clone(),
        (wanted, _) => return Err(format!("{} required", wanted.kind())),
    };
    let mut converted = unknown.clone();
    if ty != unknown.ty {
        converted.open = None;
        // Bounds of a string, a number or a collection say nothing of its other form, but for a list's length.
        if unknown.ty != Type::Any {
            (converted.prefix, converted.least, converted.most) = (None, None, None);
        }
        if matches!(ty, Type::Set(_)) {
            converted.min_length = converted.min_length.min(1);
        }
        converted.ty = ty;
    }
    Ok(converted)
}

/// Gives values one type, as list and map constructors and conditionals do. Values that share none
/// are left as they are.
pub fn unify(items: Vec<Value>) -> Vec<Value> {
    let types: Vec<Type> = items.iter().map(Value::type_of).collect();
    match unify::unify(&types) {
        Some(ty) if ty != Type::Any => items.into_iter().map(|v| convert(&v, &ty, NOWHERE).unwrap_or(v)).collect(),
        _ => items,
    }
}

/// No place in any file.
pub(crate) const NOWHERE: Span = Span { source: crate::source::SourceId(u32::MAX), start: 0, end: 0 };

/// Strings are kept in Unicode's composed form (NFC), as Terraform keeps them.
pub fn normalized(text: Text) -> Text {
    if text.is_ascii() || unicode_normalization::is_nfc(&text) {
        return text;
    }
    text.nfc().collect::<String>().into()
}

/// A primitive as text.
pub fn to_text(value: &Value) -> Option<Text> {
    match &value.kind {
        Kind::String(s) => Some(s.clone()),
        Kind::Number(n) => Some(n.to_string().into()),
        Kind::Bool(b) => Some(if *b { "true" } else { "false" }.into()),
        _ => None,
    }
}

/// A number, or a string that is one.
pub fn to_number(value: &Value) -> Option<Number> {
    match &value.kind {
        Kind::Number(n) => Some(n.clone()),
        Kind::String(s) => Number::parse(s),
        _ => None,
    }
}

/// A boolean, or a string that is one.
pub fn to_bool(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Bool(b) => Some(*b),
        Kind::String(s) => match s.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A set: unique elements in Terraform's order: strings and numbers by value, false before true, others by their
/// [`set_key`]; nulls and then unknown ones last. Marks of elements become the set's.
pub fn set_of(items: Vec<Value>) -> Value {
    let sensitive = items.iter().any(Value::has_sensitive);
    let mut keyed: Vec<(String, Value)> = Vec::with_capacity(items.len());
    let mut seen: std::collections::HashSet<String> = std::collections::HashSet::new();
    for item in items {
        let mut key = String::new();
        set_key(&item, &mut key);
        // Two unknown elements are kept: they may be two.
        if item.has_unknown() || seen.insert(key.clone()) {
            keyed.push((key, unmarked(item)));
        }
    }
    keyed.sort_by(|(a_key, a), (b_key, b)| {
        let rank = |v: &Value| if v.is_unknown() { 2 } else { i32::from(v.is_null()) };
        rank(a).cmp(&rank(b)).then_with(|| match (&a.kind, &b.kind) {
            (Kind::String(a), Kind::String(b)) => a.cmp(b),
            (Kind::Number(a), Kind::Number(b)) => a.cmp(b),
            (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
            _ => a_key.cmp(b_key),
        })
    });
    Value::from(Kind::Set(Arc::new(keyed.into_iter().map(|(_, v)| v).collect()))).marked(sensitive)
}

/// The value without marks, at any depth.
pub fn unmarked(value: Value) -> Value {
    if value.has_sensitive() { mapped(value, &|v| Value { sensitive: false, ..v }) } else { value }
}

/// The value with `change` made to it and to everything in it, innermost first.
pub fn mapped(value: Value, change: &dyn Fn(Value) -> Value) -> Value {
    let all = |items: &[Value]| Arc::new(items.iter().map(|v| mapped(v.clone(), change)).collect::<Vec<_>>());
    let fields = |fields: &IndexMap<Text, Value>| {
        Arc::new(fields.iter().map(|(k, v)| (k.clone(), mapped(v.clone(), change))).collect::<IndexMap<_, _>>())
    };
    let kind = match &value.kind {
        Kind::List(i) => Kind::List(all(i)),
        Kind::Set(i) => Kind::Set(all(i)),
        Kind::Tuple(i) => Kind::Tuple(all(i)),
        Kind::Map(f) => Kind::Map(fields(f)),
        Kind::Object(f) => Kind::Object(fields(f)),
        other => other.clone(),
    };
    change(Value { kind, ..value })
}

/// Takes the places off, at any depth: those of a text that is no file say nothing to anybody.
pub fn placeless(value: Value) -> Value {
    mapped(value, &|v| Value { origin: None, ..v })
}

/// What tells elements of a set apart, and orders those that have no order of their own.
fn set_key(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Unknown(_) => out.push('?'),
        Kind::Null | Kind::Place(_) => out.push('~'),
        Kind::Bool(b) => out.push(if *b { 'T' } else { 'F' }),
        Kind::Number(n) => out.push_str(&n.to_general(None)),
        Kind::String(s) => out.push_str(&format!("{:?}", s.as_str())),
        Kind::List(items) | Kind::Set(items) => {
            out.push('[');
            items.iter().for_each(|v| {
                set_key(v, out);
                out.push(';');
            });
            out.push(']');
        }
        Kind::Tuple(items) => {
            out.push('<');
            items.iter().for_each(|v| {
                set_key(v, out);
                out.push(';');
            });
            out.push('>');
        }
        Kind::Object(fields) => {
            out.push('<');
            fields.values().for_each(|v| {
                set_key(v, out);
                out.push(';');
            });
            out.push('>');
        }
        Kind::Map(fields) => {
            out.push('{');
            fields.iter().for_each(|(k, v)| {
                out.push_str(&format!("{:?}:", k.as_str()));
                set_key(v, out);
                out.push(';');
            });
            out.push('}');
        }
    }
}

/// Fields in lexical order, as Terraform keeps maps and objects.
pub fn sorted(fields: impl IntoIterator<Item = (Text, Value)>) -> IndexMap<Text, Value> {
    let mut fields: IndexMap<Text, Value> = fields.into_iter().collect();
    fields.sort_unstable_keys();
    fields
}
