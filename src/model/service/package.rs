//! Packages that a deployment is applied with.

use crate::expr::Value;
use crate::model::inputs::Inputs;
use crate::model::stakes::Stakes;
use crate::model::store::Store;
use crate::railway;
use crate::source::{SourceId, Span};

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    /// `package:package.json#railway`.
    pub address: String,
    /// Its name.
    pub name: String,
    /// Platform whose deployments it applies.
    pub provider: &'static str,
    /// As written: `^3.4.1`.
    pub written: String,
    /// major × 1 000 000 + minor × 1 000 + patch of the version in use; unknown where a range leaves it open.
    pub release: Value,
    /// Where it is written.
    pub span: Span,
    /// In which file.
    pub file: SourceId,
    /// Addresses of the stores that it applies.
    pub stores: Vec<String>,
    /// In a directory that isn't deployed.
    pub undeployed: bool,
    /// What would be lost.
    pub stakes: Stakes,
}

/// Every such package.
pub fn packages(inputs: &Inputs<'_>, stores: &[Store]) -> Vec<Package> {
    let applied: Vec<&Store> = stores
        .iter()
        .filter(|s| s.provider == railway::PLATFORM && !s.terraform && ["primary", "keys"].contains(&s.holds.as_str()))
        .filter(|s| ["database", "volume"].contains(&s.kind.as_str()))
        .collect();
    let exposed = applied.iter().any(|s| s.production);
    let found = railway::sdk::packages(inputs.workspace).into_iter().map(|p| Package {
        address: format!("package:{}#{}", inputs.workspace.sources.path(p.span), p.name),
        name: p.name.to_owned(),
        provider: railway::PLATFORM,
        written: p.written,
        release: match p.version {
            Ok((major, minor, patch)) => Value::int(major * 1_000_000 + minor * 1_000 + patch),
            Err(reason) => Value::unknown(reason),
        },
        span: p.span,
        file: p.span.source,
        stores: applied.iter().map(|s| s.address.clone()).collect(),
        undeployed: inputs.workspace.file(p.span.source).is_some_and(|f| f.undeployed),
        stakes: if exposed { Stakes::Exposed } else { Stakes::Rebuildable },
    });
    found.collect()
}
