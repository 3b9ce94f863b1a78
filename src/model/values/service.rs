//! What deployment configurations run, their settings, secrets and packages, as facts.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Common, Values, optional, string, strings};
use crate::expr::Value;
use crate::finding::{Confidence, Location, Place, Reason, Role};
use crate::model::fact::Fact;
use crate::model::service::Service;
use crate::model::service::package::Package;
use crate::model::service::secret::Secret;
use crate::model::service::setting::Setting;
use crate::model::stakes::Stakes;
use crate::source::Span;

fn known(value: Result<bool, Reason>) -> Value {
    value.map_or_else(Value::unknown, Value::bool)
}

fn place(span: Span) -> Arc<Place> {
    Place::of(span, Role::Context)
}

/// What a fact has besides its value.
struct Of<'a> {
    kind: &'static str,
    address: &'a str,
    stakes: Stakes,
    confidence: Confidence,
    environments: &'a [String],
    callers: &'a [Location],
    undeployed: bool,
}

impl Of<'_> {
    fn fact(self, value: Value) -> Fact {
        Fact {
            kind: self.kind,
            address: self.address.to_owned(),
            subject: self.address.to_owned(),
            value,
            stakes: self.stakes,
            confidence: self.confidence,
            environments: self.environments.to_vec(),
            instances: Vec::new(),
            callers: self.callers.to_vec(),
            local: false,
            undeployed: self.undeployed,
            library: false,
        }
    }
}

impl Values<'_> {
    pub(super) fn service(&self, service: &Service) -> Fact {
        let own = place(service.span);
        let keeping = service.keeping.as_ref();
        let ending = service.ending.as_ref();
        // By a variable's name only: not sure.
        let confidence = match keeping {
            Some(keeping) if !keeping.sure => service.confidence.min(Confidence::Medium),
            _ => service.confidence,
        };
        let value = self.with_common(
            Common {
                address: &service.address,
                name: &service.name,
                provider: Some(service.provider),
                place: own.clone(),
                file: service.file,
                environments: &service.environments,
                production: service.production,
                confidence,
                stakes: service.stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("kind", string(service.kind)),
                ("platform", string(&service.platform)),
                ("image", service.image.clone()),
                ("engine", optional(service.engine.as_deref())),
                ("holds", string(&service.holds)),
                ("keeps", optional(keeping.map(|k| k.path.as_str()))),
                ("keeps_because", optional(keeping.map(|k| k.known_by.as_str()))),
                ("keeps_place", Value::place(keeping.map_or(own.clone(), |k| place(k.span)))),
                ("lasts", keeping.map_or(Value::bool(true), |k| known(k.lasts.clone()))),
                ("exposed", known(service.exposed.clone().map(|span| span.is_some()))),
                ("exposed_place", Value::place(service.exposed.clone().ok().flatten().map_or(own.clone(), place))),
                ("ends", optional(ending.map(|e| e.on))),
                ("ended", Value::bool(ending.is_some_and(|e| e.over))),
                ("migrate", optional(ending.map(|e| e.migrate))),
                ("protects", strings(ending.map_or(&[][..], |e| &e.protects))),
                ("protection", Value::place(ending.and_then(|e| e.protection).map_or(own, place))),
            ],
        );
        let of = Of {
            kind: "service",
            address: &service.address,
            stakes: service.stakes,
            confidence,
            environments: &service.environments,
            callers: &service.callers,
            undeployed: service.undeployed,
        };
        of.fact(value)
    }

    pub(super) fn setting(&self, setting: &Setting) -> Fact {
        let value = self.with_common(
            Common {
                address: &setting.address,
                name: &setting.key,
                provider: Some(setting.provider),
                place: place(setting.span),
                file: setting.file,
                environments: &setting.environments,
                production: setting.production,
                confidence: setting.confidence,
                stakes: setting.stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("of", string(&setting.of)),
                ("platform", string(&setting.platform)),
                ("problem", string(setting.problem)),
                ("meant", optional(setting.meant.as_deref())),
                ("protects", Value::bool(setting.protects)),
                ("instead", optional(setting.instead.as_deref())),
            ],
        );
        let of = Of {
            kind: "setting",
            address: &setting.address,
            stakes: setting.stakes,
            confidence: setting.confidence,
            environments: &setting.environments,
            callers: &setting.callers,
            undeployed: setting.undeployed,
        };
        of.fact(value)
    }

    pub(super) fn secret(&self, secret: &Secret) -> Fact {
        let value = self.with_common(
            Common {
                address: &secret.address,
                name: &secret.name,
                provider: Some(secret.provider),
                place: place(secret.span),
                file: secret.file,
                environments: &secret.environments,
                production: secret.production,
                confidence: secret.confidence,
                stakes: secret.stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [("of", string(&secret.of)), ("platform", string(&secret.platform)), ("made", string(secret.made))],
        );
        let of = Of {
            kind: "secret",
            address: &secret.address,
            stakes: secret.stakes,
            confidence: secret.confidence,
            environments: &secret.environments,
            callers: &secret.callers,
            undeployed: secret.undeployed,
        };
        of.fact(value)
    }

    pub(super) fn package(&self, package: &Package) -> Fact {
        let value = self.with_common(
            Common {
                address: &package.address,
                name: &package.name,
                provider: Some(package.provider),
                place: place(package.span),
                file: package.file,
                environments: &[],
                production: true,
                confidence: Confidence::High,
                stakes: package.stakes,
                attributes: Value::object(IndexMap::new()),
            },
            [
                ("written", string(&package.written)),
                ("release", package.release.clone()),
                ("stores", strings(&package.stores)),
            ],
        );
        let of = Of {
            kind: "package",
            address: &package.address,
            stakes: package.stakes,
            confidence: Confidence::High,
            environments: &[],
            callers: &[],
            undeployed: package.undeployed,
        };
        of.fact(value)
    }
}
