//! Conversions and marks.

use super::{Answer, Call, Function};
use crate::expr::convert::convert;
use crate::expr::{Kind, Type, Value};

const fn f(name: &'static str, run: fn(&Call<'_, '_>) -> Answer) -> Function {
    Function { name, arity: (1, 1), takes_unknown: true, run }
}

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    f("tostring", |c| to(c, &Type::String)),
    f("tonumber", |c| to(c, &Type::Number)),
    f("tobool", |c| to(c, &Type::Bool)),
    f("tolist", |c| to(c, &Type::List(Box::new(Type::Any)))),
    f("toset", |c| to(c, &Type::Set(Box::new(Type::Any)))),
    f("tomap", |c| to(c, &Type::Map(Box::new(Type::Any)))),
    f("sensitive", |c| Ok(first(c).marked(true))),
    f("nonsensitive", |c| Ok(Value { sensitive: false, ..first(c) })),
    f("issensitive", |c| Ok(Value::bool(first(c).sensitive))),
    f("ephemeralasnull", |c| Ok(first(c))),
    f("type", |c| Ok(Value::string(name(&first(c).type_of())))),
];

fn first(call: &Call<'_, '_>) -> Value {
    call.args.first().cloned().unwrap_or_else(Value::null)
}

fn to(call: &Call<'_, '_>, ty: &Type) -> Answer {
    let value = first(call);
    // `tostring` and its kin keep where the value came from, and the attribute an unknown stands for.
    if let (Kind::Unknown(_), false) = (&value.kind, matches!(ty, Type::String | Type::Number | Type::Bool)) {
        return Ok(value);
    }
    convert(&value, ty, call.span)
}

fn name(ty: &Type) -> String {
    match ty {
        Type::Any => "any".into(),
        Type::String => "string".into(),
        Type::Number => "number".into(),
        Type::Bool => "bool".into(),
        Type::List(t) => format!("list({})", name(t)),
        Type::Set(t) => format!("set({})", name(t)),
        Type::Map(t) => format!("map({})", name(t)),
        Type::Tuple(items) => format!("tuple([{}])", items.iter().map(name).collect::<Vec<_>>().join(", ")),
        Type::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(k, t)| format!("{}={}", k.as_str(), name(t))).collect();
            format!("object({{{}}})", fields.join(", "))
        }
    }
}
