//! Making lists and maps of others.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::Takes::{Any, List, MapOfStrings, Null, Number as Num, Strings};
use super::collection::{list, list_like};
use super::numeric::whole;
use super::{Answer, Call, Function, any, same, strings, unknown};
use crate::expr::convert::{sorted, to_text, unify};
use crate::expr::{Kind, Type, Unknown, Value, unify as types};
use crate::source::Text;

/// Lists are taken apart to this depth.
const DEPTH: usize = 100;

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("chunklist", &[List, Num], |args| Type::List(Box::new(same(args))), chunklist).top().keeps_marks(),
    Function::new("compact", &[Strings], strings, |c| {
        let items = list(c, 0)?.iter().filter(|v| v.as_str().is_some_and(|t| !t.is_empty()));
        Ok(Value::list(items.cloned().collect()))
    }),
    Function::new("concat", &[], any, concat).and(Any).own().keeps_marks(),
    Function::new("distinct", &[List], same, distinct),
    Function::new("flatten", &[Any], any, |c| {
        let value = c.arg(0);
        let mut out = Vec::new();
        match value.as_unknown() {
            Some(u) => {
                list_like(u)?;
                Ok(unknown(Type::Any, &u.reasons))
            }
            None => match flatten(&value, &mut out, false, 0)? {
                Some(u) => Ok(unknown(Type::Any, &u.reasons)),
                None => Ok(Value::tuple(out)),
            },
        }
    })
    .own()
    .keeps_marks(),
    // Before 0.15; later versions refuse them.
    Function::new("list", &[], any, |c| Ok(Value::list(unify(c.args.clone())))).and(Null),
    Function::new("map", &[], any, |c| {
        let pairs = c.args.chunks(2).map(|p| Some((to_text(p.first()?)?, p.get(1)?.clone())));
        let fields: Option<Vec<_>> = pairs.collect();
        Ok(Kind::Map(Arc::new(sorted(fields.ok_or("pairs of key and value are required")?))).into())
    })
    .and(Null),
    Function::new("merge", &[], any, merge).and(Null).own().keeps_marks(),
    Function::new("reverse", &[Any], any, reverse).own().keeps_marks(),
    Function::new("slice", &[Any, Num, Num], any, slice).own().keeps_marks(),
    Function::new("sort", &[Strings], strings, sort).top(),
    Function::new("transpose", &[MapOfStrings], |_| Type::Map(Box::new(strings(&[]))), transpose),
    Function::new("zipmap", &[Strings, Any], any, zipmap).own().keeps_marks(),
];

fn chunklist(call: &Call<'_, '_>) -> Answer {
    let size = usize::try_from(whole(call, 1)?).map_err(|_| "size must not be negative")?;
    let items = list(call, 0)?;
    if items.is_empty() {
        return Ok(Value::list(Vec::new()));
    }
    let size = if size == 0 { items.len() } else { size };
    Ok(Value::list(items.chunks(size).map(|c| Value::list(c.to_vec())).collect()))
}

/// The type of several lists one after the other: a list if all are lists of one type, else a tuple; `Any` where
/// a list among tuples, or something untyped, leaves its length open.
fn joined(args: &[Value]) -> Type {
    let all: Vec<Type> = args.iter().map(Value::type_of).collect();
    if all.iter().all(|t| matches!(t, Type::List(_))) {
        return all.iter().fold(Type::Any, |so_far, t| types::merged(&so_far, t));
    }
    let mut items = Vec::new();
    for (ty, value) in all.iter().zip(args) {
        match (ty, value.items()) {
            (Type::Tuple(of), _) => items.extend(of.iter().cloned()),
            (_, Some(known)) => items.extend(known.iter().map(Value::type_of)),
            _ => return Type::Any,
        }
    }
    Type::Tuple(items)
}

fn concat(call: &Call<'_, '_>) -> Answer {
    if call.args.is_empty() {
        return Err("at least one list is required".into());
    }
    let mut items = Vec::new();
    let mut lists = true;
    let (mut least, mut most) = (0, Some(0));
    let mut open: Option<&Unknown> = None;
    for (i, value) in call.args.iter().enumerate() {
        lists &= matches!(value.type_of(), Type::List(_));
        if let Some(u) = value.as_unknown() {
            if !matches!(u.ty, Type::Any | Type::List(_) | Type::Tuple(_)) {
                return Err("lists are required".into());
            }
            let length = if let Type::Tuple(of) = &u.ty { Some(of.len()) } else { None };
            least += length.unwrap_or(u.min_length);
            most = most.zip(length.or(u.max_length)).map(|(a, b)| a + b);
            open = open.or(Some(u));
            continue;
        }
        let more = list(call, i)?;
        least += more.len();
        most = most.map(|m| m + more.len());
        items.extend(more.iter().cloned());
    }
    if let Some(u) = open {
        return Ok(unknown(joined(&call.args), &u.reasons).refined(|u| (u.min_length, u.max_length) = (least, most)));
    }
    Ok(if lists { Value::list(unify(items)) } else { Value::tuple(items) })
}

fn distinct(call: &Call<'_, '_>) -> Answer {
    let mut seen = HashSet::new();
    let items = list(call, 0)?.iter();
    Ok(Value::list(items.filter(|v| seen.insert(super::encoding::json_text(v))).cloned().collect()))
}

/// Elements of lists within lists; the unknown that may be a list, if there is one.
fn flatten<'a>(
    value: &'a Value,
    out: &mut Vec<Value>,
    mark: bool,
    depth: usize,
) -> Result<Option<&'a Unknown>, String> {
    if depth > DEPTH {
        return Err("nested too deep".into());
    }
    for item in value.items().ok_or("a list is required")? {
        match item.as_unknown() {
            Some(u) if matches!(u.ty, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
                return Ok(Some(u));
            }
            _ if item.items().is_some() => {
                if let Some(u) = flatten(item, out, mark || item.sensitive, depth + 1)? {
                    return Ok(Some(u));
                }
            }
            _ => out.push(item.clone().marked(mark)),
        }
    }
    Ok(None)
}

/// Later arguments win; an unknown map may hold any key, an unknown object holds those of its type.
fn merge(call: &Call<'_, '_>) -> Answer {
    let mut fields: IndexMap<Text, Value> = IndexMap::new();
    let mut maps = Type::Any;
    let mut one_type = !call.args.is_empty();
    let mut open: Option<&Unknown> = None;
    let mut shape: Option<IndexMap<Text, Type>> = Some(IndexMap::new());
    for value in &call.args {
        if value.is_null() {
            one_type = false;
            continue;
        }
        let ty = value.type_of();
        one_type &= matches!(ty, Type::Map(_)) && !types::differ(&maps, &ty);
        maps = types::merged(&maps, &ty);
        match (&ty, value.fields()) {
            (Type::Object(of), _) => {
                if let Some(shape) = &mut shape {
                    shape.extend(of.iter().map(|(k, t)| (k.clone(), t.clone())));
                }
            }
            (_, Some(known)) => {
                if let Some(shape) = &mut shape {
                    shape.extend(known.iter().map(|(k, v)| (k.clone(), v.type_of())));
                }
            }
            (Type::Map(_) | Type::Any, None) if value.is_unknown() => shape = None,
            _ => return Err("maps are required".into()),
        }
        if let Some(u) = value.as_unknown() {
            open = open.or(Some(u));
            match &u.ty {
                Type::Object(of) => {
                    fields.extend(of.iter().map(|(k, t)| (k.clone(), Value::unknown_of(t.clone(), u.reasons.clone()))))
                }
                _ => fields.clear(),
            }
        } else if let Some(more) = value.fields() {
            fields.extend(more.iter().map(|(k, v)| (k.clone(), v.clone().marked(value.sensitive))));
        }
    }
    match (open, shape) {
        (Some(u), _) if one_type => Ok(unknown(maps, &u.reasons).refined(|u| u.min_length = fields.len())),
        (Some(u), None) => Ok(unknown(Type::Any, &u.reasons)),
        // An unknown object could be null: then what it would have laid over stays.
        (Some(u), Some(_)) if open_may_be_null(call) => Ok(unknown(Type::Any, &u.reasons)),
        _ if one_type => Ok(Kind::Map(Arc::new(sorted(fields))).into()),
        _ => Ok(Value::object(sorted(fields))),
    }
}

fn open_may_be_null(call: &Call<'_, '_>) -> bool {
    call.args.iter().filter_map(Value::as_unknown).any(|u| !u.not_null)
}

fn reverse(call: &Call<'_, '_>) -> Answer {
    let value = call.arg(0);
    if let Some(u) = value.as_unknown() {
        let ty = match &u.ty {
            Type::List(t) | Type::Set(t) => Type::List(t.clone()),
            Type::Tuple(of) => Type::Tuple(of.iter().rev().cloned().collect()),
            Type::Any => Type::Any,
            _ => return Err("a list is required".into()),
        };
        let (least, most) = (u.min_length, u.max_length);
        return Ok(unknown(ty, &u.reasons).refined(|u| (u.min_length, u.max_length) = (least, most)));
    }
    let items: Vec<Value> = value.items().ok_or("a list is required")?.iter().rev().cloned().collect();
    match (&value.kind, value.first_unknown()) {
        (Kind::Set(_), Some(reasons)) => Ok(unknown(Type::Any, reasons)),
        (Kind::Tuple(_), _) => Ok(Value::tuple(items)),
        _ => Ok(Value::list(items)),
    }
}

fn slice(call: &Call<'_, '_>) -> Answer {
    let value = call.arg(0);
    let bounds = [call.unknown(1), call.unknown(2)];
    let open = value.as_unknown().or(bounds.into_iter().flatten().next());
    if let Some(u) = open {
        let bound = |i| usize::try_from(whole(call, i).ok()?).ok();
        let ty = match (value.type_of(), bound(1), bound(2)) {
            (Type::List(t), ..) => Type::List(t),
            (Type::Tuple(of), Some(from), Some(to)) => Type::Tuple(of.get(from..to).ok_or("out of range")?.to_vec()),
            (Type::Tuple(_) | Type::Any, ..) => Type::Any,
            _ => return Err("a list is required".into()),
        };
        return Ok(unknown(ty, &u.reasons));
    }
    let items = list(call, 0)?;
    let index = |i| usize::try_from(whole(call, i)?).map_err(|_| String::from("index must not be negative"));
    let part = items.get(index(1)?..index(2)?).ok_or("index out of range")?.to_vec();
    Ok(if matches!(value.kind, Kind::Tuple(_)) { Value::tuple(part) } else { Value::list(part) })
}

fn sort(call: &Call<'_, '_>) -> Answer {
    let items = list(call, 0)?;
    if items.iter().any(Value::is_null) {
        return Err("a list of strings is required".into());
    }
    if let Some(reasons) = items.iter().find_map(Value::reasons) {
        // As many, but which comes where isn't known.
        return Ok(Value::list(items.iter().map(|_| unknown(Type::String, reasons)).collect()));
    }
    let mut items: Vec<Text> =
        items.iter().map(|v| to_text(v).ok_or("a list of strings is required")).collect::<Result<_, _>>()?;
    items.sort();
    Ok(Value::list(items.into_iter().map(Value::string).collect()))
}

fn transpose(call: &Call<'_, '_>) -> Answer {
    let mut out: IndexMap<Text, Vec<Value>> = IndexMap::new();
    let map = call.arg(0);
    for (key, values) in map.fields().ok_or("a map of lists is required")? {
        for value in values.items().ok_or("a map of lists is required")? {
            out.entry(to_text(value).ok_or("a map of lists of strings is required")?)
                .or_default()
                .push(Value::string(key.clone()));
        }
    }
    Ok(Kind::Map(Arc::new(sorted(out.into_iter().map(|(k, v)| (k, Value::list(v)))))).into())
}

fn zipmap(call: &Call<'_, '_>) -> Answer {
    let (keys, values) = (call.arg(0), call.arg(1));
    let element = match values.type_of() {
        Type::List(t) => Some(t),
        Type::Tuple(_) | Type::Any => None,
        _ => return Err("a list of values is required".into()),
    };
    let ty = || element.clone().map_or(Type::Any, Type::Map);
    let mark = keys.has_sensitive();
    if let Some(reasons) = keys.first_unknown() {
        return Ok(unknown(ty(), reasons).marked(mark));
    }
    let keys: Option<Vec<Text>> = keys.items().unwrap_or(&[]).iter().map(to_text).collect();
    let keys = keys.ok_or("keys must be strings")?;
    if let Some(u) = values.as_unknown() {
        let ty = match &u.ty {
            Type::Tuple(of) if of.len() == keys.len() => {
                Type::Object(keys.iter().cloned().zip(of.iter().cloned()).collect())
            }
            Type::Tuple(_) => return Err("lists of different lengths".into()),
            _ => ty(),
        };
        return Ok(unknown(ty, &u.reasons).marked(mark));
    }
    let values = values.items().unwrap_or(&[]);
    if keys.len() != values.len() {
        return Err("lists of different lengths".into());
    }
    let fields = sorted(keys.into_iter().zip(values.iter().cloned()));
    let zipped = if element.is_some() { Kind::Map(Arc::new(fields)).into() } else { Value::object(fields) };
    Ok(zipped.marked(mark))
}
