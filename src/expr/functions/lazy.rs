//! `try`, `can` and `templatestring`: what looks at its arguments before they are evaluated.

use std::sync::Arc;

use crate::expr::convert::placeless;
use crate::expr::evaluate::{Attempt, Evaluator};
use crate::expr::{Files, Type, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::hcl::{Expr, ExprKind};

/// The first argument that evaluates without an error. One that could fail for some values of an unknown
/// decides nothing.
pub(super) fn try_(evaluator: &Evaluator<'_>, args: &[Expr], span: Span) -> Value {
    for arg in args {
        match evaluator.attempt(arg) {
            Attempt::Value { value, unsure: false } => return value,
            Attempt::Value { value, unsure: true } => {
                evaluator.may_fail();
                let reasons = value.first_unknown().cloned().unwrap_or_else(|| depends(arg));
                return Value::unknown_of(Type::Any, reasons).marked(value.sensitive);
            }
            Attempt::Failed(errors, _) => {
                // What isn't an error of the expression (a function of a later Terraform) might have worked.
                if let Some(other) = errors.iter().find(|e| e.kind != "evaluation-error") {
                    return Value::unknown(other.clone());
                }
            }
        }
    }
    evaluator.fail(span, "try: no argument could be evaluated")
}

/// Whether its argument evaluates without an error; unknown where that depends on an unknown.
pub(super) fn can(evaluator: &Evaluator<'_>, args: &[Expr], span: Span) -> Value {
    let [arg] = args else { return evaluator.fail(span, "can: wrong number of arguments") };
    match evaluator.attempt(arg) {
        Attempt::Value { value, unsure } => match value.first_unknown() {
            Some(reasons) => Value::unknown_not_null(Type::Bool, reasons.clone()),
            None if unsure => Value::unknown_not_null(Type::Bool, depends(arg)),
            None => Value::bool(true),
        },
        Attempt::Failed(..) => Value::bool(false),
    }
}

fn depends(arg: &Expr) -> Arc<Vec<Reason>> {
    Arc::new(vec![Reason::at("depends-on-unknown", "whether this fails depends on a value that isn't known", arg.span)])
}

struct Names<'a>(&'a Value);

impl crate::expr::Scope for Names<'_> {
    fn resolve(&self, root: &str, _: &[crate::expr::Step], _: Span) -> Option<(Value, usize)> {
        self.0.field(root).map(|v| (v.clone(), 0))
    }
}

/// Renders a template's text with variables.
pub(super) fn render(evaluator: &Evaluator<'_>, text: &str, vars: &Value, span: Span) -> Result<Value, String> {
    // Places inside the template are shown at the call: spans of another text must not escape.
    let source = crate::source::Source::new(span.source, "", text);
    let expr = crate::syntax::hcl::parse_template(&source, source.span()).map_err(|p| p.message)?;
    let inside = Inside { names: Names(vars), files: evaluator.files().map(OneDeep) };
    let done = crate::expr::evaluate(&expr, &inside, evaluator.limits);
    if let Some(error) = done.errors.first() {
        return Err(error.message.clone());
    }
    let value = placeless(done.value).refined(|u| {
        // What was unknown before has its place; what the template made so arises at the call.
        let here = |r: &Reason| r.span.is_none_or(|s| s.source == span.source && r.kind == "evaluation-error");
        let reasons =
            u.reasons.iter().map(|r| if here(r) { Reason { span: Some(span), ..r.clone() } } else { r.clone() });
        u.reasons = Arc::new(reasons.collect());
    });
    Ok(value.hop(span, "template"))
}

/// What a template sees: its variables, and files, but no further templates.
struct Inside<'a> {
    names: Names<'a>,
    files: Option<OneDeep<'a>>,
}

impl crate::expr::Scope for Inside<'_> {
    fn resolve(&self, root: &str, steps: &[crate::expr::Step], span: Span) -> Option<(Value, usize)> {
        self.names.resolve(root, steps, span)
    }

    fn files(&self) -> Option<&dyn Files> {
        self.files.as_ref().map(|f| f as &dyn Files)
    }
}

struct OneDeep<'a>(&'a dyn Files);

impl Files for OneDeep<'_> {
    fn read(&self, path: &str, span: Span) -> Result<Text, Reason> {
        self.0.read(path, span)
    }
    fn exists(&self, path: &str, span: Span) -> Result<bool, Reason> {
        self.0.exists(path, span)
    }
    fn set(&self, dir: &str, pattern: &str, span: Span) -> Result<Vec<Text>, Reason> {
        self.0.set(dir, pattern, span)
    }
    fn absolute(&self, path: &str, span: Span) -> Result<Text, Reason> {
        self.0.absolute(path, span)
    }
    fn in_template(&self) -> bool {
        true
    }
}

/// Whether an expression is nothing but a reference, as `templatestring` wants its template.
fn is_reference(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Attribute(inner, _) | ExprKind::Index(inner, _) => is_reference(inner),
        _ => false,
    }
}

pub(super) fn template_string(evaluator: &Evaluator<'_>, args: &[Expr], span: Span) -> Value {
    let [template, vars] = args else { return evaluator.fail(span, "templatestring: wrong number of arguments") };
    if !is_reference(template) {
        return evaluator.fail(span, "templatestring: the template must be a reference");
    }
    let (template, vars) = (evaluator.eval(template), evaluator.eval(vars));
    let mark = template.sensitive || vars.sensitive;
    if let Some(reasons) = template.reasons().or_else(|| vars.reasons()) {
        evaluator.may_fail();
        return Value::unknown_not_null(Type::String, reasons.clone()).marked(mark);
    }
    let (Some(text), Some(_)) = (template.as_str(), vars.fields()) else {
        return evaluator.fail(span, "templatestring: a string and an object are required");
    };
    match render(evaluator, text, &vars, span) {
        Ok(value) => value.marked(mark),
        Err(message) => evaluator.fail(span, format!("templatestring: {message}")),
    }
}
