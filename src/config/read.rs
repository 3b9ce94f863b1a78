//! The config's tree → the config, or everything that is wrong with it.

use std::path::{Component, Path};

use globset::GlobBuilder;

use crate::config::{
    Config, ConfigError, ConfigIgnore, Expired, NOWHERE, RuleSetting, StatedCopy, StatedRecovery, date, keys,
};
use crate::finding::{Persona, Severity};
use crate::source::{Source, Span};
use crate::syntax::tree::{Data, Member, Node};
use crate::syntax::yaml;

/// Reads a config; see [`Config::parse`].
pub(super) fn read(file: &str, text: &str, today: &str) -> Result<Config, Vec<ConfigError>> {
    let source = Source::new(NOWHERE, file, text);
    let tree = yaml::parse(&source);
    let mut reader = Reader { source: &source, today, errors: Vec::new() };
    for problem in &tree.problems {
        reader.error(problem.span, format!("this is no YAML: {}", problem.message));
    }
    let mut config =
        Config { file: file.to_owned(), text: source.text.clone(), today: today.to_owned(), ..Config::default() };
    if tree.problems.is_empty() {
        if let Some(second) = tree.roots.get(1) {
            reader.error(second.span, "the config is one document; here a second one begins".to_owned());
        }
        if let Some(root) = tree.root().filter(|r| !r.is_null()) {
            reader.top(root, &mut config);
        }
    }
    let mut errors = reader.errors;
    errors.sort();
    if errors.is_empty() { Ok(config) } else { Err(errors) }
}

struct Reader<'a> {
    source: &'a Source,
    today: &'a str,
    errors: Vec<ConfigError>,
}

impl Reader<'_> {
    fn error(&mut self, span: Span, message: String) {
        let at = self.source.position(span.start);
        self.errors.push(ConfigError { file: self.source.path.clone(), line: at.line, column: at.column, message });
    }

    fn wrong<T>(&mut self, node: &Node, expected: &str) -> Option<T> {
        self.error(node.span, format!("expected {expected}"));
        None
    }

    fn top(&mut self, root: &Node, config: &mut Config) {
        for member in self.members(root, keys::TOP, "lastcopy.yaml") {
            let node = &member.value;
            match member.key.as_str() {
                "root" => {
                    self.flag(node);
                }
                "environments" => self.environments(node, config),
                "copies" => self.copies(node, config),
                "recovery" => self.recovery(node, config),
                "ignore" => self.ignores(node, config),
                "rules" => self.rules(node, config),
                "rule-dirs" => config.rule_dirs = self.texts(node, Self::directory),
                "thresholds" => self.thresholds(node, config),
                "exclude" => config.exclude = self.texts(node, Self::glob),
                "include" => config.include = self.texts(node, Self::glob),
                "fail-on" => {
                    const FAIL_ON: &[(&str, Option<Severity>)] = &[
                        ("error", Some(Severity::Error)),
                        ("warning", Some(Severity::Warning)),
                        ("note", Some(Severity::Note)),
                        ("never", None),
                    ];
                    config.fail_on = self.word(node, FAIL_ON);
                }
                "persona" => {
                    const PERSONA: &[(&str, Persona)] = &[
                        ("regular", Persona::Regular),
                        ("pedantic", Persona::Pedantic),
                        ("auditor", Persona::Auditor),
                    ];
                    config.persona = self.word(node, PERSONA);
                }
                _ => {}
            }
        }
    }

    /// The members of a mapping; unknown and repeated keys are errors. With no `known` keys every
    /// name is allowed.
    fn members<'n>(&mut self, node: &'n Node, known: &[&str], whose: &str) -> Vec<&'n Member> {
        let Data::Object(members) = &node.value else {
            // A key whose entries are all commented out is empty, not wrong.
            if !node.is_null() {
                self.error(node.span, format!("expected a mapping ({whose})"));
            }
            return Vec::new();
        };
        let mut kept: Vec<&Member> = Vec::new();
        for member in members {
            let key = member.key.as_str();
            if !known.is_empty() && !known.contains(&key) {
                let near = keys::nearest(key, known.iter().copied());
                let near = if near.is_empty() { format!("; there are {}", known.join(", ")) } else { near };
                self.error(member.key_span, format!("{whose} has no key `{key}`{near}"));
            } else if kept.iter().any(|m| m.key == member.key) {
                self.error(member.key_span, format!("`{key}` is written twice"));
            } else {
                kept.push(member);
            }
        }
        kept
    }

    fn items<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Data::Array(items) => items,
            Data::Null => &[],
            _ => {
                self.error(node.span, format!("expected a list of {what}"));
                &[]
            }
        }
    }

    fn flag(&mut self, node: &Node) -> Option<bool> {
        match node.value {
            Data::Bool(flag) => Some(flag),
            _ => self.wrong(node, "true or false"),
        }
    }

    fn text(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Data::String(text) | Data::Number(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => self.wrong(node, "a text"),
        }
    }

    fn date(&mut self, node: &Node) -> Option<String> {
        match node.as_str() {
            Some(text) if date::is_date(text) => Some(text.to_owned()),
            _ => self.wrong(node, "a date, written 2026-11-24"),
        }
    }

    fn number(&mut self, node: &Node) -> Option<f64> {
        match node.as_f64() {
            Some(number) if number >= 0.0 && number.is_finite() => Some(number),
            _ => self.wrong(node, "a number of days"),
        }
    }

    fn word<T: Copy>(&mut self, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let written = node.as_str();
        if let Some((_, meaning)) = words.iter().find(|(word, _)| Some(*word) == written) {
            return Some(*meaning);
        }
        let known = words.iter().map(|(word, _)| *word);
        let near = written.map_or(String::new(), |w| keys::nearest(w, known.clone()));
        let all: Vec<&str> = known.collect();
        self.error(node.span, format!("expected one of {}{near}", all.join(", ")));
        None
    }

    /// One text or a list of texts.
    fn texts(&mut self, node: &Node, check: fn(&mut Self, &Node) -> Option<String>) -> Vec<String> {
        match &node.value {
            Data::Null => Vec::new(),
            Data::Array(items) => items.iter().filter_map(|item| check(self, item)).collect(),
            _ => check(self, node).into_iter().collect(),
        }
    }

    fn glob(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        match GlobBuilder::new(&text).build() {
            Ok(_) => Some(text),
            Err(error) => {
                self.error(node.span, format!("`{text}` is no glob: {}", error.kind()));
                None
            }
        }
    }

    /// A directory below the root: nothing outside of it is read.
    fn directory(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        let inside = Path::new(&text).components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
        if !inside || text.contains('\\') {
            self.error(node.span, format!("`{text}` doesn't lie below the project's root; give it with --rules"));
            return None;
        }
        Some(text)
    }

    fn environments(&mut self, node: &Node, config: &mut Config) {
        for member in self.members(node, &[], "environments") {
            let names = self.texts(&member.value, Self::text);
            for name in &names {
                let other = config.environments.iter().find(|(_, known)| known.contains(name));
                if let Some((other, _)) = other {
                    let message = format!("`{name}` stands for the environment `{other}` already");
                    self.error(member.value.span, message);
                }
            }
            config.environments.insert(member.key.as_str().to_owned(), names);
        }
    }

    fn thresholds(&mut self, node: &Node, config: &mut Config) {
        for member in self.members(node, keys::THRESHOLDS, "thresholds") {
            let Some(days) = self.number(&member.value) else { continue };
            match member.key.as_str() {
                "undo-days" => config.thresholds.undo_days = days,
                "restore-days" => config.thresholds.restore_days = days,
                _ => config.thresholds.retention_days = days,
            }
        }
    }

    fn rules(&mut self, node: &Node, config: &mut Config) {
        const SETTINGS: &[(&str, Option<Severity>)] = &[
            ("error", Some(Severity::Error)),
            ("warning", Some(Severity::Warning)),
            ("note", Some(Severity::Note)),
            ("off", None),
        ];
        for member in self.members(node, &[], "rules") {
            let id = member.key.as_str();
            let value = match &member.value.value {
                Data::Object(_) => {
                    let whose = format!("the setting of `{id}`");
                    let inner = self.members(&member.value, keys::RULE, &whose);
                    match inner.first() {
                        Some(severity) => &severity.value,
                        None => continue,
                    }
                }
                _ => &member.value,
            };
            if let Some(severity) = self.word(value, SETTINGS) {
                config.rules.insert(id.to_owned(), RuleSetting { severity, span: member.key_span });
            }
        }
    }

    fn copies(&mut self, node: &Node, config: &mut Config) {
        for entry in self.items(node, "copies") {
            let fields = Fields::of(self, entry, keys::COPY, "a copy");
            let of = fields.must(self, "of", "the address of the store it is a copy of", Self::glob);
            let place = fields.must(self, "place", "where it is kept: provider/account/…", Self::text);
            let evidence = fields.must(self, "evidence", "what shows that it exists", Self::text);
            let until = fields.must(self, "until", "the day somebody looks again", Self::date);
            let kept = fields.may(self, "kept", |reader, node| {
                let days = match &node.value {
                    Data::String(text) | Data::Number(text) => date::days(text),
                    _ => None,
                };
                days.or_else(|| reader.wrong(node, "how long it is kept: `35 days`"))
            });
            let locked = fields.may(self, "locked", Self::flag).unwrap_or(false);
            let restored = fields.may(self, "restored", Self::date);
            let (Some(of), Some(place), Some(evidence), Some(until)) = (of, place, evidence, until) else { continue };
            if self.passed(&until) {
                config.expired.push(Expired { kind: "copy", of, until, span: entry.span });
                continue;
            }
            config.copies.push(StatedCopy { of, place, kept, locked, evidence, span: entry.span, until, restored });
        }
    }

    fn recovery(&mut self, node: &Node, config: &mut Config) {
        for entry in self.items(node, "recoveries") {
            let fields = Fields::of(self, entry, keys::RECOVERY, "a recovery");
            let of = fields.must(self, "of", "the address of the store that is brought back", Self::glob);
            let runbook = fields.may(self, "runbook", Self::text);
            let restored = fields.may(self, "restored", Self::date);
            if !fields.has("runbook") && !fields.has("restored") && matches!(entry.value, Data::Object(_)) {
                let message = "a recovery needs a `runbook` (the page that says how) or the day it was last `restored`";
                self.error(entry.span, message.to_owned());
            }
            let Some(of) = of else { continue };
            config.recovery.push(StatedRecovery { of, runbook, restored, span: entry.span });
        }
    }

    fn ignores(&mut self, node: &Node, config: &mut Config) {
        for entry in self.items(node, "ignored findings") {
            let fields = Fields::of(self, entry, keys::IGNORE, "an ignored finding");
            let rules = fields.must(self, "rule", "the rule, or a list of rules", |reader, node| {
                let rules = reader.texts(node, Self::text);
                if rules.is_empty() { reader.wrong(node, "the rule, or a list of rules") } else { Some(rules) }
            });
            let path = fields.may(self, "path", Self::glob);
            let address = fields.may(self, "address", Self::glob);
            let reason = fields.must(self, "reason", "why it is ignored", Self::text);
            let until = fields.may(self, "until", Self::date);
            if !fields.has("path") && !fields.has("address") && matches!(entry.value, Data::Object(_)) {
                let message = "an ignored finding needs a `path` or an `address`; a rule that isn't wanted at all is \
                               switched off under `rules`";
                self.error(entry.span, message.to_owned());
            }
            let (Some(rules), Some(reason)) = (rules, reason) else { continue };
            if let Some(until) = until.as_ref().filter(|until| self.passed(until)) {
                let of = rules.join(", ");
                config.expired.push(Expired { kind: "ignore", of, until: until.clone(), span: entry.span });
                continue;
            }
            config.ignores.push(ConfigIgnore { rules, path, address, reason, until, span: entry.span });
        }
    }

    fn passed(&self, until: &str) -> bool {
        !self.today.is_empty() && until < self.today
    }
}

/// The fields of an entry of a list.
struct Fields<'n> {
    entry: &'n Node,
    whose: &'static str,
    members: Vec<&'n Member>,
}

impl<'n> Fields<'n> {
    fn of(reader: &mut Reader<'_>, entry: &'n Node, known: &[&str], whose: &'static str) -> Fields<'n> {
        if entry.is_null() {
            reader.error(entry.span, format!("expected a mapping ({whose})"));
        }
        let members = reader.members(entry, known, whose);
        Fields { entry, whose, members }
    }

    fn has(&self, key: &str) -> bool {
        self.members.iter().any(|m| m.key == key)
    }

    fn may<'r, T>(
        &self,
        reader: &mut Reader<'r>,
        key: &str,
        read: impl FnOnce(&mut Reader<'r>, &Node) -> Option<T>,
    ) -> Option<T> {
        let member = self.members.iter().find(|m| m.key == key)?;
        read(reader, &member.value)
    }

    fn must<'r, T>(
        &self,
        reader: &mut Reader<'r>,
        key: &str,
        what: &str,
        read: impl FnOnce(&mut Reader<'r>, &Node) -> Option<T>,
    ) -> Option<T> {
        if !self.has(key) && matches!(self.entry.value, Data::Object(_)) {
            reader.error(self.entry.span, format!("{} needs `{key}`: {what}", self.whose));
        }
        self.may(reader, key, read)
    }
}
