//! From what a file builds to projects.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use super::evaluate::value::{Kind, ProjectOf, Resource, Val, Value};
use super::evaluate::{self, Files, Outcome};
use super::ignored::{Ignored, Of};
use super::settings::VOLUME_KEYS;
use super::{Bucket, ENVIRONMENTS, Project, Service, Volume};
use crate::finding::Reason;
use crate::source::Text;
use crate::syntax::typescript::StmtKind;
use crate::workspace::{File, Format, Workspace};

mod service;

/// Projects of every `.railway/*.ts` that isn't part of another.
pub(super) fn read(files: &Files<'_, '_>, named: &BTreeSet<Text>) -> Vec<Project> {
    let code = [Format::TypeScript, Format::Python, Format::Go];
    let all: Vec<&File> =
        files.workspace.of_role("railway-iac").filter(|f| code.contains(&f.format) && !f.template).collect();
    let mut projects = Vec::new();
    for file in mains(files, &all) {
        projects.extend(environments(files, file, named));
    }
    projects
}

/// The main file of each directory, and every other with a default export that none imports (named partials).
fn mains<'a>(files: &Files<'_, '_>, all: &[&'a File]) -> Vec<&'a File> {
    let mut imported = HashSet::new();
    let mut exporting = HashSet::new();
    for file in all {
        let owned;
        let parsed = match (files.typescript)(file.source.id) {
            Some(parsed) => parsed,
            None => {
                owned = evaluate::parsed(&file.source);
                &owned
            }
        };
        for statement in &parsed.statements {
            match &statement.kind {
                StmtKind::Import(import) => {
                    imported.extend(evaluate::resolve(files.workspace, &file.source.path, &import.from.text));
                }
                StmtKind::ExportNames { from: Some(from), .. } | StmtKind::ExportAll(from) => {
                    imported.extend(evaluate::resolve(files.workspace, &file.source.path, &from.text));
                }
                StmtKind::ExportDefault(_) | StmtKind::Function { default: true, .. } => {
                    exporting.insert(file.source.id);
                }
                StmtKind::ExportNames { names, from: None } if names.iter().any(|(_, n)| n.text == "default") => {
                    exporting.insert(file.source.id);
                }
                _ => {}
            }
        }
    }
    let main = |f: &&&File| {
        let path = &f.source.path;
        match path.strip_suffix("/railway.ts").or(path.strip_suffix("/railway.py")).or(path.strip_suffix("/railway.go"))
        {
            // The tool takes the first of these that is there.
            Some(dir) if dir == ".railway" || dir.ends_with("/.railway") => {
                let first = ["ts", "py", "go"].iter().map(|e| format!("{dir}/railway.{e}"));
                first.into_iter().find(|p| all.iter().any(|f| f.source.path == *p)).as_ref() == Some(path)
            }
            _ => exporting.contains(&f.source.id) && !imported.contains(&f.source.id) && !path.ends_with(".d.ts"),
        }
    };
    all.iter().filter(main).copied().collect()
}

/// A name that no environment has.
const NO_ENVIRONMENT: &str = "\u{1}";

/// One project for each environment: production, those the file names, and where it looks at the
/// environment at all those that other files name.
fn environments(files: &Files<'_, '_>, file: &File, named: &BTreeSet<Text>) -> Vec<Project> {
    let mut waiting = vec![Text::from("production")];
    let mut done: Vec<Text> = Vec::new();
    let mut projects = Vec::new();
    let mut refused = None;
    let mut probed = false;
    while let Some(environment) = waiting.pop() {
        if done.contains(&environment) || done.len() >= ENVIRONMENTS {
            continue;
        }
        done.push(environment.clone());
        let (project, seen, depends) = evaluate::evaluate(files, file.source.id, &environment, |outcome| {
            let seen = outcome.environments.clone();
            let depends = outcome.depends_on_environment;
            (project_of(files.workspace, file, &environment, outcome), seen, depends)
        });
        match project {
            Ok(project) => projects.push(project),
            Err(project) => refused = Some(project),
        }
        waiting.extend(seen);
        if depends {
            waiting.extend(named.iter().cloned());
        }
        if depends && !std::mem::replace(&mut probed, true) {
            // Names that are asked for only where it is none of those before.
            let none = Text::from(NO_ENVIRONMENT);
            waiting.extend(evaluate::evaluate(files, file.source.id, &none, |outcome| outcome.environments));
        }
    }
    // A file that refuses every environment we know of says nothing; that is worth saying.
    match (projects.is_empty(), refused) {
        (true, Some(project)) => vec![project],
        _ => {
            projects.sort_by_key(|p| done.iter().position(|e| *e == p.environment));
            projects
        }
    }
}

/// The project; `Err` where the file refuses this environment.
#[allow(clippy::result_large_err)] // both sides are the project itself
fn project_of(workspace: &Workspace, file: &File, environment: &Text, outcome: Outcome) -> Result<Project, Project> {
    let span = file.source.span().at_start();
    let mut project = Project {
        name: directory_of(workspace, &file.source.path),
        span,
        environment: environment.clone(),
        services: Vec::new(),
        volumes: Vec::new(),
        buckets: Vec::new(),
        unknown: outcome.unknown,
        files: outcome.files,
        partial: outcome.partial.and_then(|p| p.text().cloned()),
        config_as_code: false,
    };
    let Some(result) = outcome.result else {
        project.unknown.push(Reason::at(
            "refuses-environment",
            "the file throws for every environment it was tried with",
            span,
        ));
        return Err(project);
    };
    let mut building = Building { project, seen: HashSet::new(), mounted: Vec::new() };
    building.result(&result, None);
    building.mounted_volumes();
    let mut project = building.project;
    project.unknown.dedup();
    Ok(project)
}

/// The name of the directory that `.railway` lies in.
fn directory_of(workspace: &Workspace, path: &str) -> Text {
    let outer = path.split("/.railway/").next().filter(|d| *d != path);
    match outer.and_then(|d| d.rsplit('/').next()) {
        Some(name) => name.into(),
        None => root_name(workspace),
    }
}

/// The name of the root's directory.
pub(super) fn root_name(workspace: &Workspace) -> Text {
    workspace.root.file_name().map_or("project".into(), |n| n.to_string_lossy().as_ref().into())
}

struct Building {
    project: Project,
    seen: HashSet<*const Resource>,
    /// Volumes that a service mounts.
    mounted: Vec<(Rc<Resource>, Option<Reason>)>,
}

impl Building {
    fn result(&mut self, value: &Val, maybe: Option<&Reason>) {
        match &value.value {
            Value::Project(project) => self.project(project, maybe),
            Value::Either(all, reason) => all.iter().for_each(|one| self.result(one, Some(reason))),
            Value::Unknown(reason) => self.project.unknown.push(reason.clone()),
            _ => {
                let reason =
                    Reason::at("computed", "the file doesn't end in a project that can be worked out", value.span);
                self.project.unknown.push(reason);
            }
        }
    }

    fn project(&mut self, project: &ProjectOf, maybe: Option<&Reason>) {
        match project.name.print() {
            Ok(name) => self.project.name = name.into(),
            Err(reason) => self.project.unknown.push(reason),
        }
        self.project.span = project.span;
        match &project.config.value {
            Value::Object(config) => {
                let config = config.borrow();
                self.project.unknown.extend(config.open.iter().cloned());
                for key in ["resources", "services"] {
                    if let Some(entry) = config.entries.get(key) {
                        self.resources(&entry.value, maybe, 0);
                    }
                }
            }
            Value::Undefined => {}
            _ => self.resources(&project.config, maybe, 0),
        }
    }

    fn resources(&mut self, value: &Val, maybe: Option<&Reason>, depth: usize) {
        if depth > 20 {
            self.project.unknown.push(Reason::at("limit", "resources are nested too deeply", value.span));
            return;
        }
        match &value.value {
            Value::List(list) => {
                let list = list.borrow();
                for item in &list.items {
                    self.resources(&item.value, item.maybe.as_ref().or(maybe), depth + 1);
                }
                self.project.unknown.extend(list.open.iter().cloned());
            }
            Value::Either(all, reason) => {
                for one in all.iter() {
                    self.resources(one, Some(reason), depth + 1);
                }
            }
            Value::Resource(resource) => self.resource(resource, maybe, depth),
            Value::Unknown(reason) => self.project.unknown.push(reason.clone()),
            Value::Undefined | Value::Null | Value::Bool(_) => {}
            _ => {
                let reason = Reason::at("computed", "a resource that can't be worked out", value.span);
                self.project.unknown.push(reason);
            }
        }
    }

    fn name(&mut self, resource: &Resource) -> Text {
        match resource.name.print() {
            Ok(name) => name.into(),
            Err(reason) => {
                self.project.unknown.push(reason);
                "(unknown)".into()
            }
        }
    }

    fn resource(&mut self, resource: &Rc<Resource>, maybe: Option<&Reason>, depth: usize) {
        if !self.seen.insert(Rc::as_ptr(resource)) {
            return;
        }
        match &resource.kind {
            Kind::Group => {
                if let Some(members) = &resource.members {
                    self.resources(members, maybe, depth + 1);
                }
            }
            Kind::Volume => {
                let volume = self.volume(resource, true, maybe);
                self.project.volumes.push(volume);
            }
            Kind::Bucket => {
                let name = self.name(resource);
                let config = resource.config.borrow();
                let region = config.entries.get("region").and_then(|e| e.value.text().cloned());
                self.project.buckets.push(Bucket { name, span: resource.span, region, maybe: maybe.cloned() });
            }
            Kind::Service | Kind::Function | Kind::Database(_) => {
                let name = self.name(resource);
                let (service, mounted): (Service, _) = service::read(resource, name, maybe);
                self.mounted.extend(mounted.into_iter().map(|volume| (volume, maybe.cloned())));
                self.project.services.push(service);
            }
        }
    }

    fn volume(&mut self, resource: &Resource, declared: bool, maybe: Option<&Reason>) -> Volume {
        let name = self.name(resource);
        let config = resource.config.borrow();
        let deleted = config.entries.get("isDeleted").filter(|e| e.value.truthy() == Ok(true));
        let deleted = deleted.map(|e| e.whole);
        let unknown = config.entries.iter().filter(|(key, _)| !VOLUME_KEYS.contains(&key.as_str()));
        let ignored_keys = unknown.map(|(key, e)| Ignored::new(key, e.key, Of::Code)).collect();
        Volume { name, span: resource.span, deleted, ignored_keys, declared, maybe: maybe.cloned() }
    }

    /// A volume that is mounted exists though no list names it: applying never deletes one.
    fn mounted_volumes(&mut self) {
        for (volume, maybe) in std::mem::take(&mut self.mounted) {
            if self.seen.insert(Rc::as_ptr(&volume)) {
                let volume = self.volume(&volume, false, maybe.as_ref());
                self.project.volumes.push(volume);
            }
        }
    }
}
