//! What agents' files say to stop, and whether it does: every deny and ask entry against the other
//! forms of what it names, by the agent's own procedure; and entries that their product doesn't use.

use std::collections::HashMap;
use std::sync::OnceLock;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::agents::{Agent, Call, Decision, Entry, Procedure, Surface};
use crate::finding::{Confidence, Reason};
use crate::knowledge::operations::{Operation, Tool};
use crate::model::act::Act;
use crate::model::credential::is_personal;
use crate::model::forms::{Forms, forms};
use crate::model::grant;
use crate::model::inputs::Inputs;
use crate::model::mend::{self, Mend};
use crate::model::sight::Sight;
use crate::operations::Target;
use crate::source::{SourceId, Span, Text};

/// A deny or ask entry, a hook, or an entry without effect.
#[derive(Clone, Debug)]
pub struct Protection {
    /// Index of the agent.
    pub agent: usize,
    /// As written; a hook's event.
    pub entry: String,
    /// Where it stands.
    pub span: Span,
    /// Its file.
    pub file: SourceId,
    /// `project`, `local`, `agent:NAME`.
    pub layer: String,
    /// `allow` (one without effect), `ask`, `deny`, `hook`.
    pub effect: &'static str,
    /// Whether nothing of what it names gets through in another form; or why that isn't known.
    pub holds: Result<bool, Reason>,
    /// Whether only a model decides on them.
    pub gated: bool,
    /// Forms that run with nobody asked, the plainest first.
    pub walked_around_by: Vec<String>,
    /// When they do, if not always: `while command deploy runs`.
    pub during: Option<String>,
    /// Why its product doesn't use it.
    pub inert: Option<String>,
    /// The operations it is aimed at, those in sight first.
    pub acts: Vec<Act>,
    /// Whether there is something it could have kept: an operation in sight that it names; for one
    /// without effect, anything.
    pub matters: bool,
    /// Whether it stands in a personal file.
    pub local: bool,
    /// Whether its file isn't deployed.
    pub undeployed: bool,
    /// How sure.
    pub confidence: Confidence,
    /// What makes it hold, as an edit.
    pub mend: Option<Mend>,
}

/// An operation that an entry can be aimed at.
struct Aim<'a> {
    tool: &'a Tool,
    operation: &'a Operation,
    act: Act,
    command: &'a str,
    forms: OnceLock<Forms>,
}

impl Aim<'_> {
    /// Its other forms, worked out when an entry is aimed at it.
    fn forms(&self, inputs: &Inputs<'_>) -> &Forms {
        self.forms.get_or_init(|| forms(inputs, self.tool, self.operation).unwrap_or_default())
    }
}

/// Which operations each entry is aimed at, by its place and text.
type Aimed = HashMap<(Span, Text), Vec<usize>>;

/// How many operations of one entry are tried in their other forms.
const TRIED: usize = 8;

/// Every protection of every agent; those of agents that aren't understood are only those without effect.
pub fn protections(inputs: &Inputs<'_>, sight: &Sight) -> Vec<Protection> {
    let aims = if inputs.agents.iter().any(|a| a.entries.iter().any(stops)) { aims(inputs, sight) } else { Vec::new() };
    let mut aimed: Aimed = HashMap::new();
    let mut all: IndexMap<(Span, String), Protection> = IndexMap::new();
    for (index, agent) in inputs.agents.iter().enumerate() {
        look(agent, &aims, &mut aimed);
        for protection in of_agent(inputs, sight, index, agent, &aims, &aimed) {
            // One file may be read for several directories, and by what a workflow starts: without effect is
            // what has none anywhere, and holds what holds everywhere.
            let key = (protection.span, protection.entry.clone());
            match all.get_mut(&key) {
                Some(known) => {
                    let read = known.inert.is_some() && protection.inert.is_none();
                    let open = known.holds != Ok(false) && protection.holds == Ok(false);
                    if read || open && protection.inert.is_none() {
                        *known = protection;
                    }
                }
                None => _ = all.insert(key, protection),
            }
        }
    }
    all.into_values().collect()
}

fn stops(entry: &Entry) -> bool {
    matches!(entry.effect, "deny" | "ask") && entry.inert.is_none()
}

fn aims<'a>(inputs: &Inputs<'a>, sight: &Sight) -> Vec<Aim<'a>> {
    let mut all = Vec::new();
    for tool in inputs.knowledge.tools() {
        for operation in &tool.operations {
            let Some(command) = operation.command.as_deref() else { continue };
            let act = Act::of(tool, operation, sight.offers(tool, operation)).called_as_command(operation);
            all.push(Aim { tool, operation, act, command, forms: OnceLock::new() });
        }
    }
    all.sort_by_key(|aim| (!aim.act.tellable(), !aim.act.in_sight, aim.act.may));
    all
}

/// Works out what the entries of an agent are aimed at that weren't looked at yet.
fn look(agent: &Agent, aims: &[Aim<'_>], aimed: &mut Aimed) {
    let Some(procedure) = agent.procedure.as_deref() else { return };
    let new: Vec<&Entry> =
        agent.entries.iter().filter(|e| stops(e) && !aimed.contains_key(&(e.span, e.text.clone()))).collect();
    let found: Vec<((Span, Text), Vec<usize>)> = new
        .par_iter()
        .map(|entry| {
            let about = |(_, aim): &(usize, &Aim<'_>)| procedure.matches(entry, &Call::Shell(aim.command));
            let matching = aims.iter().enumerate().filter(about).map(|(n, _)| n).collect();
            ((entry.span, entry.text.clone()), matching)
        })
        .collect();
    aimed.extend(found);
}

fn of_agent(
    inputs: &Inputs<'_>,
    sight: &Sight,
    index: usize,
    agent: &Agent,
    aims: &[Aim<'_>],
    aimed: &Aimed,
) -> Vec<Protection> {
    let mut all = Vec::new();
    for entry in &agent.entries {
        let Some(file) = inputs.workspace.file(entry.span.source).filter(|_| entry.effect != "prose") else { continue };
        let mut protection = Protection {
            agent: index,
            entry: entry.text.as_str().to_owned(),
            span: entry.span,
            file: entry.span.source,
            layer: entry.layer.clone(),
            effect: entry.effect,
            holds: Ok(true),
            gated: false,
            walked_around_by: Vec::new(),
            during: None,
            inert: entry.inert.clone(),
            acts: Vec::new(),
            matters: !sight.is_empty(),
            local: entry.layer == "user" || is_personal(file.tracking, &file.source.path),
            undeployed: file.undeployed,
            confidence: Confidence::High,
            mend: None,
        };
        if protection.inert.is_none() {
            let Some(procedure) = agent.procedure.as_deref().filter(|_| matches!(entry.effect, "deny" | "ask")) else {
                continue;
            };
            let aimed = aimed.get(&(entry.span, entry.text.clone())).map(Vec::as_slice).unwrap_or_default();
            let aimed: Vec<&Aim<'_>> = aimed.iter().filter_map(|n| aims.get(*n)).collect();
            judge(&mut protection, inputs, agent, procedure, entry, &aimed);
        }
        all.push(protection);
    }
    all.extend(agent.hooks.iter().filter_map(|hook| {
        let file = inputs.workspace.file(hook.span.source)?;
        let answer = hook.answer();
        let program = Reason::at("hook-program", "a hook is a program, and isn't judged", hook.span);
        Some(Protection {
            agent: index,
            entry: hook.event.as_str().to_owned(),
            span: hook.span,
            file: hook.span.source,
            layer: "project".to_owned(),
            effect: "hook",
            holds: answer.map_or(Err(program), |a| Ok(a == "deny")),
            gated: false,
            walked_around_by: Vec::new(),
            during: None,
            inert: None,
            acts: Vec::new(),
            matters: false,
            local: is_personal(file.tracking, &file.source.path),
            undeployed: file.undeployed,
            confidence: Confidence::High,
            mend: None,
        })
    }));
    all
}

/// Tries what an entry is aimed at in its other forms.
fn judge(
    protection: &mut Protection,
    inputs: &Inputs<'_>,
    agent: &Agent,
    procedure: &dyn Procedure,
    entry: &Entry,
    aimed: &[&Aim<'_>],
) {
    protection.acts = aimed.iter().map(|a| a.act.clone()).collect();
    protection.matters = aimed.iter().any(|a| a.act.tellable());
    let mut missed: Vec<(&Aim<'_>, Vec<Around>)> = Vec::new();
    let mut local = true;
    for aim in aimed.iter().take(TRIED) {
        let held: Vec<Surface> = agent
            .surfaces
            .iter()
            .copied()
            .filter(|s| procedure.decide(&Call::Shell(aim.command), *s).decision.is_ok_and(|d| !d.unasked()))
            .collect();
        let mut around: Vec<Around> = Vec::new();
        for form in &aim.forms(inputs).others {
            for surface in &held {
                let verdict = procedure.decide(&Call::Shell(form), *surface);
                match verdict.decision {
                    Ok(decision) if through(decision, &aim.act) => {
                        // What lets it through may be one person's own.
                        local &= verdict.because.iter().any(|b| personal(inputs, b.span));
                        let found = Around {
                            form: form.clone(),
                            runs: decision > Decision::Gated,
                            during: grant::during(&verdict),
                        };
                        match around.iter_mut().find(|known| known.form == found.form) {
                            Some(known) => known.widen(found),
                            None => around.push(found),
                        }
                    }
                    Ok(_) => {}
                    Err(reason) => {
                        if protection.holds == Ok(true) {
                            protection.holds = Err(reason);
                        }
                    }
                }
            }
        }
        if !around.is_empty() {
            missed.push((aim, around));
        }
    }
    if missed.is_empty() {
        return;
    }
    // What a model would let through is told only where nothing runs by itself: what comes of that nobody
    // can say.
    let all = |missed: &[(&Aim<'_>, Vec<Around>)], is: &dyn Fn(&Around) -> bool| {
        missed.iter().flat_map(|(_, around)| around).all(is)
    };
    protection.gated = all(&missed, &|a| !a.runs);
    if protection.gated {
        protection.confidence = Confidence::Low;
    } else {
        keep(&mut missed, |a| a.runs);
    }
    // So is what runs only while something else does.
    if all(&missed, &|a| a.during.is_some()) {
        protection.during = missed.iter().flat_map(|(_, around)| around).find_map(|a| a.during.clone());
        let first = protection.during.clone();
        keep(&mut missed, |a| a.during == first);
    } else {
        keep(&mut missed, |a| a.during.is_none());
    }
    if let Some((aim, _)) = missed.first() {
        protection.confidence = protection.confidence.min(aim.act.confidence);
        protection.matters = aim.act.tellable();
    }
    protection.holds = Ok(false);
    protection.local |= local;
    let missed: Vec<(String, Vec<String>)> = missed
        .into_iter()
        .map(|(aim, around)| (aim.forms(inputs).base.clone(), around.into_iter().map(|a| a.form).collect()))
        .collect();
    protection.walked_around_by = missed.iter().flat_map(|(_, forms)| forms.iter().cloned()).collect();
    protection.mend = mend::stopping(inputs, procedure, entry, &missed);
}

/// A form that goes through.
struct Around {
    form: String,
    /// Whether it runs, rather than that a model decides.
    runs: bool,
    /// When it does, if not always.
    during: Option<String>,
}

impl Around {
    /// The same form on another surface: the wider of the two counts.
    fn widen(&mut self, other: Around) {
        if (other.runs, other.during.is_none()) > (self.runs, self.during.is_none()) {
            *self = other;
        }
    }
}

fn keep(missed: &mut Vec<(&Aim<'_>, Vec<Around>)>, is: impl Fn(&Around) -> bool) {
    for (_, around) in missed.iter_mut() {
        around.retain(&is);
    }
    missed.retain(|(_, around)| !around.is_empty());
}

fn personal(inputs: &Inputs<'_>, span: Span) -> bool {
    inputs.workspace.file(span.source).is_some_and(|f| is_personal(f.tracking, &f.source.path))
}

/// Whether a decision lets an operation through to what it acts on.
fn through(decision: Decision, act: &Act) -> bool {
    decision.unasked() && (decision != Decision::Sandboxed { network: false } || act.target == Target::Local)
}
