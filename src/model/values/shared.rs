//! What environments share with production, as facts.

use indexmap::IndexMap;

use super::{Common, Values, string};
use crate::expr::Value;
use crate::finding::{Place, Role};
use crate::model::credential::is_personal;
use crate::model::fact::Fact;
use crate::model::shared::Shared;
use crate::model::stakes::Stakes;

impl Values<'_> {
    pub(super) fn shared(&self, shared: &Shared) -> Fact {
        let file = self.inputs.workspace.file(shared.span.source);
        let address = format!("shared:{}#{}", self.path_of(shared.span.source), shared.name);
        let role = if matches!(shared.what, "token" | "secret") { Role::Credential } else { Role::Store };
        let place = Place::of(shared.span, role);
        let with = Place::of(shared.with.unwrap_or(shared.span), role);
        let value = self.with_common(
            Common {
                address: &address,
                name: &shared.name,
                provider: shared.provider.as_deref(),
                place,
                file: shared.span.source,
                environments: &[],
                production: true,
                confidence: shared.confidence,
                stakes: Stakes::Exposed,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("what", string(shared.what)),
                ("with", Value::place(with)),
                ("with_file", string(self.path_of(shared.with.unwrap_or(shared.span).source))),
            ],
        );
        Fact {
            kind: "shared",
            subject: address.clone(),
            address,
            value,
            stakes: Stakes::Exposed,
            confidence: shared.confidence,
            environments: Vec::new(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: file.is_some_and(|f| is_personal(f.tracking, &f.source.path)),
            undeployed: file.is_some_and(|f| f.undeployed),
            library: false,
        }
    }
}
