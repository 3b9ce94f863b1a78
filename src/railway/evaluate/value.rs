//! What an expression of a configuration file stands for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::scope::Scope;
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::typescript::Function;

/// A value, and where it is written.
#[derive(Clone)]
pub struct Val {
    pub value: Value,
    pub span: Span,
}

#[derive(Clone)]
pub enum Value {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(Text),
    /// The environment's name: a string, but what it is compared with is remembered.
    Environment(Text),
    List(Rc<RefCell<List>>),
    Object(Rc<RefCell<Object>>),
    Function(Rc<Closure>),
    /// A built-in method with its receiver.
    Method(Rc<Val>, Text),
    /// An export of the SDK.
    Native(Native),
    /// A global of the runtime: `Object`, `process`, `process.env`, …
    Global(Text),
    /// The SDK as a namespace.
    Sdk,
    /// `ctx`.
    Context,
    /// `ctx.shared`.
    Shared,
    Resource(Rc<Resource>),
    /// `resource.env`.
    Outputs(Rc<Resource>),
    /// Resource name, output.
    Reference(Text, Text),
    Preserved,
    Derived,
    Source(Rc<SourceOf>),
    /// `defineRailway(f)`.
    Program(Rc<Val>),
    Project(Rc<ProjectOf>),
    /// One of these, and why it isn't known which.
    Either(Rc<Vec<Val>>, Reason),
    Unknown(Reason),
}

/// What the SDK exports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Native {
    Define,
    Project,
    Service,
    Function,
    /// `postgres`, `mysql`, …: the engine's name.
    Engine(&'static str),
    Database,
    Volume,
    Bucket,
    Group,
    Github,
    Image,
    Template,
    Empty,
    Ref,
    Preserve,
    IsEnvironment,
    RandomString,
}

impl Native {
    /// The export of a name.
    pub fn named(name: &str) -> Option<Native> {
        Some(match name {
            "defineRailway" | "define" | "define_railway" => Native::Define,
            "project" => Native::Project,
            "service" => Native::Service,
            "fn" | "func" => Native::Function,
            "postgres" => Native::Engine("postgres"),
            "mysql" => Native::Engine("mysql"),
            "redis" => Native::Engine("redis"),
            "mongo" => Native::Engine("mongo"),
            "database" => Native::Database,
            "volume" => Native::Volume,
            "bucket" => Native::Bucket,
            "group" => Native::Group,
            "github" => Native::Github,
            "image" => Native::Image,
            "template" => Native::Template,
            "empty" => Native::Empty,
            "ref" => Native::Ref,
            "preserve" => Native::Preserve,
            _ => return None,
        })
    }
}

#[derive(Default)]
pub struct List {
    pub items: Vec<Item>,
    /// Why there may be more.
    pub open: Vec<Reason>,
}

#[derive(Clone)]
pub struct Item {
    pub value: Val,
    /// Why it may not be there.
    pub maybe: Option<Reason>,
}

#[derive(Default, Clone)]
pub struct Object {
    pub entries: IndexMap<Text, Entry>,
    /// Why there may be more.
    pub open: Vec<Reason>,
}

#[derive(Clone)]
pub struct Entry {
    pub key: Span,
    /// Key and value as written in the literal; the value itself may stand elsewhere.
    pub whole: Span,
    pub value: Val,
}

pub struct Closure {
    pub function: Arc<Function>,
    pub scope: Rc<Scope>,
}

/// What a resource is.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    Service,
    Function,
    Database(Text),
    Volume,
    Bucket,
    Group,
}

pub struct Resource {
    pub kind: Kind,
    pub name: Val,
    /// The call's second argument, copied: resources can be changed after they were made.
    pub config: RefCell<Object>,
    /// Keys that were set after it was made: they reach what the SDK made of the settings.
    pub assigned: RefCell<BTreeSet<Text>>,
    /// The call.
    pub span: Span,
    /// Helper calls it was made through, innermost first.
    pub callers: Vec<Span>,
    /// `group`'s members.
    pub members: Option<Val>,
    /// `database`'s or the engine's main output.
    pub output: &'static str,
}

/// `github(…)`, `image(…)`, …
pub struct SourceOf {
    pub kind: Native,
    pub of: Val,
    pub options: Option<Val>,
}

/// `project(…)`.
pub struct ProjectOf {
    pub name: Val,
    pub config: Val,
    pub span: Span,
}

impl Val {
    pub fn new(value: Value, span: Span) -> Val {
        Val { value, span }
    }

    pub fn unknown(kind: &'static str, message: impl Into<String>, span: Span) -> Val {
        Val { value: Value::Unknown(Reason::at(kind, message, span)), span }
    }

    pub fn string(text: impl Into<Text>, span: Span) -> Val {
        Val { value: Value::String(text.into()), span }
    }

    pub fn undefined(span: Span) -> Val {
        Val { value: Value::Undefined, span }
    }

    pub fn list(items: Vec<Val>, span: Span) -> Val {
        let items = items.into_iter().map(|value| Item { value, maybe: None }).collect();
        Val { value: Value::List(Rc::new(RefCell::new(List { items, open: Vec::new() }))), span }
    }

    pub fn object(object: Object, span: Span) -> Val {
        Val { value: Value::Object(Rc::new(RefCell::new(object))), span }
    }

    /// One of several; what is the same value or nested is taken together.
    pub fn either(alternatives: Vec<Val>, reason: Reason, span: Span) -> Val {
        const MOST: usize = 16;
        let mut flat = Vec::new();
        for one in alternatives {
            match &one.value {
                Value::Either(inner, _) => flat.extend(inner.iter().cloned()),
                _ => flat.push(one),
            }
        }
        if flat.len() > MOST || flat.iter().all(|v| matches!(v.value, Value::Unknown(_))) {
            return Val { value: Value::Unknown(reason), span };
        }
        if let Some(first) = flat.first() {
            let same = first.text().is_some() && flat.iter().all(|v| v.text() == first.text());
            if same {
                return first.clone();
            }
        }
        Val { value: Value::Either(Rc::new(flat), reason), span }
    }

    /// The text of a plain string.
    pub fn text(&self) -> Option<&Text> {
        match &self.value {
            Value::String(t) | Value::Environment(t) => Some(t),
            _ => None,
        }
    }

    /// `null` or `undefined`.
    pub fn is_nullish(&self) -> bool {
        matches!(self.value, Value::Null | Value::Undefined)
    }

    /// Why it isn't known, if it isn't.
    pub fn reason(&self) -> Option<&Reason> {
        match &self.value {
            Value::Unknown(reason) | Value::Either(_, reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether it counts as true.
    pub fn truthy(&self) -> Result<bool, Reason> {
        Ok(match &self.value {
            Value::Undefined | Value::Null => false,
            Value::Bool(b) => *b,
            Value::Number(n) => *n != 0.0 && !n.is_nan(),
            Value::String(t) | Value::Environment(t) => !t.is_empty(),
            Value::Unknown(reason) => return Err(reason.clone()),
            Value::Either(all, reason) => {
                let mut answers = all.iter().map(|v| v.truthy());
                match answers.next() {
                    Some(Ok(first)) if answers.all(|a| a == Ok(first)) => first,
                    _ => return Err(reason.clone()),
                }
            }
            _ => true,
        })
    }

    /// As text, as a template string would print it; references in Railway's own form.
    pub fn print(&self) -> Result<String, Reason> {
        Ok(match &self.value {
            Value::String(t) | Value::Environment(t) => t.as_str().to_owned(),
            Value::Number(n) => n.to_string(),
            Value::Bool(b) => b.to_string(),
            Value::Null => "null".into(),
            Value::Undefined => "undefined".into(),
            Value::Reference(resource, output) => format!("${{{{{}.{}}}}}", resource.as_str(), output.as_str()),
            Value::Unknown(reason) | Value::Either(_, reason) => return Err(reason.clone()),
            Value::Preserved => return Err(Reason::at("set-elsewhere", "the value is kept from elsewhere", self.span)),
            Value::Derived => return Err(Reason::at("derived", "the value is derived when applied", self.span)),
            Value::List(list) => {
                let list = list.borrow();
                if let Some(reason) = list.open.first().or(list.items.iter().find_map(|i| i.maybe.as_ref())) {
                    return Err(reason.clone());
                }
                let parts: Result<Vec<String>, Reason> = list
                    .items
                    .iter()
                    .map(|i| match i.value.value {
                        // Not followed: a list can hold itself.
                        Value::List(_) => Err(Reason::at("computed", "a list of lists as text", self.span)),
                        _ => i.value.print(),
                    })
                    .collect();
                parts?.join(",")
            }
            _ => return Err(Reason::at("computed", "not a text", self.span)),
        })
    }
}
