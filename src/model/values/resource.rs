//! Terraform resources as facts.

use indexmap::IndexMap;
use std::sync::Arc;

use super::{Common, Values, string, strings};
use crate::finding::{Confidence, Place, Role};
use crate::model::fact::Fact;
use crate::model::lookup;
use crate::model::stakes::Stakes;
use crate::terraform;

impl Values<'_> {
    /// One fact for each Terraform address without instance keys.
    pub(super) fn resources(&self) -> Vec<Fact> {
        let mut all: IndexMap<(&str, &str), Fact> = IndexMap::new();
        for evaluation in self.inputs.terraform {
            for resource in &evaluation.resources {
                let key = (resource.address_without_keys.as_str(), evaluation.root.as_str());
                match all.get_mut(&key) {
                    Some(fact) => fact.instances.push(resource.address.clone()),
                    None => {
                        let fact = self.resource(evaluation, resource);
                        all.insert(key, fact);
                    }
                }
            }
        }
        all.into_values().collect()
    }

    fn resource(&self, evaluation: &terraform::Evaluation, resource: &terraform::Resource) -> Fact {
        let file = resource.block.span.source;
        let place =
            Arc::new(Place { item: resource.block.span, ..(*Place::of(resource.block.header, Role::Context)).clone() });
        let mode = match resource.mode {
            terraform::Mode::Managed => "managed",
            terraform::Mode::Data => "data",
            terraform::Mode::Ephemeral => "ephemeral",
        };
        let platform = self.inputs.knowledge.platform_of(&resource.type_);
        let environments = [evaluation.environment.clone()];
        let value = self.with_common(
            Common {
                address: &resource.address_without_keys,
                name: &resource.name,
                provider: platform.map(|p| p.provider.as_str()),
                place,
                file,
                environments: &environments,
                production: true,
                confidence: Confidence::High,
                stakes: Stakes::Exposed,
                attributes: lookup::value(&resource.block),
            },
            [
                ("type", string(&resource.type_)),
                ("mode", string(mode)),
                ("module", string(&resource.module)),
                ("instances", strings([&resource.address])),
            ],
        );
        Fact {
            kind: "resource",
            address: resource.address_without_keys.clone(),
            subject: format!("{}.{}", resource.type_.as_str(), resource.name.as_str()),
            value,
            stakes: Stakes::Exposed,
            confidence: Confidence::High,
            environments: environments.to_vec(),
            instances: vec![resource.address.clone()],
            callers: resource.callers.clone(),
            local: false,
            undeployed: self.inputs.workspace.file(file).is_some_and(|f| f.undeployed),
            library: evaluation.library,
        }
    }
}
