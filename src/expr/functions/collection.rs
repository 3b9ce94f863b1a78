//! Looking into lists, sets and maps.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Takes::{Any, Bools, List, Null, Number as Num, String as Str};
use super::numeric::whole;
use super::{Answer, Call, Function, any, boolean, number, unknown};
use crate::expr::convert::{convert, to_bool};
use crate::expr::equality::equal;
use crate::expr::unify::unify;
use crate::expr::value::both;
use crate::expr::{Kind, Number, Type, Unknown, Value};
use crate::finding::Reason;
use crate::source::Text;

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[Bools], boolean, |c| truths(c, false)).own(),
    Function::new("anytrue", &[Bools], boolean, |c| truths(c, true)).own(),
    Function::new("coalesce", &[], any, coalesce).and(Null).own().keeps_marks(),
    Function::new("coalescelist", &[], any, coalescelist).and(Null).own(),
    Function::new("contains", &[Any, Any], boolean, contains).own(),
    Function::new("element", &[Any, Num], any, element).own().keeps_marks(),
    Function::new("index", &[Any, Any], number, index).own(),
    Function::new("keys", &[Any], any, keys).own().keeps_marks(),
    Function::new("values", &[Any], any, values).own().keeps_marks(),
    Function::new("length", &[Any], number, length).own().keeps_marks(),
    Function::new("lookup", &[Any, Str], any, lookup).and(Null).own().keeps_marks(),
    Function::new("matchkeys", &[List, List, List], super::same, matchkeys),
    Function::new("one", &[Any], any, one).own().keeps_marks(),
];

/// A list or tuple argument.
pub(super) fn list<'a>(call: &'a Call<'_, '_>, index: usize) -> Result<&'a [Value], String> {
    match call.args.get(index).map(|v| &v.kind) {
        Some(Kind::List(items) | Kind::Tuple(items)) => Ok(items),
        _ => Err("a list is required".into()),
    }
}

/// Refuses an unknown that can't turn out to be a list, set or tuple.
pub(super) fn list_like(u: &Unknown) -> Result<(), String> {
    match u.ty {
        Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_) => Ok(()),
        _ => Err("a list is required".into()),
    }
}

/// Refuses an unknown that can't turn out to be a map or object.
fn map_like(u: &Unknown) -> Result<(), String> {
    match u.ty {
        Type::Any | Type::Map(_) | Type::Object(_) => Ok(()),
        _ => Err("a map is required".into()),
    }
}

/// A map or object argument; whether it is a map. An unknown one is the caller's to have checked.
fn keyed<'a>(call: &'a Call<'_, '_>, index: usize) -> Result<(&'a IndexMap<Text, Value>, bool), String> {
    let value = call.args.get(index).ok_or("a map is required")?;
    let fields = value.fields().ok_or("a map is required")?;
    Ok((fields, matches!(value.kind, Kind::Map(_))))
}

/// Reasons gathered from several unknowns.
#[derive(Default)]
struct Undecided(Option<Arc<Vec<Reason>>>);

impl Undecided {
    fn add(&mut self, reasons: &Arc<Vec<Reason>>) {
        self.0 = Some(self.0.as_ref().map_or_else(|| reasons.clone(), |u| both(u, reasons)));
    }

    fn or(self, decided: Value, ty: Type) -> Value {
        self.0.map_or(decided, |reasons| unknown(ty, &reasons))
    }
}

/// `anytrue` (`decides` true) and `alltrue`: one known element that decides, decides.
fn truths(call: &Call<'_, '_>, decides: bool) -> Answer {
    if let Some(u) = call.unknown(0) {
        return Ok(unknown(Type::Bool, &u.reasons));
    }
    let mut undecided = Undecided::default();
    for item in list(call, 0)? {
        match (item.reasons(), to_bool(item)) {
            (Some(reasons), _) => undecided.add(reasons),
            (_, Some(b)) if b == decides => return Ok(Value::bool(decides)),
            // A null counts as not true.
            (_, None) if !decides => return Ok(Value::bool(false)),
            _ => {}
        }
    }
    Ok(undecided.or(Value::bool(!decides), Type::Bool))
}

/// The type that all arguments are converted to; untyped nulls have no say.
fn coalesce(call: &Call<'_, '_>) -> Answer {
    let types: Vec<Type> = call.args.iter().filter(|v| !v.is_null()).map(Value::type_of).collect();
    if types.is_empty() {
        return Err("every argument is null".into());
    }
    let ty = unify(&types).ok_or("all arguments must have the same type")?;
    for value in &call.args {
        if let Some(u) = value.as_unknown() {
            let not_empty = u.not_null && (u.prefix.is_some() || ty != Type::String && ty != Type::Any);
            return match not_empty {
                true => convert(value, &ty, call.span),
                false => Ok(unknown(ty, &u.reasons)),
            };
        }
        let empty = value.is_null() || (value.as_str() == Some("") && ty == Type::String);
        if !empty {
            return convert(value, &ty, call.span);
        }
    }
    Err("every argument is null or empty".into())
}

fn coalescelist(call: &Call<'_, '_>) -> Answer {
    for (i, value) in call.args.iter().enumerate() {
        if let Some(u) = value.as_unknown() {
            list_like(u)?;
            if u.not_null && u.min_length > 0 {
                return Ok(value.clone());
            }
            return Ok(unknown(Type::Any, &u.reasons));
        }
        if !list(call, i)?.is_empty() {
            return Ok(value.clone());
        }
    }
    Err("every list is empty".into())
}

/// Known where a known element is the one, or no unknown one could be.
fn contains(call: &Call<'_, '_>) -> Answer {
    if let Some(u) = call.unknown(0) {
        list_like(u)?;
        return Ok(unknown(Type::Bool, &u.reasons));
    }
    let needle = call.arg(1);
    let mut undecided = Undecided::default();
    for item in call.args.first().and_then(Value::items).ok_or("a list is required")? {
        match equal(item, &needle) {
            Ok(true) => return Ok(Value::bool(true)),
            Ok(false) => {}
            Err(reasons) => undecided.add(&reasons),
        }
    }
    Ok(undecided.or(Value::bool(false), Type::Bool))
}

fn element(call: &Call<'_, '_>) -> Answer {
    if let Some(u) = call.unknown(0) {
        let ty = match (&u.ty, call.arg(1).as_number().and_then(Number::as_i64)) {
            (Type::List(t), _) => (**t).clone(),
            (Type::Tuple(types), Some(n)) if !types.is_empty() && n >= 0 => {
                types.get(n as usize % types.len()).cloned().unwrap_or(Type::Any)
            }
            (Type::Tuple(_) | Type::Any, _) => Type::Any,
            _ => return Err("a list is required".into()),
        };
        return Ok(Value::unknown_of(ty, u.reasons.clone()));
    }
    let items = list(call, 0)?;
    if items.is_empty() {
        return Err("an empty list has no elements".into());
    }
    if let Some(u) = call.unknown(1) {
        let mut types = items.iter().map(Value::type_of);
        let first = types.next().unwrap_or(Type::Any);
        let ty = if types.all(|t| t == first) { first } else { Type::Any };
        return Ok(Value::unknown_of(ty, u.reasons.clone()));
    }
    let at = usize::try_from(whole(call, 1)?).map_err(|_| "index must not be negative")?;
    items.get(at % items.len()).cloned().ok_or_else(|| "no such element".into())
}

fn index(call: &Call<'_, '_>) -> Answer {
    if let Some(u) = call.unknown(0) {
        list_like(u)?;
        return Ok(unknown(Type::Number, &u.reasons));
    }
    let wanted = call.arg(1);
    for (i, item) in list(call, 0)?.iter().enumerate() {
        match equal(item, &wanted) {
            Ok(true) => return Ok(Value::int(i as i64)),
            Ok(false) => {}
            Err(reasons) => return Ok(unknown(Type::Number, &reasons)),
        }
    }
    Err("item not found".into())
}

fn keys(call: &Call<'_, '_>) -> Answer {
    let names = |keys: Vec<&Text>| keys.into_iter().map(|k| Value::string(k.clone())).collect::<Vec<_>>();
    if let Some(u) = call.unknown(0) {
        map_like(u)?;
        return Ok(match &u.ty {
            Type::Object(fields) => {
                let mut keys: Vec<&Text> = fields.keys().collect();
                keys.sort();
                Value::tuple(names(keys))
            }
            Type::Map(_) => unknown(Type::List(Box::new(Type::String)), &u.reasons),
            _ => unknown(Type::Any, &u.reasons),
        });
    }
    let (map, is_map) = keyed(call, 0)?;
    let keys = names(map.keys().collect());
    Ok(if is_map { Value::list(keys) } else { Value::tuple(keys) })
}

fn values(call: &Call<'_, '_>) -> Answer {
    if let Some(u) = call.unknown(0) {
        map_like(u)?;
        let ty = match &u.ty {
            Type::Object(fields) => {
                let mut fields: Vec<(&Text, &Type)> = fields.iter().collect();
                fields.sort_by_key(|(k, _)| *k);
                Type::Tuple(fields.into_iter().map(|(_, t)| t.clone()).collect())
            }
            Type::Map(t) => Type::List(t.clone()),
            _ => Type::Any,
        };
        return Ok(unknown(ty, &u.reasons));
    }
    let (map, is_map) = keyed(call, 0)?;
    let values = map.values().cloned().collect();
    Ok(if is_map { Value::list(values) } else { Value::tuple(values) })
}

fn length(call: &Call<'_, '_>) -> Answer {
    let value = call.arg(0);
    let least = |n: usize| Some(Number::from_i64(n as i64));
    if let Some(u) = value.as_unknown() {
        return Ok(match &u.ty {
            Type::Tuple(types) => Value::int(types.len() as i64),
            Type::Object(fields) => Value::int(fields.len() as i64),
            Type::Number | Type::Bool => return Err("a string, list or map is required".into()),
            _ if u.not_null && u.max_length == Some(u.min_length) => Value::int(u.min_length as i64),
            Type::String => unknown(Type::Number, &u.reasons).refined(|n| n.least = least(0)),
            _ => unknown(Type::Number, &u.reasons).refined(|n| {
                n.least = least(u.min_length);
                n.most = u.max_length.and_then(least);
            }),
        });
    }
    // Two unknown elements of a set may turn out to be one.
    if let (Kind::Set(items), Some(reasons)) = (&value.kind, value.first_unknown())
        && items.len() > 1
    {
        let known = items.iter().filter(|v| !v.has_unknown()).count();
        return Ok(unknown(Type::Number, reasons).refined(|n| {
            n.least = least(known.max(1));
            n.most = least(items.len());
        }));
    }
    let count = match (value.items(), value.fields(), value.as_str()) {
        (Some(items), _, _) => items.len(),
        (_, Some(fields), _) => fields.len(),
        (_, _, Some(s)) => unicode_segmentation::UnicodeSegmentation::graphemes(s, true).count(),
        _ => return Err("a string, list or map is required".into()),
    };
    Ok(Value::int(count as i64))
}

fn lookup(call: &Call<'_, '_>) -> Answer {
    if call.args.len() > 3 {
        return Err("wrong number of arguments".into());
    }
    let default = call.args.get(2);
    if let Some(u) = call.unknown(0) {
        map_like(u)?;
        let ty = match (&u.ty, call.arg(1).as_str()) {
            (Type::Map(t), _) => (**t).clone(),
            (Type::Object(fields), Some(key)) => match (fields.get(key), default) {
                (Some(ty), _) => ty.clone(),
                (None, Some(default)) => return Ok(default.clone()),
                (None, None) => return Err("no such key".into()),
            },
            _ => Type::Any,
        };
        return Ok(Value::unknown_of(ty, u.reasons.clone()));
    }
    let (fields, is_map) = keyed(call, 0)?;
    // A map's default has the type of its elements.
    let element = if is_map { call.arg(0).type_of() } else { Type::Any };
    let default = match (default, element) {
        (Some(d), Type::Map(t)) => Some(convert(d, &t, call.span)?),
        (d, _) => d.cloned(),
    };
    if let Some(u) = call.unknown(1) {
        return Ok(Value::unknown_of(Type::Any, u.reasons.clone()));
    }
    let key = super::string::arg(call, 1)?;
    match (fields.get(key.as_str()), default) {
        (Some(found), _) => Ok(found.clone()),
        (None, Some(default)) => Ok(default),
        (None, None) => Err("no such key".into()),
    }
}

fn matchkeys(call: &Call<'_, '_>) -> Answer {
    let (values, keys) = (list(call, 0)?, list(call, 1)?);
    if values.len() != keys.len() {
        return Err("lists of different lengths".into());
    }
    let types = [call.arg(1).type_of(), call.arg(2).type_of()];
    let Some(ty) = unify(&types) else { return Err("keys of different types".into()) };
    let (keys, wanted) = (convert(&call.arg(1), &ty, call.span)?, convert(&call.arg(2), &ty, call.span)?);
    let (keys, wanted) = (keys.items().unwrap_or(&[]), wanted.items().unwrap_or(&[]));
    let found = values.iter().zip(keys).filter(|(_, k)| wanted.contains(k)).map(|(v, _)| v.clone());
    Ok(Value::list(found.collect()))
}

fn one(call: &Call<'_, '_>) -> Answer {
    let value = call.arg(0);
    if let Some(u) = value.as_unknown() {
        let ty = match &u.ty {
            Type::List(t) | Type::Set(t) => (**t).clone(),
            Type::Tuple(types) if types.len() == 1 => types.first().cloned().unwrap_or(Type::Any),
            Type::Tuple(types) if types.is_empty() => return Ok(Value::null()),
            Type::Tuple(_) => return Err("more than one element".into()),
            Type::Any => Type::Any,
            _ => return Err("a list is required".into()),
        };
        return Ok(Value::unknown_of(ty, u.reasons.clone()));
    }
    let items = value.items().ok_or("a list is required")?;
    if let (Kind::Set(_), Some(reasons), false) = (&value.kind, value.first_unknown(), items.len() == 1) {
        return Ok(Value::unknown_of(Type::Any, reasons.clone()));
    }
    match items {
        [] => Ok(Value::null()),
        [only] => Ok(only.clone()),
        _ => Err("more than one element".into()),
    }
}
