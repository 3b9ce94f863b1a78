//! What git carries: the index and the ignore files, read without running git.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::workspace::Tracking;

/// The parts of a repository that tell tracked from ignored.
pub struct Git {
    /// Paths in the index, relative to the work tree's top.
    tracked: Option<HashSet<Vec<u8>>>,
    /// The project root relative to the work tree's top, with a trailing `/` unless empty.
    prefix: String,
    ignore: Vec<Pattern>,
}

/// One line of an ignore file.
struct Pattern {
    /// Directory of the ignore file, relative to the top, with a trailing `/` unless empty.
    base: String,
    glob: globset::GlobMatcher,
    negated: bool,
    only_dirs: bool,
}

impl Git {
    /// The repository around `root`; `None` where there is none.
    pub fn find(root: &Path) -> Option<Git> {
        let top = root.ancestors().find(|dir| dir.join(".git").exists())?;
        let git_dir = git_dir(top)?;
        let prefix = root.strip_prefix(top).ok().map(slash).unwrap_or_default();
        let prefix = if prefix.is_empty() { prefix } else { prefix + "/" };
        let mut git = Git { tracked: read_index(&git_dir), prefix, ignore: Vec::new() };
        git.add_ignores(&common_dir(&git_dir).join("info/exclude"), "");
        // Ignore files from the top down to the root; those below are added during the walk.
        let mut at = top.to_path_buf();
        git.add_ignores(&at.join(".gitignore"), "");
        let inside = git.prefix.clone();
        let mut base = String::new();
        for part in inside.split('/').filter(|p| !p.is_empty()) {
            at.push(part);
            base = format!("{base}{part}/");
            git.add_ignores(&at.join(".gitignore"), &base);
        }
        Some(git)
    }

    /// Adds the ignore file of a directory below the root (its path relative to the root).
    pub fn enter(&mut self, root: &Path, dir: &str) {
        if !dir.is_empty() {
            let base = format!("{}{dir}/", self.prefix);
            self.add_ignores(&root.join(dir).join(".gitignore"), &base);
        }
    }

    #[allow(clippy::disallowed_methods)]
    fn add_ignores(&mut self, file: &Path, base: &str) {
        let small = std::fs::symlink_metadata(file).is_ok_and(|m| m.is_file() && m.len() < 1 << 20);
        let Some(text) = small.then(|| std::fs::read_to_string(file).ok()).flatten() else { return };
        self.ignore.extend(text.lines().filter_map(|line| Pattern::parse(line, base)));
    }

    /// Whether git ignores a root-relative path itself (not through a parent).
    pub fn ignores(&self, path: &str, is_dir: bool) -> bool {
        let full = format!("{}{path}", self.prefix);
        let verdict = self.ignore.iter().rev().find(|p| p.matches(&full, is_dir));
        verdict.is_some_and(|p| !p.negated)
    }

    /// Whether git carries a root-relative file; `ignored` says what the walk found of it and its parents.
    pub fn tracking(&self, path: &str, ignored: bool) -> Tracking {
        let Some(tracked) = &self.tracked else { return Tracking::Unknown };
        if tracked.contains(format!("{}{path}", self.prefix).as_bytes()) {
            Tracking::Tracked
        } else if ignored {
            Tracking::Ignored
        } else {
            Tracking::Untracked
        }
    }
}

impl Pattern {
    fn parse(line: &str, base: &str) -> Option<Pattern> {
        let line = line.trim_end_matches(['\r', ' ']);
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (negated, line) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let line = line.strip_prefix('\\').unwrap_or(line);
        let (only_dirs, line) = match line.strip_suffix('/') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let anchored = line.contains('/');
        let line = line.trim_start_matches('/');
        let glob = if anchored { line.to_owned() } else { format!("**/{line}") };
        let glob = globset::GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build().ok()?;
        Some(Pattern { base: base.to_owned(), glob: glob.compile_matcher(), negated, only_dirs })
    }

    fn matches(&self, full: &str, is_dir: bool) -> bool {
        (!self.only_dirs || is_dir) && full.strip_prefix(&self.base).is_some_and(|rest| self.glob.is_match(rest))
    }
}

fn slash(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// `.git` itself, or where a `.git` file points (work trees, submodules).
#[allow(clippy::disallowed_methods)]
pub(super) fn git_dir(top: &Path) -> Option<PathBuf> {
    let dot = top.join(".git");
    if dot.is_dir() {
        return Some(dot);
    }
    let text = std::fs::read_to_string(&dot).ok()?;
    let target = Path::new(text.strip_prefix("gitdir:")?.trim());
    Some(if target.is_absolute() { target.to_path_buf() } else { top.join(target) })
}

/// The shared directory of a linked work tree.
#[allow(clippy::disallowed_methods)]
pub(super) fn common_dir(git_dir: &Path) -> PathBuf {
    match std::fs::read_to_string(git_dir.join("commondir")) {
        Ok(text) => git_dir.join(text.trim()),
        Err(_) => git_dir.to_path_buf(),
    }
}

#[allow(clippy::disallowed_methods)]
fn read_index(git_dir: &Path) -> Option<HashSet<Vec<u8>>> {
    match std::fs::read(git_dir.join("index")) {
        Ok(bytes) => parse_index(&bytes),
        // A repository without an index has nothing in it yet.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Some(HashSet::new()),
        Err(_) => None,
    }
}

/// The paths of an index, versions 2 to 4. `None`: not an index we can read.
fn parse_index(bytes: &[u8]) -> Option<HashSet<Vec<u8>>> {
    let u32_at = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    if bytes.get(..4)? != b"DIRC" {
        return None;
    }
    let version = u32_at(4)?;
    let count = u32_at(8)? as usize;
    if !(2..=4).contains(&version) {
        return None;
    }
    let mut paths = HashSet::with_capacity(count.min(1 << 16));
    let mut previous: Vec<u8> = Vec::new();
    let mut at = 12;
    for _ in 0..count {
        let flags = u16::from_be_bytes(bytes.get(at + 60..at + 62)?.try_into().ok()?);
        let mut name = at + 62 + if version >= 3 && flags & 0x4000 != 0 { 2 } else { 0 };
        if version == 4 {
            let mut strip: usize = 0;
            loop {
                let byte = *bytes.get(name)?;
                name += 1;
                strip = strip.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
                if byte & 0x80 == 0 {
                    break;
                }
                strip = strip.checked_add(1)?;
            }
            let end = name + bytes.get(name..)?.iter().position(|&b| b == 0)?;
            previous.truncate(previous.len().checked_sub(strip)?);
            previous.extend_from_slice(bytes.get(name..end)?);
            paths.insert(previous.clone());
            at = end + 1;
        } else {
            let end = name + bytes.get(name..)?.iter().position(|&b| b == 0)?;
            paths.insert(bytes.get(name..end)?.to_vec());
            // Entries are padded with one to eight NULs to a multiple of eight.
            at += (end - at + 8) / 8 * 8;
        }
    }
    Some(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Vec<u8> {
        let mut bytes = vec![0; 60];
        bytes.extend((path.len() as u16).to_be_bytes());
        bytes.extend(path.as_bytes());
        let padded = (bytes.len() + 8) / 8 * 8;
        bytes.resize(padded, 0);
        bytes
    }

    #[test]
    fn reads_a_version_2_index() {
        let mut bytes = b"DIRC\0\0\0\x02\0\0\0\x02".to_vec();
        bytes.extend(entry(".claude/settings.json"));
        bytes.extend(entry("a"));
        let paths = parse_index(&bytes).unwrap();
        assert!(paths.contains(b".claude/settings.json".as_slice()) && paths.contains(b"a".as_slice()));
        assert!(parse_index(&bytes[..40]).is_none(), "a cut index is unreadable, not a panic");
        assert!(parse_index(b"nonsense").is_none());
    }

    #[test]
    fn ignore_patterns() {
        let git = |lines: &[&str]| Git {
            tracked: None,
            prefix: String::new(),
            ignore: lines.iter().filter_map(|l| Pattern::parse(l, "")).collect(),
        };
        let g = git(&["*.log", "/build", "!keep.log", "dir/", "a/**/b"]);
        assert!(g.ignores("x/y.log", false) && !g.ignores("x/keep.log", false));
        assert!(g.ignores("build", true) && !g.ignores("x/build", true));
        assert!(g.ignores("x/dir", true) && !g.ignores("x/dir", false));
        assert!(g.ignores("a/x/y/b", false));
    }
}
