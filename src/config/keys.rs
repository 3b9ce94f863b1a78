//! The keys there are.

/// Top-level keys, in the order `lastcopy init` writes them.
pub(super) const TOP: &[&str] = &[
    "root",
    "environments",
    "copies",
    "recovery",
    "ignore",
    "rules",
    "rule-dirs",
    "thresholds",
    "exclude",
    "include",
    "fail-on",
    "persona",
];
/// Keys of an entry of `copies`.
pub(super) const COPY: &[&str] = &["of", "place", "kept", "locked", "evidence", "until", "restored"];
/// Keys of an entry of `recovery`.
pub(super) const RECOVERY: &[&str] = &["of", "runbook", "restored"];
/// Keys of an entry of `ignore`.
pub(super) const IGNORE: &[&str] = &["rule", "path", "address", "reason", "until"];
/// Keys of `thresholds`.
pub(super) const THRESHOLDS: &[&str] = &["undo-days", "retention-days", "restore-days"];
/// Keys of a rule's setting.
pub(super) const RULE: &[&str] = &["severity"];

/// What people write for a key who know another tool.
const ALIASES: &[(&str, &str)] = &[
    ("ignores", "ignore"),
    ("suppress", "ignore"),
    ("suppressions", "ignore"),
    ("severity", "rules"),
    ("rules-dir", "rule-dirs"),
    ("rules-dirs", "rule-dirs"),
    ("fail_level", "fail-on"),
    ("envs", "environments"),
    ("backups", "copies"),
    ("restore", "recovery"),
    ("restores", "recovery"),
    ("runbooks", "recovery"),
    ("tested", "restored"),
    ("skip", "exclude"),
    ("store", "of"),
    ("retention", "kept"),
    ("expires", "until"),
    ("because", "reason"),
    ("comment", "reason"),
    ("file", "path"),
    ("resource", "address"),
    ("id", "rule"),
];

/// `; did you mean …?` for the nearest of `known`; empty where none is near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let plain = word.to_lowercase().replace('_', "-");
    let alias = ALIASES.iter().find(|(a, _)| *a == plain).map(|(_, key)| *key);
    if let Some(key) = alias.and_then(|key| known.clone().find(|k| *k == key)) {
        return format!("; did you mean `{key}`?");
    }
    let best = known.map(|k| (strsim::damerau_levenshtein(&plain, k), k)).min();
    match best {
        Some((distance, key)) if distance <= 2.max(key.len() / 3) && distance < key.len() => {
            format!("; did you mean `{key}`?")
        }
        _ => String::new(),
    }
}
