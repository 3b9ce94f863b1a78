//! Settings of a deployment configuration that don't do what they say.

use super::{Scene, caller, platform};
use crate::finding::{Confidence, Location};
use crate::model::inputs::Inputs;
use crate::model::stakes::Stakes;
use crate::railway::ignored::{Ignored, Meant};
use crate::railway::{self, Project};
use crate::source::{SourceId, Span};

/// A setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// `railway:web#volumes`.
    pub address: String,
    /// The key with the way to it.
    pub key: String,
    /// What it belongs to.
    pub of: String,
    /// Platform: `railway`.
    pub provider: &'static str,
    /// Platform in words.
    pub platform: String,
    /// ignored (no effect at all) or without-volume (runs where its volume isn't mounted).
    pub problem: &'static str,
    /// What it was meant to do, in words; `None` where its name doesn't tell.
    pub meant: Option<String>,
    /// Whether data depends on it.
    pub protects: bool,
    /// Where the same would have an effect.
    pub instead: Option<String>,
    /// Where it is written.
    pub span: Span,
    /// In which file.
    pub file: SourceId,
    /// Calls that lead to it.
    pub callers: Vec<Location>,
    /// Its environments.
    pub environments: Vec<String>,
    /// Whether it belongs to production.
    pub production: bool,
    /// How sure.
    pub confidence: Confidence,
    /// In a directory that isn't deployed.
    pub undeployed: bool,
    /// What would be lost.
    pub stakes: Stakes,
}

/// Every such setting of every project.
pub fn settings(inputs: &Inputs<'_>) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for project in inputs.railway {
        for service in &project.services {
            let callers: Vec<Location> = service.callers.iter().map(|s| caller(*s)).collect();
            for ignored in &service.ignored_keys {
                // A path that should have been a volume's is told with the service.
                let told = ignored.meant == Meant::Volume && !service.meant_mounts.is_empty();
                fold(
                    &mut all,
                    Setting { callers: callers.clone(), ..of(inputs, project, &service.name, ignored, told) },
                );
            }
            for setting in without_volume(inputs, project, service) {
                fold(&mut all, Setting { callers: callers.clone(), ..setting });
            }
        }
        for volume in &project.volumes {
            for ignored in &volume.ignored_keys {
                fold(&mut all, of(inputs, project, &volume.name, ignored, false));
            }
        }
    }
    all
}

fn fold(all: &mut Vec<Setting>, setting: Setting) {
    match all.iter_mut().find(|s| s.address == setting.address && s.span == setting.span) {
        Some(other) => {
            other.production |= setting.production;
            other.stakes = other.stakes.max(setting.stakes);
            let new = setting.environments.into_iter().filter(|e| !other.environments.contains(e));
            other.environments.extend(new.collect::<Vec<_>>());
        }
        None => all.push(setting),
    }
}

fn of(inputs: &Inputs<'_>, project: &Project, name: &str, ignored: &Ignored, told: bool) -> Setting {
    let scene = Scene::of(inputs, project, ignored.span.source);
    let protects = ignored.meant.protects();
    Setting {
        address: format!("railway:{name}#{}", ignored.key.as_str()),
        key: ignored.key.as_str().to_owned(),
        of: name.to_owned(),
        provider: railway::PLATFORM,
        platform: platform(inputs),
        problem: "ignored",
        meant: ignored.meant.words().map(str::to_owned),
        protects,
        instead: ignored.instead.map(str::to_owned),
        span: ignored.span,
        file: ignored.span.source,
        callers: Vec::new(),
        environments: vec![scene.environment],
        production: scene.verdict.production,
        confidence: scene.verdict.confidence,
        undeployed: scene.undeployed,
        stakes: if protects && scene.verdict.production && !told { Stakes::Exposed } else { Stakes::Rebuildable },
    }
}

/// Commands that run before a deploy and work on a directory that is a volume's: it isn't mounted then.
fn without_volume(inputs: &Inputs<'_>, project: &Project, service: &railway::Service) -> Vec<Setting> {
    let mut all = Vec::new();
    for command in &service.pre_deploy {
        let Ok(text) = &command.text else { continue };
        let names = |path: &str| {
            let path = path.trim_end_matches('/');
            let mut words =
                text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ';' | '<' | '>' | '`'));
            path.len() > 1 && words.any(|w| w == path || w.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
        };
        let Some(mount) = service.mounts.iter().find(|m| names(&m.path)) else { continue };
        let scene = Scene::of(inputs, project, command.span.source);
        all.push(Setting {
            address: format!("railway:{}#preDeployCommand", service.name.as_str()),
            key: "preDeployCommand".into(),
            of: service.name.as_str().to_owned(),
            provider: railway::PLATFORM,
            platform: platform(inputs),
            problem: "without-volume",
            meant: Some(format!(
                "work on `{}`, where the volume `{}` is mounted",
                mount.path.as_str(),
                mount.volume.as_str()
            )),
            protects: true,
            instead: Some("the start command".into()),
            span: command.span,
            file: command.span.source,
            callers: Vec::new(),
            environments: vec![scene.environment],
            production: scene.verdict.production,
            confidence: scene.verdict.confidence,
            undeployed: scene.undeployed,
            stakes: if scene.verdict.production { Stakes::Exposed } else { Stakes::Rebuildable },
        });
    }
    all
}
