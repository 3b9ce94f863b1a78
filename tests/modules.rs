//! Published modules that aren't installed: read from what is known of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod terraform_support;

use std::process::Command;

use lastcopy::finding::Confidence;
use lastcopy::knowledge::Knowledge;
use lastcopy::terraform::Evaluation;
use serde_json::Value as Json;
use terraform_support::{attribute, one, project, run};

fn evaluated(text: &str) -> Vec<Evaluation> {
    let (_dir, workspace) = project(&[("main.tf", text)]);
    run(&workspace)
}

fn addresses(evaluations: &[Evaluation]) -> Vec<&str> {
    evaluations.iter().flat_map(|e| &e.resources).map(|r| r.address.as_str()).collect()
}

/// The JSON report on a project.
fn check(files: &[(&str, &str)], arguments: &[&str]) -> (tempfile::TempDir, Json) {
    let (dir, _) = project(files);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
    command.args(["check", "--format", "json", "--root", "."]).args(arguments).current_dir(dir.path());
    let output = command.output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (dir, report)
}

fn found<'a>(report: &'a Json, rule: &str) -> Vec<&'a Json> {
    report["findings"].as_array().unwrap().iter().filter(|f| f["rule"] == rule).collect()
}

/// Every known version of every known module can be read, and what it says is about things that are known.
#[test]
fn every_outline_can_be_evaluated() {
    let knowledge = Knowledge::embedded();
    let mut wrong = Vec::new();
    let mut versions = 0;
    for module in knowledge.all_modules() {
        assert!(!knowledge.is_without_stores(&module.source), "{}", module.source);
        for part in &module.parts {
            for version in &part.versions {
                versions += 1;
                let path = if part.path.is_empty() { String::new() } else { format!("//{}", part.path) };
                let call = format!(
                    "module \"m\" {{\n  source  = \"{}{path}\"\n  version = \"{}\"\n}}\n",
                    module.source, version.since
                );
                let what = format!("{}{path} {}", module.source, version.since);
                let evaluations = evaluated(&call);
                if evaluations.iter().any(|e| !e.unread_calls.is_empty()) {
                    wrong.push(format!("{what}: not read"));
                }
                let mut stores = 0;
                for resource in evaluations.iter().flat_map(|e| &e.resources) {
                    let type_ = resource.type_.as_str();
                    let known = knowledge.store_type(type_).is_some();
                    stores += usize::from(known);
                    if !known && knowledge.references(type_).next().is_none() {
                        wrong.push(format!("{what}: nothing is known of `{type_}`"));
                    }
                    let shown = format!("{:?}", resource.block);
                    if shown.contains("evaluation-error") {
                        wrong.push(format!("{what}: {}: {shown}", resource.address));
                    }
                    if resource.block.outlined.as_ref().is_none_or(|o| o.confidence != Confidence::High) {
                        wrong.push(format!("{what}: an exact version is sure"));
                    }
                }
                // Some make nothing until they are told to.
                let quiet = ["terraform-aws-modules/eks/aws", "terraform-google-modules/kms/google"];
                if stores == 0 && !quiet.contains(&module.source.as_str()) && path.is_empty() {
                    let named = evaluations.iter().flat_map(|e| &e.resources).any(|r| r.uncertain.is_some());
                    if !named {
                        wrong.push(format!("{what}: no store"));
                    }
                }
                for output in evaluations.iter().flat_map(|e| &e.modules).flat_map(|m| &m.outputs) {
                    wrong.push(format!("{what}: {} is an output of the root", output.0.as_str()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(versions >= 30, "{versions}");
}

/// The versions of a part are in order, and what they change is there.
#[test]
fn every_version_changes_something_that_is_there() {
    let number = |v: &str| v.split('.').map(|n| n.parse::<u64>().unwrap()).collect::<Vec<_>>();
    for module in Knowledge::embedded().all_modules() {
        assert_eq!(number(&module.read_up_to).len(), 3, "{}", module.source);
        for part in &module.parts {
            let since: Vec<_> = part.versions.iter().map(|v| number(&v.since)).collect();
            assert!(since.is_sorted_by(|a, b| a < b), "{} {}: {since:?}", module.source, part.path);
            assert!(since.last().unwrap() <= &number(&module.read_up_to), "{} {}", module.source, part.path);
            for (index, version) in part.versions.iter().enumerate() {
                let (outline, _) = part.outline(index).expect("an outline from the first version on");
                assert!(version.outline.is_some() || version.defaults.is_some(), "{} {}", module.source, version.since);
                for line in version.defaults.iter().flat_map(|d| d.lines()) {
                    let name = line.split('=').next().unwrap().trim();
                    assert!(outline.contains(&format!("variable \"{name}\"")), "{}: {name}", module.source);
                }
            }
        }
    }
}

#[test]
fn a_module_that_isnt_installed_is_read_from_what_is_known_of_it() {
    let evaluations = evaluated(
        r#"
        module "db" {
          source     = "terraform-aws-modules/rds/aws"
          version    = "~> 6.0"
          identifier = "main"
        }
        module "old" {
          source     = "terraform-aws-modules/rds/aws"
          version    = "2.20.0"
          identifier = "old"
        }
        module "off" {
          source             = "terraform-aws-modules/rds/aws"
          version            = "6.1.0"
          identifier         = "off"
          create_db_instance = false
        }
        module "none" {
          count      = 0
          source     = "terraform-aws-modules/rds/aws"
          identifier = "none"
        }
        module "each" {
          for_each   = toset(["a", "b"])
          source     = "git::https://github.com/terraform-aws-modules/terraform-aws-rds.git?ref=v6.1.0"
          identifier = each.key
        }
        module "ancient" {
          source  = "terraform-aws-modules/rds/aws"
          version = "1.0.0"
        }
        "#,
    );
    assert_eq!(
        addresses(&evaluations),
        [
            "module.db.aws_db_instance.this[0]",
            "module.old.aws_db_instance.this[0]",
            "module.each[\"a\"].aws_db_instance.this[0]",
            "module.each[\"b\"].aws_db_instance.this[0]",
        ]
    );
    let unread: Vec<_> = evaluations[0].unread_calls.iter().map(|c| c.address.as_str()).collect();
    assert_eq!(unread, ["module.ancient"], "nothing is known of versions that old");
    let db = one(&evaluations, "module.db.aws_db_instance.this[0]");
    assert_eq!(attribute(db, "skip_final_snapshot"), "false");
    assert_eq!(attribute(db, "deletion_protection"), "false");
    let old = one(&evaluations, "module.old.aws_db_instance.this[0]");
    assert_eq!(attribute(old, "skip_final_snapshot"), "true", "its default then");
    assert_eq!(attribute(one(&evaluations, "module.each[\"b\"].aws_db_instance.this[0]"), "identifier"), "\"b\"");
}

#[test]
fn what_is_installed_is_read_itself() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            "module \"db\" {\n  source     = \"terraform-aws-modules/rds/aws\"\n  version    = \"6.1.0\"\n  identifier = \"x\"\n}\n",
        ),
        (
            ".terraform/modules/modules.json",
            r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"db","Source":"registry.terraform.io/terraform-aws-modules/rds/aws","Version":"6.1.0","Dir":".terraform/modules/db"}]}"#,
        ),
        (
            ".terraform/modules/db/main.tf",
            "variable \"identifier\" {}\nresource \"aws_db_instance\" \"real\" {\n  identifier = var.identifier\n}\n",
        ),
    ]);
    let evaluations = run(&workspace);
    assert_eq!(addresses(&evaluations), ["module.db.aws_db_instance.real"]);
}

#[test]
fn outputs_that_are_known_stand_for_what_they_are_of_and_the_others_for_themselves() {
    let evaluations = evaluated(
        r#"
        module "table" {
          source = "terraform-aws-modules/dynamodb-table/aws"
          name   = "t"
        }
        locals {
          arn   = module.table.dynamodb_table_arn
          other = module.table.dynamodb_table_stream_label
          whole = module.table
        }
        resource "aws_iam_policy" "p" {
          name   = "p"
          policy = jsonencode({ Resource = module.table.dynamodb_table_arn })
        }
        "#,
    );
    let locals = &evaluations[0].modules[0].locals;
    let symbol = |name: &str| format!("{:?}", locals.get(name).unwrap().kind);
    assert!(symbol("arn").contains("module.table.aws_dynamodb_table.this[0].arn"), "{}", symbol("arn"));
    assert!(symbol("other").contains("module-not-installed"), "{}", symbol("other"));
    assert!(symbol("whole").contains("module-not-installed"), "{}", symbol("whole"));
}

#[test]
fn a_setting_stands_at_the_argument_and_a_fix_edits_the_call() {
    let text = r#"module "db" {
  source     = "terraform-aws-modules/rds/aws"
  version    = "6.1.0"
  identifier = "main"

  deletion_protection = false
}

module "cluster" {
  source  = "terraform-aws-modules/rds-aurora/aws"
  version = "9.3.1"
  name    = "x"
}

variable "protect" { default = false }

module "by_variable" {
  source     = "terraform-aws-modules/rds/aws"
  version    = "6.1.0"
  identifier = "main"

  deletion_protection = var.protect
}
"#;
    let (dir, report) = check(&[("main.tf", text)], &[]);
    let all = found(&report, "unprotected-store");
    let places: Vec<_> = all.iter().map(|f| (f["line"].as_u64().unwrap(), f["confidence"].as_str().unwrap())).collect();
    assert_eq!(places, [(6, "high"), (9, "high"), (22, "high")]);
    assert_eq!(all[0]["fixes"][0]["edits"][0]["text"], "true");
    assert_eq!(all[1]["fixes"][0]["edits"][0]["text"], "  deletion_protection = true\n");
    assert_eq!(all[2]["fixes"].as_array().map_or(0, Vec::len), 0, "the value comes through a variable");
    let callers = |f: &Json| f["related"].as_array().unwrap().iter().filter(|r| r["role"] == "caller").count();
    assert_eq!(callers(all[0]), 0, "the call is the place itself");
    let prints: Vec<_> = all.iter().map(|f| f["fingerprint"].as_str().unwrap()).collect();
    assert!(prints[0] != prints[2], "two calls in one file are told apart");

    let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
    command.args(["check", "--fix", "--select", "unprotected-store"]).current_dir(dir.path());
    command.output().unwrap();
    let fixed = std::fs::read_to_string(dir.path().join("main.tf")).unwrap();
    assert!(fixed.contains("  deletion_protection = true\n}\n\nmodule \"cluster\""), "{fixed}");
    assert!(fixed.contains("  name    = \"x\"\n  deletion_protection = true\n}"), "{fixed}");
    assert!(fixed.contains("= var.protect\n"), "{fixed}");
}

#[test]
fn what_the_module_has_no_input_for_cant_be_set_from_the_call() {
    let text = "module \"t\" {\n  source  = \"terraform-aws-modules/dynamodb-table/aws\"\n  version = \"3.0.0\"\n  name    = \"t\"\n}\n";
    let (_dir, report) = check(&[("main.tf", text)], &["--persona", "pedantic"]);
    let all = found(&report, "unprotected-store");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["fixes"].as_array().map_or(0, Vec::len), 0, "{}", all[0]);
    let recovery = found(&report, "automated-backups-off");
    assert_eq!(
        recovery[0]["fixes"][0]["edits"][0]["text"], "  point_in_time_recovery_enabled = true\n",
        "{}",
        recovery[0]
    );
}

#[test]
fn a_version_that_isnt_pinned_is_less_sure() {
    let call = |version: &str| {
        format!("module \"db\" {{\n  source = \"terraform-aws-modules/rds/aws\"\n{version}  identifier = \"x\"\n}}\n")
    };
    for (version, confidence) in [
        ("  version = \"6.1.0\"\n", "high"),
        ("  version = \"~> 7.0\"\n", "high"),
        ("  version = \">= 6.0\"\n", "medium"),
        ("", "medium"),
        ("  version = \"~> 8.0\"\n", "medium"),
    ] {
        let (_dir, report) = check(&[("main.tf", &call(version))], &[]);
        let all = found(&report, "unprotected-store");
        assert_eq!(all[0]["confidence"], confidence, "{version}");
    }
}

#[test]
fn a_guarded_call_is_clean() {
    let text = r#"
        module "db" {
          source                  = "terraform-aws-modules/rds/aws"
          version                 = "6.1.0"
          identifier              = "main"
          deletion_protection     = true
          backup_retention_period = 14
        }
        module "kv" {
          source              = "Azure/avm-res-keyvault-vault/azurerm"
          version             = "0.10.0"
          name                = "kv"
          resource_group_name = "rg"
        }
        module "pg" {
          source                      = "terraform-google-modules/sql-db/google//modules/postgresql"
          version                     = "25.0.0"
          name                        = "pg"
          project_id                  = "p"
          database_version            = "POSTGRES_15"
          deletion_protection_enabled = true
          backup_configuration        = { enabled = true, point_in_time_recovery_enabled = true }
          retain_backups_on_delete    = true
        }
        "#;
    let (_dir, report) = check(&[("main.tf", text)], &[]);
    for rule in ["unprotected-store", "automated-backups-off", "final-snapshot-skipped", "versioning-off"] {
        assert!(
            found(&report, rule).iter().all(|f| f["address"] == "module.pg.google_sql_database_instance.default"
                && rule == "final-snapshot-skipped"),
            "{rule}: {report:#}"
        );
    }
    assert_eq!(report["summary"]["stores"], 3);
}

/// A copy that is declared beside a module's call counts for its store.
#[test]
fn a_copy_is_joined_through_an_output() {
    let text = r#"
        module "table" {
          source  = "terraform-aws-modules/dynamodb-table/aws"
          version = "4.0.0"
          name    = "t"
        }
        resource "aws_backup_plan" "p" {
          name = "daily"
          rule {
            rule_name         = "daily"
            target_vault_name = "v"
            schedule          = "cron(0 5 * * ? *)"
          }
        }
        resource "aws_backup_selection" "s" {
          name         = "t"
          plan_id      = aws_backup_plan.p.id
          iam_role_arn = "arn:aws:iam::123456789012:role/b"
          resources    = [module.table.dynamodb_table_arn]
        }
        "#;
    let (dir, _) = project(&[("main.tf", text)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
    let output = command.args(["inspect", "."]).current_dir(dir.path()).output().unwrap();
    let seen: Json = serde_json::from_slice(&output.stdout).unwrap();
    let copies = seen["copies"].as_array().unwrap();
    let vault = copies.iter().find(|c| c["kind"] == "vault").unwrap_or_else(|| panic!("{copies:#?}"));
    assert_eq!(vault["of"], "module.table.aws_dynamodb_table.this");
    assert_eq!(vault["address"], "aws_backup_selection.s");
    assert_eq!(vault["exists"], true);
}

/// What isn't known is said, in words and as data; what is known to hold nothing isn't.
#[test]
fn a_module_of_which_nothing_is_known_is_named_as_what_may_hold_a_store() {
    let root = r#"
        module "db" {
          source  = "acme/postgres/aws"
          version = "1.2.3"
        }
        module "vpc" {
          source = "terraform-aws-modules/vpc/aws"
        }
        module "label" {
          source = "git::https://github.com/cloudposse/terraform-null-label.git?ref=0.25.0"
        }
        "#;
    let files = [
        ("infra/main.tf", root),
        ("infra/prod.tfvars", "x = 1\n"),
        ("infra/stage.tfvars", "x = 2\n"),
        ("examples/e/main.tf", "module \"e\" {\n  source = \"acme/example/aws\"\n}\n"),
    ];
    let (dir, report) = check(&files, &[]);
    let unread = report["summary"]["unread_modules"].as_array().unwrap();
    assert_eq!(unread.len(), 1, "{unread:?}");
    assert_eq!(unread[0]["address"], "module.db");
    assert_eq!(unread[0]["source"], "acme/postgres/aws");
    assert_eq!((unread[0]["path"].as_str(), unread[0]["line"].as_u64()), (Some("infra/main.tf"), Some(2)));

    let mut command = Command::new(env!("CARGO_BIN_EXE_lastcopy"));
    let output = command.args(["check", "--root", "."]).current_dir(dir.path()).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("module `module.db` (acme/postgres/aws) isn't here and may hold a store"), "{page}");
    assert!(!page.contains("No finding"), "{page}");
    assert!(!page.contains("acme/example") && !page.contains("vpc") && !page.contains("label"), "{page}");
}

#[test]
fn a_terragrunt_unit_may_run_a_published_module() {
    let unit = "terraform {\n  source = \"tfr:///terraform-aws-modules/rds/aws?version=6.1.0\"\n}\n\ninputs = {\n  identifier          = \"main\"\n  deletion_protection = false\n}\n";
    let (_dir, report) = check(
        &[
            ("live/db/terragrunt.hcl", unit),
            ("live/vpc/terragrunt.hcl", "terraform {\n  source = \"tfr:///acme/vpc/aws?version=1.0.0\"\n}\n"),
        ],
        &[],
    );
    let all = found(&report, "unprotected-store");
    assert_eq!(all.len(), 1, "{report:#}");
    assert_eq!((all[0]["path"].as_str(), all[0]["line"].as_u64()), (Some("live/db/terragrunt.hcl"), Some(7)));
    assert_eq!(all[0]["fixes"][0]["edits"][0]["text"], "true");
    assert_eq!(report["summary"]["unread_modules"].as_array().unwrap().len(), 1);
}

#[test]
fn hostile_calls_stop() {
    // Arguments that refer to the module itself; a source that is no string; one that only looks like a module's.
    let evaluations = evaluated(
        r#"
        module "a" {
          source              = "terraform-aws-modules/rds/aws"
          identifier          = module.a.db_instance_identifier
          deletion_protection = module.b.db_instance_arn == ""
        }
        module "b" {
          source     = "terraform-aws-modules/rds/aws"
          identifier = module.a.db_instance_arn
        }
        module "c" { source = var.x }
        module "d" { source = "terraform-aws-modules/rds/aws//../../etc" }
        module "e" {
          source  = "terraform-aws-modules/rds/aws"
          version = "99999999999999999999.1"
        }
        module "f" {
          source = "terraform-aws-modules/s3-bucket/aws"
          versioning = "yes"
          lifecycle_rule = "not json"
        }
        "#,
    );
    assert!(addresses(&evaluations).contains(&"module.a.aws_db_instance.this[0]"));
    assert_eq!(evaluations[0].unread_calls.len(), 2);
}

/// One finding at the module's line; the callers and instances in which it holds, and none of the others.
#[test]
fn a_module_called_more_than_once_is_told_once_with_the_callers_it_holds_for() {
    let module = "variable \"name\" {}\nvariable \"protect\" {\n  default = false\n}\n\nresource \"aws_db_instance\" \"this\" {\n  identifier          = var.name\n  deletion_protection = var.protect\n}\n";
    let files = [
        ("db/main.tf", module),
        (
            "a/main.tf",
            "module \"db\" {\n  source = \"../db\"\n  name   = \"a\"\n}\nmodule \"safe\" {\n  source  = \"../db\"\n  name    = \"s\"\n  protect = true\n}\n",
        ),
        ("b/main.tf", "module \"db\" {\n  source  = \"../db\"\n  name    = \"b\"\n  protect = true\n}\n"),
        (
            "c/main.tf",
            "module \"each\" {\n  for_each = { x = true, y = false, z = false }\n  source   = \"../db\"\n  name     = each.key\n  protect  = each.value\n}\n",
        ),
    ];
    let (_dir, report) = check(&files, &[]);
    let all = found(&report, "unprotected-store");
    assert_eq!(all.len(), 1, "{report:#}");
    let it = all[0];
    assert_eq!((it["path"].as_str(), it["line"].as_u64()), (Some("db/main.tf"), Some(8)));
    let instances: Vec<_> = it["instances"].as_array().unwrap().iter().map(|i| i.as_str().unwrap()).collect();
    assert_eq!(
        instances,
        [
            "module.db.aws_db_instance.this",
            "module.each[\"y\"].aws_db_instance.this",
            "module.each[\"z\"].aws_db_instance.this"
        ]
    );
    let related = it["related"].as_array().unwrap();
    let callers: Vec<_> = related
        .iter()
        .filter(|r| r["role"] == "caller")
        .map(|r| (r["path"].as_str().unwrap(), r["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(callers, [("a/main.tf", 1), ("c/main.tf", 1)]);

    let guarded: Vec<_> = files.iter().filter(|(p, _)| matches!(*p, "db/main.tf" | "b/main.tf")).copied().collect();
    let (_dir, report) = check(&guarded, &[]);
    assert!(found(&report, "unprotected-store").is_empty(), "{report:#}");
}

/// A module that only its examples call is a library: what the example makes of it isn't deployed.
#[test]
fn what_an_example_calls_is_judged_as_a_library() {
    let files = [
        ("main.tf", "variable \"name\" {}\nresource \"aws_db_instance\" \"m\" {\n  identifier = var.name\n}\n"),
        ("examples/x/main.tf", "module \"m\" {\n  source = \"../..\"\n  name   = \"x\"\n}\n"),
    ];
    let (_dir, report) = check(&files, &[]);
    assert!(found(&report, "unprotected-store").is_empty(), "{report:#}");
    let (_dir, report) = check(&files, &["--persona", "pedantic"]);
    let all = found(&report, "unprotected-store");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["instances"].as_array().unwrap().len(), 1, "{:#}", all[0]);
    assert_eq!(all[0]["persona"], "pedantic");
    let (_dir, report) = check(&files, &["--include-undeployed", "--persona", "pedantic"]);
    assert_eq!(found(&report, "unprotected-store").len(), 1);
}
