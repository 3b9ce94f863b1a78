use super::*;

fn deeds(text: &str) -> Vec<Deed> {
    read(text, &Dumps::builtin())
}

fn one(text: &str) -> Deed {
    let all = deeds(text);
    assert_eq!(all.len(), 1, "{text}: {all:?}");
    all.into_iter().next().unwrap()
}

fn target_of(deed: &Deed) -> (Option<&str>, Option<&str>) {
    let target = deed.to.first().unwrap();
    (target.bucket.as_deref(), target.host.as_deref())
}

#[test]
fn a_dump_that_is_carried_away() {
    let deed = one("pg_dump \"$DATABASE_URL\" -Fc | gzip | aws s3 cp - s3://acme-dumps/$(date +%F).gz");
    let Of::Database { engine, host, variables, container } = &deed.of else { panic!("{deed:?}") };
    assert_eq!((engine.as_str(), host, container), ("postgres", &None, &None));
    assert_eq!(variables.first().map(String::as_str), Some("DATABASE_URL"));
    assert_eq!(target_of(&deed), (Some("acme-dumps"), Some("s3.amazonaws.com")));

    let deed = one("mysqldump -h db.internal app > /tmp/a.sql\ngsutil cp /tmp/a.sql gs://$BUCKET/a.sql");
    assert!(matches!(&deed.of, Of::Database { host: Some(host), .. } if host == "db.internal"));
    assert_eq!(target_of(&deed), (None, Some("storage.googleapis.com")));

    let deed = one(
        "mongodump --uri=mongodb://u:p@mongo:27017/app --archive | s3cmd put - s3://b/x --host=nyc3.digitaloceanspaces.com",
    );
    assert!(matches!(&deed.of, Of::Database { host: Some(host), .. } if host == "mongo"));
    assert_eq!(target_of(&deed), (Some("b"), Some("nyc3.digitaloceanspaces.com")));

    let deed = one("aws s3 cp d s3://b/ --endpoint-url $E; pg_dump -h localhost app > d");
    assert_eq!(target_of(&deed), (Some("b"), None), "the host is in a variable");
}

#[test]
fn in_a_container() {
    for text in [
        "docker compose exec -T db pg_dump -U app app | gzip > /backups/a.gz",
        "docker exec db pg_dumpall -U postgres > all.sql",
        "docker-compose exec db /usr/bin/pg_dump app > a.sql",
    ] {
        let deed = one(text);
        assert!(matches!(&deed.of, Of::Database { container: Some(c), .. } if c == "db"), "{text}: {deed:?}");
        assert!(deed.to.is_empty());
    }
    let deed = one("docker exec db sh -c 'pg_dump app > /var/lib/postgresql/data/a.sql'");
    assert!(matches!(&deed.of, Of::Database { engine, .. } if engine == "postgres"));
    let deed = one("kubectl exec -n prod deploy/db -- mysqldump app > a.sql");
    assert!(matches!(&deed.of, Of::Database { container: None, engine, .. } if engine == "mysql"));
    let deed = one("restic backup --stdin-from-command -- mysqldump -h \"${MYSQL_HOST}\" -u root");
    assert!(matches!(&deed.of, Of::Database { host: Some(h), .. } if h == "${MYSQL_HOST}"));
    assert_eq!(deed.to.len(), 1);
}

#[test]
fn what_is_no_copy() {
    for text in [
        "pg_dump --version",
        "echo pg_dump",
        "apt-get install pg_dump",
        "# pg_dump db | aws s3 cp - s3://b/",
        "pg_dump --schema-only app > schema.sql",
        "aws s3 sync dist/ s3://site --delete",
        "pg_restore --list dump",
        "",
    ] {
        assert_eq!(deeds(text), [], "{text}");
    }
    // From one database into another.
    assert_eq!(deeds("pg_dump $A | pg_restore -d $B"), []);
}

#[test]
fn restores_and_calls_of_platforms() {
    let deed = one("aws s3 cp s3://b/latest.dump . && pg_restore -d $SCRATCH latest.dump");
    assert_eq!(deed.does, Does::Restore);
    let deed = one("aws rds create-db-snapshot --db-instance-identifier prod --db-snapshot-identifier x");
    let named = Of::Named { provider: "aws".into(), kinds: vec!["database".into()], name: Some("prod".into()) };
    assert_eq!((deed.does, &deed.of), (Does::Copy, &named));
    let deed = one("gcloud sql export sql prod gs://acme-dumps/a.gz --database=app");
    assert!(matches!(&deed.of, Of::Named { name: Some(n), .. } if n == "prod"));
    assert_eq!(target_of(&deed), (Some("acme-dumps"), Some("storage.googleapis.com")));
    let deed = one("restic restore latest --target /tmp/x");
    assert!(deed.does == Does::Restore && matches!(&deed.of, Of::Database { engine, .. } if engine.is_empty()));
}

#[test]
fn from_bucket_to_bucket() {
    let deed = one("aws s3 sync s3://acme-uploads s3://acme-uploads-copy --delete");
    assert_eq!(deed.of, Of::Bucket("s3://acme-uploads".into()));
    assert!(deed.follows);
    assert_eq!(target_of(&deed).0, Some("acme-uploads-copy"));
    assert!(!one("gsutil rsync -r gs://a gs://b").follows);
}

#[test]
fn engines_by_their_words() {
    let dumps = Dumps::builtin();
    for (text, engine) in [
        ("aurora-postgresql", Some("postgres")),
        ("POSTGRES_16", Some("postgres")),
        ("pg", Some("postgres")),
        ("mariadb", Some("mysql")),
        ("MYSQL_8_0", Some("mysql")),
        ("aws_dynamodb_table", None),
        ("sqlserver-ex", None),
        ("timescale/timescaledb-ha:pg16", Some("postgres")),
    ] {
        assert_eq!(dumps.engine_of(text), engine, "{text}");
    }
}

#[test]
fn hostile() {
    for text in ["pg_dump ://", "aws s3 cp", "docker exec", "pg_dump postgres://@", "restic backup -r s3:", "é://é"] {
        deeds(text);
    }
    deeds(&"docker exec ".repeat(20_000));
}
