//! Plans and states: what `terraform show -json` writes, read and laid over the source. The real ones were made by
//! testdata/plans/record.py.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use lastcopy::expr::functions::encoding::json_text;
use lastcopy::expr::{Kind, Value};
use lastcopy::source::{Source, SourceId};
use lastcopy::syntax::document::{self, Document};
use lastcopy::syntax::{Problem, json};
use lastcopy::terraform::plan::{Act, Plan, ROLE, bytes, read, without_keys};
use lastcopy::terraform::{Evaluated, Evaluation, Options, PlanOf, Resource, evaluate_all};
use lastcopy::workspace::{Format, Given, Workspace, in_memory_with};
use serde_json::{Value as Json, json};

const CASES: [&str; 6] = ["destroyed", "errored", "everything", "read", "reasons", "targeted"];

fn recorded(case: &str, file: &str) -> String {
    std::fs::read_to_string(format!("{}/testdata/plans/{case}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn parsed(text: &str) -> Result<Plan, Problem> {
    let source = Source::new(SourceId(0), "plan.json", text);
    read(&source, &json::parse(&source))
}

/// A project in memory, and plans handed in for it.
fn project(files: &[(&str, &str)], plans: &[(&str, &str)]) -> Workspace {
    let files: BTreeMap<String, String> = files.iter().map(|(p, t)| ((*p).into(), (*t).into())).collect();
    let given: Vec<Given> = plans
        .iter()
        .map(|(p, t)| Given { path: (*p).into(), text: (*t).into(), role: ROLE, format: Format::Json })
        .collect();
    in_memory_with(&files, &given)
}

fn evaluated(workspace: &Workspace, plans: &[(Option<&str>, &str)]) -> Evaluated {
    let documents: Vec<Document> = workspace.files.iter().map(document::parse).collect();
    let hcl: HashMap<_, _> = workspace
        .files
        .iter()
        .filter_map(|f| match &documents[f.source.id.0 as usize] {
            Document::Hcl(file) => Some((f.source.id, Arc::clone(file))),
            _ => None,
        })
        .collect();
    let plans = plans
        .iter()
        .map(|(root, path)| {
            let file = workspace.by_path(path).unwrap();
            let plan = read(&file.source, documents[file.source.id.0 as usize].tree().unwrap()).unwrap();
            PlanOf { root: root.map(Into::into), plan: Arc::new(plan) }
        })
        .collect();
    evaluate_all(workspace, &hcl, &Options { plans, ..Options::default() }, &lastcopy::knowledge::Knowledge::embedded())
}

/// A case's source with its plan.
fn case(name: &str, dir: &str) -> (Workspace, Evaluation) {
    let mut files = Vec::new();
    let base = std::path::PathBuf::from(format!("{}/testdata/plans/{name}/{dir}", env!("CARGO_MANIFEST_DIR")));
    for sub in ["", "mod/"] {
        for entry in std::fs::read_dir(base.join(sub)).into_iter().flatten().map(Result::unwrap) {
            let file = entry.file_name().into_string().unwrap();
            if file.ends_with(".tf") {
                files.push((format!("{sub}{file}"), std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let workspace = project(&files, &[("plan.json", &recorded(name, "plan.json"))]);
    let mut all = evaluated(&workspace, &[(None, "plan.json")]);
    assert!(all.refused.is_empty(), "{name}: {:?}", all.refused);
    // What isn't called any more is a root of its own.
    all.evaluations.retain(|e| e.planned.is_some());
    assert_eq!(all.evaluations.len(), 1, "{name}");
    (workspace, all.evaluations.remove(0))
}

fn one<'a>(resources: &'a [Resource], address: &str) -> &'a Resource {
    let mut found = resources.iter().filter(|r| r.address == address);
    let first = found.next().unwrap_or_else(|| panic!("no {address}"));
    assert!(found.next().is_none(), "{address} twice");
    first
}

/// What differs between a value and what a plan tells of it, with its marks.
fn differs(path: &str, value: &Value, told: Option<&Json>, unknown: &Json, sensitive: &Json, wrong: &mut Vec<String>) {
    let mut say = |what: &str| wrong.push(format!("{path}: {what}"));
    if (*sensitive == json!(true)) && !value.sensitive {
        say("isn't sensitive");
    }
    if *unknown == json!(true) {
        if !value.has_unknown() {
            say("is known");
        }
        return;
    }
    match told {
        Some(Json::Array(items)) => {
            let ours = value.items().unwrap_or_default();
            if ours.len() != items.len() {
                return say("isn't as long");
            }
            for (i, item) in items.iter().enumerate() {
                differs(&format!("{path}[{i}]"), &ours[i], Some(item), &unknown[i], &sensitive[i], wrong);
            }
        }
        Some(Json::Object(fields)) => {
            for (key, told) in fields {
                match value.field(key) {
                    Some(ours) => {
                        differs(&format!("{path}.{key}"), ours, Some(told), &unknown[key], &sensitive[key], wrong);
                    }
                    None => wrong.push(format!("{path}.{key}: isn't there")),
                }
            }
        }
        told => {
            let theirs = told.cloned().unwrap_or(Json::Null);
            if value.is_unknown() || serde_json::from_str::<Json>(&json_text(value)).unwrap() != theirs {
                say("is something else");
            }
        }
    }
}

#[test]
fn every_value_of_a_real_plan_with_its_marks() {
    let mut compared = 0;
    for name in CASES {
        let plan: Json = serde_json::from_str(&recorded(name, "plan.json")).unwrap();
        let dir = if ["destroyed", "read"].contains(&name) { "before" } else { "after" };
        let (_, evaluation) = case(name, dir);
        assert_eq!(evaluation.environment, "plan");
        let planned = evaluation.planned.as_ref().unwrap();
        let mut wrong = Vec::new();
        for change in plan["resource_changes"].as_array().unwrap() {
            let address = change["address"].as_str().unwrap();
            let actions = &change["change"]["actions"];
            let gone = *actions == json!(["delete"]) || *actions == json!(["forget"]);
            assert_eq!(evaluation.resources.iter().any(|r| r.address == address), !gone, "{name} {address}");
            let sides = [
                ("after", &evaluation.resources, &change["change"]["after_unknown"]),
                ("before", &planned.before.resources, &Json::Null),
            ];
            for (side, resources, unknown) in sides {
                let Some(told) = change["change"][side].as_object() else { continue };
                let block = &one(resources, address).block;
                let sensitive = &change["change"][format!("{side}_sensitive")];
                let unknown_too = unknown.as_object().into_iter().flatten().map(|(k, _)| k);
                for key in told.keys().chain(unknown_too) {
                    compared += 1;
                    let path = format!("{name} {side} {address}.{key}");
                    match block.attributes.get(key.as_str()) {
                        Some(a) => differs(&path, &a.value, told.get(key), &unknown[key], &sensitive[key], &mut wrong),
                        None if told.get(key).is_none_or(Json::is_null) && unknown[key] != json!(true) => {}
                        None => wrong.push(format!("{path}: isn't there")),
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn what_is_done_and_why() {
    let told = |name: &str| -> Vec<String> {
        let plan = parsed(&recorded(name, "plan.json")).unwrap();
        let one = |a: &lastcopy::terraform::plan::Action| {
            format!("{} {:?} {} {}", a.address, a.act, a.forced_by.join(","), a.why.unwrap_or("-"))
        };
        plan.actions.iter().filter(|a| a.act != Act::Nothing).map(one).collect()
    };
    assert_eq!(
        told("everything"),
        [
            "terraform_data.a Replace triggers_replace it can't be changed in place",
            "terraform_data.c[0] Replace triggers_replace it can't be changed in place",
            "terraform_data.c[1] Destroy  its count is too small for it",
            "terraform_data.dep Update  -",
            "terraform_data.forgotten Forget  its block isn't there any more",
            "terraform_data.gone Destroy  its block isn't there any more",
            "terraform_data.rem Destroy  its block isn't there any more",
            "module.m[\"one\"].terraform_data.inner Update  -",
            "module.m[\"two\"].terraform_data.inner Update  -",
        ]
    );
    assert_eq!(
        told("reasons"),
        [
            "terraform_data.asked Replace  its replacement was asked for",
            "terraform_data.counted[1] Destroy  its count is too small for it",
            "terraform_data.keys[\"b\"] Destroy  its key isn't in for_each any more",
            "terraform_data.repeated[0] Create  -",
            "terraform_data.repeated[\"a\"] Destroy  its count or for_each isn't that of its key",
            "terraform_data.tainted Replace  it is tainted",
            "terraform_data.trigger Update  -",
            "terraform_data.triggered Replace  what its replace_triggered_by names changes",
            "module.gone.terraform_data.inner Destroy  its block isn't there any more",
        ]
    );
    let plan = parsed(&recorded("everything", "plan.json")).unwrap();
    let moved = plan.actions.iter().find(|a| a.address == "terraform_data.new").unwrap();
    assert_eq!((moved.previous.as_deref(), moved.act), (Some("terraform_data.old"), Act::Nothing));
}

#[test]
fn a_plan_that_is_not_whole_says_so_and_what_it_leaves_out_stays() {
    for (name, message) in [("targeted", "the plan isn't complete"), ("errored", "the plan ended in an error")] {
        let (_, evaluation) = case(name, "after");
        assert!(
            evaluation.problems.iter().any(|p| p.kind == "plan-incomplete" && p.message.contains(message)),
            "{name}"
        );
    }
    let (_, evaluation) = case("targeted", "after");
    let kept = one(&evaluation.resources, "terraform_data.b");
    assert_eq!(kept.block.attributes["input"].value.as_str(), Some("b"), "as it is, not as the source would have it");
    let (_, evaluation) = case("everything", "after");
    assert!(evaluation.problems.is_empty(), "{:?}", evaluation.problems);
}

#[test]
fn places_are_those_of_the_source() {
    let (workspace, evaluation) = case("everything", "after");
    let text = |span| workspace.sources.slice(span).to_owned();
    let a = one(&evaluation.resources, "terraform_data.a");
    assert_eq!(text(a.block.header), "resource \"terraform_data\" \"a\"");
    assert_eq!(text(a.block.attributes["triggers_replace"].span), "triggers_replace = [var.n]");
    assert!(a.block.attributes["input"].written && !a.block.attributes["id"].written);
    let inner = one(&evaluation.resources, "module.m[\"two\"].terraform_data.inner");
    assert_eq!(workspace.sources.path(inner.block.header), "mod/main.tf");
    assert_eq!(inner.callers.len(), 1);
    assert_eq!(inner.address_without_keys, "module.m.terraform_data.inner");
    // What is gone from the source stands in the plan.
    let before = &evaluation.planned.as_ref().unwrap().before.resources;
    let gone = one(before, "terraform_data.gone");
    assert_eq!(text(gone.block.header), "\"terraform_data.gone\"");
    assert!(!before.iter().any(|r| r.address == "terraform_data.old"), "it is told by its new address");
}

#[test]
fn data_that_was_read_and_data_that_will_be() {
    let (_, evaluation) = case("read", "before");
    let read = one(&evaluation.resources, "data.terraform_remote_state.other");
    let outputs = &read.block.attributes["outputs"].value;
    assert_eq!(outputs.field("name").and_then(Value::as_str), Some("remote"));
    let later = one(&evaluation.resources, "data.terraform_remote_state.deferred");
    assert!(later.block.attributes["outputs"].value.is_unknown());
    let root = evaluation.modules.iter().find(|m| m.address.is_empty()).unwrap();
    let list = root.outputs["list"].items().unwrap();
    assert!(list[0].is_unknown() && list[1].as_str() == Some("known"));
}

#[test]
fn a_state_is_what_is_there() {
    for name in CASES {
        let state = recorded(name, "state.json");
        let workspace = project(&[], &[("state.json", &state)]);
        let all = evaluated(&workspace, &[(None, "state.json")]);
        let evaluation = &all.evaluations[0];
        let json: Json = serde_json::from_str(&state).unwrap();
        for told in json["values"]["root_module"]["resources"].as_array().unwrap() {
            let resource = one(&evaluation.resources, told["address"].as_str().unwrap());
            let mut wrong = Vec::new();
            for (key, value) in told["values"].as_object().unwrap().iter().filter(|(_, v)| !v.is_null()) {
                let ours = &resource.block.attributes[key.as_str()].value;
                differs(key, ours, Some(value), &Json::Null, &told["sensitive_values"][key], &mut wrong);
            }
            assert!(wrong.is_empty(), "{name}: {wrong:?}");
        }
        assert!(evaluation.planned.as_ref().unwrap().plan.actions.is_empty());
    }
}

#[test]
fn secrets_are_known_by_their_places() {
    let text = recorded("everything", "plan.json");
    let plan = parsed(&text).unwrap();
    let secrets: Vec<&str> = plan.secrets.iter().map(|s| &text[s.range()]).collect();
    assert!(secrets.len() >= 5 && secrets.iter().all(|s| *s == "\"hunter2-s3cret\""), "{secrets:?}");
    // Nothing of a value stands outside what isn't shown.
    for (at, _) in text.match_indices("hunter2") {
        assert!(plan.private.iter().any(|p| p.range().contains(&at)), "{at}: {}", &text[at.saturating_sub(80)..at]);
    }
}

/// A plan by hand: resources as (address, actions, before, after, unknown).
fn plan_of(changes: &[Json], declared: &[&str]) -> String {
    let resource = |address: &&str| {
        let own = without_keys(address);
        let parts: Vec<&str> = own.split('.').collect();
        json!({"address": own, "mode": "managed", "type": parts[parts.len() - 2], "name": parts[parts.len() - 1]})
    };
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": declared.iter().map(resource).collect::<Vec<_>>()}},
    })
    .to_string()
}

fn change(address: &str, actions: Json, before: Json, after: Json) -> Json {
    let own = without_keys(address);
    let mut parts = own.rsplit('.');
    let (name, kind) = (parts.next().unwrap(), parts.next().unwrap());
    json!({
        "address": address, "mode": "managed", "type": kind, "name": name,
        "provider_name": format!("registry.terraform.io/hashicorp/{}", kind.split('_').next().unwrap()),
        "change": {
            "actions": actions, "before": before, "after": after,
            "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {},
        },
    })
}

#[test]
fn blocks_are_laid_over_blocks_and_references_stay() {
    let source = r#"
resource "aws_db_instance" "main" {
  identifier = "orders"
}
resource "aws_backup_selection" "all" {
  name      = "all"
  resources = ["arn:aws:rds:eu-west-1:1:db:other", aws_db_instance.main.arn]
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "yes"
  }
  dynamic "selection_tag" {
    for_each = aws_db_instance.main.tags_all
    content {
      type  = "STRINGEQUALS"
      key   = selection_tag.key
      value = selection_tag.value
    }
  }
  lifecycle {
    prevent_destroy = true
  }
}
"#;
    let arn = "arn:aws:rds:eu-west-1:1:db:orders";
    let db = json!({"identifier": "orders", "arn": arn, "deletion_protection": false, "tags_all": {"a": "b"}, "domain": null, "restore": []});
    let selection = json!({
        "name": "all", "resources": [arn, "arn:aws:rds:eu-west-1:1:db:other"],
        "selection_tag": [
            {"type": "STRINGEQUALS", "key": "a", "value": "b"},
            {"type": "STRINGEQUALS", "key": "backup", "value": "yes"},
        ],
    });
    let plan = plan_of(
        &[
            change("aws_db_instance.main", json!(["no-op"]), db.clone(), db),
            change("aws_backup_selection.all", json!(["create"]), Json::Null, selection),
        ],
        &["aws_db_instance.main", "aws_backup_selection.all"],
    );
    let workspace = project(&[("main.tf", source)], &[("plan.json", &plan)]);
    let all = evaluated(&workspace, &[(None, "plan.json")]);
    let evaluation = &all.evaluations[0];
    let selection = one(&evaluation.resources, "aws_backup_selection.all");
    let resources = selection.block.attributes["resources"].value.items().unwrap();
    assert_eq!(resources[0].as_str(), Some(arn), "the plan's order");
    let origin = resources[0].origin.as_ref().unwrap();
    assert_eq!(origin.what.as_str(), "aws_db_instance.main.arn", "what it refers to is found by its value");
    let tags: Vec<_> = selection.block.blocks_of("selection_tag").collect();
    let keys: Vec<_> = tags.iter().map(|t| t.attributes["key"].value.as_str().unwrap()).collect();
    assert_eq!(keys, ["a", "backup"]);
    assert_eq!(workspace.sources.slice(tags[1].attributes["key"].span), "key   = \"backup\"");
    assert!(selection.block.unknown_blocks.is_empty(), "the plan knows them all");
    assert_eq!(selection.prevent_destroy.as_bool(), Some(true));
    let db = one(&evaluation.resources, "aws_db_instance.main");
    assert!(db.block.attributes.get("domain").is_none() && db.block.attributes.get("restore").is_none());
    assert_eq!(db.block.attributes["deletion_protection"].value.as_bool(), Some(false));
    assert!(!db.block.attributes["deletion_protection"].written);
}

#[test]
fn the_root_is_the_one_that_declares_the_resources() {
    let one = "resource \"a_b\" \"c\" {}\nresource \"a_b\" \"d\" {}\n";
    let other = "resource \"a_b\" \"c\" {}\nresource \"a_b\" \"e\" {}\n";
    let module = "resource \"x_y\" \"z\" {}\n";
    let call = "module \"m\" {\n  source = \"../mod\"\n}\n";
    let files = [("one/main.tf", one), ("two/main.tf", other), ("three/main.tf", call), ("mod/main.tf", module)];
    let root = |declared: &[&str], of: Option<&str>| {
        let plain: Vec<&str> = declared.iter().copied().filter(|d| *d != "module").collect();
        let mut plan: Json = serde_json::from_str(&plan_of(&[], &plain)).unwrap();
        if declared == ["module"] {
            plan["configuration"]["root_module"] = json!({"module_calls": {"m": {"source": "../mod", "module": {
                "resources": [{"address": "x_y.z", "mode": "managed", "type": "x_y", "name": "z"}]}}}});
        }
        let workspace = project(&files, &[("p.json", &plan.to_string())]);
        let all = evaluated(&workspace, &[(of, "p.json")]);
        let found: Vec<&str> =
            all.evaluations.iter().filter(|e| e.planned.is_some()).map(|e| e.root.as_str()).collect();
        match all.refused.as_slice() {
            [] => Ok(found.join(",")),
            [refused] => Err(refused.message.clone()),
            more => panic!("{more:?}"),
        }
    };
    assert_eq!(root(&["a_b.c", "a_b.d"], None), Ok("one".into()));
    assert_eq!(root(&["a_b.c", "a_b.e"], None), Ok("two".into()));
    assert_eq!(root(&["module"], None), Ok("three".into()));
    assert_eq!(root(&["a_b.c", "a_b.d", "a_b.new"], None), Ok("one".into()), "either may have changed a little since");
    let several = root(&["a_b.c"], None).unwrap_err();
    assert!(
        several.contains("may be of any of the root modules `one`, `two`: say which, with --plan ROOT=FILE"),
        "{several}"
    );
    assert_eq!(root(&["a_b.c"], Some("two")), Ok("two".into()));
    assert_eq!(root(&["a_b.c"], Some("mod")), Ok("mod".into()), "a module may be planned for itself");
    let none = root(&["q_r.s", "q_r.t", "a_b.c"], None).unwrap_err();
    assert!(
        none.contains("no root module here declares the plan's resources (there are `one`, `three`, `two`)"),
        "{none}"
    );
    let missing = root(&["a_b.c"], Some("nowhere")).unwrap_err();
    assert!(missing.contains("`nowhere` is no Terraform root module (there are `one`, `three`, `two`)"), "{missing}");
    assert!(root(&[], None).unwrap_err().contains("may be of any"), "nothing tells");
}

#[test]
fn two_plans_of_one_root_are_one_too_many_and_of_two_are_two() {
    let plan = |name: &str| plan_of(&[], &[name]);
    let files = [("one/main.tf", "resource \"a_b\" \"c\" {}\n"), ("two/main.tf", "resource \"a_b\" \"d\" {}\n")];
    let (c, d) = (plan("a_b.c"), plan("a_b.d"));
    let workspace = project(&files, &[("1.json", &c), ("2.json", &d), ("3.json", &c)]);
    let all = evaluated(&workspace, &[(None, "1.json"), (None, "2.json")]);
    assert!(all.refused.is_empty() && all.evaluations.iter().all(|e| e.environment == "plan"));
    let all = evaluated(&workspace, &[(None, "1.json"), (None, "3.json")]);
    assert!(all.refused[0].message.contains("another plan is of the root module `one` too"), "{:?}", all.refused);
}

#[test]
fn environments_of_other_roots_stay() {
    let files = [
        ("one/main.tf", "variable \"v\" {}\nresource \"a_b\" \"c\" {\n  v = var.v\n}\n"),
        ("one/envs/prod.tfvars", "v = 1\n"),
        ("one/envs/dev.tfvars", "v = 2\n"),
        ("two/main.tf", "variable \"v\" {}\nresource \"a_b\" \"d\" {}\n"),
        ("two/envs/prod.tfvars", "v = 1\n"),
    ];
    let plan = plan_of(&[change("a_b.c", json!(["create"]), Json::Null, json!({"v": "3"}))], &["a_b.c"]);
    let workspace = project(&files, &[("p.json", &plan)]);
    let all = evaluated(&workspace, &[(None, "p.json")]);
    let told: Vec<String> = all.evaluations.iter().map(|e| format!("{} {}", e.root, e.environment)).collect();
    assert_eq!(told, ["one plan", "two prod"]);
}

#[test]
fn what_it_is_instead_is_told_with_its_place() {
    let message = |text: &str| {
        let source = Source::new(SourceId(0), "plan.json", text);
        let problem = parsed(text).unwrap_err();
        let at = source.position(problem.span.start);
        format!("{}:{} {}", at.line, at.column, problem.message)
    };
    let raw =
        "{\"version\": 4, \"terraform_version\": \"1.11.4\", \"serial\": 3, \"lineage\": \"x\", \"resources\": []}";
    for (text, wanted) in [
        ("", "1:1 the file is empty"),
        ("[]", "1:1 not a plan: `terraform show -json` writes an object"),
        ("{}", "1:1 neither a plan nor a state: `terraform show -json` writes a format_version"),
        (raw, "1:1 this is a state as Terraform keeps it; run `terraform show -json"),
        ("{\n \"format_version\": \"2.0\"}", "2:20 format version 2.0 isn't known"),
        ("{\"format_version\": 1.2}", "1:20 format_version isn't a string"),
        ("{\"format_version\": \"new\"}", "1:20 format_version isn't a version"),
        ("{\"format_version\": \"1.\"}", "1:20 format_version isn't a version"),
        ("{\"format_version\": \"1.0\"}", "1:1 neither a plan nor a state: there are no planned_values"),
        ("{\"format_version\": \"1.0\", \"valid\": true}", "1:1 neither a plan nor a state"),
        ("{\"@level\":\"info\"}\n{\"@level\":\"info\"}\n", "2:1 this is the log that `terraform plan -json` prints"),
        ("Terraform will perform the following actions:", "1:1 this is a plan as people read it"),
        ("{\"format_version\": \"1.2\", ", "1:1 not JSON, or not all of it"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": {}}", "1:47 resource_changes isn't a list"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": [{}]}", "1:48 a resource without `address`"),
        (
            "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"a.b\", \"type\": \"a\", \"name\": \"b\"}]}",
            "1:48 a resource without its `change`",
        ),
        (
            "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"a.b\", \"type\": \"a\", \"name\": \"b\", \"change\": {}}]}",
            "1:103 a change without `actions`",
        ),
        (
            "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"a.b\", \"type\": \"a\", \"name\": \"b\", \"change\": {\"actions\": [\"burn\"]}}]}",
            "1:115 actions that aren't known",
        ),
    ] {
        let told = message(text);
        assert!(told.starts_with(wanted), "{text}\n  {told}");
    }
    assert!(parsed("{\"format_version\": \"0.2\", \"planned_values\": {}}").is_ok());
    assert!(parsed("{\"format_version\": \"1.9\", \"planned_values\": {}}").is_ok());
}

#[test]
fn bytes_that_are_no_text() {
    let zip = bytes(b"PK\x03\x04\x14\0\x08", "out/tfplan").unwrap_err();
    assert!(zip.contains("run `terraform show -json out/tfplan > plan.json`"), "{zip}");
    assert!(bytes(b"{\xff}", "x").unwrap_err().contains("is not UTF-8 text (byte 1)"));
    let wide: Vec<u8> = "\u{feff}{\"é\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(bytes(&wide, "x").unwrap(), "{\"é\"}", "as PowerShell's `>` writes it");
    let big: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(bytes(&big, "x").unwrap(), "{}");
    assert!(bytes(b"\xff\xfe\x00\xd8", "x").unwrap_err().contains("UTF-16"));
}

#[test]
fn whatever_is_in_it_nothing_breaks() {
    let whole = recorded("everything", "plan.json");
    for end in (0..whole.len()).step_by(97) {
        if let Some(cut) = whole.get(..end) {
            assert!(parsed(cut).is_err(), "{end}");
        }
    }
    // Any part of a plan may be anything.
    let base: Json = serde_json::from_str(&whole).unwrap();
    let mut paths = Vec::new();
    pointers(&base, String::new(), 5, &mut paths);
    assert!(paths.len() > 300, "{}", paths.len());
    let odd =
        [json!(null), json!(true), json!(-1e300), json!("\u{202e}::error::x"), json!([[]]), json!({"": {"": []}})];
    for (index, path) in paths.iter().enumerate().skip(1).step_by(2) {
        let mut changed = base.clone();
        *changed.pointer_mut(path).unwrap() = odd[index % odd.len()].clone();
        let text = changed.to_string();
        if parsed(&text).is_ok() {
            let workspace = project(&[("main.tf", "resource \"terraform_data\" \"a\" {}\n")], &[("p.json", &text)]);
            evaluated(&workspace, &[(Some("."), "p.json")]);
        }
    }
    for deep in [500, 600, 100_000] {
        let nested = format!("{}1{}", "[".repeat(deep), "]".repeat(deep));
        let text = format!(
            "{{\"format_version\": \"1.2\", \"resource_changes\": [{{\"address\": \"a.b\", \"type\": \"a\", \"name\": \"b\", \
             \"change\": {{\"actions\": [\"update\"], \"before\": {{\"x\": {nested}}}, \"after\": {{\"x\": {nested}}}}}}}]}}"
        );
        assert_eq!(parsed(&text).is_ok(), deep == 500, "{deep}");
    }
}

fn pointers(value: &Json, at: String, depth: usize, found: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    let mut add = |key: &str, inner: &Json| {
        let path = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(path.clone());
        pointers(inner, path, depth - 1, found);
    };
    match value {
        Json::Object(fields) => fields.iter().for_each(|(k, v)| add(k, v)),
        Json::Array(items) => items.iter().enumerate().for_each(|(i, v)| add(&i.to_string(), v)),
        _ => {}
    }
}

#[test]
fn a_big_plan_takes_no_time() {
    let changes: Vec<Json> = (0..1_500)
        .map(|i| {
            let values = json!({"bucket": format!("b{i}"), "tags": {"a": "b"}, "rule": [{"id": i}, {"id": i + 1}]});
            change(&format!("aws_s3_bucket.b[{i}]"), json!(["no-op"]), values.clone(), values)
        })
        .collect();
    let plan = plan_of(&changes, &["aws_s3_bucket.b"]);
    let source = "resource \"aws_s3_bucket\" \"b\" {\n  count = 1500\n  bucket = \"b${count.index}\"\n}\n";
    let workspace = project(&[("main.tf", source)], &[("p.json", &plan)]);
    let start = std::time::Instant::now();
    let all = evaluated(&workspace, &[(None, "p.json")]);
    assert_eq!(all.evaluations[0].resources.len(), 1_500);
    // Unoptimised, on a busy machine; what must not happen is quadratic.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    let wide: BTreeMap<String, u32> = (0..50_000).map(|i| (format!("k{i}"), i)).collect();
    let plan = plan_of(&[change("a_b.c", json!(["update"]), json!({"x": wide}), json!({"x": wide}))], &["a_b.c"]);
    let start = std::time::Instant::now();
    let plan = parsed(&plan).unwrap();
    assert!(matches!(&plan.after[0].values["x"].kind, Kind::Object(fields) if fields.len() == 50_000));
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
