//! Railway: `.railway/railway.ts`, `railway.toml`/`railway.json` → services, databases, volumes,
//! buckets and commands, per environment. (The Terraform provider's resources are joined in `model`.)

use crate::finding::Reason;
use crate::source::{SourceId, Span, Text};

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
    /// Keys that the product ignores.
    pub ignored_keys: Vec<(Text, Span)>,
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
    /// The volume's name.
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
    /// `preserve()`: set elsewhere.
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
}
