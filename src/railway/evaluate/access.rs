//! Members, keys and items; assigning to them.

use std::cell::RefCell;
use std::rc::Rc;

use super::Evaluator;
use super::scope::Scope;
use super::value::{Item, List, Native, Object, Resource, Val, Value};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::typescript::{Expr, ExprKind, Name};

impl Evaluator<'_, '_, '_> {
    pub(super) fn member(&mut self, object: &Val, name: &Text, span: Span) -> Val {
        match &object.value {
            Value::Object(inner) => {
                let inner = inner.borrow();
                match (inner.entries.get(name), inner.open.first()) {
                    (Some(entry), _) => entry.value.clone(),
                    (None, Some(reason)) => Val::new(Value::Unknown(reason.clone()), span),
                    (None, None) if matches!(name.as_str(), "has" | "get" | "hasOwnProperty") => {
                        self.method(object, name)
                    }
                    (None, None) => Val::undefined(span),
                }
            }
            Value::List(list) if name == "length" => {
                let list = list.borrow();
                match list.open.first().or(list.items.iter().find_map(|i| i.maybe.as_ref())) {
                    Some(reason) => Val::new(Value::Unknown(reason.clone()), span),
                    None => Val::new(Value::Number(list.items.len() as f64), span),
                }
            }
            Value::String(t) | Value::Environment(t) if name == "length" => {
                self.looked |= matches!(object.value, Value::Environment(_));
                Val::new(Value::Number(t.encode_utf16().count() as f64), span)
            }
            Value::List(_) | Value::String(_) | Value::Environment(_) | Value::Number(_) => self.method(object, name),
            Value::Context => self.context(name, span),
            Value::Shared => Val::new(Value::Reference("shared".into(), name.clone()), span),
            Value::Sdk => match Native::named(name) {
                Some(native) => Val::new(Value::Native(native), span),
                None => Val::unknown("package-import", "an export of the SDK that isn't known", span),
            },
            Value::Resource(resource) => self.resource_member(resource, object, name, span),
            Value::Outputs(resource) => self.output(resource, name.clone(), span),
            Value::Global(global) => self.global_member(global, object, name, span),
            Value::Either(all, reason) => {
                let all: Vec<Val> = all.iter().map(|one| self.member(one, name, span)).collect();
                Val::either(all, reason.clone(), span)
            }
            Value::Unknown(reason) => Val::new(Value::Unknown(reason.clone()), span),
            Value::Source(source) if name == "options" => source.options.clone().unwrap_or(Val::undefined(span)),
            Value::Project(project) if name == "name" => project.name.clone(),
            Value::Function(_) | Value::Native(_) | Value::Method(..)
                if matches!(name.as_str(), "call" | "apply" | "bind") =>
            {
                Val::unknown("computed", "`call`, `apply` and `bind` aren't worked out", span)
            }
            Value::Null | Value::Undefined => Val::unknown("computed", "a member of nothing", span),
            _ => Val::unknown("computed", "a member that isn't worked out", span),
        }
    }

    fn method(&self, object: &Val, name: &Text) -> Val {
        Val::new(Value::Method(Rc::new(object.clone()), name.clone()), object.span)
    }

    fn context(&mut self, name: &Text, span: Span) -> Val {
        match name.as_str() {
            "environment" | "environmentName" => Val::new(Value::Environment(self.environment.clone()), span),
            "isEnvironment" => Val::new(Value::Native(Native::IsEnvironment), span),
            "randomString" => Val::new(Value::Native(Native::RandomString), span),
            "shared" => Val::new(Value::Shared, span),
            "projectId" | "projectName" | "environmentId" | "command" => {
                Val::unknown("set-at-apply", format!("`ctx.{}` is set when the file is applied", name.as_str()), span)
            }
            _ => Val::unknown("set-at-apply", "a member of the context that isn't known", span),
        }
    }

    fn resource_member(&mut self, resource: &Rc<Resource>, object: &Val, name: &Text, span: Span) -> Val {
        match name.as_str() {
            "name" => resource.name.clone(),
            "env" => Val::new(Value::Outputs(resource.clone()), span),
            // `db.url()` of earlier versions of the SDK.
            "url" | "output" | "outputs" => self.method(object, name),
            _ => {
                let config = resource.config.borrow();
                match (config.entries.get(name), config.open.first()) {
                    (Some(entry), _) => entry.value.clone(),
                    (None, Some(reason)) => Val::new(Value::Unknown(reason.clone()), span),
                    (None, None) if matches!(name.as_str(), "address" | "id" | "type") => {
                        Val::unknown("set-at-apply", "known when the file is applied", span)
                    }
                    (None, None) => Val::undefined(span),
                }
            }
        }
    }

    /// `resource.env.NAME`, `ref(resource, "NAME")`.
    pub(super) fn output(&mut self, resource: &Rc<Resource>, output: Text, span: Span) -> Val {
        match resource.name.print() {
            Ok(name) => Val::new(Value::Reference(name.into(), output), span),
            Err(reason) => Val::new(Value::Unknown(reason), span),
        }
    }

    pub(super) fn index(&mut self, object: &Val, index: &Val, span: Span) -> Val {
        if let (Value::Environment(_), Value::Object(inner)) = (&index.value, &object.value) {
            let keys: Vec<Text> = inner.borrow().entries.keys().cloned().collect();
            keys.iter().for_each(|k| self.remember(k));
        }
        if let Value::Number(n) = index.value
            && let Value::List(list) = &object.value
        {
            let list = list.borrow();
            return match (list.items.get(n.max(0.0) as usize), list.open.first()) {
                (Some(Item { value, maybe: None }), _) => value.clone(),
                (Some(Item { maybe: Some(reason), .. }), _) | (None, Some(reason)) => {
                    Val::new(Value::Unknown(reason.clone()), span)
                }
                (None, None) => Val::undefined(span),
            };
        }
        if let Value::Either(all, reason) = &index.value {
            let all: Vec<Val> = all.iter().map(|one| self.index(object, one, span)).collect();
            return Val::either(all, reason.clone(), span);
        }
        match index.print() {
            Ok(key) => self.member(object, &key.into(), span),
            Err(reason) => Val::new(Value::Unknown(reason), span),
        }
    }

    /// A list's items (a set's, a map's pairs), and why there may be more.
    pub(super) fn items(&mut self, value: &Val) -> (Vec<Item>, Vec<Reason>) {
        match &value.value {
            Value::List(list) => {
                let list = list.borrow();
                (list.items.clone(), list.open.clone())
            }
            Value::Either(all, reason) => {
                let (mut items, mut open) = (Vec::new(), Vec::new());
                for one in all.iter() {
                    let (more, unknown) = self.items(one);
                    items.extend(more.into_iter().map(|i| Item { maybe: i.maybe.or(Some(reason.clone())), ..i }));
                    open.extend(unknown);
                }
                (items, open)
            }
            Value::Unknown(reason) => (Vec::new(), vec![reason.clone()]),
            Value::Undefined | Value::Null | Value::Bool(_) => (Vec::new(), Vec::new()),
            _ => (Vec::new(), vec![Reason::at("computed", "what is gone through here isn't a list", value.span)]),
        }
    }

    pub(super) fn keys_of(&mut self, value: &Val, span: Span) -> Val {
        match &value.value {
            Value::Object(object) => {
                let object = object.borrow();
                let items =
                    object.entries.iter().map(|(k, e)| Item { value: Val::string(k.clone(), e.key), maybe: None });
                let list = List { items: items.collect(), open: object.open.clone() };
                Val::new(Value::List(Rc::new(RefCell::new(list))), span)
            }
            _ => self.computed(&[value], span),
        }
    }

    pub(super) fn assign(&mut self, target: &Expr, value: Val, scope: &Rc<Scope>) {
        match &target.kind {
            ExprKind::Name(name) => match scope.holder(name) {
                Some(holder) => {
                    let value = self.doubtful(value, holder.get(name), holder.doubts);
                    holder.declare(name.clone(), value);
                }
                None => scope.declare(name.clone(), value),
            },
            ExprKind::Member { object, name, .. } => {
                let object = self.expr(object, scope);
                self.set_member(&object, name.text.clone(), name.span, value);
            }
            ExprKind::Index { object, index, .. } => {
                let object = self.expr(object, scope);
                let index = self.expr(index, scope);
                if let (Value::List(list), Value::Number(n)) = (&object.value, &index.value) {
                    let mut list = list.borrow_mut();
                    let maybe = self.doubts.last().cloned();
                    match list.items.get_mut(n.max(0.0) as usize) {
                        Some(slot) => *slot = Item { value, maybe },
                        None => list.items.push(Item { value, maybe }),
                    }
                    return;
                }
                match (index.print(), &object.value) {
                    (Ok(key), _) => self.set_member(&object, key.into(), index.span, value),
                    (Err(reason), Value::Object(inner)) => inner.borrow_mut().cover(&reason),
                    (Err(reason), Value::Resource(resource)) => resource.config.borrow_mut().cover(&reason),
                    (Err(reason), _) => self.unknown.push(reason),
                }
            }
            _ => self.unknown.push(Reason::at("unsupported-syntax", "this assignment isn't worked out", target.span)),
        }
    }

    pub(super) fn set_member(&mut self, object: &Val, name: Text, key: Span, value: Val) {
        match &object.value {
            Value::Object(inner) => {
                let old = inner.borrow().entries.get(&name).map(|e| e.value.clone());
                let value = self.doubtful(value, old, 0);
                inner.borrow_mut().set(name, key, value);
            }
            Value::Resource(resource) => {
                let old = resource.config.borrow().entries.get(&name).map(|e| e.value.clone());
                let value = self.doubtful(value, old, 0);
                resource.assigned.borrow_mut().insert(name.clone());
                set_on_resource(&mut resource.config.borrow_mut(), name, key, value, self.doubts.is_empty());
            }
            Value::Outputs(resource) => {
                let env = resource.config.borrow().entries.get("env").map(|e| e.value.clone());
                match env {
                    Some(env) => self.set_member(&env, name, key, value),
                    None => {
                        let mut object = Object::default();
                        object.set(name, key, value);
                        resource.assigned.borrow_mut().insert("env".into());
                        resource.config.borrow_mut().set("env".into(), key, Val::object(object, key));
                    }
                }
            }
            Value::Either(all, reason) => {
                self.doubts.push(reason.clone());
                for one in all.iter() {
                    self.set_member(one, name.clone(), key, value.clone());
                }
                self.doubts.pop();
            }
            _ => self.unknown.push(Reason::at("computed", "what is changed here isn't known", key)),
        }
    }

    pub(super) fn delete(&mut self, target: &Expr, scope: &Rc<Scope>) {
        let (object, name) = match &target.kind {
            ExprKind::Member { object, name, .. } => (self.expr(object, scope), name.clone()),
            ExprKind::Index { object, index, .. } => {
                let object = self.expr(object, scope);
                let index = self.expr(index, scope);
                match index.print() {
                    Ok(text) => (object, Name { text: text.into(), span: index.span }),
                    Err(reason) => {
                        self.unknown.push(reason);
                        return;
                    }
                }
            }
            _ => {
                self.unknown.push(Reason::at("unsupported-syntax", "this `delete` isn't worked out", target.span));
                return;
            }
        };
        if self.doubts.is_empty() {
            match &object.value {
                Value::Object(inner) => drop(inner.borrow_mut().entries.shift_remove(&name.text)),
                Value::Resource(resource) => drop(resource.config.borrow_mut().entries.shift_remove(&name.text)),
                _ => {}
            }
        } else {
            self.set_member(&object, name.text.clone(), name.span, Val::undefined(name.span));
        }
    }
}

/// Assigning a part replaces the shorthands that were folded into it when the resource was made.
fn set_on_resource(config: &mut Object, name: Text, key: Span, value: Val, sure: bool) {
    let folded: &[&str] = match name.as_str() {
        "deploy" => &[
            "start",
            "startCommand",
            "run",
            "preDeploy",
            "preDeployCommand",
            "healthcheck",
            "healthcheckPath",
            "healthcheckTimeout",
            "replicas",
            "regions",
        ],
        "networking" => &["domains", "tcp", "tcpProxies"],
        "variables" => &["env"],
        "env" => &["variables"],
        _ => &[],
    };
    if sure {
        for shorthand in folded {
            config.entries.shift_remove(*shorthand);
        }
    }
    config.set(name, key, value);
}
