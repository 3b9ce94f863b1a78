//! Compose files, Kubernetes manifests, workflows and scripts: what holds data there, what copies it
//! and where to.

use lastcopy::finding::{Finding, Outcome, Persona, Severity};
use lastcopy::model::located::Blast;

use crate::support::{copies, found, hazard, model, store, survivors};

fn compose(backup: &str) -> String {
    format!(
        "services:\n  db:\n    image: postgres:16\n    volumes:\n      - pgdata:/var/lib/postgresql/data\n  cache:\n    image: redis:7\n    volumes:\n      - cache:/data\n  app:\n    image: ghcr.io/acme/app\n    volumes:\n      - uploads:/srv/uploads\n  backup:\n{backup}\nvolumes:\n  pgdata:\n  cache:\n  uploads:\n  dumps:\n"
    )
}

const SAME_VOLUME: &str = "    image: postgres:16\n    environment:\n      PGHOST: db\n    command: sh -c 'while true; do pg_dump -U app app > /var/lib/postgresql/data/dump.sql; sleep 86400; done'\n    volumes:\n      - pgdata:/var/lib/postgresql/data";
const OWN_VOLUME: &str = "    image: prodrigestivill/postgres-backup-local:16\n    environment:\n      POSTGRES_HOST: db\n    volumes:\n      - dumps:/backups";
const DIRECTORY: &str = "    image: prodrigestivill/postgres-backup-local:16\n    environment:\n      - POSTGRES_HOST=db\n    volumes:\n      - ./backups:/backups";
const BUCKET: &str = "    image: eeshugerman/postgres-backup-s3:16\n    environment:\n      POSTGRES_HOST: db\n      S3_BUCKET: acme-dumps\n      S3_ACCESS_KEY_ID: ${KEY}";

fn shares_fate(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|f| f.rule == "copy-shares-fate" && f.outcome == Outcome::Finding).collect()
}

#[test]
fn volumes_are_told_by_the_images_that_mount_them() {
    let model = model(&[("docker-compose.prod.yml", &compose(BUCKET))]);
    let of = |name: &str| store(&model, &format!("compose:docker-compose.prod.yml#{name}"));
    assert_eq!(of("pgdata").holds, "primary");
    assert_eq!(of("cache").holds, "derived", "a cache");
    assert_eq!(of("uploads").holds, "derived", "what it holds isn't told");
    assert!(of("pgdata").production);
    assert_eq!(of("pgdata").stakes.word(), "exposed", "nothing of it is sure enough for an error");
    let local = crate::support::model(&[("docker-compose.yml", &compose(BUCKET))]);
    assert!(!store(&local, "compose:docker-compose.yml#pgdata").production, "somebody's own machine");
    let marked = compose(BUCKET)
        .replace("    image: ghcr.io/acme/app\n", "    image: ghcr.io/acme/app\n    labels: [coolify.managed=true]\n");
    let marked = crate::support::model(&[("docker-compose.yml", &marked)]);
    assert!(store(&marked, "compose:docker-compose.yml#pgdata").production);
}

#[test]
fn a_dump_beside_its_data_in_compose() {
    // The very volume: no copy at all, and in production that is said to everybody.
    let findings = found(&[("deploy/docker-compose.prod.yml", &compose(SAME_VOLUME))]);
    let [finding] = shares_fate(&findings)[..] else { panic!("{:?}", shares_fate(&findings)) };
    assert_eq!((finding.severity, finding.persona), (Severity::Warning, Persona::Regular));
    assert!(finding.message.contains("same Docker Compose volume"), "{}", finding.message);
    // On somebody's machine it is a note.
    let findings = found(&[("docker-compose.yml", &compose(SAME_VOLUME))]);
    assert!(shares_fate(&findings).iter().all(|f| f.severity == Severity::Note), "{findings:?}");
    // `down -v` takes both volumes; a directory stays.
    let findings = found(&[("compose.prod.yaml", &compose(OWN_VOLUME))]);
    let [finding] = shares_fate(&findings)[..] else { panic!("{findings:?}") };
    assert!(finding.message.contains("same Docker Compose project"), "{}", finding.message);
    for good in [DIRECTORY, BUCKET] {
        let findings = found(&[("compose.prod.yaml", &compose(good))]);
        assert!(shares_fate(&findings).is_empty(), "{:?}", shares_fate(&findings));
    }
    // Nothing else is said of a compose file to everybody.
    let findings = found(&[("compose.prod.yaml", &compose(DIRECTORY)), ("docker-compose.yml", &compose(OWN_VOLUME))]);
    let loud: Vec<_> = findings
        .iter()
        .filter(|f| f.persona == Persona::Regular && f.outcome == Outcome::Finding && f.severity > Severity::Note)
        .filter(|f| f.confidence > lastcopy::finding::Confidence::Low)
        .collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn where_a_compose_job_writes_to() {
    let at = |backup: &str| {
        let model = model(&[("compose.prod.yml", &compose(backup))]);
        survivors(&model, "compose:compose.prod.yml#pgdata", Blast::Project)
    };
    let bucket = at(BUCKET);
    assert!(bucket.iter().any(|c| c.contains("aws/?/") && c.ends_with("/acme-dumps")), "{bucket:?}");
    let directory = at(DIRECTORY);
    assert!(directory.iter().any(|c| c.starts_with("command:") && c.ends_with("./backups")), "{directory:?}");
    assert!(at(SAME_VOLUME).iter().all(|c| c.starts_with('?')), "only what nobody can see");
    // A host that is no service of the project is some other database.
    let elsewhere = at(&BUCKET.replace("POSTGRES_HOST: db", "POSTGRES_HOST: db.acme.dev"));
    assert!(elsewhere.iter().all(|c| c.starts_with('?')), "{elsewhere:?}");
    // A bucket behind an endpoint that is set elsewhere is in no known place.
    let unknown = at(&format!("{BUCKET}\n      S3_ENDPOINT: ${{ENDPOINT}}"));
    assert!(unknown.iter().all(|c| c.starts_with('?')), "{unknown:?}");
}

const DATABASE: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\n  namespace: shop\nspec:\n  template:\n    spec:\n      containers:\n        - name: postgres\n          image: postgres:16\n          volumeMounts:\n            - {name: data, mountPath: /var/lib/postgresql/data}\n      volumes:\n        - name: data\n          persistentVolumeClaim: {claimName: pgdata}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: pgdata\n  namespace: shop\nspec:\n  storageClassName: fast\n";

fn cron_job(command: &str, claim: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: dump\n  namespace: shop\nspec:\n  schedule: '0 3 * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: dump\n              image: postgres:16\n              command: [sh, -c, '{command}']\n              volumeMounts:\n                - {{name: out, mountPath: /backup}}\n          volumes:\n            - name: out\n              persistentVolumeClaim: {{claimName: {claim}}}\n"
    )
}

#[test]
fn a_dump_beside_its_data_in_kubernetes() {
    let same = cron_job("pg_dump -h db app > /backup/dump.sql", "pgdata");
    let findings = found(&[("k8s/db.yaml", DATABASE), ("k8s/dump.yaml", &same)]);
    let [finding] = shares_fate(&findings)[..] else { panic!("{findings:?}") };
    assert!(finding.message.contains("same Kubernetes volume"), "{}", finding.message);
    // By the claim alone, where the host is in a secret.
    let same = cron_job("pg_dump $URL > /backup/dump.sql", "pgdata");
    assert_eq!(shares_fate(&found(&[("k8s/db.yaml", DATABASE), ("k8s/dump.yaml", &same)])).len(), 1);
    // Another claim goes with the namespace.
    let other = cron_job("pg_dump -h db.shop.svc.cluster.local app > /backup/dump.sql", "dumps");
    let claim = DATABASE.split("---\n").nth(1).unwrap().replace("pgdata", "dumps");
    let files = [("k8s/db.yaml", DATABASE), ("k8s/dump.yaml", other.as_str()), ("k8s/claim.yaml", claim.as_str())];
    let findings = found(&files);
    let [finding] = shares_fate(&findings)[..] else { panic!("{findings:?}") };
    assert!(finding.message.contains("same Kubernetes project"), "{}", finding.message);
    // A bucket elsewhere doesn't.
    let bucket = cron_job("pg_dump -h db app | aws s3 cp - s3://acme-dumps/dump.sql", "dumps");
    let files = [("k8s/db.yaml", DATABASE), ("k8s/dump.yaml", bucket.as_str())];
    assert!(shares_fate(&found(&files)).is_empty());
    let model = model(&files);
    let survive = survivors(&model, "kubernetes:PersistentVolumeClaim/shop/pgdata", Blast::Project);
    assert!(survive.iter().any(|c| c.contains("aws/?/") && c.ends_with("/acme-dumps")), "{survive:?}");
}

#[test]
fn what_manifests_set() {
    let class = |policy: &str| {
        format!(
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: fast\nprovisioner: ebs.csi.aws.com\n{policy}"
        )
    };
    let claim = "kubernetes:PersistentVolumeClaim/shop/pgdata";
    for (policy, goes) in [("reclaimPolicy: Retain\n", false), ("reclaimPolicy: Delete\n", true), ("", true)] {
        let model = model(&[("a.yaml", DATABASE), ("b.yaml", &class(policy))]);
        assert_eq!(hazard(&model, claim, "dies_with_parent"), Some(goes), "{policy}");
    }
    let velero = "apiVersion: velero.io/v1\nkind: Schedule\nmetadata:\n  name: nightly\n  namespace: velero\nspec:\n  schedule: 0 3 * * *\n  template:\n    includedNamespaces: [shop]\n    ttl: 720h\n";
    let with = model(&[("a.yaml", DATABASE), ("velero.yaml", velero)]);
    assert!(copies(&with, claim).iter().any(|c| c.kind == "vault" && c.title == "Velero"));
    let other = velero.replace("[shop]", "[other]");
    let without = model(&[("a.yaml", DATABASE), ("velero.yaml", &other)]);
    assert!(copies(&without, claim).iter().all(|c| c.kind != "vault"));

    let cnpg = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: pg\nspec:\n  instances: 3\n";
    let backed = format!("{cnpg}  backup:\n    barmanObjectStore: {{destinationPath: 's3://b/'}}\n");
    let at = "kubernetes:Cluster/default/pg";
    let on = |text: &str| store(&model(&[("pg.yaml", text)]), at).makes["automated"].on.as_bool();
    assert_eq!((on(cnpg), on(&backed)), (Some(false), Some(true)));
    // None of this is sure enough to be told to everybody.
    let findings = found(&[("pg.yaml", cnpg), ("a.yaml", DATABASE)]);
    let sure = |f: &&Finding| f.outcome == Outcome::Finding && f.confidence > lastcopy::finding::Confidence::Low;
    assert!(findings.iter().find(sure).is_none(), "{findings:?}");
    // A chart's template isn't a manifest, nor is a list of values.
    let none = model(&[
        ("templates/pvc.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {{ .Release.Name }}\n"),
        ("values.yaml", "kind: x\n"),
    ]);
    assert!(none.stores.is_empty());
}

const RDS: &str = "resource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\"\n  identifier = \"prod-db\"\n  backup_retention_period = 7\n  skip_final_snapshot = true\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name = \"t\"\n  hash_key = \"id\"\n}\nresource \"aws_s3_bucket\" \"dumps\" {\n  bucket = \"acme-dumps\"\n}\n";

fn workflow(on: &str, run: &str) -> String {
    format!(
        "on:\n  {on}\njobs:\n  dump:\n    runs-on: ubuntu-latest\n    env:\n      DATABASE_URL: ${{{{ secrets.DATABASE_URL }}}}\n    steps:\n      - run: {run}\n"
    )
}

#[test]
fn a_workflow_that_dumps() {
    let nightly = "schedule: [{cron: '0 3 * * *'}]";
    let of = |workflow: &str| {
        let model = model(&[("main.tf", RDS), (".github/workflows/dump.yml", workflow)]);
        let dumps = |a: &str| -> Vec<_> {
            copies(&model, a)
                .iter()
                .filter(|c| c.kind == "dump")
                .map(|c| (c.exists.as_bool(), c.title.clone()))
                .collect()
        };
        assert!(dumps("aws_dynamodb_table.t").is_empty(), "no dump is of another engine");
        dumps("aws_db_instance.main")
    };
    // The host is the instance's, the bucket is declared here.
    let known = of(&workflow(
        nightly,
        "pg_dump -h prod-db.abc123.eu-west-1.rds.amazonaws.com app | aws s3 cp - s3://acme-dumps/d.sql",
    ));
    assert_eq!(known, [(Some(true), "dumps in `dumps` by `.github/workflows/dump.yml`".to_owned())]);
    // By a secret, nobody can tell.
    let secret = of(&workflow(nightly, "pg_dump \"$DATABASE_URL\" | aws s3 cp - s3://acme-dumps/d.sql"));
    assert_eq!(secret.iter().map(|c| c.0).collect::<Vec<_>>(), [None]);
    // On a push it isn't a schedule.
    let push = of(&workflow(
        "push: {branches: [main]}",
        "pg_dump -h prod-db.abc123.eu-west-1.rds.amazonaws.com app | aws s3 cp - s3://acme-dumps/d.sql",
    ));
    assert_eq!(push.iter().map(|c| c.0).collect::<Vec<_>>(), [None]);
    // A file of the runner is gone with it; the job's own database is no store of ours.
    for run in ["pg_dump \"$DATABASE_URL\" > d.sql", "pg_dump -h localhost app | aws s3 cp - s3://acme-dumps/d.sql"] {
        assert!(of(&workflow(nightly, run)).is_empty(), "{run}");
    }
    // What isn't known leaves the question open, and doesn't answer it.
    let findings = found(&[
        ("main.tf", RDS.replace("identifier", "deletion_protection = true\n  identifier").as_str()),
        (
            ".github/workflows/dump.yml",
            &workflow(nightly, "pg_dump \"$DATABASE_URL\" | aws s3 cp - s3://acme-dumps/d.sql"),
        ),
    ]);
    let told = findings.iter().find(|f| f.rule == "no-copy-outlives-the-store" && f.address == "aws_db_instance.main");
    assert!(told.is_none_or(|f| f.outcome == Outcome::Undecided));
}

#[test]
fn scripts_and_programs_that_dump() {
    let dumps = |files: &[(&str, &str)]| {
        let mut all = vec![("main.tf", RDS)];
        all.extend_from_slice(files);
        let model = model(&all);
        copies(&model, "aws_db_instance.main")
            .iter()
            .filter(|c| c.kind == "dump")
            .map(|c| c.exists.as_bool())
            .collect::<Vec<_>>()
    };
    let script = "#!/bin/sh\npg_dump -h prod-db.abc123.eu-west-1.rds.amazonaws.com app | gzip > /tmp/d.gz\naws s3 cp /tmp/d.gz s3://acme-dumps/\n";
    assert_eq!(dumps(&[("scripts/backup.sh", script)]), [None], "who runs it isn't known");
    let nightly = workflow("schedule: [{cron: '0 3 * * *'}]", "./scripts/backup.sh");
    assert_eq!(dumps(&[("scripts/backup.sh", script), (".github/workflows/n.yml", &nightly)]), [Some(true)]);
    assert_eq!(dumps(&[("tests/backup.sh", script)]), [], "tests copy nothing that matters");
    let python = "import subprocess\nsubprocess.run([\"pg_dump\", \"--format=custom\", url])\n";
    assert_eq!(dumps(&[("src/dr.py", python)]), [None], "a program's dump goes nobody knows where");
    assert_eq!(dumps(&[("src/dr.py", "# pg_dump is run by hand\n")]), []);
    // A compose service by its name.
    let compose = compose("    image: ghcr.io/acme/app");
    let script = "#!/bin/sh\ndocker compose exec -T db pg_dump -U app app | rclone rcat b2:acme/d.sql\ndocker compose exec -T db pg_dump -U app app | aws s3 cp - s3://acme-dumps/d.sql\n";
    let model = model(&[("compose.prod.yml", &compose), ("backup.sh", script)]);
    let of = copies(&model, "compose:compose.prod.yml#pgdata");
    assert!(of.iter().any(|c| c.kind == "dump" && c.located.provider == "aws" && c.exists.is_unknown()), "{of:?}");
}

#[test]
fn snapshots_and_buckets_by_name() {
    let nightly = "schedule: [{cron: '0 3 * * *'}]";
    let of = |run: &str, address: &str| {
        let model = model(&[("main.tf", RDS), (".github/workflows/dump.yml", &workflow(nightly, run))]);
        copies(&model, address)
            .iter()
            .filter(|c| c.address.starts_with("command:"))
            .map(|c| (c.kind.clone(), c.exists.as_bool()))
            .collect::<Vec<_>>()
    };
    let snapshot = "aws rds create-db-snapshot --db-instance-identifier prod-db --db-snapshot-identifier n";
    assert_eq!(of(snapshot, "aws_db_instance.main"), [("snapshots".to_owned(), Some(true))]);
    assert_eq!(of(&snapshot.replace("prod-db", "other-db"), "aws_db_instance.main"), []);
    assert_eq!(of(&snapshot.replace("prod-db", "$DB"), "aws_db_instance.main"), [("snapshots".to_owned(), None)]);
    assert_eq!(
        of("aws s3 sync s3://acme-dumps s3://acme-dumps-copy", "aws_s3_bucket.dumps"),
        [("dump".to_owned(), Some(true))]
    );
    assert_eq!(
        of("aws s3 sync s3://acme-dumps s3://acme-dumps-copy --delete", "aws_s3_bucket.dumps"),
        [("replica".to_owned(), Some(true))]
    );
}

#[test]
fn a_role_that_backs_machines_up_leaves_their_disks_open() {
    let disk = "resource \"aws_ebs_volume\" \"data\" {\n  availability_zone = \"a\"\n}\n";
    let role = "- name: install restic\n  apt: {name: restic}\n";
    let told = |path: &str, text: &str| {
        let findings = found(&[("main.tf", disk), (path, text)]);
        findings.into_iter().find(|f| f.rule == "no-copy-outlives-the-store").map(|f| f.outcome)
    };
    assert_eq!(told("roles/backup/tasks/main.yml", role), Some(Outcome::Undecided));
    assert_eq!(told("notes/backup.yml", role), Some(Outcome::Finding), "no role");
    assert_eq!(told("roles/web/tasks/main.yml", "- name: install nginx\n"), Some(Outcome::Finding));
}

#[test]
fn hostile_manifests() {
    let deep = format!("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: x, a: {}}}\n", "[".repeat(50));
    let files = [
        ("a.yaml", "apiVersion: v1\nkind: List\nitems: [1, null, {kind: x}]\n"),
        ("b.yaml", deep.as_str()),
        ("c.yaml", "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: [x]}\nspec: 1\n"),
        (
            "docker-compose.yml",
            "services:\n  a: {volumes: [':', 'a:', '${A:-b}:/c', {source: 1}], command: [1, [2]], environment: [=, A]}\n  b:\nvolumes: []\n",
        ),
        ("compose.yaml", "services: [1]\n"),
    ];
    model(&files);
}
