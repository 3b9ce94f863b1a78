//! One directory of Terraform files as Terraform merges them.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::source::{SourceId, Span, Text};
use crate::syntax::hcl::{self, Block, Expr, ExprKind};
use crate::terraform::Mode;
use crate::workspace::{File, Workspace};

/// Parsed HCL files by source.
pub type Files = HashMap<SourceId, Arc<hcl::File>>;

/// A resource block.
#[derive(Debug)]
pub struct ResourceBlock {
    /// Managed, data or ephemeral.
    pub mode: Mode,
    /// Its type.
    pub type_: Text,
    /// Its name.
    pub name: Text,
    /// The block, overrides merged.
    pub block: Block,
}

/// A local value's expression.
pub type Local = Arc<Expr>;

/// A module's configuration.
#[derive(Debug, Default)]
pub struct Config {
    /// Directory relative to the project root (`.` for the root).
    pub dir: String,
    /// `variable` blocks.
    pub variables: IndexMap<Text, Block>,
    /// `locals`.
    pub locals: IndexMap<Text, Expr>,
    /// `output` blocks.
    pub outputs: IndexMap<Text, Block>,
    /// `resource`, `data`, `ephemeral` blocks.
    pub resources: Vec<ResourceBlock>,
    /// `module` blocks.
    pub calls: IndexMap<Text, Block>,
    /// `provider` blocks.
    pub providers: Vec<Block>,
    /// `required_providers`: source and version constraint.
    pub required: IndexMap<Text, (Option<Text>, Option<Text>)>,
    /// `backend`/`cloud` block: type and block.
    pub backend: Option<(Text, Block)>,
    /// `moved`, `import`, `removed`, `check`.
    pub refactorings: Vec<Block>,
    /// The files.
    pub files: Vec<SourceId>,
    /// Whether all of them lie in a directory that isn't deployed.
    pub undeployed: bool,
}

impl Config {
    /// A resource by mode, type and name.
    pub fn resource(&self, mode: Mode, type_: &str, name: &str) -> Option<&ResourceBlock> {
        self.resources.iter().find(|r| r.mode == mode && r.type_ == type_ && r.name == name)
    }
}

/// The directory of a path.
pub fn directory(path: &str) -> String {
    path.rsplit_once('/').map_or(".", |(dir, _)| dir).to_owned()
}

/// Every directory with Terraform files, merged.
pub fn read(workspace: &Workspace, parsed: &Files) -> IndexMap<String, Config> {
    let mut groups: IndexMap<String, Vec<&File>> = IndexMap::new();
    for file in workspace.of_role("terraform").filter(|f| !f.template) {
        groups.entry(directory(&file.source.path)).or_default().push(file);
    }
    groups.into_iter().map(|(dir, files)| (dir.clone(), merge(dir, files, parsed))).collect()
}

fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = [".tf.json", ".tofu.json", ".tf", ".tofu"].iter().find_map(|e| name.strip_suffix(e)).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

fn merge(dir: String, mut files: Vec<&File>, parsed: &Files) -> Config {
    // OpenTofu's file stands in for Terraform's of the same name.
    let tofu: Vec<String> = files.iter().filter_map(|f| f.source.path.strip_suffix(".tofu").map(Into::into)).collect();
    files.retain(|f| !f.source.path.strip_suffix(".tf").is_some_and(|stem| tofu.iter().any(|t| t == stem)));
    let undeployed = files.iter().all(|f| f.undeployed);
    let mut config = Config { dir, undeployed, ..Config::default() };
    let (overrides, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| is_override(&f.source.path));
    for file in plain {
        config.files.push(file.source.id);
        if let Some(parsed) = parsed.get(&file.source.id) {
            parsed.body.blocks.iter().for_each(|b| add(&mut config, b));
        }
    }
    for file in overrides {
        config.files.push(file.source.id);
        if let Some(parsed) = parsed.get(&file.source.id) {
            parsed.body.blocks.iter().for_each(|b| lay_over(&mut config, b));
        }
    }
    config
}

fn label(block: &Block, index: usize) -> Option<Text> {
    block.labels.get(index).map(|l| l.name.clone())
}

fn mode(kind: &str) -> Option<Mode> {
    Some(match kind {
        "resource" => Mode::Managed,
        "data" => Mode::Data,
        "ephemeral" => Mode::Ephemeral,
        _ => return None,
    })
}

fn add(config: &mut Config, block: &Block) {
    let kind = block.kind.name.as_str();
    if let (Some(mode), Some(type_), Some(name)) = (mode(kind), label(block, 0), label(block, 1)) {
        config.resources.push(ResourceBlock { mode, type_, name, block: block.clone() });
        return;
    }
    match (kind, label(block, 0)) {
        ("variable", Some(name)) => drop(config.variables.insert(name, block.clone())),
        ("output", Some(name)) => drop(config.outputs.insert(name, block.clone())),
        ("module", Some(name)) => drop(config.calls.insert(name, block.clone())),
        ("provider", Some(_)) => config.providers.push(block.clone()),
        ("locals", _) => {
            config.locals.extend(block.body.attributes.iter().map(|a| (a.name.name.clone(), a.value.clone())));
        }
        ("terraform", _) => settings(config, block),
        ("moved" | "import" | "removed", _) => config.refactorings.push(block.clone()),
        ("check", _) => {
            config.refactorings.push(block.clone());
            // A data source scoped to a check is one of the module's.
            block.body.blocks_of("data").for_each(|inner| add(config, inner));
        }
        _ => {}
    }
}

fn settings(config: &mut Config, block: &Block) {
    for inner in &block.body.blocks {
        match inner.kind.name.as_str() {
            "backend" => config.backend = label(inner, 0).map(|t| (t, inner.clone())),
            "cloud" => config.backend = Some(("cloud".into(), inner.clone())),
            "required_providers" => {
                for attribute in &inner.body.attributes {
                    let (mut source, mut version) = (None, None);
                    match &attribute.value.kind {
                        ExprKind::String(constraint) => version = Some(constraint.clone()),
                        ExprKind::Object(items) => {
                            for item in items {
                                match (&item.key.kind, &item.value.kind) {
                                    (ExprKind::String(k), ExprKind::String(v)) if *k == "source" => {
                                        source = Some(v.clone())
                                    }
                                    (ExprKind::String(k), ExprKind::String(v)) if *k == "version" => {
                                        version = Some(v.clone())
                                    }
                                    _ => {}
                                }
                            }
                        }
                        _ => {}
                    }
                    config.required.insert(attribute.name.name.clone(), (source, version));
                }
            }
            _ => {}
        }
    }
}

/// Merges an override: attributes replace, nested blocks of a type replace all of that type.
fn lay_over(config: &mut Config, block: &Block) {
    let kind = block.kind.name.as_str();
    let found = match (kind, mode(kind)) {
        (_, Some(mode)) => config
            .resources
            .iter_mut()
            .find(|r| {
                r.mode == mode
                    && Some(&r.type_) == label(block, 0).as_ref()
                    && Some(&r.name) == label(block, 1).as_ref()
            })
            .map(|r| &mut r.block),
        ("variable", _) => label(block, 0).and_then(|n| config.variables.get_mut(&n)),
        ("output", _) => label(block, 0).and_then(|n| config.outputs.get_mut(&n)),
        ("module", _) => label(block, 0).and_then(|n| config.calls.get_mut(&n)),
        ("provider", _) => {
            config.providers.iter_mut().find(|p| label(p, 0) == label(block, 0) && alias(p) == alias(block))
        }
        _ => None,
    };
    match found {
        Some(target) => override_body(target, block),
        None => add(config, block),
    }
}

fn override_body(target: &mut Block, with: &Block) {
    for attribute in &with.body.attributes {
        match target.body.attributes.iter_mut().find(|a| a.name.name == attribute.name.name) {
            Some(old) => *old = attribute.clone(),
            None => target.body.attributes.push(attribute.clone()),
        }
    }
    for inner in &with.body.blocks {
        if inner.kind.name == "lifecycle" {
            match target.body.blocks.iter_mut().find(|b| b.kind.name == "lifecycle") {
                Some(old) => override_body(old, inner),
                None => target.body.blocks.push(inner.clone()),
            }
        }
    }
    let kinds: Vec<&Text> = with.body.blocks.iter().map(|b| &b.kind.name).filter(|k| **k != "lifecycle").collect();
    target.body.blocks.retain(|b| !kinds.contains(&&b.kind.name));
    target.body.blocks.extend(with.body.blocks.iter().filter(|b| b.kind.name != "lifecycle").cloned());
}

/// A provider block's alias, written as a plain string.
pub fn alias(block: &Block) -> Option<Text> {
    match &block.body.attribute("alias")?.value.kind {
        ExprKind::String(alias) => Some(alias.clone()),
        _ => None,
    }
}

/// A plain string attribute of a block, with its place.
pub fn literal(block: &Block, name: &str) -> Option<(Text, Span)> {
    let attribute = block.body.attribute(name)?;
    match &attribute.value.kind {
        ExprKind::String(text) => Some((text.clone(), attribute.value.span)),
        _ => None,
    }
}

/// `dir` joined with a relative `path`; `None` where that leaves the project root.
pub fn join(dir: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = dir.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(if parts.is_empty() { ".".into() } else { parts.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_root() {
        assert_eq!(join("infra", "./modules/db"), Some("infra/modules/db".into()));
        assert_eq!(join("infra/prod", "../modules//db"), Some("infra/modules/db".into()));
        assert_eq!(join(".", "../x"), None);
        assert_eq!(join("a", ".."), Some(".".into()));
        assert!(is_override("a/override.tf") && is_override("x_override.tf.json") && !is_override("overrides.tf"));
    }
}
