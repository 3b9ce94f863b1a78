//! Stores and their switches.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::expr::Value;
use crate::finding::{Confidence, Location, Place};
use crate::model::located::{Blast, Located};
use crate::model::stakes::Stakes;
use crate::source::SourceId;

/// Something that holds data.
#[derive(Clone, Debug)]
pub struct Store {
    /// `module.db.aws_db_instance.main`, `railway:db`.
    pub address: String,
    /// Address of the declaration itself, the same for every call of its module.
    pub subject: String,
    /// Short name.
    pub name: String,
    /// Platform: `aws`, `railway`.
    pub provider: String,
    /// Platform in words.
    pub platform: String,
    /// Type where it is declared.
    pub r#type: String,
    /// Type in words.
    pub title: String,
    /// database, volume, bucket, …
    pub kind: String,
    /// primary, keys, state, derived, transient.
    pub holds: String,
    /// Where it is declared.
    pub place: Arc<Place>,
    /// In which file.
    pub file: SourceId,
    /// Directories of the Terraform root modules that declare it; empty outside of Terraform.
    pub roots: Vec<String>,
    /// What it is deleted with.
    pub parent: Option<String>,
    /// Where it is.
    pub located: Located,
    /// terraform, api, undo, lock.
    pub guards: IndexMap<&'static str, Switch>,
    /// final_snapshot, automated, versioning, point_in_time, snapshots.
    pub makes: IndexMap<&'static str, Switch>,
    /// What makes the loss easier, by the classes of [`HAZARDS`]: on means that it does.
    pub hazards: IndexMap<&'static str, Switch>,
    /// Copies that other resources make of it.
    pub given: Vec<Given>,
    /// What shows that it can be brought back.
    pub restores: Vec<Restore>,
    /// The platform's words for deleting it.
    pub destroyed_by: Vec<String>,
    /// Attributes whose change replaces it.
    pub replaces_on: Vec<String>,
    /// What else to know.
    pub note: Option<String>,
    /// Its environments.
    pub environments: Vec<String>,
    /// Whether it belongs to production.
    pub production: bool,
    /// How sure we are of its row and environment.
    pub confidence: Confidence,
    /// Whether what is known of its type was read again against its platform's documentation: nothing
    /// else is worth an error.
    pub checked: bool,
    /// What would be lost.
    pub stakes: Stakes,
    /// Instance addresses.
    pub instances: Vec<String>,
    /// Calls that lead to it.
    pub callers: Vec<Location>,
    /// Its attributes as declared.
    pub attributes: Value,
    /// In a directory that isn't deployed.
    pub undeployed: bool,
    /// In a library module, judged by its defaults.
    pub library: bool,
    /// Managed by Terraform.
    pub terraform: bool,
    /// Names other things know it by (bucket name, identifier).
    pub names: Vec<String>,
}

/// The guards a store can have, in the order they are told.
pub const GUARDS: [&str; 4] = crate::knowledge::stores::GUARD_CLASSES;
/// The copies a platform can make of a store by itself.
pub const MAKES: [&str; 5] = crate::knowledge::stores::COPY_CLASSES;
/// What can make the loss of a store easier.
pub const HAZARDS: [&str; 7] = crate::knowledge::stores::HAZARD_CLASSES;

/// A copy of a store that another resource makes: a backup selection, a snapshot schedule, a replica.
#[derive(Clone, Debug)]
pub struct Given {
    /// snapshots, vault, replica, dump.
    pub kind: String,
    /// In words.
    pub title: String,
    /// Address of the resource that makes it.
    pub by: String,
    /// Where that stands.
    pub place: Arc<Place>,
    /// Where the copy is kept.
    pub located: Located,
    /// Address of what holds it, if that is declared here.
    pub holder: Option<String>,
    /// The smallest blast it doesn't survive, where that is the platform's rule.
    pub dies_with: Option<Blast>,
    /// Bool or unknown.
    pub exists: Value,
    /// Days it is kept: number, null or unknown.
    pub days: Value,
    /// Made once, not again and again.
    pub once: bool,
}

/// Something that brings a store back from a copy: a plan of tests, a script, a page in the config.
#[derive(Clone, Debug)]
pub struct Restore {
    /// In words.
    pub title: String,
    /// Where it stands.
    pub place: Arc<Place>,
    /// Whether it is of this store: bool or unknown.
    pub exists: Value,
    /// The page that says how, where it is one.
    pub runbook: Option<String>,
    /// The day it was last tried, where that is stated.
    pub on: Option<String>,
}

/// A setting of a store.
#[derive(Clone, Debug)]
pub struct Switch {
    /// The platform has it for this type.
    pub available: bool,
    /// Bool or unknown.
    pub on: Value,
    /// Where it is set or would be.
    pub place: Arc<Place>,
    /// Address of the resource that sets it; empty where nothing does and its default counts.
    pub by: String,
    /// Attribute name.
    pub attribute: Option<String>,
    /// HCL that switches it on.
    pub safe: Option<String>,
    /// How many days it lasts (a number, null or unknown).
    pub days: Value,
    /// The attribute that says how long, and where it stands or would be inserted.
    pub lasting: Option<(String, Arc<Place>)>,
    /// In words.
    pub title: Option<String>,
    /// What weakens it.
    pub lifted_by: Option<String>,
    /// For an undo: the call with which the same credential makes the deletion final at once.
    pub skipped_by: Option<String>,
    /// For a copy: the smallest blast it doesn't survive; `None`: that is a question of its place.
    pub dies_with: Option<Blast>,
    /// Whether only a deletion by Terraform leaves it: any other caller decides anew.
    pub only_terraform: bool,
}

impl Switch {
    /// A setting the platform doesn't have.
    pub fn missing(place: Arc<Place>) -> Switch {
        Switch {
            available: false,
            on: Value::bool(false),
            place,
            by: String::new(),
            attribute: None,
            safe: None,
            days: Value::null(),
            lasting: None,
            title: None,
            lifted_by: None,
            skipped_by: None,
            dies_with: None,
            only_terraform: false,
        }
    }

    /// Known to be on.
    pub fn is_on(&self) -> bool {
        self.available && self.on.as_bool() == Some(true)
    }

    /// Known to be off, or not there.
    pub fn is_off(&self) -> bool {
        !self.available || self.on.as_bool() == Some(false)
    }
}

/// A copy of one store.
#[derive(Clone, Debug)]
pub struct Copy {
    /// `copy:STORE#KIND` or the address of what makes it.
    pub address: String,
    /// dump, snapshots, automated, final_snapshot, versioning, replica, vault, stated.
    pub kind: String,
    /// In words, for messages.
    pub title: String,
    /// Index of the store it is a copy of.
    pub store: usize,
    /// Index of the store that holds it, if it is one of ours.
    pub held_in: Option<usize>,
    /// Where it stands in a file.
    pub place: Arc<Place>,
    /// Where it is kept.
    pub located: Located,
    /// The smallest blast it doesn't survive, where that is the platform's rule rather than a question of place.
    pub dies_with: Option<Blast>,
    /// Whether only a deletion by Terraform leaves it: any other caller decides anew.
    pub only_terraform: bool,
    /// Whether it exists: bool or unknown.
    pub exists: Value,
    /// Made by itself.
    pub automatic: bool,
    /// Days kept: number, null or unknown.
    pub retention_days: Value,
    /// Bool or unknown.
    pub locked: Value,
    /// Stated in the config.
    pub stated: bool,
    /// How sure.
    pub confidence: Confidence,
}

impl Copy {
    /// Whether it survives `blast` on its store, caused by `caller`: `None` where that can't be told.
    pub fn survives(&self, blast: Blast, store: &Store, caller: Caller) -> Option<bool> {
        self.survival(blast, store, caller).map(|(survives, _)| survives)
    }

    /// The same, with how sure that is.
    pub fn survival(&self, blast: Blast, store: &Store, caller: Caller) -> Option<(bool, Confidence)> {
        if self.exists.as_bool() == Some(false) {
            return Some((false, Confidence::High));
        }
        // What follows a database follows it into nothing.
        if blast == Blast::Contents && self.kind == "replica" {
            return Some((false, Confidence::High));
        }
        let dies_with =
            if self.only_terraform && caller == Caller::Anybody { Some(Blast::Store) } else { self.dies_with };
        let outside = match dies_with {
            Some(dies_with) => Some((blast < dies_with, Confidence::High)),
            None => self.located.survives(blast, &store.located),
        };
        // What goes anyway needn't be known to exist.
        outside.filter(|(survives, _)| !survives || self.exists.as_bool().is_some())
    }
}

/// Who causes a blast. Terraform deletes as its configuration says (with a final snapshot, keeping
/// the backups); whoever calls the platform says so anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Whoever may call the platform.
    Anybody,
    /// A Terraform run.
    Terraform,
}
