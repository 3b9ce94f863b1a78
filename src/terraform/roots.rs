//! Which directories are root modules, which values their variables are given, and under which
//! environments.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::expr::{Limits, Scope, Step, Value, evaluate};
use crate::source::{Source, Span, Text};
use crate::syntax::{hcl, json};
use crate::terraform::Options;
use crate::terraform::config::{Config, Files, directory, join, literal};
use crate::workspace::{File, Format, Workspace};

/// Environments beyond this many a root aren't evaluated.
pub const ENVIRONMENTS: usize = 16;

/// Values for variables, each with its origin.
pub type Given = HashMap<Text, Value>;

/// A root module under one environment.
pub struct RootPlan {
    /// Its directory.
    pub dir: String,
    /// The environment's name.
    pub environment: String,
    /// Values given to its variables.
    pub given: Given,
    /// Judged by its defaults.
    pub library: bool,
    /// More environments than are evaluated.
    pub cut: bool,
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
) -> Vec<RootPlan> {
    let called_by = |deployed: bool| -> HashSet<String> {
        configs.values().filter(|c| c.undeployed != deployed).flat_map(calls).collect()
    };
    let called = called_by(true);
    let called_in_examples = called_by(false);
    let mut plans = Vec::new();
    for config in configs.values() {
        let installed = config.dir.split('/').any(|p| p == ".terraform");
        if called.contains(&config.dir) || installed || config.undeployed && called_in_examples.contains(&config.dir) {
            continue;
        }
        let tfvars = tfvars_of(workspace, configs, &config.dir);
        let configured = config.backend.is_some() || !config.providers.is_empty() || !tfvars.is_empty();
        let required = config.variables.values().any(|v| v.body.attribute("default").is_none());
        let in_modules = config.dir.split('/').any(|p| p == "modules");
        let library = !configured && (called_in_examples.contains(&config.dir) || in_modules || required);
        plans.extend(environments(parsed, config, &tfvars, library, options));
    }
    plans
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

fn environments(parsed: &Files, config: &Config, tfvars: &[&File], library: bool, options: &Options) -> Vec<RootPlan> {
    let name = |f: &File| f.source.path.rsplit('/').next().unwrap_or("").to_owned();
    let beside = |f: &&&File| directory(&f.source.path) == config.dir;
    let first = |f: &File| matches!(name(f).as_str(), "terraform.tfvars" | "terraform.tfvars.json");
    let auto = |f: &File| name(f).ends_with(".auto.tfvars") || name(f).ends_with(".auto.tfvars.json");
    // Terraform's order: terraform.tfvars, then *.auto.tfvars by name.
    let mut automatic: Vec<&File> = tfvars.iter().filter(beside).copied().filter(|f| first(f)).collect();
    automatic.extend(tfvars.iter().filter(beside).copied().filter(|f| auto(f)));
    let others: Vec<&File> =
        tfvars.iter().copied().filter(|f| !automatic.iter().any(|a| a.source.id == f.source.id)).collect();
    let mut base = Given::new();
    for file in &automatic {
        base.extend(values(file, parsed));
    }
    let finish = |environment: String, mut given: Given, cut: bool| {
        given.extend(options.given(&config.dir));
        RootPlan { dir: config.dir.clone(), environment, given, library, cut }
    };
    let mut plans = Vec::new();
    // Where every tfvars file names an environment, nobody applies the root without one.
    if others.is_empty() || !automatic.is_empty() || !options.given(&config.dir).is_empty() {
        plans.push(finish("default".into(), base.clone(), false));
    }
    for file in others.iter().take(ENVIRONMENTS) {
        let mut given = base.clone();
        given.extend(values(file, parsed));
        plans.push(finish(environment_name(&file.source.path), given, others.len() > ENVIRONMENTS));
    }
    if let Some(wanted) = &options.environment {
        plans.retain(|p| p.environment == *wanted || p.environment == "default");
    }
    plans
}

/// `envs/prod.tfvars` and `envs/prod/terraform.tfvars` are `prod`.
fn environment_name(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or(path);
    let stem = file.trim_end_matches(".json").trim_end_matches(".tfvars").trim_end_matches(".auto");
    match (stem, parts.next()) {
        ("terraform", Some(dir)) => dir.to_owned(),
        _ => stem.to_owned(),
    }
}

struct NoNames;

impl Scope for NoNames {
    fn resolve(&self, _: &str, _: &[Step], _: Span) -> Option<(Value, usize)> {
        None
    }
}

/// The values of a tfvars file.
fn values(file: &File, parsed: &Files) -> Given {
    let short = file.source.path.rsplit('/').next().unwrap_or("").to_owned();
    if file.format == Format::Json {
        let tree = json::parse(&file.source);
        let members = tree.root().map(|r| r.members().to_vec()).unwrap_or_default();
        return members
            .into_iter()
            .map(|m| (m.key.clone(), crate::expr::functions::encoding::from_node(&m.value).hop(m.span(), &short)))
            .collect();
    }
    let Some(parsed) = parsed.get(&file.source.id) else { return Given::new() };
    let attributes = parsed.body.attributes.iter();
    attributes
        .map(|a| (a.name.name.clone(), evaluate(&a.value, &NoNames, Limits::default()).value.hop(a.span, &short)))
        .collect()
}

/// A `--var` value: text, or HCL where it reads as such a literal.
pub fn var_value(text: &str) -> Value {
    let source = Source::new(crate::source::SourceId(u32::MAX), "--var", text);
    let literal = text.starts_with(['[', '{', '"']) || matches!(text, "true" | "false" | "null");
    if literal && let Ok(expr) = hcl::parse_expression(&source, source.span()) {
        return Value { origin: None, ..evaluate(&expr, &NoNames, Limits::default()).value };
    }
    Value::string(text)
}
