//! The baseline: findings that were there when somebody began to look, hidden from then on.
//!
//! A JSON file of fingerprints, with rule, path and address beside them for people. A fingerprint
//! that stands in it n times hides n findings: one more of the same is shown.

use std::collections::HashMap;
use std::fmt;

use crate::finding::{Finding, Hidden, Outcome};
use crate::report::Mask;
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::json;
use crate::syntax::tree::Data;

/// The version this writes and reads.
const VERSION: f64 = 1.0;

/// Findings to hide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// How often each fingerprint stands in it.
    counts: HashMap<String, usize>,
}

/// Something wrong in a baseline file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineError {
    /// The file, as given.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for BaselineError {}

impl Baseline {
    /// Reads a baseline. `file` is what messages call it.
    ///
    /// # Errors
    /// The first thing that is wrong. A broken baseline hides nothing.
    pub fn parse(file: &str, text: &str) -> Result<Baseline, BaselineError> {
        let source = Source::new(SourceId(0), file, text);
        let error = |span: Span, message: String| {
            let at = source.position(span.start);
            BaselineError { file: file.to_owned(), line: at.line, column: at.column, message }
        };
        let tree = json::parse(&source);
        if let Some(problem) = tree.problems.first() {
            return Err(error(problem.span, format!("this is no JSON: {}", problem.message)));
        }
        let Some(root) = tree.root() else { return Err(error(source.span(), "the file is empty".into())) };
        let version =
            root.get("version").ok_or_else(|| error(root.span, "this is no baseline: no `version`".into()))?;
        if version.as_f64() != Some(VERSION) {
            return Err(error(version.span, format!("only version {VERSION} is known; write the baseline again")));
        }
        let findings = root.get("findings").ok_or_else(|| error(root.span, "no `findings`".into()))?;
        let Data::Array(items) = &findings.value else {
            return Err(error(findings.span, "`findings` is a list".into()));
        };
        let mut baseline = Baseline::default();
        for item in items {
            let node = item.get("fingerprint").ok_or_else(|| error(item.span, "no `fingerprint`".into()))?;
            let fingerprint = node.as_str().filter(|f| is_fingerprint(f));
            let wrong = || error(node.span, "a fingerprint is `v1:` and 16 hex digits".into());
            *baseline.counts.entry(fingerprint.ok_or_else(wrong)?.to_owned()).or_default() += 1;
        }
        Ok(baseline)
    }

    /// Marks the findings that are in it and takes their entries out, so that a second project doesn't
    /// find them again. Gives how many entries are left.
    pub fn apply(&mut self, findings: &mut [Finding]) -> usize {
        for finding in findings.iter_mut().filter(|f| f.outcome == Outcome::Finding && f.hidden.is_none()) {
            if let Some(count) = self.counts.get_mut(&finding.fingerprint).filter(|count| **count > 0) {
                *count -= 1;
                finding.hidden = Some(Hidden::Baselined);
            }
        }
        self.counts.values().sum()
    }
}

fn is_fingerprint(text: &str) -> bool {
    let digits = text.strip_prefix("v1:");
    digits.is_some_and(|d| d.len() == 16 && d.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

/// A baseline of the findings of some projects, as text: those that nothing else hides, for every
/// persona. What rests on personal files is left out: it differs from one person to the next.
pub fn written<'a>(projects: impl IntoIterator<Item = (&'a [Finding], &'a Sources, &'a Mask)>) -> String {
    let wanted =
        |f: &&Finding| f.outcome == Outcome::Finding && !f.local && matches!(f.hidden, None | Some(Hidden::Baselined));
    let mut entries: Vec<(&str, &str, String, &str)> = Vec::new();
    for (findings, sources, mask) in projects {
        entries.extend(findings.iter().filter(wanted).map(|f| {
            // An address may hold an agent's entry, and that a token.
            let address = mask.entry(sources, f.place.span, &f.address);
            (sources.path(f.place.span), f.rule.as_str(), address, f.fingerprint.as_str())
        }));
    }
    entries.sort_unstable();
    let list: Vec<serde_json::Value> = entries
        .into_iter()
        .map(|(path, rule, address, fingerprint)| {
            serde_json::json!({"fingerprint": fingerprint, "rule": rule, "path": path, "address": address})
        })
        .collect();
    let mut text = String::from("{\n  \"version\": 1,\n  \"findings\": [");
    for (i, entry) in list.iter().enumerate() {
        text.push_str(if i == 0 { "\n    " } else { ",\n    " });
        text.push_str(&entry.to_string());
    }
    text.push_str(if list.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    text
}
