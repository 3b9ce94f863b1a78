//! Which operations are told first: those of what the project has and uses, those that lose most, those
//! that are most ordinary.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::act::Act;
use crate::model::inputs::Inputs;
use crate::model::located::Blast;
use crate::model::store::Store;

/// What a project has and uses, as far as it orders operations.
pub(in crate::model) struct Ranking<'a> {
    stores: Vec<&'a Store>,
    /// Tools of which the project calls a program, or an agent's entry names one.
    used: HashSet<&'a str>,
    /// How ordinary each tool is, from 1; those that aren't listed are in between.
    usual: HashSet<&'a str>,
    seldom: HashSet<&'a str>,
}

/// An operation's place among others: the lowest is told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::model) struct Rank {
    elsewhere: bool,
    may: bool,
    not_here: bool,
    loses: (u8, u8),
    /// Of a platform that isn't here: what any project may have comes first.
    platform: bool,
    indirect: bool,
    seldom: u8,
    can_be_undone: bool,
    blast: Reverse<Blast>,
}

impl<'a> Ranking<'a> {
    /// Of a project.
    pub(in crate::model) fn of(inputs: &'a Inputs<'_>, stores: &'a [Store]) -> Ranking<'a> {
        let written = inputs.commands.iter().map(|c| c.text.as_str());
        let entries = inputs.agents.iter().flat_map(|a| &a.entries).map(|e| e.text.as_str());
        let mut words: HashSet<&str> = HashSet::new();
        for text in written.chain(entries) {
            words.extend(text.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))));
        }
        let named = |names: &[String]| names.iter().any(|n| !n.is_empty() && words.contains(n.as_str()));
        let tools = || inputs.knowledge.tools();
        let of_rank = |rank| tools().filter(|t| t.rank == rank).map(|t| t.tool.as_str()).collect();
        Ranking {
            stores: stores
                .iter()
                .filter(|s| !s.undeployed && !s.library && !SHORT_LIVED.contains(&s.holds.as_str()))
                .collect(),
            used: tools().filter(|t| t.programs.iter().any(|p| named(&p.names))).map(|t| t.tool.as_str()).collect(),
            usual: of_rank(Some(1)),
            seldom: of_rank(Some(3)),
        }
    }

    /// The place of an operation.
    pub(in crate::model) fn of_act(&self, act: &Act) -> Rank {
        let tool = act.tool.as_str();
        let used = u8::from(!self.used.contains(tool));
        let loses = loses(act);
        Rank {
            elsewhere: !act.in_sight,
            may: act.may,
            not_here: !self.stores.iter().any(|s| act.takes(s)),
            // Of a platform that the project has, the loss tells; else whether anybody here uses its tool.
            loses: if act.in_sight { (loses, used) } else { (used, loses) },
            platform: !act.in_sight && act.provider.is_some(),
            indirect: act.command.contains(['\'', '"']),
            seldom: match tool {
                t if self.usual.contains(t) => 1,
                t if self.seldom.contains(t) => 3,
                _ => 2,
            },
            can_be_undone: act.undo.is_some(),
            // Without anything here that it could take, how far a call reaches says nothing.
            blast: Reverse(if act.in_sight && act.blast < Blast::Account { act.blast } else { Blast::Store }),
        }
    }
}

impl Rank {
    /// Whether two are of the same weight, and only how they are called differs.
    pub(in crate::model) fn alike(&self, other: &Rank) -> bool {
        let weight = |r: &Rank| (r.elsewhere, r.may, r.not_here, r.loses, r.platform, r.seldom);
        weight(self) == weight(other)
    }
}

/// What is made again, or kept a while.
const SHORT_LIVED: [&str; 2] = ["derived", "transient"];

/// How much an operation loses, the most first: data and its copies, what data can't be read or managed
/// without, what others have too, the rest.
fn loses(act: &Act) -> u8 {
    const DATA: [&str; 6] = ["any", "database", "volume", "bucket", "filesystem", "backup"];
    const NEEDED: [&str; 4] = ["key", "secret", "state", "queue"];
    const SHARED: [&str; 2] = ["repository", "cluster"];
    let has = |kinds: &[&str]| act.destroys.iter().any(|kind| kinds.contains(&kind.as_str()));
    match () {
        () if has(&DATA) => 0,
        () if has(&NEEDED) => 1,
        () if has(&SHARED) => 2,
        () => 3,
    }
}
