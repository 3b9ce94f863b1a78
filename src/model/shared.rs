//! What staging shares with production: a state, a database, a store, a secret of pipelines, a token that
//! reaches both. The guess that a thing of staging is only staging's was what cost the data.

use std::collections::BTreeMap;

use crate::ci::Step;
use crate::credentials::Scope;
use crate::finding::Confidence;
use crate::model::environments::{self, Verdict};
use crate::model::inputs::Inputs;
use crate::model::store::Store;
use crate::source::Span;
use crate::terraform::{Evaluation, ResolvedBlock};

/// Something that two environments share, one of them production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What it is: `state`, `database`, `store`, `secret`, `token`.
    pub what: &'static str,
    /// What it is called, in words, without any secret.
    pub name: String,
    /// The platform, where it is one's.
    pub provider: Option<String>,
    /// Where the other environment has it.
    pub span: Span,
    /// Where production has it; none for a token, which needs no second place.
    pub with: Option<Span>,
    /// How sure.
    pub confidence: Confidence,
}

/// Everything that environments of a project share with its production.
pub fn shared(inputs: &Inputs<'_>, stores: &[Store]) -> Vec<Shared> {
    let mut all = states(inputs);
    all.extend(databases(inputs));
    all.extend(named(inputs));
    all.extend(secrets(inputs));
    all.extend(tokens(inputs, stores));
    all.retain(|s| inputs.workspace.file(s.span.source).is_some_and(|f| !f.undeployed));
    all
}

/// One thing as an environment has it.
struct Had {
    key: Vec<String>,
    name: String,
    provider: Option<String>,
    span: Span,
    environment: Verdict,
}

/// Pairs each that another environment has with one that production has.
fn pairs(what: &'static str, all: Vec<Had>) -> Vec<Shared> {
    let mut by_key: BTreeMap<Vec<String>, (Vec<Had>, Vec<Had>)> = BTreeMap::new();
    for had in all.into_iter().filter(|h| h.environment.known) {
        let (production, other) = by_key.entry(had.key.clone()).or_default();
        if had.environment.production { production.push(had) } else { other.push(had) }
    }
    let pair = |(production, other): (Vec<Had>, Vec<Had>)| {
        let with = production.first()?.span;
        let confidence = Confidence::Medium;
        Some(other.into_iter().map(move |had| Shared {
            what,
            name: had.name,
            provider: had.provider,
            span: had.span,
            with: Some(with),
            confidence,
        }))
    };
    by_key.into_values().filter_map(pair).flatten().collect()
}

/// Attributes of a backend that name a state within it; what is left to the command line names none.
const NAMES_A_STATE: [&str; 4] = ["key", "prefix", "path", "address"];

/// States that two root modules keep in one place.
fn states(inputs: &Inputs<'_>) -> Vec<Shared> {
    let backends = inputs.terraform.iter().filter(|e| !e.library).filter_map(|e| {
        let (kind, block) = e.backend.as_ref()?;
        let settings = settings(block)?;
        let name = settings.iter().find(|(n, _)| NAMES_A_STATE.contains(&n.as_str())).map(|(_, v)| v.clone());
        let name = name.or_else(|| workspace(block))?;
        let mut key = vec![kind.as_str().to_owned(), workspace(block).unwrap_or_default()];
        key.extend(settings.into_iter().map(|(n, v)| format!("{n}={v}")));
        let name = format!("Terraform state `{name}` ({})", kind.as_str());
        Some(Had { key, name, provider: None, span: block.header, environment: root_of(e) })
    });
    let mut all: Vec<Had> = Vec::new();
    for had in backends {
        if !all.iter().any(|h| h.span == had.span) {
            all.push(had);
        }
    }
    pairs("state", all)
}

fn root_of(evaluation: &Evaluation) -> Verdict {
    environments::of_path(&evaluation.root)
}

/// The known settings of a backend in order; `None` where one of them isn't known.
fn settings(block: &ResolvedBlock) -> Option<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (name, attribute) in &block.attributes {
        if attribute.value.is_unknown() {
            return None;
        }
        all.extend(attribute.value.as_str().map(|v| (name.as_str().to_owned(), v.to_owned())));
    }
    all.sort();
    Some(all)
}

/// The one workspace that a backend names.
fn workspace(block: &ResolvedBlock) -> Option<String> {
    let inner = block.blocks_of("workspaces").next()?;
    inner.attributes.get("name")?.value.as_str().map(str::to_owned)
}

/// Databases that the files of two environments open.
fn databases(inputs: &Inputs<'_>) -> Vec<Shared> {
    let opened = inputs.tokens.iter().filter_map(|(file, token)| {
        let host = token.host?;
        let file = inputs.workspace.file(*file)?;
        let rest = file.source.text.get(host.start as usize..)?;
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '?' | ',' | ';' | '<'));
        let address = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches('/');
        if !is_elsewhere(address) {
            return None;
        }
        let span = token.span;
        let environment = environments::of_path(&file.source.path);
        let name = format!("the database at `{address}`");
        Some(Had { key: vec![address.to_ascii_lowercase()], name, provider: token.provider.clone(), span, environment })
    });
    pairs("database", opened.collect())
}

/// Whether an address is that of another machine, by a name that is the same everywhere.
fn is_elsewhere(address: &str) -> bool {
    let host = address.split(['/', ':']).next().unwrap_or(address);
    let local = ["localhost", "127.", "0.0.0.0", "host.docker.internal", "example."];
    host.contains('.')
        && !host.ends_with(".local")
        && !host.ends_with(".internal")
        && !host.contains("example")
        && !address.contains(['$', '{', '}'])
        && !local.iter().any(|l| host.starts_with(l))
}

/// What a variable is called that names one store: words of its name, and its last one.
const STORES: [&str; 9] = ["bucket", "volume", "disk", "database", "db", "filesystem", "efs", "vault", "snapshot"];
const NAMED_BY: [&str; 5] = ["id", "arn", "name", "bucket", "identifier"];

/// Stores that the settings of two environments name.
fn named(inputs: &Inputs<'_>) -> Vec<Shared> {
    let mut all = Vec::new();
    for file in inputs.workspace.files.iter().filter(|f| matches!(f.role.as_str(), "env" | "tfvars") && !f.template) {
        let environment = environments::of_path(&file.source.path);
        if !environment.known {
            continue;
        }
        let mut start = 0usize;
        for line in file.source.text.split_inclusive('\n') {
            let at = start;
            start += line.len();
            let Some((name, value)) = assigned(line).filter(|(name, value)| names_a_store(name, value)) else {
                continue;
            };
            let span = Span::new(file.source.id, at, at + line.trim_end().len());
            // What two environments each call by the same word may be two things of that name.
            all.push(Had {
                key: vec![name.to_ascii_lowercase(), value.to_owned()],
                name: format!("`{value}`, by `{name}`"),
                provider: None,
                span,
                environment,
            });
        }
    }
    pairs("store", all)
}

/// `NAME=value` or `name = "value"`.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
    let (name, value) = (name.trim(), value.split(" #").next().unwrap_or(value).trim());
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    Some((name, value.trim_matches(['"', '\'']))).filter(|_| bare && !name.is_empty())
}

/// Whether a variable names one store, the same in every account: an identifier, an ARN, a bucket.
fn names_a_store(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split('_').collect();
    let about = words.iter().any(|w| STORES.contains(w));
    let named = words.last().is_some_and(|w| NAMED_BY.contains(w));
    let written = value.len() >= 6 && !value.contains(['$', '{', '<', ' ', '*']) && !value.contains("example");
    let bucket = words.contains(&"bucket");
    let short = |prefix: &str| value.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 8 && is_hex(rest));
    let id = value.starts_with("arn:")
        || short("vol-")
        || short("fs-")
        || short("snap-")
        || value.len() == 36 && is_hex(&value.replace('-', ""));
    about && named && written && (bucket || id)
}

fn is_hex(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_hexdigit())
}

/// Secrets of the repository that the jobs of two environments are given. One that waits for an
/// environment of the platform may have its own by the same name.
fn secrets(inputs: &Inputs<'_>) -> Vec<Shared> {
    let open = inputs.steps.iter().filter(|s| !s.gates.iter().any(|g| g.contains("environment")));
    let given = open.flat_map(|step| step.given.iter().map(move |given| (step, given)));
    let given: Vec<_> = given
        .filter(|(_, given)| given.origin.starts_with("secrets."))
        .map(|(step, given)| (given, job(inputs, step)))
        .filter(|(_, environment)| environment.known)
        .collect();
    let names: Vec<&str> = given.iter().map(|(given, _)| given.name.as_str()).collect();
    let kinds = crate::credentials::kinds_named(inputs.knowledge, &names);
    let had = given.into_iter().zip(kinds).filter_map(|((given, environment), kind)| {
        let (platform, kind) = inputs.knowledge.credential(&kind?)?;
        let secret = given.origin.trim_start_matches("secrets.");
        // A name that says its environment is that environment's.
        let own = environments::of_path(secret).known;
        (kind.scope != Scope::None && !own).then(|| Had {
            key: vec![secret.to_owned()],
            name: format!("the secret `{secret}` ({})", kind.title),
            provider: platform.provider.clone(),
            span: given.span,
            environment,
        })
    });
    pairs("secret", had.collect())
}

/// The environment of a step, by its workflow's and its job's names.
fn job(inputs: &Inputs<'_>, step: &Step) -> Verdict {
    let path = inputs.workspace.file(step.source).map_or("", |f| f.source.path.as_str());
    let name = path.rsplit('/').next().unwrap_or(path);
    match environments::of_path(&step.job) {
        verdict if verdict.known => verdict,
        _ => environments::of_path(name),
    }
}

/// Tokens in files of another environment that aren't limited to it, of a platform with production stores.
fn tokens(inputs: &Inputs<'_>, stores: &[Store]) -> Vec<Shared> {
    let mut all = Vec::new();
    for (file, token) in inputs.tokens {
        let Some(file) = inputs.workspace.file(*file).filter(|f| f.role != "env-example") else { continue };
        let environment = environments::of_path(&file.source.path);
        let wide = matches!(token.scope, Scope::Account | Scope::Project);
        let reached = stores.iter().any(|s| {
            s.production
                && !s.undeployed
                && !s.library
                && ["primary", "keys", "state"].contains(&s.holds.as_str())
                && Some(&s.provider) == token.provider.as_ref()
        });
        if !wide || !environment.known || environment.production || !reached {
            continue;
        }
        let title = inputs.knowledge.credential(&token.kind).map_or("token", |(_, kind)| kind.title.as_str());
        all.push(Shared {
            what: "token",
            name: format!("{title} in `{}`", token.variable),
            provider: token.provider.clone(),
            span: token.span,
            with: None,
            confidence: token.confidence.min(environment.confidence),
        });
    }
    all
}
