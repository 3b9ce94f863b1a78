//! One finding per (rule, primary place, subject); which are links of a path; their order.

use std::cmp::Reverse;
use std::collections::HashMap;

use indexmap::IndexMap;

use crate::finding::{Finding, Hidden, Outcome};
use crate::source::{Sources, Span};

/// A finding of one fact.
pub struct Raw {
    /// As it would be told.
    pub finding: Finding,
    /// What the fact is for identity.
    pub subject: String,
    /// The fact's kind.
    pub kind: &'static str,
    /// Places of its links, for a path.
    pub links: Vec<Span>,
}

/// Folds, links and sorts.
pub fn fold(raw: Vec<Raw>, sources: &Sources) -> Vec<Finding> {
    let mut groups: IndexMap<(String, Span, String), Vec<Raw>> = IndexMap::new();
    for one in raw {
        let key = (one.finding.rule.clone(), one.finding.place.span, one.subject.clone());
        groups.entry(key).or_default().push(one);
    }
    let mut all: Vec<Raw> = groups.into_values().filter_map(merged).collect();
    all.sort_by_cached_key(|raw| order(&raw.finding, sources));
    link(&mut all);
    all.into_iter().map(|raw| raw.finding).collect()
}

/// Sorts findings as they are told: paths first, then by severity, path, line, rule.
pub fn in_order(findings: &mut [Finding], sources: &Sources) {
    findings.sort_by_cached_key(|finding| order(finding, sources));
}

fn order(f: &Finding, sources: &Sources) -> impl Ord + use<> {
    let place = sources.positions(f.place.span).0;
    let path = sources.path(f.place.span).to_owned();
    let is_path = f.address.starts_with("path:");
    // Paths stay in the order in which the model ranks them: the worst first.
    let rest = (!is_path).then(|| (path, place, f.rule.clone(), f.outcome, f.address.clone()));
    (!is_path, Reverse(f.severity), rest)
}

/// The finding of several facts: told as the one that most people see (a finding before an
/// undecided, then the persona, the severity, the confidence), with the instances, environments and
/// callers of all that came out the same.
fn merged(mut group: Vec<Raw>) -> Option<Raw> {
    // What is ignored at one call, or is there for an example, isn't told of the others.
    let aside = |raw: &Raw| matches!(raw.finding.hidden, Some(Hidden::Ignored { .. } | Hidden::Undeployed));
    if !group.iter().all(aside) {
        group.retain(|raw| !aside(raw));
    }
    let rank = |f: &Finding| (f.outcome, f.persona, Reverse(f.severity), Reverse(f.confidence));
    let (best, _) = group.iter().enumerate().min_by_key(|(_, raw)| rank(&raw.finding))?;
    let outcome = group.get(best)?.finding.outcome;
    let mut told = group.remove(best);
    group.retain(|raw| raw.finding.outcome == outcome);
    for other in group {
        let (told, other) = (&mut told.finding, other.finding);
        add(&mut told.instances, other.instances);
        add(&mut told.environments, other.environments);
        add(&mut told.reasons, other.reasons);
        for location in other.related {
            let known = told.related.iter().any(|l| l.span == location.span && l.role == location.role);
            if !known {
                told.related.push(location);
            }
        }
        // It stays shown, and counts, if one of them would be by itself.
        told.local &= other.local;
        if other.hidden.is_none() {
            told.hidden = None;
        }
    }
    Some(told)
}

fn add<T: PartialEq>(to: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}

/// Names the path that tells a finding already: of the paths that have a link at its place, the one
/// that most people see.
fn link(all: &mut [Raw]) {
    let mut paths: Vec<&Raw> = all.iter().filter(|raw| raw.kind == "path" && shown(&raw.finding)).collect();
    paths.sort_by_key(|raw| raw.finding.persona);
    let mut told: HashMap<Span, String> = HashMap::new();
    for path in paths {
        for span in &path.links {
            told.entry(*span).or_insert_with(|| path.finding.fingerprint.clone());
        }
    }
    for raw in all.iter_mut().filter(|raw| raw.kind != "path") {
        raw.finding.part_of = told.get(&raw.finding.place.span).cloned();
    }
}

fn shown(finding: &Finding) -> bool {
    finding.outcome == Outcome::Finding && finding.hidden.is_none()
}
