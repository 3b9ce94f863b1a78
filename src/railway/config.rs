//! `railway.toml` and `railway.json`: one file, one service, merged per environment as Railway merges
//! (the environment's block over the base, key by key).

use std::collections::BTreeSet;

use super::ignored::{Ignored, Of};
use super::project::root_name;
use super::settings::{BUILD_KEYS, DEPLOY_KEYS};
use super::{Maybe, Project, Service, ServiceKind};
use crate::finding::Reason;
use crate::source::{SourceId, Span, Text};
use crate::syntax::tree::{Data, Node, Tree};
use crate::syntax::{json, toml};
use crate::workspace::{File, Format, Workspace};

/// The first day on which Railway doesn't read these files any more.
pub const NOT_READ_FROM: &str = "2026-12-01";
/// What moves them to `.railway/`.
pub const MIGRATE: &str = "railway config migrate --apply --delete-files";

/// One project for all config files, for each environment that one of them names, and production.
pub(super) fn read<'a>(workspace: &'a Workspace, tree: &dyn Fn(SourceId) -> Option<&'a Tree>) -> Vec<Project> {
    let files: Vec<&File> =
        workspace.of_role("railway-config").filter(|f| !f.template).filter(|f| f.format != Format::Text).collect();
    let mut parsed: Vec<(&File, Tree)> = Vec::new();
    for file in files {
        let tree = match (tree(file.source.id), file.format) {
            (Some(tree), _) => tree.clone(),
            (None, Format::Toml) => toml::parse(&file.source),
            (None, _) => json::parse(&file.source),
        };
        // A table of another product has another name.
        let named = file.source.path.rsplit('/').next() == Some("railway.toml");
        if named || tree.root().is_none_or(is_config) {
            parsed.push((file, tree));
        }
    }
    if parsed.is_empty() {
        return Vec::new();
    }
    let mut environments = BTreeSet::new();
    for (_, tree) in &parsed {
        let named = tree.root().and_then(|r| r.get("environments")).map_or(&[][..], Node::members);
        environments.extend(named.iter().map(|m| m.key.clone()).filter(|k| *k != "production"));
    }
    let all = std::iter::once(Text::from("production")).chain(environments);
    all.map(|environment| project(workspace, &parsed, environment)).collect()
}

/// Other products have a `railway.json` too: Railway's holds at least one of its keys, or nothing.
fn is_config(root: &Node) -> bool {
    const KEYS: [&str; 4] = ["$schema", "build", "deploy", "environments"];
    let members = root.members();
    match root.value {
        Data::Object(_) => members.is_empty() || members.iter().any(|m| KEYS.contains(&m.key.as_str())),
        _ => false,
    }
}

fn project(workspace: &Workspace, parsed: &[(&File, Tree)], environment: Text) -> Project {
    let mut project = Project {
        name: root_name(workspace),
        span: Span::new(SourceId(0), 0, 0),
        environment,
        services: Vec::new(),
        volumes: Vec::new(),
        buckets: Vec::new(),
        unknown: Vec::new(),
        files: Vec::new(),
        partial: None,
        config_as_code: true,
    };
    for (index, (file, tree)) in parsed.iter().enumerate() {
        if index == 0 {
            project.span = file.source.span().at_start();
        }
        project.files.push(file.source.id);
        if let Some(problem) = tree.problems.first() {
            let message = "the file has mistakes; what it sets isn't known";
            project.unknown.push(Reason::at("broken-file", message, problem.span));
        }
        if let Some(root) = tree.root() {
            project.services.push(service(workspace, file, root, &project.environment));
        }
    }
    project
}

fn service(workspace: &Workspace, file: &File, root: &Node, environment: &Text) -> Service {
    let span = root.members().first().map_or(file.source.span().at_start(), |m| m.key_span);
    let mut service = Service::new(service_name(workspace, &file.source.path), ServiceKind::Service, span);
    let settings = Merged { layers: layers(root, environment) };
    service.start = settings.text("deploy", "startCommand");
    service.pre_deploy = settings.texts("deploy", "preDeployCommand");
    service.build = settings.text("build", "buildCommand");
    service.cron = settings.text("deploy", "cronSchedule");
    service.restart = settings.text("deploy", "restartPolicyType");
    service.required_mount = settings.text("deploy", "requiredMountPath");
    service.draining = settings.text("deploy", "drainingSeconds");
    service.replicas = settings.replicas();
    service.root =
        directory(&file.source.path).map(|d| Maybe { span: file.source.span().at_start(), text: Ok(d.into()) });
    ignored(root, "", true, &mut service.ignored_keys);
    // An environment's block says nothing about the others.
    let elsewhere = |key: &str| {
        key.strip_prefix("environments.").is_some_and(|k| !k.starts_with(&format!("{}.", environment.as_str())))
    };
    service.ignored_keys.retain(|i| !elsewhere(&i.key));
    service
}

/// The directory's name; of `railway.worker.toml` and `railway-worker.toml` the middle.
fn service_name(workspace: &Workspace, path: &str) -> Text {
    let name = path.rsplit('/').next().unwrap_or(path);
    let behind = ["railway.", "railway-"].into_iter().find_map(|start| name.strip_prefix(start));
    let middle = behind.and_then(|n| n.rsplit_once('.')).map(|(middle, _)| middle);
    match middle.or(directory(path).and_then(|d| d.rsplit('/').next())) {
        Some(name) => name.into(),
        None => root_name(workspace),
    }
}

fn directory(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(directory, _)| directory)
}

/// The blocks of an environment, the first that sets a key counts: its own, for a pull request's the
/// one for all of them and that of the environment it is made from, then the base.
fn layers<'a>(root: &'a Node, environment: &str) -> Vec<&'a Node> {
    let of_pull_request = environment == "pr" || environment.starts_with("pr-");
    let names: &[&str] = if of_pull_request { &[environment, "pr", "production"] } else { &[environment] };
    let blocks = names.iter().filter_map(|name| root.path(&["environments", name]));
    blocks.chain(std::iter::once(root)).collect()
}

struct Merged<'a> {
    layers: Vec<&'a Node>,
}

impl<'a> Merged<'a> {
    /// The environment's value, `null` included, over the base's.
    fn get(&self, section: &str, key: &str) -> Option<&'a Node> {
        let found = self.layers.iter().find_map(|layer| layer.path(&[section, key]));
        found.filter(|n| !n.is_null())
    }

    fn text(&self, section: &str, key: &str) -> Option<Maybe> {
        self.get(section, key).map(text)
    }

    fn texts(&self, section: &str, key: &str) -> Vec<Maybe> {
        match self.get(section, key) {
            Some(node) if matches!(node.value, Data::Array(_)) => node.items().iter().map(text).collect(),
            Some(node) => vec![text(node)],
            None => Vec::new(),
        }
    }

    fn replicas(&self) -> Option<u32> {
        if let Some(regions) = self.get("deploy", "multiRegionConfig") {
            let counts = regions.members().iter().map(|m| count(m.value.get("numReplicas")?));
            return counts.sum();
        }
        count(self.get("deploy", "numReplicas")?)
    }
}

fn count(node: &Node) -> Option<u32> {
    node.as_f64().filter(|n| (0.0..1e6).contains(n)).map(|n| n as u32)
}

fn text(node: &Node) -> Maybe {
    let text = match &node.value {
        Data::String(text) | Data::Number(text) => Ok(text.clone()),
        _ => Err(Reason::at("wrong-type", "Railway wants a text here", node.span)),
    };
    Maybe { span: node.span, text }
}

/// Keys that aren't in Railway's schema: it ignores them.
fn ignored(root: &Node, prefix: &str, top: bool, found: &mut Vec<Ignored>) {
    for member in root.members() {
        let key = member.key.as_str();
        match key {
            "build" => unknown_keys(&member.value, BUILD_KEYS, &format!("{prefix}build."), found),
            "deploy" => unknown_keys(&member.value, DEPLOY_KEYS, &format!("{prefix}deploy."), found),
            "$schema" if top => {}
            "environments" if top => {
                for environment in member.value.members() {
                    // One level: what stands in an environment's block is never a block of environments.
                    ignored(&environment.value, &format!("environments.{}.", environment.key.as_str()), false, found);
                }
            }
            _ => found.push(Ignored::new(&format!("{prefix}{key}"), member.key_span, Of::Config)),
        }
    }
}

fn unknown_keys(node: &Node, known: &[&str], prefix: &str, found: &mut Vec<Ignored>) {
    for member in node.members() {
        if !known.contains(&member.key.as_str()) {
            found.push(Ignored::new(&format!("{prefix}{}", member.key.as_str()), member.key_span, Of::Config));
        }
    }
}
