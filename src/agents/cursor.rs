//! Cursor: the editor's agent (`.cursor/permissions.json`) and the command-line agent
//! (`.cursor/cli.json`). Two systems; neither reads the other's file.

pub mod cli;
pub mod ide;

use std::sync::OnceLock;

use crate::agents::claude::settings::strings;
use crate::agents::keys::{self, Level};
use crate::agents::table::Table;
use crate::agents::{Agent, Entry, Files, Hook, Options, Surface, mcp};
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Data, Node, Tree};

/// The version of the editor whose rules are applied.
pub const IDE_SEMANTICS: &str = "Cursor 3.2 (2026-11)";
/// The version of the command-line agent whose rules are applied.
pub const CLI_SEMANTICS: &str = "cursor-agent 2026.11";

/// Paths that configure the editor's agent.
pub const IDE_FILES: [&str; 6] = [
    ".cursor/permissions.json",
    ".cursor/mcp.json",
    ".cursor/sandbox.json",
    ".cursor/hooks.json",
    ".cursor/environment.json",
    ".cursor/agents/*.md",
];
/// Paths that configure the command-line agent.
pub const CLI_FILES: [&str; 1] = [".cursor/cli.json"];

/// Reads the editor's agent as configured in a directory.
pub fn read_ide(files: &Files<'_>, dir: &str, table: &Table, options: &Options) -> Agent {
    let mut agent = Agent::new("cursor", "Cursor", dir);
    agent.semantics = Some(IDE_SEMANTICS);
    agent.surfaces = vec![Surface::Interactive];
    let mut ide = ide::Ide { table: table.clone(), ..ide::Ide::default() };
    let personal = options.home.as_ref().and_then(|h| h.cursor_permissions.as_ref()).map(|t| (t, "user"));
    let project = files.tree(dir, ".cursor/permissions.json").map(|t| (t, "project"));
    for (tree, layer) in personal.into_iter().chain(project) {
        agent.files.push(tree.source);
        permissions(tree, layer, &mut ide, &mut agent);
    }
    if let Some(tree) = files.tree(dir, ".cursor/sandbox.json") {
        agent.files.push(tree.source);
        sandbox(tree, &mut ide, &mut agent);
    }
    servers_and_hooks(files, dir, &mut agent);
    for path in [".cursor/environment.json"] {
        if let Some(tree) = files.tree(dir, path) {
            agent.files.push(tree.source);
        }
    }
    ide.hooks = agent.hooks.clone();
    agent.procedure = Some(Box::new(ide));
    agent
}

/// Reads the command-line agent as configured in a directory.
pub fn read_cli(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    cli_of(files, dir, options, false)
}

/// The command-line agent as something in the repository starts it.
pub fn started(files: &Files<'_>, force: bool) -> Agent {
    cli_of(files, "", &Options::default(), force)
}

fn cli_of(files: &Files<'_>, dir: &str, options: &Options, force: bool) -> Agent {
    let mut agent = Agent::new("cursor-cli", "Cursor CLI", dir);
    agent.semantics = Some(CLI_SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut procedure = cli::Cli { force, ..cli::Cli::default() };
    let personal = options.home.as_ref().and_then(|h| h.cursor_cli.as_ref()).map(|t| (t, "user"));
    let project = files.tree(dir, ".cursor/cli.json").map(|t| (t, "project"));
    for (tree, layer) in personal.into_iter().chain(project) {
        agent.files.push(tree.source);
        cli_permissions(tree, layer, &mut procedure, &mut agent);
    }
    servers_and_hooks(files, dir, &mut agent);
    procedure.hooks = agent.hooks.clone();
    agent.procedure = Some(Box::new(procedure));
    agent
}

const PERMISSIONS: Level<'_> =
    Level { reader: "Cursor's permissions.json", keys: &["terminalAllowlist", "mcpAllowlist", "autoRun"] };
const AUTO_RUN: Level<'_> =
    Level { reader: "`autoRun` in Cursor's permissions.json", keys: &["allow_instructions", "block_instructions"] };
const CLI: Level<'_> = Level { reader: "Cursor's cli.json", keys: &["permissions"] };
const CLI_PERMISSIONS: Level<'_> = Level { reader: "`permissions` in Cursor's cli.json", keys: &["allow", "deny"] };

fn object<'t>(tree: &'t Tree, agent: &mut Agent) -> Option<&'t Node> {
    let root = tree.root()?;
    if matches!(root.value, Data::Object(_)) {
        return Some(root);
    }
    agent.problems.push(Problem { span: root.span, message: "this file holds an object".into() });
    None
}

fn entry(agent: &mut Agent, text: &Text, span: Span, effect: &'static str, layer: &str, inert: Option<String>) {
    agent.entries.push(Entry { text: text.clone(), span, effect, layer: layer.to_owned(), inert });
}

fn permissions(tree: &Tree, layer: &str, ide: &mut ide::Ide, agent: &mut Agent) {
    let Some(root) = object(tree, agent) else { return };
    for member in root.members() {
        let value = &member.value;
        match member.key.as_str() {
            key @ ("terminalAllowlist" | "mcpAllowlist") => {
                if !matches!(value.value, Data::Array(_)) {
                    agent.problems.push(Problem { span: value.span, message: format!("`{key}` is a list of strings") });
                    continue;
                }
                for item in value.items().iter().filter(|i| i.as_text().is_none()) {
                    agent
                        .problems
                        .push(Problem { span: item.span, message: "an entry is a string; this one is dropped".into() });
                }
                let terminal = key == "terminalAllowlist";
                let list = if terminal { &mut ide.terminal } else { &mut ide.mcp };
                let list = list.get_or_insert_with(Vec::new);
                for (text, span) in strings(value) {
                    let inert = if terminal { ide::inert_terminal(&text) } else { ide::inert_mcp(&text) };
                    if inert.is_none() {
                        list.push((text.clone(), span));
                    }
                    agent.entries.push(Entry { text, span, effect: "allow", layer: layer.to_owned(), inert });
                }
            }
            "approvalMode" => {
                // Not in the documentation; builds that read it switch the Run Mode by it.
                if let Some(text) = value.as_text() {
                    agent.mode = Some((text.clone(), value.span));
                    ide.mode = Some((text.clone(), value.span));
                }
            }
            "autoRun" | "autoReview" => {
                for m in value.members() {
                    match m.key.as_str() {
                        "allow_instructions" | "block_instructions" => {
                            // Read as it is meant: prose that steers the reviewing model.
                            for (text, span) in strings(&m.value) {
                                let why = "it is prose for a model: it steers, and enforces nothing";
                                entry(agent, &text, span, "prose", layer, Some(why.to_owned()));
                            }
                        }
                        _ => keys::ignored(m, &AUTO_RUN, layer, agent),
                    }
                }
            }
            "permissions" => {
                let why = "`permissions` belongs in .cursor/cli.json; the editor reads `terminalAllowlist` and `mcpAllowlist` and has no deny list";
                for m in value.members() {
                    match m.key.as_str() {
                        "allow" => keys::inert(m, "allow", why, layer, agent),
                        "deny" => keys::inert(m, "deny", why, layer, agent),
                        "ask" => keys::inert(m, "ask", why, layer, agent),
                        _ => keys::ignored(m, &PERMISSIONS, layer, agent),
                    }
                }
                agent.unknown_keys.push((member.key.clone(), member.key_span));
            }
            "$schema" | "version" | "description" | "_comment" => {}
            _ => keys::ignored(member, &PERMISSIONS, layer, agent),
        }
    }
}

fn sandbox(tree: &Tree, ide: &mut ide::Ide, agent: &mut Agent) {
    let Some(root) = object(tree, agent) else { return };
    for member in root.members() {
        let value = &member.value;
        match member.key.as_str() {
            "type" => {
                ide.no_sandbox = value.as_str() == Some("insecure_none");
                agent.sandbox = Some((!ide.no_sandbox, member.span()));
            }
            "networkPolicy" => {
                for m in value.members() {
                    match m.key.as_str() {
                        "default" => {
                            ide.network_open = m.value.as_str() == Some("allow");
                            agent.sandbox_network = Some(ide.network_open);
                        }
                        "allow" => ide.hosts.extend(strings(&m.value).map(|(t, _)| t.to_string())),
                        "deny" => ide.hosts_denied.extend(strings(&m.value).map(|(t, _)| t.to_string())),
                        _ => agent.unknown_keys.push((m.key.clone(), m.key_span)),
                    }
                }
            }
            "additionalReadwritePaths"
            | "additionalReadonlyPaths"
            | "readBoundary"
            | "additionalReadPaths"
            | "disableTmpWrite"
            | "enableSharedBuildCache"
            | "$schema" => {}
            _ => agent.unknown_keys.push((member.key.clone(), member.key_span)),
        }
    }
}

fn cli_permissions(tree: &Tree, layer: &str, cli: &mut cli::Cli, agent: &mut Agent) {
    let Some(root) = object(tree, agent) else { return };
    let personal = layer == "user";
    for member in root.members() {
        let value = &member.value;
        match member.key.as_str() {
            "permissions" => {
                for m in value.members() {
                    let effect = match m.key.as_str() {
                        "allow" => "allow",
                        "deny" => "deny",
                        _ => {
                            keys::ignored(m, &CLI_PERMISSIONS, layer, agent);
                            continue;
                        }
                    };
                    for (text, span) in strings(&m.value) {
                        let parsed = cli::parse(&text);
                        let inert = parsed.as_ref().err().cloned();
                        if let Ok(rule) = parsed {
                            let list = if effect == "allow" { &mut cli.allow } else { &mut cli.deny };
                            list.push((rule, text.clone(), span));
                        }
                        entry(agent, &text, span, effect, layer, inert);
                    }
                }
            }
            "approvalMode" if personal => {
                if let Some(text) = value.as_text() {
                    agent.mode = Some((text.clone(), value.span));
                    cli.mode = Some((text.clone(), value.span));
                }
            }
            "approvalMode" => {
                if let Some(text) = value.as_text() {
                    let why = "only `permissions` is read from a project's cli.json";
                    entry(agent, text, value.span, "mode", layer, Some(why.to_owned()));
                }
            }
            // Read from the user's file only, or nothing to do with permissions.
            "sandbox"
            | "version"
            | "$schema"
            | "editor"
            | "model"
            | "network"
            | "attribution"
            | "display"
            | "channel"
            | "hasChangedDefaultModel"
            | "maxMode" => {}
            _ => keys::ignored(member, &CLI, layer, agent),
        }
    }
}

fn servers_and_hooks(files: &Files<'_>, dir: &str, agent: &mut Agent) {
    if let Some(tree) = files.tree(dir, ".cursor/mcp.json") {
        agent.files.push(tree.source);
        mcp::read(tree, "mcpServers", agent);
    }
    let Some(tree) = files.tree(dir, ".cursor/hooks.json") else { return };
    agent.files.push(tree.source);
    for event in tree.root().and_then(|root| root.get("hooks")).map(Node::members).unwrap_or(&[]) {
        for hook in event.value.items() {
            agent.hooks.push(Hook {
                event: event.key.clone(),
                matcher: hook.get("matcher").and_then(Node::as_text).cloned(),
                condition: None,
                kind: "command".into(),
                command: hook.get("command").and_then(Node::as_text).cloned(),
                background: false,
                span: hook.span,
                compiled: OnceLock::new(),
            });
        }
    }
}
