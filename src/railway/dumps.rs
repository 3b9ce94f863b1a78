//! Which services write copies of a database somewhere else, and where to.
//!
//! What counts as a dump is data ([`crate::knowledge::dumps`]); here commands are taken apart and
//! words resolved through the service's variables.

mod target;

use crate::dumps::words::{Command, commands};
use crate::finding::Reason;
use crate::knowledge::dumps::{Dumper, Dumps, Image, Uploader};
use crate::railway::{Maybe, Project, Service, ServiceKind, VariableValue};
use crate::source::{Span, Text};
use target::{image_target, upload_target};

/// A job that copies a database.
#[derive(Clone, Debug)]
pub struct Dump {
    /// The service that does it.
    pub service: Text,
    /// The database, or why it isn't known which.
    pub of: Result<Reference, Reason>,
    /// Where the copy goes.
    pub to: DumpTarget,
    /// The command, or the image's or repository's name.
    pub span: Span,
    /// When it runs; `None` where nothing says so.
    pub cron: Option<Maybe>,
    /// Whether the schedule is the image's own default, written nowhere.
    pub cron_default: bool,
}

/// An output of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The resource's name.
    pub resource: Text,
    /// Its output: `DATABASE_URL`, `PGHOST`.
    pub output: Text,
}

/// Where a dump goes.
#[derive(Clone, Debug)]
pub enum DumpTarget {
    /// A bucket of the same project.
    Bucket(Text),
    /// A volume of the same project.
    Volume(Text),
    /// A service outside of the platform.
    Outside {
        /// Host of the service, as far as known: `s3.amazonaws.com`.
        endpoint: Text,
        /// The bucket's name, where it is written.
        bucket: Option<Text>,
    },
    /// It isn't known.
    Unknown(Reason),
}

/// Every dump job of a project.
pub fn of(project: &Project, knowledge: &Dumps) -> Vec<Dump> {
    project.services.iter().filter_map(|service| job(project, service, knowledge)).collect()
}

fn job(project: &Project, service: &Service, knowledge: &Dumps) -> Option<Dump> {
    by_command(project, service, knowledge).or_else(|| by_image(project, service, knowledge))
}

fn by_image(project: &Project, service: &Service, knowledge: &Dumps) -> Option<Dump> {
    let (image, span) = [&service.image, &service.repository].into_iter().flatten().find_map(|name| {
        let text = name.text.as_ref().ok()?;
        let image = knowledge.images.iter().find(|i| names_image(text, &i.name))?;
        Some((image, name.span))
    })?;
    let variables: Vec<&String> = image.url_variables.iter().chain(&image.host_variables).collect();
    let of = database(project, service, &variables, &image.engine, span);
    let to = image_target(project, service, image, knowledge, span);
    let (cron, cron_default) = schedule(service, image, span);
    Some(Dump { service: service.name.clone(), of, to, span, cron, cron_default })
}

/// Whether an image or repository is the one of a name: whole path parts, the tag left out.
fn names_image(image: &str, name: &str) -> bool {
    let plain = image.split(['@']).next().unwrap_or(image);
    let last = plain.rsplit('/').next().unwrap_or(plain);
    let plain = match last.split_once(':') {
        Some((before, tag)) => plain.strip_suffix(tag).and_then(|p| p.strip_suffix(':')).unwrap_or(before),
        None => plain,
    };
    let plain = plain.trim_end_matches(".git").to_ascii_lowercase();
    plain == name || plain.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
}

fn schedule(service: &Service, image: &Image, span: Span) -> (Option<Maybe>, bool) {
    if service.cron.is_some() {
        return (service.cron.clone(), false);
    }
    if let Some(variable) = image.cron_variables.iter().find_map(|name| service.variable(name)) {
        let text = match &variable.value {
            VariableValue::Literal(text) => Ok(text.clone()),
            _ => Err(Reason::at("set-elsewhere", "the schedule is set elsewhere", variable.span)),
        };
        return (Some(Maybe { span: variable.span, text }), false);
    }
    let default = image.cron_default.as_ref().map(|cron| Maybe { span, text: Ok(cron.as_str().into()) });
    let found = default.is_some();
    (default, found)
}

fn by_command(project: &Project, service: &Service, knowledge: &Dumps) -> Option<Dump> {
    let places = service.start.iter().chain(&service.pre_deploy);
    places.into_iter().find_map(|place| {
        let text = place.text.as_ref().ok()?;
        let commands = commands(text);
        let (dumper, with) = commands.iter().find_map(|c| dumper(c, &commands, knowledge))?;
        let of = dumped(project, service, dumper, with, place.span);
        let upload = commands.iter().find_map(|c| uploader(c, knowledge));
        let to = match upload {
            Some((uploader, command)) => upload_target(project, service, uploader, command, knowledge, place.span),
            None => target::file_target(service, &commands, place.span),
        };
        Some(Dump {
            service: service.name.clone(),
            of,
            to,
            span: place.span,
            cron: service.cron.clone(),
            cron_default: false,
        })
    })
}

fn dumper<'k, 'c>(command: &'c Command, all: &[Command], knowledge: &'k Dumps) -> Option<(&'k Dumper, &'c Command)> {
    let found = knowledge.dumpers.iter().find(|d| {
        command.program() == d.program
            && d.needs.as_ref().is_none_or(|needs| command.words.iter().any(|w| w.text.contains(needs.as_str())))
    })?;
    // `pg_dump --version` and a dump that is piped into another database aren't copies.
    let other_database = ["psql", "pg_restore", "mysql", "mariadb", "mongorestore"];
    let restores = all.iter().any(|c| other_database.contains(&c.program()));
    let asks = command.words.iter().any(|w| matches!(w.text.as_str(), "--version" | "--help" | "-V"));
    if restores || asks { None } else { Some((found, command)) }
}

fn uploader<'k, 'c>(command: &'c Command, knowledge: &'k Dumps) -> Option<(&'k Uploader, &'c Command)> {
    let found = knowledge
        .uploaders
        .iter()
        .find(|u| command.program() == u.program && u.verbs.iter().any(|verbs| in_order(command, verbs)))?;
    Some((found, command))
}

/// Whether the words stand in the command, in this order.
fn in_order(command: &Command, verbs: &[String]) -> bool {
    let mut words = command.words.iter();
    verbs.iter().all(|verb| words.any(|w| w.text == *verb))
}

/// The database a dumping command reads.
fn dumped(
    project: &Project,
    service: &Service,
    dumper: &Dumper,
    command: &Command,
    span: Span,
) -> Result<Reference, Reason> {
    // Variables named in the command come first, then those the program reads by itself.
    let named = command.words.iter().flat_map(|w| w.variables.iter());
    let own = dumper.host_variables.iter().chain(&dumper.url_variables);
    let variables: Vec<&String> = named.chain(own).collect();
    if let Some(reference) =
        command.words.iter().find_map(|w| super::settings::references_in(&w.text).into_iter().next())
    {
        return Ok(Reference { resource: reference.0, output: reference.1 });
    }
    database(project, service, &variables, &dumper.engine, span)
}

/// The resource that the first of these variables refers to; else the only database of that engine
/// that the service refers to at all.
fn database(
    project: &Project,
    service: &Service,
    variables: &[&String],
    engine: &str,
    span: Span,
) -> Result<Reference, Reason> {
    let mut elsewhere = None;
    for name in variables {
        let Some(variable) = service.variable(name) else { continue };
        if let Some((resource, output)) = data_reference(project, &variable.value) {
            return Ok(Reference { resource, output });
        }
        match &variable.value {
            VariableValue::Preserved => {
                elsewhere = elsewhere.or(Some(Reason::at(
                    "set-elsewhere",
                    "which database it is, is set elsewhere",
                    variable.span,
                )));
            }
            VariableValue::Unknown(reason) => elsewhere = elsewhere.or(Some(reason.clone())),
            VariableValue::Literal(_) => {
                elsewhere =
                    elsewhere.or(Some(Reason::at("computed", "the database's address is written out", variable.span)));
            }
            _ => {}
        }
    }
    if let Some(reason) = elsewhere {
        return Err(reason);
    }
    let mut all: Vec<Reference> = Vec::new();
    for variable in &service.variables {
        let Some((resource, output)) = data_reference(project, &variable.value) else { continue };
        let fits = match project.service(&resource).map(|s| &s.kind) {
            Some(ServiceKind::Database(kind)) => **kind == *engine,
            _ => true,
        };
        if fits && all.iter().all(|r| r.resource != resource) {
            all.push(Reference { resource, output });
        }
    }
    match <[Reference; 1]>::try_from(all) {
        Ok([one]) => Ok(one),
        Err(_) => Err(Reason::at("computed", "which database is dumped can't be told from this file", span)),
    }
}

/// A reference to something other than a bucket or a shared variable.
fn data_reference(project: &Project, value: &VariableValue) -> Option<(Text, Text)> {
    let all = value.references();
    all.into_iter().find(|(resource, _)| resource != "shared" && project.bucket(resource).is_none())
}
