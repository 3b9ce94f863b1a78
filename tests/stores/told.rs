//! What rules say of stores: the same mistake in every provider's own words, Terraform's guards and
//! the platform's told apart, and nothing about what isn't a store to be guarded.

use std::fmt::Write as _;
use std::path::Path;

use lastcopy::finding::{Finding, Outcome, Persona, Severity};
use lastcopy::knowledge::Knowledge;

use crate::support::{found, model, store};

/// A resource with one attribute, nested blocks around it.
fn resource(r#type: &str, name: &str, path: &str, value: &str) -> String {
    let mut text = format!("resource \"{type}\" \"{name}\" {{\n");
    let parts: Vec<&str> = path.split('.').collect();
    for block in &parts[..parts.len() - 1] {
        let _ = writeln!(text, "{block} {{");
    }
    let _ = writeln!(text, "{} = {value}", parts.last().unwrap());
    text.push_str(&"}\n".repeat(parts.len()));
    text
}

#[test]
fn every_google_guard_stops_whom_it_stops() {
    let known = Knowledge::embedded();
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/knowledge/google-guards.tsv");
    let rows = std::fs::read_to_string(rows).unwrap();
    let mut text = String::new();
    let mut expected = Vec::new();
    for (number, row) in rows.lines().filter(|l| !l.starts_with('#')).enumerate() {
        let [r#type, attribute, who, safe] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        // What holds nothing is no store, whatever guards it.
        let guards = known.store_type(r#type).map(|(_, row)| &row.guards);
        if guards.is_none_or(|all| all.iter().all(|g| g.attribute.as_deref() != Some(attribute))) {
            continue;
        }
        let name = format!("g{number}");
        text.push_str(&resource(r#type, &name, attribute, safe));
        expected.push((format!("{type}.{name}"), attribute, who));
    }
    // Every type has Terraform's own guard besides.
    let google = known.provider("google").unwrap();
    for row in &google.types {
        let name = format!("p_{}", row.r#type);
        text.push_str(&resource(&row.r#type, &name, "deletion_policy", "\"PREVENT\""));
        expected.push((format!("{}.{name}", row.r#type), "deletion_policy", "terraform"));
    }
    assert!(expected.len() > 150, "{}", expected.len());
    let files = [("main.tf", text.as_str())];
    let model = model(&files);
    let findings = found(&files);
    let mut told = 0;
    for (address, attribute, who) in expected {
        let of = store(&model, &address);
        assert_eq!(of.guards[who].on.as_bool(), Some(true), "{address}: {attribute} guards by {who}");
        // Of two that Terraform respects, the type's own is told.
        let own = of.guards[who].attribute.as_deref();
        assert!(own == Some(attribute) || attribute == "deletion_policy", "{address}: {own:?}");
        let attribute = own.unwrap_or(attribute);
        let about = |rule: &str| {
            findings.iter().find(|f| f.rule == rule && f.address == address && f.outcome == Outcome::Finding)
        };
        if who == "api" {
            assert!(about("unprotected-store").is_none(), "{address} is protected by its platform");
            assert!(about("guard-only-terraform-respects").is_none(), "{address}");
            continue;
        }
        assert!(!of.guards["api"].is_on() || of.guards["api"].attribute.as_deref() != Some(attribute), "{address}");
        // A guard that only Terraform respects: whoever may call the platform still can, and is named.
        for rule in ["guard-only-terraform-respects", "unprotected-store"] {
            let Some(finding) = about(rule) else { continue };
            told += 1;
            assert!(finding.message.contains(&format!("`{attribute}`")), "{}", finding.message);
            for call in &of.destroyed_by {
                assert!(finding.message.contains(call.as_str()), "{}", finding.message);
            }
            assert!(finding.message.contains("Terraform"), "{}", finding.message);
        }
    }
    assert!(told > 30, "{told}");
}

const RAILWAY: &str = r#"import { defineRailway, postgres, project } from "railway/iac";
export default defineRailway(() => {
  const db = postgres("Postgres");
  return project("acme", { resources: [db] });
});
"#;

const SIX: &str = r#"
resource "aws_db_instance" "rds" {
  engine                  = "postgres"
  identifier              = "rds"
  backup_retention_period = 7
}
resource "google_sql_database_instance" "sql" {
  name             = "sql"
  database_version = "POSTGRES_16"
  settings {
    tier = "db-g1-small"
    backup_configuration {
      enabled = true
    }
  }
}
resource "azurerm_postgresql_flexible_server" "flexible" {
  name                = "flexible"
  resource_group_name = "prod"
}
resource "hcloud_volume" "volume" {
  name = "volume"
  size = 100
}
resource "neon_project" "neon" {
  name = "neon"
}
"#;

/// The first error about an address, of a rule.
fn error_of<'a>(findings: &'a [Finding], address: &str, rule: &str) -> Option<&'a Finding> {
    let fits = |f: &&Finding| {
        f.address == address && f.rule == rule && f.outcome == Outcome::Finding && f.persona == Persona::Regular
    };
    findings.iter().find(fits)
}

#[test]
fn the_same_mistake_is_one_rule_in_every_platforms_words() {
    let findings = found(&[("main.tf", SIX), (".railway/railway.ts", RAILWAY)]);
    // Where the platform has a switch: one rule, its own call, its own attribute, a fix that can be written.
    for (address, call, attribute) in [
        ("aws_db_instance.rds", "aws rds delete-db-instance", "deletion_protection"),
        ("google_sql_database_instance.sql", "gcloud sql instances delete", "deletion_protection_enabled"),
        ("hcloud_volume.volume", "hcloud volume delete", "delete_protection"),
        ("neon_project.neon", "neonctl projects delete", "default_branch_protected"),
    ] {
        let finding = error_of(&findings, address, "unprotected-store").unwrap_or_else(|| panic!("{address}"));
        assert_eq!(finding.severity, Severity::Error, "{address}");
        assert!(finding.message.contains(call), "{}", finding.message);
        assert!(finding.help.contains(attribute) && finding.help.contains("true"), "{}", finding.help);
        let text = finding.fixes.iter().flat_map(|f| &f.edits).map(|e| e.text.as_str()).collect::<String>();
        assert!(text.is_empty() || text.contains(attribute) || text == "true", "{address}: {text}");
    }
    // Where it has none, that is said, and what helps instead; no fix is invented.
    for (address, platform) in
        [("azurerm_postgresql_flexible_server.flexible", "Azure"), ("railway:Postgres", "Railway")]
    {
        assert!(error_of(&findings, address, "unprotected-store").is_none(), "{address}");
        let finding = error_of(&findings, address, "no-copy-outlives-the-store").unwrap_or_else(|| panic!("{address}"));
        assert_eq!(finding.severity, Severity::Error, "{address}");
        assert!(!finding.message.contains("(unknown)"), "{}", finding.message);
        assert!(finding.help.contains(&format!("{platform} has no switch")), "{}", finding.help);
        assert!(finding.help.contains("Dump it on a schedule"), "{}", finding.help);
        assert!(finding.fixes.is_empty(), "{address}");
    }
    // Nothing else is asked of a platform than what it has.
    for finding in findings.iter().filter(|f| f.outcome == Outcome::Finding) {
        assert!(!finding.message.contains("(unknown)"), "{}: {}", finding.rule, finding.message);
        assert!(!finding.help.contains("(unknown)"), "{}: {}", finding.rule, finding.help);
    }
}

#[test]
fn what_is_no_store_of_its_own_raises_nothing() {
    let main = r#"
        resource "aws_rds_cluster" "main" {
          cluster_identifier      = "main"
          engine                  = "aurora-postgresql"
          deletion_protection     = true
          backup_retention_period = 14
          final_snapshot_identifier = "last"
        }
        resource "aws_rds_cluster_instance" "writer" {
          cluster_identifier = aws_rds_cluster.main.id
          instance_class     = "db.r6g.large"
          engine             = aws_rds_cluster.main.engine
        }
        resource "aws_rds_cluster_instance" "reader" {
          count              = 3
          cluster_identifier = aws_rds_cluster.main.id
          instance_class     = "db.r6g.large"
        }
        resource "aws_db_instance" "replica" {
          replicate_source_db = "prod"
          instance_class      = "db.t3.medium"
        }
        resource "google_sql_database_instance" "replica" {
          name                 = "replica"
          database_version     = "POSTGRES_16"
          master_instance_name = "main"
        }
        resource "azurerm_postgresql_flexible_server" "replica" {
          name             = "replica"
          create_mode      = "Replica"
          source_server_id = "s"
        }
        resource "aws_db_instance" "disabled" {
          count  = 0
          engine = "postgres"
        }
        resource "aws_dynamodb_table" "disabled" {
          for_each = {}
          name     = each.key
        }
        module "off" {
          source = "./modules/db"
          create = false
        }
        module "off_by_count" {
          source = "./modules/db"
          count  = 0
        }
    "#;
    let module = r#"
        variable "create" {
          type    = bool
          default = true
        }
        resource "aws_db_instance" "this" {
          count  = var.create ? 1 : 0
          engine = "postgres"
        }
    "#;
    let loud = "resource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\"\n}\n";
    let findings = found(&[
        ("main.tf", main),
        ("modules/db/main.tf", module),
        ("test/fixtures/db/main.tf", loud),
        ("examples/complete/main.tf", loud),
        ("modules/db/tests/setup/main.tf", loud),
    ]);
    let shown: Vec<_> = findings
        .iter()
        .filter(|f| f.persona == Persona::Regular && f.hidden.is_none() && f.severity > Severity::Note)
        .map(|f| format!("{} {} {}", f.rule, f.address, f.message))
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
}
