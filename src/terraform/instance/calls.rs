//! Module calls: their instances, and references to their outputs.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::{Expansion, INSTANCES, Instance, Iteration, under};
use crate::expr::convert::{sorted, to_number, to_text};
use crate::expr::{Open, Step, Type, Value};
use crate::finding::{Location, Reason, Role};
use crate::source::{Span, Text};
use crate::syntax::hcl::Block;
use crate::terraform::config::{Config, join, literal};
use crate::terraform::given::AllGiven;

/// Modules nested deeper than this aren't entered.
const MODULE_DEPTH: usize = 32;
/// The kind of reason why a module isn't read that `init` would fetch.
const NOT_INSTALLED: &str = "module-not-installed";

fn not_installed(source: &Text, span: Span) -> Reason {
    let message = format!("module source `{}` isn't installed: run `terraform init`", source.as_str());
    Reason::at(NOT_INSTALLED, message, span)
}

/// The module instances of one call.
pub enum Children<'a> {
    /// Neither `count` nor `for_each`.
    Single(Rc<Instance<'a>>),
    /// `count`.
    Count(Vec<Rc<Instance<'a>>>),
    /// `for_each`.
    Each(Vec<(Text, Rc<Instance<'a>>)>),
    /// Some instances, maybe none; evaluated once with unknown keys.
    Uncertain(Rc<Instance<'a>>, Arc<Vec<Reason>>),
    /// The module isn't here.
    Unread(Reason),
}

impl<'a> Children<'a> {
    /// All of them, with the reason where there may be none.
    pub fn all(&self) -> (Vec<&Rc<Instance<'a>>>, Option<&Reason>) {
        match self {
            Children::Single(child) => (vec![child], None),
            Children::Count(all) => (all.iter().collect(), None),
            Children::Each(all) => (all.iter().map(|(_, c)| c).collect(), None),
            Children::Uncertain(child, reasons) => (vec![child], reasons.first()),
            Children::Unread(_) => (Vec::new(), None),
        }
    }
}

impl<'a> Instance<'a> {
    /// The module instances of a call.
    pub fn children(self: &Rc<Self>, name: &Text) -> Option<Rc<Children<'a>>> {
        let call = self.config.calls.get(name)?;
        match self.children.borrow().get(name) {
            Some(Some(known)) => return Some(known.clone()),
            Some(None) => {
                let message = format!("`module.{}` refers to itself", name.as_str());
                let reason = Reason::at("cycle", message, call.header);
                self.shared.problem(reason.clone());
                return Some(Rc::new(Children::Unread(reason)));
            }
            None => {}
        }
        self.children.borrow_mut().insert(name.clone(), None);
        let made = Rc::new(self.make_children(name, call));
        self.children.borrow_mut().insert(name.clone(), Some(made.clone()));
        Some(made)
    }

    fn make_children(self: &Rc<Self>, name: &Text, call: &'a Block) -> Children<'a> {
        let config = match self.module_config(name, call) {
            Ok(config) => config,
            Err(reason) => return Children::Unread(reason),
        };
        if config.dir == self.config.dir || self.above.iter().any(|dir| *dir == config.dir) {
            let reason = Reason::at("cycle", format!("the module in `{}` calls itself", config.dir), call.header);
            self.shared.problem(reason.clone());
            return Children::Unread(reason);
        }
        let expansion = self.expansion(call);
        let wanted = match &*expansion {
            Expansion::Count(n) => *n,
            Expansion::Each(pairs) => pairs.len(),
            Expansion::Single | Expansion::Unknown(_) => 1,
        };
        let made = self.shared.made.get() + wanted;
        if self.above.len() >= MODULE_DEPTH || made > INSTANCES {
            let message = format!("modules nested more than {MODULE_DEPTH} deep, or more than {INSTANCES} of them");
            let reason = Reason::at("limit", message, call.header);
            self.shared.problem(reason.clone());
            return Children::Unread(reason);
        }
        self.shared.made.set(made);
        let child = |key: &str, iteration: Iteration| self.child(name, call, config, key, iteration);
        match (&*expansion, expansion.instances()) {
            (_, Err(reasons)) => Children::Uncertain(child("", Iteration::unknown(reasons)), reasons.clone()),
            (Expansion::Count(_), Ok(all)) => {
                Children::Count(all.into_iter().map(|(key, iteration)| child(&key, iteration)).collect())
            }
            (Expansion::Each(pairs), Ok(all)) => {
                let one = |((name, _), (key, iteration)): (&(Text, Value), _)| {
                    let (key, iteration): (String, Iteration) = (key, iteration);
                    (name.clone(), child(&key, iteration))
                };
                Children::Each(pairs.iter().zip(all).map(one).collect())
            }
            _ => Children::Single(child("", Iteration::default())),
        }
    }

    fn child(
        self: &Rc<Self>,
        name: &Text,
        call: &'a Block,
        config: &'a Config,
        key: &str,
        iteration: Iteration,
    ) -> Rc<Instance<'a>> {
        let step = format!("module.{}", name.as_str());
        let here = Location { span: call.header, label: format!("called here as `{step}`"), role: Role::Caller };
        Rc::new(Instance {
            shared: self.shared.clone(),
            config,
            address: under(&self.address, &format!("{step}{key}")),
            address_without_keys: under(&self.address_without_keys, &step),
            callers: self.callers.iter().cloned().chain([here]).collect(),
            parent: Some((self.clone(), call, iteration)),
            given: AllGiven::new(),
            above: self.above.iter().copied().chain([self.config.dir.as_str()]).collect(),
            memo: RefCell::default(),
            children: RefCell::default(),
            expansions: RefCell::default(),
        })
    }

    fn module_config(&self, name: &Text, call: &'a Block) -> Result<&'a Config, Reason> {
        let Some((source, span)) = literal(call, "source") else {
            return Err(Reason::at("module-source", "the module's source isn't a plain string", call.header));
        };
        if source.starts_with("./") || source.starts_with("../") {
            let Some(dir) = join(&self.config.dir, &source) else {
                return Err(Reason::at("outside-repository", "the module lies outside the repository", span));
            };
            return self
                .shared
                .configs
                .get(&dir)
                .ok_or_else(|| Reason::at("module-not-found", format!("there is no module in `{dir}`"), span));
        }
        // modules.json names installed modules by their path of calls from the root.
        let path: Vec<&str> = self.address_without_keys.split('.').filter(|p| *p != "module").collect();
        let key = path.into_iter().chain([name.as_str()]).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(".");
        let installed = self.shared.installed.get(&(self.shared.root_dir.clone(), key));
        let installed = installed.and_then(|dir| self.shared.configs.get(dir));
        installed.or_else(|| self.shared.outlines.get(&call.header)).ok_or_else(|| not_installed(&source, span))
    }

    /// A reference to a module's outputs: its value, and how many steps after the module's name it took.
    pub(super) fn module(self: &Rc<Self>, name: &Text, steps: &[Step], span: Span) -> Option<(Value, usize)> {
        let children = self.children(name)?;
        let of = |child: &Rc<Instance<'a>>, steps: &[Step]| match steps.first() {
            Some(Step::Attribute(output)) => match child.output(output, span) {
                Some(value) => (value.hop(span, &format!("module.{}.{}", name.as_str(), output.as_str())), 1),
                None if child.config.outline.is_some() => (child.outlined().missing(output, span), 1),
                None => (Value::error(span, format!("module has no output `{}`", output.as_str())), 1),
            },
            _ => (child.outputs(span), 0),
        };
        let indexed = |child: &Rc<Instance<'a>>| {
            let (value, used) = of(child, steps.get(1..).unwrap_or(&[]));
            (value, used + 1)
        };
        let index = match steps.first() {
            Some(Step::Index(index)) if !index.is_unknown() => Some(index),
            _ => None,
        };
        Some(match (&*children, index) {
            (Children::Single(child), _) => of(child, steps),
            (Children::Count(all), index) => {
                let at = index.and_then(to_number).and_then(|n| n.as_i64()).and_then(|i| usize::try_from(i).ok());
                match at.and_then(|i| all.get(i)) {
                    Some(child) => indexed(child),
                    // What isn't there is the evaluator's to refuse.
                    None => (Value::tuple(all.iter().map(|c| c.outputs(span)).collect()), 0),
                }
            }
            (Children::Each(all), index) => {
                let key = index.and_then(to_text);
                match key.and_then(|k| all.iter().find(|(name, _)| *name == k)) {
                    Some((_, child)) => indexed(child),
                    None => {
                        let all = all.iter().map(|(k, c)| (k.clone(), c.outputs(span)));
                        (Value::object(sorted(all.collect::<Vec<_>>())), 0)
                    }
                }
            }
            (Children::Uncertain(_, reasons), _) => self.unread_output(name, steps, reasons),
            (Children::Unread(reason), _) => self.unread_output(name, steps, &Arc::new(vec![reason.clone()])),
        })
    }

    /// The outputs of a module of which only an outline is known: those it speaks of, and others.
    pub(super) fn outlined(self: &Rc<Self>) -> Open {
        let message = format!("other outputs of `{}` aren't known: it isn't installed", self.config.dir);
        Open { address: self.address.as_str().into(), attributes: sorted([]), kind: NOT_INSTALLED, message }
    }

    /// An output of a module that isn't here, or may not be: it is known what it stands for.
    fn unread_output(&self, name: &Text, steps: &[Step], reasons: &Arc<Vec<Reason>>) -> (Value, usize) {
        let base = under(&self.address, &format!("module.{}", name.as_str()));
        let symbol = match steps {
            [Step::Attribute(output), ..] => Some((format!("{base}.{}", output.as_str()), 1)),
            [Step::Index(index), Step::Attribute(output), ..] => {
                let key = match (index.as_number(), index.as_str()) {
                    (Some(n), _) => format!("[{n}]"),
                    (_, Some(text)) => super::key(text),
                    _ => String::new(),
                };
                Some((format!("{base}{key}.{}", output.as_str()), 2))
            }
            _ => None,
        };
        let value = Value::unknown_of(Type::Any, reasons.clone());
        match symbol {
            Some((symbol, used)) => (value.refined(|u| u.symbol = Some(symbol.into())), used),
            None => (value, 0),
        }
    }
}
