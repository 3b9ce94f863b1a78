//! What a deployment configuration runs: where it keeps its data, what opens it to the internet, the
//! settings that have no effect, and the secrets that stand in it.

pub mod data;
pub mod package;
pub mod secret;
pub mod setting;
mod terraform;

use crate::expr::Value;
use crate::finding::{Confidence, Location, Role};
use crate::model::environments;
use crate::model::inputs::Inputs;
use crate::model::stakes::Stakes;
use crate::railway::{self, Project, ServiceKind, config};
use crate::source::Span;

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// `railway:web`, and where it is declared.
    pub declared: Declared,
    /// service, function, database.
    pub kind: &'static str,
    /// Image: text, null or unknown.
    pub image: Value,
    /// The database it is, in words; `None` where it is none that is known.
    pub engine: Option<String>,
    /// primary, keys, derived or transient: what a service of its image holds.
    pub holds: String,
    /// Where it keeps data on disk, and whether that lasts.
    pub keeping: Option<data::Keeping>,
    /// Where it is opened to the internet besides HTTP: a place, or why that can't be known.
    pub exposed: Result<Option<Span>, crate::finding::Reason>,
    /// The file it is declared in stops being read.
    pub ending: Option<Ending>,
}

/// A file that its platform stops reading.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The first day on which it isn't read any more.
    pub on: &'static str,
    /// Whether that day has come.
    pub over: bool,
    /// The command that moves it.
    pub migrate: &'static str,
    /// What in it protects data, in words.
    pub protects: Vec<String>,
    /// The first of those.
    pub protection: Option<Span>,
}

/// What a deployment configuration declares: what every fact of this module has.
#[derive(Clone, Debug)]
pub struct Declared {
    /// `railway:web`, `railway:web#JWT_SECRET`.
    pub address: String,
    /// Its name, or the key with the way to it.
    pub name: String,
    /// Platform: `railway`.
    pub provider: &'static str,
    /// Platform in words.
    pub platform: String,
    /// Where it is declared.
    pub span: Span,
    /// Calls that lead to it.
    pub callers: Vec<Location>,
    /// Its environments.
    pub environments: Vec<String>,
    /// Whether it belongs to production.
    pub production: bool,
    /// How sure.
    pub confidence: Confidence,
    /// In a directory that isn't deployed.
    pub undeployed: bool,
    /// What would be lost.
    pub stakes: Stakes,
}

impl Declared {
    /// A thing of a project, in the project's environment; `exposed`: whether data could be lost by it, which
    /// counts in production.
    fn of(inputs: &Inputs<'_>, project: &Project, name: &str, span: Span, exposed: bool) -> Declared {
        let mapped = inputs.config.environment_of(&project.environment);
        let named = environments::of_name(&project.environment, mapped.as_deref());
        let file = inputs.workspace.file(span.source);
        let path = || file.map_or("", |f| f.source.path.as_str());
        let verdict = if named.known { named } else { environments::of_path(path()) };
        Declared {
            address: format!("railway:{name}"),
            name: name.to_owned(),
            provider: railway::PLATFORM,
            platform: platform(inputs),
            span,
            callers: Vec::new(),
            environments: vec![project.environment.as_str().to_owned()],
            production: verdict.production,
            confidence: verdict.confidence,
            undeployed: file.is_some_and(|f| f.undeployed),
            stakes: if exposed && verdict.production { Stakes::Exposed } else { Stakes::Rebuildable },
        }
    }

    /// One of its keys or variables.
    fn key(self, key: &str) -> Declared {
        Declared { address: format!("{}#{key}", self.address), name: key.to_owned(), ..self }
    }

    /// The same with the calls that lead to a service.
    fn called(self, service: &railway::Service) -> Declared {
        let made_here = |span: &Span| Location { span: *span, label: "made here".into(), role: Role::Caller };
        Declared { callers: service.callers.iter().map(made_here).collect(), ..self }
    }

    /// Takes in the same thing of another environment.
    fn join(&mut self, other: Declared) {
        self.production |= other.production;
        self.stakes = self.stakes.max(other.stakes);
        let new = other.environments.into_iter().filter(|e| !self.environments.contains(e));
        self.environments.extend(new.collect::<Vec<_>>());
    }
}

/// Every service of every project, those that are the same in several environments as one.
pub fn services(inputs: &Inputs<'_>) -> Vec<Service> {
    let mut all: Vec<Service> = Vec::new();
    let declared = terraform::projects(inputs);
    for project in inputs.railway.iter().chain(&declared) {
        for service in &project.services {
            fold(&mut all, build(inputs, project, service));
        }
    }
    all
}

fn fold(all: &mut Vec<Service>, service: Service) {
    let same = |other: &&mut Service| {
        other.declared.address == service.declared.address
            && other.declared.span == service.declared.span
            && other.declared.production == service.declared.production
            && other.exposed == service.exposed
            && other.image == service.image
            && other.keeping == service.keeping
    };
    match all.iter_mut().find(same) {
        Some(other) => other.declared.join(service.declared),
        None => all.push(service),
    }
}

fn build(inputs: &Inputs<'_>, project: &Project, service: &railway::Service) -> Service {
    let row = service.image.as_ref().and_then(|i| i.text.as_ref().ok()).and_then(|i| inputs.knowledge.images().of(i));
    let (kind, engine) = match &service.kind {
        ServiceKind::Service => ("service", row.map(|r| r.title.clone())),
        ServiceKind::Function => ("function", None),
        ServiceKind::Database(engine) => ("database", Some(engine_of(inputs, engine))),
    };
    let holds = match &service.kind {
        ServiceKind::Database(engine) if engine == "redis" => "derived".to_owned(),
        ServiceKind::Database(_) => "primary".to_owned(),
        _ => row.map_or_else(|| "primary".to_owned(), |r| r.holds.clone()),
    };
    let ending = project.config_as_code.then(|| ending(inputs, project, service));
    let keeping = if project.config_as_code { None } else { data::keeping(service, row) };
    let matters = ["primary", "keys"].contains(&holds.as_str());
    let exposed = match (service.tcp_proxy, service.tcp_unknown.clone()) {
        (Some(span), _) => Ok(Some(span)),
        (None, Some(reason)) => Err(reason),
        (None, None) => Ok(None),
    };
    let over = ending.as_ref().is_some_and(|e| e.over && !e.protects.is_empty());
    let wiped = keeping.as_ref().is_some_and(|k| k.sure && k.lasts == Ok(false));
    let mut declared = Declared::of(inputs, project, &service.name, service.span, matters).called(service);
    if declared.production && matters && (wiped || over) {
        declared.stakes = Stakes::Loss;
    }
    Service {
        declared,
        kind,
        image: match &service.image {
            None => Value::null(),
            Some(image) => match &image.text {
                Ok(text) => Value::string(text.clone()),
                Err(reason) => Value::unknown(reason.clone()),
            },
        },
        engine,
        holds,
        keeping,
        exposed,
        ending,
    }
}

/// The platform in words.
fn platform(inputs: &Inputs<'_>) -> String {
    inputs.knowledge.provider(railway::PLATFORM).map_or_else(String::new, |p| p.title.clone())
}

/// An engine in words, as the images of that engine are called.
fn engine_of(inputs: &Inputs<'_>, engine: &str) -> String {
    let engine = if engine == "postgresql" { "postgres" } else { engine };
    let row = inputs.knowledge.images().images.iter().find(|i| i.engine == engine);
    row.map_or_else(|| engine.to_owned(), |r| r.title.clone())
}

fn ending(inputs: &Inputs<'_>, project: &Project, service: &railway::Service) -> Ending {
    let mut protects = Vec::new();
    let mut protection = None;
    let mut add = |words: String, span: Span| {
        protection = protection.or(Some(span));
        protects.push(words);
    };
    if let Some(mount) = &service.required_mount {
        add("the deploy is refused without its volume (`requiredMountPath`)".to_owned(), mount.span);
    }
    for dump in railway::dumps::of(project, inputs.knowledge.dumps()) {
        if dump.service == service.name && dump.span.source == service.span.source {
            add("it makes a copy of the data".to_owned(), dump.span);
        }
    }
    if let Some(draining) = service.draining.as_ref().filter(|d| d.text.as_deref().is_ok_and(|t| t != "0")) {
        add("what it is writing may be finished (`drainingSeconds`)".to_owned(), draining.span);
    }
    // Dates are written with the year first, so their order is that of their texts.
    Ending {
        on: config::NOT_READ_FROM,
        over: inputs.today >= config::NOT_READ_FROM,
        migrate: config::MIGRATE,
        protects,
        protection,
    }
}
