//! Copies that other resources make, and where they are.

use lastcopy::model::located::Blast;
use lastcopy::model::store::Caller;

use crate::support::{copies, store, survivors, terraform};

const BACKUP: &str = r#"
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "vaults"
  region = "eu-central-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/backup" }
}
resource "aws_backup_vault" "here" { name = "here" }
resource "aws_backup_vault" "there" {
  provider = aws.vaults
  name     = "there"
}
resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.here.name
    lifecycle { delete_after = 35 }
    copy_action {
      destination_vault_arn = aws_backup_vault.there.arn
      lifecycle { delete_after = 90 }
    }
  }
}
"#;

fn backed_up(selection: &str, stores: &str) -> lastcopy::model::Model {
    terraform(&format!(
        "{BACKUP}\nresource \"aws_backup_selection\" \"s\" {{\n  name    = \"s\"\n  plan_id = aws_backup_plan.daily.id\n{selection}\n}}\n{stores}\n"
    ))
}

#[test]
fn a_selection_names_stores_and_its_plan_the_vaults() {
    let db = "resource \"aws_db_instance\" \"db\" {\n  identifier = \"db\"\n  skip_final_snapshot = true\n}\nresource \"aws_db_instance\" \"other\" {\n  identifier = \"other\"\n  skip_final_snapshot = true\n}";
    let model = backed_up("  resources = [aws_db_instance.db.arn]", db);
    assert_eq!(
        survivors(&model, "aws_db_instance.db", Blast::Store),
        [
            "aws_backup_selection.s aws/default/?/eu-west-1/?/aws_backup_vault.here",
            "aws_backup_selection.s aws/222222222222/?/eu-central-1/?/aws_backup_vault.there",
        ]
    );
    assert_eq!(
        survivors(&model, "aws_db_instance.db", Blast::Account),
        ["aws_backup_selection.s aws/222222222222/?/eu-central-1/?/aws_backup_vault.there"]
    );
    let days: Vec<_> = copies(&model, "aws_db_instance.db")
        .iter()
        .filter(|c| c.kind == "vault")
        .filter_map(|c| c.retention_days.as_number()?.as_i64())
        .collect();
    assert_eq!(days, [35, 90]);
    assert!(survivors(&model, "aws_db_instance.other", Blast::Store).is_empty());
}

#[test]
fn a_selection_by_pattern_covers_what_it_can() {
    let stores = "resource \"aws_dynamodb_table\" \"t\" { name = \"orders\" }\nresource \"aws_ebs_volume\" \"v\" { availability_zone = \"a\" }";
    let model = backed_up("  resources = [\"arn:aws:dynamodb:*:*:table/*\"]", stores);
    assert_eq!(survivors(&model, "aws_dynamodb_table.t", Blast::Store).len(), 2);
    assert!(survivors(&model, "aws_ebs_volume.v", Blast::Store).is_empty());
    let model =
        backed_up("  resources     = [\"*\"]\n  not_resources = [\"arn:aws:dynamodb:*:*:table/orders\"]", stores);
    assert!(survivors(&model, "aws_dynamodb_table.t", Blast::Store).is_empty());
    assert_eq!(survivors(&model, "aws_ebs_volume.v", Blast::Store).len(), 2);
}

#[test]
fn a_selection_by_tag_counts_the_tags_every_resource_gets() {
    let stores = "resource \"aws_ebs_volume\" \"tagged\" {\n  availability_zone = \"a\"\n  tags = { backup = \"daily\" }\n}\nresource \"aws_ebs_volume\" \"plain\" { availability_zone = \"a\" }\nvariable \"tags\" {}\nresource \"aws_ebs_volume\" \"unknown\" {\n  availability_zone = \"a\"\n  tags = var.tags\n}";
    let tag = "  selection_tag {\n    type  = \"STRINGEQUALS\"\n    key   = \"backup\"\n    value = \"daily\"\n  }";
    let model = backed_up(tag, stores);
    assert_eq!(survivors(&model, "aws_ebs_volume.tagged", Blast::Store).len(), 2);
    assert!(survivors(&model, "aws_ebs_volume.plain", Blast::Store).is_empty());
    assert!(survivors(&model, "aws_ebs_volume.unknown", Blast::Store).iter().all(|s| s.starts_with('?')));

    let condition = "  resources = [\"*\"]\n  condition {\n    string_equals {\n      key   = \"aws:ResourceTag/backup\"\n      value = \"daily\"\n    }\n  }";
    let model = backed_up(condition, stores);
    assert_eq!(survivors(&model, "aws_ebs_volume.tagged", Blast::Store).len(), 1);
    assert!(survivors(&model, "aws_ebs_volume.plain", Blast::Store).is_empty(), "`*` is narrowed by the condition");

    let shared = terraform(
        &format!("{BACKUP}\nresource \"aws_backup_selection\" \"s\" {{\n  name = \"s\"\n  plan_id = aws_backup_plan.daily.id\n{tag}\n}}\nresource \"aws_ebs_volume\" \"plain\" {{ availability_zone = \"a\" }}\n")
            .replace("provider \"aws\" { region = \"eu-west-1\" }", "provider \"aws\" {\n  region = \"eu-west-1\"\n  default_tags { tags = { backup = \"daily\" } }\n}"),
    );
    assert_eq!(survivors(&shared, "aws_ebs_volume.plain", Blast::Store).len(), 2);
}

#[test]
fn a_plan_that_is_not_here_is_not_known() {
    let model = terraform(
        "variable \"plan\" {}\nresource \"aws_backup_selection\" \"s\" {\n  name = \"s\"\n  plan_id = var.plan\n  resources = [\"*\"]\n}\nresource \"aws_efs_file_system\" \"f\" {}\n",
    );
    let told = survivors(&model, "aws_efs_file_system.f", Blast::Account);
    assert!(!told.is_empty() && told.iter().all(|s| s.starts_with('?')), "{told:?}");
}

#[test]
fn a_lock_of_the_vault_locks_the_copy() {
    let model = terraform(&format!(
        "{BACKUP}\nresource \"aws_backup_vault_lock_configuration\" \"l\" {{\n  backup_vault_name = aws_backup_vault.there.name\n  min_retention_days = 30\n  changeable_for_days = 3\n}}\nresource \"aws_backup_selection\" \"s\" {{\n  name = \"s\"\n  plan_id = aws_backup_plan.daily.id\n  resources = [aws_efs_file_system.f.arn]\n}}\nresource \"aws_efs_file_system\" \"f\" {{}}\n"
    ));
    let locked: Vec<_> =
        copies(&model, "aws_efs_file_system.f").iter().map(|c| (c.title.clone(), c.locked.as_bool())).collect();
    assert_eq!(
        locked,
        [
            ("AWS Backup in `aws_backup_vault.here`".to_owned(), Some(false)),
            ("AWS Backup's second copy in `aws_backup_vault.there`".to_owned(), Some(true)),
        ]
    );
}

#[test]
fn snapshots_by_policy_and_inside_of_the_disk() {
    let model = terraform(
        r#"
        resource "google_compute_disk" "d" { name = "d" }
        resource "google_compute_resource_policy" "daily" {
          name = "daily"
          snapshot_schedule_policy {
            schedule {
              daily_schedule {
                days_in_cycle = 1
                start_time    = "04:00"
              }
            }
            retention_policy { max_retention_days = 14 }
            snapshot_properties { storage_locations = ["us"] }
          }
        }
        resource "google_compute_disk_resource_policy_attachment" "a" {
          name = google_compute_resource_policy.daily.name
          disk = google_compute_disk.d.name
        }
        resource "google_compute_instant_snapshot" "i" {
          name        = "i"
          source_disk = google_compute_disk.d.self_link
        }
        "#,
    );
    let told = survivors(&model, "google_compute_disk.d", Blast::Store);
    assert_eq!(
        told,
        [
            "google_compute_disk_resource_policy_attachment.a google/default/?/us/?/google_compute_disk_resource_policy_attachment.a"
        ]
    );
    assert!(survivors(&model, "google_compute_disk.d", Blast::Project).is_empty());
    let days = copies(&model, "google_compute_disk.d")[0].retention_days.as_number().map(|n| n.as_f64());
    assert_eq!(days, Some(14.0));
}

#[test]
fn the_same_database_on_six_platforms() {
    let model = terraform(
        r#"
        resource "aws_db_instance" "a" {
          identifier              = "a"
          backup_retention_period = 7
          skip_final_snapshot     = true
        }
        resource "google_sql_database_instance" "b" {
          name = "b"
          settings {
            tier = "db-f1-micro"
            backup_configuration { enabled = true }
          }
        }
        resource "azurerm_postgresql_flexible_server" "c" { name = "c" }
        resource "hcloud_volume" "d" { name = "d" }
        resource "neon_project" "e" { name = "e" }
        resource "digitalocean_database_cluster" "f" {
          name   = "f"
          engine = "pg"
        }
        "#,
    );
    for store in model.stores.iter() {
        assert!(survivors(&model, &store.address, Blast::Store).is_empty(), "{}", store.address);
        assert_eq!(store.stakes.word(), "loss", "{}", store.address);
    }
    assert_eq!(model.stores.len(), 6);
}

#[test]
fn backups_that_are_told_to_stay_stay() {
    let model = terraform(
        r#"
        resource "google_sql_database_instance" "b" {
          name = "b"
          settings {
            tier                     = "db-f1-micro"
            retain_backups_on_delete = true
            backup_configuration { enabled = true }
          }
        }
        resource "mongodbatlas_advanced_cluster" "m" {
          project_id             = "p"
          name                   = "m"
          backup_enabled         = true
          retain_backups_enabled = true
        }
        "#,
    );
    for address in ["google_sql_database_instance.b", "mongodbatlas_advanced_cluster.m"] {
        assert_eq!(survivors(&model, address, Blast::Store).len(), 1, "{address}");
    }
    assert_eq!(store(&model, "google_sql_database_instance.b").stakes.word(), "exposed", "the instance's own setting");
    assert_eq!(store(&model, "mongodbatlas_advanced_cluster.m").stakes.word(), "loss", "the caller may say otherwise");
}

#[test]
fn what_the_caller_decides_is_left_by_terraform_alone() {
    let model = terraform(
        r#"
        resource "aws_db_instance" "db" {
          engine                   = "postgres"
          skip_final_snapshot      = false
          backup_retention_period  = 7
          delete_automated_backups = false
        }
        resource "aws_dynamodb_table" "orders" {
          name     = "orders"
          hash_key = "id"
          point_in_time_recovery { enabled = true }
        }
        "#,
    );
    let db = store(&model, "aws_db_instance.db");
    let left = |caller| {
        copies(&model, "aws_db_instance.db")
            .into_iter()
            .filter(|c| c.survives(Blast::Store, db, caller) == Some(true))
            .count()
    };
    assert_eq!((left(Caller::Terraform), left(Caller::Anybody)), (2, 0));
    assert_eq!(db.stakes.word(), "loss", "delete-db-instance --skip-final-snapshot leaves nothing");
    // DynamoDB keeps a backup of a deleted table for 35 days, whoever deleted it, and a closed account
    // can be opened again for longer than the limit.
    assert_eq!(store(&model, "aws_dynamodb_table.orders").stakes.word(), "exposed");
}

#[test]
fn a_copy_of_the_machine_is_one_of_the_volume_attached_to_it() {
    let model = backed_up(
        "  resources = [aws_instance.vm.arn]",
        "resource \"aws_instance\" \"vm\" { ami = \"x\" }\nresource \"aws_ebs_volume\" \"data\" { availability_zone = \"a\" }\nresource \"aws_volume_attachment\" \"data\" {\n  volume_id = aws_ebs_volume.data.id\n  instance_id = aws_instance.vm.id\n}\nresource \"aws_ebs_volume\" \"loose\" { availability_zone = \"a\" }\n",
    );
    assert_eq!(survivors(&model, "aws_ebs_volume.data", Blast::Store).len(), 2);
    assert!(survivors(&model, "aws_ebs_volume.loose", Blast::Store).is_empty());
}

#[test]
fn a_tag_that_speaks_of_backups_leaves_it_open() {
    let model = terraform(
        r#"
        data "http" "tags" { url = "https://example.com" }
        resource "aws_ebs_volume" "told" {
          availability_zone = "a"
          tags              = { backup = "daily" }
        }
        resource "aws_ebs_volume" "no" {
          availability_zone = "a"
          tags              = { backup = "false" }
        }
        resource "aws_ebs_volume" "open" {
          availability_zone = "a"
          tags              = merge(jsondecode(data.http.tags.response_body), { Name = "x" })
        }
        "#,
    );
    assert_eq!(survivors(&model, "aws_ebs_volume.told", Blast::Store).len(), 1);
    assert!(survivors(&model, "aws_ebs_volume.told", Blast::Store)[0].starts_with('?'));
    assert!(survivors(&model, "aws_ebs_volume.no", Blast::Store).is_empty());
    assert!(survivors(&model, "aws_ebs_volume.open", Blast::Store)[0].starts_with('?'));
}
