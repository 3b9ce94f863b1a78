//! Which copies of a store survive what, and so what is at stake in it.

use crate::finding::{Confidence, Reason};
use crate::model::inputs::Inputs;
use crate::model::located::Blast;
use crate::model::stakes::Stakes;
use crate::model::store::{Caller, Copy, Store};

/// What becomes of the copies of a store in one blast.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Copies that survive, by index.
    pub survivors: Vec<usize>,
    /// Copies that go with it.
    pub lost: Vec<usize>,
    /// Why it can't be told of the others.
    pub undecided: Vec<Reason>,
    /// How sure it is of those that go.
    pub confidence: Confidence,
}

/// The outcome of a blast on the store of an index.
pub fn outcome(index: usize, store: &Store, copies: &[Copy], blast: Blast, caller: Caller) -> Outcome {
    let mut outcome =
        Outcome { survivors: Vec::new(), lost: Vec::new(), undecided: Vec::new(), confidence: Confidence::High };
    for (number, copy) in copies.iter().enumerate().filter(|(_, c)| c.store == index) {
        match copy.survival(blast, store, caller) {
            Some((true, _)) => outcome.survivors.push(number),
            Some((false, _)) if copy.exists.as_bool() == Some(false) => {}
            Some((false, sure)) => {
                outcome.lost.push(number);
                outcome.confidence = outcome.confidence.min(sure);
            }
            None => outcome.undecided.extend(why(copy)),
        }
    }
    outcome
}

fn why(copy: &Copy) -> Vec<Reason> {
    match copy.exists.reasons() {
        Some(reasons) => reasons.to_vec(),
        None => vec![Reason::at("place-unknown", "where this copy is kept isn't known", copy.place.span)],
    }
}

/// The blasts one call can cause on a platform for good: the store, and whatever its operations take.
fn one_call(inputs: &Inputs<'_>, provider: &str) -> Vec<Blast> {
    let mut blasts = vec![Blast::Store];
    let undone = |days: Option<f64>| days.is_some_and(|days| days >= inputs.config.thresholds.undo_days);
    for tool in inputs.knowledge.tools().filter(|tool| !tool.many_calls) {
        for operation in tool.operations.iter().filter(|o| !o.may && !undone(o.undo_days)) {
            let platform = operation.provider.as_deref().or(tool.provider.as_deref());
            if platform == Some(provider)
                && let Some(blast) = Blast::parse(&operation.blast)
                && !blasts.contains(&blast)
            {
                blasts.push(blast);
            }
        }
    }
    blasts
}

/// What is at stake in a store: loss, if one act by anybody with the ordinary credential of its
/// platform takes it and no known copy survives that.
pub fn stakes(inputs: &Inputs<'_>, index: usize, stores: &[Store], copies: &[Copy]) -> Stakes {
    let Some(store) = stores.get(index) else { return Stakes::Rebuildable };
    if !store.production || ["derived", "transient"].contains(&store.holds.as_str()) {
        return Stakes::Rebuildable;
    }
    let on = |guard: &str| store.guards.get(guard).filter(|g| g.is_on());
    let undo = on("undo")
        .filter(|g| g.skipped_by.is_none())
        .and_then(|g| g.days.as_number())
        .is_some_and(|d| d.as_f64() >= inputs.config.thresholds.undo_days);
    // A guard that may be there leaves a link unproven.
    let unknown =
        ["api", "lock", "undo"].iter().any(|g| store.guards.get(*g).is_some_and(|g| g.available && g.on.is_unknown()));
    if !store.checked || on("api").is_some() || on("lock").is_some() || undo || unknown {
        return Stakes::Exposed;
    }
    let gone = one_call(inputs, &store.provider).into_iter().any(|blast| {
        let outcome = outcome(index, store, copies, blast, Caller::Anybody);
        outcome.survivors.is_empty() && outcome.undecided.is_empty()
    });
    if gone { Stakes::Loss } else { Stakes::Exposed }
}
