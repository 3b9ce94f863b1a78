//! Paths: agent → operation → credential → store, with no copy outside the blast.

mod address;

use std::cmp::Reverse;

use crate::agents::{Agent, Decision};
use crate::credentials::iam::truth::Truth;
use crate::finding::{Confidence, Reason};
use crate::knowledge::Knowledge;
use crate::knowledge::iam::Does;
use crate::model::act::Act;
use crate::model::credential::Credential;
use crate::model::grant::{Grant, GrantKind};
use crate::model::holder::Holder;
use crate::model::inputs::Inputs;
use crate::model::located::Blast;
use crate::model::opened::{Opened, UNTOLD};
use crate::model::store::{Copy, Store};
use crate::model::survive::{self, Outcome};

/// One way from an agent to the loss of a store.
#[derive(Clone, Debug)]
pub struct Way {
    /// Index of the grant.
    pub grant: usize,
    /// Which of its acts.
    pub act: Act,
    /// Index of the credential; `None`: the login of the platform's own program is assumed.
    pub credential: Option<usize>,
    /// Calls it takes: one, or two where a guard has to be lifted first.
    pub calls: usize,
    /// Some of those calls take the copies that survive the store: the credential may delete them too.
    pub takes_copies: bool,
    /// The weakest link's.
    pub confidence: Confidence,
}

impl Way {
    /// Whether another says all that this one does: the same entry with the same credential, or with any
    /// that opens the same database, as one change of its password shuts them all out.
    fn is_told_by(&self, other: &Way) -> bool {
        let inside = |way: &Way| way.act.blast == Blast::Contents;
        self.grant == other.grant && (self.credential == other.credential || inside(self) && inside(other))
    }
}

/// All that leads one agent to the loss of one store.
#[derive(Clone, Debug)]
pub struct Path {
    /// Index of the agent.
    pub agent: usize,
    /// Index of the store.
    pub store: usize,
    /// The way that is told: the shortest with the highest confidence.
    pub best: Way,
    /// The other ways.
    pub others: Vec<Way>,
    /// Copies that survive the best way, by index; a path with one is no loss.
    pub survivors: Vec<usize>,
    /// Copies of which that isn't known, with why.
    pub undecided: Vec<Reason>,
    /// Calls of the same grant that take less: the act, and which copies survive it.
    pub variants: Vec<(Act, Vec<usize>)>,
    /// Copies that go with the store.
    pub lost: Vec<usize>,
    /// What copies its store has is told nowhere here: only a credential tells of the store.
    pub untold: bool,
}

/// What paths are joined from.
pub struct Joined<'a> {
    /// Stores.
    pub stores: &'a [Store],
    /// Their copies.
    pub copies: &'a [Copy],
    /// Credentials.
    pub credentials: &'a [Credential],
    /// Grants.
    pub grants: &'a [Grant],
    /// Who holds rights.
    pub holders: &'a [Holder],
    /// Databases that credentials open.
    pub opened: &'a [Opened],
    /// What is known of the world.
    pub knowledge: &'a Knowledge,
}

impl Joined<'_> {
    /// Whether an act takes a store, guards and credentials left aside: by its platform, or by its address.
    pub fn takes(&self, act: &Act, store: &Store) -> bool {
        act.takes(store) || self.opened(act, store).is_some()
    }

    /// The store as a database that an act opens by its address.
    fn opened(&self, act: &Act, store: &Store) -> Option<&Opened> {
        let database = self.database(store)?;
        act.opens(&database.engine).then_some(database)
    }

    /// The store as a database that credentials open.
    fn database(&self, store: &Store) -> Option<&Opened> {
        self.opened.iter().find(|o| self.stores.get(o.store).is_some_and(|s| std::ptr::eq(s, store)))
    }
}

/// Every path of a project: one for each agent and primary production store.
pub fn paths(inputs: &Inputs<'_>, joined: &Joined<'_>) -> Vec<Path> {
    let mut all = Vec::new();
    for (agent, configured) in inputs.agents.iter().enumerate() {
        for (index, store) in joined.stores.iter().enumerate().filter(|(_, s)| worth_a_path(s)) {
            all.extend(path(joined, agent, configured, index, store));
        }
    }
    // The worst first: proven, taking the most with it, by a credential nobody meant for it.
    all.sort_by_key(|p| {
        let data = joined.stores.get(p.store).is_some_and(|s| s.kind == "database");
        let lent = !used_for_something_else(joined, &p.best);
        (!p.survivors.is_empty(), Reverse(p.best.confidence), Reverse(p.lost.len()), lent, !data)
    });
    all
}

/// Whether the credential's file uses it for something else: found, not given.
fn used_for_something_else(joined: &Joined<'_>, way: &Way) -> bool {
    way.credential.and_then(|c| joined.credentials.get(c)).is_some_and(|c| c.used_for.is_some())
}

/// Why it isn't known whether a way's agent runs it unasked.
fn unsure<'a>(joined: &Joined<'a>, way: &Way) -> Option<&'a Reason> {
    joined.grants.get(way.grant)?.unknown.as_ref()
}

fn worth_a_path(store: &Store) -> bool {
    store.production
        && !store.undeployed
        && !store.library
        && ["primary", "keys", "state"].contains(&store.holds.as_str())
}

fn path(joined: &Joined<'_>, agent: usize, configured: &Agent, index: usize, store: &Store) -> Option<Path> {
    let mut ways: Vec<Way> = Vec::new();
    // Where a model decides, nobody can say what comes of it.
    let counts = |g: &Grant| {
        let decides = g.decision != Decision::Gated || g.unknown.is_some();
        g.agent == agent && !g.undeployed && decides && !g.gates.iter().any(|gate| gate.known)
    };
    for (number, grant) in joined.grants.iter().enumerate().filter(|(_, g)| counts(g)) {
        for act in grant.acts.iter().filter(|a| joined.takes(a, store)) {
            ways.extend(way(joined, configured, number, grant, act, store));
        }
    }
    let outcome = |way: &Way| {
        let mut outcome = survive::outcome(index, store, joined.copies, way.act.blast, way.act.caller());
        if way.takes_copies {
            outcome.lost.append(&mut outcome.survivors);
        }
        outcome
    };
    // Whoever has a right to delete every copy that is left needs a call for each: no copy is out of reach.
    for way in &mut ways {
        let holder = way.credential.and_then(|c| joined.credentials.get(c)?.handed?.holder);
        let Some(holder) = holder.and_then(|h| joined.holders.get(h)) else { continue };
        let left = survive::outcome(index, store, joined.copies, way.act.blast, way.act.caller()).survivors;
        if left.is_empty() {
            continue;
        }
        let copies = || left.iter().filter_map(|c| joined.copies.get(*c));
        if copies().all(|c| holder.takes_copy(c, joined.stores, joined.knowledge)) {
            way.takes_copies = true;
            way.calls += left.len();
        }
    }
    // The one call that leaves nothing; among those the surest, the shortest, the narrowest.
    ways.sort_by_key(|way| {
        let outcome = outcome(way);
        (
            unsure(joined, way).is_some(),
            !outcome.survivors.is_empty(),
            !outcome.undecided.is_empty(),
            Reverse(way.confidence.min(outcome.confidence)),
            way.calls,
            way.act.may,
            way.act.blast == Blast::Contents && way.act.brake.is_some(),
            way.credential.is_none(),
            !used_for_something_else(joined, way),
            way.act.blast,
            // The call that can't be taken back is the one to tell.
            (way.act.undo_days * 24.0) as u64,
        )
    });
    let mut ways = ways.into_iter();
    let mut best = ways.next()?;
    let Outcome { survivors, lost, mut undecided, confidence } = outcome(&best);
    best.confidence = best.confidence.min(confidence);
    undecided.extend(unsure(joined, &best).cloned());
    let mut variants: Vec<(Act, Vec<usize>)> = Vec::new();
    let mut others: Vec<Way> = Vec::new();
    for way in ways {
        let known = variants.iter().any(|(a, _)| a.id == way.act.id) || way.act.id == best.act.id;
        let outcome = outcome(&way);
        if unsure(joined, &way).is_some() {
            continue;
        }
        if way.grant == best.grant && !known && outcome.undecided.is_empty() {
            variants.push((way.act.clone(), outcome.survivors.clone()));
        }
        if outcome.survivors.is_empty() && !way.is_told_by(&best) && !others.iter().any(|o| way.is_told_by(o)) {
            others.push(way);
        }
    }
    let untold = survivors.is_empty() && undecided.iter().any(|r| r.kind == UNTOLD);
    Some(Path { agent, store: index, best, others, survivors, undecided, variants, lost, untold })
}

/// What a store's guards leave of an act: how many calls it takes, and how sure that is. `None`: they
/// refuse it.
pub(crate) fn calls(act: &Act, store: &Store) -> Option<(usize, Confidence)> {
    // No platform looks at what is done inside of a database.
    if act.blast == Blast::Contents {
        return Some((1, Confidence::High));
    }
    let guarded = |guard: &str| store.guards.get(guard).is_some_and(|g| g.is_on());
    if guarded("lock") {
        return None;
    }
    // A Terraform run is refused by prevent_destroy; nothing else is.
    if act.runs_terraform() && (guarded("terraform") || guarded("api")) {
        return None;
    }
    let unknown = |guard: &&str| store.guards.get(*guard).is_some_and(|g| g.available && g.on.is_unknown());
    let unsure = ["api", "lock"].iter().any(unknown) || act.runs_terraform() && unknown(&"terraform");
    let calls = if guarded("api") { 2 } else { 1 };
    Some((calls, if unsure { Confidence::Low } else { Confidence::High }))
}

/// The ways one act of a grant takes a store: with each credential the agent can get at, or with the
/// login of the platform's own program.
pub(crate) fn way(
    joined: &Joined<'_>,
    agent: &Agent,
    number: usize,
    grant: &Grant,
    act: &Act,
    store: &Store,
) -> Vec<Way> {
    let Some((calls, unguarded)) = calls(act, store) else { return Vec::new() };
    // Somebody may be asked before the job runs: no file shows whether.
    let asked = if grant.gates.is_empty() { Confidence::High } else { Confidence::Low };
    let base = store.confidence.min(grant.confidence).min(act.confidence).min(unguarded).min(asked);
    let made = |credential: Option<usize>, sure: Confidence| Way {
        grant: number,
        act: act.clone(),
        credential,
        calls,
        takes_copies: false,
        confidence: base.min(sure),
    };
    if let Some(opened) = joined.opened(act, store) {
        let those = address::openers(joined, agent, grant, act, opened);
        return those.into_iter().map(|(index, sure)| made(Some(index), sure)).collect();
    }
    let mut ways = Vec::new();
    // Of one that nothing declares no file shows in whose account it is.
    let undeclared = joined.database(store).filter(|o| !o.declared);
    let found = |c: &Credential| !c.undeployed && (undeclared.is_none() || c.handed.is_none());
    let base = match undeclared.map(|o| o.guarded) {
        None => base,
        Some(false) => base.min(Confidence::Medium),
        Some(true) => Confidence::Low,
    };
    let made =
        |credential: Option<usize>, sure: Confidence| Way { confidence: base.min(sure), ..made(credential, sure) };
    for (index, credential) in joined.credentials.iter().enumerate().filter(|(_, c)| found(c)) {
        let sure = opens(joined, credential, act, store, calls);
        if let Some((sure, used)) = sure.zip(used(agent, grant, credential, act)) {
            ways.push(made(Some(index), sure.min(used)));
        }
    }
    if grant.kind != GrantKind::Exec && !grant.bare && undeclared.is_none() {
        ways.push(made(None, Confidence::Low));
    }
    ways
}

/// Whether a credential lets an act take a store in so many calls, and how sure that is.
fn opens(joined: &Joined<'_>, credential: &Credential, act: &Act, store: &Store, calls: usize) -> Option<Confidence> {
    let holder = credential.handed.and_then(|h| joined.holders.get(h.holder?));
    let Some(holder) = holder else { return credential.opens(store, act.blast) };
    let mut truth = holder.may(Does::Data, store, joined.knowledge);
    // Terraform deletes one thing after the other; a call that takes a project or account is a right of its own.
    if act.blast > Blast::Parent && !act.runs_terraform() {
        truth = truth.and(holder.takes_at_once(act.blast));
    }
    if calls > 1 {
        truth = truth.and(holder.may(Does::Guards, store, joined.knowledge));
    }
    match truth {
        Truth::Yes => Some(credential.confidence),
        Truth::Unknown(_) => Some(Confidence::Low),
        Truth::No => None,
    }
}

/// Whether what a grant lets run works with a credential, and how sure that is. What an HTTP client
/// sends is up to who runs it; a server or program of the platform uses what it is started with: by its
/// configuration, by the environment of whoever starts it, by the job.
fn used(agent: &Agent, grant: &Grant, credential: &Credential, act: &Act) -> Option<Confidence> {
    if !act.by_api() && !act.runs_terraform() {
        return None;
    }
    if let Some(handed) = credential.handed {
        return (handed.agent == grant.agent).then_some(Confidence::High);
    }
    let readable = credential.readable_by.contains(&grant.agent);
    let by_environment = (readable && credential.loaded).then_some(Confidence::Medium);
    match grant.kind {
        GrantKind::Exec | GrantKind::Everything | GrantKind::Default if act.by_api() => {
            readable.then_some(Confidence::High)
        }
        GrantKind::Mcp => hands_to_server(agent, grant, credential),
        GrantKind::Command if hands_to_commands(agent, credential) => Some(Confidence::High),
        _ => by_environment,
    }
}

/// Whether a credential stands in the configuration of the server that the grant is about, or in a
/// variable that it names.
fn hands_to_server(agent: &Agent, grant: &Grant, credential: &Credential) -> Option<Confidence> {
    let server = agent.servers.iter().find(|s| Some(s.name.as_str()) == grant.server.as_deref())?;
    if server.span.contains(credential.span) {
        return Some(Confidence::High);
    }
    let named = server.environment.iter().map(|(_, value, _)| value).chain(&server.command);
    let named = named.into_iter().any(|value| named_by(&credential.variable, value));
    (named && credential.loaded).then_some(Confidence::Medium)
}

/// Whether a value hands on a variable: `$NAME`, `${NAME:-…}`, `${env:NAME}`.
fn named_by(variable: &str, value: &str) -> bool {
    let Some(rest) = value.trim().strip_prefix('$') else { return false };
    let name = rest.trim_start_matches('{').trim_start_matches("env:").trim_end_matches('}');
    name.split(":-").next().unwrap_or(name) == variable
}

/// Whether a credential stands in the environment that the agent hands to what it runs.
fn hands_to_commands(agent: &Agent, credential: &Credential) -> bool {
    agent.environment.iter().any(|(_, _, span)| credential.span.contains(*span) || span.contains(credential.span))
}
