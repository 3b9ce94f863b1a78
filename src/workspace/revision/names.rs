//! Names of revisions: `HEAD`, branches, tags, hashes, and the ways back from them (`~2`, `^`).

use std::path::Path;

use super::objects::{Id, Objects};

/// How many references lead to each other.
const HOPS: usize = 8;
/// How many steps back are gone.
const STEPS: usize = 100_000;

/// The commit of a revision.
pub fn resolve(objects: &Objects, git: &Path, common: &Path, revision: &str) -> Result<Id, String> {
    let end = revision.find(['~', '^']).unwrap_or(revision.len());
    let (name, mut way) = revision.split_at(end);
    if name.contains(':') || name.contains("@{") {
        return Err("only a branch, a tag, a commit and `~` or `^` are understood".into());
    }
    let found = named(objects, git, common, name)?;
    let mut commit = objects.commit(found)?;
    let mut steps = 0;
    while let Some(sign) = way.chars().next() {
        way = way.get(1..).unwrap_or_default();
        if let Some(rest) = way.strip_prefix("{}").or(way.strip_prefix("{commit}")).filter(|_| sign == '^') {
            way = rest;
            continue;
        }
        let digits = way.find(|c: char| !c.is_ascii_digit()).unwrap_or(way.len());
        let (number, rest) = way.split_at(digits);
        let number: usize = if number.is_empty() { 1 } else { number.parse().map_err(|_| "no such way back")? };
        way = rest;
        let missing = || "it has no such parent (a shallow clone holds none: fetch its history)".to_owned();
        match sign {
            '^' if number == 0 => {}
            '^' => commit = objects.parents(commit)?.get(number - 1).copied().ok_or_else(missing)?,
            '~' => {
                for _ in 0..number {
                    steps += 1;
                    if steps > STEPS {
                        return Err("it lies too far back".into());
                    }
                    commit = objects.parents(commit)?.first().copied().ok_or_else(missing)?;
                }
            }
            _ => return Err("only `~` and `^` lead back".into()),
        }
    }
    Ok(commit)
}

fn named(objects: &Objects, git: &Path, common: &Path, name: &str) -> Result<Id, String> {
    let name = if name.is_empty() || name == "@" { "HEAD" } else { name };
    for form in ["{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD"] {
        if let Some(id) = reference(git, common, &form.replace("{}", name), 0) {
            return Ok(id);
        }
    }
    let hex = name.to_ascii_lowercase();
    if (4..=40).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        if let Some(id) = Id::parse(&hex) {
            return Ok(id);
        }
        match objects.starting_with(&hex)[..] {
            [id] => return Ok(id),
            [] => {}
            _ => return Err("more than one object begins like that".into()),
        }
    }
    match common.join("reftable").is_dir() {
        true => {
            Err("the repository keeps its branches in a reftable, which isn't read yet: give a commit's hash".into())
        }
        false => Err("there is no such branch, tag or commit here (a shallow clone holds few: fetch it first)".into()),
    }
}

/// What a reference names, loose or packed.
#[allow(clippy::disallowed_methods)]
fn reference(git: &Path, common: &Path, name: &str, hops: usize) -> Option<Id> {
    // No name leads out of the repository.
    let plain = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    let plain = plain && !name.contains(['\\', '\0']) && !Path::new(name).is_absolute();
    if !plain
        || hops > HOPS
        || !(name.starts_with("refs/") || name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
    {
        return None;
    }
    for dir in [git, common] {
        let file = dir.join(name);
        let small = std::fs::metadata(&file).is_ok_and(|m| m.is_file() && m.len() < 4096);
        let Some(text) = small.then(|| std::fs::read_to_string(&file).ok()).flatten() else { continue };
        return match text.trim().strip_prefix("ref:") {
            Some(other) => reference(git, common, other.trim(), hops + 1),
            None => Id::parse(text.split_whitespace().next()?),
        };
    }
    let packed = std::fs::read_to_string(common.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| {
        let (id, found) = line.split_once(' ')?;
        Id::parse(id).filter(|_| found.trim() == name)
    })
}
