//! Expressions.

use std::cell::RefCell;
use std::rc::Rc;

use super::Evaluator;
use super::scope::Scope;
use super::value::{Closure, Entry, Item, List, Object, Val, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::typescript::{Binary, Element, Expr, ExprKind, Part, Property, PropertyKind, Unary};

impl Evaluator<'_, '_, '_> {
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Rc<Scope>) -> Val {
        let value = if self.enter() { self.kind(expr, scope) } else { self.limit(expr.span) };
        self.leave();
        value
    }

    fn kind(&mut self, expr: &Expr, scope: &Rc<Scope>) -> Val {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Val::new(Value::Null, span),
            ExprKind::Undefined => Val::undefined(span),
            ExprKind::Bool(b) => Val::new(Value::Bool(*b), span),
            ExprKind::Number(n) => Val::new(Value::Number(*n), span),
            ExprKind::String(text) => Val::string(text.clone(), span),
            ExprKind::Template(parts) => self.template(parts, span, scope),
            ExprKind::Name(name) => self.name(name, span, scope),
            ExprKind::Array(elements) => {
                let list = self.elements(elements, scope);
                Val::new(Value::List(Rc::new(RefCell::new(list))), span)
            }
            ExprKind::Object(properties) => self.object(properties, span, scope),
            ExprKind::Function(function) => {
                let closure = Closure { function: function.clone(), scope: scope.clone() };
                Val::new(Value::Function(Rc::new(closure)), span)
            }
            ExprKind::Call { callee, arguments, optional, new } => {
                self.call_expr(callee, arguments, *optional, *new, span, scope)
            }
            ExprKind::Member { object, name, optional } => {
                let object = self.expr(object, scope);
                if *optional && object.is_nullish() {
                    return Val::undefined(span);
                }
                self.member(&object, &name.text, span)
            }
            ExprKind::Index { object, index, optional } => {
                let object = self.expr(object, scope);
                if *optional && object.is_nullish() {
                    return Val::undefined(span);
                }
                let index = self.expr(index, scope);
                self.index(&object, &index, span)
            }
            ExprKind::Unary(operator, inner) => self.unary(*operator, inner, span, scope),
            ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right, span, scope),
            ExprKind::Conditional(condition, a, b) => {
                let condition = self.expr(condition, scope);
                match condition.truthy() {
                    Ok(true) => self.expr(a, scope),
                    Ok(false) => self.expr(b, scope),
                    Err(reason) => {
                        self.doubts.push(reason.clone());
                        let both = vec![self.expr(a, scope), self.expr(b, scope)];
                        self.doubts.pop();
                        Val::either(both, reason, span)
                    }
                }
            }
            ExprKind::Assign { target, operator, value } => {
                let value = match operator {
                    Some(operator) => self.binary(*operator, target, value, span, scope),
                    None => self.expr(value, scope),
                };
                self.assign(target, value.clone(), scope);
                value
            }
            ExprKind::AssignPattern(pattern, value) => {
                let value = self.expr(value, scope);
                self.bind(pattern, value.clone(), scope);
                value
            }
            ExprKind::Await(inner) => self.expr(inner, scope),
            ExprKind::Sequence(list) => {
                let mut last = Val::undefined(span);
                for one in list {
                    last = self.expr(one, scope);
                }
                last
            }
            ExprKind::Other(what) => {
                Val::unknown("unsupported-syntax", format!("`{}` isn't worked out", what.replace('_', " ")), span)
            }
        }
    }

    fn name(&mut self, name: &Text, span: Span, scope: &Rc<Scope>) -> Val {
        if let Some(value) = scope.get(name) {
            return value;
        }
        match name.as_str() {
            "Object" | "Array" | "String" | "Number" | "Boolean" | "JSON" | "Math" | "process" | "console" | "Set"
            | "Map" | "Promise" | "Error" | "structuredClone" | "parseInt" => {
                Val::new(Value::Global(name.clone()), span)
            }
            "NaN" => Val::new(Value::Number(f64::NAN), span),
            _ => Val::unknown("not-defined", "a name that isn't defined in this repository's files", span),
        }
    }

    fn template(&mut self, parts: &[Part], span: Span, scope: &Rc<Scope>) -> Val {
        let mut text = String::new();
        let mut unknown = None;
        for part in parts {
            match part {
                Part::Text(t) => text.push_str(t),
                Part::Expression(e) => {
                    let value = self.expr(e, scope);
                    if matches!(value.value, Value::Environment(_)) {
                        self.looked = true;
                    }
                    match value.print() {
                        Ok(t) => text.push_str(&t),
                        Err(reason) => unknown = unknown.or(Some(reason)),
                    }
                }
            }
        }
        match unknown {
            Some(reason) => Val::new(Value::Unknown(reason), span),
            None => self.text(text, span),
        }
    }

    pub(super) fn elements(&mut self, elements: &[Element], scope: &Rc<Scope>) -> List {
        let mut list = List::default();
        for element in elements {
            let value = self.expr(&element.value, scope);
            if element.spread {
                let (items, open) = self.items(&value);
                list.items.extend(items);
                list.open.extend(open);
            } else {
                list.items.push(Item { value, maybe: None });
            }
        }
        list
    }

    fn object(&mut self, properties: &[Property], span: Span, scope: &Rc<Scope>) -> Val {
        let mut object = Object::default();
        for property in properties {
            match &property.kind {
                PropertyKind::Named(name, value) => {
                    let value = self.expr(value, scope);
                    object.set(name.text.clone(), name.span, value);
                    if let Some(entry) = object.entries.get_mut(&name.text) {
                        entry.whole = property.span;
                    }
                }
                PropertyKind::Computed(key, value) => {
                    let key = self.expr(key, scope);
                    let value = self.expr(value, scope);
                    if matches!(key.value, Value::Environment(_)) {
                        self.looked = true;
                    }
                    match key.print() {
                        Ok(name) => object.set(name.into(), key.span, value),
                        Err(reason) => object.open.push(reason),
                    }
                }
                PropertyKind::Spread(value) => {
                    let value = self.expr(value, scope);
                    self.spread(&mut object, &value, property.span);
                }
                PropertyKind::Other(name) => {
                    let value =
                        Val::unknown("unsupported-syntax", "a getter or setter isn't worked out", property.span);
                    match name {
                        Some(name) => object.set(name.text.clone(), name.span, value),
                        None => object.open.extend(value.reason().cloned()),
                    }
                }
            }
        }
        Val::object(object, span)
    }

    /// Lays a value's keys over an object's.
    pub(super) fn spread(&mut self, into: &mut Object, value: &Val, span: Span) {
        match &value.value {
            Value::Object(other) => {
                let other = other.borrow();
                for (key, entry) in &other.entries {
                    into.entries.insert(key.clone(), entry.clone());
                }
                for reason in &other.open {
                    into.cover(reason);
                }
            }
            Value::Resource(resource) => {
                // A resource's own parts, as a plain object.
                let config = resource.config.borrow().clone();
                into.entries.extend(config.entries);
                into.open.extend(config.open);
            }
            Value::Either(all, reason) => {
                for one in all.iter() {
                    let mut overlay = Object::default();
                    self.spread(&mut overlay, one, span);
                    for (key, entry) in overlay.entries {
                        let old = into.entries.get(&key).map(|e| e.value.clone());
                        let old = old.unwrap_or(Val::undefined(span));
                        let both = Val::either(vec![entry.value, old], reason.clone(), span);
                        into.entries.insert(key, Entry { value: both, ..entry });
                    }
                    for reason in &overlay.open {
                        into.cover(reason);
                    }
                }
            }
            Value::Unknown(reason) => into.cover(reason),
            Value::List(_) | Value::Function(_) | Value::Context | Value::Project(_) => {
                into.cover(&Reason::at("computed", "what is spread here isn't worked out", span));
            }
            // Nothing comes of spreading these.
            _ => {}
        }
    }

    fn unary(&mut self, operator: Unary, inner: &Expr, span: Span, scope: &Rc<Scope>) -> Val {
        if operator == Unary::Delete {
            self.delete(inner, scope);
            return Val::new(Value::Bool(true), span);
        }
        let value = self.expr(inner, scope);
        match operator {
            Unary::Not => match value.truthy() {
                Ok(b) => Val::new(Value::Bool(!b), span),
                Err(reason) => Val::new(Value::Unknown(reason), span),
            },
            Unary::Void => Val::undefined(span),
            Unary::TypeOf => match &value.value {
                Value::Unknown(reason) | Value::Either(_, reason) => Val::new(Value::Unknown(reason.clone()), span),
                other => Val::string(type_of(other), span),
            },
            Unary::Minus | Unary::Plus => match &value.value {
                Value::Number(n) => Val::new(Value::Number(if operator == Unary::Minus { -n } else { *n }), span),
                _ => self.computed(&[&value], span),
            },
            _ => self.computed(&[&value], span),
        }
    }

    /// Unknown because of these, or because the computation isn't worked out.
    pub(super) fn computed(&self, of: &[&Val], span: Span) -> Val {
        match of.iter().find_map(|v| v.reason()) {
            Some(reason) => Val::new(Value::Unknown(reason.clone()), span),
            None => Val::unknown("computed", "this computation isn't worked out", span),
        }
    }

    fn binary(&mut self, operator: Binary, left: &Expr, right: &Expr, span: Span, scope: &Rc<Scope>) -> Val {
        let a = self.expr(left, scope);
        match operator {
            Binary::And | Binary::Or => {
                let keep_when = operator == Binary::Or;
                return match a.truthy() {
                    Ok(b) if b == keep_when => a,
                    Ok(_) => self.expr(right, scope),
                    Err(reason) => {
                        self.doubts.push(reason.clone());
                        let b = self.expr(right, scope);
                        self.doubts.pop();
                        // What `&&` gives instead of its right side is nothing.
                        let other = if keep_when { a } else { Val::new(Value::Bool(false), span) };
                        Val::either(vec![b, other], reason, span)
                    }
                };
            }
            Binary::Nullish => {
                return match &a.value {
                    Value::Null | Value::Undefined => self.expr(right, scope),
                    Value::Unknown(reason) | Value::Either(_, reason) => {
                        let reason = reason.clone();
                        let sure = matches!(&a.value, Value::Either(all, _) if all.iter().all(|v| !v.is_nullish() && v.reason().is_none()));
                        if sure {
                            return a;
                        }
                        self.doubts.push(reason.clone());
                        let b = self.expr(right, scope);
                        self.doubts.pop();
                        Val::either(vec![a, b], reason, span)
                    }
                    _ => a,
                };
            }
            _ => {}
        }
        let b = self.expr(right, scope);
        let number = |n: f64| Val::new(Value::Number(n), span);
        let truth = |b: bool| Val::new(Value::Bool(b), span);
        match (operator, &a.value, &b.value) {
            (Binary::Equal, ..) => self.equal(&a, &b, span),
            (Binary::NotEqual, ..) => {
                let same = self.equal(&a, &b, span);
                match same.truthy() {
                    Ok(b) => truth(!b),
                    Err(reason) => Val::new(Value::Unknown(reason), span),
                }
            }
            (Binary::Add, Value::Number(x), Value::Number(y)) => number(x + y),
            (Binary::Subtract, Value::Number(x), Value::Number(y)) => number(x - y),
            (Binary::Multiply, Value::Number(x), Value::Number(y)) => number(x * y),
            (Binary::Divide, Value::Number(x), Value::Number(y)) => number(x / y),
            (Binary::Remainder, Value::Number(x), Value::Number(y)) => number(x % y),
            (Binary::Less, Value::Number(x), Value::Number(y)) => truth(x < y),
            (Binary::LessEqual, Value::Number(x), Value::Number(y)) => truth(x <= y),
            (Binary::Greater, Value::Number(x), Value::Number(y)) => truth(x > y),
            (Binary::GreaterEqual, Value::Number(x), Value::Number(y)) => truth(x >= y),
            (Binary::Add, ..) => match (a.print(), b.print()) {
                (Ok(x), Ok(y)) => self.text(x + &y, span),
                (Err(reason), _) | (_, Err(reason)) => Val::new(Value::Unknown(reason), span),
            },
            (Binary::In, _, Value::Object(object)) => {
                if let Value::Environment(_) = &a.value {
                    let keys: Vec<Text> = object.borrow().entries.keys().cloned().collect();
                    keys.iter().for_each(|k| self.remember(k));
                }
                let object = object.borrow();
                match (a.print(), object.open.first()) {
                    (Ok(key), _) if object.entries.contains_key(key.as_str()) => truth(true),
                    (Ok(_), None) => truth(false),
                    (Err(reason), _) => Val::new(Value::Unknown(reason), span),
                    (_, Some(reason)) => Val::new(Value::Unknown(reason.clone()), span),
                }
            }
            _ => self.computed(&[&a, &b], span),
        }
    }

    /// `===`; what the environment is compared with is remembered.
    pub(super) fn equal(&mut self, a: &Val, b: &Val, span: Span) -> Val {
        for (one, other) in [(a, b), (b, a)] {
            if let (Value::Environment(_), Value::String(name)) = (&one.value, &other.value) {
                self.remember(name);
            }
        }
        let truth = |b: bool| Val::new(Value::Bool(b), span);
        match (&a.value, &b.value) {
            (Value::Unknown(reason), _) | (_, Value::Unknown(reason)) => Val::new(Value::Unknown(reason.clone()), span),
            (Value::Either(all, reason), _) => self.equal_any(all, b, reason, span),
            (_, Value::Either(all, reason)) => self.equal_any(all, a, reason, span),
            (Value::Number(x), Value::Number(y)) => truth(x == y),
            (Value::Bool(x), Value::Bool(y)) => truth(x == y),
            (Value::Null | Value::Undefined, Value::Null | Value::Undefined) => {
                truth(std::mem::discriminant(&a.value) == std::mem::discriminant(&b.value))
            }
            (Value::List(x), Value::List(y)) => truth(Rc::ptr_eq(x, y)),
            (Value::Object(x), Value::Object(y)) => truth(Rc::ptr_eq(x, y)),
            (Value::Resource(x), Value::Resource(y)) => truth(Rc::ptr_eq(x, y)),
            (Value::Preserved | Value::Derived | Value::Reference(..), _)
            | (_, Value::Preserved | Value::Derived | Value::Reference(..)) => self.computed(&[], span),
            _ => match (a.text(), b.text()) {
                (Some(x), Some(y)) => truth(x == y),
                _ => truth(false),
            },
        }
    }

    fn equal_any(&mut self, all: &[Val], other: &Val, reason: &Reason, span: Span) -> Val {
        let answers: Vec<Option<bool>> = all.iter().map(|one| self.equal(one, other, span).truthy().ok()).collect();
        match answers.first() {
            Some(Some(first)) if answers.iter().all(|a| *a == Some(*first)) => Val::new(Value::Bool(*first), span),
            _ => Val::new(Value::Unknown(reason.clone()), span),
        }
    }
}

impl Object {
    /// Sets a key; it keeps its first position, as in the language.
    pub fn set(&mut self, name: Text, key: Span, value: Val) {
        self.entries.insert(name, Entry { key, whole: key, value });
    }

    /// Something unknown was laid over: every key may have another value, and there may be more.
    pub fn cover(&mut self, reason: &Reason) {
        for entry in self.entries.values_mut() {
            let unknown = Val::new(Value::Unknown(reason.clone()), entry.value.span);
            entry.value = Val::either(vec![entry.value.clone(), unknown], reason.clone(), entry.value.span);
        }
        self.open.push(reason.clone());
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Undefined => "undefined",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) | Value::Environment(_) => "string",
        Value::Function(_) | Value::Method(..) | Value::Native(_) => "function",
        _ => "object",
    }
}
