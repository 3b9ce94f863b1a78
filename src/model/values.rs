//! The model as facts: every attribute that [`super::facts`] declares, as a value.

mod agent;
mod change;
mod command;
mod copy;
mod credential;
mod document;
mod grant;
mod holders;
mod path;
mod protection;
mod resource;
mod service;
mod shared;
mod store;

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::{Confidence, Place};
use crate::model::Model;
use crate::model::fact::Fact;
use crate::model::inputs::Inputs;
use crate::model::stakes::Stakes;
use crate::source::{SourceId, Text};

/// Every fact of a project.
pub fn facts(model: &Model, inputs: &Inputs<'_>) -> Vec<Fact> {
    let values = Values { model, inputs };
    let mut all = Vec::new();
    all.extend(model.paths.iter().filter_map(|p| values.path(p)));
    all.extend((0..model.stores.len()).filter_map(|i| values.store_fact(i)));
    all.extend(model.copies.iter().filter_map(|c| values.copy_fact(c)));
    all.extend(model.changes.iter().filter_map(|c| values.change(c)));
    all.extend(model.credentials.iter().filter(|c| c.handed.is_none()).map(|c| values.credential(c)));
    all.extend(model.holders.iter().map(|h| values.holder(h)));
    all.extend(model.shared.iter().map(|s| values.shared(s)));
    all.extend(values.grants());
    all.extend(values.protections());
    all.extend(model.commands.iter().map(|c| values.command(c)));
    all.extend(model.services.iter().map(|s| values.service(s)));
    all.extend(model.settings.iter().map(|s| values.setting(s)));
    all.extend(model.secrets.iter().map(|s| values.secret(s)));
    all.extend(model.packages.iter().map(|p| values.package(p)));
    all.extend(inputs.agents.iter().filter_map(|a| values.agent(a)));
    all.extend(values.resources());
    all.extend(values.documents());
    all
}

struct Values<'a> {
    model: &'a Model,
    inputs: &'a Inputs<'a>,
}

/// The attributes every fact has.
struct Common<'a> {
    address: &'a str,
    name: &'a str,
    provider: Option<&'a str>,
    place: Arc<Place>,
    file: SourceId,
    environments: &'a [String],
    production: bool,
    confidence: Confidence,
    stakes: Stakes,
    attributes: Value,
}

fn string(text: &str) -> Value {
    Value::string(text)
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::null(), Value::string)
}

fn strings<S: AsRef<str>>(all: impl IntoIterator<Item = S>) -> Value {
    Value::tuple(all.into_iter().map(|s| Value::string(s.as_ref())).collect())
}

fn count(n: usize) -> Value {
    Value::int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::object(fields.into_iter().map(|(k, v)| (Text::from(k), v)).collect())
}

fn sureness(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

impl Values<'_> {
    fn path_of(&self, file: SourceId) -> &str {
        self.inputs.workspace.file(file).map_or("", |f| f.source.path.as_str())
    }

    /// An object of the common attributes and a kind's own.
    fn with_common<const N: usize>(&self, common: Common<'_>, own: [(&str, Value); N]) -> Value {
        let mut fields: IndexMap<Text, Value> = IndexMap::new();
        for (name, value) in [
            ("address", string(common.address)),
            ("name", string(common.name)),
            ("provider", optional(common.provider)),
            ("place", Value::place(common.place)),
            ("file", string(self.path_of(common.file))),
            ("environments", strings(common.environments)),
            ("production", Value::bool(common.production)),
            ("confidence", string(sureness(common.confidence))),
            ("stakes", string(common.stakes.word())),
            ("attributes", common.attributes),
        ] {
            fields.insert(name.into(), value);
        }
        fields.extend(own.into_iter().map(|(name, value)| (Text::from(name), value)));
        Value::object(fields)
    }
}
