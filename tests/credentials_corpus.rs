//! A corpus of snippets as people write them: each of `positive` shows the credentials named at its
//! head and no others, none of `negative` shows any.
//!
//! No token-shaped text lies in the repository: `⟦hex 64⟧` stands for as many characters, made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod credentials_support;

use lastcopy::credentials::{Scope, find};
use lastcopy::finding::Confidence;
use lastcopy::knowledge::Knowledge;
use lastcopy::workspace::{LoadOptions, load};

use credentials_support::{Snippet, corpus};

/// What is found in a snippet: kind, variable, confidence, the value's text.
fn found(snippet: &Snippet, knowledge: &Knowledge) -> Vec<(String, String, Confidence, String)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(&snippet.path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, &snippet.text).unwrap();
    let workspace = load(dir.path(), &LoadOptions::default()).unwrap();
    assert!(workspace.files.len() <= 1 && !snippet.text.trim().is_empty(), "{}", snippet.origin);
    let tokens = find(&workspace, knowledge);
    let told = |t: lastcopy::credentials::Token| {
        (t.kind, t.variable, t.confidence, workspace.sources.slice(t.value).to_owned())
    };
    tokens.into_iter().map(|(_, t)| told(t)).collect()
}

#[test]
fn every_positive_is_found_as_what_it_is() {
    let knowledge = Knowledge::embedded();
    let all = corpus("positive");
    assert!(all.len() >= 120, "{}", all.len());
    let mut wrong = Vec::new();
    for snippet in &all {
        let kinds: Vec<String> = found(snippet, &knowledge).into_iter().map(|f| f.0).collect();
        if kinds.join(", ") != snippet.says {
            wrong.push(format!(
                "{} {}\n  is: {}\n  found: {}",
                snippet.origin,
                snippet.path,
                snippet.says,
                kinds.join(", ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn no_negative_is_found() {
    let knowledge = Knowledge::embedded();
    let all = corpus("negative");
    assert!(all.len() >= 240, "{}", all.len());
    let mut wrong = Vec::new();
    for snippet in &all {
        for (kind, variable, confidence, _) in found(snippet, &knowledge) {
            wrong.push(format!(
                "{} {} ({}): {kind} in {variable}, {confidence:?}",
                snippet.origin, snippet.path, snippet.says
            ));
        }
    }
    assert!(wrong.is_empty(), "{} in {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn a_value_is_masked_whole() {
    let knowledge = Knowledge::embedded();
    let mut whole = 0;
    for snippet in corpus("positive") {
        for (kind, _, _, value) in found(&snippet, &knowledge) {
            // What was made here, between the marks, is in no part outside the value.
            let outside = snippet.text.replace(&value, "");
            let tail: String = value.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
            assert!(value.len() >= 8 && !outside.contains(&tail), "{}: {kind}", snippet.origin);
            whole += 1;
        }
    }
    assert!(whole >= 120);
}

#[test]
fn knowledge_is_sound() {
    let knowledge = Knowledge::embedded();
    let all = knowledge.credentials();
    let mut ids = std::collections::BTreeSet::new();
    for platform in &all.platforms {
        for kind in &platform.kinds {
            assert!(ids.insert(kind.id.clone()), "{} is there twice", kind.id);
        }
    }
    for kind in all.platforms.iter().flat_map(|p| &p.kinds) {
        let id = &kind.id;
        if let Some(value) = &kind.value {
            assert!(regex::Regex::new(value).is_ok(), "{id}: the expression doesn't compile");
        } else {
            assert!(kind.prefixes.is_empty() && kind.infixes.is_empty(), "{id}: a beginning needs the whole shape");
        }
        for judgement in &kind.judged_by {
            assert!(ids.contains(&judgement.is), "{id}: {} is no kind", judgement.is);
        }
        let opens = !matches!(kind.scope, Scope::None);
        assert!(!opens || !kind.advice.is_empty(), "{id}: what opens something needs advice");
        let seen = !kind.variables.is_empty() || !kind.prefixes.is_empty() || !kind.infixes.is_empty();
        let judged = all.platforms.iter().flat_map(|p| &p.kinds).any(|k| k.judged_by.iter().any(|j| j.is == *id));
        assert!(seen || judged || !kind.blocks.is_empty(), "{id} can't be found");
    }
}
