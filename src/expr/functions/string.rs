//! Strings.

use regex::Regex;

use super::numeric::whole;
use super::{ANY, Answer, Call, Function};
use crate::expr::convert::to_text;
use crate::expr::{Kind, Number, Value};

const fn f(name: &'static str, arity: (usize, usize), run: fn(&Call<'_, '_>) -> Answer) -> Function {
    Function { name, arity, takes_unknown: false, run }
}

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    f("chomp", (1, 1), |c| text(arg(c, 0)?.trim_end_matches(['\n', '\r']))),
    f("endswith", (2, 2), |c| Ok(Value::bool(arg(c, 0)?.ends_with(&arg(c, 1)?)))),
    f("startswith", (2, 2), |c| Ok(Value::bool(arg(c, 0)?.starts_with(&arg(c, 1)?)))),
    f("strcontains", (2, 2), |c| Ok(Value::bool(arg(c, 0)?.contains(&arg(c, 1)?)))),
    f("format", (1, ANY), |c| format(&arg(c, 0)?, c.args.get(1..).unwrap_or(&[])).map(Value::string)),
    f("formatlist", (1, ANY), formatlist),
    f("indent", (2, 2), indent),
    f("join", (1, ANY), join),
    f("lower", (1, 1), |c| text(&arg(c, 0)?.to_lowercase())),
    f("upper", (1, 1), |c| text(&arg(c, 0)?.to_uppercase())),
    f("title", (1, 1), |c| text(&title(&arg(c, 0)?))),
    f("regex", (2, 2), regex),
    f("regexall", (2, 2), regexall),
    f("replace", (3, 3), replace),
    f("split", (2, 2), split),
    f("strrev", (1, 1), |c| text(&arg(c, 0)?.chars().rev().collect::<String>())),
    f("substr", (3, 3), substr),
    f("trim", (2, 2), |c| {
        let set: Vec<char> = arg(c, 1)?.chars().collect();
        text(arg(c, 0)?.trim_matches(set.as_slice()))
    }),
    f("trimprefix", (2, 2), |c| {
        let (s, p) = (arg(c, 0)?, arg(c, 1)?);
        text(s.strip_prefix(p.as_str()).unwrap_or(&s))
    }),
    f("trimsuffix", (2, 2), |c| {
        let (s, p) = (arg(c, 0)?, arg(c, 1)?);
        text(s.strip_suffix(p.as_str()).unwrap_or(&s))
    }),
    f("trimspace", (1, 1), |c| text(arg(c, 0)?.trim())),
    f("basename", (1, 1), |c| {
        let s = arg(c, 0)?;
        let s = s.trim_end_matches('/');
        text(s.rsplit('/').next().unwrap_or("."))
    }),
    f("dirname", (1, 1), |c| {
        let s = arg(c, 0)?;
        text(match s.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((dir, _)) => dir,
            None => ".",
        })
    }),
];

fn text(s: &str) -> Answer {
    Ok(Value::string(s))
}

/// A string argument.
pub(super) fn arg(call: &Call<'_, '_>, index: usize) -> Result<String, String> {
    call.args.get(index).and_then(to_text).map(|t| t.as_str().to_owned()).ok_or_else(|| "a string is required".into())
}

fn join(call: &Call<'_, '_>) -> Answer {
    let separator = arg(call, 0)?;
    let mut pieces = Vec::new();
    for list in call.args.get(1..).unwrap_or(&[]) {
        for item in list.items().ok_or("a list of strings is required")? {
            pieces.push(to_text(item).ok_or("a list of strings is required")?.as_str().to_owned());
        }
    }
    text(&pieces.join(&separator))
}

fn split(call: &Call<'_, '_>) -> Answer {
    let (separator, s) = (arg(call, 0)?, arg(call, 1)?);
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
    text(&arg(call, 1)?.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

fn title(s: &str) -> String {
    let mut start = true;
    s.chars()
        .map(|c| {
            let shown = if start { c.to_uppercase().to_string() } else { c.to_string() };
            start = if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() };
            shown
        })
        .collect()
}

fn substr(call: &Call<'_, '_>) -> Answer {
    let s: Vec<char> = arg(call, 0)?.chars().collect();
    let (offset, length) = (whole(call, 1)?, whole(call, 2)?);
    let start = if offset < 0 { s.len().saturating_sub(offset.unsigned_abs() as usize) } else { offset as usize };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    text(&s.iter().skip(start).take(length).collect::<String>())
}

fn compile(pattern: &str) -> Result<Regex, String> {
    regex::RegexBuilder::new(pattern).size_limit(1 << 20).build().map_err(|_| "not a regular expression".into())
}

fn captures(regex: &Regex, found: &regex::Captures<'_>) -> Value {
    let piece = |m: Option<regex::Match<'_>>| m.map_or(Value::null(), |m| Value::string(m.as_str()));
    if regex.captures_len() == 1 {
        return piece(found.get(0));
    }
    let names: Vec<_> = regex.capture_names().skip(1).collect();
    if names.iter().any(Option::is_some) {
        let fields = names.iter().flatten().map(|n| ((*n).into(), piece(found.name(n))));
        return Value::object(crate::expr::convert::sorted(fields));
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
        Some(pattern) if from.len() > 1 => text(&compile(pattern)?.replace_all(&s, to.as_str())),
        _ => text(&s.replace(&from, &to)),
    }
}

fn formatlist(call: &Call<'_, '_>) -> Answer {
    let pattern = arg(call, 0)?;
    let rest = call.args.get(1..).unwrap_or(&[]);
    let length = rest.iter().filter_map(|v| v.items().map(<[Value]>::len)).max().unwrap_or(1);
    let mut lines = Vec::new();
    for i in 0..length {
        let row: Option<Vec<Value>> =
            rest.iter().map(|v| v.items().map_or(Some(v.clone()), |items| items.get(i).cloned())).collect();
        lines.push(Value::string(format(&pattern, &row.ok_or("lists of different lengths")?)?));
    }
    Ok(Value::list(lines))
}

/// `format`'s verbs: `%%`, and `%v %#v %t %b %d %o %x %X %e %E %f %F %g %G %s %q` with flags, width,
/// precision and argument index.
pub(super) fn format(pattern: &str, args: &[Value]) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    let mut next = 0;
    let mut used = 0;
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(&f) = chars.peek().filter(|c| "+-# 0".contains(**c)) {
            flags.push(f);
            chars.next();
        }
        let digits = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut text = String::new();
            while let Some(&d) = chars.peek().filter(|c| c.is_ascii_digit()) {
                text.push(d);
                chars.next();
            }
            text.parse::<usize>().ok()
        };
        let width = digits(&mut chars);
        let mut precision = None;
        if chars.peek() == Some(&'.') {
            chars.next();
            precision = Some(digits(&mut chars).unwrap_or(0));
        }
        if chars.peek() == Some(&'[') {
            chars.next();
            next = digits(&mut chars).and_then(|n| n.checked_sub(1)).ok_or("bad argument index")?;
            if chars.next() != Some(']') {
                return Err("bad argument index".into());
            }
        }
        if width.unwrap_or(0).max(precision.unwrap_or(0)) > 100_000 {
            return Err("too wide".into());
        }
        let verb = chars.next().ok_or("unfinished verb")?;
        if verb == '%' {
            out.push('%');
            continue;
        }
        let value = args.get(next).ok_or("not enough arguments")?;
        next += 1;
        used = used.max(next);
        let piece = piece(verb, value, &flags, precision)?;
        out.push_str(&pad(&piece, &flags, width, verb));
    }
    if used < args.len() && next == used {
        return Err("too many arguments".into());
    }
    Ok(out)
}

fn piece(verb: char, value: &Value, flags: &str, precision: Option<usize>) -> Result<String, String> {
    let numeric = || crate::expr::convert::to_number(value).ok_or("a number is required");
    let sign = |n: &Number, text: String| match () {
        () if flags.contains('+') && n.signum() >= 0 => format!("+{text}"),
        () if flags.contains(' ') && n.signum() >= 0 => format!(" {text}"),
        () => text,
    };
    let cut = |s: &str| match precision {
        Some(p) => s.chars().take(p).collect(),
        None => s.to_owned(),
    };
    Ok(match verb {
        'v' if flags.contains('#') => super::encoding::json_text(value),
        'v' => match (&value.kind, to_text(value)) {
            (_, Some(t)) => t.as_str().to_owned(),
            (Kind::Null, _) => "null".into(),
            _ => super::encoding::json_text(value),
        },
        's' => cut(&to_text(value).ok_or("a string is required")?),
        'q' => super::encoding::json_text(&Value::string(to_text(value).ok_or("a string is required")?)),
        't' => crate::expr::convert::to_bool(value).ok_or("a bool is required")?.to_string(),
        'd' => {
            let n = numeric()?;
            sign(&n, n.as_big().ok_or("a whole number is required")?.to_string())
        }
        'b' | 'o' | 'x' | 'X' => {
            let n = numeric()?;
            let radix = match verb {
                'b' => 2,
                'o' => 8,
                _ => 16,
            };
            let text = n.as_big().ok_or("a whole number is required")?.to_str_radix(radix);
            sign(&n, if verb == 'X' { text.to_uppercase() } else { text })
        }
        'f' | 'F' => {
            let n = numeric()?;
            sign(&n, format!("{:.*}", precision.unwrap_or(6), n.as_f64()))
        }
        'e' | 'E' => {
            let n = numeric()?;
            let text = format!("{:.*e}", precision.unwrap_or(6), n.as_f64());
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let (mark, digits) = match exponent.strip_prefix('-') {
                Some(d) => ('-', d),
                None => ('+', exponent),
            };
            let text = format!("{mantissa}e{mark}{digits:0>2}");
            sign(&n, if verb == 'E' { text.to_uppercase() } else { text })
        }
        'g' | 'G' => {
            let n = numeric()?;
            sign(&n, n.to_string())
        }
        _ => return Err(format!("unsupported verb `%{verb}`")),
    })
}

fn pad(piece: &str, flags: &str, width: Option<usize>, verb: char) -> String {
    let missing = width.unwrap_or(0).saturating_sub(piece.chars().count());
    if missing == 0 {
        return piece.to_owned();
    }
    if flags.contains('-') {
        return format!("{piece}{}", " ".repeat(missing));
    }
    if flags.contains('0') && "dboxXfFeEgG".contains(verb) {
        let (sign, digits) = piece.split_at(usize::from(piece.starts_with(['-', '+', ' '])));
        return format!("{sign}{}{digits}", "0".repeat(missing));
    }
    format!("{}{piece}", " ".repeat(missing))
}
