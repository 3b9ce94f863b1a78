//! Comparing values with Terraform's recorded answers (testdata/expr/record.py says how they are written).
#![allow(dead_code, clippy::unwrap_used)]

use lastcopy::expr::{Kind, Number, Type, Unknown, Value};
use serde_json::Value as Json;

/// A value for people.
pub fn show(value: &Value) -> String {
    match (&value.kind, value.items(), value.fields()) {
        (Kind::Unknown(u), ..) => {
            format!("unknown({:?}{}{})", u.ty, if u.not_null { ", not null" } else { "" }, u.prefix.is_some())
        }
        (Kind::Number(n), ..) => n.to_string(),
        (Kind::String(s), ..) => format!("{:?}", s.as_str()),
        (Kind::List(_), Some(i), _) => format!("list[{}]", i.iter().map(show).collect::<Vec<_>>().join(", ")),
        (Kind::Set(_), Some(i), _) => format!("set[{}]", i.iter().map(show).collect::<Vec<_>>().join(", ")),
        (_, Some(i), _) => format!("[{}]", i.iter().map(show).collect::<Vec<_>>().join(", ")),
        (kind, _, Some(f)) => {
            let fields: Vec<_> = f.iter().map(|(k, v)| format!("{} = {}", k.as_str(), show(v))).collect();
            format!("{}{{{}}}", if matches!(kind, Kind::Map(_)) { "map" } else { "" }, fields.join(", "))
        }
        (Kind::Bool(b), ..) => b.to_string(),
        _ => "null".into(),
    }
}

/// Whether a value is what Terraform answered. Where ours is unknown, `theirs` must be one of the values it
/// stands for.
pub fn agrees(ours: &Value, ty: &Json, theirs: &Json) -> bool {
    let inner = |i: usize| if ty[0] == "tuple" { &ty[1][i] } else { &ty[1] };
    if let Kind::Unknown(unknown) = &ours.kind {
        return stands_for(unknown, ty, theirs);
    }
    match theirs {
        Json::Null => ours.is_null(),
        Json::Bool(b) => ours.as_bool() == Some(*b),
        Json::String(s) => ours.as_str() == Some(s),
        Json::Array(items) => {
            let kind = match ours.kind {
                Kind::List(_) => "list",
                Kind::Set(_) => "set",
                _ => "tuple",
            };
            let Some(mine) = ours.items() else { return false };
            if kind == "set" && ours.has_unknown() {
                // Its unknown elements may be equal to others.
                return mine.iter().filter(|v| !v.has_unknown()).all(|v| items.iter().any(|t| agrees(v, inner(0), t)));
            }
            (ty.is_null() || ty[0] == kind)
                && mine.len() == items.len()
                && mine.iter().zip(items).enumerate().all(|(i, (v, t))| agrees(v, inner(i), t))
        }
        Json::Object(tagged) => match (tagged.get("n"), tagged.get("o")) {
            (Some(digits), _) => {
                let digits = digits.as_str().unwrap_or("");
                // A plan keeps a number that a 64-bit float holds exactly as such.
                ours.as_number().is_some_and(|n| {
                    n.to_string() == digits || n.with_precision(53).eq(n) && n.with_precision(53).to_string() == digits
                })
            }
            (_, Some(Json::Object(fields))) => {
                let kind = if matches!(ours.kind, Kind::Map(_)) { "map" } else { "object" };
                let Some(mine) = ours.fields() else { return false };
                let of = |key: &String| if ty[0] == "object" { &ty[1][key] } else { &ty[1] };
                (ty.is_null() || ty[0] == kind)
                    && mine.len() == fields.len()
                    && fields.iter().all(|(k, t)| mine.get(k.as_str()).is_some_and(|v| agrees(v, of(k), t)))
            }
            _ => false,
        },
        Json::Number(_) => false,
    }
}

pub fn stands_for(unknown: &Unknown, ty: &Json, theirs: &Json) -> bool {
    if theirs.is_null() {
        return !unknown.not_null;
    }
    let length = theirs.as_array().map(Vec::len).or_else(|| theirs.get("o")?.as_object().map(|o| o.len()));
    let number = theirs.get("n").and_then(Json::as_str).and_then(Number::parse);
    fits(&unknown.ty, ty)
        && unknown.prefix.as_ref().is_none_or(|p| theirs.as_str().is_some_and(|s| s.starts_with(p.as_str())))
        && length.is_none_or(|n| n >= unknown.min_length && unknown.max_length.is_none_or(|m| n <= m))
        && number.is_none_or(|n| {
            unknown.least.as_ref().is_none_or(|least| n >= *least)
                && unknown.most.as_ref().is_none_or(|most| n <= *most)
        })
}

/// Whether a type of ours is Terraform's.
pub fn fits(ours: &Type, theirs: &Json) -> bool {
    match ours {
        Type::Any => true,
        Type::String => theirs == "string",
        Type::Number => theirs == "number",
        Type::Bool => theirs == "bool",
        Type::List(t) => theirs[0] == "list" && fits(t, &theirs[1]),
        Type::Set(t) => theirs[0] == "set" && fits(t, &theirs[1]),
        Type::Map(t) => theirs[0] == "map" && fits(t, &theirs[1]),
        Type::Tuple(t) => {
            theirs[0] == "tuple"
                && theirs[1].as_array().is_some_and(|a| a.len() == t.len() && t.iter().zip(a).all(|(t, a)| fits(t, a)))
        }
        Type::Object(fields) => {
            theirs[0] == "object" && fields.iter().all(|(k, t)| theirs[1].get(k.as_str()).is_some_and(|j| fits(t, j)))
        }
    }
}

/// Whether all that Terraform's plan knows is known to us, and the same.
pub fn knows(ours: &Value, plan: &Json) -> bool {
    if plan.get("u").is_some() {
        return true;
    }
    if ours.is_unknown() {
        return false;
    }
    match plan {
        Json::Array(items) => {
            if matches!(ours.kind, Kind::Set(_)) && ours.has_unknown() {
                return true;
            }
            ours.items().is_some_and(|m| m.len() == items.len() && m.iter().zip(items).all(|(v, t)| knows(v, t)))
        }
        Json::Object(tagged) if tagged.contains_key("o") => {
            let fields = tagged["o"].as_object().unwrap();
            ours.fields().is_some_and(|m| {
                m.len() == fields.len() && fields.iter().all(|(k, t)| m.get(k.as_str()).is_some_and(|v| knows(v, t)))
            })
        }
        _ => agrees(ours, &Json::Null, plan),
    }
}

/// Whether we know something the plan leaves open.
pub fn knows_more(ours: &Value, plan: &Json) -> bool {
    if plan.get("u").is_some() {
        return !ours.is_unknown();
    }
    match plan {
        Json::Array(items) => {
            ours.items().is_some_and(|m| m.len() == items.len() && m.iter().zip(items).any(|(v, t)| knows_more(v, t)))
        }
        Json::Object(tagged) if tagged.contains_key("o") => {
            let fields = tagged["o"].as_object().unwrap();
            ours.fields()
                .is_some_and(|m| fields.iter().any(|(k, t)| m.get(k.as_str()).is_some_and(|v| knows_more(v, t))))
        }
        _ => false,
    }
}

/// Whether an answer is one of those a plan leaves open.
pub fn holds(plan: &Json, answer: &Json) -> bool {
    if plan.get("u").is_some() {
        return true;
    }
    match (plan, answer) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| holds(a, b)),
        (Json::Object(a), Json::Object(b)) if a.contains_key("o") && b.contains_key("o") => {
            let (a, b) = (a["o"].as_object().unwrap(), b["o"].as_object().unwrap());
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| holds(v, w)))
        }
        _ => plan == answer,
    }
}
