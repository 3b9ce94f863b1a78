//! Quotes and backslashes as Droid takes them off.

/// Inside which quotes a reader is.
#[derive(Clone, Copy, Default)]
pub struct Quotes {
    single: bool,
    double: bool,
}

impl Quotes {
    /// Reads on over a character that no backslash stands before.
    pub fn pass(&mut self, c: char) {
        match c {
            '\'' if !self.double => self.single = !self.single,
            '"' if !self.single => self.double = !self.double,
            _ => {}
        }
    }

    /// Between single ones, where a backslash is itself.
    pub fn single(self) -> bool {
        self.single
    }

    /// Outside of any.
    pub fn outside(self) -> bool {
        !self.single && !self.double
    }
}

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
    let (mut found, mut word, mut quotes, mut n) = (Vec::new(), String::new(), Quotes::default(), 0);
    while let Some(c) = chars.get(n).copied() {
        if let ('\\', Some(next)) = (c, chars.get(n + 1)) {
            word.push(c);
            word.push(*next);
            n += 2;
            continue;
        }
        quotes.pass(c);
        if c.is_whitespace() && quotes.outside() {
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
    let (mut quotes, mut n) = (Quotes::default(), from);
    while let Some(c) = chars.get(n).copied() {
        if c == '\\' && n + 1 < chars.len() {
            n += 2;
            continue;
        }
        quotes.pass(c);
        if quotes.outside() && wanted.contains(c) {
            return Some(n);
        }
        n += 1;
    }
    None
}
