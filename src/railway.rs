//! Railway: `.railway/railway.ts` (and `.py`, `.go`), `railway.toml`/`railway.json` → services, databases, volumes,
//! buckets and commands, per environment. (The Terraform provider's resources are joined in `model`.)

pub mod config;
pub mod dumps;
mod evaluate;
pub mod ignored;
mod project;
pub mod sdk;
mod settings;

use std::collections::BTreeSet;

use crate::finding::Reason;
use crate::source::{SourceId, Span, Text};
use crate::syntax::tree::Tree;
use crate::syntax::typescript;
use crate::workspace::Workspace;
use ignored::Ignored;

/// What the platform is called in `rules/knowledge/`.
pub const PLATFORM: &str = "railway";

/// The platform's name in the knowledge: what these files declare is of it.
pub const PROVIDER: &str = "railway";

/// How many environments of one file are worked out.
const ENVIRONMENTS: usize = 24;

/// What reading depends on besides the files.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// More environments to work out (from the command line or the config).
    pub environments: Vec<Text>,
}

/// Every Railway project of a workspace: one for each `.railway/railway.ts` (or named partial) and
/// environment, and one for all `railway.toml`/`railway.json` and environment. `production` is always
/// among the environments; the others are those that the files name.
///
/// `typescript` and `tree` give a source's parsed document; a file they don't know is parsed here.
pub fn read<'a>(
    workspace: &'a Workspace,
    typescript: &dyn Fn(SourceId) -> Option<&'a typescript::File>,
    tree: &dyn Fn(SourceId) -> Option<&'a Tree>,
    options: &Options,
) -> Vec<Project> {
    let files = evaluate::Files { workspace, typescript, tree };
    let mut configs = config::read(workspace, tree);
    // What a config file calls an environment is one for the project's other files, too.
    let named: BTreeSet<Text> =
        configs.iter().map(|p| p.environment.clone()).chain(options.environments.iter().cloned()).collect();
    let mut projects = project::read(&files, &named);
    belong(workspace, &projects, &mut configs);
    projects.extend(configs);
    projects
}

/// Gives the service of a `railway.toml` the name of the one that says it is set there, or that is
/// built from its directory.
fn belong(workspace: &Workspace, projects: &[Project], configs: &mut [Project]) {
    let services: Vec<&Service> = projects.iter().flat_map(|p| &p.services).collect();
    let known = |maybe: &Option<Maybe>| {
        let text = maybe.as_ref().and_then(|m| m.text.as_ref().ok())?;
        Some(text.trim_start_matches("./").trim_matches('/').to_owned())
    };
    for service in configs.iter_mut().flat_map(|p| &mut p.services) {
        let path = workspace.sources.path(service.span);
        let dir = path.rsplit_once('/').map(|(dir, _)| dir);
        let named = |s: &&&Service| known(&s.config_file).as_deref() == Some(path);
        let built = |s: &&&Service| s.config_file.is_none() && dir.is_some() && known(&s.root).as_deref() == dir;
        let mut names: BTreeSet<&Text> = services.iter().filter(named).map(|s| &s.name).collect();
        if names.is_empty() {
            names = services.iter().filter(built).map(|s| &s.name).collect();
        }
        if names.len() == 1
            && let Some(name) = names.into_iter().next()
        {
            service.name = name.clone();
        }
    }
}

/// One project file (or one group of service files) under one environment.
#[derive(Clone, Debug)]
pub struct Project {
    /// `project("name", …)`; the directory's name where no file names it.
    pub name: Text,
    /// Where it is named.
    pub span: Span,
    /// Railway environment: `production`, `staging`, …
    pub environment: Text,
    /// Services, functions and databases.
    pub services: Vec<Service>,
    /// `volume(…)`s.
    pub volumes: Vec<Volume>,
    /// `bucket(…)`s.
    pub buckets: Vec<Bucket>,
    /// What couldn't be known about the project as a whole (resources that may exist besides).
    pub unknown: Vec<Reason>,
    /// Files read.
    pub files: Vec<SourceId>,
    /// `export const partial`: this file owns these resources only.
    pub partial: Option<Text>,
    /// Written as `railway.toml`/`railway.json`, not as `.railway/`.
    pub config_as_code: bool,
}

/// What a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// `service(…)`, or a `railway.toml`.
    Service,
    /// `fn(…)`.
    Function,
    /// `postgres`, `mysql`, `redis`, `mongo`: `database(…, engine)`.
    Database(Text),
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name (for a `railway.toml`: the directory's).
    pub name: Text,
    /// What it is.
    pub kind: ServiceKind,
    /// The call, or the whole file's first key.
    pub span: Span,
    /// Docker image, if it runs one.
    pub image: Option<Maybe>,
    /// Start command.
    pub start: Option<Maybe>,
    /// Pre-deploy commands.
    pub pre_deploy: Vec<Maybe>,
    /// Build command.
    pub build: Option<Maybe>,
    /// Cron schedule.
    pub cron: Option<Maybe>,
    /// Volumes mounted.
    pub mounts: Vec<Mount>,
    /// Environment variables.
    pub variables: Vec<Variable>,
    /// Opened to the internet by a TCP proxy.
    pub tcp_proxy: Option<Span>,
    /// Why it can't be known whether it is.
    pub tcp_unknown: Option<Reason>,
    /// `drainingSeconds`: how long it may finish what it is doing.
    pub draining: Option<Maybe>,
    /// `configFile`: the file that sets it besides.
    pub config_file: Option<Maybe>,
    /// Keys that the product ignores.
    pub ignored_keys: Vec<Ignored>,
    /// Paths at which an ignored key was meant to mount a volume.
    pub meant_mounts: Vec<(Text, Span)>,
    /// Repository it is built from, `owner/name`.
    pub repository: Option<Maybe>,
    /// Directory of the repository it is built from.
    pub root: Option<Maybe>,
    /// `restartPolicyType`: the start command runs again after it ends.
    pub restart: Option<Maybe>,
    /// Instances over all regions, where written and known.
    pub replicas: Option<u32>,
    /// Path at which the platform demands a volume.
    pub required_mount: Option<Maybe>,
    /// Why it may not exist in this environment.
    pub maybe: Option<Reason>,
    /// Calls of helper functions it was made through, innermost first.
    pub callers: Vec<Span>,
    /// Settings that may exist besides, and why they can't be known.
    pub unknown: Vec<Reason>,
}

/// A string that may be unknown.
#[derive(Clone, Debug)]
pub struct Maybe {
    /// Where it is written.
    pub span: Span,
    /// The text, or why it isn't known.
    pub text: Result<Text, Reason>,
}

/// A volume mounted into a service.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Path in the container.
    pub path: Text,
    /// The volume's name (in the raw form its id).
    pub volume: Text,
    /// Where it is written.
    pub span: Span,
    /// `backupSchedules` of the raw form.
    pub backup_schedules: Vec<Text>,
}

/// An environment variable of a service.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Name.
    pub name: Text,
    /// Where it is written.
    pub span: Span,
    /// What it holds.
    pub value: VariableValue,
}

/// What a variable holds.
#[derive(Clone, Debug)]
pub enum VariableValue {
    /// Literal text.
    Literal(Text),
    /// `db.env.DATABASE_URL`, `ref(dumps, "BUCKET")`, `${{db.DATABASE_URL}}`: resource name and output.
    Reference(Text, Text),
    /// `preserve()`, or a value that the platform generates: set elsewhere.
    Preserved,
    /// `ctx.randomString(…)`: can be computed from the repository.
    Derived,
    /// Not known.
    Unknown(Reason),
}

/// A volume.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its name.
    pub name: Text,
    /// The call.
    pub span: Span,
    /// `isDeleted: true`: applying deletes it.
    pub deleted: Option<Span>,
    /// Keys that the product ignores.
    pub ignored_keys: Vec<Ignored>,
    /// Among the project's resources, not only mounted by one of them.
    pub declared: bool,
    /// Why it may not exist in this environment.
    pub maybe: Option<Reason>,
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: Text,
    /// The call.
    pub span: Span,
    /// Region, if known.
    pub region: Option<Text>,
    /// Why it may not exist in this environment.
    pub maybe: Option<Reason>,
}

impl Project {
    /// The service of a name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.name == name)
    }

    /// The bucket of a name.
    pub fn bucket(&self, name: &str) -> Option<&Bucket> {
        self.buckets.iter().find(|b| b.name == name)
    }
}

impl Service {
    /// Nothing but a name, a kind and a place.
    pub fn new(name: Text, kind: ServiceKind, span: Span) -> Service {
        Service {
            name,
            kind,
            span,
            image: None,
            start: None,
            pre_deploy: Vec::new(),
            build: None,
            cron: None,
            mounts: Vec::new(),
            variables: Vec::new(),
            tcp_proxy: None,
            tcp_unknown: None,
            draining: None,
            config_file: None,
            ignored_keys: Vec::new(),
            meant_mounts: Vec::new(),
            repository: None,
            root: None,
            restart: None,
            replicas: None,
            required_mount: None,
            maybe: None,
            callers: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// The variable of a name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|v| v.name == name)
    }
}

impl VariableValue {
    /// Every resource output it refers to, also inside a text (`postgres://${{db.PGHOST}}`).
    pub fn references(&self) -> Vec<(Text, Text)> {
        match self {
            VariableValue::Reference(resource, output) => vec![(resource.clone(), output.clone())],
            VariableValue::Literal(text) => settings::references_in(text),
            _ => Vec::new(),
        }
    }
}
