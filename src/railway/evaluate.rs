//! A small static evaluator for `.railway/railway.ts`: works out what the file builds without
//! running it. What depends on anything outside the repository is unknown, with the reason.
//!
//! Where a condition is unknown both branches are gone through: what they build may exist
//! ([`value::Item::maybe`]), what they set is one of several ([`value::Value::Either`]). A branch that
//! throws is taken to be the refused one.

mod access;
mod builtins;
mod expressions;
mod modules;
mod scope;
mod sdk;
mod statements;
pub mod value;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::finding::Reason;
use crate::source::{SourceId, Span, Text};
use crate::syntax::tree::Tree;
use crate::syntax::typescript;
use crate::workspace::Workspace;
use modules::Module;
pub use modules::{parsed, resolve};
use scope::Scope;
use value::{Val, Value};

/// How many expressions and statements one evaluation may take.
const STEPS: usize = 200_000;
/// How deep expressions, statements and calls may be nested while evaluating.
const DEPTH: usize = 220;
/// The longest text that is built.
const TEXT: usize = 64 * 1024;

/// Where files are found.
pub struct Files<'f, 'a> {
    pub workspace: &'a Workspace,
    pub typescript: &'f dyn Fn(SourceId) -> Option<&'a typescript::File>,
    pub tree: &'f dyn Fn(SourceId) -> Option<&'a Tree>,
}

/// What one file builds in one environment.
pub struct Outcome {
    /// The default export's result: a project, unknown, …; `None` where it refuses the environment.
    pub result: Option<Val>,
    /// `export const partial`.
    pub partial: Option<Val>,
    /// Names the environment was compared with.
    pub environments: BTreeSet<Text>,
    /// Whether the environment's name was looked at in any way.
    pub depends_on_environment: bool,
    /// Files read.
    pub files: Vec<SourceId>,
    /// What can't be known besides the result.
    pub unknown: Vec<Reason>,
}

/// How a statement ends.
enum Flow {
    Next,
    Return(Val),
    /// Returned this, or went on.
    Maybe(Val, Reason),
    Throw,
    Break,
    Continue,
}

struct Evaluator<'e, 'f, 'a> {
    files: &'e Files<'f, 'a>,
    environment: Text,
    compared: BTreeSet<Text>,
    looked: bool,
    steps: usize,
    depth: usize,
    /// Unknown conditions of the branches being gone through.
    doubts: Vec<Reason>,
    /// Calls of the file's own functions.
    callers: Vec<Span>,
    modules: HashMap<SourceId, Option<Rc<Module>>>,
    read: Vec<SourceId>,
    scopes: RefCell<Vec<Rc<Scope>>>,
    unknown: Vec<Reason>,
}

impl Drop for Evaluator<'_, '_, '_> {
    fn drop(&mut self) {
        for scope in self.scopes.borrow().iter() {
            scope.clear();
        }
    }
}

/// Evaluates a file's default export in an environment. `then` sees the outcome while its values live.
pub fn evaluate<T>(files: &Files<'_, '_>, file: SourceId, environment: &Text, then: impl FnOnce(Outcome) -> T) -> T {
    let mut evaluator = Evaluator {
        files,
        environment: environment.clone(),
        compared: BTreeSet::new(),
        looked: false,
        steps: 0,
        depth: 0,
        doubts: Vec::new(),
        callers: Vec::new(),
        modules: HashMap::new(),
        read: Vec::new(),
        scopes: RefCell::default(),
        unknown: Vec::new(),
    };
    let mut outcome = Outcome {
        result: None,
        partial: None,
        environments: BTreeSet::new(),
        depends_on_environment: false,
        files: Vec::new(),
        unknown: Vec::new(),
    };
    if let Some(module) = evaluator.module(file) {
        outcome.partial = module.exports.borrow().get("partial").cloned();
        let main = module.exports.borrow().get("default").cloned();
        outcome.result = if module.thrown { None } else { main.and_then(|main| evaluator.program(main)) };
    }
    outcome.environments = std::mem::take(&mut evaluator.compared);
    outcome.depends_on_environment = evaluator.looked;
    outcome.files = std::mem::take(&mut evaluator.read);
    outcome.unknown = std::mem::take(&mut evaluator.unknown);
    if evaluator.steps >= STEPS {
        outcome.unknown.push(Reason::new("limit", "the file takes too many steps to work out"));
    }
    then(outcome)
}

impl Evaluator<'_, '_, '_> {
    fn scope(&self, parent: Option<Rc<Scope>>) -> Rc<Scope> {
        let scope = Scope::new(parent, self.doubts.len());
        self.scopes.borrow_mut().push(scope.clone());
        scope
    }

    /// Counts a step; false when there were too many or they are nested too deeply.
    fn enter(&mut self) -> bool {
        self.steps += 1;
        self.depth += 1;
        self.steps < STEPS && self.depth < DEPTH
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    fn limit(&self, span: Span) -> Val {
        Val::unknown("limit", "too many or too deeply nested steps to work out", span)
    }

    fn text(&self, text: String, span: Span) -> Val {
        if text.len() > TEXT { self.limit(span) } else { Val::string(text, span) }
    }

    /// The value of something set under the branches being gone through: sure, or this or the former.
    fn doubtful(&self, new: Val, old: Option<Val>, doubts: usize) -> Val {
        match self.doubts.last() {
            Some(reason) if self.doubts.len() > doubts => {
                let span = new.span;
                Val::either(vec![new, old.unwrap_or(Val::undefined(span))], reason.clone(), span)
            }
            _ => new,
        }
    }

    /// Runs the default export; `None` where it throws.
    fn program(&mut self, main: Val) -> Option<Val> {
        let span = main.span;
        match &main.value {
            Value::Program(inner) => {
                let arguments =
                    vec![Val::new(Value::Context, span), Val::new(Value::Native(value::Native::Project), span)];
                match &inner.value {
                    Value::Function(closure) => self.run(closure, arguments, None),
                    _ => Some((**inner).clone()),
                }
            }
            _ => Some(main),
        }
    }

    fn remember(&mut self, name: &Text) {
        self.looked = true;
        const NAMES: usize = 24;
        let plain = !name.is_empty()
            && name.len() <= 64
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '/'));
        if plain && self.compared.len() < NAMES {
            self.compared.insert(name.clone());
        }
    }
}
