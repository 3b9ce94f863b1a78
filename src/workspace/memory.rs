//! A project that lies in memory: the examples of rules.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::workspace::Workspace;
use crate::workspace::load::{Candidate, Given, Outcome, assemble};
use crate::workspace::table::Table;

/// Classifies texts as [`super::load`] classifies files, without a file system: there are no links,
/// no git (so every file counts as tracked) and no size limits.
pub fn in_memory(files: &BTreeMap<String, String>) -> Workspace {
    in_memory_with(files, &[])
}

/// The same with files that are handed in; their paths may be among the others.
pub fn in_memory_with(files: &BTreeMap<String, String>, given: &[Given]) -> Workspace {
    let table = Table::get();
    let entered = |path: &str| {
        let mut folders = path.split('/').rev().skip(1);
        !folders.any(|name| name == ".terraform" || table.never.iter().any(|never| never == name))
    };
    let wanted = |path: &str| {
        let installed = path.contains(".terraform/modules/");
        (entered(path) || installed) && (table.row(path).is_some() || !table.is_binary(path))
    };
    let handed = |path: &str| given.iter().any(|g| g.path == path);
    let mut all: BTreeMap<&String, &String> = files.iter().filter(|(p, _)| wanted(p) && !handed(p)).collect();
    all.extend(given.iter().map(|g| (&g.path, &g.text)));
    let (candidates, texts) = all
        .into_iter()
        .map(|(path, text)| {
            let full = PathBuf::from(path);
            (Candidate { path: path.clone(), full, ignored: false, link: false }, Outcome::Text(text.clone()))
        })
        .unzip();
    assemble(PathBuf::new(), None, candidates, texts, Vec::new(), given, false)
}
