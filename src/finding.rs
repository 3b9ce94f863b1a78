//! What a rule reports: the finding, its places, reasons and fixes, and what a reporter shows of
//! the rule.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// How much a finding matters; decided by the rule and the stakes of its fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// A link is there and another isn't proven.
    Warning,
    /// One act takes primary data and no known copy survives.
    Error,
}

/// How sure we are of the facts a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Half-known: shown from `pedantic` on.
    Low,
    /// Inferred from a name or heuristic.
    Medium,
    /// Read from a file and the product's own documentation.
    High,
}

/// For whom a finding is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Persona {
    /// Proven, and can be acted on.
    Regular,
    /// Adds weak guards, shared regions, non-production.
    Pedantic,
    /// Adds every undecided.
    Auditor,
}

/// What came of a rule on a fact (a clean fact yields nothing).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The condition holds.
    Finding,
    /// The condition can't be known; see the reasons.
    Undecided,
}

/// What part a location plays in a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A module call or service that leads here.
    Caller,
    /// An agent's granting entry.
    Agent,
    /// The command or call that destroys.
    Operation,
    /// The credential used.
    Credential,
    /// The store lost.
    Store,
    /// A copy that goes with it.
    Copy,
    /// The line that sets the deciding value.
    Cause,
    /// Anything else worth seeing.
    Context,
}

/// A place beside the primary one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// Where.
    pub span: Span,
    /// What stands there, in words.
    pub label: String,
    /// Its part in the finding.
    pub role: Role,
}

/// Why something can't be known: one hop of a reason chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// A stable kebab-case name, e.g. `variable-without-value`; counted in the summary.
    pub kind: &'static str,
    /// The reason in words.
    pub message: String,
    /// Where it arises, if in a file.
    pub span: Option<Span>,
}

impl Reason {
    /// A reason at a place.
    pub fn at(kind: &'static str, message: impl Into<String>, span: Span) -> Self {
        Reason { kind, message: message.into(), span: Some(span) }
    }

    /// A reason that lies in no file.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Reason { kind, message: message.into(), span: None }
    }
}

/// Where a fact stands: the span of an attribute, or of a block's header plus where the attribute
/// would be inserted, with the chain its value came through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// What is underlined.
    pub span: Span,
    /// What is there and can be edited.
    pub slot: Slot,
    /// The way the value came, nearest first: reference ← variable ← tfvars ← call.
    pub chain: Vec<Location>,
    /// The part it plays when it is a finding's primary or related location.
    pub role: Role,
    /// The item (block, list element, job, call) an ignore comment above would cover.
    pub item: Span,
}

/// What an edit at a [`Place`] would touch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A literal value that can be replaced (its span).
    Literal(Span),
    /// Nothing is written; `insert` is where a line `name = value` would go.
    Absent {
        /// Where the new text goes (an empty span).
        insert: Span,
        /// Attribute name.
        name: String,
        /// White space before it on its line.
        indent: String,
    },
    /// What would mend it, whole: written by whoever knows the file's grammar.
    Rewrite {
        /// In words.
        title: String,
        /// The edits.
        edits: Vec<Edit>,
    },
    /// The value comes through something else: not ours to edit here.
    Indirect,
    /// Not a value at all.
    None,
}

impl Place {
    /// A place that is only pointed at.
    pub fn of(span: Span, role: Role) -> Arc<Place> {
        Arc::new(Place { span, slot: Slot::None, chain: Vec::new(), role, item: span })
    }
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced (empty: an insertion).
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A set of edits that removes the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// In words.
    pub title: String,
    /// Whether it can be applied without looking.
    pub safe: bool,
    /// The edits, not overlapping.
    pub edits: Vec<Edit>,
}

/// Why a finding isn't shown among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Ignored, with the reason given, by a comment or the config at this place.
    Ignored {
        /// The reason its author wrote.
        reason: String,
        /// The comment, when it was one.
        span: Option<Span>,
    },
    /// In the baseline.
    Baselined,
    /// In a directory that isn't deployed (`examples/`, `tests/`, …).
    Undeployed,
}

/// One result of one rule.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// Severity after stakes and config.
    pub severity: Severity,
    /// Lowest of the rule's and its facts'.
    pub confidence: Confidence,
    /// For whom it is shown.
    pub persona: Persona,
    /// Finding or undecided.
    pub outcome: Outcome,
    /// Rests on a personal file (ignored or untracked).
    pub local: bool,
    /// One line.
    pub message: String,
    /// What to do, possibly several lines.
    pub help: String,
    /// Primary place.
    pub place: Arc<Place>,
    /// The fact it is about, e.g. `module.db.aws_db_instance.main`.
    pub address: String,
    /// Instances in which it holds.
    pub instances: Vec<String>,
    /// Environments in which it holds.
    pub environments: Vec<String>,
    /// Other places.
    pub related: Vec<Location>,
    /// Why undecided; empty otherwise.
    pub reasons: Vec<Reason>,
    /// Ways to remove it.
    pub fixes: Vec<Fix>,
    /// Fingerprint of the path it is a link of.
    pub part_of: Option<String>,
    /// `v1:` and 16 hex digits.
    pub fingerprint: String,
    /// Set when something hides it.
    pub hidden: Option<Hidden>,
}

/// What a reporter shows of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// Kebab-case id.
    pub id: String,
    /// One line.
    pub title: String,
    /// The highest severity it can have.
    pub severity: Severity,
    /// For whom it is.
    pub persona: Persona,
    /// Tags.
    pub tags: Vec<String>,
    /// Markdown: why it matters.
    pub why: String,
    /// Links.
    pub references: Vec<String>,
}
