//! Quotes and backslashes as Droid takes them off.

/// What stands between quotes, where a text begins and ends with the same.
pub fn quoted(text: &str) -> Option<&str> {
    ['"', '\''].iter().find_map(|q| (text.len() >= 2).then(|| text.strip_prefix(*q)?.strip_suffix(*q)).flatten())
}

/// Without the quotes around it.
pub fn bare(word: &str) -> &str {
    let mut word = word;
    while let Some(inside) = quoted(word) {
        word = inside;
    }
    word
}

/// Without quotes and backslashes, as a shell would hand it on.
pub fn plain(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let at = |n: usize| chars.get(n).copied();
    let (mut text, mut single, mut double, mut n) = (String::new(), false, false, 0);
    while let Some(c) = at(n) {
        if single {
            if c == '\'' {
                single = false;
            } else {
                text.push(c);
            }
            n += 1;
            continue;
        }
        if let ('\\', Some(next)) = (c, at(n + 1)) {
            if double && !matches!(next, '$' | '`' | '"' | '\\' | '\n') {
                text.push(c);
                n += 1;
                continue;
            }
            if next != '\n' {
                text.push(next);
            }
            n += 2;
            continue;
        }
        match c {
            '\'' if !double => single = true,
            '"' => double = !double,
            _ => text.push(c),
        }
        n += 1;
    }
    text
}

/// A program as written, its quotes taken off.
pub fn program(word: &str) -> String {
    let inside = bare(word);
    let mut chars = inside.chars();
    let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('/' | '\\'));
    if drive || inside.starts_with("\\\\") { inside.to_owned() } else { plain(word) }
}

/// A program without its directory.
pub fn base(word: &str) -> String {
    let whole = program(word);
    let last = |text: &str, by: char| text.rsplit(by).next().filter(|t| !t.is_empty()).unwrap_or(text).to_owned();
    last(&last(&whole, '/'), '\\')
}

/// The words of a part, with their quotes.
pub fn words(part: &str) -> Vec<String> {
    let chars: Vec<char> = part.chars().collect();
    let (mut found, mut word, mut single, mut double, mut n) = (Vec::new(), String::new(), false, false, 0);
    while let Some(c) = chars.get(n).copied() {
        if let ('\\', Some(next)) = (c, chars.get(n + 1)) {
            word.push(c);
            word.push(*next);
            n += 2;
            continue;
        }
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
        if c.is_whitespace() && !single && !double {
            found.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
        n += 1;
    }
    found.push(word);
    found.retain(|w| !w.is_empty());
    found
}

/// Where the first such character stands outside quotes, at or after `from`.
pub fn unquoted(chars: &[char], from: usize, wanted: &str) -> Option<usize> {
    let (mut single, mut double, mut n) = (false, false, from);
    while let Some(c) = chars.get(n).copied() {
        match c {
            '\\' if n + 1 < chars.len() => n += 1,
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ if !single && !double && wanted.contains(c) => return Some(n),
            _ => {}
        }
        n += 1;
    }
    None
}
