//! The project's own scripts and files, as far as commands run or read them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::source::{SourceId, Text};
use crate::syntax::tree::{Node, Tree};
use crate::workspace::Workspace;

/// A line of a script that a program runs by name: `npm run NAME`, `make NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The kind of file it stands in, as the runners of the knowledge name it: `package-json`, `make`.
    pub kind: &'static str,
    /// The directory of that file, relative to the project root.
    pub dir: String,
    /// Its name; empty for what is run where no name is given.
    pub name: String,
    /// Shell text.
    pub text: String,
}

/// What can be run by name in a project, and the texts its commands read.
#[derive(Clone, Default)]
pub struct Project {
    /// Directory → kind → name → shell texts.
    scripts: BTreeMap<String, BTreeMap<&'static str, Scripts>>,
    texts: BTreeMap<String, Arc<str>>,
    /// Directory → variables of its `.env`.
    variables: BTreeMap<String, BTreeMap<String, Text>>,
    services: BTreeSet<String>,
}

/// Shell texts by name.
type Scripts = BTreeMap<String, Vec<String>>;

impl std::fmt::Debug for Project {
    // File texts may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Project({} files)", self.texts.len())
    }
}

/// A script found by name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// Shell texts, in the order they run.
    pub texts: Vec<String>,
    /// Which of them takes further arguments.
    pub main: usize,
    /// Where they run.
    pub dir: String,
}

/// A path from a directory of the project, both relative to its root; `None` if it leads out of it.
pub(super) fn join(dir: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '~']) || path.contains(super::words::HOLE) {
        return None;
    }
    let mut parts: Vec<&str> = dir.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

impl Project {
    /// Collects what commands of a project can run and read. `scripts` come in the order their lines run;
    /// `tree` gives a source's parsed data, if it is a data file.
    pub fn read<'a>(
        workspace: &'a Workspace,
        tree: &dyn Fn(SourceId) -> Option<&'a Tree>,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Project {
        let mut project = Project::default();
        for script in scripts {
            let of_file = project.scripts.entry(script.dir).or_default().entry(script.kind).or_default();
            of_file.entry(script.name).or_default().push(script.text);
        }
        for file in workspace.files.iter().filter(|f| !f.template) {
            let path = file.source.path.as_str();
            match (file.role.as_str(), tree(file.source.id).and_then(Tree::root)) {
                ("compose", Some(root)) => {
                    let services = root.get("services").map(Node::members).unwrap_or(&[]);
                    project.services.extend(services.iter().map(|m| m.key.to_string()));
                }
                ("env", Some(root)) if matches!(path.rsplit('/').next(), Some(".env" | ".env.local")) => {
                    let variables = project.variables.entry(directory(path).to_owned()).or_default();
                    let texts =
                        root.members().iter().filter_map(|m| Some((m.key.to_string(), m.value.as_text()?.clone())));
                    variables.extend(texts);
                }
                _ => {}
            }
            project.texts.insert(path.to_owned(), file.source.text.clone());
        }
        project
    }

    /// The text of a file, by its root-relative path.
    pub(super) fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.texts.get(path)
    }

    /// A variable of the nearest `.env` upward.
    pub(super) fn variable(&self, name: &str, dir: Option<&str>) -> Option<&str> {
        let mut dir = dir?;
        loop {
            if let Some(value) = self.variables.get(dir).and_then(|v| v.get(name)) {
                return Some(value);
            }
            if dir.is_empty() {
                return None;
            }
            dir = directory(dir);
        }
    }

    /// Whether a host is a service of a compose file.
    pub(super) fn is_compose_service(&self, host: &str) -> bool {
        self.services.contains(host)
    }

    /// A script by its name: of this directory, or the nearest upward that has such a file.
    pub(super) fn script(&self, kind: &str, dir: &str, file: Option<&str>, name: &str) -> Option<Found> {
        let mut dir = match file {
            Some(file) => directory(&join(dir, file)?).to_owned(),
            None => dir.to_owned(),
        };
        loop {
            if let Some(scripts) = self.scripts.get(&dir).and_then(|kinds| kinds.get(kind)) {
                if scripts.contains_key(name) {
                    return Some(found(kind, scripts, name, dir));
                }
                // A monorepo's root may have it.
                if kind != "package-json" {
                    return None;
                }
            }
            if dir.is_empty() {
                return None;
            }
            dir = directory(&dir).to_owned();
        }
    }
}

fn found(kind: &str, scripts: &Scripts, name: &str, dir: String) -> Found {
    let of = |name: &str| scripts.get(name).cloned().unwrap_or_default();
    let around = kind == "package-json" || kind == "composer";
    let mut texts = if around { of(&format!("pre{name}")) } else { Vec::new() };
    let before = texts.len();
    texts.extend(of(name));
    let main = if around { before } else { texts.len().saturating_sub(1) };
    if around {
        texts.extend(of(&format!("post{name}")));
    }
    Found { texts, main, dir }
}
