//! Docker Compose files and Kubernetes manifests → what they declare, in the shape in which the
//! model joins resources, and the workloads that run beside it.
//!
//! Nothing is rendered: a chart's templates and what a kustomization lays over a manifest aren't read.

mod block;
mod compose;
mod kubernetes;

use crate::source::{SourceId, Span};
use crate::syntax::tree::Tree;
use crate::terraform::Evaluation;
use crate::workspace::Workspace;

/// What the files of a project declare.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// Volumes, claims, clusters, schedules: types are `compose:volume`, `kubernetes:GROUP/KIND`.
    pub evaluations: Vec<Evaluation>,
    /// What runs.
    pub workloads: Vec<Workload>,
}

/// A compose service, or a container of a pod.
#[derive(Clone, Debug)]
pub struct Workload {
    /// `command:FILE#NAME`.
    pub address: String,
    /// The service or the object, for messages.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Its file.
    pub file: SourceId,
    /// The image as written.
    pub image: Option<String>,
    /// Its commands as shell text.
    pub commands: Vec<String>,
    /// Its variables: the value where it is written out.
    pub variables: Vec<(String, Option<String>)>,
    /// What is mounted where.
    pub mounts: Vec<Mount>,
    /// Names other workloads reach it by.
    pub hosts: Vec<String>,
    /// What shares its hosts: the compose project, the namespace.
    pub scope: String,
    /// Whether it runs on a schedule, or for as long as the project does.
    pub by_itself: bool,
}

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Address of the volume, or the directory of the machine.
    pub from: String,
    /// The path in the container.
    pub path: String,
    /// A directory of the machine rather than a volume.
    pub directory: bool,
}

/// Reads every manifest of a project.
pub fn read<'a>(workspace: &'a Workspace, tree: &dyn Fn(SourceId) -> Option<&'a Tree>) -> Manifests {
    let mut all = Manifests::default();
    let mut cluster = block::evaluation(String::new());
    for file in workspace.files.iter().filter(|f| !f.template) {
        let Some(tree) = tree(file.source.id) else { continue };
        match file.role.as_str() {
            "compose" => compose::read(file, tree, &mut all),
            "kubernetes" => kubernetes::read(file, tree, &mut cluster, &mut all.workloads),
            _ => {}
        }
    }
    if !cluster.resources.is_empty() {
        all.evaluations.push(cluster);
    }
    all
}

impl Workload {
    /// The mount that holds a path: the longest that does.
    pub fn mount_of(&self, path: &str) -> Option<&Mount> {
        let holds = |m: &&Mount| {
            let mount = m.path.trim_end_matches('/');
            path == mount || path.strip_prefix(mount).is_some_and(|rest| rest.starts_with('/'))
        };
        self.mounts.iter().filter(holds).max_by_key(|m| m.path.len())
    }

    /// The value of a variable; `Some(None)` where it is set elsewhere.
    pub fn variable(&self, name: &str) -> Option<Option<&str>> {
        self.variables.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_deref())
    }
}
