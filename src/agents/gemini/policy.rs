//! Gemini CLI's policy engine: rules by priority, the highest that matches wins; a shell line is
//! judged whole, then by its parts. Facts: google-gemini/gemini-cli policy-engine.ts, and the
//! 0.61.0 engine as run.

use regex::Regex;

use crate::agents::gemini::commands;
use crate::agents::shell;
use crate::agents::{Because, Call, Decision, Entry, Procedure, Surface, Verdict, glob};
use crate::source::{Span, Text};

/// The name of the shell tool.
pub const SHELL: &str = "run_shell_command";

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Say {
    /// Refuse.
    Deny,
    /// Ask.
    Ask,
    /// Run.
    Allow,
}

/// The approval mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Asks.
    Default,
    /// Edits without asking.
    AutoEdit,
    /// Everything without asking; a flag only.
    Yolo,
    /// Reads only.
    Plan,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Tool, with `*` for any.
    pub tool: String,
    /// On the JSON of the arguments.
    pub arguments: Option<Regex>,
    /// What it says.
    pub say: Say,
    /// Tier and priority, in thousandths.
    pub priority: u32,
    /// Modes it counts in; `None`: all.
    pub modes: Option<Vec<Mode>>,
    /// Only with, or only without, a person.
    pub interactive: Option<bool>,
    /// Allows output redirection too.
    pub redirection: bool,
    /// The line it comes from; `None` for a default.
    pub at: Option<(Text, Span)>,
}

impl Rule {
    /// A rule for a tool, without further conditions.
    pub fn new(tool: impl Into<String>, say: Say, priority: u32, at: Option<(Text, Span)>) -> Rule {
        Rule {
            tool: tool.into(),
            arguments: None,
            say,
            priority,
            modes: None,
            interactive: None,
            redirection: false,
            at,
        }
    }

    fn matches(&self, tool: &str, arguments: &str, mode: Mode, interactive: bool) -> bool {
        (self.tool == tool || glob::matches(&self.tool, tool))
            && self.modes.as_ref().is_none_or(|m| m.contains(&mode))
            && self.interactive.is_none_or(|i| i == interactive)
            && self.arguments.as_ref().is_none_or(|r| r.is_match(arguments))
    }
}

/// The pattern of a `commandPrefix`: the command begins with it, and a word ends there.
pub fn prefix(text: &str) -> Option<Regex> {
    let json = serde_json::to_string(text).ok()?;
    let inner = json.get(1..json.len().saturating_sub(1))?;
    bounded(&format!(r#""command":"{}(?:[\s"]|\\")"#, regex::escape(inner)))
}

/// A regular expression of a file, with a limit on its size.
pub fn bounded(pattern: &str) -> Option<Regex> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 18).build().ok()
}

/// The built-in rules that matter for shell and MCP.
pub fn defaults() -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut yolo = Rule::new("*", Say::Allow, 1998, None);
    yolo.modes = Some(vec![Mode::Yolo]);
    yolo.redirection = true;
    rules.push(yolo);
    let mut plan = Rule::new("*", Say::Deny, 1040, None);
    plan.modes = Some(vec![Mode::Plan]);
    rules.push(plan);
    let mut ask = Rule::new(SHELL, Say::Ask, 1010, None);
    ask.interactive = Some(true);
    rules.push(ask);
    let mut deny = Rule::new(SHELL, Say::Deny, 1010, None);
    deny.interactive = Some(false);
    rules.push(deny);
    rules
}

/// A server as far as its tools go.
#[derive(Clone, Debug)]
pub struct ServerTools {
    /// Name.
    pub name: Text,
    /// `includeTools`.
    pub include: Option<Vec<Text>>,
    /// `excludeTools`, which wins.
    pub exclude: Vec<(Text, Span)>,
}

/// Gemini CLI as configured in one directory.
#[derive(Clone)]
pub struct Gemini {
    /// All rules, highest priority first.
    pub rules: Vec<Rule>,
    /// The mode sessions begin in, with its place.
    pub mode: (Mode, Option<(Text, Span)>),
    /// `mcp.allowed`: only these servers are started.
    pub servers_allowed: Option<Vec<Text>>,
    /// Servers' tools.
    pub servers: Vec<ServerTools>,
    /// `mcp.autoAllowInHeadless`, with its place.
    pub headless_mcp: Option<(Text, Span)>,
    /// Whether a hook sees calls.
    pub hooked: bool,
    /// `tools.sandbox` is on.
    pub sandboxed: bool,
}

impl Procedure for Gemini {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        let mut verdict = self.under(self.mode.0, call, surface);
        if verdict.because.is_empty() && self.mode.0 != Mode::Default {
            verdict.because.extend(line(&self.mode.1, "mode"));
        }
        verdict
    }

    /// A rule of a policy file, for a file that has rules: settings know prefixes only.
    fn stopping(&self, entry: &Entry, base: &str, forms: &[String]) -> Option<Vec<String>> {
        let (say, decision) = if entry.effect == "ask" { (Say::Ask, "ask_user") } else { (Say::Deny, "deny") };
        let whole = |word: &str| {
            let edge = |c: Option<char>| if c.is_some_and(|c| c.is_alphanumeric()) { r"\b" } else { "" };
            format!("{}{}{}", edge(word.chars().next()), regex::escape(word), edge(word.chars().last()))
        };
        let words: Vec<String> = base.split(' ').map(whole).collect();
        [words.join(" "), words.join(".*")].into_iter().find_map(|words| {
            let text = format!(
                "[[rule]]\ntoolName = \"{SHELL}\"\ncommandRegex = '.*{words}'\ndecision = \"{decision}\"\npriority = 999"
            );
            let mut rule = Rule::new(SHELL, say, 4999, Some((text.as_str().into(), entry.span)));
            rule.arguments = Some(bounded(&format!(r#""command":".*{words}"#))?);
            let mut with = self.clone();
            // Behind those of the same priority, as the last of its file.
            let at = with.rules.iter().position(|r| r.priority < rule.priority).unwrap_or(with.rules.len());
            with.rules.insert(at, rule);
            let held = |form: &String, surface| {
                with.decide(&Call::Shell(form), surface).decision.is_ok_and(|decision| !decision.unasked())
            };
            let stops = forms.iter().all(|f| held(f, Surface::Interactive) && held(f, Surface::Headless));
            stops.then(|| vec![text])
        })
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let (tool, arguments) = named(call);
        self.rules.iter().filter(|r| r.at.as_ref().is_some_and(|(_, span)| *span == entry.span)).any(|r| {
            r.matches(&tool, &arguments, Mode::Default, true) || r.matches(&tool, &arguments, Mode::Default, false)
        })
    }
}

/// The tool's name and the JSON of its arguments.
fn named(call: &Call<'_>) -> (String, String) {
    match call {
        Call::Shell(command) => (SHELL.to_owned(), json(command)),
        Call::Mcp { server, tool } => (format!("mcp_{server}_{tool}"), "{}".to_owned()),
    }
}

fn json(command: &str) -> String {
    serde_json::json!({ "command": command }).to_string()
}

fn line(at: &Option<(Text, Span)>, effect: &'static str) -> Option<Because> {
    at.as_ref().map(|(text, span)| Because { span: *span, entry: text.clone(), effect })
}

fn because(rule: Option<&Rule>) -> Vec<Because> {
    let Some(rule) = rule else { return Vec::new() };
    let effect = match rule.say {
        Say::Deny => "deny",
        Say::Ask => "ask",
        Say::Allow => "allow",
    };
    line(&rule.at, effect).into_iter().collect()
}

impl Gemini {
    /// The verdict in a mode; `yolo` comes from a flag, never from a file.
    pub fn under(&self, mode: Mode, call: &Call<'_>, surface: Surface) -> Verdict {
        let interactive = surface == Surface::Interactive;
        let mut conditions = vec!["the folder is trusted".to_owned()];
        if self.hooked {
            conditions.push(
                "a hook sees the call and may refuse it or ask; a hook is a program, and isn't judged".to_owned(),
            );
        }
        let (say, because) = match call {
            Call::Shell(command) => {
                if self.sandboxed {
                    conditions.push("in the sandbox the file switches on, where it can be started".to_owned());
                }
                self.shell(command, mode, interactive)
            }
            Call::Mcp { server, tool } => {
                if let Some(why) = self.absent(server, tool) {
                    conditions.push(why.0);
                    return Verdict { decision: Ok(Decision::Deny), because: why.1, conditions };
                }
                self.mcp(call, mode, interactive)
            }
        };
        let decision = match say {
            Say::Allow => Decision::Run,
            Say::Ask if interactive => Decision::Ask,
            Say::Ask => {
                conditions.push("nobody is there to be asked".to_owned());
                Decision::Deny
            }
            Say::Deny => Decision::Deny,
        };
        Verdict { decision: Ok(decision), because, conditions }
    }

    fn find(&self, tool: &str, arguments: &str, mode: Mode, interactive: bool) -> Option<&Rule> {
        self.rules.iter().find(|r| r.matches(tool, arguments, mode, interactive))
    }

    fn unmatched(mode: Mode, interactive: bool) -> Say {
        match (mode, interactive) {
            (Mode::Yolo, _) => Say::Allow,
            (_, true) => Say::Ask,
            (_, false) => Say::Deny,
        }
    }

    fn shell(&self, command: &str, mode: Mode, interactive: bool) -> (Say, Vec<Because>) {
        let rule = self.find(SHELL, &json(command), mode, interactive);
        let mut say = rule.map_or(Self::unmatched(mode, interactive), |r| r.say);
        let mut why = because(rule);
        if rule.is_none_or(|r| r.arguments.is_none()) && say != Say::Deny {
            if commands::dangerous(command) {
                if mode != Mode::Yolo {
                    say = Say::Ask;
                }
            } else if say == Say::Ask && commands::safe(command) {
                say = Say::Allow;
            }
        }
        if say == Say::Deny {
            return (say, why);
        }
        let Ok(parts) = shell::split(command) else {
            let narrowed = rule.is_some_and(|r| r.arguments.is_some());
            return match mode {
                Mode::Yolo if narrowed => (Say::Deny, why),
                Mode::Yolo => (Say::Allow, why),
                _ => (Self::unmatched(mode, interactive), why),
            };
        };
        let mut texts: Vec<(String, bool)> = parts.iter().map(|p| (p.text.clone(), p.redirected)).collect();
        for part in &parts {
            inner(part, &mut texts, 0);
        }
        let free = matches!(mode, Mode::Yolo | Mode::AutoEdit) || rule.is_some_and(|r| r.redirection);
        if say == Say::Allow && !free && texts.iter().any(|(_, writes)| *writes) {
            say = Say::Ask;
        }
        // Blanks around it, or a `&` behind it, make even a single part another text than the whole.
        if texts.len() > 1 || texts.first().is_some_and(|(text, _)| text != command) {
            for (text, _) in &texts {
                let rule = self.find(SHELL, &json(text), mode, interactive);
                let part = rule.map_or(Self::unmatched(mode, interactive), |r| r.say);
                if part < say {
                    say = part;
                    why = because(rule);
                }
            }
        }
        (say, why)
    }

    /// Why a server's tool isn't there to be called.
    fn absent(&self, server: &str, tool: &str) -> Option<(String, Vec<Because>)> {
        if self.servers_allowed.as_ref().is_some_and(|list| !list.iter().any(|s| s == server)) {
            return Some((format!("`mcp.allowed` doesn't list `{server}`: it isn't started"), Vec::new()));
        }
        let known = self.servers.iter().find(|s| s.name == server)?;
        if let Some((text, span)) = known.exclude.iter().find(|(t, _)| t == tool) {
            let b = Because { span: *span, entry: text.clone(), effect: "deny" };
            return Some(("the tool isn't registered".to_owned(), vec![b]));
        }
        known
            .include
            .as_ref()
            .filter(|list| !list.iter().any(|t| t == tool))
            .map(|_| ("`includeTools` doesn't list it: it isn't registered".to_owned(), Vec::new()))
    }

    fn mcp(&self, call: &Call<'_>, mode: Mode, interactive: bool) -> (Say, Vec<Because>) {
        let (tool, arguments) = named(call);
        match self.find(&tool, &arguments, mode, interactive) {
            Some(rule) => (rule.say, because(Some(rule))),
            None if !interactive && self.headless_mcp.is_some() => {
                (Say::Allow, line(&self.headless_mcp, "allow").into_iter().collect())
            }
            None => (Self::unmatched(mode, interactive), Vec::new()),
        }
    }
}

/// Adds what a part runs inside `sh -c`.
fn inner(part: &shell::Part, texts: &mut Vec<(String, bool)>, depth: usize) {
    let words: Vec<&str> = part.words.iter().map(|w| w.value.as_str()).collect();
    let Some((&("sh" | "bash" | "zsh"), rest)) = words.split_first() else { return };
    let Some(script) = rest.iter().position(|w| w.starts_with('-') && w.contains('c')).and_then(|i| rest.get(i + 1))
    else {
        return;
    };
    if depth > 8 {
        return;
    }
    for part in shell::split(script).unwrap_or_default() {
        texts.push((part.text.clone(), part.redirected));
        inner(&part, texts, depth + 1);
    }
}
