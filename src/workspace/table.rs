//! The classification table `rules/files.yaml`.

use std::sync::OnceLock;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::workspace::rows::{File, Row};

static ROWS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/files.bin"));

/// The compiled table.
pub struct Table {
    rows: Vec<Row>,
    globs: GlobSet,
    row_of_glob: Vec<usize>,
    /// Roles wanted inside ignored directories.
    pub ignored_wanted: Vec<String>,
    /// Directories never entered.
    pub never: Vec<String>,
    /// Directories read but not reported.
    pub undeployed: Vec<String>,
    binary: Vec<String>,
    /// Personal files of agents, below the home directory.
    pub home: Vec<String>,
}

impl Table {
    /// The built-in table, compiled on first use.
    pub fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| Table::of(postcard::from_bytes(ROWS).unwrap_or_default()))
    }

    fn of(file: File) -> Table {
        let mut builder = GlobSetBuilder::new();
        let mut row_of_glob = Vec::new();
        for (index, row) in file.files.iter().enumerate() {
            for glob in row.globs.iter().filter_map(|g| Glob::new(g).ok()) {
                builder.add(glob);
                row_of_glob.push(index);
            }
        }
        Table {
            globs: builder.build().unwrap_or_else(|_| GlobSet::empty()),
            rows: file.files,
            row_of_glob,
            ignored_wanted: file.ignored_wanted,
            never: file.never,
            undeployed: file.undeployed,
            binary: file.binary,
            home: file.home,
        }
    }

    /// The row of a root-relative path.
    pub fn row(&self, path: &str) -> Option<&Row> {
        let first = self.globs.matches(path).into_iter().filter_map(|g| self.row_of_glob.get(g)).min()?;
        self.rows.get(*first)
    }

    /// Whether a path's ending says it isn't text.
    pub fn is_binary(&self, path: &str) -> bool {
        self.binary.iter().any(|end| path.strip_suffix(end.as_str()).is_some_and(|p| p.ends_with('.')))
    }

    /// Every role with its globs, for hook configuration and help.
    pub fn globs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows.iter().flat_map(|r| r.globs.iter().map(|g| (r.role.as_str(), g.as_str())))
    }

    /// Commands that run a script of a name, defined in a file of a role.
    pub fn invocations(&self, role: &str, script: &str) -> Vec<String> {
        let row = self.rows.iter().find(|r| r.role == role && !r.invoked.is_empty());
        row.map(|r| r.invoked.iter().map(|form| form.replace("{}", script)).collect()).unwrap_or_default()
    }

    /// Whether a command runs a script that a file defines.
    pub fn is_invocation(&self, command: &str) -> bool {
        let forms = self.rows.iter().flat_map(|r| &r.invoked).filter_map(|f| f.strip_suffix("{}"));
        forms.into_iter().any(|form| command.strip_prefix(form).is_some_and(|name| !name.is_empty()))
    }

    /// The word a role is counted under.
    pub fn counts(&self, role: &str) -> Option<&str> {
        self.rows.iter().find(|r| r.role == role).map(|r| r.counts.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_whole() {
        let file: File = postcard::from_bytes(ROWS).unwrap();
        let globs: usize = file.files.iter().map(|r| r.globs.len()).sum();
        let table = Table::get();
        assert_eq!(table.row_of_glob.len(), globs, "every glob compiles");
        let role = |path| table.row(path).map(|r| r.role.as_str());
        assert_eq!(role("infra/main.tf"), Some("terraform"));
        assert_eq!(role("a.tf.json"), Some("terraform"));
        assert_eq!(role(".claude/settings.local.json"), Some("claude-settings"));
        assert_eq!(role("sub/.railway/railway.ts"), Some("railway-iac"));
        assert_eq!(role(".env.local"), Some("env"));
        assert_eq!(role(".env.example"), Some("env-example"));
        assert_eq!(role("src/main.rs"), None);
        assert!(table.is_binary("a/logo.png") && !table.is_binary("png"));
    }
}
