//! What the picture shares and what it doesn't.

use super::*;
use crate::blast::graph::{Agent, At, Blasted, By, Call, Credential, Grant, Told, Way};
use crate::finding::Confidence;
use crate::model::located::Blast;
use crate::model::store::Caller;

fn at() -> At {
    At { path: "a".into(), line: 1 }
}

fn store(name: &str, ways: &[(usize, Blast)]) -> Store {
    let told = Told { verdict: Verdict::Gone, in_calls: 1, confidence: Confidence::High, may: false, reached: true };
    let blast = |(way, takes): &(usize, Blast)| Blasted {
        takes: *takes,
        caller: Caller::Anybody,
        undo: None,
        may: false,
        names: vec!["x".into()],
        survivors: Vec::new(),
        lost: Vec::new(),
        undecided: Vec::new(),
        verdict: Verdict::Gone,
        ways: vec![*way],
        in_calls: 1,
        confidence: Confidence::High,
    };
    Store {
        address: name.into(),
        name: name.into(),
        label: name.into(),
        title: String::new(),
        kind: "database".into(),
        platform: "Railway".into(),
        holds: "primary".into(),
        at: at(),
        within: "Railway".into(),
        environments: Vec::new(),
        production: true,
        guarded_by: Vec::new(),
        destroyed_by: Vec::new(),
        copies: Vec::new(),
        blasts: ways.iter().map(blast).collect(),
        told,
    }
}

/// Two entries use one token: the first for a whole project, the second for stores.
fn graph(second: Blast) -> Graph {
    let grant = |agent: usize, title: &str| Grant {
        agent,
        title: title.into(),
        entry: title.into(),
        kind: "command",
        at: at(),
        surfaces: Vec::new(),
        decision: "run",
        condition: None,
        local: false,
    };
    let call = |takes: Blast| Call {
        id: takes.word().into(),
        name: takes.word().into(),
        title: String::new(),
        takes,
        caller: Caller::Anybody,
        undo: None,
        undo_how: None,
        may: false,
    };
    let way = |by: usize, call: usize| Way {
        by: By::Grant(by),
        credential: Some(0),
        call,
        store: 0,
        in_calls: 1,
        confidence: Confidence::High,
    };
    let token = Credential {
        address: String::new(),
        title: "token".into(),
        variable: String::new(),
        at: at(),
        reach: None,
        used_for: None,
        local: false,
    };
    Graph {
        stores: vec![store("db", &[(0, Blast::Project), (1, second)])],
        agents: ["A", "B"].map(|name| Agent { name: name.into(), understood: true, gated: false }).into(),
        grants: vec![grant(0, "one"), grant(1, "two")],
        credentials: vec![token],
        calls: vec![call(Blast::Project), call(second)],
        ways: vec![way(0, 0), way(1, 1)],
        ..Graph::default()
    }
}

#[test]
fn what_can_be_followed_is_a_way() {
    // One token in one box would let the second entry seem to take the project.
    let picture = Picture::of(&graph(Blast::Store));
    assert_eq!(picture.columns.each_ref().map(Vec::len), [2, 2, 2, 2]);
    // Where both do the same, they share what lies behind them.
    let picture = Picture::of(&graph(Blast::Project));
    assert_eq!(picture.columns.each_ref().map(Vec::len), [2, 2, 1, 1]);
}
