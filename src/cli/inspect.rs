//! `lastcopy inspect`: what the linter sees, as JSON.

use serde_json::{Map, Value as Json, json};

use crate::expr::{Kind, Value};
use crate::finding::Reason;
use crate::model::change::Change;
use crate::model::store::{Copy, Store, Switch};
use crate::pipeline::Project;
use crate::railway::{Maybe, Service, ServiceKind};
use crate::report::BULLETS;
use crate::source::Span;
use crate::terraform::{Evaluation, ResolvedBlock, Resource};

/// The JSON of the contract.
pub fn json(project: &Project) -> Json {
    let show = Show { project };
    let modules: Vec<Json> = project.terraform.iter().flat_map(|e| show.modules(e)).collect();
    let resources: Vec<Json> =
        project.terraform.iter().flat_map(|e| e.resources.iter().map(|r| show.resource(e, r))).collect();
    let model = &project.model;
    json!({
        "version": 1,
        "modules": modules,
        "resources": resources,
        "stores": model.stores.iter().map(|s| show.store(s)).collect::<Vec<_>>(),
        "changes": model.changes.iter().filter_map(|c| show.change(c)).collect::<Vec<_>>(),
        "copies": model.copies.iter().map(|c| show.copy(c)).collect::<Vec<_>>(),
        "credentials": model.credentials.iter().filter(|c| c.handed.is_none()).map(|c| {
            let mut entry = show.at(c.span);
            entry.insert("address".into(), json!(show.text(&c.address)));
            entry.insert("kind".into(), json!(c.kind));
            entry.insert("blasts".into(), json!(c.blasts()));
            entry.insert("used_for".into(), json!(c.used_for));
            entry.insert("tracked".into(), json!(c.tracked));
            Json::Object(entry)
        }).collect::<Vec<_>>(),
        "agents": project.agents.iter().map(|a| json!({
            "id": a.id,
            "name": a.name,
            "dir": a.dir,
            "semantics": a.semantics,
            "files": a.files.iter().filter_map(|f| project.workspace.file(*f)).map(|f| f.source.path.clone()).collect::<Vec<_>>(),
            "surfaces": a.surfaces.iter().map(|s| s.name()).collect::<Vec<_>>(),
            "servers": a.servers.iter().map(|s| show.text(&s.name)).collect::<Vec<_>>(),
            "unknown_keys": a.unknown_keys.iter().map(|(k, _)| show.text(k)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "railway": project.railway.iter().map(|p| json!({
            "project": show.text(&p.name),
            "environment": show.text(&p.environment),
            "services": p.services.iter().map(|s| show.text(&s.name)).collect::<Vec<_>>(),
            "volumes": p.volumes.iter().map(|v| show.text(&v.name)).collect::<Vec<_>>(),
            "details": p.services.iter().map(|s| show.service(s)).collect::<Vec<_>>(),
            "config_as_code": p.config_as_code,
            "buckets": p.buckets.iter().map(|b| show.text(&b.name)).collect::<Vec<_>>(),
            "unknown": p.unknown.iter().map(|r| show.text(&r.message)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

struct Show<'a> {
    project: &'a Project,
}

impl Show<'_> {
    /// A Railway service: its commands and volumes; of its variables the names.
    fn service(&self, service: &Service) -> Json {
        let mut unknown: Vec<String> = service.unknown.iter().map(|r| self.text(&r.message)).collect();
        let mut one = |maybe: &Option<Maybe>| match maybe.as_ref().map(|m| &m.text) {
            None => Json::Null,
            Some(Ok(text)) => json!(self.text(text)),
            Some(Err(reason)) => {
                unknown.push(self.text(&reason.message));
                Json::Null
            }
        };
        let mut entry = self.at(service.span);
        entry.insert("name".into(), json!(self.text(&service.name)));
        entry.insert(
            "kind".into(),
            json!(match &service.kind {
                ServiceKind::Service => "service",
                ServiceKind::Function => "function",
                ServiceKind::Database(_) => "database",
            }),
        );
        for (key, value) in [
            ("image", &service.image),
            ("start", &service.start),
            ("build", &service.build),
            ("cron", &service.cron),
            ("required_mount", &service.required_mount),
        ] {
            entry.insert(key.into(), one(value));
        }
        let commands: Vec<Json> = service.pre_deploy.iter().map(|c| one(&Some(c.clone()))).collect();
        entry.insert("pre_deploy".into(), json!(commands));
        entry.insert("replicas".into(), json!(service.replicas));
        let mounts = service.mounts.iter().map(|m| json!({"path": self.text(&m.path), "volume": self.text(&m.volume)}));
        entry.insert("mounts".into(), json!(mounts.collect::<Vec<_>>()));
        let names = service.variables.iter().map(|v| self.text(&v.name));
        entry.insert("variables".into(), json!(names.collect::<Vec<_>>()));
        let ignored = service.ignored_keys.iter().map(|i| self.text(&i.key));
        entry.insert("ignored".into(), json!(ignored.collect::<Vec<_>>()));
        entry.insert("unknown".into(), json!(unknown));
        Json::Object(entry)
    }

    fn text(&self, text: &str) -> String {
        self.project.mask.text(&self.project.workspace.sources, text).into_owned()
    }

    fn at(&self, span: Span) -> Map<String, Json> {
        let (start, _) = self.project.workspace.sources.positions(span);
        let mut map = Map::new();
        map.insert("path".into(), json!(self.project.workspace.sources.path(span)));
        map.insert("line".into(), json!(start.line));
        map.insert("column".into(), json!(start.column));
        map
    }

    fn modules(&self, evaluation: &Evaluation) -> Vec<Json> {
        let modules = evaluation.modules.iter().map(|module| {
            let mut unknown = Map::new();
            let mut values = |prefix: &str, all: &indexmap::IndexMap<crate::source::Text, Value>| {
                let fields = all.iter().map(|(name, value)| {
                    (self.text(name), self.value(value, &format!("{prefix}.{}", name.as_str()), &mut unknown))
                });
                Json::Object(fields.collect())
            };
            let (locals, outputs) = (values("locals", &module.locals), values("outputs", &module.outputs));
            let variables = values("variables", &module.variables);
            json!({
                "path": module.dir,
                "address": module.address,
                "environment": evaluation.environment,
                "locals": locals,
                "outputs": outputs,
                "variables": variables,
                "unknown": unknown,
            })
        });
        let unread = evaluation.unread_calls.iter().map(|call| {
            json!({
                "path": Json::Null,
                "address": call.address,
                "environment": evaluation.environment,
                "source": self.text(&call.source),
                "unknown": {"": self.text(&call.reason.message)},
            })
        });
        modules.chain(unread).collect()
    }

    fn resource(&self, evaluation: &Evaluation, resource: &Resource) -> Json {
        let mut unknown = Map::new();
        let mut spans = Map::new();
        let attributes = self.block(&resource.block, "", &mut unknown, &mut spans);
        let mut map = Map::new();
        map.insert("address".into(), json!(self.text(&resource.address)));
        map.insert("type".into(), json!(resource.type_.as_str()));
        map.insert("environment".into(), json!(evaluation.environment));
        map.extend(self.at(resource.block.header));
        map.insert("attributes".into(), attributes);
        if let Some(reason) = &resource.uncertain {
            unknown.insert(String::new(), json!(self.text(&reason.message)));
        }
        map.insert("unknown".into(), Json::Object(unknown));
        map.insert("spans".into(), Json::Object(spans));
        Json::Object(map)
    }

    /// Attributes, and nested blocks as lists by type.
    fn block(
        &self,
        block: &ResolvedBlock,
        prefix: &str,
        unknown: &mut Map<String, Json>,
        spans: &mut Map<String, Json>,
    ) -> Json {
        let mut map = Map::new();
        for (name, attribute) in &block.attributes {
            let path = format!("{prefix}{}", name.as_str());
            if attribute.written {
                spans.insert(path.clone(), Json::Object(self.at(attribute.span)));
            }
            map.insert(name.as_str().to_owned(), self.value(&attribute.value, &path, unknown));
        }
        for (kind, inner) in &block.blocks {
            let list = map.entry(kind.as_str().to_owned()).or_insert_with(|| json!([]));
            let Some(list) = list.as_array_mut() else { continue };
            let path = format!("{prefix}{}[{}].", kind.as_str(), list.len());
            list.push(self.block(inner, &path, unknown, spans));
        }
        for (kind, value) in &block.unknown_blocks {
            self.value(value, &format!("{prefix}{}", kind.as_str()), unknown);
        }
        Json::Object(map)
    }

    /// A value as JSON; what isn't known is null and named in `unknown` by Terraform's path.
    fn value(&self, value: &Value, path: &str, unknown: &mut Map<String, Json>) -> Json {
        if value.sensitive {
            return json!(BULLETS);
        }
        match &value.kind {
            Kind::Null | Kind::Place(_) => Json::Null,
            Kind::Bool(b) => json!(b),
            Kind::Number(n) => match n.as_i64() {
                Some(n) => json!(n),
                None => json!(n.as_f64()),
            },
            Kind::String(text) => json!(self.text(text)),
            Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => {
                let items = items.iter().enumerate();
                Json::Array(items.map(|(i, v)| self.value(v, &format!("{path}[{i}]"), unknown)).collect())
            }
            Kind::Map(fields) | Kind::Object(fields) => {
                let fields = fields.iter();
                Json::Object(
                    fields
                        .map(|(k, v)| {
                            let key = self.text(k);
                            let value = self.value(v, &format!("{path}.{key}"), unknown);
                            (key, value)
                        })
                        .collect(),
                )
            }
            Kind::Unknown(u) => {
                let chain: Vec<String> = u.reasons.iter().map(|r| self.reason(r)).collect();
                unknown.insert(path.to_owned(), json!(chain.join("; ")));
                Json::Null
            }
        }
    }

    fn reason(&self, reason: &Reason) -> String {
        let message = self.text(&reason.message);
        match reason.span {
            Some(span) => {
                let (start, _) = self.project.workspace.sources.positions(span);
                format!("{message} ({}:{})", self.project.workspace.sources.path(span), start.line)
            }
            None => message,
        }
    }

    fn store(&self, store: &Store) -> Json {
        let switches = |group: &indexmap::IndexMap<&'static str, Switch>| {
            let available = group.iter().filter(|(_, s)| s.available);
            Json::Object(available.map(|(k, s)| ((*k).to_owned(), json!(s.on.as_bool()))).collect())
        };
        let mut map = self.at(store.place.span);
        map.insert("address".into(), json!(self.text(&store.address)));
        map.insert("type".into(), json!(store.r#type));
        map.insert("kind".into(), json!(store.kind));
        map.insert("holds".into(), json!(store.holds));
        map.insert("located".into(), json!(self.text(&store.located.text())));
        map.insert("environments".into(), json!(store.environments));
        map.insert("production".into(), json!(store.production));
        map.insert("stakes".into(), json!(store.stakes.word()));
        map.insert("guards".into(), switches(&store.guards));
        map.insert("makes".into(), switches(&store.makes));
        map.insert("hazards".into(), switches(&store.hazards));
        Json::Object(map)
    }

    /// What a plan or a `removed` block does to a store.
    fn change(&self, change: &Change) -> Option<Json> {
        let model = if change.past { self.project.model.past.as_deref()? } else { &self.project.model };
        let store = model.stores.get(change.store)?;
        let mut map = self.at(change.place.span);
        map.insert("address".into(), json!(self.text(&store.address)));
        map.insert("action".into(), json!(change.doing.word()));
        map.insert("forced_by".into(), json!(change.forced_by.iter().map(|p| self.text(p)).collect::<Vec<_>>()));
        map.insert("setting".into(), json!(change.setting.as_ref().map(|s| &s.title)));
        map.insert("instances".into(), json!(change.instances.iter().map(|i| self.text(i)).collect::<Vec<_>>()));
        map.insert("stakes".into(), json!(change.stakes.word()));
        Some(Json::Object(map))
    }

    fn copy(&self, copy: &Copy) -> Json {
        let store = self.project.model.stores.get(copy.store).map(|s| self.text(&s.address));
        let mut map = self.at(copy.place.span);
        map.insert("address".into(), json!(self.text(&copy.address)));
        map.insert("of".into(), json!(store));
        map.insert("kind".into(), json!(copy.kind));
        map.insert("located".into(), json!(self.text(&copy.located.text())));
        map.insert("exists".into(), json!(copy.exists.as_bool()));
        map.insert("stated".into(), json!(copy.stated));
        Json::Object(map)
    }
}
