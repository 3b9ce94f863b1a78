//! One service's settings.

use std::rc::Rc;

use crate::finding::Reason;
use crate::railway::evaluate::value::{Entry, Kind, Native, Object, Resource, SourceOf, Val, Value};
use crate::railway::ignored::{Ignored, Meant, Of};
use crate::railway::settings::{
    BUILD_KEYS, DATABASE_KEYS, DEPLOY_KEYS, FUNCTION_KEYS, NODE_KEYS, RUN_KEYS, SERVICE_KEYS, whole_reference,
};
use crate::railway::{Maybe, Mount, Service, ServiceKind, Variable, VariableValue};
use crate::source::{Span, Text};

/// The service, and the volumes it mounts.
pub(super) fn read(resource: &Resource, name: Text, maybe: Option<&Reason>) -> (Service, Vec<Rc<Resource>>) {
    let given = resource.config.borrow();
    let (config, ignored_keys, meant_mounts) = effective(&given, resource);
    let kind = match &resource.kind {
        Kind::Function => ServiceKind::Function,
        Kind::Database(engine) => ServiceKind::Database(engine.clone()),
        _ => ServiceKind::Service,
    };
    let mut service = Service::new(name, kind, resource.span);
    service.maybe = maybe.cloned();
    service.callers = resource.callers.clone();
    service.unknown.extend(config.open.iter().cloned());
    let settings = Settings { config: &config };
    service.start = settings.first(&["start", "startCommand", "run.command", "deploy.startCommand"]).and_then(text);
    let pre = settings.first(&["preDeploy", "preDeployCommand", "run.preDeploy", "deploy.preDeployCommand"]);
    service.pre_deploy = pre.map(texts).unwrap_or_default();
    let build = match settings.first(&["build"]) {
        Some(Val { value: Value::Object(_), .. }) => settings.first(&["build.buildCommand"]),
        other => other,
    };
    service.build = build.and_then(text);
    service.cron = settings.first(&["deploy.cronSchedule"]).and_then(text);
    service.restart = settings.first(&["deploy.restartPolicyType"]).and_then(text);
    service.required_mount = settings.first(&["deploy.requiredMountPath"]).and_then(text);
    service.replicas = settings
        .first(&["replicas", "regions", "deploy.multiRegionConfig", "deploy.numReplicas"])
        .as_ref()
        .and_then(replicas);
    source(&settings, &mut service);
    service.draining = settings.first(&["deploy.drainingSeconds"]).and_then(text);
    service.config_file = settings.first(&["configFile"]).and_then(text);
    service.tcp_proxy = tcp_proxy(&settings, &mut service.tcp_unknown);
    service.variables = variables(&settings, &mut service.unknown);
    let mounted = mounts(&settings, &mut service);
    service.ignored_keys = ignored_keys;
    for (key, known) in [("deploy", DEPLOY_KEYS), ("build", BUILD_KEYS), ("run", RUN_KEYS)] {
        let Some(Value::Object(object)) = config.entries.get(key).map(|e| &e.value.value) else { continue };
        let object = object.borrow();
        let unknown = object.entries.iter().filter(|(inner, _)| !known.contains(&inner.as_str()));
        let unknown = unknown.filter(|(_, e)| !e.value.is_nullish());
        service
            .ignored_keys
            .extend(unknown.map(|(inner, e)| Ignored::new(&format!("{key}.{}", inner.as_str()), e.key, Of::Code)));
    }
    service.meant_mounts = meant_mounts;
    (service, mounted)
}

/// The settings that have an effect; the keys that have none; and the paths at which those were meant
/// to mount a volume.
///
/// What a call is given is looked through for the keys it knows; what is set on the resource
/// afterwards lands in what it made of them.
fn effective(given: &Object, resource: &Resource) -> (Object, Vec<Ignored>, Vec<(Text, Span)>) {
    let assigned = resource.assigned.borrow();
    let of_call: &[&str] = if matches!(resource.kind, Kind::Database(_)) { DATABASE_KEYS } else { SERVICE_KEYS };
    let mut config = Object { entries: Default::default(), open: given.open.clone() };
    let (mut ignored, mut paths) = (Vec::new(), Vec::new());
    for (key, entry) in &given.entries {
        let name = key.as_str();
        // `env` of what was made is a getter; setting a part of it is told by the evaluator as `env`.
        let known = of_call.contains(&name)
            || resource.kind == Kind::Function && FUNCTION_KEYS.contains(&name)
            || assigned.contains(key) && (NODE_KEYS.contains(&name) || name == "env" || entry.value.is_nullish());
        if known {
            config.entries.insert(key.clone(), entry.clone());
        } else if !matches!(entry.value.value, Value::Undefined) {
            let found = Ignored::new(name, entry.key, Of::Code);
            if found.meant == Meant::Volume {
                paths_in(&entry.value, entry.key, 0, &mut paths);
            }
            ignored.push(found);
        }
    }
    (config, ignored, paths)
}

/// Absolute paths in a value: keys and texts.
fn paths_in(value: &Val, at: Span, depth: usize, found: &mut Vec<(Text, Span)>) {
    if depth > 6 {
        return;
    }
    let mut add = |text: &Text| {
        // `name:/path`, as compose writes it.
        let path = text.rsplit_once(':').map_or(text.as_str(), |(_, path)| path);
        if path.starts_with('/') && path.len() > 1 {
            found.push((path.into(), at));
        }
    };
    match &value.value {
        Value::String(text) => add(text),
        Value::List(list) => list.borrow().items.iter().for_each(|i| paths_in(&i.value, at, depth + 1, found)),
        Value::Object(object) => {
            let object = object.borrow();
            object.entries.keys().for_each(&mut add);
            object.entries.values().for_each(|e| paths_in(&e.value, at, depth + 1, found));
        }
        _ => {}
    }
}

struct Settings<'a> {
    config: &'a Object,
}

impl Settings<'_> {
    /// The first of these paths that is set.
    fn first(&self, paths: &[&str]) -> Option<Val> {
        let mut alternatives: Vec<Val> = Vec::new();
        for path in paths {
            let Some(value) = self.get(path) else { continue };
            match &value.value {
                Value::Undefined | Value::Null => continue,
                // Perhaps set here, otherwise further on.
                Value::Either(all, reason) if all.iter().any(|v| v.is_nullish()) => {
                    let reason = reason.clone();
                    alternatives.push(value);
                    let span = alternatives.first().map_or(Span::new(crate::source::SourceId(0), 0, 0), |v| v.span);
                    if alternatives.len() == paths.len() {
                        return Some(Val::either(alternatives, reason, span));
                    }
                }
                _ if alternatives.is_empty() => return Some(value),
                _ => break,
            }
        }
        alternatives.into_iter().next()
    }

    /// A dotted path; unknown where something on the way is.
    fn get(&self, path: &str) -> Option<Val> {
        let mut keys = path.split('.');
        let mut value = member(self.config, keys.next()?)?;
        for key in keys {
            value = inner(&value, key)?;
        }
        Some(value)
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.config.entries.get(key)
    }
}

fn member(object: &Object, key: &str) -> Option<Val> {
    match (object.entries.get(key), object.open.first()) {
        (Some(entry), _) => Some(entry.value.clone()),
        (None, Some(reason)) => {
            let span = reason.span?;
            Some(Val::new(Value::Unknown(reason.clone()), span))
        }
        (None, None) => None,
    }
}

fn inner(value: &Val, key: &str) -> Option<Val> {
    match &value.value {
        Value::Object(object) => member(&object.borrow(), key),
        Value::Either(all, reason) => {
            let all: Vec<Val> = all.iter().map(|one| inner(one, key).unwrap_or(Val::undefined(value.span))).collect();
            if all.iter().all(|v| v.is_nullish()) { None } else { Some(Val::either(all, reason.clone(), value.span)) }
        }
        Value::Unknown(_) => Some(value.clone()),
        _ => None,
    }
}

/// A text or why it isn't known; `None` for nothing.
fn text(value: Val) -> Option<Maybe> {
    match &value.value {
        Value::Undefined | Value::Null | Value::Bool(false) => None,
        _ => Some(Maybe { span: value.span, text: value.print().map(Text::from) }),
    }
}

/// One or several commands.
fn texts(value: Val) -> Vec<Maybe> {
    match &value.value {
        Value::List(list) => {
            let list = list.borrow();
            let mut all: Vec<Maybe> = Vec::new();
            for item in &list.items {
                match (&item.maybe, text(item.value.clone())) {
                    (Some(reason), Some(one)) => all.push(Maybe { text: Err(reason.clone()), ..one }),
                    (_, one) => all.extend(one),
                }
            }
            all.extend(list.open.iter().map(|reason| Maybe { span: value.span, text: Err(reason.clone()) }));
            all
        }
        _ => text(value).into_iter().collect(),
    }
}

fn replicas(value: &Val) -> Option<u32> {
    match &value.value {
        Value::Number(n) if *n >= 0.0 && *n < 1e6 => Some(*n as u32),
        Value::Object(object) => {
            let object = object.borrow();
            if !object.open.is_empty() {
                return None;
            }
            object.entries.values().try_fold(0u32, |sum, entry| {
                let one = match &entry.value.value {
                    Value::Object(region) => {
                        let region = region.borrow();
                        let count = ["count", "replicas", "numReplicas"].iter().find_map(|k| region.entries.get(*k));
                        match count.map(|c| &c.value.value) {
                            Some(Value::Number(n)) if *n >= 0.0 && *n < 1e6 => *n as u32,
                            _ => return None,
                        }
                    }
                    Value::Number(n) if *n >= 0.0 && *n < 1e6 => *n as u32,
                    _ => return None,
                };
                sum.checked_add(one)
            })
        }
        _ => None,
    }
}

fn source(settings: &Settings<'_>, service: &mut Service) {
    service.root = settings.first(&["rootDirectory", "root"]).and_then(text);
    service.image = settings.first(&["image"]).and_then(text);
    let Some(value) = settings.first(&["source"]) else { return };
    match &value.value {
        Value::Source(of) => from_source(of, value.span, service),
        // The plain object that the helpers make.
        Value::Object(_) => {
            if let Some(image) = inner(&value, "image").and_then(text) {
                service.image = Some(image);
            }
            service.repository = inner(&value, "repo").and_then(text);
            if service.root.is_none() {
                service.root = inner(&value, "rootDirectory").and_then(text);
            }
        }
        Value::String(_) => {}
        _ => {
            if let Some(reason) = value.reason() {
                service.image = Some(Maybe { span: value.span, text: Err(reason.clone()) });
            }
        }
    }
}

fn from_source(of: &SourceOf, span: Span, service: &mut Service) {
    let name = match &of.of.value {
        Value::Undefined => None,
        // `github({ repo: … })`, `image({ image: … })`.
        Value::Object(_) => ["repo", "image"].iter().find_map(|key| inner(&of.of, key)).and_then(text),
        _ => text(of.of.clone()),
    };
    match of.kind {
        Native::Image => service.image = name.or(service.image.take()),
        Native::Github => service.repository = name,
        Native::Template => {
            let reason = Reason::at("template", "what the template holds isn't in this repository", span);
            service.unknown.push(reason);
        }
        _ => {}
    }
    if service.root.is_none() {
        service.root = of.options.as_ref().and_then(|o| inner(o, "rootDirectory")).and_then(text);
    }
}

/// Where a TCP port is opened to the internet.
fn tcp_proxy(settings: &Settings<'_>, unknown: &mut Option<Reason>) -> Option<Span> {
    for path in ["tcp", "tcpProxies", "networking.tcpProxies"] {
        let Some(value) = settings.get(path) else { continue };
        let place = match path.split_once('.') {
            None => settings.entry(path).map(|e| e.whole),
            Some(_) => Some(value.span),
        };
        let open = match &value.value {
            Value::List(list) => !list.borrow().items.is_empty(),
            Value::Object(object) => object.borrow().entries.values().any(|e| !e.value.is_nullish()),
            Value::Number(_) | Value::String(_) => true,
            Value::Unknown(reason) | Value::Either(_, reason) => {
                *unknown = Some(reason.clone());
                false
            }
            _ => false,
        };
        if open {
            return place;
        }
    }
    None
}

fn variables(settings: &Settings<'_>, unknown: &mut Vec<Reason>) -> Vec<Variable> {
    let mut found: Vec<Variable> = Vec::new();
    for key in ["env", "variables"] {
        let Some(entry) = settings.entry(key) else { continue };
        match &entry.value.value {
            Value::Object(object) => {
                let object = object.borrow();
                unknown.extend(object.open.iter().cloned());
                for (name, entry) in &object.entries {
                    let Some(value) = variable(&entry.value) else { continue };
                    found.retain(|v| v.name != *name);
                    found.push(Variable { name: name.clone(), span: entry.whole, value });
                }
            }
            Value::Undefined | Value::Null => {}
            _ => {
                let reason = entry.value.reason().cloned();
                unknown.push(
                    reason.unwrap_or_else(|| {
                        Reason::at("computed", "the variables can't be worked out", entry.value.span)
                    }),
                );
            }
        }
    }
    found
}

fn variable(value: &Val) -> Option<VariableValue> {
    Some(match &value.value {
        Value::Undefined | Value::Null => return None,
        Value::Reference(resource, output) => VariableValue::Reference(resource.clone(), output.clone()),
        Value::Preserved => VariableValue::Preserved,
        Value::Derived => VariableValue::Derived,
        Value::Object(object) => {
            let object = object.borrow();
            match (object.entries.get("value"), object.entries.get("generator")) {
                (Some(entry), _) => return variable(&entry.value),
                // The platform makes the value up.
                (None, Some(_)) => VariableValue::Preserved,
                (None, None) => {
                    VariableValue::Unknown(Reason::at("computed", "a form of variable that isn't known", value.span))
                }
            }
        }
        _ => match value.print() {
            Ok(text) => match whole_reference(&text) {
                Some((resource, output)) => VariableValue::Reference(resource, output),
                None => VariableValue::Literal(text.into()),
            },
            Err(reason) => VariableValue::Unknown(reason),
        },
    })
}

/// Both forms: `{ "/path": volume }` and `{ "id": { mountPath, backupSchedules } }`.
fn mounts(settings: &Settings<'_>, service: &mut Service) -> Vec<Rc<Resource>> {
    let mut mounted = Vec::new();
    let Some(entry) = settings.entry("volumeMounts") else { return mounted };
    let objects: Vec<Val> = match &entry.value.value {
        Value::Either(all, reason) => {
            service.unknown.push(reason.clone());
            all.iter().cloned().collect()
        }
        _ => vec![entry.value.clone()],
    };
    for value in objects {
        let Value::Object(object) = &value.value else {
            if !matches!(value.value, Value::Undefined | Value::Null | Value::Bool(_)) {
                let reason = value.reason().cloned();
                service.unknown.push(reason.unwrap_or_else(|| {
                    Reason::at("computed", "volumes mounted in a form that isn't known", value.span)
                }));
            }
            continue;
        };
        let object = object.borrow();
        service.unknown.extend(object.open.iter().cloned());
        for (key, entry) in &object.entries {
            mount(key, entry, service, &mut mounted);
        }
    }
    mounted
}

fn mount(key: &Text, entry: &Entry, service: &mut Service, mounted: &mut Vec<Rc<Resource>>) {
    let span = entry.whole;
    match &entry.value.value {
        Value::Resource(volume) if volume.kind == Kind::Volume => {
            match volume.name.print() {
                Ok(name) => {
                    let mount = Mount { path: key.clone(), volume: name.into(), span, backup_schedules: Vec::new() };
                    service.mounts.push(mount);
                }
                Err(reason) => service.unknown.push(reason),
            }
            mounted.push(volume.clone());
        }
        Value::Object(raw) => {
            let raw = raw.borrow();
            let Some(path) = raw.entries.get("mountPath").and_then(|p| p.value.text().cloned()) else {
                service.unknown.push(Reason::at("computed", "a volume whose path isn't known", span));
                return;
            };
            let volume = raw.entries.get("volume").map(|v| v.value.clone());
            let name = match volume.as_ref().map(|v| &v.value) {
                Some(Value::Resource(volume)) => {
                    mounted.push(volume.clone());
                    volume.name.text().cloned().unwrap_or_else(|| key.clone())
                }
                Some(Value::String(name)) => name.clone(),
                _ => key.clone(),
            };
            let schedules = match raw.entries.get("backupSchedules").map(|s| &s.value.value) {
                Some(Value::List(list)) => list.borrow().items.iter().filter_map(|i| i.value.text().cloned()).collect(),
                _ => Vec::new(),
            };
            service.mounts.push(Mount { path, volume: name, span, backup_schedules: schedules });
        }
        // Detached.
        Value::Null | Value::Undefined => {}
        Value::Either(all, reason) => {
            service.unknown.push(reason.clone());
            for one in all.iter() {
                mount(key, &Entry { value: one.clone(), ..*entry }, service, mounted);
            }
        }
        other => {
            let reason = match other {
                Value::Unknown(reason) => reason.clone(),
                _ => Reason::at("computed", "a volume that isn't known", span),
            };
            service.unknown.push(reason);
        }
    }
}
