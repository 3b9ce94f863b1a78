//! Which names of variables, keys and headers hold which kinds.

use std::collections::{HashMap, HashSet};

use crate::knowledge::credentials::Words;

/// Names without case and separators, to kinds.
pub struct Names {
    exact: HashMap<String, Vec<usize>>,
    /// (before the star, after it, kind).
    globs: Vec<(String, String, usize)>,
    affixes: HashSet<String>,
}

/// A name without case and separators: `railway-api-token`, `railwayApiToken` → `RAILWAYAPITOKEN`.
pub fn canonical(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The words of a name: at `_`, `-`, `.`, and where a capital follows a small letter.
fn segments(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        let cut = !c.is_ascii_alphanumeric() || small && c.is_ascii_uppercase();
        if cut && parts.last().is_some_and(|p| !p.is_empty()) {
            parts.push(String::new());
        }
        if let (true, Some(last)) = (c.is_ascii_alphanumeric(), parts.last_mut()) {
            last.push(c.to_ascii_uppercase());
        }
        small = c.is_ascii_lowercase();
    }
    parts.retain(|p| !p.is_empty());
    parts
}

impl Names {
    /// An empty table.
    pub fn new(words: &Words) -> Names {
        let affixes = words.affixes.iter().map(|a| a.to_ascii_uppercase()).collect();
        Names { exact: HashMap::new(), globs: Vec::new(), affixes }
    }

    /// Adds a name of a kind; the literals to search for are what it gives back.
    pub fn add(&mut self, name: &str, kind: usize) -> Vec<String> {
        match name.split_once('*') {
            Some((before, after)) => {
                self.globs.push((canonical(before), canonical(after), kind));
                let literal = if before.len() > after.len() { before } else { after };
                spellings(literal.trim_matches(['_', '-']))
            }
            None => {
                self.exact.entry(canonical(name)).or_default().push(kind);
                spellings(name)
            }
        }
    }

    /// The kinds that a name holds: as it is, without its affixes, by a glob.
    pub fn kinds(&self, name: &str) -> Vec<usize> {
        let whole = canonical(name);
        if let Some(kinds) = self.exact.get(&whole) {
            return kinds.clone();
        }
        let parts = segments(name);
        let leading = parts.iter().take_while(|p| self.affixes.contains(*p)).count();
        let trailing = parts.iter().rev().take_while(|p| self.affixes.contains(*p)).count();
        for cut in 1..=leading + trailing {
            for front in (0..=cut.min(leading)).rev() {
                let end = parts.len().saturating_sub(cut - front);
                let rest = parts.get(front..end.max(front)).map(<[String]>::concat).unwrap_or_default();
                if cut - front <= trailing
                    && let Some(kinds) = self.exact.get(&rest)
                {
                    return kinds.clone();
                }
            }
        }
        let matches = |(before, after, _): &&(String, String, usize)| {
            whole.len() >= before.len() + after.len() && whole.starts_with(before) && whole.ends_with(after)
        };
        self.globs.iter().filter(matches).map(|g| g.2).collect()
    }
}

/// How a name is spelt in different languages, all searched for without case.
fn spellings(name: &str) -> Vec<String> {
    let mut all = vec![name.to_owned(), name.replace('-', "_"), name.replace('_', "-"), name.replace(['_', '-'], "")];
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_spelling() {
        let words = Words { affixes: ["TF", "VAR", "PROD"].map(String::from).into(), ..Words::default() };
        let mut names = Names::new(&words);
        names.add("RAILWAY_API_TOKEN", 1);
        names.add("*_DATABASE_URL", 2);
        for name in [
            "RAILWAY_API_TOKEN",
            "railwayApiToken",
            "railway-api-token",
            "TF_VAR_railway_api_token",
            "RAILWAY_API_TOKEN_PROD",
        ] {
            assert_eq!(names.kinds(name), [1], "{name}");
        }
        assert_eq!(names.kinds("PROD_DATABASE_URL"), [2]);
        for name in ["RAILWAY_API_TOKEN_ID", "NOT_RAILWAY_API_TOKEN", "PROD", "TF_VAR", ""] {
            assert!(names.kinds(name).is_empty(), "{name}");
        }
    }
}
