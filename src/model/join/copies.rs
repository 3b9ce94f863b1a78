//! The copies of each store: what its platform makes, what jobs dump, what the config states.

use std::sync::Arc;

use crate::config::StatedCopy;
use crate::expr::Value;
use crate::finding::{Confidence, Place, Reason, Role};
use crate::model::inputs::Inputs;
use crate::model::join::{jobs, recovery, workloads};
use crate::model::located::{Account, Located};
use crate::model::store::{Copy, Store};
use crate::railway;
use crate::railway::dumps::{self, Dump, DumpTarget};

/// Every known copy. A bucket that is only the target of dumps is told as a copy, not as a store of
/// its own: its `holds` becomes `derived`.
pub fn copies(inputs: &Inputs<'_>, stores: &mut [Store]) -> Vec<Copy> {
    workloads::tell(inputs, stores);
    let mut all = Vec::new();
    for (index, store) in stores.iter().enumerate() {
        all.extend(made(index, store));
        all.extend(given(index, store, stores));
        all.extend(
            inputs.config.copies.iter().filter(|c| c.is_of(&store.address) && !c.is_none()).map(|c| stated(index, c)),
        );
    }
    let knowledge = inputs.knowledge.dumps();
    for project in inputs.railway {
        for dump in dumps::of(project, knowledge) {
            all.extend(dumped(inputs, stores, &dump, &project.environment, &project.name));
        }
    }
    all.extend(workloads::copies(inputs, stores));
    jobs::join(inputs, &jobs::jobs(inputs), stores, &mut all);
    recovery::stated(inputs, stores);
    let sure = |c: &&Copy| c.kind == "dump" && c.exists.as_bool() == Some(true) && c.held_in != Some(c.store);
    let holders: Vec<usize> = all.iter().filter(sure).filter_map(|c| c.held_in).collect();
    for holder in holders {
        // A bucket that Terraform makes may hold more than the dumps.
        if let Some(store) = stores.get_mut(holder).filter(|s| !s.terraform) {
            "derived".clone_into(&mut store.holds);
        }
    }
    all
}

/// What the platform makes by itself.
fn made(index: usize, store: &Store) -> impl Iterator<Item = Copy> + '_ {
    store.makes.iter().filter(|(_, switch)| switch.available).map(move |(kind, switch)| Copy {
        address: format!("copy:{}#{kind}", store.address),
        kind: (*kind).to_owned(),
        title: switch.title.clone().unwrap_or_else(|| kind.replace('_', " ")),
        store: index,
        held_in: None,
        place: switch.place.clone(),
        located: store.located.clone(),
        dies_with: switch.dies_with,
        only_terraform: switch.only_terraform,
        exists: switch.on.clone(),
        automatic: true,
        retention_days: switch.days.clone(),
        locked: Value::bool(false),
        stated: false,
        confidence: store.confidence,
    })
}

/// What other resources make of it.
fn given<'a>(index: usize, store: &'a Store, stores: &'a [Store]) -> impl Iterator<Item = Copy> + 'a {
    store.given.iter().map(move |given| {
        let holder = given.holder.as_ref().and_then(|address| stores.iter().position(|s| s.address == *address));
        let lock = holder.and_then(|h| stores.get(h)?.guards.get("lock")).filter(|l| l.available);
        Copy {
            address: given.by.clone(),
            kind: given.kind.clone(),
            title: match &given.holder {
                Some(holder) => format!("{} in `{holder}`", given.title),
                None => given.title.clone(),
            },
            store: index,
            held_in: holder,
            place: given.place.clone(),
            located: given.located.clone(),
            dies_with: given.dies_with,
            only_terraform: false,
            exists: given.exists.clone(),
            automatic: !given.once,
            retention_days: given.days.clone(),
            locked: lock.map_or_else(|| Value::bool(false), |l| l.on.clone()),
            stated: false,
            confidence: store.confidence,
        }
    })
}

/// A copy that somebody vouches for. Its place is `provider/account/…`; a word alone is a place of
/// its own, outside of everything in this project.
fn stated(index: usize, copy: &StatedCopy) -> Copy {
    let mut parts = copy.place.split('/');
    let provider = parts.next().unwrap_or("").to_owned();
    let account = parts.next().map_or(Account::Unknown, |a| Account::Named(a.to_owned()));
    Copy {
        address: format!("stated:{}", copy.of),
        kind: "stated".into(),
        title: format!("a copy in {}, stated in lastcopy.yaml, not seen", copy.place),
        store: index,
        held_in: None,
        place: Place::of(copy.span, Role::Copy),
        located: Located {
            provider,
            account,
            project: None,
            environment: None,
            region: None,
            parent: None,
            store: Some(copy.place.clone()),
        },
        dies_with: None,
        only_terraform: false,
        exists: Value::bool(true),
        automatic: true,
        retention_days: copy.kept.map_or(Value::null(), |d| Value::int(i64::from(d))),
        locked: Value::bool(copy.locked),
        stated: true,
        confidence: Confidence::Medium,
    }
}

/// The copies a dump job makes: one for each store that is the database it dumps.
fn dumped(inputs: &Inputs<'_>, stores: &[Store], dump: &Dump, environment: &str, project: &str) -> Option<Copy> {
    let of = dump.of.as_ref().ok()?;
    let here = |s: &Store| {
        s.provider == railway::PROVIDER
            && s.located.project.as_deref() == Some(project)
            && s.environments.iter().any(|e| e == environment)
    };
    let index = stores.iter().position(|s| here(s) && s.name == of.resource.as_str())?;
    let store = stores.get(index)?;
    let mut copy = Copy {
        address: format!("railway:{}", dump.service.as_str()),
        kind: "dump".into(),
        title: format!("dumps by `{}`", dump.service.as_str()),
        store: index,
        held_in: None,
        place: Place::of(dump.span, Role::Copy),
        located: store.located.clone(),
        dies_with: None,
        only_terraform: false,
        exists: Value::bool(true),
        automatic: dump.cron.is_some(),
        retention_days: Value::unknown(Reason::at(
            "retention-not-written",
            "how long dumps are kept isn't written",
            dump.span,
        )),
        locked: Value::bool(false),
        stated: false,
        confidence: store.confidence.min(if dump.cron_default { Confidence::Medium } else { Confidence::High }),
    };
    match &dump.to {
        DumpTarget::Bucket(name) => hold(
            &mut copy,
            stores,
            stores.iter().position(|s| here(s) && s.kind == "bucket" && s.name == name.as_str()),
        ),
        DumpTarget::Volume(name) => hold(
            &mut copy,
            stores,
            stores.iter().position(|s| here(s) && s.kind == "volume" && s.name == name.as_str()),
        ),
        DumpTarget::Outside { endpoint, bucket } => {
            let named = |s: &Store| bucket.as_ref().is_some_and(|b| s.names.iter().any(|n| n == b.as_str()));
            let holder = stores.iter().position(|s| s.kind == "bucket" && named(s));
            hold(&mut copy, stores, holder);
            if holder.is_none() {
                copy.located = outside(inputs, endpoint, bucket.as_ref().map(|b| b.as_str()));
                copy.title = match bucket {
                    Some(bucket) => format!("dumps to `{}` at {}", bucket.as_str(), endpoint.as_str()),
                    None => format!("dumps to {}", endpoint.as_str()),
                };
            }
        }
        DumpTarget::Unknown(reason) => copy.exists = Value::unknown(reason.clone()),
    }
    Some(copy)
}

/// Places a copy in the store that holds it.
fn hold(copy: &mut Copy, stores: &[Store], holder: Option<usize>) {
    let Some((index, holder)) = holder.and_then(|i| Some((i, stores.get(i)?))) else { return };
    copy.held_in = Some(index);
    copy.address = holder.address.clone();
    copy.title = format!("dumps in `{}`", holder.name);
    copy.place = Arc::new(Place { role: Role::Copy, ..(*holder.place).clone() });
    copy.located = holder.located.clone();
    if let Some(lock) = holder.guards.get("lock").filter(|l| l.available) {
        copy.locked = lock.on.clone();
        copy.retention_days = lock.days.clone();
    }
}

/// A bucket at a service of another platform, told by the host.
fn outside(inputs: &Inputs<'_>, endpoint: &str, bucket: Option<&str>) -> Located {
    let provider = inputs.knowledge.provider_of_host(endpoint).map_or(endpoint, |p| p.provider.as_str());
    Located {
        provider: provider.to_owned(),
        account: Account::Unknown,
        project: None,
        environment: None,
        region: None,
        parent: None,
        store: Some(bucket.unwrap_or(endpoint).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stated_place_is_read_from_its_first_words() {
        let copy = StatedCopy {
            of: "railway:*".into(),
            place: "aws/730335519284/eu-west-1/offsite".into(),
            kept: Some(35),
            locked: true,
            evidence: "seen".into(),
            span: crate::source::Span::new(crate::source::SourceId(0), 0, 0),
            until: "2027-05-31".into(),
            restored: None,
        };
        let made = stated(0, &copy);
        assert_eq!(made.located.provider, "aws");
        assert_eq!(made.located.account, Account::Named("730335519284".into()));
    }
}
