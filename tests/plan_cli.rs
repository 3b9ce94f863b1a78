//! Plans, files of variables and `TF_VAR_…` as a person or a CI runner hands them in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value as Json, json};

const SECRET: &str = "correct-horse-battery";

fn run(dir: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
    command.args(arguments).current_dir(dir).env_remove("NO_COLOR").env("COLUMNS", "200");
    command.envs(env.iter().copied()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A project on disk.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("lastcopy.yaml", "root: true\n")]);
    write(dir.path(), files);
    dir
}

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// `rule severity path:line address` of each finding.
fn told(output: &Output) -> Vec<String> {
    let json: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(output)));
    let one = |f: &Json| {
        let text = |key: &str| f[key].as_str().unwrap().to_owned();
        format!("{} {} {}:{} {}", text("rule"), text("severity"), text("path"), f["line"], text("address"))
    };
    let mut all: Vec<String> = json["findings"].as_array().unwrap().iter().map(one).collect();
    all.sort();
    all
}

fn changes(dir: &Path, arguments: &[&str]) -> Vec<String> {
    let select = "store-destroyed,store-replaced,guard-lifted,backup-shortened";
    let mut all = vec!["check", "--format", "json", "--persona", "pedantic", "--select", select];
    all.extend(arguments);
    told(&run(dir, &all, &[]))
}

const AWS: &str = "registry.terraform.io/hashicorp/aws";
const ARN: &str = "arn:aws:rds:eu-central-1:123456789012:db:orders";

fn resource(address: &str, actions: Json, before: Json, after: Json) -> Json {
    let own = address.split('[').next().unwrap();
    let mut parts = own.rsplit('.');
    let (name, kind) = (parts.next().unwrap(), parts.next().unwrap());
    let marks = if kind == "aws_db_instance" { json!({"password": true}) } else { json!({}) };
    json!({
        "address": address, "mode": "managed", "type": kind, "name": name, "provider_name": AWS,
        "change": {
            "actions": actions, "before": before, "after": after, "after_unknown": {},
            "before_sensitive": marks, "after_sensitive": marks,
        },
    })
}

fn with(base: &Json, changed: Json) -> Json {
    let mut out = base.clone();
    out.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    out
}

fn database() -> Json {
    json!({
        "id": "db-ABC", "arn": ARN, "identifier": "orders", "engine": "postgres", "password": SECRET,
        "skip_final_snapshot": true, "backup_retention_period": 7, "deletion_protection": false,
        "delete_automated_backups": true, "allocated_storage": 20, "replicate_source_db": "",
        "restore_to_point_in_time": [], "tags": null, "tags_all": {},
    })
}

fn vault() -> Json {
    json!({"id": "offsite", "name": "offsite", "arn": "arn:aws:backup:eu-west-1:123456789012:backup-vault:offsite", "force_destroy": false})
}

fn schedule(days: u32) -> Json {
    json!({
        "id": "plan-1", "name": "daily",
        "rule": [{"rule_name": "daily", "target_vault_name": "offsite", "schedule": "cron(0 5 * * ? *)",
                  "lifecycle": [{"delete_after": days}], "copy_action": []}],
    })
}

fn selection() -> Json {
    json!({"id": "s-1", "name": "all", "plan_id": "plan-1", "resources": [ARN], "selection_tag": []})
}

fn plan(changes: &[Json]) -> String {
    let address = |c: &Json| c["address"].as_str().unwrap().split('[').next().unwrap().to_owned();
    let declared: Vec<Json> = changes
        .iter()
        .filter(|c| c["action_reason"] != json!("delete_because_no_resource_config"))
        .map(|c| json!({"address": address(c), "mode": "managed", "type": c["type"], "name": c["name"], "provider_config_key": "aws"}))
        .collect();
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "variables": {"password": {"value": SECRET}},
        "planned_values": {"root_module": {}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": AWS, "expressions": {"region": {"constant_value": "eu-central-1"}}}},
            "root_module": {"resources": declared, "variables": {"password": {"sensitive": true}}},
        },
        "applyable": true, "complete": true, "errored": false,
    })
    .to_string()
}

const SOURCE: &str = r#"provider "aws" {
  region = "eu-central-1"
}

variable "password" {
  sensitive = true
}

resource "aws_db_instance" "main" {
  identifier              = "orders"
  engine                  = "postgres"
  password                = var.password
  skip_final_snapshot     = true
  backup_retention_period = 7
}
"#;

#[test]
fn a_destroyed_database_is_an_error_and_one_with_a_copy_elsewhere_a_warning() {
    let alone = plan(&[resource("aws_db_instance.main", json!(["delete"]), database(), Json::Null)]);
    let backed = [
        resource("aws_db_instance.main", json!(["delete"]), database(), Json::Null),
        resource("aws_backup_vault.off", json!(["no-op"]), vault(), vault()),
        resource("aws_backup_plan.daily", json!(["no-op"]), schedule(30), schedule(30)),
        resource("aws_backup_selection.all", json!(["delete"]), selection(), Json::Null),
    ];
    let mut gone = backed.clone();
    gone[1] = resource("aws_backup_vault.off", json!(["delete"]), vault(), Json::Null);
    let dir = project(&[
        ("main.tf", SOURCE),
        ("alone.json", &alone),
        ("backed.json", &plan(&backed)),
        ("gone.json", &plan(&gone)),
    ]);
    assert_eq!(changes(dir.path(), &[]), [""; 0], "a plan in the tree isn't read unless asked");
    assert_eq!(
        changes(dir.path(), &["--plan", "alone.json"]),
        ["store-destroyed error main.tf:9 aws_db_instance.main"]
    );
    assert_eq!(
        changes(dir.path(), &["--plan", ".=backed.json"]),
        ["store-destroyed warning main.tf:9 aws_db_instance.main"],
        "its recovery points stay in the vault"
    );
    let all = changes(dir.path(), &["--plan", ".=gone.json"]);
    assert!(all.contains(&"store-destroyed error main.tf:9 aws_db_instance.main".to_owned()), "{all:?}");
    let output = run(dir.path(), &["check", "--plan", "alone.json"], &[]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output).contains("The plan alone.json destroys RDS database `aws_db_instance.main`"),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("no known copy of it stays"));
}

#[test]
fn what_refuses_the_apply_is_named() {
    let on = with(&database(), json!({"deletion_protection": true}));
    let text = plan(&[resource("aws_db_instance.main", json!(["delete"]), on, Json::Null)]);
    let dir = project(&[("main.tf", SOURCE), ("plan.json", &text)]);
    assert_eq!(
        changes(dir.path(), &["--plan", "plan.json"]),
        ["store-destroyed warning main.tf:9 aws_db_instance.main"]
    );
    let help = out(&run(dir.path(), &["check", "--plan", "plan.json", "-v"], &[]));
    assert!(help.contains("`deletion_protection` is on, so the apply is refused as it stands"), "{help}");
}

#[test]
fn a_replacement_names_what_forces_it() {
    let mut change = resource(
        "aws_db_instance.main",
        json!(["delete", "create"]),
        database(),
        with(&database(), json!({"identifier": "orders2"})),
    );
    change["change"]["replace_paths"] = json!([["identifier"], ["restore_to_point_in_time", 0, "source_db"]]);
    change["action_reason"] = json!("replace_because_cannot_update");
    let dir = project(&[("main.tf", SOURCE), ("plan.json", &plan(&[change]))]);
    assert_eq!(changes(dir.path(), &["--plan", "plan.json"]), ["store-replaced error main.tf:9 aws_db_instance.main"]);
    let text = out(&run(dir.path(), &["check", "--plan", "plan.json"], &[]));
    assert!(text.contains("`identifier`, `restore_to_point_in_time[0].source_db` can't be changed in place"), "{text}");
}

#[test]
fn guards_and_backups_are_compared_with_what_is_there() {
    let before = with(&database(), json!({"deletion_protection": true, "backup_retention_period": 35}));
    let after = with(&database(), json!({"deletion_protection": false, "backup_retention_period": 0}));
    let text = plan(&[
        resource("aws_db_instance.main", json!(["update"]), before.clone(), after),
        resource("aws_backup_vault.off", json!(["no-op"]), vault(), vault()),
        resource("aws_backup_plan.daily", json!(["update"]), schedule(30), schedule(3)),
        resource("aws_backup_selection.all", json!(["no-op"]), selection(), selection()),
    ]);
    let dir = project(&[("main.tf", SOURCE), ("plan.json", &text)]);
    let all = changes(dir.path(), &["--plan", ".=plan.json"]);
    assert!(
        all.iter().any(|f| f.starts_with("guard-lifted") && f.ends_with("main.tf:9 aws_db_instance.main")),
        "{all:?}"
    );
    assert!(all.contains(&"backup-shortened warning main.tf:14 aws_db_instance.main".to_owned()), "{all:?}");
    let text = out(&run(dir.path(), &["check", "--plan", ".=plan.json"], &[]));
    assert!(text.contains("`backup_retention_period`) is on, and will be off"), "{text}");
    assert!(text.contains("by `aws_backup_selection.all` is 30 days, and will be 3 days"), "{text}");
    // No guard was lifted of what is only made now, or stays as it is.
    let same = plan(&[resource("aws_db_instance.main", json!(["update"]), before.clone(), before.clone())]);
    let new = plan(&[resource("aws_db_instance.main", json!(["create"]), Json::Null, database())]);
    write(dir.path(), &[("same.json", &same), ("new.json", &new)]);
    assert_eq!(changes(dir.path(), &["--plan", "same.json"]), [""; 0]);
    assert_eq!(changes(dir.path(), &["--plan", "new.json"]), [""; 0]);
}

#[test]
fn a_guard_that_another_resource_is_is_lifted_with_it() {
    let bucket = json!({"id": "b", "bucket": "b", "arn": "arn:aws:s3:::b", "force_destroy": false});
    let versions = |status: &str| json!({"id": "b", "bucket": "b", "versioning_configuration": [{"status": status, "mfa_delete": ""}]});
    let text = plan(&[
        resource("aws_s3_bucket.b", json!(["no-op"]), bucket.clone(), bucket),
        resource("aws_s3_bucket_versioning.b", json!(["update"]), versions("Enabled"), versions("Suspended")),
    ]);
    let dir = project(&[("plan.json", &text)]);
    let all = changes(dir.path(), &["--plan", "plan.json"]);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with("backup-shortened warning plan.json:1"), "{all:?}");
}

#[test]
fn instances_are_one_finding_and_what_moves_or_is_let_go_is_none() {
    let mut all: Vec<Json> = (0..3)
        .map(|i| {
            let mut r = resource(&format!("aws_db_instance.shard[{i}]"), json!(["delete"]), database(), Json::Null);
            r["index"] = json!(i);
            r
        })
        .collect();
    let mut moved = resource("aws_db_instance.new", json!(["no-op"]), database(), database());
    moved["previous_address"] = json!("aws_db_instance.old");
    all.push(moved);
    let mut forgotten = resource("aws_db_instance.kept", json!(["forget"]), database(), Json::Null);
    forgotten["action_reason"] = json!("delete_because_no_resource_config");
    all.push(forgotten);
    let mut left = resource("aws_db_instance.new", json!(["delete"]), database(), Json::Null);
    left["deposed"] = json!("abcd1234");
    let dir = project(&[("plan.json", &plan(&all)), ("left.json", &plan(&[all[3].clone(), left]))]);
    assert_eq!(
        changes(dir.path(), &["--plan", "plan.json"]),
        ["store-destroyed error plan.json:1 aws_db_instance.shard"]
    );
    let output =
        run(dir.path(), &["check", "--plan", "plan.json", "--select", "store-destroyed", "--format", "json"], &[]);
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["findings"][0]["instances"].as_array().unwrap().len(), 3);
    assert_eq!(json["findings"][0]["environments"], json!(["plan"]));
    let text = out(&run(dir.path(), &["check", "--plan", "left.json"], &[]));
    assert!(text.contains("an interrupted replacement left it over"), "{text}");
}

#[test]
fn not_production_is_a_note_for_the_pedantic() {
    let text = plan(&[resource("aws_db_instance.main", json!(["delete"]), database(), Json::Null)]);
    let dir = project(&[("envs/staging/main.tf", SOURCE), ("plan.json", &text)]);
    assert_eq!(
        changes(dir.path(), &["--plan", "plan.json"]),
        ["store-destroyed note envs/staging/main.tf:9 aws_db_instance.main"]
    );
    write(dir.path(), &[("lastcopy.yaml", "root: true\nenvironments:\n  production: [plan]\n")]);
    let output =
        run(dir.path(), &["check", "--plan", "plan.json", "--format", "json", "--select", "store-destroyed"], &[]);
    assert!(code(&output) < 2, "{}", err(&output));
}

#[test]
fn removed_blocks_without_a_plan() {
    let removed = |kind: &str, lifecycle: &str| format!("removed {{\n  from = {kind}.gone\n{lifecycle}}}\n");
    let destroy = "  lifecycle {\n    destroy = true\n  }\n";
    let keep = "  lifecycle {\n    destroy = false\n  }\n";
    let of = |file: &str, text: &str| {
        let dir = project(&[(file, text)]);
        changes(dir.path(), &[])
    };
    let error = |file: &str, kind: &str| vec![format!("store-destroyed error {file}:1 {kind}.gone")];
    for kind in ["aws_db_instance", "google_sql_database_instance", "azurerm_managed_disk"] {
        assert_eq!(of("main.tf", &removed(kind, destroy)), error("main.tf", kind));
    }
    assert_eq!(
        of("main.tf", &removed("aws_db_instance", "")),
        error("main.tf", "aws_db_instance"),
        "as it is by default"
    );
    assert_eq!(of("main.tofu", &removed("aws_db_instance", "")), [""; 0], "OpenTofu only forgets by default");
    assert_eq!(of("main.tf", &removed("aws_db_instance", keep)), [""; 0]);
    assert_eq!(of("main.tf", &removed("aws_instance_profile", destroy)), [""; 0], "no store");
    assert_eq!(
        of("dev/main.tf", &removed("aws_db_instance", destroy)),
        ["store-destroyed note dev/main.tf:1 aws_db_instance.gone"]
    );
    let in_module =
        format!("module \"m\" {{\n  source = \"./m\"\n}}\n{}", removed("module.m.aws_db_instance", destroy));
    let dir = project(&[("main.tf", &in_module), ("m/main.tf", "variable \"x\" {\n  default = 1\n}\n")]);
    assert_eq!(changes(dir.path(), &[]), ["store-destroyed error main.tf:4 module.m.aws_db_instance.gone"]);
}

#[test]
fn a_plan_tells_what_the_source_cannot_and_nothing_of_its_secrets() {
    let values = with(&database(), json!({"identifier": SECRET.to_owned() + "-2", "backup_retention_period": 9}));
    let text = plan(&[
        resource("aws_db_instance.main", json!(["update"]), database(), values),
        resource("aws_db_instance.gone", json!(["delete"]), database(), Json::Null),
    ]);
    let source = SOURCE.replace("= 7", "= var.days") + "variable \"days\" {}\n";
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Json>(&text).unwrap()).unwrap();
    let dir = project(&[("main.tf", &source), ("plan.json", &text), ("pretty.json", &pretty)]);
    for file in ["plan.json", "pretty.json"] {
        let output = run(dir.path(), &["inspect", "--plan", file], &[]);
        let json: Json = serde_json::from_slice(&output.stdout).unwrap();
        let main =
            json["resources"].as_array().unwrap().iter().find(|r| r["address"] == "aws_db_instance.main").unwrap();
        assert_eq!(main["attributes"]["backup_retention_period"], json!(9));
        assert_eq!(main["attributes"]["password"], json!("••••••••"));
        assert_eq!(main["environment"], json!("plan"));
        assert_eq!(main["spans"]["backup_retention_period"]["line"], json!(14));
        let gone = json!({"address": "aws_db_instance.gone", "action": "destroy"});
        assert!(gone.as_object().unwrap().iter().all(|(k, v)| json["changes"][0][k] == *v), "{}", json["changes"]);
        assert!(main["spans"].get("deletion_protection").is_none(), "it is written nowhere");
        for format in ["human", "short", "json", "sarif", "github", "gitlab", "junit", "rdjson"] {
            let output =
                run(dir.path(), &["check", "--plan", file, "--format", format, "--persona", "auditor", "-v"], &[]);
            let text = out(&output) + &err(&output);
            assert!(!text.contains("correct-horse"), "{format}: {text}");
            assert!(code(&output) == 1, "{format}");
        }
        for command in [&["blast", "--format", "json"][..], &["blast"], &["inspect"]] {
            let arguments: Vec<&str> = command.iter().copied().chain(["--plan", file]).collect();
            let output = run(dir.path(), &arguments, &[]);
            assert_eq!(code(&output), 0, "{}", err(&output));
            assert!(!out(&output).contains("correct-horse"), "{command:?}");
        }
    }
}

#[test]
fn what_can_not_be_used_is_exit_code_2_and_says_where() {
    let text = plan(&[resource("aws_db_instance.main", json!(["no-op"]), database(), database())]);
    let dir = project(&[
        ("one/main.tf", SOURCE),
        ("two/main.tf", SOURCE),
        ("plan.json", &text),
        ("cut.json", &text[..400]),
        ("other.json", "{\"name\": \"app\"}"),
        ("future.json", "{\n  \"format_version\": \"3.0\"\n}"),
        ("deep.json", &"[".repeat(100_000)),
        ("tfplan", "PK\u{3}\u{4}\u{14}"),
        ("broken.tfvars", "days = 1\npassword = [\n"),
        ("loose.tfvars", "password = 1\ndays = var.x\n"),
    ]);
    let failing = |arguments: &[&str]| {
        let output = run(dir.path(), arguments, &[]);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{arguments:?}");
        assert!(!err(&output).contains("panicked"), "{}", err(&output));
        err(&output)
    };
    for (file, wanted) in [
        (
            "plan.json",
            "plan.json:1:1: the plan may be of any of the root modules `one`, `two`: say which, with --plan ROOT=FILE",
        ),
        ("cut.json", "cut.json:1:"),
        ("other.json", "other.json:1:1: neither a plan nor a state"),
        ("future.json", "future.json:2:21: format version 3.0 isn't known"),
        ("deep.json", "deep.json:1:"),
        (
            "tfplan",
            "--plan tfplan: is a plan as Terraform saves it, and only Terraform reads that; run `terraform show -json tfplan > plan.json`",
        ),
        ("missing.json", "--plan missing.json: no such file or directory"),
        ("three=plan.json", "`three` is no Terraform root module (there are `one`, `two`)"),
        (".", "--plan .: "),
    ] {
        for command in ["check", "inspect", "blast"] {
            let told = failing(&[command, "--plan", file]);
            assert!(told.contains(wanted), "{command} {file}: {told}");
        }
    }
    assert!(failing(&["can", "--plan", "missing.json", "--all", "ls"]).contains("no such file"));
    let twice = failing(&["check", "--plan", "one=plan.json", "--plan", "two=plan.json"]);
    assert!(twice.contains("plan.json: given twice"), "{twice}");
    for (arguments, wanted) in [
        (&["--var-file", "missing.tfvars"][..], "--var-file missing.tfvars: no such file or directory"),
        (&["--var-file", "broken.tfvars"], "broken.tfvars:"),
        (&["--var-file", "loose.tfvars"], "loose.tfvars:2:"),
        (
            &["--var-file", "three=loose.tfvars"],
            "--var-file loose.tfvars: `three` is no Terraform root module (there are `one`, `two`)",
        ),
        (&["--var", "nothing=1"], "--var nothing: no Terraform root module here declares a variable of that name"),
        (&["--var", "one/=nothing=1"], "--var nothing: the root module `one` doesn't declare a variable of that name"),
        (&["--var", "nothing"], "--var nothing: write [ROOT=]NAME=VALUE"),
    ] {
        let source = format!("{SOURCE}variable \"days\" {{\n  type = number\n}}\n");
        write(dir.path(), &[("one/main.tf", &source), ("two/main.tf", &source)]);
        let told = failing(&[&["check"], arguments].concat());
        assert!(told.contains(wanted), "{arguments:?}: {told}");
    }
    let told = failing(&["check", "--var", "days=many"]);
    assert!(told.contains("main.tf:16:1: a value given to `days` can't be used"), "{told}");
    assert!(!told.contains("many"), "a value isn't repeated");
}

#[test]
fn variables_in_terraforms_order() {
    let source = "variable \"a\" {\n  default = \"default\"\n}\noutput \"a\" {\n  value = var.a\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.a\n}\n";
    let dir = project(&[
        ("main.tf", source),
        ("values/one.tfvars", "a = \"one\"\n"),
        ("values/two.tfvars.json", "{\"a\": \"two\"}"),
        ("values/odd.vars", "a = \"odd\"\n"),
    ]);
    let a = |arguments: &[&str], env: &[(&str, &str)]| {
        let output = run(dir.path(), &[&["inspect"], arguments].concat(), env);
        let json: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(&output)));
        let module = &json["modules"][0];
        format!("{} {}", module["environment"].as_str().unwrap(), module["outputs"]["a"].as_str().unwrap())
    };
    let env = [("TF_VAR_a", "env"), ("TF_VAR_other", "x")];
    assert_eq!(a(&[], &env), "default default", "the environment counts only when asked for");
    assert_eq!(a(&["--env-vars"], &env), "default env");
    write(dir.path(), &[("terraform.tfvars", "a = \"tfvars\"\n")]);
    assert_eq!(a(&["--env-vars"], &env), "default tfvars");
    write(dir.path(), &[("x.auto.tfvars", "a = \"auto\"\n")]);
    assert_eq!(a(&["--env-vars"], &env), "default auto");
    assert_eq!(a(&["--var", "a=var"], &env), "default var");
    assert_eq!(a(&["--var-file", "values/one.tfvars"], &env), "one one");
    assert_eq!(a(&["--var", "a=var", "--var-file", "values/one.tfvars"], &[]), "one one");
    assert_eq!(a(&["--var-file", "values/one.tfvars", "--var", "a=var"], &[]), "one var");
    assert_eq!(a(&["--var-file=values/one.tfvars", "--var-file=./values/two.tfvars.json"], &[]), "two two");
    assert_eq!(a(&["--var-file", ".=values/odd.vars"], &[]), "odd.vars odd");
    assert_eq!(a(&["--var-file", "values/one.tfvars", "--environment", "prod"], &[]), "prod one");
}

#[test]
fn what_is_given_to_a_variable_may_be_a_secret() {
    let source = "variable \"a\" {\n  sensitive = true\n}\nvariable \"b\" {}\noutput \"o\" {\n  value = \"${var.b} ${nonsensitive(var.a)}\"\n}\n";
    let dir = project(&[("main.tf", source)]);
    let generated = "Zk3hV9sQ1xTb";
    for (arguments, env) in [
        (vec!["--var", "a=open-sesame", "--var", "b=Zk3hV9sQ1xTb"], vec![]),
        (vec!["--env-vars"], vec![("TF_VAR_a", "open-sesame"), ("TF_VAR_b", generated)]),
    ] {
        let output = run(dir.path(), &[&["inspect"][..], &arguments].concat(), &env);
        let text = out(&output);
        assert!(text.contains("\"o\"") && !text.contains("sesame") && !text.contains(generated), "{text}");
    }
}

#[test]
fn a_file_outside_of_the_project_is_read_when_it_is_named() {
    let elsewhere = tempfile::tempdir().unwrap();
    let text = plan(&[resource("aws_db_instance.main", json!(["delete"]), database(), Json::Null)]);
    write(elsewhere.path(), &[("gone.json", &text), ("prod.tfvars", "password = \"x\"\n")]);
    let dir = project(&[("infra/main.tf", "# nothing is left\nterraform {\n  backend \"s3\" {}\n}\n")]);
    let gone = elsewhere.path().join("gone.json");
    let output =
        run(dir.path(), &["check", "infra", "--format", "json", "--plan", &format!("infra={}", gone.display())], &[]);
    let all = told(&output);
    assert!(
        all[0].starts_with("store-destroyed error ../") && all[0].ends_with("gone.json:1 aws_db_instance.main"),
        "{all:?}"
    );
    // From elsewhere the project is named, and the file by its own path.
    let project = dir.path().to_str().unwrap();
    let output = run(elsewhere.path(), &["check", project, "--plan", "infra=gone.json", "--format", "json"], &[]);
    assert_eq!(told(&output).len(), 1);
    let output = run(elsewhere.path(), &["check", project, "--var-file", "prod.tfvars"], &[]);
    assert_eq!(code(&output), 0, "{}", err(&output));
}

#[test]
fn what_stands_in_a_plan_from_elsewhere_is_in_nobodys_reach() {
    let token = "3f2b8c1e-9d47-4e6a-8b12-7c5d9e0f1a2b";
    let values = with(&database(), json!({"environment": {"RAILWAY_API_TOKEN": token}}));
    let text = plan(&[resource("aws_db_instance.main", json!(["no-op"]), values.clone(), values)]);
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path(), &[("plan.json", &text)]);
    let dir = project(&[
        ("main.tf", SOURCE),
        (".claude/settings.json", "{\"permissions\": {\"allow\": [\"Bash(curl:*)\"]}}"),
    ]);
    let file = elsewhere.path().join("plan.json");
    let arguments = ["check", "--format", "json", "--persona", "auditor", "--plan", file.to_str().unwrap()];
    let output = run(dir.path(), &arguments, &[]);
    let all = told(&output);
    assert!(!all.is_empty() && all.iter().all(|f| !f.contains("plan.json")), "{all:?}");
    let inspect = run(dir.path(), &["inspect", "--plan", file.to_str().unwrap()], &[]);
    for text in [out(&output), out(&inspect)] {
        assert!(!text.contains("3f2b8c1e"));
    }
}

#[test]
fn several_projects_take_no_plan() {
    let (one, two) = (project(&[("main.tf", SOURCE)]), project(&[("main.tf", SOURCE)]));
    write(one.path(), &[("plan.json", &plan(&[]))]);
    let output = run(one.path(), &["check", ".", two.path().to_str().unwrap(), "--plan", "plan.json"], &[]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("--plan is for one project"), "{}", err(&output));
}
