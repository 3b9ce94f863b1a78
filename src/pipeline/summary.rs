//! What was looked at, and what can't be seen from here.

use crate::config::Config;
use crate::knowledge::Knowledge;
use crate::pipeline::Project;
use crate::report::Summary;
use crate::terraform::Mode;
use crate::workspace::Table;

/// The part of the summary that doesn't depend on which findings are shown.
pub fn of(project: &Project, config: &Config, knowledge: &Knowledge) -> Summary {
    let workspace = &project.workspace;
    let table = Table::get();
    let mut read: Vec<(String, usize)> = Vec::new();
    for file in workspace.files.iter().filter(|f| !f.role.is_empty() && !f.template) {
        let Some(word) = table.counts(&file.role) else { continue };
        match read.iter_mut().find(|(w, _)| w == word) {
            Some((_, n)) => *n += 1,
            None => read.push((word.to_owned(), 1)),
        }
    }
    let mut skipped: Vec<(String, usize)> = Vec::new();
    let templates = workspace.files.iter().filter(|f| f.template).map(|_| "template");
    for why in workspace.skipped.iter().map(|s| s.why).chain(templates) {
        match skipped.iter_mut().find(|(w, _)| w == why) {
            Some((_, n)) => *n += 1,
            None => skipped.push((why.to_owned(), 1)),
        }
    }
    let stores = project.model.stores.iter().filter(|s| !s.undeployed);
    Summary {
        files: workspace.files.len(),
        read,
        skipped,
        stores: stores.count(),
        agents: project.agents.len(),
        credentials: project.model.credentials.len(),
        notes: notes(project, config, knowledge),
        ..Summary::default()
    }
}

/// What is worth saying once.
fn notes(project: &Project, config: &Config, knowledge: &Knowledge) -> Vec<String> {
    let mut notes = Vec::new();
    let labelled = |environment: &String| {
        let mapped = config.environment_of(environment);
        crate::model::environments::of_name(environment, mapped.as_deref()).known
    };
    let stores = || project.model.stores.iter().filter(|s| !s.undeployed);
    if stores().next().is_some() && !stores().any(|s| s.environments.iter().any(labelled)) {
        notes.push(
            "no environment is named as production or not, so everything counts as production; say which is which under \
             `environments:` in lastcopy.yaml"
                .into(),
        );
    }
    let mut missing: Vec<String> = Vec::new();
    for reason in project.terraform.iter().flat_map(|e| &e.problems) {
        if matches!(reason.kind, "limit" | "plan-incomplete") {
            let at = reason.span.map(|s| format!("{}: ", project.workspace.sources.path(s))).unwrap_or_default();
            let message = format!("{at}{}", reason.message);
            if !missing.contains(&message) {
                missing.push(message);
            }
        }
    }
    notes.extend(missing.into_iter().take(5));
    let unread: Vec<String> = project
        .terraform
        .iter()
        .flat_map(|e| &e.unread_calls)
        .map(|c| format!("`{}` ({})", c.address, c.source.as_str()))
        .collect();
    if !unread.is_empty() {
        notes.push(format!("modules that aren't here may hold stores: {} (run init to have them read)", few(unread)));
    }
    let mut unknown: Vec<String> = Vec::new();
    for resource in project.terraform.iter().flat_map(|e| &e.resources).filter(|r| r.mode == Mode::Managed) {
        let prefix = resource.type_.split('_').next().unwrap_or("").to_owned();
        if knowledge.platform_of(&resource.type_).is_none() && !unknown.contains(&prefix) {
            unknown.push(prefix);
        }
    }
    if !unknown.is_empty() {
        notes.push(format!("providers without knowledge of what holds data: {}", few(unknown)));
    }
    notes
}

/// At most five by name.
fn few(mut all: Vec<String>) -> String {
    all.dedup();
    let more = all.len().saturating_sub(5);
    all.truncate(5);
    match more {
        0 => all.join(", "),
        more => format!("{} and {more} more", all.join(", ")),
    }
}
