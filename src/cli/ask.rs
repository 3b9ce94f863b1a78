//! The smaller commands: questions about agents, commands and rules.

use std::collections::BTreeMap;
use std::path::Path;

use crate::ci;
use crate::cli::args;
use crate::cli::output::{self, Out};
use crate::cli::test::{Tested, Which};
use crate::cli::{
    blast as drawing, can as agents, explain as pages, init as starting, inspect as seen, rules as listing,
    test as examples, what as classified,
};
use crate::config::Config;
use crate::finding::{Confidence, Persona};
use crate::knowledge::Knowledge;
use crate::operations;
use crate::pipeline::failure::Failure;
use crate::pipeline::roots::{self, Root};
use crate::pipeline::session::{Session, all_rules, knowledge, rule_files};
use crate::pipeline::{self, Project, Request};
use crate::report::neutral;
use crate::rules::RuleSet;
use crate::rules::examples as cases;
use crate::syntax::document;
use crate::workspace;

/// Whether JSON is asked for.
fn wants_json(format: &str) -> Result<bool, Failure> {
    match format {
        "human" => Ok(false),
        "json" => Ok(true),
        other => Err(Failure::new(format!("unknown format `{other}` (there are human, json)"))),
    }
}

/// The project of a path, resolved and joined.
fn project(path: &Path, common: &args::Common) -> Result<(Root, Session, Project), Failure> {
    let cwd = output::working_directory()?;
    let mut roots = roots::find(&[path.to_path_buf()], common.root.as_deref(), &cwd)?;
    let root = roots.pop().ok_or_else(|| Failure::new("no project"))?;
    let session = Session::open(&root, &common.session())?;
    let project = pipeline::project(&session.request(&root), &session.config, &session.knowledge)?;
    Ok((root, session, project))
}

/// `can`.
///
/// # Errors
/// A question that can't be answered.
pub fn can(args: &args::Can, out: &mut Out) -> Result<u8, Failure> {
    let json = wants_json(&args.format)?;
    let failed = |e: agents::CanError| Failure::new(e.to_string());
    let question = match (args.all, args.list, &args.agent) {
        (true, false, first) => {
            let words: Vec<String> = first.iter().chain(&args.words).cloned().collect();
            agents::Question::All(agents::what(&words).map_err(failed)?)
        }
        (false, true, Some(agent)) if args.words.is_empty() => agents::Question::List(agent.clone()),
        (_, true, _) => return Err(Failure::new("`can AGENT --list` takes an agent and no command")),
        (false, false, Some(agent)) => agents::Question::One(agent.clone(), agents::what(&args.words).map_err(failed)?),
        (false, false, None) => {
            return Err(Failure::new("say which agent, and what: `can AGENT COMMAND…`, or `can --all COMMAND…`"));
        }
    };
    let (_, session, project) = project(Path::new("."), &args.common)?;
    let known: Vec<agents::Known> = known(&session.knowledge, &project);
    let context = agents::Context {
        agents: &project.agents,
        sources: &project.workspace.sources,
        show: &|span, text| project.mask.entry(&project.workspace.sources, span, text),
        classify: &|text| {
            operations::classify(text, &operations::Context::within(&session.knowledge, &project.scripts, ""))
        },
        known: &known,
    };
    let outcome = agents::answer(&context, &question).map_err(failed)?;
    out.print(&match json {
        true => pretty(&outcome.json(&context)),
        false => neutral::guard(outcome.human(&context)),
    });
    Ok(outcome.code())
}

/// Every operation as `can` lists it, MCP tools under the names the project's servers have.
fn known(knowledge: &Knowledge, project: &Project) -> Vec<agents::Known> {
    let mut all: Vec<agents::Known> = Vec::new();
    for tool in knowledge.tools() {
        all.extend(tool.operations.iter().map(|o| agents::Known {
            id: o.id.clone(),
            title: o.title.clone(),
            destroys: o.destroys.clone(),
            command: o.command.clone(),
            tools: Vec::new(),
        }));
    }
    for server in project.agents.iter().flat_map(|a| &a.servers) {
        let command: Vec<&str> = server.command.iter().map(|w| w.as_str()).collect();
        let Some(found) = knowledge.mcp_server(&command, server.url.as_ref().map(|u| u.as_str())) else { continue };
        for tool in &found.tools {
            let id = format!("mcp-{}-{}", found.server, tool.name);
            let call = (server.name.as_str().to_owned(), tool.name.clone());
            match all.iter_mut().find(|k| k.id == id) {
                Some(known) if !known.tools.contains(&call) => known.tools.push(call),
                Some(_) => {}
                None => all.push(agents::Known {
                    id,
                    title: format!("tool `{}` of {}", tool.name, found.title.as_ref().unwrap_or(&found.server)),
                    destroys: tool.destroys.clone(),
                    command: None,
                    tools: vec![call],
                }),
            }
        }
    }
    all
}

/// `what`.
///
/// # Errors
/// A format that doesn't exist.
pub fn what(args: &args::What, out: &mut Out) -> Result<u8, Failure> {
    let json = wants_json(&args.format)?;
    let cwd = output::working_directory()?;
    let root = roots::find(&[], args.common.root.as_deref(), &cwd)?.pop();
    // Scripts are followed where there is a project to find them in.
    let knowledge = match &root {
        Some(root) => Session::open(root, &args.common.session())?.knowledge,
        None => with_dirs(&args.common.rules)?.1,
    };
    let loaded = root.and_then(|root| workspace::load(&root.dir, &workspace::LoadOptions::default()).ok());
    let documents: Vec<_> = loaded.iter().flat_map(|w| w.files.iter().map(document::parse)).collect();
    let scripts = loaded.as_ref().map(|workspace| {
        let commands = ci::read(workspace, &|id| documents.get(id.0 as usize));
        pipeline::scripts(workspace, &documents, &commands)
    });
    let outcome = classified::answer(&args.words, &knowledge, scripts.as_ref());
    out.print(&match json {
        true => pretty(&outcome.json()),
        false => neutral::guard(outcome.human(out.color)),
    });
    Ok(outcome.code())
}

/// `blast`.
///
/// # Errors
/// A project that can't be read, or a format that doesn't exist.
pub fn blast(args: &args::Blast, out: &mut Out) -> Result<u8, Failure> {
    let format = drawing::format(&args.format)?;
    let (root, session, project) = project(&args.path, &args.common)?;
    let options = crate::blast::Options {
        width: out.width,
        color: out.color,
        verbose: args.common.verbose,
        prefix: root.prefix.clone(),
    };
    out.print(&drawing::written(&project, &session.knowledge, format, &options));
    Ok(0)
}

/// `inspect`.
///
/// # Errors
/// A project that can't be read.
pub fn inspect(args: &args::Inspect, out: &mut Out) -> Result<u8, Failure> {
    let (_, _, project) = project(&args.path, &args.common)?;
    out.print(&pretty(&seen::json(&project)));
    Ok(0)
}

/// Everything built in, and what these directories add.
fn with_dirs(dirs: &[std::path::PathBuf]) -> Result<(RuleSet, Knowledge), Failure> {
    let files = dirs.iter().map(|d| rule_files(d)).collect::<Result<Vec<_>, _>>()?;
    Ok((all_rules(&files)?, knowledge(&files)?))
}

/// `explain`.
///
/// # Errors
/// A rule that doesn't exist.
pub fn explain(args: &args::Explain, out: &mut Out) -> Result<u8, Failure> {
    let (rules, _) = with_dirs(&args.rules)?;
    out.print(&pages::explain(&rules, &args.rule).map_err(Failure::new)?);
    Ok(0)
}

/// `rules`.
///
/// # Errors
/// A rule directory that can't be read.
pub fn rules(args: &args::Rules, out: &mut Out) -> Result<u8, Failure> {
    let (rules, _) = with_dirs(&args.rules)?;
    out.print(&match (args.facts, wants_json(&args.format)?) {
        (true, true) => pretty(&listing::facts_json()),
        (true, false) => listing::facts(out.width),
        (false, true) => pretty(&listing::list_json(&rules)),
        (false, false) => listing::list(&rules, out.width),
    });
    Ok(0)
}

/// `test`.
///
/// # Errors
/// A directory that can't be read, or a rule in it that is broken.
pub fn test(args: &args::Test, out: &mut Out) -> Result<u8, Failure> {
    let ((rules, knowledge), which, files) = match &args.dir {
        None => (with_dirs(&[])?, Which::BuiltIn, BTreeMap::new()),
        Some(dir) => {
            let big = dir.join("testdata");
            let files = if big.is_dir() { workspace::read_dir_texts(&big)? } else { BTreeMap::new() };
            (with_dirs(std::slice::from_ref(dir))?, Which::Added, files)
        }
    };
    let Tested { text, code } = examples::test(&rules, which, &files, &|case| judged(case, &rules, &knowledge));
    out.print(&text);
    Ok(code)
}

/// What the rules find in a project in memory, on a fixed day.
///
/// # Errors
/// In words, what can't be used of the files that its options hand in.
pub fn judged(case: &cases::Case, rules: &RuleSet, knowledge: &Knowledge) -> Result<Vec<cases::Seen>, String> {
    let files = &case.files;
    let request = Request { today: "2026-11-24".into(), ..pipeline::handed_in(case) };
    let config = files.get("lastcopy.yaml").map(|text| Config::parse("lastcopy.yaml", text, &request.today));
    let config = config.and_then(Result::ok).unwrap_or_default();
    let project = pipeline::join(workspace::in_memory_with(files, &request.given), &request, &config, knowledge);
    if !project.refused.is_empty() {
        return Err(project.refused.join("; "));
    }
    let mut run = pipeline::judge(project, rules, &request, knowledge);
    // What is half-known shows from `pedantic` on only: a rule for everybody is judged without it.
    let regular = |id: &str| rules.get(id).is_some_and(|r| r.head.persona == Persona::Regular);
    run.findings.retain(|f| f.confidence > Confidence::Low || !regular(&f.rule));
    Ok(cases::seen(&run.findings, &run.project.workspace.sources))
}

/// `init`.
///
/// # Errors
/// A config that is there already, or a directory that can't be written.
pub fn init(args: &args::Init, out: &mut Out) -> Result<u8, Failure> {
    let file = args.dir.join("lastcopy.yaml");
    if file.exists() {
        return Err(Failure::new(format!("{}: is there already; nothing was written", file.display())));
    }
    output::write_file(&file, &starting::config())?;
    out.print(&format!("wrote {}\n\n{}", file.display(), starting::hook()));
    Ok(0)
}

fn pretty(value: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
