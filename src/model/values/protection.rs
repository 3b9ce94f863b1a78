//! What agents' files say to stop, as facts.

use indexmap::IndexMap;

use super::grant::operation;
use super::{Common, Values, optional, string, strings};
use crate::expr::Value;
use crate::finding::{Place, Role};
use crate::model::fact::Fact;
use crate::model::protection::Protection;
use crate::model::stakes::Stakes;

impl Values<'_> {
    pub(super) fn protection(&self, protection: &Protection) -> Option<Fact> {
        let agent = self.inputs.agents.get(protection.agent)?;
        let file = self.path_of(protection.file).to_owned();
        let address = format!("{}:{file}#{}[{}]", agent.id, protection.layer, protection.entry);
        // An allow without effect lets nothing through: what its author meant to let run is asked about.
        let matters = protection.matters && protection.effect != "allow";
        let stakes = if matters { Stakes::Exposed } else { Stakes::Rebuildable };
        let provider = protection.acts.first().and_then(|a| a.provider.as_deref());
        let value = self.with_common(
            Common {
                address: &address,
                name: &protection.entry,
                provider,
                place: Place::of(protection.span, Role::Agent),
                file: protection.file,
                environments: &[],
                production: true,
                confidence: protection.confidence,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("agent", string(&agent.name)),
                ("entry", string(&protection.entry)),
                ("layer", string(&protection.layer)),
                ("effect", string(protection.effect)),
                ("operations", Value::tuple(protection.acts.iter().map(operation).collect())),
                (
                    "holds",
                    match &protection.holds {
                        Ok(holds) => Value::bool(*holds),
                        Err(reason) => Value::unknown(reason.clone()),
                    },
                ),
                ("mend", protection.mend.as_ref().map_or(Value::null(), |m| Value::place(m.place(protection.span)))),
                ("walked_around_by", strings(&protection.walked_around_by)),
                ("inert", Value::bool(protection.inert.is_some())),
                ("why_inert", optional(protection.inert.as_deref())),
            ],
        );
        Some(Fact {
            kind: "protection",
            subject: address.clone(),
            address,
            value,
            stakes,
            confidence: protection.confidence,
            environments: Vec::new(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: protection.local,
            undeployed: protection.undeployed,
            library: false,
        })
    }
}
