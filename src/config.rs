//! `lastcopy.yaml`: rules and severities, ignores, environments, stated copies, thresholds.
//!
//! Read from the located tree, so that everything wrong in it is told at once, each with its line
//! and column and what was probably meant.

mod date;
mod keys;
mod placed;
mod read;

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::finding::{Persona, Severity};
use crate::source::{SourceId, Span};

pub use date::is_date;
pub use keys::nearest;

/// The source number of spans in a config that is no file of the project.
pub const NOWHERE: SourceId = SourceId(u32::MAX);

/// The project's configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Environment name → the names it is also known by (tfvars file, workspace, Railway environment, tag, directory).
    pub environments: IndexMap<String, Vec<String>>,
    /// Copies that no file shows. Those whose `until` has passed aren't among them.
    pub copies: Vec<StatedCopy>,
    /// How stores are brought back, where no file shows it.
    pub recovery: Vec<StatedRecovery>,
    /// Limits.
    pub thresholds: Thresholds,
    /// What the config makes of rules, by id.
    pub rules: IndexMap<String, RuleSetting>,
    /// Findings it ignores. Those whose `until` has passed aren't among them.
    pub ignores: Vec<ConfigIgnore>,
    /// What doesn't count any more because its `until` has passed.
    pub expired: Vec<Expired>,
    /// Directories with more rules, relative to the root.
    pub rule_dirs: Vec<String>,
    /// Globs of paths left out.
    pub exclude: Vec<String>,
    /// Globs of directories read although a general rule leaves them out.
    pub include: Vec<String>,
    /// From which severity on a run fails; `Some(None)`: never.
    pub fail_on: Option<Option<Severity>>,
    /// Whom findings are shown to.
    pub persona: Option<Persona>,
    /// The day of the run; empty: no clock.
    today: String,
    /// What messages call it.
    file: String,
    /// As given, for finding it among the project's files again.
    text: Arc<str>,
}

/// A copy somebody vouches for.
#[derive(Clone, Debug)]
pub struct StatedCopy {
    /// Address (glob) of the store it is a copy of.
    pub of: String,
    /// Where it is kept: `aws/412087316650`, `offsite`, …; `none` where somebody says that there is none.
    pub place: String,
    /// Days it is kept.
    pub kept: Option<u32>,
    /// Whether nobody can delete it before its date.
    pub locked: bool,
    /// What shows that it exists.
    pub evidence: String,
    /// Where it is stated.
    pub span: Span,
    /// The day it counts to: `2027-05-31`.
    pub until: String,
    /// The day it was last restored.
    pub restored: Option<String>,
}

impl StatedCopy {
    /// Whether it is of the store of an address.
    pub fn is_of(&self, store: &str) -> bool {
        let glob = globset::GlobBuilder::new(&self.of).literal_separator(false).build();
        self.of == store || glob.is_ok_and(|g| g.compile_matcher().is_match(store))
    }

    /// Whether it says that there is none: its place is `none`.
    pub fn is_none(&self) -> bool {
        self.place == "none"
    }
}

/// How a store is brought back, as somebody states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedRecovery {
    /// Address (glob) of the store.
    pub of: String,
    /// The page that says how: a URL, or a file relative to the root.
    pub runbook: Option<String>,
    /// The day it was last tried.
    pub restored: Option<String>,
    /// Where it is stated.
    pub span: Span,
}

/// Limits, with their defaults.
#[derive(Clone, Debug)]
pub struct Thresholds {
    /// An undo that lasts fewer days doesn't lower the stakes.
    pub undo_days: f64,
    /// A copy kept for fewer days is too short.
    pub retention_days: f64,
    /// A restore that was tried longer ago doesn't show that it works today.
    pub restore_days: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds { undo_days: 7.0, retention_days: 7.0, restore_days: 365.0 }
    }
}

/// What the config makes of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// The highest severity its findings can have; `None`: the rule is off.
    pub severity: Option<Severity>,
    /// Where it is written: the rule's name.
    pub span: Span,
}

/// Findings the config ignores.
#[derive(Clone, Debug)]
pub struct ConfigIgnore {
    /// Ids of the rules.
    pub rules: Vec<String>,
    /// Glob of the primary place's path; `None`: any.
    pub path: Option<String>,
    /// Glob of the finding's address; `None`: any.
    pub address: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day it counts.
    pub until: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Something whose `until` has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    /// `copy` or `ignore`.
    pub kind: &'static str,
    /// The copy's store, or the ignore's rules, as written.
    pub of: String,
    /// The last day it counted.
    pub until: String,
    /// Where it is written.
    pub span: Span,
}

/// Something wrong in the config.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigError {
    /// The file, as given.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong, and what was probably meant.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads a config. `file` is what messages call it; `today` (`2026-11-24`, empty: no clock)
    /// decides what has expired. Spans are [`NOWHERE`] until [`Config::placed`].
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn parse(file: &str, text: &str, today: &str) -> Result<Config, Vec<ConfigError>> {
        read::read(file, text, today)
    }

    /// The environment that a name stands for, if the config says so.
    pub fn environment_of(&self, name: &str) -> Option<String> {
        let known =
            |(environment, names): &(&String, &Vec<String>)| *environment == name || names.iter().any(|n| n == name);
        self.environments.iter().find(known).map(|(environment, _)| environment.clone())
    }

    /// How many days before today a date lies, 0 for one that is still to come; `None` without a clock.
    pub fn days_since(&self, date: &str) -> Option<i64> {
        Some((date::number(&self.today)? - date::number(date)?).max(0))
    }

    /// The rules it names that there are none of. `known` are all ids.
    pub fn unknown_rules(&self, known: &[&str]) -> Vec<ConfigError> {
        let source = crate::source::Source::new(NOWHERE, self.file.as_str(), &self.text);
        let settings = self.rules.iter().map(|(id, setting)| (id, setting.span));
        let ignores = self.ignores.iter().flat_map(|i| i.rules.iter().map(move |id| (id, i.span)));
        let mut errors: Vec<ConfigError> = settings
            .chain(ignores)
            .filter(|(id, _)| !known.contains(&id.as_str()))
            .map(|(id, span)| {
                let at = source.position(span.start);
                let message = format!("there is no rule `{id}`{}", nearest(id, known.iter().copied()));
                ConfigError { file: self.file.clone(), line: at.line, column: at.column, message }
            })
            .collect();
        errors.sort();
        errors
    }
}
