//! Walking a project and reading what is wanted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::source::{Sources, Span};
use crate::workspace::git::Git;
use crate::workspace::table::Table;
use crate::workspace::{File, Format, Skipped, Tracking, Unreadable, Workspace};

/// Text read only for credentials is at most this long, in bytes.
pub(super) const TEXT_LIMIT: u64 = 1 << 20;
/// A file with a role is at most this long, in bytes.
pub(super) const ROLE_LIMIT: u64 = 8 << 20;
/// More files than this aren't read.
pub(super) const FILE_LIMIT: usize = 200_000;

/// What to load beside what the table wants.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Root-relative files named on the command line: read whatever they are.
    pub named: Vec<String>,
    /// Globs of paths left out (`exclude:` of the config).
    pub exclude: Vec<String>,
    /// Globs of paths read although a directory rule leaves them out.
    pub include: Vec<String>,
    /// Unsaved texts laid over the files, by root-relative path.
    pub overlays: HashMap<String, String>,
    /// Files that the person running it handed in, wherever they lie.
    pub given: Vec<Given>,
    /// The home directory, where the personal files of agents are asked for: those the table names are
    /// read, under paths that begin with `~/`.
    pub home: Option<PathBuf>,
}

/// A file that the person running it handed in (`--plan`, `--var-file`): read whatever its name and place are, and
/// taken for what it was handed in as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its path relative to the project root; one that lies elsewhere begins with `../`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What it is: a name of the table's roles, or one that only such files have.
    pub role: &'static str,
    /// How it is written.
    pub format: Format,
}

/// Paths of files in the home directory begin with it.
pub const HOME: &str = "~/";

/// Why a project can't be loaded at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The root isn't a directory that can be read.
    #[error("{path}: {error}")]
    Root {
        /// The root.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A revision to compare with.
    #[error("--base {revision}: {message}")]
    Revision {
        /// As written.
        revision: String,
        /// What is wrong.
        message: String,
    },
    /// A file or value that was handed in and can't be used.
    #[error("{}", .0.join("\n"))]
    Given(Vec<String>),
    /// A glob of the options.
    #[error("glob `{glob}`: {message}")]
    Glob {
        /// As written.
        glob: String,
        /// What is wrong.
        message: String,
    },
}

pub(super) struct Candidate {
    pub path: String,
    pub full: PathBuf,
    pub ignored: bool,
    pub link: bool,
}

/// Loads a project.
///
/// # Errors
/// Only where nothing can be done: the root can't be read, or a glob is broken.
#[allow(clippy::disallowed_methods)]
pub fn load(root: &Path, options: &LoadOptions) -> Result<Workspace, LoadError> {
    let root_error = |error| LoadError::Root { path: root.display().to_string(), error };
    let root = std::fs::canonicalize(root).map_err(root_error)?;
    std::fs::read_dir(&root).map_err(root_error)?;
    let exclude = globs(&options.exclude)?;
    let include = globs(&options.include)?;
    let mut git = Git::find(&root);
    let mut skipped = Vec::new();
    let mut candidates = walk(&root, &mut git, &exclude, &include, options, &mut skipped);
    for path in options.overlays.keys().filter(|p| !candidates.iter().any(|c| c.path == **p)).collect::<Vec<_>>() {
        candidates.push(Candidate { path: path.clone(), full: root.join(path), ignored: false, link: false });
    }
    for given in options.given.iter().filter(|g| !candidates.iter().any(|c| c.path == g.path)).collect::<Vec<_>>() {
        candidates.push(Candidate {
            path: given.path.clone(),
            full: root.join(&given.path),
            ignored: false,
            link: false,
        });
    }
    if let Some(home) = &options.home {
        // A directory of the project that has this name is no one's home.
        candidates.retain(|c| !c.path.starts_with(HOME));
        candidates.extend(personal(home));
    }
    candidates.sort_by(|a, b| a.path.cmp(&b.path));
    if candidates.len() > FILE_LIMIT {
        for dropped in candidates.drain(FILE_LIMIT..) {
            skipped.push(Skipped { path: dropped.path, why: "limit" });
        }
    }
    let read: Vec<_> = candidates
        .par_iter()
        .map(|c| match (options.overlays.get(&c.path), options.given.iter().find(|g| g.path == c.path)) {
            (Some(text), _) => Outcome::Text(text.clone()),
            (None, Some(given)) => Outcome::Text(given.text.clone()),
            (None, None) => read(&root, c, options),
        })
        .collect();
    skipped.retain(|s| !options.given.iter().any(|g| g.path == s.path));
    Ok(assemble(root, git.as_ref(), candidates, read, skipped, &options.given, options.home.is_some()))
}

/// The personal files of agents that are there. (A link may lead anywhere: they are the caller's own.)
#[allow(clippy::disallowed_methods)]
fn personal(home: &Path) -> Vec<Candidate> {
    let there = Table::get().home.iter().map(|name| (name, home.join(name)));
    there
        .filter(|(_, full)| std::fs::metadata(full).is_ok_and(|m| m.is_file()))
        .map(|(name, full)| Candidate { path: format!("{HOME}{name}"), full, ignored: true, link: false })
        .collect()
}

pub(super) fn globs(list: &[String]) -> Result<globset::GlobSet, LoadError> {
    let mut builder = globset::GlobSetBuilder::new();
    for glob in list {
        let error = |e: &globset::Error| LoadError::Glob { glob: glob.clone(), message: e.kind().to_string() };
        builder.add(globset::Glob::new(glob).map_err(|e| error(&e))?);
    }
    builder.build().map_err(|e| LoadError::Glob { glob: String::new(), message: e.kind().to_string() })
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = relative.components().map(|c| c.as_os_str().to_str()).collect();
    parts.map(|p| p.join("/"))
}

fn walk(
    root: &Path,
    git: &mut Option<Git>,
    exclude: &globset::GlobSet,
    include: &globset::GlobSet,
    options: &LoadOptions,
    skipped: &mut Vec<Skipped>,
) -> Vec<Candidate> {
    let table = Table::get();
    let mut found = Vec::new();
    // The ignored directories we are inside of.
    let mut ignored_dirs: Vec<String> = Vec::new();
    let mut walker = WalkDir::new(root).follow_links(false).sort_by_file_name().into_iter();
    while let Some(entry) = walker.next() {
        let Ok(entry) = entry else { continue };
        let Some(path) = relative(root, entry.path()) else { continue };
        let inside = |dir: &String| path.starts_with(dir.as_str()) && path.as_bytes().get(dir.len()) == Some(&b'/');
        ignored_dirs.retain(inside);
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_dir() {
            if path.is_empty() {
                continue;
            }
            let never = table.never.iter().any(|n| *n == name) && !include.is_match(&path);
            if never || exclude.is_match(&path) || is_cache(entry.path()) {
                walker.skip_current_dir();
                continue;
            }
            if name == ".terraform" {
                walker.skip_current_dir();
                found.extend(installed_modules(root, entry.path()));
                continue;
            }
            if let Some(git) = git.as_mut() {
                if git.ignores(&path, true) {
                    ignored_dirs.push(path.clone());
                }
                git.enter(root, &path);
            }
            continue;
        }
        if exclude.is_match(&path) {
            continue;
        }
        let named = options.named.contains(&path);
        let in_ignored = !ignored_dirs.is_empty();
        let ignored = in_ignored || git.as_ref().is_some_and(|g| g.ignores(&path, false));
        let row = table.row(&path);
        let wanted = match row {
            Some(row) => !in_ignored || table.ignored_wanted.contains(&row.role) || include.is_match(&path),
            None => !ignored && !table.is_binary(&path),
        };
        if wanted || named {
            found.push(Candidate { full: entry.path().to_path_buf(), path, ignored, link: entry.path_is_symlink() });
        } else if row.is_some() {
            skipped.push(Skipped { path, why: "ignored" });
        }
    }
    found
}

/// A directory that says of itself that it is a cache.
#[allow(clippy::disallowed_methods)]
fn is_cache(dir: &Path) -> bool {
    std::fs::symlink_metadata(dir.join("CACHEDIR.TAG")).is_ok()
}

/// `.terraform/modules/modules.json` and what it names inside `.terraform/modules`.
fn installed_modules(root: &Path, dir: &Path) -> Vec<Candidate> {
    let mut found = Vec::new();
    let modules = dir.join("modules");
    for entry in WalkDir::new(&modules).follow_links(false).sort_by_file_name().into_iter().flatten() {
        let Some(path) = relative(root, entry.path()) else { continue };
        let wanted = entry.file_type().is_file()
            && (path.ends_with("modules/modules.json")
                || [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|end| path.ends_with(end)));
        if wanted && !path.contains("/.git/") {
            found.push(Candidate { path, full: entry.path().to_path_buf(), ignored: true, link: false });
        }
    }
    found
}

pub(super) enum Outcome {
    Text(String),
    Skip(&'static str),
    Unreadable(String),
    /// Not text, or too long to be searched: passed over without a word.
    Nothing,
}

#[allow(clippy::disallowed_methods)]
fn read(root: &Path, candidate: &Candidate, options: &LoadOptions) -> Outcome {
    let wanted = Table::get().row(&candidate.path).is_some() || options.named.contains(&candidate.path);
    let failed = |e: std::io::Error| if wanted { Outcome::Unreadable(super::in_words(&e)) } else { Outcome::Nothing };
    if candidate.link {
        match std::fs::canonicalize(&candidate.full) {
            Ok(target) if !target.starts_with(root) => return Outcome::Skip("link-out-of-root"),
            Ok(_) => {}
            // A link to what isn't there (a submodule that isn't checked out) holds nothing.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Outcome::Skip("dangling-link"),
            Err(e) => return failed(e),
        }
    }
    let metadata = match std::fs::metadata(&candidate.full) {
        Ok(m) => m,
        Err(e) => return failed(e),
    };
    if !metadata.is_file() {
        return Outcome::Nothing;
    }
    let limit = if wanted { ROLE_LIMIT } else { TEXT_LIMIT };
    if metadata.len() > limit {
        return if wanted { Outcome::Skip("too-large") } else { Outcome::Nothing };
    }
    let bytes = match std::fs::read(&candidate.full) {
        Ok(bytes) => bytes,
        Err(e) => return failed(e),
    };
    if bytes.starts_with(b"\0GITCRYPT\0") {
        return Outcome::Skip("encrypted");
    }
    if !wanted && bytes.iter().take(8000).any(|&b| b == 0) {
        return Outcome::Nothing;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Outcome::Text(text),
        Err(e) if wanted => Outcome::Unreadable(format!("not UTF-8 text (byte {})", e.utf8_error().valid_up_to())),
        Err(_) => Outcome::Nothing,
    }
}

pub(super) fn assemble(
    root: PathBuf,
    git: Option<&Git>,
    candidates: Vec<Candidate>,
    read: Vec<Outcome>,
    mut skipped: Vec<Skipped>,
    given: &[Given],
    personal: bool,
) -> Workspace {
    let table = Table::get();
    let mut sources = Sources::default();
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for (candidate, outcome) in candidates.into_iter().zip(read) {
        let row = table.row(&candidate.path);
        let text = match outcome {
            Outcome::Text(text) => text,
            Outcome::Nothing => continue,
            Outcome::Skip(why) => {
                skipped.push(Skipped { path: candidate.path, why });
                continue;
            }
            Outcome::Unreadable(message) => {
                unreadable.push((candidate.path, message, row.is_none_or(|r| r.strict)));
                continue;
            }
        };
        let (mut role, mut format, strict) = match row {
            Some(row) => (row.role.clone(), row.format, row.strict),
            None => (String::new(), Format::Text, false),
        };
        if role.is_empty() && has_shell_shebang(&text) {
            (role, format) = ("shell-script".into(), Format::Shell);
        }
        if role.is_empty() && is_kubernetes(&candidate.path, &text) {
            (role, format) = ("kubernetes".into(), Format::Yaml);
        }
        let given = given.iter().find(|g| g.path == candidate.path);
        if let Some(given) = given {
            (role, format) = (given.role.into(), given.format);
        }
        let template = given.is_none() && is_template(&candidate.path, &text, &role);
        let source = sources.add(candidate.path.clone(), &text);
        files.push(File {
            source,
            format,
            strict,
            tracking: if candidate.path.starts_with(HOME) && personal {
                Tracking::Home
            } else {
                git.map_or(Tracking::Unknown, |g| g.tracking(&candidate.path, candidate.ignored))
            },
            // Whoever hands a file in means it.
            undeployed: given.is_none() && is_undeployed(table, &candidate.path),
            template,
            role,
        });
    }
    // Sources of unreadable files come after all that were read, so that `files[i]` keeps its number.
    let unreadable = unreadable
        .into_iter()
        .map(|(path, message, strict)| {
            let source = sources.add(path, "");
            Unreadable { span: Span::new(source.id, 0, 0), message, strict }
        })
        .collect();
    Workspace { root, sources, files, skipped, unreadable }
}

fn has_shell_shebang(text: &str) -> bool {
    let first = text.lines().next().unwrap_or("");
    first.starts_with("#!")
        && ["sh", "bash", "dash", "ksh", "zsh"].iter().any(|s| first.split(['/', ' ']).any(|w| w == *s))
}

/// A manifest: YAML with `apiVersion` and `kind` at the top, and nothing of a template in it.
fn is_kubernetes(path: &str, text: &str) -> bool {
    let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let says = |key: &str| text.starts_with(key) || text.contains(&format!("\n{key}"));
    yaml && says("apiVersion:") && says("kind:") && !text.contains("{{") && !text.contains("{%")
}

fn is_undeployed(table: &Table, path: &str) -> bool {
    let mut directories = path.split('/').rev().skip(1);
    directories.any(|d| table.undeployed.iter().any(|u| u == d))
}

/// Whether a file of a known format is a template of another language.
fn is_template(path: &str, text: &str, role: &str) -> bool {
    if path.contains("{{") || path.ends_with(".tftpl") || path.ends_with(".j2") || path.ends_with(".tpl") {
        return true;
    }
    // GitHub's and Taskfile's own `{{ }}`, shell's `{%`, and prose are no templates.
    let own_braces =
        matches!(role, "workflow" | "taskfile" | "justfile" | "makefile" | "shell-script" | "" | "dockerfile")
            || role.starts_with("claude-")
            || role.starts_with("cursor-agent")
            || role.starts_with("copilot-");
    if own_braces {
        return false;
    }
    if ["{%- ", "{% ", "<% ", "<%= ", "{{- "].iter().any(|m| text.contains(m)) && role != "terraform" {
        return true;
    }
    match role {
        // HCL has `%{` but never `{{` outside a string; cookiecutter writes it anywhere.
        "terraform" | "tfvars" => {
            text.contains("{{ cookiecutter.") || text.contains("{{cookiecutter.") || jinja_lines(text)
        }
        "railway-iac" => false,
        _ => text.lines().any(|l| {
            let l = l.trim();
            l.starts_with("{{") && l.ends_with("}}")
                || l.contains("{{ .Values")
                || l.contains("{{.Values")
                || l.contains("{{ cookiecutter.")
        }),
    }
}

/// Lines that are nothing but a Jinja or ERB tag.
fn jinja_lines(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        line.starts_with("{%") && line.ends_with("%}") || line.starts_with("<%") && line.ends_with("%>")
    })
}
