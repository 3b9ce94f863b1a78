//! Which files a root reads, and what it makes of blocks that only Terraform itself knows.
#![allow(clippy::disallowed_methods)]

mod terraform_support;

use lastcopy::expr::functions::encoding::json_text;
use lastcopy::expr::{Kind, Value};
use lastcopy::terraform::{Assigned, Assignment, ChangeKind, Options};
use terraform_support::{attribute, one, project, run, run_with};

fn symbol(value: &Value) -> &str {
    match &value.kind {
        Kind::Unknown(u) => u.symbol.as_deref().unwrap_or("none"),
        _ => "known",
    }
}

fn assigned(root: Option<&str>, what: Assignment) -> Assigned {
    Assigned { root: root.map(Into::into), what }
}

#[test]
fn environments_are_laid_over_the_automatic_files() {
    let (_dir, workspace) = project(&[
        (
            "infra/main.tf",
            "variable \"a\" {}\nvariable \"b\" {}\nresource \"x_y\" \"z\" {\n  v = \"${var.a}${var.b}\"\n}\n",
        ),
        ("infra/terraform.tfvars", "a = 1\nb = 1\n"),
        ("infra/prod.tfvars", "b = 2\n"),
        ("infra/envs/dev.tfvars", "b = 3\n"),
        ("infra/environments/stage/terraform.tfvars", "b = 4\n"),
        ("infra/vars/eu/net.tfvars", "b = 5\n"),
        ("infra/vars/us/net.tfvars", "b = 6\n"),
        ("infra/other/ignored.tfvars", "b = 7\n"),
    ]);
    let told = |options: &Options| -> Vec<String> {
        let all = run_with(&workspace, options);
        all.iter().map(|e| format!("{} {}", e.environment, attribute(&e.resources[0], "v"))).collect()
    };
    let all = told(&Options::default());
    assert_eq!(
        all,
        ["default \"11\"", "stage \"14\"", "dev \"13\"", "prod \"12\"", "vars/eu/net \"15\"", "vars/us/net \"16\""]
    );
    let one = told(&Options { environment: Some("dev".into()), ..Options::default() });
    assert_eq!(one, ["default \"11\"", "dev \"13\""]);
    let given = Options {
        assigned: vec![
            assigned(None, Assignment::Value("a".into(), "9".into())),
            assigned(Some("elsewhere"), Assignment::Value("b".into(), "8".into())),
            assigned(Some("infra"), Assignment::File("infra/prod.tfvars".into())),
        ],
        env: vec![("a".into(), "env".into()), ("b".into(), "env".into())],
        ..Options::default()
    };
    assert_eq!(told(&given), ["prod \"92\""], "whoever names the file says which environment it is");
    let in_order = |first: Assignment, second: Assignment| {
        let all = vec![assigned(None, first), assigned(None, second)];
        told(&Options { assigned: all, ..Options::default() })
    };
    let (value, file) = (Assignment::Value("b".into(), "8".into()), Assignment::File("infra/prod.tfvars".into()));
    assert_eq!(in_order(value.clone(), file.clone()), ["prod \"12\""], "the last one wins");
    assert_eq!(in_order(file, value), ["prod \"18\""]);
}

#[test]
fn at_most_sixteen_environments_and_that_is_told() {
    let mut files = vec![("main.tf".to_owned(), "variable \"v\" {}\n".to_owned())];
    files.extend((0..20).map(|i| (format!("envs/e{i:02}.tfvars"), format!("v = {i}\n"))));
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let (_dir, workspace) = project(&files);
    let all = run(&workspace);
    assert_eq!(all.len(), 16);
    assert!(all.iter().all(|e| e.problems.iter().any(|p| p.kind == "limit")));
}

#[test]
fn roots_libraries_and_circles() {
    let call = |source: &str| format!("module \"m\" {{\n  source = \"{source}\"\n}}\n");
    let files = [
        ("live/main.tf", call("../modules/used") + "terraform {\n  backend \"s3\" {}\n}\n"),
        ("modules/used/main.tf", "resource \"x_y\" \"used\" {}\n".into()),
        ("modules/unused/main.tf", "resource \"x_y\" \"unused\" {}\n".into()),
        ("modules/shown/main.tf", "resource \"x_y\" \"shown\" {}\n".into()),
        ("examples/all/main.tf", call("../../modules/shown")),
        ("circle/a/main.tf", call("../b")),
        ("circle/b/main.tf", call("../a") + "resource \"x_y\" \"b\" {}\n"),
        ("self/main.tf", call("./") + "resource \"x_y\" \"self\" {}\n"),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let (_dir, workspace) = project(&files);
    let all = run(&workspace);
    let mut roots: Vec<_> = all.iter().map(|e| (e.root.as_str(), e.library)).collect();
    roots.sort_unstable();
    assert_eq!(
        roots,
        [
            ("circle/a", false),
            ("examples/all", false),
            ("live", false),
            ("modules/shown", true),
            ("modules/unused", true),
            ("self", false),
        ]
    );
    for circle in ["circle/a", "self"] {
        let problems = &all.iter().find(|e| e.root == circle).unwrap().problems;
        assert!(problems.iter().any(|p| p.kind == "cycle"), "{circle}: {problems:?}");
    }
    one(&all, "module.m.x_y.b");
}

#[test]
fn lock_files_choose_versions_and_providers_are_passed() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            r#"
            terraform {
              required_providers {
                aws = {
                  source  = "registry.terraform.io/hashicorp/aws"
                  version = "~> 5.0"
                }
                db = { source = "acme/db", version = "1.2.3" }
              }
            }
            provider "aws" { region = "eu-west-1" }
            provider "aws" {
              alias  = "us"
              region = var.region
            }
            variable "region" { default = "us-east-1" }
            module "m" {
              source    = "./m"
              providers = { aws = aws.us }
            }
            module "n" { source = "./m" }
            resource "aws_x" "own" { provider = aws.us }
            resource "db_x" "own" {}
        "#,
        ),
        ("m/main.tf", "resource \"aws_x\" \"inner\" {}\n"),
        (".terraform.lock.hcl", "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5.31.0\"\n}\n"),
    ]);
    let all = run(&workspace);
    let provider = |address: &str| &all[0].providers[one(&all, address).provider.unwrap()];
    let region = |address: &str| json_text(&provider(address).block.as_ref().unwrap().attributes["region"].value);
    assert_eq!(region("aws_x.own"), "\"us-east-1\"");
    assert_eq!(region("module.m.aws_x.inner"), "\"us-east-1\"");
    assert_eq!(region("module.n.aws_x.inner"), "\"eu-west-1\"");
    assert_eq!(provider("aws_x.own").version.as_deref(), Some("5.31.0"));
    assert_eq!(provider("db_x.own").version.as_deref(), Some("1.2.3"));
    assert_eq!(provider("db_x.own").source.as_deref(), Some("acme/db"));
}

#[test]
fn installed_modules_are_read_and_others_say_what_they_are_given() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            r#"
            variable "dbs" { default = { a = true, b = false } }
            module "here" {
              source  = "terraform-aws-modules/rds/aws"
              version = "6.1.0"
              protect = true
            }
            module "not" {
              source   = "acme/s3-bucket/aws"
              for_each = var.dbs
              name     = each.key
              versioning = { enabled = each.value }
            }
            module "none" {
              source = "acme/none/aws"
              count  = 0
            }
            resource "x_y" "r" {
              known = module.here.known
              id    = module.not["a"].s3_bucket_id
            }
        "#,
        ),
        (
            ".terraform/modules/modules.json",
            r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"here","Source":"registry.terraform.io/x","Dir":".terraform/modules/here"}]}"#,
        ),
        (
            ".terraform/modules/here/main.tf",
            "variable \"protect\" {}\nresource \"aws_db_instance\" \"this\" {\n  deletion_protection = var.protect\n}\noutput \"known\" {\n  value = \"k\"\n}\n",
        ),
    ]);
    let all = run(&workspace);
    assert_eq!(all.len(), 1);
    assert_eq!(attribute(one(&all, "module.here.aws_db_instance.this"), "deletion_protection"), "true");
    let told: Vec<String> = all[0]
        .unread_calls
        .iter()
        .map(|c| format!("{} {} {}", c.address, json_text(&c.block.attributes["name"].value), c.reason.kind))
        .collect();
    assert_eq!(told, ["module.not[\"a\"] \"a\" module-not-installed", "module.not[\"b\"] \"b\" module-not-installed"]);
    let r = one(&all, "x_y.r");
    assert_eq!(attribute(r, "known"), "\"k\"");
    assert_eq!(symbol(&r.block.attributes["id"].value), "module.not[\"a\"].s3_bucket_id");
}

#[test]
fn whole_resources_are_open() {
    let (_dir, workspace) = project(&[(
        "main.tf",
        r#"
        resource "aws_s3_bucket" "b" {
          bucket = "name"
          nested { key = "k" }
          objects = [{ a = 1 }]
          tags    = { Name = "x" }
        }
        resource "aws_s3_bucket" "many" {
          for_each = toset(["a", "b"])
          bucket   = each.key
        }
        variable "n" { type = number }
        resource "x_maybe" "m" {
          count = var.n
          name  = "m"
        }
        locals { b = aws_s3_bucket.b }
        resource "x_y" "r" {
          name      = local.b.bucket
          id        = local.b.id
          tried     = try(local.b.something, "default")
          keys      = keys(aws_s3_bucket.b)
          merged    = merge(aws_s3_bucket.b, { x = 1 })
          same      = aws_s3_bucket.b == null
          nested    = aws_s3_bucket.b.nested[0].key
          single    = aws_s3_bucket.b.nested.key
          more      = aws_s3_bucket.b.nested[0].filled_in
          blocks    = aws_s3_bucket.b.nested
          object    = aws_s3_bucket.b.objects[0].a
          filled    = try(aws_s3_bucket.b.objects[0].computed, "d")
          tag       = aws_s3_bucket.b.tags["Name"]
          names     = [for k, b in aws_s3_bucket.many : b.bucket]
          ids       = values(aws_s3_bucket.many)[*].id
          one       = aws_s3_bucket.many["a"].arn
          maybe     = x_maybe.m[0].id
          maybe_not = try(x_maybe.m[0].name, "none")
        }
    "#,
    )]);
    let all = run(&workspace);
    let r = one(&all, "x_y.r");
    let known = [
        ("name", "\"name\""),
        ("same", "false"),
        ("nested", "\"k\""),
        ("single", "\"k\""),
        ("object", "1"),
        ("tag", "\"x\""),
        ("names", "[\"a\",\"b\"]"),
    ];
    for (name, expected) in known {
        assert_eq!(attribute(r, name), expected, "{name}");
    }
    for name in ["tried", "keys", "merged", "more", "blocks", "filled", "maybe", "maybe_not"] {
        assert!(r.block.attributes[name].value.is_unknown(), "{name}");
    }
    assert_eq!(symbol(&r.block.attributes["id"].value), "aws_s3_bucket.b.id");
    assert_eq!(symbol(&r.block.attributes["one"].value), "aws_s3_bucket.many[\"a\"].arn");
    assert_eq!(symbol(&r.block.attributes["maybe"].value), "x_maybe.m.id");
    let ids = r.block.attributes["ids"].value.items().unwrap();
    assert_eq!(symbol(&ids[1]), "aws_s3_bucket.many[\"b\"].id");
}

#[test]
fn refactorings_and_names_in_lifecycle_blocks() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            r#"
            removed {
              from = aws_db_instance.gone
              lifecycle { destroy = true }
            }
            removed {
              from = aws_db_instance.kept
              lifecycle { destroy = false }
            }
            removed { from = module.old }
            moved {
              from = aws_s3_bucket.a
              to   = aws_s3_bucket.b["x"]
            }
            import {
              to = aws_s3_bucket.b["x"]
              id = "bucket"
            }
            resource "aws_s3_bucket" "b" {
              for_each = toset(["x"])
              lifecycle {
                prevent_destroy = true
                ignore_changes  = [tags, versioning[0].enabled]
              }
              provisioner "local-exec" {
                when    = destroy
                command = "echo ${self.id}"
              }
            }
            module "m" { source = "./m" }
        "#,
        ),
        (
            "m/main.tf",
            "removed {\n  from = x_y.z\n}\nresource \"x_y\" \"all\" {\n  lifecycle {\n    ignore_changes = all\n  }\n}\n",
        ),
    ]);
    let all = run(&workspace);
    let told: Vec<String> = all[0]
        .changes
        .iter()
        .map(|c| format!("{:?} {} {:?} {}", c.kind, c.address, c.to, json_text(&c.destroy)))
        .collect();
    assert_eq!(
        told,
        [
            "Removed aws_db_instance.gone None true",
            "Removed aws_db_instance.kept None false",
            "Removed module.old None true",
            "Moved aws_s3_bucket.a Some(\"aws_s3_bucket.b[\\\"x\\\"]\") false",
            "Imported aws_s3_bucket.b[\"x\"] None false",
            "Removed module.m.x_y.z None true",
        ]
    );
    assert_eq!(all[0].changes[5].kind, ChangeKind::Removed);
    let bucket = one(&all, "aws_s3_bucket.b[\"x\"]");
    let lifecycle = bucket.block.blocks_of("lifecycle").next().unwrap();
    assert_eq!(json_text(&lifecycle.attributes["ignore_changes"].value), "[\"tags\",\"versioning[0].enabled\"]");
    let provisioner = bucket.block.blocks_of("provisioner").next().unwrap();
    assert_eq!(json_text(&provisioner.attributes["when"].value), "\"destroy\"");
    let inner = one(&all, "module.m.x_y.all");
    assert_eq!(
        json_text(&inner.block.blocks_of("lifecycle").next().unwrap().attributes["ignore_changes"].value),
        "\"all\""
    );
}

#[test]
fn policy_documents_are_rendered() {
    let (_dir, workspace) = project(&[(
        "main.tf",
        r#"
        variable "extra" { default = ["s3:PutObject"] }
        data "aws_iam_policy_document" "base" {
          statement {
            sid       = "Read"
            actions   = concat(["s3:GetObject"], var.extra)
            resources = ["arn:aws:s3:::b/*"]
          }
        }
        data "aws_iam_policy_document" "p" {
          source_policy_documents = [data.aws_iam_policy_document.base.json]
          statement {
            effect    = "Deny"
            actions   = ["s3:DeleteObject"]
            resources = ["*"]
            principals {
              type        = "AWS"
              identifiers = ["*"]
            }
            condition {
              test     = "StringNotEquals"
              variable = "aws:username"
              values   = ["&{aws:username}"]
            }
          }
          dynamic "statement" {
            for_each = toset(["x"])
            content {
              sid       = upper(statement.key)
              actions   = ["kms:*"]
              resources = ["*"]
            }
          }
        }
        data "aws_iam_policy_document" "unknown" {
          statement {
            actions   = ["s3:*"]
            resources = [aws_s3_bucket.b.arn]
          }
        }
        resource "aws_s3_bucket" "b" {}
        resource "aws_iam_policy" "p" {
          policy  = data.aws_iam_policy_document.p.json
          effect  = jsondecode(data.aws_iam_policy_document.p.json).Statement[1].Effect
          small   = data.aws_iam_policy_document.base.minified_json
          unknown = data.aws_iam_policy_document.unknown.json
        }
    "#,
    )]);
    let all = run(&workspace);
    let p = one(&all, "aws_iam_policy.p");
    assert_eq!(attribute(p, "effect"), "\"Deny\"");
    assert_eq!(
        p.block.attributes["small"].value.as_str().unwrap(),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::b/*"}]}"#
    );
    let text = p.block.attributes["policy"].value.as_str().unwrap();
    for part in ["\"Sid\": \"X\"", "\"AWS\": \"*\"", "\"aws:username\": \"${aws:username}\"", "\"Sid\": \"Read\""] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(attribute(p, "unknown"), "unknown: known-after-apply");
    assert_eq!(symbol(&p.block.attributes["unknown"].value), "data.aws_iam_policy_document.unknown.json");
}

#[test]
fn json_syntax_says_what_it_is() {
    let (_dir, workspace) = project(&[(
        "main.tf.json",
        r#"{
          "terraform": {"backend": {"s3": {"bucket": "state"}}, "required_providers": {"aws": {"source": "hashicorp/aws"}}},
          "variable": {"o": {"type": "object({a = optional(string, \"x\")})", "default": {}}},
          "removed": {"from": "aws_db_instance.gone", "lifecycle": {"destroy": false}},
          "resource": {"aws_x": {"y": {
            "a": "${var.o.a}",
            "dynamic": {"rule": {"for_each": [1, 2], "iterator": "r", "content": {"n": "${r.value}"}}},
            "lifecycle": {"prevent_destroy": true, "ignore_changes": ["tags"]},
            "provisioner": [{"local-exec": {"command": "x", "when": "destroy"}}]
          }}}
        }"#,
    )]);
    let all = run(&workspace);
    let (kind, backend) = all[0].backend.as_ref().unwrap();
    assert_eq!((kind.as_str(), json_text(&backend.attributes["bucket"].value).as_str()), ("s3", "\"state\""));
    assert_eq!(all[0].changes[0].address, "aws_db_instance.gone");
    let x = one(&all, "aws_x.y");
    assert_eq!(attribute(x, "a"), "\"x\"");
    assert_eq!(x.block.blocks_of("rule").count(), 2);
    assert_eq!(x.prevent_destroy.as_bool(), Some(true));
    assert!(!x.block.attributes.contains_key("lifecycle") && !x.block.attributes.contains_key("provisioner"));
    assert_eq!(json_text(&x.block.blocks_of("provisioner").next().unwrap().attributes["when"].value), "\"destroy\"");
}

#[test]
fn overrides_of_dynamic_blocks() {
    let (_dir, workspace) = project(&[
        (
            "main.tf",
            "resource \"x_y\" \"z\" {\n  rule { n = 1 }\n  dynamic \"rule\" {\n    for_each = [2]\n    content { n = rule.value }\n  }\n  other { n = 3 }\n}\n",
        ),
        (
            "override.tf",
            "resource \"x_y\" \"z\" {\n  dynamic \"rule\" {\n    for_each = [4, 5]\n    content { n = rule.value }\n  }\n}\n",
        ),
    ]);
    let all = run(&workspace);
    let z = &one(&all, "x_y.z").block;
    let rules: Vec<String> = z.blocks_of("rule").map(|b| json_text(&b.attributes["n"].value)).collect();
    assert_eq!((rules, z.blocks_of("other").count()), (vec!["4".to_owned(), "5".into()], 1));
}
