//! opencode, and its fork Kilo Code: `opencode.json`, `.opencode/` with its agents, and the same
//! under Kilo's names.

pub mod procedure;
pub mod rules;
pub mod units;

use crate::agents::keys::{self, Level};
use crate::agents::{Agent, Entry, Files, Options, Surface, mcp};
use crate::finding::Reason;
use crate::source::Text;
use crate::syntax::Problem;
use crate::syntax::tree::{Node, Tree};
use procedure::{Opencode, Role};
use rules::{Action, Permissions, Rule, wildcard};

/// The version of opencode whose rules are applied.
pub const SEMANTICS: &str = "opencode 1.18.33 (2026-11)";
/// The version of Kilo Code whose rules are applied.
pub const KILO_SEMANTICS: &str = "Kilo Code 7.7.9 (2026-11)";

/// Paths that configure opencode.
pub const FILES: [&str; 8] = [
    ".opencode/opencode.json",
    ".opencode/opencode.jsonc",
    ".opencode/agent/**/*.md",
    ".opencode/agents/**/*.md",
    ".opencode/mode/*.md",
    ".opencode/modes/*.md",
    "opencode.json",
    "opencode.jsonc",
];
/// Paths that configure Kilo Code (it reads opencode's as well).
pub const KILO_FILES: [&str; 11] = [
    ".kilo/kilo.json",
    ".kilo/kilo.jsonc",
    ".kilocode/kilo.json",
    ".kilocode/kilo.jsonc",
    ".kilo/agent/**/*.md",
    ".kilo/agents/**/*.md",
    ".kilocode/agent/**/*.md",
    ".kilocode/agents/**/*.md",
    ".kilocode/mcp.json",
    "kilo.json",
    "kilo.jsonc",
];

/// Keys of a configuration that decide nothing here.
const KNOWN: [&str; 43] = [
    "$schema",
    "attachment",
    "autoshare",
    "autoupdate",
    "command",
    "commit_message",
    "compaction",
    "disabled_providers",
    "enabled_providers",
    "enterprise",
    "experimental",
    "formatter",
    "indexing",
    "instructions",
    "keybinds",
    "layout",
    "logLevel",
    "lsp",
    "model",
    "model_variant",
    "plugin_origins",
    "provider",
    "reference",
    "references",
    "remote_control",
    "sandbox",
    "scroll",
    "server",
    "share",
    "shell",
    "skills",
    "small_model",
    "snapshot",
    "subagent_depth",
    "terminal",
    "theme",
    "tool_output",
    "tui",
    "username",
    "variant",
    "watcher",
    "auto_collapse",
    "commit",
];

const LEVEL: Level<'_> = Level {
    reader: "the configuration",
    keys: &["permission", "tools", "agent", "mode", "mcp", "default_agent", "plugin"],
};
const AGENT: Level<'_> = Level { reader: "an agent", keys: &["permission", "tools", "mode", "disable"] };

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Product {
    Opencode,
    Kilo,
}

/// Everything the files say, in the order the product reads them.
#[derive(Default)]
struct Config {
    permission: Permissions,
    tools: Vec<Node>,
    agents: Vec<Own>,
    default: Option<Text>,
    refused: Option<Reason>,
}

/// An agent that files define or change.
#[derive(Default)]
struct Own {
    name: String,
    permission: Permissions,
    mode: Option<String>,
    disabled: bool,
}

/// Reads opencode as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    of(Product::Opencode, files, dir, false, options.home.as_ref().and_then(|h| h.opencode.as_ref()))
}

/// One of the two as something in the repository starts it.
pub fn started(files: &Files<'_>, kilo: bool, auto: bool) -> Agent {
    of(if kilo { Product::Kilo } else { Product::Opencode }, files, "", auto, None)
}

/// Reads Kilo Code as configured in a directory.
pub fn read_kilo(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    of(Product::Kilo, files, dir, false, options.home.as_ref().and_then(|h| h.kilo.as_ref()))
}

fn of(product: Product, files: &Files<'_>, dir: &str, auto: bool, own: Option<&Tree>) -> Agent {
    let kilo = product == Product::Kilo;
    let mut agent = if kilo { Agent::new("kilo", "Kilo Code", dir) } else { Agent::new("opencode", "opencode", dir) };
    agent.semantics = Some(if kilo { KILO_SEMANTICS } else { SEMANTICS });
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut config = Config::default();
    let names: &[&str] = if kilo {
        &["kilo.json", "kilo.jsonc", "opencode.json", "opencode.jsonc"]
    } else {
        &["opencode.json", "opencode.jsonc"]
    };
    let folders: &[&str] = if kilo { &[".kilocode", ".kilo"] } else { &[".opencode"] };
    let bases = Files::upward(dir);
    if let Some(tree) = own {
        document(tree, &mut config, &mut agent);
    }
    for base in &bases {
        for name in names {
            if let Some(tree) = files.tree(base, name) {
                document(tree, &mut config, &mut agent);
            }
        }
    }
    for base in bases.iter().rev() {
        for folder in folders {
            for name in names {
                if let Some(tree) = files.tree(base, &format!("{folder}/{name}")) {
                    document(tree, &mut config, &mut agent);
                }
            }
            markdown(files, base, folder, &mut config, &mut agent);
        }
        if kilo {
            legacy(files, base, &mut agent);
        }
    }
    for tools in std::mem::take(&mut config.tools) {
        config.permission.tools(&tools);
    }
    let mut own = std::mem::take(&mut config.agents);
    let top = config.permission.flat();
    entries(&top, "project", &mut agent);
    let roles = roles(product, &top, &mut own, &config, &mut agent);
    let depth = if dir.is_empty() { 0 } else { dir.split('/').count() };
    let product = if kilo { "kilo" } else { "opencode" };
    agent.procedure = Some(Box::new(Opencode { roles, depth, refused: config.refused, auto, product }));
    agent
}

fn document(tree: &Tree, config: &mut Config, agent: &mut Agent) {
    agent.files.push(tree.source);
    if let Some(problem) = tree.problems.first() {
        refuse(config, agent, problem.span, "the product can't read this file, and doesn't start".to_owned(), false);
    }
    for member in tree.root().map(Node::members).unwrap_or(&[]) {
        let value = &member.value;
        match member.key.as_str() {
            "permission" => {
                if let Err((span, message)) = config.permission.merge(value) {
                    refuse(config, agent, span, message, true);
                }
            }
            "permissions" => {
                let message =
                    "`permissions` is of version 2: this version refuses the file (`permission` is what it reads)";
                refuse(config, agent, member.span(), message.to_owned(), true);
            }
            "tools" => config.tools.push(value.clone()),
            "agent" | "mode" => {
                for m in value.members() {
                    let primary = member.key == "mode";
                    one_agent(&m.key, &m.value, primary, config, agent);
                }
            }
            "default_agent" => config.default = value.as_text().cloned(),
            "mcp" => mcp::read_servers(value, agent),
            "plugin" => {
                for item in value.items() {
                    let text = item.as_text().or_else(|| item.items().first().and_then(Node::as_text));
                    agent.plugins.extend(text.map(|t| (t.clone(), item.span)));
                }
            }
            key if KNOWN.contains(&key) => {}
            _ => keys::ignored(member, &LEVEL, "project", agent),
        }
    }
}

fn refuse(config: &mut Config, agent: &mut Agent, span: crate::source::Span, message: String, problem: bool) {
    config.refused.get_or_insert_with(|| Reason::at("config-refused", message.clone(), span));
    if problem {
        agent.problems.push(Problem { span, message });
    }
}

fn one_agent(name: &str, node: &Node, primary: bool, config: &mut Config, agent: &mut Agent) {
    let at = match config.agents.iter().position(|a| a.name == name) {
        Some(at) => at,
        None => {
            config.agents.push(Own { name: name.to_owned(), ..Own::default() });
            config.agents.len() - 1
        }
    };
    let Some(mut own) = config.agents.get_mut(at).map(std::mem::take) else { return };
    let mut permission = Permissions::default();
    for member in node.members() {
        match member.key.as_str() {
            "permission" => {
                if let Err((span, message)) = permission.merge(&member.value) {
                    refuse(config, agent, span, message, true);
                }
            }
            "mode" => own.mode = member.value.as_str().map(str::to_owned),
            "disable" => own.disabled = member.value.as_bool() == Some(true),
            "tools" => {}
            // What isn't known goes to the model's provider as it stands.
            "model" | "models" | "color" => {}
            key if keys::nearest(key, AGENT.keys).is_some() || key == "permissions" => {
                keys::ignored(member, &AGENT, &format!("agent:{name}"), agent);
            }
            _ => {}
        }
    }
    if let Some(tools) = node.get("tools") {
        permission.tools(tools);
    }
    if primary {
        own.mode = Some("primary".to_owned());
    }
    own.permission.add(&permission);
    if let Some(slot) = config.agents.get_mut(at) {
        *slot = own;
    }
}

/// Agents as Markdown files with front matter.
fn markdown(files: &Files<'_>, base: &str, folder: &str, config: &mut Config, agent: &mut Agent) {
    for (kind, primary) in [("agent", false), ("agents", false), ("mode", true), ("modes", true)] {
        let prefix = format!("{folder}/{kind}/");
        for (path, tree) in files.below(base, &prefix) {
            let inside = path.get(if base.is_empty() { 0 } else { base.len() + 1 }..).unwrap_or(path);
            let Some(name) = inside.strip_prefix(&prefix).and_then(|n| n.strip_suffix(".md")) else { continue };
            agent.files.push(tree.source);
            if let Some(root) = tree.root() {
                one_agent(name, root, primary, config, agent);
            }
        }
    }
}

/// Kilo's older server file: its servers are taken over, its approvals aren't.
fn legacy(files: &Files<'_>, base: &str, agent: &mut Agent) {
    let Some(tree) = files.tree(base, ".kilocode/mcp.json") else { return };
    agent.files.push(tree.source);
    let Some(servers) = tree.root().and_then(|r| r.get("mcpServers")) else { return };
    mcp::read_servers(servers, agent);
    for server in servers.members() {
        if let Some(member) = server.value.member("alwaysAllow") {
            let why = "this key of older versions isn't taken over: the tools aren't approved by it";
            keys::inert(member, "allow", why, "project", agent);
        }
    }
}

/// Adds rules as entries. A rule that a later one of the same list covers whole never decides.
fn entries(rules: &[Rule], layer: &str, agent: &mut Agent) {
    for (n, rule) in rules.iter().enumerate() {
        let Some(at) = &rule.at else { continue };
        let covered = rules.iter().skip(n + 1).any(|later| {
            later.action != rule.action
                && wildcard(&later.permission, &rule.permission)
                && wildcard(&later.pattern, &rule.pattern)
        });
        let why = "the last rule that matches decides, and a later one covers everything this one does".to_owned();
        agent.entries.push(Entry {
            text: at.text.clone(),
            span: at.span,
            effect: rule.action.effect(),
            layer: layer.to_owned(),
            inert: covered.then_some(why),
        });
    }
}

fn roles(product: Product, top: &[Rule], own: &mut [Own], config: &Config, agent: &mut Agent) -> Vec<Role> {
    let kilo = product == Product::Kilo;
    let main = if kilo { "code" } else { "build" };
    for a in own.iter_mut().filter(|a| kilo && a.name == "build") {
        a.name = main.to_owned();
    }
    let first = config.default.as_ref().map_or(main, |d| if kilo && d == "build" { main } else { d.as_str() });
    let mut base = defaults(product);
    base.extend(top.iter().cloned());
    let mut roles: Vec<Role> = Vec::new();
    if !own.iter().any(|a| a.name == main && a.disabled) {
        roles.push(Role { name: main.to_owned(), rules: base.clone(), runs: "somebody picks it" });
    }
    for a in own.iter().filter(|a| !a.disabled) {
        let flat = a.permission.flat();
        entries(&flat, &format!("agent:{}", a.name), agent);
        // The product's own helpers, and built-in agents with narrower rules of their own.
        if matches!(a.name.as_str(), "plan" | "explore" | "ask" | "orchestrator" | "title" | "summary" | "compaction") {
            continue;
        }
        let runs = match a.mode.as_deref() {
            Some("primary") => "somebody picks it",
            _ => "the model can start it",
        };
        match roles.iter_mut().find(|r| r.name == a.name) {
            Some(role) => role.rules.extend(flat),
            None => {
                let rules = base.iter().cloned().chain(flat).collect();
                roles.push(Role { name: a.name.clone(), rules, runs });
            }
        }
    }
    roles.sort_by_key(|r| r.name != first);
    if let Some(role) = roles.first_mut().filter(|r| r.name == first) {
        role.runs = "";
    }
    roles
}

/// Built-in rules that matter for shell and MCP.
fn defaults(product: Product) -> Vec<Rule> {
    let mut rules = vec![
        Rule::builtin("*", "*", Action::Allow),
        Rule::builtin("doom_loop", "*", Action::Ask),
        Rule::builtin("external_directory", "*", Action::Ask),
    ];
    if product == Product::Kilo {
        rules.push(Rule::builtin("bash", "*", Action::Ask));
        const READ: [&str; 34] = [
            "cat", "head", "tail", "less", "ls", "tree", "pwd", "echo", "wc", "which", "type", "file", "diff", "du",
            "df", "date", "uname", "whoami", "printenv", "man", "grep", "rg", "ag", "sort", "uniq", "cut", "tr", "jq",
            "touch", "mkdir", "cp", "mv", "tsc", "tsgo",
        ];
        for program in READ.into_iter().chain(["tar", "unzip", "gzip", "gunzip"]) {
            rules.push(Rule::builtin("bash", &format!("{program} *"), Action::Allow));
        }
    }
    rules
}
