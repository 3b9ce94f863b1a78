//! Qwen Code: `.qwen/settings.json`, which is trusted as it stands (folder trust is off by default).

pub mod procedure;

use crate::agents::claude::settings::{environment, hooks, strings};
use crate::agents::keys::{self, Level};
use crate::agents::{Agent, Entry, Files, Options, Surface, mcp};
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Data, Member, Node, Tree};
use procedure::{Mode, Placed, Qwen, Server, parse};

/// The version whose rules are applied.
pub const SEMANTICS: &str = "Qwen Code 0.24.4 (2026-11)";

/// Paths, below its directory, that configure Qwen Code.
pub const FILES: [&str; 2] = [".qwen/settings.json", ".qwen/agents/*.md"];

const SETTINGS: Level<'_> =
    Level { reader: "Qwen Code's settings.json", keys: &["permissions", "tools", "mcp", "mcpServers", "hooks"] };
const PERMISSIONS: Level<'_> =
    Level { reader: "`permissions` in Qwen Code's settings.json", keys: &["allow", "ask", "deny", "autoMode"] };
const TOOLS: Level<'_> = Level {
    reader: "`tools` in Qwen Code's settings.json",
    keys: &["approvalMode", "allowed", "exclude", "core", "disabled", "sandbox"],
};

/// Keys that decide nothing here.
const KNOWN: [&str; 26] = [
    "$schema",
    "$version",
    "general",
    "output",
    "ui",
    "ide",
    "privacy",
    "telemetry",
    "model",
    "modelProviders",
    "context",
    "security",
    "advanced",
    "experimental",
    "extensions",
    "skills",
    "agents",
    "memory",
    "webSearch",
    "hooksConfig",
    "codingPlan",
    "outputStyle",
    "statusLine",
    "language",
    "slashCommands",
    "fastModel",
];

/// Qwen Code as something in the repository starts it, in the mode a flag sets.
pub fn started(files: &Files<'_>, mode: Option<(Text, Span)>) -> Agent {
    assemble(files, "", None, mode)
}

/// Reads Qwen Code as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    assemble(files, dir, options.home.as_ref().and_then(|h| h.qwen.as_ref()), None)
}

fn assemble(files: &Files<'_>, dir: &str, personal: Option<&Tree>, flag: Option<(Text, Span)>) -> Agent {
    let mut agent = Agent::new("qwen", "Qwen Code", dir);
    agent.semantics = Some(SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut qwen = Qwen::default();
    // Lists are joined; of what has one value the project's counts.
    if let Some(tree) = personal {
        agent.files.push(tree.source);
        settings(tree, &mut qwen, &mut agent);
    }
    if let Some(tree) = files.tree(dir, ".qwen/settings.json") {
        agent.files.push(tree.source);
        settings(tree, &mut qwen, &mut agent);
    }
    for (_, tree) in files.below(dir, ".qwen/agents/") {
        agent.files.push(tree.source);
    }
    if let Some((text, span)) = flag {
        set_mode(&text, span, &mut qwen, &mut agent);
    }
    agent.procedure = Some(Box::new(qwen));
    agent
}

fn settings(tree: &Tree, qwen: &mut Qwen, agent: &mut Agent) {
    let Some(root) = tree.root() else { return };
    if !matches!(root.value, Data::Object(_)) {
        agent.problems.push(Problem { span: root.span, message: "a settings file holds an object".into() });
        return;
    }
    for member in root.members() {
        let value = &member.value;
        match member.key.as_str() {
            "permissions" => {
                for m in value.members() {
                    match m.key.as_str() {
                        "allow" => rules(m, "allow", qwen, agent),
                        "ask" => rules(m, "ask", qwen, agent),
                        "deny" => rules(m, "deny", qwen, agent),
                        "autoMode" | "additionalDirectories" => {}
                        _ => keys::ignored(m, &PERMISSIONS, "project", agent),
                    }
                }
            }
            "tools" => tools(value, qwen, agent),
            "mcp" => {
                for m in value.members() {
                    match m.key.as_str() {
                        "allowed" => qwen.servers_allowed = Some(strings(&m.value).map(|(t, _)| t).collect()),
                        "excluded" => qwen.servers_excluded.extend(strings(&m.value)),
                        _ => {}
                    }
                }
            }
            "mcpServers" => servers(value, qwen, agent),
            "hooks" => hooks(value, &mut agent.hooks),
            "env" => environment(value, &mut agent.environment),
            key if KNOWN.contains(&key) => {}
            _ => keys::ignored(member, &SETTINGS, "project", agent),
        }
    }
}

fn rules(member: &Member, effect: &'static str, qwen: &mut Qwen, agent: &mut Agent) {
    for (text, span) in strings(&member.value) {
        let parsed = parse(&text);
        let inert = parsed.is_none().then(|| "its parentheses don't match: it is skipped".to_owned());
        agent.entries.push(Entry { text: text.clone(), span, effect, layer: "project".to_owned(), inert });
        let Some(rule) = parsed else { continue };
        let placed = Placed { rule, text, span };
        match effect {
            "allow" => qwen.allow.push(placed),
            "ask" => qwen.ask.push(placed),
            _ => qwen.deny.push(placed),
        }
    }
}

/// Sets the approval mode, from a file or a flag.
fn set_mode(text: &Text, span: Span, qwen: &mut Qwen, agent: &mut Agent) {
    qwen.mode = match text.as_str() {
        "plan" => Mode::Plan,
        "default" => Mode::Default,
        "auto-edit" | "auto_edit" => Mode::AutoEdit,
        "auto" => Mode::Auto,
        "yolo" => Mode::Yolo,
        _ => {
            let message = "`approvalMode` is plan, default, auto-edit, auto or yolo".to_owned();
            agent.problems.push(Problem { span, message });
            return;
        }
    };
    agent.mode = Some((text.clone(), span));
    qwen.written = Some((text.clone(), span));
}

fn tools(node: &Node, qwen: &mut Qwen, agent: &mut Agent) {
    for member in node.members() {
        let value = &member.value;
        match member.key.as_str() {
            "approvalMode" => {
                if let Some(text) = value.as_text() {
                    set_mode(text, value.span, qwen, agent);
                }
            }
            "allowed" => rules(member, "allow", qwen, agent),
            "exclude" | "disabled" => rules(member, "deny", qwen, agent),
            "core" => {
                let list: Vec<Text> = strings(value).map(|(t, _)| t).collect();
                qwen.core = (!list.is_empty()).then_some((list, member.span()));
            }
            "sandbox" => {
                let on = value.as_bool() == Some(true) || value.as_str().is_some_and(|s| s != "false");
                agent.sandbox = Some((on, member.span()));
                qwen.sandboxed = on;
            }
            "discoveryCommand"
            | "callCommand"
            | "shell"
            | "useRipgrep"
            | "useBuiltinRipgrep"
            | "eager"
            | "truncateToolOutputThreshold"
            | "truncateToolOutputLines"
            | "enableToolOutputTruncation"
            | "experimental"
            | "computerUse" => {}
            _ => keys::ignored(member, &TOOLS, "project", agent),
        }
    }
}

fn servers(node: &Node, qwen: &mut Qwen, agent: &mut Agent) {
    mcp::read_servers(node, agent);
    for member in node.members() {
        let list = |key: &str| member.value.get(key).map(|n| strings(n).collect::<Vec<_>>());
        let trust = member.value.member("trust").filter(|m| m.value.as_bool() == Some(true));
        if let Some(trust) = trust {
            let text: Text = format!("{}: trust", &*member.key).into();
            let (span, layer) = (trust.span(), "project".to_owned());
            agent.entries.push(Entry { text, span, effect: "allow", layer, inert: None });
        }
        qwen.servers.push(Server {
            name: member.key.clone(),
            trust: trust.map(Member::span),
            include: list("includeTools").map(|l| l.into_iter().map(|(t, _)| t).collect()),
            exclude: list("excludeTools").unwrap_or_default(),
        });
    }
}
