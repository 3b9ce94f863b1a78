//! Tokens in text, and judging what a token, a policy or a role may do.

use crate::finding::Confidence;
use crate::source::Span;

/// A token found in a file. Its value is never kept: only where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Id of its kind in the knowledge (`railway-account-token`, `aws-access-key`, …).
    pub kind: String,
    /// Platform it belongs to (`railway`, `aws`).
    pub provider: String,
    /// Name of the variable, key or header that holds it.
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
}

/// How far a credential reaches: a blast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One store.
    Store,
    /// One environment of one project.
    Environment,
    /// One project.
    Project,
    /// A whole account or workspace.
    Account,
    /// Can't be told.
    Unknown,
}
