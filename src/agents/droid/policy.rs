//! Droid's lists of commands, as its own program reads them. An allowed command is known by its program
//! alone, with a sub-command for a few of them; a listed pattern is words that follow each other in this
//! order on one program's line. Facts: the shipped program's own functions (2026-11).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::invocations::invocations;
use super::words;
use crate::source::{Span, Text};

/// An entry of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// As written.
    pub text: Text,
    /// Where; `None` for the product's own.
    pub span: Option<Span>,
    /// The names it stands for on the list of allowed commands.
    pub names: Vec<String>,
    pattern: Option<Pattern>,
}

impl Listed {
    /// Reads an entry.
    pub fn new(text: &Text, span: Option<Span>) -> Self {
        let trimmed = text.trim();
        Listed { text: text.clone(), span, names: words::names(trimmed), pattern: Pattern::new(trimmed) }
    }

    /// Whether its words are found in a line.
    pub fn finds(&self, forms: &Forms) -> bool {
        self.pattern.as_ref().is_some_and(|p| p.finds(forms))
    }
}

/// The lists of all layers, the product's own among them.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Run unasked.
    pub allow: Vec<Listed>,
    /// A person is asked, whatever the autonomy.
    pub ask: Vec<Listed>,
    /// Never run.
    pub block: Vec<Listed>,
}

/// What the lists say of a line.
#[derive(Debug)]
pub enum Said<'a> {
    /// Never runs.
    Block(&'a Listed),
    /// A person is asked.
    Ask(&'a Listed),
    /// Runs, by these.
    Allow(Vec<&'a Listed>),
    /// Nothing.
    Nothing,
}

impl Lists {
    /// What the lists say of a line.
    pub fn say(&self, command: &str) -> Said<'_> {
        if let Some(listed) = found(command, &self.block) {
            return Said::Block(listed);
        }
        let inside = words::unwrapped(command);
        if let Some(listed) = self.asked(&inside) {
            return Said::Ask(listed);
        }
        self.allowed(&inside, &self.allow).map_or(Said::Nothing, Said::Allow)
    }

    /// The entry for which a person is asked. Removing something below `/tmp` is never asked about.
    fn asked(&self, command: &str) -> Option<&Listed> {
        found(command, &self.ask).filter(|_| !self.removes_only_temporary(command))
    }

    /// The entries of a list of allowed commands that let a whole line through.
    pub fn allowed<'a>(&'a self, command: &str, list: &'a [Listed]) -> Option<Vec<&'a Listed>> {
        const READERS: [&str; 5] = ["head", "tail", "grep", "cat", "echo"];
        let parts = words::segments(command);
        if substitutes(command) || parts.iter().any(|p| defines(p)) {
            return None;
        }
        let known: Vec<(&String, String)> = parts.iter().filter_map(|p| Some((p, words::name(p)?))).collect();
        let counts = |(part, name): &&(&String, String)| !READERS.contains(&name.as_str()) || words::writes(part);
        let mut asked: Vec<_> = known.iter().filter(counts).collect();
        if asked.is_empty() {
            asked = known.iter().collect();
        }
        let by = |name: &str| list.iter().find(|l| l.names.iter().any(|n| n == name) && self.taken_off(name).is_none());
        asked.into_iter().map(|(_, name)| by(name)).collect()
    }

    /// The entry that takes a name off the list of allowed commands, whatever allows it.
    pub fn taken_off(&self, name: &str) -> Option<&Listed> {
        self.ask.iter().chain(&self.block).find(|l| l.names.iter().any(|n| n == name))
    }

    fn removes_only_temporary(&self, command: &str) -> bool {
        static BETWEEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\s*(?:&&|\|\|?|;)\s*").ok());
        static REMOVES: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"(?i)(?:^|\s)(?:sudo\s+)?rm\s+(.*)").ok());
        let (Some(between), Some(removes)) = (BETWEEN.as_ref(), REMOVES.as_ref()) else { return false };
        let mut any = false;
        for part in between.split(command).map(str::trim) {
            let listed = found(part, &self.ask).is_some();
            let Some(arguments) = removes.captures(part).and_then(|c| c.get(1)) else {
                if listed {
                    return false;
                }
                continue;
            };
            if !listed {
                continue;
            }
            any = true;
            let targets: Vec<&str> =
                arguments.as_str().split_whitespace().filter(|target| !target.starts_with('-')).collect();
            let below =
                |t: &&str| !t.contains("..") && !t.contains(['$', '`']) && (*t == "/tmp" || t.starts_with("/tmp/"));
            if targets.is_empty() || !targets.iter().all(below) {
                return false;
            }
        }
        any
    }
}

/// The first entry whose words are found in a line.
fn found<'a>(command: &str, list: &'a [Listed]) -> Option<&'a Listed> {
    if list.is_empty() {
        return None;
    }
    let forms = Forms::of(command);
    list.iter().find(|l| l.finds(&forms))
}

/// Whether a line holds a substitution.
pub fn substitutes(command: &str) -> bool {
    ["$(", "`", "<(", ">("].iter().any(|s| command.contains(s))
}

/// Whether a part defines a function.
pub fn defines(part: &str) -> bool {
    static FUNCTION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\s*[A-Za-z_][A-Za-z0-9_-]*\s*\(\s*\)\s*\{").ok());
    FUNCTION.as_ref().is_some_and(|f| f.is_match(part))
}

/// A line in the forms that patterns are looked for in.
#[derive(Debug)]
pub struct Forms {
    /// Each program it starts, with its arguments.
    each: Vec<Vec<char>>,
    /// The whole line, as written and with its programs plain, and each program with its arguments' quotes.
    whole: Vec<Vec<char>>,
}

impl Forms {
    /// The forms of a line.
    pub fn of(command: &str) -> Self {
        let joined = |plained: bool| {
            invocations(command, plained).into_iter().map(|w| w.join(" ").trim().chars().collect()).collect()
        };
        let mut whole: Vec<Vec<char>> = vec![command.chars().collect(), words::normal(command).chars().collect()];
        whole.extend::<Vec<_>>(joined(false));
        Forms { each: joined(true), whole }
    }
}

/// Words that follow each other, at most a hundred characters apart.
#[derive(Clone, Debug)]
struct Pattern {
    words: Vec<Vec<char>>,
    /// It is several commands itself, and looked for anywhere in the line.
    anywhere: bool,
}

/// The most characters between two words of a pattern.
const APART: usize = 100;

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        let words: Vec<Vec<char>> = text.split_whitespace().map(|w| w.chars().collect()).collect();
        (!words.is_empty()).then(|| Pattern { words, anywhere: words::segments(text).len() > 1 })
    }

    fn finds(&self, forms: &Forms) -> bool {
        let texts = if self.anywhere { &forms.whole } else { &forms.each };
        texts.iter().any(|t| self.found_in(t))
    }

    fn found_in(&self, text: &[char]) -> bool {
        let Some((first, rest)) = self.words.split_first() else { return false };
        let opens = |n: usize| {
            n == 0
                || self.anywhere
                    && text.get(n - 1).is_some_and(|c| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | '`'))
        };
        let bounded = first.last().is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
        let mut ends: BTreeSet<usize> = (0..=if self.anywhere { text.len() } else { 0 })
            .filter(|n| opens(*n) && stands(text, *n, first))
            .map(|n| n + first.len())
            .filter(|end| !bounded || !text.get(*end).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_'))
            .collect();
        for (n, word) in rest.iter().enumerate() {
            // A dot ends the search for a path; for words in between, the one after them counts.
            let ahead = rest.get(n + 1).unwrap_or(word);
            let path = ahead.first() == Some(&'/');
            ends = ends.iter().flat_map(|end| after(text, *end, word, path)).collect();
        }
        let last = self.words.last().map(Vec::as_slice).unwrap_or_default();
        // A lone word is closed like any other; `/` and `~` at the end of several may go on.
        let open = !rest.is_empty() && matches!(last, ['/'] | ['~']);
        ends.iter().any(|end| open || closes(text, *end, last, !rest.is_empty()))
    }
}

/// Whether a word stands at a place, in any case.
fn stands(text: &[char], at: usize, word: &[char]) -> bool {
    let same = |a: &char, b: &char| a.to_lowercase().eq(b.to_lowercase());
    text.get(at..at + word.len()).is_some_and(|t| t.iter().zip(word).all(|(a, b)| same(a, b)))
}

/// Where a word ends that follows within reach.
fn after(text: &[char], from: usize, word: &[char], path: bool) -> Vec<usize> {
    let mut found = Vec::new();
    for n in from..=(from + APART).min(text.len()) {
        if stands(text, n, word) {
            found.push(n + word.len());
        }
        if text.get(n).is_some_and(|c| matches!(c, ';' | '&' | '|') || path && *c == '.') {
            break;
        }
    }
    found
}

/// Whether a word ends where it stands: nothing follows it, or a blank or operator does.
fn closes(text: &[char], end: usize, last: &[char], several: bool) -> bool {
    let slash = last.contains(&'/') && !(several && last == ['.']);
    text.get(end).is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '&' | '|' | ')' | '`') || slash && *c == '/')
}
