//! What Cursor's command-line agent does with a call: deny, allow, then the approval mode, which is
//! the user's. Facts: cursor.com/docs/cli/reference/permissions and /configuration.

use crate::agents::shell::{self, Part};
use crate::agents::{Because, Call, Decision, Entry, Hook, Procedure, Surface, Verdict, glob, variants};
use crate::finding::Reason;
use crate::source::{Span, Text};

/// A token of `permissions.allow` or `permissions.deny`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `Shell(base)`, `Shell(base:argsGlob)`: the program, and its arguments as one text.
    Shell {
        /// Program, a glob.
        base: String,
        /// Arguments, a glob; `None`: any.
        arguments: Option<String>,
    },
    /// `Mcp(server:tool)`, globs.
    Mcp {
        /// Server.
        server: String,
        /// Tool.
        tool: String,
    },
    /// `Read(…)`, `Write(…)`, `WebFetch(…)`: no shell command or MCP call.
    Other,
}

/// Reads a token; the error says why it matches nothing.
pub fn parse(text: &str) -> Result<Rule, String> {
    let text = text.trim();
    let (kind, inside) = match text.split_once('(') {
        None => (text, "*"),
        Some((kind, rest)) => (kind, rest.strip_suffix(')').ok_or_else(|| "its parentheses don't match".to_owned())?),
    };
    match kind {
        "Shell" => {
            let (base, arguments) = match inside.split_once(':') {
                Some((base, arguments)) => (base, Some(arguments.to_owned())),
                None => (inside, None),
            };
            if base.trim().is_empty() {
                return Err("it names no program".to_owned());
            }
            if base.contains(' ') {
                return Err(format!(
                    "only the first word of a command is compared: write `Shell({}:{}*)`",
                    base.split(' ').next().unwrap_or(base),
                    base.split_once(' ').map(|(_, rest)| rest.trim_end_matches('*')).unwrap_or("")
                ));
            }
            Ok(Rule::Shell { base: base.to_owned(), arguments })
        }
        // The documentation writes `server:tool`, the product's own help `server, tool`.
        "Mcp" => match inside.split_once([':', ',']) {
            Some((server, tool)) => Ok(Rule::Mcp { server: server.trim().to_owned(), tool: tool.trim().to_owned() }),
            None if inside.bytes().all(|b| b == b'*') => Ok(Rule::Mcp { server: "*".to_owned(), tool: "*".to_owned() }),
            None => Err("an entry is `Mcp(server:tool)`".to_owned()),
        },
        "Read" | "Write" | "WebFetch" => Ok(Rule::Other),
        _ => Err("it is none of Shell, Read, Write, WebFetch and Mcp".to_owned()),
    }
}

impl Rule {
    fn covers(&self, part: &Part) -> bool {
        let Rule::Shell { base, arguments } = self else { return false };
        let Some(program) = part.words.first() else { return false };
        let rest: Vec<&str> = part.words.iter().skip(1).map(|w| w.value.as_str()).collect();
        glob::matches(base, &program.value) && arguments.as_ref().is_none_or(|a| glob::matches(a, &rest.join(" ")))
    }

    fn covers_tool(&self, server: &str, tool: &str) -> bool {
        matches!(self, Rule::Mcp { server: s, tool: t } if glob::matches(s, server) && glob::matches(t, tool))
    }

    fn covers_everything(&self) -> bool {
        matches!(self, Rule::Shell { base, arguments }
            if base.bytes().all(|b| b == b'*') && arguments.as_ref().is_none_or(|a| a.bytes().all(|b| b == b'*')))
    }
}

/// The command-line agent as configured in one directory.
#[derive(Default)]
pub struct Cli {
    /// `permissions.allow`.
    pub allow: Vec<(Rule, Text, Span)>,
    /// `permissions.deny`.
    pub deny: Vec<(Rule, Text, Span)>,
    /// `approvalMode` of the user's file, if it was read.
    pub mode: Option<(Text, Span)>,
    /// Hooks.
    pub hooks: Vec<Hook>,
    /// Started with `--force`.
    pub force: bool,
}

impl Procedure for Cli {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        self.under(self.force, call, surface)
    }

    fn stopping(&self, entry: &Entry, base: &str, forms: &[String]) -> Option<Vec<String>> {
        let (program, sub) = base.split_once(' ').unwrap_or((base, ""));
        // One word alone is part of many others.
        let candidates = match sub {
            "" => [
                format!("Shell(*/{program}:*)"),
                format!("Shell(*:{program} *)"),
                format!("Shell(*:* {program} *)"),
                format!("Shell(*:*'{program} *)"),
            ],
            _ => [
                format!("Shell(*:*{base}*)"),
                format!("Shell(*/{program}:{sub}*)"),
                format!("Shell({program}:-* {sub}*)"),
                format!("Shell(*:*{}*)", base.replace(' ', "*")),
            ],
        };
        variants::covering(self, entry, &candidates, forms)
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let Ok(rule) = parse(&entry.text) else { return false };
        match call {
            Call::Mcp { server, tool } => rule.covers_tool(server, tool),
            Call::Shell(command) => shell::split(command).is_ok_and(|parts| {
                if entry.effect == "allow" {
                    !parts.is_empty() && parts.iter().all(|p| rule.covers(p))
                } else {
                    parts.iter().any(|p| rule.covers(p))
                }
            }),
        }
    }
}

fn because(rule: &(Rule, Text, Span), effect: &'static str) -> Because {
    Because { span: rule.2, entry: rule.1.clone(), effect }
}

impl Cli {
    /// What happens to a call, with or without `--force`.
    pub fn under(&self, force: bool, call: &Call<'_>, surface: Surface) -> Verdict {
        let mut verdict = self.judge(force, call, surface);
        if self.hooks.iter().any(|h| h.event.starts_with("before") || h.event == "preToolUse") {
            verdict
                .conditions
                .push("a hook sees the call and may refuse it; a hook is a program, and isn't judged".to_owned());
        }
        verdict
    }

    fn judge(&self, force: bool, call: &Call<'_>, surface: Surface) -> Verdict {
        let mut conditions = Vec::new();
        let mut granted = Vec::new();
        let listed = match call {
            Call::Mcp { server, tool } => {
                if let Some(deny) = self.deny.iter().find(|r| r.0.covers_tool(server, tool)) {
                    return verdict(Decision::Deny, vec![because(deny, "deny")], conditions);
                }
                granted.extend(self.allow.iter().find(|r| r.0.covers_tool(server, tool)).map(|r| because(r, "allow")));
                if surface == Surface::Interactive {
                    conditions.push(format!("once somebody has approved the server `{server}`"));
                }
                !granted.is_empty()
            }
            Call::Shell(command) => match shell::split(command) {
                Ok(parts) if parts.is_empty() => {
                    let decision = Err(Reason::new("empty-command", "there is no command to judge"));
                    return Verdict { decision, because: Vec::new(), conditions };
                }
                Ok(parts) => {
                    if let Some(deny) = self.deny.iter().find(|r| parts.iter().any(|p| r.0.covers(p))) {
                        return verdict(Decision::Deny, vec![because(deny, "deny")], conditions);
                    }
                    if parts.len() > 1 {
                        conditions.push("every part of a compound command is taken to need an entry".to_owned());
                    }
                    parts.iter().all(|part| match self.allow.iter().find(|r| r.0.covers(part)) {
                        Some(rule) => {
                            let b = because(rule, "allow");
                            if !granted.contains(&b) {
                                granted.push(b);
                            }
                            true
                        }
                        None => false,
                    })
                }
                Err(why) => {
                    conditions.push(format!("the command can't be parsed: {}", why.words()));
                    let everything = self.allow.iter().find(|r| r.0.covers_everything());
                    granted.extend(everything.map(|r| because(r, "allow")));
                    everything.is_some()
                }
            },
        };
        if listed {
            return verdict(Decision::Run, granted, conditions);
        }
        if force {
            conditions.push("with `--force`".to_owned());
            return verdict(Decision::Run, Vec::new(), conditions);
        }
        let mode = self
            .mode
            .as_ref()
            .map(|(text, span)| (text.as_str(), Because { span: *span, entry: text.clone(), effect: "mode" }));
        match mode {
            Some(("unrestricted", b)) => verdict(Decision::Run, vec![b], conditions),
            Some(("auto-review", b)) => verdict(Decision::Gated, vec![b], conditions),
            _ if surface == Surface::Interactive => {
                conditions
                    .push("in the approval mode `allowlist`, the default; the mode isn't in the repository".to_owned());
                verdict(Decision::Ask, Vec::new(), conditions)
            }
            _ => {
                conditions.push("without `--force`".to_owned());
                verdict(Decision::Deny, Vec::new(), conditions)
            }
        }
    }
}

fn verdict(decision: Decision, because: Vec<Because>, conditions: Vec<String>) -> Verdict {
    Verdict { decision: Ok(decision), because, conditions }
}
