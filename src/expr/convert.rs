//! Terraform's conversions between types, and finding a type that several values share.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::{Kind, Number, Type, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};

/// Converts to a type.
///
/// # Errors
/// In words, why the value has no such form. Unknown values convert to unknown ones of that type.
pub fn convert(value: &Value, ty: &Type, span: Span) -> Result<Value, String> {
    let keep = |kind: Kind| Value { kind, sensitive: value.sensitive, origin: value.origin.clone() };
    if let Kind::Unknown(unknown) = &value.kind {
        let mut unknown = unknown.clone();
        if *ty != Type::Any {
            unknown.ty = ty.clone();
        }
        return Ok(keep(Kind::Unknown(unknown)));
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
            let items = elements(value).ok_or("list required")?;
            let items: Result<Vec<_>, _> = items.iter().map(|v| inner(v, element)).collect();
            keep(Kind::List(Arc::new(unify_elements(items?, element))))
        }
        Type::Set(element) => {
            let items = elements(value).ok_or("set required")?;
            let items: Result<Vec<_>, _> = items.iter().map(|v| inner(v, element)).collect();
            let set = set_of(unify_elements(items?, element));
            Value { kind: set.kind, sensitive: value.sensitive, origin: value.origin.clone() }
        }
        Type::Map(element) => {
            let fields = value.fields().ok_or("map required")?;
            let fields: Result<Vec<(Text, Value)>, String> =
                fields.iter().map(|(k, v)| Ok((k.clone(), inner(v, element)?))).collect();
            let (keys, values): (Vec<_>, Vec<_>) = fields?.into_iter().unzip();
            let values = unify_elements(values, element);
            keep(Kind::Map(Arc::new(sorted(keys.into_iter().zip(values)))))
        }
        Type::Tuple(types) => {
            let items = elements(value).ok_or("tuple required")?;
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

fn elements(value: &Value) -> Option<&[Value]> {
    value.items()
}

/// Where the element type is `any`, Terraform finds one that all elements share.
fn unify_elements(items: Vec<Value>, element: &Type) -> Vec<Value> {
    if *element == Type::Any { unify(items) } else { items }
}

/// Gives values one type, as list and map constructors and conditionals do. Values that share none
/// are left as they are.
pub fn unify(items: Vec<Value>) -> Vec<Value> {
    let Some(ty) = common_type(items.iter().map(Value::type_of)) else { return items };
    if ty == Type::Any {
        return items;
    }
    let Some(first) = items.first() else { return items };
    let span = first.origin.as_ref().map(|o| o.span);
    let span = span.unwrap_or(Span::new(crate::source::SourceId(u32::MAX), 0, 0));
    items.into_iter().map(|v| convert(&v, &ty, span).unwrap_or(v)).collect()
}

/// A type all can be converted to; `None` where there is none.
pub fn common_type(types: impl Iterator<Item = Type>) -> Option<Type> {
    types.reduce_option(common)
}

trait ReduceOption: Iterator {
    fn reduce_option(self, f: impl Fn(&Self::Item, &Self::Item) -> Option<Self::Item>) -> Option<Self::Item>;
}

impl<I: Iterator> ReduceOption for I {
    fn reduce_option(mut self, f: impl Fn(&I::Item, &I::Item) -> Option<I::Item>) -> Option<I::Item> {
        let mut so_far = self.next()?;
        for next in self {
            so_far = f(&so_far, &next)?;
        }
        Some(so_far)
    }
}

/// The type both convert to.
pub fn common(a: &Type, b: &Type) -> Option<Type> {
    use Type::{Any, Bool, List, Map, Object, Set, String, Tuple};
    Some(match (a, b) {
        (a, b) if a == b => a.clone(),
        (Any, other) | (other, Any) => other.clone(),
        (String, Type::Number | Bool) | (Type::Number | Bool, String) => String,
        (List(a), List(b)) => List(Box::new(common(a, b)?)),
        (Set(a), Set(b)) => Set(Box::new(common(a, b)?)),
        (Map(a), Map(b)) => Map(Box::new(common(a, b)?)),
        (List(a), Set(b)) | (Set(a), List(b)) => List(Box::new(common(a, b)?)),
        (List(a), Tuple(items)) | (Tuple(items), List(a)) => {
            List(Box::new(items.iter().try_fold((**a).clone(), |so_far, t| common(&so_far, t))?))
        }
        (Set(a), Tuple(items)) | (Tuple(items), Set(a)) => {
            Set(Box::new(items.iter().try_fold((**a).clone(), |so_far, t| common(&so_far, t))?))
        }
        (Map(a), Object(fields)) | (Object(fields), Map(a)) => {
            Map(Box::new(fields.values().try_fold((**a).clone(), |so_far, t| common(&so_far, t))?))
        }
        (Tuple(a), Tuple(b)) if a.len() == b.len() => {
            Tuple(a.iter().zip(b).map(|(a, b)| common(a, b)).collect::<Option<_>>()?)
        }
        (Tuple(a), Tuple(b)) => List(Box::new(a.iter().chain(b).try_fold(Any, |so_far, t| common(&so_far, t))?)),
        (Object(a), Object(b)) => {
            let same = a.len() == b.len() && a.keys().all(|k| b.contains_key(k));
            if same {
                let fields = a.iter().map(|(k, t)| Some((k.clone(), common(t, b.get(k)?)?)));
                Object(fields.collect::<Option<_>>()?)
            } else {
                Map(Box::new(a.values().chain(b.values()).try_fold(Any, |so_far, t| common(&so_far, t))?))
            }
        }
        _ => return None,
    })
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

/// A set: unique elements in Terraform's order (strings and numbers by value, the rest as written).
pub fn set_of(items: Vec<Value>) -> Value {
    if items.iter().any(Value::has_unknown) {
        // Two unknown elements may be one: the length isn't known, the elements are.
        return Kind::Set(Arc::new(items)).into();
    }
    let mut unique: Vec<Value> = Vec::with_capacity(items.len());
    let mut seen: std::collections::HashSet<String> = std::collections::HashSet::new();
    for item in items {
        if seen.insert(super::functions::encoding::json_text(&item)) {
            unique.push(item);
        }
    }
    unique.sort_by(|a, b| match (&a.kind, &b.kind) {
        (Kind::String(a), Kind::String(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.cmp(b),
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    });
    Kind::Set(Arc::new(unique)).into()
}

/// Fields in lexical order, as Terraform keeps maps and objects.
pub fn sorted(fields: impl IntoIterator<Item = (Text, Value)>) -> IndexMap<Text, Value> {
    let mut fields: IndexMap<Text, Value> = fields.into_iter().collect();
    fields.sort_unstable_keys();
    fields
}

/// Equality as `==` has it: `None` where it depends on an unknown.
pub fn equal(a: &Value, b: &Value) -> Result<bool, Arc<Vec<Reason>>> {
    if let Some(reasons) = a.reasons().or_else(|| b.reasons()) {
        let other = if a.is_unknown() { b } else { a };
        if let (Kind::Unknown(u), true) = (if a.is_unknown() { &a.kind } else { &b.kind }, other.is_null())
            && u.not_null
        {
            return Ok(false);
        }
        return Err(reasons.clone());
    }
    let all = |pairs: &mut dyn Iterator<Item = (&Value, &Value)>| {
        let mut unknown = None;
        for (a, b) in pairs {
            match equal(a, b) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(reasons) => unknown = Some(reasons),
            }
        }
        unknown.map_or(Ok(true), Err)
    };
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => Ok(true),
        (Kind::Bool(a), Kind::Bool(b)) => Ok(a == b),
        (Kind::Number(a), Kind::Number(b)) => Ok(a == b),
        (Kind::String(a), Kind::String(b)) => Ok(a == b),
        (Kind::Place(a), Kind::Place(b)) => Ok(a == b),
        (Kind::List(a), Kind::List(b)) | (Kind::Tuple(a), Kind::Tuple(b)) | (Kind::Set(a), Kind::Set(b)) => {
            if a.len() != b.len() { Ok(false) } else { all(&mut a.iter().zip(b.iter())) }
        }
        (Kind::Map(a), Kind::Map(b)) | (Kind::Object(a), Kind::Object(b)) => {
            if a.len() != b.len() || !a.keys().all(|k| b.contains_key(k)) {
                return Ok(false);
            }
            all(&mut a.iter().filter_map(|(k, v)| Some((v, b.get(k)?))))
        }
        _ => Ok(false),
    }
}
