//! Makefiles: the recipe lines of targets, as the shell gets them.
//!
//! Each recipe line runs in a shell of its own (unless `.ONESHELL`), so each is a command. What a
//! target needs first is a command too: `make NAME`. Variables with written-out values are put in;
//! any other reference stands as a shell variable of its name, which no one can know either.

mod expand;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::ci::mapping::Built;
use crate::ci::{Command, LITERAL, RunsIn, paths};
use crate::source::{Source, Span, Text};
use expand::Expander;

/// More targets of one rule than this are not told apart.
const TARGETS: usize = 16;

/// Directives that are neither rule nor assignment.
const DIRECTIVES: &[&str] = &[
    "ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "include", "-include", "sinclude", "vpath", "undefine",
    "unexport",
];

/// Every recipe line of a Makefile.
pub(super) fn read(source: &Source) -> Vec<Command> {
    let file = File::of(source);
    let oneshell = file.rules.iter().any(|r| r.targets.iter().any(|t| t == ".ONESHELL"));
    let names: HashSet<&str> = file.rules.iter().flat_map(|r| &r.targets).map(String::as_str).collect();
    // What `make` runs by itself is a target of the Makefile, not of what it includes.
    let main = !source.path.ends_with(".mk");
    let first = file.rules.iter().flat_map(|r| &r.targets).find(|t| !t.starts_with('.'));
    let by_itself = file.variables.get(".DEFAULT_GOAL").or(first).filter(|_| main);
    let mut found = Vec::new();
    for rule in &file.rules {
        for target in rule.targets.iter().filter(|t| !special(t)).take(TARGETS) {
            let mut add = |built: Built, span: Span| {
                if built.text.trim().is_empty() {
                    return;
                }
                let mut command = Command::new(&built.text, built.mapping, span, target.as_str(), RunsIn::Script);
                command.dir = Some(paths::parent(&source.path).to_owned());
                command.environment.clone_from(&file.exported);
                if by_itself == Some(target) {
                    command.aliases.push(String::new());
                }
                found.push(command);
            };
            for (name, at) in rule.needs.iter().filter(|(n, _)| names.contains(n.as_str())) {
                let mut built = Built::default();
                built.push_made("make ");
                built.push(name, *at);
                add(built, Span::new(source.id, *at, *at + name.len()));
            }
            let first = rule.needs.first().map(|(n, _)| n.as_str());
            let expander = Expander { variables: &file.variables, target, first, count: Cell::new(0) };
            let mut whole = Built::default();
            for &(start, end) in &rule.recipe {
                let Some(line) = source.text.get(start..end) else { continue };
                let mut built = if oneshell { std::mem::take(&mut whole) } else { Built::default() };
                let from = expander.recipe(line, start, &mut built);
                if oneshell {
                    built.push_made("\n");
                    whole = built;
                } else {
                    add(built, Span::new(source.id, from, start + line.trim_end().len()));
                }
            }
            if let (true, Some(&(start, _)), Some(&(_, end))) = (oneshell, rule.recipe.first(), rule.recipe.last()) {
                let line = source.text.get(start..end).unwrap_or("");
                let lead = line.len() - line.trim_start().len();
                add(whole, Span::new(source.id, start + lead, start + line.trim_end().len()));
            }
        }
    }
    found
}

/// `.PHONY`, `.DEFAULT_GOAL` and the like.
fn special(target: &str) -> bool {
    target.starts_with('.') && target.chars().skip(1).all(|c| c.is_ascii_uppercase() || c == '_') && target.len() > 1
}

#[derive(Default)]
struct Rule {
    targets: Vec<String>,
    /// What it needs first, with where the name stands.
    needs: Vec<(String, usize)>,
    /// Byte ranges of its logical recipe lines.
    recipe: Vec<(usize, usize)>,
}

#[derive(Default)]
struct File {
    rules: Vec<Rule>,
    variables: HashMap<String, String>,
    /// Variables set differently under a condition: which value counts isn't known.
    unsure: HashSet<String>,
    exported: Vec<(Text, Text)>,
}

impl File {
    fn of(source: &Source) -> File {
        let mut file = File::default();
        let mut defining = false;
        let mut in_rule = false;
        let mut conditions = 0usize;
        for (start, end) in logical_lines(&source.text) {
            let line = source.text.get(start..end).unwrap_or("");
            let trimmed = line.trim();
            if defining {
                defining = trimmed != "endef";
                continue;
            }
            if line.starts_with('\t') && in_rule {
                if let Some(rule) = file.rules.last_mut() {
                    rule.recipe.push((start, end));
                }
                continue;
            }
            let word = trimmed.split_whitespace().next().unwrap_or("");
            match word {
                "ifeq" | "ifneq" | "ifdef" | "ifndef" => conditions += 1,
                "endif" => conditions = conditions.saturating_sub(1),
                _ => {}
            }
            if trimmed.is_empty() || word.starts_with('#') || DIRECTIVES.contains(&word) {
                continue;
            }
            if word == "define" {
                defining = true;
                continue;
            }
            if file.assignment(trimmed, conditions > 0) {
                in_rule = false;
            } else if let Some(rule) = rule(line, start) {
                // `target: NAME = value` sets a variable for that target.
                in_rule = true;
                file.rules.push(rule);
            }
        }
        file
    }

    /// Reads `[export|override] NAME = value`; false if it is none.
    fn assignment(&mut self, line: &str, conditional: bool) -> bool {
        let mut rest = line;
        let mut export = false;
        while let Some((word, after)) = rest.split_once(char::is_whitespace) {
            match word {
                "export" => export = true,
                "override" | "private" => {}
                _ => break,
            }
            rest = after.trim_start();
        }
        let Some(equals) = rest.find('=') else { return export };
        let (name, value) = (rest.get(..equals).unwrap_or(""), rest.get(equals + 1..).unwrap_or(""));
        let operator = name.len() - name.trim_end_matches([':', '?', '+', '!']).len();
        let (name, operator) = name.split_at(name.len() - operator);
        let name = name.trim();
        let valid = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || !name.chars().all(valid) {
            return false;
        }
        let value = value.split(" #").next().unwrap_or("").trim().to_owned();
        if export {
            self.exported.push((name.into(), LITERAL.into()));
        }
        let other = self.variables.get(name).is_some_and(|known| *known != value);
        if conditional && (other || operator == "+") {
            self.unsure.insert(name.to_owned());
        } else if !conditional && matches!(operator, "" | ":" | "::" | ":::") {
            self.unsure.remove(name);
        }
        match operator {
            "+" => {
                let known = self.variables.entry(name.to_owned()).or_default();
                known.push(' ');
                known.push_str(&value);
            }
            "?" => {
                self.variables.entry(name.to_owned()).or_insert(value);
            }
            // The output of a command: not known.
            "!" => {
                self.variables.remove(name);
            }
            _ => {
                self.variables.insert(name.to_owned(), value);
            }
        }
        if self.unsure.contains(name) {
            self.variables.remove(name);
        }
        true
    }
}

/// `targets: needs ; recipe`.
fn rule(line: &str, start: usize) -> Option<Rule> {
    let colon = line.char_indices().find(|&(i, c)| c == ':' && !inside_reference(line, i)).map(|(i, _)| i)?;
    let targets = line.get(..colon)?.trim_end_matches('&');
    let after = line.get(colon + 1..)?.trim_start_matches(':');
    let at = line.len() - after.len();
    let (needs, recipe) = match after.find(';') {
        Some(semicolon) => (after.get(..semicolon)?, after.get(semicolon + 1..).map(|r| (at + semicolon + 1, r))),
        None => (after, None),
    };
    let mut rule = Rule { targets: targets.split_whitespace().map(str::to_owned).collect(), ..Rule::default() };
    // `target: NAME = value` needs nothing.
    if !needs.contains('=') {
        let needs = needs.split('#').next().unwrap_or("");
        for need in needs.split_whitespace().filter(|n| !matches!(*n, "|" | "\\")) {
            let offset = need.as_ptr() as usize - line.as_ptr() as usize;
            rule.needs.push((need.to_owned(), start + offset));
        }
    }
    if let Some((at, recipe)) = recipe.filter(|(_, r)| !r.trim().is_empty()) {
        rule.recipe.push((start + at, start + at + recipe.len()));
    }
    (!rule.targets.is_empty()).then_some(rule)
}

/// Whether a byte of a line lies within `$(…)` or `${…}`.
fn inside_reference(line: &str, at: usize) -> bool {
    let before = line.get(..at).unwrap_or("");
    let opened = before.matches("$(").count() + before.matches("${").count();
    opened > before.matches([')', '}']).count()
}

/// Byte ranges of lines, those that end in a backslash joined to the next; without the last newline.
fn logical_lines(text: &str) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let from = *start.get_or_insert(at);
        at += line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        let slashes = content.len() - content.trim_end_matches('\\').len();
        if slashes % 2 == 1 && at < text.len() {
            continue;
        }
        lines.push((from, at - (line.len() - content.len())));
        start = None;
    }
    lines
}
