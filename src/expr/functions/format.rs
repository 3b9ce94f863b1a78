//! `format` and `formatlist`.

use std::iter::Peekable;
use std::str::Chars;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::Takes::{Null, String as Str};
use super::encoding::json_text;
use super::string::{arg, text};
use super::{Answer, Call, Function, could_be, string, strings};
use crate::expr::convert::{to_bool, to_number, to_text};
use crate::expr::evaluate::prefix;
use crate::expr::weight::{HEAVIEST, LONGEST, too_large, too_long};
use crate::expr::{Kind, Number, Type, Value};
use crate::finding::Reason;
use crate::source::Span;

/// Wider than this isn't written.
const WIDEST: usize = 100_000;

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[Str], string, |c| match c.unknown(0) {
        Some(u) => Ok(super::unknown(Type::String, &u.reasons)),
        None => format(&arg(c, 0)?, c.args.get(1..).unwrap_or(&[]), c.span),
    })
    .and(Null)
    .own(),
    Function::new("formatlist", &[Str], strings, formatlist).and(Null).own(),
];

fn formatlist(call: &Call<'_, '_>) -> Answer {
    let rest = call.args.get(1..).unwrap_or(&[]);
    let of_strings = Type::List(Box::new(Type::String));
    if let Some(reasons) = rest.iter().find(|v| v.is_null()).map(|_| null_reason(call.span)) {
        return Ok(Value::unknown_of(Type::Any, reasons));
    }
    let length = |v: &Value| match v.as_unknown().map(|u| &u.ty) {
        Some(Type::Tuple(items)) => Some(items.len()),
        Some(_) => None,
        None => v.items().map(<[Value]>::len),
    };
    let lists = rest.iter().filter_map(length);
    let length = lists.clone().max();
    if lists.min() != length {
        return Err("lists of different lengths".into());
    }
    // An unknown that may be a list: how many lines there are isn't known.
    let list_like = |t: &Type| matches!(t, Type::Any | Type::List(_) | Type::Set(_) | Type::Tuple(_));
    let open = rest.iter().find_map(|v| v.as_unknown().filter(|u| list_like(&u.ty)));
    let pattern_unknown = call.unknown(0);
    if let Some(u) = open.or(pattern_unknown) {
        return Ok(super::unknown(of_strings, &u.reasons));
    }
    let pattern = arg(call, 0)?;
    let mut lines = Vec::new();
    let mut made = 0;
    for i in 0..length.unwrap_or(1) {
        let row: Option<Vec<Value>> =
            rest.iter().map(|v| v.items().map_or(Some(v.clone()), |items| items.get(i).cloned())).collect();
        let row = row.ok_or("lists of different lengths")?;
        nulls_of(&row, &pattern)?;
        let line = format(&pattern, &row, call.span)?;
        made += line.as_str().map_or(0, str::len);
        if made > HEAVIEST {
            return Ok(too_large(call.span));
        }
        lines.push(line);
    }
    Ok(Value::list(lines))
}

/// A null with a type has none of these forms but one.
fn nulls_of(row: &[Value], pattern: &str) -> Result<(), String> {
    let only_values =
        pattern.replace("%%", "").split('%').skip(1).all(|v| v.trim_start_matches(['#', '+', '-']).starts_with('v'));
    if row.iter().any(Value::is_null) && !only_values { Err("a null can't be written".into()) } else { Ok(()) }
}

fn null_reason(span: Span) -> Arc<Vec<Reason>> {
    Arc::new(vec![Reason::at("null-argument", "a null without a type is written nowhere", span)])
}

/// One verb as written: `%[1]+08.3f`.
struct Verb {
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    index: Option<usize>,
    verb: char,
}

impl Verb {
    /// What follows a `%`.
    fn read(chars: &mut Peekable<Chars<'_>>) -> Result<Verb, String> {
        let mut index = Self::index(chars)?;
        let mut flags = String::new();
        while let Some(flag) = chars.next_if(|c| "+-# 0".contains(*c)) {
            flags.push(flag);
        }
        let width = Self::digits(chars);
        let mut precision = None;
        if chars.next_if_eq(&'.').is_some() {
            precision = Some(Self::digits(chars).unwrap_or(0));
        }
        index = Self::index(chars)?.or(index);
        if width.unwrap_or(0).max(precision.unwrap_or(0)) > WIDEST {
            return Err("too wide".into());
        }
        let verb = chars.next().ok_or("unfinished verb")?;
        Ok(Verb { flags, width, precision, index, verb })
    }

    fn digits(chars: &mut Peekable<Chars<'_>>) -> Option<usize> {
        let mut text = String::new();
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            text.push(digit);
        }
        text.parse().ok()
    }

    fn index(chars: &mut Peekable<Chars<'_>>) -> Result<Option<usize>, String> {
        if chars.next_if_eq(&'[').is_none() {
            return Ok(None);
        }
        let index = Self::digits(chars).and_then(|n| n.checked_sub(1)).ok_or("bad argument index")?;
        if chars.next() != Some(']') {
            return Err("bad argument index".into());
        }
        Ok(Some(index))
    }

    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// What the verb needs, for arguments that are unknown.
    fn needs(&self) -> &'static [Type] {
        match self.verb {
            't' => &[Type::Bool],
            'd' | 'b' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' => &[Type::Number],
            's' | 'q' => &[Type::String],
            _ => &[Type::Any],
        }
    }

    fn write(&self, value: &Value) -> Result<String, String> {
        let numeric = || to_number(value).ok_or("a number is required");
        let whole = || numeric()?.as_big().ok_or("a whole number is required");
        let cut = |s: &str| match self.precision {
            Some(p) => s.graphemes(true).take(p).collect(),
            None => s.to_owned(),
        };
        Ok(match self.verb {
            'v' if self.has('#') => self.padded(&json_text(value)),
            'v' => match (&value.kind, to_text(value)) {
                (Kind::Number(n), _) => self.number(n, &n.to_general(None)),
                (_, Some(t)) => self.padded(&t),
                _ => self.padded(&json_text(value)),
            },
            's' => self.padded(&cut(&to_text(value).ok_or("a string is required")?)),
            'q' => {
                let text = cut(&to_text(value).ok_or("a string is required")?);
                self.padded(&json_text(&Value::string(text)))
            }
            't' => to_bool(value).ok_or("a bool is required")?.to_string(),
            'd' => self.number(&numeric()?, &whole()?.to_string()),
            'b' | 'o' | 'x' | 'X' => {
                let (radix, mark) = match self.verb {
                    'b' => (2, "0b"),
                    'o' => (8, "0"),
                    'x' => (16, "0x"),
                    _ => (16, "0X"),
                };
                let digits = whole()?.magnitude().to_str_radix(radix);
                let digits = if self.verb == 'X' { digits.to_uppercase() } else { digits };
                let sign = if numeric()?.signum() < 0 { "-" } else { "" };
                let mark = if self.has('#') { mark } else { "" };
                self.number(&numeric()?, &format!("{sign}{mark}{digits}"))
            }
            'f' | 'F' => self.number(&numeric()?, &numeric()?.to_fixed(self.precision.unwrap_or(6))),
            'e' | 'E' => {
                let text = numeric()?.to_scientific(self.precision.unwrap_or(6));
                self.number(&numeric()?, &if self.verb == 'E' { text.to_uppercase() } else { text })
            }
            'g' | 'G' => {
                let text = numeric()?.to_general(self.precision);
                self.number(&numeric()?, &if self.verb == 'G' { text.to_uppercase() } else { text })
            }
            other => return Err(format!("unsupported verb `%{other}`")),
        })
    }

    /// A number's text with its sign, padded.
    fn number(&self, n: &Number, text: &str) -> String {
        let sign = match () {
            () if n.signum() < 0 => "",
            () if self.has('+') => "+",
            () if self.has(' ') => " ",
            () => "",
        };
        let text = format!("{sign}{text}");
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        if missing > 0 && self.has('0') && !self.has('-') {
            let marks = text.find(|c: char| !"+- ".contains(c)).unwrap_or(0);
            let marks = marks
                + if text.get(marks..).is_some_and(|t| t.starts_with("0x") || t.starts_with("0b")) { 2 } else { 0 };
            let (sign, digits) = text.split_at(marks);
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        self.padded(&text)
    }

    fn padded(&self, text: &str) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
        match () {
            () if self.has('-') => format!("{text}{}", " ".repeat(missing)),
            () if self.has('0') => format!("{}{text}", "0".repeat(missing)),
            () => format!("{}{text}", " ".repeat(missing)),
        }
    }
}

/// `format`'s verbs: `%%`, and `%v %#v %t %b %d %o %x %X %e %E %f %F %g %G %s %q` with flags, width,
/// precision and argument index. What precedes the first unknown argument is known.
fn format(pattern: &str, args: &[Value], span: Span) -> Answer {
    let mut out = String::new();
    let mut unknown: Option<Arc<Vec<Reason>>> = None;
    let mut chars = pattern.chars().peekable();
    let (mut next, mut used) = (0, 0);
    while let Some(c) = chars.next() {
        if c != '%' {
            out.extend(unknown.is_none().then_some(c));
            continue;
        }
        if chars.next_if_eq(&'%').is_some() {
            out.extend(unknown.is_none().then_some('%'));
            continue;
        }
        if out.len() > LONGEST {
            return Ok(too_long(span));
        }
        let verb = Verb::read(&mut chars)?;
        next = verb.index.unwrap_or(next);
        let value = args.get(next).ok_or("not enough arguments")?;
        next += 1;
        used = used.max(next);
        match value.first_unknown() {
            _ if value.is_null() => {
                unknown.get_or_insert_with(|| null_reason(span));
            }
            Some(reasons) => {
                if let Some(u) = value.as_unknown() {
                    could_be(u, verb.needs())?;
                }
                verb.write(&Value::int(1)).or_else(|_| verb.write(&Value::bool(true)))?;
                unknown.get_or_insert_with(|| reasons.clone());
            }
            None => {
                let piece = verb.write(value)?;
                out.extend(unknown.is_none().then_some(piece));
            }
        }
    }
    if used < args.len() && next == used {
        return Err("too many arguments".into());
    }
    if let Some(reasons) = unknown {
        // What may turn out to be a null without a type leaves the result open to the end.
        let untyped = args.iter().any(|v| v.is_null() || v.as_unknown().is_some_and(|u| u.ty == Type::Any));
        let null = untyped;
        let value = Value::unknown_of(if null { Type::Any } else { Type::String }, reasons);
        return Ok(value.refined(|u| {
            u.not_null = !null;
            u.prefix = if null { None } else { prefix(out) };
        }));
    }
    text(&out)
}
