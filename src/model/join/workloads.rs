//! Compose services and pods: which volumes are databases', and which of the workloads copy them.

use std::sync::Arc;

use crate::dumps::{self, Deed, Of, Target};
use crate::expr::Value;
use crate::finding::{Confidence, Place, Reason, Role};
use crate::knowledge::dumps::{Does, Dumps, Image};
use crate::manifests::{Mount, Workload};
use crate::model::inputs::Inputs;
use crate::model::join::jobs::{self, Job};
use crate::model::located::{Account, Blast, Located};
use crate::model::store::{Copy, Store};

/// Tells volumes what they hold: a database's data, a cache, or what isn't known.
pub fn tell(inputs: &Inputs<'_>, stores: &mut [Store]) {
    let knowledge = inputs.knowledge.dumps();
    for store in stores.iter_mut().filter(|s| !s.terraform && s.kind == "volume") {
        let mounting =
            inputs.manifests.workloads.iter().filter(|w| data_mount(w, knowledge).any(|m| m.from == store.address));
        for engine in mounting.filter_map(|w| engine_of(w, knowledge)) {
            let cache = knowledge.engine(engine).is_some_and(|e| e.cache);
            if cache { "derived" } else { "primary" }.clone_into(&mut store.holds);
        }
    }
}

fn engine_of<'k>(workload: &Workload, knowledge: &'k Dumps) -> Option<&'k str> {
    let image = workload.image.as_deref()?;
    // The repository's name tells it, not the registry or the tag; a job that dumps is no database.
    let name = image.split('@').next()?.rsplit('/').next()?.split(':').next()?;
    let tool = ["backup", "dump", "exporter", "restore", "admin", "proxy", "bouncer", "express", "commander"];
    let a_tool = tool.iter().any(|t| name.contains(t)) || knowledge.images.iter().any(|i| names(image, &i.name));
    if a_tool { None } else { knowledge.engine_of(name) }
}

/// The mounts in which a database keeps its data.
fn data_mount<'w>(workload: &'w Workload, knowledge: &Dumps) -> impl Iterator<Item = &'w Mount> {
    let engine = engine_of(workload, knowledge).and_then(|e| knowledge.engine(e));
    let paths: Vec<String> = engine.map(|e| e.data.clone()).unwrap_or_default();
    workload.mounts.iter().filter(move |m| {
        paths.iter().any(|p| m.path == *p || m.path.strip_prefix(p.as_str()).is_some_and(|rest| rest.starts_with('/')))
    })
}

/// The stores in which the workload of a host keeps its data; `None` where no or several workloads
/// are called so.
pub fn data_of(
    inputs: &Inputs<'_>,
    host: &str,
    scope: Option<&str>,
    engine: &str,
    stores: &[Store],
) -> Option<Vec<usize>> {
    let knowledge = inputs.knowledge.dumps();
    let called = |w: &&Workload| {
        let within = scope.is_none_or(|s| s == w.scope);
        within && w.hosts.iter().any(|h| h == host) && engine_of(w, knowledge).is_some_and(|e| e == engine)
    };
    let mut found = inputs.manifests.workloads.iter().filter(called);
    let workload = found.next().filter(|_| found.next().is_none())?;
    let mounts: Vec<&Mount> = data_mount(workload, knowledge).collect();
    let index = |m: &&Mount| stores.iter().position(|s| s.address == m.from);
    Some(mounts.iter().filter_map(index).collect()).filter(|all: &Vec<usize>| !all.is_empty())
}

/// The copies that workloads make of volumes of their project.
pub fn copies(inputs: &Inputs<'_>, stores: &[Store]) -> Vec<Copy> {
    let knowledge = inputs.knowledge.dumps();
    let deployed = |w: &&Workload| inputs.workspace.file(w.file).is_some_and(|f| !f.undeployed);
    let mut all = Vec::new();
    for workload in inputs.manifests.workloads.iter().filter(deployed) {
        let image = workload.image.as_deref();
        let known = image.and_then(|image| knowledge.images.iter().find(|i| names(image, &i.name)));
        let deeds = match known {
            Some(image) => vec![by_image(workload, image)],
            None => dumps::read(&workload.commands.join("\n"), knowledge),
        };
        for deed in deeds.iter().filter(|d| d.does == Does::Copy) {
            for index in of(inputs, workload, deed, stores) {
                all.extend(made(inputs, workload, deed, index, stores));
            }
        }
    }
    all
}

/// Whether an image is the one of a name: whole path parts, the tag left out.
fn names(image: &str, name: &str) -> bool {
    let plain = image.split('@').next().unwrap_or(image);
    let tag = plain.rsplit('/').next().and_then(|last| last.split_once(':')).map_or(0, |(_, tag)| tag.len() + 1);
    let plain = plain.get(..plain.len() - tag).unwrap_or(plain).to_ascii_lowercase();
    plain == name || plain.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
}

/// What an image does that only dumps.
fn by_image(workload: &Workload, image: &Image) -> Deed {
    let value = |names: &[String]| names.iter().find_map(|n| workload.variable(n)).flatten().map(str::to_owned);
    let host =
        value(&image.host_variables).or_else(|| value(&image.url_variables).and_then(|u| dumps::host_of_url(&u)));
    let directory = value(&image.directory_variables).or_else(|| image.directory_default.clone());
    let told = |names: &[String]| names.iter().any(|n| workload.variable(n).is_some());
    let endpoint = value(&image.endpoint_variables).map(|e| dumps::host_of_url(&e).unwrap_or(e));
    let to = told(&image.bucket_variables).then(|| {
        let bucket = value(&image.bucket_variables);
        let elsewhere = told(&image.endpoint_variables) && endpoint.is_none();
        Target {
            written: bucket.clone().unwrap_or_default(),
            bucket,
            host: if elsewhere { None } else { endpoint.clone().or_else(|| image.vendor.clone()) },
        }
    });
    Deed {
        does: Does::Copy,
        program: image.name.clone(),
        of: Of::Database { engine: image.engine.clone(), host, variables: Vec::new(), container: None },
        to: to.into_iter().collect(),
        files: directory.into_iter().collect(),
        follows: false,
    }
}

/// The stores that a workload dumps: of the host it names, or the volume it shares with a database.
fn of(inputs: &Inputs<'_>, workload: &Workload, deed: &Deed, stores: &[Store]) -> Vec<usize> {
    let Of::Database { engine, host, variables, .. } = &deed.of else { return Vec::new() };
    let knowledge = inputs.knowledge.dumps();
    let plain = host.as_deref().filter(|h| !h.contains('$')).map(str::to_owned);
    let by_variable = || {
        let value = |v: &String| workload.variable(v).flatten().map(|t| dumps::host_of_url(t).unwrap_or(t.to_owned()));
        variables.iter().find_map(value)
    };
    let named = host.as_deref().and_then(|h| {
        let name: String =
            h.trim_start_matches(['$', '{']).chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        workload.variable(&name).flatten().map(str::to_owned)
    });
    if let Some(host) = plain.or(named).or_else(by_variable) {
        // A name without dots is one of its own project; `db.shop.svc.cluster.local` is `db.shop`.
        let mut parts = host.splitn(3, '.');
        let found = match (parts.next(), parts.next()) {
            (Some(name), Some(namespace)) => data_of(inputs, &format!("{name}.{namespace}"), None, engine, stores),
            _ => data_of(inputs, &host, Some(&workload.scope), engine, stores),
        };
        return found.unwrap_or_default();
    }
    // A claim that it shares with a database of this engine.
    let shared = deed.files.iter().filter_map(|f| workload.mount_of(f)).filter(|mount| {
        let others = inputs.manifests.workloads.iter().filter(|w| w.scope == workload.scope);
        others
            .filter(|w| engine_of(w, knowledge).is_some_and(|e| e == engine))
            .any(|w| data_mount(w, knowledge).any(|m| m.from == mount.from))
    });
    shared.filter_map(|m| stores.iter().position(|s| s.address == m.from)).collect()
}

/// The copies of one store that a deed makes.
fn made(inputs: &Inputs<'_>, workload: &Workload, deed: &Deed, index: usize, stores: &[Store]) -> Vec<Copy> {
    let Some(store) = stores.get(index) else { return Vec::new() };
    let place = Place::of(workload.span, Role::Copy);
    let blank = Copy {
        address: workload.address.clone(),
        kind: "dump".into(),
        title: format!("dumps by `{}`", workload.name),
        store: index,
        held_in: None,
        place: place.clone(),
        located: store.located.clone(),
        dies_with: None,
        only_terraform: false,
        exists: Value::bool(true),
        automatic: workload.by_itself,
        retention_days: Value::unknown(Reason::at(
            "retention-not-written",
            "how long they are kept isn't written",
            workload.span,
        )),
        locked: Value::bool(false),
        stated: false,
        // How its store is known says nothing against a job that is written beside it.
        confidence: Confidence::Medium,
    };
    if !deed.to.is_empty() {
        let job = Job {
            address: workload.address.clone(),
            title: workload.name.clone(),
            span: workload.span,
            deeds: Vec::new(),
            by_itself: Ok(()),
        };
        return deed.to.iter().map(|to| jobs::carried(inputs, &job, to, &[], stores, blank.clone())).collect();
    }
    // What no volume is mounted for is gone with the container.
    let Some(mount) = deed.files.iter().find_map(|f| workload.mount_of(f)) else { return Vec::new() };
    if let Some((number, holder)) = stores.iter().enumerate().find(|(_, s)| s.address == mount.from) {
        return vec![Copy {
            held_in: Some(number),
            title: format!("dumps in `{}`", holder.name),
            located: holder.located.clone(),
            place: Arc::new(Place { role: Role::Copy, ..(*place).clone() }),
            // A directory isn't taken by what deletes the project's volumes.
            dies_with: (mount.directory && number != index).then_some(Blast::Account),
            ..blank
        }];
    }
    // A directory within the one the data is in goes with it.
    let within = mount.from.strip_prefix(store.address.as_str()).is_some_and(|rest| rest.starts_with('/'));
    vec![Copy {
        title: format!("dumps in the directory `{}`", mount.from.rsplit('#').next().unwrap_or(&mount.from)),
        located: Located {
            account: Account::Ordinary,
            parent: None,
            store: Some(mount.from.clone()),
            ..store.located.clone()
        },
        dies_with: Some(if within { Blast::Store } else { Blast::Account }),
        ..blank
    }]
}
