//! What plans and `removed` blocks do, as facts.

use super::{Common, Values, optional, string, strings};
use crate::model::change::Change;
use crate::model::fact::Fact;

impl Values<'_> {
    pub(super) fn change(&self, change: &Change) -> Option<Fact> {
        let past = self.model.past.as_deref()?;
        let world = Values { model: if change.past { past } else { self.model }, inputs: self.inputs };
        let store = world.model.stores.get(change.store)?;
        let setting = change.setting.as_ref();
        let value = self.with_common(
            Common {
                address: &store.address,
                name: &store.name,
                provider: Some(&store.provider),
                place: change.place.clone(),
                file: change.place.span.source,
                environments: &store.environments,
                production: store.production,
                confidence: change.confidence,
                stakes: change.stakes,
                attributes: store.attributes.clone(),
            },
            [
                ("store", world.store(change.store, store)),
                ("action", string(change.doing.word())),
                ("happens", change.happens.clone()),
                ("forced_by", strings(&change.forced_by)),
                ("why", optional(change.why.as_deref())),
                ("by", string(&change.by)),
                ("told_by", string(&change.told_by)),
                ("refused_by", optional(change.refused_by.as_deref())),
                ("kept", strings(&change.kept)),
                ("setting", optional(setting.and_then(|s| s.attribute.as_deref()))),
                ("title", optional(setting.map(|s| s.title.as_str()))),
                ("before", optional(setting.map(|s| s.before.as_str()))),
                ("after", optional(setting.map(|s| s.after.as_str()))),
            ],
        );
        Some(Fact {
            kind: "change",
            address: store.address.clone(),
            subject: match setting {
                Some(setting) => format!("{} {} {}", change.doing.word(), store.subject, setting.title),
                None => format!("{} {}", change.doing.word(), store.subject),
            },
            value,
            stakes: change.stakes,
            confidence: change.confidence,
            environments: store.environments.clone(),
            instances: change.instances.clone(),
            callers: store.callers.clone(),
            local: false,
            undeployed: store.undeployed,
            library: store.library,
        })
    }
}
