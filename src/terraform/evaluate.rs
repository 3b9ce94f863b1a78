//! Evaluating every root module under every environment.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::source::Text;
use crate::syntax::hcl::{Block, Expr, ExprKind};
use crate::syntax::json;
use crate::terraform::config::{self, Config, Files, ResourceBlock, alias, directory, join, literal};
use crate::terraform::instance::{Children, Expansion, Instance, Iteration, Shared};
use crate::terraform::roots::{self, RootPlan};
use crate::terraform::{Evaluation, Module, Options, Provider, Resource, UnreadCall, resolve};
use crate::workspace::Workspace;

/// Evaluates every root module under every environment.
pub fn evaluate(workspace: &Workspace, parsed: &Files, options: &Options) -> Vec<Evaluation> {
    let configs = config::read(workspace, parsed);
    let installed = installed_modules(workspace);
    let plans = roots::find(workspace, parsed, &configs, options);
    let locks = locked_versions(workspace, parsed);
    plans
        .into_par_iter()
        .filter_map(|plan| {
            let config = configs.get(&plan.dir)?;
            Some(evaluate_root(workspace, &configs, &installed, &locks, config, plan, options))
        })
        .collect()
}

/// (root directory, key of modules.json) → directory of the module.
fn installed_modules(workspace: &Workspace) -> HashMap<(String, String), String> {
    let mut found = HashMap::new();
    for file in workspace.of_role("terraform-modules") {
        let Some(root) = file.source.path.strip_suffix(".terraform/modules/modules.json") else { continue };
        let root = root.trim_end_matches('/');
        let root = if root.is_empty() { "." } else { root };
        let tree = json::parse(&file.source);
        let modules = tree.root().and_then(|r| r.get("Modules")).map(|m| m.items().to_vec()).unwrap_or_default();
        for module in modules {
            let (Some(key), Some(dir)) = (module.get("Key"), module.get("Dir")) else { continue };
            if let (Some(key), Some(dir)) = (key.as_str(), dir.as_str().and_then(|d| join(root, d))) {
                found.insert((root.to_owned(), key.to_owned()), dir);
            }
        }
    }
    found
}

/// (directory, provider source) → locked version.
fn locked_versions(workspace: &Workspace, parsed: &Files) -> HashMap<(String, String), Text> {
    let mut found = HashMap::new();
    for file in workspace.of_role("terraform-lock") {
        let Some(parsed) = parsed.get(&file.source.id) else { continue };
        for block in parsed.body.blocks_of("provider") {
            let (Some(name), Some((version, _))) = (block.labels.first(), literal(block, "version")) else { continue };
            let source = name.name.split_once('/').map_or(name.name.as_str(), |(_, rest)| rest).to_owned();
            found.insert((directory(&file.source.path), source), version);
        }
    }
    found
}

fn evaluate_root(
    workspace: &Workspace,
    configs: &IndexMap<String, Config>,
    installed: &HashMap<(String, String), String>,
    locks: &HashMap<(String, String), Text>,
    config: &Config,
    plan: RootPlan,
    options: &Options,
) -> Evaluation {
    let shared = Rc::new(Shared {
        workspace,
        configs,
        installed,
        options,
        root_dir: plan.dir.clone(),
        depth: Cell::new(0),
        problems: RefCell::default(),
        made: Cell::new(0),
    });
    let root = Instance::root(shared.clone(), config, plan.given);
    let mut walk = Walk {
        evaluation: Evaluation {
            root: plan.dir,
            environment: plan.environment,
            library: plan.library,
            resources: Vec::new(),
            modules: Vec::new(),
            unread_calls: Vec::new(),
            providers: Vec::new(),
            backend: config.backend.as_ref().map(|(t, b)| (t.clone(), resolve::block(&root, b, &Iteration::default()))),
            refactorings: Vec::new(),
            problems: Vec::new(),
            files: Vec::new(),
        },
        locks,
    };
    let mut providers = HashMap::new();
    for block in &config.providers {
        walk.configure(&root, block, &mut providers);
    }
    walk.instance(&root, &providers, None);
    walk.evaluation.problems.extend(shared.problems.take());
    if plan.cut {
        let message = format!("more than {} environments: the others aren't looked at", roots::ENVIRONMENTS);
        walk.evaluation.problems.push(Reason::new("limit", message));
    }
    walk.evaluation
}

/// Provider configurations a module sees: `aws` or `aws.west` → index.
type Seen = HashMap<String, usize>;

struct Walk<'w> {
    evaluation: Evaluation,
    locks: &'w HashMap<(String, String), Text>,
}

impl Walk<'_> {
    fn provider(
        &mut self,
        config: &Config,
        name: &Text,
        alias: Option<Text>,
        block: Option<(&Rc<Instance<'_>>, crate::terraform::ResolvedBlock)>,
    ) -> usize {
        let required = config.required.get(name);
        let source =
            required.and_then(|(s, _)| s.clone()).unwrap_or_else(|| format!("hashicorp/{}", name.as_str()).into());
        let locked = self.locks.get(&(self.evaluation.root.clone(), source.as_str().to_owned())).cloned();
        self.evaluation.providers.push(Provider {
            name: name.clone(),
            alias,
            source: Some(source),
            version: locked.or_else(|| required.and_then(|(_, v)| v.clone())),
            block: block.map(|(_, b)| b),
        });
        self.evaluation.providers.len() - 1
    }

    fn configure<'a>(&mut self, instance: &Rc<Instance<'a>>, block: &'a Block, seen: &mut Seen) {
        let Some(name) = block.labels.first().map(|l| l.name.clone()) else { return };
        let resolved = resolve::block(instance, block, &Iteration::default());
        let alias = alias(block);
        let key = match &alias {
            Some(alias) => format!("{}.{}", name.as_str(), alias.as_str()),
            None => name.as_str().to_owned(),
        };
        let index = self.provider(instance.config, &name, alias, Some((instance, resolved)));
        seen.insert(key, index);
    }

    fn instance<'a>(&mut self, instance: &Rc<Instance<'a>>, seen: &Seen, uncertain: Option<&Reason>) {
        for id in &instance.config.files {
            if !self.evaluation.files.contains(id) {
                self.evaluation.files.push(*id);
            }
        }
        let mut seen = seen.clone();
        for resource in &instance.config.resources {
            self.resource(instance, resource, &mut seen, uncertain);
        }
        for block in &instance.config.refactorings {
            let resolved = resolve::block(instance, block, &Iteration::default());
            self.evaluation.refactorings.push((instance.address.clone(), resolved));
        }
        let at = instance.config.files.first().map(|id| crate::source::Span::new(*id, 0, 0));
        if let Some(at) = at {
            let all = |names: Vec<&Text>, get: &dyn Fn(&Text) -> Option<Value>| -> IndexMap<Text, Value> {
                names.into_iter().filter_map(|n| Some((n.clone(), get(n)?))).collect()
            };
            self.evaluation.modules.push(Module {
                address: instance.address.clone(),
                dir: instance.config.dir.clone(),
                locals: all(instance.config.locals.keys().collect(), &|n| instance.local(n, at)),
                outputs: all(instance.config.outputs.keys().collect(), &|n| instance.output(n, at)),
                variables: all(instance.config.variables.keys().collect(), &|n| instance.variable(n, at)),
            });
        }
        for (name, call) in &instance.config.calls {
            let Some(children) = instance.children(name) else { continue };
            let passed = self.passed(instance, call, &mut seen);
            match &*children {
                Children::Single(child) => self.child(child, &passed, uncertain),
                Children::Count(all) => all.iter().for_each(|c| self.child(c, &passed, uncertain)),
                Children::Each(all) => all.iter().for_each(|(_, c)| self.child(c, &passed, uncertain)),
                Children::Uncertain(child, reasons) => {
                    let reason = reasons.first().cloned();
                    self.child(child, &passed, reason.as_ref().or(uncertain));
                }
                Children::Unread(reason) => {
                    let step = format!("module.{}", name.as_str());
                    let address =
                        if instance.address.is_empty() { step } else { format!("{}.{step}", instance.address) };
                    self.evaluation.unread_calls.push(UnreadCall {
                        address,
                        source: literal(call, "source").map_or_else(|| "".into(), |(s, _)| s),
                        version: literal(call, "version").map(|(v, _)| v),
                        block: resolve::block(instance, call, &Iteration::default()),
                        reason: reason.clone(),
                    });
                }
            }
        }
    }

    fn child<'a>(&mut self, child: &Rc<Instance<'a>>, passed: &Seen, uncertain: Option<&Reason>) {
        let mut seen = passed.clone();
        for block in &child.config.providers {
            self.configure(child, block, &mut seen);
        }
        self.instance(child, &seen, uncertain);
    }

    /// The configurations a call hands on: default ones, and `providers = { … }`.
    fn passed(&mut self, instance: &Rc<Instance<'_>>, call: &Block, seen: &mut Seen) -> Seen {
        let mut passed: Seen = seen.iter().filter(|(k, _)| !k.contains('.')).map(|(k, v)| (k.clone(), *v)).collect();
        if let Some(attribute) = call.body.attribute("providers")
            && let ExprKind::Object(items) = &attribute.value.kind
        {
            for item in items {
                if let (Some(inner), Some(outer)) = (provider_key(&item.key), provider_key(&item.value)) {
                    let index = self.seen_index(instance.config, &outer, seen);
                    passed.insert(inner, index);
                }
            }
        }
        passed
    }

    fn seen_index(&mut self, config: &Config, key: &str, seen: &mut Seen) -> usize {
        if let Some(index) = seen.get(key) {
            return *index;
        }
        let (name, alias) = key.split_once('.').map_or((key, None), |(n, a)| (n, Some(Text::from(a))));
        let index = self.provider(config, &name.into(), alias, None);
        seen.insert(key.to_owned(), index);
        index
    }

    fn resource<'a>(
        &mut self,
        instance: &Rc<Instance<'a>>,
        resource: &'a ResourceBlock,
        seen: &mut Seen,
        uncertain: Option<&Reason>,
    ) {
        let address = instance.resource_address(resource);
        let key = resource.block.body.attribute("provider").and_then(|a| provider_key(&a.value));
        let key = key.unwrap_or_else(|| resource.type_.split('_').next().unwrap_or("").to_owned());
        let provider = self.seen_index(instance.config, &key, seen);
        let own = address.strip_prefix(&instance.address).unwrap_or(&address).trim_start_matches('.').to_owned();
        let without_keys = if instance.address_without_keys.is_empty() {
            own
        } else {
            format!("{}.{own}", instance.address_without_keys)
        };
        let mut push = |address: String, iteration: &Iteration, uncertain: Option<&Reason>| {
            let block = resolve::block(instance, &resource.block, iteration);
            let prevent = block.blocks_of("lifecycle").find_map(|l| l.attributes.get("prevent_destroy"));
            self.evaluation.resources.push(Resource {
                address,
                address_without_keys: without_keys.clone(),
                mode: resource.mode,
                type_: resource.type_.clone(),
                name: resource.name.clone(),
                module: instance.address.clone(),
                provider: Some(provider),
                prevent_destroy: prevent.map_or_else(Value::null, |a| a.value.clone()),
                block,
                callers: instance.callers.clone(),
                uncertain: uncertain.cloned(),
            });
        };
        match instance.expansion(&resource.block) {
            Expansion::Single => push(address, &Iteration::default(), uncertain),
            Expansion::Count(n) => {
                for i in 0..n {
                    let iteration = Iteration { count: Some(Value::int(i as i64)), each: None };
                    push(format!("{address}[{i}]"), &iteration, uncertain);
                }
            }
            Expansion::Each(pairs) => {
                for (key, value) in pairs {
                    let address = format!("{address}[{:?}]", key.as_str());
                    let iteration = Iteration { each: Some((Value::string(key), value)), count: None };
                    push(address, &iteration, uncertain);
                }
            }
            Expansion::Unknown(reasons, _) => {
                let unknown = Value::unknown_of(Type::Any, reasons.clone());
                let iteration = Iteration { each: Some((unknown.clone(), unknown.clone())), count: Some(unknown) };
                push(address, &iteration, reasons.first().or(uncertain));
            }
        }
    }
}

/// `aws` or `aws.west` as written in `provider =` and `providers = {}`.
fn provider_key(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name.as_str().to_owned()),
        ExprKind::Attribute(inner, alias) => match &inner.kind {
            ExprKind::Variable(name) => Some(format!("{}.{}", name.as_str(), alias.name.as_str())),
            _ => None,
        },
        _ => None,
    }
}
