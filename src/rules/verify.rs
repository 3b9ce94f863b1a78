//! What the keys of a rule mean: kinds, conditions, templates, paths, examples.

use std::collections::HashMap;

use crate::model::facts::{self, FactType, KINDS};
use crate::rules::check::{self, Binding, suggestion};
use crate::rules::compiled::RULE_SOURCE;
use crate::rules::file::{Example, RuleFile, With};
use crate::rules::literal::Origin;
use crate::source::{Position, Source};
use crate::syntax::Problem;
use crate::syntax::hcl::{Expr, parse_expression, parse_template};

/// Something wrong.
#[derive(Debug)]
pub struct Wrong {
    /// Where.
    pub at: At,
    /// What, and what was probably meant.
    pub message: String,
}

/// Where something is wrong.
#[derive(Debug)]
pub enum At {
    /// At the value of these keys (list items by number).
    Key(Vec<String>),
    /// At a position of the file.
    Inside(Position),
}

/// Everything wrong with a rule; `taken`: ids there are already, and where; `origin` tells where the literal block of a key stands.
pub fn verify(rule: &RuleFile, taken: &HashMap<String, String>, origin: &dyn Fn(&str) -> Option<Origin>) -> Vec<Wrong> {
    let mut verifier = Verifier { wrong: Vec::new(), origin };
    verifier.id(&rule.id, taken);
    verifier.examples(rule);
    let kind = facts::kind(&rule.r#for);
    match kind {
        Some(kind) if kind.fact => verifier.names(rule, kind.name),
        Some(_) => {
            let message = format!("`{}` is no kind of fact: it is only a part of others", rule.r#for);
            verifier.key(&["for"], message);
        }
        None => {
            let kinds: Vec<&str> = KINDS.iter().filter(|k| k.fact).map(|k| k.name).collect();
            let hint = suggestion(&rule.r#for, kinds.iter().copied());
            let hint = if hint.is_empty() { format!("; there are {}", kinds.join(", ")) } else { hint };
            verifier.key(&["for"], format!("unknown kind of fact `{}`{hint}", rule.r#for));
        }
    }
    verifier.wrong
}

struct Verifier<'a> {
    wrong: Vec<Wrong>,
    origin: &'a dyn Fn(&str) -> Option<Origin>,
}

impl Verifier<'_> {
    fn key(&mut self, keys: &[&str], message: String) {
        let keys = keys.iter().map(|k| (*k).to_owned()).collect();
        self.wrong.push(Wrong { at: At::Key(keys), message });
    }

    fn id(&mut self, id: &str, taken: &HashMap<String, String>) {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !id.split('-').all(word) {
            self.key(&["id"], format!("`{id}` is no rule id: small letters and digits, in words joined by `-`"));
        } else if let Some(place) = taken.get(id) {
            self.key(&["id"], format!("there is a rule `{id}` already ({place})"));
        }
    }

    /// Everything that names a fact.
    fn names(&mut self, rule: &RuleFile, kind: &'static str) {
        let names: Vec<Binding> = vec![(kind.to_owned(), Some(FactType::Record(kind)))];
        if let Some(text) = &rule.r#where {
            self.condition("where", text, &names);
        }
        self.condition("when", &rule.when, &names);
        self.template("message", &rule.message, &names);
        self.template("help", &rule.help, &names);
        self.path(&["at"], &rule.at, &names, FactType::Place, "a place");
        for (index, related) in rule.related.iter().enumerate() {
            self.related(index, related, &names);
        }
        if let Some(fix) = &rule.fix {
            self.path(&["fix", "set"], &fix.set, &names, FactType::Place, "a place");
            self.path(&["fix", "to"], &fix.to, &names, FactType::String, "a text");
        }
    }

    fn condition(&mut self, key: &str, text: &str, names: &[Binding]) {
        let source = Source::new(RULE_SOURCE, "", text);
        match parse_expression(&source, source.span()) {
            Ok(expr) => {
                let before = self.wrong.len();
                let ty = self.check(key, &source, &expr, names);
                if self.wrong.len() == before
                    && let Some(ty) = ty.filter(|ty| !matches!(ty, FactType::Bool | FactType::Open))
                {
                    let message = format!("`{key}` must be true or false; this is {}", check::words(ty));
                    self.inside(key, &source, expr.span.start, message);
                }
            }
            Err(problem) => self.unparsed(key, &source, &problem),
        }
    }

    fn template(&mut self, key: &str, text: &str, names: &[Binding]) {
        let source = Source::new(RULE_SOURCE, "", text.strip_suffix('\n').unwrap_or(text));
        match parse_template(&source, source.span()) {
            Ok(expr) => {
                self.check(key, &source, &expr, names);
            }
            Err(problem) => self.unparsed(key, &source, &problem),
        }
    }

    fn unparsed(&mut self, key: &str, source: &Source, problem: &Problem) {
        let rest = source.text.get(problem.span.start as usize..).unwrap_or("");
        // What other languages write for the operators.
        let words = [("and", "&&"), ("or", "||"), ("in", "contains(list, value)"), ("=", "==")];
        let ends = |rest: &str| rest.starts_with(char::is_whitespace);
        let hint = words.iter().find(|(word, _)| rest.strip_prefix(word).is_some_and(ends));
        let hint = hint.map_or_else(String::new, |(_, meant)| format!("; did you mean `{meant}`?"));
        self.inside(key, source, problem.span.start, format!("`{key}` can't be parsed: {}{hint}", problem.message));
    }

    fn check(&mut self, key: &str, source: &Source, expr: &Expr, names: &[Binding]) -> Option<FactType> {
        let (ty, errors) = check::check(expr, names);
        for error in errors {
            self.inside(key, source, error.span.start, error.message);
        }
        ty
    }

    /// A position in the text of a literal block.
    fn inside(&mut self, key: &str, source: &Source, offset: u32, message: String) {
        // The end of the text is behind its last word, not on the line after it.
        let offset = offset.min(source.text.trim_end().len() as u32);
        match (self.origin)(key) {
            Some(origin) => {
                let at = At::Inside(origin.place(source.position(offset)));
                self.wrong.push(Wrong { at, message });
            }
            None => self.key(&[key], message),
        }
    }

    fn path(&mut self, keys: &[&str], path: &str, names: &[Binding], wanted: FactType, what: &str) {
        let key = keys.last().copied().unwrap_or("");
        match check::path_type(path, names) {
            Err(message) => self.key(keys, format!("`{key}: {path}`: {message}")),
            Ok(Some(ty)) if ty != wanted => {
                self.key(keys, format!("`{key}: {path}` must lead to {what}; this is {}", check::words(ty)));
            }
            Ok(_) => {}
        }
    }

    fn related(&mut self, index: usize, related: &crate::rules::file::Related, names: &[Binding]) {
        let index = index.to_string();
        let mut names = names.to_vec();
        let mut element = None;
        match (&related.each, &related.r#as) {
            (Some(each), Some(name)) => {
                match check::path_type(each, &names) {
                    Err(message) => self.key(&["related", &index, "each"], format!("`each: {each}`: {message}")),
                    Ok(Some(FactType::List(of))) => element = Some(*of),
                    Ok(ty) => {
                        let ty = ty.map_or("anything".into(), check::words);
                        let message = format!("`each: {each}` must lead to a list; this is {ty}");
                        self.key(&["related", &index, "each"], message);
                    }
                }
                names.push((name.clone(), element));
            }
            (Some(_), None) => self.key(&["related", &index], "`each` needs `as`: the name of its elements".into()),
            (None, Some(_)) => {
                self.key(&["related", &index], "`as` names the elements of `each`, which is missing".into())
            }
            (None, None) => {}
        }
        self.path(&["related", &index, "at"], &related.at, &names, FactType::Place, "a place");
        let labelled = match element {
            Some(FactType::Record(kind)) => facts::kind(kind).is_some_and(|k| facts::attribute(k, "label").is_some()),
            _ => false,
        };
        if related.label.is_none() && !labelled {
            let message = "missing key `label`: what stands there (these elements have none of their own)";
            self.key(&["related", &index], message.into());
        }
    }

    fn examples(&mut self, rule: &RuleFile) {
        let examples = &rule.examples;
        for (verdict, list, fires) in
            [("bad", &examples.bad, true), ("good", &examples.good, false), ("undecided", &examples.undecided, true)]
        {
            if list.is_empty() && verdict != "undecided" {
                let message = format!("a rule needs at least one {verdict} example");
                self.key(&["examples", verdict], message);
            }
            for (index, example) in list.iter().enumerate() {
                let keys = ["examples", verdict, &index.to_string()];
                if list.iter().take(index).any(|e| e.name == example.name) {
                    self.key(&keys, format!("there is a {verdict} example `{}` already", example.name));
                }
                self.example(&keys, verdict, example, fires);
            }
        }
    }

    fn example(&mut self, keys: &[&str; 3], verdict: &str, example: &Example, fires: bool) {
        let name = &example.name;
        if fires && example.expect.is_empty() {
            let message = format!("the {verdict} example `{name}` doesn't say where: `expect: [{{path: …, line: …}}]`");
            self.key(keys, message);
        }
        if !fires && !example.expect.is_empty() {
            self.key(keys, format!("the {verdict} example `{name}` can expect nothing"));
        }
        let options = [("plan", &example.options.plan), ("var-file", &example.options.var_file)];
        for (option, file) in options.into_iter().flat_map(|(o, files)| files.iter().map(move |f| (o, f))) {
            if With::file(file, &example.files).is_none() {
                let hint = suggestion(file, example.files.keys().map(String::as_str));
                let keys = [keys[0], keys[1], keys[2], "options", option];
                self.key(&keys, format!("the example has no file `{file}`{hint}"));
            }
        }
        for (index, expect) in example.expect.iter().enumerate() {
            let Some(text) = example.files.get(&expect.path) else {
                let hint = suggestion(&expect.path, example.files.keys().map(String::as_str));
                let place = index.to_string();
                let keys = [keys[0], keys[1], keys[2], "expect", place.as_str(), "path"];
                self.key(&keys, format!("the example has no file `{}`{hint}", expect.path));
                continue;
            };
            let lines = text.lines().count().max(1);
            if expect.line as usize > lines {
                let place = index.to_string();
                let keys = [keys[0], keys[1], keys[2], "expect", place.as_str(), "line"];
                self.key(&keys, format!("`{}` has {lines} lines", expect.path));
            }
        }
    }
}
