//! Commands that run by themselves, as facts.

use indexmap::IndexMap;
use std::sync::Arc;

use super::grant::listed;
use super::grant::operation;
use super::{Common, Values, optional, string, strings};
use crate::expr::Value;
use crate::finding::{Location, Place, Role};
use crate::model::act::Act;
use crate::model::command::Command;
use crate::model::fact::Fact;
use crate::operations::Target;

impl Values<'_> {
    pub(super) fn command(&self, command: &Command) -> Fact {
        let acts: Vec<&Act> = command.acts.iter().filter(|a| a.target != Target::Local).collect();
        let mut calls: Vec<String> = Vec::new();
        for act in &acts {
            let call = format!("`{}`", act.call);
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        let reached = self.model.stores.iter().filter(|s| acts.iter().any(|a| a.takes(s)));
        let place = Arc::new(Place { item: command.item, ..(*Place::of(command.span, Role::Operation)).clone() });
        let value = self.with_common(
            Common {
                address: &command.address,
                name: &command.name,
                provider: acts.first().and_then(|a| a.provider.as_deref()),
                place,
                file: command.file,
                environments: &command.environments,
                production: command.production,
                confidence: command.confidence,
                stakes: command.stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("text", string(&command.text)),
                ("runs_in", string(command.runs_in)),
                ("how_often", string(&command.how_often)),
                ("unattended", Value::bool(command.unattended)),
                ("gates", strings(&command.gates)),
                ("operations", Value::tuple(acts.iter().map(|a| operation(a)).collect())),
                ("named", string(&listed(&calls))),
                ("applies", Value::bool(command.applies)),
                ("planned_in", optional(command.planned_in.as_deref())),
                ("stores", strings(reached.map(|s| s.address.as_str()))),
            ],
        );
        Fact {
            kind: "command",
            address: command.address.clone(),
            subject: format!("{} {}", command.address, command.runs_in),
            value,
            stakes: command.stakes,
            confidence: command.confidence,
            environments: command.environments.clone(),
            instances: Vec::new(),
            callers: command
                .also
                .iter()
                .map(|span| Location { span: *span, label: "and here".into(), role: Role::Context })
                .collect(),
            local: false,
            undeployed: command.undeployed,
            library: false,
        }
    }
}
