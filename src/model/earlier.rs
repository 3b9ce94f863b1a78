//! What applying today's tree would do to the stores that an earlier revision declares: destroyed
//! because their block is gone, replaced because of an attribute that can't be changed in place, a
//! guard or a copy taken away.
//!
//! Addresses are what counts, `moved` and `removed` blocks respected; what a root or project that is
//! gone altogether had declared isn't touched by any apply.

use std::sync::Arc;

use crate::expr::{Kind, Type, Value};
use crate::finding::{Place, Reason, Role, Slot};
use crate::model::change::{Change, Doing, compared, fold};
use crate::model::inputs::{Earlier, Inputs};
use crate::model::located::Blast;
use crate::model::stakes::Stakes;
use crate::model::store::{Caller, Store, Switch};
use crate::model::{Model, survive};
use crate::railway::Project;
use crate::source::{SourceId, Span};
use crate::terraform::{ChangeKind, Evaluation};

/// The path that a file had then.
fn path_then(earlier: &Earlier<'_>, file: SourceId) -> String {
    earlier.workspace.file(file).map_or_else(String::new, |f| f.source.path.clone())
}

/// Adds to a model what becomes of an earlier revision's stores.
pub fn add(inputs: &Inputs<'_>, model: &mut Model) {
    let Some(earlier) = &inputs.earlier else { return };
    let mut past = model.past.take().unwrap_or_default();
    let mut changes = std::mem::take(&mut model.changes);
    let (stores, copies) = (past.stores.len(), past.copies.len());
    for (index, store) in earlier.model.stores.iter().enumerate() {
        let comparing = Comparing { inputs, earlier, now: model, index, store, at: stores + index };
        if comparing.judged() {
            comparing.compare(&mut changes);
        }
    }
    // Their own places stand in texts of another revision: a place of today stands for each.
    for store in &earlier.model.stores {
        past.stores.push(placed(store, &place_of_today(inputs, earlier, store)));
    }
    for copy in &earlier.model.copies {
        let place = past.stores.get(stores + copy.store).map(|s| s.place.clone());
        let mut copy = copy.clone();
        copy.store += stores;
        copy.held_in = copy.held_in.map(|h| h + stores);
        if let Some(place) = place {
            copy.place = place;
        }
        past.copies.push(copy);
    }
    debug_assert!(past.copies.len() >= copies);
    model.changes = changes;
    model.past = Some(past);
}

struct Comparing<'a> {
    inputs: &'a Inputs<'a>,
    earlier: &'a Earlier<'a>,
    now: &'a Model,
    index: usize,
    store: &'a Store,
    /// Its index in the model of the past.
    at: usize,
}

impl Comparing<'_> {
    /// Whether its loss would matter: data, keys and state, and what goes with everything in it.
    fn judged(&self) -> bool {
        let holds = ["primary", "keys", "state"].contains(&self.store.holds.as_str());
        !self.store.library && !self.store.undeployed && (holds || is_container(self.store))
    }

    fn compare(&self, all: &mut Vec<Change>) {
        if self.store.terraform { self.terraform(all) } else { self.project(all) }
    }

    fn terraform(&self, all: &mut Vec<Change>) {
        let roots: Vec<&Evaluation> =
            self.inputs.terraform.iter().filter(|e| self.store.roots.contains(&e.root)).collect();
        if roots.is_empty() || roots.iter().any(|e| e.planned.is_some()) {
            // Nothing applies it any more; or a plan says it better.
            return;
        }
        let same = |s: &&Store| s.terraform && s.roots.iter().any(|r| self.store.roots.contains(r));
        let today: Vec<&Store> =
            self.now.stores.iter().filter(same).filter(|s| s.address == self.store.address).collect();
        let declared = roots.iter().any(|e| e.resources.iter().any(|r| r.address_without_keys == self.store.address));
        match today
            .iter()
            .find(|s| s.environments.iter().any(|e| self.store.environments.contains(e)))
            .or(today.first())
        {
            Some(today) => {
                self.replaced(today, all);
                self.weakened(today, all);
            }
            None if declared => {}
            None => {
                let told = |e: &&Evaluation| {
                    e.changes.iter().any(|c| {
                        // What a `removed` block destroys is told at that block.
                        matches!(c.kind, ChangeKind::Moved | ChangeKind::Removed)
                            && covers(&c.address, &self.store.address)
                    })
                };
                if !roots.iter().any(told) {
                    let missing = roots.iter().find_map(|e| e.problems.first());
                    let place = place_of_today(self.inputs, self.earlier, self.store);
                    all.push(self.destroyed(missing, Vec::new(), "its block", place));
                }
            }
        }
    }

    /// A store of a project file: services, databases and buckets that the file doesn't list are
    /// deleted by an apply, volumes never.
    fn project(&self, all: &mut Vec<Change>) {
        if self.store.kind == "volume" {
            return;
        }
        let path = path_then(self.earlier, self.store.file);
        let is_here = |p: &&Project| {
            let file = p.files.first().and_then(|f| self.inputs.workspace.file(*f));
            !p.config_as_code && file.is_some_and(|f| directory(&f.source.path) == directory(&path))
        };
        let mut gone = Vec::new();
        let mut why = None;
        let mut place = None;
        for project in self.inputs.railway.iter().filter(is_here) {
            let environment = project.environment.as_str();
            if !self.store.environments.iter().any(|e| e == environment) {
                continue;
            }
            let family = |s: &Store| s.r#type.split(':').nth(1).map(str::to_owned);
            let there = self.now.stores.iter().any(|s| {
                s.address == self.store.address
                    && family(s) == family(self.store)
                    && s.environments.iter().any(|e| e == environment)
            });
            if !there {
                gone.push(environment.to_owned());
                why = why.or(project.unknown.first());
                place = place.or(Some(Place::of(project.span, Role::Store)));
            }
        }
        if let Some(place) = place {
            let mut change = self.destroyed(why, gone.clone(), "its declaration", place);
            if gone.len() < self.store.environments.len() {
                change.why = change.why.map(|why| format!("in {}, {why}", gone.join(", ")));
            }
            if self.store.kind == "database" {
                // Its volume may be left, mounted by nothing.
                change.stakes = change.stakes.min(Stakes::Exposed);
            }
            all.push(change);
        }
    }

    fn destroyed(&self, open: Option<&Reason>, _environments: Vec<String>, what: &str, place: Arc<Place>) -> Change {
        let happens = match open {
            None => Value::bool(true),
            Some(reason) => Value::unknown_of(Type::Bool, Arc::new(vec![reason.clone()])),
        };
        let why = format!("{what}, which stood in {}, is gone", path_then(self.earlier, self.store.file));
        self.lost(Doing::Destroy, happens, Vec::new(), Some(why), place)
    }

    fn lost(
        &self,
        doing: Doing,
        happens: Value,
        forced_by: Vec<String>,
        why: Option<String>,
        place: Arc<Place>,
    ) -> Change {
        let outcome =
            survive::outcome(self.index, self.store, &self.earlier.model.copies, Blast::Store, Caller::Terraform);
        let copies = outcome.survivors.iter().filter_map(|c| self.earlier.model.copies.get(*c));
        let kept: Vec<String> = copies.map(|c| c.title.clone()).collect();
        // With its block its own guard against Terraform is gone.
        let classes: &[&str] = if doing == Doing::Destroy { &["lock", "api"] } else { &["lock", "api", "terraform"] };
        let refusing = classes.iter().find_map(|class| self.store.guards.get(*class).filter(|g| g.is_on()));
        let refused_by = refusing.map(|g| {
            let attribute = g.attribute.as_ref().map(|a| format!("`{a}`"));
            attribute.or_else(|| g.title.clone()).unwrap_or_else(|| "a guard".to_owned())
        });
        let stakes = match () {
            () if !self.store.production => Stakes::Rebuildable,
            () if is_container(self.store) => Stakes::Exposed,
            () if self.store.checked && refused_by.is_none() && kept.is_empty() => Stakes::Loss,
            () => Stakes::Exposed,
        };
        Change {
            doing,
            store: self.at,
            past: true,
            happens,
            forced_by,
            why,
            by: self.earlier.revision.to_owned(),
            told_by: self.told_by(),
            refused_by,
            kept,
            setting: None,
            place,
            instances: self.store.instances.clone(),
            stakes,
            confidence: self.store.confidence,
        }
    }

    fn told_by(&self) -> String {
        format!("Compared with {}, applying this tree", self.earlier.revision)
    }

    /// An attribute that can't be changed in place has another value.
    fn replaced(&self, today: &Store, all: &mut Vec<Change>) {
        let mut forced = Vec::new();
        for path in &self.store.replaces_on {
            let (before, after) = (at(&self.store.attributes, path), at(&today.attributes, path));
            let known = |v: &Value| !v.is_unknown() && !matches!(v.kind, Kind::Null);
            if let (Some(before), Some(after)) = (before, after)
                && known(&before)
                && known(&after)
                && before != after
            {
                forced.push(path.clone());
            }
        }
        if !forced.is_empty() {
            let change = self.lost(Doing::Replace, Value::bool(true), forced, None, today.place.clone());
            fold(all, change);
        }
    }

    fn weakened(&self, today: &Store, all: &mut Vec<Change>) {
        let index = self.now.stores.iter().position(|s| std::ptr::eq(s, today));
        let Some(index) = index else { return };
        for (doing, setting, happens, place) in compared(self.store, today) {
            // What is open today is judged as it stands.
            if happens.is_unknown() {
                continue;
            }
            let stakes = match doing {
                Doing::Unguard => today.stakes,
                _ => today.stakes.min(Stakes::Exposed),
            };
            let change = Change {
                doing,
                store: index,
                past: false,
                happens,
                forced_by: Vec::new(),
                why: None,
                by: self.earlier.revision.to_owned(),
                told_by: self.told_by(),
                refused_by: None,
                kept: Vec::new(),
                setting: Some(setting),
                place,
                instances: today.instances.clone(),
                stakes,
                confidence: today.confidence,
            };
            fold(all, change);
        }
    }
}

/// Something that isn't data, but with which everything in it goes.
fn is_container(store: &Store) -> bool {
    store.kind == "other" && store.note.is_some() && !store.destroyed_by.is_empty()
}

/// Whether an address, of a resource or a module, with or without instance keys, is that of a resource
/// or of something it is in.
fn covers(of: &str, address: &str) -> bool {
    let plain = without_keys(of);
    address == plain || address.strip_prefix(plain.as_str()).is_some_and(|rest| rest.starts_with('.'))
}

fn without_keys(address: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0usize);
    for c in address.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The value at a dotted path; of several blocks the only one.
fn at(value: &Value, path: &str) -> Option<Value> {
    let mut value = value.clone();
    for key in path.split('.') {
        let inner = match value.items() {
            Some([only]) => only.clone(),
            Some(_) => return None,
            None => value,
        };
        value = inner.field(key)?.clone();
    }
    Some(value)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Where today's tree tells of a store that it doesn't declare any more: the file that declared it, or
/// what is left beside it.
fn place_of_today(inputs: &Inputs<'_>, earlier: &Earlier<'_>, store: &Store) -> Arc<Place> {
    let path = path_then(earlier, store.file);
    let here = |p: &str| inputs.workspace.by_path(p).map(|f| f.source.id);
    let beside = || {
        let dir = directory(&path);
        let mut same = inputs.workspace.files.iter().filter(|f| directory(&f.source.path) == dir && !f.role.is_empty());
        same.next().map(|f| f.source.id)
    };
    let of_root =
        || inputs.terraform.iter().find(|e| store.roots.contains(&e.root)).and_then(|e| e.files.first().copied());
    let any = || inputs.workspace.files.first().map(|f| f.source.id);
    let source = here(&path).or_else(beside).or_else(of_root).or_else(any).unwrap_or(SourceId(0));
    Place::of(Span::new(source, 0, 0), Role::Store)
}

/// A store with every place in it replaced.
fn placed(store: &Store, place: &Arc<Place>) -> Store {
    let mut store = store.clone();
    store.file = place.span.source;
    store.callers = Vec::new();
    let switches = |all: &mut indexmap::IndexMap<&'static str, Switch>| {
        all.values_mut().for_each(|s| s.place = place.clone());
    };
    switches(&mut store.guards);
    switches(&mut store.makes);
    switches(&mut store.hazards);
    store.given.iter_mut().for_each(|g| g.place = place.clone());
    store.place = Arc::new(Place { slot: Slot::None, ..(**place).clone() });
    store
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert!(covers("aws_db_instance.a", "aws_db_instance.a"));
        assert!(covers("aws_db_instance.a[0]", "aws_db_instance.a"));
        assert!(covers("module.db[\"x\"]", "module.db.aws_db_instance.a"));
        assert!(!covers("aws_db_instance.a", "aws_db_instance.ab"));
    }
}
