//! Packages that a deployment is applied with.

use super::{Declared, platform};
use crate::expr::Value;
use crate::finding::Confidence;
use crate::model::inputs::Inputs;
use crate::model::stakes::Stakes;
use crate::model::store::Store;
use crate::railway;

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    /// `package:package.json#railway`, and where it is written. The platform is the one whose
    /// deployments it applies.
    pub declared: Declared,
    /// As written: `^3.4.1`.
    pub written: String,
    /// major × 1 000 000 + minor × 1 000 + patch of the version in use; unknown where a range leaves it open.
    pub release: Value,
    /// Addresses of the stores that it applies.
    pub stores: Vec<String>,
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
        declared: Declared {
            address: format!("package:{}#{}", inputs.workspace.sources.path(p.span), p.name),
            name: p.name.to_owned(),
            provider: railway::PLATFORM,
            platform: platform(inputs),
            span: p.span,
            callers: Vec::new(),
            environments: Vec::new(),
            production: true,
            confidence: Confidence::High,
            undeployed: inputs.workspace.file(p.span.source).is_some_and(|f| f.undeployed),
            stakes: if exposed { Stakes::Exposed } else { Stakes::Rebuildable },
        },
        written: p.written,
        release: match p.version {
            Ok((major, minor, patch)) => Value::int(major * 1_000_000 + minor * 1_000 + patch),
            Err(reason) => Value::unknown(reason),
        },
        stores: applied.iter().map(|s| s.address.clone()).collect(),
    });
    found.collect()
}
