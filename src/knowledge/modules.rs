//! What is known of published modules whose files aren't in the repository: the stores they declare, as an outline
//! in Terraform's own language, by version.
//!
//! These types are both the format of `rules/knowledge/modules/*.yaml` and what is embedded, so they name nothing of
//! the crate (`build.rs` compiles this file too).

use serde::{Deserialize, Serialize};

/// A file of modules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modules {
    /// Modules that declare stores.
    #[serde(default)]
    pub modules: Vec<Module>,
    /// Registry addresses (`namespace/name/provider`) of modules that, with all their submodules, declare nothing
    /// that holds data which couldn't be made again.
    #[serde(default)]
    pub without_stores: Vec<String>,
}

/// One published module. Its repository is found by the registry's rule: `namespace/name/provider` is
/// `github.com/namespace/terraform-provider-name`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Its registry address: `terraform-aws-modules/rds/aws`.
    pub source: String,
    /// The newest version that was read; a newer one of the same major version is taken to be like it.
    pub read_up_to: String,
    /// The module and its submodules, as far as they declare stores.
    pub parts: Vec<ModulePart>,
}

/// A module, or one of its submodules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModulePart {
    /// What follows `//` in a source; empty for the module itself.
    #[serde(default)]
    pub path: String,
    /// Oldest first. What isn't known of versions before the first.
    pub versions: Vec<ModuleVersion>,
}

/// A module from a version on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleVersion {
    /// The first version of which this is true.
    pub since: String,
    /// `variable`, `locals`, `resource`, `data` and `output` blocks: those on which stores, their guards and their
    /// copies depend. Where it isn't there, that of the version before holds.
    #[serde(default)]
    pub outline: Option<String>,
    /// `name = expression`, a line each: variables whose default is another one than in the outline.
    #[serde(default)]
    pub defaults: Option<String>,
}

impl Module {
    /// The addresses it is called by: that of the registry, and its repository.
    pub fn keys(&self) -> Vec<String> {
        keys(&self.source)
    }

    /// The part at a path below the module; empty for the module itself.
    pub fn part(&self, path: &str) -> Option<&ModulePart> {
        self.parts.iter().find(|p| p.path == path)
    }
}

impl ModulePart {
    /// The outline that holds for the version at an index, and the defaults laid over it.
    pub fn outline(&self, index: usize) -> Option<(&str, Vec<&str>)> {
        let until = self.versions.get(..=index)?;
        let written = until.iter().rposition(|v| v.outline.is_some())?;
        let outline = until.get(written)?.outline.as_deref()?;
        let defaults = until.get(written..)?.iter().filter_map(|v| v.defaults.as_deref());
        Some((outline, defaults.collect()))
    }
}

/// The addresses a registry module is called by.
pub fn keys(source: &str) -> Vec<String> {
    let mut keys = vec![source.to_owned()];
    if let [namespace, name, provider] = source.split('/').collect::<Vec<_>>()[..] {
        keys.push(format!("github.com/{namespace}/terraform-{provider}-{name}"));
    }
    keys
}
