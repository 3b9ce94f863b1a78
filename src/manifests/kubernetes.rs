//! Kubernetes manifests: every object, the claims that a stateful set makes, and the containers.

use super::block::{is_filled_in, resource};
use super::compose::command;
use super::{Mount, Workload};
use crate::source::Span;
use crate::syntax::tree::{Data, Node, Tree};
use crate::terraform::Evaluation;
use crate::workspace::File;

/// More objects than this in one file aren't read.
const OBJECTS: usize = 5_000;

pub(super) fn read(file: &File, tree: &Tree, cluster: &mut Evaluation, workloads: &mut Vec<Workload>) {
    for root in &tree.roots {
        let items = match root.get("kind").and_then(Node::as_str) {
            Some("List") => root.get("items").map(Node::items).unwrap_or_default(),
            _ => std::slice::from_ref(root),
        };
        for object in items {
            if cluster.resources.len() < OBJECTS.saturating_mul(8) {
                read_object(file, object, cluster, workloads);
            }
        }
    }
}

/// An object's type, name and namespace.
struct Head<'a> {
    kind: String,
    name: &'a str,
    namespace: &'a str,
    span: Span,
}

fn head(object: &Node) -> Option<Head<'_>> {
    let version = object.get("apiVersion")?.as_str()?;
    let kind = object.get("kind")?.as_str()?;
    let name = object.path(&["metadata", "name"])?;
    let group = version.split_once('/').map_or("", |(group, _)| group);
    Some(Head {
        kind: if group.is_empty() { format!("kubernetes:{kind}") } else { format!("kubernetes:{group}/{kind}") },
        span: name.span,
        name: name.as_str()?,
        namespace: object.path(&["metadata", "namespace"]).and_then(Node::as_str).unwrap_or("default"),
    })
}

fn address(kind: &str, namespace: &str, name: &str) -> String {
    let kind = kind.rsplit(['/', ':']).next().unwrap_or(kind);
    format!("kubernetes:{kind}/{namespace}/{name}")
}

fn read_object(file: &File, object: &Node, cluster: &mut Evaluation, workloads: &mut Vec<Workload>) {
    let Some(head) = head(object) else { return };
    let at = address(&head.kind, head.namespace, head.name);
    cluster.resources.push(resource(&head.kind, head.name, at, head.span, object));
    // The claims it makes for each of its pods.
    for claim in object.path(&["spec", "volumeClaimTemplates"]).map(Node::items).unwrap_or_default() {
        let Some(name) = claim.path(&["metadata", "name"]) else { continue };
        let of = format!("{}-{}", name.as_str().unwrap_or(""), head.name);
        let at = address("PersistentVolumeClaim", head.namespace, &of);
        cluster.resources.push(resource("kubernetes:PersistentVolumeClaim", &of, at, name.span, claim));
    }
    let kind = head.kind.rsplit(['/', ':']).next().unwrap_or("");
    let pod = match kind {
        "CronJob" => object.path(&["spec", "jobTemplate", "spec", "template", "spec"]),
        "Pod" => object.get("spec"),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => object.path(&["spec", "template", "spec"]),
        _ => None,
    };
    let Some(pod) = pod else { return };
    let templates = object.path(&["spec", "volumeClaimTemplates"]).map(Node::items).unwrap_or_default();
    let made: Vec<&str> =
        templates.iter().filter_map(|c| c.path(&["metadata", "name"]).and_then(Node::as_str)).collect();
    for list in ["initContainers", "containers"] {
        for container in pod.get(list).map(Node::items).unwrap_or_default() {
            workloads.push(workload(file, &head, kind, pod, &made, container));
        }
    }
}

fn workload(file: &File, head: &Head<'_>, kind: &str, pod: &Node, made: &[&str], container: &Node) -> Workload {
    let mounts = container.get("volumeMounts").map(Node::items).unwrap_or_default();
    let mount = |node: &Node| -> Option<Mount> {
        let name = node.get("name")?.as_str()?;
        let path = node.get("mountPath")?.as_str()?.to_owned();
        if made.contains(&name) {
            let of = format!("{name}-{}", head.name);
            return Some(Mount { from: address("PersistentVolumeClaim", head.namespace, &of), path, directory: false });
        }
        let volumes = pod.get("volumes").map(Node::items).unwrap_or_default();
        let volume = volumes.iter().find(|v| v.get("name").and_then(Node::as_str) == Some(name))?;
        let claim = volume.path(&["persistentVolumeClaim", "claimName"]).and_then(Node::as_str);
        if let Some(claim) = claim {
            let from = address("PersistentVolumeClaim", head.namespace, claim);
            return Some(Mount { from, path, directory: false });
        }
        let directory = volume.path(&["hostPath", "path"]).and_then(Node::as_str)?;
        Some(Mount { from: directory.to_owned(), path, directory: true })
    };
    let words = ["command", "args"].iter().filter_map(|key| command(container.get(key)?)).collect::<Vec<_>>();
    Workload {
        address: format!("command:{}#{}", file.source.path, head.name),
        name: head.name.to_owned(),
        span: container.get("name").map_or(head.span, |n| n.span),
        file: file.source.id,
        image: container.get("image").and_then(Node::as_str).map(str::to_owned),
        commands: Some(words.join(" ")).filter(|w| !w.is_empty()).into_iter().collect(),
        variables: container.get("env").map(Node::items).unwrap_or_default().iter().filter_map(variable).collect(),
        mounts: mounts.iter().filter_map(mount).collect(),
        hosts: vec![head.name.to_owned(), format!("{}.{}", head.name, head.namespace)],
        scope: head.namespace.to_owned(),
        by_itself: kind != "Job" && kind != "Pod",
    }
}

fn variable(node: &Node) -> Option<(String, Option<String>)> {
    let name = node.get("name")?.as_str()?.to_owned();
    let value = node.get("value").and_then(|v| match &v.value {
        Data::String(text) | Data::Number(text) => Some(text.as_str().to_owned()),
        _ => None,
    });
    Some((name, value.filter(|v| !is_filled_in(v))))
}
