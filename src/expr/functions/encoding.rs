//! JSON, YAML, base64, hashes, URLs, CSV, and reading files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Digest as _;

use super::string::arg;
use super::{Answer, Call, Function};
use crate::expr::convert::sorted;
use crate::expr::{Kind, Number, Value};
use crate::finding::Reason;
use crate::source::{Source, SourceId};
use crate::syntax::tree::{Data, Node};
use crate::syntax::{json, yaml};

const fn f(name: &'static str, arity: (usize, usize), run: fn(&Call<'_, '_>) -> Answer) -> Function {
    Function { name, arity, takes_unknown: false, run }
}

/// The family.
pub(super) const FUNCTIONS: &[Function] = &[
    f("jsonencode", (1, 1), |c| Ok(Value::string(json_text(c.args.first().unwrap_or(&Value::null()))))),
    f("jsondecode", (1, 1), |c| {
        let source = Source::new(SourceId(u32::MAX), "", &arg(c, 0)?);
        let tree = json::parse(&source);
        decoded(tree.root().filter(|_| tree.problems.is_empty()))
    }),
    f("yamldecode", (1, 1), |c| {
        let source = Source::new(SourceId(u32::MAX), "", &arg(c, 0)?);
        let tree = yaml::parse(&source);
        decoded(tree.root().filter(|_| tree.problems.is_empty() && tree.roots.len() == 1))
    }),
    f("yamlencode", (1, 1), |c| {
        let mut out = String::new();
        yaml_text(c.args.first().unwrap_or(&Value::null()), 0, &mut out);
        Ok(Value::string(out.trim_start_matches('\n')))
    }),
    f("base64encode", (1, 1), |c| Ok(Value::string(STANDARD.encode(arg(c, 0)?)))),
    f("base64decode", (1, 1), |c| {
        let bytes = STANDARD.decode(arg(c, 0)?).map_err(|_| "not base64")?;
        String::from_utf8(bytes).map(Value::string).map_err(|_| "not UTF-8 text".into())
    }),
    f("urlencode", (1, 1), |c| {
        let text = arg(c, 0)?;
        let encoded = text.bytes().map(|b| match b {
            b' ' => "+".into(),
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        });
        Ok(Value::string(encoded.collect::<String>()))
    }),
    f("urldecode", (1, 1), urldecode),
    f("csvdecode", (1, 1), csvdecode),
    f("md5", (1, 1), |c| Ok(Value::string(hex(&md5::Md5::digest(arg(c, 0)?))))),
    f("sha1", (1, 1), |c| Ok(Value::string(hex(&sha1::Sha1::digest(arg(c, 0)?))))),
    f("sha256", (1, 1), |c| Ok(Value::string(hex(&sha2::Sha256::digest(arg(c, 0)?))))),
    f("sha512", (1, 1), |c| Ok(Value::string(hex(&sha2::Sha512::digest(arg(c, 0)?))))),
    f("base64sha256", (1, 1), |c| Ok(Value::string(STANDARD.encode(sha2::Sha256::digest(arg(c, 0)?))))),
    f("base64sha512", (1, 1), |c| Ok(Value::string(STANDARD.encode(sha2::Sha512::digest(arg(c, 0)?))))),
    f("file", (1, 1), |c| with_file(c, |text| Value::string(text))),
    f("filebase64", (1, 1), |c| with_file(c, |text| Value::string(STANDARD.encode(text)))),
    f("filemd5", (1, 1), |c| with_file(c, |text| Value::string(hex(&md5::Md5::digest(text))))),
    f("filesha1", (1, 1), |c| with_file(c, |text| Value::string(hex(&sha1::Sha1::digest(text))))),
    f("filesha256", (1, 1), |c| with_file(c, |text| Value::string(hex(&sha2::Sha256::digest(text))))),
    f("filesha512", (1, 1), |c| with_file(c, |text| Value::string(hex(&sha2::Sha512::digest(text))))),
    f("filebase64sha256", (1, 1), |c| with_file(c, |text| Value::string(STANDARD.encode(sha2::Sha256::digest(text))))),
    f("filebase64sha512", (1, 1), |c| with_file(c, |text| Value::string(STANDARD.encode(sha2::Sha512::digest(text))))),
    f("fileexists", (1, 1), |c| {
        let Some(files) = c.evaluator.files() else { return Ok(no_files(c)) };
        Ok(files.exists(&arg(c, 0)?, c.span).map_or_else(Value::unknown, Value::bool))
    }),
    f("fileset", (2, 2), |c| {
        let Some(files) = c.evaluator.files() else { return Ok(no_files(c)) };
        let found = files.set(&arg(c, 0)?, &arg(c, 1)?, c.span);
        Ok(found.map_or_else(Value::unknown, |paths| {
            crate::expr::convert::set_of(paths.into_iter().map(Value::string).collect())
        }))
    }),
    f("abspath", (1, 1), |c| {
        let Some(files) = c.evaluator.files() else { return Ok(no_files(c)) };
        Ok(files.absolute(&arg(c, 0)?, c.span).map_or_else(Value::unknown, Value::string))
    }),
    f("pathexpand", (1, 1), |c| {
        let path = arg(c, 0)?;
        Ok(if path.starts_with('~') {
            Value::unknown(Reason::at("outside-repository", "a path in somebody's home directory", c.span))
        } else {
            Value::string(path)
        })
    }),
    Function { name: "templatefile", arity: (2, 2), takes_unknown: true, run: templatefile },
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn no_files(call: &Call<'_, '_>) -> Value {
    Value::unknown(Reason::at("files-not-read", "files aren't read here", call.span))
}

fn with_file(call: &Call<'_, '_>, then: fn(&str) -> Value) -> Answer {
    let Some(files) = call.evaluator.files() else { return Ok(no_files(call)) };
    Ok(files.read(&arg(call, 0)?, call.span).map_or_else(Value::unknown, |text| then(&text)))
}

struct Names<'a>(&'a Value);

impl crate::expr::Scope for Names<'_> {
    fn resolve(&self, root: &str, _: &[crate::expr::Step], _: crate::source::Span) -> Option<(Value, usize)> {
        self.0.field(root).map(|v| (v.clone(), 0))
    }
}

fn templatefile(call: &Call<'_, '_>) -> Answer {
    let (path, vars) =
        (call.args.first().ok_or("a path is required")?, call.args.get(1).ok_or("variables are required")?);
    if let Some(reasons) = path.reasons().or_else(|| vars.reasons()) {
        return Ok(Value::unknown_of(crate::expr::Type::String, reasons.clone()));
    }
    let Some(files) = call.evaluator.files() else { return Ok(no_files(call)) };
    let text = match files.read(&arg(call, 0)?, call.span) {
        Ok(text) => text,
        Err(reason) => return Ok(Value::unknown(reason)),
    };
    // Places inside the template are shown at the call: spans of another text must not escape.
    let source = Source::new(call.span.source, "", &text);
    let expr = crate::syntax::hcl::parse_template(&source, source.span()).map_err(|p| p.message)?;
    let done = crate::expr::evaluate(&expr, &Names(vars), call.evaluator.limits);
    match done.errors.first() {
        Some(error) => Err(error.message.clone()),
        None => Ok(Value { origin: None, ..done.value }.hop(call.span, "templatefile")),
    }
}

/// A value as Terraform's `jsonencode` writes it: keys sorted, `<`, `>` and `&` escaped.
pub fn json_text(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, &mut out);
    out
}

// Values are built by an evaluator with a depth limit, so this recursion is bounded.
fn write_json(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Null | Kind::Unknown(_) | Kind::Place(_) => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => write_json_string(s, out),
        Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Kind::Map(fields) | Kind::Object(fields) => {
            out.push('{');
            for (i, (key, item)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_json_string(key, out);
                out.push(':');
                write_json(item, out);
            }
            out.push('}');
        }
    }
}

fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn yaml_text(value: &Value, indent: usize, out: &mut String) {
    let pad = "  ".repeat(indent);
    match (value.items(), value.fields()) {
        (Some(items), _) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("\n{pad}- "));
                let mut inner = String::new();
                yaml_text(item, indent + 1, &mut inner);
                out.push_str(inner.trim_start());
            }
            if indent == 0 {
                out.push('\n');
            }
        }
        (_, Some(fields)) if !fields.is_empty() => {
            for (key, item) in fields {
                out.push_str(&format!("\n{pad}{}:", json_text(&Value::string(key.clone()))));
                let nested =
                    item.items().is_some_and(|i| !i.is_empty()) || item.fields().is_some_and(|f| !f.is_empty());
                if nested {
                    let list = item.items().is_some();
                    yaml_text(item, if list { indent } else { indent + 1 }, out);
                    if list && indent == 0 && out.ends_with('\n') {
                        out.pop();
                    }
                } else {
                    out.push(' ');
                    yaml_text(item, indent, out);
                }
            }
            if indent == 0 {
                out.push('\n');
            }
        }
        _ => out.push_str(&json_text(value)),
    }
}

fn decoded(node: Option<&Node>) -> Answer {
    node.map(from_node).ok_or_else(|| "can't be decoded".into())
}

/// A data tree as a value: objects and tuples.
pub fn from_node(node: &Node) -> Value {
    let value: Value = match &node.value {
        Data::Null => Value::null(),
        Data::Bool(b) => Value::bool(*b),
        Data::Number(n) => Number::parse(n).map_or_else(|| Value::string(n.clone()), |n| Kind::Number(n).into()),
        Data::String(s) => Value::string(s.clone()),
        Data::Array(items) => Value::tuple(items.iter().map(from_node).collect()),
        Data::Object(members) => Value::object(sorted(members.iter().map(|m| (m.key.clone(), from_node(&m.value))))),
    };
    if node.span.source == SourceId(u32::MAX) { value } else { value.hop(node.span, "literal") }
}

fn urldecode(call: &Call<'_, '_>) -> Answer {
    let text = arg(call, 0)?;
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        match b {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                let (Some(high), Some(low)) = (high, low) else { return Err("not a URL-encoded string".into()) };
                bytes.push((high * 16 + low) as u8);
            }
            b => bytes.push(b),
        }
    }
    String::from_utf8(bytes).map(Value::string).map_err(|_| "not UTF-8 text".into())
}

fn csvdecode(call: &Call<'_, '_>) -> Answer {
    let rows = csv_rows(&arg(call, 0)?)?;
    let mut rows = rows.into_iter();
    let header = rows.next().ok_or("a header line is required")?;
    let records: Result<Vec<Value>, String> = rows
        .map(|row| {
            if row.len() != header.len() {
                return Err("wrong number of fields".to_owned());
            }
            let fields = header.iter().cloned().zip(row).map(|(k, v)| (k.into(), Value::string(v)));
            Ok(Value::object(sorted(fields)))
        })
        .collect();
    Ok(Value::list(records?))
}

fn csv_rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut field = String::new();
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            '"' => return Err("a quote inside a field".into()),
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                if !(row.is_empty() && field.is_empty()) {
                    row.push(std::mem::take(&mut field));
                    rows.push(std::mem::take(&mut row));
                }
            }
            c => field.push(c),
        }
    }
    if quoted {
        return Err("a quote isn't closed".into());
    }
    if !(row.is_empty() && field.is_empty()) {
        row.push(field);
        rows.push(row);
    }
    Ok(rows)
}
