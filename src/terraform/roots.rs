//! Which directories are root modules, and under which environments each is evaluated.

use std::collections::HashSet;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::finding::Reason;
use crate::knowledge::Knowledge;
use crate::source::{SourceId, Text};
use crate::syntax::hcl::Block;
use crate::terraform::config::{Config, Files, directory, join, literal};
use crate::terraform::given::{AllGiven, of_file};
use crate::terraform::plan::Plan;
use crate::terraform::{Options, ResolvedBlock, UnreadCall, terragrunt};
use crate::workspace::{File, Workspace};

/// Environments beyond this many a root aren't evaluated.
pub const ENVIRONMENTS: usize = 16;

/// A root module under one environment.
pub struct RootPlan {
    /// Its directory: where Terraform, or Terragrunt, is run.
    pub dir: String,
    /// The directory of the module, another one only with Terragrunt.
    pub module: String,
    /// The environment's name.
    pub environment: String,
    /// What its variables are given.
    pub given: AllGiven,
    /// Judged by its defaults.
    pub library: bool,
    /// More environments than are evaluated.
    pub cut: bool,
    /// Terragrunt's module, where it isn't here.
    pub unread: Vec<UnreadCall>,
    /// Terragrunt's `remote_state`.
    pub backend: Option<(Text, ResolvedBlock)>,
    /// What couldn't be found out.
    pub problems: Vec<Reason>,
    /// Files read beside the module's.
    pub files: Vec<SourceId>,
    /// Blocks of files that Terragrunt lays beside the module's.
    pub generated: Vec<Block>,
    /// A plan that takes the place of evaluation.
    pub told: Option<Arc<Plan>>,
    /// What is known of Terragrunt's module, where it isn't here.
    pub outline: Option<Config>,
}

impl RootPlan {
    /// A directory under an environment, given something, and with nothing else to be said.
    pub fn plain(dir: &str, environment: String, given: AllGiven) -> Self {
        RootPlan {
            dir: dir.to_owned(),
            module: dir.to_owned(),
            environment,
            given,
            library: false,
            cut: false,
            unread: Vec::new(),
            backend: None,
            problems: Vec::new(),
            files: Vec::new(),
            generated: Vec::new(),
            told: None,
            outline: None,
        }
    }
}

/// Local module directories a directory calls.
pub fn calls(config: &Config) -> impl Iterator<Item = String> {
    config.calls.values().filter_map(|call| {
        let (source, _) = literal(call, "source")?;
        let local = source.starts_with("./") || source.starts_with("../");
        local.then(|| join(&config.dir, &source)).flatten()
    })
}

/// The root modules.
pub fn find(
    workspace: &Workspace,
    parsed: &Files,
    configs: &IndexMap<String, Config>,
    options: &Options,
    knowledge: &Knowledge,
) -> Vec<RootPlan> {
    let units = terragrunt::units(workspace, parsed, configs);
    let by_unit = |dir: &str| units.iter().any(|u| u.module.as_deref() == Some(dir));
    let called_by = |deployed: bool| -> HashSet<String> {
        configs.values().filter(|c| c.undeployed != deployed).flat_map(calls).collect()
    };
    let called = called_by(true);
    let called_in_examples = called_by(false);
    let installed = |dir: &str| dir.split('/').any(|p| p == ".terraform");
    let is_called =
        |config: &Config| called.contains(&config.dir) || config.undeployed && called_in_examples.contains(&config.dir);
    let candidates = || configs.values().filter(|c| !installed(&c.dir) && !by_unit(&c.dir));
    let mut roots: Vec<&Config> = candidates().filter(|c| !is_called(c)).collect();
    // Modules that only call each other in a circle would be seen by nobody.
    let mut reached = reachable(configs, roots.iter().map(|c| c.dir.clone()));
    for config in candidates().filter(|c| !c.undeployed || !called_in_examples.contains(&c.dir)) {
        if !reached.contains(&config.dir) && !units_reach(configs, &units, &config.dir) {
            roots.push(config);
            reached.extend(reachable(configs, std::iter::once(config.dir.clone())));
        }
    }
    roots.sort_by_key(|c| configs.get_index_of(&c.dir));
    let mut plans = Vec::new();
    for config in roots {
        let tfvars = tfvars_of(workspace, configs, &config.dir);
        let configured = config.backend.is_some() || !config.providers.is_empty() || !tfvars.is_empty();
        let required = config.variables.values().any(|v| v.body.attribute("default").is_none());
        let in_modules = config.dir.split('/').any(|p| p == "modules");
        let library = !configured && (called_in_examples.contains(&config.dir) || in_modules || required);
        plans.extend(environments(workspace, parsed, config, &tfvars, library, options));
    }
    plans.extend(units.into_iter().map(|unit| unit.plan(configs, options, workspace, parsed, knowledge)));
    plans
}

/// Every directory that is called from some, at any distance.
fn reachable(configs: &IndexMap<String, Config>, from: impl Iterator<Item = String>) -> HashSet<String> {
    let mut reached = HashSet::new();
    let mut open: Vec<String> = from.collect();
    while let Some(dir) = open.pop() {
        if reached.insert(dir.clone())
            && let Some(config) = configs.get(&dir)
        {
            open.extend(calls(config));
        }
    }
    reached
}

fn units_reach(configs: &IndexMap<String, Config>, units: &[terragrunt::Unit], dir: &str) -> bool {
    reachable(configs, units.iter().filter_map(|u| u.module.clone())).contains(dir)
}

/// The tfvars files of a root: beside it, or under its `env*/`, `vars/`, `tfvars/`.
fn tfvars_of<'a>(workspace: &'a Workspace, configs: &IndexMap<String, Config>, dir: &str) -> Vec<&'a File> {
    let belongs = |file: &&File| {
        let at = directory(&file.source.path);
        if at == dir {
            return true;
        }
        let below = if dir == "." { Some(at.as_str()) } else { at.strip_prefix(dir).and_then(|r| r.strip_prefix('/')) };
        below.is_some_and(|below| {
            let first = below.split('/').next().unwrap_or("");
            (first.starts_with("env") || first == "vars" || first == "tfvars") && !configs.contains_key(&at)
        })
    };
    workspace.of_role("tfvars").filter(|f| !f.template).filter(belongs).collect()
}

/// A file's place in Terraform's automatic order, if it is one of those that are read by themselves:
/// `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and `*.auto.tfvars.json` by name.
fn automatic_order(name: &str) -> Option<(u8, &str)> {
    match name {
        "terraform.tfvars" => Some((0, "")),
        "terraform.tfvars.json" => Some((1, "")),
        _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => Some((2, name)),
        _ => None,
    }
}

fn environments(
    workspace: &Workspace,
    parsed: &Files,
    config: &Config,
    tfvars: &[&File],
    library: bool,
    options: &Options,
) -> Vec<RootPlan> {
    let name = |f: &File| f.source.path.rsplit('/').next().unwrap_or("").to_owned();
    let order = |f: &File| {
        let beside = directory(&f.source.path) == config.dir;
        automatic_order(&name(f)).filter(|_| beside).map(|(n, s)| (n, s.to_owned()))
    };
    let mut automatic: Vec<&File> = tfvars.iter().copied().filter(|f| order(f).is_some()).collect();
    automatic.sort_by_key(|f| order(f));
    let named: Vec<&str> = options.files_for(&config.dir).collect();
    let others: Vec<&File> = tfvars.iter().copied().filter(|f| order(f).is_none()).collect();
    let mut base = options.of_environment();
    for file in &automatic {
        base.extend(of_file(file, parsed));
    }
    let stronger = options.of_command_line(&config.dir, workspace, parsed);
    let finish = |environment: String, mut given: AllGiven, cut: bool| {
        given.extend(stronger.clone());
        RootPlan { library, cut, ..RootPlan::plain(&config.dir, environment, given) }
    };
    // Whoever names the files says which environment it is: only that one is looked at.
    if let Some(last) = named.iter().rev().find(|path| !automatic.iter().any(|f| f.source.path == **path)) {
        let name = options.environment.clone().unwrap_or_else(|| short_name(last).to_owned());
        return vec![finish(name, base, false)];
    }
    let mut plans = Vec::new();
    // Where every tfvars file names an environment, nobody applies the root without one.
    if others.is_empty() || !automatic.is_empty() || !stronger.is_empty() {
        plans.push(finish("default".into(), base.clone(), false));
    }
    let names = environment_names(&others, &config.dir);
    for (file, name) in others.iter().zip(names).take(ENVIRONMENTS) {
        let mut given = base.clone();
        given.extend(of_file(file, parsed));
        plans.push(finish(name, given, others.len() > ENVIRONMENTS));
    }
    if let Some(wanted) = &options.environment {
        plans.retain(|p| p.environment == *wanted || p.environment == "default");
    }
    plans
}

/// `envs/prod.tfvars` and `envs/prod/terraform.tfvars` are `prod`; where two files would be the same, their
/// directories tell them apart.
fn environment_names(files: &[&File], root: &str) -> Vec<String> {
    let names: Vec<String> = files.iter().map(|f| short_name(&f.source.path).to_owned()).collect();
    let below = |f: &File| {
        let dir = directory(&f.source.path);
        let below = if root == "." { dir.as_str() } else { dir.strip_prefix(root).unwrap_or(&dir) };
        below.trim_start_matches('/').to_owned()
    };
    let told = |(file, name): (&&File, &String)| {
        let twice = names.iter().filter(|n| *n == name).count() > 1;
        if twice { format!("{}/{name}", below(file)) } else { name.clone() }
    };
    files.iter().zip(&names).map(told).collect()
}

/// The environment that a tfvars file is of, by its name.
fn short_name(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or(path);
    let stem = file.strip_suffix(".json").unwrap_or(file);
    let stem = stem.strip_suffix(".tfvars").unwrap_or(stem);
    let stem = stem.strip_suffix(".auto").unwrap_or(stem);
    match (stem, parts.next()) {
        ("terraform", Some(dir)) => dir,
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::automatic_order;

    #[test]
    fn the_order_of_automatic_files() {
        let mut names = ["b.auto.tfvars", "terraform.tfvars.json", "a.auto.tfvars.json", "terraform.tfvars"];
        names.sort_by_key(|n| automatic_order(n));
        assert_eq!(names, ["terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars.json", "b.auto.tfvars"]);
        assert_eq!(automatic_order("prod.tfvars"), None);
    }
}
