//! Where a service keeps data on disk, and whether it is still there after the next deploy.

use crate::finding::Reason;
use crate::knowledge::images::Image;
use crate::railway::{Mount, Service, ServiceKind, VariableValue};
use crate::source::Span;

/// A directory that a service keeps data in.
#[derive(Clone, Debug, PartialEq)]
pub struct Keeping {
    /// The directory or file.
    pub path: String,
    /// How that is known, in words: "its image (PostgreSQL) keeps its data there".
    pub known_by: String,
    /// Where that is written.
    pub span: Span,
    /// Whether a volume is mounted there, or why that can't be known.
    pub lasts: Result<bool, Reason>,
    /// Whether it surely keeps data there, not only by a variable's name.
    pub sure: bool,
}

/// The first directory that keeps data and isn't in a volume; otherwise the first that is.
pub fn keeping(service: &Service, image: Option<&Image>) -> Option<Keeping> {
    if matches!(service.kind, ServiceKind::Database(_)) {
        // The platform makes its volume.
        return None;
    }
    let all = candidates(service, image);
    all.iter().find(|k| k.lasts == Ok(false)).or(all.first()).cloned()
}

fn candidates(service: &Service, image: Option<&Image>) -> Vec<Keeping> {
    let mut all = Vec::new();
    for (path, span) in &service.meant_mounts {
        all.push(Keeping {
            path: path.as_str().to_owned(),
            known_by: "a volume was meant to be mounted there by a key that has no effect".into(),
            span: *span,
            lasts: lasts(service, &[path.as_str()]),
            sure: true,
        });
    }
    let elsewhere = |image: &Image| image.unless_variables.iter().any(|name| service.variable(name).is_some());
    if let Some((image, reference)) = image.zip(service.image.as_ref()).filter(|(image, _)| !elsewhere(image)) {
        let moved = image.path_variables.iter().find_map(|name| service.variable(name));
        let literal = moved.and_then(|variable| match &variable.value {
            VariableValue::Literal(path) => Some(path.as_str()),
            _ => None,
        });
        let paths: Vec<&str> = match literal {
            Some(path) => vec![path],
            None => image.keeps.iter().map(String::as_str).collect(),
        };
        let lasts = match moved {
            Some(variable) if literal.is_none() => {
                Err(Reason::at("set-elsewhere", "where it keeps its data is set elsewhere", variable.span))
            }
            _ => lasts(service, &paths),
        };
        all.push(Keeping {
            path: paths.first().copied().unwrap_or_default().to_owned(),
            known_by: format!("{} keeps its data there", image.title),
            span: reference.span,
            lasts,
            sure: true,
        });
    }
    for variable in &service.variables {
        let VariableValue::Literal(text) = &variable.value else { continue };
        let Some(path) = data_file(&variable.name, text) else { continue };
        all.push(Keeping {
            path: path.to_owned(),
            known_by: format!("`{}` names a database file there", variable.name.as_str()),
            span: variable.span,
            lasts: lasts(service, &[path]),
            sure: false,
        });
    }
    all
}

/// Whether a volume is mounted at one of these paths, above one or inside of one.
fn lasts(service: &Service, paths: &[&str]) -> Result<bool, Reason> {
    let covers = |mount: &Mount| {
        let mount = mount.path.trim_end_matches('/');
        paths.iter().any(|path| inside(path.trim_end_matches('/'), mount) || inside(mount, path.trim_end_matches('/')))
    };
    if service.mounts.iter().any(covers) {
        return Ok(true);
    }
    match service.unknown.first() {
        Some(reason) => Err(reason.clone()),
        None => Ok(false),
    }
}

fn inside(path: &str, dir: &str) -> bool {
    path == dir || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

/// The file of an embedded database that a variable names, as an absolute path of the container.
fn data_file<'a>(name: &str, text: &'a str) -> Option<&'a str> {
    let text = text.split(['?', '#']).next().unwrap_or(text);
    let path =
        ["sqlite", "sqlite3", "libsql", "duckdb", "h2"].iter().find_map(|s| text.strip_prefix(s)?.strip_prefix(':'));
    // Three slashes and a name are a path relative to the working directory for some, absolute for others.
    let absolute = match path {
        Some(path) => path
            .strip_prefix("///")
            .filter(|p| p.starts_with('/'))
            .or_else(|| Some(path).filter(|p| p.starts_with('/') && !p.starts_with("//"))),
        None => match text.strip_prefix("file:") {
            Some(path) => path.strip_prefix("//").filter(|p| p.starts_with('/')).or(Some(path)),
            None => {
                let named = ["DB", "DATABASE", "SQLITE", "DUCKDB"];
                let words = name.split('_').any(|word| named.contains(&word.to_ascii_uppercase().as_str()));
                let ending = [".db", ".sqlite", ".sqlite3", ".duckdb"].iter().any(|e| text.ends_with(e));
                Some(text).filter(|_| words && ending)
            }
        },
    }?;
    let scratch = ["/tmp", "/var/tmp", "/dev", "/run", "/proc"].iter().any(|dir| inside(absolute, dir));
    Some(absolute).filter(|p| p.starts_with('/') && p.len() > 1 && !p.contains("${") && !scratch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_files() {
        for (name, text, expected) in [
            ("DATABASE_URL", "sqlite:////data/app.db", Some("/data/app.db")),
            ("DATABASE_URL", "file:/data/app.db?mode=rw", Some("/data/app.db")),
            ("DATABASE_URL", "file:///data/app.db", Some("/data/app.db")),
            ("DB_PATH", "/data/career.db", Some("/data/career.db")),
            ("DATABASE_URL", "sqlite:///app.db", None),
            ("DATABASE_URL", "sqlite::memory:", None),
            ("DB_PATH", "/tmp/cache.db", None),
            ("GEOIP_FILE", "/usr/share/GeoIP/GeoLite2.db", None),
            ("DATABASE_URL", "postgres://db/app", None),
            ("DB_PATH", "./app.db", None),
        ] {
            assert_eq!(data_file(name, text), expected, "{name}={text}");
        }
    }

    #[test]
    fn directories_hold_what_is_inside_of_them() {
        assert!(inside("/data/db", "/data") && inside("/data", "/data"));
        assert!(!inside("/database", "/data") && !inside("/data", "/data/db"));
    }
}
