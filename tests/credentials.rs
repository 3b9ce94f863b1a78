//! Tokens found in whole projects.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;

use lastcopy::credentials::{Scope, Token, find};
use lastcopy::finding::Confidence;
use lastcopy::knowledge::Knowledge;
use lastcopy::workspace::{LoadOptions, Workspace, load};

fn tokens(root: &Path) -> (Workspace, Vec<(String, u32, Token)>) {
    let workspace = load(root, &LoadOptions::default()).unwrap();
    let found = find(&workspace, &Knowledge::embedded());
    let placed = found
        .into_iter()
        .map(|(id, t)| {
            let source = workspace.sources.get(id).unwrap();
            (source.path.clone(), source.position(t.span.start).line, t)
        })
        .collect();
    (workspace, placed)
}

fn project(files: &[(&str, &str)]) -> (Workspace, Vec<(String, u32, Token)>) {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    tokens(dir.path())
}

#[test]
fn the_day_before_the_loss() {
    let (workspace, found) = tokens(Path::new("testdata/pocketos"));
    let places: Vec<_> = found.iter().map(|(p, l, t)| (p.as_str(), *l, t.kind.as_str())).collect();
    assert_eq!(
        places,
        [
            (".env", 4, "database-url"),
            (".mcp.json", 7, "railway-account-token"),
            ("scripts/add-domain.sh", 7, "railway-account-token")
        ]
    );
    let script = &found[2].2;
    assert_eq!(script.variable, "RAILWAY_API_TOKEN");
    assert_eq!(script.provider.as_deref(), Some("railway"));
    assert_eq!((script.scope, script.scopable), (Scope::Account, true));
    assert_eq!(script.used_for.as_deref(), Some("custom domains"));
    assert_eq!(script.confidence, Confidence::High);
    let text = workspace.sources.slice(script.span);
    assert!(text.starts_with("RAILWAY_API_TOKEN=") && text.ends_with(workspace.sources.slice(script.value)));
    assert_eq!(workspace.sources.slice(script.value).len(), 36);
    assert_eq!(found[1].2.used_for, None);
    let url = &found[0].2;
    assert_eq!((url.scope, &url.provider, url.variable.as_str()), (Scope::Store, &None, "DATABASE_URL"));
    assert_eq!(workspace.sources.slice(url.host.unwrap()), "hopper.proxy.rlwy.net");
    assert!(!format!("{found:?}").contains(workspace.sources.slice(url.value)));
}

#[test]
fn after_the_advice_there_is_nothing_to_find() {
    assert_eq!(tokens(Path::new("testdata/pocketos-fixed")).1, []);
}

#[test]
fn railway_tokens_are_judged_by_their_use() {
    const UUID: &str = "7f3c9b1e-52d8-4c0a-9e4b-d16a80c27f95";
    let one = |text: String| {
        let (_, found) = project(&[("run.sh", &text)]);
        assert_eq!(found.len(), 1, "{text}");
        (found[0].2.kind.clone(), found[0].2.scope)
    };
    let account = ("railway-account-token".to_owned(), Scope::Account);
    let project_token = ("railway-project-token".to_owned(), Scope::Environment);
    let unknown = ("railway-token".to_owned(), Scope::Unknown);
    assert_eq!(one(format!("RAILWAY_TOKEN={UUID} railway up\n")), unknown);
    assert_eq!(
        one(format!(
            "export RAILWAY_TOKEN={UUID}\ncurl -H \"Project-Access-Token: $RAILWAY_TOKEN\" https://backboard.railway.com/graphql/v2"
        )),
        project_token
    );
    assert_eq!(
        one(format!(
            "RAILWAY_TOKEN={UUID}\ncurl -H \"Authorization: Bearer ${{RAILWAY_TOKEN}}\" https://backboard.railway.app/graphql/v2"
        )),
        account
    );
    assert_eq!(
        one(format!("curl -H 'Project-Access-Token: {UUID}' https://backboard.railway.com/graphql/v2")),
        project_token
    );
    assert_eq!(
        one(format!("curl https://backboard.railway.com/graphql/v2 -H 'Authorization: Bearer {UUID}'")),
        account
    );
    assert_eq!(
        one(format!(
            "KEY={UUID}\nPROJECT={UUID}\ncurl https://backboard.railway.com/graphql/v2 -H \"Authorization: Bearer $KEY\""
        )),
        account
    );
}

#[test]
fn another_files_use_decides_with_medium_confidence() {
    let env = (".env", "RAILWAY_TOKEN=7f3c9b1e-52d8-4c0a-9e4b-d16a80c27f95\n");
    let bearer = (
        "a.ts",
        "fetch('https://backboard.railway.com/graphql/v2', {headers: {\n  Authorization: `Bearer ${process.env.RAILWAY_TOKEN}`}})",
    );
    let header = (
        "b.py",
        "requests.post('https://backboard.railway.com/graphql/v2', headers={'Project-Access-Token': os.environ['RAILWAY_TOKEN']})",
    );
    let (_, found) = project(&[env, bearer]);
    assert_eq!((found[0].2.scope, found[0].2.confidence), (Scope::Account, Confidence::Medium));
    let (_, found) = project(&[env, header]);
    assert_eq!(found[0].2.scope, Scope::Environment);
    let (_, found) = project(&[env, bearer, header]);
    assert_eq!(found[0].2.scope, Scope::Unknown, "the uses don't agree");
}

#[test]
fn a_generated_password_in_documentation_is_no_example() {
    let at = |text: &str| {
        let files = [("docs/notes.md".to_owned(), text.to_owned())].into_iter().collect();
        let workspace = lastcopy::workspace::in_memory(&files);
        lastcopy::credentials::find(&workspace, &lastcopy::knowledge::Knowledge::embedded()).len()
    };
    assert_eq!(
        at("- target (prod): `postgresql://postgres:kXq9Zr4mTv2LbN8w@ballast.proxy.rlwy.net:41234/railway`\n"),
        1
    );
    assert_eq!(at("psql postgresql://postgres:kXqZrWmTvQLbNhwJdSgP@db.acme.io/app\n"), 1);
    for made_up in [
        "postgresql://postgres:kXq9Zr4mTv2LbN8w@localhost:5432/app",
        "postgresql://user:password@db.acme.io/app",
        "postgres://app:MySuperSecretPass@db.acme.io/app",
        "postgres://app:YOUR_PASSWORD_HERE1@db.acme.io/app",
        "postgres://app:hunter22@db.example.com/app",
        "postgresql://postgres:correcthorsebatterystaple@db.acme.io/app",
    ] {
        assert_eq!(at(&format!("Set DATABASE_URL={made_up}\n")), 0, "{made_up}");
    }
}
