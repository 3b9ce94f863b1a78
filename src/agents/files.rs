//! Which files of a project belong to an agent, and for which directory.

use std::collections::BTreeMap;

use globset::{Glob, GlobBuilder, GlobMatcher};

use crate::source::{Source, SourceId};
use crate::syntax::tree::Tree;
use crate::workspace::{File, Tracking, Workspace};

/// The files of a project by path, with their parsed data.
#[derive(Default)]
pub struct Files<'a> {
    all: BTreeMap<&'a str, (SourceId, Option<&'a Tree>)>,
    texts: BTreeMap<&'a str, &'a Source>,
}

impl<'a> Files<'a> {
    /// The files of a workspace; templates are left out.
    pub fn new(workspace: &'a Workspace, tree: &dyn Fn(SourceId) -> Option<&'a Tree>) -> Self {
        let all = workspace
            .files
            .iter()
            .filter(|f| counts(f))
            .map(|f| (f.source.path.as_str(), (f.source.id, tree(f.source.id))))
            .collect();
        let texts =
            workspace.files.iter().filter(|f| counts(f)).map(|f| (f.source.path.as_str(), &*f.source)).collect();
        Files { all, texts }
    }

    /// The data of a file below a directory.
    pub fn tree(&self, dir: &str, path: &str) -> Option<&'a Tree> {
        self.all.get(join(dir, path).as_str()).and_then(|(_, tree)| *tree)
    }

    /// The text of a file, by its path.
    pub fn source(&self, path: &str) -> Option<&'a Source> {
        self.texts.get(path).copied()
    }

    /// The data files below a directory whose path goes on with `prefix`.
    pub fn below(&self, dir: &str, prefix: &str) -> impl Iterator<Item = (&'a str, &'a Tree)> + '_ {
        let start = join(dir, prefix);
        self.all
            .iter()
            .filter(move |(path, _)| path.starts_with(&start))
            .filter_map(|(path, (_, tree))| Some((*path, (*tree)?)))
    }

    /// The texts below a directory whose path goes on with `prefix` and ends with `suffix`, in
    /// path order.
    pub fn sources(&self, dir: &str, prefix: &str, suffix: &str) -> impl Iterator<Item = &'a Source> + '_ {
        let start = join(dir, prefix);
        let suffix = suffix.to_owned();
        self.texts
            .iter()
            .filter(move |(path, _)| path.starts_with(&start) && path.ends_with(&suffix))
            .map(|(_, source)| *source)
    }

    /// The root, and every directory on the way to `dir`.
    pub fn upward(dir: &str) -> Vec<&str> {
        let mut result = vec![""];
        result.extend(dir.match_indices('/').filter_map(|(i, _)| dir.get(..i)));
        if !dir.is_empty() {
            result.push(dir);
        }
        result
    }

    /// Every directory that has one of these files; patterns are below it, as in globs.
    pub fn configured(&self, patterns: &[&str]) -> Vec<String> {
        self.owned(patterns).into_keys().collect()
    }

    /// The files that match, by the directory they configure.
    pub fn owned(&self, patterns: &[&str]) -> BTreeMap<String, Vec<(&'a str, SourceId)>> {
        // Compiling a pattern costs more than looking for its first segment in every path.
        let matchers: Vec<(&str, GlobMatcher)> = patterns
            .iter()
            .filter(|p| {
                let first = p.split('/').next().unwrap_or(p);
                first.contains(['*', '?', '[', '{']) || self.all.keys().any(|path| path.contains(first))
            })
            .filter_map(|p| {
                let glob: Glob = GlobBuilder::new(p).literal_separator(true).build().ok()?;
                Some((p.split('/').next().unwrap_or(p), glob.compile_matcher()))
            })
            .collect();
        let mut found: BTreeMap<String, Vec<(&'a str, SourceId)>> = BTreeMap::new();
        for (path, (id, _)) in &self.all {
            if let Some(dir) = matchers.iter().find_map(|(first, matcher)| owner(path, first, matcher)) {
                found.entry(dir).or_default().push((path, *id));
            }
        }
        found
    }
}

/// Whether a file is one of the project's that can be read. (Personal ones configure no directory.)
fn counts(file: &File) -> bool {
    !file.template && file.tracking != Tracking::Home
}

/// The directory a file configures, if it matches: what stands before the pattern's first segment.
fn owner(path: &str, first: &str, matcher: &GlobMatcher) -> Option<String> {
    let mut start = 0;
    for segment in path.split('/') {
        if segment == first && matcher.is_match(path.get(start..)?) {
            return Some(path.get(..start.saturating_sub(1)).unwrap_or("").to_owned());
        }
        start += segment.len() + 1;
    }
    None
}

fn join(dir: &str, path: &str) -> String {
    if dir.is_empty() { path.to_owned() } else { format!("{dir}/{path}") }
}
