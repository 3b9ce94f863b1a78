//! From what was found to what it is: its kind by its use, its reach, what it is used for, how sure.

use crate::credentials::Token;
use crate::credentials::file::Manner;
use crate::credentials::names::canonical;
use crate::credentials::real::is_generated;
use crate::credentials::scan::{By, Raw, Scanned, Scanner};
use crate::credentials::uses::{Everywhere, has_word, purpose};
use crate::finding::Confidence;
use crate::knowledge::credentials::{Judgement, Sureness};
use crate::source::Span;
use crate::workspace::File;

/// The tokens of a file.
pub fn judge(scanner: &Scanner<'_>, file: &File, scanned: &Scanned, uses: &Everywhere) -> Vec<Token> {
    let manner = scanner.manner(file);
    scanned.found.iter().filter_map(|raw| token(scanner, file, scanned, uses, manner, raw)).collect()
}

fn token(
    scanner: &Scanner<'_>,
    file: &File,
    scanned: &Scanned,
    uses: &Everywhere,
    manner: Manner,
    raw: &Raw,
) -> Option<Token> {
    let text: &str = &file.source.text;
    // What stands before an address in a sentence is a word of the sentence.
    let by_itself = matches!(raw.by, By::Value | By::Middle);
    let written = |(start, end): &(usize, usize)| !by_itself || text.get(*start..*end).is_some_and(is_variable);
    let named = raw.name.filter(|name| !manner.words || written(name));
    let name = named.and_then(|(start, end)| text.get(start..end));
    let (_, first) = scanner.kinds.get(raw.kind)?;
    // Who writes about a project writes addresses with made-up passwords; a generated one isn't made up.
    let generated =
        || text.get(raw.value.0..raw.value.1).is_some_and(|value| raw.host.is_some() && is_generated(value));
    let example = manner.example && !(manner.prose && generated());
    if !first.distinct && (example || manner.test && manner.quoted) {
        return None;
    }
    let (number, elsewhere) = judged(scanner, text, scanned, uses, raw, name);
    let (platform, kind) = scanner.kinds.get(number)?;
    let mut confidence = match kind.confidence {
        Sureness::High => Confidence::High,
        Sureness::Medium => Confidence::Medium,
        Sureness::Low => Confidence::Low,
    };
    if raw.by == By::Name || elsewhere || manner.test || manner.example {
        confidence = confidence.min(Confidence::Medium);
    }
    let id = file.source.id;
    let start = named.map_or(raw.value.0, |n| n.0.min(raw.value.0));
    Some(Token {
        kind: kind.id.clone(),
        provider: platform.provider.clone(),
        variable: name.unwrap_or(&kind.id).to_owned(),
        value: Span::new(id, raw.value.0, raw.value.1),
        span: Span::new(id, start, raw.end),
        scope: kind.scope,
        scopable: kind.scopable,
        used_for: purpose(text, platform),
        confidence,
        host: raw.host.map(|(start, end)| Span::new(id, start, end)),
    })
}

/// Whether a word is written as variables are, and no others: `PROD_DB`, `databaseUrl`.
fn is_variable(word: &str) -> bool {
    let cased = word.bytes().skip(1).any(|b| b.is_ascii_uppercase());
    word.len() > 2 && (word.contains('_') || cased)
}

/// The kind that the uses show, and whether another file showed it.
fn judged(
    scanner: &Scanner<'_>,
    text: &str,
    scanned: &Scanned,
    uses: &Everywhere,
    raw: &Raw,
    name: Option<&str>,
) -> (usize, bool) {
    let rules = scanner.kinds.get(raw.kind).map_or(&[][..], |(_, k)| &k.judged_by[..]);
    let name = name.map(canonical).unwrap_or_default();
    let words = |rule: &Judgement| rule.words.is_empty() || rule.words.iter().any(|w| has_word(text, w));
    let is = |rule: &Judgement| scanner.kind_of_id(&rule.is).unwrap_or(raw.kind);
    for rule in rules.iter().filter(|r| words(r)) {
        let address = |e: &String| scanned.endpoints.iter().any(|&(_, n)| is_address(scanner, n, e));
        let header = |h: &String| {
            canonical(h) == name
                || scanned.headers.iter().any(|u| {
                    u.header.eq_ignore_ascii_case(h)
                        && (u.names.contains(&name) || raw.name.is_some_and(|(start, _)| start == u.at))
                })
        };
        if rule.endpoint.as_ref().is_none_or(address) && rule.header.as_ref().is_none_or(header) {
            return (is(rule), false);
        }
    }
    // Another file's use counts where all uses in the project agree.
    let Some(pairs) = uses.of_name(&name) else { return (raw.kind, false) };
    let shown = |(header, endpoint): &(String, usize)| {
        let by = rules.iter().filter(|r| r.header.as_ref().is_some_and(|h| h.eq_ignore_ascii_case(header)));
        by.filter(|r| words(r)).find(|r| r.endpoint.as_ref().is_none_or(|e| is_address(scanner, *endpoint, e))).map(is)
    };
    let mut kinds: Vec<usize> = pairs.iter().filter_map(shown).collect();
    kinds.dedup();
    match kinds.as_slice() {
        [one] => (*one, true),
        _ => (raw.kind, false),
    }
}

fn is_address(scanner: &Scanner<'_>, number: usize, address: &str) -> bool {
    scanner.endpoints.get(number).is_some_and(|e| e.eq_ignore_ascii_case(address))
}
