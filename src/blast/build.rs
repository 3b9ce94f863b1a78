//! From the model to the graph.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::agents::{Decision, Surface};
use crate::blast::Input;
use crate::blast::gate::Gate;
use crate::blast::graph::{
    Agent, By, Call, Command, Copy, Credential, Cut, Cuts, Grant, Graph, LeftOut, Path, Store, Told, Undecided, Way,
};
use crate::blast::verdict::Verdict;
use crate::blast::{label, outcome};
use crate::finding::{Confidence, Reason};
use crate::model::cut::{self, Parts};
use crate::model::grant::{Grant as Granted, GrantKind};
use crate::model::located::{Account, Blast};
use crate::model::path::{self, Joined};
use crate::model::store::{Caller, Store as Stored};
use crate::model::{self, Act, credential, survive};
use crate::operations::Target;

impl Graph {
    /// Works out the graph of a project.
    pub fn of(input: &Input<'_>) -> Graph {
        let mut build = Build::new(input);
        build.stores();
        build.copies();
        build.agents();
        build.credentials();
        build.granted();
        build.commanded();
        build.held();
        build.outcomes();
        build.paths();
        build.graph
    }
}

/// A graph in the making, with where the model's items went.
struct Build<'a> {
    input: &'a Input<'a>,
    gate: Gate<'a>,
    graph: Graph,
    /// Model's stores that are told: (model's index, the store), by the graph's index.
    told: Vec<(usize, &'a Stored)>,
    stores: HashMap<usize, usize>,
    copies: HashMap<usize, usize>,
    credentials: HashMap<usize, usize>,
    grants: IndexMap<usize, usize>,
    calls: HashMap<(String, String), usize>,
}

impl<'a> Build<'a> {
    fn new(input: &'a Input<'a>) -> Build<'a> {
        Build {
            input,
            gate: Gate { sources: input.sources, mask: input.mask },
            graph: Graph::default(),
            told: Vec::new(),
            stores: HashMap::new(),
            copies: HashMap::new(),
            credentials: HashMap::new(),
            grants: IndexMap::new(),
            calls: HashMap::new(),
        }
    }

    fn stores(&mut self) {
        let mut left_out = LeftOut::default();
        for (index, store) in self.input.model.stores.iter().enumerate() {
            match (store.undeployed, store.library) {
                (true, _) => left_out.undeployed += 1,
                (false, true) => left_out.library += 1,
                (false, false) => {
                    self.stores.insert(index, self.told.len());
                    self.told.push((index, store));
                    let told = self.store(store);
                    self.graph.stores.push(told);
                }
            }
        }
        self.graph.left_out = left_out;
        label::give(&mut self.graph.stores);
    }

    fn store(&self, store: &Stored) -> Store {
        let on = store.guards.iter().filter(|(_, g)| g.is_on());
        Store {
            address: self.gate.line(&store.address),
            name: self.gate.line(&store.name),
            label: String::new(),
            title: self.gate.line(&store.title),
            kind: store.kind.clone(),
            platform: self.gate.line(&store.platform),
            holds: store.holds.clone(),
            at: self.gate.at(store.place.span),
            within: self.within(store),
            environments: store.environments.iter().map(|e| self.gate.line(e)).collect(),
            production: store.production,
            guarded_by: on
                .map(|(class, guard)| {
                    let named = guard.title.as_deref().or(guard.attribute.as_deref());
                    let skipped = guard.skipped_by.as_ref().map(|s| format!(", skipped by {s}")).unwrap_or_default();
                    self.gate.line(&format!("{}{skipped}", named.unwrap_or(class)))
                })
                .collect(),
            destroyed_by: store.destroyed_by.iter().map(|d| self.gate.line(d)).collect(),
            copies: Vec::new(),
            blasts: Vec::new(),
            told: Told {
                verdict: Verdict::Unknown,
                in_calls: 1,
                confidence: Confidence::Low,
                may: false,
                reached: false,
            },
        }
    }

    fn within(&self, store: &Stored) -> String {
        let mut words = store.platform.clone();
        if let Account::Named(account) = &store.located.account {
            words.push_str(&format!(", account {account}"));
        }
        if let Some(project) = &store.located.project {
            words.push_str(&format!(", project {project}"));
        }
        self.gate.line(&words)
    }

    fn copies(&mut self) {
        for (index, copy) in self.input.model.copies.iter().enumerate() {
            let Some(store) = self.stores.get(&copy.store).copied() else { continue };
            let number = self.graph.copies.len();
            self.copies.insert(index, number);
            self.graph.copies.push(Copy {
                address: self.gate.line(&copy.address),
                title: self.gate.line(&copy.title),
                store,
                held_in: copy.held_in.and_then(|holder| self.stores.get(&holder).copied()),
                at: self.gate.at(copy.place.span),
                located: self.gate.line(&copy.located.text()),
                exists: copy.exists.as_bool(),
                stated: copy.stated,
            });
            if let Some(store) = self.graph.stores.get_mut(store) {
                store.copies.push(number);
            }
        }
    }

    fn agents(&mut self) {
        for agent in self.input.agents {
            let name = match agent.dir.as_str() {
                "" => self.gate.line(&agent.name),
                dir => format!("{} in {}", self.gate.line(&agent.name), self.gate.line(dir)),
            };
            self.graph.agents.push(Agent { name, understood: agent.procedure.is_some(), gated: false });
        }
    }

    fn credentials(&mut self) {
        let opens = |span| self.input.model.opened.iter().any(|o| o.is_opened_by(span));
        let found = self.input.model.credentials.iter().enumerate();
        let deployed = found.filter(|(_, c)| !c.undeployed || opens(c.span)).collect::<Vec<_>>();
        for (index, token) in deployed {
            self.credentials.insert(index, self.graph.credentials.len());
            let reach = [Blast::Account, Blast::Project, Blast::Environment, Blast::Store];
            self.graph.credentials.push(Credential {
                address: self.gate.line(&token.address),
                title: self.gate.line(&token.title),
                variable: self.gate.line(&token.variable),
                at: self.gate.at(token.span),
                reach: reach.into_iter().find(|b| credential::covers(token.scope, *b)),
                used_for: token.used_for.as_deref().map(|u| self.gate.line(u)),
                local: token.local,
            });
        }
    }

    /// What agents can do unasked.
    fn granted(&mut self) {
        let model = self.input.model;
        let joined = Joined {
            stores: &model.stores,
            copies: &model.copies,
            credentials: &model.credentials,
            grants: &model.grants,
            holders: &model.holders,
            opened: &model.opened,
            knowledge: self.input.knowledge,
        };
        for (number, grant) in model.grants.iter().enumerate().filter(|(_, g)| !g.undeployed && g.unknown.is_none()) {
            let Some(agent) = self.input.agents.get(grant.agent) else { continue };
            if grant.decision == Decision::Gated {
                // What comes of it nobody can say: told once, as the model's paths have it.
                if let Some(agent) = self.graph.agents.get_mut(grant.agent) {
                    agent.gated = true;
                }
                continue;
            }
            for (store, (_, stored)) in self.told.clone().into_iter().enumerate() {
                for act in grant.acts.iter().filter(|a| joined.takes(a, stored)) {
                    for way in path::way(&joined, agent, number, grant, act, stored) {
                        let by = By::Grant(self.grant(number, grant));
                        let call = self.call(act);
                        self.graph.ways.push(Way {
                            by,
                            credential: way.credential.and_then(|c| self.credentials.get(&c).copied()),
                            call,
                            store,
                            in_calls: way.calls,
                            confidence: way.confidence,
                        });
                    }
                }
            }
        }
    }

    fn grant(&mut self, number: usize, grant: &Granted) -> usize {
        if let Some(known) = self.grants.get(&number) {
            return *known;
        }
        let entry = self.gate.entry(grant.span, &grant.entry);
        let title = match grant.kind {
            GrantKind::Exec => format!("runs any `{entry}`"),
            GrantKind::Mcp => {
                let server = grant.server.as_deref().map(|s| self.gate.line(s));
                format!("calls the MCP server `{}`", server.as_deref().unwrap_or("?"))
            }
            GrantKind::Everything => format!("runs anything (`{entry}`)"),
            GrantKind::Command => format!("runs `{entry}`"),
            GrantKind::Default => "runs commands by default".to_owned(),
        };
        self.graph.grants.push(Grant {
            agent: grant.agent,
            title,
            entry,
            kind: grant.kind.word(),
            at: self.gate.at(grant.span),
            surfaces: grant.surfaces.iter().copied().map(Surface::name).collect(),
            decision: grant.decision.name(),
            condition: grant.condition.as_deref().map(|c| self.gate.line(c)),
            local: grant.local,
        });
        self.grants.insert(number, self.graph.grants.len() - 1);
        self.graph.grants.len() - 1
    }

    fn call(&mut self, act: &Act) -> usize {
        // One operation has several names: the HTTP call's, the command's.
        let key = (act.id.clone(), act.call.clone());
        if let Some(known) = self.calls.get(&key) {
            return *known;
        }
        self.graph.calls.push(Call {
            id: self.gate.line(&act.id),
            name: self.gate.line(&act.call),
            title: self.gate.line(&act.title),
            takes: act.blast,
            caller: act.caller(),
            undo: outcome::lasts(act).map(|u| self.gate.line(&u)),
            undo_how: act.undo.as_deref().map(|u| self.gate.line(u)),
            may: act.may,
        });
        self.calls.insert(key, self.graph.calls.len() - 1);
        self.graph.calls.len() - 1
    }

    /// What commands do by themselves, with no person in between. One that meets a guard is refused:
    /// a fixed text doesn't lift it first.
    fn commanded(&mut self) {
        let unasked = |c: &&model::command::Command| c.unattended && c.gates.is_empty() && !c.undeployed;
        for command in self.input.model.commands.iter().filter(unasked) {
            let mut known: Option<usize> = None;
            for (store, (_, stored)) in self.told.clone().into_iter().enumerate() {
                // A command of another environment acts on that one's data.
                if stored.production && !command.production {
                    continue;
                }
                let takes = |a: &&Act| a.target != Target::Local && a.takes(stored);
                for act in command.acts.iter().filter(takes) {
                    let Some((1, unguarded)) = path::calls(act, stored) else { continue };
                    let number = *known.get_or_insert_with(|| {
                        self.graph.commands.push(Command {
                            name: self.gate.line(&command.name),
                            text: self.gate.entry(command.item, &command.text),
                            at: self.gate.at(command.span),
                            runs_in: command.runs_in,
                            how_often: self.gate.line(&command.how_often),
                        });
                        self.graph.commands.len() - 1
                    });
                    let confidence = stored.confidence.min(command.confidence).min(act.confidence).min(unguarded);
                    let call = self.call(act);
                    self.graph.ways.push(Way {
                        by: By::Command(number),
                        credential: None,
                        call,
                        store,
                        in_calls: 1,
                        confidence,
                    });
                }
            }
        }
    }

    /// What whoever has a credential can do with it, where no agent has been told to have it.
    fn held(&mut self) {
        let granted = self.graph.ways.iter().filter(|w| matches!(w.by, By::Grant(_)));
        let granted: HashSet<_> = granted.filter_map(|w| Some((w.credential?, w.store))).collect();
        for (index, token) in self.input.model.credentials.iter().enumerate() {
            let Some(number) = self.credentials.get(&index).copied().filter(|_| token.handed.is_none()) else {
                continue;
            };
            let acts: Vec<Act> = token
                .operations
                .iter()
                .filter_map(|id| self.input.knowledge.operation_of(id))
                .map(|(tool, operation)| Act::of(tool, operation, true))
                .filter(|act| !act.may)
                .collect();
            for (store, (_, stored)) in self.told.clone().into_iter().enumerate() {
                if granted.contains(&(number, store)) {
                    continue;
                }
                for act in acts.iter().filter(|a| a.takes(stored) && token.opens(stored, a.blast).is_some()) {
                    let Some((in_calls, unguarded)) = path::calls(act, stored) else { continue };
                    let confidence = stored.confidence.min(token.confidence).min(act.confidence).min(unguarded);
                    let call = self.call(act);
                    let way = Way { by: By::Holder, credential: Some(number), call, store, in_calls, confidence };
                    self.graph.ways.push(way);
                }
            }
        }
    }

    fn outcomes(&mut self) {
        let mut of_store: Vec<Vec<(usize, &Way)>> = vec![Vec::new(); self.told.len()];
        for (number, way) in self.graph.ways.iter().enumerate() {
            if let Some(ways) = of_store.get_mut(way.store) {
                ways.push((number, way));
            }
        }
        let mut all = Vec::with_capacity(self.told.len());
        for ((index, stored), ways) in self.told.iter().zip(&of_store) {
            let left = |takes: Blast, caller: Caller| {
                let outcome = survive::outcome(*index, stored, &self.input.model.copies, takes, caller);
                let numbers = |copies: Vec<usize>| copies.iter().filter_map(|c| self.copies.get(c).copied()).collect();
                let undecided = outcome.undecided.iter().map(|r| self.undecided(r)).collect();
                (numbers(outcome.survivors), numbers(outcome.lost), undecided)
            };
            let blasts = outcome::blasts(stored, ways, &self.graph.calls, &left);
            all.push(blasts);
        }
        for (store, mut blasts) in self.graph.stores.iter_mut().zip(all) {
            for blast in blasts.iter_mut().filter(|b| b.ways.is_empty()) {
                blast.names.clone_from(&store.destroyed_by);
            }
            store.told = outcome::told(&blasts);
            store.blasts = blasts;
        }
    }

    fn undecided(&self, reason: &Reason) -> Undecided {
        Undecided {
            kind: reason.kind,
            message: self.gate.line(&reason.message),
            at: reason.span.map(|span| self.gate.at(span)),
        }
    }

    fn paths(&mut self) {
        let model = self.input.model;
        let mut losses = Vec::new();
        let mut told: HashMap<_, usize> = HashMap::new();
        for (number, way) in self.graph.ways.iter().enumerate() {
            told.entry((way.by, way.credential, way.call, way.store)).or_insert(number);
        }
        for found in &model.paths {
            let Some(store) = self.stores.get(&found.store).copied() else { continue };
            let Some(grant) = self.grants.get(&found.best.grant) else { continue };
            let credential = found.best.credential.and_then(|c| self.credentials.get(&c).copied());
            let key = (found.best.act.id.clone(), found.best.act.call.clone());
            let Some(call) = self.calls.get(&key) else { continue };
            let Some(best) = told.get(&(By::Grant(*grant), credential, *call, store)).copied() else { continue };
            let loss = found.survivors.is_empty() && found.undecided.is_empty();
            self.graph.paths.push(Path { agent: found.agent, store, best, others: found.others.len(), loss });
            if loss && found.best.confidence > Confidence::Low {
                losses.push(found);
            }
        }
        if losses.is_empty() {
            return;
        }
        let cuts = cut::cuts(
            &losses,
            &Parts {
                stores: &model.stores,
                copies: &model.copies,
                credentials: &model.credentials,
                grants: &model.grants,
            },
        );
        let edits = cuts.edits.iter().map(|c| Cut { at: self.gate.at(c.span), what: self.gate.line(&c.what) });
        self.graph.cuts = Cuts { edits: edits.collect(), cut: cuts.cut, of: cuts.of };
    }
}
