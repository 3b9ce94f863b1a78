//! What the person running it asked for and can't have: values for variables that aren't there or can't take them,
//! plans of no root here.

use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::Reason;
use crate::source::Span;
use crate::terraform::config::Config;
use crate::terraform::given::{AllGiven, Given};
use crate::terraform::instance::Instance;
use crate::terraform::plan::{self, Found};
use crate::terraform::roots::RootPlan;
use crate::terraform::{Assignment, Options};

/// The kind of every such reason.
const KIND: &str = "refused";

/// Directories in a message.
fn listed(mut dirs: Vec<String>) -> String {
    dirs.sort();
    dirs.dedup();
    let more = dirs.len().saturating_sub(10);
    dirs.truncate(10);
    let named: Vec<String> = dirs.iter().map(|d| format!("`{d}`")).collect();
    match more {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// What `--var` and `--var-file` give to roots or variables that aren't there.
pub fn of_no_root(options: &Options, roots: &[RootPlan], configs: &IndexMap<String, Config>) -> Vec<Reason> {
    let mut refused = Vec::new();
    for assigned in &options.assigned {
        let flag = match &assigned.what {
            Assignment::Value(name, _) => format!("--var {name}"),
            Assignment::File(path) => format!("--var-file {path}"),
        };
        if let Some(dir) = &assigned.root
            && !roots.iter().any(|r| r.dir == *dir)
        {
            let dirs = roots.iter().map(|r| r.dir.clone()).collect::<Vec<_>>();
            let there = match dirs.is_empty() {
                true => "there is none here".to_owned(),
                false => format!("there are {}", listed(dirs)),
            };
            refused.push(Reason::new(KIND, format!("{flag}: `{dir}` is no Terraform root module ({there})")));
            continue;
        }
        // Terraform takes a file's values for what they are worth, and refuses a single one that nothing declares.
        let Assignment::Value(name, _) = &assigned.what else { continue };
        let meant = roots.iter().filter(|r| assigned.root.as_ref().is_none_or(|dir| r.dir == *dir));
        let mut modules = meant.filter_map(|r| configs.get(&r.module));
        if !modules.any(|c| c.variables.contains_key(name.as_str())) {
            let which = match &assigned.root {
                Some(dir) => format!("the root module `{dir}` doesn't declare"),
                None => "no Terraform root module here declares".to_owned(),
            };
            refused.push(Reason::new(KIND, format!("{flag}: {which} a variable of that name")));
        }
    }
    refused
}

/// Gives every plan to its root, in place of all its environments.
pub fn plans(
    options: &Options,
    roots: &mut Vec<RootPlan>,
    configs: &IndexMap<String, Config>,
    installed: &HashMap<(String, String), String>,
) -> Vec<Reason> {
    let mut refused = Vec::new();
    let mut taken: Vec<(String, Span)> = Vec::new();
    for of in &options.plans {
        let at = Span::new(of.plan.source, 0, 0);
        let dir = match root_of(of, roots, configs, installed) {
            Ok(dir) => dir,
            Err(message) => {
                refused.push(Reason::at(KIND, message, at));
                continue;
            }
        };
        if taken.iter().any(|(known, _)| *known == dir) {
            let message = format!("another plan is of the root module `{dir}` too: hand in one plan a root");
            refused.push(Reason::at(KIND, message, at));
            continue;
        }
        taken.push((dir.clone(), at));
        let first = roots.iter().position(|r| r.dir == dir);
        let mut root = match first {
            Some(index) => roots.remove(index),
            None => RootPlan::plain(&dir, String::new(), options.of_environment()),
        };
        roots.retain(|r| r.dir != dir);
        root.environment = "plan".to_owned();
        root.cut = false;
        root.given.extend(of.plan.variables.iter().map(|(name, v)| (name.clone(), Given::Value(v.clone()))));
        root.told = Some(of.plan.clone());
        roots.insert(first.unwrap_or(roots.len()).min(roots.len()), root);
    }
    refused
}

fn root_of(
    of: &crate::terraform::PlanOf,
    roots: &[RootPlan],
    configs: &IndexMap<String, Config>,
    installed: &HashMap<(String, String), String>,
) -> Result<String, String> {
    let mut candidates: Vec<plan::Candidate<'_>> = Vec::new();
    for root in roots {
        if !candidates.iter().any(|c| c.dir == root.dir) {
            candidates.push(plan::Candidate { dir: &root.dir, module: &root.module });
        }
    }
    let dirs = || candidates.iter().map(|c| c.dir.to_owned()).collect::<Vec<_>>();
    if let Some(dir) = &of.root {
        if configs.contains_key(dir) || candidates.iter().any(|c| c.dir == dir) || candidates.is_empty() {
            return Ok(dir.clone());
        }
        return Err(format!("`{dir}` is no Terraform root module (there are {})", listed(dirs())));
    }
    match plan::find(&of.plan, &candidates, configs, installed) {
        // There is nothing but the plan.
        None => Ok(".".to_owned()),
        Some(Found::Root(dir)) => Ok(dir),
        Some(Found::Several(dirs)) => Err(format!(
            "the plan may be of any of the root modules {}: say which, with --plan ROOT=FILE",
            listed(dirs)
        )),
        Some(Found::None(dirs)) => Err(format!(
            "no root module here declares the plan's resources (there are {}): say which it is of, with --plan ROOT=FILE",
            listed(dirs)
        )),
    }
}

/// Values that were given and that their variables can't take.
pub fn unfit(root: &Rc<Instance<'_>>, asked: &AllGiven) -> Vec<Reason> {
    let mut refused = Vec::new();
    let mut names: Vec<_> = asked.iter().collect();
    names.sort_by(|a, b| a.0.cmp(b.0));
    for (name, given) in names {
        let Some(block) = root.config.variables.get(name) else { continue };
        let place = match given {
            Given::Value(value) => value.origin.as_ref().map(|o| o.span),
            Given::Raw(_) => None,
        };
        if let Given::Value(value) = given
            && let Some(reason) = value.first_unknown().and_then(|r| r.first())
        {
            let message = format!("the value of `{}`: {}", name.as_str(), reason.message);
            refused.push(Reason { kind: KIND, message, span: reason.span.or(place) });
            continue;
        }
        let value = root.variable(name, block.header);
        let wrong =
            value.as_ref().and_then(Value::reasons).and_then(|r| r.iter().find(|r| r.kind == "evaluation-error"));
        if let Some(wrong) = wrong {
            let message = match given {
                Given::Value(_) => wrong.message.clone(),
                Given::Raw(_) => format!("a value given to `{}` can't be used: {}", name.as_str(), wrong.message),
            };
            refused.push(Reason { kind: KIND, message, span: place.or(Some(block.header)) });
        }
    }
    refused
}
