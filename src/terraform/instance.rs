//! A module instance: resolving its names lazily, each once, with cycles found.

mod calls;
mod expansion;
mod reference;
mod scope;

pub use calls::Children;
pub use expansion::Expansion;
pub use reference::META;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::convert::sorted;
use crate::expr::weight::{Weight, too_large};
use crate::expr::{Limits, Open, Type, Value, evaluate, types};
use crate::finding::{Location, Reason};
use crate::source::{Span, Text};
use crate::syntax::hcl::{Block, Expr, ExprKind};
use crate::terraform::Options;
use crate::terraform::config::Config;
use crate::terraform::files::ModuleFiles;
use crate::terraform::given::AllGiven;
use crate::terraform::outline::Outlines;
use crate::workspace::Workspace;
use scope::BlockScope;

/// Expressions evaluated one inside the other, references followed: deeper than this is unknown.
const DEPTH: usize = 1_000;
/// What following one reference counts for in that.
const REFERENCE: usize = 4;
/// Values that take more than this many bytes count.
const LARGE: usize = 64 << 10;
/// All large values of a root together take at most so many bytes.
const MEMORY: usize = 512 << 20;
/// A block with more instances than this is cut off.
pub const INSTANCES: usize = 10_000;

/// What all instances of a root share.
pub struct Shared<'a> {
    pub workspace: &'a Workspace,
    pub configs: &'a IndexMap<String, Config>,
    pub installed: &'a HashMap<(String, String), String>,
    pub outlines: &'a Outlines,
    pub options: &'a Options,
    /// Directory of the root module.
    pub root_dir: String,
    /// How deep evaluation is.
    pub depth: Cell<usize>,
    pub problems: RefCell<Vec<Reason>>,
    /// Module instances made so far.
    pub made: Cell<usize>,
    /// What the large values made so far take, in bytes.
    pub taken: Cell<usize>,
}

impl Shared<'_> {
    /// Notes a problem once.
    pub fn problem(&self, reason: Reason) {
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&reason) {
            problems.push(reason);
        }
    }

    /// Whether the large values made so far take all that they may.
    fn is_full(&self) -> bool {
        self.taken.get() > MEMORY
    }

    /// A value, where it and all others so far don't take too much; a limit that it met is told.
    fn within(&self, value: Value, span: Span) -> Value {
        let weight = Weight::of(&value);
        let large = weight.total > LARGE;
        self.taken.set(self.taken.get() + if large { weight.total } else { 0 });
        if weight.is_too_much() || large && self.is_full() {
            let instead = too_large(span);
            instead.reasons().into_iter().flat_map(|r| r.iter()).for_each(|r| self.problem(r.clone()));
            return instead;
        }
        if let Some(limit) = weight.limit {
            self.problem(limit.clone());
        }
        value
    }
}

/// An instance of a module.
pub struct Instance<'a> {
    pub shared: Rc<Shared<'a>>,
    pub config: &'a Config,
    /// `module.db["a"]`; empty for the root.
    pub address: String,
    pub address_without_keys: String,
    pub callers: Vec<Location>,
    pub parent: Option<(Rc<Instance<'a>>, &'a Block, Iteration)>,
    pub given: AllGiven,
    /// Directories of the modules it is in, the root's first.
    pub above: Vec<&'a str>,
    memo: RefCell<HashMap<(&'static str, Text), Option<Value>>>,
    children: RefCell<HashMap<Text, Option<Rc<Children<'a>>>>>,
    /// By the block itself: those of an outline share their places.
    expansions: RefCell<HashMap<*const Block, Rc<Expansion>>>,
}

/// `each` and `count` of one instance.
#[derive(Clone, Debug, Default)]
pub struct Iteration {
    /// `each.key`, `each.value`.
    pub each: Option<(Value, Value)>,
    /// `count.index`.
    pub count: Option<Value>,
}

impl Iteration {
    /// The `index`th of a `count`.
    pub fn nth(index: usize) -> Self {
        Iteration { count: Some(Value::int(index as i64)), each: None }
    }

    /// One element of a `for_each`.
    pub fn of(key: &Text, value: &Value) -> Self {
        Iteration { each: Some((Value::string(key.clone()), value.clone())), count: None }
    }

    /// One of an unknown number of instances.
    pub fn unknown(reasons: &Arc<Vec<Reason>>) -> Self {
        let key = Value::unknown_not_null(Type::String, reasons.clone());
        let value = Value::unknown_of(Type::Any, reasons.clone());
        let index = Value::unknown_not_null(Type::Number, reasons.clone());
        Iteration { each: Some((key, value)), count: Some(index) }
    }
}

/// An instance key as addresses write it: `["a"]`.
pub fn key(text: &str) -> String {
    let mut out = String::from("[\"");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push_str("\"]");
    out
}

/// An address below another; `base` is empty for the root.
pub fn under(base: &str, step: &str) -> String {
    if base.is_empty() { step.to_owned() } else { format!("{base}.{step}") }
}

/// A reference as an address: `module.a.aws_s3_bucket.b["x"]`; `None` where it isn't a plain one.
pub fn address_of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name.as_str().to_owned()),
        ExprKind::Attribute(of, name) => Some(format!("{}.{}", address_of(of)?, name.name.as_str())),
        ExprKind::Index(of, index) => {
            let index = match &index.kind {
                ExprKind::Number(n) => format!("[{}]", n.as_str()),
                ExprKind::String(text) => key(text),
                // `import` with `for_each` may take its key from there.
                _ => String::new(),
            };
            Some(format!("{}{index}", address_of(of)?))
        }
        _ => None,
    }
}

impl<'a> Instance<'a> {
    /// The root module.
    pub fn root(shared: Rc<Shared<'a>>, config: &'a Config, given: AllGiven) -> Rc<Self> {
        Rc::new(Instance {
            shared,
            config,
            address: String::new(),
            address_without_keys: String::new(),
            callers: Vec::new(),
            parent: None,
            given,
            above: Vec::new(),
            memo: RefCell::default(),
            children: RefCell::default(),
            expansions: RefCell::default(),
        })
    }

    /// Evaluates an expression of this module.
    pub fn eval(self: &Rc<Self>, expr: &Expr, iteration: &Iteration, extra: &[(Text, Value)]) -> Value {
        let before = self.shared.depth.get();
        let base = before + REFERENCE;
        if base >= DEPTH {
            return Value::unknown(Reason::at("limit", "references go too deep", expr.span));
        }
        let files = ModuleFiles { workspace: self.shared.workspace, root: &self.shared.root_dir };
        let scope = BlockScope { instance: self, iteration, extra, files, base };
        let standard = Limits::default();
        // Where there was too much already, what is large isn't made any more.
        let longest = if self.shared.is_full() { LARGE } else { standard.longest };
        let limits = Limits { depth: (DEPTH - base).min(standard.depth), longest, ..standard };
        let value = evaluate(expr, &scope, limits).value;
        self.shared.depth.set(before);
        self.shared.within(value, expr.span)
    }

    /// Runs `make` once for a name; a name that is being made is a cycle.
    fn once(&self, kind: &'static str, name: &Text, span: Span, make: impl FnOnce() -> Value) -> Value {
        let key = (kind, name.clone());
        match self.memo.borrow().get(&key) {
            Some(Some(value)) => return value.clone(),
            Some(None) => {
                let what =
                    if kind == "resource" { name.as_str().to_owned() } else { format!("{kind}.{}", name.as_str()) };
                let reason = Reason::at("cycle", format!("`{what}` refers to itself"), span);
                self.shared.problem(reason.clone());
                return Value::unknown(reason);
            }
            None => {}
        }
        self.memo.borrow_mut().insert(key.clone(), None);
        let value = make();
        self.memo.borrow_mut().insert(key, Some(value.clone()));
        value
    }

    /// The value of a variable.
    pub fn variable(self: &Rc<Self>, name: &Text, span: Span) -> Option<Value> {
        let Some(block) = self.config.variables.get(name) else {
            // Its declaration may be in a file that isn't among those read; what it is given is known all the same.
            return self.given.get(name).map(|given| given.value(None));
        };
        Some(self.once("var", name, span, || self.variable_value(name, block)))
    }

    fn variable_value(self: &Rc<Self>, name: &Text, block: &'a Block) -> Value {
        let none = Iteration::default();
        let constraint = self.constraint(block);
        let default = || {
            let attribute = block.body.attribute("default")?;
            let value = self.eval(&attribute.value, &none, &[]);
            Some(value.hop(attribute.span, &format!("default of var.{}", name.as_str())))
        };
        let passed = match &self.parent {
            Some((parent, call, iteration)) => call.body.attribute(name).map(|a| {
                let what = format!("argument of {}", self.address_without_keys);
                parent.eval(&a.value, iteration, &[]).hop(a.span, &what)
            }),
            None => self.given.get(name).map(|given| given.value(constraint.as_ref())),
        };
        let not_nullable =
            block.body.attribute("nullable").is_some_and(|a| matches!(a.value.kind, ExprKind::Bool(false)));
        let passed = passed.filter(|v| !(not_nullable && v.is_null()));
        let value = match passed.or_else(default) {
            Some(value) => value,
            None => {
                let message = format!("variable `{}` has no default and is given no value", name.as_str());
                let ty = constraint.as_ref().map_or(Type::Any, types::Constraint::ty);
                let reason = Reason::at("variable-without-value", message, block.header);
                Value::unknown_of(ty, Arc::new(vec![reason])).refined(|u| u.not_null = not_nullable)
            }
        };
        let value = match constraint {
            Some(constraint) => match constraint.apply(&value, block.header) {
                Ok(converted) => converted,
                Err(message) => Value::error(block.header, format!("value of var.{}: {message}", name.as_str())),
            },
            None => value,
        };
        value.marked(is_true(block, "sensitive"))
    }

    fn constraint(self: &Rc<Self>, block: &'a Block) -> Option<types::Constraint> {
        let ty = block.body.attribute("type")?;
        types::parse(&ty.value, &|e| self.eval(e, &Iteration::default(), &[]))
    }

    /// The value of a local.
    pub fn local(self: &Rc<Self>, name: &Text, span: Span) -> Option<Value> {
        let expr = self.config.locals.get(name)?;
        Some(self.once("local", name, span, || self.eval(expr, &Iteration::default(), &[])))
    }

    /// The value of an output.
    pub fn output(self: &Rc<Self>, name: &Text, span: Span) -> Option<Value> {
        let block = self.config.outputs.get(name)?;
        Some(self.once("output", name, span, || {
            let value = match block.body.attribute("value") {
                Some(a) => self.eval(&a.value, &Iteration::default(), &[]),
                None => Value::null(),
            };
            value.marked(is_true(block, "sensitive"))
        }))
    }

    /// All outputs as an object.
    fn outputs(self: &Rc<Self>, span: Span) -> Value {
        let fields = self.config.outputs.keys().filter_map(|n| Some((n.clone(), self.output(n, span)?)));
        let fields = sorted(fields.collect::<Vec<_>>());
        match self.config.outline {
            Some(_) => Open { attributes: fields, ..self.outlined() }.value(span),
            None => Value::object(fields),
        }
    }
}

/// Whether an attribute says `true` plainly.
fn is_true(block: &Block, name: &str) -> bool {
    block.body.attribute(name).is_some_and(|a| matches!(a.value.kind, ExprKind::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_as_addresses_write_them() {
        assert_eq!(key("a"), "[\"a\"]");
        assert_eq!(key("a\"\\é\n${x}"), "[\"a\\\"\\\\é\\n$${x}\"]");
    }
}
