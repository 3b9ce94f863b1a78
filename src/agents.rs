//! AI coding agents: their files, layers and decision procedures.

use crate::finding::Reason;
use crate::source::{SourceId, Span, Text};

/// What an agent does with a call. Ordered: all but `Deny` and `Ask` count as unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Refused.
    Deny,
    /// A person is asked.
    Ask,
    /// A model decides.
    Gated,
    /// Runs without a prompt, contained.
    Sandboxed {
        /// Whether the network is open.
        network: bool,
    },
    /// Runs.
    Run,
}

/// Where an agent runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// In a terminal or an editor, with a person there.
    Interactive,
    /// Print mode, `exec`, SDK: nobody there.
    Headless,
    /// As a CI action.
    Ci,
}

/// What an agent wants to do.
#[derive(Clone, Debug)]
pub enum Call<'a> {
    /// A shell command.
    Shell(&'a str),
    /// A tool of an MCP server.
    Mcp {
        /// Server name as configured.
        server: &'a str,
        /// Tool name.
        tool: &'a str,
    },
}

/// The answer to a [`Call`].
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The decision, or why it isn't known.
    pub decision: Result<Decision, Reason>,
    /// The lines that decide, the deciding one first. Empty: the product's default or mode.
    pub because: Vec<Because>,
    /// What it depends on outside the repository, in words.
    pub conditions: Vec<String>,
}

/// A line that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The entry.
    pub span: Span,
    /// As written.
    pub entry: Text,
    /// `allow`, `ask`, `deny`, `mode`, `hook`.
    pub effect: &'static str,
}

/// An entry of an agent's permission lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// As written.
    pub text: Text,
    /// Where.
    pub span: Span,
    /// `allow`, `ask`, `deny`.
    pub effect: &'static str,
    /// Which layer: `project`, `local`, `agent:release-manager`, `skill:x`, `user`.
    pub layer: String,
    /// Why the product doesn't use it, if it doesn't.
    pub inert: Option<String>,
}

/// An MCP server as an agent configures it.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name.
    pub name: Text,
    /// The entry (key to value).
    pub span: Span,
    /// Its name's span.
    pub name_span: Span,
    /// Command and arguments, for a local one.
    pub command: Vec<Text>,
    /// Address, for a remote one.
    pub url: Option<Text>,
    /// `env`/`headers`: name, value (with `${VAR}` as written), and the value's span.
    pub environment: Vec<(Text, Text, Span)>,
}

/// An agent configured in a directory.
pub struct Agent {
    /// Short name for the command line: `claude`, `cursor`, `cursor-cli`, `codex`, `gemini`, …
    pub id: &'static str,
    /// Product name.
    pub name: &'static str,
    /// Directory it is configured for, relative to the project root.
    pub dir: String,
    /// Files it is read from.
    pub files: Vec<SourceId>,
    /// The version whose rules are applied: `Claude Code 2.1.330 (2026-11)`. `None`: found, not yet understood.
    pub semantics: Option<&'static str>,
    /// Surfaces it has.
    pub surfaces: Vec<Surface>,
    /// Permission entries of all layers.
    pub entries: Vec<Entry>,
    /// MCP servers it would connect to.
    pub servers: Vec<Server>,
    /// Environment it hands to what it runs: name, value, span.
    pub environment: Vec<(Text, Text, Span)>,
    /// The mode a file sets (`defaultMode`), with its place.
    pub mode: Option<(Text, Span)>,
    /// Keys in its files that are neither used nor known.
    pub unknown_keys: Vec<(Text, Span)>,
    /// The decision procedure.
    pub procedure: Option<Box<dyn Procedure>>,
}

/// How an agent decides.
pub trait Procedure: Send + Sync {
    /// What happens with `call` on `surface`.
    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict;
}
