//! What plans and `removed` blocks do to stores: destroyed, replaced, a guard lifted, a backup shortened.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::expr::{Kind, Type, Value};
use crate::finding::{Confidence, Place, Reason, Role};
use crate::model::Model;
use crate::model::inputs::Inputs;
use crate::model::join;
use crate::model::located::Blast;
use crate::model::stakes::Stakes;
use crate::model::store::{Caller, Copy, Given, Store, Switch};
use crate::model::survive;
use crate::terraform::plan::{Act, Action};
use crate::terraform::{ChangeKind, Evaluation, Mode, Planned, ResolvedBlock, Resource};

/// The kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    /// The store is destroyed.
    Destroy,
    /// It is destroyed and made anew, empty.
    Replace,
    /// A guard that is on will be off.
    Unguard,
    /// A copy that is made won't be any more, or is kept for fewer days.
    Shorten,
}

impl Doing {
    /// The word rules use.
    pub fn word(self) -> &'static str {
        match self {
            Doing::Destroy => "destroy",
            Doing::Replace => "replace",
            Doing::Unguard => "unguard",
            Doing::Shorten => "shorten",
        }
    }
}

/// One change to one store.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is done.
    pub doing: Doing,
    /// The store, by index: in [`Model::past`] where `past`, else in the model.
    pub store: usize,
    /// Whether that is the store as it is before.
    pub past: bool,
    /// Bool or unknown.
    pub happens: Value,
    /// Attributes that force it.
    pub forced_by: Vec<String>,
    /// Why, in words.
    pub why: Option<String>,
    /// The file or block that plans it, or the revision it is compared with.
    pub by: String,
    /// That in words, as the subject of a sentence.
    pub told_by: String,
    /// The guard that refuses it, in words.
    pub refused_by: Option<String>,
    /// Known copies that survive it, in words.
    pub kept: Vec<String>,
    /// What changes, for a guard or copy.
    pub setting: Option<Changed>,
    /// Where it stands.
    pub place: Arc<Place>,
    /// Addresses of the instances it is done to.
    pub instances: Vec<String>,
    /// What would be lost.
    pub stakes: Stakes,
    /// How sure.
    pub confidence: Confidence,
}

/// The setting of a guard or copy that changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Attribute name.
    pub attribute: Option<String>,
    /// The guard or copy in words.
    pub title: String,
    /// What it is.
    pub before: String,
    /// What it will be.
    pub after: String,
}

/// Adds to a model what plans and `removed` blocks do to stores.
pub fn add(inputs: &Inputs<'_>, model: &mut Model) {
    let mut worlds: Vec<Evaluation> = Vec::new();
    for evaluation in inputs.terraform {
        match &evaluation.planned {
            Some(planned) => worlds.push(planned.before.clone()),
            None => worlds.extend(without(evaluation)),
        }
    }
    if worlds.is_empty() {
        return;
    }
    let then = Inputs { terraform: &worlds, railway: &[], ..*inputs };
    let mut stores = join::terraform::stores(&then);
    let copies = join::copies::copies(&then, &mut stores);
    let mut past = Model { stores, copies, ..Model::default() };
    for evaluation in inputs.terraform.iter().filter(|e| e.planned.is_none()) {
        forget(evaluation, &mut past);
    }
    for index in 0..past.stores.len() {
        let stakes = survive::stakes(inputs, index, &past.stores, &past.copies);
        if let Some(store) = past.stores.get_mut(index) {
            store.stakes = stakes;
        }
    }
    let mut changes: Vec<Change> = Vec::new();
    for evaluation in inputs.terraform {
        let here = past.stores.iter().enumerate().filter(|(_, s)| s.terraform && s.roots.contains(&evaluation.root));
        let instances =
            here.rev().flat_map(|(index, s)| s.instances.iter().map(move |i| (i.as_str(), index))).collect();
        let of = Of { inputs, evaluation, past: &past, now: model, instances };
        match &evaluation.planned {
            Some(planned) => {
                of.planned(planned, &mut changes);
                of.settings(planned, &mut changes);
            }
            None => of.removed(&mut changes),
        }
    }
    model.changes = changes;
    model.past = Some(Box::new(past));
}

/// A root with what its `removed` blocks destroy, as far as an address tells what that is. `None`: nothing.
fn without(evaluation: &Evaluation) -> Option<Evaluation> {
    let gone: Vec<Resource> = removed(evaluation).map(|(address, _, block)| pseudo(address, block)).collect();
    (!gone.is_empty()).then(|| Evaluation { resources: gone, ..evaluation.clone() })
}

/// Addresses that `removed` blocks destroy, or may: (address, whether, the block).
fn removed(evaluation: &Evaluation) -> impl Iterator<Item = (&str, &Value, &ResolvedBlock)> {
    let gone =
        evaluation.changes.iter().filter(|c| c.kind == ChangeKind::Removed && c.destroy.as_bool() != Some(false));
    let declared = |address: &str| evaluation.resources.iter().any(|r| r.address_without_keys == address);
    gone.filter(move |c| !declared(&c.address)).map(|c| (c.address.as_str(), &c.destroy, &c.block))
}

/// A resource of which nothing but its address is left.
fn pseudo(address: &str, block: &ResolvedBlock) -> Resource {
    let mut parts = address.rsplit('.');
    let name = parts.next().unwrap_or(address);
    let type_ = parts.next().unwrap_or("");
    let mode = if parts.next() == Some("data") { Mode::Data } else { Mode::Managed };
    let module = address.strip_suffix(&format!("{type_}.{name}")).unwrap_or("").trim_end_matches('.');
    Resource {
        address: address.to_owned(),
        address_without_keys: address.to_owned(),
        mode,
        type_: type_.into(),
        name: name.into(),
        module: module.to_owned(),
        provider: None,
        block: ResolvedBlock {
            attributes: indexmap::IndexMap::new(),
            blocks: Vec::new(),
            unknown_blocks: indexmap::IndexMap::new(),
            // There is no room for an attribute in it.
            body: block.header,
            ..block.clone()
        },
        prevent_destroy: Value::null(),
        callers: Vec::new(),
        uncertain: None,
    }
}

/// What a store was set to whose block is gone stands in the state only.
fn forget(evaluation: &Evaluation, past: &mut Model) {
    for (address, _, block) in removed(evaluation) {
        let message = format!("the block of `{address}` is gone: what it was set to stands in the state only");
        let reasons = Arc::new(vec![Reason::at("not-declared-any-more", message, block.header)]);
        let unknown = Value::unknown_of(Type::Bool, reasons);
        for (index, store) in past.stores.iter_mut().enumerate().filter(|(_, s)| s.address == address) {
            let terraform = store.guards.get_mut("terraform").map(|s| std::mem::replace(&mut s.on, Value::bool(false)));
            let switches = store.guards.values_mut().chain(store.makes.values_mut());
            switches.filter(|s| s.available).for_each(|s| s.on = unknown.clone());
            // With its block its `prevent_destroy` is gone.
            if let Some(slot) = store.guards.get_mut("terraform").filter(|_| terraform.is_some()) {
                slot.on = Value::bool(false);
            }
            past.copies.iter_mut().filter(|c| c.store == index && !c.stated).for_each(|c| c.exists = unknown.clone());
        }
    }
}

/// One root before and after.
struct Of<'a> {
    inputs: &'a Inputs<'a>,
    evaluation: &'a Evaluation,
    past: &'a Model,
    now: &'a Model,
    /// Stores of this root in `past`, by the addresses of their instances.
    instances: HashMap<&'a str, usize>,
}

impl Of<'_> {
    fn path(&self, source: crate::source::SourceId) -> String {
        self.inputs.workspace.sources.get(source).map(|s| s.path.clone()).unwrap_or_default()
    }

    /// The store of an instance as it is before.
    fn before(&self, address: &str) -> Option<(usize, &Store)> {
        let index = *self.instances.get(address)?;
        Some((index, self.past.stores.get(index)?))
    }

    /// What a plan destroys and replaces.
    fn planned(&self, planned: &Planned, all: &mut Vec<Change>) {
        let gone: HashSet<&str> = planned
            .plan
            .actions
            .iter()
            .filter(|a| matches!(a.act, Act::Destroy | Act::Replace))
            .map(|a| a.address.as_str())
            .collect();
        for action in &planned.plan.actions {
            let doing = match action.act {
                Act::Destroy => Doing::Destroy,
                Act::Replace => Doing::Replace,
                _ => continue,
            };
            let Some((index, store)) = self.before(&action.address) else { continue };
            let kept = self.kept(index, store, &gone);
            fold(
                all,
                Change {
                    doing,
                    store: index,
                    past: true,
                    happens: Value::bool(true),
                    forced_by: action.forced_by.clone(),
                    why: why(action),
                    by: self.path(planned.plan.source),
                    told_by: format!("The plan {}", self.path(planned.plan.source)),
                    stakes: self.stakes(store, &kept),
                    refused_by: refusing(store),
                    kept,
                    setting: None,
                    place: store.place.clone(),
                    instances: vec![action.address.clone()],
                    confidence: store.confidence,
                },
            );
        }
    }

    /// What `removed` blocks destroy.
    fn removed(&self, all: &mut Vec<Change>) {
        for (address, destroy, block) in removed(self.evaluation) {
            let Some((index, store)) = self.before(address) else { continue };
            let kept = self.kept(index, store, &HashSet::new());
            let change = Change {
                doing: Doing::Destroy,
                store: index,
                past: true,
                happens: destroy.clone(),
                forced_by: Vec::new(),
                why: None,
                by: "removed".to_owned(),
                told_by: "This `removed` block".to_owned(),
                refused_by: None,
                stakes: self.stakes(store, &kept),
                kept,
                setting: None,
                place: Arc::new(Place { item: block.span, ..(*Place::of(block.header, Role::Store)).clone() }),
                instances: vec![address.to_owned()],
                confidence: store.confidence,
            };
            fold(all, change);
        }
    }

    /// The known copies that outlive the store, in words, and aren't kept in something that goes with it.
    fn kept(&self, index: usize, store: &Store, gone: &HashSet<&str>) -> Vec<String> {
        let held = |copy: &&Copy| {
            let holder = copy.held_in.and_then(|h| self.past.stores.get(h));
            !holder.is_some_and(|h| h.instances.iter().any(|i| gone.contains(i.as_str())))
        };
        let outcome = survive::outcome(index, store, &self.past.copies, Blast::Store, Caller::Terraform);
        let survivors = outcome.survivors.iter().filter_map(|c| self.past.copies.get(*c));
        survivors.filter(held).map(|c| c.title.clone()).collect()
    }

    /// What is at stake in a store that is being destroyed: what isn't known doesn't keep it.
    fn stakes(&self, store: &Store, kept: &[String]) -> Stakes {
        if !store.production || ["derived", "transient"].contains(&store.holds.as_str()) {
            return Stakes::Rebuildable;
        }
        let least = self.inputs.config.thresholds.undo_days;
        let undo = store.guards.get("undo").filter(|g| g.is_on() && g.skipped_by.is_none());
        let undo = undo.and_then(|g| g.days.as_number()).is_some_and(|days| days.as_f64() >= least);
        match store.checked && refusing(store).is_none() && !undo && kept.is_empty() {
            true => Stakes::Loss,
            false => Stakes::Exposed,
        }
    }

    /// Guards that a plan lifts, and backups that it shortens.
    fn settings(&self, planned: &Planned, all: &mut Vec<Change>) {
        let actions: HashMap<&str, &Action> =
            planned.plan.actions.iter().filter(|a| !a.deposed).map(|a| (a.address.as_str(), a)).collect();
        for (index, store) in self.now.stores.iter().enumerate() {
            if !store.terraform || !store.roots.contains(&self.evaluation.root) {
                continue;
            }
            for instance in &store.instances {
                let action = actions.get(instance.as_str());
                if action.is_some_and(|a| matches!(a.act, Act::Create | Act::Replace)) {
                    continue;
                }
                let Some((_, before)) = self.before(instance) else { continue };
                for (doing, setting, happens, place) in compared(before, store) {
                    let stakes = match doing {
                        Doing::Unguard => store.stakes,
                        _ => store.stakes.min(Stakes::Exposed),
                    };
                    fold(
                        all,
                        Change {
                            doing,
                            store: index,
                            past: false,
                            happens,
                            forced_by: Vec::new(),
                            why: None,
                            by: self.path(planned.plan.source),
                            told_by: format!("The plan {}", self.path(planned.plan.source)),
                            refused_by: None,
                            kept: Vec::new(),
                            setting: Some(setting),
                            place,
                            instances: vec![instance.clone()],
                            stakes,
                            confidence: store.confidence,
                        },
                    );
                }
            }
        }
    }
}

/// Why, as far as the plan tells.
fn why(action: &Action) -> Option<String> {
    let left = action.deposed.then(|| "an interrupted replacement left it over".to_owned());
    left.or_else(|| action.why.map(str::to_owned))
}

/// The guard that refuses a destroying apply, in words.
fn refusing(store: &Store) -> Option<String> {
    let on =
        ["lock", "api", "terraform"].into_iter().find_map(|class| store.guards.get(class).filter(|g| g.is_on()))?;
    Some(title(on, "a guard"))
}

fn title(switch: &Switch, otherwise: &str) -> String {
    let attribute = switch.attribute.as_ref().map(|a| format!("`{a}`"));
    attribute.or_else(|| switch.title.clone()).unwrap_or_else(|| otherwise.to_owned())
}

pub(super) type Difference = (Doing, Changed, Value, Arc<Place>);

/// What changes for the worse between a store before and after.
pub(super) fn compared(before: &Store, after: &Store) -> Vec<Difference> {
    let mut all = Vec::new();
    for (doing, was, is) in
        [(Doing::Unguard, &before.guards, &after.guards), (Doing::Shorten, &before.makes, &after.makes)]
    {
        for (class, old) in was.iter().filter(|(_, s)| s.available && s.is_on()) {
            let Some(new) = is.get(class) else { continue };
            let setting = |before: String, after: String| Changed {
                attribute: old.attribute.clone().or_else(|| new.attribute.clone()),
                title: old.title.clone().unwrap_or_else(|| class.replace('_', " ")),
                before,
                after,
            };
            match new.on.as_bool() {
                Some(true) => {
                    if let Some((old_days, new_days)) = fewer(&old.days, &new.days) {
                        let setting = setting(in_days(old_days), in_days(new_days));
                        all.push((Doing::Shorten, setting, Value::bool(true), new.place.clone()));
                    }
                }
                Some(false) => {
                    all.push((doing, setting("on".into(), "off".into()), Value::bool(true), new.place.clone()));
                }
                None => {
                    let setting = setting("on".into(), "not known before apply".into());
                    all.push((doing, setting, new.on.clone(), new.place.clone()));
                }
            }
        }
    }
    all.extend(before.given.iter().filter_map(|old| given(old, after)));
    all
}

/// A copy that another resource makes, and won't any more, or keeps for fewer days.
fn given(old: &Given, after: &Store) -> Option<Difference> {
    if old.exists.as_bool() != Some(true) {
        return None;
    }
    let same_kind = || after.given.iter().filter(|g| g.kind == old.kind && g.exists.as_bool() != Some(false));
    let setting = |before: String, after: String| Changed {
        attribute: None,
        title: format!("{} by `{}`", old.title, old.by),
        before,
        after,
    };
    let Some(new) = same_kind().find(|g| g.by == old.by).or_else(|| same_kind().next()) else {
        return Some((Doing::Shorten, setting("on".into(), "off".into()), Value::bool(true), after.place.clone()));
    };
    if new.exists.is_unknown() {
        let setting = setting("on".into(), "not known before apply".into());
        return Some((Doing::Shorten, setting, new.exists.clone(), new.place.clone()));
    }
    let (was, is) = fewer(&old.days, &new.days)?;
    Some((Doing::Shorten, setting(in_days(was), in_days(is)), Value::bool(true), new.place.clone()))
}

/// Two numbers of days of which the second is smaller.
fn fewer(before: &Value, after: &Value) -> Option<(f64, f64)> {
    let (before, after) = (before.as_number()?.as_f64(), after.as_number()?.as_f64());
    (after < before).then_some((before, after))
}

fn in_days(days: f64) -> String {
    let rounded = (days * 100.0).round() / 100.0;
    match rounded == 1.0 {
        true => "1 day".to_owned(),
        false => format!("{rounded} days"),
    }
}

/// Adds a change, or its instance to one that is the same.
pub(super) fn fold(all: &mut Vec<Change>, change: Change) {
    let same = |other: &&mut Change| {
        other.doing == change.doing
            && other.store == change.store
            && other.past == change.past
            && other.setting == change.setting
            && other.forced_by == change.forced_by
            && other.why == change.why
            && other.place == change.place
            && matches!(
                (&other.happens.kind, &change.happens.kind),
                (Kind::Unknown(_), Kind::Unknown(_)) | (Kind::Bool(_), Kind::Bool(_))
            )
    };
    match all.iter_mut().find(same) {
        Some(other) => {
            other
                .instances
                .extend(change.instances.into_iter().filter(|i| !other.instances.contains(i)).collect::<Vec<_>>());
        }
        None => all.push(change),
    }
}
