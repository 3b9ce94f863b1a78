//! What a command on a project needs: knowledge, config and rules.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::knowledge::Knowledge;
use crate::pipeline::Request;
use crate::pipeline::failure::Failure;
use crate::pipeline::handed::Handed;
use crate::pipeline::roots::Root;
use crate::rules::RuleSet;
use crate::workspace;

/// What the person running it chose.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A config other than the root's `lastcopy.yaml`.
    pub config: Option<PathBuf>,
    /// Let nothing in the tree remove or weaken a finding.
    pub isolated: bool,
    /// Directories with more rules.
    pub rules: Vec<PathBuf>,
    /// Today, as `2026-11-24`.
    pub today: String,
    /// Only this environment.
    pub environment: Option<String>,
    /// Values for Terraform variables, in the order given.
    pub assign: Vec<Assign>,
    /// Take the environment's `TF_VAR_…` too.
    pub env_vars: bool,
    /// `[ROOT=]FILE` of plans.
    pub plans: Vec<String>,
    /// A revision to compare with.
    pub base: Option<String>,
    /// The home directory, where the personal files of agents are asked for.
    pub home: Option<PathBuf>,
}

/// One `--var` or `--var-file`, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assign {
    /// `[ROOT=]NAME=VALUE`.
    Value(String),
    /// `[ROOT=]FILE`.
    File(String),
}

/// Everything that is the same for every run on a project.
pub struct Session {
    /// What is known of the world.
    pub knowledge: Knowledge,
    /// The project's configuration.
    pub config: Config,
    /// The rules, the config's severities applied.
    rules: RulesFrom,
    today: String,
    environment: Option<String>,
    base: Option<String>,
    handed: Handed,
    home: Option<PathBuf>,
}

/// Directories of rules with their files' texts.
type RulesFrom = Vec<(String, Vec<(String, String)>)>;

impl Session {
    /// Opens a project.
    ///
    /// # Errors
    /// A config or rule file that is broken, with the places; a variable, a file of them or a plan that can't be
    /// taken.
    pub fn open(root: &Root, options: &Options) -> Result<Session, Failure> {
        let config = config(root, options)?;
        let mut rules = Vec::new();
        let of_config = config.rule_dirs.iter().map(|dir| root.dir.join(dir));
        for dir in options.rules.iter().cloned().chain(of_config) {
            rules.push(rule_files(&dir)?);
        }
        let knowledge = knowledge(&rules)?;
        let handed = Handed::read(root, options)?;
        let session = Session {
            knowledge,
            config,
            rules,
            today: options.today.clone(),
            environment: options.environment.clone(),
            base: options.base.clone(),
            handed,
            home: options.home.clone(),
        };
        // Broken rules are told before anything is read, and names that are no rule's.
        let rules = session.all_rules()?;
        let ids: Vec<&str> = rules.iter().map(|r| r.head.id.as_str()).collect();
        let unknown = session.config.unknown_rules(&ids);
        if unknown.is_empty() { Ok(session) } else { Err(Failure::all(unknown)) }
    }

    /// What to ask of the pipeline for a project.
    pub fn request(&self, root: &Root) -> Request {
        Request {
            root: root.dir.clone(),
            named: root.files.clone(),
            today: self.today.clone(),
            environment: self.environment.clone(),
            assigned: self.handed.assigned.clone(),
            env: self.handed.env.clone(),
            plans: self.handed.plans.clone(),
            given: self.handed.given.clone(),
            prefix: root.prefix.clone(),
            base: self.base.clone(),
            home: self.home.clone(),
            ..Request::default()
        }
    }

    /// Built-in rules and those of every directory.
    ///
    /// # Errors
    /// Everything that is wrong in a rule file.
    pub fn all_rules(&self) -> Result<RuleSet, Failure> {
        all_rules(&self.rules)
    }

    /// The rules that the config, `--select` and `--ignore` leave, with the config's severities. A
    /// rule that the config switches off runs when it is selected by name.
    ///
    /// # Errors
    /// A name that is no rule's.
    pub fn chosen_rules(&self, select: &[String], ignore: &[String]) -> Result<RuleSet, Failure> {
        let mut rules = self.all_rules()?;
        for name in select.iter().chain(ignore) {
            if rules.get(name).is_none() {
                let near = crate::rules::check::suggestion(name, rules.iter().map(|r| r.head.id.as_str()));
                return Err(Failure::new(format!("there is no rule `{name}`{near}")));
            }
        }
        let mut off = Vec::new();
        for (id, setting) in &self.config.rules {
            match setting.severity {
                Some(severity) => _ = rules.set_severity(id, severity),
                None => off.push(id),
            }
        }
        rules.retain(|head| select.contains(&head.id) || !off.contains(&&head.id));
        rules.retain(|head| (select.is_empty() || select.contains(&head.id)) && !ignore.contains(&head.id));
        Ok(rules)
    }
}

/// Built-in rules and those of these directories.
///
/// # Errors
/// Everything that is wrong in a rule file.
pub fn all_rules(from: &[(String, Vec<(String, String)>)]) -> Result<RuleSet, Failure> {
    let mut rules = RuleSet::embedded();
    for (dir, files) in from {
        rules.add_dir(dir, files).map_err(Failure::all)?;
    }
    Ok(rules)
}

/// What is built in, and what these directories know.
///
/// # Errors
/// Everything that is wrong in a knowledge file.
pub fn knowledge(from: &[(String, Vec<(String, String)>)]) -> Result<Knowledge, Failure> {
    let mut knowledge = Knowledge::embedded();
    for (dir, files) in from {
        knowledge.add_dir(dir, files).map_err(Failure::all)?;
    }
    Ok(knowledge)
}

/// The files of rules and knowledge of a directory: what messages call it, and (path, text) of each.
///
/// # Errors
/// A directory that can't be read.
pub fn rule_files(dir: &Path) -> Result<(String, Vec<(String, String)>), Failure> {
    let files = workspace::read_dir_yaml(dir).map_err(|e| Failure::new(e.to_string()))?;
    Ok((dir.to_string_lossy().into_owned(), files))
}

fn config(root: &Root, options: &Options) -> Result<Config, Failure> {
    let (name, text) = match &options.config {
        // A config given by name is the caller's own, not the tree's.
        Some(file) => (file.to_string_lossy().into_owned(), workspace::read_text(file)?),
        None if options.isolated => return Ok(Config::default()),
        None => {
            let file = root.dir.join("lastcopy.yaml");
            if !file.is_file() {
                return Ok(Config::default());
            }
            (format!("{}lastcopy.yaml", root.prefix), workspace::read_text(&file)?)
        }
    };
    Config::parse(&name, &text, &options.today).map_err(Failure::all)
}
