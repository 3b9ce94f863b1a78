//! OpenAI Codex CLI: `.codex/config.toml` and `.codex/rules/*.rules`, from the project's root down
//! to the directory; the nearest wins.

pub mod procedure;
pub mod rules;

use crate::agents::claude::settings::strings;
use crate::agents::{Agent, Entry, Files, Hook, Options, Surface, mcp};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::{Node, Tree};
use procedure::{Approval, Codex, Reach, ServerMode, ToolMode};
use rules::Policy;

/// The version whose rules are applied.
pub const SEMANTICS: &str = "Codex CLI 0.169.0 (2026-11)";

/// Paths, below its directory, that configure Codex.
pub const FILES: [&str; 3] = [".codex/config.toml", ".codex/rules/*.rules", ".codex/hooks.json"];

/// Keys of a project's config that change nothing here, or that Codex ignores there.
const KNOWN: [&str; 62] = [
    "openai_base_url",
    "chatgpt_base_url",
    "model_provider",
    "model_providers",
    "notify",
    "profile",
    "profiles",
    "projects",
    "otel",
    "apps_mcp_product_sku",
    "responses_api_metadata",
    "model",
    "model_reasoning_effort",
    "model_reasoning_summary",
    "model_verbosity",
    "model_context_window",
    "model_max_output_tokens",
    "model_auto_compact_token_limit",
    "model_supports_reasoning_summaries",
    "model_instructions_file",
    "plan_mode_reasoning_effort",
    "review_model",
    "personality",
    "service_tier",
    "developer_instructions",
    "instructions",
    "compact_prompt",
    "experimental_instructions_file",
    "experimental_compact_prompt_file",
    "experimental_use_unified_exec_tool",
    "experimental_use_freeform_apply_patch",
    "project_doc_max_bytes",
    "project_doc_fallback_filenames",
    "project_root_markers",
    "file_opener",
    "history",
    "hide_agent_reasoning",
    "show_raw_agent_reasoning",
    "tui",
    "tools",
    "web_search",
    "features",
    "feedback",
    "analytics",
    "check_for_update_on_startup",
    "cli_auth_credentials_store",
    "mcp_oauth_credentials_store",
    "mcp_oauth_callback_port",
    "mcp_oauth_callback_url",
    "forced_login_method",
    "forced_chatgpt_workspace_id",
    "log_dir",
    "sqlite_home",
    "skills",
    "agents",
    "memories",
    "notice",
    "ghost_snapshot",
    "allow_login_shell",
    "background_terminal_max_timeout",
    "windows",
    "$schema",
];

/// What the layers say, nearest last.
#[derive(Default)]
struct Config {
    approval: Option<(Approval, Text, Span)>,
    sandbox: Option<(Text, Span)>,
    network: Option<bool>,
    profile: Option<(Text, Span)>,
    profiles: Vec<(Text, Node)>,
    reviewer: Option<(Text, Span)>,
    servers: Vec<ServerMode>,
    refused: Option<Reason>,
}

/// Codex as something in the repository starts it: `exec` with a sandbox mode and whether its
/// network is open. The repository's own files aren't trusted there unless `trusted` says so.
pub fn started(files: &Files<'_>, sandbox: Option<(Text, Span)>, network: Option<bool>, trusted: bool) -> Agent {
    let mut agent = read(files, "", &Options { trusted, home: None });
    let config = Config { sandbox: sandbox.clone(), network, ..Config::default() };
    let own = agent.procedure.take().and_then(|p| {
        let any: &dyn std::any::Any = p.as_any();
        any.downcast_ref::<Codex>().map(|c| Codex {
            approval: (Approval::Never, None),
            reach: if sandbox.is_some() || network.is_some() { reach(&config) } else { c.reach.clone() },
            reviewer: None,
            policy: c.policy.clone(),
            servers: c.servers.clone(),
            refused: c.refused.clone(),
        })
    });
    agent.procedure = own.map(|c| Box::new(c) as Box<dyn crate::agents::Procedure>);
    agent
}

/// Reads Codex as configured in a directory.
pub fn read(files: &Files<'_>, dir: &str, options: &Options) -> Agent {
    let mut agent = Agent::new("codex", "Codex CLI", dir);
    agent.semantics = Some(SEMANTICS);
    agent.surfaces = vec![Surface::Interactive, Surface::Headless];
    let mut config = Config::default();
    let mut policy = Policy::default();
    // A person's own layer is the lowest, and read whether the folder is trusted or not.
    if let Some(home) = &options.home {
        if let Some(tree) = &home.codex_config {
            agent.files.push(tree.source);
            read_config(tree, &mut config, &mut agent);
        }
        if let Some(source) = &home.codex_rules {
            agent.files.push(source.id);
            policy.add(source);
        }
    }
    for base in Files::upward(dir) {
        if let Some(tree) = files.tree(base, ".codex/config.toml") {
            agent.files.push(tree.source);
            if options.trusted {
                read_config(tree, &mut config, &mut agent);
            }
        }
        for source in files.sources(base, ".codex/rules/", ".rules") {
            agent.files.push(source.id);
            if options.trusted {
                policy.add(source);
            }
        }
        hooks(files, base, &mut agent);
    }
    if let Some(problem) = &policy.dropped {
        agent.problems.push(problem.clone());
    }
    for rule in &policy.rules {
        let inert = policy.dropped.as_ref().map(|p| format!("no rule of the project is loaded: {}", p.message));
        let (text, span, effect) = (rule.text.clone(), rule.span, rule.effect.name());
        agent.entries.push(Entry { text, span, effect, layer: "project".to_owned(), inert });
    }
    if policy.dropped.is_some() {
        policy.rules.clear();
    }
    agent.mode = config.approval.as_ref().map(|(_, text, span)| (text.clone(), *span));
    agent.sandbox = config.sandbox.as_ref().map(|(text, span)| (text != "danger-full-access", *span));
    agent.sandbox_network = config.network;
    let reach = if options.trusted { reach(&config) } else { Ok((Reach::Contained { network: false }, None)) };
    agent.procedure = Some(Box::new(Codex {
        approval: match config.approval {
            Some((approval, text, span)) => (approval, Some((text, span))),
            None => (Approval::default(), None),
        },
        reach,
        reviewer: config.reviewer,
        policy,
        servers: config.servers,
        refused: config.refused,
    }));
    agent
}

/// What commands may do. The older `sandbox_mode` wins over permission profiles.
fn reach(config: &Config) -> Result<(Reach, Option<(Text, Span)>), Reason> {
    let network = config.network.unwrap_or(false);
    if let Some((text, span)) = &config.sandbox {
        let at = Some((text.clone(), *span));
        return match text.as_str() {
            "danger-full-access" => Ok((Reach::Everything, at)),
            "workspace-write" => Ok((Reach::Contained { network }, at)),
            "read-only" => Ok((Reach::Contained { network: false }, at)),
            _ => Err(Reason::at("unknown-sandbox-mode", "this sandbox mode isn't one Codex knows", *span)),
        };
    }
    let Some((text, span)) = &config.profile else { return Ok((Reach::Contained { network }, None)) };
    let at = Some((text.clone(), *span));
    let mut name = text.clone();
    let mut open = false;
    for _ in 0..8 {
        match name.as_str() {
            ":danger-full-access" => return Ok((Reach::Everything, at)),
            ":workspace" | ":read-only" => return Ok((Reach::Contained { network: open }, at)),
            _ => {}
        }
        let Some((_, node)) = config.profiles.iter().rev().find(|(n, _)| n == &name) else { break };
        open |= node.path(&["network", "enabled"]).and_then(Node::as_bool) == Some(true);
        match node.get("extends").and_then(Node::as_text) {
            Some(base) => name = base.clone(),
            None => return Ok((Reach::Contained { network: open }, at)),
        }
    }
    Err(Reason::at("unknown-permission-profile", "this permission profile isn't defined in the project", *span))
}

fn read_config(tree: &Tree, config: &mut Config, agent: &mut Agent) {
    if let Some(problem) = tree.problems.first() {
        config.refused = Some(Reason::at("unreadable-config", "Codex can't read this file", problem.span));
    }
    for member in tree.root().map(Node::members).unwrap_or(&[]) {
        let value = &member.value;
        let text = || value.as_text().map(|t| (t.clone(), value.span));
        match member.key.as_str() {
            "approval_policy" => approval(value, config, agent),
            "sandbox_mode" => config.sandbox = text(),
            "sandbox_workspace_write" => {
                for m in value.members() {
                    match m.key.as_str() {
                        "network_access" => config.network = m.value.as_bool(),
                        "writable_roots" | "exclude_tmpdir_env_var" | "exclude_slash_tmp" => {}
                        _ => agent.unknown_keys.push((m.key.clone(), m.key_span)),
                    }
                }
            }
            "default_permissions" => config.profile = text(),
            "permissions" => {
                for m in value.members() {
                    config.profiles.push((m.key.clone(), m.value.clone()));
                }
            }
            "approvals_reviewer" => {
                config.reviewer = text().filter(|(t, _)| matches!(t.as_str(), "auto_review" | "guardian_subagent"));
            }
            "mcp_servers" => {
                mcp::read_servers(value, agent);
                for m in value.members() {
                    let read = server(&m.key, &m.value);
                    config.servers.retain(|s| s.name != read.name);
                    config.servers.push(read);
                }
            }
            "shell_environment_policy" => {
                if let Some(set) = value.get("set") {
                    crate::agents::claude::settings::environment(set, &mut agent.environment);
                }
            }
            "hooks" => crate::agents::claude::settings::hooks(value, &mut agent.hooks),
            "apps" => {}
            key if KNOWN.contains(&key) || key.starts_with("experimental_realtime_") => {}
            _ => agent.unknown_keys.push((member.key.clone(), member.key_span)),
        }
    }
}

fn approval(value: &Node, config: &mut Config, agent: &mut Agent) {
    let refuse = |config: &mut Config, agent: &mut Agent, message: &str| {
        config.refused = Some(Reason::at("config-refused", message, value.span));
        agent.problems.push(Problem { span: value.span, message: message.to_owned() });
    };
    if let Some(text) = value.as_text() {
        let approval = match text.as_str() {
            "on-request" | "on-failure" => Approval::OnRequest,
            "never" => Approval::Never,
            "untrusted" => return refuse(config, agent, "`untrusted` is no longer supported: Codex refuses this file"),
            _ => return refuse(config, agent, "`approval_policy` is on-request, never or granular"),
        };
        config.approval = Some((approval, text.clone(), value.span));
        return;
    }
    let Some(granular) = value.get("granular") else {
        return refuse(config, agent, "`approval_policy` is on-request, never or granular");
    };
    let flag = |key: &str| granular.get(key).and_then(Node::as_bool);
    match (flag("rules"), flag("sandbox_approval"), flag("mcp_elicitations")) {
        (Some(rules), Some(sandbox), Some(mcp)) => {
            config.approval = Some((Approval::Granular { rules, sandbox, mcp }, "granular".into(), value.span));
        }
        _ => refuse(config, agent, "`granular` needs sandbox_approval, rules and mcp_elicitations"),
    }
}

fn server(name: &Text, node: &Node) -> ServerMode {
    let mode = |node: &Node| {
        let text = node.as_text()?;
        let mode = match text.as_str() {
            "prompt" => ToolMode::Prompt,
            "writes" => ToolMode::Writes,
            "approve" => ToolMode::Approve,
            _ => ToolMode::Auto,
        };
        Some((mode, text.clone(), node.span))
    };
    let mut tools = Vec::new();
    for m in node.get("tools").map(Node::members).unwrap_or(&[]) {
        if let Some((mode, text, span)) = m.value.get("approval_mode").and_then(mode) {
            tools.push((m.key.clone(), mode, text, span));
        }
    }
    ServerMode {
        name: name.to_string(),
        off: node.member("enabled").filter(|m| m.value.as_bool() == Some(false)).map(|m| m.span()),
        only: node.get("enabled_tools").map(|list| strings(list).map(|(t, _)| t).collect()),
        without: node.get("disabled_tools").into_iter().flat_map(strings).collect(),
        mode: node.get("default_tools_approval_mode").and_then(mode),
        tools,
    }
}

fn hooks(files: &Files<'_>, dir: &str, agent: &mut Agent) {
    let Some(tree) = files.tree(dir, ".codex/hooks.json") else { return };
    agent.files.push(tree.source);
    let mut found: Vec<Hook> = Vec::new();
    if let Some(root) = tree.root() {
        crate::agents::claude::settings::hooks(root.get("hooks").unwrap_or(root), &mut found);
    }
    agent.hooks.extend(found);
}
