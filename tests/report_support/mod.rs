//! A project on the day before the loss, by hand: its texts, and findings as a run would hand them
//! to a reporter.
#![allow(dead_code)]

use std::sync::Arc;

use lastcopy::finding::{
    Confidence, Edit, Finding, Fix, Hidden, Location, Outcome, Persona, Place, Reason, Role, RuleInfo, Severity,
};
use lastcopy::report::{Cut, Cuts, Format, Mask, Options, Report, Summary, render};
use lastcopy::source::{Sources, Span};

pub const TOKEN: &str = "c082c896-afb3-499a-8b0f-c475bfb230ba";

/// Texts, and everything a report is made of.
pub struct Case {
    pub sources: Sources,
    pub mask: Mask,
    pub findings: Vec<Finding>,
    pub rules: Vec<RuleInfo>,
    pub cuts: Cuts,
    pub summary: Summary,
    pub prefix: String,
}

impl Case {
    pub fn new(files: &[(&str, &str)]) -> Case {
        let mut sources = Sources::default();
        for (path, text) in files {
            sources.add(*path, text);
        }
        Case {
            sources,
            mask: Mask::default(),
            findings: Vec::new(),
            rules: Vec::new(),
            cuts: Cuts::default(),
            summary: Summary { stores: 1, ..Summary::default() },
            prefix: String::new(),
        }
    }

    /// The span of the first occurrence of a text in a file.
    pub fn span(&self, path: &str, text: &str) -> Span {
        let source = self.sources.by_path(path).unwrap_or_else(|| panic!("no file {path}"));
        let at = source.text.find(text).unwrap_or_else(|| panic!("no `{text}` in {path}"));
        Span::new(source.id, at, at + text.len())
    }

    pub fn render(&self, format: Format, options: &Options) -> String {
        let report = Report {
            sources: &self.sources,
            mask: &self.mask,
            findings: &self.findings,
            rules: &self.rules,
            cuts: &self.cuts,
            summary: &self.summary,
            prefix: self.prefix.clone(),
        };
        render(format, &report, options)
    }

    pub fn human(&self, width: usize) -> String {
        self.render(Format::Human, &Options { width, ..Options::default() })
    }

    /// In every format, and for people in every way.
    pub fn everywhere(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for &format in Format::ALL {
            for (width, color, verbose) in [(40, false, false), (80, true, true), (200, false, true)] {
                let options = Options { width, color, verbose, quiet: false, undecided: true };
                all.push((format!("{} {width}", format.name()), self.render(format, &options)));
            }
        }
        all
    }
}

pub fn finding(rule: &str, severity: Severity, span: Span, address: &str, message: &str) -> Finding {
    let n = rule.bytes().chain(address.bytes()).fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)));
    Finding {
        rule: rule.into(),
        severity,
        confidence: Confidence::High,
        persona: Persona::Regular,
        outcome: Outcome::Finding,
        local: false,
        message: message.into(),
        help: String::new(),
        place: Place::of(span, Role::Context),
        address: address.into(),
        instances: Vec::new(),
        environments: Vec::new(),
        related: Vec::new(),
        reasons: Vec::new(),
        fixes: Vec::new(),
        part_of: None,
        fingerprint: format!("v1:{n:016x}"),
        hidden: None,
    }
}

pub fn rule(id: &str, title: &str, severity: Severity) -> RuleInfo {
    RuleInfo {
        id: id.into(),
        title: title.into(),
        severity,
        persona: Persona::Regular,
        tags: vec!["deletion".into()],
        why: format!("{title}.\n\nIt has *happened*."),
        references: vec![format!("https://example.org/rules/{id}")],
    }
}

const FILES: &[(&str, &str)] = &[
    (
        ".cursor/permissions.json",
        "{\n  // What the agent may run without asking.\n  \"terminalAllowlist\": [\n    \"curl\",\n    \"git\"\n  ]\n}\n",
    ),
    (
        "scripts/add-domain.sh",
        "#!/usr/bin/env bash\n# Adds a rental company's own booking domain.\nset -euo pipefail\n\n\
         API=https://backboard.railway.com/graphql/v2\nENVIRONMENT_ID=f17baa87-91fa-4846-91f6-c3dbc1698786\n\
         RAILWAY_API_TOKEN=c082c896-afb3-499a-8b0f-c475bfb230ba\n",
    ),
    (
        ".railway/railway.ts",
        "import { bucket, defineRailway, postgres, project } from \"railway/iac\";\n\n\
         export default defineRailway((ctx) => {\n  const production = ctx.environment === \"production\";\n\n\
         \x20 const db = postgres(\"db\");\n\n  // Nightly.\n\n\
         \x20 const dumps = bucket(\"db-dumps\", { region: \"ams\" });\n  return project(\"pocketos\", { resources: [db, dumps] });\n});\n",
    ),
    (".claude/settings.json", "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(railway:*)\"\n    ]\n  }\n}\n"),
    (".claude/settings.local.json", "{\"permissions\": {\"allow\": [\"Bash(terraform:*)\"]}}\n"),
    (
        "infra/modules/database/main.tf",
        "resource \"aws_db_instance\" \"main\" {\n  identifier              = var.name\n  backup_retention_period = 0\n  \
         skip_final_snapshot     = true\n}\n",
    ),
    ("infra/main.tf", "module \"fleet\" {\n  source = \"./modules/database\"\n  protect = var.protect\n}\n"),
    (".env", "DB_PASSWORD=abc\nPORT=3000\n"),
];

/// The whole story.
pub fn pocketos() -> Case {
    let mut case = Case::new(FILES);
    let curl = case.span(".cursor/permissions.json", "\"curl\"");
    let token = case.span("scripts/add-domain.sh", "RAILWAY_API_TOKEN=c082c896-afb3-499a-8b0f-c475bfb230ba");
    let db = case.span(".railway/railway.ts", "postgres(\"db\")");
    let dumps = case.span(".railway/railway.ts", "bucket(\"db-dumps\", { region: \"ams\" })");
    let location = |span, role, label: &str| Location { span, label: label.into(), role };

    let mut path = finding(
        "last-copy-in-one-call",
        Severity::Error,
        curl,
        "path:cursor->railway:db",
        "Cursor can delete production `db` and every copy of it in one call; nobody is asked",
    );
    path.place = Place::of(curl, Role::Agent);
    path.related = vec![
        location(
            curl,
            Role::Agent,
            "runs any `curl` unasked (in every Run Mode that reads this list; the mode isn't in the repository)",
        ),
        location(
            token,
            Role::Credential,
            "account-wide Railway token, used here only for custom domains; reaches production too",
        ),
        location(
            db,
            Role::Store,
            "production data; its snapshots are part of its volume; the platform has no protection switch",
        ),
        location(dumps, Role::Copy, "nightly dumps, but in the same project. Survivors: none"),
    ];
    path.help = "one call: projectScheduleDeleteForce takes 3 and 4, no grace period\n\
                 variants: volumeDelete takes 3, 48 h undo by e-mail\n\
                 also by:  Claude Code .claude/settings.json:4 Bash(railway:*)  (+1 MCP server)\n"
        .into();
    path.environments = vec!["production".into()];

    let mut wide = finding(
        "wide-credential",
        Severity::Error,
        token,
        "credential:scripts/add-domain.sh#RAILWAY_API_TOKEN",
        "account-wide Railway token in a script that only adds domains",
    );
    wide.part_of = Some(path.fingerprint.clone());
    wide.help = "revoke it; use a token of one environment".into();

    let snapshot = case.span("infra/modules/database/main.tf", "skip_final_snapshot     = true");
    let mut final_snapshot = finding(
        "no-final-snapshot",
        Severity::Error,
        snapshot,
        "module.fleet.aws_db_instance.main",
        "`module.fleet.aws_db_instance.main` leaves no final snapshot when it is deleted, and no copy of it is declared in this repository",
    );
    final_snapshot.help = "set skip_final_snapshot = false and name the snapshot".into();
    final_snapshot.instances = vec!["module.fleet.aws_db_instance.main".into()];
    final_snapshot.environments = vec!["production".into()];
    final_snapshot.related =
        vec![location(case.span("infra/main.tf", "module \"fleet\""), Role::Caller, "called here")];
    final_snapshot.fixes = vec![Fix {
        title: "keep a final snapshot".into(),
        safe: true,
        edits: vec![Edit { span: case.span("infra/modules/database/main.tf", "true"), text: "false".into() }],
    }];

    let retention = finding(
        "short-retention",
        Severity::Warning,
        case.span("infra/modules/database/main.tf", "backup_retention_period = 0"),
        "module.fleet.aws_db_instance.main",
        "backups of `module.fleet.aws_db_instance.main` are kept for 0 days",
    );
    let mut local = finding(
        "unasked-destruction",
        Severity::Warning,
        case.span(".claude/settings.local.json", "\"Bash(terraform:*)\""),
        "claude:.claude/settings.local.json#permissions.allow[Bash(terraform:*)]",
        "Claude Code runs terraform-destroy and 3 more unasked",
    );
    local.local = true;

    let mut ignored = finding(
        "wide-grant",
        Severity::Warning,
        case.span(".claude/settings.json", "\"Bash(railway:*)\""),
        "claude:.claude/settings.json#permissions.allow[Bash(railway:*)]",
        "Claude Code runs every railway command",
    );
    ignored.hidden = Some(Hidden::Ignored {
        reason: "the release manager needs it".into(),
        span: Some(case.span(".claude/settings.json", "\"allow\"")),
    });
    let mut baselined = finding(
        "short-retention",
        Severity::Warning,
        case.span(".railway/railway.ts", "postgres(\"db\")"),
        "railway:db",
        "snapshots of `db` are kept for 6 days",
    );
    baselined.hidden = Some(Hidden::Baselined);

    let mut undecided = finding(
        "unprotected-store",
        Severity::Error,
        case.span("infra/main.tf", "protect = var.protect"),
        "module.fleet.aws_db_instance.main",
        "whether `module.fleet.aws_db_instance.main` is protected isn't known",
    );
    undecided.outcome = Outcome::Undecided;
    undecided.reasons = vec![Reason::at(
        "variable-without-value",
        "var.protect has no default and no tfvars file sets it",
        case.span("infra/main.tf", "var.protect"),
    )];

    case.cuts = Cuts {
        edits: vec![
            Cut { span: token, what: "revoke it; use a token of one environment".into(), fixable: false },
            Cut { span: dumps, what: "dump to an account this token can't reach".into(), fixable: false },
        ],
        cut: 3,
        of: 3,
    };
    case.summary = Summary {
        home: false,
        error: 3,
        warning: 2,
        note: 0,
        undecided: 1,
        suppressed: 1,
        baselined: 1,
        local: 1,
        undeployed: 0,
        below: 2,
        files: 8,
        read: vec![("terraform".into(), 2), ("railway".into(), 1), ("agents".into(), 3), ("other".into(), 0)],
        skipped: vec![("template".into(), 1)],
        stores: 3,
        agents: 2,
        credentials: 1,
        undecided_by: vec![("variable-without-value".into(), 1)],
        undecided_named: vec![(
            Some(case.span("infra/main.tf", "var.protect")),
            "whether `module.fleet.aws_db_instance.main` is protected: give var.protect a value (--var protect=…)"
                .into(),
        )],
        cut_off: vec![(Some(case.span("infra/main.tf", "var.protect")), "limit", "20000 instances: only the first 10000 are looked at".into())],
        unread_modules: vec![(case.span("infra/main.tf", "var.protect"), "module.other".into(), "acme/db/aws".into())],
        notes: vec!["no environment is labelled in infra/: taken as production; `environments:` in lastcopy.yaml says otherwise".into()],
    };
    case.rules = vec![
        rule("last-copy-in-one-call", "Last copy of data that one call can delete", Severity::Error),
        rule("wide-credential", "Credential wider than its use", Severity::Error),
        rule("no-final-snapshot", "Database that leaves no final snapshot", Severity::Error),
        rule("short-retention", "Copies that are kept too short", Severity::Warning),
        rule("unasked-destruction", "Agent that destroys unasked", Severity::Warning),
        rule("wide-grant", "Grant wider than its use", Severity::Warning),
        rule("unprotected-store", "Data store that one API call can delete", Severity::Error),
    ];
    case.mask = Mask::with_values(
        vec![case.span("scripts/add-domain.sh", TOKEN), case.span(".env", "abc")],
        vec![case.span(".env", "3000")],
    );
    case.findings = vec![path, wide, final_snapshot, retention, local, ignored, baselined, undecided];
    case
}

/// A place that isn't only pointed at.
pub fn place(span: Span) -> Arc<Place> {
    Place::of(span, Role::Store)
}
