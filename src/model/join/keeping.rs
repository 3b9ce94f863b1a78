//! Where copies that other resources make are kept: the vault, bucket, disk or region they name.

use crate::expr::Value;
use crate::knowledge::stores::Provider;
use crate::model::join::references::{References, Referrer};
use crate::model::join::whereabouts;
use crate::model::located::{Account, Located};
use crate::model::lookup;
use crate::terraform::{Mode, Resource};

impl References<'_> {
    /// Where a copy is kept, and the address of what holds it if that is declared here.
    pub(super) fn kept_in(&self, referrer: &Referrer<'_>, source: &Resource) -> Vec<(Located, Option<String>)> {
        let (reference, platform) = (referrer.reference, referrer.platform);
        let mut own = self.scene.located(referrer.resource, platform);
        // The plan or policy says where, or else the resource that follows it.
        let read = |path: &str| -> Vec<&Value> {
            let told = lookup::values(&source.block, path);
            if told.is_empty() { lookup::values(&referrer.resource.block, path) } else { told }
        };
        let named = |path: &Option<String>| -> Vec<Value> {
            path.as_deref().map(read).unwrap_or_default().into_iter().cloned().collect()
        };
        if let Some(project) = named(&reference.located_project).first().and_then(|v| v.as_str().map(Into::into)) {
            own.project = Some(project);
        }
        match named(&reference.located_region).first() {
            Some(value) if value.as_str().is_some() => own.region = value.as_str().map(Into::into),
            Some(_) => own.region = None,
            None => {}
        }
        let Some(path) = &reference.located else { return vec![(own, None)] };
        let places = read(path);
        if places.is_empty() && referrer.via.is_none() {
            own.account = Account::Unknown;
            return vec![(own, None)];
        }
        let all = places.into_iter().map(|value| self.holder(value, platform, &own)).collect::<Vec<_>>();
        if all.is_empty() { vec![(own, None)] } else { all }
    }

    fn holder(&self, value: &Value, platform: &Provider, own: &Located) -> (Located, Option<String>) {
        let is_store = |r: &&Resource| self.scene.knowledge.store_type(&r.type_).is_some();
        let found = self.scene.referred_all(value).find(is_store).or_else(|| {
            let name = value.as_str()?;
            self.scene.evaluation.resources.iter().filter(|r| r.mode == Mode::Managed).find(|r| {
                let row = self.scene.knowledge.store_type(&r.type_).map(|(_, row)| row);
                row.is_some_and(|row| row.names.iter().any(|n| lookup::string(&r.block, n) == Some(name)))
            })
        });
        if let Some(holder) = found {
            let platform = self.scene.knowledge.store_type(&holder.type_).map_or(platform, |(p, _)| p);
            return (self.scene.located(holder, platform), Some(holder.address_without_keys.clone()));
        }
        if let Some(located) = value.as_str().and_then(|id| whereabouts::of_id(platform, id)) {
            return (located, None);
        }
        let mut located = own.clone();
        match value.as_str() {
            // A plain name is one of the same account and region.
            Some(name) => located.store = Some(name.to_owned()),
            None => (located.account, located.region) = (Account::Unknown, None),
        }
        (located, None)
    }
}
