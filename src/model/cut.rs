//! The fewest edits that cut the paths: exact up to a dozen candidates and where a handful is enough,
//! greedy beyond.

use crate::finding::Confidence;
use crate::model::credential::Credential;
use crate::model::grant::Grant;
use crate::model::path::{Path, Way};
use crate::model::store::{Copy, Store};
use crate::report::{Cut, Cuts};

/// Up to so many candidates every set of them is tried.
const EXACT: usize = 12;

/// Something that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    /// Revoke a credential.
    Credential(usize),
    /// Narrow an entry.
    Grant(usize),
    /// Keep a copy of a store out of reach.
    Copy(usize),
}

/// What the edits are drawn from.
pub struct Parts<'a> {
    /// Stores.
    pub stores: &'a [Store],
    /// Their copies.
    pub copies: &'a [Copy],
    /// Credentials.
    pub credentials: &'a [Credential],
    /// Grants.
    pub grants: &'a [Grant],
}

/// The fewest edits that cut as many of the paths as can be cut. A path is cut when none of its ways
/// is left, or when its store has a copy out of reach. Ways of low confidence don't count.
pub fn cuts(paths: &[&Path], parts: &Parts<'_>) -> Cuts {
    let mut candidates: Vec<Edit> = Vec::new();
    for path in paths {
        let edits =
            ways(path).flat_map(|w| w.credential.map(Edit::Credential).into_iter().chain([Edit::Grant(w.grant)]));
        for edit in edits.chain([Edit::Copy(path.store)]) {
            if !candidates.contains(&edit) {
                candidates.push(edit);
            }
        }
    }
    // Revoking comes first, then narrowing, then copying: the order of how fast they are done.
    candidates.sort_by_key(|edit| match edit {
        Edit::Credential(i) => (0, *i),
        Edit::Grant(i) => (1, *i),
        Edit::Copy(i) => (2, *i),
    });
    let chosen = match candidates.len() <= EXACT {
        true => exact(paths, &candidates),
        false => few(paths).unwrap_or_else(|| greedy(paths, &candidates)),
    };
    let cut = paths.iter().filter(|p| is_cut(p, &chosen)).count();
    Cuts { edits: chosen.iter().filter_map(|edit| told(*edit, parts)).collect(), cut, of: paths.len() }
}

fn ways(path: &Path) -> impl Iterator<Item = &Way> {
    let counts = |way: &&Way| way.confidence > Confidence::Low;
    std::iter::once(&path.best).chain(path.others.iter().filter(counts))
}

fn is_cut(path: &Path, edits: &[Edit]) -> bool {
    edits.contains(&Edit::Copy(path.store))
        || ways(path).all(|way| {
            edits.contains(&Edit::Grant(way.grant))
                || way.credential.is_some_and(|c| edits.contains(&Edit::Credential(c)))
        })
}

/// The smallest set that cuts all; among equals the one that stands first.
fn exact(paths: &[&Path], candidates: &[Edit]) -> Vec<Edit> {
    let mut best: Vec<Edit> = candidates.to_vec();
    for mask in 0u32..(1 << candidates.len()) {
        if mask.count_ones() as usize >= best.len() {
            continue;
        }
        let chosen: Vec<Edit> =
            candidates.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0).map(|(_, e)| *e).collect();
        if paths.iter().all(|p| is_cut(p, &chosen)) {
            best = chosen;
        }
    }
    best
}

/// Changes up to which a smallest set is looked for among any number of candidates.
const FEW: usize = 6;
/// Steps after which that is given up.
const STEPS: usize = 100_000;

/// The smallest set that cuts all, where that is a small one: each way that is left open asks for one of
/// three changes, so that few changes are few branches.
fn few(paths: &[&Path]) -> Option<Vec<Edit>> {
    let mut steps = 0;
    (0..=FEW).find_map(|size| {
        let mut chosen = Vec::with_capacity(size);
        close(paths, size, &mut chosen, &mut steps).then_some(chosen)
    })
}

fn close(paths: &[&Path], left: usize, chosen: &mut Vec<Edit>, steps: &mut usize) -> bool {
    *steps += 1;
    let Some(path) = paths.iter().find(|p| !is_cut(p, chosen)) else { return true };
    if left == 0 || *steps > STEPS {
        return false;
    }
    let Some(way) = ways(path).find(|w| is_open(w, chosen)) else { return false };
    let changes =
        way.credential.map(Edit::Credential).into_iter().chain([Edit::Grant(way.grant), Edit::Copy(path.store)]);
    for change in changes {
        chosen.push(change);
        if close(paths, left - 1, chosen, steps) {
            return true;
        }
        chosen.pop();
    }
    false
}

fn is_open(way: &Way, chosen: &[Edit]) -> bool {
    !chosen.contains(&Edit::Grant(way.grant)) && !way.credential.is_some_and(|c| chosen.contains(&Edit::Credential(c)))
}

fn greedy(paths: &[&Path], candidates: &[Edit]) -> Vec<Edit> {
    let mut chosen: Vec<Edit> = Vec::new();
    let left = |chosen: &[Edit]| -> usize {
        // A way less counts too, so that a path with several ways is worked off.
        paths.iter().filter(|p| !is_cut(p, chosen)).map(|p| ways(p).filter(|w| is_open(w, chosen)).count()).sum()
    };
    while left(&chosen) > 0 {
        let next = candidates.iter().filter(|e| !chosen.contains(e)).min_by_key(|e| {
            let mut with = chosen.clone();
            with.push(**e);
            left(&with)
        });
        match next {
            Some(edit) => chosen.push(*edit),
            None => break,
        }
    }
    // What was chosen early may be covered by what came later.
    for edit in chosen.clone() {
        let without: Vec<Edit> = chosen.iter().copied().filter(|e| *e != edit).collect();
        if paths.iter().all(|p| is_cut(p, &without)) {
            chosen = without;
        }
    }
    // To narrow every entry, or to keep a copy of every store, is always enough.
    let all = |kind: fn(&Edit) -> bool| candidates.iter().copied().filter(kind).collect::<Vec<Edit>>();
    let simple = [all(|e| matches!(e, Edit::Grant(_))), all(|e| matches!(e, Edit::Copy(_)))];
    simple.into_iter().fold(chosen, |best, other| if other.len() < best.len() { other } else { best })
}

fn told(edit: Edit, parts: &Parts<'_>) -> Option<Cut> {
    Some(match edit {
        Edit::Credential(i) => {
            let credential = parts.credentials.get(i)?;
            Cut { span: credential.span, what: first_sentence(&credential.advice), fixable: false }
        }
        Edit::Grant(i) => {
            let grant = parts.grants.get(i)?;
            let what = format!("narrow `{}` to the commands that are needed", grant.entry);
            Cut { span: grant.span, what, fixable: false }
        }
        Edit::Copy(i) => {
            let store = parts.stores.get(i)?;
            let dumps = parts.copies.iter().find(|c| c.store == i && c.kind == "dump");
            let what = match dumps {
                Some(_) => format!("send the dumps of `{}` to an account these credentials can't reach", store.name),
                None => format!("dump `{}` to an account these credentials can't reach", store.name),
            };
            Cut { span: dumps.map_or(store.place.span, |c| c.place.span), what, fixable: false }
        }
    })
}

fn first_sentence(text: &str) -> String {
    let text = text.trim();
    text.find(". ").and_then(|end| text.get(..end)).unwrap_or(text.trim_end_matches('.')).to_owned()
}
