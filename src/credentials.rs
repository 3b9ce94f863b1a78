//! Tokens in text, and judging what a token, a policy or a role may do.
//!
//! A file is searched once for the names, beginnings and addresses that the knowledge lists
//! (`scan`); around each hit the assignment is read (`assignment`) and its value told from
//! placeholders, references and examples (`real`); what the value is used for, in this file or in
//! another one of the project, decides what it is (`judge`).

mod assignment;
mod blocks;
mod file;
pub mod iam;
mod judge;
mod names;
mod real;
mod scan;
mod uses;

use rayon::prelude::*;

use crate::finding::Confidence;
use crate::knowledge::Knowledge;
pub use crate::knowledge::credentials::Scope;
use crate::source::{SourceId, Span};
use crate::workspace::Workspace;

/// A token found in a file. Its value is never kept: only where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Id of its kind in the knowledge (`railway-account-token`, `aws-access-key`, …).
    pub kind: String,
    /// Platform it belongs to (`railway`, `aws`); none for a database URL.
    pub provider: Option<String>,
    /// Name of the variable, key or header that holds it; the kind's id where it stands bare.
    pub variable: String,
    /// The value: what is masked.
    pub value: Span,
    /// The line's assignment or header, from name to value: what is shown (masked).
    pub span: Span,
    /// How far it reaches.
    pub scope: Scope,
    /// Whether the platform could have given a narrower one for the use seen here.
    pub scopable: bool,
    /// What the surrounding text uses it for, in words ("custom domains"); `None` if it can't be seen.
    pub used_for: Option<String>,
    /// How sure.
    pub confidence: Confidence,
    /// The host that a URL with a password opens.
    pub host: Option<Span>,
}

/// Whether a value is a secret that somebody uses: no placeholder, reference or word of documentation.
pub fn is_real(knowledge: &Knowledge, value: &str) -> bool {
    let reality = real::Reality::new(&knowledge.credentials().words);
    let plain = ["true", "false", "null", "none", "yes", "no", "on", "off"];
    value.len() >= 6
        && !value.contains("://")
        && !plain.contains(&value.to_ascii_lowercase().as_str())
        && !reality.is_placeholder(value)
        && !reality.is_documented(value)
}

/// The kind of credential that each of these names of variables holds, by its id, as far as the name
/// alone tells it.
pub fn kinds_named(knowledge: &Knowledge, names: &[&str]) -> Vec<Option<String>> {
    if names.is_empty() {
        return Vec::new();
    }
    let all = knowledge.credentials();
    let kinds: Vec<_> = all.platforms.iter().flat_map(|p| &p.kinds).collect();
    let mut known = names::Names::new(&all.words);
    for (number, kind) in kinds.iter().enumerate() {
        for name in &kind.variables {
            known.add(name, number);
        }
    }
    let one = |name: &&str| Some(kinds.get(*known.kinds(name).first()?)?.id.clone());
    names.iter().map(one).collect()
}

/// Every token in the project's text, by file and place. Linear in the text: a line of any length
/// is searched once, and what is read around a hit is bounded.
pub fn find(workspace: &Workspace, knowledge: &Knowledge) -> Vec<(SourceId, Token)> {
    let scanner = scan::Scanner::new(knowledge.credentials());
    let scanned: Vec<scan::Scanned> = workspace.files.par_iter().map(|f| scanner.scan(f)).collect();
    let uses = uses::Everywhere::of(&scanned);
    let mut tokens = Vec::new();
    for (file, scanned) in workspace.files.iter().zip(&scanned) {
        let judged = judge::judge(&scanner, file, scanned, &uses);
        tokens.extend(judged.into_iter().map(|t| (file.source.id, t)));
    }
    tokens
}
