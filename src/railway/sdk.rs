//! Which version of Railway's package a project applies its `.railway/railway.ts` with: before its
//! engine moved into the command line tool, that version decided what an apply deletes.

use crate::finding::Reason;
use crate::source::Span;
use crate::syntax::json;
use crate::syntax::tree::Node;
use crate::workspace::{File, Workspace};

/// The package, as a project depends on it.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// As written.
    pub written: String,
    /// Where that is.
    pub span: Span,
    /// Major, minor and patch in use, or why that can't be known.
    pub version: Result<(i64, i64, i64), Reason>,
}

const NAME: &str = "railway";

/// Every `package.json` that depends on it.
pub fn packages(workspace: &Workspace) -> Vec<Package> {
    if workspace.of_role("railway-iac").next().is_none() {
        return Vec::new();
    }
    workspace.of_role("package-json").filter(|f| !f.template).filter_map(|f| package(workspace, f)).collect()
}

fn package(workspace: &Workspace, file: &File) -> Option<Package> {
    let tree = json::parse(&file.source);
    let root = tree.root()?;
    let groups = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let member = groups.iter().find_map(|group| root.get(group)?.member(NAME))?;
    let written = member.value.as_str()?.to_owned();
    let span = member.key_span.to(member.value.span);
    let locked = locked(workspace, &file.source.path);
    let version = locked.ok_or(()).or_else(|()| exact(&written)).map_err(|()| {
        Reason::at(
            "version-range",
            format!("`{written}` is a range, and no lock file says which version is used"),
            span,
        )
    });
    Some(Package { name: NAME, written, span, version })
}

/// What `package-lock.json` or `pnpm-lock.yaml` beside it, or above it, says.
fn locked(workspace: &Workspace, path: &str) -> Option<(i64, i64, i64)> {
    let mut dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    loop {
        let lock = if dir.is_empty() { "package-lock.json".to_owned() } else { format!("{dir}/package-lock.json") };
        if let Some(file) = workspace.by_path(&lock) {
            let tree = json::parse(&file.source);
            let root = tree.root()?;
            let packages = |key: &str| root.get("packages")?.get(key)?.get("version")?.as_str().and_then(parse);
            let old = || root.get("dependencies")?.get(NAME)?.get("version").and_then(Node::as_str).and_then(parse);
            return packages(&format!("node_modules/{NAME}")).or_else(old);
        }
        let lock = if dir.is_empty() { "pnpm-lock.yaml".to_owned() } else { format!("{dir}/pnpm-lock.yaml") };
        if let Some(file) = workspace.by_path(&lock) {
            return file.source.text.lines().find_map(|line| {
                let line = line.trim().trim_start_matches(['\'', '/']);
                parse(line.strip_prefix(NAME)?.strip_prefix('@')?.split([':', '(', '\'']).next()?)
            });
        }
        dir = match dir.rsplit_once('/') {
            Some((above, _)) => above,
            None if dir.is_empty() => return None,
            None => "",
        };
    }
}

/// A version without a range; of a range that holds only older or only one minor version its end.
fn exact(written: &str) -> Result<(i64, i64, i64), ()> {
    let text = written.trim();
    if let Some(version) = parse(text.trim_start_matches('=').trim_start_matches('v')) {
        return Ok(version);
    }
    // `~3.4.1`, `3.4.x`: nothing but patches of one minor version, of which the newest is used.
    let minor = text.strip_prefix('~').unwrap_or(text);
    let mut parts = minor.split('.');
    let (major, minor) = match (parts.next().map(str::parse), parts.next().map(str::parse)) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => return Err(()),
    };
    let open = text.starts_with('~') || parts.next().is_none_or(|p| matches!(p, "x" | "*" | "X"));
    if open { Ok((major, minor, 999)) } else { Err(()) }
}

fn parse(text: &str) -> Option<(i64, i64, i64)> {
    let plain = text.split(['-', '+']).next().unwrap_or(text);
    let parts: Vec<i64> =
        plain.split('.').map(|p| p.parse().ok().filter(|n| (0..1000).contains(n))).collect::<Option<_>>()?;
    match parts[..] {
        [major, minor, patch] => Some((major, minor, patch)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_ranges() {
        assert_eq!(exact("3.4.1"), Ok((3, 4, 1)));
        assert_eq!(exact("=3.5.5"), Ok((3, 5, 5)));
        assert_eq!(exact("~3.4.1"), Ok((3, 4, 999)));
        assert_eq!(exact("3.4.x"), Ok((3, 4, 999)));
        assert_eq!(exact("^3.4.1"), Err(()));
        assert_eq!(exact("latest"), Err(()));
        assert_eq!(exact("workspace:*"), Err(()));
        assert_eq!(exact(">=3.1.0"), Err(()));
    }
}
