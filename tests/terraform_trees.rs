//! Small root modules, each with what Terraform plans for it (testdata/terraform/record.py).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod answers;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use answers::{knows, show};
use lastcopy::expr::Value;
use lastcopy::knowledge::Knowledge;
use lastcopy::syntax::hcl;
use lastcopy::terraform::{Assigned, Assignment, Evaluation, Mode, Options, evaluate};
use lastcopy::workspace::{Format, LoadOptions, load};
use serde_json::Value as Json;

fn options(case: &Path) -> Options {
    let mut options = Options { workspace: Some("default".into()), ..Options::default() };
    for line in fs::read_to_string(case.join("args")).unwrap_or_default().lines() {
        if let Some(file) = line.strip_prefix("-var-file=") {
            options.assigned.push(Assigned { root: None, what: Assignment::File(file.into()) });
        } else if let Some((name, value)) = line.strip_prefix("-var=").and_then(|v| v.split_once('=')) {
            options.assigned.push(Assigned { root: None, what: Assignment::Value(name.into(), value.into()) });
        }
    }
    options
}

fn plan(case: &Path) -> Evaluation {
    let workspace = load(case, &LoadOptions::default()).unwrap();
    let parsed: HashMap<_, _> = workspace
        .files
        .iter()
        .filter_map(|f| match f.format {
            Format::Hcl => Some((f.source.id, Arc::new(hcl::parse(&f.source)))),
            Format::HclJson => Some((f.source.id, Arc::new(hcl::parse_json(&f.source)))),
            _ => None,
        })
        .collect();
    for file in parsed.values() {
        assert!(file.problems.is_empty(), "{case:?}: {:?}", file.problems);
    }
    let mut evaluations = evaluate(&workspace, &parsed, &options(case), &Knowledge::embedded());
    assert_eq!(evaluations.len(), 1, "{case:?}: one root, one environment");
    evaluations.remove(0)
}

/// Whether all that the plan knows is known to us and the same; what we know beyond it counts apart.
fn compare(what: &str, ours: Option<&Value>, theirs: &Json, wrong: &mut Vec<String>) {
    let agreed = match ours {
        Some(value) => knows(value, theirs),
        None => theirs.is_null(),
    };
    if !agreed {
        wrong.push(format!("{what}\n  terraform {theirs}\n  ours      {}", ours.map_or("none".into(), show)));
    }
}

#[test]
fn as_terraform_plans() {
    let mut cases: Vec<_> = fs::read_dir("testdata/terraform").unwrap().map(|e| e.unwrap().path()).collect();
    cases.retain(|c| c.is_dir());
    cases.sort();
    assert!(cases.len() >= 60, "{}", cases.len());
    let (mut wrong, mut values) = (Vec::new(), 0);
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let planned: Json = serde_json::from_str(&fs::read_to_string(case.join("planned.json")).unwrap()).unwrap();
        let evaluation = plan(case);
        let resources = evaluation.resources.iter().filter(|r| r.mode == Mode::Managed);
        let ours: BTreeMap<&str, _> = resources.map(|r| (r.address.as_str(), r)).collect();
        let theirs = planned["resources"].as_object().unwrap();
        let addresses: Vec<&str> = theirs.keys().map(String::as_str).collect();
        if ours.keys().copied().collect::<Vec<_>>() != {
            let mut sorted = addresses.clone();
            sorted.sort_unstable();
            sorted
        } {
            wrong.push(format!("{name}: addresses\n  terraform {addresses:?}\n  ours      {:?}", ours.keys()));
        }
        for (address, attributes) in theirs {
            let Some(resource) = ours.get(address.as_str()) else { continue };
            for (attribute, value) in attributes.as_object().unwrap() {
                values += 1;
                let ours = resource.block.attributes.get(attribute.as_str()).map(|a| &a.value);
                compare(&format!("{name}: {address}.{attribute}"), ours, value, &mut wrong);
            }
        }
        let root = evaluation.modules.iter().find(|m| m.address.is_empty()).unwrap();
        for (output, value) in planned["outputs"].as_object().unwrap() {
            values += 1;
            compare(&format!("{name}: output {output}"), root.outputs.get(output.as_str()), value, &mut wrong);
        }
    }
    println!("{} trees, {values} planned values", cases.len());
    assert!(wrong.is_empty(), "{} of {values} differ:\n{}", wrong.len(), wrong.join("\n"));
}
