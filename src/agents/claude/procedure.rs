//! What Claude Code does with a call: the order hook, deny, ask, critical `rm`, bypass, allow,
//! read-only, sandbox, `acceptEdits`, then the mode. Facts: code.claude.com/docs "permissions",
//! "permission-modes", "sandboxing" (2026-10), for Claude Code 2.1.330.

use crate::agents::claude::commands;
use crate::agents::claude::rule;
use crate::agents::claude::settings::{Placed, Settings};
use crate::agents::shell::{self, Part};
use crate::agents::table::Table;
use crate::agents::{Because, Call, Decision, Entry, Hook, Procedure, Surface, Verdict, variants};
use crate::finding::Reason;
use crate::source::{Span, Text};

mod contained;
mod session;

use session::{Mode, Situation};

/// A subagent, skill or command: a file that gives the session other rules while it runs.
#[derive(Clone, Debug)]
pub struct Role {
    /// `agent:ops`, `skill:use-railway`, `command:deploy`.
    pub name: String,
    /// Tools it has; `None`: all of the session's.
    pub tools: Option<Vec<String>>,
    /// Tools taken from it.
    pub without: Vec<String>,
    /// Rules it adds to the allow list (`allowed-tools`).
    pub allow: Vec<Placed>,
    /// `permissionMode`.
    pub mode: Option<(Text, Span)>,
    /// How it comes to run, in words.
    pub runs: &'static str,
}

/// Claude Code as configured in one directory.
pub struct Claude {
    /// The merged settings.
    pub settings: Settings,
    /// Subagents, skills, commands.
    pub roles: Vec<Role>,
    /// Knowledge of plugins and hosts.
    pub table: Table,
    /// Whether the folder is taken as trusted.
    pub trusted: bool,
}

/// The decision for one part of a command, with what decides it.
struct Part1 {
    decision: Decision,
    because: Vec<Because>,
    conditions: Vec<String>,
}

impl Part1 {
    fn new(decision: Decision) -> Self {
        Part1 { decision, because: Vec::new(), conditions: Vec::new() }
    }
    fn by(mut self, because: Option<Because>) -> Self {
        self.because.extend(because);
        self
    }
    fn when(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }
}

impl Procedure for Claude {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        let mut worst = self.decide_in(call, self.session(surface, None));
        for role in &self.roles {
            let Some(situation) = self.role_session(role, surface, call) else { continue };
            let mut verdict = self.decide_in(call, situation);
            if rank(&verdict) > rank(&worst) {
                verdict.conditions.push(format!("while {} runs ({})", role.name.replacen(':', " ", 1), role.runs));
                worst = verdict;
            }
        }
        worst
    }

    fn stopping(&self, entry: &Entry, base: &str, forms: &[String]) -> Option<Vec<String>> {
        let candidates = variants::patterns(base).into_iter().map(|p| format!("Bash({p})")).collect::<Vec<_>>();
        variants::covering(self, entry, &candidates, forms)
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let Ok(rule) = rule::parse(&entry.text, entry.effect) else { return false };
        if entry.inert.is_some() {
            return false;
        }
        match call {
            Call::Mcp { server, tool } => rule.is_whole(&rule::mcp_tool(server, tool)),
            Call::Shell(command) => {
                if rule.is_whole("Bash") {
                    return true;
                }
                let Ok(parts) = shell::split(command) else { return false };
                if entry.effect == "allow" {
                    !parts.is_empty() && parts.iter().all(|p| rule.allows(p) || commands::read_only(p))
                } else {
                    parts.iter().any(|p| rule.stops(p))
                }
            }
        }
    }
}

/// How bad a verdict is; one that isn't known stands below `run` and above everything else.
fn rank(verdict: &Verdict) -> u8 {
    match verdict.decision {
        Ok(Decision::Deny) => 0,
        Ok(Decision::Ask) => 1,
        Ok(Decision::Gated) => 2,
        Ok(Decision::Sandboxed { network: false }) => 3,
        Ok(Decision::Sandboxed { network: true }) => 4,
        Err(_) => 5,
        Ok(Decision::Run) => 6,
    }
}

impl Claude {
    fn decide_in(&self, call: &Call<'_>, situation: Situation<'_>) -> Verdict {
        let result = match call {
            Call::Shell(command) => self.shell(command, &situation),
            Call::Mcp { server, tool } => Ok(self.mcp(server, tool, &situation)),
        };
        let mut conditions = situation.conditions;
        match result {
            Ok(part) => {
                // Trust and the mode a session begins in matter only where they decide.
                let denied = part.because.iter().any(|b| b.effect == "deny");
                let granted = part.because.iter().any(|b| b.effect == "allow");
                if denied {
                    conditions.clear();
                } else if granted && part.decision == Decision::Run {
                    conditions.retain(|c| c.contains("trusted"));
                } else {
                    conditions.retain(|c| !c.contains("the folder is trusted"));
                }
                conditions.extend(part.conditions);
                let call_tool = match call {
                    Call::Shell(_) => "Bash".to_owned(),
                    Call::Mcp { server, tool } => rule::mcp_tool(server, tool),
                };
                if !denied {
                    conditions.extend(self.hook_condition(&call_tool));
                }
                Verdict { decision: Ok(part.decision), because: part.because, conditions }
            }
            Err(reason) => Verdict { decision: Err(reason), because: Vec::new(), conditions },
        }
    }

    /// Hooks that see a tool's calls.
    fn hooks(&self, tool: &str) -> impl Iterator<Item = &Hook> {
        let off = self.settings.no_hooks;
        self.settings
            .hooks
            .iter()
            .filter(move |h| !off && (h.event == "PreToolUse" || h.event == "PermissionRequest") && h.sees(tool))
    }

    fn hook_condition(&self, tool: &str) -> Option<String> {
        let hook = self.hooks(tool).find(|h| h.answer().is_none())?;
        Some(format!(
            "a {} hook sees the call and may answer it; a hook is a program, and isn't judged",
            hook.event.as_str()
        ))
    }

    /// What a hook whose answer is written in its command says.
    fn hooked(&self, tool: &str, answer: &str) -> Option<Because> {
        let hook = self.hooks(tool).find(|h| h.condition.is_none() && !h.background && h.answer() == Some(answer))?;
        let entry = hook.command.clone().unwrap_or_else(|| hook.event.clone());
        Some(Because { span: hook.span, entry, effect: "hook" })
    }

    fn allow_rules<'a>(&'a self, situation: &Situation<'a>) -> impl Iterator<Item = &'a Placed> {
        let own: &[Placed] = if self.trusted { &self.settings.rules.allow } else { &[] };
        own.iter().chain(situation.extra)
    }

    fn shell(&self, command: &str, situation: &Situation<'_>) -> Result<Part1, Reason> {
        let rules = &self.settings.rules;
        if let Some(hook) = self.hooked("Bash", "deny") {
            return Ok(Part1::new(Decision::Deny).by(Some(hook)));
        }
        if let Some(deny) = rules.deny.iter().find(|r| r.rule.is_whole("Bash")) {
            return Ok(Part1::new(Decision::Deny).by(Some(because(deny, "deny"))));
        }
        let parts = match shell::split(command) {
            Ok(parts) => parts,
            Err(why) => {
                let condition = format!("the command can't be parsed: {}", why.words());
                let decision = if situation.mode == Mode::Bypass { Decision::Run } else { unparsed(situation) };
                return Ok(Part1::new(decision).when(condition));
            }
        };
        if parts.is_empty() {
            return Err(Reason::new("empty-command", "there is no command to judge"));
        }
        for part in &parts {
            if let Some(deny) = rules.deny.iter().find(|r| r.rule.stops(part)) {
                return Ok(Part1::new(Decision::Deny).by(Some(because(deny, "deny"))));
            }
        }
        for part in &parts {
            if let Some(ask) = rules.ask.iter().find(|r| r.rule.stops(part)) {
                return Ok(asked(situation).by(Some(because(ask, "ask"))));
            }
        }
        let sandboxed = self.sandboxed(&parts);
        let whole_ask = rules.ask.iter().find(|r| r.rule.is_whole("Bash"));
        if let Some(ask) = whole_ask.filter(|_| sandboxed.is_none()) {
            let ask_because = Some(because(ask, "ask"));
            if situation.mode == Mode::Auto {
                return Ok(Part1::new(Decision::Gated)
                    .by(ask_because)
                    .when("in auto mode an ask rule for the whole tool isn't known to prompt"));
            }
            return Ok(asked(situation).by(ask_because));
        }
        if commands::removes_critical(&parts, 0) {
            let decision = match (situation.mode, situation.surface) {
                (Mode::DontAsk, _) => Decision::Deny,
                (_, Surface::Interactive) => Decision::Ask,
                _ => Decision::Deny,
            };
            return Ok(Part1::new(decision).when("removing a critical path is always asked about"));
        }
        if situation.mode == Mode::Bypass {
            return Ok(Part1::new(Decision::Run).by(situation.because.clone()));
        }
        let mut worst: Option<Part1> = None;
        let mut because_all: Vec<Because> = Vec::new();
        let mut conditions: Vec<String> = Vec::new();
        for part in &parts {
            let mut decided = self.part(part, &parts, situation, sandboxed, whole_ask.is_some());
            let written = self.writes(part, situation, sandboxed.is_some());
            if let Some(written) = written.filter(|w| w.decision < decided.decision) {
                decided = written;
            }
            if decided.decision == Decision::Run {
                for b in &decided.because {
                    if !because_all.contains(b) {
                        because_all.push(b.clone());
                    }
                }
            }
            for c in &decided.conditions {
                if !conditions.contains(c) {
                    conditions.push(c.clone());
                }
            }
            if worst.as_ref().is_none_or(|w| decided.decision < w.decision) {
                worst = Some(decided);
            }
        }
        let Some(mut worst) = worst else {
            return Err(Reason::new("empty-command", "there is no command to judge"));
        };
        if worst.decision == Decision::Run {
            worst.because = because_all;
            worst.conditions = conditions;
        }
        Ok(worst)
    }

    /// One sub-command, after deny, ask and bypass.
    fn part(
        &self,
        part: &Part,
        parts: &[Part],
        situation: &Situation<'_>,
        sandboxed: Option<bool>,
        whole_ask: bool,
    ) -> Part1 {
        let auto = situation.mode == Mode::Auto;
        let mut dropped = None;
        for allow in self.allow_rules(situation).filter(|_| !whole_ask) {
            if !allow.rule.allows(part) {
                continue;
            }
            if auto && (allow.rule.dropped_in_auto() || self.settings.classify_all) {
                dropped = Some(because(allow, "allow"));
                continue;
            }
            let retry = self.settings.sandbox.unsandboxed.unwrap_or(true);
            if let Some(network) = sandboxed.filter(|_| !retry) {
                return Part1::new(Decision::Sandboxed { network }).by(Some(because(allow, "allow")));
            }
            let run = Part1::new(Decision::Run).by(Some(because(allow, "allow")));
            return if allow.rule.for_powershell() { run.when("on Windows, in PowerShell") } else { run };
        }
        if commands::read_only(part) {
            return Part1::new(Decision::Run);
        }
        if let Some(plugin) = self.plugin(parts) {
            return plugin;
        }
        if let Some(hook) = self.hooked("Bash", "allow") {
            return Part1::new(Decision::Run).by(Some(hook));
        }
        let auto_allow = self.settings.sandbox.auto_allow;
        if let (Some(network), Some((true, span))) = (sandboxed, auto_allow) {
            return self.contained(part, network, situation, span);
        }
        if situation.mode == Mode::AcceptEdits && commands::accepted_edit(part) {
            return Part1::new(Decision::Run).by(situation.because.clone());
        }
        if let Some(dropped) = dropped {
            return Part1::new(Decision::Gated)
                .by(Some(dropped))
                .when("auto mode drops this rule and a model decides; in Manual mode it runs");
        }
        unlisted(situation)
    }

    fn mcp(&self, server: &str, tool: &str, situation: &Situation<'_>) -> Part1 {
        let name = rule::mcp_tool(server, tool);
        let rules = &self.settings.rules;
        if let Some((text, span)) = self.settings.servers_off.iter().find(|(t, _)| t == server) {
            let off = Because { span: *span, entry: text.clone(), effect: "deny" };
            return Part1::new(Decision::Deny).by(Some(off));
        }
        if let Some(hook) = self.hooked(&name, "deny") {
            return Part1::new(Decision::Deny).by(Some(hook));
        }
        if let Some(deny) = rules.deny.iter().find(|r| r.rule.is_whole(&name)) {
            return Part1::new(Decision::Deny).by(Some(because(deny, "deny")));
        }
        if let Some(ask) = rules.ask.iter().find(|r| r.rule.is_whole(&name)) {
            return asked(situation).by(Some(because(ask, "ask")));
        }
        let connected = self.connected(server, situation.surface);
        let decided = if situation.mode == Mode::Bypass {
            Part1::new(Decision::Run).by(situation.because.clone())
        } else if let Some(allow) = self.allow_rules(situation).find(|r| r.rule.is_whole(&name)) {
            Part1::new(Decision::Run).by(Some(because(allow, "allow")))
        } else if let Some(hook) = self.hooked(&name, "allow") {
            Part1::new(Decision::Run).by(Some(hook))
        } else {
            unlisted(situation)
        };
        match connected {
            Some(condition) if decided.decision != Decision::Deny => decided.when(condition),
            _ => decided,
        }
    }

    /// What connecting a project's server depends on.
    fn connected(&self, server: &str, surface: Surface) -> Option<String> {
        let approved = self.settings.all_servers.is_some() || self.settings.servers_on.iter().any(|(t, _)| t == server);
        (surface == Surface::Interactive && !approved)
            .then(|| format!("once somebody has approved connecting the server `{server}`"))
    }
}

fn because(placed: &Placed, effect: &'static str) -> Because {
    Because { span: placed.span, entry: placed.text.clone(), effect }
}

/// What an ask rule comes to.
fn asked(situation: &Situation<'_>) -> Part1 {
    match (situation.mode, situation.surface) {
        (Mode::DontAsk, _) => Part1::new(Decision::Deny),
        (_, Surface::Interactive) => Part1::new(Decision::Ask),
        _ => Part1::new(Decision::Deny).when("nobody is there to be asked"),
    }
}

fn unparsed(situation: &Situation<'_>) -> Decision {
    if situation.mode == Mode::Auto { Decision::Gated } else { asked(situation).decision }
}

/// What happens to a call that no rule is about.
fn unlisted(situation: &Situation<'_>) -> Part1 {
    let interactive = situation.surface == Surface::Interactive;
    let part = match situation.mode {
        Mode::Auto => Part1::new(Decision::Gated),
        Mode::DontAsk => Part1::new(Decision::Deny),
        Mode::Bypass => Part1::new(Decision::Run),
        Mode::Plan if interactive => {
            Part1::new(Decision::Gated).when("in plan mode a model decides where auto mode is available, else a person")
        }
        _ if interactive => Part1::new(Decision::Ask),
        _ => Part1::new(Decision::Deny).when("nobody is there to be asked"),
    };
    part.by(situation.because.clone())
}
