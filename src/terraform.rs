//! Terraform configuration → resolved resources, per root module and environment.

mod asked;
pub mod config;
mod evaluate;
mod files;
mod given;
mod instance;
mod outline;
mod overrides;
pub mod plan;
mod policy_document;
mod providers;
mod resolve;
mod roots;
mod terragrunt;
mod walk;

pub use evaluate::{Evaluated, evaluate, evaluate_all};
pub use outline::without_stores;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::{Confidence, Location, Reason};
use crate::source::{SourceId, Span, Text};

/// What the person running it chose.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only this environment.
    pub environment: Option<String>,
    /// The workspace, where it is given.
    pub workspace: Option<String>,
    /// What the command line gives to variables, in its order: later ones win, and all of them over the automatic
    /// files.
    pub assigned: Vec<Assigned>,
    /// Values of the environment's `TF_VAR_…` variables, by the name without that, where they were asked for.
    pub env: Vec<(String, String)>,
    /// Plans that are looked at in place of evaluating their roots.
    pub plans: Vec<PlanOf>,
}

/// A value or a file of values that the command line gives to variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Directory of the root that is meant, relative to the project root; `None`: every root.
    pub root: Option<String>,
    /// What it gives.
    pub what: Assignment,
}

/// What one `--var` or `--var-file` gives.
#[derive(Clone, PartialEq, Eq)]
pub enum Assignment {
    /// A variable's name, and its value as written.
    Value(String, Text),
    /// The path of a tfvars file, relative to the project root.
    File(String),
}

impl std::fmt::Debug for Assignment {
    /// A value may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Assignment::Value(name, value) => write!(f, "Value({name}, {value:?})"),
            Assignment::File(path) => write!(f, "File({path})"),
        }
    }
}

/// A plan, and the root it is of.
#[derive(Clone, Debug)]
pub struct PlanOf {
    /// Directory of the root, relative to the project root; `None`: it is found by the plan's resources.
    pub root: Option<String>,
    /// The plan.
    pub plan: std::sync::Arc<plan::Plan>,
}

/// One root module under one environment.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Directory of the root module, relative to the project root (`.` for the root itself).
    pub root: String,
    /// `default`, or the name of a tfvars file.
    pub environment: String,
    /// Whether it is a library: called by no root outside undeployed directories, no backend, no provider configuration.
    pub library: bool,
    /// Every resource and data source instance, in file order.
    pub resources: Vec<Resource>,
    /// Modules, the root first.
    pub modules: Vec<Module>,
    /// Calls whose source couldn't be read.
    pub unread_calls: Vec<UnreadCall>,
    /// Provider configurations.
    pub providers: Vec<Provider>,
    /// The `backend`/`cloud` block of the root.
    pub backend: Option<(Text, ResolvedBlock)>,
    /// `moved`, `import`, `removed`, `check` blocks, with the module address they stand in.
    pub refactorings: Vec<(String, ResolvedBlock)>,
    /// What the `moved`, `import` and `removed` ones say of addresses.
    pub changes: Vec<Change>,
    /// What couldn't be read or was cut off at a limit.
    pub problems: Vec<Reason>,
    /// Files read.
    pub files: Vec<SourceId>,
    /// Where a plan takes the place of evaluation: what it does. `resources` are then what is there once it is applied.
    pub planned: Option<Box<Planned>>,
}

/// What a plan does to a root.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: std::sync::Arc<plan::Plan>,
    /// What is there before it is applied.
    pub before: Evaluation,
}

/// `resource`, `data` or `ephemeral`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `resource`
    Managed,
    /// `data`
    Data,
    /// `ephemeral`
    Ephemeral,
}

/// One instance of a resource block.
#[derive(Clone, Debug)]
pub struct Resource {
    /// `module.db["a"].aws_db_instance.main[0]`.
    pub address: String,
    /// The same without instance keys.
    pub address_without_keys: String,
    /// Managed, data or ephemeral.
    pub mode: Mode,
    /// `aws_db_instance`.
    pub type_: Text,
    /// `main`.
    pub name: Text,
    /// Address of its module instance; empty for the root.
    pub module: String,
    /// Local name of its provider (`aws`) and alias, as seen in the root: an index into [`Evaluation::providers`] where it is configured.
    pub provider: Option<usize>,
    /// Its contents, resolved.
    pub block: ResolvedBlock,
    /// `lifecycle { prevent_destroy }`; null if absent.
    pub prevent_destroy: Value,
    /// Module calls that lead here, outermost first (role `caller`).
    pub callers: Vec<Location>,
    /// Set where the number of instances isn't known: this stands for "some, maybe none".
    pub uncertain: Option<Reason>,
}

/// The resolved contents of a block.
#[derive(Clone, Debug)]
pub struct ResolvedBlock {
    /// Type and labels.
    pub header: Span,
    /// The whole block.
    pub span: Span,
    /// Between the braces.
    pub body: Span,
    /// Attributes as written (an attribute that evaluates to null is kept, as null).
    pub attributes: IndexMap<Text, ResolvedAttribute>,
    /// Nested blocks in order, `dynamic` ones expanded.
    pub blocks: Vec<(Text, ResolvedBlock)>,
    /// Block types that a `dynamic` with an unknown collection may or may not produce.
    pub unknown_blocks: IndexMap<Text, Value>,
    /// Set where it is one of a published module that isn't here but known; its spans are those of the call then.
    pub outlined: Option<Outlined>,
}

/// What a block of a module that is known by its outline alone is told with.
#[derive(Clone, Debug)]
pub struct Outlined {
    /// How sure it is that the module does what is known of it: whether its version is.
    pub confidence: Confidence,
    /// Attribute → the module's input that sets it; an attribute that isn't among them can't be set from the call.
    pub inputs: IndexMap<Text, Text>,
}

/// An attribute with its value.
#[derive(Clone, Debug)]
pub struct ResolvedAttribute {
    /// Name to value.
    pub span: Span,
    /// The expression.
    pub value_span: Span,
    /// Its value; `value.origin` tells the way it came.
    pub value: Value,
    /// Whether the expression is a plain literal that an edit may replace.
    pub literal: bool,
    /// Whether it is written at all: false for what only a plan tells. Its spans are then those of the block.
    pub written: bool,
}

impl ResolvedBlock {
    /// The blocks of a type.
    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a ResolvedBlock> {
        self.blocks.iter().filter(move |(k, _)| k == kind).map(|(_, b)| b)
    }
}

/// A module instance.
#[derive(Clone, Debug)]
pub struct Module {
    /// `module.db["a"]`; empty for the root.
    pub address: String,
    /// Directory relative to the project root.
    pub dir: String,
    /// Locals by name.
    pub locals: IndexMap<Text, Value>,
    /// Outputs by name.
    pub outputs: IndexMap<Text, Value>,
    /// Variables by name.
    pub variables: IndexMap<Text, Value>,
}

/// A module call whose module isn't here.
#[derive(Clone, Debug)]
pub struct UnreadCall {
    /// `module.db`.
    pub address: String,
    /// `source` as written, e.g. `terraform-aws-modules/rds/aws`.
    pub source: Text,
    /// `version` as written.
    pub version: Option<Text>,
    /// Its arguments, resolved.
    pub block: ResolvedBlock,
    /// Why it wasn't read.
    pub reason: Reason,
}

/// What a refactoring block does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// `moved`
    Moved,
    /// `removed`
    Removed,
    /// `import`
    Imported,
}

/// What a `moved`, `removed` or `import` block says will happen to an address.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which of them it is.
    pub kind: ChangeKind,
    /// The address it is about (`from` of `moved` and `removed`, `to` of `import`), with the module it stands in; of
    /// a resource, or a whole module.
    pub address: String,
    /// Where it is moved to.
    pub to: Option<String>,
    /// Whether what is removed is destroyed: `lifecycle { destroy }`, true where it isn't written; false for the
    /// others.
    pub destroy: Value,
    /// Address of the module instance it stands in; empty for the root.
    pub module: String,
    /// The block.
    pub block: ResolvedBlock,
}

/// A provider configuration.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Local name: `aws`.
    pub name: Text,
    /// Alias, if any.
    pub alias: Option<Text>,
    /// Source address where declared: `hashicorp/aws`.
    pub source: Option<Text>,
    /// Version from the lock file, or the constraint.
    pub version: Option<Text>,
    /// Its settings; `None` where the provider is used without a block.
    pub block: Option<ResolvedBlock>,
}
