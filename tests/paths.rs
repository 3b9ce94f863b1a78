//! Paths as they are joined: which agents, credentials, guards and copies make one, and how sure it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod paths_support;

use lastcopy::finding::Confidence;
use lastcopy::model::Model;
use lastcopy::model::path::Path;
use paths_support::Made;

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

const DATABASE: &str = r#"
resource "aws_db_instance" "main" {
  identifier          = "orders"
  skip_final_snapshot = true
}
"#;

fn role(policy: &str) -> String {
    format!(
        r#"{DATABASE}
resource "aws_iam_role" "agent" {{
  name                = "agent"
  managed_policy_arns = ["arn:aws:iam::aws:policy/{policy}"]
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }}
      Condition = {{ StringEquals = {{ "token.actions.githubusercontent.com:sub" = "repo:acme/app:ref:refs/heads/main" }} }}
    }}]
  }})
}}
"#
    )
}

/// A workflow that starts Claude Code with every command allowed.
fn workflow(job: &str, before: &str) -> String {
    format!(
        r#"
on: [push]
jobs:
  agent:
    runs-on: ubuntu-latest
{job}
    steps:
{before}
      - uses: anthropics/claude-code-action@v1
        with:
          prompt: mend it
          claude_args: --allowedTools "Bash(aws:*)"
"#
    )
}

fn takes_on(role: &str) -> String {
    format!(
        "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: {role}\n          aws-region: eu-west-1"
    )
}

fn in_ci<'a>(workflow: &'a str, main: &'a str) -> Made {
    Made::of(&[(".github/workflows/agent.yml", workflow), ("main.tf", main)])
}

#[test]
fn a_job_hands_its_role_to_the_agent_it_starts() {
    let step = takes_on("arn:aws:iam::123456789012:role/agent");
    for (policy, found) in [("AmazonRDSFullAccess", true), ("AdministratorAccess", true), ("ReadOnlyAccess", false)] {
        let (workflow, main) = (workflow("", &step), role(policy));
        let made = in_ci(&workflow, &main);
        let path = path(made.model(), "aws_db_instance.main");
        let proven = path.filter(|p| p.best.credential.is_some());
        assert_eq!(proven.is_some(), found, "{policy}: {path:?}");
        if let Some(path) = proven {
            let credential = &made.model().credentials[path.best.credential.unwrap()];
            assert_eq!(credential.title, "role `agent`, which the job takes on");
            assert!(path.best.confidence >= Confidence::Medium);
        }
    }
}

#[test]
fn a_role_of_which_nothing_is_known_leaves_a_path_unsure() {
    let (workflow, main) = (workflow("", &takes_on("${{ secrets.AWS_ROLE_ARN }}")), DATABASE.to_owned());
    let made = in_ci(&workflow, &main);
    let found = path(made.model(), "aws_db_instance.main").expect("it may");
    assert_eq!(found.best.confidence, Confidence::Low);
    assert!(found.best.credential.is_some());
}

#[test]
fn a_key_in_the_environment_of_a_job_is_handed_to_its_agent() {
    let env = "    env:\n      AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n      AWS_SECRET_ACCESS_KEY: ${{ secrets.PROD_AWS_SECRET }}";
    let workflow = workflow(env, "      - uses: actions/checkout@v4");
    let made = in_ci(&workflow, DATABASE);
    let found = path(made.model(), "aws_db_instance.main").expect("it is handed a key");
    let credential = &made.model().credentials[found.best.credential.expect("the key")];
    assert!(credential.title.contains("the secret `PROD_AWS_SECRET`"), "{}", credential.title);
    assert_eq!(found.best.confidence, Confidence::Medium);
}

#[test]
fn an_agent_waits_for_what_its_job_waits_for() {
    let step = takes_on("arn:aws:iam::123456789012:role/agent");
    let main = role("AdministratorAccess");
    let at = |job: &str, more: &str| {
        let (workflow, main) = (workflow(job, &step), format!("{main}\n{more}"));
        let made = in_ci(&workflow, &main);
        path(made.model(), "aws_db_instance.main").map(|p| p.best.confidence)
    };
    let protected = "    environment: production";
    let declared = |more: &str| {
        format!(
            "resource \"github_repository_environment\" \"p\" {{\n  repository = \"app\"\n  environment = \"production\"\n{more}\n}}\n"
        )
    };
    assert!(at("", "") >= Some(Confidence::Medium));
    assert_eq!(at(protected, ""), Some(Confidence::Low), "whether it has reviewers is in no file");
    assert_eq!(at(protected, &declared("  reviewers {\n    users = [1]\n  }")), None);
    assert!(at(protected, &declared("")) >= Some(Confidence::Medium), "declared here, with nobody to ask");
    assert_eq!(at("    if: false", ""), None, "it never runs");
    assert!(at("    if: github.event_name == 'push'", "") >= Some(Confidence::Medium));
    assert_eq!(at("    if: github.event_name == 'pull_request'", ""), None);
}

#[test]
fn nobody_is_logged_in_in_a_job_that_is_given_nothing() {
    let at = |before: &str| {
        let workflow = workflow("", before);
        let made = in_ci(&workflow, DATABASE);
        path(made.model(), "aws_db_instance.main").map(|p| (p.best.confidence, p.best.credential.is_some()))
    };
    assert_eq!(at("      - uses: actions/checkout@v4"), None);
    assert_eq!(
        at("      - uses: actions/checkout@v4\n        with:\n          token: ${{ secrets.GITHUB_TOKEN }}"),
        None
    );
    let script = "      - run: ./login.sh \"${{ secrets.DEPLOY }}\"";
    assert_eq!(at(script), Some((Confidence::Low, false)), "it may log in to anything");
}

#[test]
fn a_role_that_deletes_the_copies_too_needs_a_call_for_each() {
    let backup = r#"
resource "aws_backup_vault" "nightly" {
  name = "nightly"
}
resource "aws_backup_plan" "nightly" {
  name = "nightly"
  rule {
    rule_name         = "nightly"
    target_vault_name = aws_backup_vault.nightly.name
    schedule          = "cron(0 3 * * ? *)"
    lifecycle {
      delete_after = 35
    }
  }
}
resource "aws_backup_selection" "orders" {
  iam_role_arn = "arn:aws:iam::123456789012:role/backup"
  name         = "orders"
  plan_id      = aws_backup_plan.nightly.id
  resources    = [aws_db_instance.main.arn]
}
"#;
    let at = |policy: &str| {
        let (workflow, main) = (workflow("", &takes_on("arn:aws:iam::123456789012:role/agent")), role(policy) + backup);
        let made = in_ci(&workflow, &main);
        let found = path(made.model(), "aws_db_instance.main").expect("it deletes the database").clone();
        (found.survivors.is_empty(), found.best.takes_copies, found.best.calls > 1)
    };
    assert_eq!(at("AdministratorAccess"), (true, true, true), "the recovery points, one by one");
    assert_eq!(at("AmazonRDSFullAccess"), (false, false, false), "they are out of its reach");
}

#[test]
fn snapshots_are_deleted_by_whoever_deletes_their_database() {
    let snapshot = "resource \"aws_db_snapshot\" \"kept\" {\n  db_instance_identifier = aws_db_instance.main.identifier\n  db_snapshot_identifier = \"kept\"\n}\n";
    let main = format!("{}\n{snapshot}", role("AmazonRDSFullAccess"));
    let workflow = workflow("", &takes_on("arn:aws:iam::123456789012:role/agent"));
    let made = in_ci(&workflow, &main);
    let found = path(made.model(), "aws_db_instance.main").expect("it deletes snapshots too");
    assert!(found.survivors.is_empty(), "{found:?}");
    assert!(found.best.takes_copies && found.best.calls > 1, "{:?}", found.best);
}

#[test]
fn a_key_beside_the_project_is_what_its_commands_use() {
    let env =
        "AWS_ACCESS_KEY_ID=AKIAQ3EGRTD5XMVZ2LPB\nAWS_SECRET_ACCESS_KEY=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\n";
    let settings = r#"{"permissions": {"allow": ["Bash(aws:*)"], "defaultMode": "default"}}"#;
    let made = Made::of(&claude(settings, &[("main.tf", DATABASE), (".env", env)]));
    let found = path(made.model(), "aws_db_instance.main").expect("the key is there");
    assert_eq!(found.best.confidence, Confidence::Medium);
    assert!(found.best.credential.is_some());
    let without = Made::of(&claude(settings, &[("main.tf", DATABASE)]));
    let found = path(without.model(), "aws_db_instance.main").expect("a login is assumed");
    assert_eq!((found.best.confidence, found.best.credential), (Confidence::Low, None));
}

#[test]
fn a_server_takes_its_token_from_a_variable() {
    let mcp = r#"{"mcpServers": {"neon": {"command": "npx", "args": ["-y", "@neondatabase/mcp-server-neon", "start"], "env": {"NEON_API_KEY": "${NEON_API_KEY}"}}}}"#;
    let settings =
        r#"{"enableAllProjectMcpServers": true, "permissions": {"allow": ["mcp__neon"], "defaultMode": "default"}}"#;
    let env = "NEON_API_KEY=napi_5k2j8f0q3x7v1m9c4b6n8z2l5s7d0h3g6p9w1r4t\n";
    let main = "resource \"neon_project\" \"app\" {\n  name = \"app\"\n}\n";
    let made = Made::of(&claude(settings, &[(".mcp.json", mcp), (".env", env), ("main.tf", main)]));
    let found = path(made.model(), "neon_project.app").expect("the server deletes projects");
    assert!(found.best.credential.is_some() && found.best.confidence >= Confidence::Medium, "{found:?}");
}
