//! Sets.

use super::Takes::{Any, Set};
use super::{Answer, Call, Function, any, unknown};
use crate::expr::convert::{convert, set_of};
use crate::expr::equality::equal;
use crate::expr::unify::unify;
use crate::expr::{Kind, Type, Value};
use crate::finding::Reason;

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[Set], unified, |c| combine(c, Op::Intersection)).and(Set).top(),
    Function::new("setunion", &[Set], unified, |c| combine(c, Op::Union)).and(Set).top(),
    Function::new("setsubtract", &[Set, Set], unified, |c| combine(c, Op::Subtraction)).top(),
    Function::new("setproduct", &[], any, product).and(Any).own().keeps_marks(),
];

/// The type that all arguments are converted to.
fn unified(args: &[Value]) -> Type {
    unify(&args.iter().map(Value::type_of).collect::<Vec<_>>()).unwrap_or(Type::Any)
}

#[derive(Clone, Copy, PartialEq)]
enum Op {
    Intersection,
    Union,
    Subtraction,
}

fn combine(call: &Call<'_, '_>, op: Op) -> Answer {
    let types: Vec<Type> = call.args.iter().map(Value::type_of).collect();
    let ty = unify(&types).ok_or("sets of one type are required")?;
    let mut sets = Vec::new();
    for value in &call.args {
        sets.push(convert(value, &ty, call.span)?);
    }
    if op != Op::Union
        && let Some(reasons) = sets.iter().find_map(Value::first_unknown)
    {
        return Ok(unknown(ty, reasons));
    }
    let mut sets = sets.iter().filter_map(Value::items);
    let mut so_far = sets.next().ok_or("a set is required")?.to_vec();
    for next in sets {
        let in_next = |v: &Value| next.iter().any(|n| equal(v, n) == Ok(true));
        match op {
            Op::Intersection => so_far.retain(in_next),
            Op::Subtraction => so_far.retain(|v| !in_next(v)),
            Op::Union => so_far.extend(next.iter().cloned()),
        }
    }
    Ok(set_of(so_far))
}

/// Every combination: a set if there is a set among the arguments, else a list.
fn product(call: &Call<'_, '_>) -> Answer {
    if call.args.len() < 2 {
        return Err("at least two are required".into());
    }
    let mut any_set = false;
    let mut columns = Vec::new();
    for value in &call.args {
        any_set |= matches!(value.type_of(), Type::Set(_));
        let ty = match value.type_of() {
            Type::Set(_) => Type::Set(Box::new(Type::Any)),
            _ => Type::List(Box::new(Type::Any)),
        };
        if let Some(u) = value.as_unknown() {
            super::collection::list_like(u)?;
        }
        columns.push(convert(value, &ty, call.span)?);
    }
    let element = |v: &Value| match v.type_of() {
        Type::List(t) | Type::Set(t) => *t,
        _ => Type::Any,
    };
    let row = Type::Tuple(columns.iter().map(element).collect());
    if let Some(reasons) = columns.iter().find_map(Value::reasons) {
        let ty = if any_set { Type::Set(Box::new(row)) } else { Type::List(Box::new(row)) };
        return Ok(unknown(ty, reasons));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for column in &columns {
        let items = column.items().ok_or("lists are required")?;
        if rows.len().saturating_mul(items.len()) > call.evaluator.limits.elements {
            let message = format!("more than {} elements", call.evaluator.limits.elements);
            return Ok(Value::unknown(Reason::at("limit", message, call.span)));
        }
        rows = rows
            .iter()
            .flat_map(|row| items.iter().map(|item| row.iter().cloned().chain([item.clone()]).collect()))
            .collect();
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    Ok(if any_set { set_of(rows) } else { Kind::List(std::sync::Arc::new(rows)).into() })
}
