//! Visiting every expression inside one.

use crate::syntax::hcl::{Expr, ExprKind, Part};

/// Calls `visit` for `expr` and all below it. The parser caps nesting, so this is bounded.
pub fn each_expr(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    visit(expr);
    match &mut expr.kind {
        ExprKind::Template(parts) => each_part(parts, visit),
        ExprKind::Tuple(items) => items.iter_mut().for_each(|e| each_expr(e, visit)),
        ExprKind::Object(items) => {
            for item in items {
                each_expr(&mut item.key, visit);
                each_expr(&mut item.value, visit);
            }
        }
        ExprKind::Attribute(of, name) => {
            each_expr(of, visit);
            name.span = expr.span;
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Splat { source: a, each: b, .. } => {
            each_expr(a, visit);
            each_expr(b, visit);
        }
        ExprKind::Call { args, name, .. } => {
            args.iter_mut().for_each(|e| each_expr(e, visit));
            name.span = expr.span;
        }
        ExprKind::Unary(_, x) | ExprKind::Parens(x) => each_expr(x, visit),
        ExprKind::Conditional(c, a, b) => {
            each_expr(c, visit);
            each_expr(a, visit);
            each_expr(b, visit);
        }
        ExprKind::For(f) => {
            let parts = [Some(&mut f.collection), f.result_key.as_mut(), Some(&mut f.result), f.condition.as_mut()];
            parts.into_iter().flatten().for_each(|e| each_expr(e, visit));
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem => {}
    }
}

fn each_part(parts: &mut [Part], visit: &mut dyn FnMut(&mut Expr)) {
    for part in parts {
        match part {
            Part::Literal(..) => {}
            Part::Interpolation(e) => each_expr(e, visit),
            Part::If(c, a, b) => {
                each_expr(c, visit);
                each_part(a, visit);
                each_part(b, visit);
            }
            Part::For { collection, body, .. } => {
                each_expr(collection, visit);
                each_part(body, visit);
            }
        }
    }
}
