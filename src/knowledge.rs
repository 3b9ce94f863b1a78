//! Types, look-ups and merging of `rules/knowledge/`. Passed as `&Knowledge`, never global, because
//! `--rules` adds to it.

mod added;
mod calls;
pub mod credentials;
pub mod dumps;
pub mod iam;
pub mod images;
mod mcp;
pub mod modules;
pub mod operations;
pub mod scalar;
pub mod stores;
pub mod switches;
pub mod wrappers;

use std::borrow::Cow;
use std::sync::OnceLock;

pub use added::KnowledgeError;
use credentials::{Credentials, Kind, Platform};
use dumps::Dumps;
use images::Images;
use stores::{Backend, Provider, Reference, StoreType};

/// What is known of the world.
pub struct Knowledge {
    stores: Vec<Part<Provider>>,
    rights: Vec<Part<iam::Rights>>,
    modules: Vec<Part<modules::Module>>,
    /// Addresses of modules without stores, beside those built in.
    without_stores: Vec<String>,
    credentials: OnceLock<Credentials>,
    dumps: OnceLock<Dumps>,
    images: OnceLock<Images>,
    calls: calls::Calls,
}

/// A piece that is decoded when something first asks for it.
struct Part<T> {
    name: Cow<'static, str>,
    /// Other names that lead here: Terraform's of a provider, addresses of a module.
    keys: &'static [&'static str],
    /// The same, of a user's own.
    more: Vec<String>,
    bytes: &'static [u8],
    value: OnceLock<Option<T>>,
}

impl<T: serde::de::DeserializeOwned> Part<T> {
    fn of(&(name, keys, bytes): &Embedded) -> Part<T> {
        Part { name: Cow::Borrowed(name), keys, more: Vec::new(), bytes, value: OnceLock::new() }
    }

    fn added(name: String, keys: Vec<String>, value: T) -> Part<T> {
        Part { name: Cow::Owned(name), keys: &[], more: keys, bytes: &[], value: OnceLock::from(Some(value)) }
    }

    fn answers_to(&self, key: &str) -> bool {
        self.name == key || self.keys.contains(&key) || self.more.iter().any(|k| k == key)
    }

    fn get(&self) -> Option<&T> {
        self.value.get_or_init(|| postcard::from_bytes(self.bytes).ok()).as_ref()
    }
}

/// An embedded part: name, keys, bytes.
type Embedded = (&'static str, &'static [&'static str], &'static [u8]);

include!(concat!(env!("OUT_DIR"), "/knowledge.rs"));

impl Knowledge {
    /// What is built in.
    pub fn embedded() -> Knowledge {
        let stores = STORES.iter().map(Part::of).collect();
        let rights = RIGHTS.iter().map(Part::of).collect();
        Knowledge {
            stores,
            rights,
            modules: MODULES.iter().map(Part::of).collect(),
            without_stores: Vec::new(),
            credentials: OnceLock::new(),
            dumps: OnceLock::new(),
            images: OnceLock::new(),
            calls: calls::Calls::default(),
        }
    }

    /// Every kind of credential, and what tells a real one from a placeholder.
    pub fn credentials(&self) -> &Credentials {
        self.credentials.get_or_init(|| postcard::from_bytes(CREDENTIALS).unwrap_or_default())
    }

    /// The kind of credential with this id, and its platform.
    pub fn credential(&self, id: &str) -> Option<(&Platform, &Kind)> {
        let all = self.credentials().platforms.iter().flat_map(|p| p.kinds.iter().map(move |k| (p, k)));
        all.into_iter().find(|(_, k)| k.id == id)
    }

    /// What is known of a platform's rights: its actions that destroy, its roles, who is given them where.
    pub fn rights(&self, provider: &str) -> Option<&iam::Rights> {
        self.rights.iter().find(|p| p.name == provider).and_then(Part::get)
    }

    /// The rights that a Terraform type, or a local provider name, is about.
    pub fn rights_of_type(&self, r#type: &str) -> Option<&iam::Rights> {
        let prefix = r#type.split(['_', ':']).next().unwrap_or(r#type);
        self.rights.iter().find(|p| p.answers_to(prefix)).and_then(Part::get)
    }

    /// Every platform whose rights are known.
    pub fn all_rights(&self) -> impl Iterator<Item = &iam::Rights> {
        self.rights.iter().filter_map(Part::get)
    }

    /// A published module by its address in the registry, or its repository (`github.com/owner/name`).
    pub fn module(&self, address: &str) -> Option<&modules::Module> {
        self.modules.iter().find(|p| p.answers_to(address)).and_then(Part::get)
    }

    /// Whether a published module, with all its submodules, is known to declare nothing that holds data.
    pub fn is_without_stores(&self, address: &str) -> bool {
        WITHOUT_STORES.binary_search(&address).is_ok() || self.without_stores.iter().any(|a| a == address)
    }

    /// Every published module that is known.
    pub fn all_modules(&self) -> impl Iterator<Item = &modules::Module> {
        self.modules.iter().filter_map(Part::get)
    }

    /// A platform by its short name.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.stores.iter().find(|p| p.name == name).and_then(Part::get)
    }

    /// Every platform with stores.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.stores.iter().filter_map(Part::get)
    }

    /// The platform that answers at a host.
    pub fn provider_of_host(&self, host: &str) -> Option<&Provider> {
        let host = host.to_ascii_lowercase();
        let answers = |end: &String| host.ends_with(end.as_str()) || host == end.trim_start_matches('.');
        self.providers().find(|p| p.hosts.iter().any(answers))
    }

    /// What writes copies of databases somewhere else.
    pub fn dumps(&self) -> &Dumps {
        self.dumps.get_or_init(|| postcard::from_bytes(DUMPS).unwrap_or_default())
    }

    /// Container images that keep data on disk.
    pub fn images(&self) -> &Images {
        self.images.get_or_init(|| postcard::from_bytes(IMAGES).unwrap_or_default())
    }

    /// The platforms that a Terraform type or local provider name speaks to.
    fn of_type(&self, r#type: &str) -> impl Iterator<Item = &Provider> {
        let prefix = r#type.split(['_', ':']).next().unwrap_or(r#type);
        let parts = self.stores.iter().filter(|p| p.answers_to(prefix));
        parts.filter_map(Part::get).collect::<Vec<_>>().into_iter()
    }

    /// The row of a type that holds data.
    pub fn store_type(&self, r#type: &str) -> Option<(&Provider, &StoreType)> {
        self.of_type(r#type).find_map(|p| p.types.iter().find(|t| t.r#type == r#type).map(|t| (p, t)))
    }

    /// What a resource type is for others that it refers to.
    pub fn references<'a>(&'a self, r#type: &'a str) -> impl Iterator<Item = (&'a Provider, &'a Reference)> {
        self.of_type(r#type)
            .flat_map(move |p| p.references.iter().filter(move |r| r.r#type == r#type).map(move |r| (p, r)))
    }

    /// What other resources can be for a type, as far as they name it.
    pub fn reference_targets<'a>(&'a self, r#type: &'a str) -> impl Iterator<Item = (&'a Provider, &'a Reference)> {
        self.of_type(r#type).flat_map(move |p| {
            p.references.iter().filter(move |r| r.target.iter().any(|t| t == r#type)).map(move |r| (p, r))
        })
    }

    /// What is known of a Terraform backend.
    pub fn backends<'a>(&'a self, backend: &'a str) -> impl Iterator<Item = &'a Backend> {
        self.providers().flat_map(move |p| p.backends.iter().filter(move |b| b.backend == backend))
    }

    /// The platform of a Terraform local provider name.
    pub fn platform_of(&self, provider: &str) -> Option<&Provider> {
        self.of_type(provider).next()
    }
}
