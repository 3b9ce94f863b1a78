//! What a comment alone on a line can stand above.

use super::{Body, Element, Expr, ExprKind, Function, Part, PropertyKind, Stmt, StmtKind};
use crate::source::Span;

/// Every item below these statements, sorted by start, the widest first.
pub fn of(statements: &[Stmt]) -> Vec<Span> {
    let mut found = Vec::new();
    in_statements(statements, &mut found);
    found.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    found.dedup();
    found
}

// Lowering caps nesting, so these recursions are bounded.
fn in_statements(statements: &[Stmt], found: &mut Vec<Span>) {
    for statement in statements {
        found.push(statement.span);
        match &statement.kind {
            StmtKind::Variables { declarations, .. } => {
                declarations.iter().filter_map(|(_, value)| value.as_ref()).for_each(|e| in_expr(e, found));
            }
            StmtKind::Function { function, .. } => in_function(function, found),
            StmtKind::ExportDefault(e) | StmtKind::Expression(e) | StmtKind::Return(Some(e)) => in_expr(e, found),
            StmtKind::If { condition, then, otherwise } => {
                in_expr(condition, found);
                in_statements(then, found);
                in_statements(otherwise, found);
            }
            StmtKind::For { over, body, .. } => {
                in_expr(over, found);
                in_statements(body, found);
            }
            StmtKind::Switch { value, cases } => {
                in_expr(value, found);
                cases.iter().for_each(|(_, body)| in_statements(body, found));
            }
            StmtKind::Try { body, handler, finally } => {
                [body, handler, finally].into_iter().for_each(|s| in_statements(s, found));
            }
            StmtKind::Block(body) => in_statements(body, found),
            _ => {}
        }
    }
}

fn in_function(function: &Function, found: &mut Vec<Span>) {
    match &function.body {
        Body::Expression(e) => in_expr(e, found),
        Body::Block(statements) => in_statements(statements, found),
    }
}

fn in_elements(elements: &[Element], found: &mut Vec<Span>) {
    for element in elements {
        found.push(element.value.span);
        in_expr(&element.value, found);
    }
}

fn in_expr(expr: &Expr, found: &mut Vec<Span>) {
    match &expr.kind {
        ExprKind::Array(elements) => in_elements(elements, found),
        ExprKind::Object(properties) => {
            for property in properties {
                found.push(property.span);
                match &property.kind {
                    PropertyKind::Named(_, e) | PropertyKind::Computed(_, e) | PropertyKind::Spread(e) => {
                        in_expr(e, found);
                    }
                    PropertyKind::Other(_) => {}
                }
            }
        }
        ExprKind::Function(function) => in_function(function, found),
        ExprKind::Call { callee, arguments, .. } => {
            in_expr(callee, found);
            in_elements(arguments, found);
        }
        ExprKind::Member { object: e, .. } | ExprKind::Unary(_, e) | ExprKind::Await(e) => in_expr(e, found),
        ExprKind::AssignPattern(_, e) | ExprKind::Assign { value: e, .. } => in_expr(e, found),
        ExprKind::Index { object: a, index: b, .. } | ExprKind::Binary(_, a, b) => {
            in_expr(a, found);
            in_expr(b, found);
        }
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|e| in_expr(e, found)),
        ExprKind::Template(parts) => {
            for part in parts {
                if let Part::Expression(e) = part {
                    in_expr(e, found);
                }
            }
        }
        ExprKind::Sequence(list) => list.iter().for_each(|e| in_expr(e, found)),
        _ => {}
    }
}
