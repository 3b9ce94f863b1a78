//! Factory Droid: `.factory/settings.json` and its local sibling, from the root down to the directory, and
//! the MCP servers and hooks beside them. Facts: the shipped program's own functions (2026-11).

mod invocations;
mod known;
mod policy;
mod procedure;
mod quotes;
mod rules;
mod words;
mod wrappers;

use crate::agents::claude::settings::{environment, hooks, strings};
use crate::agents::keys::{self, Level as Keys};
use crate::agents::table::Table;
use crate::agents::{Agent, Entry, Files, Options, Surface, mcp};
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Data, Member, Node, Tree};
use policy::{Listed, Lists};
use procedure::{Droid, Level, Limits};

/// The version whose rules are applied.
pub const SEMANTICS: &str = "Droid 0.215.0 (2026-11)";

/// Paths, below its directory, that configure Droid.
pub const FILES: [&str; 5] = [
    ".factory/settings.json",
    ".factory/settings.local.json",
    ".factory/mcp.json",
    ".factory/hooks.json",
    ".factory/hooks/hooks.json",
];

const LEVEL: Keys<'_> = Keys {
    reader: "Droid's settings.json",
    keys: &[
        "commandAllowlist",
        "commandDenylist",
        "commandBlocklist",
        "permissionRules",
        "sessionDefaultSettings",
        "maxAutonomyLevel",
        "mcpAutonomyOverrides",
        "sandbox",
        "hooks",
    ],
};

/// How something in the repository starts it with nobody there.
#[derive(Clone, Debug, Default)]
pub struct Started {
    /// `low`, `medium`, `high`, with the flag's place; `None`: as without the flag.
    pub auto: Option<(Text, Span)>,
    /// `--skip-permissions-unsafe`.
    pub everything: Option<(Text, Span)>,
}

/// Droid as something in the repository starts it.
pub fn started(files: &Files<'_>, table: &Table, start: &Started) -> Agent {
    assemble(files, "", table, &Options::default(), start)
}

/// Reads Droid as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, table: &Table, options: &Options) -> Agent {
    assemble(files, dir, table, options, &Started::default())
}

fn assemble(files: &Files<'_>, dir: &str, table: &Table, options: &Options, start: &Started) -> Agent {
    let mut agent = Agent::new("droid", "Factory Droid", dir);
    agent.semantics = Some(SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut droid = Droid::new(table);
    // The nearest directory's level counts; lists are joined over all.
    for dir in Files::upward(dir).into_iter().rev() {
        // For whom there is no local file, the other counts as it stands: both are taken.
        for (path, layer) in [(FILES[1], "local"), (FILES[0], "project")] {
            if let Some(tree) = files.tree(dir, path) {
                agent.files.push(tree.source);
                settings(tree, layer, &mut droid, &mut agent);
            }
        }
        if let Some(tree) = files.tree(dir, FILES[2]) {
            agent.files.push(tree.source);
            servers(tree, false, &mut droid, &mut agent);
        }
        // The second is read only where the first isn't there.
        if let Some(tree) = files.tree(dir, FILES[3]).or_else(|| files.tree(dir, FILES[4])) {
            agent.files.push(tree.source);
            if let Some(root) = tree.root() {
                hooked(root, &mut agent);
            }
        }
    }
    if let Some(home) = &options.home {
        for tree in [&home.droid_local, &home.droid_settings].into_iter().flatten() {
            agent.files.push(tree.source);
            settings(tree, "user", &mut droid, &mut agent);
        }
        if let Some(tree) = &home.droid_mcp {
            agent.files.push(tree.source);
            servers(tree, true, &mut droid, &mut agent);
        }
    }
    droid.exec = Level::Low;
    if let Some((text, span)) = &start.auto {
        let shown: Text = format!("--auto {}", &**text).into();
        match Level::of(text) {
            Some(level) => (droid.exec, droid.exec_written) = (level, Some((shown.clone(), *span))),
            None => {
                let message = "`--auto` is low, medium or high".to_owned();
                agent.problems.push(Problem { span: *span, message });
            }
        }
        agent.mode = Some((shown, *span));
    }
    if let Some((text, span)) = &start.everything {
        droid.everything = Some((text.clone(), *span));
        agent.mode.clone_from(&droid.everything);
    }
    agent.sandbox_network = droid.sandboxed;
    droid.hooks.clone_from(&agent.hooks);
    for entry in agent.entries.iter_mut().filter(|e| e.effect == "allow" && e.inert.is_none()) {
        entry.inert = dead(entry, &droid.lists);
    }
    agent.procedure = Some(Box::new(droid));
    agent
}

/// Why an entry on the list of allowed commands lets nothing through.
fn dead(entry: &Entry, lists: &Lists) -> Option<String> {
    let listed = lists.allow.iter().find(|l| l.span == Some(entry.span))?;
    if listed.names.is_empty() {
        return Some("it names no command".to_owned());
    }
    let by = listed.names.iter().map(|n| Some((n, lists.taken_off(n)?))).collect::<Option<Vec<_>>>();
    if let Some((name, other)) = by.as_ref().and_then(|all| all.first()) {
        let whose = if other.span.is_some() { "" } else { ", which the product has by itself" };
        return Some(format!("`{name}` is taken off the list by `{}`{whose}", &*other.text));
    }
    let starred = |n: &String| n.split(' ').skip(1).any(|w| w.contains('*'));
    let first = listed.names.iter().find(|n| starred(n)).filter(|_| listed.names.iter().all(starred))?;
    Some(format!("wildcards aren't read on this list: only `{first}` as it is written would match"))
}

fn settings(tree: &Tree, layer: &str, droid: &mut Droid, agent: &mut Agent) {
    let Some(root) = tree.root() else { return };
    if !matches!(root.value, Data::Object(_)) {
        agent.problems.push(Problem { span: root.span, message: "a settings file holds an object".into() });
        return;
    }
    let mut session = Session::default();
    for member in root.members() {
        let value = &member.value;
        match member.key.as_str() {
            "commandAllowlist" => listed(member, "allow", layer, &mut droid.lists.allow, agent),
            "commandDenylist" => listed(member, "ask", layer, &mut droid.lists.ask, agent),
            "commandBlocklist" => listed(member, "deny", layer, &mut droid.lists.block, agent),
            "permissionRules" => rules::read(value, layer, &mut droid.rules, agent),
            "sessionDefaultSettings" => session.read(value, agent),
            "autonomyMode" => session.mode = session.mode.take().or_else(|| written(member)),
            "autonomyLevel" => {
                let why = "it is read below `sessionDefaultSettings` only";
                keys::inert(member, "allow", why, layer, agent);
            }
            "maxAutonomyLevel" => {
                if let (None, Some(level)) = (droid.most, value.as_str().and_then(Level::of)) {
                    droid.most = Some(level);
                }
            }
            "mcpAutonomyOverrides" => overrides(value, layer, droid, agent),
            "mcpAutonomyUrlOverrides" => droid.by_address |= !value.items().is_empty(),
            "sandbox" => sandbox(value, member.span(), droid, agent),
            "hooks" => hooked(value, agent),
            "env" => environment(value, &mut agent.environment),
            key if known::WITHOUT_EFFECT.contains(&key) => {}
            _ => keys::ignored(member, &LEVEL, layer, agent),
        }
    }
    if droid.level_written.is_none()
        && let Some((level, text, span)) = session.level()
    {
        droid.level = level;
        droid.level_written = Some((text.clone(), span));
        agent.mode.get_or_insert((text, span));
    }
}

/// What a session begins with.
#[derive(Default)]
struct Session {
    level: Option<(Text, Span)>,
    mode: Option<(Text, Span)>,
}

fn written(member: &Member) -> Option<(Text, Span)> {
    Some((member.value.as_text()?.clone(), member.value.span))
}

impl Session {
    fn read(&mut self, node: &Node, agent: &mut Agent) {
        for member in node.members() {
            match member.key.as_str() {
                "autonomyLevel" => self.level = written(member),
                "autonomyMode" => self.mode = written(member),
                key if known::SESSION.contains(&key) => {}
                _ => agent.unknown_keys.push((member.key.clone(), member.key_span)),
            }
        }
    }

    /// The level it begins at. Its newer key counts before the older one.
    fn level(self) -> Option<(Level, Text, Span)> {
        let newer = self.level.map(|(text, span)| (Level::of(&text).unwrap_or(Level::Off), text, span));
        newer.or_else(|| {
            let (text, span) = self.mode?;
            let level = match text.as_str() {
                "auto-low" => Level::Low,
                "auto-medium" => Level::Medium,
                "auto-high" => Level::High,
                _ => Level::Off,
            };
            Some((level, text, span))
        })
    }
}

fn listed(member: &Member, effect: &'static str, layer: &str, list: &mut Vec<Listed>, agent: &mut Agent) {
    for (text, span) in strings(&member.value).filter(|(t, _)| !t.trim().is_empty()) {
        list.push(Listed::new(&text, Some(span)));
        agent.entries.push(Entry { text, span, effect, layer: layer.to_owned(), inert: None });
    }
}

/// The levels from which tools of servers run by themselves.
fn overrides(node: &Node, layer: &str, droid: &mut Droid, agent: &mut Agent) {
    for server in node.members() {
        let mut add = |tool: Option<Text>, value: &Node, span: Span| {
            let Some(level) = value.as_str().and_then(Level::of).filter(|l| *l != Level::Off) else { return };
            let text: Text = match &tool {
                Some(tool) => format!("{}/{}: {}", &*server.key, &**tool, level.name()).into(),
                None => format!("{}: {}", &*server.key, level.name()).into(),
            };
            let effect = "allow";
            agent.entries.push(Entry { text: text.clone(), span, effect, layer: layer.to_owned(), inert: None });
            droid.tools.push(procedure::Tools { server: server.key.clone(), tool, level, text, span });
        };
        if let Some(member) = server.value.member("defaultLevel") {
            add(None, &member.value, member.span());
        }
        for tool in server.value.get("tools").map(Node::members).unwrap_or(&[]) {
            add(Some(tool.key.clone()), &tool.value, tool.span());
        }
    }
}

fn sandbox(node: &Node, span: Span, droid: &mut Droid, agent: &mut Agent) {
    let Some(on) = node.get("enabled").and_then(Node::as_bool) else { return };
    agent.sandbox.get_or_insert((on, span));
    if on {
        let open = node.path(&["network", "allowedDomains"]).is_some_and(|list| !list.items().is_empty());
        droid.sandboxed = Some(droid.sandboxed.unwrap_or(false) || open);
    }
}

/// Hooks; one that is only for some commands carries that as its condition.
fn hooked(node: &Node, agent: &mut Agent) {
    let before = agent.hooks.len();
    hooks(node, &mut agent.hooks);
    for group in node.members().iter().flat_map(|event| event.value.items()) {
        let Some(commands) = group.get("commandRegex").and_then(Node::as_text) else { continue };
        for hook in agent.hooks.iter_mut().skip(before).filter(|h| group.span.contains(h.span)) {
            hook.condition = Some(commands.clone());
        }
    }
}

fn servers(tree: &Tree, own: bool, droid: &mut Droid, agent: &mut Agent) {
    let Some(root) = tree.root() else { return };
    for member in root.members() {
        match member.key.as_str() {
            "mcpServers" => {
                mcp::read_servers(&member.value, agent);
                for server in member.value.members() {
                    droid.limits.push(Limits::new(server));
                }
            }
            "persistentPermissions" if own => droid.approved(&member.value, agent),
            "persistentPermissions" => {
                let why = "approvals are read from the user's own mcp.json, not from the repository's";
                keys::inert(member, "allow", why, "project", agent);
            }
            "$schema" => {}
            _ => agent.unknown_keys.push((member.key.clone(), member.key_span)),
        }
    }
}
