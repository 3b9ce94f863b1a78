//! How Droid decides: what is blocked, what is asked about, what is allowed, and then the model's own
//! rating of the risk against the autonomy of the session.

use std::sync::LazyLock;

use regex::RegexSet;

use super::policy::{Forms, Listed, Lists, Said};
use super::rules::Rule;
use crate::agents::claude::settings::strings;
use crate::agents::table::Table;
use crate::agents::{Agent, Because, Call, Decision, Entry, Hook, Procedure, Surface, Verdict};
use crate::finding::Reason;
use crate::source::{Span, Text};
use crate::syntax::tree::{Member, Node};

/// How much of a session runs by itself. Ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing but what is listed.
    #[default]
    Off,
    /// What is rated low.
    Low,
    /// What is rated low or medium.
    Medium,
    /// Whatever it is rated.
    High,
}

impl Level {
    /// By its name.
    pub fn of(text: &str) -> Option<Level> {
        Some(match text {
            "off" => Level::Off,
            "low" => Level::Low,
            "medium" => Level::Medium,
            "high" => Level::High,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
        }
    }
}

/// The level from which tools of a server run by themselves.
pub struct Tools {
    /// The server.
    pub server: Text,
    /// One tool; `None`: those that aren't named.
    pub tool: Option<Text>,
    /// From which level on.
    pub level: Level,
    /// As shown.
    pub text: Text,
    /// Where.
    pub span: Span,
}

/// Which tools of a server are there at all.
pub struct Limits {
    server: Text,
    only: Option<Vec<Text>>,
    never: Vec<Text>,
}

impl Limits {
    /// Reads a server.
    pub fn new(server: &Member) -> Self {
        let list = |key: &str| server.value.get(key).map(|n| strings(n).map(|(t, _)| t).collect::<Vec<_>>());
        Limits {
            server: server.key.clone(),
            only: list("enabledTools"),
            never: list("disabledTools").unwrap_or_default(),
        }
    }

    fn leaves_out(&self, server: &str, tool: &str) -> bool {
        self.server == server
            && (self.never.iter().any(|t| t == tool)
                || self.only.as_ref().is_some_and(|l| !l.iter().any(|t| t == tool)))
    }
}

/// Droid.
#[derive(Default)]
pub struct Droid {
    /// The lists.
    pub lists: Lists,
    /// Rules of `permissionRules` that would allow.
    pub rules: Vec<Rule>,
    /// Levels of MCP tools.
    pub tools: Vec<Tools>,
    /// Which tools are there.
    pub limits: Vec<Limits>,
    /// Tools that a person has approved for good.
    approved: Vec<(Text, Option<Text>, Level, Span)>,
    /// Levels are also given by a server's address, and count by what the tool says of itself.
    pub by_address: bool,
    /// The level of a session with a person there, and where it stands.
    pub level: Level,
    /// Where that stands.
    pub level_written: Option<(Text, Span)>,
    /// The highest level any session may have.
    pub most: Option<Level>,
    /// The level with nobody there.
    pub exec: Level,
    /// Where that stands.
    pub exec_written: Option<(Text, Span)>,
    /// The flag that skips every question.
    pub everything: Option<(Text, Span)>,
    /// Its commands run in a sandbox; whether that lets the network through.
    pub sandboxed: Option<bool>,
    /// Hooks.
    pub hooks: Vec<Hook>,
    /// Lines that the program refuses by itself.
    refused: Option<&'static RegexSet>,
}

impl Droid {
    /// With the product's own lists.
    pub fn new(table: &Table) -> Self {
        static REFUSED: LazyLock<Option<RegexSet>> =
            LazyLock::new(|| RegexSet::new(&Table::builtin().droid.refused).ok());
        let own = |list: &[String]| list.iter().map(|t| Listed::new(&t.as_str().into(), None)).collect();
        let lists = Lists { allow: own(&table.droid.allow), ask: own(&table.droid.ask), block: Vec::new() };
        Droid { lists, refused: REFUSED.as_ref(), ..Droid::default() }
    }

    /// Reads the approvals of a person's own mcp.json.
    pub fn approved(&mut self, node: &Node, agent: &mut Agent) {
        let mut add = |server: &Text, tool: Option<&Text>, node: &Node, span: Span| {
            let Some(level) = node.get("impactLevel").and_then(Node::as_str).and_then(Level::of) else { return };
            let text: Text = tool.map_or_else(|| server.clone(), |t| format!("{}/{}", &**server, &**t).into());
            agent.entries.push(Entry { text, span, effect: "allow", layer: "user".to_owned(), inert: None });
            self.approved.push((server.clone(), tool.cloned(), level, span));
        };
        for server in node.get("servers").map(Node::members).unwrap_or(&[]) {
            add(&server.key, None, &server.value, server.span());
        }
        for server in node.get("tools").map(Node::members).unwrap_or(&[]) {
            for tool in server.value.members() {
                add(&server.key, Some(&tool.key), &tool.value, tool.span());
            }
        }
    }

    fn at(&self, surface: Surface) -> (Level, Option<&(Text, Span)>) {
        let (level, written) = match surface {
            Surface::Interactive => (self.level, self.level_written.as_ref()),
            _ => (self.exec, self.exec_written.as_ref()),
        };
        match self.most {
            Some(most) if most < level => (most, None),
            _ => (level, written),
        }
    }

    /// A hook whose answer is written in its command, and refuses.
    fn refusing(&self, tool: &str) -> Option<Because> {
        let sees =
            |h: &&Hook| h.event == "PreToolUse" && h.condition.is_none() && h.sees(tool) && h.answer() == Some("deny");
        let hook = self.hooks.iter().find(sees)?;
        let entry = hook.command.clone().unwrap_or_else(|| hook.event.clone());
        Some(Because { span: hook.span, entry, effect: "hook" })
    }

    fn hook_condition(&self, tool: &str) -> Option<String> {
        let sees = |h: &Hook| h.event == "PreToolUse" && h.sees(tool) && h.answer().is_none();
        self.hooks.iter().any(sees).then(|| {
            "a PreToolUse hook sees the call and may answer it; a hook is a program, and isn't judged".to_owned()
        })
    }

    fn runs(&self) -> Decision {
        match self.sandboxed {
            Some(network) if self.everything.is_none() => Decision::Sandboxed { network },
            _ => Decision::Run,
        }
    }

    fn shell(&self, command: &str, surface: Surface) -> Verdict {
        let mut conditions: Vec<String> = self.hook_condition("Execute").into_iter().collect();
        let answer = |decision, because, conditions| Verdict { decision: Ok(decision), because, conditions };
        if let Some(hook) = self.refusing("Execute") {
            return answer(Decision::Deny, vec![hook], conditions);
        }
        let line = |l: &Listed, effect| l.span.map(|span| Because { span, entry: l.text.clone(), effect });
        let said = self.lists.say(command);
        if let Said::Block(listed) = said {
            return answer(Decision::Deny, line(listed, "deny").into_iter().collect(), conditions);
        }
        if self.refused.is_some_and(|r| r.is_match(command.trim())) {
            conditions.push("refused by the product itself".to_owned());
            return answer(Decision::Deny, Vec::new(), conditions);
        }
        if let Some((text, span)) = &self.everything {
            let because = vec![Because { span: *span, entry: text.clone(), effect: "mode" }];
            return answer(Decision::Run, because, conditions);
        }
        match said {
            Said::Ask(listed) => {
                if listed.span.is_none() {
                    conditions.push(format!("the product's own list has `{}`", &*listed.text));
                }
                let because = line(listed, "ask").into_iter().collect();
                self.asks(surface, because, conditions)
            }
            Said::Allow(by) => {
                let mut because: Vec<Because> = by.iter().filter_map(|l| line(l, "allow")).collect();
                because.dedup();
                if because.is_empty() {
                    conditions
                        .push("by the product's own list, or because it takes the line for no command".to_owned());
                } else if by.iter().any(|l| l.text.split_whitespace().count() > 1) {
                    conditions.push(
                        "of an entry the product compares the program only (with its sub-command for git, npm and a few)"
                            .to_owned(),
                    );
                }
                if surface == Surface::Interactive {
                    conditions.push("once the folder is trusted".to_owned());
                }
                answer(self.runs(), because, conditions)
            }
            _ => self.rated(command, surface, conditions),
        }
    }

    /// What no list is about: the model rates it.
    fn rated(&self, command: &str, surface: Surface, mut conditions: Vec<String>) -> Verdict {
        let (level, written) = self.at(surface);
        let because: Vec<Because> = written
            .map(|(entry, span)| Because { span: *span, entry: entry.clone(), effect: "mode" })
            .into_iter()
            .collect();
        if level < Level::High
            && let Some(rule) = self.rules.iter().find(|r| r.covers(&Call::Shell(command)))
        {
            let message =
                "whether permission rules count isn't in the repository: the vendor switches its rules engine on";
            let decision = Err(Reason::at("rules-engine", message, rule.span));
            let because = vec![Because { span: rule.span, entry: rule.text.clone(), effect: "allow" }];
            return Verdict { decision, because, conditions };
        }
        let whose = match (because.is_empty(), surface) {
            (true, Surface::Interactive) => ", the product's default; the user's own may be another",
            (true, _) => ", the product's default there",
            _ => "",
        };
        match level {
            Level::Off => {
                conditions.push(format!("at the autonomy `off`{whose}"));
                self.asks(surface, because, conditions)
            }
            Level::High => {
                conditions.push("at the autonomy `high` it runs however the model rates it".to_owned());
                Verdict { decision: Ok(self.runs()), because, conditions }
            }
            level => {
                let upto = if level == Level::Low { "`low`" } else { "`low` or `medium`" };
                conditions.push(format!(
                    "at the autonomy `{}`{whose}: the model itself rates the command, and what it calls {upto} runs",
                    level.name()
                ));
                Verdict { decision: Ok(Decision::Gated), because, conditions }
            }
        }
    }

    fn asks(&self, surface: Surface, because: Vec<Because>, mut conditions: Vec<String>) -> Verdict {
        let decision = if surface == Surface::Interactive {
            Decision::Ask
        } else {
            conditions.push("nobody is there to be asked".to_owned());
            Decision::Deny
        };
        Verdict { decision: Ok(decision), because, conditions }
    }

    fn mcp(&self, server: &str, tool: &str, surface: Surface) -> Verdict {
        let name = format!("{server}___{tool}");
        let mut conditions: Vec<String> = self.hook_condition(&name).into_iter().collect();
        let answer = |decision, because, conditions| Verdict { decision: Ok(decision), because, conditions };
        if let Some(hook) = self.refusing(&name) {
            return answer(Decision::Deny, vec![hook], conditions);
        }
        if self.limits.iter().any(|l| l.leaves_out(server, tool)) {
            return answer(Decision::Deny, Vec::new(), conditions);
        }
        let mode = |(entry, span): &(Text, Span)| Because { span: *span, entry: entry.clone(), effect: "mode" };
        if let Some(everything) = &self.everything {
            return answer(Decision::Run, vec![mode(everything)], conditions);
        }
        let (level, written) = self.at(surface);
        let given = self.given(server, tool);
        let needed = given.map_or(Level::High, |t| t.level);
        if needed <= level {
            let mut because: Vec<Because> = written.map(mode).into_iter().collect();
            if let Some(tools) = given {
                because.insert(0, Because { span: tools.span, entry: tools.text.clone(), effect: "allow" });
            }
            return answer(Decision::Run, because, conditions);
        }
        let approved = |(s, t, l, _): &&(Text, Option<Text>, Level, Span)| {
            s == server && t.as_ref().is_none_or(|t| t == tool) && needed <= *l
        };
        if let Some((s, t, _, span)) = self.approved.iter().find(approved) {
            let entry = t.as_ref().map_or_else(|| s.clone(), |t| format!("{}/{}", &**s, &**t).into());
            let because = vec![Because { span: *span, entry, effect: "allow" }];
            return answer(Decision::Run, because, conditions);
        }
        if given.is_none() && level > Level::Off {
            if self.by_address {
                let message = "levels are given by a server's address, and count by what the tool says of itself";
                return Verdict { decision: Err(Reason::new("tool-hint", message)), because: Vec::new(), conditions };
            }
            conditions.push("a tool that calls itself read-only runs".to_owned());
        }
        conditions.push(format!("at the autonomy `{}`", level.name()));
        self.asks(surface, Vec::new(), conditions)
    }

    fn given(&self, server: &str, tool: &str) -> Option<&Tools> {
        let of = |t: &&Tools| t.server == server;
        let named = self.tools.iter().filter(of).find(|t| t.tool.as_ref().is_some_and(|n| n == tool));
        named.or_else(|| self.tools.iter().filter(of).find(|t| t.tool.is_none()))
    }
}

impl Procedure for Droid {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        match call {
            Call::Shell(command) => self.shell(command, surface),
            Call::Mcp { server, tool } => self.mcp(server, tool, surface),
        }
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let here = |l: &&Listed| l.span == Some(entry.span);
        match call {
            Call::Mcp { server, tool } => {
                let told = |t: &Tools| {
                    t.span == entry.span && t.server == *server && t.tool.as_ref().is_none_or(|n| n == *tool)
                };
                let said = |(s, t, _, span): &(Text, Option<Text>, Level, Span)| {
                    *span == entry.span && s == server && t.as_ref().is_none_or(|n| n == *tool)
                };
                self.tools.iter().any(told) || self.approved.iter().any(said)
            }
            Call::Shell(command) => match entry.effect {
                "allow" => {
                    let alone: Vec<Listed> = self.lists.allow.iter().filter(here).cloned().collect();
                    let by = self.lists.allowed(&super::words::unwrapped(command), &alone);
                    by.is_some_and(|by| !by.is_empty())
                        || self.rules.iter().any(|r| r.span == entry.span && r.covers(call))
                }
                _ => {
                    let forms = Forms::of(command);
                    self.lists.ask.iter().chain(&self.lists.block).filter(here).any(|l| l.finds(&forms))
                }
            },
        }
    }
}
