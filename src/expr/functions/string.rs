//! Strings.

use unicode_segmentation::UnicodeSegmentation;

use super::Takes::{Number as Num, String as Str, Strings};
use super::numeric::whole;
use super::{Answer, Call, Function, boolean, string, strings};
use crate::expr::convert::{normalized, to_text};
use crate::expr::weight::{LONGEST, too_large, too_long};
use crate::expr::{Type, Value};

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[Str], string, |c| text(arg(c, 0)?.trim_end_matches(['\n', '\r']))),
    Function::new("endswith", &[Str, Str], boolean, |c| Ok(Value::bool(arg(c, 0)?.ends_with(&arg(c, 1)?)))),
    Function::new("startswith", &[Str, Str], boolean, startswith).own(),
    Function::new("strcontains", &[Str, Str], boolean, |c| Ok(Value::bool(arg(c, 0)?.contains(&arg(c, 1)?)))),
    Function::new("indent", &[Num, Str], string, indent),
    Function::new("join", &[Str, Strings], string, join).and(Strings).top(),
    Function::new("lower", &[Str], string, |c| text(&simple(&arg(c, 0)?, lower))),
    Function::new("upper", &[Str], string, |c| text(&simple(&arg(c, 0)?, upper))),
    Function::new("title", &[Str], string, |c| text(&title(&arg(c, 0)?))),
    Function::new("split", &[Str, Str], strings, split),
    Function::new("strrev", &[Str], string, |c| text(&arg(c, 0)?.graphemes(true).rev().collect::<String>())),
    Function::new("substr", &[Str, Num, Num], string, substr),
    Function::new("trim", &[Str, Str], string, |c| {
        let set: Vec<char> = arg(c, 1)?.chars().collect();
        text(arg(c, 0)?.trim_matches(set.as_slice()))
    }),
    Function::new("trimprefix", &[Str, Str], string, |c| {
        let (s, p) = (arg(c, 0)?, arg(c, 1)?);
        text(s.strip_prefix(p.as_str()).unwrap_or(&s))
    }),
    Function::new("trimsuffix", &[Str, Str], string, |c| {
        let (s, p) = (arg(c, 0)?, arg(c, 1)?);
        text(s.strip_suffix(p.as_str()).unwrap_or(&s))
    }),
    Function::new("trimspace", &[Str], string, |c| text(arg(c, 0)?.trim())),
    Function::new("basename", &[Str], string, |c| {
        let s = arg(c, 0)?;
        let path = s.trim_end_matches('/');
        text(match path.rsplit('/').next() {
            Some("") | None if s.is_empty() => ".",
            Some("") | None => "/",
            Some(last) => last,
        })
    }),
    Function::new("dirname", &[Str], string, |c| {
        let s = arg(c, 0)?;
        text(&clean(s.rfind('/').and_then(|n| s.get(..=n)).unwrap_or("")))
    }),
];

/// A string result.
pub(super) fn text(s: &str) -> Answer {
    Ok(Value::string(normalized(s.into())))
}

/// A string argument.
pub(super) fn arg(call: &Call<'_, '_>, index: usize) -> Result<String, String> {
    call.args.get(index).and_then(to_text).map(|t| t.as_str().to_owned()).ok_or_else(|| "a string is required".into())
}

/// A path without `.`, `..` after a name, and doubled slashes.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|p| !p.is_empty() && *p != ".") {
        match (part, parts.last()) {
            ("..", Some(&last)) if last != ".." => drop(parts.pop()),
            ("..", None) if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".into(),
        (false, false) => parts.join("/"),
    }
}

/// Known where a known beginning tells.
fn startswith(call: &Call<'_, '_>) -> Answer {
    let beginning = match call.unknown(1) {
        Some(u) => return Ok(super::unknown(Type::Bool, &u.reasons)),
        None => arg(call, 1)?,
    };
    let Some(u) = call.unknown(0) else { return Ok(Value::bool(arg(call, 0)?.starts_with(&beginning))) };
    let known = u.prefix.as_ref().map_or("", |p| p.as_str());
    if known.starts_with(&beginning) {
        return Ok(Value::bool(true));
    }
    if !beginning.starts_with(known) {
        return Ok(Value::bool(false));
    }
    Ok(super::unknown(Type::Bool, &u.reasons))
}

fn join(call: &Call<'_, '_>) -> Answer {
    if call.args.len() < 2 {
        return Err("a list is required".into());
    }
    let separator = arg(call, 0)?;
    let mut joined = String::new();
    let mut first = true;
    for item in call.args.iter().skip(1).filter_map(Value::items).flatten() {
        if joined.len() > LONGEST {
            return Ok(too_long(call.span));
        }
        if !std::mem::replace(&mut first, false) {
            joined.push_str(&separator);
        }
        if let Some(reasons) = item.reasons() {
            // What follows isn't known, but how it begins.
            let begins = crate::expr::evaluate::prefix(joined);
            return Ok(super::unknown(Type::String, reasons).refined(|u| u.prefix = begins));
        }
        joined.push_str(&to_text(item).ok_or("a list of strings is required")?);
    }
    text(&joined)
}

fn split(call: &Call<'_, '_>) -> Answer {
    let (separator, s) = (arg(call, 0)?, arg(call, 1)?);
    if s.matches(separator.as_str()).count() > call.evaluator.limits.elements {
        return Ok(too_large(call.span));
    }
    let items: Vec<Value> = if s.is_empty() && separator.is_empty() {
        Vec::new()
    } else if separator.is_empty() {
        s.chars().map(|c| Value::string(c.to_string())).collect()
    } else {
        s.split(separator.as_str()).map(Value::string).collect()
    };
    Ok(Value::list(items))
}

fn indent(call: &Call<'_, '_>) -> Answer {
    let spaces = usize::try_from(whole(call, 0)?).ok().filter(|n| *n < 10_000).ok_or("too many spaces")?;
    let s = arg(call, 1)?;
    if s.len() + s.matches('\n').count() * spaces > LONGEST {
        return Ok(too_long(call.span));
    }
    text(&s.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

/// Each character by itself, as Go maps case: one that would become several stays.
fn simple(s: &str, map: fn(char) -> char) -> String {
    s.chars().map(map).collect()
}

fn only(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn lower(c: char) -> char {
    // The dotted capital I has a simple form that isn't its full one.
    if c == 'İ' { 'i' } else { only(c, c.to_lowercase()) }
}

fn upper(c: char) -> char {
    only(c, c.to_uppercase())
}

/// The letter that begins a word: digraphs have a form of their own.
fn title_case(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        c => upper(c),
    }
}

fn title(s: &str) -> String {
    let mut start = true;
    s.chars()
        .map(|c| {
            let shown = if start { title_case(c) } else { c };
            start = if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() };
            shown
        })
        .collect()
}

fn substr(call: &Call<'_, '_>) -> Answer {
    let s = arg(call, 0)?;
    let parts: Vec<&str> = s.graphemes(true).collect();
    let (offset, length) = (whole(call, 1)?, whole(call, 2)?);
    let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
    let start = if offset < 0 { parts.len().saturating_sub(back) } else { back };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    text(&parts.into_iter().skip(start).take(length).collect::<String>())
}
