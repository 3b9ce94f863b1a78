//! Railway projects → stores: databases, volumes and buckets, one for each environment.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::{Location, Place, Role, Slot};
use crate::knowledge::stores::{Provider, StoreType, Switch as Known, Tier};
use crate::model::environments::{self, Verdict};
use crate::model::inputs::Inputs;
use crate::model::join::setting::always;
use crate::model::join::terraform::{confidence, fold};
use crate::model::located::{Account, Blast, Located};
use crate::model::stakes::Stakes;
use crate::model::store::{GUARDS, HAZARDS, MAKES, Store, Switch};
use crate::railway::{Project, Service, ServiceKind};
use crate::source::{SourceId, Span};

/// Every store of every Railway project.
pub fn stores(inputs: &Inputs<'_>, all: &mut Vec<Store>) {
    for project in inputs.railway {
        for found in declared(project) {
            if let Some(store) = build(inputs, project, found) {
                fold(all, store);
            }
        }
    }
}

/// Something that holds data, as a project declares it.
struct Declared<'a> {
    r#type: String,
    name: &'a str,
    span: Span,
    callers: &'a [Span],
    region: Option<&'a str>,
}

fn declared(project: &Project) -> impl Iterator<Item = Declared<'_>> {
    let databases = project.services.iter().filter(|s| is_database(s)).map(|s| Declared {
        r#type: match &s.kind {
            ServiceKind::Database(engine) => format!("railway:database:{}", engine.as_str()),
            _ => "railway:database".into(),
        },
        name: &s.name,
        span: s.span,
        callers: &s.callers,
        region: None,
    });
    let volumes =
        project.volumes.iter().filter(|v| v.deleted.is_none() && !is_of_a_database(project, &v.name)).map(|v| {
            Declared { r#type: "railway:volume".into(), name: &v.name, span: v.span, callers: &[], region: None }
        });
    let buckets = project.buckets.iter().map(|b| Declared {
        r#type: "railway:bucket".into(),
        name: &b.name,
        span: b.span,
        callers: &[],
        region: b.region.as_ref().map(|r| r.as_str()),
    });
    databases.chain(volumes).chain(buckets)
}

/// A database that keeps its data in a volume of its own (one that mounts a declared volume is told
/// by that volume).
fn is_database(service: &Service) -> bool {
    matches!(service.kind, ServiceKind::Database(_)) && service.mounts.is_empty()
}

/// A volume that nothing mounts and that is called after a database: the one the database keeps its
/// data in. (`railway config pull` writes the two side by side, and nothing else links them.)
fn is_of_a_database(project: &Project, volume: &str) -> bool {
    let volume = volume.to_ascii_lowercase();
    let mounted = project.services.iter().flat_map(|s| &s.mounts).any(|m| m.volume.eq_ignore_ascii_case(&volume));
    let named = |s: &Service| {
        let engine = match &s.kind {
            ServiceKind::Database(engine) => engine.to_ascii_lowercase(),
            _ => return false,
        };
        volume.starts_with(&s.name.to_ascii_lowercase()) || !engine.is_empty() && volume.starts_with(&engine)
    };
    !mounted && project.services.iter().filter(|s| is_database(s)).any(named)
}

fn build(inputs: &Inputs<'_>, project: &Project, declared: Declared<'_>) -> Option<Store> {
    // A row for the engine, where there is one.
    let (platform, row) = inputs.knowledge.store_type(&declared.r#type).or_else(|| {
        let (general, _) = declared.r#type.rsplit_once(':')?;
        inputs.knowledge.store_type(general)
    })?;
    let place = Arc::new(Place {
        span: declared.span,
        slot: Slot::None,
        chain: Vec::new(),
        role: Role::Store,
        item: declared.span,
    });
    let address = format!("railway:{}", declared.name);
    let verdict = environment(inputs, project, declared.span.source);
    Some(Store {
        subject: address.clone(),
        name: declared.name.to_owned(),
        provider: platform.provider.clone(),
        platform: platform.title.clone(),
        r#type: row.r#type.clone(),
        title: row.title.clone(),
        kind: row.kind.clone(),
        holds: row.holds.clone(),
        file: declared.span.source,
        roots: Vec::new(),
        parent: None,
        located: Located {
            provider: platform.provider.clone(),
            account: Account::Ordinary,
            project: Some(project.name.as_str().to_owned()),
            environment: Some(project.environment.as_str().to_owned()),
            region: declared.region.map(Into::into),
            parent: None,
            store: Some(address.clone()),
        },
        guards: switches(&GUARDS, &row.guards, &address, &place),
        makes: switches(&MAKES, &row.copies, &address, &place),
        hazards: switches(&HAZARDS, &[], &address, &place),
        given: Vec::new(),
        restores: Vec::new(),
        destroyed_by: row.destroyed_by.clone(),
        replaces_on: row.replaces_on.clone(),
        note: row.note.clone(),
        environments: vec![project.environment.as_str().to_owned()],
        production: verdict.production,
        checked: row.tier == Tier::Checked,
        confidence: confidence(row.tier).min(verdict.confidence),
        stakes: Stakes::Loss,
        instances: Vec::new(),
        callers: declared.callers.iter().map(|span| caller(*span)).collect(),
        attributes: attributes(platform, row),
        undeployed: inputs.workspace.file(declared.span.source).is_some_and(|f| f.undeployed),
        library: false,
        terraform: false,
        names: vec![declared.name.to_owned()],
        place,
        address,
    })
}

fn caller(span: Span) -> Location {
    Location { span, label: "made here".into(), role: Role::Caller }
}

fn attributes(platform: &Provider, row: &StoreType) -> Value {
    let fields = [("platform", platform.title.as_str()), ("type", row.r#type.as_str())];
    Value::object(fields.into_iter().map(|(k, v)| (k.into(), Value::string(v))).collect())
}

/// Railway's own name for the environment decides; where it says nothing, the path does.
fn environment(inputs: &Inputs<'_>, project: &Project, file: SourceId) -> Verdict {
    let mapped = inputs.config.environment_of(&project.environment);
    let named = environments::of_name(&project.environment, mapped.as_deref());
    if named.known {
        return named;
    }
    environments::of_path(inputs.workspace.file(file).map_or("", |f| f.source.path.as_str()))
}

fn switches(classes: &[&'static str], known: &[Known], by: &str, place: &Arc<Place>) -> IndexMap<&'static str, Switch> {
    let switch = |class: &'static str| match known.iter().find(|k| k.class == class) {
        None => Switch::missing(place.clone()),
        Some(known) => Switch {
            available: true,
            on: always(known),
            by: by.to_owned(),
            safe: known.write.clone(),
            days: known.days.as_ref().and_then(|d| d.0.parse().ok()).map_or(Value::null(), Value::int),
            lasting: None,
            title: known.title.clone(),
            lifted_by: known.lifted_by.clone(),
            skipped_by: known.skipped_by.clone(),
            dies_with: known.dies_with.as_deref().and_then(Blast::parse),
            only_terraform: known.only_terraform,
            ..Switch::missing(place.clone())
        },
    };
    classes.iter().map(|&class| (class, switch(class))).collect()
}
