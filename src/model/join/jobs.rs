//! Jobs of the project that copy stores or bring them back: workflows, scripts, what containers
//! start. Which store is meant is told by host, container or name, and is unknown where it isn't.

use std::collections::HashSet;
use std::sync::Arc;

use regex::Regex;

use crate::ci::{self, RunsIn};
use crate::dumps::{self, Deed, Of, Target};
use crate::expr::{Type, Value};
use crate::finding::{Confidence, Place, Reason, Role};
use crate::knowledge::dumps::{Does, Dumps};
use crate::model::inputs::Inputs;
use crate::model::join::workloads;
use crate::model::located::{Account, Located};
use crate::model::store::{Copy, Restore, Store};
use crate::source::Span;
use crate::workspace::Table;

/// A job with what it does.
#[derive(Clone, Debug)]
pub struct Job {
    /// `command:FILE#JOB`.
    pub address: String,
    /// The file or service, for messages.
    pub title: String,
    /// Where it stands.
    pub span: Span,
    /// What it copies and restores.
    pub deeds: Vec<Deed>,
    /// It runs by itself, again and again; else why that isn't known.
    pub by_itself: Result<(), Reason>,
}

/// Every job of the project's workflows and scripts that copies something or brings it back.
pub fn jobs(inputs: &Inputs<'_>) -> Vec<Job> {
    let knowledge = inputs.knowledge.dumps();
    let mut all: Vec<Job> = Vec::new();
    let scheduled: Vec<&ci::Command> = inputs.commands.iter().filter(|c| is_scheduled(c)).collect();
    for group in grouped(inputs.commands) {
        let Some((first, file)) = group.first().and_then(|c| Some((*c, inputs.workspace.file(c.source)?))) else {
            continue;
        };
        // What a compose file starts is told with its volumes; tests and examples copy nothing that matters.
        if file.undeployed || file.role == "compose" || first.interpreter.is_some() {
            continue;
        }
        // Most commands speak of none of the programs: those aren't taken apart.
        if !group.iter().any(|c| knowledge.speaks_of(&c.text)) {
            continue;
        }
        let text: Vec<&str> = group.iter().map(|c| c.text.as_str()).collect();
        let deeds = dumps::read(&text.join("\n"), knowledge);
        if deeds.is_empty() {
            continue;
        }
        let path = &file.source.path;
        let called = || called_by(first, &file.role, path);
        let by_itself = if is_scheduled(first) || scheduled.iter().any(|s| called().iter().any(|c| s.text.contains(c)))
        {
            Ok(())
        } else {
            Err(Reason::at("not-scheduled", format!("nothing here runs `{path}` on a schedule"), first.span))
        };
        let place = group.iter().find(|c| !dumps::read(&c.text, knowledge).is_empty()).map_or(first.span, |c| c.span);
        all.push(Job {
            address: format!("command:{path}#{}", first.name),
            title: path.clone(),
            span: place,
            deeds,
            by_itself,
        });
    }
    all
}

/// The commands of a job together: one step dumps, the next carries away.
fn grouped(commands: &[ci::Command]) -> Vec<Vec<&ci::Command>> {
    let mut all: Vec<Vec<&ci::Command>> = Vec::new();
    for command in commands {
        match all.last_mut().filter(|g| g.first().is_some_and(|f| f.source == command.source && f.name == command.name))
        {
            Some(group) => group.push(command),
            None => all.push(vec![command]),
        }
    }
    all
}

fn is_scheduled(command: &ci::Command) -> bool {
    matches!(&command.runs_in, RunsIn::Workflow { events } if events.iter().any(|e| e == "schedule"))
}

/// The ways to call what a file defines.
fn called_by(command: &ci::Command, role: &str, path: &str) -> Vec<String> {
    match command.runs_in {
        RunsIn::ShellScript => vec![path.rsplit('/').next().unwrap_or(path).to_owned()],
        _ => Table::get().invocations(role, &command.name),
    }
}

/// Adds the copies that jobs make, and tells stores what restores them.
pub fn join(inputs: &Inputs<'_>, jobs: &[Job], stores: &mut [Store], copies: &mut Vec<Copy>) {
    let knowledge = inputs.knowledge.dumps();
    let engines: Vec<Engine> = stores.iter().map(|s| engine(s, knowledge)).collect();
    for job in jobs {
        for deed in &job.deeds {
            for (index, sure) in meant(inputs, job, deed, stores, &engines) {
                match deed.does {
                    Does::Copy => copies.extend(copy(inputs, job, deed, index, sure, stores)),
                    Does::Restore => restores(job, deed, sure, stores.get_mut(index)),
                }
            }
        }
    }
    copies.extend(by_code(inputs, knowledge, stores, &engines));
    copies.extend(by_machines(inputs, knowledge, stores));
}

/// The engine of a store.
enum Engine {
    Known(String),
    /// It has none that is known here.
    None,
    /// Its setting isn't known.
    Unknown,
}

fn engine(store: &Store, knowledge: &Dumps) -> Engine {
    for attribute in &knowledge.engine_from {
        match store.attributes.field(attribute) {
            Some(value) if value.is_unknown() => return Engine::Unknown,
            Some(value) => {
                if let Some(engine) = value.as_str().and_then(|text| knowledge.engine_of(text)) {
                    return Engine::Known(engine.to_owned());
                }
            }
            None => {}
        }
    }
    let told = [&store.r#type, &store.title];
    told.into_iter().find_map(|t| knowledge.engine_of(t)).map_or(Engine::None, |e| Engine::Known(e.to_owned()))
}

/// The stores a deed is about; with the reason where that isn't sure.
fn meant(
    inputs: &Inputs<'_>,
    job: &Job,
    deed: &Deed,
    stores: &[Store],
    engines: &[Engine],
) -> Vec<(usize, Option<Reason>)> {
    let real = |s: &Store| !s.undeployed && ["primary", "keys", "state"].contains(&s.holds.as_str());
    let every = |fits: &dyn Fn(usize, &Store) -> bool, why: Reason| -> Vec<(usize, Option<Reason>)> {
        let fitting = stores.iter().enumerate().filter(|(i, s)| real(s) && fits(*i, s));
        fitting.map(|(i, _)| (i, Some(why.clone()))).collect()
    };
    let named = |fits: &dyn Fn(&Store) -> bool| -> Vec<(usize, Option<Reason>)> {
        stores.iter().enumerate().filter(|(_, s)| fits(s)).map(|(i, _)| (i, None)).collect()
    };
    match &deed.of {
        Of::Database { engine, host, variables, container } => {
            if host.as_deref().is_some_and(is_local) {
                return Vec::new();
            }
            if let Some(host) = host.as_deref().filter(|h| !h.contains('$')) {
                let label = host.split('.').next().unwrap_or(host);
                let platform = inputs.knowledge.provider_of_host(host).map(|p| p.provider.as_str());
                let found = named(&|s: &Store| {
                    s.names.iter().any(|n| n == label) && (s.provider == platform.unwrap_or("") || host == label)
                });
                if !found.is_empty() {
                    return found;
                }
            }
            // `docker compose exec db`: the volume of that service, where only one is called so.
            let name = container.as_deref().or(host.as_deref());
            if let Some(found) = name.and_then(|n| workloads::data_of(inputs, n, None, engine, stores)) {
                return found.into_iter().map(|i| (i, None)).collect();
            }
            let told = match (host, container, variables.first()) {
                (Some(host), _, _) if !host.contains('$') => format!("`{host}` is no name of a store here"),
                (_, Some(container), _) => format!("what `{container}` keeps its data in isn't told here"),
                (_, _, Some(variable)) => format!("its address is in `{variable}`"),
                _ => "its address isn't written".to_owned(),
            };
            let message = format!("which database `{}` reads can't be told: {told}", job.title);
            let why = Reason::at("database-unknown", message, job.span);
            let fits = |i: usize, s: &Store| {
                s.kind == "database"
                    && match engines.get(i) {
                        Some(Engine::Known(of)) => engine.is_empty() || of == engine,
                        Some(Engine::Unknown) => true,
                        _ => false,
                    }
            };
            every(&fits, why)
        }
        Of::Named { provider, kinds, name } => {
            let fits = |s: &Store| s.provider == *provider && kinds.contains(&s.kind);
            match name.as_deref().filter(|n| !n.contains('$')) {
                Some(name) => named(&|s: &Store| fits(s) && s.names.iter().any(|n| n == name)),
                None => {
                    let message = format!("which one `{}` names isn't written", deed.program);
                    every(&|_, s| fits(s), Reason::at("name-unknown", message, job.span))
                }
            }
        }
        Of::Bucket(written) => {
            let name = written.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(""));
            named(&|s: &Store| s.kind == "bucket" && s.names.iter().any(|n| n == name))
        }
        Of::Files => Vec::new(),
    }
}

fn is_local(host: &str) -> bool {
    ["localhost", "127.0.0.1", "::1", "0.0.0.0"].contains(&host) || host.starts_with('/')
}

/// A value that is true where nothing is in the way of it.
fn exists(reasons: Vec<Reason>) -> Value {
    if reasons.is_empty() { Value::bool(true) } else { Value::unknown_of(Type::Bool, Arc::new(reasons)) }
}

fn copy(
    inputs: &Inputs<'_>,
    job: &Job,
    deed: &Deed,
    index: usize,
    sure: Option<Reason>,
    stores: &[Store],
) -> Vec<Copy> {
    let Some(store) = stores.get(index) else { return Vec::new() };
    let mut reasons: Vec<Reason> = sure.into_iter().collect();
    let by_itself = job.by_itself.is_ok();
    reasons.extend(job.by_itself.clone().err());
    let blank = Copy {
        address: job.address.clone(),
        kind: if deed.follows { "replica" } else { "dump" }.to_owned(),
        title: format!("dumps by `{}`", job.title),
        store: index,
        held_in: None,
        place: Place::of(job.span, Role::Copy),
        located: store.located.clone(),
        dies_with: None,
        only_terraform: false,
        exists: Value::null(),
        automatic: by_itself,
        retention_days: Value::unknown(Reason::at(
            "retention-not-written",
            "how long they are kept isn't written",
            job.span,
        )),
        locked: Value::bool(false),
        stated: false,
        confidence: store.confidence.min(Confidence::Medium),
    };
    match (deed.to.is_empty(), &deed.of) {
        // Kept by the platform, beside the store.
        (true, Of::Named { .. }) => vec![Copy {
            kind: "snapshots".into(),
            title: format!("snapshots by `{}`", job.title),
            located: Located { store: Some(job.address.clone()), ..store.located.clone() },
            exists: exists(reasons),
            ..blank
        }],
        // A file of the machine that runs it, which isn't known to last.
        (true, _) => Vec::new(),
        (false, _) => deed.to.iter().map(|to| carried(inputs, job, to, &reasons, stores, blank.clone())).collect(),
    }
}

/// A copy that is carried to a target.
pub(super) fn carried(
    inputs: &Inputs<'_>,
    job: &Job,
    to: &Target,
    reasons: &[Reason],
    stores: &[Store],
    blank: Copy,
) -> Copy {
    let provider = to.host.as_deref().map(|h| inputs.knowledge.provider_of_host(h).map_or(h, |p| p.provider.as_str()));
    let holds = |s: &Store| {
        s.kind == "bucket"
            && to.bucket.as_ref().is_some_and(|b| s.names.iter().any(|n| n == b))
            && provider.is_none_or(|p| p == s.provider)
    };
    let mut reasons = reasons.to_vec();
    if let Some((number, holder)) = stores.iter().enumerate().find(|(i, s)| holds(s) && *i != blank.store) {
        let lock = holder.guards.get("lock").filter(|l| l.available);
        return Copy {
            held_in: Some(number),
            title: format!("dumps in `{}` by `{}`", holder.name, job.title),
            located: holder.located.clone(),
            locked: lock.map_or(Value::bool(false), |l| l.on.clone()),
            retention_days: lock.map_or(blank.retention_days.clone(), |l| l.days.clone()),
            exists: exists(reasons),
            ..blank
        };
    }
    let Some(provider) = provider else {
        let message = format!("where `{}` writes to isn't told here", job.title);
        reasons.push(Reason::at("place-unknown", message, job.span));
        return Copy { exists: exists(reasons), ..blank };
    };
    let place = to.bucket.clone().unwrap_or_else(|| to.written.clone());
    let at = if place.is_empty() || place.contains('$') { provider } else { place.as_str() };
    Copy {
        title: format!("dumps to {at} by `{}`", job.title),
        located: Located {
            provider: provider.to_owned(),
            account: Account::Unknown,
            project: None,
            environment: None,
            region: None,
            parent: None,
            store: Some(if place.is_empty() { job.address.clone() } else { place.clone() }),
        },
        exists: exists(reasons),
        ..blank
    }
}

fn restores(job: &Job, deed: &Deed, sure: Option<Reason>, store: Option<&mut Store>) {
    let Some(store) = store else { return };
    // That something restores databases of this engine is what is asked; which one it tries isn't.
    let any = matches!(&deed.of, Of::Database { engine, .. } if engine.is_empty());
    store.restores.push(Restore {
        title: format!("`{}` in `{}`", deed.program, job.title),
        place: Place::of(job.span, Role::Context),
        exists: exists(sure.filter(|_| any).into_iter().collect()),
        runbook: None,
        on: None,
    });
}

/// Backups that machines are told to make of their disks, by a role or a playbook.
fn by_machines(inputs: &Inputs<'_>, knowledge: &Dumps, stores: &[Store]) -> Vec<Copy> {
    let told = &knowledge.set_up;
    let found = inputs.workspace.files.iter().filter(|f| !f.undeployed).find_map(|file| {
        let path = file.source.path.as_str();
        let ending = path.rsplit('.').next().unwrap_or("");
        let within = path.split('/').any(|part| told.directories.iter().any(|d| d == part));
        if !within || !told.endings.iter().any(|e| e == ending) {
            return None;
        }
        let program = told.programs.iter().find(|p| file.source.text.contains(p.as_str()))?;
        let at = file.source.text.find(program.as_str())?;
        Some((path, program, Span::new(file.source.id, at, at + program.len())))
    });
    let Some((path, program, span)) = found else { return Vec::new() };
    let disks = stores.iter().enumerate().filter(|(_, s)| s.terraform && s.kind == "volume" && s.holds == "primary");
    let message = format!("`{path}` has machines back up with {program}; of which disks and where to isn't told");
    let reason = Reason::at("made-by-a-machine", message, span);
    let title = format!("backups by {program}");
    let copy = |(index, store): (usize, &Store)| left_open(index, store, path, &title, &reason, span);
    disks.map(copy).collect()
}

/// A copy that a file may make of a store; why that can't be known, and where it stands.
fn left_open(index: usize, store: &Store, path: &str, title: &str, reason: &Reason, span: Span) -> Copy {
    Copy {
        address: format!("command:{path}"),
        kind: "dump".into(),
        title: title.to_owned(),
        store: index,
        held_in: None,
        place: Place::of(span, Role::Copy),
        located: Located { account: Account::Unknown, store: None, ..store.located.clone() },
        dies_with: None,
        only_terraform: false,
        exists: exists(vec![reason.clone()]),
        automatic: false,
        retention_days: Value::null(),
        locked: Value::bool(false),
        stated: false,
        confidence: Confidence::Low,
    }
}

/// Dumps that the project's own program makes: where they go can't be read from it.
fn by_code(inputs: &Inputs<'_>, knowledge: &Dumps, stores: &[Store], engines: &[Engine]) -> Vec<Copy> {
    let programs: Vec<_> = knowledge.dumpers.iter().filter(|d| d.needs.is_none()).collect();
    let names: Vec<String> = programs.iter().map(|d| regex::escape(&d.program)).collect();
    let Ok(called) = Regex::new(&format!("[\"'`/]({})[\"'` ]", names.join("|"))) else { return Vec::new() };
    let mut all = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for file in inputs.workspace.files.iter().filter(|f| f.role.is_empty() && !f.undeployed) {
        let ending = file.source.path.rsplit('.').next().unwrap_or("");
        if !knowledge.code.iter().any(|c| c == ending) {
            continue;
        }
        let Some(found) = called.captures(&file.source.text).and_then(|c| c.get(1)) else { continue };
        let Some(dumper) = programs.iter().find(|d| d.program == found.as_str()) else { continue };
        // One is enough to leave it open.
        if !seen.insert(&dumper.engine) {
            continue;
        }
        let span = Span::new(file.source.id, found.start(), found.end());
        let path = &file.source.path;
        let message = format!("`{path}` makes dumps; of which database and where to can't be read from a program");
        let reason = Reason::at("made-by-a-program", message, span);
        let title = format!("dumps by `{path}`");
        for (index, store) in stores.iter().enumerate() {
            let fits = matches!(engines.get(index), Some(Engine::Known(e)) if *e == dumper.engine);
            if !fits || store.kind != "database" || store.holds != "primary" {
                continue;
            }
            all.push(left_open(index, store, path, &title, &reason, span));
        }
    }
    all
}
