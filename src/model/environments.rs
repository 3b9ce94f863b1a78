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
    let mut before = "";
    let mut known: Option<bool> = None;
    for text in path.split(['/', '-', '_', '.']) {
        // `non-prod`, `pre_prod`: what isn't production says so before its name.
        let negated = ["non", "not", "pre"].iter().any(|not| before.eq_ignore_ascii_case(not));
        let production = word(text).map(|production| production && !negated);
        known = match (known, production) {
            (Some(a), Some(b)) => Some(a || b),
            (a, b) => a.or(b),
        };
        before = text;
    }
    match known {
        Some(production) => Verdict { production, confidence: Confidence::Medium, known: true },
        None => UNLABELLED,
    }
}

fn word(text: &str) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    // `dev2`, `nonprod`.
    let bare = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let negated = |not: &&str| text.strip_prefix(*not).is_some_and(|rest| PRODUCTION.contains(&rest));
    if PRODUCTION.contains(&bare) {
        Some(true)
    } else if OTHER.contains(&bare) || text == "pr" || text.starts_with("pr-") || ["non", "pre"].iter().any(negated) {
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
        for other in
            ["accounts/non-prod/main.tf", "nonprod/main.tf", "pre_prod/a.tf", "ops/dev2/main.tf", "preprod/x.tf"]
        {
            assert!(!of_path(other).production && of_path(other).known, "{other}");
        }
        assert!(of_path("ops/prod2/main.tf").production && of_path("ops/prod2/main.tf").known);
        assert!(!of_path("nonsense/main.tf").known);
    }
}
