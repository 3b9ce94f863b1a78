//! `lastcopy check`: the main job.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::args::{Check, FailOn};
use crate::cli::output::{self, Out};
use crate::cli::progress::Progress;
use crate::finding::{Outcome, Severity};
use crate::pipeline::chosen::{self, Choice, Chosen};
use crate::pipeline::failure::Failure;
use crate::pipeline::roots::{self, Root};
use crate::pipeline::session::{self, Session};
use crate::pipeline::{self, Run};
use crate::report::{self, Format, Report};
use crate::suppress::baseline::{self, Baseline};

/// Runs `check` and gives the exit code: 0, or 1 where there is a finding from `--fail-on` on.
///
/// # Errors
/// What keeps it from doing its job.
pub fn run(args: &Check, out: &mut Out) -> Result<u8, Failure> {
    let format = format(&args.format)?;
    let outputs = outputs(&args.outputs)?;
    let cwd = output::working_directory()?;
    let (paths, overlay) = input(args, &cwd)?;
    let unsaved: Vec<PathBuf> = if overlay.is_empty() { Vec::new() } else { paths.clone() };
    let mut roots = roots::find_with(&paths, &unsaved, args.common.root.as_deref(), &cwd)?;
    if roots.len() > 1 && !args.common.plans.is_empty() {
        return Err(Failure::new("--plan is for one project, and the paths lie in several: check one after the other"));
    }
    let mut projects: Vec<(Root, Run, Chosen)> = Vec::new();
    let mut failed = false;
    let mut incomplete = false;
    let mut baseline = baseline_of(args)?;
    let progress = Progress::begin("reading the project", args.common.quiet);
    for root in &mut roots {
        let session = Session::open(root, &session::Options { base: args.base.clone(), ..args.common.session() })?;
        let mut checked = Checked::new(args, &session, root, &overlay, baseline.as_ref())?;
        if args.fix {
            checked = crate::cli::fixing::apply(args, &session, root, &overlay, checked, baseline.as_ref(), out)?;
        }
        baseline = checked.baseline;
        failed |= fails(args, &session, &checked.chosen);
        incomplete |= args.strict && is_incomplete(&checked.chosen);
        projects.push((root.clone(), checked.run, checked.chosen));
    }
    drop(progress);
    if let Some(file) = &args.write_baseline {
        let found = projects
            .iter()
            .map(|(_, run, _)| (run.findings.as_slice(), &run.project.workspace.sources, &run.project.mask));
        output::write_file(&cwd.join(file), &baseline::written(found))?;
    }
    for (format, file) in &outputs {
        let text = render(*format, &projects, &report::Options::default());
        output::write_file(&cwd.join(file), &text)?;
    }
    if !(args.fix && args.dry_run) {
        let options = report::Options {
            width: out.width,
            color: out.color,
            verbose: args.common.verbose,
            quiet: args.common.quiet,
            undecided: args.persona == Some(crate::cli::args::Persona::Auditor),
        };
        out.print(&render(format, &projects, &options));
    }
    Ok(match (incomplete, failed) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    })
}

/// One project, judged and chosen from.
pub struct Checked {
    /// Everything.
    pub run: Run,
    /// What is shown.
    pub chosen: Chosen,
    /// What is left of the baseline: entries that hid nothing here.
    pub baseline: Option<Baseline>,
}

impl Checked {
    /// Runs the pipeline on a project.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn new(
        args: &Check,
        session: &Session,
        root: &Root,
        overlay: &HashMap<PathBuf, String>,
        baseline: Option<&Baseline>,
    ) -> Result<Checked, Failure> {
        let mut request = session.request(root);
        request.no_ignores = args.no_ignores || args.common.isolated;
        for (path, text) in overlay {
            if let Ok(inside) = path.strip_prefix(&root.dir) {
                request.overlays.insert(inside.to_string_lossy().replace('\\', "/"), text.clone());
            }
        }
        let plans: Vec<String> = request.plans.iter().map(|(_, path)| path.clone()).collect();
        let rules = session.chosen_rules(&args.select, &args.ignore)?;
        let project = pipeline::project(&request, &session.config, &session.knowledge)?;
        let mut run = pipeline::judge(project, &rules, &request, &session.knowledge);
        let mut baseline = baseline.cloned();
        if let Some(baseline) = &mut baseline {
            baseline.apply(&mut run.findings);
        }
        let choice = Choice {
            persona: args
                .persona
                .map(Into::into)
                .or(session.config.persona)
                .unwrap_or(crate::finding::Persona::Regular),
            min_confidence: args.min_confidence.map_or(crate::finding::Confidence::Low, Into::into),
            include_undeployed: args.include_undeployed,
            // What only a plan tells stands nowhere else.
            under: root.under.clone().map(|under| under.into_iter().chain(plans).collect()),
        };
        let chosen = chosen::choose(&run, &choice);
        Ok(Checked { run, chosen, baseline })
    }
}

fn baseline_of(args: &Check) -> Result<Option<Baseline>, Failure> {
    let Some(file) = args.baseline.as_ref().filter(|_| !args.common.isolated) else { return Ok(None) };
    let text = crate::workspace::read_text(file)?;
    Baseline::parse(&file.to_string_lossy(), &text).map(Some).map_err(|e| Failure::new(e.to_string()))
}

/// The paths to look at, and the document on standard input, if one is given.
fn input(args: &Check, cwd: &Path) -> Result<(Vec<PathBuf>, HashMap<PathBuf, String>), Failure> {
    let stdin = Path::new("-");
    if !args.paths.iter().any(|p| p == stdin) {
        if args.stdin_filename.is_some() {
            return Err(Failure::new("--stdin-filename goes with `check -`"));
        }
        return Ok((args.paths.clone(), HashMap::new()));
    }
    let Some(name) = &args.stdin_filename else {
        return Err(Failure::new("`check -` needs --stdin-filename: the path decides what the document is"));
    };
    if args.paths.len() > 1 {
        return Err(Failure::new("`-` is the only path that can be given with a document on standard input"));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|e| Failure::new(format!("standard input: {e}")))?;
    let path = output::lexical(&cwd.join(name));
    Ok((vec![name.clone()], HashMap::from([(path, text)])))
}

fn format(name: &str) -> Result<Format, Failure> {
    Format::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|f| f.name()).collect();
        let near = crate::rules::check::suggestion(name, known.iter().copied());
        Failure::new(format!("unknown format `{name}`{near} (there are {})", known.join(", ")))
    })
}

fn outputs(all: &[String]) -> Result<Vec<(Format, PathBuf)>, Failure> {
    all.iter()
        .map(|text| {
            let (name, file) =
                text.split_once('=').ok_or_else(|| Failure::new(format!("--output {text}: write FORMAT=FILE")))?;
            Ok((format(name)?, PathBuf::from(file)))
        })
        .collect()
}

fn render(format: Format, projects: &[(Root, Run, Chosen)], options: &report::Options) -> String {
    let reports: Vec<Report<'_>> = projects
        .iter()
        .map(|(root, run, chosen)| Report {
            sources: &run.project.workspace.sources,
            mask: &run.project.mask,
            findings: &chosen.findings,
            rules: &run.rules,
            cuts: &chosen.cuts,
            summary: &chosen.summary,
            prefix: root.prefix.clone(),
        })
        .collect();
    report::render_all(format, &reports, options)
}

/// Whether something at or above the chosen severity was found.
fn fails(args: &Check, session: &Session, chosen: &Chosen) -> bool {
    let from = match args.fail_on.or(from_config(session)) {
        Some(FailOn::Never) => return false,
        Some(FailOn::Note) => Severity::Note,
        Some(FailOn::Warning) => Severity::Warning,
        Some(FailOn::Error) | None => Severity::Error,
    };
    chosen.findings.iter().any(|f| {
        f.outcome == Outcome::Finding && f.hidden.is_none() && f.severity >= from && (!f.local || args.fail_on_local)
    })
}

/// From which severity on the config lets a run fail.
fn from_config(session: &Session) -> Option<FailOn> {
    session.config.fail_on.map(|from| match from {
        Some(Severity::Error) => FailOn::Error,
        Some(Severity::Warning) => FailOn::Warning,
        Some(Severity::Note) => FailOn::Note,
        None => FailOn::Never,
    })
}

/// Whether something was skipped, cut off at a limit, or left undecided that matters.
fn is_incomplete(chosen: &Chosen) -> bool {
    let skipped = chosen.summary.skipped.iter().any(|(why, _)| why != "template");
    skipped || !chosen.summary.undecided_named.is_empty() || !chosen.summary.cut_off.is_empty()
}
