//! Pointing what was read from a text of its own (a string's contents) at the place it stands in.

use crate::source::Span;
use crate::syntax::hcl::{Body, Expr, ExprKind, Part};

/// Points an expression and all inside it at one span. The parser caps nesting, so this is bounded.
pub(super) fn expr(expr: &mut Expr, span: Span) {
    expr.span = span;
    let each = |items: &mut [Expr]| items.iter_mut().for_each(|e| self::expr(e, span));
    match &mut expr.kind {
        ExprKind::Template(parts) => self::parts(parts, span),
        ExprKind::Tuple(items) => each(items),
        ExprKind::Object(items) => {
            for item in items {
                self::expr(&mut item.key, span);
                self::expr(&mut item.value, span);
            }
        }
        ExprKind::Attribute(of, name) => {
            self::expr(of, span);
            name.span = span;
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Splat { source: a, each: b, .. } => {
            self::expr(a, span);
            self::expr(b, span);
        }
        ExprKind::Call { args, name, .. } => {
            each(args);
            name.span = span;
        }
        ExprKind::Unary(_, x) | ExprKind::Parens(x) => self::expr(x, span),
        ExprKind::Conditional(c, a, b) => [c, a, b].into_iter().for_each(|e| self::expr(e, span)),
        ExprKind::For(f) => {
            f.value.span = span;
            f.key.iter_mut().for_each(|k| k.span = span);
            let inner = [Some(&mut f.collection), f.result_key.as_mut(), Some(&mut f.result), f.condition.as_mut()];
            inner.into_iter().flatten().for_each(|e| self::expr(e, span));
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Variable(_)
        | ExprKind::SplatItem => {}
    }
}

fn parts(parts: &mut [Part], span: Span) {
    for part in parts {
        match part {
            Part::Literal(_, at) => *at = span,
            Part::Interpolation(e) => expr(e, span),
            Part::If(c, a, b) => {
                expr(c, span);
                self::parts(a, span);
                self::parts(b, span);
            }
            Part::For { key, value, collection, body } => {
                key.iter_mut().for_each(|k| k.span = span);
                value.span = span;
                expr(collection, span);
                self::parts(body, span);
            }
        }
    }
}

impl Body {
    /// Points everything in it at one span.
    pub fn relocate(&mut self, span: Span) {
        self.span = span;
        for attribute in &mut self.attributes {
            attribute.span = span;
            attribute.name.span = span;
            expr(&mut attribute.value, span);
        }
        for block in &mut self.blocks {
            block.span = span;
            block.header = span;
            block.kind.span = span;
            block.labels.iter_mut().for_each(|l| l.span = span);
            block.body.relocate(span);
        }
    }
}
