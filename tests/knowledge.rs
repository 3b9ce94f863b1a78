//! What is known of stores: every row is well-formed, and every type and attribute that was surveyed
//! is known or left out with a reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
// The helpers beside the tests are tests too.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use lastcopy::knowledge::Knowledge;
use lastcopy::knowledge::stores::{
    COPY_CLASSES, Condition, DERIVED_CLASS, GUARD_CLASSES, HAZARD_CLASSES, Provider, REFERENCE_CLASSES, RESTORE_CLASS,
    Reference, StoreType, Switch, Tier,
};
use lastcopy::model::located::Blast;

const KINDS: [&str; 15] = [
    "database",
    "volume",
    "bucket",
    "filesystem",
    "key",
    "secret",
    "queue",
    "registry",
    "backup",
    "state",
    "cluster",
    "compute",
    "dns",
    "repo",
    "other",
];
const HOLDS: [&str; 5] = ["primary", "keys", "state", "derived", "transient"];
const JOINS: [&str; 5] = ["id", "arn", "name", "tag", "scope"];

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The files as they are written, before parts are merged.
fn written() -> Vec<(String, Provider)> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/knowledge/stores"), &mut found);
    found.sort();
    let read = |path: &PathBuf| {
        (path.display().to_string(), serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    };
    found.iter().map(read).collect()
}

/// Every switch of a row, with the classes it may have.
fn switches(row: &StoreType) -> impl Iterator<Item = (&Switch, &'static [&'static str])> {
    let guards = row.guards.iter().map(|s| (s, GUARD_CLASSES.as_slice()));
    let copies = row.copies.iter().map(|s| (s, COPY_CLASSES.as_slice()));
    let hazards = row.hazards.iter().map(|s| (s, HAZARD_CLASSES.as_slice()));
    guards.chain(copies).chain(hazards)
}

fn check_switch(of: &str, switch: &Switch, classes: &[&str]) {
    assert!(classes.contains(&switch.class.as_str()), "{of}: class `{}`", switch.class);
    assert!(switch.title.is_some(), "{of}: `{}` has no title", switch.class);
    if let Some(blast) = &switch.dies_with {
        assert!(Blast::parse(blast).is_some(), "{of}: dies_with `{blast}`");
    }
    if let Some(days) = switch.days.as_ref().filter(|d| d.0 != "value") {
        assert!(days.number().is_some(), "{of}: days `{}`", days.0);
    }
    for path in [&switch.attribute, &switch.provider_attribute, &switch.days_from].into_iter().flatten() {
        check_path(of, path);
    }
    for condition in switch.when.iter().chain(&switch.outlives_when) {
        check_condition(of, condition);
    }
    let fixable = switch.write.is_none() || switch.attribute.is_some();
    assert!(fixable, "{of}: `{}` is written nowhere", switch.class);
    let skips = switch.skipped_by.is_none() || switch.class == "undo";
    assert!(skips, "{of}: only an undo is skipped");
}

fn check_condition(of: &str, condition: &Condition) {
    check_path(of, &condition.attribute);
    assert!(condition.is != Default::default(), "{of}: a condition on `{}` tests nothing", condition.attribute);
}

fn check_path(of: &str, path: &str) {
    let name = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    assert!(path.split('.').all(name), "{of}: path `{path}`");
}

#[test]
fn every_row_is_well_formed() {
    let mut types: HashMap<String, String> = HashMap::new();
    for (file, provider) in written() {
        let known = Knowledge::embedded();
        let whole = known.provider(&provider.provider).unwrap_or_else(|| panic!("{file}: not embedded"));
        assert!(!whole.title.is_empty(), "{file}: no title");
        for row in &provider.types {
            let of = format!("{file}: {}", row.r#type);
            assert!(types.insert(row.r#type.clone(), file.clone()).is_none(), "{of} twice");
            assert!(KINDS.contains(&row.kind.as_str()), "{of}: kind `{}`", row.kind);
            assert!(HOLDS.contains(&row.holds.as_str()), "{of}: holds `{}`", row.holds);
            assert!(!row.destroyed_by.is_empty(), "{of}: no call destroys it");
            assert!(row.tier != Tier::Checked || row.documented(whole).is_some(), "{of}: checked against what?");
            let prefix = row.r#type.split(['_', ':']).next().unwrap();
            let told = whole.provider == prefix || whole.terraform.iter().any(|t| t == prefix);
            assert!(told, "{of}: no Terraform name leads here");
            for (switch, classes) in switches(row) {
                check_switch(&of, switch, classes);
            }
            for copy in &row.copies {
                assert!(copy.dies_with.is_some(), "{of}: `{}` dies with what?", copy.class);
            }
            for condition in &row.derived_when {
                check_condition(&of, condition);
            }
            for path in row.names.iter().chain(&row.parent).chain(&row.replaces_on) {
                check_path(&of, path);
            }
        }
    }
    assert!(types.len() > 1000, "{}", types.len());
}

#[test]
fn every_reference_is_well_formed() {
    let known = Knowledge::embedded();
    let all: Vec<&str> = GUARD_CLASSES
        .iter()
        .chain(&COPY_CLASSES)
        .chain(&REFERENCE_CLASSES)
        .chain(&HAZARD_CLASSES)
        .chain(&[RESTORE_CLASS, DERIVED_CLASS])
        .copied()
        .collect();
    for provider in known.providers() {
        for reference in &provider.references {
            let of = format!("{}: {}", provider.provider, reference.r#type);
            assert!(JOINS.contains(&reference.by.as_str()), "{of}: by `{}`", reference.by);
            check_switch(&of, &reference.gives, &all);
            let wide = reference.target == ["*"];
            assert!(!wide || ["arn", "tag", "scope"].contains(&reference.by.as_str()), "{of}: `*` by {}", reference.by);
            for target in reference.target.iter().filter(|_| !wide) {
                assert!(known.store_type(target).is_some(), "{of}: nothing is known of {target}");
            }
            let paths = [
                &reference.except,
                &reference.via,
                &reference.located,
                &reference.located_region,
                &reference.located_project,
            ];
            for path in paths.into_iter().flatten().chain([&reference.from]).chain(&reference.to) {
                check_path(&of, path);
            }
            for condition in reference.when.iter().chain(&reference.target_when) {
                check_condition(&of, condition);
            }
        }
        for guard in &provider.guards {
            check_switch(&provider.provider, guard, &GUARD_CLASSES);
        }
        for backend in &provider.backends {
            for r#type in &backend.types {
                assert!(known.store_type(r#type).is_some(), "{}: {type}", provider.provider);
            }
        }
    }
}

/// What is read of each type: of its own row, and of it as something that refers.
fn read(known: &Knowledge) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for provider in known.providers() {
        for row in &provider.types {
            let paths = all.entry(row.r#type.clone()).or_default();
            paths.extend(row.names.iter().chain(&row.parent).cloned());
            paths.extend(row.derived_when.iter().map(|c| c.attribute.clone()));
            for (switch, _) in switches(row) {
                of_switch(switch, paths);
            }
            for guard in &provider.guards {
                of_switch(guard, paths);
            }
        }
        let of_block = all.entry(format!("provider:{}", provider.provider)).or_default();
        let own = provider.types.iter().flat_map(switches).map(|(switch, _)| switch);
        let given = provider.references.iter().map(|r| &r.gives);
        of_block.extend(own.chain(&provider.guards).chain(given).filter_map(|s| s.provider_attribute.clone()));
        // That what it writes can be made again is no guard and no copy.
        for reference in provider.references.iter().filter(|r| r.gives.class != DERIVED_CLASS) {
            of_reference(reference, all.entry(reference.r#type.clone()).or_default());
            for via in &reference.via_types {
                of_reference(reference, all.entry(via.clone()).or_default());
            }
        }
    }
    all
}

fn of_switch(switch: &Switch, paths: &mut BTreeSet<String>) {
    paths.extend([&switch.attribute, &switch.days_from].into_iter().flatten().cloned());
    paths.extend(switch.when.iter().chain(&switch.outlives_when).map(|c| c.attribute.clone()));
}

fn of_reference(reference: &Reference, paths: &mut BTreeSet<String>) {
    let named =
        [&reference.except, &reference.via, &reference.located, &reference.located_region, &reference.located_project];
    paths.extend(named.into_iter().flatten().chain([&reference.from]).cloned());
    paths.extend(reference.when.iter().map(|c| c.attribute.clone()));
    of_switch(&reference.gives, paths);
}

#[derive(Default)]
struct Coverage {
    stores: usize,
    checked: usize,
    guards: usize,
    attributes: usize,
    without: usize,
    types_without: usize,
}

#[test]
fn everything_surveyed_is_known_or_left_out_with_a_reason() {
    let known = Knowledge::embedded();
    let read = read(&known);
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/knowledge/expected.tsv")).unwrap();
    let mut table: BTreeMap<String, Coverage> = BTreeMap::new();
    let mut missing = Vec::new();
    let mut seen = BTreeSet::new();
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut types_left: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [r#type, must, without, why] = columns[..] else { panic!("four columns: {line}") };
        assert!(seen.insert(r#type), "{type} twice");
        let platform =
            known.platform_of(r#type).map_or_else(|| r#type.split('_').next().unwrap().into(), |p| p.provider.clone());
        let platform = platform.strip_prefix("provider:").unwrap_or(&platform).to_owned();
        let row = table.entry(platform).or_default();
        for left in without.split("; ").filter(|a| !a.is_empty()) {
            row.without += 1;
            let (attribute, reason) = left.split_once(": ").expect("an attribute and its reason");
            reasons.entry(reason.to_owned()).or_default().push(format!("{type}: {attribute}"));
        }
        if !why.is_empty() {
            types_left.entry(why.to_owned()).or_default().push(r#type.to_owned());
        }
        match (read.get(r#type), why.is_empty()) {
            (Some(_), false) => missing.push(format!("{type} is known now: drop the reason")),
            (None, true) => missing.push(format!("{type} isn't known, and no reason says why")),
            (None, false) => row.types_without += 1,
            (Some(paths), true) => {
                for attribute in must.split(',').filter(|a| !a.is_empty()) {
                    row.attributes += 1;
                    let inside = |path: &String| path.strip_prefix(attribute).is_some_and(|rest| rest.starts_with('.'));
                    if !paths.contains(attribute) && !paths.iter().any(inside) {
                        missing.push(format!("{type}: `{attribute}` isn't read"));
                    }
                }
            }
        }
    }
    for provider in known.providers() {
        let row = table.entry(provider.provider.clone()).or_default();
        row.stores = provider.types.len();
        row.checked = provider.types.iter().filter(|t| t.tier == Tier::Checked).count();
        row.guards = provider.types.iter().map(|t| t.guards.len()).sum();
        let untold = provider.types.iter().filter(|t| !t.r#type.contains(':') && !seen.contains(t.r#type.as_str()));
        missing.extend(untold.map(|t| format!("{} isn't in the list", t.r#type)));
    }
    let shown = shown(&known, &table, &types_left, &reasons);
    println!("{shown}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        std::fs::write(&path, &shown).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == shown, "docs/coverage.md is out of date: UPDATE_COVERAGE=1 cargo test --test knowledge");
}

/// The page `docs/coverage.md`.
fn shown(
    known: &Knowledge,
    table: &BTreeMap<String, Coverage>,
    types: &BTreeMap<String, Vec<String>>,
    attributes: &BTreeMap<String, Vec<String>>,
) -> String {
    use std::fmt::Write as _;
    let mut page = String::from(
        "# What is known of which platform\n\n\
         Written by the test `knowledge`; `UPDATE_COVERAGE=1 cargo test --test knowledge` writes it anew.\n\n\
         *Stores*: types that hold data, or that data is lost with. *Checked*: read again against the provider's\n\
         documentation or source; only these can be worth an error, the others are at most a warning of medium\n\
         confidence. *Guards*, *copies* and *hazards*: settings of these types that are read. *Attributes*: of those\n\
         found in a survey of the providers' protective settings, how many are read and how many are left out, each\n\
         for a reason below. *No store*: surveyed types that hold nothing to be guarded.\n\n\
         | platform | stores | checked | guards | copies | hazards | given by others | attributes read | left out | no store |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (platform, c) in table {
        let of = known.provider(platform);
        let count = |f: fn(&StoreType) -> usize| of.map_or(0, |p| p.types.iter().map(f).sum());
        let title = of.map_or(platform.as_str(), |p| p.title.as_str());
        let (copies, hazards) = (count(|t| t.copies.len()), count(|t| t.hazards.len()));
        let given = of.map_or(0, |p| p.references.len());
        let guards = c.guards + of.map_or(0, |p| p.guards.len());
        let _ = writeln!(
            page,
            "| {title} | {} | {} | {guards} | {copies} | {hazards} | {given} | {} | {} | {} |",
            c.stores, c.checked, c.attributes, c.without, c.types_without
        );
    }
    let mut reasons = |title: &str, all: &BTreeMap<String, Vec<String>>, max: usize| {
        let _ = writeln!(page, "\n## {title}\n");
        let mut all: Vec<_> = all.iter().collect();
        all.sort_by_key(|(reason, of)| (std::cmp::Reverse(of.len()), reason.to_owned()));
        for (reason, of) in all {
            let named: Vec<String> = of.iter().take(max).map(|name| format!("`{name}`")).collect();
            let more = if of.len() > max { format!(" and {} more", of.len() - max) } else { String::new() };
            let _ = writeln!(page, "- {reason} ({}): {}{more}", of.len(), named.join(", "));
        }
    };
    reasons("Types that are left out", types, 12);
    reasons("Attributes that are left out", attributes, 12);
    page.push_str(
        "\nThe whole list is `testdata/knowledge/expected.tsv`: every surveyed type with what is read of it.\n",
    );
    page
}
