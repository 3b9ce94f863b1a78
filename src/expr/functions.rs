//! Terraform's built-in functions, by family.

pub mod collection;
pub mod encoding;
mod network;
mod numeric;
mod string;
mod types;

use std::sync::Arc;

use crate::expr::evaluate::Evaluator;
use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::source::Span;
use crate::syntax::hcl::{Expr, Ident};

/// What a function is given.
pub struct Call<'a, 'b> {
    /// The evaluation it is part of.
    pub evaluator: &'a Evaluator<'b>,
    /// The call.
    pub span: Span,
    /// The arguments, evaluated.
    pub args: Vec<Value>,
}

/// A function's result: `Err` is what Terraform would refuse.
pub type Answer = Result<Value, String>;

/// A built-in function.
struct Function {
    name: &'static str,
    /// Fewest and most arguments.
    arity: (usize, usize),
    /// Whether it looks at unknown arguments itself; otherwise one unknown anywhere makes it unknown.
    takes_unknown: bool,
    run: fn(&Call<'_, '_>) -> Answer,
}

const ANY: usize = usize::MAX;

/// Functions whose result depends on the time or on chance.
const IMPURE: [&str; 4] = ["timestamp", "plantimestamp", "uuid", "bcrypt"];

/// Whether a condition of a rule may call it: a pure built-in function.
pub fn is_pure(name: &str) -> bool {
    let reads_files = name.starts_with("file") || name == "templatefile" || name == "abspath" || name == "pathexpand";
    matches!(name, "try" | "can") || (!reads_files && find(name).is_some())
}

fn find(name: &str) -> Option<&'static Function> {
    let families = [
        numeric::FUNCTIONS,
        string::FUNCTIONS,
        collection::FUNCTIONS,
        encoding::FUNCTIONS,
        types::FUNCTIONS,
        network::FUNCTIONS,
    ];
    families.into_iter().flatten().find(|f| f.name == name)
}

/// Every built-in function's name.
pub fn names() -> impl Iterator<Item = &'static str> {
    let families = [
        numeric::FUNCTIONS,
        string::FUNCTIONS,
        collection::FUNCTIONS,
        encoding::FUNCTIONS,
        types::FUNCTIONS,
        network::FUNCTIONS,
    ];
    families.into_iter().flatten().map(|f| f.name).chain(["try", "can"])
}

/// Calls a function.
pub fn call(evaluator: &Evaluator<'_>, name: &Ident, args: &[Expr], expand: bool, span: Span) -> Value {
    let name_text = name.name.strip_prefix("core::").unwrap_or(&name.name);
    match name_text {
        "try" => return try_(evaluator, args, span),
        "can" => return can(evaluator, args),
        _ => {}
    }
    if name_text.starts_with("provider::") {
        let message = format!("`{name_text}` is a function of a provider");
        return Value::unknown(Reason::at("provider-function", message, span));
    }
    if IMPURE.contains(&name_text) {
        let message = format!("`{name_text}` gives another value each time");
        return Value::unknown(Reason::at("impure-function", message, span));
    }
    let Some(function) = find(name_text) else {
        let message = format!("function `{name_text}` isn't known here");
        return Value::unknown(Reason::at("unknown-function", message, span));
    };
    let mut values: Vec<Value> = args.iter().map(|e| evaluator.eval(e)).collect();
    if expand {
        let Some(last) = values.pop() else { return evaluator.fail(span, "nothing to expand") };
        if let Some(reasons) = last.reasons() {
            return Value::unknown_of(Type::Any, reasons.clone()).marked(last.sensitive);
        }
        match last.items() {
            Some(items) => values.extend(items.iter().map(|v| v.clone().marked(last.sensitive))),
            None => return evaluator.fail(span, "only a list can be expanded"),
        }
    }
    if values.len() < function.arity.0 || values.len() > function.arity.1 {
        return evaluator.fail(span, format!("wrong number of arguments for `{name_text}`"));
    }
    let mark = values.iter().any(Value::has_sensitive) && !matches!(name_text, "nonsensitive" | "issensitive");
    if !function.takes_unknown
        && let Some(reasons) = values.iter().find_map(Value::first_unknown)
    {
        return Value::unknown_of(Type::Any, reasons.clone()).marked(mark);
    }
    let call = Call { evaluator, span, args: values };
    match (function.run)(&call) {
        Ok(value) => value.marked(mark),
        Err(message) => evaluator.fail(span, format!("{name_text}: {message}")),
    }
}

/// The first argument that evaluates without an error. An unknown one might turn out either way.
fn try_(evaluator: &Evaluator<'_>, args: &[Expr], span: Span) -> Value {
    for arg in args {
        match evaluator.attempt(arg) {
            Ok(value) => return value,
            Err(errors) if errors.iter().any(|e| e.kind != "evaluation-error") => {
                return Value::unknown_of(Type::Any, Arc::new(errors));
            }
            Err(_) => {}
        }
    }
    evaluator.fail(span, "try: no argument could be evaluated")
}

fn can(evaluator: &Evaluator<'_>, args: &[Expr]) -> Value {
    let [arg] = args else { return Value::bool(false) };
    match evaluator.attempt(arg) {
        Ok(value) => match value.first_unknown() {
            Some(reasons) => Value::unknown_of(Type::Bool, reasons.clone()),
            None => Value::bool(true),
        },
        Err(_) => Value::bool(false),
    }
}
