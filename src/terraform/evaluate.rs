//! Evaluating every root module under every environment.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::finding::Reason;
use crate::knowledge::Knowledge;
use crate::syntax::json;
use crate::terraform::config::{self, Config, Files, join};
use crate::terraform::instance::{Instance, Iteration, Shared};
use crate::terraform::outline::{self, Outlines};
use crate::terraform::plan::laid;
use crate::terraform::providers::{self, Locks, Providers, Seen};
use crate::terraform::roots::{self, RootPlan};
use crate::terraform::walk::Walk;
use crate::terraform::{Evaluation, Options, asked, resolve};
use crate::workspace::Workspace;

/// Stack of a thread that evaluates: references are followed by recursion, to a limit.
const STACK: usize = 64 << 20;

/// (root directory, key of modules.json) → directory of the module.
type Installed = HashMap<(String, String), String>;

/// What all roots of a project share.
struct Project<'w> {
    workspace: &'w Workspace,
    parsed: &'w Files,
    configs: IndexMap<String, Config>,
    installed: Installed,
    outlines: Outlines,
    locks: Locks,
    options: &'w Options,
}

/// Everything that came of evaluating a project.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// One for each root module and environment.
    pub evaluations: Vec<Evaluation>,
    /// What was asked for and can't be done: a value that its variable can't have, a plan of no root here.
    pub refused: Vec<Reason>,
}

/// Evaluates every root module under every environment, and leaves out what can't be done.
pub fn evaluate(workspace: &Workspace, parsed: &Files, options: &Options, knowledge: &Knowledge) -> Vec<Evaluation> {
    evaluate_all(workspace, parsed, options, knowledge).evaluations
}

/// Evaluates every root module under every environment, or takes the plan of it.
pub fn evaluate_all(workspace: &Workspace, parsed: &Files, options: &Options, knowledge: &Knowledge) -> Evaluated {
    let configs = config::read(workspace, parsed);
    let project = Project {
        workspace,
        parsed,
        outlines: outline::of_calls(&configs, knowledge),
        configs,
        installed: installed_modules(workspace),
        locks: providers::locked(workspace, parsed),
        options,
    };
    let mut plans = roots::find(workspace, parsed, &project.configs, options, knowledge);
    let mut refused = asked::of_no_root(options, &plans, &project.configs);
    refused.extend(asked::plans(options, &mut plans, &project.configs, &project.installed));
    if plans.is_empty() {
        return Evaluated { evaluations: Vec::new(), refused };
    }
    let all = |plans: Vec<RootPlan>| -> Vec<(Evaluation, Vec<Reason>)> {
        plans.into_par_iter().filter_map(|plan| project.root(plan)).collect()
    };
    let all = match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(|| all(plans)),
        Err(_) => all(plans),
    };
    let mut evaluations = Vec::with_capacity(all.len());
    for (evaluation, wrong) in all {
        evaluations.push(evaluation);
        refused.extend(wrong.into_iter().filter(|w| !refused.contains(w)).collect::<Vec<_>>());
    }
    Evaluated { evaluations, refused }
}

fn installed_modules(workspace: &Workspace) -> Installed {
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

impl Project<'_> {
    /// The root, and what of the values given to it can't be used.
    fn root(&self, plan: RootPlan) -> Option<(Evaluation, Vec<Reason>)> {
        let told = plan.told.clone();
        let mut evaluation = Evaluation {
            root: plan.dir.clone(),
            environment: plan.environment,
            library: plan.library,
            resources: Vec::new(),
            modules: Vec::new(),
            unread_calls: plan.unread,
            providers: Vec::new(),
            backend: plan.backend,
            refactorings: Vec::new(),
            changes: Vec::new(),
            problems: plan.problems,
            files: plan.files,
            planned: None,
        };
        let Some(config) = plan.outline.as_ref().or_else(|| self.configs.get(&plan.module)) else {
            let evaluation = match told {
                Some(plan) => laid(evaluation, &plan),
                None if evaluation.unread_calls.is_empty() => return None,
                None => evaluation,
            };
            return Some((evaluation, Vec::new()));
        };
        let generated;
        let config = match plan.generated.as_slice() {
            [] => config,
            blocks => {
                generated = config.with(blocks);
                &generated
            }
        };
        let shared = Rc::new(Shared {
            workspace: self.workspace,
            configs: &self.configs,
            installed: &self.installed,
            outlines: &self.outlines,
            options: self.options,
            root_dir: plan.module,
            depth: Cell::new(0),
            problems: RefCell::default(),
            made: Cell::new(0),
            taken: Cell::new(0),
        });
        let asked =
            if told.is_some() { HashMap::new() } else { self.options.all_for(&plan.dir, self.workspace, self.parsed) };
        let root = Instance::root(shared.clone(), config, plan.given);
        let refused = asked::unfit(&root, &asked);
        let declared = config.backend.as_ref();
        let declared = declared.map(|(t, b)| (t.clone(), resolve::block(&root, b, &Iteration::default(), None)));
        evaluation.backend = evaluation.backend.or(declared);
        let providers = Providers { all: Vec::new(), root: plan.dir, locks: &self.locks };
        let mut walk = Walk { evaluation, providers };
        let mut seen = Seen::new();
        walk.providers.declared(&root, &mut seen);
        walk.instance(&root, &seen, None);
        let mut evaluation = walk.evaluation;
        evaluation.providers = walk.providers.all;
        evaluation.problems.extend(shared.problems.take());
        if plan.cut {
            let message = format!("more than {} environments: the others aren't looked at", roots::ENVIRONMENTS);
            evaluation.problems.push(Reason::new("limit", message));
        }
        let evaluation = match told {
            Some(plan) => laid(evaluation, &plan),
            None => evaluation,
        };
        Some((evaluation, refused))
    }
}
