//! Who holds rights by this repository's own configuration: roles, users, service accounts, the
//! principals of bindings, and the tokens that Terraform makes.

use std::sync::Arc;

use crate::credentials::Scope;
use crate::credentials::iam::authority::{Allowed, Authority, Reach};
use crate::credentials::iam::pattern::{Hole, Pattern, Piece};
use crate::credentials::iam::trust::Trust;
use crate::credentials::iam::truth::Truth;
use crate::finding::{Location, Place, Reason};
use crate::knowledge::Knowledge;
use crate::knowledge::iam::{Action, Does};
use crate::model::located::{Account, Blast, Located};
use crate::model::store::{Copy, Store};
use crate::source::SourceId;

/// What a holder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// A role, user, group, service account: declared here.
    Identity,
    /// Somebody who is only named here, in a binding.
    Principal,
    /// A token or key that Terraform makes.
    Token,
    /// A trust by itself, without rights: an identity provider.
    Trust,
}

/// Somebody with rights.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Address of the resource that declares it, without instance keys; of the binding, for a principal.
    pub address: String,
    /// The same for every caller of its module.
    pub subject: String,
    /// What it is called: the resource's name, the principal as written.
    pub name: String,
    /// Its names on the platform, as far as they are known.
    pub called: Vec<String>,
    /// What it is, in words: "role", "access key of a user, which never expires".
    pub title: String,
    /// What it is.
    pub kind: HolderKind,
    /// The platform, by its short name.
    pub provider: String,
    /// The platform in words.
    pub platform: String,
    /// Where it is declared.
    pub place: Arc<Place>,
    /// The file.
    pub file: SourceId,
    /// Directories of the root modules that declare it.
    pub roots: Vec<String>,
    /// Where it is: its account.
    pub located: Located,
    /// What it may destroy.
    pub authority: Authority,
    /// Who may take it on.
    pub trusts: Vec<Trust>,
    /// Where rights are given to it; labelled.
    pub given: Vec<Location>,
    /// What to do instead, in words; empty where that depends.
    pub advice: String,
    /// Environments it belongs to.
    pub environments: Vec<String>,
    /// Addresses of its instances.
    pub instances: Vec<String>,
    /// Calls that lead to its module.
    pub callers: Vec<Location>,
    /// In a library module.
    pub library: bool,
}

impl Holder {
    /// Whether it may do something to a store of this project.
    pub fn may(&self, does: Does, store: &Store, knowledge: &Knowledge) -> Truth {
        if self.provider != store.provider {
            return Truth::No;
        }
        let rights = knowledge.rights(&self.provider);
        let action = |a: &Allowed| rights.and_then(|r| r.actions.iter().find(|known| known.action == a.action));
        let about = self.authority.allowed.iter().filter(|a| a.does == does && is_about(a, store));
        let one = |allowed: &Allowed| {
            let shared = self.shares(&allowed.reach, store);
            shared.and(reaches(allowed, action(allowed), store, self.is_beside(store))).and(allowed.truth.clone())
        };
        Truth::any(about.map(one)).or(self.authority.unseen())
    }

    /// Whether it may take so much by one call.
    pub fn takes_at_once(&self, blast: Blast) -> Truth {
        let such = self.authority.allowed.iter().filter(|a| a.does == Does::Data && a.blast == blast.word());
        Truth::any(such.map(|a| a.truth.clone())).or(self.authority.unseen())
    }

    /// Whether it may certainly delete a copy, where that is kept.
    pub fn takes_copy(&self, copy: &Copy, stores: &[Store], knowledge: &Knowledge) -> bool {
        let takes = |at: usize, does: Does| stores.get(at).is_some_and(|s| self.may(does, s, knowledge).is_yes());
        match copy.held_in {
            Some(at) if at != copy.store => takes(at, Does::Data) || takes(at, Does::Copies),
            _ => takes(copy.store, Does::Copies),
        }
    }

    /// Whether a store is declared in the same root module: only there does an address mean the same.
    fn is_beside(&self, store: &Store) -> bool {
        store.roots.iter().any(|r| self.roots.contains(r))
    }

    /// Whether a store is where a right of this holder holds: in its account, and in the project the
    /// right is given in. What names no project is taken to be in that of its root module.
    fn shares(&self, reach: &Reach, store: &Store) -> Truth {
        if let (Account::Named(own), Account::Named(other)) = (&self.located.account, &store.located.account)
            && own != other
        {
            return Truth::No;
        }
        let project = reach.within.as_ref().filter(|p| p.unknown().is_none()).map(Pattern::text);
        match (project, &store.located.project) {
            (Some(own), Some(other)) => return Truth::known(own == *other),
            _ if self.is_beside(store) => return Truth::Yes,
            _ => {}
        }
        let named = |l: &Located| matches!(l.account, Account::Named(_));
        if reach.scope != Scope::Project && named(&self.located) && named(&store.located) {
            return Truth::Yes;
        }
        Truth::because("another-root", "it is declared in another root module, which may be for another account")
    }

    /// The widest scope over which it certainly does something.
    pub fn scope(&self, does: Does) -> Scope {
        self.authority.widest(does).unwrap_or(Scope::None)
    }
}

/// Whether an action is one on a store of this type.
fn is_about(allowed: &Allowed, store: &Store) -> bool {
    match allowed.types.is_empty() {
        true => matches!(allowed.blast.as_str(), "project" | "account"),
        false => allowed.types.contains(&store.r#type),
    }
}

/// Whether an allowed action reaches a store.
fn reaches(allowed: &Allowed, action: Option<&Action>, store: &Store, beside: bool) -> Truth {
    let reach = &allowed.reach;
    let address = |p: &Pattern| {
        let (address, _) = p.symbol()?.rsplit_once('.')?;
        Some(Truth::known(beside && (address == store.address || store.instances.iter().any(|i| i == address))))
    };
    // The form names the store itself, or what is kept of it, whose name isn't known.
    let own = allowed.kind == store.kind;
    let form = action.and_then(|a| a.over.first());
    let named = |name: Option<&str>| match form {
        Some(form) => filled(form, name.filter(|_| own)),
        None => name.map_or_else(|| open("the name of this store isn't known"), Pattern::literal),
    };
    let names: Vec<Pattern> = match store.names.as_slice() {
        [] => vec![named(None)],
        known => known.iter().map(|name| named(Some(name))).collect(),
    };
    let meets = |p: &Pattern| address(p).unwrap_or_else(|| Truth::any(names.iter().map(|n| p.meets(n, true))));
    let covers = |p: &Pattern| address(p).unwrap_or_else(|| Truth::any(names.iter().map(|n| p.covers(n, true))));
    let only = if reach.only.is_empty() { Truth::Yes } else { Truth::any(reach.only.iter().map(meets)) };
    only.and(Truth::any(reach.except.iter().map(covers)).negated())
}

/// What an action acts on (`arn:{}:rds:{}:{}:db:{}`), its name filled in, or open where that isn't
/// known. Partition, region and account are taken to be those the policy is for.
fn filled(form: &str, name: Option<&str>) -> Pattern {
    let mut pattern = Pattern::form(form);
    // The name is the first part of the resource, after its type; what follows is within it.
    let resource = pattern.pieces.iter().enumerate().filter(|(_, p)| matches!(p, Piece::Name | Piece::Any));
    let places: Vec<usize> = resource.map(|(i, _)| i).collect();
    let within = form.splitn(6, ':').nth(5).map_or(1, |r| r.matches("{}").count().max(1));
    let index = match places.len().checked_sub(within + usize::from(form.ends_with("/*"))) {
        Some(at) => places.get(at + within - 1).copied(),
        None => places.last().copied(),
    };
    if let Some(piece) = index.and_then(|i| pattern.pieces.get_mut(i)) {
        let tail = *piece == Piece::Any;
        *piece = match name {
            Some(name) => Piece::Text(name.to_owned()),
            None => open("the name of this store isn't known").pieces.pop().unwrap_or(Piece::Any),
        };
        // Where more follows the name by itself (a secret's suffix), anything may.
        if tail {
            pattern.pieces.push(Piece::Any);
        }
    }
    pattern
}

/// A name that isn't known.
fn open(why: &str) -> Pattern {
    let reasons = Arc::new(vec![Reason::new("store-name", why)]);
    Pattern::hole(Hole { symbol: None, form: None, reasons })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_they_belong() {
        let text = |form: &str| filled(form, Some("N")).text();
        assert_eq!(text("arn:{}:rds:{}:{}:db:{}"), "arn:{}:rds:{}:{}:db:N");
        assert_eq!(text("arn:{}:s3:::{}"), "arn:{}:s3:::N");
        assert_eq!(text("arn:{}:s3:::{}/*"), "arn:{}:s3:::N/*");
        assert_eq!(text("arn:{}:dynamodb:{}:{}:table/{}"), "arn:{}:dynamodb:{}:{}:table/N");
        assert_eq!(text("arn:{}:secretsmanager:{}:{}:secret:*"), "arn:{}:secretsmanager:{}:{}:secret:N*");
        assert_eq!(text("arn:{}:timestream:{}:{}:database/{}/table/{}"), "arn:{}:timestream:{}:{}:database/{}/table/N");
    }
}
