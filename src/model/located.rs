//! Places of the world: provider / account / project / region / parent / store, and what survives
//! the loss of one of them.

use crate::finding::Confidence;

/// What one act takes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blast {
    /// What is in the store: the store itself stays, with what its platform keeps of it.
    Contents,
    /// The store alone.
    Store,
    /// What it is deleted with.
    Parent,
    /// One environment of its project.
    Environment,
    /// Its project or resource group.
    Project,
    /// Its account or workspace.
    Account,
}

impl Blast {
    /// From the knowledge's word.
    pub fn parse(word: &str) -> Option<Blast> {
        Some(match word {
            "contents" => Blast::Contents,
            "store" => Blast::Store,
            "parent" => Blast::Parent,
            "environment" => Blast::Environment,
            "project" => Blast::Project,
            "account" => Blast::Account,
            _ => return None,
        })
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Blast::Contents => "contents",
            Blast::Store => "store",
            Blast::Parent => "parent",
            Blast::Environment => "environment",
            Blast::Project => "project",
            Blast::Account => "account",
        }
    }
}

/// An account, as well as a repository tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// Named by an id, a role or a profile.
    Named(String),
    /// Whatever the ordinary credential of this platform belongs to.
    Ordinary,
    /// Not known at all.
    Unknown,
}

/// Where something is kept. `None` at a level: not known, or the platform has no such level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Located {
    /// Platform: `aws`, `railway`.
    pub provider: String,
    /// Account or workspace.
    pub account: Account,
    /// Project, resource group.
    pub project: Option<String>,
    /// Environment of its project, namespace of its cluster.
    pub environment: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Address of what it is deleted with.
    pub parent: Option<String>,
    /// Address of the store it is inside of (a snapshot in its volume), or of the store that holds it (a bucket).
    pub store: Option<String>,
}

impl Located {
    /// `provider/account/project/region/parent/store`, `?` where unknown.
    pub fn text(&self) -> String {
        let account = match &self.account {
            Account::Named(name) => name.clone(),
            Account::Ordinary => "default".into(),
            Account::Unknown => "?".into(),
        };
        let or = |v: &Option<String>| v.clone().unwrap_or_else(|| "?".into());
        [self.provider.clone(), account, or(&self.project), or(&self.region), or(&self.parent), or(&self.store)]
            .join("/")
    }

    /// Whether a copy kept here survives when `blast` hits `store`, and how sure that is. `None`:
    /// can't be told. A copy that lies outside at some level up to the blast's survives it.
    pub fn survives(&self, blast: Blast, store: &Located) -> Option<(bool, Confidence)> {
        if self.provider != store.provider {
            return Some((true, Confidence::High));
        }
        let other_account = match (&self.account, &store.account) {
            (Account::Named(a), Account::Named(b)) => Some((a != b, Confidence::High)),
            (Account::Ordinary, Account::Ordinary) => Some((false, Confidence::High)),
            (Account::Named(_), Account::Ordinary) | (Account::Ordinary, Account::Named(_)) => {
                Some((true, Confidence::Medium))
            }
            _ => None,
        };
        if let Some((true, confidence)) = other_account {
            return Some((true, confidence));
        }
        if blast == Blast::Account {
            return other_account.map(|(_, confidence)| (false, confidence));
        }
        let other_project = match (&self.project, &store.project) {
            (Some(a), Some(b)) => a != b,
            (None, None) => false,
            _ => return None,
        };
        if other_project {
            return Some((true, Confidence::High));
        }
        if blast == Blast::Project {
            // Platforms without projects have no call that takes one.
            return Some((self.project.is_none(), Confidence::High));
        }
        if blast == Blast::Environment {
            match (&self.environment, &store.environment) {
                (Some(here), Some(there)) => return Some((here != there, Confidence::Medium)),
                // Whether another store of the same project goes with one of its environments isn't
                // known where nothing says which it is in.
                _ if self.project.is_some() => return (self.store == store.store).then_some((false, Confidence::High)),
                _ => {}
            }
        }
        if blast == Blast::Contents {
            return Some((true, Confidence::High));
        }
        if blast == Blast::Parent && store.parent.is_some() {
            return Some((self.parent != store.parent, Confidence::High));
        }
        Some((self.store != store.store, Confidence::High))
    }

    /// Whether it lies in another region; `None` where that can't be told.
    pub fn survives_region(&self, store: &Located) -> Option<bool> {
        if self.provider != store.provider {
            return Some(true);
        }
        match (&self.region, &store.region) {
            (Some(a), Some(b)) => Some(a != b),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(provider: &str, account: Account, project: Option<&str>, store: &str) -> Located {
        Located {
            provider: provider.into(),
            account,
            project: project.map(Into::into),
            environment: None,
            region: None,
            parent: None,
            store: Some(store.into()),
        }
    }

    #[test]
    fn a_bucket_of_the_same_project_survives_its_volume_but_not_its_project() {
        let db = at("railway", Account::Ordinary, Some("pocketos"), "db");
        let dumps = at("railway", Account::Ordinary, Some("pocketos"), "dumps");
        assert_eq!(dumps.survives(Blast::Store, &db), Some((true, Confidence::High)));
        assert_eq!(dumps.survives(Blast::Project, &db), Some((false, Confidence::High)));
        assert_eq!(dumps.survives(Blast::Account, &db), Some((false, Confidence::High)));
    }

    #[test]
    fn what_is_in_an_environment_goes_with_it() {
        let within = |environment: Option<&str>, store: &str| Located {
            environment: environment.map(Into::into),
            ..at("railway", Account::Ordinary, Some("pocketos"), store)
        };
        let db = within(Some("production"), "db");
        let survives = |copy: Located| copy.survives(Blast::Environment, &db).map(|(survives, _)| survives);
        assert_eq!(survives(within(Some("production"), "dumps")), Some(false));
        assert_eq!(survives(within(Some("backup"), "dumps")), Some(true));
        assert_eq!(survives(within(None, "dumps")), None);
        assert_eq!(survives(Located { project: Some("other".into()), ..within(Some("production"), "d") }), Some(true));
    }

    #[test]
    fn another_platform_survives_everything() {
        let db = at("railway", Account::Ordinary, Some("pocketos"), "db");
        let dumps = at("aws", Account::Unknown, None, "dumps");
        assert_eq!(dumps.survives(Blast::Account, &db), Some((true, Confidence::High)));
    }

    #[test]
    fn a_snapshot_inside_the_volume_dies_with_it() {
        let db = at("railway", Account::Ordinary, Some("pocketos"), "db");
        assert_eq!(db.clone().survives(Blast::Store, &db), Some((false, Confidence::High)));
    }
}
