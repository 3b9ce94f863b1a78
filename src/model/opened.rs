//! Databases that are known here by a credential alone: an address with a password, or a host and a
//! password beside it. One that the configuration declares too is that store; any other is a store of
//! which nothing is told but that it can be opened.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::credentials::{Scope, Token};
use crate::expr::{Type, Value};
use crate::finding::{Confidence, Place, Reason, Role};
use crate::knowledge::credentials::{Engine, Hosted, Kind};
use crate::knowledge::stores::{Provider, StoreType};
use crate::model::environments::{self, Verdict};
use crate::model::inputs::Inputs;
use crate::model::located::{Account, Located};
use crate::model::stakes::Stakes;
use crate::model::store::{GUARDS, Given, HAZARDS, MAKES, Store, Switch};
use crate::source::{SourceId, Span};
use crate::workspace::File;

/// A database that credentials open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Index of the store.
    pub store: usize,
    /// Its engine, by the word operations use; `any` where only a password stands here.
    pub engine: String,
    /// The assignments of the credentials that open it.
    pub by: Vec<Span>,
    /// Their variables.
    pub variables: Vec<String>,
    /// Whether the configuration declares it: then what is known of its copies is told there.
    pub declared: bool,
    /// Its platform has a guard against deletion, which may be on.
    pub guarded: bool,
}

impl Opened {
    /// Whether a credential opens it.
    pub fn is_opened_by(&self, credential: Span) -> bool {
        self.by.contains(&credential)
    }
}

/// What the copies of such a database are told by.
pub const UNTOLD: &str = "copies-untold";

/// Adds the databases that only credentials tell of, and links the others to their stores.
pub fn stores(inputs: &Inputs<'_>, all: &mut Vec<Store>) -> Vec<Opened> {
    let mut found: Vec<Opened> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (file, token) in inputs.tokens {
        let Some(address) = Address::of(inputs, *file, token) else { continue };
        if let Some(opened) = known.get(&address.key).and_then(|at| found.get_mut(*at)) {
            opened.by.push(token.span);
            if !opened.variables.contains(&token.variable) {
                opened.variables.push(token.variable.clone());
            }
            continue;
        }
        let declared = match address.declared(all) {
            Declared::As(index) => Some(index),
            // Whichever it is, it is told by what declares it.
            Declared::OneOf => continue,
            Declared::Nowhere => None,
        };
        let store = declared.unwrap_or(all.len());
        if declared.is_none() {
            all.push(address.store(inputs, token, all));
        }
        known.insert(address.key.clone(), found.len());
        found.push(Opened {
            store,
            engine: address.engine.engine.clone(),
            by: vec![token.span],
            variables: vec![token.variable.clone()],
            declared: declared.is_some(),
            guarded: address.row.is_some_and(|(_, row)| row.guards.iter().any(|g| g.class == "api")),
        });
    }
    found
}

/// What the configuration says of a database.
enum Declared {
    /// It is this store.
    As(usize),
    /// It is one of several of its platform.
    OneOf,
    /// Nothing: the platform has none here.
    Nowhere,
}

/// Where a credential leads. Nothing of it is shown but the platform.
struct Address<'a> {
    /// The same for every way to one database.
    key: String,
    host: String,
    engine: &'a Engine,
    platform: Option<&'a Provider>,
    row: Option<(&'a Provider, &'a StoreType)>,
    environment: Verdict,
}

impl<'a> Address<'a> {
    fn of(inputs: &Inputs<'a>, id: SourceId, token: &Token) -> Option<Address<'a>> {
        if token.scope == Scope::None {
            return None;
        }
        let (_, kind) = inputs.knowledge.credential(&token.kind)?;
        let file = inputs.workspace.file(id)?;
        if kind.opens.is_empty() || is_made_up(inputs, file) {
            return None;
        }
        let text: &str = &file.source.text;
        let host = match token.host {
            Some(span) => span,
            None => host_beside(text, id, token, kind)?,
        };
        let name = text.get(host.range())?.to_ascii_lowercase();
        if !is_elsewhere(inputs, &name) {
            return None;
        }
        let user = if token.host.is_some() { user_of(text, token) } else { "" };
        let rest = token.host.and_then(|h| text.get(h.end as usize..token.span.end as usize)).unwrap_or("");
        // `:5432/app?sslmode=require`.
        let rest = rest.split(['?', '#', '&', ';', ' ', '"', '\'']).next().unwrap_or("");
        let engine = engine_of(kind, text, token)?;
        let hosted = hosted(inputs, &name);
        let row = hosted.and_then(|h| inputs.knowledge.store_type(h.r#type.as_deref()?));
        let platform = row.map(|(p, _)| p).or_else(|| inputs.knowledge.provider_of_host(&name));
        let labels = name.rsplit_once('.').map_or("", |(labels, _)| labels);
        let database = rest.rsplit('/').next().unwrap_or("");
        let words = [labels, database, token.variable.as_str(), file.source.path.as_str()].join("/");
        Some(Address {
            key: key(hosted, &name, user, rest),
            host: name,
            engine,
            platform,
            row,
            environment: environments::of_path(&words),
        })
    }

    /// The store that the configuration declares for it: by the host's name, or the only one there is.
    fn declared(&self, all: &[Store]) -> Declared {
        let Some(provider) = self.platform.map(|p| &p.provider) else { return Declared::Nowhere };
        let label = self.host.split('.').next().unwrap_or("");
        let fits = |s: &&Store| {
            s.provider == *provider && s.kind == "database" && s.holds == "primary" && !s.undeployed && !s.library
        };
        let named = all.iter().position(|s| fits(&s) && s.names.iter().any(|n| n.eq_ignore_ascii_case(label)));
        let alike: Vec<(usize, &Store)> =
            all.iter().enumerate().filter(|(_, s)| fits(s) && !s.address.starts_with(PREFIX)).collect();
        let of_environment: Vec<usize> =
            alike.iter().filter(|(_, s)| s.production == self.environment.production).map(|(i, _)| *i).collect();
        match (named, of_environment.as_slice(), alike.as_slice()) {
            (Some(index), _, _) => Declared::As(index),
            (None, [index], _) | (None, _, [(index, _)]) => Declared::As(*index),
            (None, _, []) => Declared::Nowhere,
            (None, _, _) => Declared::OneOf,
        }
    }

    fn store(&self, inputs: &Inputs<'_>, token: &Token, all: &[Store]) -> Store {
        let path = inputs.workspace.sources.path(token.span);
        let mut address = format!("{PREFIX}{path}#{}", token.variable);
        let taken = all.iter().filter(|s| s.address == address || s.subject == address).count();
        if taken > 0 {
            address.push_str(&format!("-{}", taken + 1));
        }
        let place = Place::of(token.span, Role::Store);
        let provider = self.platform.map_or(self.engine.engine.as_str(), |p| p.provider.as_str()).to_owned();
        let row = self.row.map(|(_, row)| row);
        let engine = self.engine.title.clone();
        let missing = |classes: &[&'static str]| classes.iter().map(|c| (*c, Switch::missing(place.clone()))).collect();
        let named = self.environment.known && self.environment.production;
        Store {
            subject: address.clone(),
            name: name_of(token, path),
            platform: self.platform.map_or_else(|| engine.clone(), |p| p.title.clone()),
            r#type: row.map_or_else(|| format!("database:{}", self.engine.engine), |r| r.r#type.clone()),
            title: if self.engine.title == "database" { engine } else { format!("{engine} database") },
            kind: "database".into(),
            holds: self.engine.holds.clone().unwrap_or_else(|| "primary".into()),
            file: token.span.source,
            roots: Vec::new(),
            parent: None,
            located: Located {
                provider: provider.clone(),
                account: Account::Unknown,
                project: None,
                environment: None,
                region: None,
                parent: None,
                store: Some(address.clone()),
            },
            guards: missing(&GUARDS),
            makes: missing(&MAKES),
            hazards: missing(&HAZARDS),
            given: self.untold(inputs, token, &address, &place).into_iter().collect(),
            restores: Vec::new(),
            destroyed_by: row.map(|r| r.destroyed_by.clone()).unwrap_or_default(),
            replaces_on: Vec::new(),
            note: None,
            environments: Vec::new(),
            production: self.environment.production,
            confidence: token.confidence.min(if named { Confidence::High } else { Confidence::Medium }),
            checked: false,
            stakes: Stakes::Exposed,
            instances: Vec::new(),
            callers: Vec::new(),
            attributes: Value::object(
                std::iter::once(("engine".into(), Value::string(self.engine.engine.as_str()))).collect(),
            ),
            undeployed: false,
            library: false,
            terraform: false,
            names: self.host.split('.').next().map(str::to_owned).into_iter().collect(),
            provider,
            place,
            address,
        }
    }

    /// The copy that there may be, and no file here tells of; none where somebody states what there is.
    fn untold(&self, inputs: &Inputs<'_>, token: &Token, address: &str, place: &Arc<Place>) -> Option<Given> {
        let stated = inputs.config.copies.iter().any(|c| c.is_of(address));
        let platform = self.platform.map_or("whoever runs it", |p| p.title.as_str());
        let message = format!("whether {platform} keeps a copy of the database behind `{}`", place_name(inputs, token));
        let reason = Reason::at(UNTOLD, format!("{message} is written nowhere here"), token.span);
        (!stated).then(|| Given {
            kind: "automated".into(),
            title: format!("what {platform} may keep of it"),
            by: format!("copy:{address}#untold"),
            place: place.clone(),
            located: Located {
                provider: String::new(),
                account: Account::Unknown,
                project: None,
                environment: None,
                region: None,
                parent: None,
                store: None,
            },
            holder: None,
            dies_with: None,
            exists: Value::unknown_of(Type::Bool, Arc::new(vec![reason])),
            days: Value::null(),
            once: false,
        })
    }
}

fn place_name(inputs: &Inputs<'_>, token: &Token) -> String {
    name_of(token, inputs.workspace.sources.path(token.span))
}

/// What a database is called: as the variable that holds its address, or as the file where it stands bare.
fn name_of(token: &Token, path: &str) -> String {
    let bare = token.variable == token.kind || token.variable.len() < 3;
    if bare { path.rsplit('/').next().unwrap_or(path).to_owned() } else { token.variable.clone() }
}

/// How the addresses of such stores begin.
pub const PREFIX: &str = "database:";

/// Whether a file is somebody's test or example: nobody's data is there, whatever its addresses say.
fn is_made_up(inputs: &Inputs<'_>, file: &File) -> bool {
    let words = &inputs.knowledge.credentials().words;
    let path = file.source.path.to_ascii_lowercase();
    let mut parts = path.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| words.tests.iter().chain(&words.examples).any(|w| w == part))
}

/// Whether a host is one that everybody can reach by its name.
fn is_elsewhere(inputs: &Inputs<'_>, host: &str) -> bool {
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return !(ip.is_private()
            || ip.is_loopback()
            || ip.is_link_local()
            || ip.is_unspecified()
            || ip.is_documentation());
    }
    let words = &inputs.knowledge.credentials().words;
    let within =
        |ends: &[String]| ends.iter().any(|end| host.ends_with(end.as_str()) || host == end.trim_start_matches('.'));
    host.contains('.')
        && !host.contains(['$', '{', '<', '%', '['])
        && !within(&words.local_hosts)
        && !within(&words.private_hosts)
}

/// The host in a variable of the same file: the nearest that the kind names.
fn host_beside(text: &str, id: SourceId, token: &Token, kind: &Kind) -> Option<Span> {
    let mut best: Option<(usize, Span)> = None;
    for name in &kind.host_variables {
        for (at, _) in text.match_indices(name.as_str()) {
            let whole = text.get(..at).and_then(|t| t.chars().next_back()).is_none_or(|c| !c.is_ascii_alphanumeric());
            let rest = text.get(at + name.len()..).unwrap_or("");
            let value = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix(['=', ':']);
            let Some(value) = value.map(|v| v.trim_start_matches([' ', '"', '\''])).filter(|_| whole) else { continue };
            let start = text.len() - value.len();
            let end =
                value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(value.len());
            let far = at.abs_diff(token.span.start as usize);
            if end > 0 && far <= BESIDE && best.is_none_or(|(least, _)| far < least) {
                best = Some((far, Span::new(id, start, start + end)));
            }
        }
    }
    best.map(|(_, span)| span)
}

/// Within so many bytes a host and a password are of one database.
const BESIDE: usize = 600;

/// The user of an address, before the password.
fn user_of<'t>(text: &'t str, token: &Token) -> &'t str {
    let before = text.get(..token.value.start as usize).unwrap_or("").trim_end_matches(':');
    let from = before.rfind(['/', '"', '\'', ' ', '\n', '`']).map_or(0, |n| n + 1);
    before.get(from..).unwrap_or("")
}

fn engine_of<'k>(kind: &'k Kind, text: &str, token: &Token) -> Option<&'k Engine> {
    let before = text.get(..token.value.start as usize).unwrap_or("");
    let scheme = before.rsplit_once("://").map_or("", |(before, _)| {
        let from = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '+')).map_or(0, |n| n + 1);
        before.get(from..).unwrap_or("")
    });
    let scheme = scheme.split('+').next().unwrap_or("");
    let variable = token.variable.to_ascii_uppercase();
    let fits = |e: &&Engine| match (e.schemes.is_empty(), e.words.is_empty()) {
        (false, _) => e.schemes.iter().any(|s| s == scheme),
        (true, false) => variable.split('_').any(|part| e.words.iter().any(|w| w == part)),
        (true, true) => true,
    };
    kind.opens.iter().find(fits)
}

fn hosted<'k>(inputs: &Inputs<'k>, host: &str) -> Option<&'k Hosted> {
    let all = inputs.knowledge.credentials().platforms.iter().flat_map(|p| &p.databases);
    all.into_iter().find(|h| h.hosts.iter().any(|end| host.ends_with(end.as_str())))
}

/// What is the same for every way to one database, and different for any other.
fn key(hosted: Option<&Hosted>, host: &str, user: &str, rest: &str) -> String {
    let Some(hosted) = hosted else { return format!("{host}{rest}") };
    if hosted.told_by_user {
        let project = user.split_once('.').map(|(_, project)| project);
        let labels: Vec<&str> = host.split('.').collect();
        let of_host = labels.len().checked_sub(3).and_then(|at| labels.get(at)).copied();
        return project.or(of_host).unwrap_or(host).to_owned();
    }
    let mut host = host.to_owned();
    for way in &hosted.ways {
        host = host.replace(way.as_str(), "");
    }
    format!("{host}{rest}")
}
