//! Files for `file()`, `templatefile()`, `fileset()`: inside the repository only.

use crate::expr::Files;
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::terraform::config::join;
use crate::workspace::Workspace;

/// The project's files as one module sees them.
pub struct ModuleFiles<'a> {
    /// The project.
    pub workspace: &'a Workspace,
    /// Directory of the root module: relative paths start there.
    pub root: &'a str,
}

impl ModuleFiles<'_> {
    fn locate(&self, path: &str, span: Span) -> Result<String, Reason> {
        let outside = || Reason::at("outside-repository", "a file outside the repository", span);
        if path.starts_with('/') || path.starts_with('~') {
            return Err(outside());
        }
        join(self.root, path).ok_or_else(outside)
    }
}

impl Files for ModuleFiles<'_> {
    fn read(&self, path: &str, span: Span) -> Result<Text, Reason> {
        let path = self.locate(path, span)?;
        match self.workspace.by_path(&path) {
            Some(file) => Ok(Text::from(&*file.source.text)),
            None => Err(Reason::at("file-not-read", format!("`{path}` isn't among the files read"), span)),
        }
    }

    fn exists(&self, path: &str, span: Span) -> Result<bool, Reason> {
        let path = self.locate(path, span)?;
        if self.workspace.by_path(&path).is_some() {
            return Ok(true);
        }
        Err(Reason::at("file-not-read", format!("`{path}` isn't among the files read"), span))
    }

    fn set(&self, dir: &str, pattern: &str, span: Span) -> Result<Vec<Text>, Reason> {
        let _ = self.locate(dir, span)?;
        // Not every file is read (binaries, ignored ones), so the set can't be known for sure.
        Err(Reason::at("file-not-read", format!("not every file that `{pattern}` could match is read"), span))
    }

    fn absolute(&self, path: &str, span: Span) -> Result<Text, Reason> {
        Err(Reason::at("machine", format!("where `{path}` lies depends on the machine"), span))
    }
}
