//! Railway's Terraform resources as the services that they declare.

use crate::expr::{Kind, Value};
use crate::finding::Reason;
use crate::model::inputs::Inputs;
use crate::model::lookup::{self, Found};
use crate::railway::{Maybe, Mount, Project, Service, ServiceKind, Variable, VariableValue};
use crate::source::Span;
use crate::terraform::{Evaluation, Mode, ResolvedBlock, Resource};

/// One project for each root and environment that declares services.
pub fn projects(inputs: &Inputs<'_>) -> Vec<Project> {
    inputs.terraform.iter().filter_map(project).collect()
}

fn project(evaluation: &Evaluation) -> Option<Project> {
    let all =
        |kind: &'static str| evaluation.resources.iter().filter(move |r| r.mode == Mode::Managed && r.type_ == kind);
    let mut services: Vec<Service> = Vec::new();
    for resource in all("railway_service") {
        let mut service = service(resource);
        for (kind, of) in [("railway_variable", ""), ("railway_variable_collection", "variables")] {
            for other in all(kind).filter(|o| refers(&o.block, "service_id", resource)) {
                variables(&other.block, of, &mut service.variables);
            }
        }
        service.tcp_proxy =
            all("railway_tcp_proxy").find(|o| refers(&o.block, "service_id", resource)).map(|proxy| proxy.block.header);
        services.push(service);
    }
    let first = services.first()?.span;
    Some(Project {
        name: all("railway_project").find_map(|p| lookup::string(&p.block, "name")).unwrap_or_default().into(),
        span: first,
        environment: evaluation.environment.as_str().into(),
        services,
        volumes: Vec::new(),
        buckets: Vec::new(),
        unknown: Vec::new(),
        files: evaluation.files.clone(),
        partial: None,
        config_as_code: false,
    })
}

fn service(resource: &Resource) -> Service {
    let block = &resource.block;
    let name = lookup::string(block, "name").unwrap_or(&resource.name);
    let mut service = Service::new(name.into(), ServiceKind::Service, block.header);
    service.image = text(block, "source_image");
    service.cron = text(block, "cron_schedule");
    service.root = text(block, "root_directory");
    service.repository = text(block, "source_repo");
    service.config_file = text(block, "config_path");
    service.callers = resource.callers.iter().map(|c| c.span).collect();
    match lookup::find(block, "volume") {
        Found::Written(value, of, _) if value.is_unknown() => service.unknown.extend(reason(value, of.span)),
        Found::Unknown(value, of) => service.unknown.extend(reason(&value, of.header)),
        _ => {}
    }
    let name = lookup::string(block, "volume.name").unwrap_or("volume");
    if let Found::Written(value, of, _) = lookup::find(block, "volume.mount_path") {
        match value.as_str() {
            Some(path) => {
                let mount =
                    Mount { path: path.into(), volume: name.into(), span: of.span, backup_schedules: Vec::new() };
                service.mounts.push(mount);
            }
            None => service.unknown.extend(reason(value, of.span)),
        }
    }
    service
}

fn reason(value: &Value, span: Span) -> Option<Reason> {
    let reasons = value.reasons()?;
    reasons.first().cloned().or_else(|| Some(Reason::at("computed", "isn't known before apply", span)))
}

fn text(block: &ResolvedBlock, attribute: &str) -> Option<Maybe> {
    match lookup::find(block, attribute) {
        Found::Written(value, of, _) => match (value.as_str(), reason(value, of.span)) {
            (Some(text), _) => Some(Maybe { span: of.span, text: Ok(text.into()) }),
            (None, Some(reason)) => Some(Maybe { span: of.span, text: Err(reason) }),
            (None, None) => None,
        },
        _ => None,
    }
}

/// Whether an attribute is another resource's id.
fn refers(block: &ResolvedBlock, attribute: &str, to: &Resource) -> bool {
    let Found::Written(value, _, _) = lookup::find(block, attribute) else { return false };
    match &value.kind {
        Kind::Unknown(unknown) => unknown.symbol.as_ref().is_some_and(|s| s.as_str() == format!("{}.id", to.address)),
        _ => false,
    }
}

fn variables(block: &ResolvedBlock, of: &str, all: &mut Vec<Variable>) {
    let mut add = |name: Option<&str>, value: Option<&Value>, span: Span| {
        let Some(name) = name else { return };
        let value = match value.map(|v| (v.as_str(), v.reasons())) {
            Some((Some(text), _)) => VariableValue::Literal(text.into()),
            Some((None, Some(reasons))) => match reasons.first() {
                Some(reason) => VariableValue::Unknown(reason.clone()),
                None => return,
            },
            _ => return,
        };
        all.push(Variable { name: name.into(), span, value });
    };
    if of.is_empty() {
        if let Found::Written(value, of, _) = lookup::find(block, "value") {
            add(lookup::string(block, "name"), Some(value), of.span);
        }
        return;
    }
    let Found::Written(list, at, _) = lookup::find(block, of) else { return };
    for item in list.items().unwrap_or(&[]) {
        add(item.field("name").and_then(Value::as_str), item.field("value"), at.span);
    }
}
