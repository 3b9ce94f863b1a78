//! Claude Code: `.claude/settings.json` and its local layer, `.mcp.json`, and the front matter of
//! subagents, skills and commands.

pub(super) mod commands;
pub mod front_matter;
mod known;
pub mod procedure;
pub mod rule;
pub mod settings;

use crate::agents::table::Table;
use crate::agents::{Agent, Entry, Files, Options, Surface, mcp};
use crate::source::{Span, Text};
use crate::syntax::tree::Tree;
use procedure::Claude;
use settings::{Layer, Settings};

/// The version whose rules are applied.
pub const SEMANTICS: &str = "Claude Code 2.1.330 (2026-11)";

/// Paths, below its directory, that configure Claude Code.
pub const FILES: [&str; 6] = [
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".mcp.json",
    ".claude/agents/**/*.md",
    ".claude/skills/**/SKILL.md",
    ".claude/commands/**/*.md",
];

/// The directories that configure Claude Code. A server list in a hidden folder is another
/// product's (`.warp/.mcp.json`, a plugin's).
pub fn directories(files: &Files<'_>) -> Vec<String> {
    let hidden = |dir: &str| dir.split('/').any(|s| s.starts_with('.'));
    files
        .owned(&FILES)
        .into_iter()
        .filter(|(dir, owned)| !hidden(dir) || owned.iter().any(|(path, _)| !path.ends_with("/.mcp.json")))
        .map(|(dir, _)| dir)
        .collect()
}

/// What starts it in CI or a script, beside the repository's own files.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// Rules by effect, with their places.
    pub rules: Vec<(&'static str, Text, Span)>,
    /// `--permission-mode` and the like.
    pub mode: Option<(Text, Span)>,
    /// Settings handed to it.
    pub settings: Option<Tree>,
}

/// Reads Claude Code as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, table: &Table, options: &Options) -> Agent {
    assemble(files, dir, table, options, None)
}

/// Claude Code as something in the repository starts it, with nobody there.
pub fn started(files: &Files<'_>, table: &Table, flags: &Flags) -> Agent {
    assemble(files, "", table, &Options::default(), Some(flags))
}

fn assemble(files: &Files<'_>, dir: &str, table: &Table, options: &Options, flags: Option<&Flags>) -> Agent {
    let mut settings = Settings::default();
    let mut agent = Agent::new("claude", "Claude Code", dir);
    let mut layers = vec![(".claude/settings.json", Layer::Project, dir)];
    // The personal layer stands at the repository's root, whatever directory is worked in. What
    // starts without a person has no personal files.
    if flags.is_none() {
        layers.push((".claude/settings.local.json", Layer::Local, ""));
    }
    if let Some(tree) = options.home.as_ref().and_then(|h| h.claude_settings.as_ref()) {
        settings.add(tree, Layer::User);
        agent.files.push(tree.source);
    }
    for (path, layer, base) in layers {
        if let Some(tree) = files.tree(base, path) {
            settings.add(tree, layer);
            agent.files.push(tree.source);
        }
    }
    if let Some(flags) = flags {
        if let Some(tree) = &flags.settings {
            settings.add(tree, Layer::Flag);
        }
        for (effect, text, span) in &flags.rules {
            settings.rule(text, *span, effect, Layer::Flag.name());
        }
        if let Some((text, span)) = &flags.mode {
            settings.mode = Some((text.clone(), *span, Layer::Flag));
        }
    }
    let below = if dir.is_empty() { None } else { files.tree(dir, ".claude/settings.local.json") };
    if let Some(tree) = below {
        let mut unread = Settings::default();
        unread.add(tree, Layer::Local);
        agent.files.push(tree.source);
        let why = "the local settings of the repository's root are read, not those of a directory below";
        for mut entry in unread.entries {
            entry.inert.get_or_insert_with(|| why.to_owned());
            agent.entries.push(entry);
        }
    }
    if let Some(tree) = files.tree(dir, ".mcp.json") {
        mcp::read(tree, "mcpServers", &mut agent);
        agent.files.push(tree.source);
    }
    let mut roles = Vec::new();
    for (path, tree) in files.below(dir, ".claude/") {
        if let Some(role) = front_matter::read(path, tree, &mut agent) {
            roles.push(role);
        }
    }
    // Written for another version too: what it asks for is said by the entry that is read.
    let said = |entry: &&Entry| {
        let twin = rule::twin(&entry.text).filter(|_| entry.inert.is_some());
        let read = |other: &Entry, twin: &str| other.inert.is_none() && other.text.as_str() == twin;
        twin.is_some_and(|twin| settings.entries.iter().any(|e| e.effect == entry.effect && read(e, &twin)))
    };
    agent.entries.extend(settings.entries.iter().filter(|e| !said(e)).cloned());
    agent.environment.extend(settings.environment.iter().cloned());
    agent.hooks.extend(settings.hooks.iter().cloned());
    agent.plugins.extend(settings.plugins.iter().cloned());
    agent.unknown_keys.extend(settings.unknown.iter().cloned());
    agent.problems.extend(settings.problems.iter().cloned());
    agent.mode = settings.mode.as_ref().map(|(text, span, _)| (text.clone(), *span));
    agent.sandbox = settings.sandbox.enabled;
    agent.sandbox_network = agent.sandbox.map(|_| settings.sandbox.domains.iter().any(|d| d == "*"));
    agent.connects_unasked = settings.all_servers;
    agent.semantics = Some(SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    agent.procedure = Some(Box::new(Claude { settings, roles, table: table.clone(), trusted: options.trusted }));
    agent
}
