//! Which root module a plan is of: the one that declares its resources.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;

use super::Plan;
use crate::terraform::config::{Config, join, literal};
use crate::terraform::instance::under;

/// (root directory, key of modules.json) → directory of the module.
type Installed = HashMap<(String, String), String>;

/// Calls of modules followed further than this are left out.
const DEPTH: usize = 32;
/// More resources than this aren't compared.
const MANY: usize = 100_000;

/// A directory that a plan may be of.
pub struct Candidate<'a> {
    /// The directory.
    pub dir: &'a str,
    /// The directory of its module, another one only with Terragrunt.
    pub module: &'a str,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// It is of this one.
    Root(String),
    /// It may be of any of these.
    Several(Vec<String>),
    /// It is of none of these.
    None(Vec<String>),
}

/// What a root declares.
#[derive(Default)]
struct Declares {
    /// Addresses without keys.
    resources: BTreeSet<String>,
    /// Addresses of calls whose module isn't here.
    unread: Vec<String>,
}

/// The root whose resources a plan has. `None`: there is no root at all.
pub fn find(
    plan: &Plan,
    candidates: &[Candidate<'_>],
    configs: &IndexMap<String, Config>,
    installed: &Installed,
) -> Option<Found> {
    let dirs = || candidates.iter().map(|c| c.dir.to_owned()).collect::<Vec<_>>();
    // (of the plan's resources those that aren't there, of the root's those that aren't in the plan)
    let miss = |candidate: &Candidate<'_>| {
        let mut declares = Declares::default();
        if let Some(config) = configs.get(candidate.module) {
            declares.add(config, candidate.module, configs, installed, "", 0);
        }
        let inside = |address: &str| {
            declares.unread.iter().any(|c| address.strip_prefix(c.as_str()).is_some_and(|rest| rest.starts_with('.')))
        };
        let there = |address: &&String| declares.resources.contains(*address) || inside(address);
        let strange = plan.declared.len() - plan.declared.iter().filter(there).count();
        let more = declares.resources.iter().filter(|a| plan.declared.binary_search(a).is_err()).count();
        (strange, more)
    };
    let misses: Vec<(usize, usize)> = candidates.iter().map(miss).collect();
    let best = misses.iter().min()?;
    // A plan is of a root though either has changed a little since; not though most of it is strange.
    if best.0 * 2 > plan.declared.len() {
        return Some(Found::None(dirs()));
    }
    if plan.declared.is_empty() && best.1 > 0 && candidates.len() > 1 {
        return Some(Found::Several(dirs()));
    }
    let mut found: Vec<String> =
        candidates.iter().zip(&misses).filter(|(_, m)| *m == best).map(|(c, _)| c.dir.to_owned()).collect();
    Some(match found.len() {
        1 => Found::Root(found.remove(0)),
        _ => Found::Several(found),
    })
}

impl Declares {
    /// Adds what a module declares, and what it calls. `path`: its address without keys.
    fn add(
        &mut self,
        config: &Config,
        root: &str,
        configs: &IndexMap<String, Config>,
        installed: &Installed,
        path: &str,
        depth: usize,
    ) {
        for resource in &config.resources {
            let own = match resource.mode {
                crate::terraform::Mode::Managed => String::new(),
                crate::terraform::Mode::Data => "data.".to_owned(),
                crate::terraform::Mode::Ephemeral => continue,
            };
            let own = format!("{own}{}.{}", resource.type_.as_str(), resource.name.as_str());
            self.resources.insert(under(path, &own));
        }
        if depth > DEPTH || self.resources.len() > MANY {
            return;
        }
        for (name, call) in &config.calls {
            let inner = under(path, &format!("module.{}", name.as_str()));
            let source = literal(call, "source").map(|(s, _)| s);
            let dir = source.and_then(|source| match source.starts_with("./") || source.starts_with("../") {
                true => join(&config.dir, &source),
                false => {
                    let key = inner.split('.').filter(|p| *p != "module").collect::<Vec<_>>().join(".");
                    installed.get(&(root.to_owned(), key)).cloned()
                }
            });
            match dir.and_then(|dir| configs.get(&dir)) {
                Some(called) => self.add(called, root, configs, installed, &inner, depth + 1),
                None => self.unread.push(inner),
            }
        }
    }
}
