//! Settings of a deployment configuration that don't do what they say.

use super::Declared;
use crate::model::inputs::Inputs;
use crate::railway::ignored::{Ignored, Meant};
use crate::railway::{self, Project};

/// A setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// `railway:web#volumes`, and where it is written.
    pub declared: Declared,
    /// What it belongs to.
    pub of: String,
    /// ignored (no effect at all) or without-volume (runs where its volume isn't mounted).
    pub problem: &'static str,
    /// What it was meant to do, in words; `None` where its name doesn't tell.
    pub meant: Option<String>,
    /// Whether data depends on it.
    pub protects: bool,
    /// Where the same would have an effect.
    pub instead: Option<String>,
}

/// Every such setting of every project.
pub fn settings(inputs: &Inputs<'_>) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for project in inputs.railway {
        for service in &project.services {
            for ignored in &service.ignored_keys {
                // A path that should have been a volume's is told with the service.
                let told = ignored.meant == Meant::Volume && !service.meant_mounts.is_empty();
                let setting = of(inputs, project, &service.name, ignored, told);
                fold(&mut all, Setting { declared: setting.declared.called(service), ..setting });
            }
            for setting in without_volume(inputs, project, service) {
                fold(&mut all, setting);
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
    let same =
        |s: &&mut Setting| s.declared.address == setting.declared.address && s.declared.span == setting.declared.span;
    match all.iter_mut().find(same) {
        Some(other) => other.declared.join(setting.declared),
        None => all.push(setting),
    }
}

fn of(inputs: &Inputs<'_>, project: &Project, name: &str, ignored: &Ignored, told: bool) -> Setting {
    let protects = ignored.meant.protects();
    Setting {
        declared: Declared::of(inputs, project, name, ignored.span, protects && !told).key(&ignored.key),
        of: name.to_owned(),
        problem: "ignored",
        meant: ignored.meant.words().map(str::to_owned),
        protects,
        instead: ignored.instead.map(str::to_owned),
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
        let declared = Declared::of(inputs, project, &service.name, command.span, true);
        all.push(Setting {
            declared: declared.key("preDeployCommand").called(service),
            of: service.name.as_str().to_owned(),
            problem: "without-volume",
            meant: Some(format!(
                "work on `{}`, where the volume `{}` is mounted",
                mount.path.as_str(),
                mount.volume.as_str()
            )),
            protects: true,
            instead: Some("the start command".into()),
        });
    }
    all
}
