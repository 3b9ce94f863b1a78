//! Where a dump goes.

use super::DumpTarget;
use crate::dumps::words::{Command, Word};
use crate::finding::Reason;
use crate::knowledge::dumps::{Dumps, Image, Uploader};
use crate::railway::settings::references_in;
use crate::railway::{Project, Service, VariableValue};
use crate::source::{Span, Text};

/// A piece of a target, as far as it is known.
#[derive(Clone)]
enum Piece {
    /// Written out.
    Literal(Text),
    /// A bucket of the project.
    Bucket(Text),
    /// Not known.
    Unknown(Reason),
}

/// Where an image writes to, by its variables.
pub(super) fn image_target(
    project: &Project,
    service: &Service,
    image: &Image,
    knowledge: &Dumps,
    span: Span,
) -> DumpTarget {
    let directory = image.directory_variables.iter().find_map(|v| service.variable(v)).and_then(|v| match &v.value {
        VariableValue::Literal(text) => Some(text.as_str()),
        _ => None,
    });
    if let Some(directory) = directory.or(image.directory_default.as_deref()) {
        return on_volume(service, directory, span);
    }
    let of = |names: &[String]| names.iter().find_map(|name| service.variable(name)).map(|v| piece(project, v));
    let key = of(&image.credentials);
    place(
        of(&image.bucket_variables),
        of(&image.endpoint_variables),
        key,
        project,
        knowledge,
        image.vendor.as_deref(),
        span,
    )
}

/// Where an uploading command writes to.
pub(super) fn upload_target(
    project: &Project,
    service: &Service,
    uploader: &Uploader,
    command: &Command,
    knowledge: &Dumps,
    span: Span,
) -> DumpTarget {
    let variable = |names: &[String], remote: &str| {
        let names = names.iter().map(|n| n.replace("{}", remote));
        let mut found = names.filter_map(|n| service.variable(&n).map(|v| piece(project, v)));
        found.next()
    };
    let flag = |names: &[String]| command.flag(names).map(|word| resolve(project, service, &word, span));
    if !uploader.repository_flags.is_empty() || !uploader.repository_variables.is_empty() {
        let repository = flag(&uploader.repository_flags).or_else(|| variable(&uploader.repository_variables, ""));
        let key = variable(&uploader.credentials, "");
        return repository_target(repository, key, service, project, knowledge, span);
    }
    let mut remote = String::new();
    let target = uploader
        .scheme
        .as_deref()
        .and_then(|scheme| command.words.iter().rev().find(|w| w.text.starts_with(scheme)).map(|w| (scheme, w)));
    let bucket = if let Some((scheme, word)) = target {
        let rest = word.text.strip_prefix(scheme).unwrap_or("");
        Some(bucket_part(project, service, rest, span))
    } else if uploader.remote {
        let word = command.words.iter().rev().find(|w| w.text.contains(':') && !w.text.starts_with('-'));
        word.map(|w| {
            let (name, path) = w.text.split_once(':').unwrap_or(("", &w.text));
            remote = name.to_uppercase().replace('-', "_");
            bucket_part(project, service, path, span)
        })
    } else if uploader.alias {
        let word =
            command.words.iter().skip(1).rev().find(|w| w.text.contains('/') && !w.text.starts_with(['-', '/', '.']));
        word.map(|w| {
            let (name, path) = w.text.split_once('/').unwrap_or(("", &w.text));
            remote = name.to_owned();
            bucket_part(project, service, path, span)
        })
    } else {
        flag(&uploader.bucket_flags)
    };
    let bucket = bucket.or_else(|| flag(&uploader.bucket_flags));
    let endpoint = flag(&uploader.endpoint_flags)
        .or_else(|| variable(&uploader.endpoint_variables, &remote))
        .or_else(|| variable(uploader.remote_endpoint.as_slice(), &remote));
    let key = variable(&uploader.credentials, &remote);
    place(bucket, endpoint, key, project, knowledge, uploader.vendor.as_deref(), span)
}

/// `s3:https://host/bucket/path`, `b2:bucket`, `/path`.
fn repository_target(
    repository: Option<Piece>,
    key: Option<Piece>,
    service: &Service,
    project: &Project,
    knowledge: &Dumps,
    span: Span,
) -> DumpTarget {
    match repository {
        Some(Piece::Literal(text)) if text.starts_with('/') => on_volume(service, &text, span),
        Some(Piece::Literal(text)) => {
            let rest = text.split_once(':').map_or(text.as_str(), |(_, rest)| rest);
            let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let bucket = path.split('/').next().filter(|b| !b.is_empty());
            // References in the text say more than its words.
            let inside = references_in(&text).into_iter().find(|(name, _)| project.bucket(name).is_some());
            let bucket = inside.map(|(name, _)| Piece::Bucket(name)).or(bucket.map(|b| Piece::Literal(b.into())));
            place(bucket, Some(Piece::Literal(host.into())), key, project, knowledge, None, span)
        }
        Some(other) => place(Some(other), None, key, project, knowledge, None, span),
        None => DumpTarget::Unknown(Reason::at("computed", "where the copy goes isn't written in this file", span)),
    }
}

/// A command that only writes a file: on a volume, or nowhere that lasts.
pub(super) fn file_target(service: &Service, commands: &[Command], span: Span) -> DumpTarget {
    let flags: Vec<String> =
        ["-f", "--file", "-o", "--out", "--archive", "--result-file", "--rdb"].map(str::to_owned).into();
    let written = commands.iter().flat_map(|c| c.writes.iter().cloned().chain(c.flag(&flags)));
    let mut path = None;
    for word in written {
        if word.text.starts_with('/') && !word.text.starts_with("/dev/") {
            let target = on_volume(service, &word.text, span);
            if matches!(target, DumpTarget::Volume(_)) {
                return target;
            }
            path = path.or(Some(target));
        }
    }
    path.unwrap_or_else(|| {
        DumpTarget::Unknown(Reason::at("computed", "where the copy goes isn't written in this file", span))
    })
}

fn on_volume(service: &Service, path: &str, span: Span) -> DumpTarget {
    let mounted = |m: &&crate::railway::Mount| {
        let mount = m.path.trim_end_matches('/');
        path == mount || path.strip_prefix(mount).is_some_and(|rest| rest.starts_with('/'))
    };
    // The longest mount that holds the path.
    match service.mounts.iter().filter(mounted).max_by_key(|m| m.path.len()) {
        Some(mount) => DumpTarget::Volume(mount.volume.clone()),
        None => DumpTarget::Unknown(Reason::at(
            "no-volume-there",
            "it is written to a path on which no volume is mounted",
            span,
        )),
    }
}

fn piece(project: &Project, variable: &crate::railway::Variable) -> Piece {
    let inside = variable.value.references().into_iter().find(|(name, _)| project.bucket(name).is_some());
    match (&variable.value, inside) {
        (_, Some((bucket, _))) => Piece::Bucket(bucket),
        (VariableValue::Literal(text), None) => Piece::Literal(text.clone()),
        (VariableValue::Unknown(reason), None) => Piece::Unknown(reason.clone()),
        _ => Piece::Unknown(Reason::at(
            "set-elsewhere",
            format!("`{}` is set elsewhere", variable.name.as_str()),
            variable.span,
        )),
    }
}

/// A word, with its variable resolved where it consists of one.
fn resolve(project: &Project, service: &Service, word: &Word, span: Span) -> Piece {
    bucket_part_of(project, service, &word.text, span)
}

/// The first part of `bucket/path`.
fn bucket_part(project: &Project, service: &Service, path: &str, span: Span) -> Piece {
    // A variable's `${…}` or Railway's `${{…}}` can hold no slash that ends the part, so cut behind it.
    let end = if path.starts_with('$') { path.find('}').map_or(0, |n| n + 1) } else { 0 };
    let cut = path.get(end..).and_then(|rest| rest.find('/')).map_or(path.len(), |n| end + n);
    bucket_part_of(project, service, path.get(..cut).unwrap_or(path), span)
}

fn bucket_part_of(project: &Project, service: &Service, text: &str, span: Span) -> Piece {
    if let Some((name, _)) = references_in(text).into_iter().find(|(name, _)| project.bucket(name).is_some()) {
        return Piece::Bucket(name);
    }
    let Some(start) = text.find('$') else { return Piece::Literal(text.into()) };
    let inside = text.get(start + 1..).unwrap_or("").trim_start_matches('{');
    let name: String = inside.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    match service.variable(&name) {
        Some(variable) if start == 0 => piece(project, variable),
        Some(variable) => match piece(project, variable) {
            Piece::Bucket(name) => Piece::Bucket(name),
            _ => Piece::Unknown(Reason::at("computed", "part of the target's name isn't known", span)),
        },
        None => Piece::Unknown(Reason::at("set-elsewhere", format!("`{name}` isn't set in this file"), span)),
    }
}

/// From what is known of bucket, endpoint and key to a place.
fn place(
    bucket: Option<Piece>,
    endpoint: Option<Piece>,
    key: Option<Piece>,
    project: &Project,
    knowledge: &Dumps,
    vendor: Option<&str>,
    span: Span,
) -> DumpTarget {
    // Any of the three that refers to a bucket of this project says whose it is.
    for piece in [&bucket, &endpoint, &key] {
        if let Some(Piece::Bucket(name)) = piece {
            return DumpTarget::Bucket(name.clone());
        }
    }
    let name = match &bucket {
        Some(Piece::Literal(text)) => Some(text.clone()),
        _ => None,
    };
    match endpoint {
        Some(Piece::Literal(host)) => {
            let host = host_of(&host);
            let platform = knowledge.platform_endpoints.iter().any(|p| host == p || host.ends_with(&format!(".{p}")));
            if !platform {
                return DumpTarget::Outside { endpoint: host.into(), bucket: name };
            }
            // The platform makes names unique by a suffix.
            let own = project.buckets.iter().find(|b| {
                name.as_ref().is_some_and(|n| {
                    *n == b.name || n.strip_prefix(b.name.as_str()).is_some_and(|r| r.starts_with('-'))
                })
            });
            match own {
                Some(bucket) => DumpTarget::Bucket(bucket.name.clone()),
                None => DumpTarget::Unknown(Reason::at(
                    "platform-bucket",
                    "it goes to a bucket on Railway; whether one of this project isn't written",
                    span,
                )),
            }
        }
        Some(Piece::Unknown(reason)) => DumpTarget::Unknown(reason),
        _ => match (vendor, bucket) {
            (Some(vendor), _) => DumpTarget::Outside { endpoint: vendor.into(), bucket: name },
            (None, Some(Piece::Unknown(reason))) => DumpTarget::Unknown(reason),
            _ => DumpTarget::Unknown(Reason::at("computed", "where the copy goes isn't written in this file", span)),
        },
    }
}

/// The host of an endpoint.
fn host_of(endpoint: &str) -> &str {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let rest = rest.split(['/', '?']).next().unwrap_or(rest);
    let rest = rest.rsplit('@').next().unwrap_or(rest);
    rest.split(':').next().unwrap_or(rest)
}
