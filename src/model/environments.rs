//! Which environment something belongs to, and whether that is production.

use crate::finding::Confidence;

/// The answer for one name or path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Belongs to production (also when nothing is known).
    pub production: bool,
    /// How sure.
    pub confidence: Confidence,
    /// Whether anything was known at all.
    pub known: bool,
}

/// Nothing known: production.
pub const UNLABELLED: Verdict = Verdict { production: true, confidence: Confidence::High, known: false };

const PRODUCTION: [&str; 4] = ["prod", "production", "live", "prd"];
const OTHER: [&str; 13] = [
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "staging",
    "stage",
    "sandbox",
    "preview",
    "qa",
    "demo",
    "example",
    "sample",
];

/// Judges an environment's own name (Railway environment, workspace, config): certain.
pub fn of_name(name: &str, mapped: Option<&str>) -> Verdict {
    let name = mapped.unwrap_or(name);
    match word(name) {
        Some(production) => Verdict { production, confidence: Confidence::High, known: true },
        // `terraform.develop`, `eu-prod`: by a word of it.
        None => of_path(name),
    }
}

/// Judges a path by whole words, relative to the root: medium confidence. A conflict is production.
pub fn of_path(path: &str) -> Verdict {
    let words = path.split(['/', '-', '_', '.']).filter_map(word);
    match words.reduce(|a, b| a || b) {
        Some(production) => Verdict { production, confidence: Confidence::Medium, known: true },
        None => UNLABELLED,
    }
}

fn word(text: &str) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    if PRODUCTION.contains(&text.as_str()) {
        Some(true)
    } else if OTHER.contains(&text.as_str()) || text == "pr" || text.starts_with("pr-") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        assert!(!of_path("envs/staging/main.tf").production);
        assert!(of_path("envs/prod/main.tf").known);
        assert!(!of_path("latest/contest.tf").known);
        assert!(of_path("staging/prod.tf").production, "a conflict is production");
    }
}
