//! Terragrunt: units, the module each runs, and what they give to its variables.

mod config;
mod functions;

use indexmap::IndexMap;

use crate::expr::{Type, Value};
use crate::finding::Reason;
use crate::knowledge::Knowledge;
use crate::source::{SourceId, Span, Text};
use crate::syntax::hcl::{self, Block};
use crate::terraform::config::{Config, Files, directory, join};
use crate::terraform::given::Given;
use crate::terraform::roots::RootPlan;
use crate::terraform::walk::pseudo_block;
use crate::terraform::{Options, ResolvedBlock, UnreadCall, outline};
use crate::workspace::Workspace;
use config::{Read, Reader};

/// Stands at the beginning of paths from the project root: where that lies depends on the machine, so a value that
/// holds one isn't known, but the files it names are.
const ROOT: &str = "\u{1}/";

/// A directory in which Terragrunt is run.
pub struct Unit {
    /// The directory.
    pub dir: String,
    /// The directory of its module, where that is here.
    pub module: Option<String>,
    source: Option<(Text, Span)>,
    inputs: Result<IndexMap<Text, Value>, Value>,
    backend: Option<(Text, ResolvedBlock)>,
    problems: Vec<Reason>,
    files: Vec<SourceId>,
    generated: Vec<Block>,
    header: Span,
}

/// Every unit.
pub fn units(workspace: &Workspace, parsed: &Files, configs: &IndexMap<String, Config>) -> Vec<Unit> {
    let reader = Reader::new(workspace, parsed);
    let files: Vec<_> = workspace.of_role("terragrunt").filter(|f| f.source.path.ends_with("terragrunt.hcl")).collect();
    let read: Vec<(String, Read)> = files
        .iter()
        .filter(|f| !f.template && !f.undeployed)
        .filter_map(|f| Some((directory(&f.source.path), reader.unit(&f.source.path)?)))
        .collect();
    // What others include is no unit itself, unless it runs a module.
    let included: Vec<String> = read.iter().flat_map(|(_, r)| r.included.clone()).collect();
    read.into_iter()
        .filter(|(dir, read)| {
            let path = if dir == "." { "terragrunt.hcl".into() } else { format!("{dir}/terragrunt.hcl") };
            read.source.is_some() && !included.contains(&path) || configs.contains_key(dir)
        })
        .map(|(dir, read)| Unit::new(dir, read, configs))
        .collect()
}

impl Unit {
    fn new(dir: String, read: Read, configs: &IndexMap<String, Config>) -> Self {
        let module = match &read.source {
            Some((source, _)) => local_dir(&dir, source),
            None => Some(dir.clone()),
        };
        let module = module.filter(|m| configs.contains_key(m));
        Unit {
            dir,
            module,
            source: read.source,
            inputs: read.inputs,
            backend: read.backend,
            problems: read.problems,
            files: read.files,
            generated: read.generated,
            header: read.header,
        }
    }

    /// How the unit is evaluated.
    pub fn plan(
        self,
        configs: &IndexMap<String, Config>,
        options: &Options,
        workspace: &Workspace,
        parsed: &Files,
        knowledge: &Knowledge,
    ) -> RootPlan {
        let mut given = options.of_environment();
        let outline = if self.module.is_some() { None } else { self.outline(knowledge) };
        let module = self.module.as_ref().and_then(|m| configs.get(m)).or(outline.as_ref());
        let variables = module.map(|c| &c.variables);
        match &self.inputs {
            Ok(inputs) => given.extend(inputs.iter().map(|(k, v)| (k.clone(), Given::Value(v.clone())))),
            // Which variables are given anything isn't known: any may be.
            Err(unknown) => {
                let names = variables.into_iter().flat_map(IndexMap::keys);
                given.extend(names.map(|n| (n.clone(), Given::Value(unknown.clone()))));
            }
        }
        given.extend(options.of_command_line(&self.dir, workspace, parsed));
        let unread = if module.is_some() { Vec::new() } else { vec![self.unread()] };
        RootPlan {
            module: self.module.unwrap_or_default(),
            dir: self.dir,
            environment: "default".into(),
            given,
            library: false,
            cut: false,
            unread,
            backend: self.backend,
            problems: self.problems,
            files: self.files,
            generated: self.generated,
            told: None,
            outline,
        }
    }

    /// What is known of a published module.
    fn outline(&self, knowledge: &Knowledge) -> Option<Config> {
        let (written, span) = self.source.as_ref()?;
        let (source, version) = registry(written);
        let none = IndexMap::new();
        let inputs = self.inputs.as_ref().unwrap_or(&none);
        outline::of_root((&source, version.as_deref()), *span, inputs, knowledge)
    }

    /// The module of a unit, where it isn't here.
    fn unread(&self) -> UnreadCall {
        let (written, span) = self.source.clone().unwrap_or_else(|| ("".into(), self.header));
        let (source, version) = registry(&written);
        let (kind, message) = match local_dir(&self.dir, &written) {
            Some(dir) => ("module-not-found", format!("there is no module in `{dir}`")),
            None => ("module-not-installed", format!("module source `{}` isn't here", source.as_str())),
        };
        UnreadCall {
            address: format!("terragrunt.{}", self.dir.rsplit('/').next().unwrap_or(&self.dir)),
            source,
            version,
            block: pseudo_block(self.header, self.inputs.clone().unwrap_or_default()),
            reason: Reason::at(kind, message, span),
        }
    }
}

/// The directory a source names inside the project.
fn local_dir(dir: &str, source: &str) -> Option<String> {
    match source.strip_prefix(ROOT) {
        Some(path) => join(".", path),
        None if source.starts_with('.') => join(dir, source),
        None => None,
    }
}

/// `tfr:///terraform-aws-modules/rds/aws?version=6.1.0` as a registry's source and version.
fn registry(source: &str) -> (Text, Option<Text>) {
    let Some(rest) = source.strip_prefix("tfr://") else { return (source.into(), None) };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let version = query.split('&').find_map(|q| q.strip_prefix("version=")).map(Text::from);
    let path = path.strip_prefix('/').unwrap_or(path).trim_end_matches('/');
    let path = path.strip_prefix("registry.terraform.io/").unwrap_or(path);
    (path.into(), version)
}

/// A value without paths of the machine it would be made on.
fn known_everywhere(value: Value) -> Value {
    crate::expr::convert::mapped(value, &|value| match value.as_str() {
        Some(text) if text.contains(ROOT.trim_end_matches('/')) => {
            let at = value.origin.as_ref().map(|o| o.span);
            let reason = Reason { kind: "machine", message: "a path of the machine it runs on".into(), span: at };
            let unknown = Value::unknown_not_null(Type::String, std::sync::Arc::new(vec![reason]));
            Value { origin: value.origin, sensitive: value.sensitive, ..unknown }
        }
        _ => value,
    })
}

/// A parsed file, found by its path.
fn parse(workspace: &Workspace, parsed: &Files, path: &str) -> Option<std::sync::Arc<hcl::File>> {
    let file = workspace.by_path(path)?;
    match parsed.get(&file.source.id) {
        Some(known) => Some(known.clone()),
        None => Some(std::sync::Arc::new(hcl::parse(&file.source))),
    }
}
