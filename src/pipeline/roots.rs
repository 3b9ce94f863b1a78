//! From the paths given on the command line to the projects they lie in.

use std::path::{Path, PathBuf};

use crate::pipeline::failure::Failure;
use crate::workspace;

/// A project, and what of it is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Absolute path of its root.
    pub dir: PathBuf,
    /// Root-relative paths to report on, with `/`; `None`: everything.
    pub under: Option<Vec<String>>,
    /// Those of them that are files.
    pub files: Vec<String>,
    /// What to put before a root-relative path so that it is relative to the working directory.
    pub prefix: String,
}

/// The projects that paths lie in, each once, in the order they were given.
///
/// # Errors
/// A path that doesn't exist, or lies outside of `given`.
pub fn find(paths: &[PathBuf], given: Option<&Path>, cwd: &Path) -> Result<Vec<Root>, Failure> {
    find_with(paths, &[], given, cwd)
}

/// The same, where some of the paths needn't exist: a document from standard input, an unsaved buffer.
///
/// # Errors
/// As [`find`]; the directory of such a path must exist.
pub fn find_with(
    paths: &[PathBuf],
    unsaved: &[PathBuf],
    given: Option<&Path>,
    cwd: &Path,
) -> Result<Vec<Root>, Failure> {
    let here = [PathBuf::from(".")];
    let given = given.map(|dir| real(dir, cwd)).transpose()?;
    let paths = match (paths.is_empty(), &given) {
        (true, Some(root)) => std::slice::from_ref(root),
        (true, None) => &here[..],
        (false, _) => paths,
    };
    let cwd = real(Path::new("."), cwd)?;
    let mut roots: Vec<Root> = Vec::new();
    for path in paths {
        let unsaved = unsaved.contains(path);
        let path = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) if unsaved => real(parent, &cwd)?.join(name),
            _ => real(path, &cwd)?,
        };
        let dir = given.clone().unwrap_or_else(|| workspace::find_root(&path));
        let Ok(inside) = path.strip_prefix(&dir) else {
            return Err(Failure::new(format!("{}: lies outside of the root {}", path.display(), dir.display())));
        };
        let inside = slashed(inside);
        let index = match roots.iter().position(|r| r.dir == dir) {
            Some(index) => index,
            None => {
                let prefix = prefix(&dir, &cwd);
                roots.push(Root { dir, under: Some(Vec::new()), files: Vec::new(), prefix });
                roots.len() - 1
            }
        };
        let Some(root) = roots.get_mut(index) else { continue };
        if inside.is_empty() {
            root.under = None;
            continue;
        }
        if unsaved || path.is_file() {
            root.files.push(inside.clone());
        }
        if let Some(under) = &mut root.under {
            under.push(inside);
        }
    }
    Ok(roots)
}

/// The absolute path, links resolved.
fn real(path: &Path, cwd: &Path) -> Result<PathBuf, Failure> {
    let full = cwd.join(path);
    workspace::real(&full).map_err(|error| Failure::new(format!("{}: {}", path.display(), workspace::in_words(&error))))
}

fn slashed(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The path of a file relative to a directory, with `../` where it lies elsewhere. Both are absolute.
pub fn within(dir: &Path, file: &Path) -> String {
    let (dir, file): (Vec<_>, Vec<_>) = (dir.components().collect(), file.components().collect());
    let same = dir.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(dir.len() - same);
    let down = file.iter().skip(same).map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    format!("{up}{down}")
}

/// `../../` and the like, from the working directory to the root; empty where they are the same.
fn prefix(root: &Path, cwd: &Path) -> String {
    if let Ok(below) = root.strip_prefix(cwd) {
        let below = slashed(below);
        return if below.is_empty() { below } else { format!("{below}/") };
    }
    if let Ok(above) = cwd.strip_prefix(root) {
        return "../".repeat(above.components().count());
    }
    format!("{}/", root.to_string_lossy().replace('\\', "/").trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_elsewhere_is_named_from_the_root() {
        assert_eq!(within(Path::new("/a/b"), Path::new("/a/b/c/plan.json")), "c/plan.json");
        assert_eq!(within(Path::new("/a/b"), Path::new("/a/plan.json")), "../plan.json");
        assert_eq!(within(Path::new("/a/b"), Path::new("/t/plan.json")), "../../t/plan.json");
    }

    #[test]
    fn the_prefix_leads_from_here_to_the_root() {
        assert_eq!(prefix(Path::new("/a/b"), Path::new("/a/b")), "");
        assert_eq!(prefix(Path::new("/a/b/c"), Path::new("/a/b")), "c/");
        assert_eq!(prefix(Path::new("/a"), Path::new("/a/b/c")), "../../");
        assert_eq!(prefix(Path::new("/x/y"), Path::new("/a")), "/x/y/");
    }
}
