//! Where a resource is, what it is inside of, and which resource a value refers to.

use std::collections::HashMap;

use crate::expr::{Kind, Value};
use crate::knowledge::Knowledge;
use crate::knowledge::stores::Provider;
use crate::model::located::{Account, Located};
use crate::model::lookup;
use crate::terraform::{Evaluation, Mode, ResolvedBlock, Resource};

/// Parents followed further than this are none.
const DEPTH: usize = 8;

/// One root's resources, found by their addresses.
pub struct Scene<'a> {
    /// What is known of the world.
    pub knowledge: &'a Knowledge,
    /// The root.
    pub evaluation: &'a Evaluation,
    by_address: HashMap<&'a str, &'a Resource>,
}

impl<'a> Scene<'a> {
    /// Indexes a root's resources.
    pub fn of(knowledge: &'a Knowledge, evaluation: &'a Evaluation) -> Self {
        let by_address = evaluation.resources.iter().map(|r| (r.address.as_str(), r)).collect();
        Scene { knowledge, evaluation, by_address }
    }

    /// The block of a resource's provider, where there is one.
    pub fn config(&self, resource: &Resource) -> Option<&'a ResolvedBlock> {
        resource.provider.and_then(|i| self.evaluation.providers.get(i)).and_then(|p| p.block.as_ref())
    }

    /// The resource that a value is an attribute of.
    pub fn referred(&self, value: &Value) -> Option<&'a Resource> {
        self.referred_all(value).next()
    }

    /// The resources whose attributes a value came through, nearest first.
    pub fn referred_all<'s>(&'s self, value: &'s Value) -> impl Iterator<Item = &'a Resource> + 's {
        symbols(value).into_iter().filter_map(|symbol| {
            let (address, _) = symbol.rsplit_once('.')?;
            self.by_address.get(address).copied()
        })
    }

    /// Whether a symbol is an attribute of a resource of this root.
    pub fn is_resource(&self, symbol: &str) -> bool {
        symbol.rsplit_once('.').is_some_and(|(address, _)| self.by_address.contains_key(address))
    }

    /// Where a resource of this platform is.
    pub fn located(&self, resource: &Resource, platform: &Provider) -> Located {
        let config = self.config(resource);
        let own = |block: &ResolvedBlock, paths: &[String]| -> Option<String> {
            paths.iter().find_map(|path| lookup::first_string(block, path).map(Into::into))
        };
        let text = |paths: &[String]| own(&resource.block, paths).or_else(|| own(config?, paths));
        let account = match text(&platform.account_from) {
            Some(name) => Account::Named(account_name(&name)),
            None => Account::Ordinary,
        };
        // What has no project of its own is in that of what it is inside of.
        let project = text(&platform.project_from).or_else(|| {
            let above = self.parents(resource);
            above.iter().find_map(|r| own(&r.block, &platform.project_from))
        });
        Located {
            provider: platform.provider.clone(),
            account,
            project,
            environment: text(&platform.environment_from),
            region: text(&platform.region_from),
            parent: self.parents(resource).first().map(|r| r.address_without_keys.clone()),
            store: Some(resource.address_without_keys.clone()),
        }
    }

    /// What a resource is deleted with, nearest first.
    pub fn parents(&self, resource: &Resource) -> Vec<&'a Resource> {
        let mut chain: Vec<&'a Resource> = Vec::new();
        let (mut kind, mut block) = (resource.type_.as_str(), &resource.block);
        while chain.len() < DEPTH {
            let Some((_, row)) = self.knowledge.store_type(kind) else { break };
            let values = row.parent.iter().flat_map(|path| lookup::values(block, path));
            let found = values.into_iter().find_map(|v| self.referred(v));
            match found {
                Some(next) if next.address != resource.address && chain.iter().all(|c| c.address != next.address) => {
                    chain.push(next);
                    (kind, block) = (next.type_.as_str(), &next.block);
                }
                _ => break,
            }
        }
        chain
    }

    /// The project or resource group a resource is in, where that is declared here.
    pub fn project_of(&self, resource: &Resource, platform: &Provider) -> Option<&'a Resource> {
        platform.project_from.iter().flat_map(|path| lookup::values(&resource.block, path)).find_map(|value| {
            self.referred_all(value).find(|r| is_one_of(r, &platform.project_types)).or_else(|| {
                let name = value.as_str()?;
                let named = |r: &&Resource| {
                    is_one_of(r, &platform.project_types)
                        && ["name", "project_id"].iter().any(|a| lookup::string(&r.block, a) == Some(name))
                };
                self.evaluation.resources.iter().find(named)
            })
        })
    }
}

/// The account number in an ARN, or the name as it is.
fn account_name(text: &str) -> String {
    text.split(':').find(|part| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text).to_owned()
}

/// Whether a resource is of one of these types (`data.` in front of data sources).
pub fn is_one_of(resource: &Resource, types: &[String]) -> bool {
    types.iter().any(|t| match t.strip_prefix("data.") {
        Some(t) => resource.mode == Mode::Data && resource.type_ == t,
        None => resource.mode == Mode::Managed && resource.type_ == t.as_str(),
    })
}

/// The resource attributes a value stands for or was taken from: `aws_s3_bucket.b.id`, nearest first.
pub fn symbols(value: &Value) -> Vec<&str> {
    let mut all = Vec::new();
    all.extend(symbol(value));
    let mut origin = value.origin.as_deref();
    while let Some(hop) = origin.filter(|_| all.len() < 64) {
        all.push(hop.what.as_str());
        origin = hop.from.as_deref();
    }
    all
}

/// The resource attribute that an unknown value is exactly.
pub fn symbol(value: &Value) -> Option<&str> {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.symbol.as_deref(),
        _ => None,
    }
}

/// Where an identifier says that something is, by the platform's forms of them.
pub fn of_id(platform: &Provider, id: &str) -> Option<Located> {
    platform.ids.iter().find_map(|form| {
        let parts = matched(form, id)?;
        let part = |name: &str| parts.iter().find(|(n, v)| *n == name && !v.is_empty()).map(|(_, v)| (*v).to_owned());
        Some(Located {
            provider: platform.provider.clone(),
            account: part("account").map_or(Account::Ordinary, Account::Named),
            project: part("project"),
            environment: None,
            region: part("region"),
            parent: None,
            store: Some(part("name").unwrap_or_else(|| id.to_owned())),
        })
    })
}

/// The parts of `text` in the places of `{…}` in `form`; the last one takes all that is left.
fn matched<'f, 't>(form: &'f str, text: &'t str) -> Option<Vec<(&'f str, &'t str)>> {
    let mut found = Vec::new();
    let (mut form, mut text) = (form, text);
    while let Some((literal, rest)) = form.split_once('{') {
        text = strip(text, literal)?;
        let (name, after) = rest.split_once('}')?;
        let until = after.split('{').next().unwrap_or("");
        let end = if until.is_empty() { text.len() } else { find(text, until)? };
        found.push((name, text.get(..end)?));
        text = text.get(end..)?;
        form = after;
    }
    text.eq_ignore_ascii_case(form).then_some(found)
}

fn strip<'t>(text: &'t str, literal: &str) -> Option<&'t str> {
    let head = text.get(..literal.len())?;
    head.eq_ignore_ascii_case(literal).then(|| text.get(literal.len()..))?
}

fn find(text: &str, literal: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(&literal.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_taken_apart_by_their_form() {
        let arn = "arn:aws:backup:eu-west-1:123456789012:backup-vault:offsite";
        let parts = matched("arn:{_}:{_}:{region}:{account}:{name}", arn).unwrap();
        assert!(parts.contains(&("region", "eu-west-1")) && parts.contains(&("account", "123456789012")));
        assert!(parts.contains(&("name", "backup-vault:offsite")));
        assert_eq!(matched("arn:{_}:{_}:{region}:{account}:{name}", "offsite"), None);
        let id = "/subscriptions/s/resourcegroups/rg/providers/Microsoft.DataProtection/backupVaults/v";
        let form = "/subscriptions/{account}/resourceGroups/{project}/providers/{_}/{_}/{name}";
        assert!(matched(form, id).unwrap().contains(&("project", "rg")));
        assert_eq!(matched("/subscriptions/{account}", "/subscriptions/"), Some(vec![("account", "")]));
    }
}
