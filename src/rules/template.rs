//! Messages and help: HCL templates that never change an outcome. What can't be known prints
//! `(unknown)`, null `(none)`, a sensitive value `(sensitive)`; what is said under a condition that
//! can't be known isn't said.

use crate::expr::convert::{to_bool, to_text};
use crate::expr::{Limits, Value, evaluate};
use crate::rules::scope::Names;
use crate::source::Text;
use crate::syntax::hcl::{Expr, ExprKind, Part};

/// Written where the template itself is mistaken; `lastcopy test` fails on it.
pub const ERROR: &str = "(error)";

/// No piece is begun beyond so many bytes.
const LENGTH: usize = 64 << 10;
const DEPTH: usize = 100;

/// The text of a template for one fact.
pub fn render(template: Option<&Expr>, names: &mut Names<'_>, limits: Limits) -> String {
    let mut text = String::new();
    match template.map(|t| &t.kind) {
        Some(ExprKind::Template(parts)) => write(parts, names, limits, &mut text, 0),
        Some(ExprKind::String(literal)) => text.push_str(literal),
        _ => text.push_str(ERROR),
    }
    text
}

/// The text of a template without a fact: `<attribute>` stands for a value, what is said under a
/// condition is said.
pub fn outline(template: &Expr) -> String {
    let mut text = String::new();
    match &template.kind {
        ExprKind::Template(parts) => sketch(parts, &mut text, 0),
        ExprKind::String(literal) => text.push_str(literal),
        _ => {}
    }
    text
}

fn sketch(parts: &[Part], text: &mut String, depth: usize) {
    for part in parts.iter().filter(|_| depth < DEPTH) {
        match part {
            Part::Literal(literal, _) => text.push_str(literal),
            Part::Interpolation(expr) => text.push_str(&format!("<{}>", last_name(expr).unwrap_or("…"))),
            Part::If(_, body, _) | Part::For { body, .. } => sketch(body, text, depth + 1),
        }
    }
}

/// The attribute that an expression is about, if it is about one.
fn last_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Attribute(_, name) => Some(&name.name),
        ExprKind::Variable(name) => Some(name),
        ExprKind::Call { args, .. } => args.iter().find_map(last_name),
        _ => None,
    }
}

fn write(parts: &[Part], names: &mut Names<'_>, limits: Limits, text: &mut String, depth: usize) {
    for part in parts {
        if depth > DEPTH || text.len() > LENGTH {
            text.push('…');
            return;
        }
        match part {
            Part::Literal(literal, _) => text.push_str(literal),
            Part::Interpolation(expr) => {
                let value = eval(expr, names, limits);
                match word(&value) {
                    Some(word) => text.push_str(word),
                    None => text.push_str(to_text(&value).as_deref().unwrap_or(ERROR)),
                }
            }
            Part::If(condition, yes, no) => {
                let condition = eval(condition, names, limits);
                match (word(&condition), to_bool(&condition)) {
                    (Some("(unknown)"), _) => write(no, names, limits, text, depth + 1),
                    (None, Some(truth)) => write(if truth { yes } else { no }, names, limits, text, depth + 1),
                    (word, _) => text.push_str(word.unwrap_or(ERROR)),
                }
            }
            Part::For { key, value, collection, body } => {
                let of = eval(collection, names, limits);
                let Some(pairs) = pairs(&of) else {
                    text.push_str(word(&of).unwrap_or(ERROR));
                    continue;
                };
                for (k, v) in pairs {
                    let before = names.bound.len();
                    names.bound.extend(key.as_ref().map(|name| (name.name.clone(), k)));
                    names.bound.push((value.name.clone(), v.marked(of.sensitive)));
                    write(body, names, limits, text, depth + 1);
                    names.bound.truncate(before);
                }
            }
        }
    }
}

fn eval(expr: &Expr, names: &Names<'_>, limits: Limits) -> Value {
    evaluate(expr, names, limits).value
}

/// What stands for a value that isn't printed itself.
fn word(value: &Value) -> Option<&'static str> {
    if let Some(reasons) = value.reasons() {
        let mistaken = reasons.iter().any(|r| {
            let own = r.span.is_some_and(|s| s.source == crate::rules::compiled::RULE_SOURCE);
            own && matches!(r.kind, "evaluation-error" | "limit")
        });
        return Some(if mistaken { ERROR } else { "(unknown)" });
    }
    if value.is_null() {
        return Some("(none)");
    }
    value.has_sensitive().then_some("(sensitive)")
}

fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    if let Some(fields) = value.fields() {
        return Some(fields.iter().map(|(k, v): (&Text, &Value)| (Value::string(k.clone()), v.clone())).collect());
    }
    let items = value.items()?;
    Some(items.iter().enumerate().map(|(i, v)| (Value::int(i as i64), v.clone())).collect())
}
