//! Statements, bindings and calls of the file's own functions.

use std::rc::Rc;

use super::scope::Scope;
use super::value::{Closure, Object, Val, Value};
use super::{Evaluator, Flow};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::typescript::{Body, Expr, ExprKind, Pattern, Stmt, StmtKind};

impl Evaluator<'_, '_, '_> {
    /// Functions can be called above where they stand.
    pub(super) fn hoist(&mut self, statements: &[Stmt], scope: &Rc<Scope>) {
        for statement in statements {
            if let StmtKind::Function { function, .. } = &statement.kind
                && let Some(name) = &function.name
            {
                let closure = Closure { function: function.clone(), scope: scope.clone() };
                scope.declare(name.text.clone(), Val::new(Value::Function(Rc::new(closure)), function.span));
            }
        }
    }

    pub(super) fn block(&mut self, statements: &[Stmt], scope: &Rc<Scope>) -> Flow {
        let inner = self.scope(Some(scope.clone()));
        self.hoist(statements, &inner);
        self.sequence(statements, &inner)
    }

    pub(super) fn sequence(&mut self, statements: &[Stmt], scope: &Rc<Scope>) -> Flow {
        for (index, statement) in statements.iter().enumerate() {
            let flow = if self.enter() { self.statement(statement, scope) } else { Flow::Next };
            self.leave();
            match flow {
                Flow::Next => {}
                Flow::Maybe(value, reason) => {
                    let rest = statements.get(index + 1..).unwrap_or(&[]);
                    self.doubts.push(reason.clone());
                    let flow = if self.enter() { self.sequence(rest, scope) } else { Flow::Next };
                    self.leave();
                    self.doubts.pop();
                    return match flow {
                        Flow::Return(other) | Flow::Maybe(other, _) => {
                            let span = value.span;
                            Flow::Return(Val::either(vec![value, other], reason, span))
                        }
                        Flow::Throw => Flow::Return(value),
                        _ => Flow::Maybe(value, reason),
                    };
                }
                other => return other,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &Stmt, scope: &Rc<Scope>) -> Flow {
        match &statement.kind {
            StmtKind::Variables { declarations, .. } => {
                for (pattern, value) in declarations {
                    let value = match value {
                        Some(value) => self.expr(value, scope),
                        None => Val::undefined(statement.span),
                    };
                    self.bind(pattern, value, scope);
                }
                Flow::Next
            }
            StmtKind::Expression(expr) => {
                if is_exit(expr) {
                    return Flow::Throw;
                }
                self.expr(expr, scope);
                Flow::Next
            }
            StmtKind::If { condition, then, otherwise } => self.branch(condition, then, otherwise, scope),
            StmtKind::For { pattern, over, keys, body } => self.turns(pattern, over, *keys, body, scope),
            StmtKind::Switch { value, cases } => self.switch(value, cases, scope),
            StmtKind::Try { body, handler: _, finally } => match self.block(body, scope) {
                Flow::Next => self.block(finally, scope),
                other => other,
            },
            StmtKind::Block(body) => self.block(body, scope),
            StmtKind::Return(value) => Flow::Return(match value {
                Some(value) => self.expr(value, scope),
                None => Val::undefined(statement.span),
            }),
            StmtKind::Throw => Flow::Throw,
            StmtKind::Break => Flow::Break,
            StmtKind::Continue => Flow::Continue,
            StmtKind::Other(what) => {
                self.unknown.push(Reason::at(
                    "unsupported-syntax",
                    format!("`{}` isn't worked out; what it builds isn't known", what.replace('_', " ")),
                    statement.span,
                ));
                Flow::Next
            }
            // Functions are hoisted; imports and exports belong to the module.
            _ => Flow::Next,
        }
    }

    fn branch(&mut self, condition: &Expr, then: &[Stmt], otherwise: &[Stmt], scope: &Rc<Scope>) -> Flow {
        let condition = self.expr(condition, scope);
        match condition.truthy() {
            Ok(true) => self.block(then, scope),
            Ok(false) => self.block(otherwise, scope),
            // Nothing comes of a branch that throws.
            Err(_) if always_throws(then) => self.block(otherwise, scope),
            Err(_) if always_throws(otherwise) => self.block(then, scope),
            Err(reason) => {
                self.doubts.push(reason.clone());
                let first = self.block(then, scope);
                let second = self.block(otherwise, scope);
                self.doubts.pop();
                match (first, second) {
                    (Flow::Return(a), Flow::Return(b)) => {
                        let span = a.span;
                        Flow::Return(Val::either(vec![a, b], reason, span))
                    }
                    (Flow::Return(a) | Flow::Maybe(a, _), Flow::Throw)
                    | (Flow::Throw, Flow::Return(a) | Flow::Maybe(a, _)) => Flow::Return(a),
                    (Flow::Return(a) | Flow::Maybe(a, _), Flow::Maybe(b, _)) | (Flow::Maybe(a, _), Flow::Return(b)) => {
                        let span = a.span;
                        Flow::Maybe(Val::either(vec![a, b], reason.clone(), span), reason)
                    }
                    (Flow::Return(a) | Flow::Maybe(a, _), _) | (_, Flow::Return(a) | Flow::Maybe(a, _)) => {
                        Flow::Maybe(a, reason)
                    }
                    // `break` and `continue` in one branch only: as if the loop went on.
                    _ => Flow::Next,
                }
            }
        }
    }

    fn turns(&mut self, pattern: &Pattern, over: &Expr, keys: bool, body: &[Stmt], scope: &Rc<Scope>) -> Flow {
        let span = over.span;
        let over = self.expr(over, scope);
        let items = if keys { self.keys_of(&over, span) } else { over };
        let (items, open) = self.items(&items);
        for item in items {
            let inner = self.scope(Some(scope.clone()));
            if let Some(reason) = &item.maybe {
                self.doubts.push(reason.clone());
            }
            self.bind(pattern, item.value, &inner);
            let flow = self.block(body, &inner);
            if item.maybe.is_some() {
                self.doubts.pop();
            }
            match flow {
                Flow::Break => break,
                Flow::Return(_) | Flow::Throw if item.maybe.is_none() => return flow,
                Flow::Return(value) => return Flow::Maybe(value, item.maybe.unwrap_or_else(|| unknown_turn(span))),
                Flow::Maybe(..) => return flow,
                _ => {}
            }
        }
        if !open.is_empty() {
            let reason = unknown_turn(span);
            self.unknown.extend(open);
            // One more turn with something unknown, for what it would build.
            let inner = self.scope(Some(scope.clone()));
            self.doubts.push(reason.clone());
            self.bind(pattern, Val::new(Value::Unknown(reason), span), &inner);
            self.block(body, &inner);
            self.doubts.pop();
        }
        Flow::Next
    }

    fn switch(&mut self, value: &Expr, cases: &[(Option<Expr>, Vec<Stmt>)], scope: &Rc<Scope>) -> Flow {
        let value = self.expr(value, scope);
        let inner = self.scope(Some(scope.clone()));
        let mut taken = None;
        for (index, (test, _)) in cases.iter().enumerate() {
            let Some(test) = test else { continue };
            let test_value = self.expr(test, scope);
            // Every case is looked at, so that every environment's name is met.
            let same = self.equal(&value, &test_value, test.span);
            match same.truthy() {
                Ok(true) if taken.is_none() => taken = Some(Ok(index)),
                Err(reason) if taken.is_none() => taken = Some(Err(reason)),
                _ => {}
            }
        }
        let start = match taken {
            Some(Ok(index)) => Some(index),
            Some(Err(reason)) => {
                let mut results = Vec::new();
                self.doubts.push(reason.clone());
                for (_, body) in cases {
                    if let Flow::Return(value) | Flow::Maybe(value, _) = self.sequence(body, &inner) {
                        results.push(value);
                    }
                }
                self.doubts.pop();
                return match results.first().map(|v| v.span) {
                    Some(span) => Flow::Maybe(Val::either(results, reason.clone(), span), reason),
                    None => Flow::Next,
                };
            }
            None => cases.iter().position(|(test, _)| test.is_none()),
        };
        for (_, body) in cases.iter().skip(start.unwrap_or(cases.len())) {
            match self.sequence(body, &inner) {
                Flow::Next => {}
                Flow::Break => break,
                other => return other,
            }
        }
        Flow::Next
    }

    /// Binds a pattern's names.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: Val, scope: &Rc<Scope>) {
        match pattern {
            Pattern::Name(name) => scope.declare(name.text.clone(), value),
            Pattern::Object { members, rest } => {
                let mut taken: Vec<Text> = Vec::new();
                for (key, inner, default) in members {
                    let member = self.member(&value, &key.text, key.span);
                    let member = self.or_default(member, default.as_ref(), scope);
                    taken.push(key.text.clone());
                    self.bind(inner, member, scope);
                }
                if let Some(rest) = rest {
                    let left = match &value.value {
                        Value::Object(object) => {
                            let mut left: Object = object.borrow().clone();
                            left.entries.retain(|key, _| !taken.contains(key));
                            Val::object(left, value.span)
                        }
                        _ => Val::unknown("computed", "the rest of something that isn't known", rest.span),
                    };
                    scope.declare(rest.text.clone(), left);
                }
            }
            Pattern::Array { members, rest } => {
                let (items, open) = self.items(&value);
                for (index, member) in members.iter().enumerate() {
                    let Some((inner, default)) = member else { continue };
                    let value = match (items.get(index), open.first()) {
                        (Some(item), _) => item.value.clone(),
                        (None, Some(reason)) => Val::new(Value::Unknown(reason.clone()), value.span),
                        (None, None) => Val::undefined(value.span),
                    };
                    let value = self.or_default(value, default.as_ref(), scope);
                    self.bind(inner, value, scope);
                }
                if let Some(rest) = rest {
                    let left = items.into_iter().skip(members.len()).map(|i| i.value).collect();
                    scope.declare(rest.text.clone(), Val::list(left, value.span));
                }
            }
            Pattern::Other(span) => {
                self.unknown.push(Reason::at("unsupported-syntax", "this binding isn't worked out", *span));
            }
        }
    }

    fn or_default(&mut self, value: Val, default: Option<&Expr>, scope: &Rc<Scope>) -> Val {
        match (default, &value.value) {
            (Some(default), Value::Undefined) => self.expr(default, scope),
            _ => value,
        }
    }

    /// Calls a function of the file; `None` where it throws.
    pub(super) fn run(&mut self, closure: &Closure, arguments: Vec<Val>, from: Option<Span>) -> Option<Val> {
        let span = from.unwrap_or(closure.function.span);
        if !self.enter() {
            self.leave();
            return Some(self.limit(span));
        }
        if let Some(from) = from {
            self.callers.push(from);
        }
        let scope = self.scope(Some(closure.scope.clone()));
        let mut arguments = arguments.into_iter();
        for parameter in &closure.function.parameters {
            let value = if parameter.rest {
                Val::list(arguments.by_ref().collect(), span)
            } else {
                arguments.next().unwrap_or(Val::undefined(span))
            };
            let value = self.or_default(value, parameter.default.as_ref(), &scope);
            self.bind(&parameter.pattern, value, &scope);
        }
        let result = match &closure.function.body {
            Body::Expression(expr) => Some(self.expr(expr, &scope)),
            Body::Block(statements) => {
                self.hoist(statements, &scope);
                match self.sequence(statements, &scope) {
                    Flow::Return(value) => Some(value),
                    Flow::Maybe(value, reason) => Some(Val::either(vec![value, Val::undefined(span)], reason, span)),
                    Flow::Throw => None,
                    _ => Some(Val::undefined(span)),
                }
            }
        };
        if from.is_some() {
            self.callers.pop();
        }
        self.leave();
        result
    }
}

fn unknown_turn(span: Span) -> Reason {
    Reason::at("computed", "what is gone through isn't known", span)
}

/// Whether a branch refuses by throwing or ending the process.
fn always_throws(statements: &[Stmt]) -> bool {
    statements.iter().any(|s| match &s.kind {
        StmtKind::Throw => true,
        StmtKind::Expression(expr) => is_exit(expr),
        StmtKind::Block(inner) => always_throws(inner),
        _ => false,
    })
}

/// `process.exit(…)`.
fn is_exit(expr: &Expr) -> bool {
    let ExprKind::Call { callee, .. } = &expr.kind else { return false };
    let ExprKind::Member { object, name, .. } = &callee.kind else { return false };
    name.text == "exit" && object.kind == ExprKind::Name("process".into())
}
