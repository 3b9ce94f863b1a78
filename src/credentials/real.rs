//! Telling a real value from a placeholder, a reference, an encrypted one and what documentation prints.

use std::collections::HashSet;

use crate::credentials::assignment::floor;
use crate::knowledge::credentials::Words;

/// Most bytes of a value's beginning, and of its end, in which words are looked for.
const HEAD: usize = 64;
const TAIL: usize = 32;
/// Most bytes of the beginning that shows a reference.
const REFERENCE: usize = 32;

/// The words, ready for use.
pub struct Reality<'a> {
    words: &'a Words,
    placeholders: Vec<String>,
    whole: HashSet<String>,
    weak: HashSet<String>,
}

impl<'a> Reality<'a> {
    /// From the knowledge.
    pub fn new(words: &'a Words) -> Reality<'a> {
        let lower = |list: &[String]| list.iter().map(|w| w.to_ascii_lowercase()).collect::<Vec<_>>();
        Reality {
            words,
            placeholders: lower(&words.placeholders),
            whole: lower(&words.whole_words).into_iter().collect(),
            weak: lower(&words.weak).into_iter().collect(),
        }
    }

    /// Whether a value stands for another one, or for none.
    pub fn is_placeholder(&self, value: &str) -> bool {
        let lower = value.get(..floor(value, REFERENCE)).unwrap_or(value).to_ascii_lowercase();
        let marks = ["${", "$(", "{{", "}}", "<%", "%{", "#{", "...", "…", "***", "•••", "\\n"];
        value.len() < 3
            || value.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii())
            || value.starts_with(['$', '%', '<', '[', '{', '(', '@', '!', '*', '&', '`'])
            || self.words.references.iter().any(|r| lower.starts_with(&r.to_ascii_lowercase()))
            || marks.iter().any(|m| value.contains(m))
            || value.as_bytes().windows(2).any(|w| matches!(w, [b'$', b'A'..=b'Z' | b'a'..=b'z' | b'_']))
            || ends(value).any(|part| self.has_words(part))
            || is_patterned(value)
    }

    /// Whether words in a part of a value show a placeholder.
    fn has_words(&self, part: &str) -> bool {
        let lower = part.to_ascii_lowercase();
        part.contains("xxx")
            || part.contains("XXX")
            || self.placeholders.iter().any(|w| lower.contains(w.as_str()))
            || lower.split(|c: char| !c.is_ascii_alphabetic()).any(|word| self.whole.contains(word))
    }

    /// Whether it is a value that documentation prints.
    pub fn is_documented(&self, value: &str) -> bool {
        self.words.documented.iter().any(|d| value.contains(d.as_str()))
    }

    /// Whether a password is one that everybody uses on their own machine.
    pub fn is_weak(&self, value: &str) -> bool {
        let bare = value.trim_end_matches(|c: char| c.is_ascii_digit() || c == '!');
        [value, bare].iter().any(|v| self.weak.contains(&v.to_ascii_lowercase()))
    }

    /// Whether a host is this machine, a name of a compose network, or nobody's.
    pub fn is_local(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        let named = |h: &String| match h.strip_prefix('.') {
            Some(end) => host.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')) || host == end,
            None => host == *h,
        };
        !host.contains('.') || host.starts_with("127.") || self.words.local_hosts.iter().any(named)
    }
}

/// Where words are looked for: short ones turn up by chance in a long random value.
fn ends(value: &str) -> impl Iterator<Item = &str> {
    let short = value.len() <= HEAD + TAIL;
    let head = if short { value } else { value.get(..floor(value, HEAD)).unwrap_or(value) };
    let tail = value.get(floor(value, value.len().saturating_sub(TAIL))..).filter(|_| !short);
    std::iter::once(head).chain(tail)
}

/// Whether nobody's random generator made this: few different characters, sequences, repetitions.
fn is_patterned(value: &str) -> bool {
    let bytes: Vec<u8> = value.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect();
    let distinct = bytes.iter().collect::<HashSet<_>>().len();
    if bytes.is_empty() || bytes.len() >= 12 && distinct < 6 || distinct < 3 {
        return true;
    }
    if bytes.len() < 12 {
        return false;
    }
    let groups: Vec<&str> = value.split('-').filter(|g| g.len() > 2).collect();
    if groups.len() > 2 && groups.iter().filter(|g| g.bytes().all(|b| Some(b) == g.bytes().next())).count() > 2 {
        return true;
    }
    let period = (1..=8.min(bytes.len() / 3)).any(|p| bytes.iter().zip(bytes.iter().skip(p)).all(|(a, b)| a == b));
    period || steps(&bytes, 1) * 10 >= bytes.len() * 6 || steps(&bytes, 2) * 10 >= bytes.len() * 8
}

/// How many characters belong to a run of at least four in which each is its `apart`-th
/// predecessor's successor (or predecessor, or equal): `123456`, `9876`, `aaaa`; `a1b2c3` with 2.
fn steps(bytes: &[u8], apart: usize) -> usize {
    let step = |i: usize| -> Option<i16> {
        let (a, b) = (*bytes.get(i)?, *bytes.get(i + apart)?);
        let wrapped = (a == b'9' && b == b'0') || (a == b'0' && b == b'9');
        let delta = if wrapped { 1 } else { i16::from(b) - i16::from(a) };
        (delta.abs() <= 1).then_some(delta)
    };
    let mut in_runs = 0;
    for offset in 0..apart {
        let (mut at, mut run, mut direction) = (offset, 1, None);
        while at < bytes.len() {
            match step(at) {
                Some(delta) if direction.is_none_or(|d| d == delta) => (run, direction) = (run + 1, Some(delta)),
                other => {
                    in_runs += if run >= 4 { run } else { 0 };
                    (run, direction) = if other.is_some() { (2, other) } else { (1, None) };
                }
            }
            at += apart;
        }
        in_runs += if run >= 4 { run } else { 0 };
    }
    in_runs.min(bytes.len())
}

/// Whether a value is letters of one case only: somebody's words, which no generator makes.
pub fn is_one_word(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_lowercase() || !b.is_ascii_alphanumeric())
        || value.bytes().all(|b| b.is_ascii_uppercase() || !b.is_ascii_alphanumeric())
}

/// Whether a value without a known shape looks like a generated secret rather than a word, a path
/// or an expression.
pub fn looks_random(value: &str) -> bool {
    let count = |f: fn(&u8) -> bool| value.bytes().filter(f).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let others = value.len() - digits - upper - lower;
    let distinct = value.bytes().collect::<HashSet<_>>().len();
    let classes = [digits, upper, lower].iter().filter(|&&n| n > 0).count();
    (12..=256).contains(&value.len())
        && digits > 0
        && classes >= 2
        && distinct >= 8
        && others * 3 <= value.len()
        && !value.starts_with(['/', '.', '~', '-'])
        && !value.contains("://")
        && !value.contains(['(', ')', '[', ']', '{', '}', '<', '>', '"', '\''])
        && !words_and_numbers(value)
}

/// Whether only a generator makes such a password: it looks random, or is of letters whose case changes
/// more often than words' does.
pub fn is_generated(value: &str) -> bool {
    let bytes = value.as_bytes();
    let changes =
        bytes.windows(2).filter(|w| matches!(w, [a, b] if a.is_ascii_uppercase() != b.is_ascii_uppercase())).count();
    let letters = bytes.len() >= 16 && bytes.iter().all(u8::is_ascii_alphabetic) && changes * 3 >= bytes.len();
    looks_random(value) || letters && bytes.iter().collect::<HashSet<_>>().len() >= 10
}

/// `my-service-account-2`, `prod_token_v1`, `securepwd123`: words, and numbers of a few digits.
fn words_and_numbers(value: &str) -> bool {
    let separators = ['-', '_', '.', '/', ':', '!', '@', '#'];
    value.split(separators).all(|part| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let capital = letters.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(letters);
        let same = capital.bytes().all(|b| b.is_ascii_lowercase()) || letters.bytes().all(|b| b.is_ascii_uppercase());
        part.len() <= 3 || same && part.len() - letters.len() <= 4 && part.len() <= 20
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_no_secrets() {
        for value in [
            "00000000-0000-0000-0000-000000000000",
            "12345678-1234-1234-1234-123456789abc",
            "12345678-1234-1234-1234-123456789012",
            "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "11111111-2222-3333-4444-555555555555",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "0123456789abcdef0123456789abcdef01234567",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "a1b2c3d4e5f6a7b8",
            "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
            "aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(is_patterned(value), "{value}");
        }
        for value in [
            "c082c896-afb3-499a-8b0f-c475bfb230ba",
            "7f3c9b1e-52d8-4c0a-9e4b-d16a80c27f95",
            "Zk3vPq8XwL2nRt7YbH5mJc9DfG4sAe6U",
            "ClpdMjAONmHvuhgsiPeqgyTlVKHQHumG",
        ] {
            assert!(!is_patterned(value), "{value}");
        }
    }

    #[test]
    fn random_values_are_told_from_words() {
        for value in ["Zk3vPq8XwL2nRt7YbH5mJc9D", "c082c896-afb3-499a-8b0f-c475bfb230ba", "9f8a7c6b5d4e3f2a1b0c"] {
            assert!(looks_random(value), "{value}");
        }
        for value in [
            "my-service-account-2",
            "/run/secrets/token1",
            "https://a.example/x1",
            "getToken(12)",
            "onlywords",
            "PROD_TOKEN_V1",
        ] {
            assert!(!looks_random(value), "{value}");
        }
    }
}
