//! Shell command, MCP tool, HTTP call → the destructive operations it would perform.
//!
//! A command is parsed, walked as a shell would walk it (variables as far as static, pipes,
//! functions, substitutions), and each simple command is unwrapped (`sudo`, `ssh host`, `npm run x`)
//! until a program is left whose forms are known. What isn't known on the way is a reason, never a
//! guess. Nothing is run.

mod aim;
mod builtin;
mod code;
mod expand;
mod graphql;
mod http;
mod matching;
mod output;
mod payload;
pub mod project;
mod run;
mod runners;
mod sql;
mod unwrap;
mod walk;
mod words;
mod wrap;

use crate::finding::{Confidence, Reason};
use crate::knowledge::Knowledge;

pub use project::{Project, Script};

/// What a command or call would do.
#[derive(Clone, Debug, Default)]
pub struct Classified {
    /// Known destructive operations, in the order they stand.
    pub operations: Vec<Performed>,
    /// Parts that can't be decided (`$CMD`, an unknown script), each with why.
    pub undecided: Vec<Reason>,
}

/// An operation found in a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Performed {
    /// Id of the operation in the knowledge.
    pub id: String,
    /// Byte range of the simple command within the classified text.
    pub span: (usize, usize),
    /// What wraps it, outermost first: `sudo`, `bash -c`, `npm run db:reset`.
    pub through: Vec<String>,
    /// What it acts on.
    pub target: Target,
    /// Whether it asks by itself here (its silencing flags considered); `None` where that depends on a terminal.
    pub prompts: Option<bool>,
    /// How sure.
    pub confidence: Confidence,
}

/// Where an operation acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// localhost, a socket, a compose service, a file of the checkout.
    Local,
    /// Another machine or a platform.
    Remote,
    /// Can't be told.
    Unknown,
}

impl Target {
    /// `local`, `remote`, `unknown`: as it stands in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Target::Local => "local",
            Target::Remote => "remote",
            Target::Unknown => "unknown",
        }
    }
}

/// What a command is judged with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The known operations and wrappers.
    pub knowledge: &'a Knowledge,
    /// The project's scripts and files, so that `npm run x` and `psql -f x.sql` can be followed.
    pub project: Option<&'a Project>,
    /// Directory it runs in, relative to the project root; empty for the root.
    pub dir: &'a str,
}

impl<'a> Context<'a> {
    /// Without a project: scripts and files are undecided.
    pub fn new(knowledge: &'a Knowledge) -> Self {
        Context { knowledge, project: None, dir: "" }
    }

    /// In a project, at a directory of it.
    pub fn within(knowledge: &'a Knowledge, project: &'a Project, dir: &'a str) -> Self {
        Context { knowledge, project: Some(project), dir }
    }
}

/// The operations that shell text would perform. A pure function of its arguments; never fails: what
/// can't be read or followed is among [`Classified::undecided`].
pub fn classify(text: &str, context: &Context<'_>) -> Classified {
    run::classify(text, context)
}
