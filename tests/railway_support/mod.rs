//! Reads files as a Railway project and writes what was understood as text.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::fmt::Write as _;
use std::path::Path;

use lastcopy::finding::Reason;
use lastcopy::knowledge::dumps::Dumps;
use lastcopy::railway::dumps::{self, DumpTarget};
use lastcopy::railway::{self, Maybe, Options, Project, VariableValue};
use lastcopy::workspace::{LoadOptions, Workspace, load};

/// A workspace of these files.
pub fn workspace(files: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("lastcopy.yaml"), "root: true\n").unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let workspace = at(dir.path());
    (dir, workspace)
}

pub fn at(path: &Path) -> Workspace {
    load(path, &LoadOptions::default()).unwrap()
}

pub fn read(workspace: &Workspace) -> Vec<Project> {
    railway::read(workspace, &|_| None, &|_| None, &Options::default())
}

/// The projects of one `.railway/railway.ts`.
pub fn projects(text: &str) -> Vec<Project> {
    read(&workspace(&[(".railway/railway.ts", text)]).1)
}

/// The production project of one `.railway/railway.ts`.
pub fn production(text: &str) -> Project {
    projects(text).into_iter().find(|p| p.environment == "production").unwrap()
}

/// What one `.railway/railway.ts` whose program has this body builds in production.
pub fn body(text: &str) -> Project {
    production(&format!(
        "import {{ bucket, database, defineRailway, fn, github, group, image, mongo, mysql, postgres, preserve, project, \
         redis, ref, service, template, volume }} from 'railway/iac';\nexport default defineRailway((ctx) => {{\n{text}\n}});\n"
    ))
}

/// Names of everything, sorted: `db:postgres`, `web`, `volume:x`, `bucket:y`, with `?` where it may not exist.
pub fn names(project: &Project) -> Vec<String> {
    let mark = |maybe: &Option<Reason>| if maybe.is_some() { "?" } else { "" };
    let mut names = Vec::new();
    for s in &project.services {
        let kind = match &s.kind {
            railway::ServiceKind::Service => String::new(),
            railway::ServiceKind::Function => ":fn".into(),
            railway::ServiceKind::Database(engine) => format!(":{}", engine.as_str()),
        };
        names.push(format!("{}{kind}{}", s.name.as_str(), mark(&s.maybe)));
    }
    names.extend(project.volumes.iter().map(|v| format!("volume:{}{}", v.name.as_str(), mark(&v.maybe))));
    names.extend(project.buckets.iter().map(|b| format!("bucket:{}{}", b.name.as_str(), mark(&b.maybe))));
    names.sort();
    names
}

pub fn shown(maybe: &Maybe) -> String {
    match &maybe.text {
        Ok(text) => text.as_str().to_owned(),
        Err(reason) => format!("<{}>", reason.kind),
    }
}

pub fn start(project: &Project, service: &str) -> Option<String> {
    project.service(service).unwrap().start.as_ref().map(shown)
}

pub fn kinds(project: &Project) -> Vec<&'static str> {
    project.unknown.iter().map(|r| r.kind).collect()
}

fn line(workspace: &Workspace, span: lastcopy::source::Span) -> String {
    let (start, _) = workspace.sources.positions(span);
    format!("{}:{}", workspace.sources.path(span), start.line)
}

/// Everything that was understood; variables by what they hold, never by value.
pub fn describe(workspace: &Workspace, projects: &[Project]) -> String {
    let mut out = String::new();
    for p in projects {
        let partial = p.partial.as_ref().map_or(String::new(), |n| format!(" partial {}", n.as_str()));
        let how = if p.config_as_code { " (config as code)" } else { "" };
        writeln!(out, "{} / {}{partial}{how}", p.name.as_str(), p.environment.as_str()).unwrap();
        for s in &p.services {
            writeln!(out, "  service {} {:?} at {}", s.name.as_str(), kind(&s.kind), line(workspace, s.span)).unwrap();
            for (what, one) in [
                ("image", &s.image),
                ("repository", &s.repository),
                ("root", &s.root),
                ("start", &s.start),
                ("build", &s.build),
                ("cron", &s.cron),
                ("restart", &s.restart),
                ("required mount", &s.required_mount),
            ] {
                if let Some(one) = one {
                    writeln!(out, "    {what}: {} at {}", shown(one), line(workspace, one.span)).unwrap();
                }
            }
            for one in &s.pre_deploy {
                writeln!(out, "    pre-deploy: {} at {}", shown(one), line(workspace, one.span)).unwrap();
            }
            if let Some(n) = s.replicas {
                writeln!(out, "    replicas: {n}").unwrap();
            }
            for m in &s.mounts {
                writeln!(out, "    mount {} <- {} at {}", m.path.as_str(), m.volume.as_str(), line(workspace, m.span))
                    .unwrap();
            }
            if let Some(span) = s.tcp_proxy {
                writeln!(out, "    tcp proxy at {}", line(workspace, span)).unwrap();
            }
            for v in &s.variables {
                let value = match &v.value {
                    VariableValue::Literal(_) => "literal".into(),
                    VariableValue::Reference(r, o) => format!("{}.{}", r.as_str(), o.as_str()),
                    VariableValue::Preserved => "preserved".into(),
                    VariableValue::Derived => "derived".into(),
                    VariableValue::Unknown(r) => format!("<{}>", r.kind),
                };
                writeln!(out, "    {} = {value} at {}", v.name.as_str(), line(workspace, v.span)).unwrap();
            }
            for railway::ignored::Ignored { key, span, meant, .. } in &s.ignored_keys {
                writeln!(
                    out,
                    "    ignored: {} at {} (to {})",
                    key.as_str(),
                    line(workspace, *span),
                    meant.words().unwrap_or("nothing")
                )
                .unwrap();
            }
            if let Some(r) = &s.maybe {
                writeln!(out, "    may not exist: {}", r.message).unwrap();
            }
            for r in &s.unknown {
                writeln!(out, "    unknown: {} ({})", r.message, r.kind).unwrap();
            }
        }
        for v in &p.volumes {
            let declared = if v.declared { "" } else { " (only mounted)" };
            writeln!(out, "  volume {} at {}{declared}", v.name.as_str(), line(workspace, v.span)).unwrap();
        }
        for b in &p.buckets {
            writeln!(out, "  bucket {} at {}", b.name.as_str(), line(workspace, b.span)).unwrap();
        }
        for d in dumps::of(p, &Dumps::builtin()) {
            let of = d.of.as_ref().map_or_else(|r| format!("<{}>", r.kind), |r| r.resource.as_str().to_owned());
            let to = match &d.to {
                DumpTarget::Bucket(name) => format!("bucket {}", name.as_str()),
                DumpTarget::Volume(name) => format!("volume {}", name.as_str()),
                DumpTarget::Outside { endpoint, bucket } => {
                    let bucket = bucket.as_ref().map_or_else(|| "?".into(), |b| b.as_str().to_owned());
                    format!("outside {} {bucket}", endpoint.as_str())
                }
                DumpTarget::Unknown(r) => format!("<{}>", r.kind),
            };
            let cron = d.cron.as_ref().map_or_else(|| "no cron".into(), shown);
            writeln!(out, "  dump by {}: {of} -> {to}, {cron}, at {}", d.service.as_str(), line(workspace, d.span))
                .unwrap();
        }
        for r in &p.unknown {
            let place = r.span.map_or(String::new(), |s| line(workspace, s));
            writeln!(out, "  unknown: {} ({}) {place}", r.message, r.kind).unwrap();
        }
    }
    out
}

fn kind(kind: &railway::ServiceKind) -> &str {
    match kind {
        railway::ServiceKind::Service => "service",
        railway::ServiceKind::Function => "function",
        railway::ServiceKind::Database(engine) => engine.as_str(),
    }
}
