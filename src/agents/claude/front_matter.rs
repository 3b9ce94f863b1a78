//! The front matter of Claude Code's subagents, skills and commands, which grant and take tools.

use crate::agents::claude::procedure::Role;
use crate::agents::claude::settings::{self, MODES, Placed};
use crate::agents::claude::{known, rule};
use crate::agents::keys::{self, Level};
use crate::agents::{Agent, Entry, mcp};
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Node, Tree};

const LEVEL: Level<'_> = Level {
    reader: "this front matter",
    keys: &["allowed-tools", "disallowed-tools", "tools", "disallowedTools", "permissionMode", "mcpServers"],
};

/// Keys that other products have, or that people expect, and that grant and take nothing here.
const EXPECTED: [&str; 6] =
    ["permissions", "permission-mode", "autoapprove", "auto-approve", "allowedmcpservers", "mcp-servers"];

/// Reads a file below `.claude/` (its path from there on); `None` if it grants nothing by itself.
pub fn read(path: &str, tree: &Tree, agent: &mut Agent) -> Option<Role> {
    let inside = path.split(".claude/").last().unwrap_or(path);
    let (kind, runs) = if inside.starts_with("agents/") && inside.ends_with(".md") {
        ("agent", "a subagent the model can start itself")
    } else if inside.starts_with("skills/") && inside.ends_with("/SKILL.md") {
        ("skill", "a skill the model can start itself")
    } else if inside.starts_with("commands/") && inside.ends_with(".md") {
        ("command", "a command the model can start itself")
    } else {
        return None;
    };
    agent.files.push(tree.source);
    let root = tree.root()?;
    let file = if kind == "skill" {
        inside.trim_end_matches("/SKILL.md").rsplit('/').next().unwrap_or(inside)
    } else {
        inside.trim_end_matches(".md").rsplit('/').next().unwrap_or(inside)
    };
    let name = format!("{kind}:{}", root.get("name").and_then(Node::as_str).unwrap_or(file));
    let mut role = Role { name, tools: None, without: Vec::new(), allow: Vec::new(), mode: None, runs };
    for member in root.members() {
        let value = &member.value;
        match (kind, member.key.as_str()) {
            ("agent", "tools") => role.tools = Some(list(value).into_iter().map(|(t, _)| t.to_string()).collect()),
            ("agent", "disallowedTools") | ("skill" | "command", "disallowed-tools") => {
                role.without = list(value).into_iter().map(|(t, _)| t.to_string()).collect();
            }
            ("agent", "permissionMode") => match value.as_text() {
                Some(text) if MODES.contains(&text.as_str()) => role.mode = Some((text.clone(), value.span)),
                _ => agent.problems.push(Problem {
                    span: value.span,
                    message: format!("`permissionMode` is one of {}", MODES.join(", ")),
                }),
            },
            ("agent", "mcpServers") => mcp::read_servers(value, agent),
            (_, "hooks") => settings::hooks(value, &mut agent.hooks),
            ("skill" | "command", "allowed-tools") => {
                for (text, span) in list(value) {
                    let parsed = rule::parse(&text, "allow");
                    let inert = parsed.as_ref().err().cloned();
                    if let Ok(rule) = parsed {
                        role.allow.push(Placed { rule, text: text.clone(), span });
                    }
                    agent.entries.push(Entry { text, span, effect: "allow", layer: role.name.clone(), inert });
                }
            }
            ("skill" | "command", "disable-model-invocation") if value.as_bool() == Some(true) => {
                role.runs = "only a person starts it";
            }
            (_, key) if known::FRONT_MATTER.contains(&key) => {}
            // Front matter is open: people keep words of their own there. Only what was meant as a
            // permission is worth a word.
            (_, key)
                if EXPECTED.contains(&key.to_ascii_lowercase().as_str())
                    || keys::nearest(key, LEVEL.keys).is_some() =>
            {
                agent.unknown_keys.push((member.key.clone(), member.key_span));
                let why = match (kind, keys::nearest(key, LEVEL.keys)) {
                    ("skill" | "command", Some("tools")) => {
                        format!(
                            "a {kind} has no `{key}`: it is ignored, and limits nothing (`allowed-tools` only adds)"
                        )
                    }
                    (_, Some(near)) if kind == "agent" || near.contains("-tools") => {
                        format!("it is ignored: `{near}` is what is read")
                    }
                    _ => "it is ignored: this front matter has no such key".to_owned(),
                };
                keys::inert(member, "allow", &why, &role.name, agent);
            }
            _ => {}
        }
    }
    (!role.allow.is_empty() || role.mode.is_some()).then_some(role)
}

/// A list of tools: YAML list, or one string split at commas and blanks outside parentheses.
fn list(node: &Node) -> Vec<(Text, Span)> {
    let Some(text) = node.as_text() else { return settings::strings(node).collect() };
    let mut result: Vec<(Text, Span)> = Vec::new();
    let mut depth = 0i32;
    let mut current = String::new();
    for c in text.chars().chain([',']) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' | ' ' | '\n' | '\t' if depth <= 0 => {
                if !current.is_empty() {
                    result.push((std::mem::take(&mut current).into(), node.span));
                }
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if !current.is_empty() {
        result.push((current.into(), node.span));
    }
    result
}
