//! Going through an expression.

use crate::syntax::hcl::{Expr, ExprKind, Part};

/// Calls `f` with an expression and all inside it, from the outside in and left to right. The parser caps nesting, so
/// this is bounded.
pub fn walk(expr: &Expr, f: &mut impl FnMut(&Expr)) {
    each(expr, &mut |e| f(e));
}

fn each(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Template(parts) => in_parts(parts, f),
        ExprKind::Tuple(items) => items.iter().for_each(|e| each(e, f)),
        ExprKind::Object(items) => {
            for item in items {
                each(&item.key, f);
                each(&item.value, f);
            }
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Splat { source: a, each: b, .. } => {
            each(a, f);
            each(b, f);
        }
        ExprKind::Call { args, .. } => args.iter().for_each(|e| each(e, f)),
        ExprKind::Attribute(x, _) | ExprKind::Unary(_, x) | ExprKind::Parens(x) => each(x, f),
        ExprKind::Conditional(c, a, b) => [c, a, b].into_iter().for_each(|e| each(e, f)),
        ExprKind::For(inner) => {
            let parts =
                [Some(&inner.collection), inner.result_key.as_ref(), Some(&inner.result), inner.condition.as_ref()];
            parts.into_iter().flatten().for_each(|e| each(e, f));
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem => {}
    }
}

fn in_parts(parts: &[Part], f: &mut dyn FnMut(&Expr)) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interpolation(e) => each(e, f),
            Part::If(c, a, b) => {
                each(c, f);
                in_parts(a, f);
                in_parts(b, f);
            }
            Part::For { collection, body, .. } => {
                each(collection, f);
                in_parts(body, f);
            }
        }
    }
}
