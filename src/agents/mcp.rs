//! MCP servers as `.mcp.json`, `.cursor/mcp.json`, `.vscode/mcp.json` and their kin list them.

use crate::agents::claude::settings::environment;
use crate::agents::{Agent, Server};
use crate::syntax::tree::{Node, Tree};

/// Adds the servers a file lists under `key`.
pub fn read(tree: &Tree, key: &str, agent: &mut Agent) {
    let Some(root) = tree.root() else { return };
    for member in root.members() {
        if member.key == key {
            read_servers(&member.value, agent);
        } else if !matches!(member.key.as_str(), "$schema" | "inputs" | "version" | "_comment") {
            agent.unknown_keys.push((member.key.clone(), member.key_span));
        }
    }
}

/// Adds the servers of an object of servers (or a list of objects with one server each).
pub fn read_servers(node: &Node, agent: &mut Agent) {
    for item in node.items() {
        read_servers(item, agent);
    }
    for member in node.members() {
        let value = &member.value;
        if value.get("disabled").and_then(Node::as_bool) == Some(true)
            || value.get("enabled").and_then(Node::as_bool) == Some(false)
        {
            continue;
        }
        let mut command: Vec<_> = Vec::new();
        match value.get("command") {
            Some(node) if node.as_text().is_some() => command.extend(node.as_text().cloned()),
            Some(list) => command.extend(list.items().iter().filter_map(Node::as_text).cloned()),
            None => {}
        }
        command.extend(value.get("args").map(Node::items).unwrap_or(&[]).iter().filter_map(Node::as_text).cloned());
        let url = ["url", "httpUrl", "serverUrl"].iter().find_map(|k| value.get(k)?.as_text().cloned());
        let mut pairs = Vec::new();
        for key in ["env", "environment", "headers", "http_headers"] {
            if let Some(node) = value.get(key) {
                environment(node, &mut pairs);
            }
        }
        if command.is_empty() && url.is_none() && pairs.is_empty() {
            continue;
        }
        agent.servers.push(Server {
            name: member.key.clone(),
            span: member.span(),
            name_span: member.key_span,
            command,
            url,
            environment: pairs,
        });
    }
}
