//! Variables, and words into arguments.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::run::{Frame, Run};
use super::words::{Arg, HOLE};
use crate::syntax::shell::{Part, PartKind, Statement, Word};

/// How long a value may grow.
const LONGEST: usize = 100_000;

/// A variable's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Its text; parts may be unknown ([`HOLE`]).
    Known(String),
    /// An array.
    List(Vec<Arg>),
    /// Nothing is known of it.
    Unknown,
}

impl Value {
    pub fn of(text: &str) -> Value {
        if text == HOLE.to_string() || text.len() > LONGEST { Value::Unknown } else { Value::Known(text.to_owned()) }
    }

    /// It as one argument.
    pub fn arg(&self) -> Arg {
        match self {
            Value::Known(text) => Arg::known(text.clone()),
            Value::List(items) => items.first().cloned().unwrap_or_default(),
            Value::Unknown => Arg::unknown(false),
        }
    }
}

/// What a statement can refer to.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    // Shared until somebody writes: a subshell gets a copy of everything, and most only read.
    pub variables: Rc<HashMap<String, Value>>,
    pub exported: Rc<BTreeSet<String>>,
    pub functions: Rc<HashMap<String, Rc<Statement>>>,
    pub aliases: Rc<HashMap<String, String>>,
    /// `$1`, `$2`, …; `None` where they aren't known.
    pub arguments: Option<Vec<Arg>>,
    /// How deep in functions and substitutions.
    pub depth: usize,
}

impl Scope {
    /// Takes on what every branch agrees on; what differs is unknown.
    pub fn merge(&mut self, ends: Vec<Scope>) {
        let mut ends = ends.into_iter();
        let Some(first) = ends.next() else { return };
        *self = first;
        for end in ends {
            let differs = |(name, value): &(&String, &Value)| self.variables.get(*name) != Some(*value);
            let unsure: Vec<String> = match Rc::ptr_eq(&self.variables, &end.variables) {
                true => Vec::new(),
                false => end.variables.iter().filter(differs).map(|(name, _)| name.clone()).collect(),
            };
            if !unsure.is_empty() {
                Rc::make_mut(&mut self.variables).extend(unsure.into_iter().map(|name| (name, Value::Unknown)));
            }
            if !Rc::ptr_eq(&self.exported, &end.exported) {
                Rc::make_mut(&mut self.exported).extend(end.exported.iter().cloned());
            }
            if !Rc::ptr_eq(&self.functions, &end.functions) {
                let functions = Rc::make_mut(&mut self.functions);
                for (name, body) in end.functions.iter() {
                    functions.entry(name.clone()).or_insert_with(|| body.clone());
                }
            }
            if !Rc::ptr_eq(&self.aliases, &end.aliases) {
                let aliases = Rc::make_mut(&mut self.aliases);
                for (name, text) in end.aliases.iter() {
                    aliases.entry(name.clone()).or_insert_with(|| text.clone());
                }
            }
        }
    }
}

/// A piece of an expanded word.
enum Piece {
    /// Stays in one argument.
    Kept(String),
    /// Is cut at blanks.
    Cut(String),
    /// Is so many arguments (`"$@"`, `"${A[@]}"`).
    Many(Vec<Arg>),
}

impl Run<'_> {
    /// A word as one argument, not cut.
    pub fn word(&mut self, word: &Word, scope: &mut Scope, frame: &Frame) -> Arg {
        let mut text = String::new();
        for part in &word.parts {
            match self.piece(part, scope, frame) {
                Piece::Kept(more) | Piece::Cut(more) => text.push_str(&more),
                Piece::Many(args) => {
                    let all: Vec<&str> = args.iter().map(|a| a.text.as_str()).collect();
                    text.push_str(&all.join(" "));
                }
            }
            if text.len() > LONGEST * 12 {
                return Arg::unknown(false);
            }
        }
        Arg::known(text)
    }

    /// A word as the arguments it becomes.
    pub fn words(&mut self, word: &Word, scope: &mut Scope, frame: &Frame) -> Vec<Arg> {
        let mut done: Vec<Arg> = Vec::new();
        let mut open: Option<Arg> = None;
        for part in &word.parts {
            match self.piece(part, scope, frame) {
                Piece::Kept(text) => open.get_or_insert_default().text.push_str(&text),
                Piece::Cut(text) if text == HOLE.to_string() => {
                    let arg = open.get_or_insert_default();
                    arg.many = arg.text.is_empty() && word.parts.len() == 1;
                    arg.text.push(HOLE);
                }
                Piece::Cut(text) => {
                    let mut pieces = text.split_ascii_whitespace().peekable();
                    if text.starts_with(|c: char| c.is_ascii_whitespace()) {
                        done.extend(open.take());
                    }
                    while let Some(piece) = pieces.next() {
                        open.get_or_insert_default().text.push_str(piece);
                        if pieces.peek().is_some() || text.ends_with(|c: char| c.is_ascii_whitespace()) {
                            done.extend(open.take());
                        }
                    }
                }
                Piece::Many(args) => {
                    let mut args = args.into_iter();
                    if let Some(first) = args.next() {
                        let arg = open.get_or_insert_default();
                        arg.text.push_str(&first.text);
                        arg.many = first.many;
                    }
                    for arg in args {
                        done.extend(open.replace(arg));
                    }
                }
            }
        }
        done.extend(open);
        let brace = |p: &Part| !p.quoted && matches!(&p.kind, PartKind::Text(t) if t.contains('{'));
        if !word.parts.iter().any(brace) {
            return done;
        }
        done.into_iter().flat_map(braces).collect()
    }

    fn piece(&mut self, part: &Part, scope: &mut Scope, frame: &Frame) -> Piece {
        let cut = |text: String| if part.quoted { Piece::Kept(text) } else { Piece::Cut(text) };
        match &part.kind {
            PartKind::Text(text) => Piece::Kept(text.to_string()),
            PartKind::Variable { name, operator, word } => {
                self.variable(name, operator, word.as_ref(), part.quoted, scope, frame)
            }
            PartKind::Command(inner) => {
                self.substituted(inner, scope, frame);
                match self.printed(inner, scope, frame) {
                    Some(text) => cut(text.trim_end_matches(['\n', '\r']).to_owned()),
                    None => cut(HOLE.to_string()),
                }
            }
            PartKind::Process(inner) => {
                self.substituted(inner, scope, frame);
                Piece::Kept(HOLE.to_string())
            }
            PartKind::Other(_) => Piece::Kept(HOLE.to_string()),
        }
    }

    fn variable(
        &mut self,
        name: &str,
        operator: &str,
        word: Option<&Word>,
        quoted: bool,
        scope: &mut Scope,
        frame: &Frame,
    ) -> Piece {
        let cut = |text: String| if quoted { Piece::Kept(text) } else { Piece::Cut(text) };
        let hole = || cut(HOLE.to_string());
        if matches!(name, "@" | "*") {
            return match &scope.arguments {
                Some(args) if operator.is_empty() => Piece::Many(args.clone()),
                _ => Piece::Many(vec![Arg::unknown(true)]),
            };
        }
        let value = match name.parse::<usize>() {
            Ok(0) => Some(Value::Unknown),
            Ok(number) => match &scope.arguments {
                Some(args) => args.get(number - 1).map(|a| Value::of(&a.text)),
                None => Some(Value::Unknown),
            },
            Err(_) => scope.variables.get(name).cloned(),
        };
        // A variable that isn't set here may be set outside.
        let outside = name.parse::<usize>().is_err() && value.is_none();
        match operator {
            "" => match value {
                Some(Value::Known(text)) => cut(text),
                Some(Value::List(items)) => cut(items.first().map_or(String::new(), |a| a.text.clone())),
                Some(Value::Unknown) => hole(),
                None if outside => hole(),
                None => cut(String::new()),
            },
            "[@]" | "[*]" => match value {
                Some(Value::List(items)) => Piece::Many(items),
                Some(Value::Known(text)) => cut(text),
                _ => Piece::Many(vec![Arg::unknown(true)]),
            },
            ":-" | "-" | ":=" | "=" => match value {
                Some(Value::Known(text)) if !text.is_empty() || operator == "-" => cut(text),
                Some(Value::Unknown) => hole(),
                // Set nowhere here: the default, though something outside may set it.
                _ => match word {
                    Some(word) => cut(self.word(word, scope, frame).text),
                    None => cut(String::new()),
                },
            },
            ":+" | "+" => match (value, word) {
                (Some(Value::Known(text)), Some(word)) if !text.is_empty() => cut(self.word(word, scope, frame).text),
                (Some(Value::Known(_)), _) => cut(String::new()),
                _ => hole(),
            },
            ":?" | "?" => match value {
                Some(Value::Known(text)) => cut(text),
                _ => hole(),
            },
            _ if operator.starts_with("[@]") || operator.starts_with("[*]") => Piece::Many(vec![Arg::unknown(true)]),
            _ => hole(),
        }
    }
}

/// `a{b,c}d` becomes `abd acd`; one brace only, as more is rare.
fn braces(arg: Arg) -> Vec<Arg> {
    let text = &arg.text;
    let Some(open) = text.find('{') else { return vec![arg] };
    let Some(close) = text.get(open..).and_then(|t| t.find('}')).map(|n| open + n) else { return vec![arg] };
    let inner = text.get(open + 1..close).unwrap_or("");
    let plain = |c: char| c.is_alphanumeric() || "-_./,:*@".contains(c);
    if !inner.contains(',') || !inner.chars().all(plain) || text.matches('{').count() > 1 {
        return vec![arg];
    }
    let (before, after) = (text.get(..open).unwrap_or(""), text.get(close + 1..).unwrap_or(""));
    inner.split(',').take(64).map(|piece| Arg::known(format!("{before}{piece}{after}"))).collect()
}

/// What `printf` prints, near enough: each `%…` takes an argument.
pub(super) fn printf(args: &[Arg]) -> String {
    let args = match args {
        [flag, rest @ ..] if flag.text == "--" => rest,
        all => all,
    };
    let Some((format, values)) = args.split_first() else { return String::new() };
    let mut out = String::new();
    let mut values = values.iter();
    loop {
        let before = values.len();
        let mut chars = format.text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '%' if chars.peek() == Some(&'%') => {
                    chars.next();
                    out.push('%');
                }
                '%' => {
                    while chars.peek().is_some_and(|c| !c.is_alphabetic()) {
                        chars.next();
                    }
                    chars.next();
                    out.push_str(values.next().map_or("", |a| a.text.as_str()));
                }
                '\\' => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some(c) => out.push(c),
                    None => out.push('\\'),
                },
                c => out.push(c),
            }
        }
        if values.len() == 0 || values.len() == before || out.len() > LONGEST {
            return out;
        }
    }
}
