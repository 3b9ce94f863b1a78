//! What was looked at, and what can't be seen from here.

use crate::knowledge::Knowledge;
use crate::pipeline::Project;
use crate::report::Summary;
use crate::source::Span;
use crate::terraform::{self, Mode};
use crate::workspace::{Table, Tracking};

/// The part of the summary that doesn't depend on which findings are shown.
pub fn of(project: &Project, knowledge: &Knowledge) -> Summary {
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
    let unread_modules = unread_modules(project, knowledge);
    Summary {
        files: workspace.files.len(),
        read,
        skipped,
        home: workspace.files.iter().any(|f| f.tracking == Tracking::Home),
        stores: stores.count(),
        agents: project.agents.len(),
        credentials: project.model.credentials.iter().filter(|c| c.handed.is_none()).count(),
        notes: notes(project, knowledge, &unread_modules),
        unread_modules,
        cut_off: cut_off(project),
        ..Summary::default()
    }
}

/// Each call of a module that isn't here and may declare stores, once: what several roots, environments or instances
/// make of it is the same call.
fn unread_modules(project: &Project, knowledge: &Knowledge) -> Vec<(Span, String, String)> {
    let mut calls: Vec<(Span, String, String)> = Vec::new();
    let here = |span: Span| project.workspace.file(span.source).is_some_and(|f| !f.undeployed);
    // What wasn't entered for another reason is told with that.
    let fetched = |c: &&terraform::UnreadCall| !matches!(c.reason.kind, "cycle" | "limit");
    let unread = project.terraform.iter().flat_map(|e| &e.unread_calls).filter(fetched);
    for call in unread.filter(|c| here(c.block.header) && !terraform::without_stores(c, knowledge)) {
        if calls.iter().all(|(span, ..)| *span != call.block.header) {
            calls.push((call.block.header, call.address.clone(), call.source.as_str().to_owned()));
        }
    }
    calls
}

/// What Terraform's evaluation ended at before its end, once each; what lies in directories that aren't deployed
/// doesn't count.
fn cut_off(project: &Project) -> Vec<(Option<Span>, &'static str, String)> {
    let deployed = |span: Span| project.workspace.file(span.source).is_none_or(|f| !f.undeployed);
    let mut all: Vec<(Option<Span>, &'static str, String)> = Vec::new();
    for problem in project.terraform.iter().flat_map(|e| &e.problems).filter(|p| p.span.is_none_or(deployed)) {
        let told = (problem.span, problem.kind, problem.message.clone());
        if !all.contains(&told) {
            all.push(told);
        }
    }
    all
}

/// What is worth saying once.
fn notes(project: &Project, knowledge: &Knowledge, unread: &[(Span, String, String)]) -> Vec<String> {
    let mut notes = Vec::new();
    let labelled = |environment: &String| {
        let mapped = project.config.environment_of(environment);
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
    match unread {
        [] => {}
        [(_, address, source)] => notes.push(format!(
            "module `{address}` ({source}) isn't here and may hold a store, which isn't judged (run init to have it read)"
        )),
        more => {
            let named = more.iter().map(|(_, address, source)| format!("`{address}` ({source})")).collect();
            notes.push(format!(
                "{} modules aren't here and may hold stores, which aren't judged: {} (run init to have them read)",
                more.len(),
                few(named)
            ));
        }
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
