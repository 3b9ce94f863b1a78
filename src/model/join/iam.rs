//! Terraform resources → who holds which rights. Which resources are somebody, which give rights and
//! how they are written is knowledge (`rules/knowledge/iam`); what the rights amount to is worked out
//! by `credentials::iam`.

mod documents;
mod read;
mod rights;
mod tokens;
mod trusts;

use std::collections::HashMap;
use std::sync::Arc;

use crate::credentials::iam::authority::Authority;
use crate::credentials::iam::aws::Policies;
use crate::credentials::iam::pattern::Pattern;
use crate::expr::{Kind, Value};
use crate::finding::{Location, Place, Reason, Role, Slot};
use crate::knowledge::Knowledge;
use crate::knowledge::iam::{Binding, Form, Rights};
use crate::model::holder::{Holder, HolderKind};
use crate::model::inputs::Inputs;
use crate::model::join::whereabouts::Scene;
use crate::model::located::{Account, Located};
use crate::terraform::{Evaluation, Resource};

/// Most holders of one evaluation.
const HOLDERS: usize = 20_000;

/// Everybody who holds rights in any root, environments that don't differ together.
pub fn holders(inputs: &Inputs<'_>) -> Vec<Holder> {
    fold(inputs.terraform.iter().flat_map(|e| of_evaluation(e, inputs.knowledge)).collect())
}

/// Everybody who holds rights by a root's configuration, and every token it makes; instances that
/// don't differ are one.
pub fn of_evaluation(evaluation: &Evaluation, knowledge: &Knowledge) -> Vec<Holder> {
    let by_address: HashMap<&str, &Resource> = evaluation.resources.iter().map(|r| (r.address.as_str(), r)).collect();
    let mut walk =
        Walk { evaluation, knowledge, by_address: by_address.clone(), building: Vec::new(), known: HashMap::new() };
    walk.identities();
    walk.bindings();
    walk.groups();
    let mut holders = walk.finish();
    holders.extend(tokens::made(evaluation, knowledge, &holders));
    let scene = Scene::of(knowledge, evaluation);
    for holder in &mut holders {
        let resource = holder.instances.first().and_then(|a| by_address.get(a.as_str()).copied());
        if let Some((resource, platform)) = resource.and_then(|r| Some((r, knowledge.platform_of(&r.type_)?))) {
            holder.located = scene.located(resource, platform);
        }
    }
    fold(holders)
}

/// A resource that gives rights, with what is known of it.
struct Known<'a> {
    resource: &'a Resource,
    rights: &'a Rights,
    binding: &'a Binding,
}

/// A holder whose policies aren't all together yet.
struct Building<'a> {
    holder: Holder,
    rights: &'a Rights,
    policies: Policies,
    /// Other identities whose rights it has.
    groups: Vec<usize>,
}

struct Walk<'a> {
    evaluation: &'a Evaluation,
    knowledge: &'a Knowledge,
    by_address: HashMap<&'a str, &'a Resource>,
    building: Vec<Building<'a>>,
    /// Address with keys, or principal as written → index.
    known: HashMap<String, usize>,
}

impl<'a> Walk<'a> {
    /// Every resource that the knowledge of rights has a row for.
    fn rows(&self) -> Vec<Known<'a>> {
        let mut rows = Vec::new();
        for resource in &self.evaluation.resources {
            let Some(rights) = self.knowledge.rights_of_type(&resource.type_) else { continue };
            let managed = resource.mode == crate::terraform::Mode::Managed;
            for binding in rights.bindings.iter().filter(|b| managed && b.resource == resource.type_.as_str()) {
                rows.push(Known { resource, rights, binding });
            }
        }
        rows
    }

    fn identities(&mut self) {
        for known in self.rows() {
            let trust = known.binding.issuer.is_some();
            if (known.binding.identity || trust) && self.building.len() < HOLDERS {
                let kind = if trust { HolderKind::Trust } else { HolderKind::Identity };
                let mut holder = holder(known.resource, &known.binding.title, known.rights, self.evaluation, kind);
                let names = known.binding.names.iter().flat_map(|n| read::values(&known.resource.block, n));
                holder.called = names.filter_map(|v| v.as_str().map(str::to_owned)).collect();
                self.add(known.resource.address.clone(), holder, known.rights);
            }
        }
    }

    fn add(&mut self, key: String, holder: Holder, rights: &'a Rights) -> usize {
        let index = self.building.len();
        self.known.insert(key, index);
        self.building.push(Building { holder, rights, policies: Policies::default(), groups: Vec::new() });
        index
    }

    fn bindings(&mut self) {
        for known in self.rows() {
            let itself = self.known.get(&known.resource.address).copied();
            if let Some(index) = itself {
                self.trust(&known, index);
                self.bound(&known, index);
            }
            let targets: Vec<usize> = match known.binding.to.is_empty() {
                true => itself.into_iter().collect(),
                false => self.targets(&known),
            };
            let impersonation = self.impersonation(&known);
            if targets.is_empty() && known.binding.gives.iter().all(|g| g.form != Form::Bindings) {
                continue;
            }
            if !impersonation {
                self.give(&known, &targets);
            }
        }
    }

    /// The holders that a binding names, made where they are only named.
    fn targets(&mut self, known: &Known<'a>) -> Vec<usize> {
        let values: Vec<Value> =
            known.binding.to.iter().flat_map(|path| read::values(&known.resource.block, path)).collect();
        let found: Vec<usize> = values.iter().filter_map(|value| self.target(known, value)).collect();
        found
    }

    fn target(&mut self, known: &Known<'a>, value: &Value) -> Option<usize> {
        if let Some(index) = self.identity(known.rights, value) {
            return Some(index);
        }
        let name = match &value.kind {
            Kind::String(text) => text.as_str().to_owned(),
            Kind::Unknown(unknown) => match &unknown.symbol {
                Some(symbol) => symbol.as_str().to_owned(),
                None => known.resource.address.clone(),
            },
            _ => return None,
        };
        let key = format!("{}:{name}", known.rights.provider);
        if let Some(index) = self.known.get(&key) {
            return Some(*index);
        }
        if self.building.len() >= HOLDERS {
            return None;
        }
        let mut holder =
            holder(known.resource, &known.binding.title, known.rights, self.evaluation, HolderKind::Principal);
        holder.name = name;
        Some(self.add(key, holder, known.rights))
    }

    /// The identity of this configuration that a value names: by reference, or by name.
    fn identity(&self, rights: &Rights, value: &Value) -> Option<usize> {
        if let Some(index) = read::referred(value).find_map(|address| self.known.get(address).copied()) {
            return Some(index);
        }
        let text = value.as_str()?;
        let named = |building: &Building<'_>| {
            building.holder.kind == HolderKind::Identity
                && building.rights.provider == rights.provider
                && building.holder.instances.first().and_then(|a| self.by_address.get(a.as_str())).is_some_and(|r| {
                    let row = rights.bindings.iter().find(|b| b.resource == r.type_.as_str() && b.identity);
                    row.is_some_and(|b| b.names.iter().any(|n| read::is_called(&r.block, n, text)))
                })
        };
        self.building.iter().position(named)
    }

    /// Adds the rights of groups to their members.
    fn groups(&mut self) {
        for index in 0..self.building.len() {
            let Some(groups) = self.building.get(index).map(|b| b.groups.clone()) else { continue };
            for group in groups.into_iter().filter(|g| *g != index) {
                let Some(given) = self.building.get(group).map(|b| (b.policies.clone(), b.holder.authority.clone()))
                else {
                    continue;
                };
                if let Some(member) = self.building.get_mut(index) {
                    member.policies.documents.extend(given.0.documents);
                    member.policies.unseen.extend(given.0.unseen);
                    member.holder.authority.add(given.1);
                }
            }
        }
    }

    fn finish(self) -> Vec<Holder> {
        let finished = self.building.into_iter().map(|building| {
            let mut holder = building.holder;
            let policies = building.policies;
            if !policies.documents.is_empty() || !policies.unseen.is_empty() {
                holder.authority.add(policies.authority(building.rights));
            }
            holder
        });
        finished.collect()
    }
}

/// A holder of which nothing is known but what declares it.
fn holder(resource: &Resource, title: &str, rights: &Rights, evaluation: &Evaluation, kind: HolderKind) -> Holder {
    let block = &resource.block;
    let place =
        Place { span: block.header, slot: Slot::None, chain: Vec::new(), role: Role::Credential, item: block.span };
    Holder {
        address: resource.address_without_keys.clone(),
        subject: format!("{}.{}", resource.type_.as_str(), resource.name.as_str()),
        name: resource.name.as_str().to_owned(),
        called: Vec::new(),
        title: title.to_owned(),
        kind,
        provider: rights.provider.clone(),
        platform: rights.title.clone(),
        place: Arc::new(place),
        file: block.span.source,
        roots: vec![evaluation.root.clone()],
        located: Located {
            provider: rights.provider.clone(),
            account: Account::Ordinary,
            project: None,
            environment: None,
            region: None,
            parent: None,
            store: None,
        },
        authority: Authority::none(&rights.provider),
        trusts: Vec::new(),
        given: Vec::new(),
        advice: String::new(),
        environments: vec![evaluation.environment.clone()],
        instances: vec![resource.address.clone()],
        callers: resource.callers.clone(),
        library: evaluation.library,
    }
}

/// A pattern that stands for what a value names.
fn pattern(value: &Value) -> Option<Pattern> {
    use crate::credentials::iam::pattern::Hole;
    match &value.kind {
        Kind::String(text) => Some(Pattern::literal(text)),
        Kind::Unknown(unknown) => Some(Pattern::hole(Hole {
            symbol: unknown.symbol.as_ref().map(|s| s.as_str().to_owned()),
            form: None,
            reasons: unknown.reasons.clone(),
        })),
        _ => None,
    }
}

/// A reason with the place it stands at.
fn because(kind: &'static str, message: String, resource: &Resource) -> Reason {
    Reason::at(kind, message, resource.block.header)
}

/// Where a right is given.
fn given_at(resource: &Resource, title: &str) -> Location {
    Location { span: resource.block.header, label: title.to_owned(), role: Role::Cause }
}

/// Instances that don't differ, and the rights of one principal given by several bindings of a block, as one.
fn fold(holders: Vec<Holder>) -> Vec<Holder> {
    let mut all: Vec<Holder> = Vec::new();
    let mut at: HashMap<(Vec<String>, String, String, HolderKind), Vec<usize>> = HashMap::new();
    for holder in holders {
        let key = (holder.roots.clone(), holder.address.clone(), holder.name.clone(), holder.kind);
        let same = |other: &Holder| {
            other.authority == holder.authority
                && other.trusts == holder.trusts
                && other.title == holder.title
                && other.located.account == holder.located.account
        };
        let like = at.get(&key).into_iter().flatten().copied();
        match like.into_iter().find(|i| all.get(*i).is_some_and(same)) {
            Some(index) => {
                if let Some(other) = all.get_mut(index) {
                    for (mine, theirs) in
                        [(&mut other.instances, holder.instances), (&mut other.environments, holder.environments)]
                    {
                        mine.extend(theirs.into_iter().filter(|v| !mine.contains(v)).collect::<Vec<_>>());
                    }
                    for place in holder.given {
                        if !other.given.contains(&place) {
                            other.given.push(place);
                        }
                    }
                }
            }
            None => {
                at.entry(key).or_default().push(all.len());
                all.push(holder);
            }
        }
    }
    all
}
