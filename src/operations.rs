//! Shell command, MCP tool, HTTP call → the destructive operations it would perform.

use crate::finding::{Confidence, Reason};

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
