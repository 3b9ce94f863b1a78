//! Databases that only a credential tells of: which one it is, what opens it, and what is said of its copies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod paths_support;

use lastcopy::finding::Confidence;
use lastcopy::model::Model;
use paths_support::Made;

/// Claude Code with one entry that lets something run.
fn allows(entry: &str) -> String {
    format!(r#"{{"permissions": {{"defaultMode": "default", "allow": ["{entry}"]}}}}"#)
}

/// The database that each path ends in, with the call, how sure it is, and whether its copies are told nowhere.
fn paths(files: &[(&str, &str)]) -> Vec<(String, String, Confidence, bool)> {
    let made = Made::of(files);
    let model = made.model();
    let told = |p: &lastcopy::model::path::Path| {
        (model.stores[p.store].address.clone(), p.best.act.id.clone(), p.best.confidence, p.untold)
    };
    model.paths.iter().map(told).collect()
}

fn with(entry: &str, file: &str, text: &str) -> Vec<(String, String, Confidence, bool)> {
    paths(&[(".claude/settings.json", &allows(entry)), (file, text)])
}

const RAILWAY: &str = "postgresql://postgres:kXq9Zr4mTv2LbN8wQe7@ballast.proxy.rlwy.net:41234/railway";

fn databases(model: &Model) -> Vec<&str> {
    let opened = model.opened.iter().filter_map(|o| model.stores.get(o.store));
    opened.map(|s| s.address.as_str()).collect()
}

#[test]
fn a_platform_is_told_by_its_host() {
    for (host, platform) in [
        ("ep-late-sky-a2b3c4d5-pooler.eu-central-1.aws.neon.tech", "neon"),
        ("ballast.proxy.rlwy.net", "railway"),
        ("db.qwmzkfhtrpvbxlcdsnye.supabase.co", "supabase"),
        ("orders.c9akciq32xyz.eu-central-1.rds.amazonaws.com", "aws"),
        ("dpg-d9p8r1ijnfac73e5voj0-a.oregon-postgres.render.com", "render"),
        ("pg-1a2b3c-acme.f.aivencloud.com", "aiven"),
        ("orders.postgres.database.azure.com", "azurerm"),
        ("db-postgresql-fra1-48711-do-user-1190.b.db.ondigitalocean.com", "digitalocean"),
        ("horse-lemur-4411.8nj.gcp-europe-west1.cockroachlabs.cloud", "cockroach"),
        ("db.acme-orders.com", "postgres"),
    ] {
        let made =
            Made::of(&[(".env", &format!("DATABASE_URL=postgresql://app:kXq9Zr4mTv2LbN8wQe7@{host}:5432/app\n"))]);
        let model = made.model();
        let [store] = model.stores.as_slice() else { panic!("{host}: {:?}", databases(model)) };
        assert_eq!((store.provider.as_str(), store.kind.as_str()), (platform, "database"), "{host}");
        assert!(
            !format!("{} {} {} {}", store.address, store.name, store.title, store.platform).contains("kXq9"),
            "{host}"
        );
    }
}

#[test]
fn every_way_to_one_database_is_that_database() {
    for (one, other, same) in [
        (
            "app:kXq9Zr4mTv2LbN8w@ep-late-sky-a2b3.eu.aws.neon.tech/app",
            "app:kXq9Zr4mTv2LbN8w@ep-late-sky-a2b3-pooler.eu.aws.neon.tech/app?sslmode=require",
            true,
        ),
        (
            "postgres:kXq9Zr4mTv2LbN8w@db.qwmzkfhtrpvb.supabase.co:5432/postgres",
            "postgres.qwmzkfhtrpvb:kXq9Zr4mTv2LbN8w@aws-0-eu.pooler.supabase.com:6543/postgres",
            true,
        ),
        (
            "postgres.qwmzkfhtrpvb:kXq9Zr4mTv2LbN8w@aws-0-eu.pooler.supabase.com:6543/postgres",
            "postgres.zzmzkfhtrpvb:kXq9Zr4mTv2LbN8w@aws-0-eu.pooler.supabase.com:6543/postgres",
            false,
        ),
        (
            "postgres:kXq9Zr4mTv2LbN8w@ballast.proxy.rlwy.net:41234/railway",
            "postgres:kXq9Zr4mTv2LbN8w@ballast.proxy.rlwy.net:41777/railway",
            false,
        ),
        ("reader:kXq9Zr4mTv2LbN8w@db.acme-orders.com/app", "owner:pW5tZr4mTv2LbN8w@db.acme-orders.com/app", true),
    ] {
        let made = Made::of(&[(".env", &format!("A_URL=postgresql://{one}\nB_URL=postgresql://{other}\n"))]);
        assert_eq!(databases(made.model()).len() == 1, same, "{one} and {other}");
    }
}

#[test]
fn what_nobody_elsewhere_can_open_is_none() {
    for host in [
        "localhost:5432",
        "127.0.0.1",
        "db",
        "postgres.railway.internal",
        "10.1.2.3",
        "192.168.0.9",
        "db.example.com",
        "pg.acme.lan",
    ] {
        let made = Made::of(&[(".env", &format!("DATABASE_URL=postgresql://app:kXq9Zr4mTv2LbN8wQe7@{host}/app\n"))]);
        assert!(databases(made.model()).is_empty(), "{host}");
    }
    let made = Made::of(&[("tests/fixtures/env.sh", &format!("export DATABASE_URL={RAILWAY}\n"))]);
    assert!(databases(made.model()).is_empty());
}

#[test]
fn what_calls_itself_a_test_is_no_loss() {
    for text in [
        format!("STAGING_DATABASE_URL={RAILWAY}\n"),
        format!("TEST_DATABASE_URL={RAILWAY}\n"),
        RAILWAY.replace("/railway", "/orders_test").replace("postgresql", "DATABASE_URL=postgresql"),
        RAILWAY.replace("ballast", "db-staging").replace("postgresql", "DATABASE_URL=postgresql"),
    ] {
        assert_eq!(with("Bash(psql:*)", ".env", &text), [], "{text}");
    }
    assert_eq!(with("Bash(psql:*)", ".env.development", &format!("DATABASE_URL={RAILWAY}\n")), []);
}

#[test]
fn a_client_opens_what_its_entry_lets_it() {
    let env = format!("PROD_DB={RAILWAY}\n");
    let found = |entry: &str| with(entry, ".env", &env).into_iter().map(|p| (p.1, p.2)).collect::<Vec<_>>();
    assert_eq!(found("Bash(psql:*)"), [("psql-drop".into(), Confidence::Medium)]);
    assert_eq!(found("Bash(psql $PROD_DB *)"), [("psql-drop".into(), Confidence::Medium)]);
    // Another name, and the only database there is.
    assert_eq!(found("Bash(psql $ORDERS *)"), [("psql-drop".into(), Confidence::Medium)]);
    assert_eq!(found("Bash(psql $STAGING_DB *)"), [], "that names another one");
    assert_eq!(found("Bash(psql -h localhost *)"), []);
    assert_eq!(found("Bash(mysql:*)"), [], "it speaks to another engine");
    assert_eq!(found("Bash(curl:*)"), [], "no HTTP client opens it");
    assert_eq!(found("Bash(python3 -c:*)"), [("driver:python".into(), Confidence::Medium)]);
    assert_eq!(found("Bash(.venv/bin/python -c ' *)"), [("driver:python".into(), Confidence::Medium)]);
}

#[test]
fn a_migration_tool_reads_its_environment() {
    let of = |entry: &str, file: &str| {
        with(entry, file, &format!("DATABASE_URL={RAILWAY}\n")).into_iter().map(|p| p.2).collect::<Vec<_>>()
    };
    // It refuses under an agent unless that is told to agree.
    assert_eq!(of("Bash(npx prisma migrate:*)", ".env"), [Confidence::Medium]);
    assert_eq!(of("Bash(npx prisma db execute:*)", ".env"), [Confidence::Medium]);
    assert_eq!(of("Bash(npx prisma db execute:*)", "notes.txt"), [Confidence::Low], "who sets it isn't told");
    assert_eq!(of("Bash(npx prisma migrate dev)", ".env"), [], "it asks, where nobody answers");
    assert_eq!(of("Bash(npx prisma studio)", ".env"), []);
}

#[test]
fn a_server_opens_what_it_is_started_with() {
    let started = |server: &str, env: &str| {
        paths(&[
            (".mcp.json", &format!(r#"{{"mcpServers": {{"db": {server}}}}}"#)),
            (
                ".claude/settings.json",
                r#"{"enableAllProjectMcpServers": true, "permissions": {"defaultMode": "default", "allow": ["mcp__db"]}}"#,
            ),
            (".env", env),
        ])
    };
    let url = format!("DATABASE_URL={RAILWAY}\n");
    let of = |p: Vec<(String, String, Confidence, bool)>| p.into_iter().map(|p| (p.1, p.2)).collect::<Vec<_>>();
    let written = format!(r#"{{"command": "uvx", "args": ["postgres-mcp", "{RAILWAY}"]}}"#);
    assert_eq!(of(started(&written, "")), [("mcp:postgres-mcp/execute_sql".into(), Confidence::Medium)]);
    let named = r#"{"command": "uvx", "args": ["postgres-mcp"], "env": {"DATABASE_URI": "${DATABASE_URL}"}}"#;
    assert_eq!(of(started(named, &url)), [("mcp:postgres-mcp/execute_sql".into(), Confidence::Medium)]);
    let other = r#"{"command": "uvx", "args": ["postgres-mcp"], "env": {"DATABASE_URI": "${LOCAL_URL}"}}"#;
    assert_eq!(of(started(other, &url)), [], "started with another address");
    let reads = format!(r#"{{"command": "uvx", "args": ["postgres-mcp", "--access-mode=restricted", "{RAILWAY}"]}}"#);
    assert_eq!(of(started(&reads, "")), []);
}

#[test]
fn one_that_is_declared_is_that_store() {
    let neon = r#"
resource "neon_project" "app" {
  name = "app"
}
"#;
    let url = "DATABASE_URL=postgresql://app:kXq9Zr4mTv2LbN8w@ep-late-sky-a2b3.eu.aws.neon.tech/app\n";
    let settings = allows("Bash(psql:*)");
    let made = Made::of(&[("main.tf", neon), (".env", url), (".claude/settings.json", &settings)]);
    let model = made.model();
    assert_eq!(databases(model), ["neon_project.app"]);
    assert_eq!(model.stores.len(), 1);
    // Whoever empties it leaves the project, and with it the instant restore.
    let [path] = model.paths.as_slice() else { panic!("{:?}", model.paths) };
    assert!(!path.survivors.is_empty() && !path.untold, "{path:?}");
}

#[test]
fn of_two_that_are_declared_the_host_names_one() {
    let two = r#"
resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  backup_retention_period = 0
  skip_final_snapshot     = true
}
resource "aws_db_instance" "users" {
  identifier              = "users"
  engine                  = "postgres"
  backup_retention_period = 0
  skip_final_snapshot     = true
}
"#;
    let url = "DATABASE_URL=postgresql://app:kXq9Zr4mTv2LbN8w@users.c9akciq32xyz.eu-central-1.rds.amazonaws.com/app\n";
    let found = paths(&[("main.tf", two), (".env", url), (".claude/settings.json", &allows("Bash(psql:*)"))]);
    // Its backups are told here: there are none.
    assert_eq!(found, [("aws_db_instance.users".into(), "psql-drop".into(), Confidence::Medium, false)]);
}

#[test]
fn what_is_stated_of_its_copies_counts() {
    let stated = |place: &str| {
        let config =
            format!("copies:\n  - of: \"database:*\"\n    place: {place}\n    evidence: x\n    until: 2027-05-31\n");
        let made = Made::of(&[
            (".claude/settings.json", &allows("Bash(psql:*)")),
            (".env", &format!("DATABASE_URL={RAILWAY}\n")),
            ("lastcopy.yaml", &config),
        ]);
        let model = made.model();
        let [path] = model.paths.as_slice() else { panic!("{:?}", model.paths) };
        (path.survivors.len(), path.undecided.len(), path.untold)
    };
    assert_eq!(stated("aws/412087316650"), (1, 0, false));
    assert_eq!(stated("none"), (0, 0, false), "somebody says that there is none");
}

#[test]
fn a_cache_is_no_loss() {
    let url = "REDIS_URL=rediss://default:kXq9Zr4mTv2LbN8wQe7@fast-owl-4411.upstash.io:6379\n";
    assert_eq!(with("Bash(redis-cli:*)", ".env", url), []);
}

#[test]
fn a_host_and_a_password_beside_it_are_an_address() {
    let of = |text: &str| with("Bash(mysql:*)", "deploy/app.yaml", text).len();
    assert_eq!(of("env:\n  MYSQL_HOST: db.acme-orders.com\n  MYSQL_PASSWORD: kXq9Zr4mTv2LbN8wQe7\n"), 1);
    assert_eq!(of("env:\n  MYSQL_HOST: mysql\n  MYSQL_PASSWORD: kXq9Zr4mTv2LbN8wQe7\n"), 0);
    assert_eq!(of("env:\n  MYSQL_PASSWORD: kXq9Zr4mTv2LbN8wQe7\n"), 0, "where it is isn't told");
}
