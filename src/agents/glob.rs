//! The one wildcard most agents share: `*` for any run of characters, everything else literal.

/// Whether `pattern` matches all of `text`; `*` spans blanks, slashes and newlines. Linear in
/// `text` times the stars of `pattern`.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(first) = pieces.next() else { return text.is_empty() };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last: Option<&str> = None;
    for piece in pieces {
        if let Some(middle) = last.replace(piece) {
            match rest.find(middle) {
                Some(at) => rest = rest.get(at + middle.len()..).unwrap_or(""),
                None => return false,
            }
        }
    }
    match last {
        Some(tail) => rest.ends_with(tail),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn spans_anything() {
        assert!(matches("git * main", "git push origin main"));
        assert!(matches("ls*", "lsof"));
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "aXbYc"));
        assert!(matches("a*a", "aa"));
        assert!(!matches("a*a", "a"));
        assert!(!matches("ab*ba", "aba"));
        assert!(!matches("git", "gitk"));
        assert!(matches("", ""));
        assert!(!matches("", "x"));
        assert!(matches("a**b", "axb"));
    }
}
