//! Identifiers as patterns: whether `arn:aws:rds:*:*:db:prod-*` covers a store of which not every
//! part of its identifier is known.

use crate::model::lookup;
use crate::terraform::Resource;

/// Stands for a part that isn't known.
const UNKNOWN: char = '\u{1}';

/// The identifier of a resource: the one that it is known to have (a plan tells it), or else what its type's form
/// makes of its attributes.
pub fn identifier(parts: &str, resource: &Resource) -> String {
    let made = form(parts, resource);
    if !made.contains(UNKNOWN) {
        return made;
    }
    let values = resource.block.attributes.values().filter_map(|a| a.value.as_str());
    let mut fitting: Vec<&str> = values.filter(|v| !v.contains('*') && covers(v, &made).is_none()).collect();
    fitting.sort_unstable();
    fitting.dedup();
    match fitting.as_slice() {
        [one] => (*one).to_owned(),
        _ => made,
    }
}

/// The identifier of a resource, by its type's form: parts in braces are its attributes.
fn form(form: &str, resource: &Resource) -> String {
    let mut text = String::new();
    let mut rest = form;
    while let Some((literal, after)) = rest.split_once('{') {
        text.push_str(literal);
        let Some((name, after)) = after.split_once('}') else { break };
        match lookup::string(&resource.block, name) {
            Some(value) => text.push_str(value),
            None => text.push(UNKNOWN),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Whether a pattern with `*` covers an identifier; `None` where that hangs on a part that isn't known.
pub fn covers(pattern: &str, id: &str) -> Option<bool> {
    // Partitions (`aws`, `aws-cn`) make no difference here.
    let normal = |text: &str| {
        let mut parts: Vec<&str> = text.splitn(3, ':').collect();
        if let [_, partition, _] = parts.as_mut_slice() {
            *partition = "aws";
        }
        parts.join(":")
    };
    let (pattern, id) =
        if pattern == "*" { (pattern.to_owned(), id.to_owned()) } else { (normal(pattern), normal(id)) };
    let (pattern, id): (Vec<char>, Vec<char>) = (pattern.chars().collect(), id.chars().collect());
    if pattern.len().saturating_mul(id.len()) > 250_000 {
        return None;
    }
    if meets(&pattern, &id, false) {
        return Some(true);
    }
    if meets(&pattern, &id, true) { None } else { Some(false) }
}

/// Whether `pattern` matches all of `id`, where an unknown part is one character that only `*`
/// matches, or, if `open`, any text without a separator.
fn meets(pattern: &[char], id: &[char], open: bool) -> bool {
    let width = id.len() + 1;
    let mut above = vec![false; width];
    above[0] = true;
    for j in 1..width {
        above[j] = open && above[j - 1] && id[j - 1] == UNKNOWN;
    }
    for &p in pattern {
        let mut row = vec![false; width];
        row[0] = p == '*' && above[0];
        for j in 1..width {
            let c = id[j - 1];
            row[j] = match p {
                '*' => above[j] || row[j - 1],
                _ if c == UNKNOWN => open && (row[j - 1] || p != ':' && p != '/' && (above[j] || above[j - 1])),
                _ => (p == c || p == '?') && above[j - 1],
            };
        }
        above = row;
    }
    above[width - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_what_they_can() {
        let known = "arn:aws:rds:eu-west-1:1:db:prod-main";
        let partly = "arn:aws:rds:\u{1}:\u{1}:db:\u{1}";
        assert_eq!(covers("*", partly), Some(true));
        assert_eq!(covers("arn:aws:rds:*:*:db:*", partly), Some(true));
        assert_eq!(covers("arn:aws-cn:rds:*:*:db:*", partly), Some(true));
        assert_eq!(covers("arn:aws:rds:*:*:cluster:*", partly), Some(false));
        assert_eq!(covers("arn:aws:rds:*:*:db:prod-*", known), Some(true));
        assert_eq!(covers("arn:aws:rds:*:*:db:prod-*", partly), None);
        assert_eq!(covers("arn:aws:rds:*:*:db:stage-*", known), Some(false));
        assert_eq!(covers("arn:aws:rds:eu-west-1:1:db:prod-main", partly), None);
        assert_eq!(covers("", partly), Some(false));
        assert_eq!(covers(&"*".repeat(5000), &"\u{1}".repeat(5000)), None);
    }
}
