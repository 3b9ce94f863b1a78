//! Commands that run by themselves: CI workflows, package scripts, Makefiles, shell scripts.

use crate::source::{SourceId, Span, Text};

/// A command in a file.
#[derive(Clone, Debug)]
pub struct Command {
    /// The shell text.
    pub text: Text,
    /// Where it stands.
    pub span: Span,
    /// Where a byte of `text` lies in the file, when it is verbatim there: offset of `text`'s first byte.
    pub verbatim: Option<u32>,
    /// The file.
    pub source: SourceId,
    /// What runs it.
    pub runs_in: RunsIn,
    /// Job name, script name, target or service: the `JOB` of `command:FILE#JOB`.
    pub name: String,
    /// Conditions that put a person in between (a protected `environment:`, `workflow_dispatch` only), in words.
    pub gates: Vec<String>,
    /// Names of secrets and variables in its environment: name, and `secrets.X` or literal marker.
    pub environment: Vec<(Text, Text)>,
}

/// What runs a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsIn {
    /// A CI job, with the events that start it (`push`, `pull_request`, `schedule`, …).
    Workflow {
        /// Event names.
        events: Vec<Text>,
    },
    /// A script of `package.json`, a Makefile target, …: runs when something calls it.
    Script,
    /// A shell script file.
    ShellScript,
    /// A commit or agent hook.
    Hook,
}
