//! A project as it was in a revision of its repository, read without running git: the names of
//! revisions, loose objects and packs.
//!
//! What hasn't changed since isn't read again: a file of today whose hash stands in the revision's
//! tree is taken as it is.

mod names;
mod objects;
mod packs;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};

use crate::workspace::git::{common_dir, git_dir};
use crate::workspace::load::{
    Candidate, FILE_LIMIT, LoadError, LoadOptions, Outcome, ROLE_LIMIT, TEXT_LIMIT, assemble, globs,
};
use crate::workspace::table::Table;
use crate::workspace::{Skipped, Workspace};
use objects::{Id, Kind, Objects};

/// How deep directories may lie in each other.
const DEPTH: usize = 200;

/// The project that `today` is, as it was in a revision: `HEAD~1`, a branch, a tag, a commit's hash.
/// What isn't a revision but a directory is read as that: a checkout somebody else made.
///
/// # Errors
/// No such revision, or a repository whose objects can't be read, in words.
pub fn load_at(today: &Workspace, revision: &str, options: &LoadOptions) -> Result<Workspace, LoadError> {
    let failed = |message: String| LoadError::Revision { revision: revision.to_owned(), message };
    match tree_of(&today.root, revision) {
        Ok((objects, tree)) => read(today, &objects, tree, options).map_err(failed),
        Err(why) => match directory(&today.root, revision) {
            Some(dir) => {
                let mut earlier = super::load(&dir, options)?;
                // Projects are called after their directory: it is the same one.
                earlier.root.clone_from(&today.root);
                Ok(earlier)
            }
            None => Err(failed(why)),
        },
    }
}

fn directory(root: &Path, name: &str) -> Option<PathBuf> {
    [PathBuf::from(name), root.join(name)].into_iter().find(|dir| dir.is_dir())
}

/// The objects of the repository around a directory, and the tree of that directory in a revision.
fn tree_of(root: &Path, revision: &str) -> Result<(Objects, Option<Id>), String> {
    let top =
        root.ancestors().find(|dir| dir.join(".git").exists()).ok_or("there is no repository around the project")?;
    let git = git_dir(top).ok_or("the repository can't be read")?;
    let common = common_dir(&git);
    let objects = Objects::open(&common)?;
    let commit = names::resolve(&objects, &git, &common, revision)?;
    let mut tree = Some(objects.tree_of_commit(commit)?);
    let inside = root.strip_prefix(top).map_err(|_| "the project lies outside of its repository")?;
    for part in inside.components() {
        let name = part.as_os_str().to_string_lossy();
        let Some(id) = tree else { break };
        let entries = objects.entries(id)?;
        // The directory may be newer than the revision.
        tree = entries.into_iter().find(|e| e.name == name && e.is_dir).map(|e| e.id);
    }
    Ok((objects, tree))
}

struct File {
    path: String,
    id: Id,
}

fn read(today: &Workspace, objects: &Objects, tree: Option<Id>, options: &LoadOptions) -> Result<Workspace, String> {
    let mut skipped = Vec::new();
    let files = list(objects, tree, options, &mut skipped)?;
    let known: HashMap<&str, &str> = today.files.iter().map(|f| (f.source.path.as_str(), &*f.source.text)).collect();
    let table = Table::get();
    let (mut candidates, mut outcomes) = (Vec::new(), Vec::new());
    for file in files {
        let wanted = table.row(&file.path).is_some();
        let same = known.get(file.path.as_str()).filter(|text| blob_id(text) == file.id);
        let outcome = match same {
            Some(text) => Outcome::Text((*text).to_owned()),
            None => text_of(objects, file.id, wanted)?,
        };
        candidates.push(Candidate { full: today.root.join(&file.path), path: file.path, ignored: false, link: false });
        outcomes.push(outcome);
    }
    Ok(assemble(today.root.clone(), None, candidates, outcomes, skipped, &[], false))
}

fn text_of(objects: &Objects, id: Id, wanted: bool) -> Result<Outcome, String> {
    let limit = if wanted { ROLE_LIMIT } else { TEXT_LIMIT };
    let bytes = match objects.read(id, limit)? {
        Some((Kind::Blob, bytes)) => bytes,
        Some(_) => return Err("a file of the revision is no file".into()),
        None if wanted => return Ok(Outcome::Skip("too-large")),
        None => return Ok(Outcome::Nothing),
    };
    if bytes.iter().take(8000).any(|&b| b == 0) {
        return Ok(Outcome::Nothing);
    }
    Ok(String::from_utf8(bytes).map_or(Outcome::Nothing, Outcome::Text))
}

/// The files of a tree that are wanted, sorted by path. Links and submodules are left out.
fn list(
    objects: &Objects,
    tree: Option<Id>,
    options: &LoadOptions,
    skipped: &mut Vec<Skipped>,
) -> Result<Vec<File>, String> {
    let exclude = globs(&options.exclude).map_err(|e| e.to_string())?;
    let include = globs(&options.include).map_err(|e| e.to_string())?;
    let table = Table::get();
    let mut files = Vec::new();
    let mut waiting: Vec<(String, Id, usize)> = tree.map(|id| (String::new(), id, 0)).into_iter().collect();
    while let Some((prefix, id, depth)) = waiting.pop() {
        for entry in objects.entries(id)? {
            let path = format!("{prefix}{}", entry.name);
            if exclude.is_match(&path) {
                continue;
            }
            if entry.is_dir {
                let never = table.never.contains(&entry.name) && !include.is_match(&path);
                match depth < DEPTH {
                    _ if never || entry.name == ".terraform" => {}
                    true => waiting.push((format!("{path}/"), entry.id, depth + 1)),
                    false => skipped.push(Skipped { path, why: "limit" }),
                }
            } else if entry.is_file && (table.row(&path).is_some() || !table.is_binary(&path)) {
                if files.len() >= FILE_LIMIT {
                    skipped.push(Skipped { path, why: "limit" });
                    continue;
                }
                files.push(File { path, id: entry.id });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The name that git gives a file's text.
fn blob_id(text: &str) -> Id {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", text.len()).as_bytes());
    hash.update(text.as_bytes());
    Id(hash.finalize().into())
}
