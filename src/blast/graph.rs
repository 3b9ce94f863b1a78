//! The graph: who can destroy which store with what, and what is left of it. Plain data; every
//! string in it may be shown. References are indices into the graph's own lists.

use crate::blast::verdict::Verdict;
use crate::finding::Confidence;
use crate::model::located::Blast;
use crate::model::store::Caller;

/// Everything that is told, in every format.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// What holds data, in the model's order; [`Graph::order`] has the worst first.
    pub stores: Vec<Store>,
    /// Copies of them.
    pub copies: Vec<Copy>,
    /// Every agent of the project.
    pub agents: Vec<Agent>,
    /// Entries that let an agent take a store unasked.
    pub grants: Vec<Grant>,
    /// Commands of CI and services that take a store.
    pub commands: Vec<Command>,
    /// Tokens found in files.
    pub credentials: Vec<Credential>,
    /// The calls that take something.
    pub calls: Vec<Call>,
    /// Who can take which store with what.
    pub ways: Vec<Way>,
    /// From an agent to the loss of a store: one for each pair.
    pub paths: Vec<Path>,
    /// The fewest changes that cut the paths nothing survives.
    pub cuts: Cuts,
    /// What isn't told.
    pub left_out: LeftOut,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Relative to the root.
    pub path: String,
    /// From 1.
    pub line: u32,
}

/// Something that holds data.
#[derive(Clone, Debug)]
pub struct Store {
    /// `module.db.aws_db_instance.main`, `railway:db`.
    pub address: String,
    /// Short name.
    pub name: String,
    /// The shortest that no other store has: its name, its address, or that with its environment.
    pub label: String,
    /// What it is, in words.
    pub title: String,
    /// database, volume, bucket, …
    pub kind: String,
    /// Its platform, in words.
    pub platform: String,
    /// primary, keys, state, derived, transient.
    pub holds: String,
    /// Where it is declared.
    pub at: At,
    /// The account or project it lies in, in words.
    pub within: String,
    /// Its environments.
    pub environments: Vec<String>,
    /// Whether it belongs to production.
    pub production: bool,
    /// Guards that are on, in words.
    pub guarded_by: Vec<String>,
    /// The platform's words for deleting it.
    pub destroyed_by: Vec<String>,
    /// Its copies.
    pub copies: Vec<usize>,
    /// What can become of it, the worst first.
    pub blasts: Vec<Blasted>,
    /// What to fear.
    pub told: Told,
}

/// A copy of a store.
#[derive(Clone, Debug)]
pub struct Copy {
    /// `copy:STORE#KIND`, or the address of what makes it.
    pub address: String,
    /// In words.
    pub title: String,
    /// The store it is a copy of.
    pub store: usize,
    /// The store that holds it, if it is one of the project's.
    pub held_in: Option<usize>,
    /// Where it stands in a file.
    pub at: At,
    /// `provider/account/project/region/parent/store`.
    pub located: String,
    /// Whether it is made at all; `None`: not known.
    pub exists: Option<bool>,
    /// Stated in the config, seen in no file.
    pub stated: bool,
}

/// The configuration of an AI coding agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Product name; with its directory where that isn't the root.
    pub name: String,
    /// Whether its decisions are understood.
    pub understood: bool,
    /// Whether there are calls about which a model decides; they aren't counted among the ways.
    pub gated: bool,
}

/// An entry that lets an agent run something unasked.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whose.
    pub agent: usize,
    /// What it lets run, in words.
    pub title: String,
    /// As written; the mode; `default`.
    pub entry: String,
    /// command, mcp, exec, everything, default.
    pub kind: &'static str,
    /// Where it stands.
    pub at: At,
    /// interactive, headless, ci.
    pub surfaces: Vec<&'static str>,
    /// sandboxed, run.
    pub decision: &'static str,
    /// What the decision depends on outside the repository, in words.
    pub condition: Option<String>,
    /// Whether it stands in a personal file.
    pub local: bool,
}

/// A command that runs by itself, with no person in between.
#[derive(Clone, Debug)]
pub struct Command {
    /// Job, script or service.
    pub name: String,
    /// The command.
    pub text: String,
    /// Where it stands.
    pub at: At,
    /// workflow, start, pre-deploy, cron, build, hook.
    pub runs_in: &'static str,
    /// In words.
    pub how_often: String,
}

/// A token found in a file.
#[derive(Clone, Debug)]
pub struct Credential {
    /// `credential:FILE#VARIABLE`.
    pub address: String,
    /// Its kind in words.
    pub title: String,
    /// What holds it.
    pub variable: String,
    /// Where it stands.
    pub at: At,
    /// The largest blast it can cause; `None`: none known.
    pub reach: Option<Blast>,
    /// What it is used for in its file.
    pub used_for: Option<String>,
    /// Whether it stands in a personal file.
    pub local: bool,
}

/// One call that takes something.
#[derive(Clone, Debug)]
pub struct Call {
    /// Id of the operation.
    pub id: String,
    /// The name people know it by.
    pub name: String,
    /// In words.
    pub title: String,
    /// What one call takes.
    pub takes: Blast,
    /// Whether Terraform makes it.
    pub caller: Caller,
    /// For how long it can be taken back: `48 h`, `30 days`.
    pub undo: Option<String>,
    /// How it can be taken back, in the platform's words.
    pub undo_how: Option<String>,
    /// Takes something only under circumstances (a plan says so).
    pub may: bool,
}

/// Who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// An agent, by the entry that lets it.
    Grant(usize),
    /// A command.
    Command(usize),
    /// Whoever has the credential.
    Holder,
}

/// One way to take one store.
#[derive(Clone, Debug)]
pub struct Way {
    /// Who.
    pub by: By,
    /// With which credential; `None`: an agent's assumed login, or what a CI job is given.
    pub credential: Option<usize>,
    /// With which call.
    pub call: usize,
    /// What.
    pub store: usize,
    /// How many calls: two where a guard has to be lifted first.
    pub in_calls: usize,
    /// The weakest link's.
    pub confidence: Confidence,
}

/// What becomes of a store when calls of one reach hit it.
#[derive(Clone, Debug)]
pub struct Blasted {
    /// What one of the calls takes.
    pub takes: Blast,
    /// Who makes them: copies may depend on it.
    pub caller: Caller,
    /// For how long they can be taken back, by the call's own undo or the store's: `48 h`.
    pub undo: Option<String>,
    /// Whether the surest way takes it only under circumstances.
    pub may: bool,
    /// The calls' names.
    pub names: Vec<String>,
    /// Copies that are left.
    pub survivors: Vec<usize>,
    /// Copies that go with it.
    pub lost: Vec<usize>,
    /// Copies of which that isn't known, each with why.
    pub undecided: Vec<Undecided>,
    /// What it comes to.
    pub verdict: Verdict,
    /// Who can; empty: nobody that was found.
    pub ways: Vec<usize>,
    /// The fewest calls.
    pub in_calls: usize,
    /// The surest way's.
    pub confidence: Confidence,
}

/// Why it isn't known whether a copy is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Stable kebab-case name.
    pub kind: &'static str,
    /// In words.
    pub message: String,
    /// Where it arises.
    pub at: Option<At>,
}

/// A store's verdict: that of the worst blast somebody can cause, or where nobody was found who can,
/// of the platform's ordinary call.
#[derive(Clone, Debug)]
pub struct Told {
    /// The verdict.
    pub verdict: Verdict,
    /// In how many calls.
    pub in_calls: usize,
    /// How sure it is that somebody can.
    pub confidence: Confidence,
    /// Only under circumstances.
    pub may: bool,
    /// Whether anybody was found who can.
    pub reached: bool,
}

/// From one agent to the loss of one store.
#[derive(Clone, Debug)]
pub struct Path {
    /// The agent.
    pub agent: usize,
    /// The store.
    pub store: usize,
    /// The way that is told.
    pub best: usize,
    /// How many other ways there are.
    pub others: usize,
    /// Whether nothing is known to survive it, and nothing is unknown about that.
    pub loss: bool,
}

/// The fewest changes that cut the paths.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    /// In the order they should be made.
    pub edits: Vec<Cut>,
    /// How many paths they cut.
    pub cut: usize,
    /// Of how many.
    pub of: usize,
}

/// A change that cuts paths.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Where.
    pub at: At,
    /// What to do, in words.
    pub what: String,
}

/// What a graph leaves out.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeftOut {
    /// Stores in examples, tests and fixtures.
    pub undeployed: usize,
    /// Stores of library modules.
    pub library: usize,
}

impl Store {
    /// The verdict for people: `maybe gone` where it is doubted.
    pub fn words(&self) -> String {
        self.blasts.first().map_or_else(|| self.told.verdict.words(), Blasted::words)
    }

    /// Who can cause the worst: the ways of every blast that is as bad.
    pub fn worst_ways(&self) -> Vec<usize> {
        let worst = self.blasts.iter().filter(|b| b.verdict == self.told.verdict);
        worst.flat_map(|b| b.ways.iter().copied()).collect()
    }

    /// Primary data, keys or state: what can't be made again.
    pub fn matters(&self) -> bool {
        ["primary", "keys", "state"].contains(&self.holds.as_str())
    }
}

impl Blasted {
    /// Whether it rests on an assumption, or comes only under circumstances.
    pub fn doubted(&self) -> bool {
        self.may || self.confidence == Confidence::Low
    }

    /// The verdict for people: `maybe gone` where that is doubted.
    pub fn words(&self) -> String {
        match (&self.verdict, !self.ways.is_empty() && self.doubted()) {
            (Verdict::Gone, true) => "maybe gone".into(),
            (verdict, _) => verdict.words(),
        }
    }
}

impl Copy {
    /// Whether it may be there: not known to be missing.
    pub fn may_exist(&self) -> bool {
        self.exists != Some(false)
    }
}

impl Graph {
    /// Stores in the order they are told: what matters first, then the worst.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.stores.len()).collect();
        order.sort_by_cached_key(|i| self.stores.get(*i).map(|s| (s.importance(), natural(&s.label), *i)));
        order
    }

    /// The agent behind a way.
    pub fn agent_of(&self, way: &Way) -> Option<usize> {
        match way.by {
            By::Grant(grant) => self.grants.get(grant).map(|g| g.agent),
            By::Command(_) | By::Holder => None,
        }
    }
}

/// A name as people order it: `db-2` before `db-10`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let digit = |c: char| c.is_ascii_digit();
    let mut rest = name;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (text, tail) = rest.split_at(rest.find(digit).unwrap_or(rest.len()));
        let (number, tail) = tail.split_at(tail.find(|c| !digit(c)).unwrap_or(tail.len()));
        parts.push((text.to_owned(), number.parse().unwrap_or(u64::MAX)));
        rest = tail;
    }
    parts
}

impl Store {
    /// Sorts what matters most first.
    fn importance(&self) -> impl Ord + use<> {
        let told = &self.told;
        (
            !self.production,
            !self.matters(),
            !told.reached,
            std::cmp::Reverse(told.verdict.rank()),
            told.may,
            std::cmp::Reverse(told.confidence),
        )
    }
}
