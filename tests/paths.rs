//! Paths as they are joined: which agents, credentials, guards and copies make one, and how sure it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod project_support;

use lastcopy::finding::Confidence;
use lastcopy::model::Model;
use lastcopy::model::path::Path;
use project_support::Made;

/// Claude Code with these entries, and the rest.
fn claude<'a>(settings: &'a str, rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![(".claude/settings.json", settings)];
    files.extend(rest);
    files
}

fn path<'a>(model: &'a Model, store: &str) -> Option<&'a Path> {
    model.paths.iter().find(|p| model.stores[p.store].address == store)
}

const TERRAFORM: &str = r#"{"permissions": {"allow": ["Bash(terraform:*)", "Bash(tofu:*)", "Bash(terragrunt:*)"], "defaultMode": "default"}}"#;

#[test]
fn prevent_destroy_stops_every_program_that_runs_terraform() {
    let store = |lifecycle: &str| {
        format!("resource \"aws_dynamodb_table\" \"t\" {{\n  name = \"t\"\n  hash_key = \"id\"\n  {lifecycle}\n}}\n")
    };
    for (lifecycle, stopped) in [("", false), ("lifecycle {\n    prevent_destroy = true\n  }", true)] {
        for tool in ["terraform", "tofu", "terragrunt"] {
            let settings = format!("{{\"permissions\": {{\"allow\": [\"Bash({tool}:*)\"]}}}}");
            let main = store(lifecycle);
            let made = Made::of(&claude(&settings, &[("main.tf", &main)]));
            let found = path(made.model(), "aws_dynamodb_table.t");
            assert_eq!(found.is_none(), stopped, "{tool} {lifecycle} {:?}", found.map(|p| &p.best));
            assert!(stopped || made.model().grants.iter().any(|g| g.in_sight().next().is_some()), "{tool}");
        }
    }
}

#[test]
fn a_lock_that_may_be_there_leaves_the_path_unsure() {
    let main = |state: &str| {
        format!(
            r#"
provider "azurerm" {{
  features {{}}
}}
variable "state" {{}}
resource "azurerm_storage_account" "data" {{
  name                = "acmedata"
  resource_group_name = "acme"
  location            = "westeurope"
  immutability_policy {{
    allow_protected_append_writes = true
    period_since_creation_in_days = 30
    state                         = {state}
  }}
}}
resource "azurerm_management_lock" "data" {{
  name       = "data"
  scope      = azurerm_storage_account.data.id
  lock_level = "CanNotDelete"
}}
"#
        )
    };
    let az = r#"{"permissions": {"allow": ["Bash(az:*)"]}}"#;
    let (unknown, locked) = (main("var.state"), main("\"Locked\""));
    let made = Made::of(&claude(az, &[("main.tf", &unknown)]));
    let found = path(made.model(), "azurerm_storage_account.data").expect("it stays, unsure");
    assert_eq!(found.best.confidence, Confidence::Low);
    assert_eq!(found.best.calls, 2, "the management lock is lifted first");
    let made = Made::of(&claude(az, &[("main.tf", &locked)]));
    assert!(path(made.model(), "azurerm_storage_account.data").is_none(), "nobody lifts a locked policy");
}

#[test]
fn a_dump_kept_in_the_environment_goes_with_it() {
    let ts = r#"
import { bucket, cron, defineRailway, fn, postgres, project, service } from "railway/iac";
export default defineRailway(() => {
  const db = postgres("db");
  const dumps = bucket("dumps", { region: "ams" });
  return project("acme", { resources: [db, dumps, service("backup", {
    cron: "0 3 * * *",
    start: "pg_dump $DATABASE_URL | aws s3 cp - s3://$BUCKET/db.sql --endpoint-url $ENDPOINT",
    env: { DATABASE_URL: db.env.DATABASE_URL, BUCKET: dumps.env.BUCKET, ENDPOINT: dumps.env.ENDPOINT },
  })] });
});
"#;
    let settings = r#"{"permissions": {"allow": ["Bash(railway environment delete:*)"]}}"#;
    let made = Made::of(&claude(settings, &[(".railway/railway.ts", ts)]));
    let found = path(made.model(), "railway:db").expect("an environment takes its database");
    assert!(made.model().copies.iter().any(|c| c.kind == "dump"), "{:?}", made.model().copies);
    let dump = made.model().copies.iter().position(|c| c.kind == "dump").unwrap();
    assert!(found.lost.contains(&dump) && found.undecided.is_empty(), "{found:?}");
}

#[test]
fn a_tool_of_a_server_is_taken_back_as_long_as_its_operation() {
    let mcp = r#"{"mcpServers": {"railway": {"command": "railway", "args": ["mcp"]}}}"#;
    let settings =
        r#"{"enableAllProjectMcpServers": true, "permissions": {"allow": ["mcp__railway", "Bash(railway:*)"]}}"#;
    let ts = r#"
import { defineRailway, postgres, project } from "railway/iac";
export default defineRailway(() => project("acme", { resources: [postgres("db")] }));
"#;
    let made = Made::of(&claude(settings, &[(".mcp.json", mcp), (".railway/railway.ts", ts)]));
    let acts: Vec<_> = made.model().grants.iter().flat_map(|g| &g.acts).collect();
    let tool = acts.iter().find(|a| a.id.starts_with("mcp:") && a.call == "remove_volume").expect("it is granted");
    let command = acts.iter().find(|a| a.id == "railway-volume-delete").expect("it is granted");
    assert!(tool.undo_days > 0.0 && tool.undo_days == command.undo_days, "{} {}", tool.undo_days, command.undo_days);
}

#[test]
fn terraform_is_in_sight_by_any_of_its_programs() {
    let main = "resource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n}\n";
    let made = Made::of(&claude(TERRAFORM, &[("main.tf", main)]));
    for grant in &made.model().grants {
        assert!(grant.in_sight().next().is_some(), "{}", grant.entry);
    }
}

#[test]
fn what_is_deleted_in_a_secret_store_of_ci_is_no_data() {
    let made = Made::of(&claude(
        r#"{"permissions": {"allow": ["Bash(gh:*)"]}}"#,
        &[("main.tf", "resource \"github_repository\" \"r\" {\n  name = \"r\"\n}\n")],
    ));
    let acts: Vec<_> = made.model().grants.iter().flat_map(|g| &g.acts).collect();
    let act = acts.iter().find(|a| a.id == "gh-secret-delete").expect("it is granted");
    assert!(!act.takes_data());
}
