//! `lastcopy init`: the texts it writes and shows.

/// A commented `lastcopy.yaml`: every key with what it means, in force only where it says nothing
/// new.
pub fn config() -> String {
    CONFIG.to_owned()
}

/// How to run lastcopy before each commit: the entry for `.pre-commit-config.yaml`.
pub fn hook() -> String {
    HOOK.replace("VERSION", env!("CARGO_PKG_VERSION"))
}

const CONFIG: &str = r#"# lastcopy: what is the last copy of this data, and who can delete it without anybody being asked?
# Every key is optional. What is commented out below shows the spelling.

# This directory is a project of its own, whatever lies above it.
root: true

# Which names stand for which environment: tfvars files, Terraform workspaces, Railway environments,
# directories. What is in no environment counts as production.
environments:
#   production: [production, prod, default]
#   staging: [staging, preview]

# Copies that no file here shows. They count as "stated, not seen" until the day given; then somebody
# looks again, or the entry stops counting and is reported.
copies:
#   - of: aws_db_instance.main        # address of the store; `*` stands for anything
#     place: aws/412087316650         # provider/account/…: where it would survive
#     kept: 35 days
#     locked: true                    # nobody can delete it before its date
#     evidence: backup plan "nightly" in the backup account, looked at together on 2 November
#     until: 2027-05-31
#     restored: 2026-11-02            # the day it was last restored somewhere

# How stores are brought back, where no file here shows it.
recovery:
#   - of: aws_db_instance.main
#     runbook: docs/restore.md        # a file below the root, or a URL
#     restored: 2026-11-02            # the day it was last tried

# Findings that are known and meant. For one place a comment is better, `lastcopy: ignore[rule-id] reason`,
# at the end of the line or alone on the line above.
ignore:
#   - rule: unprotected-store         # or a list of rules
#     path: infra/sandbox/**          # of the file; and/or
#     address: module.scratch.*       # of what it is about
#     reason: rebuilt from the seed every night
#     until: 2027-01-31

# What to make of rules: error, warning, note (the highest a finding of it can be), or off.
# `lastcopy rules` lists them.
rules:
#   versioning-off: warning

# Rules of your own, in directories below this one. The same format as the built-in ones.
rule-dirs:
#   - ops/rules

# Limits, in days.
thresholds:
#   undo-days: 7                      # a deletion that can be undone for less is as good as final
#   retention-days: 7                 # a copy kept for less is too short
#   restore-days: 365                 # a restore that was tried longer ago has to be tried again

# Files left out, and directories read although they usually aren't.
exclude:
#   - archive/**
include:
#   - vendor/infra

# From which severity on a run fails: error, warning, note, never.
# fail-on: error

# Whom findings are shown to: regular (proven, can be acted on), pedantic, auditor.
# persona: regular
"#;

const HOOK: &str = r#"To run it before each commit, add to .pre-commit-config.yaml:

  - repo: local
    hooks:
      - id: lastcopy
        name: lastcopy VERSION
        entry: lastcopy check
        language: system
        types: [text]
        require_serial: true
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// The written text with its commented entries in force.
    fn uncommented() -> String {
        let entry = |line: &str| line.strip_prefix("#   ").map(|rest| format!("  {rest}"));
        let scalar = |line: &str| {
            let rest = line.strip_prefix("# ")?;
            let key = rest.split_once(": ")?.0;
            matches!(key, "fail-on" | "persona").then(|| rest.to_owned())
        };
        let lines = config();
        lines.lines().map(|l| entry(l).or_else(|| scalar(l)).unwrap_or_else(|| l.to_owned()) + "\n").collect()
    }

    #[test]
    fn what_is_written_changes_nothing() {
        let config = Config::parse("lastcopy.yaml", &config(), "2026-11-24").unwrap();
        let none = config.environments.is_empty() && config.rules.is_empty() && config.exclude.is_empty();
        assert!(none && config.copies.is_empty() && config.ignores.is_empty() && config.fail_on.is_none());
    }

    #[test]
    fn every_commented_entry_is_right_and_every_key_is_shown() {
        let text = uncommented();
        let config = Config::parse("lastcopy.yaml", &text, "2026-11-24").unwrap_or_else(|e| panic!("{e:?}\n{text}"));
        assert_eq!((config.copies.len(), config.ignores.len(), config.rules.len()), (1, 1, 1));
        assert_eq!(config.recovery.len(), 1);
        assert_eq!((config.rule_dirs.len(), config.exclude.len(), config.include.len()), (1, 1, 1));
        assert!(config.fail_on.is_some() && config.persona.is_some());
        assert_eq!(config.environments.len(), 2);
        // An error names every key there is.
        let error = Config::parse("x", "nonsense: 1\n", "").unwrap_err();
        let keys = error[0].message.split_once("there are ").unwrap().1;
        for key in keys.split(", ") {
            assert!(text.contains(&format!("\n{key}:")), "{key} isn't shown");
        }
    }

    #[test]
    fn the_hook_names_this_version() {
        assert!(hook().contains(&format!("name: lastcopy {}\n", env!("CARGO_PKG_VERSION"))));
    }
}
