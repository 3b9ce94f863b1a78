//! Which findings are shown to whom, and what came of the run in numbers.

use crate::finding::{Confidence, Finding, Hidden, Outcome, Persona, Severity};
use crate::model::cut::{self, Parts};
use crate::model::path::Path;
use crate::pipeline::{Project, Run};
use crate::report::{Cuts, Summary};
use crate::source::Span;

/// Whose view it is.
#[derive(Clone, Debug)]
pub struct Choice {
    /// For whom.
    pub persona: Persona,
    /// Nothing less sure.
    pub min_confidence: Confidence,
    /// Findings in examples, tests and fixtures too.
    pub include_undeployed: bool,
    /// Only what has a location below one of these root-relative paths; `None`: everything.
    pub under: Option<Vec<String>>,
}

impl Default for Choice {
    fn default() -> Self {
        Choice { persona: Persona::Regular, min_confidence: Confidence::Low, include_undeployed: false, under: None }
    }
}

/// What is handed to reporters.
pub struct Chosen {
    /// Findings to show, and those that are hidden for a reason worth keeping (ignored, baselined).
    pub findings: Vec<Finding>,
    /// The fewest edits that cut the shown paths.
    pub cuts: Cuts,
    /// What was looked at and what came of it.
    pub summary: Summary,
}

/// Chooses among the findings of a run, and counts.
pub fn choose(run: &Run, choice: &Choice) -> Chosen {
    let mut summary = run.summary.clone();
    let mut findings: Vec<Finding> = Vec::new();
    let mut undecided: Vec<&Finding> = Vec::new();
    for finding in run.findings.iter().filter(|f| choice.covers(&run.project, f)) {
        let hidden = match finding.hidden {
            Some(Hidden::Undeployed) if choice.include_undeployed => None,
            ref other => other.clone(),
        };
        if finding.outcome == Outcome::Undecided {
            if hidden.is_none() {
                summary.undecided += 1;
                undecided.push(finding);
                if choice.persona == Persona::Auditor {
                    findings.push(finding.clone());
                }
            }
            continue;
        }
        if !choice.shows(finding) {
            summary.below += 1;
            continue;
        }
        match &hidden {
            Some(Hidden::Undeployed) => {
                summary.undeployed += 1;
                continue;
            }
            Some(Hidden::Ignored { .. }) => summary.suppressed += 1,
            Some(Hidden::Baselined) => summary.baselined += 1,
            None if finding.local => summary.local += 1,
            None => match finding.severity {
                Severity::Error => summary.error += 1,
                Severity::Warning => summary.warning += 1,
                Severity::Note => summary.note += 1,
            },
        }
        findings.push(Finding { hidden, ..finding.clone() });
    }
    summary.undecided_by = by_reason(&undecided);
    summary.undecided_named = named(run, &undecided);
    let cuts = cuts(&run.project, &findings);
    Chosen { findings, cuts, summary }
}

impl Choice {
    /// Whether this view is about a finding at all.
    fn covers(&self, project: &Project, finding: &Finding) -> bool {
        let Some(under) = &self.under else { return true };
        let spans = std::iter::once(finding.place.span).chain(finding.related.iter().map(|l| l.span));
        spans.map(|span| project.workspace.sources.path(span)).any(|path| {
            under.iter().any(|dir| {
                dir.is_empty()
                    || path == dir
                    || path.strip_prefix(dir.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
        })
    }

    /// Whether a finding is shown to this persona. What is half-known shows from `pedantic` on.
    fn shows(&self, finding: &Finding) -> bool {
        let persona = match finding.confidence {
            Confidence::Low => finding.persona.max(Persona::Pedantic),
            _ => finding.persona,
        };
        persona <= self.persona && finding.confidence >= self.min_confidence
    }
}

/// How often each root reason leaves something undecided, the most frequent first.
fn by_reason(undecided: &[&Finding]) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for finding in undecided {
        let kind = finding.reasons.last().map_or("unknown", |r| r.kind);
        match counts.iter_mut().find(|(k, _)| k == kind) {
            Some((_, n)) => *n += 1,
            None => counts.push((kind.to_owned(), 1)),
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The most consequential: a path that may be complete, then what could be an error.
fn named(run: &Run, undecided: &[&Finding]) -> Vec<(Option<Span>, String)> {
    let project = &run.project;
    // What is undecided is shown to auditors; for whom its rule is says whether it is worth a name.
    let regular = |f: &Finding| run.rules.iter().any(|r| r.id == f.rule && r.persona == Persona::Regular);
    let mut worst: Vec<&&Finding> = undecided.iter().filter(|f| f.severity == Severity::Error && regular(f)).collect();
    worst.sort_by_key(|f| (!f.address.starts_with("path:"), std::cmp::Reverse(f.confidence)));
    let mut told: Vec<(Option<Span>, String)> = Vec::new();
    for finding in worst {
        let why = finding.reasons.last().map_or_else(String::new, |r| {
            let at = r.span.map(|span| {
                let (start, _) = project.workspace.sources.positions(span);
                format!(" ({}:{})", project.workspace.sources.path(span), start.line)
            });
            format!(": {}{}", r.message, at.unwrap_or_default())
        });
        told.push((Some(finding.place.span), format!("{} of `{}`{why}", finding.rule, finding.address)));
        if told.len() == 3 {
            break;
        }
    }
    told
}

/// The fewest edits that cut the paths among these findings.
fn cuts(project: &Project, findings: &[Finding]) -> Cuts {
    let shown = |path: &&Path| {
        let (Some(grant), Some(store)) =
            (project.model.grants.get(path.best.grant), project.model.stores.get(path.store))
        else {
            return false;
        };
        findings.iter().any(|f| {
            f.hidden.is_none()
                && f.place.span == grant.span
                && f.address.starts_with("path:")
                && f.address.ends_with(&format!("->{}", store.address))
        })
    };
    let paths: Vec<&Path> = project.model.paths.iter().filter(shown).collect();
    let model = &project.model;
    cut::cuts(
        &paths,
        &Parts { stores: &model.stores, copies: &model.copies, credentials: &model.credentials, grants: &model.grants },
    )
}
