//! Agents that are recognised by their files, but whose decisions aren't computed yet: reported as
//! found, never half-judged. Which files those are is data (`rules/agents.yaml`).

use crate::agents::files::Files;
use crate::agents::table::Table;
use crate::agents::{Agent, mcp};

/// Adds the recognised agents.
pub fn read(files: &Files<'_>, table: &Table, agents: &mut Vec<Agent>) {
    for known in &table.found {
        let patterns: Vec<&str> = known.files.iter().map(String::as_str).collect();
        for (dir, owned) in files.owned(&patterns) {
            let within = |path: &str| {
                let below = if dir.is_empty() { Some(path) } else { path.strip_prefix(dir.as_str()) };
                below.unwrap_or(path).trim_start_matches('/').to_owned()
            };
            let mut agent = Agent::new(known.id.as_str(), known.name.as_str(), &dir);
            for (path, id) in owned {
                let tree = files.tree("", path);
                let has_key = |key: &String| tree.and_then(|t| t.root()).is_some_and(|root| root.get(key).is_some());
                if !known.keys.is_empty() && !known.keys.iter().any(has_key) {
                    continue;
                }
                agent.files.push(id);
                let at = known.servers.iter().find(|s| s.file == within(path));
                if let Some(servers) = at.and_then(|s| tree.and_then(|t| t.root()).and_then(|root| root.get(&s.key))) {
                    mcp::read_servers(servers, &mut agent);
                }
            }
            if !agent.files.is_empty() {
                agents.push(agent);
            }
        }
    }
}
