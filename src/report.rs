//! Showing what was found, in every format.
//!
//! Every string that reaches a format goes through one gate ([`Shown`]), which hides secrets and
//! neutralises; outputs that a person's terminal or a CI log shows go through a second one
//! ([`neutral::guard`]), so that no line of them is a runner's command.

mod drawing;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod mask;
pub mod neutral;
pub(crate) mod paint;
mod plain;
mod rdjson;
mod sarif;
mod select;
mod several;
mod short;
mod shown;
pub(crate) mod wrap;

pub use json::text as json_text;
pub use mask::{BULLETS, Mask};
pub use several::render_all;
pub use shown::Shown;

use crate::finding::{Finding, RuleInfo};
use crate::source::{Sources, Span};

/// A way to show a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One page for a person.
    Human,
    /// `path:line:col: severity[rule] message`, a line each.
    Short,
    /// The JSON of the contract.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub's workflow commands: annotations.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Reviewdog's diagnostics.
    Rdjson,
}

impl Format {
    /// All, in the order they are offered.
    pub const ALL: &[Format] = &[
        Format::Human,
        Format::Short,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Rdjson,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Short => "short",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Rdjson => "rdjson",
        }
    }

    /// The format of a name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.iter().copied().find(|f| f.name() == name)
    }
}

/// How a report is shown.
#[derive(Clone, Debug)]
pub struct Options {
    /// Columns of the terminal (human only).
    pub width: usize,
    /// Whether terminal styles may be used (human only).
    pub color: bool,
    /// Excerpt, help and reasons of what is on no path, too (human only).
    pub verbose: bool,
    /// Findings only: no notes, no summary (human only).
    pub quiet: bool,
    /// Show the undecided among the findings.
    pub undecided: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { width: 100, color: false, verbose: false, quiet: false, undecided: false }
    }
}

/// The whole output in a format, ending with a newline.
pub fn render(format: Format, report: &Report<'_>, options: &Options) -> String {
    match format {
        Format::Human => human::write(report, options),
        Format::Short => short::write(report, options),
        Format::Json => json::write(report, options),
        Format::Sarif => sarif::write(report, options),
        Format::Github => github::write(report, options),
        Format::Gitlab => gitlab::write(report, options),
        Format::Junit => junit::write(report, options),
        Format::Rdjson => rdjson::write(report, options),
    }
}

/// Everything a reporter needs, and nothing it has to work out.
pub struct Report<'a> {
    /// The project's texts.
    pub sources: &'a Sources,
    /// What must not be shown.
    pub mask: &'a Mask,
    /// Every finding, hidden ones included, in the order they are told: paths first, then by
    /// severity, path, place.
    pub findings: &'a [Finding],
    /// The rules that ran.
    pub rules: &'a [RuleInfo],
    /// The fewest edits that cut the paths.
    pub cuts: &'a Cuts,
    /// What was looked at.
    pub summary: &'a Summary,
    /// What to put before a root-relative path so that it is relative to the working directory.
    pub prefix: String,
}

/// The fewest edits that cut the paths.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    /// In the order they should be made.
    pub edits: Vec<Cut>,
    /// How many paths they cut.
    pub cut: usize,
    /// Of how many.
    pub of: usize,
}

/// An edit that cuts paths.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Where.
    pub span: Span,
    /// What to do, in words.
    pub what: String,
    /// Whether `--fix` can do it.
    pub fixable: bool,
}

/// What was looked at and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Shown findings by severity: errors, warnings, notes.
    pub error: usize,
    /// See `error`.
    pub warning: usize,
    /// See `error`.
    pub note: usize,
    /// Undecided outcomes.
    pub undecided: usize,
    /// Ignored ones.
    pub suppressed: usize,
    /// In the baseline.
    pub baselined: usize,
    /// Shown, but resting on personal files.
    pub local: usize,
    /// In directories that aren't deployed.
    pub undeployed: usize,
    /// Not shown under this persona or minimum confidence.
    pub below: usize,
    /// Files read.
    pub files: usize,
    /// Files read by product (`counts` of rules/files.yaml), in the table's order.
    pub read: Vec<(String, usize)>,
    /// Files skipped by reason.
    pub skipped: Vec<(String, usize)>,
    /// A person's own agent settings were read too; their paths begin with `~/`, and lie in no project.
    pub home: bool,
    /// Stores, agents, credentials.
    pub stores: usize,
    /// See `stores`.
    pub agents: usize,
    /// See `stores`.
    pub credentials: usize,
    /// Undecided by the kind of their root reason, most frequent first.
    pub undecided_by: Vec<(String, usize)>,
    /// The most consequential undecided, in words, with what would decide them (at most three).
    pub undecided_named: Vec<(Option<Span>, String)>,
    /// What was cut off at a limit or couldn't be followed, and so wasn't looked at: place, kind of reason, words.
    pub cut_off: Vec<(Option<Span>, &'static str, String)>,
    /// Calls of modules that aren't here and of which nothing is known, so that they may hold stores: place, address,
    /// source as written.
    pub unread_modules: Vec<(Span, String, String)>,
    /// Things worth saying once, in words ("no environment is labelled: …", modules not installed, …).
    pub notes: Vec<String>,
}
