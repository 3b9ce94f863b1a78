//! Outcomes: three-valued, independent of order, with reasons; severity, persona, confidence; texts.

use lastcopy::expr::Value;
use lastcopy::finding::{Confidence, Finding, Hidden, Outcome, Persona, Reason, Severity};
use lastcopy::model::Fact;
use lastcopy::model::stakes::Stakes;
use lastcopy::rules::{Options, RuleSet, evaluate};

use crate::loading::RIGHT;
use crate::support::{Project, fact, list, object, store, with};

const MAIN: &str = "resource \"aws_db_instance\" \"main\" {\n  deletion_protection = false\n}\n";

pub fn project() -> Project {
    Project::new(&[("main.tf", MAIN)])
}

/// A rule on stores with these keys' texts replaced.
pub fn rule(filter: &str, when: &str, message: &str) -> String {
    let right = RIGHT.replace("  store.holds == \"primary\"\n", &format!("  {filter}\n"));
    let right = right
        .replace("  # a comment\n  !store.guards.api.on &&\n    length(store.copies) == 0\n", &format!("  {when}\n"));
    right.replace("  `${store.address}` is not what I like\n", &format!("  {message}\n"))
}

pub fn set(rules: &[&str]) -> RuleSet {
    let mut set = RuleSet::default();
    let files: Vec<_> = rules.iter().enumerate().map(|(i, r)| (format!("{i}.yaml"), (*r).to_owned())).collect();
    if let Err(errors) = set.add_dir("", &files) {
        panic!("{errors:?}");
    }
    set
}

fn run(rule: &str, facts: &[Fact]) -> Vec<Finding> {
    evaluate(&set(&[rule]), facts, &Options::new(&project().sources))
}

/// A store of which some things aren't known: `a`, `b` unknown, `t` true, `f` false, in `attributes`.
fn half_known(project: &Project) -> Fact {
    let mut fact = store(project, "main.tf", "aws_db_instance.main", Value::bool(false));
    let unknown = |name: &str| {
        Value::unknown(Reason::at(
            "variable-without-value",
            format!("var.{name} has no value"),
            project.span("main.tf", "main"),
        ))
    };
    let attributes = object(vec![
        ("a", unknown("a")),
        ("b", unknown("b")),
        ("t", Value::bool(true)),
        ("f", Value::bool(false)),
        ("null", Value::null()),
        ("list", list(vec![unknown("a"), Value::bool(true)])),
        ("secret", Value::string("hunter2-hunter2").marked(true)),
    ]);
    fact.value = with(&fact.value, "attributes", attributes);
    fact
}

/// Outcome and the reasons' messages.
fn outcome(filter: &str, when: &str) -> String {
    let found = run(&rule(filter, when, "x"), &[half_known(&project())]);
    match found.as_slice() {
        [] => "clean".into(),
        [one] if one.outcome == Outcome::Finding => "finding".into(),
        [one] => {
            let words: Vec<String> = one.reasons.iter().map(|r| format!("{} {}", r.kind, r.message)).collect();
            format!(
                "undecided: {}",
                words.join("; ").replace("variable-without-value ", "").replace(" has no value", "")
            )
        }
        more => format!("{} results", more.len()),
    }
}

#[test]
fn unknown_is_neither_true_nor_false_whatever_the_order() {
    let a = |name: &str| format!("store.attributes.{name}");
    let (x, y, t, f) = (a("a"), a("b"), a("t"), a("f"));
    for (when, expected) in [
        (t.clone(), "finding"),
        (f.clone(), "clean"),
        (x.clone(), "undecided: var.a"),
        (format!("!{x}"), "undecided: var.a"),
        (format!("{x} != true"), "undecided: var.a"),
        (format!("{x} && {f}"), "clean"),
        (format!("{f} && {x}"), "clean"),
        (format!("{x} && {t}"), "undecided: var.a"),
        (format!("{t} && {x}"), "undecided: var.a"),
        (format!("{x} || {t}"), "finding"),
        (format!("{t} || {x}"), "finding"),
        (format!("{x} || {f}"), "undecided: var.a"),
        (format!("{f} || {x}"), "undecided: var.a"),
        // Two unknowns: both are told, in one order.
        (format!("{x} && {y}"), "undecided: var.a; var.b"),
        (format!("{y} && {x}"), "undecided: var.a; var.b"),
        (format!("{y} || {x}"), "undecided: var.a; var.b"),
        (format!("{x} && {x}"), "undecided: var.a"),
        (format!("anytrue([{x}, {t}])"), "finding"),
        (format!("anytrue([{x}, {f}])"), "undecided: var.a"),
        (format!("anytrue([{y}, {f}, {x}])"), "undecided: var.a; var.b"),
        (format!("alltrue([{x}, {f}])"), "clean"),
        (format!("alltrue([{t}, {y}, {x}])"), "undecided: var.a; var.b"),
        (format!("contains([{x}, 1], 1)"), "finding"),
        (format!("contains([{x}, 1], 2)"), "undecided: var.a"),
        (format!("contains([{y}, {x}], 2)"), "undecided: var.a; var.b"),
        (format!("{x} ? true : true"), "finding"),
        (format!("{x} ? true : false"), "undecided: var.a"),
        (format!("anytrue([for v in {} : v])", a("list")), "finding"),
        (format!("anytrue({}[*])", a("list")), "finding"),
        // A guard before an attribute of what may be null.
        ("store.parent != null && store.parent == \"x\"".into(), "clean"),
        // What an open map doesn't hold is null, however deep.
        (format!("{} == null", a("nothing")), "finding"),
        (format!("{} == null", a("nothing.below.that")), "finding"),
        (format!("{} == null", a("null.below")), "finding"),
        ("store.attributes[\"nothing\"] == null".into(), "finding"),
    ] {
        assert_eq!(outcome("true", &when), expected, "{when}");
        // `where && when`: the same, wherever it stands.
        assert_eq!(outcome(&when, "true"), expected, "where {when}");
    }
    assert_eq!(outcome("store.attributes.a", "store.attributes.f"), "clean");
    assert_eq!(outcome("store.attributes.f", "store.attributes.a"), "clean");
    assert_eq!(outcome("store.attributes.b", "store.attributes.a"), "undecided: var.a; var.b");
    assert_eq!(outcome("store.attributes.t", "store.attributes.a"), "undecided: var.a");
}

#[test]
fn a_mistake_of_the_rule_is_undecided_and_says_so_with_its_place() {
    let at = "undecided: rule-error rule `my-rule`, ";
    for (when, expected) in [
        ("store.name + 1 == 2", format!("{at}0.yaml:11:3: a number is required")),
        ("store.parent.x == 1", "is refused when it is loaded".into()),
        ("[for c in store.copies : c][0].locked", format!("{at}0.yaml:11:3: no such index")),
        ("store.attributes.null", format!("{at}0.yaml:11:3: it gives null")),
        ("lower(\"x\")", format!("{at}0.yaml:11:3: it gives no boolean")),
        ("max() == 1", format!("{at}0.yaml:11:3: wrong number of arguments for `max`")),
        // Decided all the same by the other side.
        ("store.attributes.f && max() == 1", "clean".into()),
        ("max() == 1 || store.attributes.t", "finding".into()),
    ] {
        if expected.starts_with("is refused") {
            assert!(RuleSet::default().add_dir("", &[("0.yaml".into(), rule("true", when, "x"))]).is_err());
            continue;
        }
        assert_eq!(outcome("true", when), expected, "{when}");
    }
    let found = run(&rule("true", "max() == 1", "x"), &[half_known(&project())]);
    assert_eq!(found[0].persona, Persona::Pedantic, "shown to whom the rule is for");
    assert!(found[0].reasons.iter().all(|r| r.span.is_none()), "no place in the rule is taken for one in a file");
    let unknown = run(&rule("true", "store.attributes.a", "x"), &[half_known(&project())]);
    assert_eq!(unknown[0].persona, Persona::Auditor);
    assert!(unknown[0].reasons[0].span.is_some());
}

#[test]
fn steps_are_limited() {
    let many = "length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]) == 0";
    let started = std::time::Instant::now();
    let found = outcome("true", many);
    assert!(found.contains("rule-error") && found.contains("too many steps"), "{found}");
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn texts_never_change_an_outcome() {
    let text = |message: &str| {
        let found = run(&rule("true", "true", message), &[half_known(&project())]);
        assert_eq!(found[0].outcome, Outcome::Finding, "{message}");
        found[0].message.clone()
    };
    assert_eq!(text("a ${store.attributes.a} b"), "a (unknown) b");
    assert_eq!(text("a ${store.attributes.a && store.attributes.f} b"), "a false b");
    assert_eq!(text("${store.parent}"), "(none)");
    assert_eq!(text("${store.name}"), "main");
    assert_eq!(text("no $${store.name}, 3 %%{ signs"), "no ${store.name}, 3 %{ signs");
    assert_eq!(text("\\n stays"), "\\n stays");
    assert_eq!(text("%{ if store.attributes.t }yes%{ else }no%{ endif }"), "yes");
    assert_eq!(text("%{ if store.attributes.a }yes%{ else }no%{ endif }"), "no");
    assert_eq!(text("%{ for x in store.destroyed_by }<${x}>%{ endfor }"), "<DeleteDBInstance>");
    assert_eq!(text("%{ for i, x in store.destroyed_by }${i}${x}%{ endfor }"), "0DeleteDBInstance");
    assert_eq!(text("${join(\", \", [for x in store.destroyed_by : lower(x)])}"), "deletedbinstance");
    assert_eq!(text("${store.attributes.secret}"), "(sensitive)");
    assert_eq!(text("${upper(store.attributes.secret)}"), "(sensitive)");
    assert_eq!(text("%{ for x in [store.attributes.secret] }${x}%{ endfor }"), "(sensitive)");
    assert_eq!(text("${store.name + 1}"), "(error)");
    assert_eq!(text("${store.guards}"), "(error)");
    let mut odd = half_known(&project());
    odd.value = with(&odd.value, "name", Value::string("x\n::error::y\r\n"));
    let found = run(&rule("true", "true", "a ${store.name}"), &[odd]);
    assert_eq!(found[0].message, "a x ::error::y", "a message is one line");
}

#[test]
fn the_final_newline_of_a_template_is_dropped_and_no_other() {
    let two = RIGHT.replace(
        "  Set `${store.guards.api.attribute} = ${store.guards.api.safe}`.\n",
        "  One.\n\n  Two ${store.name}.\n",
    );
    let found = run(&two, &[store(&project(), "main.tf", "a.main", Value::bool(false))]);
    assert_eq!(found[0].help, "One.\n\nTwo main.");
}

#[test]
fn severity_persona_and_confidence_follow_rule_and_fact() {
    let severe = RIGHT.replace("severity: warning\npersona: pedantic", "severity: error\nconfidence: medium");
    let mut rebuildable = store(&project(), "main.tf", "a.main", Value::bool(false));
    rebuildable.stakes = Stakes::Rebuildable;
    let mut exposed = rebuildable.clone();
    exposed.stakes = Stakes::Exposed;
    let loss = store(&project(), "main.tf", "a.main", Value::bool(false));
    let mut library = loss.clone();
    library.library = true;
    let mut low = loss.clone();
    low.confidence = Confidence::Low;
    for (fact, severity, persona, confidence) in [
        (&loss, Severity::Error, Persona::Regular, Confidence::Medium),
        (&exposed, Severity::Warning, Persona::Regular, Confidence::Medium),
        (&rebuildable, Severity::Note, Persona::Pedantic, Confidence::Medium),
        (&library, Severity::Error, Persona::Pedantic, Confidence::Medium),
        (&low, Severity::Error, Persona::Pedantic, Confidence::Low),
    ] {
        let found = run(&severe, std::slice::from_ref(fact));
        assert_eq!((found[0].severity, found[0].persona, found[0].confidence), (severity, persona, confidence));
        // The rule's own is the highest.
        let found = run(RIGHT, std::slice::from_ref(fact));
        assert_eq!(found[0].severity, severity.min(Severity::Warning));
        assert_eq!(found[0].persona, Persona::Pedantic);
    }
    let mut chosen = set(&[&severe]);
    assert!(chosen.set_severity("my-rule", Severity::Note) && !chosen.set_severity("no-rule", Severity::Note));
    let found = evaluate(&chosen, &[loss], &Options::new(&project().sources));
    assert_eq!(found[0].severity, Severity::Note);
}

#[test]
fn what_is_not_deployed_is_hidden_except_a_credential() {
    let mut undeployed = store(&project(), "main.tf", "a.main", Value::bool(false));
    undeployed.undeployed = true;
    assert_eq!(run(RIGHT, &[undeployed])[0].hidden, Some(Hidden::Undeployed));
    let p = project();
    let mut token = fact("credential", "credential:main.tf#X", p.place("main.tf", "main"));
    token.undeployed = true;
    let about_tokens = "id: t\ntitle: t\nseverity: error\nfor: credential\nwhen: |\n  true\nat: credential.place\nmessage: |\n  m\nwhy: w\nhelp: |\n  h\nexamples:\n  bad: [{name: a, files: {a: b}, expect: [{path: a, line: 1}]}]\n  good: [{name: a, files: {a: b}}]\n";
    assert_eq!(run(about_tokens, &[token])[0].hidden, None);
}

#[test]
fn only_facts_of_its_kind_and_the_place_it_names() {
    let p = project();
    let grant = fact("grant", "cursor:x#y[curl]", p.place("main.tf", "main"));
    assert!(run(&rule("true", "true", "x"), &[grant]).is_empty());
    let plain = store(&p, "main.tf", "a.main", Value::bool(false));
    assert_eq!(
        run(RIGHT, std::slice::from_ref(&plain))[0].place.span,
        p.span("main.tf", "deletion_protection = false")
    );
    // Where the place isn't there the fact's own serves.
    let mut without = plain;
    without.value = with(&without.value, "guards.api.place", Value::null());
    assert_eq!(run(RIGHT, &[without])[0].place.span, p.span("main.tf", "resource"));
}

/// Printed with `--nocapture`: what the embedded rules cost before anything is looked at, and on a fact.
#[test]
fn the_embedded_rules_cost_next_to_nothing() {
    let p = project();
    let fact = store(&p, "main.tf", "aws_db_instance.main", Value::bool(true));
    let time = |run: &dyn Fn()| {
        (0..50)
            .map(|_| {
                let started = std::time::Instant::now();
                run();
                started.elapsed()
            })
            .min()
            .unwrap()
    };
    let index = time(&|| drop(RuleSet::embedded()));
    let first = time(&|| drop(evaluate(&RuleSet::embedded(), std::slice::from_ref(&fact), &Options::new(&p.sources))));
    let rules = RuleSet::embedded();
    let again = time(&|| drop(evaluate(&rules, std::slice::from_ref(&fact), &Options::new(&p.sources))));
    println!("index {index:?}, index and first store {first:?}, a further store {again:?}");
    assert!(index.as_millis() < 5 && first.as_millis() < 20, "{index:?} {first:?}");
}

#[test]
fn gaps_between_facts_and_their_declaration_are_found() {
    use lastcopy::rules::check::gaps;
    let p = project();
    let fact = store(&p, "main.tf", "a.main", Value::bool(false));
    assert_eq!(gaps("store", &fact.value), [""; 0]);
    let wrong = with(&fact.value, "guards.api.on", Value::string("yes"));
    let wrong = with(&wrong, "destroyed_by", list(vec![Value::int(1)]));
    let wrong = with(&wrong, "makes", object(vec![]));
    let found = gaps("store", &wrong);
    assert!(found.contains(&"store.guards.api.on: not true or false".to_owned()), "{found:?}");
    assert!(found.contains(&"store.destroyed_by[]: not a text".to_owned()), "{found:?}");
    assert!(found.contains(&"store.makes.automated: missing".to_owned()), "{found:?}");
}
