//! Copies as facts.

use indexmap::IndexMap;

use super::store::short;
use super::{Common, Values, object, string, strings};
use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::model::fact::Fact;
use crate::model::located::Blast;
use crate::model::store::{Caller, Copy};
use crate::model::survive;

impl Values<'_> {
    pub(super) fn copy(&self, copy: &Copy) -> Option<Value> {
        let store = self.model.stores.get(copy.store)?;
        let survives = |blast: Blast| match copy.survives(blast, store, Caller::Terraform) {
            Some(known) => Value::bool(known),
            None => unknown_place(copy),
        };
        let others = survive::outcome(copy.store, store, &self.model.copies, Blast::Project, Caller::Terraform);
        let others =
            others.survivors.iter().filter_map(|c| self.model.copies.get(*c)).filter(|c| c.address != copy.address);
        let holder = copy.held_in.and_then(|i| self.model.stores.get(i));
        Some(
            self.with_common(
                Common {
                    address: &copy.address,
                    name: holder.map_or(copy.address.as_str(), |h| h.name.as_str()),
                    provider: Some(&copy.located.provider),
                    place: copy.place.clone(),
                    file: copy.place.span.source,
                    environments: &store.environments,
                    production: store.production,
                    confidence: copy.confidence,
                    stakes: store.stakes,
                    attributes: Value::object(IndexMap::new()),
                },
                [
                    ("kind", string(&copy.kind)),
                    ("title", string(&copy.title)),
                    ("store", string(&store.name)),
                    ("store_place", Value::place(store.place.clone())),
                    ("store_platform", string(&store.platform)),
                    ("store_holds", string(&store.holds)),
                    ("located", string(&copy.located.text())),
                    (
                        "survives",
                        object([
                            ("store", survives(Blast::Store)),
                            ("parent", survives(Blast::Parent)),
                            ("project", survives(Blast::Project)),
                            ("account", survives(Blast::Account)),
                            (
                                "region",
                                copy.located
                                    .survives_region(&store.located)
                                    .map_or_else(|| unknown_place(copy), Value::bool),
                            ),
                        ]),
                    ),
                    ("others_survive_project", strings(others.map(|c| c.address.as_str()))),
                    ("same_store", Value::bool(copy.held_in == Some(copy.store))),
                    ("exists", copy.exists.clone()),
                    ("automatic", Value::bool(copy.automatic)),
                    ("retention_days", copy.retention_days.clone()),
                    ("short", short(&copy.retention_days, self.inputs.config.thresholds.retention_days)),
                    ("locked", copy.locked.clone()),
                    ("stated", Value::bool(copy.stated)),
                ],
            ),
        )
    }

    pub(super) fn copy_fact(&self, copy: &Copy) -> Option<Fact> {
        let store = self.model.stores.get(copy.store)?;
        Some(Fact {
            kind: "copy",
            address: copy.address.clone(),
            subject: format!("{} of {}", copy.address, store.subject),
            value: self.copy(copy)?,
            stakes: store.stakes,
            confidence: copy.confidence,
            environments: store.environments.clone(),
            instances: Vec::new(),
            callers: store.callers.clone(),
            local: false,
            undeployed: store.undeployed,
            library: store.library,
        })
    }
}

fn unknown_place(copy: &Copy) -> Value {
    match copy.exists.reasons() {
        Some(reasons) => Value::unknown_of(Type::Bool, reasons.clone()),
        None => Value::unknown(Reason::at("place-unknown", "where this copy is kept isn't known", copy.place.span)),
    }
}
