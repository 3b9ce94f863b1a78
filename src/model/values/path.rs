//! Paths to the last copy, as facts.

use indexmap::IndexMap;
use std::sync::Arc;

use super::grant::operation;
use super::{Common, Values, count, object, optional, string, strings, sureness};
use crate::expr::{Type, Value};
use crate::model::fact::Fact;
use crate::model::path::Path;
use crate::model::stakes::Stakes;
use crate::model::told;

impl Values<'_> {
    pub(super) fn path(&self, path: &Path) -> Option<Fact> {
        let agent = self.inputs.agents.get(path.agent)?;
        let store = self.model.stores.get(path.store)?;
        let grant = self.model.grants.get(path.best.grant)?;
        let credential = path.best.credential.and_then(|c| self.model.credentials.get(c));
        let address = format!("path:{}->{}", agent.id, store.address);
        let links = told::links(self.inputs, self.model, path);
        let place = links.first().map(|l| l.place.clone())?;
        // A guard that the same credential can lift is one more call, and a login that nobody sees here is only
        // assumed: the path stays, as a warning. So it is where no file shows whether a copy is left.
        let assumed = path.best.credential.is_none();
        let stakes = if path.best.calls > 1 || assumed || path.untold { Stakes::Exposed } else { Stakes::Loss };
        let untold = match grant.unknown.as_ref().filter(|_| path.untold) {
            Some(why) => Value::unknown_of(Type::Bool, Arc::new(vec![why.clone()])),
            None => Value::bool(path.untold),
        };
        let survivors: Vec<&str> =
            path.survivors.iter().filter_map(|c| self.model.copies.get(*c)).map(|c| c.address.as_str()).collect();
        let survivors = match path.undecided.is_empty() || !survivors.is_empty() {
            true => strings(survivors),
            false => Value::unknown_of(Type::List(Box::new(Type::String)), Arc::new(path.undecided.clone())),
        };
        let told = links.iter().map(|l| {
            object([
                ("place", Value::place(l.place.clone())),
                ("label", string(&l.label)),
                ("confidence", string(sureness(l.confidence))),
            ])
        });
        let value = self.with_common(
            Common {
                address: &address,
                name: &store.name,
                provider: Some(&store.provider),
                place,
                file: grant.file,
                environments: &store.environments,
                production: store.production,
                confidence: path.best.confidence,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("agent", string(&agent.name)),
                ("grant", string(&grant.entry)),
                ("operation", operation(&path.best.act)),
                ("credential", optional(credential.map(|c| c.address.as_str()))),
                ("store", self.store(path.store, store)),
                ("links", Value::tuple(told.collect())),
                ("notes", strings(told::notes(self.inputs, self.model, path))),
                ("survivors", survivors),
                ("untold", untold),
                ("calls", count(path.best.calls)),
                ("others", count(path.others.len())),
            ],
        );
        Some(Fact {
            kind: "path",
            subject: address.clone(),
            address,
            value,
            stakes,
            confidence: path.best.confidence,
            environments: store.environments.clone(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: grant.local || credential.is_some_and(|c| c.local),
            undeployed: false,
            library: false,
        })
    }
}
