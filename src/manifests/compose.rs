//! Compose files: named volumes and directories that services keep data in, and the services.

use super::block::{evaluation, is_filled_in, resource};
use super::{Manifests, Mount, Workload};
use crate::source::Text;
use crate::syntax::tree::{Data, Member, Node, Tree};
use crate::terraform::ResolvedAttribute;
use crate::workspace::File;

pub(super) fn read(file: &File, tree: &Tree, all: &mut Manifests) {
    let Some(root) = tree.root() else { return };
    let path = file.source.path.as_str();
    let services = root.get("services").map(Node::members).unwrap_or_default();
    let mut workloads: Vec<Workload> = services.iter().map(|s| service(path, s, file)).collect();
    let mut here = evaluation(path.to_owned());
    let declared = root.get("volumes").map(Node::members).unwrap_or_default();
    let mut seen: Vec<&str> = Vec::new();
    for (workload, service) in workloads.iter().zip(services) {
        for mount in &workload.mounts {
            if seen.contains(&mount.from.as_str()) {
                continue;
            }
            seen.push(&mount.from);
            // The declaration, or the service that is the first to mount it.
            let name = mount.from.rsplit('#').next().unwrap_or(&mount.from);
            let (header, node) = match declared.iter().find(|d| d.key == name) {
                Some(declared) => (declared.key_span, &declared.value),
                None => (service.key_span, &service.value),
            };
            let of_volume = declared.iter().any(|d| d.key == name);
            let r#type = if mount.directory { "compose:directory" } else { "compose:volume" };
            let mut made = resource(r#type, name, mount.from.clone(), header, node);
            if !of_volume {
                // What a service says is nothing the volume says.
                made.block.attributes.clear();
                made.block.blocks.clear();
            }
            let users = workloads.iter().zip(services).filter(|(w, _)| w.mounts.iter().any(|m| m.from == mount.from));
            let images: Vec<crate::expr::Value> =
                users.filter_map(|(w, _)| w.image.as_deref()).map(crate::expr::Value::string).collect();
            for (key, value) in [
                ("images", crate::expr::Value::tuple(images)),
                ("project", crate::expr::Value::string(path)),
                ("name", crate::expr::Value::string(name)),
            ] {
                let attribute =
                    ResolvedAttribute { span: header, value_span: header, value, literal: false, written: false };
                made.block.attributes.entry(Text::from(key)).or_insert(attribute);
            }
            here.resources.push(made);
        }
    }
    if !here.resources.is_empty() {
        all.evaluations.push(here);
    }
    all.workloads.append(&mut workloads);
}

fn service(path: &str, service: &Member, file: &File) -> Workload {
    let node = &service.value;
    let name = service.key.as_str();
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let mounts = node.get("volumes").map(Node::items).unwrap_or_default();
    let hosts = [Some(name), text("container_name"), text("hostname")];
    Workload {
        address: format!("command:{path}#{name}"),
        name: name.to_owned(),
        span: service.key_span,
        file: file.source.id,
        image: text("image").map(str::to_owned),
        commands: ["entrypoint", "command"].iter().filter_map(|key| command(node.get(key)?)).collect(),
        variables: variables(node.get("environment")),
        mounts: mounts.iter().filter_map(|m| mount(path, m)).collect(),
        hosts: hosts.into_iter().flatten().map(str::to_owned).collect(),
        scope: path.to_owned(),
        by_itself: true,
    }
}

/// A command as shell text; the words of a list are quoted where they need it. `$$` is compose's way
/// to write `$`.
pub(super) fn command(node: &Node) -> Option<String> {
    let text = match &node.value {
        Data::Array(items) => {
            let quoted = |word: &str| match word.contains(char::is_whitespace) {
                true => format!("'{}'", word.replace('\'', r"'\''")),
                false => word.to_owned(),
            };
            items.iter().filter_map(Node::as_str).map(quoted).collect::<Vec<_>>().join(" ")
        }
        _ => node.as_str()?.to_owned(),
    };
    Some(text.replace("$$", "$")).filter(|t| !t.trim().is_empty())
}

/// `environment:`: a map, or a list of `NAME=value`.
fn variables(node: Option<&Node>) -> Vec<(String, Option<String>)> {
    let Some(node) = node else { return Vec::new() };
    let known = |value: &str| Some(value.to_owned()).filter(|v| !is_filled_in(v) && !v.starts_with('$'));
    let members = node.members().iter().map(|m| {
        let value = match &m.value.value {
            Data::String(text) | Data::Number(text) => known(text),
            _ => None,
        };
        (m.key.as_str().to_owned(), value)
    });
    let items = node.items().iter().filter_map(Node::as_str).map(|item| match item.split_once('=') {
        Some((name, value)) => (name.to_owned(), known(value)),
        None => (item.to_owned(), None),
    });
    members.chain(items).collect()
}

/// `name:/path:ro`, `./directory:/path`, or the long form.
fn mount(file: &str, node: &Node) -> Option<Mount> {
    let (from, path) = match &node.value {
        Data::Object(_) => (node.get("source")?.as_str()?, node.get("target")?.as_str()?),
        _ => {
            let text = node.as_str()?;
            // The first `:` may stand in `${DATA:-./data}`.
            let end = text.find('}').filter(|_| text.starts_with('$')).map_or(0, |n| n + 1);
            let colon = end + text.get(end..)?.find(':')?;
            let rest = text.get(colon + 1..)?;
            (text.get(..colon)?, rest.split(':').next()?)
        }
    };
    let directory = from.starts_with(['/', '.', '~', '$']);
    // Sockets and single files of configuration hold nothing.
    let last = from.rsplit('/').next().unwrap_or(from);
    if from.ends_with(".sock") || directory && last.trim_start_matches('.').contains('.') {
        return None;
    }
    Some(Mount { from: format!("compose:{file}#{from}"), path: path.to_owned(), directory })
}
