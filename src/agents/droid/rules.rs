//! `permissionRules`: the newer way to write lists. The program compares them only where the vendor has
//! switched its rules engine on for the organisation, which no file shows: what a rule would allow is
//! unknown, what it would stop isn't credited.

use super::{policy, quotes, words};
use crate::agents::{Agent, Call, Entry};
use crate::source::{Span, Text};
use crate::syntax::Problem;
use crate::syntax::tree::Node;

/// A rule that would allow.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Words from the beginning, each with its alternatives.
    prefix: Vec<Vec<String>>,
    /// One of these must come later.
    has: Vec<String>,
    /// As shown.
    pub text: Text,
    /// Where.
    pub span: Span,
}

/// Reads the rules of a settings file.
pub fn read(node: &Node, layer: &str, rules: &mut Vec<Rule>, agent: &mut Agent) {
    let Some(list) = node.get("rules") else {
        let message = "`permissionRules` holds a version and a list of rules".to_owned();
        agent.problems.push(Problem { span: node.span, message });
        return;
    };
    for item in list.items() {
        let word = |key: &str| item.get(key).and_then(Node::as_str);
        if item.get("enabled").and_then(Node::as_bool) == Some(false) {
            continue;
        }
        let effect = match word("decision") {
            Some("allow") => "allow",
            Some("ask") => "ask",
            Some("block") => "deny",
            _ => {
                let message = "a rule's decision is allow, ask or block".to_owned();
                agent.problems.push(Problem { span: item.span, message });
                continue;
            }
        };
        let prefix: Vec<Vec<String>> =
            item.path(&["match", "prefix"]).map(Node::items).unwrap_or(&[]).iter().map(alternatives).collect();
        let shown: Vec<String> = prefix.iter().map(|w| w.join("|")).collect();
        let text: Text = if shown.is_empty() { word("id").unwrap_or("rule").into() } else { shown.join(" ").into() };
        let inert = (effect != "allow").then(|| {
            "permission rules count only where the vendor has switched its rules engine on: it isn't known to protect"
                .to_owned()
        });
        agent.entries.push(Entry { text: text.clone(), span: item.span, effect, layer: layer.to_owned(), inert });
        if effect == "allow" && !prefix.is_empty() {
            let has = item.path(&["match", "hasArg"]).map(alternatives).unwrap_or_default();
            rules.push(Rule { prefix, has, text, span: item.span });
        }
    }
}

/// A word, or a list of alternatives.
fn alternatives(node: &Node) -> Vec<String> {
    let one = node.as_str().map(str::to_owned);
    one.into_iter().chain(node.items().iter().filter_map(Node::as_str).map(str::to_owned)).collect()
}

impl Rule {
    /// Whether the rule would let a call through: every program of the line begins with its words.
    pub fn covers(&self, call: &Call<'_>) -> bool {
        let Call::Shell(command) = call else { return false };
        let parts = words::segments(command);
        let plain = |part: &String| {
            let words = quotes::words(part);
            !policy::defines(part) && !words::prefixed(&words) && words.iter().all(|w| !special(w))
        };
        !policy::substitutes(command)
            && !parts.is_empty()
            && parts.iter().all(plain)
            && parts
                .iter()
                .filter(|p| words::name(p).is_some())
                .all(|p| self.begins(&words::arguments(&quotes::words(p))))
            && parts.iter().any(|p| words::name(p).is_some())
    }

    fn begins(&self, arguments: &[String]) -> bool {
        let later = arguments.get(self.prefix.len()..);
        self.prefix.len() <= arguments.len()
            && self.prefix.iter().zip(arguments).all(|(any, word)| any.contains(word))
            && (self.has.is_empty() || later.is_some_and(|rest| rest.iter().any(|w| self.has.contains(w))))
    }
}

/// Whether a shell would do more with a word than take off its quotes.
fn special(word: &str) -> bool {
    let (mut single, mut double) = (false, false);
    let mut chars = word.chars().enumerate();
    while let Some((n, c)) = chars.next() {
        match c {
            '\'' if !double => single = !single,
            _ if single => {}
            '\\' => _ = chars.next(),
            '"' => double = !double,
            '$' | '`' => return true,
            _ if double => {}
            '{' | '}' | '*' | '?' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | ';' | '&' | '|' => return true,
            '~' | '=' if n == 0 => return true,
            _ => {}
        }
    }
    false
}
