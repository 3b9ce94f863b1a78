//! Public Terraform code, where a directory of it is given in `LASTCOPY_TERRAFORM_FILES`: every file that
//! `terraform fmt` accepts is parsed, every project evaluates, and what stays undecided is counted by reason.
//!
//! `cargo test --release --test terraform_corpus -- --ignored --nocapture`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use lastcopy::knowledge::Knowledge;
use lastcopy::source::{Source, SourceId};
use lastcopy::syntax::hcl;
use lastcopy::terraform::{Mode, Options, ResolvedBlock, evaluate};
use lastcopy::workspace::{Format, LoadOptions, load};

fn corpus() -> PathBuf {
    std::env::var_os("LASTCOPY_TERRAFORM_FILES").expect("LASTCOPY_TERRAFORM_FILES names a directory").into()
}

fn files(of: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(of).into_iter().flatten();
    let wanted = entries.filter(|e| e.file_type().is_file()).map(walkdir::DirEntry::into_path);
    wanted.filter(|p| ends.iter().any(|e| p.to_string_lossy().ends_with(e))).collect()
}

/// Prints every file with a problem: to be held against what `terraform fmt` says of it.
#[test]
#[ignore = "needs a directory of Terraform files"]
fn parses() {
    let all = files(&corpus(), &[".tf", ".tofu", ".tfvars", "terragrunt.hcl"]);
    let mut parsing = std::time::Duration::ZERO;
    let (mut bytes, mut refused) = (0, 0);
    for path in &all {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        bytes += text.len();
        let source = Source::new(SourceId(0), "x.tf", &text);
        let before = Instant::now();
        let file = hcl::parse(&source);
        parsing += before.elapsed();
        if let Some(problem) = file.problems.first() {
            refused += 1;
            let at = source.position(problem.span.start);
            println!("{}:{}:{}: {}", path.display(), at.line, at.column, problem.message);
        }
    }
    println!("{} files, {bytes} bytes parsed in {parsing:?}, {refused} with problems", all.len());
}

#[derive(Default)]
struct Count {
    attributes: usize,
    undecided: usize,
    reasons: BTreeMap<&'static str, usize>,
    /// What Terraform would refuse, if we read it rightly: each message with a place.
    errors: BTreeMap<String, (usize, Option<lastcopy::source::Span>)>,
}

impl Count {
    fn block(&mut self, block: &ResolvedBlock) {
        for attribute in block.attributes.values() {
            self.attributes += 1;
            if let Some(reasons) = attribute.value.first_unknown() {
                self.undecided += 1;
                *self.reasons.entry(reasons.last().map_or("none", |r| r.kind)).or_default() += 1;
                for error in reasons.iter().filter(|r| r.kind == "evaluation-error") {
                    let entry = self.errors.entry(error.message.clone()).or_insert((0, error.span));
                    entry.0 += 1;
                }
            }
        }
        for value in block.unknown_blocks.values() {
            self.undecided += 1;
            *self.reasons.entry(value.reasons().and_then(|r| r.last()).map_or("none", |r| r.kind)).or_default() += 1;
        }
        block.blocks.iter().for_each(|(_, b)| self.block(b));
    }
}

/// Evaluates each directory of the corpus as a project of its own.
#[test]
#[ignore = "needs a directory of Terraform files"]
fn evaluates() {
    let mut projects: Vec<_> = std::fs::read_dir(corpus()).unwrap().flatten().map(|e| e.path()).collect();
    projects.sort();
    for project in projects.iter().filter(|p| p.is_dir()) {
        let workspace = load(project, &LoadOptions::default()).unwrap();
        let parsed: HashMap<_, _> = workspace
            .files
            .iter()
            .filter_map(|f| match f.format {
                Format::Hcl => Some((f.source.id, Arc::new(hcl::parse(&f.source)))),
                Format::HclJson => Some((f.source.id, Arc::new(hcl::parse_json(&f.source)))),
                _ => None,
            })
            .collect();
        let start = Instant::now();
        let evaluations = evaluate(&workspace, &parsed, &Options::default(), &Knowledge::embedded());
        let took = start.elapsed();
        let mut count = Count::default();
        let mut problems: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut resources, mut uncertain, mut unread) = (0, 0, 0);
        for evaluation in evaluations.iter().filter(|e| !e.library) {
            unread += evaluation.unread_calls.len();
            for problem in &evaluation.problems {
                *problems.entry(problem.kind).or_default() += 1;
            }
            for resource in evaluation.resources.iter().filter(|r| r.mode == Mode::Managed) {
                resources += 1;
                uncertain += usize::from(resource.uncertain.is_some());
                count.block(&resource.block);
            }
        }
        let mut reasons: Vec<_> = count.reasons.iter().collect();
        reasons.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        let libraries = evaluations.iter().filter(|e| e.library).count();
        println!(
            "{}: {} evaluations ({libraries} libraries), {resources} resources ({uncertain} uncertain), {unread} calls unread; \
             {} attributes, {:.1} % undecided; {took:?}\n    {reasons:?}\n    problems {problems:?}",
            project.file_name().unwrap().to_string_lossy(),
            evaluations.len(),
            count.attributes,
            100.0 * count.undecided as f64 / count.attributes.max(1) as f64,
        );
        for (message, (times, span)) in &count.errors {
            let place = span.map(|s| (workspace.sources.path(s).to_owned(), workspace.sources.positions(s).0));
            let place = place.map_or(String::new(), |(path, at)| format!("{path}:{}:{}", at.line, at.column));
            println!("    {times} × {message} ({place})");
        }
    }
}

/// Prints, for each root and environment, its variables, locals and every attribute called known that isn't a
/// literal: a script can ask Terraform for the same.
#[test]
#[ignore = "needs a directory of Terraform files"]
fn known_attributes() {
    let mut projects: Vec<_> = std::fs::read_dir(corpus()).unwrap().flatten().map(|e| e.path()).collect();
    projects.sort();
    for project in projects.iter().filter(|p| p.is_dir()) {
        let workspace = load(project, &LoadOptions::default()).unwrap();
        let parsed: HashMap<_, _> = workspace
            .files
            .iter()
            .filter(|f| f.format == Format::Hcl)
            .map(|f| (f.source.id, Arc::new(hcl::parse(&f.source))))
            .collect();
        let options = Options { workspace: Some("default".into()), ..Options::default() };
        for evaluation in evaluate(&workspace, &parsed, &options, &Knowledge::embedded()) {
            let Some(root) = evaluation.modules.first() else { continue };
            if root.dir != evaluation.root {
                continue;
            }
            let slice = |span| workspace.sources.slice(span).to_owned();
            let (mut variables, mut locals, mut attributes) = (Vec::new(), Vec::new(), Vec::new());
            let here = |f: &&lastcopy::workspace::File| {
                f.source.path.rsplit_once('/').map_or(".", |(dir, _)| dir) == root.dir && f.role == "terraform"
            };
            for file in workspace.files.iter().filter(here).filter_map(|f| parsed.get(&f.source.id)) {
                variables.extend(file.body.blocks_of("variable").map(|b| slice(b.span)));
                let all = file.body.blocks_of("locals").flat_map(|b| &b.body.attributes);
                locals.extend(all.map(|a| serde_json::json!([a.name.name.as_str(), slice(a.value.span)])));
            }
            for (name, value) in root.locals.iter().filter(|(_, v)| !v.has_unknown() && !v.has_sensitive()) {
                attributes.push(serde_json::json!({
                    "address": format!("local.{}", name.as_str()),
                    "expression": format!("local.{}", name.as_str()),
                    "value": lastcopy::expr::functions::encoding::json_text(value),
                }));
            }
            for resource in evaluation.resources.iter().filter(|r| r.module.is_empty() && !r.address.ends_with(']')) {
                for (name, attribute) in &resource.block.attributes {
                    if attribute.literal || attribute.value.has_unknown() || attribute.value.has_sensitive() {
                        continue;
                    }
                    attributes.push(serde_json::json!({
                        "address": format!("{}.{}", resource.address, name.as_str()),
                        "expression": slice(attribute.value_span),
                        "value": lastcopy::expr::functions::encoding::json_text(&attribute.value),
                    }));
                }
            }
            let record = serde_json::json!({
                "project": project.display().to_string(), "root": evaluation.root, "environment": evaluation.environment,
                "variables": variables, "locals": locals, "attributes": attributes,
            });
            println!("{record}");
        }
    }
}
