//! Files that couldn't be read whole, as facts.

use indexmap::IndexMap;
use std::sync::Arc;

use super::{Common, Values, object, string};
use crate::expr::Value;
use crate::finding::{Confidence, Place, Role};
use crate::model::fact::Fact;
use crate::model::stakes::Stakes;
use crate::source::SourceId;
use crate::workspace::Tracking;

impl Values<'_> {
    /// Files with a role that couldn't be read whole.
    pub(super) fn documents(&self) -> Vec<Fact> {
        let mut all = Vec::new();
        for file in &self.inputs.workspace.files {
            let Some(problems) = self.inputs.problems.get(&file.source.id).filter(|p| !p.is_empty()) else { continue };
            let told: Vec<(String, crate::source::Span)> =
                problems.iter().map(|p| (p.message.clone(), p.span)).collect();
            all.push(self.document(file.source.id, &file.source.path, &file.role, file.strict, file.undeployed, &told));
        }
        for unreadable in &self.inputs.workspace.unreadable {
            let path = self.inputs.workspace.sources.path(unreadable.span).to_owned();
            let told = [(unreadable.message.clone(), unreadable.span)];
            all.push(self.document(unreadable.span.source, &path, "", unreadable.strict, false, &told));
        }
        all
    }

    fn document(
        &self,
        id: SourceId,
        path: &str,
        role: &str,
        strict: bool,
        undeployed: bool,
        problems: &[(String, crate::source::Span)],
    ) -> Fact {
        // What its product would refuse is worth an error: nothing in it protects.
        let stakes = if strict { Stakes::Loss } else { Stakes::Rebuildable };
        let place = problems.first().map_or_else(
            || Place::of(crate::source::Span::new(id, 0, 0), Role::Context),
            |(_, span)| Place::of(*span, Role::Context),
        );
        let told = problems.iter().map(|(message, span)| {
            object([("message", string(message)), ("place", Value::place(Place::of(*span, Role::Context)))])
        });
        let file = self.inputs.workspace.file(id);
        let mut value = self.with_common(
            Common {
                address: path,
                name: path.rsplit('/').next().unwrap_or(path),
                provider: None,
                place,
                file: id,
                environments: &[],
                production: true,
                confidence: Confidence::High,
                stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("format", string(file.map_or("text", |f| f.format.name()))),
                ("role", string(role)),
                ("strict", Value::bool(strict)),
                ("problems", Value::tuple(told.collect())),
            ],
        );
        if file.is_none()
            && let crate::expr::Kind::Object(fields) = &mut value.kind
        {
            Arc::make_mut(fields).insert("file".into(), string(path));
        }
        Fact {
            kind: "document",
            address: path.to_owned(),
            subject: path.to_owned(),
            value,
            stakes,
            confidence: Confidence::High,
            environments: Vec::new(),
            instances: Vec::new(),
            callers: Vec::new(),
            local: file.is_some_and(|f| f.tracking == Tracking::Home),
            undeployed,
            library: false,
        }
    }
}
