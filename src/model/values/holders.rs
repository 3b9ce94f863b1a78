//! Who holds rights, as facts: credentials that the configuration declares.

use indexmap::IndexMap;

use super::{Common, Values, object, optional, string, strings};
use crate::credentials::Scope;
use crate::credentials::iam::trust::{Trust, Width};
use crate::credentials::iam::truth::Truth;
use crate::expr::{Type, Value};
use crate::finding::{Confidence, Place};
use crate::knowledge::iam::Does;
use crate::model::environments;
use crate::model::fact::Fact;
use crate::model::holder::{Holder, HolderKind};
use crate::model::located::Blast;
use crate::model::stakes::Stakes;
use crate::model::store::{Caller, Copy};

/// More names of actions than this say nothing more.
const ACTIONS: usize = 12;

impl Values<'_> {
    /// A holder as a credential.
    pub(super) fn holder(&self, holder: &Holder) -> Fact {
        let stakes = Stakes::Exposed;
        let production = holder.environments.iter().all(|environment| {
            let given = self.inputs.config.environment_of(environment);
            environments::of_name(environment, given.as_deref()).production
        });
        let file = self.inputs.workspace.file(holder.file);
        let value = self.with_common(
            Common {
                address: &holder.address,
                name: &holder.name,
                provider: Some(&holder.provider),
                place: holder.place.clone(),
                file: holder.file,
                environments: &holder.environments,
                production,
                confidence: Confidence::High,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("kind", string(kind(holder.kind))),
                ("title", string(&holder.title)),
                ("variable", Value::null()),
                ("declared", Value::bool(true)),
                ("authority", self.authority(holder)),
                ("trusts", Value::tuple(holder.trusts.iter().map(trust).collect())),
                ("given", Value::tuple(holder.given.iter().map(given).collect())),
                ("readable_by", strings(Vec::<&str>::new())),
                ("used_for", Value::null()),
                ("tracked", Value::bool(true)),
                ("advice", string(&holder.advice)),
            ],
        );
        Fact {
            kind: "credential",
            address: holder.address.clone(),
            subject: format!("{} {}", holder.subject, holder.title),
            value,
            stakes,
            confidence: Confidence::High,
            environments: holder.environments.clone(),
            instances: holder.instances.clone(),
            callers: holder.callers.clone(),
            local: false,
            undeployed: file.is_some_and(|f| f.undeployed),
            library: holder.library,
        }
    }

    fn authority(&self, holder: &Holder) -> Value {
        let authority = &holder.authority;
        let scope = holder.scope(Does::Data).max(holder.scope(Does::Copies));
        let blasts: Vec<&str> = [
            (Blast::Store, Scope::Store),
            (Blast::Environment, Scope::Environment),
            (Blast::Project, Scope::Project),
            (Blast::Account, Scope::Account),
        ]
        .into_iter()
        .filter(|(_, least)| scope >= *least && scope != Scope::Unknown)
        .map(|(blast, _)| blast.word())
        .collect();
        let knowledge = self.inputs.knowledge;
        let reached = self.model.stores.iter().filter(|s| holder.may(Does::Data, s, knowledge).is_yes());
        let mut actions = authority.actions(Does::Data);
        actions.extend(authority.actions(Does::Copies));
        actions.truncate(ACTIONS);
        object([
            ("blasts", strings(&blasts)),
            ("scope", string(blasts.last().unwrap_or(&"unknown"))),
            ("scoped", Value::bool(matches!(scope, Scope::Store | Scope::Environment))),
            ("scopable", Value::bool(true)),
            ("operations", strings(Vec::<&str>::new())),
            ("stores", strings(reached.map(|s| s.address.as_str()))),
            ("data", truth(&authority.may(Does::Data))),
            ("copies", truth(&authority.may(Does::Copies))),
            ("guards", truth(&authority.may(Does::Guards))),
            ("rights", truth(&authority.may(Does::Rights))),
            ("actions", strings(actions)),
            ("wildcards", strings(&authority.wildcards)),
            ("both", strings(self.both(holder))),
        ])
    }

    /// The stores that a holder takes with every copy that would outlive them.
    fn both(&self, holder: &Holder) -> Vec<&str> {
        let mut found = Vec::new();
        for (index, store) in self.model.stores.iter().enumerate() {
            if !holder.may(Does::Data, store, self.inputs.knowledge).is_yes() {
                continue;
            }
            let outlives =
                |c: &&Copy| c.store == index && c.survives(Blast::Store, store, Caller::Terraform) == Some(true);
            let mut copies = self.model.copies.iter().filter(outlives).peekable();
            let takes = |copy: &Copy| holder.takes_copy(copy, &self.model.stores, self.inputs.knowledge);
            if copies.peek().is_some() && copies.all(takes) {
                found.push(store.address.as_str());
            }
        }
        found
    }
}

/// A truth as a condition has it.
fn truth(truth: &Truth) -> Value {
    match truth {
        Truth::Yes => Value::bool(true),
        Truth::No => Value::bool(false),
        Truth::Unknown(reasons) => Value::unknown_of(Type::Bool, reasons.clone()),
    }
}

fn kind(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Identity => "identity",
        HolderKind::Principal => "principal",
        HolderKind::Token => "token",
        HolderKind::Trust => "trust",
    }
}

fn trust(trust: &Trust) -> Value {
    let (anyone, owner) = match &trust.width {
        Width::Anyone => (Value::bool(true), None),
        Width::Owner(owner) => (Value::bool(false), Some(owner.as_str())),
        Width::Named | Width::Nobody => (Value::bool(false), None),
        Width::Unknown(reasons) => (Value::unknown_of(Type::Bool, std::sync::Arc::new(reasons.clone())), None),
    };
    object([
        ("title", string(&trust.title)),
        ("unit", string(&trust.unit)),
        ("anyone", anyone),
        ("owner", optional(owner)),
        ("pull_requests", self::truth(&trust.pull_requests)),
        ("subjects", strings(&trust.subjects)),
    ])
}

fn given(location: &crate::finding::Location) -> Value {
    let place = Place::of(location.span, location.role);
    object([("place", Value::place(place)), ("label", string(&location.label))])
}
