//! Terragrunt: what units give to their modules.
#![allow(clippy::disallowed_methods)]

mod terraform_support;

use lastcopy::expr::functions::encoding::json_text;
use terraform_support::{attribute, one, project, run};

const ROOT: &str = r#"
locals {
  account = read_terragrunt_config(find_in_parent_folders("account.hcl"))
  env     = read_terragrunt_config(find_in_parent_folders("env.hcl", "missing.hcl"), { locals = { env = "none" } })
  shared  = yamldecode(file("shared.yaml"))
}
remote_state {
  backend = "s3"
  config = {
    bucket = "state-${local.account.locals.name}"
    key    = "${path_relative_to_include()}/terraform.tfstate"
  }
}
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<EOF
provider "aws" {
  region = "${local.shared.region}"
}
variable "generated" {}
EOF
}
inputs = merge(local.account.locals, local.env.locals, { from_root = true, size = 1, generated = "g" })
"#;

const UNIT: &str = r#"
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}
terraform {
  source = "${get_repo_root()}/modules//db"
}
dependency "vpc" {
  config_path = "../vpc"
}
locals { sizes = { prod = 10, none = 2 } }
inputs = {
  size     = local.sizes[include.root.locals.env.locals.env]
  vpc_id   = dependency.vpc.outputs.vpc_id
  protect  = true
  owner    = get_env("OWNER", "nobody")
  here     = get_terragrunt_dir()
  relative = path_relative_to_include("root")
}
"#;

const MODULE: &str = r#"
variable "name" {}
variable "env" {}
variable "size" { type = number }
variable "vpc_id" {}
variable "protect" { default = false }
variable "from_root" { default = false }
variable "owner" {}
variable "here" {}
variable "relative" { default = "" }
resource "aws_db_instance" "this" {
  identifier          = "${var.name}-${var.env}"
  allocated_storage   = var.size
  deletion_protection = var.protect
  vpc                 = var.vpc_id
  from_root           = var.from_root
  owner               = var.owner
  here                = var.here
  generated           = var.generated
}
"#;

fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        ("live/root.hcl", ROOT),
        ("live/shared.yaml", "region: eu-west-1\n"),
        ("live/acc/account.hcl", "locals {\n  name = \"acc\"\n}\n"),
        ("live/acc/prod/env.hcl", "locals {\n  env = \"prod\"\n}\n"),
        ("live/acc/prod/db/terragrunt.hcl", UNIT),
        ("live/acc/other/db/terragrunt.hcl", UNIT),
        ("modules/db/main.tf", MODULE),
        ("modules/unused/main.tf", "resource \"x_y\" \"z\" {}\n"),
    ]
}

#[test]
fn units_give_inputs_through_includes() {
    let (_dir, workspace) = project(&files());
    let all = run(&workspace);
    let units: Vec<_> = all.iter().filter(|e| e.root.starts_with("live")).collect();
    let roots: Vec<_> = units.iter().map(|e| e.root.as_str()).collect();
    assert_eq!(roots, ["live/acc/other/db", "live/acc/prod/db"]);
    // The module is seen through its units alone.
    assert!(!all.iter().any(|e| e.root == "modules/db") && all.iter().any(|e| e.root == "modules/unused"));
    let db = |i: usize| one(std::slice::from_ref(units[i]), "aws_db_instance.this");
    for (name, expected) in [
        ("identifier", "\"acc-prod\""),
        ("allocated_storage", "10"),
        ("deletion_protection", "true"),
        ("from_root", "true"),
        ("generated", "\"g\""),
        ("vpc", "unknown: terragrunt-dependency"),
        ("owner", "unknown: environment"),
        ("here", "unknown: machine"),
    ] {
        assert_eq!(attribute(db(1), name), expected, "{name}");
    }
    assert_eq!(attribute(db(0), "identifier"), "\"acc-none\"");
    assert_eq!(attribute(db(0), "allocated_storage"), "2");
    let (kind, backend) = units[1].backend.as_ref().unwrap();
    assert_eq!(kind.as_str(), "s3");
    assert_eq!(json_text(&backend.attributes["bucket"].value), "\"state-acc\"");
    assert_eq!(json_text(&backend.attributes["key"].value), "\"acc/prod/db/terraform.tfstate\"");
    let provider = &units[1].providers[db(1).provider.unwrap()];
    assert_eq!(json_text(&provider.block.as_ref().unwrap().attributes["region"].value), "\"eu-west-1\"");
    assert!(workspace.sources.path(provider.block.as_ref().unwrap().header).ends_with("root.hcl"));
}

#[test]
fn modules_elsewhere_are_named_with_what_they_are_given() {
    let (_dir, workspace) = project(&[
        (
            "a/terragrunt.hcl",
            "terraform {\n  source = \"tfr:///acme/rds/aws?version=6.1.0\"\n}\ninputs = {\n  deletion_protection = false\n}\n",
        ),
        ("b/terragrunt.hcl", "terraform {\n  source = \"git::ssh://git@example.com/m.git//db?ref=v1\"\n}\n"),
        (
            "c/terragrunt.hcl",
            "include {\n  path = find_in_parent_folders(\"missing.hcl\")\n}\nterraform {\n  source = \"../m\"\n}\n",
        ),
        ("m/main.tf", "variable \"v\" { default = \"d\" }\nresource \"x_y\" \"z\" {\n  v = var.v\n}\n"),
        ("d/terragrunt.hcl", "this is { not hcl\n"),
    ]);
    let all = run(&workspace);
    let call = &all.iter().find(|e| e.root == "a").unwrap().unread_calls[0];
    assert_eq!(call.source, "acme/rds/aws");
    assert_eq!(call.version.as_deref(), Some("6.1.0"));
    assert_eq!(json_text(&call.block.attributes["deletion_protection"].value), "false");
    let call = &all.iter().find(|e| e.root == "b").unwrap().unread_calls[0];
    assert_eq!((call.address.as_str(), call.reason.kind), ("terragrunt.b", "module-not-installed"));
    // What a missing include gives isn't known: not even that it leaves the default.
    let c = all.iter().find(|e| e.root == "c").unwrap();
    assert_eq!(attribute(one(std::slice::from_ref(c), "x_y.z"), "v"), "unknown: file-not-read");
    assert!(c.problems.iter().any(|p| p.kind == "file-not-read"));
}

#[test]
fn files_that_read_each_other_end() {
    let (_dir, workspace) = project(&[
        (
            "u/terragrunt.hcl",
            "locals {\n  a = read_terragrunt_config(\"../x.hcl\")\n  b = local.c\n  c = local.b\n}\nterraform {\n  source = \".\"\n}\ninputs = {\n  v = local.a.locals.v\n  w = local.b\n}\n",
        ),
        ("x.hcl", "locals {\n  v = read_terragrunt_config(\"u/terragrunt.hcl\").inputs.v\n}\n"),
        ("u/main.tf", "variable \"v\" {}\nvariable \"w\" {}\nresource \"x_y\" \"z\" {\n  v = var.v\n  w = var.w\n}\n"),
    ]);
    let all = run(&workspace);
    let z = one(&all, "x_y.z");
    assert!(attribute(z, "v").starts_with("unknown") && attribute(z, "w").starts_with("unknown"));
}
