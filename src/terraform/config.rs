//! One directory of Terraform files as Terraform merges them.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::finding::Confidence;
use crate::source::{SourceId, Span, Text};
use crate::syntax::hcl::{self, Block, Expr, ExprKind};
use crate::terraform::{Mode, overrides};
use crate::workspace::{File, Workspace};

/// Parsed HCL files by source.
pub type Files = HashMap<SourceId, Arc<hcl::File>>;

/// A resource block.
#[derive(Clone, Debug)]
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

/// A module's configuration.
#[derive(Clone, Debug, Default)]
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
    /// Index into `resources` by (mode, type, name): the first of them.
    by_name: HashMap<(Mode, Text, Text), usize>,
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
    /// Set where it is an outline of a published module: how sure it is that the module is like it.
    pub outline: Option<Confidence>,
}

impl Config {
    /// A resource by mode, type and name.
    pub fn resource(&self, mode: Mode, type_: &Text, name: &Text) -> Option<&ResourceBlock> {
        self.resources.get(*self.by_name.get(&(mode, type_.clone(), name.clone()))?)
    }

    /// The block of a resource, to be laid over.
    pub(super) fn resource_mut(&mut self, mode: Mode, type_: &Text, name: &Text) -> Option<&mut Block> {
        let index = *self.by_name.get(&(mode, type_.clone(), name.clone()))?;
        self.resources.get_mut(index).map(|r| &mut r.block)
    }

    /// Nothing yet of a published module that is known by its outline.
    pub(super) fn outlined(source: &str, confidence: Confidence) -> Config {
        Config { dir: source.to_owned(), outline: Some(confidence), ..Config::default() }
    }

    /// The same with blocks of one more file; none of them stands twice where it can only stand once.
    pub(super) fn with(&self, blocks: &[Block]) -> Config {
        let mut config = self.clone();
        for block in blocks {
            let same = |p: &Block| label(p, 0) == label(block, 0) && alias(p) == alias(block);
            if !(block.kind.name == "provider" && config.providers.iter().any(same)) {
                config.add(block);
            }
        }
        config
    }

    /// Adds what a block of a file declares.
    pub(super) fn add(&mut self, block: &Block) {
        let kind = block.kind.name.as_str();
        if let (Some(mode), Some(type_), Some(name)) = (mode(kind), label(block, 0), label(block, 1)) {
            self.by_name.entry((mode, type_.clone(), name.clone())).or_insert(self.resources.len());
            self.resources.push(ResourceBlock { mode, type_, name, block: block.clone() });
            return;
        }
        match (kind, label(block, 0)) {
            ("variable", Some(name)) => drop(self.variables.insert(name, block.clone())),
            ("output", Some(name)) => drop(self.outputs.insert(name, block.clone())),
            ("module", Some(name)) => drop(self.calls.insert(name, block.clone())),
            ("provider", Some(_)) => self.providers.push(block.clone()),
            ("locals", _) => {
                self.locals.extend(block.body.attributes.iter().map(|a| (a.name.name.clone(), a.value.clone())));
            }
            ("terraform", _) => self.settings(block),
            ("moved" | "import" | "removed", _) => self.refactorings.push(block.clone()),
            ("check", _) => {
                self.refactorings.push(block.clone());
                // A data source scoped to a check is one of the module's.
                block.body.blocks_of("data").for_each(|inner| self.add(inner));
            }
            _ => {}
        }
    }

    fn settings(&mut self, block: &Block) {
        for inner in &block.body.blocks {
            match inner.kind.name.as_str() {
                "backend" => self.backend = label(inner, 0).map(|t| (t, inner.clone())),
                "cloud" => self.backend = Some(("cloud".into(), inner.clone())),
                "required_providers" => {
                    for attribute in &inner.body.attributes {
                        let wanted = required(&attribute.value);
                        self.required.insert(attribute.name.name.clone(), wanted);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Source and version constraint of one entry of `required_providers`.
fn required(value: &Expr) -> (Option<Text>, Option<Text>) {
    match &value.kind {
        ExprKind::String(constraint) => (None, Some(constraint.clone())),
        ExprKind::Object(items) => {
            let find = |name: &str| {
                items.iter().find_map(|item| match (&item.key.kind, &item.value.kind) {
                    (ExprKind::String(k), ExprKind::String(v)) if *k == name => Some(v.clone()),
                    _ => None,
                })
            };
            (find("source"), find("version"))
        }
        _ => (None, None),
    }
}

/// The directory of a path.
pub fn directory(path: &str) -> String {
    path.rsplit_once('/').map_or(".", |(dir, _)| dir).to_owned()
}

/// Every directory with Terraform files, merged.
pub fn read(workspace: &Workspace, parsed: &Files) -> IndexMap<String, Config> {
    let mut groups: IndexMap<String, Vec<&File>> = IndexMap::new();
    for file in workspace.of_role("terraform").filter(|f| !f.template && !is_ignored(&f.source.path)) {
        groups.entry(directory(&file.source.path)).or_default().push(file);
    }
    groups.into_iter().map(|(dir, files)| (dir.clone(), merge(dir, files, parsed))).collect()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Editors' own files, which Terraform passes over.
fn is_ignored(path: &str) -> bool {
    let name = file_name(path);
    name.starts_with('.') || name.ends_with('~') || name.starts_with('#') && name.ends_with('#')
}

fn is_override(path: &str) -> bool {
    let name = file_name(path);
    let stem = [".tf.json", ".tofu.json", ".tf", ".tofu"].iter().find_map(|e| name.strip_suffix(e)).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

fn merge(dir: String, mut files: Vec<&File>, parsed: &Files) -> Config {
    // OpenTofu's file stands in for Terraform's of the same name.
    for (tofu, terraform) in [(".tofu", ".tf"), (".tofu.json", ".tf.json")] {
        let stems: Vec<String> =
            files.iter().filter_map(|f| f.source.path.strip_suffix(tofu).map(Into::into)).collect();
        files.retain(|f| !f.source.path.strip_suffix(terraform).is_some_and(|stem| stems.iter().any(|t| t == stem)));
    }
    let undeployed = files.iter().all(|f| f.undeployed);
    let mut config = Config { dir, undeployed, ..Config::default() };
    let (overriding, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| is_override(&f.source.path));
    config.files = plain.iter().chain(&overriding).map(|f| f.source.id).collect();
    let blocks = |file: &File| parsed.get(&file.source.id).map(|p| p.body.blocks.clone()).unwrap_or_default();
    for block in plain.into_iter().flat_map(blocks) {
        config.add(&block);
    }
    for block in overriding.into_iter().flat_map(blocks) {
        overrides::lay_over(&mut config, &block);
    }
    config
}

/// A label of a block.
pub(super) fn label(block: &Block, index: usize) -> Option<Text> {
    block.labels.get(index).map(|l| l.name.clone())
}

/// The mode of a kind of resource block.
pub(super) fn mode(kind: &str) -> Option<Mode> {
    Some(match kind {
        "resource" => Mode::Managed,
        "data" => Mode::Data,
        "ephemeral" => Mode::Ephemeral,
        _ => return None,
    })
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

/// `to` as seen from `from`, both relative to the project root.
pub fn relative(from: &str, to: &str) -> String {
    let parts = |p: &str| p.split('/').filter(|p| !p.is_empty() && *p != ".").map(String::from).collect::<Vec<_>>();
    let (from, to) = (parts(from), parts(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    let path: Vec<String> = up.chain(to.into_iter().skip(shared)).collect();
    if path.is_empty() { ".".into() } else { path.join("/") }
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
        assert_eq!(relative("infra/prod", "infra/modules/db"), "../modules/db");
        assert_eq!(relative(".", "a/b"), "a/b");
        assert_eq!(relative("a", "a"), ".");
    }

    #[test]
    fn names_of_files() {
        assert!(is_override("a/override.tf") && is_override("x_override.tf.json") && !is_override("overrides.tf"));
        assert!(is_override("b_override.tofu") && !is_override("my-override.tf"));
        assert!(is_ignored("a/.main.tf") && is_ignored("main.tf~") && is_ignored("#main.tf#") && !is_ignored("a.tf"));
    }
}
