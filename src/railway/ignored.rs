//! Keys that Railway ignores, and what whoever wrote them meant.
//!
//! Neither the SDK nor the platform says a word about a key it doesn't know: the file looks as if it
//! did something.

use crate::source::{Span, Text};

/// A key that does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The key with the way to it: `deploy.releaseCommand`.
    pub key: Text,
    /// Where it is written.
    pub span: Span,
    /// What it was meant to do, as far as its name says.
    pub meant: Meant,
    /// Where the same would have an effect; `None` where nothing in these files does it.
    pub instead: Option<&'static str>,
}

/// What a key was meant to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meant {
    /// Keep data in a volume.
    Volume,
    /// Make copies.
    Backup,
    /// Keep something from being deleted.
    Guard,
    /// Run something before each deploy.
    PreDeploy,
    /// Run on a schedule.
    Cron,
    /// Run when the container starts.
    Start,
    /// Build.
    Build,
    /// Check whether it answers.
    Health,
    /// Restart.
    Restart,
    /// Run several.
    Replicas,
    /// Set variables.
    Variables,
    /// Declare services.
    Services,
    /// Not to be told from the name.
    Unclear,
}

impl Meant {
    /// In words, after "was meant to"; nothing where the name doesn't tell.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Meant::Volume => "keep data in a volume",
            Meant::Backup => "make backups",
            Meant::Guard => "keep it from being deleted",
            Meant::PreDeploy => "run a command before each deploy",
            Meant::Cron => "run it on a schedule",
            Meant::Start => "say what runs when it starts",
            Meant::Build => "say how it is built",
            Meant::Health => "check its health",
            Meant::Restart => "say when it is restarted",
            Meant::Replicas => "run several of it",
            Meant::Variables => "set variables",
            Meant::Services => "declare services",
            Meant::Unclear => return None,
        })
    }

    /// Whether data depends on it.
    pub fn protects(self) -> bool {
        matches!(self, Meant::Volume | Meant::Backup | Meant::Guard | Meant::PreDeploy)
    }
}

/// The two kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// `.railway/railway.ts`.
    Code,
    /// `railway.toml`, `railway.json`.
    Config,
}

impl Ignored {
    /// A key of a file; `path` is the way to it, the key included.
    pub(super) fn new(path: &str, span: Span, of: Of) -> Ignored {
        let name = path.rsplit('.').next().unwrap_or(path);
        let meant = meant(name);
        Ignored { key: path.into(), span, meant, instead: instead(meant, of) }
    }
}

/// By the words of a name: `releaseCommand`, `pre_deploy`, `volumes`.
fn meant(name: &str) -> Meant {
    let lower: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if has(&["backup", "snapshot", "pitr"]) {
        Meant::Backup
    } else if has(&["protect", "preventdestroy", "preventdelet"]) {
        Meant::Guard
    } else if has(&["volume", "mount", "disk", "persist"]) {
        Meant::Volume
    } else if has(&["release", "predeploy", "migrat"]) {
        Meant::PreDeploy
    } else if has(&["cron", "schedule"]) {
        Meant::Cron
    } else if has(&["health"]) {
        Meant::Health
    } else if has(&["restart"]) {
        Meant::Restart
    } else if has(&["replica", "instances", "scal"]) {
        Meant::Replicas
    } else if has(&["build", "dockerfile", "nixpacks", "install", "watch", "phases", "railpack"]) {
        Meant::Build
    } else if has(&["start", "cmd", "command", "entrypoint"]) {
        Meant::Start
    } else if lower == "env" || has(&["variable", "environment", "envvars", "secrets"]) {
        Meant::Variables
    } else if has(&["service", "plugin", "database", "project"]) {
        Meant::Services
    } else {
        Meant::Unclear
    }
}

fn instead(meant: Meant, of: Of) -> Option<&'static str> {
    match (meant, of) {
        (Meant::Volume, Of::Code) => Some("`volumeMounts: { \"/path\": volume(…) }` of the service"),
        (Meant::PreDeploy, Of::Code) => Some("`preDeploy`"),
        (Meant::PreDeploy, Of::Config) => Some("`deploy.preDeployCommand`"),
        (Meant::Cron, _) => Some("`deploy.cronSchedule`"),
        (Meant::Start, Of::Code) => Some("`start`"),
        (Meant::Start, Of::Config) => Some("`deploy.startCommand`"),
        (Meant::Build, Of::Code) => Some("`build`"),
        (Meant::Build, Of::Config) => Some("`build.buildCommand` or another key of `build`"),
        (Meant::Health, Of::Code) => Some("`healthcheck`"),
        (Meant::Health, Of::Config) => Some("`deploy.healthcheckPath`"),
        (Meant::Restart, _) => Some("`deploy.restartPolicyType`"),
        (Meant::Replicas, Of::Code) => Some("`replicas`"),
        (Meant::Replicas, Of::Config) => Some("`deploy.numReplicas`"),
        (Meant::Variables, Of::Code) => Some("`env`"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_was_meant() {
        for (name, expected) in [
            ("volumes", Meant::Volume),
            ("persistentDisk", Meant::Volume),
            ("backupSchedules", Meant::Backup),
            ("releaseCommand", Meant::PreDeploy),
            ("pre_deploy", Meant::PreDeploy),
            ("cron", Meant::Cron),
            ("startCommand", Meant::Start),
            ("env", Meant::Variables),
            ("services", Meant::Services),
            ("deletionProtection", Meant::Guard),
            ("port", Meant::Unclear),
        ] {
            assert_eq!(meant(name), expected, "{name}");
        }
    }
}
