//! What Codex does with a call: rules on each command of a plain script, else a heuristic and the
//! approval policy; what rules allow runs outside the sandbox. Facts: openai/codex exec_policy.rs
//! and is_dangerous_command.rs, and codex-cli 0.169.0 as run.

use crate::agents::codex::rules::{Effect, Policy, PrefixRule};
use crate::agents::shell::{self, Part};
use crate::agents::{Because, Call, Decision, Entry, Procedure, Surface, Verdict};
use crate::finding::Reason;
use crate::source::{Source, Span, Text};

/// `approval_policy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// The model asks for what the sandbox refuses.
    #[default]
    OnRequest,
    /// Nothing is ever asked.
    Never,
    /// Some questions are asked, the others refused.
    Granular {
        /// Prompts of rules.
        rules: bool,
        /// Prompts for leaving the sandbox, and of the heuristic.
        sandbox: bool,
        /// Questions of MCP servers.
        mcp: bool,
    },
}

/// What the sandbox lets commands do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Contained.
    Contained {
        /// Whether the network is open.
        network: bool,
    },
    /// `danger-full-access`.
    Everything,
}

/// When calls to a server's tools are asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToolMode {
    /// By the tool's own annotations.
    #[default]
    Auto,
    /// Always.
    Prompt,
    /// Unless it only reads.
    Writes,
    /// Never.
    Approve,
}

/// A server as far as calls go.
#[derive(Clone, Debug, Default)]
pub struct ServerMode {
    /// Name.
    pub name: String,
    /// `enabled = false`, with its place.
    pub off: Option<Span>,
    /// `enabled_tools`.
    pub only: Option<Vec<Text>>,
    /// `disabled_tools`.
    pub without: Vec<(Text, Span)>,
    /// `default_tools_approval_mode`.
    pub mode: Option<(ToolMode, Text, Span)>,
    /// `tools.NAME.approval_mode`.
    pub tools: Vec<(Text, ToolMode, Text, Span)>,
}

/// Codex as configured in one directory.
pub struct Codex {
    /// `approval_policy`, with its place.
    pub approval: (Approval, Option<(Text, Span)>),
    /// The sandbox, with its place; or why it isn't known.
    pub reach: Result<(Reach, Option<(Text, Span)>), Reason>,
    /// `approvals_reviewer` is a model, with its place.
    pub reviewer: Option<(Text, Span)>,
    /// Rules.
    pub policy: Policy,
    /// Servers.
    pub servers: Vec<ServerMode>,
    /// The file is refused by the product.
    pub refused: Option<Reason>,
}

impl Procedure for Codex {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        let mut verdict = match (&self.refused, &self.policy.unread) {
            (Some(reason), _) => unknown(reason.clone()),
            (None, Some(problem)) if matches!(call, Call::Shell(_)) => {
                unknown(Reason::at("rules-not-evaluated", problem.message.clone(), problem.span))
            }
            _ => match call {
                Call::Shell(command) => self.shell(command, surface),
                Call::Mcp { server, tool } => self.mcp(server, tool, surface),
            },
        };
        verdict.conditions.push("the folder is trusted".to_owned());
        verdict
    }

    /// Rules know beginnings of commands only: what runs other commands, scripts that aren't taken apart, and
    /// the program itself where an option stands ahead. They ask, as they are wider than what was forbidden.
    fn stopping(&self, entry: &Entry, base: &str, forms: &[String]) -> Option<Vec<String>> {
        if self.reviewer.is_some() {
            return None;
        }
        let program = base.split(' ').next().unwrap_or(base);
        let patterns = [
            "[\"sudo\"]".to_owned(),
            "[\"env\"]".to_owned(),
            "[[\"bash\", \"sh\", \"zsh\"], [\"-c\", \"-lc\"]]".to_owned(),
            format!("[\"{program}\"]"),
        ];
        let rules = patterns.map(|p| format!("prefix_rule(pattern = {p}, decision = \"prompt\")"));
        let mut with = self.policy.clone();
        let mut added = Vec::new();
        for form in forms {
            let held = |policy: &Policy| {
                let strictest = |c: &Vec<String>| policy.strictest(c).is_some_and(|r| r.effect >= Effect::Prompt);
                commands(form).iter().any(strictest)
            };
            if held(&with) {
                continue;
            }
            let (rule, policy) = rules.iter().find_map(|rule| {
                let mut policy = with.clone();
                policy.add(&Source::new(entry.span.source, "", rule));
                (policy.dropped.is_none() && held(&policy)).then_some((rule, policy))
            })?;
            with = policy;
            added.push(rule.clone());
        }
        Some(added)
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let Call::Shell(command) = call else { return false };
        let Some(rule) = self.policy.rules.iter().find(|r| r.span == entry.span) else { return false };
        let covers = |words: &[String]| {
            let resolved = resolve(words, &self.policy);
            rule.covers(words) || resolved.as_deref().is_some_and(|r| rule.covers(r))
        };
        let commands = commands(command);
        if rule.effect == Effect::Allow {
            commands.iter().all(|c| covers(c))
        } else {
            commands.iter().any(|c| covers(c))
        }
    }
}

/// A command with its absolute path taken for its name, where that is allowed.
fn resolve(words: &[String], policy: &Policy) -> Option<Vec<String>> {
    let program = words.first()?;
    let name = program.strip_prefix('/').and_then(|p| p.rsplit('/').next())?;
    if policy.hosts.get(name).is_some_and(|paths| !paths.contains(program)) {
        return None;
    }
    let mut result = words.to_vec();
    *result.first_mut()? = name.to_owned();
    Some(result)
}

fn unknown(reason: Reason) -> Verdict {
    Verdict { decision: Err(reason), because: Vec::new(), conditions: Vec::new() }
}

fn because(rule: &PrefixRule) -> Because {
    Because { span: rule.span, entry: rule.text.clone(), effect: rule.effect.name() }
}

fn setting(at: &Option<(Text, Span)>) -> Vec<Because> {
    at.iter().map(|(text, span)| Because { span: *span, entry: text.clone(), effect: "mode" }).collect()
}

/// The commands a script is taken as: each one of a plain script, else the whole in one piece.
fn commands(script: &str) -> Vec<Vec<String>> {
    plain(script).unwrap_or_else(|| vec![vec!["bash".to_owned(), "-lc".to_owned(), script.to_owned()]])
}

/// The words of each command of a script that has nothing but words, quotes and `&& || ; |`.
fn plain(script: &str) -> Option<Vec<Vec<String>>> {
    let mut chars = script.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('"'), '$' | '`') => return None,
            (Some('"'), '\\') => {
                chars.next();
            }
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '$' | '`' | '<' | '>' | '(' | ')' | '{' | '}' | '#') => return None,
            (None, '\\') => {
                chars.next();
            }
            (None, '&') if chars.next_if_eq(&'&').is_none() => return None,
            (None, '|') => {
                if chars.peek() == Some(&'&') {
                    return None;
                }
                chars.next_if_eq(&'|');
            }
            _ => {}
        }
    }
    let parts = shell::split(script).ok()?;
    let starts_plain = |p: &Part| !p.control && p.words.first().is_some_and(|w| w.raw != "[[" && !w.raw.contains('='));
    if parts.is_empty() || !parts.iter().all(starts_plain) {
        return None;
    }
    Some(parts.iter().map(|p| p.words.iter().map(|w| w.value.clone()).collect()).collect())
}

/// Codex's only dangerous command: a forced `rm`, also behind `sudo`, `env`, `trap` and shells.
fn dangerous(words: &[String], depth: usize) -> bool {
    if depth > 8 {
        return true;
    }
    let Some((program, rest)) = words.split_first() else { return false };
    let inner = |script: &str| {
        shell::split(script).is_ok_and(|parts| {
            parts.iter().any(|p| {
                let words: Vec<String> =
                    p.words.iter().skip_while(|w| w.raw.contains('=')).map(|w| w.value.clone()).collect();
                dangerous(&words, depth + 1)
            })
        })
    };
    match program.rsplit('/').next().unwrap_or(program) {
        "rm" => rest
            .iter()
            .take_while(|w| *w != "--")
            .any(|w| w == "--force" || (w.starts_with('-') && !w.starts_with("--") && w.contains('f'))),
        "sudo" | "env" => {
            let skip = rest.iter().take_while(|w| w.starts_with('-') || w.contains('=')).count();
            dangerous(rest.get(skip..).unwrap_or(&[]), depth + 1)
        }
        "trap" => rest.first().is_some_and(|s| inner(s)),
        "bash" | "sh" | "zsh" => rest
            .iter()
            .position(|w| w.starts_with('-') && !w.starts_with("--") && w.contains('c'))
            .and_then(|i| rest.get(i + 1))
            .is_some_and(|s| inner(s)),
        _ => false,
    }
}

impl Codex {
    /// `exec` never asks, whatever the file says.
    fn approval(&self, surface: Surface) -> Approval {
        if surface == Surface::Interactive { self.approval.0 } else { Approval::Never }
    }

    /// What a prompt comes to.
    fn prompted(&self, surface: Surface, by_rule: bool, because: Vec<Because>) -> Verdict {
        let refused = match self.approval(surface) {
            Approval::Never => true,
            Approval::Granular { rules, sandbox, .. } => !(if by_rule { rules } else { sandbox }),
            Approval::OnRequest => false,
        };
        let mut conditions = Vec::new();
        let decision = if refused {
            conditions.push("nothing is asked here, so what needs an answer is refused".to_owned());
            Decision::Deny
        } else if self.reviewer.is_some() {
            Decision::Gated
        } else {
            Decision::Ask
        };
        let mut because = because;
        if decision == Decision::Gated {
            because.extend(setting(&self.reviewer));
        }
        Verdict { decision: Ok(decision), because, conditions }
    }

    fn shell(&self, script: &str, surface: Surface) -> Verdict {
        if script.trim().is_empty() {
            return unknown(Reason::new("empty-command", "there is no command to judge"));
        }
        let mut by_rule: Vec<&PrefixRule> = Vec::new();
        let mut all_by_rule = true;
        let mut danger = false;
        for command in commands(script) {
            match self.policy.strictest(&command) {
                Some(rule) => by_rule.push(rule),
                None => {
                    all_by_rule = false;
                    danger |= dangerous(&command, 0);
                }
            }
        }
        let strictest = by_rule.iter().max_by_key(|r| r.effect);
        if let Some(rule) = strictest.filter(|r| r.effect == Effect::Forbidden) {
            return Verdict { decision: Ok(Decision::Deny), because: vec![because(rule)], conditions: Vec::new() };
        }
        if let Some(rule) = strictest.filter(|r| r.effect == Effect::Prompt) {
            return self.prompted(surface, true, vec![because(rule)]);
        }
        if danger {
            return self.prompted(surface, false, Vec::new());
        }
        if all_by_rule {
            let mut lines: Vec<Because> = Vec::new();
            for rule in by_rule {
                let line = because(rule);
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            let conditions = vec!["what a rule allows runs outside the sandbox".to_owned()];
            return Verdict { decision: Ok(Decision::Run), because: lines, conditions };
        }
        match &self.reach {
            Err(reason) => unknown(reason.clone()),
            Ok((Reach::Everything, at)) => {
                Verdict { decision: Ok(Decision::Run), because: setting(at), conditions: Vec::new() }
            }
            Ok((Reach::Contained { network }, at)) => Verdict {
                decision: Ok(Decision::Sandboxed { network: *network }),
                because: setting(at),
                conditions: vec!["the sandbox limits writing; files with credentials can be read".to_owned()],
            },
        }
    }

    fn mcp(&self, server: &str, tool: &str, surface: Surface) -> Verdict {
        let line = |text: &Text, span: &Span, effect| Because { span: *span, entry: text.clone(), effect };
        let known = self.servers.iter().find(|s| s.name == server);
        let mut mode = (ToolMode::Auto, Vec::new());
        if let Some(known) = known {
            let denied = |because| Verdict { decision: Ok(Decision::Deny), because, conditions: Vec::new() };
            if let Some(span) = known.off {
                return denied(vec![Because { span, entry: "enabled = false".into(), effect: "deny" }]);
            }
            if let Some((text, span)) = known.without.iter().find(|(t, _)| t == tool) {
                return denied(vec![line(text, span, "deny")]);
            }
            if known.only.as_ref().is_some_and(|only| !only.iter().any(|t| t == tool)) {
                return denied(Vec::new());
            }
            if let Some((m, text, span)) = &known.mode {
                mode = (*m, vec![line(text, span, "mode")]);
            }
            if let Some((_, m, text, span)) = known.tools.iter().find(|(name, ..)| name == tool) {
                mode = (*m, vec![line(text, span, "mode")]);
            }
        }
        let unrestricted = matches!(self.reach, Ok((Reach::Everything, _)));
        if mode.0 == ToolMode::Approve {
            return Verdict {
                decision: Ok(Decision::Run),
                because: mode.1,
                conditions: vec!["an MCP server runs outside the sandbox".to_owned()],
            };
        }
        if self.approval(surface) == Approval::Never && unrestricted {
            let because = self.reach.as_ref().map(|(_, at)| setting(at)).unwrap_or_default();
            return Verdict { decision: Ok(Decision::Run), because, conditions: Vec::new() };
        }
        let mut verdict = match self.approval(surface) {
            Approval::Granular { mcp: false, .. } => {
                Verdict { decision: Ok(Decision::Deny), because: mode.1, conditions: Vec::new() }
            }
            _ => self.prompted(surface, true, mode.1),
        };
        if mode.0 != ToolMode::Prompt {
            verdict.conditions.push("a tool that its server marks as read-only runs without a question".to_owned());
        }
        verdict
    }
}
