//! Flags and inputs → the agent as it is started.

use crate::agents::ci::flags::{self, Flags};
use crate::agents::ci::plain::Plain;
use crate::agents::copilot::cli as copilot;
use crate::agents::table::{Action, Start, Table};
use crate::agents::{Agent, Because, Decision, Files, claude, codex, cursor, droid, gemini, opencode, qwen};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::tree::{Node, Tree};

/// The agent that a command starts; `None` where it starts none (`claude mcp add`, `--version`).
pub fn command(start: &Start, flags: &Flags<'_>, files: &Files<'_>, table: &Table) -> Option<Agent> {
    if flags
        .has(&["--version", "-v", "--help", "-h", "login", "logout", "mcp", "update", "install", "doctor"])
        .is_some()
    {
        return None;
    }
    Some(match start.start.as_str() {
        "claude" => {
            // Without these a person sits before it.
            let alone = [
                "-p",
                "--print",
                "--dangerously-skip-permissions",
                "--permission-mode",
                "--allowedTools",
                "--allowed-tools",
            ];
            alone.iter().find(|f| flags.has(&[**f]).is_some() || flags.value(&[**f]).is_some())?;
            claude(flags, claude::Flags::default(), files, table)
        }
        "codex" => codex(flags, None, None, files),
        "gemini" => {
            let yolo = flags.has(&["--yolo", "-y", "--approval-mode yolo"]);
            let headless = flags.value(&["-p", "--prompt"]);
            if yolo.is_none() && headless.is_none() {
                return None;
            }
            gemini::started(files, None, yolo)
        }
        "cursor" => {
            let force = flags.has(&["--force", "-f", "--yolo"]);
            force.as_ref().or(flags.has(&["-p", "--print"]).as_ref())?;
            with_mode(cursor::started(files, force.is_some()), force)
        }
        "qwen" => {
            let yolo = flags.has(&["--yolo", "-y"]).map(|(_, span)| (Text::from("yolo"), span));
            let mode = yolo.or_else(|| flags.value(&["--approval-mode"]));
            if mode.is_none() && flags.value(&["-p", "--prompt"]).is_none() {
                return None;
            }
            qwen::started(files, mode)
        }
        "copilot" => copilot(start, flags)?,
        "droid" => {
            let everything = flags.has(&["--skip-permissions-unsafe"]);
            droid::started(files, table, &droid::Started { auto: flags.value(&["--auto"]), everything })
        }
        "opencode" | "kilo" => {
            let auto = flags.has(&["--auto", "--yolo", "--dangerously-skip-permissions"]);
            with_mode(opencode::started(files, start.start == "kilo", auto.is_some()), auto)
        }
        _ => plain(start, flags),
    })
}

/// The agent that an action starts.
pub fn action<'n>(
    action: &Action,
    flags: &Flags<'_>,
    input: &dyn Fn(&str) -> Option<&'n Node>,
    settings: Option<Tree>,
    files: &Files<'_>,
    table: &Table,
) -> Option<Agent> {
    let whole = || Some((flags.text.clone(), flags.span));
    Some(match action.start.as_str() {
        "claude" => {
            let mut given = claude::Flags { settings, ..claude::Flags::default() };
            for (names, effect) in [(&action.allow, "allow"), (&action.deny, "deny")] {
                for node in names.iter().filter_map(|n| input(n)) {
                    let rules = flags::entries(node.as_str().unwrap_or(""));
                    given.rules.extend(rules.into_iter().map(|r| (effect, Text::from(r.as_str()), node.span)));
                }
            }
            // Called in a comment, it may edit and commit by itself.
            if action.prompt.as_ref().is_some_and(|p| input(p).is_none() && input("direct_prompt").is_none()) {
                given.mode = Some(("acceptEdits".into(), flags.span));
                for rule in ["Bash(git add:*)", "Bash(git commit:*)", "Bash(git rm:*)"] {
                    given.rules.push(("allow", rule.into(), flags.span));
                }
            }
            claude(flags, given, files, table)
        }
        "codex" => {
            let value = |key: &Option<String>| {
                let node = input(key.as_ref()?)?;
                Some((node.as_text()?.clone(), node.span)).filter(|(t, _)| !t.is_empty())
            };
            let profile = value(&action.profile).and_then(|(text, span)| match text.as_str() {
                ":danger-full-access" => Some(("danger-full-access".into(), span)),
                ":read-only" => Some(("read-only".into(), span)),
                ":workspace" => Some(("workspace-write".into(), span)),
                _ => None,
            });
            let strategy = value(&action.strategy)
                .filter(|(text, _)| text == "read-only")
                .map(|(_, span)| (Text::from("read-only"), span));
            let sandbox = value(&action.sandbox).or(profile).or(strategy);
            codex(flags, sandbox, Some(flags.span), files)
        }
        "gemini" => gemini::started(files, settings.as_ref(), if action.everything { whole() } else { None }),
        "qwen" => qwen::started(files, Some(("yolo".into(), flags.span))),
        "opencode" => with_mode(opencode::started(files, false, true), whole()),
        _ if action.everything => {
            let because = vec![Because { span: flags.span, entry: flags.text.clone(), effect: "mode" }];
            answer(Ok(Decision::Run), because, Vec::new())
        }
        _ => return None,
    })
}

fn with_mode(mut agent: Agent, mode: Option<(Text, Span)>) -> Agent {
    if mode.is_some() {
        agent.mode = mode;
    }
    agent
}

fn claude(flags: &Flags<'_>, mut given: claude::Flags, files: &Files<'_>, table: &Table) -> Agent {
    let allow = flags.lists(&["--allowedTools", "--allowed-tools"]);
    let deny = flags.lists(&["--disallowedTools", "--disallowed-tools"]);
    given.rules.extend(allow.into_iter().map(|(t, s)| ("allow", t, s)));
    given.rules.extend(deny.into_iter().map(|(t, s)| ("deny", t, s)));
    if let Some(mode) = flags.value(&["--permission-mode"]) {
        given.mode = Some(mode);
    }
    if let Some((_, span)) = flags.has(&["--dangerously-skip-permissions"]) {
        given.mode = Some(("bypassPermissions".into(), span));
    }
    claude::started(files, table, &given)
}

fn codex(flags: &Flags<'_>, sandbox: Option<(Text, Span)>, action: Option<Span>, files: &Files<'_>) -> Agent {
    let mut sandbox = flags.value(&["--sandbox", "-s"]).or(sandbox);
    if let Some((_, span)) = flags.has(&["--dangerously-bypass-approvals-and-sandbox", "--yolo"]) {
        sandbox = Some(("danger-full-access".into(), span));
    }
    if let (None, Some((_, span))) = (&sandbox, flags.has(&["--full-auto"])) {
        sandbox = Some(("workspace-write".into(), span));
    }
    let mut network = None;
    for (text, span) in flags.values(&["-c", "--config"]) {
        let text: String = text.chars().filter(|c| !matches!(c, ' ' | '"' | '\'')).collect();
        match text.split_once('=') {
            Some(("sandbox_workspace_write.network_access", value)) => network = Some(value == "true"),
            Some(("sandbox_mode", value)) => sandbox = Some((value.into(), span)),
            _ => {}
        }
    }
    // The action hands it a sandbox of its own; a command in a script goes by the repository's file
    // only where that is trusted.
    if action.is_some() && sandbox.is_none() {
        sandbox = Some(("workspace-write".into(), flags.span));
    }
    codex::started(files, sandbox, network, flags.has(&["--trust"]).is_some())
}

fn copilot(start: &Start, flags: &Flags<'_>) -> Option<Agent> {
    let all = flags.has(&["--allow-all-tools", "--allow-all", "--yolo", "--autopilot"]);
    let allow = flags.values(&["--allow-tool"]);
    let deny = flags.values(&["--deny-tool"]);
    if all.is_none() && allow.is_empty() && flags.value(&["-p", "--prompt"]).is_none() {
        return None;
    }
    let mut agent = Agent::new("copilot", start.name.clone(), "");
    let entries = [("allow", &allow), ("deny", &deny)];
    for (effect, list) in entries {
        agent.entries.extend(list.iter().map(|(text, span)| crate::agents::Entry {
            text: text.clone(),
            span: *span,
            effect,
            layer: "ci".to_owned(),
            inert: None,
        }));
    }
    let parse = |list: &[(Text, Span)]| list.iter().map(|(t, _)| copilot::parse(t)).collect();
    agent.procedure = Some(Box::new(copilot::Cli { all: all.is_some(), allow: parse(&allow), deny: parse(&deny) }));
    Some(with_mode(agent, all))
}

/// An agent of which the table alone is known.
fn plain(start: &Start, flags: &Flags<'_>) -> Agent {
    let line = |(text, span): (Text, Span)| vec![Because { span, entry: text, effect: "mode" }];
    let whole = || line((flags.text.clone(), flags.span));
    if let Some(flag) = flags.any(&start.everything) {
        return answer(Ok(Decision::Run), line(flag), Vec::new());
    }
    if let Some(flag) = flags.any(&start.gated) {
        return answer(Ok(Decision::Gated), line(flag), Vec::new());
    }
    if let Some(flag) = flags.any(&start.asks) {
        return answer(Ok(Decision::Deny), line(flag), vec!["nobody is there to be asked".to_owned()]);
    }
    match start.otherwise.as_deref() {
        Some("run") => answer(Ok(Decision::Run), whole(), vec!["by the product's own default".to_owned()]),
        Some("deny") => answer(Ok(Decision::Deny), whole(), Vec::new()),
        Some("ask") => answer(Ok(Decision::Deny), whole(), vec!["nobody is there to be asked".to_owned()]),
        _ => {
            let message = "what this agent runs without a flag isn't known here";
            answer(Err(Reason::at("agent-not-understood", message, flags.span)), Vec::new(), Vec::new())
        }
    }
}

fn answer(decision: Result<Decision, Reason>, because: Vec<Because>, conditions: Vec<String>) -> Agent {
    let mut agent = Agent::new("", "", "");
    agent.mode = because.first().map(|b| (b.entry.clone(), b.span));
    agent.procedure = Some(Box::new(Plain { decision, because, conditions }));
    agent
}
