//! Agents as facts.

use indexmap::IndexMap;

use super::{Common, Values, optional, strings};
use crate::expr::Value;
use crate::finding::{Confidence, Place, Reason, Role};
use crate::model::fact::Fact;
use crate::model::stakes::Stakes;

impl Values<'_> {
    pub(super) fn agent(&self, agent: &crate::agents::Agent) -> Option<Fact> {
        let file = agent.files.iter().find_map(|id| self.inputs.workspace.file(*id))?;
        let address = format!("{}:{}", agent.id, file.source.path);
        let stakes = Stakes::Exposed;
        let span = crate::source::Span {
            end: file.source.line(1).map_or(0, |l| l.len() as u32),
            ..file.source.span().at_start()
        };
        let unsaid = || Value::unknown(Reason::new("not-in-repository", "its files don't say whether it is sandboxed"));
        let value = self.with_common(
            Common {
                address: &address,
                name: &agent.name,
                provider: None,
                place: Place::of(span, Role::Agent),
                file: file.source.id,
                environments: &[],
                production: true,
                confidence: Confidence::High,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("surfaces", strings(agent.surfaces.iter().map(|s| s.name()))),
                ("mode", agent.mode.as_ref().map_or(Value::null(), |(m, _)| Value::string(m.as_str()))),
                ("sandbox", agent.sandbox.map_or_else(unsaid, |(on, _)| Value::bool(on))),
                ("network", agent.sandbox_network.map_or_else(unsaid, Value::bool)),
                ("servers", strings(agent.servers.iter().map(|s| s.name.as_str()))),
                ("version", optional(agent.semantics)),
            ],
        );
        Some(Fact {
            kind: "agent",
            subject: address.clone(),
            address,
            value,
            stakes,
            confidence: Confidence::High,
            environments: Vec::new(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: false,
            undeployed: file.undeployed,
            library: false,
        })
    }
}
