//! The shape of `rules/agents.yaml`, shared with the build that turns it into bytes.

use serde::{Deserialize, Serialize};

/// The table.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Agents that are recognised by their files, but whose decisions aren't computed.
    #[serde(default)]
    pub found: Vec<Found>,
    /// Plugins of Claude Code whose hooks answer permission prompts.
    #[serde(default)]
    pub plugins: Vec<Plugin>,
    /// Which hosts a program talks to.
    #[serde(default)]
    pub hosts: Vec<Hosts>,
    /// Programs that start an agent with nobody there.
    #[serde(default)]
    pub starts: Vec<Start>,
    /// Actions that do.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What makes an agent ask that asks nobody by itself.
    #[serde(default)]
    pub asks: Vec<Asks>,
    /// Amp's own rules for shell commands, in order.
    #[serde(default)]
    pub amp: Vec<Builtin>,
    /// Droid's own lists.
    #[serde(default)]
    pub droid: OwnLists,
}

/// Lists of commands that a product has by itself.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OwnLists {
    /// Run without a question.
    pub allow: Vec<String>,
    /// A person is asked.
    pub ask: Vec<String>,
    /// Regular expressions of lines that it refuses to run at all.
    pub refused: Vec<String>,
}

/// What makes an agent ask.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Asks {
    /// Its short name.
    pub agent: String,
    /// What to write, and where, in words.
    pub write: String,
}

/// A rule that a product has by itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Builtin {
    /// `allow` or `ask`.
    pub action: String,
    /// What it is about: `*` is any text; in slashes a regular expression.
    pub commands: Vec<String>,
    /// A regular expression that must not match.
    #[serde(default)]
    pub unless: Option<String>,
}

/// A program that starts an agent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The program.
    pub program: String,
    /// Its first argument, where only that one starts it.
    #[serde(default)]
    pub verb: Option<String>,
    /// Product name.
    pub name: String,
    /// How its flags are read; `plain`: by this table alone.
    pub start: String,
    /// Flags with which everything runs: `--flag`, or `--flag VALUE`.
    #[serde(default)]
    pub everything: Vec<String>,
    /// Flags with which a model decides.
    #[serde(default)]
    pub gated: Vec<String>,
    /// Flags with which it asks.
    #[serde(default)]
    pub asks: Vec<String>,
    /// What happens without any of them: `run`, `ask`, `deny`, `unknown`.
    #[serde(default)]
    pub otherwise: Option<String>,
}

/// An action that starts an agent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Its name without the version.
    pub uses: String,
    /// Product name.
    pub name: String,
    /// How its inputs are read.
    pub start: String,
    /// Inputs with flags.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The input with settings.
    #[serde(default)]
    pub settings: Option<String>,
    /// The input without which it waits for a comment.
    #[serde(default)]
    pub prompt: Option<String>,
    /// Inputs with rules that allow.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Inputs with rules that refuse.
    #[serde(default)]
    pub deny: Vec<String>,
    /// The input with the sandbox mode.
    #[serde(default)]
    pub sandbox: Option<String>,
    /// The input with the permission profile.
    #[serde(default)]
    pub profile: Option<String>,
    /// The input with what protects the runner.
    #[serde(default)]
    pub strategy: Option<String>,
    /// It runs everything by itself.
    #[serde(default)]
    pub everything: bool,
}

/// An agent recognised by its files.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Short name.
    pub id: String,
    /// Product name.
    pub name: String,
    /// Root-relative paths below the directory it is configured for; `*` and `**` as in globs.
    pub files: Vec<String>,
    /// Path among `files` that lists MCP servers, and the key they stand under.
    #[serde(default)]
    pub servers: Vec<ServersAt>,
    /// A file counts only if it holds one of these top-level keys (for files many products share).
    #[serde(default)]
    pub keys: Vec<String>,
    /// What it does with every call, where no file of a repository changes that.
    #[serde(default)]
    pub answers: Option<Answers>,
    /// Keys without effect that look like permissions.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
}

/// The answers of an agent whose permissions are all the user's.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The version they are of.
    pub semantics: String,
    /// With a person there.
    #[serde(default)]
    pub interactive: Option<Pair>,
    /// With nobody there.
    #[serde(default)]
    pub headless: Option<Pair>,
    /// What they depend on.
    pub condition: String,
}

/// Answers to a shell command and to an MCP tool: `deny`, `ask`, `gated`, `run`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// To a shell command.
    pub shell: String,
    /// To an MCP tool.
    pub mcp: String,
}

/// A key without effect.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// The file.
    pub file: String,
    /// The key.
    pub key: String,
    /// Why it has none.
    pub why: String,
}

/// Where a file lists MCP servers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServersAt {
    /// The file.
    pub file: String,
    /// The key of the object of servers.
    pub key: String,
}

/// A plugin that approves commands.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plugin {
    /// Its name before `@`.
    pub name: String,
    /// Programs whose simple commands its hook approves.
    pub approves: Vec<String>,
    /// How it does it, in words.
    pub note: String,
}

/// Hosts of a program.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hosts {
    /// Program, or program and sub-commands (`git push`).
    pub command: String,
    /// Hosts it may need; empty where they depend on its configuration.
    #[serde(default)]
    pub hosts: Vec<String>,
}
