//! Google Gemini CLI: `.gemini/settings.json`, and the policy files it names.

mod commands;
pub mod policy;

use crate::agents::claude::settings::strings;
use crate::agents::keys::{self, Level};
use crate::agents::{Agent, Entry, Files, Hook, Options, Surface, mcp};
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Data, Node, Tree};
use policy::{Gemini, Mode, Rule, SHELL, Say, ServerTools, bounded, defaults, prefix};

/// The version whose rules are applied.
pub const SEMANTICS: &str = "Gemini CLI 0.61.0 (2026-09)";

/// Paths, below its directory, that configure Gemini CLI.
pub const FILES: [&str; 2] = [".gemini/settings.json", ".gemini/policies/*.toml"];

const SETTINGS: Level<'_> = Level {
    reader: "Gemini CLI's settings.json",
    keys: &["tools", "mcp", "mcpServers", "general", "security", "policyPaths", "hooks"],
};
const TOOLS: Level<'_> = Level {
    reader: "`tools` in Gemini CLI's settings.json",
    keys: &["core", "allowed", "exclude", "confirmationRequired", "sandbox"],
};
const MCP: Level<'_> =
    Level { reader: "`mcp` in Gemini CLI's settings.json", keys: &["allowed", "excluded", "autoAllowInHeadless"] };

/// Keys that change nothing here.
const KNOWN: [&str; 21] = [
    "$schema",
    "_comment",
    "adminPolicyPaths",
    "billing",
    "contextManagement",
    "ui",
    "ide",
    "privacy",
    "model",
    "modelConfigs",
    "agents",
    "context",
    "advanced",
    "experimental",
    "extensions",
    "telemetry",
    "output",
    "useWriteTodos",
    "skills",
    "hooksConfig",
    "admin",
];

/// Gemini CLI as something in the repository starts it: the settings it is handed, which replace
/// the repository's, and the mode a flag sets.
pub fn started(files: &Files<'_>, handed: Option<&Tree>, yolo: Option<(Text, Span)>) -> Agent {
    assemble(files, "", &Options::default(), handed, yolo)
}

/// Reads Gemini CLI as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    assemble(files, dir, options, None, None)
}

fn assemble(
    files: &Files<'_>,
    dir: &str,
    options: &Options,
    handed: Option<&Tree>,
    yolo: Option<(Text, Span)>,
) -> Agent {
    let mut agent = Agent::new("gemini", "Gemini CLI", dir);
    agent.semantics = Some(SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut gemini = Gemini {
        rules: defaults(),
        mode: (Mode::Default, None),
        servers_allowed: None,
        servers: Vec::new(),
        headless_mcp: None,
        hooked: false,
        sandboxed: false,
    };
    let mut paths: Vec<String> = Vec::new();
    let own = files.tree(dir, ".gemini/settings.json");
    if let Some(tree) = options.home.as_ref().and_then(|h| h.gemini_settings.as_ref()) {
        agent.files.push(tree.source);
        settings(&below(tree, own), &mut gemini, &mut agent, &mut paths);
    }
    if let Some(tree) = handed.or(own) {
        agent.files.push(tree.source);
        if options.trusted {
            settings(tree, &mut gemini, &mut agent, &mut paths);
        }
    }
    for (path, tree) in files.below(dir, "") {
        let inside = path.get(dir.len()..).unwrap_or(path).trim_start_matches('/');
        let named = paths.iter().any(|p| {
            let p = p.trim_start_matches("./").trim_end_matches('/');
            inside == p
                || inside
                    .strip_prefix(p)
                    .is_some_and(|rest| rest.strip_prefix('/').is_some_and(|name| !name.contains('/')))
        });
        let own = inside.starts_with(".gemini/policies/");
        if path.ends_with(".toml") && (named || own) {
            agent.files.push(tree.source);
            policy_file(tree, named, &mut gemini, &mut agent);
        }
    }
    // Highest first; those of one priority stay in order.
    gemini.rules.sort_by_key(|r| std::cmp::Reverse(r.priority));
    if let Some((text, span)) = yolo {
        agent.mode = Some((text.clone(), span));
        gemini.mode = (Mode::Yolo, Some((text, span)));
    }
    gemini.hooked = agent.hooks.iter().any(|h| h.event == "BeforeTool");
    agent.procedure = Some(Box::new(gemini));
    agent
}

/// A person's settings without the lists that the project's settings replace.
fn below(tree: &Tree, project: Option<&Tree>) -> Tree {
    let mut tree = tree.clone();
    let tools = project.and_then(|t| t.root()).and_then(|r| r.get("tools"));
    let replaced = |key: &str| matches!(key, "allowed" | "core") && tools.is_some_and(|t| t.get(key).is_some());
    for root in &mut tree.roots {
        let Data::Object(members) = &mut root.value else { continue };
        for member in members.iter_mut().filter(|m| m.key == "tools") {
            if let Data::Object(lists) = &mut member.value.value {
                lists.retain(|m| !replaced(&m.key));
            }
        }
    }
    tree
}

fn entry(agent: &mut Agent, text: &Text, span: Span, effect: &'static str, inert: Option<&str>) {
    let inert = inert.map(str::to_owned);
    agent.entries.push(Entry { text: text.clone(), span, effect, layer: "project".to_owned(), inert });
}

fn settings(tree: &Tree, gemini: &mut Gemini, agent: &mut Agent, paths: &mut Vec<String>) {
    let Some(root) = tree.root() else { return };
    if !matches!(root.value, Data::Object(_)) {
        agent.problems.push(Problem { span: root.span, message: "a settings file holds an object".into() });
        return;
    }
    for member in root.members() {
        let value = &member.value;
        match member.key.as_str() {
            "general" => mode(value.get("defaultApprovalMode"), gemini, agent),
            "tools" => tools(value, gemini, agent),
            "mcp" => mcp_keys(value, gemini, agent),
            "mcpServers" => servers(value, gemini, agent),
            "policyPaths" => paths.extend(strings(value).map(|(t, _)| t.to_string())),
            "hooks" => {
                let mut found: Vec<Hook> = Vec::new();
                crate::agents::claude::settings::hooks(value, &mut found);
                agent.hooks.extend(found);
            }
            "security" => {}
            key @ ("coreTools" | "allowedTools" | "excludeTools") => {
                let effect = if key == "excludeTools" { "deny" } else { "allow" };
                let why = "this key of older versions isn't read any more: write `tools.core`, `tools.allowed`, `tools.exclude`";
                for (text, span) in strings(value) {
                    entry(agent, &text, span, effect, Some(why));
                }
            }
            "autoAccept" => {
                agent.unknown_keys.push((member.key.clone(), member.key_span));
                let why = "this key of older versions isn't read any more: nothing is accepted by it";
                keys::inert(member, "allow", why, "project", agent);
            }
            key if KNOWN.contains(&key) => {}
            // `"tools.allowed": […]` is a key of its own, not a path.
            key if key.contains('.') && SETTINGS.keys.iter().any(|k| key.starts_with(&format!("{k}."))) => {
                agent.unknown_keys.push((member.key.clone(), member.key_span));
                let why = "keys are nested objects: a key with dots in it is ignored";
                let effect = if key.to_lowercase().contains("exclude") { "deny" } else { "allow" };
                keys::inert(member, effect, why, "project", agent);
            }
            _ => keys::ignored(member, &SETTINGS, "project", agent),
        }
    }
}

fn mode(node: Option<&Node>, gemini: &mut Gemini, agent: &mut Agent) {
    let Some((text, span)) = node.and_then(|n| Some((n.as_text()?.clone(), n.span))) else { return };
    let mode = match text.as_str() {
        "auto_edit" => Mode::AutoEdit,
        "plan" => Mode::Plan,
        "yolo" => {
            entry(agent, &text, span, "mode", Some("`yolo` is a flag; a settings file can't set it"));
            return;
        }
        _ => Mode::Default,
    };
    agent.mode = Some((text.clone(), span));
    gemini.mode = (mode, Some((text, span)));
}

/// A tool entry: its tool, and for the shell the prefix in parentheses.
fn tool(text: &str) -> (String, Option<String>) {
    match text.split_once('(').and_then(|(tool, rest)| Some((tool, rest.strip_suffix(')')?))) {
        Some((SHELL | "ShellTool", inside)) => (SHELL.to_owned(), Some(inside.to_owned())),
        _ if text == "ShellTool" => (SHELL.to_owned(), None),
        _ => (text.to_owned(), None),
    }
}

fn tools(node: &Node, gemini: &mut Gemini, agent: &mut Agent) {
    let not_plan = Some(vec![Mode::Default, Mode::AutoEdit, Mode::Yolo]);
    for member in node.members() {
        let value = &member.value;
        match member.key.as_str() {
            key @ ("allowed" | "core") => {
                let priority = if key == "allowed" { 4300 } else { 4250 };
                let mut narrowed = None;
                let mut last = None;
                for (text, span) in strings(value) {
                    entry(agent, &text, span, "allow", None);
                    let at = Some((text.clone(), span));
                    let (name, inside) = tool(&text);
                    let mut rule = Rule::new(name, Say::Allow, priority, at.clone());
                    if key == "core" {
                        rule.modes = not_plan.clone();
                    }
                    if let Some(inside) = inside {
                        rule.arguments = prefix(&inside);
                        narrowed = at.clone();
                        if rule.arguments.is_none() {
                            continue;
                        }
                    }
                    gemini.rules.push(rule);
                    last = at;
                }
                if key == "allowed" {
                    // A narrowed entry refuses every other command.
                    if let Some(at) = narrowed {
                        gemini.rules.push(Rule::new(SHELL, Say::Deny, 4290, Some(at)));
                    }
                } else if let Some(at) = last {
                    let mut rule = Rule::new("*", Say::Deny, 4240, Some(at));
                    rule.modes = not_plan.clone();
                    gemini.rules.push(rule);
                }
            }
            key @ ("exclude" | "confirmationRequired") => {
                let (say, priority, effect) =
                    if key == "exclude" { (Say::Deny, 4400, "deny") } else { (Say::Ask, 4350, "ask") };
                for (text, span) in strings(value) {
                    let narrowed = text.contains('(');
                    let why = "only a tool's bare name counts here: with parentheses it matches nothing";
                    entry(agent, &text, span, effect, narrowed.then_some(why));
                    if !narrowed {
                        gemini.rules.push(Rule::new(tool(&text).0, say, priority, Some((text.clone(), span))));
                    }
                }
            }
            "approvalMode" => mode(Some(value), gemini, agent),
            "sandbox" => {
                gemini.sandboxed = value.as_bool() == Some(true) || value.as_str().is_some_and(|s| s != "false");
                agent.sandbox = Some((gemini.sandboxed, member.span()));
            }
            "sandboxNetworkAccess" => agent.sandbox_network = value.as_bool(),
            "discoveryCommand"
            | "callCommand"
            | "shell"
            | "useRipgrep"
            | "truncateToolOutputThreshold"
            | "disableLLMCorrection"
            | "sandboxAllowedPaths"
            | "enableToolOutputTruncation"
            | "truncateToolOutputLines" => {}
            "autoAccept" => {
                let why = "this key of older versions isn't read any more: nothing is accepted by it";
                keys::inert(member, "allow", why, "project", agent);
            }
            _ => keys::ignored(member, &TOOLS, "project", agent),
        }
    }
}

fn mcp_keys(node: &Node, gemini: &mut Gemini, agent: &mut Agent) {
    for member in node.members() {
        let value = &member.value;
        match member.key.as_str() {
            "allowed" => {
                let mut list = Vec::new();
                for (text, span) in strings(value) {
                    entry(agent, &text, span, "allow", None);
                    let tools = format!("mcp_{}_*", &*text);
                    gemini.rules.push(Rule::new(tools, Say::Allow, 4100, Some((text.clone(), span))));
                    list.push(text);
                }
                gemini.servers_allowed = Some(list);
            }
            "excluded" => {
                for (text, span) in strings(value) {
                    entry(agent, &text, span, "deny", None);
                    let tools = format!("mcp_{}_*", &*text);
                    gemini.rules.push(Rule::new(tools, Say::Deny, 4900, Some((text, span))));
                }
            }
            "autoAllowInHeadless" => {
                if value.as_bool() == Some(true) {
                    gemini.headless_mcp = Some((member.key.clone(), member.span()));
                }
            }
            "serverCommand" => {}
            _ => keys::ignored(member, &MCP, "project", agent),
        }
    }
}

fn servers(node: &Node, gemini: &mut Gemini, agent: &mut Agent) {
    mcp::read_servers(node, agent);
    for member in node.members() {
        let list = |key: &str| member.value.get(key).map(|n| strings(n).collect::<Vec<_>>());
        if let Some(trust) = member.value.member("trust").filter(|m| m.value.as_bool() == Some(true)) {
            let text: Text = format!("{}: trust", &*member.key).into();
            entry(agent, &text, trust.span(), "allow", None);
            let tools = format!("mcp_{}_*", &*member.key);
            let mut rule = Rule::new(tools, Say::Allow, 4200, Some((text, trust.span())));
            rule.modes = Some(vec![Mode::Default, Mode::AutoEdit, Mode::Yolo]);
            gemini.rules.push(rule);
        }
        gemini.servers.push(ServerTools {
            name: member.key.clone(),
            include: list("includeTools").map(|l| l.into_iter().map(|(t, _)| t).collect()),
            exclude: list("excludeTools").unwrap_or_default(),
        });
    }
}

/// Reads a policy file; one that no setting names is inert.
fn policy_file(tree: &Tree, named: bool, gemini: &mut Gemini, agent: &mut Agent) {
    let why = "policies of the workspace are switched off; only a file that `policyPaths` names is read";
    for rule in tree.root().and_then(|r| r.get("rule")).map(Node::items).unwrap_or(&[]) {
        let say = match rule.get("decision").and_then(Node::as_str) {
            Some("allow") => Say::Allow,
            Some("deny") => Say::Deny,
            Some("ask_user") => Say::Ask,
            _ => {
                let message = "`decision` is allow, deny or ask_user".to_owned();
                agent.problems.push(Problem { span: rule.span, message });
                continue;
            }
        };
        let priority =
            rule.get("priority").and_then(Node::as_f64).filter(|p| (0.0..1000.0).contains(p) && p.fract() == 0.0);
        let Some(priority) = priority else {
            agent
                .problems
                .push(Problem { span: rule.span, message: "`priority` is a whole number from 0 to 999".into() });
            continue;
        };
        let words = |key: &str| -> Vec<String> {
            match rule.get(key) {
                Some(node) if node.as_str().is_some() => node.as_str().map(str::to_owned).into_iter().collect(),
                Some(node) => strings(node).map(|(t, _)| t.to_string()).collect(),
                None => Vec::new(),
            }
        };
        let mut patterns: Vec<Option<regex::Regex>> = words("commandPrefix").iter().map(|p| prefix(p)).collect();
        patterns.extend(words("commandRegex").iter().map(|r| bounded(&format!(r#""command":"{r}"#))));
        patterns.extend(words("argsPattern").iter().map(|r| bounded(r)));
        if patterns.iter().any(Option::is_none) {
            let message = "this pattern is no regular expression we can read".to_owned();
            agent.problems.push(Problem { span: rule.span, message });
            continue;
        }
        if patterns.is_empty() {
            patterns.push(None);
        }
        let servers = words("mcpName");
        let mut names = words("toolName");
        if names.is_empty() {
            names.push("*".to_owned());
        }
        let modes: Vec<Mode> = words("modes")
            .iter()
            .filter_map(|m| match m.as_str() {
                "default" => Some(Mode::Default),
                "autoEdit" => Some(Mode::AutoEdit),
                "yolo" => Some(Mode::Yolo),
                "plan" => Some(Mode::Plan),
                _ => None,
            })
            .collect();
        let effect = match say {
            Say::Allow => "allow",
            Say::Ask => "ask",
            Say::Deny => "deny",
        };
        let shown =
            [servers.join(" "), names.join(" "), words("commandPrefix").join(" | "), words("commandRegex").join(" | ")];
        let text: Text = shown.iter().filter(|s| !s.is_empty()).cloned().collect::<Vec<_>>().join(" ").into();
        entry(agent, &text, rule.span, effect, (!named).then_some(why));
        if !named || rule.get("subagent").is_some() || rule.get("toolAnnotations").is_some() {
            continue;
        }
        for name in &names {
            let full = match servers.first() {
                Some(server) => format!("mcp_{server}_{name}"),
                None => name.clone(),
            };
            for pattern in &patterns {
                let at = Some((text.clone(), rule.span));
                let mut made = Rule::new(full.clone(), say, 4000 + priority as u32, at);
                made.arguments = pattern.clone();
                made.modes = (!modes.is_empty()).then(|| modes.clone());
                made.interactive = rule.get("interactive").and_then(Node::as_bool);
                made.redirection = rule.get("allowRedirection").and_then(Node::as_bool) == Some(true);
                gemini.rules.push(made);
            }
        }
    }
}
