//! Regular expressions, read as Go reads them.

use regex::Regex;

use super::Takes::String as Str;
use super::string::{arg, text};
use super::{Answer, Call, Function, string};
use crate::expr::convert::sorted;
use crate::expr::weight::{LONGEST, too_long};
use crate::expr::{Type, Value};

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regex", &[Str, Str], captured, regex),
    Function::new("regexall", &[Str, Str], |args| Type::List(Box::new(captured(args))), regexall),
    Function::new("replace", &[Str, Str, Str], string, replace),
];

/// Go's syntax in ours. `None`: Go refuses it.
fn translated(pattern: &str) -> Option<String> {
    let mut translation = Translation {
        chars: pattern.chars().collect(),
        at: 0,
        out: String::new(),
        class: None,
        repeated: Repeated::Not,
    };
    while let Some(c) = translation.peek(0) {
        translation.one(c)?;
    }
    Some(translation.out)
}

/// What the piece read last is followed by already.
#[derive(Clone, Copy, PartialEq)]
enum Repeated {
    Not,
    /// `*`, `+`, `?`, `{2}`.
    Yes,
    /// The same with `?`.
    Lazily,
}

/// `[` has no special meaning inside a class in Go, nor have `&&`, `--` and `~~`; `\d`, `\w`, `\s` and `\b` are
/// ASCII's; a brace that is no repetition is itself; `\Q…\E` quotes; nothing is repeated twice.
struct Translation {
    chars: Vec<char>,
    at: usize,
    out: String,
    /// Inside a class: where its first member stands (there, `]` is itself).
    class: Option<usize>,
    repeated: Repeated,
}

impl Translation {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn push(&mut self, text: &str, read: usize) {
        self.out.push_str(text);
        self.at += read;
    }

    fn one(&mut self, c: char) -> Option<()> {
        if let Some(first) = self.class {
            return self.in_class(c, first);
        }
        if let Some(length) = self.repetition(c) {
            self.repeated = match self.repeated {
                Repeated::Not => Repeated::Yes,
                Repeated::Yes if c == '?' => Repeated::Lazily,
                _ => return None,
            };
            let text: String = self.chars.get(self.at..self.at + length)?.iter().collect();
            self.push(&text, length);
            return Some(());
        }
        self.repeated = Repeated::Not;
        match c {
            '\\' => return self.escape(self.peek(1)?),
            '[' => {
                let negated = self.peek(1) == Some('^');
                let text = if negated { "[^" } else { "[" };
                self.push(text, text.len());
                self.class = Some(self.at);
            }
            '{' | '}' => {
                let text = format!("\\{c}");
                self.push(&text, 1);
            }
            c => self.push(&c.to_string(), 1),
        }
        Some(())
    }

    /// How long a repetition that begins here is: `*`, `+`, `?`, `{2}`, `{2,}`, `{2,3}`.
    fn repetition(&self, c: char) -> Option<usize> {
        match c {
            '*' | '+' | '?' => Some(1),
            '{' => {
                let inside: String = self.chars.get(self.at + 1..)?.iter().take_while(|c| **c != '}').collect();
                let (low, high) = inside.split_once(',').unwrap_or((&inside, ""));
                let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
                let length = inside.chars().count() + 2;
                let closed = self.peek(length - 1) == Some('}');
                (closed && !low.is_empty() && digits(low) && digits(high)).then_some(length)
            }
            _ => None,
        }
    }

    fn in_class(&mut self, c: char, first: usize) -> Option<()> {
        match c {
            '\\' => return self.escape(self.peek(1)?),
            '[' if self.peek(1) == Some(':') => {
                // `[:alpha:]`, the same in both.
                let rest: String = self.chars.get(self.at..)?.iter().collect();
                let name = rest.get(..rest.find(":]")? + 2)?.to_owned();
                self.push(&name, name.chars().count());
            }
            ']' if self.at > first => {
                self.push("]", 1);
                self.class = None;
            }
            // Not the end of a range, but a hyphen that begins one: as in Go, `+--` goes from `+` to `-`.
            '[' | ']' | '&' | '~' | '#' | ' ' => {
                let text = format!("\\{c}");
                self.push(&text, 1);
            }
            '-' if self.peek(1) == Some('-') => self.push("-\\-", 2),
            c => self.push(&c.to_string(), 1),
        }
        Some(())
    }

    fn escape(&mut self, next: char) -> Option<()> {
        let class = self.class.is_some();
        match next {
            'Q' if !class => {
                let rest: String = self.chars.get(self.at + 2..)?.iter().collect();
                let (quoted, end) = rest.split_once("\\E").map_or((rest.as_str(), 0), |(quoted, _)| (quoted, 2));
                let text = regex::escape(quoted);
                self.push(&text, 2 + quoted.chars().count() + end);
            }
            'd' => self.push(if class { "0-9" } else { "[0-9]" }, 2),
            'D' => self.push("[^0-9]", 2),
            'w' => self.push(if class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }, 2),
            'W' => self.push("[^0-9A-Za-z_]", 2),
            's' => self.push(if class { r"\t\n\f\r " } else { r"[\t\n\f\r ]" }, 2),
            'S' => self.push(r"[^\t\n\f\r ]", 2),
            'b' if !class => self.push(r"(?-u:\b)", 2),
            'B' if !class => self.push(r"(?-u:\B)", 2),
            'C' | 'Z' => return None,
            c if c.is_ascii_alphanumeric() => {
                let text = format!("\\{c}");
                self.push(&text, 2);
                self.braces(c);
            }
            c if c.is_ascii() => {
                let text = if "-#&~ ".contains(c) { format!("\\{c}") } else { regex::escape(&c.to_string()) };
                self.push(&text, 2);
            }
            _ => return None,
        }
        Some(())
    }

    /// `\x{41}` and `\p{Greek}` with their braces.
    fn braces(&mut self, escape: char) {
        if matches!(escape, 'x' | 'p' | 'P') && self.peek(0) == Some('{') {
            let inside: String = self.chars.iter().skip(self.at).take_while(|c| **c != '}').collect();
            let closed = format!("{inside}}}");
            self.push(&closed, closed.chars().count());
        }
    }
}

fn compile(pattern: &str) -> Result<Regex, String> {
    let bad = || String::from("not a regular expression");
    let translated = translated(pattern).ok_or_else(bad)?;
    // Go repeats nothing more than a thousand times.
    let numbers = translated.split(['{', ',', '}']).filter_map(|n| n.parse::<u32>().ok());
    if translated.contains('{') && numbers.max().is_some_and(|n| n > 1000) {
        return Err(bad());
    }
    let regex = regex::RegexBuilder::new(&translated).size_limit(1 << 20).build().map_err(|_| bad())?;
    let names = regex.capture_names().skip(1).flatten().count();
    if names > 0 && names < regex.captures_len() - 1 {
        return Err("named and unnamed groups together".into());
    }
    Ok(regex)
}

/// The type of a match: what its groups make of it.
fn captured(args: &[Value]) -> Type {
    let Some(regex) = args.first().and_then(Value::as_str).and_then(|p| compile(p).ok()) else { return Type::Any };
    let names: Vec<_> = regex.capture_names().skip(1).collect();
    if names.is_empty() {
        return Type::String;
    }
    if names.iter().any(Option::is_some) {
        return Type::Object(names.iter().flatten().map(|n| ((*n).into(), Type::String)).collect());
    }
    Type::Tuple(names.iter().map(|_| Type::String).collect())
}

fn captures(regex: &Regex, found: &regex::Captures<'_>) -> Value {
    let piece = |m: Option<regex::Match<'_>>| m.map_or(Value::null(), |m| Value::string(m.as_str()));
    if regex.captures_len() == 1 {
        return piece(found.get(0));
    }
    let names: Vec<_> = regex.capture_names().skip(1).collect();
    if names.iter().any(Option::is_some) {
        let fields = names.iter().flatten().map(|n| ((*n).into(), piece(found.name(n))));
        return Value::object(sorted(fields));
    }
    Value::tuple((1..regex.captures_len()).map(|i| piece(found.get(i))).collect())
}

fn regex(call: &Call<'_, '_>) -> Answer {
    let regex = compile(&arg(call, 0)?)?;
    let s = arg(call, 1)?;
    regex.captures(&s).map(|found| captures(&regex, &found)).ok_or_else(|| "no match".into())
}

fn regexall(call: &Call<'_, '_>) -> Answer {
    let regex = compile(&arg(call, 0)?)?;
    let s = arg(call, 1)?;
    Ok(Value::list(regex.captures_iter(&s).map(|found| captures(&regex, &found)).collect()))
}

/// A pattern between slashes is a regular expression, and `$1` in the replacement its group.
fn replace(call: &Call<'_, '_>) -> Answer {
    let (s, from, to) = (arg(call, 0)?, arg(call, 1)?, arg(call, 2)?);
    match from.strip_prefix('/').and_then(|f| f.strip_suffix('/')) {
        Some(pattern) if from.len() > 1 => {
            let translated = translated(pattern).ok_or("not a regular expression")?;
            let regex = regex::RegexBuilder::new(&translated).size_limit(1 << 20).build();
            let regex = regex.map_err(|_| "not a regular expression")?;
            // Each `$` may stand for all of the text.
            if to.len() + to.matches('$').count().saturating_mul(s.len()) > LONGEST {
                return Ok(too_long(call.span));
            }
            let mut made = 0;
            let replaced = regex.replace_all(&s, |found: &regex::Captures<'_>| {
                let mut piece = String::new();
                if made <= LONGEST {
                    found.expand(&to, &mut piece);
                }
                made += piece.len();
                piece
            });
            if made > LONGEST { Ok(too_long(call.span)) } else { text(&replaced) }
        }
        _ if s.matches(from.as_str()).count().saturating_mul(to.len()) > LONGEST => Ok(too_long(call.span)),
        _ => text(&s.replace(&from, &to)),
    }
}
