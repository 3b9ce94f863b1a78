//! AI coding agents: their files, layers and decision procedures.

pub mod aider;
pub mod amp;
pub mod augment;
pub mod ci;
pub mod claude;
pub mod codex;
pub mod copilot;
pub mod crush;
pub mod cursor;
pub mod devin;
pub mod droid;
mod files;
mod found;
pub mod gemini;
mod glob;
mod hook;
mod keys;
pub mod kiro;
pub mod mcp;
pub mod opencode;
pub mod qwen;
pub mod roo;
pub mod shell;
mod statements;
pub mod table;
pub mod variants;

pub use files::Files;
pub use hook::Hook;

use std::any::Any;
use std::sync::Arc;

use crate::finding::Reason;
use crate::source::{Source, SourceId, Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::Tree;
use crate::workspace::{File, Tracking, Workspace};

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
    /// `allow`, `ask`, `deny`; `prose` for what is said to a reviewing model.
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
    pub id: String,
    /// Product name.
    pub name: String,
    /// Directory it is configured for, relative to the project root.
    pub dir: String,
    /// Files it is read from.
    pub files: Vec<SourceId>,
    /// Where something starts it by itself: the action, or the command of a step or script.
    pub started: Option<Span>,
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
    /// Hooks in its files.
    pub hooks: Vec<Hook>,
    /// Plugins its files switch on.
    pub plugins: Vec<(Text, Span)>,
    /// Whether a file switches its sandbox on or off, and where.
    pub sandbox: Option<(bool, Span)>,
    /// Whether its files leave the sandbox's network open to any host.
    pub sandbox_network: Option<bool>,
    /// The line that connects every MCP server of the project without asking.
    pub connects_unasked: Option<Span>,
    /// What the product would refuse in its files, beside what can't be parsed.
    pub problems: Vec<Problem>,
    /// The decision procedure.
    pub procedure: Option<Box<dyn Procedure>>,
}

/// How an agent decides.
pub trait Procedure: Send + Sync + Any {
    /// What happens with `call` on `surface`.
    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict;

    /// Whether an entry of this agent is about `call`: an allow grants it, a deny or ask stops it.
    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool;

    /// Entries which, beside a deny or ask entry, stop the forms of a command that it misses: `base` is the
    /// program with its sub-command, `forms` are whole commands. As they are written in the entry's file: the
    /// text of a string, a member with its quoted key, a call, a table. `None` where no such entries would.
    fn stopping(&self, _entry: &Entry, _base: &str, _forms: &[String]) -> Option<Vec<String>> {
        None
    }

    /// Itself, for what one agent alone can be asked (Cursor's Run Modes).
    fn as_any(&self) -> &dyn Any;
}

/// How the agents of a project are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether somebody has trusted the folder: the usual state, and the worst.
    pub trusted: bool,
    /// The personal files of the home directory, only when asked for (`--home`).
    pub home: Option<Home>,
}

impl Default for Options {
    fn default() -> Self {
        Options { trusted: true, home: None }
    }
}

/// Personal files, read by the caller. Their texts are among the project's sources, so that their
/// spans can be shown.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// `~/.claude/settings.json`.
    pub claude_settings: Option<Tree>,
    /// `~/.cursor/permissions.json`.
    pub cursor_permissions: Option<Tree>,
    /// `~/.cursor/cli-config.json`.
    pub cursor_cli: Option<Tree>,
    /// `~/.codex/config.toml`.
    pub codex_config: Option<Tree>,
    /// `~/.codex/rules/default.rules`.
    pub codex_rules: Option<Arc<Source>>,
    /// `~/.gemini/settings.json`.
    pub gemini_settings: Option<Tree>,
    /// `~/.config/opencode/opencode.json`.
    pub opencode: Option<Tree>,
    /// `~/.factory/settings.json`.
    pub droid_settings: Option<Tree>,
    /// `~/.factory/settings.local.json`.
    pub droid_local: Option<Tree>,
    /// `~/.factory/mcp.json`.
    pub droid_mcp: Option<Tree>,
    /// `~/.qwen/settings.json`.
    pub qwen: Option<Tree>,
    /// `~/.config/kilo/kilo.json`.
    pub kilo: Option<Tree>,
    /// `~/.config/crush/crush.json`.
    pub crush: Option<Tree>,
}

impl Home {
    /// The personal files among those of a workspace; `None` where they weren't asked for.
    pub fn of<'a>(workspace: &'a Workspace, tree: &dyn Fn(SourceId) -> Option<&'a Tree>) -> Option<Home> {
        let own: Vec<&File> = workspace.files.iter().filter(|f| f.tracking == Tracking::Home).collect();
        let file = |name: &str| own.iter().find(|f| f.source.path.get(2..) == Some(name));
        let data = |name: &str| file(name).and_then(|f| tree(f.source.id)).cloned();
        (!own.is_empty()).then(|| Home {
            claude_settings: data(".claude/settings.json"),
            cursor_permissions: data(".cursor/permissions.json"),
            cursor_cli: data(".cursor/cli-config.json"),
            codex_config: data(".codex/config.toml"),
            codex_rules: file(".codex/rules/default.rules").map(|f| Arc::clone(&f.source)),
            gemini_settings: data(".gemini/settings.json"),
            opencode: data(".config/opencode/opencode.json").or_else(|| data(".config/opencode/opencode.jsonc")),
            droid_settings: data(".factory/settings.json"),
            droid_local: data(".factory/settings.local.json"),
            droid_mcp: data(".factory/mcp.json"),
            qwen: data(".qwen/settings.json"),
            kilo: data(".config/kilo/kilo.json").or_else(|| data(".config/kilo/kilo.jsonc")),
            crush: data(".config/crush/crush.json"),
        })
    }

    /// Whether there is a personal file of an agent.
    fn has(&self, id: &str) -> bool {
        match id {
            "claude" => self.claude_settings.is_some(),
            "cursor" => self.cursor_permissions.is_some(),
            "cursor-cli" => self.cursor_cli.is_some(),
            "codex" => self.codex_config.is_some() || self.codex_rules.is_some(),
            "gemini" => self.gemini_settings.is_some(),
            "opencode" => self.opencode.is_some(),
            "qwen" => self.qwen.is_some(),
            "kilo" => self.kilo.is_some(),
            "crush" => self.crush.is_some(),
            "droid" => self.droid_settings.is_some() || self.droid_local.is_some() || self.droid_mcp.is_some(),
            _ => false,
        }
    }
}

impl Agent {
    /// An agent of which nothing is known yet.
    pub fn new(id: impl Into<String>, name: impl Into<String>, dir: &str) -> Self {
        Agent {
            id: id.into(),
            name: name.into(),
            dir: dir.to_owned(),
            files: Vec::new(),
            started: None,
            semantics: None,
            surfaces: Vec::new(),
            entries: Vec::new(),
            servers: Vec::new(),
            environment: Vec::new(),
            mode: None,
            unknown_keys: Vec::new(),
            hooks: Vec::new(),
            plugins: Vec::new(),
            sandbox: None,
            sandbox_network: None,
            connects_unasked: None,
            problems: Vec::new(),
            procedure: None,
        }
    }

    /// What it does with a call on each of its surfaces; empty for an agent that isn't understood.
    pub fn decide(&self, call: &Call<'_>) -> Vec<(Surface, Verdict)> {
        let Some(procedure) = &self.procedure else { return Vec::new() };
        self.surfaces.iter().map(|s| (*s, procedure.decide(call, *s))).collect()
    }
}

impl Decision {
    /// Whether the call goes through with no person asked.
    pub fn unasked(self) -> bool {
        self > Decision::Ask
    }

    /// As the command line and JSON call it.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Deny => "deny",
            Decision::Ask => "ask",
            Decision::Gated => "gated",
            Decision::Sandboxed { .. } => "sandboxed",
            Decision::Run => "run",
        }
    }
}

impl Surface {
    /// As the command line and JSON call it.
    pub fn name(self) -> &'static str {
        match self {
            Surface::Interactive => "interactive",
            Surface::Headless => "headless",
            Surface::Ci => "ci",
        }
    }
}

/// Every agent configured in a project: one for each agent and directory, in path order.
/// `tree` gives the parsed data of a source, if it is a data file.
pub fn read<'a>(
    workspace: &'a Workspace,
    tree: &dyn Fn(SourceId) -> Option<&'a Tree>,
    options: &Options,
) -> Vec<Agent> {
    let files = Files::new(workspace, tree);
    let table = table::Table::builtin();
    let mut agents = Vec::new();
    for known in UNDERSTOOD {
        let mut directories = (known.directories)(&files);
        // A personal file counts in every project, whatever the project says.
        if directories.is_empty() && options.home.as_ref().is_some_and(|h| h.has(known.id)) {
            directories.push(String::new());
        }
        for dir in directories {
            agents.push((known.read)(&files, &dir, table, options));
        }
    }
    found::read(&files, table, &mut agents);
    ci::read(&files, table, &mut agents);
    let own = |span: Span| workspace.file(span.source).is_some_and(|f| f.tracking == Tracking::Home);
    for entry in agents.iter_mut().flat_map(|a| &mut a.entries).filter(|e| own(e.span)) {
        entry.layer = "user".to_owned();
    }
    // Where it is configured is told by the project's own file first.
    for agent in &mut agents {
        agent.files.sort_by_key(|id| workspace.file(*id).is_some_and(|f| f.tracking == Tracking::Home));
    }
    agents.sort_by(|a, b| a.dir.cmp(&b.dir));
    agents
}

/// An agent whose decisions are computed.
struct Understood {
    id: &'static str,
    /// The directories that configure it.
    directories: fn(&Files<'_>) -> Vec<String>,
    read: fn(&Files<'_>, &str, &table::Table, &Options) -> Agent,
}

/// All of them: a line each.
const UNDERSTOOD: &[Understood] = &[
    Understood { id: "claude", directories: claude::directories, read: claude::read },
    Understood { id: "cursor", directories: |f| f.configured(&cursor::IDE_FILES), read: cursor::read_ide },
    Understood {
        id: "cursor-cli",
        directories: |f| f.configured(&cursor::CLI_FILES),
        read: |f, d, _, o| cursor::read_cli(f, d, o),
    },
    Understood { id: "codex", directories: |f| f.configured(&codex::FILES), read: |f, d, _, o| codex::read(f, d, o) },
    Understood {
        id: "gemini",
        directories: |f| f.configured(&gemini::FILES),
        read: |f, d, _, o| gemini::read(f, d, o),
    },
    Understood {
        id: "opencode",
        directories: |f| f.configured(&opencode::FILES),
        read: |f, d, _, o| opencode::read(f, d, o),
    },
    Understood {
        id: "kilo",
        directories: |f| f.configured(&opencode::KILO_FILES),
        read: |f, d, _, o| opencode::read_kilo(f, d, o),
    },
    Understood { id: "copilot", directories: copilot::directories, read: |f, d, _, o| copilot::read(f, d, o) },
    Understood {
        id: "copilot-cli",
        directories: |f| f.configured(&copilot::CLI_FILES),
        read: |f, d, _, o| copilot::read_cli(f, d, o),
    },
    Understood { id: "qwen", directories: |f| f.configured(&qwen::FILES), read: |f, d, _, o| qwen::read(f, d, o) },
    Understood { id: "kiro", directories: |f| f.configured(&kiro::FILES), read: |f, d, _, o| kiro::read(f, d, o) },
    Understood {
        id: "amazonq",
        directories: |f| f.configured(&kiro::Q_FILES),
        read: |f, d, _, o| kiro::read_q(f, d, o),
    },
    Understood { id: "crush", directories: crush::directories, read: |f, d, _, o| crush::read(f, d, o) },
    Understood { id: "devin", directories: |f| f.configured(&devin::FILES), read: |f, d, _, o| devin::read(f, d, o) },
    Understood {
        id: "augment",
        directories: |f| f.configured(&augment::FILES),
        read: |f, d, _, o| augment::read(f, d, o),
    },
    Understood { id: "roo", directories: roo::directories, read: |f, d, _, o| roo::read(f, d, o) },
    Understood { id: "aider", directories: |f| f.configured(&aider::FILES), read: |f, d, _, o| aider::read(f, d, o) },
    Understood { id: "droid", directories: |f| f.configured(&droid::FILES), read: droid::read },
    Understood { id: "amp", directories: |f| f.configured(&amp::FILES), read: |f, d, t, o| amp::read(f, d, t, o) },
];

/// An understood agent as it stands where nothing configures it: the product's own defaults.
pub fn unconfigured(id: &str) -> Option<Agent> {
    let table = table::Table::builtin();
    match UNDERSTOOD.iter().find(|k| k.id == id) {
        Some(known) => Some((known.read)(&Files::default(), "", table, &Options::default())),
        None => found::unconfigured(id, table),
    }
}

/// Every agent's short name, understood or only recognised.
pub fn known() -> Vec<String> {
    let mut names: Vec<String> = UNDERSTOOD.iter().map(|k| k.id.to_owned()).collect();
    names.extend(table::Table::builtin().found.iter().map(|f| f.id.clone()));
    names
}
