//! A project that lies in memory: the examples of rules.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::workspace::Workspace;
use crate::workspace::load::{Candidate, Outcome, assemble};
use crate::workspace::table::Table;

/// Classifies texts as [`super::load`] classifies files, without a file system: there are no links,
/// no git (so every file counts as tracked) and no size limits.
pub fn in_memory(files: &BTreeMap<String, String>) -> Workspace {
    let table = Table::get();
    let entered = |path: &str| {
        let mut folders = path.split('/').rev().skip(1);
        !folders.any(|name| name == ".terraform" || table.never.iter().any(|never| never == name))
    };
    let wanted = |path: &str| {
        let installed = path.contains(".terraform/modules/");
        (entered(path) || installed) && (table.row(path).is_some() || !table.is_binary(path))
    };
    let wanted = files.iter().filter(|(path, _)| wanted(path));
    let (candidates, texts) = wanted
        .map(|(path, text)| {
            let full = PathBuf::from(path);
            (Candidate { path: path.clone(), full, ignored: false, link: false }, Outcome::Text(text.clone()))
        })
        .unzip();
    assemble(PathBuf::new(), None, candidates, texts, Vec::new(), false)
}
