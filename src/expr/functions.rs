//! Terraform's built-in functions, by family.

pub mod collection;
mod dates;
mod digest;
pub mod encoding;
mod files;
mod format;
mod lazy;
mod network;
mod numeric;
mod pattern;
mod sets;
mod shape;
mod string;
mod text;
mod types;
mod yaml;

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::convert::{convert, unmarked};
use crate::expr::evaluate::Evaluator;
use crate::expr::unify::converts;
use crate::expr::weight::{LONGEST, Weight, too_large, too_long};
use crate::expr::{Type, Unknown, Value};
use crate::finding::Reason;
use crate::source::Span;
use crate::syntax::hcl::{Expr, Ident};

/// What a function is given.
pub struct Call<'a, 'b> {
    /// The evaluation it is part of.
    pub evaluator: &'a Evaluator<'b>,
    /// The call.
    pub span: Span,
    /// The arguments, evaluated and converted.
    pub args: Vec<Value>,
}

/// A function's result: `Err` is what Terraform would refuse.
pub type Answer = Result<Value, String>;

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Anything but null.
    Any,
    /// Anything.
    Null,
    String,
    Number,
    Strings,
    Bools,
    /// A list of any one type.
    List,
    /// A set of any one type.
    Set,
    /// A map of lists of strings.
    MapOfStrings,
}

impl Takes {
    fn ty(self) -> Type {
        let list = |t| Type::List(Box::new(t));
        match self {
            Takes::Any | Takes::Null => Type::Any,
            Takes::String => Type::String,
            Takes::Number => Type::Number,
            Takes::Strings => list(Type::String),
            Takes::Bools => list(Type::Bool),
            Takes::List => list(Type::Any),
            Takes::Set => Type::Set(Box::new(Type::Any)),
            Takes::MapOfStrings => Type::Map(Box::new(list(Type::String))),
        }
    }
}

/// How a function meets unknown arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknowns {
    /// One anywhere, at any depth, makes the result unknown.
    Deep,
    /// One that is unknown itself makes the result unknown; inside lists and maps the function looks itself.
    Top,
    /// It looks at all of them itself.
    Own,
}

/// What a function does with marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// Any mark at any depth marks the result.
    Spread,
    /// Elements keep theirs, and an argument's own marks the result: what hands elements on.
    Kept,
    /// It sees to them itself.
    Own,
}

/// A built-in function.
struct Function {
    name: &'static str,
    takes: &'static [Takes],
    /// What any further arguments are.
    rest: Option<Takes>,
    unknowns: Unknowns,
    marks: Marks,
    /// The type of the result, where it is unknown.
    result: fn(&[Value]) -> Type,
    run: fn(&Call<'_, '_>) -> Answer,
}

impl Function {
    const fn new(
        name: &'static str,
        takes: &'static [Takes],
        result: fn(&[Value]) -> Type,
        run: fn(&Call<'_, '_>) -> Answer,
    ) -> Self {
        Function { name, takes, rest: None, unknowns: Unknowns::Deep, marks: Marks::Spread, result, run }
    }

    /// Takes any number of further arguments.
    const fn and(self, rest: Takes) -> Self {
        Function { rest: Some(rest), ..self }
    }

    /// Looks at unknowns inside lists and maps itself.
    const fn top(self) -> Self {
        Function { unknowns: Unknowns::Top, ..self }
    }

    /// Looks at all unknowns itself.
    const fn own(self) -> Self {
        Function { unknowns: Unknowns::Own, ..self }
    }

    /// Elements keep their own marks.
    const fn keeps_marks(self) -> Self {
        Function { marks: Marks::Kept, ..self }
    }

    /// It sees to marks itself.
    const fn own_marks(self) -> Self {
        Function { marks: Marks::Own, ..self }
    }
}

fn any(_: &[Value]) -> Type {
    Type::Any
}

fn string(_: &[Value]) -> Type {
    Type::String
}

fn number(_: &[Value]) -> Type {
    Type::Number
}

fn boolean(_: &[Value]) -> Type {
    Type::Bool
}

fn strings(_: &[Value]) -> Type {
    Type::List(Box::new(Type::String))
}

/// The type of the first argument.
fn same(args: &[Value]) -> Type {
    args.first().map_or(Type::Any, Value::type_of)
}

/// Functions whose result depends on the time or on chance, and what they give.
const IMPURE: [&str; 4] = ["timestamp", "plantimestamp", "uuid", "bcrypt"];

/// Functions whose arguments are not simply evaluated.
const LAZY: [&str; 3] = ["try", "can", "templatestring"];

const FAMILIES: [&[Function]; 14] = [
    numeric::FUNCTIONS,
    string::FUNCTIONS,
    pattern::FUNCTIONS,
    format::FUNCTIONS,
    collection::FUNCTIONS,
    shape::FUNCTIONS,
    sets::FUNCTIONS,
    encoding::FUNCTIONS,
    yaml::FUNCTIONS,
    digest::FUNCTIONS,
    text::FUNCTIONS,
    dates::FUNCTIONS,
    types::FUNCTIONS,
    network::FUNCTIONS,
];

/// Whether a condition of a rule may call it: a pure built-in function.
pub fn is_pure(name: &str) -> bool {
    matches!(name, "try" | "can") || FAMILIES.into_iter().flatten().any(|f| f.name == name)
}

fn find(name: &str) -> Option<&'static Function> {
    FAMILIES.into_iter().chain([files::FUNCTIONS]).flatten().find(|f| f.name == name)
}

/// Every built-in function's name.
pub fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.into_iter().chain([files::FUNCTIONS]).flatten().map(|f| f.name).chain(LAZY).chain(IMPURE)
}

/// Calls a function.
pub fn call(evaluator: &Evaluator<'_>, name: &Ident, args: &[Expr], expand: bool, span: Span) -> Value {
    let plain = name.name.strip_prefix("core::").unwrap_or(&name.name);
    match plain {
        "try" => return lazy::try_(evaluator, args, span),
        "can" => return lazy::can(evaluator, args, span),
        "templatestring" => return lazy::template_string(evaluator, args, span),
        _ => {}
    }
    if plain.starts_with("provider::") {
        let message = format!("`{plain}` is a function of a provider");
        return Value::unknown(Reason::at("provider-function", message, span));
    }
    let mut values: Vec<Value> = args.iter().map(|e| evaluator.eval(e)).collect();
    if IMPURE.contains(&plain) {
        let reason = Reason::at("impure-function", format!("`{plain}` gives another value each time"), span);
        return Value::unknown_not_null(Type::String, Arc::new(vec![reason]));
    }
    let Some(function) = find(plain) else {
        if let Some(value) = evaluator.own_function(plain, &values, span) {
            return value;
        }
        let reason = Reason::at("unknown-function", format!("function `{plain}` isn't known here"), span);
        return Value::unknown(reason);
    };
    if expand {
        let Some(last) = values.pop() else { return evaluator.fail(span, "nothing to expand") };
        if let Some(reasons) = last.reasons() {
            evaluator.may_fail();
            return Value::unknown_of(Type::Any, reasons.clone()).marked(last.sensitive);
        }
        match last.items() {
            Some(items) => values.extend(items.iter().map(|v| v.clone().marked(last.sensitive))),
            None => return evaluator.fail(span, "only a list can be expanded"),
        }
    }
    run(evaluator, function, values, span)
}

/// Functions that don't go through all of their arguments: what is large is no burden to them.
const LIGHT: [&str; 6] = ["length", "lookup", "element", "keys", "coalesce", "one"];

/// Whether there is too much to go through.
fn too_much(function: &Function, values: &[Value]) -> bool {
    let mut weight = Weight::default();
    if !LIGHT.contains(&function.name) {
        values.iter().for_each(|v| weight.value(v));
    }
    weight.is_too_much()
}

/// A result, where it isn't too large.
fn within(evaluator: &Evaluator<'_>, value: Value, span: Span) -> Value {
    let elements = value.items().map(<[Value]>::len).or_else(|| value.fields().map(IndexMap::len));
    match (value.as_str(), elements) {
        (Some(text), _) if text.len() > LONGEST => too_long(span),
        (_, Some(n)) if n > evaluator.limits.elements => too_large(span),
        _ => value,
    }
}

fn run(evaluator: &Evaluator<'_>, function: &Function, values: Vec<Value>, span: Span) -> Value {
    if too_much(function, &values) {
        return too_large(span);
    }
    let fail = |message: &str| evaluator.fail(span, format!("{}: {message}", function.name));
    if values.len() < function.takes.len() || values.len() > function.takes.len() && function.rest.is_none() {
        return evaluator.fail(span, format!("wrong number of arguments for `{}`", function.name));
    }
    let mark = match function.marks {
        Marks::Spread => values.iter().any(Value::has_sensitive),
        Marks::Kept => values.iter().any(|v| v.sensitive),
        Marks::Own => false,
    };
    let mut args = Vec::with_capacity(values.len());
    let mut unknown = None;
    for (i, value) in values.into_iter().enumerate() {
        let takes = function.takes.get(i).copied().or(function.rest).unwrap_or(Takes::Null);
        if value.is_null() && takes != Takes::Null {
            return fail("an argument must not be null");
        }
        let could_be_null = takes != Takes::Null && value.as_unknown().is_some_and(|u| !u.not_null);
        if could_be_null || !fits(&value, &takes.ty()) {
            evaluator.may_fail();
        }
        let value = match convert(&value, &takes.ty(), span) {
            Ok(value) => value,
            Err(message) => return fail(&message),
        };
        let reasons = match function.unknowns {
            Unknowns::Deep => value.first_unknown(),
            Unknowns::Top => value.reasons(),
            Unknowns::Own => None,
        };
        unknown = unknown.or(reasons.cloned());
        args.push(if function.marks == Marks::Spread { unmarked(value) } else { value });
    }
    if let Some(reasons) = unknown {
        evaluator.may_fail();
        return Value::unknown_not_null((function.result)(&args), reasons).marked(mark);
    }
    let call = Call { evaluator, span, args };
    match (function.run)(&call) {
        Ok(value) => {
            // What only hands elements on doesn't look at them.
            let looks = function.marks == Marks::Spread || value.is_unknown();
            if looks && value.has_unknown() && call.args.iter().any(Value::has_unknown) {
                evaluator.may_fail();
            }
            within(evaluator, value, span).marked(mark)
        }
        Err(message) => fail(&message),
    }
}

/// Whether every unknown in a value converts to what is taken, whatever it turns out to be.
fn fits(value: &Value, ty: &Type) -> bool {
    if let Some(unknown) = value.as_unknown() {
        return *ty == Type::Any || unknown.ty != Type::Any && converts(&unknown.ty, ty, false);
    }
    let element = match ty {
        Type::List(t) | Type::Set(t) | Type::Map(t) => t,
        _ => return true,
    };
    value.items().is_none_or(|items| items.iter().all(|v| fits(v, element)))
        && value.fields().is_none_or(|fields| fields.values().all(|v| fits(v, element)))
}

impl Call<'_, '_> {
    /// An argument; null where there is none.
    fn arg(&self, index: usize) -> Value {
        self.args.get(index).cloned().unwrap_or_else(Value::null)
    }

    /// An unknown argument's description.
    fn unknown(&self, index: usize) -> Option<&Unknown> {
        self.args.get(index).and_then(Value::as_unknown)
    }
}

/// An unknown result that isn't null.
fn unknown(ty: Type, reasons: &Arc<Vec<Reason>>) -> Value {
    Value::unknown_not_null(ty, reasons.clone())
}

/// Refuses an unknown that can't turn out to be what is wanted.
fn could_be(unknown: &Unknown, wanted: &[Type]) -> Result<(), String> {
    if wanted.iter().any(|w| converts(&unknown.ty, w, true)) {
        Ok(())
    } else {
        Err(format!("a {} isn't what is required", unknown.ty.kind()))
    }
}
