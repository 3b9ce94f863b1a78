//! Terraform resources → stores with their guards and the copies their platform makes.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::{Confidence, Place, Role};
use crate::knowledge::stores::{Provider, StoreType, Switch as Known, Tier};
use crate::model::environments;
use crate::model::inputs::Inputs;
use crate::model::join::references::References;
use crate::model::join::setting::Setting;
use crate::model::join::whereabouts::{Scene, symbols};
use crate::model::lookup::{self, Of};
use crate::model::stakes::Stakes;
use crate::model::store::{GUARDS, Given, HAZARDS, MAKES, Store, Switch};
use crate::terraform::{Evaluation, Mode, Resource};

/// What deletes itself after so many days at most isn't kept.
const TRANSIENT_DAYS: f64 = 30.0;

/// Every store of every root, instances that don't differ folded into one.
pub fn stores(inputs: &Inputs<'_>) -> Vec<Store> {
    let mut all: Vec<Store> = Vec::new();
    let state = state_stores(inputs);
    let declared = inputs.terraform.iter().map(|e| (e, true));
    for (evaluation, terraform) in declared.chain(inputs.manifests.evaluations.iter().map(|e| (e, false))) {
        let scene = Scene::of(inputs.knowledge, evaluation);
        let references = References::of(&scene, &inputs.workspace.sources);
        let mut here = Vec::new();
        for resource in evaluation.resources.iter().filter(|r| r.mode == Mode::Managed) {
            let Some((platform, row)) = inputs.knowledge.store_type(&resource.type_) else { continue };
            let mut store = build(inputs, &scene, resource, platform, row);
            if !terraform {
                outside_of_terraform(inputs, platform, &mut store);
            }
            references.join(resource, platform, row, &mut store);
            if store.holds == "primary" && empties_itself(&store) {
                "transient".clone_into(&mut store.holds);
            }
            if state.iter().any(|(of, name)| of.contains(&row.r#type) && store.names.iter().any(|n| n == name)) {
                "state".clone_into(&mut store.holds);
            }
            here.push((store, row.container));
        }
        let parents: Vec<String> =
            here.iter().filter(|(s, _)| s.holds == "primary").filter_map(|(s, _)| s.located.parent.clone()).collect();
        for (mut store, container) in here {
            // What is inside of it is judged instead.
            if container && store.holds == "primary" && parents.contains(&store.address) {
                "derived".clone_into(&mut store.holds);
            }
            fold(&mut all, store);
        }
    }
    all
}

/// Whether all that a bucket holds deletes itself within a month: nobody keeps data there.
fn empties_itself(store: &Store) -> bool {
    let expires = store.hazards.get("expires").filter(|h| h.is_on());
    store.kind == "bucket" && expires.and_then(|h| h.days.as_number()).is_some_and(|d| d.as_f64() <= TRANSIENT_DAYS)
}

/// The types and names of the stores that backends keep state in.
fn state_stores<'a>(inputs: &Inputs<'a>) -> Vec<(&'a [String], String)> {
    let mut all = Vec::new();
    for (name, block) in inputs.terraform.iter().filter_map(|e| e.backend.as_ref()) {
        for backend in inputs.knowledge.backends(name) {
            if let Some(store) = lookup::string(block, &backend.attribute) {
                all.push((backend.types.as_slice(), store.to_owned()));
            }
        }
    }
    all
}

/// Adds a store, or its instance and environment to one that is the same in all that matters.
pub fn fold(all: &mut Vec<Store>, store: Store) {
    let same = |other: &Store| {
        other.address == store.address
            && other.place == store.place
            && alike(&other.guards, &store.guards)
            && alike(&other.makes, &store.makes)
            && alike(&other.hazards, &store.hazards)
            && same_copies(&other.given, &store.given)
            && other.production == store.production
    };
    match all.iter_mut().find(|other| same(other)) {
        Some(other) => {
            for (mine, theirs) in [
                (&mut other.instances, store.instances),
                (&mut other.environments, store.environments),
                (&mut other.roots, store.roots),
            ] {
                mine.extend(theirs.into_iter().filter(|v| !mine.contains(v)).collect::<Vec<_>>());
            }
        }
        None => all.push(store),
    }
}

fn alike(a: &IndexMap<&'static str, Switch>, b: &IndexMap<&'static str, Switch>) -> bool {
    a.iter().zip(b).all(|((_, a), (_, b))| {
        a.available == b.available && a.place == b.place && (a.on == b.on || a.on.is_unknown() && b.on.is_unknown())
    })
}

/// Whether two stores have the same copies, as far as that is told.
fn same_copies(a: &[Given], b: &[Given]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.kind == b.kind && a.by == b.by && a.located == b.located && a.exists.as_bool() == b.exists.as_bool()
        })
}

/// What a manifest declares: no guard of Terraform's, no root, and perhaps somebody's own machine.
fn outside_of_terraform(inputs: &Inputs<'_>, platform: &Provider, store: &mut Store) {
    store.terraform = false;
    store.roots.clear();
    store.environments.clear();
    if let Some(slot) = store.guards.get_mut("terraform") {
        *slot = Switch::missing(store.place.clone());
    }
    let path = inputs.workspace.sources.path(store.place.span);
    let text = inputs.workspace.file(store.file).map_or("", |f| &f.source.text);
    let marked = platform.deployed_marks.iter().any(|mark| text.contains(mark.as_str()));
    if platform.unlabelled_is_local && !marked && !environments::of_path(path).known {
        store.production = false;
    }
}

fn build(inputs: &Inputs<'_>, scene: &Scene<'_>, resource: &Resource, platform: &Provider, row: &StoreType) -> Store {
    let evaluation = scene.evaluation;
    let sources = &inputs.workspace.sources;
    let block = &resource.block;
    let file = inputs.workspace.file(block.span.source);
    let called_from = resource.callers.first().and_then(|c| inputs.workspace.file(c.span.source));
    let place = Arc::new(Place {
        span: block.header,
        slot: crate::finding::Slot::None,
        chain: Vec::new(),
        role: Role::Store,
        item: block.span,
    });
    let environment = environment(inputs, evaluation, sources.path(block.span));
    let setting = Setting::of(evaluation, resource, &place, sources);
    // What a type knows of an attribute comes before what its platform knows of it.
    let own = |known: &&Known| known.attribute.is_some() && row.guards.iter().any(|g| g.attribute == known.attribute);
    let known: Vec<Known> = row.guards.iter().chain(platform.guards.iter().filter(|k| !own(k))).cloned().collect();
    let mut guards = setting.switches(&GUARDS, &known);
    let prevented = prevent_destroy(resource, &place);
    if let Some(slot) = guards.get_mut("terraform")
        && !slot.is_on()
        && (!prevented.is_off() || slot.by.is_empty())
    {
        *slot = prevented;
    }
    let (subject, name) = told_by(resource);
    let derived = lookup::together(row.derived_when.iter().map(|c| lookup::holds(block, c)), Of::Any);
    Store {
        address: resource.address_without_keys.clone(),
        subject,
        name,
        provider: platform.provider.clone(),
        platform: platform.title.clone(),
        r#type: row.r#type.clone(),
        title: row.title.clone(),
        kind: row.kind.clone(),
        holds: if derived.as_bool() == Some(true) { "derived".into() } else { row.holds.clone() },
        file: block.span.source,
        roots: vec![evaluation.root.clone()],
        parent: parent(scene, resource, row),
        located: scene.located(resource, platform),
        guards,
        makes: setting.switches(&MAKES, &row.copies),
        hazards: setting.hazards(&HAZARDS, &row.hazards),
        given: Vec::new(),
        restores: Vec::new(),
        place,
        destroyed_by: row.destroyed_by.clone(),
        replaces_on: row.replaces_on.clone(),
        note: row.note.clone(),
        environments: vec![evaluation.environment.clone()],
        production: environment.production,
        // What may be a replica isn't told as sure.
        checked: row.tier == Tier::Checked,
        confidence: [
            confidence(row.tier),
            environment.confidence,
            if derived.is_unknown() { Confidence::Low } else { Confidence::High },
            block.outlined.as_ref().map_or(Confidence::High, |o| o.confidence),
        ]
        .into_iter()
        .min()
        .unwrap_or(Confidence::Low),
        stakes: Stakes::Loss,
        instances: vec![resource.address.clone()],
        callers: resource.callers.clone(),
        attributes: lookup::value(block),
        // What an example calls is there for the example; whoever hands in a plan deploys it.
        undeployed: evaluation.planned.is_none() && file.into_iter().chain(called_from).any(|f| f.undeployed),
        library: evaluation.library,
        terraform: true,
        names: row.names.iter().filter_map(|n| lookup::string(block, n)).map(Into::into).collect(),
    }
}

/// What a resource is told apart by in its file, and its name. One of a module that is only known stands in the call:
/// there it is told by that.
fn told_by(resource: &Resource) -> (String, String) {
    let own = format!("{}.{}", resource.type_.as_str(), resource.name.as_str());
    let called = resource.address_without_keys.strip_suffix(&format!(".{own}")).and_then(|m| m.rsplit('.').next());
    match called.filter(|_| resource.block.outlined.is_some()) {
        Some(call) => (format!("module.{call}.{own}"), call.to_owned()),
        None => (own, resource.name.as_str().to_owned()),
    }
}

/// How sure a row makes.
pub fn confidence(tier: Tier) -> Confidence {
    match tier {
        Tier::Checked => Confidence::High,
        Tier::TakenOver => Confidence::Medium,
        Tier::Unverified => Confidence::Low,
    }
}

fn environment(inputs: &Inputs<'_>, evaluation: &Evaluation, path: &str) -> environments::Verdict {
    let named = environments::of_name(
        &evaluation.environment,
        inputs.config.environment_of(&evaluation.environment).as_deref(),
    );
    // The root it is called from tells more than the module it is written in; a conflict is production.
    if named.known { named } else { environments::of_path(&format!("{}/{path}", evaluation.root)) }
}

/// Whether `prevent_destroy` guards it: only Terraform respects it.
fn prevent_destroy(resource: &Resource, place: &Arc<Place>) -> Switch {
    Switch {
        available: true,
        on: match &resource.prevent_destroy {
            v if v.is_null() => Value::bool(false),
            v => v.clone(),
        },
        place: place.clone(),
        by: resource.address_without_keys.clone(),
        attribute: Some("prevent_destroy".into()),
        safe: None,
        days: Value::null(),
        lasting: None,
        title: Some("prevent_destroy".into()),
        lifted_by: Some("it is gone when the block is".into()),
        skipped_by: None,
        dies_with: None,
        only_terraform: false,
    }
}

/// What it is deleted with: an address where that is declared here, else the name.
fn parent(scene: &Scene<'_>, resource: &Resource, row: &StoreType) -> Option<String> {
    let above = scene.parents(resource).first().map(|r| r.address_without_keys.clone());
    let told = || {
        let mut values = row.parent.iter().flat_map(|path| lookup::values(&resource.block, path));
        // What isn't known is told by what it was taken from: `module.storage.id`.
        values.find_map(|v| {
            let text = v.as_str().or_else(|| symbols(v).into_iter().next_back());
            text.map_or_else(|| v.is_unknown().then(|| "?".to_owned()), |t| Some(t.to_owned()))
        })
    };
    above.or_else(told)
}
