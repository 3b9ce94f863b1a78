//! What deployment configurations run, their settings, secrets and packages, as facts.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Common, Values, optional, string, strings};
use crate::expr::Value;
use crate::finding::{Confidence, Place, Reason, Role};
use crate::model::fact::Fact;
use crate::model::service::package::Package;
use crate::model::service::secret::Secret;
use crate::model::service::setting::Setting;
use crate::model::service::{Declared, Service};
use crate::source::Span;

fn known(value: Result<bool, Reason>) -> Value {
    value.map_or_else(Value::unknown, Value::bool)
}

fn place(span: Span) -> Arc<Place> {
    Place::of(span, Role::Context)
}

impl Values<'_> {
    pub(super) fn service(&self, service: &Service) -> Fact {
        let own = place(service.declared.span);
        let keeping = service.keeping.as_ref();
        let ending = service.ending.as_ref();
        // By a variable's name only: not sure.
        let confidence = match keeping {
            Some(keeping) if !keeping.sure => Confidence::Medium,
            _ => Confidence::High,
        };
        let own_attributes = [
            ("kind", string(service.kind)),
            ("platform", string(&service.declared.platform)),
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
        ];
        self.declared("service", &service.declared, confidence, own_attributes)
    }

    pub(super) fn setting(&self, setting: &Setting) -> Fact {
        let own = [
            ("of", string(&setting.of)),
            ("platform", string(&setting.declared.platform)),
            ("problem", string(setting.problem)),
            ("meant", optional(setting.meant.as_deref())),
            ("protects", Value::bool(setting.protects)),
            ("instead", optional(setting.instead.as_deref())),
        ];
        self.declared("setting", &setting.declared, Confidence::High, own)
    }

    pub(super) fn secret(&self, secret: &Secret) -> Fact {
        let own = [
            ("of", string(&secret.of)),
            ("platform", string(&secret.declared.platform)),
            ("made", string(secret.made)),
        ];
        self.declared("secret", &secret.declared, Confidence::High, own)
    }

    pub(super) fn package(&self, package: &Package) -> Fact {
        let own = [
            ("written", string(&package.written)),
            ("release", package.release.clone()),
            ("stores", strings(&package.stores)),
        ];
        self.declared("package", &package.declared, Confidence::High, own)
    }

    /// The fact of something that a deployment configuration declares, at most as sure as `most`.
    fn declared<const N: usize>(
        &self,
        kind: &'static str,
        declared: &Declared,
        most: Confidence,
        own: [(&str, Value); N],
    ) -> Fact {
        let confidence = declared.confidence.min(most);
        let common = Common {
            address: &declared.address,
            name: &declared.name,
            provider: Some(declared.provider),
            place: place(declared.span),
            file: declared.span.source,
            environments: &declared.environments,
            production: declared.production,
            confidence,
            stakes: declared.stakes,
            attributes: Value::object(IndexMap::new()),
        };
        Fact {
            kind,
            address: declared.address.clone(),
            subject: declared.address.clone(),
            value: self.with_common(common, own),
            stakes: declared.stakes,
            confidence,
            environments: declared.environments.clone(),
            instances: Vec::new(),
            callers: declared.callers.clone(),
            local: false,
            undeployed: declared.undeployed,
            library: false,
        }
    }
}
