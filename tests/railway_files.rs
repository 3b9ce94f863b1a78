//! Small Railway files and what is understood of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod railway_support;

use lastcopy::railway::{Project, ignored::Meant};
use railway_support::{body, kinds, names, production, projects, read, shown, start, workspace};

fn of(files: &[(&str, &str)]) -> Vec<Project> {
    read(&workspace(files).1)
}

fn ignored(project: &Project, service: &str) -> Vec<(String, Meant)> {
    let service = project.service(service).unwrap();
    service.ignored_keys.iter().map(|i| (i.key.as_str().to_owned(), i.meant)).collect()
}

#[test]
fn a_database_takes_what_is_set_on_it_afterwards_and_little_else() {
    let project = body(
        "const data = volume('data');\n\
         const a = postgres('a', { region: 'iad', volumeMounts: { '/x': data }, tcp: [5432], start: 'rm -rf /' });\n\
         const b = postgres('b'); b.networking = { tcpProxies: { 5432: {} } }; b.deploy = { startCommand: 'x' };\n\
         const c = postgres('c'); c.start = 'y'; c.tcp = [5432];\n\
         return project('p', { resources: [a, b, c, data] });",
    );
    assert_eq!(
        ignored(&project, "a"),
        [("volumeMounts".into(), Meant::Volume), ("tcp".into(), Meant::Unclear), ("start".into(), Meant::Start)]
    );
    let a = project.service("a").unwrap();
    assert!(a.mounts.is_empty() && a.tcp_proxy.is_none() && a.start.is_none(), "what is dropped has no effect");
    let b = project.service("b").unwrap();
    assert!(b.tcp_proxy.is_some() && b.ignored_keys.is_empty());
    assert_eq!(start(&project, "b").unwrap(), "x");
    assert_eq!(ignored(&project, "c"), [("start".into(), Meant::Start), ("tcp".into(), Meant::Unclear)]);
}

#[test]
fn keys_that_have_no_effect_say_what_they_meant() {
    let project = body(
        "const web = service('web', { volumes: [{ mountPath: '/data' }, 'db:/var/lib/x'], releaseCommand: 'm', port: 1,\n\
         deploy: { cronSchedule: '0 3 * * *', backup: true }, build: { builder: 'NIXPACKS', install: 'x' } });\n\
         const v = volume('v', { sizeMB: 5, backupSchedules: ['DAILY'] });\n\
         return project('p', { resources: [web, v] });",
    );
    assert_eq!(
        ignored(&project, "web"),
        [
            ("volumes".into(), Meant::Volume),
            ("releaseCommand".into(), Meant::PreDeploy),
            ("port".into(), Meant::Unclear),
            ("deploy.backup".into(), Meant::Backup),
            ("build.install".into(), Meant::Build),
        ]
    );
    let web = project.service("web").unwrap();
    let paths: Vec<&str> = web.meant_mounts.iter().map(|(p, _)| p.as_str()).collect();
    assert_eq!(paths, ["/data", "/var/lib/x"]);
    assert_eq!(project.volumes[0].ignored_keys[0].meant, Meant::Backup);
}

#[test]
fn environments_that_only_another_branch_asks_for() {
    let all = projects(
        "import { defineRailway, postgres, project, redis } from 'railway/iac';\n\
         export default defineRailway((ctx) => {\n\
           const resources = [];\n\
           if (ctx.environment === 'production') resources.push(postgres('db'));\n\
           else if (ctx.isEnvironment('staging')) resources.push(postgres('staging-db'));\n\
           else resources.push(redis('cache'));\n\
           return project('p', { resources });\n\
         });\n",
    );
    let told: Vec<(String, Vec<String>)> = all.iter().map(|p| (p.environment.as_str().to_owned(), names(p))).collect();
    assert_eq!(
        told,
        [("production".into(), vec!["db:postgres".into()]), ("staging".into(), vec!["staging-db:postgres".into()]),]
    );
}

#[test]
fn deleted_keys_are_gone() {
    let project = body(
        "const env = { A: '1', B: '2', C: '3' };\n\
         for (const key of ['A', 'B']) delete env[key];\n\
         return project('p', { resources: [service('web', { env })] });",
    );
    let names: Vec<&str> = project.service("web").unwrap().variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["C"]);
    assert_eq!(kinds(&project), Vec::<&str>::new());
}

const PYTHON: &str = r#"
"""Topology."""
from railway_sdk import bucket, define_railway, fn, github, group, postgres, preserve, project, redis, ref, service, volume
from shared import REPO, common

PARTIAL = "api"
WORKERS = ("mail", "billing")


def worker(name, queue="default", *, db=None, **config):
    return service(
        f"worker-{name}",
        source=github(REPO),
        start=f"celery worker -Q {queue}",
        env={**common, "DATABASE_URL": db.env.DATABASE_URL},
        **config,
    )


@define_railway
def main(ctx=None):
    db = postgres("db", region="iad")
    data = volume("uploads", {"sizeMB": 5000}, region="iad")
    resources = [db, data]
    if ctx.environment == "production":
        resources.append(redis("cache"))
        replicas = 3
    else:
        replicas = 1
    web = service(
        "web",
        preDeploy=["python manage.py migrate"],
        replicas=replicas,
        volumeMounts={"/uploads": data},
        env={"SECRET_KEY": preserve(), "JWT": ctx.random_string("jwt", 32), "BUCKET": ref(bucket("dumps"), "BUCKET")},
    )
    resources += [worker(name, queue=name, db=db, replicas=2) for name in WORKERS if name != "billing"]
    resources.extend([web, group("g", [fn("hook", code_file="hook.ts")])])
    return project("acme", resources=resources)
"#;

#[test]
fn python_builds_the_same_model() {
    let files = [
        (".railway/railway.py", PYTHON),
        (".railway/shared.py", "REPO = 'acme/app'\ncommon = {'LOG_LEVEL': 'info'}\n"),
    ];
    let all = of(&files);
    let project = all.iter().find(|p| p.environment == "production").unwrap();
    assert_eq!(project.partial.as_ref().map(|p| p.as_str()), Some("api"));
    assert_eq!(names(project), ["cache:redis", "db:postgres", "hook:fn", "volume:uploads", "web", "worker-mail"]);
    assert_eq!(kinds(project), Vec::<&str>::new());
    let web = project.service("web").unwrap();
    assert_eq!((web.replicas, web.mounts.len(), web.mounts[0].path.as_str()), (Some(3), 1, "/uploads"));
    assert_eq!(web.pre_deploy.iter().map(shown).collect::<Vec<_>>(), ["python manage.py migrate"]);
    assert_eq!(start(project, "worker-mail").unwrap(), "celery worker -Q mail");
    assert_eq!(project.service("worker-mail").unwrap().replicas, Some(2));
}

#[test]
fn what_python_takes_from_elsewhere_is_unknown() {
    let all = of(&[(
        ".railway/railway.py",
        "import os\nfrom railway_sdk import define_railway, image, project, service\nfrom acme import topology\n\n\
         @define_railway\ndef main(ctx=None):\n    while True:\n        pass\n    return project('p', resources=[\n\
         \x20       service('a', source=image(os.environ['IMAGE'])), *topology.all()])\n",
    )]);
    assert_eq!(names(&all[0]), ["a"]);
    assert_eq!(all[0].service("a").unwrap().image.as_ref().map(shown).unwrap(), "<package-import>");
    assert!(kinds(&all[0]).contains(&"package-import") && kinds(&all[0]).contains(&"unsupported-syntax"));
}

#[test]
fn go_builds_the_same_model() {
    let all = of(&[(
        ".railway/railway.go",
        r#"package main

import (
	"fmt"
	"os"

	"github.com/railwayapp/railway-go-iac/iac"
)

const Partial = "api"

func worker(name string, db iac.Resource) iac.Resource {
	return iac.ServiceNamed(fmt.Sprintf("worker-%s", name), iac.ServiceConfig{
		"start": "./worker",
		"env":   map[string]any{"DATABASE_URL": db.Env("DATABASE_URL"), "X": os.Getenv("X")},
	})
}

func Railway() iac.Project {
	db := iac.Postgres("db")
	data := iac.VolumeNamed("data", map[string]any{"sizeMB": 500})
	web := iac.ServiceNamed("web", iac.ServiceConfig{
		"source":       iac.Image("mysql:9"),
		"preDeploy":    []string{"./app migrate"},
		"volumeMounts": map[string]any{"/data": data},
		"deploy":       map[string]any{"cronSchedule": "0 3 * * *"},
		"volumes":      []string{"/lost"},
	})
	resources := []any{db, data, web}
	for _, name := range []string{"mail", "billing"} {
		resources = append(resources, worker(name, db))
	}
	return iac.ProjectNamed("acme", resources)
}
"#,
    )]);
    assert_eq!(all.len(), 1);
    assert_eq!(names(&all[0]), ["db:postgres", "volume:data", "web", "worker-billing", "worker-mail"]);
    assert_eq!(all[0].partial.as_ref().map(|p| p.as_str()), Some("api"));
    let web = all[0].service("web").unwrap();
    assert_eq!(web.image.as_ref().map(shown).unwrap(), "mysql:9");
    assert_eq!(web.mounts[0].path.as_str(), "/data");
    assert_eq!(web.cron.as_ref().map(shown).unwrap(), "0 3 * * *");
    assert_eq!(ignored(&all[0], "web"), [("volumes".into(), Meant::Volume)]);
    let urls = all[0].service("worker-mail").unwrap().variable("DATABASE_URL").unwrap().value.references();
    assert_eq!(urls.len(), 1);
}

#[test]
fn of_several_languages_the_tool_takes_the_first() {
    let all = of(&[
        (
            ".railway/railway.ts",
            "import { project } from 'railway/iac';\nexport default project('ts', { resources: [] });\n",
        ),
        (".railway/railway.py", PYTHON),
    ]);
    assert_eq!(all.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["ts"]);
}

#[test]
fn a_pull_request_gets_its_blocks_over_productions_over_the_base() {
    let all = of(&[(
        "railway.toml",
        "[deploy]\nstartCommand = \"base\"\ncronSchedule = \"0 1 * * *\"\n[environments.production.deploy]\nstartCommand = \"prod\"\n\
         preDeployCommand = \"migrate\"\n[environments.pr.deploy]\nstartCommand = \"pr\"\ncronSchedule = \"\"\n",
    )]);
    let of = |name: &str| all.iter().find(|p| p.environment == name).unwrap().services[0].clone();
    assert_eq!(of("production").start.as_ref().map(shown).unwrap(), "prod");
    assert_eq!(of("production").cron.as_ref().map(shown).unwrap(), "0 1 * * *");
    assert_eq!(of("pr").start.as_ref().map(shown).unwrap(), "pr");
    assert_eq!(of("pr").pre_deploy.iter().map(shown).collect::<Vec<_>>(), ["migrate"]);
    assert_eq!(of("pr").cron.as_ref().map(shown).unwrap(), "");
}

#[test]
fn config_files_belong_to_the_services_that_are_built_there() {
    let code = "import { defineRailway, github, project, service } from 'railway/iac';\nexport default defineRailway(() => project('p', { resources: [\n\
                service('billing', { source: github('a/b', { rootDirectory: '/services/api' }) }),\n\
                service('mail', { source: github('a/b'), configFile: '/deploy/railway.mailer.toml' })] }));\n";
    let toml = "[deploy]\nstartCommand = \"x\"\n";
    let all = of(&[
        (".railway/railway.ts", code),
        ("services/api/railway.toml", toml),
        ("deploy/railway.mailer.toml", toml),
        ("deploy/railway-gateway.toml", toml),
        ("other/railway.json", "{\"deploy\": {}}"),
        ("maps/railway-lines.json", "{\"lines\": []}"),
    ]);
    let configs = all.iter().find(|p| p.config_as_code).unwrap();
    let mut found: Vec<&str> = configs.services.iter().map(|s| s.name.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, ["billing", "gateway", "mail", "other"]);
}

#[test]
fn a_whole_file_that_is_ignored_is_still_railways() {
    let all = of(&[("railway.toml", "[[services]]\nname = \"web\"\n[services.deploy]\nreleaseCommand = \"x\"\n")]);
    assert_eq!(ignored(&all[0], &all[0].services[0].name.clone()), [("services".into(), Meant::Services)]);
}

#[test]
fn hostile_files_end() {
    for text in [
        format!("export default {}", "(".repeat(3000)),
        "import * as a from './railway.ts';\nexport default a.default;\n".to_owned(),
        "const x = {}; x.x = x; export default x;\n".to_owned(),
    ] {
        let _ = projects(&text);
    }
    let python = format!(
        "from railway_sdk import define_railway\n@define_railway\ndef main():\n    return {}\n",
        "[".repeat(4000)
    );
    let _ = of(&[(".railway/railway.py", &python)]);
    let _ = of(&[(".railway/railway.py", "from railway import *\ndef f():\n    return f()\nf()\n")]);
    let _ = of(&[(".railway/railway.go", "package main\nfunc Railway() iac.Project { return Railway() }\n")]);
    let _ = production("import { project } from 'railway/iac'; export default project('x', { resources: [] });");
}
