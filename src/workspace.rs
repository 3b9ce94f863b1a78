//! Finding, classifying and reading files. The only place that touches the file system.

mod git;
mod given;
mod load;
mod memory;
mod named;
mod revision;
mod root;
mod rows;
mod table;

pub use given::{read_dir_texts, read_dir_yaml};
pub use load::{Given, LoadError, LoadOptions, load};
pub use memory::{in_memory, in_memory_with};
pub use named::{FileError, in_words, read_bytes, read_text, real};
pub use revision::load_at;
pub use root::find_root;
pub use rows::Format;
pub use table::Table;

use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{Source, SourceId, Sources, Span};

/// A project as read: immutable once loaded.
#[derive(Debug)]
pub struct Workspace {
    /// Absolute path of the project root.
    pub root: PathBuf,
    /// Every text that was read.
    pub sources: Sources,
    /// Every file that was read, sorted by path; `files[i].source.id.0 == i`.
    pub files: Vec<File>,
    /// Files that have a role but weren't read, and why.
    pub skipped: Vec<Skipped>,
    /// Files that should have been readable and aren't.
    pub unreadable: Vec<Unreadable>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct File {
    /// Its text and root-relative path.
    pub source: Arc<Source>,
    /// How it is written.
    pub format: Format,
    /// What it is to which product: names of the table in `rules/files.yaml` (`terraform`,
    /// `tfvars`, `railway-iac`, `railway-config`, `claude-settings`, `cursor-permissions`, `mcp`,
    /// `workflow`, `package-json`, `env`, `script`, …). Empty for text read only for credentials.
    pub role: String,
    /// Whether the role's product would refuse a file it can't parse (then unreadable is an error).
    pub strict: bool,
    /// Whether git carries it to others.
    pub tracking: Tracking,
    /// Lies in a directory that isn't deployed (`examples/`, `tests/`, …).
    pub undeployed: bool,
    /// A template of another language (Helm, Jinja, cookiecutter, `.tftpl`): only searched for credentials.
    pub template: bool,
}

/// Whether git carries a file to others (read from the index and ignore files; git isn't run).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tracking {
    /// In the index.
    Tracked,
    /// Not in the index and not ignored.
    Untracked,
    /// Ignored.
    Ignored,
    /// No repository, or its index can't be read: taken as tracked.
    Unknown,
    /// A person's own, in their home directory; read only when asked for.
    Home,
}

/// A file that was deliberately not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Root-relative path.
    pub path: String,
    /// Why: `too-large`, `template`, `link-out-of-root`, `limit`, …
    pub why: &'static str,
}

/// A file with a role that couldn't be read at all (not UTF-8, no permission, a link loop, …).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// An empty source that stands for it, so that a finding has a place.
    pub span: Span,
    /// Why, in one sentence.
    pub message: String,
    /// See [`File::strict`].
    pub strict: bool,
}

impl Workspace {
    /// The file a source number belongs to.
    pub fn file(&self, id: SourceId) -> Option<&File> {
        self.files
            .get(id.0 as usize)
            .filter(|f| f.source.id == id)
            .or_else(|| self.files.iter().find(|f| f.source.id == id))
    }

    /// The files of a role, in path order.
    pub fn of_role<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |f| f.role == role)
    }

    /// The file at a root-relative path.
    pub fn by_path(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|f| f.source.path == path)
    }
}
