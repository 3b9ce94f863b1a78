//! A path in words: its links in order, and the notes below them.

use std::sync::Arc;

use crate::credentials::Scope;
use crate::finding::{Confidence, Place, Role};
use crate::model::credential::Credential;
use crate::model::grant::{Grant, GrantKind};
use crate::model::inputs::Inputs;
use crate::model::located::Blast;
use crate::model::path::{Path, Way};
use crate::model::store::{Copy, Store};
use crate::model::{Act, Model};

/// A step of a path.
pub struct Link {
    /// Where it stands.
    pub place: Arc<Place>,
    /// What stands there.
    pub label: String,
    /// How sure.
    pub confidence: Confidence,
}

/// Agent, credential, store, copies: each where it stands.
pub fn links(inputs: &Inputs<'_>, model: &Model, path: &Path) -> Vec<Link> {
    let mut links = Vec::new();
    let (Some(grant), Some(store)) = (model.grants.get(path.best.grant), model.stores.get(path.store)) else {
        return links;
    };
    links.push(Link { place: Place::of(grant.span, Role::Agent), label: agent(grant), confidence: grant.confidence });
    match path.best.credential.and_then(|c| model.credentials.get(c)) {
        Some(token) => links.push(Link {
            place: Place::of(token.span, Role::Credential),
            label: credential(token),
            confidence: token.confidence,
        }),
        None => {
            if let Some(first) = links.first_mut() {
                first.label.push_str(&format!("; assumes that {} is logged in here", login(&path.best)));
            }
        }
    }
    let held = holds(inputs, model, path, store);
    match links.last_mut().filter(|l| l.place.span == store.place.span) {
        // The credential is all that tells of it.
        Some(link) => link.label.push_str(&format!("; opens {held}")),
        None => links.push(Link { place: store.place.clone(), label: held, confidence: store.confidence }),
    }
    let kept = path.lost.iter().filter_map(|c| model.copies.get(*c)).filter(|c| c.place.span != store.place.span);
    for copy in kept {
        links.push(Link {
            place: copy.place.clone(),
            label: format!("{}, {}. Survivors: none", copy.title, shared(copy, store)),
            confidence: copy.confidence,
        });
    }
    links
}

fn agent(grant: &Grant) -> String {
    let what = match grant.kind {
        GrantKind::Exec => format!("runs any `{}` unasked", grant.entry),
        GrantKind::Mcp => {
            format!("calls the tools of the MCP server `{}` unasked", grant.server.as_deref().unwrap_or("?"))
        }
        GrantKind::Everything => format!("runs anything unasked (`{}`)", grant.entry),
        GrantKind::Command => format!("runs `{}` unasked", grant.entry),
        GrantKind::Default => "runs commands unasked by default".to_owned(),
    };
    match &grant.condition {
        Some(condition) => format!("{what} ({condition})"),
        None => what,
    }
}

/// The program whose login is assumed: what a script runs, rather than what runs the script.
fn login(way: &Way) -> &str {
    let through = way.act.call.contains(" → ");
    let text = if through { &way.act.own_call } else { &way.act.command };
    text.split(' ').next().unwrap_or("the platform's own program")
}

fn credential(token: &Credential) -> String {
    let mut text = token.title.clone();
    if let Some(use_) = &token.used_for {
        text.push_str(&format!(", used here only for {use_}"));
    }
    if token.handed.is_some() {
        text.push_str("; handed to the agent by its job");
    } else if token.scope == Scope::Unknown {
        text.push_str("; what it may do is set elsewhere");
    } else if !token.scoped() {
        text.push_str("; not limited to an environment, it reaches production too");
    }
    text
}

fn holds(inputs: &Inputs<'_>, model: &Model, path: &Path, store: &Store) -> String {
    let what = if store.production { "production data" } else { "data" };
    let mut parts = vec![what.to_owned()];
    parts.extend(
        path.lost
            .iter()
            .filter_map(|c| model.copies.get(*c))
            .filter(|c| c.automatic && c.kind != "dump")
            .map(|c| c.title.clone()),
    );
    let guard = store.guards.get("api");
    if guard.is_some_and(|g| !g.available) {
        parts.push("the platform has no protection switch".into());
    } else if guard.is_some_and(|g| g.is_off()) {
        parts.push("its deletion protection is off".into());
    }
    if path.untold {
        let database = format!("{what}: a {} at {}", store.title, store.platform);
        let at = if store.platform == store.title.trim_end_matches(" database") { what } else { database.as_str() };
        let dumps = model.copies.iter().filter(|c| c.store == path.store && c.kind == "dump");
        let dumps: Vec<String> = dumps.map(|c| c.title.clone()).take(2).collect();
        let looked = match dumps.is_empty() {
            true => "no dump job, none stated in lastcopy.yaml".to_owned(),
            false => format!("{}: of what and where to isn't told", dumps.join(", ")),
        };
        return format!(
            "{at}; no file here shows that a copy is left ({looked}); a role that only reads couldn't, and no file shows which it is"
        );
    }
    let without = model.copies.iter().all(|c| c.store != path.store || c.place.span == store.place.span);
    if without {
        parts.push(format!("no other copy is declared here ({})", looked_for(inputs, store).join(", ")));
    }
    parts.join("; ")
}

/// How a copy is tied to its store, in words.
fn shared(copy: &Copy, store: &Store) -> String {
    let (here, there) = (&copy.located, &store.located);
    if copy.dies_with.is_some() || here.store == there.store {
        return "part of the same store".into();
    }
    if here.project.is_some() && here.project == there.project {
        return "but in the same project".into();
    }
    format!("but in the same {} account", store.platform)
}

/// What was looked for when no copy of a store was found.
pub fn looked_for(inputs: &Inputs<'_>, store: &Store) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let named = inputs.knowledge.reference_targets(&store.r#type).map(|(_, r)| r);
    // What can name any store names those that have an identifier to be named by.
    let any = inputs.knowledge.store_type(&store.r#type).filter(|(_, row)| row.arn.is_some());
    let wide = any.into_iter().flat_map(|(p, _)| p.references.iter().filter(|r| r.target == ["*"]));
    for reference in named.chain(wide).filter(|r| is_copy(&r.gives.class)) {
        let what = format!("no {}", reference.r#type);
        if !all.contains(&what) {
            all.push(what);
        }
    }
    let off = store.makes.values().filter(|m| m.available && m.is_off());
    all.extend(off.filter_map(|m| m.title.as_ref()).map(|title| format!("{title} off")));
    all.push("no dump job".into());
    all.push("no copy stated in lastcopy.yaml".into());
    all
}

/// Whether a class is one of copies.
fn is_copy(class: &str) -> bool {
    use crate::knowledge::stores::{COPY_CLASSES, REFERENCE_CLASSES};
    COPY_CLASSES.contains(&class) || REFERENCE_CLASSES.contains(&class)
}

/// What one call takes, calls that take less, and the other ways.
pub fn notes(inputs: &Inputs<'_>, model: &Model, path: &Path) -> Vec<String> {
    let Some(store) = model.stores.get(path.store) else { return Vec::new() };
    let mut notes = Vec::new();
    let act = &path.best.act;
    let calls = match path.best.calls {
        1 => "one call".to_owned(),
        n if path.best.takes_copies => format!("{n} calls, for the store and for the copies that outlive it"),
        n => format!("{n} calls, one of them lifts the guard"),
    };
    notes.push(format!("{calls}: `{}` {} {}, {}", act.call, takes(act.blast), taken(model, path, store), grace(act)));
    let less = path.variants.iter().filter(|(a, survivors)| !a.may && (a.blast < act.blast || !survivors.is_empty()));
    for (variant, survivors) in less.take(2) {
        let left: Vec<&str> = survivors.iter().filter_map(|c| model.copies.get(*c)).map(|c| c.title.as_str()).collect();
        let left = if left.is_empty() { String::new() } else { format!("; {} survive", left.join(", ")) };
        notes.push(format!(
            "variant: `{}` {} `{}`, {}{left}",
            variant.call,
            takes(variant.blast),
            store.name,
            grace(variant)
        ));
    }
    let mut ways: Vec<String> = Vec::new();
    for way in path.others.iter().filter(|w| w.confidence > Confidence::Low) {
        let told = also(inputs, model, way);
        if !ways.contains(&told) {
            ways.push(told);
        }
    }
    let more = ways.len().saturating_sub(2);
    ways.truncate(2);
    if !ways.is_empty() {
        let more = if more > 0 { format!(" (+{more} more)") } else { String::new() };
        notes.push(format!("also by: {}{more}", ways.join("; ")));
    }
    notes
}

fn grace(act: &Act) -> String {
    match &act.undo {
        Some(undo) if undo.starts_with(|c: char| c.is_ascii_digit()) => format!("undo for {undo}"),
        Some(undo) => format!("undo {undo}"),
        None if act.blast == Blast::Contents => "which only a copy brings back".into(),
        None => "no grace period".into(),
    }
}

fn takes(blast: Blast) -> &'static str {
    match blast {
        Blast::Contents => "empties",
        Blast::Store => "takes",
        Blast::Parent => "takes what it belongs to, and with it",
        Blast::Environment => "takes the whole environment, and with it",
        Blast::Project => "takes the whole project, and with it",
        Blast::Account => "takes the whole account, and with it",
    }
}

/// What one call takes, by name.
fn taken(model: &Model, path: &Path, store: &Store) -> String {
    let mut names = vec![format!("`{}`", store.name)];
    for copy in path.lost.iter().filter_map(|c| model.copies.get(*c)) {
        let name = match copy.held_in.and_then(|i| model.stores.get(i)) {
            Some(holder) => format!("`{}`", holder.name),
            None => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" and ")
}

fn also(inputs: &Inputs<'_>, model: &Model, way: &Way) -> String {
    let at = |span| {
        let (start, _) = inputs.workspace.sources.positions(span);
        format!("{}:{}", inputs.workspace.sources.path(span), start.line)
    };
    let grant = model.grants.get(way.grant).map(|g| format!("`{}` ({})", g.entry, at(g.span))).unwrap_or_default();
    match way.credential.and_then(|c| model.credentials.get(c)) {
        Some(token) if token.handed.is_some() => format!("{grant} with what its job takes on in {}", at(token.span)),
        Some(token) => format!("{grant} with the token in {}", at(token.span)),
        None => format!("{grant}, if {} is logged in", login(way)),
    }
}
