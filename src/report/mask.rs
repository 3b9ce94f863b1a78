//! What must not be shown: secrets where they stand, and their text wherever else it occurs.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::source::{Source, Sources, Span, Text};

/// What is shown instead, whatever the length of what it hides.
pub const BULLETS: &str = "••••••••";

/// A shorter text is hidden in its own place only.
const SHORTEST: usize = 4;
/// A text this short is hidden elsewhere only where it stands as a word of its own.
const SHORT: usize = 8;
/// A longer text is looked for in pieces of this length.
const PIECE: usize = 1024;

/// Words so common that meeting one tells nothing about a value that happens to be the same.
const COMMON: &[&str] = &[
    "admin",
    "auto",
    "changeme",
    "console",
    "database",
    "debug",
    "default",
    "dev",
    "development",
    "disable",
    "disabled",
    "enable",
    "enabled",
    "error",
    "example",
    "false",
    "guest",
    "host",
    "http",
    "https",
    "info",
    "json",
    "local",
    "localhost",
    "main",
    "master",
    "mysql",
    "none",
    "null",
    "pass",
    "password",
    "postgres",
    "postgresql",
    "preview",
    "prod",
    "production",
    "public",
    "railway",
    "redis",
    "root",
    "secret",
    "server",
    "service",
    "staging",
    "test",
    "testing",
    "token",
    "true",
    "undefined",
    "user",
    "username",
    "warn",
    "warning",
];

/// What must not be shown: spans of secrets, and their text wherever else it occurs. Belongs to one
/// [`Sources`]; every call must be given that one.
#[derive(Clone, Default)]
pub struct Mask {
    spans: Vec<Span>,
    /// `spans`, joined where they touch, so that they can be searched.
    joined: Vec<Span>,
    /// Which of `spans` are only possibly secret (a value in an `.env`).
    values: Vec<Span>,
    /// Texts that stand in no source, and whether each is known to be a secret.
    elsewhere: Vec<(Text, bool)>,
    texts: OnceLock<Arc<Texts>>,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} spans)", self.spans.len())
    }
}

/// The texts to look for outside their own places.
#[derive(Default)]
struct Texts {
    search: Option<AhoCorasick>,
    /// By pattern: whether it counts only as a word of its own.
    word: Vec<bool>,
    longest: usize,
}

impl Mask {
    /// Of these secrets.
    pub fn new(spans: Vec<Span>) -> Mask {
        Mask::with_values(spans, Vec::new())
    }

    /// Of secrets, and of values that may be one (each value of an `.env`, an `env:`, a header).
    /// Both are hidden where they stand. A secret's text is hidden everywhere else too; a value's
    /// only if it looks like a secret, so that `PORT=3000` doesn't blank every 3000.
    pub fn with_values(secrets: Vec<Span>, mut values: Vec<Span>) -> Mask {
        let mut secrets = secrets;
        secrets.sort();
        secrets.dedup();
        values.sort();
        values.dedup();
        values.retain(|v| secrets.binary_search(v).is_err());
        let mut spans = secrets;
        spans.extend(&values);
        spans.sort();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for &span in spans.iter().filter(|s| s.start < s.end) {
            match joined.last_mut() {
                Some(last) if last.source == span.source && span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        Mask { spans, joined, values, elsewhere: Vec::new(), texts: OnceLock::new() }
    }

    /// The same, where these places aren't shown either, whatever stands there.
    #[must_use]
    pub fn and_places(mut self, places: &[Span]) -> Mask {
        let mut all = std::mem::take(&mut self.joined);
        all.extend(places.iter().filter(|s| s.start < s.end));
        all.sort();
        for span in all {
            match self.joined.last_mut() {
                Some(last) if last.source == span.source && span.start <= last.end => last.end = last.end.max(span.end),
                _ => self.joined.push(span),
            }
        }
        self
    }

    /// The same, with texts that stand in no source (of a command line): each with whether it is known to be a secret.
    #[must_use]
    pub fn and_texts(mut self, texts: Vec<(Text, bool)>) -> Mask {
        self.elsewhere.extend(texts);
        self
    }

    /// The spans of both kinds, sorted.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// A text (message, label, address, entry, help) without any secret in it.
    pub fn text<'t>(&self, sources: &Sources, text: &'t str) -> Cow<'t, str> {
        let mut hidden = Vec::new();
        self.texts(sources).find(text.as_bytes(), 0, &mut hidden);
        replace(text, 0, join(hidden))
    }

    /// A text that was taken from `span` (a permission entry, a key, a value), without any secret:
    /// also without those inside the span that are too short or ordinary to be hidden elsewhere.
    pub fn entry(&self, sources: &Sources, span: Span, text: &str) -> String {
        let mut hidden = Vec::new();
        self.texts(sources).find(text.as_bytes(), 0, &mut hidden);
        for inner in self.joined_in(span) {
            for part in [inner, self.exact(sources, inner)] {
                let secret = sources.slice(part);
                if !secret.is_empty() {
                    hidden.extend(text.match_indices(secret).map(|(at, found)| at..at + found.len()));
                }
            }
        }
        replace(text, 0, join(hidden)).into_owned()
    }

    /// The part of a span's text that lies within the span's own quotes.
    fn exact(&self, sources: &Sources, span: Span) -> Span {
        let text = sources.slice(span);
        let inner = text.trim_matches(['"', '\'', '`']);
        let start = span.start as usize + (text.len() - text.trim_start_matches(['"', '\'', '`']).len());
        Span::new(span.source, start, start + inner.len())
    }

    /// A piece of a source as it may be shown.
    pub fn excerpt(&self, sources: &Sources, span: Span) -> String {
        let Some(source) = sources.get(span.source) else { return String::new() };
        let range = span.range();
        let hidden = self.hidden(sources, source, range.clone());
        replace(source.slice(span), range.start, hidden).into_owned()
    }

    /// What must be hidden of a range of a source: byte ranges within it, in order, apart from each
    /// other.
    pub fn hidden(&self, sources: &Sources, source: &Source, range: Range<usize>) -> Vec<Range<usize>> {
        let whole = Span::new(source.id, range.start, range.end);
        let mut hidden: Vec<Range<usize>> = self.joined_in(whole).map(Span::range).collect();
        let texts = self.texts(sources);
        // A secret's text may begin before the range or end behind it.
        let start = range.start.saturating_sub(texts.longest);
        let end = (range.end + texts.longest).min(source.text.len());
        texts.find(source.text.as_bytes().get(start..end).unwrap_or_default(), start, &mut hidden);
        hidden.retain(|h| h.start < range.end && range.start < h.end);
        for h in &mut hidden {
            *h = h.start.max(range.start)..h.end.min(range.end);
        }
        join(hidden)
    }

    /// The joined spans that overlap a span, cut to it.
    fn joined_in(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let from = self.joined.partition_point(|s| (s.source, s.end) <= (span.source, span.start));
        let rest = self.joined.get(from..).unwrap_or_default();
        rest.iter().take_while(move |s| s.source == span.source && s.start < span.end).map(move |s| Span {
            start: s.start.max(span.start),
            end: s.end.min(span.end),
            ..*s
        })
    }

    fn texts(&self, sources: &Sources) -> &Texts {
        self.texts.get_or_init(|| {
            let mut patterns = Vec::new();
            for span in &self.spans {
                let certain = self.values.binary_search(span).is_err();
                patterns_of(sources.slice(*span), certain, &mut patterns);
            }
            for (text, certain) in &self.elsewhere {
                patterns_of(text, *certain, &mut patterns);
            }
            patterns.sort();
            patterns.dedup();
            Arc::new(Texts::new(&patterns))
        })
    }
}

impl Texts {
    fn new(patterns: &[String]) -> Texts {
        if patterns.is_empty() {
            return Texts::default();
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).ok();
        let word = patterns.iter().map(|p| p.len() < SHORT).collect();
        Texts { search, word, longest: patterns.iter().map(String::len).max().unwrap_or(0) }
    }

    fn find(&self, text: &[u8], offset: usize, found: &mut Vec<Range<usize>>) {
        let Some(search) = &self.search else { return };
        let word_byte = |at: Option<usize>| {
            at.and_then(|at| text.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80 || *b == b'_')
        };
        for m in search.find_overlapping_iter(text) {
            let bounded = !word_byte(m.start().checked_sub(1)) && !word_byte(Some(m.end()));
            if bounded || self.word.get(m.pattern().as_usize()) != Some(&true) {
                found.push(m.start() + offset..m.end() + offset);
            }
        }
    }
}

/// The texts by which a secret is known again.
fn patterns_of(raw: &str, certain: bool, patterns: &mut Vec<String>) {
    let inner = raw.trim().trim_matches(['"', '\'', '`']).trim();
    let mut add = |text: &str| {
        let text = text.trim();
        let ordinary = COMMON.contains(&text.to_ascii_lowercase().as_str()) || text.starts_with("-----");
        if text.len() < SHORTEST || ordinary || !(certain || looks_secret(text)) {
            return;
        }
        if text.len() <= PIECE {
            patterns.push(text.to_owned());
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let at = (0..=rest.len().min(PIECE)).rev().find(|&i| rest.is_char_boundary(i)).unwrap_or(0);
            let (piece, tail) = rest.split_at(at);
            if piece.len() >= SHORTEST {
                patterns.push(piece.to_owned());
            }
            rest = if piece.is_empty() { "" } else { tail };
        }
    };
    for text in [Cow::Borrowed(inner), unescaped(inner), percent_decoded(inner)] {
        add(&text);
        if text.contains('\n') {
            text.lines().filter(|l| l.trim().len() >= SHORT).for_each(&mut add);
        }
    }
    // The password inside a URL is a secret of its own.
    if !certain {
        inner.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| run.len() >= 2 * SHORT).for_each(add);
    }
}

/// Whether a value holds a run of letters and digits that nobody would write by hand.
fn looks_secret(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let has = |f: fn(&u8) -> bool| run.bytes().any(|b| f(&b));
        let digit = has(u8::is_ascii_digit);
        let lower = has(u8::is_ascii_lowercase);
        let upper = has(u8::is_ascii_uppercase);
        run.len() >= SHORT && ((digit && (lower || upper)) || (lower && upper && run.len() >= 2 * SHORT))
    })
}

/// `\n`, `\"`, … as JSON, TOML, HCL and shells read them: the value a message may hold.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed("");
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('u')) => {
                let hex: String = chars.by_ref().take(4).collect();
                out.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
            }
            ('\\', Some(next)) => out.push(next),
            (c, _) => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed("");
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let hex = (b == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(b);
                at += 1;
            }
        }
    }
    String::from_utf8(out).map_or(Cow::Borrowed(""), Cow::Owned)
}

/// Ranges in order, overlapping and touching ones as one.
fn join(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|r| (r.start, r.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// `text`, whose first byte is at `offset`, with bullets for the ranges.
fn replace(text: &str, offset: usize, hidden: Vec<Range<usize>>) -> Cow<'_, str> {
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for range in hidden {
        out.push_str(text.get(from..range.start.saturating_sub(offset)).unwrap_or_default());
        out.push_str(BULLETS);
        from = range.end.saturating_sub(offset);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}
