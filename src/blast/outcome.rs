//! What becomes of each store: its blasts, each with what is left, and the verdict.

use std::cmp::Reverse;

use crate::blast::graph::{Blasted, Call, Told, Undecided, Way};
use crate::blast::names;
use crate::blast::verdict::Verdict;
use crate::finding::Confidence;
use crate::model::Act;
use crate::model::located::Blast;
use crate::model::store::{Caller, Store};

/// What is left of a store's copies in one blast: those left, those gone, those not known.
pub(super) type Left = (Vec<usize>, Vec<usize>, Vec<Undecided>);

/// The blasts of one store, the worst first, from the ways it can be taken. Calls of the same reach
/// that can be taken back for as long are one blast. Where nobody was found who can, it is the
/// platform's ordinary call.
pub(super) fn blasts(
    store: &Store,
    ways: &[(usize, &Way)],
    calls: &[Call],
    left: &dyn Fn(Blast, Caller) -> Left,
) -> Vec<Blasted> {
    let mut all: Vec<Blasted> = Vec::new();
    for (number, way) in ways {
        let Some(call) = calls.get(way.call) else { continue };
        let undo = call.undo.clone().or_else(|| soft_delete(store, call.takes));
        let same = |b: &&mut Blasted| b.takes == call.takes && b.undo == undo && b.caller == call.caller;
        let blast = match all.iter_mut().find(same) {
            Some(blast) => blast,
            None => {
                all.push(blasted(call.takes, call.caller, undo, left));
                let Some(last) = all.last_mut() else { continue };
                last.in_calls = way.in_calls;
                (last.may, last.confidence) = (call.may, way.confidence);
                last
            }
        };
        if !blast.names.contains(&call.name) {
            blast.names.push(call.name.clone());
        }
        blast.in_calls = blast.in_calls.min(way.in_calls);
        // The way with the least doubt says how sure it is.
        if doubt(call.may, way.confidence) < doubt(blast.may, blast.confidence) {
            (blast.may, blast.confidence) = (call.may, way.confidence);
        }
        blast.ways.push(*number);
    }
    if all.is_empty() {
        let mut blast = blasted(Blast::Store, Caller::Anybody, soft_delete(store, Blast::Store), left);
        if store.guards.get("lock").is_some_and(|l| l.is_on()) {
            blast.verdict = Verdict::Locked;
        }
        if store.guards.get("api").is_some_and(|g| g.is_on()) {
            blast.in_calls = 2;
        }
        blast.confidence = store.confidence;
        all.push(blast);
    }
    let own: Vec<&str> = store.destroyed_by.iter().map(String::as_str).collect();
    all.iter_mut().for_each(|blast| names::closest_first(&mut blast.names, &own));
    all.sort_by_key(|b| (Reverse(b.verdict.rank()), doubt(b.may, b.confidence), b.in_calls, b.takes));
    all
}

/// How much is doubted: proven; only under circumstances; resting on an assumption.
pub(super) fn doubt(may: bool, confidence: Confidence) -> impl Ord {
    (confidence == Confidence::Low, may, Reverse(confidence))
}

/// The verdict of the worst blast.
pub(super) fn told(blasts: &[Blasted]) -> Told {
    match blasts.first() {
        Some(worst) => Told {
            verdict: worst.verdict.clone(),
            in_calls: worst.in_calls,
            confidence: worst.confidence,
            may: worst.may,
            reached: !worst.ways.is_empty(),
        },
        None => {
            Told { verdict: Verdict::Unknown, in_calls: 1, confidence: Confidence::Low, may: false, reached: false }
        }
    }
}

fn blasted(takes: Blast, caller: Caller, undo: Option<String>, left: &dyn Fn(Blast, Caller) -> Left) -> Blasted {
    let (survivors, lost, undecided) = left(takes, caller);
    let verdict = match (&undo, survivors.is_empty(), undecided.is_empty()) {
        (_, false, _) => Verdict::Survives,
        (Some(time), true, _) => Verdict::Undo(time.clone()),
        (None, true, false) => Verdict::Unknown,
        (None, true, true) => Verdict::Gone,
    };
    Blasted {
        takes,
        caller,
        undo,
        may: false,
        names: Vec::new(),
        survivors,
        lost,
        undecided,
        verdict,
        ways: Vec::new(),
        in_calls: 1,
        confidence: Confidence::Low,
    }
}

/// For how long the store's own undo keeps it, if whoever deletes it can't skip that. What takes the
/// project takes the undo with it.
fn soft_delete(store: &Store, takes: Blast) -> Option<String> {
    let undo = store.guards.get("undo").filter(|g| g.is_on() && g.skipped_by.is_none() && takes <= Blast::Parent)?;
    Some(undo.days.as_number().map_or_else(|| "some days".into(), |days| duration(days.as_f64())))
}

/// For how long a call can be taken back; `None` where that depends on copies, which are told apart.
pub(super) fn lasts(act: &Act) -> Option<String> {
    if act.undo_days > 0.0 {
        return Some(duration(act.undo_days));
    }
    unconditional(act.undo.as_deref()?)
}

/// The time in words that name one; none where it comes with a condition, which whoever calls may not
/// meet or may choose.
fn unconditional(words: &str) -> Option<String> {
    let condition = words.split(|c: char| !c.is_alphanumeric()).any(|w| matches!(w, "if" | "unless" | "where"));
    let time = words.starts_with(|c: char| c.is_ascii_digit()) && !condition;
    words.split(',').next().filter(|_| time).map(str::to_owned)
}

fn duration(days: f64) -> String {
    if days <= 3.0 { format!("{:.0} h", days * 24.0) } else { format!("{days:.0} days") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration(2.0), "48 h");
        assert_eq!(duration(30.0), "30 days");
        assert_eq!(unconditional("48 h, by the link in an e-mail").as_deref(), Some("48 h"));
        assert_eq!(unconditional("35 days from the system backup, if point-in-time recovery was on"), None);
        assert_eq!(unconditional("7 to 30 days, unless forced"), None);
        assert_eq!(unconditional("by soft delete"), None);
    }
}
