//! The arrows of `docs/architecture.md`: a module knows those on the floors below and none above,
//! and modules of one floor know each other in one direction only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Lowest first. What stands together may know each other, without circles.
const FLOORS: &[&[&str]] = &[
    &["source", "knowledge"],
    &["syntax", "workspace", "finding"],
    &["expr", "credentials", "operations", "dumps", "report", "fix", "config"],
    &["terraform", "manifests", "railway", "agents", "ci", "suppress"],
    &["model"],
    &["rules", "blast"],
    &["pipeline"],
    &["lsp"],
    &["cli"],
    &["main"],
];

#[test]
fn every_module_stands_on_a_floor() {
    let on_a_floor: BTreeSet<&str> = FLOORS.iter().flat_map(|f| f.iter().copied()).collect();
    for module in modules().keys() {
        assert!(on_a_floor.contains(module.as_str()), "`{module}` stands on no floor");
    }
}

#[test]
fn arrows_go_down() {
    let mut up = Vec::new();
    for (module, known) in modules() {
        for other in known.iter().filter(|k| floor(k) > floor(&module)) {
            up.push(format!("{module} → {other}"));
        }
    }
    assert!(up.is_empty(), "{up:?}");
}

#[test]
fn no_circles() {
    let modules = modules();
    for (module, known) in &modules {
        for other in known.iter().filter(|k| *k != module) {
            let reached = reach(&modules, other);
            assert!(!reached.contains(module), "{module} → {other} → … → {module}");
        }
    }
}

fn floor(module: &str) -> usize {
    FLOORS.iter().position(|f| f.contains(&module)).unwrap_or_default()
}

fn reach(modules: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut left = vec![from.to_owned()];
    while let Some(next) = left.pop() {
        for other in modules.get(&next).into_iter().flatten() {
            if seen.insert(other.clone()) {
                left.push(other.clone());
            }
        }
    }
    seen
}

/// Each top-level module with those its code names by `crate::`.
fn modules() -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut left = vec![src.clone()];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(&dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let inside = path.strip_prefix(&src).unwrap().with_extension("");
            let module = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            if module == "lib" {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let known = all.entry(module.clone()).or_default();
            for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
                for (at, _) in line.match_indices("crate::") {
                    let rest = &line[at + "crate::".len()..];
                    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    if !name.is_empty() && name != module && src.join(format!("{name}.rs")).exists() {
                        known.insert(name);
                    }
                }
            }
        }
    }
    all
}
