//! Judging a rule by its examples: small projects in which it must fire, mustn't, or can't know.
//!
//! Used by `lastcopy test` and by this project's own tests; both hand in how a project is run.

use std::collections::BTreeMap;

use crate::finding::{Finding, Outcome};
use crate::rules::condition::RULE_ERROR;
use crate::rules::file::{Example, Expect, With};
use crate::rules::{Rule, RuleSet, template};
use crate::source::Sources;

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// The rule fires, at exactly the expected places.
    Bad,
    /// The rule says nothing.
    Good,
    /// The rule can't know, at exactly the expected places.
    Undecided,
}

impl Shows {
    /// The word rule files and folders use.
    pub fn word(self) -> &'static str {
        match self {
            Shows::Bad => "bad",
            Shows::Good => "good",
            Shows::Undecided => "undecided",
        }
    }

    fn parse(word: &str) -> Option<Shows> {
        [Shows::Bad, Shows::Good, Shows::Undecided].into_iter().find(|s| s.word() == word)
    }
}

/// An example to run.
#[derive(Clone, Debug)]
pub struct Case {
    /// The rule it is an example of.
    pub rule: String,
    /// What it shows.
    pub shows: Shows,
    /// Its name.
    pub name: String,
    /// Its files by path.
    pub files: BTreeMap<String, String>,
    /// With which options it is run.
    pub options: With,
    /// Where the rule's findings must be.
    pub expect: Vec<Expect>,
}

/// What an example's project gave: one result of one rule.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The rule.
    pub rule: String,
    /// Finding or undecided.
    pub outcome: Outcome,
    /// Ignored, in the baseline, or in a directory that isn't deployed.
    pub hidden: bool,
    /// File of its primary place.
    pub path: String,
    /// Line of its primary place, from 1.
    pub line: u32,
    /// Its message and help.
    pub text: String,
    /// Why undecided: kind and words of each reason.
    pub reasons: Vec<(String, String)>,
}

/// Runs a project; `Err`: why that wasn't possible.
pub type Run<'a> = dyn Fn(&Case) -> Result<Vec<Seen>, String> + 'a;

/// What a run's findings are for examples.
pub fn seen(findings: &[Finding], sources: &Sources) -> Vec<Seen> {
    let one = |f: &Finding| Seen {
        rule: f.rule.clone(),
        outcome: f.outcome,
        hidden: f.hidden.is_some(),
        path: sources.path(f.place.span).to_owned(),
        line: sources.positions(f.place.span).0.line,
        text: format!("{}\n{}", f.message, f.help),
        reasons: f.reasons.iter().map(|r| (r.kind.to_owned(), r.message.clone())).collect(),
    };
    findings.iter().map(one).collect()
}

/// The examples in a rule's own file.
pub fn of_rule(rule: &Rule) -> Vec<Case> {
    let examples = rule.examples();
    let case = |shows: Shows, e: Example| Case {
        rule: rule.head.id.clone(),
        shows,
        name: e.name,
        files: e.files,
        options: e.options,
        expect: e.expect,
    };
    let bad = examples.bad.into_iter().map(|e| case(Shows::Bad, e));
    let good = examples.good.into_iter().map(|e| case(Shows::Good, e));
    let undecided = examples.undecided.into_iter().map(|e| case(Shows::Undecided, e));
    bad.chain(good).chain(undecided).collect()
}

/// Cases too big for a rule's file: `<rule>/{bad,good,undecided}/<case>/…`. Where the findings must be
/// stands in the case's `expect.yaml` (a list of `{path, line}`), and with which options it is run in `options.yaml`;
/// neither is a part of the project.
///
/// # Errors
/// In words, every folder that isn't a case.
pub fn of_files(files: &BTreeMap<String, String>, rules: &RuleSet) -> Result<Vec<Case>, Vec<String>> {
    let mut cases: BTreeMap<(String, Shows, String), Case> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (path, text) in files {
        let parts: Vec<&str> = path.splitn(4, '/').collect();
        let [id, shows, name, inner] = parts[..] else {
            if !path.ends_with("README.md") {
                wrong.push(format!("{path}: lies in no case (<rule>/bad|good|undecided/<case>/…)"));
            }
            continue;
        };
        let Some(shows) = Shows::parse(shows) else {
            wrong.push(format!("{path}: `{shows}` is neither bad nor good nor undecided"));
            continue;
        };
        let key = (id.to_owned(), shows, name.to_owned());
        let case = cases.entry(key).or_insert_with(|| Case {
            rule: id.to_owned(),
            shows,
            name: name.to_owned(),
            files: BTreeMap::new(),
            options: With::default(),
            expect: Vec::new(),
        });
        let read = match inner {
            "expect.yaml" => serde_yaml::from_str(text).map(|expect| case.expect = expect),
            "options.yaml" => serde_yaml::from_str(text).map(|options| case.options = options),
            _ => {
                case.files.insert(inner.to_owned(), text.clone());
                Ok(())
            }
        };
        wrong.extend(read.err().map(|e| format!("{path}: {e}")));
    }
    for ((id, shows, name), case) in &cases {
        let place = format!("{id}/{}/{name}", shows.word());
        if rules.get(id).is_none() {
            wrong.push(format!("{place}: there is no rule `{id}`"));
        }
        if (*shows == Shows::Good) != case.expect.is_empty() {
            let what = if case.expect.is_empty() { "says not where (expect.yaml)" } else { "can expect nothing" };
            wrong.push(format!("{place}: a case that is {} {what}", shows.word()));
        }
        for file in case.options.plan.iter().chain(&case.options.var_file) {
            if With::file(file, &case.files).is_none() {
                wrong.push(format!("{place}: options.yaml names `{file}`, and there is no such file"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    if wrong.is_empty() { Ok(cases.into_values().collect()) } else { Err(wrong) }
}

/// What is wrong with a case, one line each; nothing where it is as it should be.
///
/// # Errors
/// Why its project couldn't be run.
pub fn judge(case: &Case, run: &Run<'_>) -> Result<Vec<String>, String> {
    let all = run(case)?;
    let mut wrong: Vec<String> = all.iter().flat_map(mistakes).collect();
    let own: Vec<&Seen> = all.iter().filter(|s| s.rule == case.rule && !s.hidden).collect();
    let (outcome, other) = match case.shows {
        Shows::Bad | Shows::Good => (Outcome::Finding, Outcome::Undecided),
        Shows::Undecided => (Outcome::Undecided, Outcome::Finding),
    };
    let matching: Vec<&Seen> = own.iter().copied().filter(|s| s.outcome == outcome).collect();
    let beside: Vec<&Seen> = own.iter().copied().filter(|s| s.outcome == other).collect();
    let mut missing: Vec<(&str, u32)> = case.expect.iter().map(|e| (e.path.as_str(), e.line)).collect();
    for found in matching {
        match missing.iter().position(|place| *place == (found.path.as_str(), found.line)) {
            Some(at) => drop(missing.remove(at)),
            None => wrong.push(format!("{} not expected", told(found))),
        }
    }
    for (path, line) in missing {
        let hint = match beside.iter().find(|s| s.path == path && s.line == line) {
            Some(instead) => format!(": {}", told(instead)),
            None => String::new(),
        };
        let what = if outcome == Outcome::Finding { "no finding" } else { "not undecided" };
        wrong.push(format!("{what} at {path}:{line}{hint}"));
    }
    if case.shows != Shows::Bad {
        // Beside expected findings something may stay open; where nothing is to be said, nothing may.
        wrong.extend(beside.iter().map(|s| format!("{} not expected", told(s))));
    }
    Ok(wrong)
}

/// Mistakes of the rules themselves, whichever rule the case is about.
fn mistakes(seen: &Seen) -> Vec<String> {
    let own = seen.reasons.iter().filter(|(kind, _)| kind == RULE_ERROR);
    let mut wrong: Vec<String> = own.map(|(_, message)| message.clone()).collect();
    if seen.text.contains(template::ERROR) {
        wrong.push(format!("rule `{}`: its message or help can't be evaluated: {}", seen.rule, first_line(seen)));
    }
    wrong
}

fn told(seen: &Seen) -> String {
    let place = format!("{}:{}", seen.path, seen.line);
    match seen.outcome {
        Outcome::Finding => format!("finding at {place} ({})", first_line(seen)),
        Outcome::Undecided => {
            let reasons: Vec<&str> = seen.reasons.iter().map(|(_, message)| message.as_str()).collect();
            format!("undecided at {place} ({})", reasons.join("; "))
        }
    }
}

fn first_line(seen: &Seen) -> &str {
    seen.text.lines().next().unwrap_or("")
}
