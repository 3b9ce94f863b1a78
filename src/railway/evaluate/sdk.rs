//! The SDK's functions.

use std::cell::RefCell;
use std::rc::Rc;

use super::Evaluator;
use super::value::{Item, Kind, Native, Object, ProjectOf, Resource, SourceOf, Val, Value};
use crate::finding::Reason;
use crate::source::Span;

impl Evaluator<'_, '_, '_> {
    pub(super) fn native(&mut self, native: Native, arguments: Vec<Item>, span: Span) -> Val {
        let mut arguments = arguments.into_iter().map(|i| match i.maybe {
            Some(reason) => Val::new(Value::Unknown(reason), span),
            None => i.value,
        });
        let first = arguments.next().unwrap_or(Val::undefined(span));
        let second = arguments.next();
        let third = arguments.next();
        let resource = |me: &mut Self, kind, config: Option<Val>, output| {
            let config = me.config_of(config, span);
            let callers = me.callers.iter().rev().copied().collect();
            let resource = Resource {
                kind,
                name: first.clone(),
                config: RefCell::new(config),
                assigned: RefCell::default(),
                span,
                callers,
                members: None,
                output,
            };
            Val::new(Value::Resource(Rc::new(resource)), span)
        };
        match native {
            Native::Define => Val::new(Value::Program(Rc::new(first)), span),
            Native::Project => {
                let config = second.unwrap_or(Val::undefined(span));
                Val::new(Value::Project(Rc::new(ProjectOf { name: first, config, span })), span)
            }
            Native::Service => resource(self, Kind::Service, second, ""),
            // `fn("hook", "hook.ts", runtime=…)`.
            Native::Function if second.as_ref().is_some_and(|s| s.text().is_some()) => {
                resource(self, Kind::Function, third, "")
            }
            Native::Function => resource(self, Kind::Function, second, ""),
            Native::Engine(engine) => resource(self, Kind::Database(engine.into()), second, main_output(engine)),
            Native::Database => {
                let engine = second.as_ref().and_then(|e| e.text()).cloned().unwrap_or("unknown".into());
                let output = main_output(&engine);
                resource(self, Kind::Database(engine), third, output)
            }
            Native::Volume => resource(self, Kind::Volume, second, ""),
            Native::Bucket => resource(self, Kind::Bucket, second, ""),
            Native::Group => {
                let members = match &second {
                    Some(Val { value: Value::Object(options), .. }) => {
                        let options = options.borrow();
                        options.entries.get("resources").or(options.entries.get("services")).map(|e| e.value.clone())
                    }
                    Some(list) => Some(list.clone()),
                    None => None,
                };
                let resource = Resource {
                    kind: Kind::Group,
                    name: first,
                    config: RefCell::default(),
                    assigned: RefCell::default(),
                    span,
                    callers: Vec::new(),
                    members,
                    output: "",
                };
                Val::new(Value::Resource(Rc::new(resource)), span)
            }
            Native::Github | Native::Image | Native::Template | Native::Empty => {
                Val::new(Value::Source(Rc::new(SourceOf { kind: native, of: first, options: second })), span)
            }
            Native::Ref => self.reference(&first, second, span),
            Native::Preserve => Val::new(Value::Preserved, span),
            Native::RandomString => Val::new(Value::Derived, span),
            Native::IsEnvironment => self.is_environment(&first, span),
        }
    }

    fn reference(&mut self, of: &Val, output: Option<Val>, span: Span) -> Val {
        match (&of.value, output.as_ref().map(|o| o.print())) {
            (Value::Resource(resource), Some(Ok(output))) => self.output(resource, output.into(), span),
            (Value::Resource(resource), None) if !resource.output.is_empty() => {
                let output = resource.output.into();
                self.output(resource, output, span)
            }
            (Value::String(name), Some(Ok(output))) => Val::new(Value::Reference(name.clone(), output.into()), span),
            (Value::Either(all, reason), _) => {
                let all: Vec<Val> = all.iter().map(|one| self.reference(one, output.clone(), span)).collect();
                Val::either(all, reason.clone(), span)
            }
            (_, Some(Err(reason))) => Val::new(Value::Unknown(reason), span),
            _ => self.computed(&[of], span),
        }
    }

    fn is_environment(&mut self, name: &Val, span: Span) -> Val {
        if let Value::List(_) = &name.value {
            let environment = Val::new(Value::Environment(self.environment.clone()), span);
            let (items, _) = self.items(name);
            let mut found = false;
            for item in items {
                found |= self.equal(&environment, &item.value, span).truthy() == Ok(true);
            }
            return Val::new(Value::Bool(found), span);
        }
        let environment = Val::new(Value::Environment(self.environment.clone()), span);
        self.looked = true;
        self.equal(&environment, name, span)
    }

    /// A copy of a resource's settings.
    fn config_of(&mut self, config: Option<Val>, span: Span) -> Object {
        let mut object = Object::default();
        match config {
            None => {}
            Some(config) => match &config.value {
                // `service("x", github(…))`, `service("x", image(…))`.
                Value::Source(_) => object.set("source".into(), config.span, config.clone()),
                Value::String(_) | Value::Number(_) | Value::List(_) => {
                    object.open.push(Reason::at("computed", "these settings aren't an object", config.span));
                }
                _ => self.spread(&mut object, &config, span),
            },
        }
        object
    }
}

/// The output that `ref(database)` and `database.url()` stand for.
fn main_output(engine: &str) -> &'static str {
    match engine {
        "postgres" | "postgresql" => "DATABASE_URL",
        "mysql" => "MYSQL_URL",
        "redis" => "REDIS_URL",
        "mongo" | "mongodb" => "MONGO_URL",
        _ => "",
    }
}
