//! What agents' files say to stop, as facts.

use indexmap::IndexMap;

use super::grant::operation;
use super::{Common, Values, count, optional, string, strings};
use crate::expr::Value;
use crate::finding::{Place, Role};
use crate::model::fact::Fact;
use crate::model::protection::Protection;
use crate::model::stakes::Stakes;
use crate::source::SourceId;

impl Values<'_> {
    /// One fact for each, but those without effect for one reason in one file are one together.
    pub(super) fn protections(&self) -> Vec<Fact> {
        let mut groups: IndexMap<(usize, SourceId, &str, bool), Vec<&Protection>> = IndexMap::new();
        let mut alone: Vec<&Protection> = Vec::new();
        for protection in &self.model.protections {
            match &protection.inert {
                Some(why) => {
                    let stops = protection.effect != "allow";
                    groups
                        .entry((protection.agent, protection.file, why.as_str(), stops))
                        .or_default()
                        .push(protection);
                }
                None => alone.push(protection),
            }
        }
        let grouped = groups.values().filter_map(|group| self.protection(group.first()?, group));
        grouped.chain(alone.iter().filter_map(|p| self.protection(p, &[p]))).collect()
    }

    fn protection(&self, protection: &Protection, group: &[&Protection]) -> Option<Fact> {
        let mut entries: Vec<&str> = Vec::new();
        for one in group {
            if !entries.contains(&one.entry.as_str()) {
                entries.push(&one.entry);
            }
        }
        let more = entries.len() - 1;
        let agent = self.inputs.agents.get(protection.agent)?;
        let file = self.path_of(protection.file).to_owned();
        let address = format!("{}:{file}#{}[{}]", agent.id, protection.layer, protection.entry);
        // An allow without effect lets nothing through: what its author meant to let run is asked about.
        let matters = protection.matters && protection.effect != "allow" && protection.effect != "mode";
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
                ("more", count(more)),
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
                ("during", optional(protection.during.as_deref())),
                ("gated", Value::bool(protection.gated)),
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
