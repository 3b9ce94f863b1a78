//! Stores, with their guards, copies and survivors, as facts.

use indexmap::IndexMap;
use std::sync::Arc;

use super::{Common, Values, object, optional, string, strings};
use crate::expr::{Kind, Type, Value};
use crate::model::fact::Fact;
use crate::model::located::Blast;
use crate::model::store::{Caller, Copy, Store, Switch};
use crate::model::{lookup, survive, told};
use crate::source::Text;

impl Values<'_> {
    fn survivors(&self, index: usize, store: &Store, blast: Blast) -> Value {
        let outcome = survive::outcome(index, store, &self.model.copies, blast, Caller::Terraform);
        let known: Vec<&str> =
            outcome.survivors.iter().filter_map(|c| self.model.copies.get(*c)).map(|c| c.address.as_str()).collect();
        match outcome.undecided.is_empty() || !known.is_empty() {
            true => strings(known),
            false => Value::unknown_of(Type::List(Box::new(Type::String)), Arc::new(outcome.undecided)),
        }
    }

    fn survivors_region(&self, index: usize, store: &Store) -> Value {
        let elsewhere = |c: &&Copy| {
            c.store == index
                && c.exists.as_bool() == Some(true)
                && c.located.survives_region(&store.located) == Some(true)
        };
        strings(self.model.copies.iter().filter(elsewhere).map(|c| c.address.as_str()))
    }

    pub(super) fn store(&self, index: usize, store: &Store) -> Value {
        let copies = self.model.copies.iter().filter(|c| c.store == index);
        let least = self.inputs.config.thresholds.retention_days;
        let switches = |group: &IndexMap<&'static str, Switch>| {
            Value::object(group.iter().map(|(class, s)| (Text::from(*class), switch(s, least))).collect())
        };
        self.with_common(
            Common {
                address: &store.address,
                name: &store.name,
                provider: Some(&store.provider),
                place: store.place.clone(),
                file: store.file,
                environments: &store.environments,
                production: store.production,
                confidence: store.confidence,
                stakes: store.stakes,
                attributes: store.attributes.clone(),
            },
            [
                ("kind", string(&store.kind)),
                ("type", string(&store.r#type)),
                ("title", string(&store.title)),
                ("platform", string(&store.platform)),
                ("holds", string(&store.holds)),
                ("parent", optional(store.parent.as_deref())),
                ("guards", guards(store, least)),
                ("makes", switches(&store.makes)),
                ("hazards", switches(&store.hazards)),
                ("copies", Value::tuple(copies.filter_map(|c| self.copy(c)).collect())),
                (
                    "survivors",
                    object([
                        ("store", self.survivors(index, store, Blast::Store)),
                        ("parent", self.survivors(index, store, Blast::Parent)),
                        ("project", self.survivors(index, store, Blast::Project)),
                        ("account", self.survivors(index, store, Blast::Account)),
                        ("region", self.survivors_region(index, store)),
                    ]),
                ),
                ("going", strings(self.going(index, store))),
                ("destroyed_by", strings(&store.destroyed_by)),
                ("replaces_on", strings(&store.replaces_on)),
                ("recovery", self.recovery(store)),
                ("looked_for", strings(told::looked_for(self.inputs, store))),
                ("note", optional(store.note.as_deref())),
                ("instances", strings(&store.instances)),
            ],
        )
    }

    /// The copies that go with a store, in words.
    fn going(&self, index: usize, store: &Store) -> Vec<&str> {
        let here = |c: &&Copy| c.store == index && c.exists.as_bool() != Some(false);
        let going = self
            .model
            .copies
            .iter()
            .filter(here)
            .filter(|c| c.survives(Blast::Store, store, Caller::Terraform) == Some(false));
        going.map(|c| c.title.as_str()).collect()
    }

    fn recovery(&self, store: &Store) -> Value {
        let tried = store.restores.iter().filter(|r| r.runbook.is_none() || r.on.is_some());
        let last = store.restores.iter().filter(|r| r.on.is_some()).max_by(|a, b| a.on.cmp(&b.on));
        let on = last.and_then(|r| r.on.as_deref());
        let days = on.and_then(|on| self.inputs.config.days_since(on));
        // A test that runs by itself is never long ago.
        let by_itself = store.restores.iter().any(|r| r.runbook.is_none() && r.on.is_none());
        let limit = self.inputs.config.thresholds.restore_days;
        let long_ago = !by_itself && days.is_some_and(|d| d as f64 > limit);
        object([
            ("by", strings(store.restores.iter().map(|r| r.title.as_str()))),
            ("tried", lookup::together(tried.map(|r| r.exists.clone()), lookup::Of::Any)),
            ("runbook", optional(store.restores.iter().find_map(|r| r.runbook.as_deref()))),
            ("restored", optional(on)),
            ("restored_days", days.map_or(Value::null(), Value::int)),
            ("long_ago", Value::bool(long_ago)),
            ("place", Value::place(last.map_or(&store.place, |r| &r.place).clone())),
        ])
    }

    pub(super) fn store_fact(&self, index: usize) -> Option<Fact> {
        let store = self.model.stores.get(index)?;
        Some(Fact {
            kind: "store",
            address: store.address.clone(),
            subject: store.subject.clone(),
            value: self.store(index, store),
            stakes: store.stakes,
            confidence: store.confidence,
            environments: store.environments.clone(),
            instances: store.instances.clone(),
            callers: store.callers.clone(),
            local: false,
            undeployed: store.undeployed,
            library: store.library,
        })
    }
}

fn guards(store: &Store, least: f64) -> Value {
    let of = |class: &str| store.guards.get(class);
    let terraform = of("terraform").filter(|g| g.is_on());
    let named = terraform.map(|g| format!("`{}`", g.attribute.as_deref().unwrap_or("prevent_destroy")));
    let known = |class: &str| of(class).is_some_and(|g| g.available);
    let bare = known("api") && ["api", "lock"].iter().all(|c| of(c).is_none_or(Switch::is_off));
    let mut all: IndexMap<Text, Value> =
        store.guards.iter().map(|(class, s)| (Text::from(*class), switch(s, least))).collect();
    all.insert("only_terraform".into(), strings(named));
    all.insert("bare".into(), Value::bool(bare));
    Value::object(all)
}

/// Whether a time in days is known to be below a threshold; one that isn't told isn't short.
pub(super) fn short(days: &Value, least: f64) -> Value {
    match days.as_number() {
        Some(number) => Value { kind: Kind::Bool(number.as_f64() < least), ..days.clone() },
        None if days.is_unknown() => days.clone(),
        None => Value::bool(false),
    }
}

fn switch(switch: &Switch, least: f64) -> Value {
    object([
        ("available", Value::bool(switch.available)),
        ("on", switch.on.clone()),
        ("place", Value::place(switch.place.clone())),
        ("by", string(&switch.by)),
        ("attribute", optional(switch.attribute.as_deref())),
        ("safe", optional(switch.safe.as_deref())),
        ("days", switch.days.clone()),
        ("short", short(&switch.days, least)),
        ("days_attribute", optional(switch.lasting.as_ref().map(|(attribute, _)| attribute.as_str()))),
        ("days_place", Value::place(switch.lasting.as_ref().map_or(&switch.place, |(_, place)| place).clone())),
        ("title", optional(switch.title.as_deref())),
        ("lifted_by", optional(switch.lifted_by.as_deref())),
        ("skipped_by", optional(switch.skipped_by.as_deref())),
    ])
}
