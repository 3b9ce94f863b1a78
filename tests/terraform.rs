//! Evaluating Terraform projects.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod terraform_support;

use std::path::Path;

use lastcopy::expr::functions::encoding::json_text;
use lastcopy::workspace::{LoadOptions, load};
use terraform_support::{attribute, one, project, run};

#[test]
fn a_module_used_twice() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            r#"
            locals { keep = 14 }
            variable "protect" { type = bool }
            module "billing" {
              source  = "./db"
              protect = var.protect
              keep    = local.keep
            }
            module "scratch" {
              source = "./db"
              for_each = toset(["a", "b"])
              name = each.key
            }
            output "arn" { value = module.billing.arn }
            resource "aws_backup_selection" "s" { resources = [module.billing.arn] }
        "#,
        ),
        ("terraform.tfvars", "protect = true\n"),
        (
            "db/main.tf",
            r#"
            variable "protect" { default = false }
            variable "keep" { default = 0 }
            variable "name" { default = "main" }
            resource "aws_db_instance" "this" {
              identifier              = "db-${var.name}"
              deletion_protection     = var.protect
              backup_retention_period = var.keep
            }
            output "arn" { value = aws_db_instance.this.arn }
        "#,
        ),
    ]);
    let evaluations = run(&workspace);
    assert_eq!(evaluations.len(), 1);
    let billing = one(&evaluations, "module.billing.aws_db_instance.this");
    assert_eq!(attribute(billing, "deletion_protection"), "true");
    assert_eq!(attribute(billing, "backup_retention_period"), "14");
    assert_eq!(billing.callers.len(), 1);
    let scratch = one(&evaluations, "module.scratch[\"b\"].aws_db_instance.this");
    assert_eq!(attribute(scratch, "identifier"), "\"db-b\"");
    assert_eq!(attribute(scratch, "deletion_protection"), "false");
    assert_eq!(scratch.address_without_keys, "module.scratch.aws_db_instance.this");
    let chain: Vec<String> = {
        let mut hops = Vec::new();
        let mut origin = billing.block.attributes["deletion_protection"].value.origin.as_deref();
        while let Some(o) = origin {
            hops.push(o.what.as_str().to_owned());
            origin = o.from.as_deref();
        }
        hops
    };
    assert_eq!(chain, ["var.protect", "argument of module.billing", "var.protect", "terraform.tfvars", "literal"]);
    let selection = one(&evaluations, "aws_backup_selection.s");
    let arn = &selection.block.attributes["resources"].value.items().unwrap()[0];
    let lastcopy::expr::Kind::Unknown(unknown) = &arn.kind else { panic!() };
    assert_eq!(unknown.symbol.as_ref().unwrap().as_str(), "module.billing.aws_db_instance.this.arn");
}

#[test]
fn counts_dynamic_blocks_and_unknowns() {
    let (_dir, workspace) = project(&[(
        "main.tf",
        r#"
        variable "n" {}
        variable "rules" { default = { ssh = 22, http = 80 } }
        resource "x_none" "a" { count = 0 }
        resource "x_two" "a" {
          count = 2
          index = count.index
        }
        resource "x_some" "a" { count = var.n }
        resource "x_dyn" "a" {
          dynamic "ingress" {
            for_each = var.rules
            iterator = rule
            content {
              name = rule.key
              port = rule.value
            }
          }
          dynamic "maybe" {
            for_each = var.n
            content { a = 1 }
          }
          lifecycle { prevent_destroy = true }
        }
        resource "x_ref" "a" {
          first = x_two.a[0].index
          all   = x_two.a[*].index
          id    = x_dyn.a.id
          tried = try(x_dyn.a.nothing, "default")
        }
        locals {
          a = local.b
          b = local.a
        }
        resource "x_cycle" "a" { v = local.a }
        data "aws_ami" "a" { owner = "me" }
        resource "x_data" "a" {
          id    = data.aws_ami.a.id
          owner = data.aws_ami.a.owner
        }
    "#,
    )]);
    let evaluations = run(&workspace);
    let all: Vec<_> = evaluations[0].resources.iter().map(|r| r.address.as_str()).collect();
    assert!(!all.iter().any(|a| a.starts_with("x_none")));
    assert_eq!(attribute(one(&evaluations, "x_two.a[1]"), "index"), "1");
    assert!(one(&evaluations, "x_some.a").uncertain.is_some());
    let dynamic = one(&evaluations, "x_dyn.a");
    assert_eq!(dynamic.block.blocks_of("ingress").count(), 2);
    assert_eq!(json_text(&dynamic.block.blocks_of("ingress").next().unwrap().attributes["port"].value), "80");
    assert!(dynamic.block.unknown_blocks.contains_key("maybe"));
    assert_eq!(dynamic.prevent_destroy.as_bool(), Some(true));
    let reference = one(&evaluations, "x_ref.a");
    assert_eq!(attribute(reference, "first"), "0");
    assert_eq!(attribute(reference, "all"), "[0,1]");
    assert_eq!(attribute(reference, "id"), "unknown: known-after-apply");
    assert_eq!(attribute(reference, "tried"), "unknown: known-after-apply");
    assert_eq!(attribute(one(&evaluations, "x_cycle.a"), "v"), "unknown: cycle");
    assert_eq!(attribute(one(&evaluations, "x_data.a"), "id"), "unknown: data-source");
    assert_eq!(attribute(one(&evaluations, "x_data.a"), "owner"), "\"me\"");
}

#[test]
fn environments_overrides_json_and_missing_modules() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            r#"
            variable "protect" {}
            resource "aws_db_instance" "main" {
              deletion_protection = var.protect
              name                = "a"
            }
            module "registry" {
              source  = "acme/rds/aws"
              version = "~> 6.0"
              deletion_protection = var.protect
            }
        "#,
        ),
        ("override.tf", "resource \"aws_db_instance\" \"main\" {\n  name = \"b\"\n}\n"),
        ("more.tf.json", r#"{"resource": {"aws_s3_bucket": {"b": {"bucket": "x-${var.protect}"}}}}"#),
        ("envs/prod.tfvars", "protect = true\n"),
        ("envs/dev.tfvars", "protect = false\n"),
    ]);
    let evaluations = run(&workspace);
    let names: Vec<_> = evaluations.iter().map(|e| e.environment.as_str()).collect();
    assert_eq!(names, ["dev", "prod"]);
    assert_eq!(attribute(one(&evaluations[1..], "aws_db_instance.main"), "deletion_protection"), "true");
    assert_eq!(attribute(one(&evaluations, "aws_db_instance.main"), "name"), "\"b\"");
    assert_eq!(attribute(one(&evaluations, "aws_s3_bucket.b"), "bucket"), "\"x-false\"");
    let call = &evaluations[1].unread_calls[0];
    assert_eq!(call.reason.kind, "module-not-installed");
    assert_eq!(json_text(&call.block.attributes["deletion_protection"].value), "true");
}

#[test]
fn a_million_elements_end_at_the_limit() {
    let many = "flatten([for a in range(1024) : [for b in range(1024) : \"${a}-${b}\"]])";
    for each in [
        "count = 1000000".to_owned(),
        "for_each = toset([for p in setproduct(range(1000), range(1000)) : join(\"-\", p)])".into(),
        format!("for_each = toset({many})"),
        format!("count = length({many})"),
    ] {
        let (_dir, workspace) = project(&[("main.tf", &format!("resource \"x_y\" \"a\" {{\n  {each}\n}}\n"))]);
        let start = std::time::Instant::now();
        let evaluations = run(&workspace);
        println!("{each}: {:?}", start.elapsed());
        assert!(evaluations[0].resources.len() <= 10_000 && !evaluations[0].resources.is_empty());
        assert!(evaluations[0].problems.iter().any(|p| p.kind == "limit"), "{each}: {:?}", evaluations[0].problems);
    }
    let modules = "module \"m\" {\n  source = \"./m\"\n  count = 1000000\n}\n";
    let (_dir, workspace) =
        project(&[("main.tf", modules), ("m/main.tf", "resource \"x_y\" \"a\" {\n  count = 1000000\n}\n")]);
    let start = std::time::Instant::now();
    let evaluations = run(&workspace);
    println!("modules: {:?}", start.elapsed());
    assert!(evaluations[0].problems.iter().any(|p| p.kind == "limit") && evaluations[0].resources.len() <= 50_000);
}

#[test]
fn deep_chains_end() {
    let mut text = String::from("locals {\n  l0 = 1\n");
    (1..3000).for_each(|i| text += &format!("  l{i} = {}local.l{}{}\n", "(".repeat(90), i - 1, ")".repeat(90)));
    text += "}\nresource \"x_y\" \"a\" {\n  near = local.l5\n  far = local.l2999\n}\n";
    let (_dir, workspace) = project(&[("main.tf", &text)]);
    let evaluations = run(&workspace);
    let a = one(&evaluations, "x_y.a");
    assert_eq!((attribute(a, "near").as_str(), attribute(a, "far").as_str()), ("1", "unknown: limit"));
    // A module that calls one of its own makes as many of each as it likes, to the limit.
    let call = |to: &str| format!("module \"a\" {{\n  source = \"{to}\"\n  count = 50\n}}\n");
    let files: Vec<(String, String)> = (0..40)
        .map(|i| {
            (
                if i == 0 { "main.tf".into() } else { format!("m{i}/main.tf") },
                call(&format!("{}m{}", if i == 0 { "./" } else { "../" }, i + 1)),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let (_dir, workspace) = project(&files);
    assert!(run(&workspace)[0].problems.iter().any(|p| p.kind == "limit"));
}

#[test]
fn a_thousand_module_instances_are_quick() {
    let (_dir, workspace) = project(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n  count = 1000\n  n = count.index\n}\n"),
        (
            "m/main.tf",
            "variable \"n\" {}\nlocals {\n  a = \"x-${var.n}\"\n}\nresource \"aws_db_instance\" \"d\" {\n  identifier = local.a\n}\n",
        ),
    ]);
    let start = std::time::Instant::now();
    let evaluations = run(&workspace);
    assert_eq!(evaluations[0].resources.len(), 1000);
    let took = start.elapsed();
    println!("1,000 module instances: {took:?}");
    // Well under a second where it is built for release.
    assert!(took.as_secs() < 5, "{took:?}");
}

#[test]
fn the_judged_project() {
    let workspace = load(Path::new("testdata/pocketos"), &LoadOptions::default()).unwrap();
    let evaluations = run(&workspace);
    let telematics: Vec<_> =
        evaluations.iter().flat_map(|e| &e.resources).filter(|r| r.type_ == "aws_db_instance").collect();
    for r in &telematics {
        println!(
            "{} {:?}",
            r.address,
            r.block.attributes.iter().map(|(k, v)| (k.as_str().to_owned(), json_text(&v.value))).collect::<Vec<_>>()
        );
    }
    assert_eq!(telematics.len(), 3);
}
