//! The keys of a rule file: which there are, what each holds, and where a file departs from that.

use crate::rules::check::suggestion;
use crate::rules::literal::{self, Origin};
use crate::source::{Source, Span};
use crate::syntax::tree::{Data, Member, Node};

/// What a key holds.
enum Shape {
    /// Text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An expression or template in a literal block.
    Literal,
    /// true or false.
    Flag,
    /// A whole number from 1.
    Line,
    /// A list of texts.
    Texts,
    /// A mapping from path to text.
    Files,
    /// A mapping with these keys.
    One(&'static [Key]),
    /// A list of mappings with these keys.
    Many(&'static [Key]),
}

/// A key of a mapping.
struct Key {
    name: &'static str,
    shape: Shape,
    required: bool,
    what: &'static str,
}

const fn must(name: &'static str, shape: Shape, what: &'static str) -> Key {
    Key { name, shape, required: true, what }
}

const fn may(name: &'static str, shape: Shape, what: &'static str) -> Key {
    Key { name, shape, required: false, what }
}

use Shape::{Files, Flag, Line, Literal, Many, One, Text, Texts, Word};

const RULE: &[Key] = &[
    must("id", Text, "names what is wrong, in words joined by `-`"),
    must("title", Text, "one line"),
    must("severity", Word(&["error", "warning", "note"]), "the highest it can have"),
    may("persona", Word(&["regular", "pedantic", "auditor"]), "who sees it"),
    may("confidence", Word(&["high", "medium", "low"]), "the highest it can have"),
    may("tags", Texts, "words"),
    must("for", Text, "the kind of fact it is about"),
    may("where", Literal, "which facts it is about"),
    must("when", Literal, "what is wrong"),
    must("at", Text, "the dotted path of the place to show"),
    may("related", Many(RELATED), "other places worth seeing"),
    must("message", Literal, "one line about this finding"),
    must("why", Text, "why it matters, in Markdown"),
    must("help", Literal, "what to do"),
    may("fix", One(FIX), "the attribute to set"),
    must("examples", One(EXAMPLES), "at least one `bad` and one `good`"),
    may("references", Texts, "links"),
];

const RELATED: &[Key] = &[
    may("each", Text, "the dotted path of a list"),
    may("as", Text, "the name of its elements"),
    must("at", Text, "the dotted path of a place"),
    may("label", Text, "what stands there"),
];

const FIX: &[Key] = &[
    must("set", Text, "the dotted path of the place to set"),
    must("to", Text, "the dotted path of the HCL to write"),
    may("safe", Flag, "whether it can be applied without looking"),
];

const EXAMPLES: &[Key] = &[
    must("bad", Many(EXAMPLE), "projects in which the rule fires"),
    must("good", Many(EXAMPLE), "projects in which it doesn't"),
    may("undecided", Many(EXAMPLE), "projects in which it can't be known"),
];

const EXAMPLE: &[Key] = &[
    must("name", Text, "its name"),
    must("files", Files, "its files by path"),
    may("options", One(OPTIONS), "with which options it is run"),
    may("expect", Many(EXPECT), "where the findings must be"),
];

const OPTIONS: &[Key] = &[
    may("plan", Texts, "`[ROOT=]FILE` of plans in JSON, files of the example"),
    may("var-file", Texts, "`[ROOT=]FILE` of values for variables, files of the example"),
];

const EXPECT: &[Key] = &[must("path", Text, "a file of the example"), must("line", Line, "a line, from 1")];

/// Where a file departs from the keys, and how.
pub fn check(source: &Source, root: &Node) -> Vec<(Span, String)> {
    let mut checker = Checker { source, errors: Vec::new() };
    checker.mapping(root, RULE, "a rule");
    checker.errors
}

/// The key of an expression or template that a text starting with `line` might be, written on one
/// line: plain YAML can't hold it, and what its parser then says is about YAML.
pub fn literal_key(line: &str) -> Option<&'static str> {
    let literals = RULE.iter().filter(|k| matches!(k.shape, Literal));
    literals.map(|k| k.name).find(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
}

struct Checker<'a> {
    source: &'a Source,
    errors: Vec<(Span, String)>,
}

impl Checker<'_> {
    fn error(&mut self, span: Span, message: String) {
        self.errors.push((span, message));
    }

    fn mapping(&mut self, node: &Node, keys: &'static [Key], whose: &str) {
        let Data::Object(members) = &node.value else {
            let names: Vec<String> = keys.iter().map(|k| format!("`{}`", k.name)).collect();
            self.error(node.span, format!("{whose} is a mapping with the keys {}", names.join(", ")));
            return;
        };
        let mut meant: Vec<&str> = Vec::new();
        for (index, member) in members.iter().enumerate() {
            if members.iter().take(index).any(|m| m.key == member.key) {
                self.error(member.key_span, format!("`{}` is written twice", member.key.as_str()));
                continue;
            }
            match keys.iter().find(|k| member.key == k.name) {
                Some(key) => self.value(member, key),
                None => {
                    let hint = suggestion(&member.key, keys.iter().map(|k| k.name));
                    meant.extend(keys.iter().map(|k| k.name).filter(|n| hint.contains(&format!("`{n}`"))));
                    let all = keys.iter().map(|k| k.name).collect::<Vec<_>>().join(", ");
                    let hint = if hint.is_empty() { format!("; the keys of {whose} are {all}") } else { hint };
                    self.error(member.key_span, format!("unknown key `{}`{hint}", member.key.as_str()));
                }
            }
        }
        for key in keys.iter().filter(|k| k.required && !meant.contains(&k.name)) {
            if !members.iter().any(|m| m.key == key.name) {
                self.error(node.span.at_start(), format!("missing key `{}` ({})", key.name, key.what));
            }
        }
    }

    fn value(&mut self, member: &Member, key: &'static Key) {
        let node = &member.value;
        let wrong = |what: &str| format!("`{}` is {what} ({})", key.name, key.what);
        // What is empty has no place of its own.
        let at = if node.span.start == node.span.end { member.key_span } else { node.span };
        match &key.shape {
            Text if node.as_str().is_none() => self.error(at, wrong("a text")),
            Text if node.as_str().is_some_and(|t| t.trim().is_empty()) => {
                self.error(at, format!("`{}` is empty ({})", key.name, key.what));
            }
            Text => {}
            Word(words) => match node.as_str() {
                Some(word) if words.contains(&word) => {}
                Some(word) => {
                    let hint = suggestion(word, words.iter().copied());
                    let all = words.join(", ");
                    self.error(at, format!("`{}` is one of {all}, not `{word}`{hint}", key.name));
                }
                None => self.error(at, format!("`{}` is one of {}", key.name, words.join(", "))),
            },
            Literal => match (Origin::of(self.source, member.key_span), node.as_str()) {
                (None, _) => {
                    let message = literal::refusal(self.source, member);
                    self.error(literal::value_span(self.source, member), message);
                }
                (Some(_), text) => {
                    if text.is_none_or(|t| t.trim().is_empty()) {
                        self.error(at, format!("`{}` is empty ({})", key.name, key.what));
                    }
                }
            },
            Flag => {
                if node.as_bool().is_none() {
                    self.error(at, wrong("true or false"));
                }
            }
            Line => {
                if !node.as_f64().is_some_and(|n| n >= 1.0 && n.fract() == 0.0) {
                    self.error(at, wrong("a whole number"));
                }
            }
            Texts => match &node.value {
                Data::Array(items) => {
                    for item in items.iter().filter(|i| i.as_str().is_none()) {
                        self.error(item.span, format!("an item of `{}` is a text", key.name));
                    }
                }
                _ => self.error(at, wrong("a list of texts")),
            },
            Files => self.files(node, at, key),
            One(keys) => self.mapping(node, keys, &format!("`{}`", key.name)),
            Many(keys) => match &node.value {
                Data::Array(items) => {
                    for item in items {
                        self.mapping(item, keys, &format!("an item of `{}`", key.name));
                    }
                }
                _ => self.error(at, wrong("a list")),
            },
        }
    }

    fn files(&mut self, node: &Node, at: Span, key: &Key) {
        let Data::Object(members) = &node.value else {
            self.error(at, format!("`{}` is a mapping from path to text", key.name));
            return;
        };
        if members.is_empty() {
            self.error(at, format!("`{}` is empty ({})", key.name, key.what));
        }
        for (index, member) in members.iter().enumerate() {
            if member.value.as_str().is_none() {
                self.error(member.key_span, format!("the text of `{}` is missing", member.key.as_str()));
            }
            if members.iter().take(index).any(|m| m.key == member.key) {
                self.error(member.key_span, format!("`{}` is written twice", member.key.as_str()));
            }
        }
    }
}
