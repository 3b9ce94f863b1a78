//! The project root of a path.

use std::path::{Path, PathBuf};

/// The root: the nearest directory, from `path` upward, that holds `.git` or a `lastcopy.yaml`
/// saying `root: true`; where there is neither, the nearest with a `lastcopy.yaml`; else `path`
/// itself (its directory, for a file). `path` must be absolute.
#[allow(clippy::disallowed_methods)]
pub fn find_root(path: &Path) -> PathBuf {
    let start = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let mut nearest_config = None;
    for dir in start.ancestors() {
        let config = dir.join("lastcopy.yaml");
        let is_config = config.is_file();
        if dir.join(".git").exists() || is_config && says_root(&std::fs::read_to_string(&config).unwrap_or_default()) {
            return dir.to_path_buf();
        }
        if is_config {
            nearest_config.get_or_insert(dir);
        }
    }
    nearest_config.unwrap_or(start).to_path_buf()
}

/// Whether a config says `root: true` at its top level. Line by line, so that a config that is
/// broken further down still marks its root.
fn says_root(text: &str) -> bool {
    text.lines().any(|line| {
        line.strip_prefix("root:")
            .is_some_and(|rest| matches!(rest.split('#').next().unwrap_or("").trim(), "true" | "True" | "TRUE"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_top_level_true_counts() {
        assert!(says_root("# x\nroot: true # here\n"));
        assert!(!says_root("  root: true\n"));
        assert!(!says_root("root: false\n"));
        assert!(!says_root("rooted: true\n"));
    }

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn nearest_wins() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        assert_eq!(find_root(&inner), dir.path());
        std::fs::write(dir.path().join("a/lastcopy.yaml"), "persona: regular\n").unwrap();
        assert_eq!(find_root(&inner), dir.path(), "a config without `root: true` doesn't stop inside a repository");
        std::fs::write(dir.path().join("a/lastcopy.yaml"), "root: true\n").unwrap();
        assert_eq!(find_root(&inner), dir.path().join("a"));
    }
}
