//! Small projects, evaluated.
#![allow(dead_code, clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;

use lastcopy::expr::functions::encoding::json_text;
use lastcopy::knowledge::Knowledge;
use lastcopy::syntax::hcl;
use lastcopy::terraform::{Evaluation, Options, Resource, evaluate};
use lastcopy::workspace::{Format, LoadOptions, Workspace, load};

pub fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let workspace = load(dir.path(), &LoadOptions::default()).unwrap();
    (dir, workspace)
}

pub fn run(workspace: &Workspace) -> Vec<Evaluation> {
    run_with(workspace, &Options::default())
}

pub fn run_with(workspace: &Workspace, options: &Options) -> Vec<Evaluation> {
    let parsed: HashMap<_, _> = workspace
        .files
        .iter()
        .filter_map(|f| match f.format {
            Format::Hcl => Some((f.source.id, Arc::new(hcl::parse(&f.source)))),
            Format::HclJson => Some((f.source.id, Arc::new(hcl::parse_json(&f.source)))),
            _ => None,
        })
        .collect();
    evaluate(workspace, &parsed, options, &Knowledge::embedded())
}

pub fn attribute(resource: &Resource, name: &str) -> String {
    let value = &resource.block.attributes[name].value;
    match value.reasons() {
        Some(reasons) => format!("unknown: {}", reasons[0].kind),
        None => json_text(value),
    }
}

pub fn one<'a>(evaluations: &'a [Evaluation], address: &str) -> &'a Resource {
    evaluations.iter().flat_map(|e| &e.resources).find(|r| r.address == address).unwrap_or_else(|| {
        let all: Vec<_> = evaluations.iter().flat_map(|e| &e.resources).map(|r| &r.address).collect();
        panic!("no {address} in {all:?}")
    })
}
