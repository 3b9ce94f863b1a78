//! Tokens in files as facts.

use indexmap::IndexMap;

use super::{Common, Values, object, optional, string, strings};
use crate::expr::Value;
use crate::finding::{Place, Reason, Role};
use crate::model::credential::Credential;
use crate::model::fact::Fact;
use crate::model::stakes::Stakes;

impl Values<'_> {
    fn agent_names(&self, indices: &[usize]) -> Vec<&str> {
        let mut names: Vec<&str> =
            indices.iter().filter_map(|i| self.inputs.agents.get(*i)).map(|a| a.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(super) fn credential(&self, credential: &Credential) -> Fact {
        let blasts = credential.blasts();
        let reached = self
            .model
            .stores
            .iter()
            .filter(|s| Some(s.provider.as_str()) == credential.provider.as_deref() && !blasts.is_empty())
            .map(|s| s.address.as_str());
        let stakes = Stakes::Exposed;
        let value = self.with_common(
            Common {
                address: &credential.address,
                name: &credential.variable,
                provider: credential.provider.as_deref(),
                place: Place::of(credential.span, Role::Credential),
                file: credential.file,
                environments: &[],
                production: true,
                confidence: credential.confidence,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("kind", string(&credential.kind)),
                ("title", string(&credential.title)),
                ("variable", string(&credential.variable)),
                ("declared", Value::bool(false)),
                ("trusts", strings(Vec::<&str>::new())),
                ("given", strings(Vec::<&str>::new())),
                (
                    "authority",
                    object([
                        ("blasts", strings(&blasts)),
                        ("scope", string(blasts.last().unwrap_or(&"unknown"))),
                        ("scoped", Value::bool(credential.scoped())),
                        ("scopable", Value::bool(credential.scopable)),
                        ("operations", strings(&credential.operations)),
                        ("stores", strings(reached)),
                        ("data", within_reach(credential, &blasts)),
                        ("copies", within_reach(credential, &blasts)),
                        ("guards", within_reach(credential, &blasts)),
                        ("rights", Value::bool(false)),
                        ("actions", strings(Vec::<&str>::new())),
                        ("wildcards", strings(Vec::<&str>::new())),
                        ("both", strings(Vec::<&str>::new())),
                    ]),
                ),
                ("readable_by", strings(self.agent_names(&credential.readable_by))),
                ("used_for", optional(credential.used_for.as_deref())),
                ("tracked", Value::bool(credential.tracked)),
                ("advice", string(credential.advice.trim())),
            ],
        );
        Fact {
            kind: "credential",
            address: credential.address.clone(),
            subject: credential.address.clone(),
            value,
            stakes,
            confidence: credential.confidence,
            environments: Vec::new(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: credential.local,
            undeployed: credential.undeployed,
            library: false,
        }
    }
}

/// Whether a token takes something: what its kind says it reaches; its rights aren't in a file.
fn within_reach(credential: &Credential, blasts: &[&str]) -> Value {
    if credential.scope == crate::credentials::Scope::Unknown {
        return Value::unknown(Reason::new("token-scope", "how far this token reaches isn't to be seen from it"));
    }
    Value::bool(!blasts.is_empty())
}
