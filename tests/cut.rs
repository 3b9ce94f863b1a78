//! The fewest changes that cut the paths, held against trying every set of changes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

#[allow(dead_code)]
mod blast_support;

use blast_support::{Made, act};
use lastcopy::credentials::Scope;
use lastcopy::finding::Confidence;
use lastcopy::model::cut::{Parts, cuts};
use lastcopy::model::grant::GrantKind;
use lastcopy::model::located::Blast;
use lastcopy::model::path::{Path, Way};
use proptest::prelude::*;

/// A way by its grant and credential.
type Drawn = (usize, Option<usize>);

/// Paths by store and ways, the best first.
#[derive(Clone, Debug)]
struct Case {
    grants: usize,
    credentials: usize,
    paths: Vec<Vec<Drawn>>,
}

fn cases(grants: usize, credentials: usize, stores: usize) -> impl Strategy<Value = Case> {
    (1..=grants, 0..=credentials).prop_flat_map(move |(grants, credentials)| {
        let credential = prop::option::of(0..credentials.max(1)).prop_map(move |c| c.filter(|c| *c < credentials));
        let ways = prop::collection::vec((0..grants, credential), 1..4);
        prop::collection::vec(ways, 1..=stores).prop_map(move |paths| Case { grants, credentials, paths })
    })
}

/// The model of a case: a store for each path.
fn model(case: &Case) -> Made {
    let mut made = Made::new();
    let agent = made.agent("claude", "Claude Code");
    let call = act("delete", "delete", "railway", &["database"], Blast::Store);
    for n in 0..case.grants {
        let at = made.line(".claude/settings.json", n + 1, &format!("\"Bash(tool{n}:*)\","));
        made.grant(agent, GrantKind::Command, &format!("Bash(tool{n}:*)"), vec![call.clone()], at);
    }
    for n in 0..case.credentials {
        let at = made.line("tokens.sh", n + 1, &format!("TOKEN{n}=x"));
        made.token("token", "railway", Scope::Account, &[agent], at);
    }
    for (n, ways) in case.paths.iter().enumerate() {
        let at = made.line("stores.ts", n + 1, &format!("postgres(\"db{n}\")"));
        let store = made.store(&format!("db{n}"), "database", "railway", Some("p"), at);
        let (grant, credential) = ways[0];
        made.path(agent, store, grant, &call, credential);
        let path = made.model.paths.last_mut().unwrap();
        path.others = ways[1..]
            .iter()
            .map(|(grant, credential)| Way { grant: *grant, credential: *credential, ..path.best.clone() })
            .collect();
    }
    made
}

/// Changes by what they are made to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Grant(usize),
    Credential(usize),
    Copy(usize),
}

fn cut(path: usize, ways: &[Drawn], changes: &[Change]) -> bool {
    changes.contains(&Change::Copy(path))
        || ways.iter().all(|(grant, credential)| {
            changes.contains(&Change::Grant(*grant))
                || credential.is_some_and(|c| changes.contains(&Change::Credential(c)))
        })
}

/// The size of the smallest set of changes that cuts every path, by trying all.
fn smallest(case: &Case) -> usize {
    let changes: Vec<Change> = (0..case.grants)
        .map(Change::Grant)
        .chain((0..case.credentials).map(Change::Credential))
        .chain((0..case.paths.len()).map(Change::Copy))
        .collect();
    let cuts_all = |chosen: &[Change]| case.paths.iter().enumerate().all(|(n, ways)| cut(n, ways, chosen));
    (0u32..1 << changes.len())
        .filter_map(|mask| {
            let chosen: Vec<Change> =
                changes.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0).map(|(_, c)| *c).collect();
            cuts_all(&chosen).then_some(chosen.len())
        })
        .min()
        .unwrap()
}

/// What was told to be changed, read back from its place.
fn told(made: &Made, case: &Case) -> (Vec<Change>, usize, usize) {
    let model = &made.model;
    let paths: Vec<&Path> = model.paths.iter().collect();
    let parts =
        Parts { stores: &model.stores, copies: &model.copies, credentials: &model.credentials, grants: &model.grants };
    let cuts = cuts(&paths, &parts);
    let change = |span| {
        let grant = model.grants.iter().position(|g| g.span == span).map(Change::Grant);
        let credential = model.credentials.iter().position(|c| c.span == span).map(Change::Credential);
        let copy = model.stores.iter().position(|s| s.place.span == span).map(Change::Copy);
        grant.or(credential).or(copy).unwrap()
    };
    assert_eq!(cuts.of, case.paths.len());
    (cuts.edits.iter().map(|e| change(e.span)).collect(), cuts.cut, cuts.of)
}

fn cuts_everything(case: &Case, changes: &[Change]) -> bool {
    case.paths.iter().enumerate().all(|(n, ways)| cut(n, ways, changes))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Up to a dozen candidates: no smaller set cuts them all.
    #[test]
    fn no_smaller_set_does_it(case in cases(4, 3, 5)) {
        let made = model(&case);
        let (changes, cut, of) = told(&made, &case);
        prop_assert!(cuts_everything(&case, &changes));
        prop_assert_eq!(cut, of);
        prop_assert_eq!(changes.len(), smallest(&case));
    }

    /// Nor beyond, where a handful is enough.
    #[test]
    fn no_smaller_handful_does_it(case in cases(7, 4, 6)) {
        let made = model(&case);
        let (changes, _, _) = told(&made, &case);
        prop_assert!(cuts_everything(&case, &changes));
        prop_assert_eq!(changes.len(), smallest(&case));
    }

    /// Beyond: all are cut, and nothing chosen is for nothing.
    #[test]
    fn beyond_a_dozen_nothing_is_chosen_for_nothing(case in cases(12, 8, 16)) {
        let made = model(&case);
        let (changes, cut, of) = told(&made, &case);
        prop_assert!(cuts_everything(&case, &changes));
        prop_assert_eq!(cut, of);
        let used: std::collections::BTreeSet<usize> = case.paths.iter().flatten().map(|(g, _)| *g).collect();
        // Narrowing every entry, or a copy of every store, would do it too.
        prop_assert!(changes.len() <= used.len().min(case.paths.len()));
    }
}

#[test]
fn ways_that_are_only_assumed_ask_for_no_change() {
    let case = Case { grants: 2, credentials: 1, paths: vec![vec![(0, Some(0)), (1, None)]] };
    let mut made = model(&case);
    made.model.paths[0].others[0].confidence = Confidence::Low;
    let (changes, cut, of) = told(&made, &case);
    assert_eq!((changes.len(), cut, of), (1, 1, 1));
    assert!(changes[0] == Change::Credential(0), "the fastest of two that do it");
}
