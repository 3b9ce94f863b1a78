//! Agents that workflows and scripts start with nobody there: actions (`uses:`), commands in `run:`
//! steps, GitLab jobs, package scripts and shell scripts. Which programs and actions those are is data
//! (`rules/agents.yaml`).

mod aw;
mod flags;
mod plain;
mod relocate;
mod start;

use crate::agents::statements::each;
use crate::agents::table::{Action, Start, Table};
use crate::agents::{Agent, Files, Surface};
use crate::source::{Source, Span, Text};
use crate::syntax::shell::{self, StatementKind};
use crate::syntax::tree::{Node, Tree};
use flags::Flags;

/// Longest script that is looked through for agents, in bytes.
const LONGEST: usize = 200_000;

/// Adds the agents that the project's workflows and scripts start.
pub fn read(files: &Files<'_>, table: &Table, agents: &mut Vec<Agent>) {
    let reader = Reader { files, table };
    for (path, tree) in files.below("", ".github/workflows/") {
        let Some(root) = tree.root() else { continue };
        if path.ends_with(".md") {
            agents.extend(aw::read(path, tree));
            continue;
        }
        for job in root.get("jobs").map(Node::members).unwrap_or(&[]) {
            let place = format!("{path}#{}", &*job.key);
            reader.steps(job.value.get("steps"), path, &place, agents);
        }
    }
    for (path, tree) in files.below("", "") {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            _ if name.ends_with(".gitlab-ci.yml") => reader.gitlab(tree, path, agents),
            "action.yml" | "action.yaml" => {
                let steps = tree.root().and_then(|r| r.path(&["runs", "steps"]));
                reader.steps(steps, path, path, agents);
            }
            "package.json" => {
                let scripts = tree.root().and_then(|r| r.get("scripts")).map(Node::members).unwrap_or(&[]);
                for script in scripts {
                    let place = format!("{path}#{}", &*script.key);
                    reader.text(&script.value, path, &place, Surface::Headless, agents);
                }
            }
            _ => {}
        }
    }
    for ending in [".sh", ".bash", "Makefile", "Dockerfile"] {
        for source in files.sources("", "", ending) {
            let place = source.path.clone();
            reader.script(
                &source.text,
                &|needle, passed| at(source, source.span(), needle, passed),
                &place,
                Surface::Headless,
                agents,
            );
        }
    }
}

/// Where a text stands inside a span, that many of it passed over; the whole span where it isn't verbatim
/// there.
fn at(source: &Source, within: Span, needle: &str, passed: usize) -> Span {
    let slice = source.slice(within);
    let mut found = slice.match_indices(needle).map(|(n, _)| n).filter(|_| !needle.is_empty());
    match found.nth(passed) {
        Some(n) => Span::new(source.id, within.start as usize + n, within.start as usize + n + needle.len()),
        None => within,
    }
}

struct Reader<'a, 'f> {
    files: &'a Files<'f>,
    table: &'a Table,
}

impl Reader<'_, '_> {
    fn steps(&self, steps: Option<&Node>, path: &str, place: &str, agents: &mut Vec<Agent>) {
        for step in steps.map(Node::items).unwrap_or(&[]) {
            if let Some(uses) = step.member("uses") {
                let name = uses.value.as_str().and_then(|u| u.split('@').next()).unwrap_or("");
                let action = self.table.actions.iter().find(|a| a.uses.eq_ignore_ascii_case(name));
                agents.extend(action.and_then(|a| self.action(a, step, uses.span(), path, place)));
            }
            if let Some(run) = step.get("run") {
                self.text(run, path, place, Surface::Ci, agents);
            }
        }
    }

    /// The lines of GitLab's jobs, hidden ones too: others are made from them.
    fn gitlab(&self, tree: &Tree, path: &str, agents: &mut Vec<Agent>) {
        for job in tree.roots.iter().flat_map(Node::members) {
            let place = format!("{path}#{}", &*job.key);
            let own = |key: &str| job.value.get(key);
            // At the top they stand for every job.
            let top = matches!(job.key.as_str(), "before_script" | "after_script").then_some(&job.value);
            for list in ["before_script", "script", "after_script"].into_iter().filter_map(own).chain(top) {
                self.lines(list, path, &place, 0, agents);
            }
        }
    }

    /// A line, or a list of lines and of such lists.
    fn lines(&self, node: &Node, path: &str, place: &str, depth: usize, agents: &mut Vec<Agent>) {
        self.text(node, path, place, Surface::Ci, agents);
        if depth < 10 {
            node.items().iter().for_each(|item| self.lines(item, path, place, depth + 1, agents));
        }
    }

    fn text(&self, node: &Node, path: &str, place: &str, surface: Surface, agents: &mut Vec<Agent>) {
        let Some(text) = node.as_str() else { return };
        let source = self.files.source(path);
        let locate = |needle: &str, passed: usize| source.map_or(node.span, |s| at(s, node.span, needle, passed));
        self.script(text, &locate, place, surface, agents);
    }

    /// Every command of a script that starts an agent.
    fn script(
        &self,
        text: &str,
        locate: &dyn Fn(&str, usize) -> Span,
        place: &str,
        surface: Surface,
        agents: &mut Vec<Agent>,
    ) {
        // Most scripts start none: a look at their words spares parsing them.
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let names = |w: &str| {
            matches!(w, "claude-code" | "gemini-cli" | "opencode-ai")
                || self.table.starts.iter().any(|s| s.program == w && (w.len() > 2 || text.contains(&format!("{w} "))))
        };
        if text.len() > LONGEST || !text.split(|c| !word(c)).any(names) {
            return;
        }
        // A platform's expression is put in before the shell starts.
        let plain = text.replace("${{", "$ {").replace("}}", "} ");
        let source = Source::new(locate("", 0).source, place, &plain);
        let parsed = shell::parse(&source);
        each(&parsed.statements, &mut |statement| {
            let StatementKind::Simple(simple) = &statement.kind else { return };
            let words: Vec<String> =
                simple.words.iter().map(|w| w.literal().unwrap_or_else(|| source.slice(w.span).to_owned())).collect();
            let Some((start, rest)) = self.start(&words) else { return };
            let first = source.slice(statement.span).lines().next().unwrap_or("").trim_end_matches([' ', '\\']);
            // What stands in front of it, a comment for one, may hold the same words.
            let before = text.get(..statement.span.start as usize).unwrap_or("");
            let here = |needle: &str| match needle {
                "" => locate("", 0),
                _ => locate(needle, before.matches(needle).count()),
            };
            let flags = Flags::new(rest, &here, here(first), first.into());
            let Some(mut agent) = start::command(start, &flags, self.files, self.table) else { return };
            label(&mut agent, &start.name, &start.start, place, surface, here(first));
            agents.push(agent);
        });
    }

    /// The start that words are, behind wrappers, and what follows the program.
    fn start<'w>(&self, words: &'w [String]) -> Option<(&Start, &'w [String])> {
        const WRAPPERS: [&str; 12] =
            ["sudo", "env", "timeout", "nohup", "nice", "time", "exec", "npx", "bunx", "pnpm", "dlx", "command"];
        let mut n = 0;
        while let Some(word) = words.get(n) {
            let value = word.rsplit('/').next().unwrap_or(word);
            let name = value.split('@').next().unwrap_or(value);
            let package = match word
                .split_once('@')
                .map_or(word.as_str(), |(head, rest)| if head.is_empty() { rest } else { head })
            {
                w if w.starts_with("anthropic-ai/claude-code") => "claude",
                w if w.starts_with("openai/codex") => "codex",
                w if w.starts_with("google/gemini-cli") => "gemini",
                w if w.starts_with("github/copilot") => "copilot",
                "opencode-ai" => "opencode",
                _ => name,
            };
            let rest = words.get(n + 1..).unwrap_or(&[]);
            let found = self.table.starts.iter().find(|s| {
                s.program == package
                    && s.verb.as_ref().is_none_or(|v| rest.iter().find(|w| !w.starts_with('-')) == Some(v))
            });
            if let Some(start) = found {
                return Some((start, rest));
            }
            let passes = WRAPPERS.contains(&name)
                || word.starts_with('-')
                || word.contains('=')
                || word.chars().next().is_some_and(|c| c.is_ascii_digit());
            if !passes || n > 8 {
                return None;
            }
            n += 1;
        }
        None
    }

    fn action(&self, action: &Action, step: &Node, span: Span, path: &str, place: &str) -> Option<Agent> {
        let source = self.files.source(path);
        let with = step.get("with");
        let input = |name: &str| with.and_then(|w| w.get(name));
        let mut words: Vec<String> = Vec::new();
        let mut within = span;
        for name in &action.arguments {
            if let Some(node) = input(name) {
                within = node.span;
                words.extend(flags::split(node.as_str().unwrap_or("")));
                words.extend(node.items().iter().filter_map(Node::as_str).map(str::to_owned));
            }
        }
        let locate = |needle: &str| source.map_or(within, |s| at(s, within, needle, 0));
        let text: Text = action.uses.as_str().into();
        let flags = Flags::new(&words, &locate, span, text);
        let settings = action.settings.as_ref().and_then(|name| input(name)).and_then(|node| {
            let source = source?;
            relocate::json(node, source)
        });
        let mut agent = start::action(action, &flags, &input, settings, self.files, self.table)?;
        label(&mut agent, &action.name, &action.start, place, Surface::Ci, span);
        Some(agent)
    }
}

/// Names an agent after what starts it.
fn label(agent: &mut Agent, name: &str, start: &str, place: &str, surface: Surface, span: Span) {
    let short = if start == "plain" { name.to_lowercase().replace(' ', "-") } else { start.to_owned() };
    agent.id = format!("{short}-ci");
    agent.name = format!("{name}, started by {place}");
    agent.surfaces = vec![surface];
    agent.started = Some(span);
    if !agent.files.contains(&span.source) {
        agent.files.insert(0, span.source);
    }
    if agent.semantics.is_none() {
        agent.semantics = Some("as its documentation of 2026-11 says of these flags");
    }
}
