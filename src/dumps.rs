//! What a command copies away or brings back: programs that dump a database, programs that carry
//! files away, calls by which a platform copies a store, and their counterparts that restore.
//!
//! What counts is data ([`crate::knowledge::dumps`]); here a shell text is taken apart. Which store
//! is meant, and where a place is, is for the model to find out.

pub mod words;

use crate::knowledge::dumps::{Call, Does, Dumper, Dumps, Uploader};
use words::{Command, Word, commands};

/// One thing a text does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// A copy, or a restore.
    pub does: Does,
    /// The program, for messages.
    pub program: String,
    /// What is copied or brought back.
    pub of: Of,
    /// Where a copy goes, in the order of the text; empty: to a file of the machine that runs it.
    pub to: Vec<Target>,
    /// Files of the machine or container that the text writes, by their full paths.
    pub files: Vec<String>,
    /// It follows what is deleted (`--delete`).
    pub follows: bool,
}

/// What is copied or brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A database of an engine.
    Database {
        /// `postgres`, `mysql`, …; empty where the program serves any.
        engine: String,
        /// Its host as written, with the variables in it.
        host: Option<String>,
        /// Variables that hold its address, first those that are named.
        variables: Vec<String>,
        /// The container that the program runs in.
        container: Option<String>,
    },
    /// What a platform's own call names.
    Named {
        /// The platform.
        provider: String,
        /// Kinds of stores it can be.
        kinds: Vec<String>,
        /// The name as written; `None`: it isn't named by a word.
        name: Option<String>,
    },
    /// A bucket, as `s3://bucket/path`.
    Bucket(String),
    /// Files.
    Files,
}

/// Where a copy goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As written: `s3://bucket/path`, `remote:path`, a bucket's name.
    pub written: String,
    /// The bucket's name, as far as it is written without variables.
    pub bucket: Option<String>,
    /// The host it is at, where that is known.
    pub host: Option<String>,
}

/// Everything a shell text copies or restores.
pub fn read(text: &str, knowledge: &Dumps) -> Vec<Deed> {
    let all = commands(text);
    let targets: Vec<Target> = all.iter().filter_map(|c| upload(c, knowledge)).map(|(_, target)| target).collect();
    let files = written(&all);
    let mut deeds = Vec::new();
    for command in &all {
        if asks(command) {
            continue;
        }
        if let Some(call) = knowledge.calls.iter().find(|c| is_call(command, c)) {
            deeds.push(by_call(command, call));
        } else if let Some((dumper, at)) = dumper(command, knowledge) {
            deeds.push(Deed {
                does: Does::Copy,
                program: dumper.program.clone(),
                of: database(command, dumper, at, knowledge),
                to: targets.clone(),
                files: files.clone(),
                follows: false,
            });
        } else if let Some(deed) = between_buckets(command, knowledge) {
            deeds.push(deed);
        }
    }
    // A dump that is piped into another database is a move, not a copy.
    let dumps = deeds.iter().any(|d| d.does == Does::Copy && matches!(d.of, Of::Database { .. }));
    if dumps && targets.is_empty() && deeds.iter().any(|d| d.does == Does::Restore) {
        deeds.retain(|d| !matches!(d.of, Of::Database { .. }));
    }
    deeds
}

/// Files that commands write, by redirection or by a flag.
fn written(all: &[Command]) -> Vec<String> {
    let flags: Vec<String> =
        ["-f", "--file", "-o", "--out", "--archive", "--result-file", "--rdb"].map(str::to_owned).into();
    let words = all.iter().flat_map(|c| c.writes.iter().cloned().chain(c.flag(&flags)));
    let whole = |text: &String| text.starts_with('/') && !text.starts_with("/dev/");
    words.map(|w| w.text).filter(whole).collect()
}

/// `--version`, `--help`, a list of what is in a dump: nothing is copied.
fn asks(command: &Command) -> bool {
    let asking = ["--version", "--help", "-V", "--list", "--dry-run", "--dryrun", "--schema-only"];
    command.words.iter().any(|w| asking.contains(&w.text.as_str()))
}

/// The dumping program in a command, and which word it is: the first, or one that a program which
/// runs others is given.
fn dumper<'k>(command: &Command, knowledge: &'k Dumps) -> Option<(&'k Dumper, usize)> {
    let first = command.first()?;
    let wraps = |at: usize| at == first || runs_others(command, first, knowledge);
    command.words.iter().enumerate().skip(first).filter(|(at, _)| wraps(*at)).find_map(|(at, word)| {
        let found = knowledge.dumpers.iter().find(|d| {
            name(&word.text) == d.program
                && d.needs.as_ref().is_none_or(|needs| command.words.iter().any(|w| w.text.contains(needs.as_str())))
        })?;
        Some((found, at))
    })
}

/// The last part of a path.
fn name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn runs_others(command: &Command, first: usize, knowledge: &Dumps) -> bool {
    let program = command.words.get(first).map_or("", |w| name(&w.text));
    knowledge
        .wrappers
        .iter()
        .any(|w| w.program == program && (w.verbs.is_empty() || w.verbs.iter().any(|verbs| in_order(command, verbs))))
}

/// Whether the words stand in the command, in this order.
pub fn in_order(command: &Command, verbs: &[String]) -> bool {
    let mut words = command.words.iter();
    verbs.iter().all(|verb| words.any(|w| w.text == *verb))
}

fn is_call(command: &Command, call: &Call) -> bool {
    command.program() == call.program
        && in_order(command, &call.verbs)
        && call.without.iter().all(|w| command.words.iter().all(|word| word.text != *w))
}

fn by_call(command: &Command, call: &Call) -> Deed {
    // The plain words behind the last verb.
    let last = call.verbs.last().and_then(|verb| command.words.iter().rposition(|w| w.text == *verb));
    let behind = || command.words.iter().skip(last.unwrap_or(0) + 1).filter(|w| !w.text.starts_with('-'));
    let named = command.flag(&call.name_flags).or_else(|| behind().next().filter(|_| call.name_after).cloned());
    let target = call.scheme.as_deref().and_then(|scheme| {
        let word = command.words.iter().rev().find(|w| w.text.starts_with(scheme))?;
        Some(target(&word.text, scheme, call.vendor.clone()))
    });
    let of = match &call.engine {
        Some(engine) => {
            Of::Database { engine: engine.clone(), host: None, variables: command.variables(), container: None }
        }
        None if call.kinds.is_empty() => Of::Files,
        None => Of::Named {
            provider: call.provider.clone().unwrap_or_default(),
            kinds: call.kinds.clone(),
            name: named.map(|w| w.text),
        },
    };
    Deed {
        does: call.does,
        program: format!("{} {}", call.program, call.verbs.join(" ")).trim_end().to_owned(),
        of,
        to: target.into_iter().collect(),
        files: Vec::new(),
        follows: false,
    }
}

/// The database that a dumping command reads.
fn database(command: &Command, dumper: &Dumper, at: usize, knowledge: &Dumps) -> Of {
    let own: Vec<&Word> = command.words.iter().skip(at + 1).collect();
    let url = own.iter().find_map(|w| host_of_url(w.text.split_once('=').map_or(w.text.as_str(), |(_, v)| v)));
    let flagged = || {
        let rest = Command { words: own.iter().map(|w| (*w).clone()).collect(), ..Command::default() };
        rest.flag(&dumper.host_flags).map(|w| w.text)
    };
    let named = own.iter().flat_map(|w| w.variables.iter().cloned());
    let by_itself = dumper.url_variables.iter().chain(&dumper.host_variables).cloned();
    let first = command.first().unwrap_or(0);
    let container = (at > first && runs_containers(command, first, knowledge))
        .then(|| command.words.get(first + 1..at)?.iter().rev().find(|w| !w.text.starts_with('-')))
        .flatten()
        .map(|w| w.text.clone());
    Of::Database {
        engine: dumper.engine.clone(),
        host: url.or_else(flagged),
        variables: named.chain(by_itself).collect(),
        container,
    }
}

fn runs_containers(command: &Command, first: usize, knowledge: &Dumps) -> bool {
    let program = command.words.get(first).map_or("", |w| name(&w.text));
    knowledge.wrappers.iter().any(|w| w.program == program && w.containers)
}

/// `postgres://user:…@host:5432/db` → `host`.
pub fn host_of_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '-') {
        return None;
    }
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(',').next().unwrap_or(host);
    let host = if host.contains('$') { host } else { host.split(':').next().unwrap_or(host) };
    (!host.is_empty()).then(|| host.to_owned())
}

/// What an uploading command writes, and where to.
fn upload<'k>(command: &Command, knowledge: &'k Dumps) -> Option<(&'k Uploader, Target)> {
    let uploader = knowledge
        .uploaders
        .iter()
        .find(|u| command.program() == u.program && u.verbs.iter().any(|verbs| in_order(command, verbs)))?;
    let endpoint = command.flag(&uploader.endpoint_flags).map(|w| w.text);
    let host = match endpoint {
        // Where it is, is in a variable.
        Some(text) if text.contains('$') => None,
        Some(text) => Some(host_of_url(&text).unwrap_or(text)),
        None => uploader.vendor.clone(),
    };
    let words = || command.words.iter().skip(1).rev();
    if let Some(scheme) = &uploader.scheme
        && let Some(at) = command.words.iter().rposition(|w| w.text.starts_with(scheme.as_str()))
        && let Some(word) = command.words.get(at)
    {
        // `aws s3 cp s3://bucket/dump .` brings something here.
        if command.words.get(at + 1).is_some_and(|next| !next.text.starts_with('-')) {
            return None;
        }
        return Some((uploader, target(&word.text, scheme, host)));
    }
    if let Some(word) = command.flag(&uploader.bucket_flags) {
        return Some((uploader, Target { bucket: literal(&word.text), written: word.text, host }));
    }
    if let Some(word) = command.flag(&uploader.repository_flags) {
        return Some((uploader, repository(&word.text)));
    }
    if uploader.remote {
        let word = words().find(|w| w.text.contains(':') && !w.text.starts_with('-') && !w.text.contains("://"))?;
        return Some((uploader, Target { written: word.text.clone(), bucket: None, host: None }));
    }
    // A repository that a variable names.
    let by_variable = !uploader.repository_variables.is_empty() || uploader.alias || uploader.scheme.is_none();
    by_variable.then(|| (uploader, Target { written: String::new(), bucket: None, host: None }))
}

/// `s3:https://host/bucket/path`, `b2:bucket`, `user@host:path`.
fn repository(text: &str) -> Target {
    let rest = text.split_once(':').map_or("", |(_, rest)| rest);
    let host = host_of_url(rest).or_else(|| {
        let host = rest.split('/').next().filter(|h| h.contains('.') && text.starts_with("s3:"))?;
        Some(host.to_owned())
    });
    let bucket = host.as_ref().and_then(|host| {
        let (_, path) = rest.split_once(host.as_str())?;
        literal(path.trim_start_matches('/').split('/').next()?)
    });
    Target { written: text.to_owned(), bucket, host: host.filter(|h| !h.contains('$')) }
}

fn target(word: &str, scheme: &str, host: Option<String>) -> Target {
    let rest = word.strip_prefix(scheme).unwrap_or(word);
    let bucket = rest.split('/').next().and_then(literal);
    Target { written: word.to_owned(), bucket, host }
}

/// A name without variables in it.
fn literal(text: &str) -> Option<String> {
    (!text.is_empty() && !text.contains('$')).then(|| text.to_owned())
}

/// `aws s3 sync s3://a s3://b`: from one bucket into another.
fn between_buckets(command: &Command, knowledge: &Dumps) -> Option<Deed> {
    let (uploader, to) = upload(command, knowledge)?;
    let scheme = uploader.scheme.as_deref()?;
    let mut words = command.words.iter().filter(|w| w.text.starts_with(scheme));
    let (from, into) = (words.next()?, words.next()?);
    if from.text == into.text {
        return None;
    }
    let follows = command
        .words
        .iter()
        .any(|w| ["--delete", "-d", "--delete-unmatched-destination-objects"].contains(&w.text.as_str()));
    Some(Deed {
        does: Does::Copy,
        program: uploader.program.clone(),
        of: Of::Bucket(from.text.clone()),
        to: vec![to],
        files: Vec::new(),
        follows,
    })
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
mod tests;
