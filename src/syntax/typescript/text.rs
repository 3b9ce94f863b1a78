//! Escapes in string and template literals, numbers.

/// What an escape sequence (with its backslash) stands for.
pub(super) fn unescape(sequence: &str) -> String {
    let mut chars = sequence.chars();
    chars.next();
    let Some(kind) = chars.next() else { return String::new() };
    let rest = chars.as_str();
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from);
    match kind {
        'n' => "\n".into(),
        't' => "\t".into(),
        'r' => "\r".into(),
        'b' => "\u{8}".into(),
        'f' => "\u{c}".into(),
        'v' => "\u{b}".into(),
        '0' if rest.is_empty() => "\0".into(),
        'x' => code(rest).unwrap_or_default(),
        'u' => code(rest.trim_matches(['{', '}'])).unwrap_or_default(),
        // A line continuation.
        '\n' | '\u{2028}' | '\u{2029}' => String::new(),
        '\r' => String::new(),
        other => format!("{other}{rest}"),
    }
}

/// A number literal's value.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.replace('_', "");
    let plain = plain.strip_suffix('n').unwrap_or(&plain);
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().map(|n| n as f64);
    match plain.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => radix(plain.get(2..)?, 16),
        Some("0o") => radix(plain.get(2..)?, 8),
        Some("0b") => radix(plain.get(2..)?, 2),
        _ => plain.parse().ok(),
    }
}
