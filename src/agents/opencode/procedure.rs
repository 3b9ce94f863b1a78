//! What opencode and Kilo Code do with a call: every command of a line is asked about by its own
//! text, paths outside the project besides; the last rule that matches decides.
//! Facts: the shipped opencode 1.18.33 and Kilo 7.7.9, as run.

use crate::agents::opencode::rules::{Action, Rule};
use crate::agents::opencode::units;
use crate::agents::{Because, Call, Decision, Entry, Procedure, Surface, Verdict, variants};
use crate::finding::Reason;

/// An agent of the product: the one sessions begin with, or one that is picked or started by it.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its rules, in order: built-in, the configuration's, its own.
    pub rules: Vec<Rule>,
    /// How it comes to run, in words; empty for the one sessions begin with.
    pub runs: &'static str,
}

/// The product as configured in one directory.
#[derive(Clone)]
pub struct Opencode {
    /// Its agents, the one sessions begin with first.
    pub roles: Vec<Role>,
    /// How many directories below the project's root it works in.
    pub depth: usize,
    /// Why the product refuses its configuration, if it does.
    pub refused: Option<Reason>,
    /// Started with `--auto`: what would be asked runs.
    pub auto: bool,
    /// The program's name.
    pub product: &'static str,
}

/// What is asked for a call: permission and subject.
type Asked = Vec<(String, String)>;

impl Procedure for Opencode {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn decide(&self, call: &Call<'_>, surface: Surface) -> Verdict {
        if let Some(reason) = &self.refused {
            return Verdict { decision: Err(reason.clone()), because: Vec::new(), conditions: Vec::new() };
        }
        let asked = match asked(call, self.depth, self.product) {
            Ok(asked) => asked,
            Err(reason) => return Verdict { decision: Err(reason), because: Vec::new(), conditions: Vec::new() },
        };
        let mut worst: Option<Verdict> = None;
        for role in &self.roles {
            let mut verdict = self.under(role, &asked, tool(call), surface);
            let rank = |v: &Verdict| v.decision.as_ref().ok().copied();
            if worst.as_ref().is_none_or(|w| rank(&verdict) > rank(w)) {
                if !role.runs.is_empty() {
                    verdict.conditions.push(format!("while the agent `{}` runs ({})", role.name, role.runs));
                }
                worst = Some(verdict);
            }
        }
        worst.unwrap_or_else(|| Verdict {
            decision: Err(Reason::new("no-agent", "every agent of the product is switched off")),
            because: Vec::new(),
            conditions: Vec::new(),
        })
    }

    /// A pattern behind the entry's own: the last that matches decides, so that those behind it may still
    /// let a form through.
    fn stopping(&self, entry: &Entry, base: &str, forms: &[String]) -> Option<Vec<String>> {
        entry.text.as_str().strip_prefix("bash: ")?;
        let by = |patterns: &[String]| {
            let mut with = self.clone();
            for role in &mut with.roles {
                let own = |r: &Rule| r.at.as_ref().is_some_and(|at| at.span == entry.span);
                let Some(at) = role.rules.iter().rposition(own) else { continue };
                for pattern in patterns {
                    let mut rule = role.rules.get(at)?.clone();
                    rule.pattern.clone_from(pattern);
                    role.rules.insert(at + 1, rule);
                }
            }
            let held = |form: &String, surface| {
                with.decide(&Call::Shell(form), surface).decision.is_ok_and(|decision| !decision.unasked())
            };
            let stops = forms.iter().all(|f| held(f, Surface::Interactive) && held(f, Surface::Headless));
            stops.then(|| patterns.iter().map(|p| format!("\"{p}\": \"{}\"", entry.effect)).collect())
        };
        let patterns = variants::patterns(base);
        patterns.chunks(1).find_map(by).or_else(|| by(&patterns))
    }

    fn matches(&self, entry: &Entry, call: &Call<'_>) -> bool {
        let Ok(asked) = asked(call, self.depth, self.product) else { return false };
        let rules = || {
            self.roles
                .iter()
                .flat_map(|role| &role.rules)
                .filter(|r| r.at.as_ref().is_some_and(|at| at.span == entry.span))
        };
        let covers = |(permission, subject): &(String, String)| rules().any(|r| r.matches(permission, subject));
        let own: Vec<&(String, String)> = asked.iter().filter(|(p, _)| p != OUTSIDE).collect();
        if entry.effect == "allow" {
            !own.is_empty() && own.iter().all(|a| covers(a))
        } else {
            asked.iter().any(covers)
        }
    }
}

const OUTSIDE: &str = "external_directory";

/// The permission a call needs by its tool's name.
fn tool(call: &Call<'_>) -> String {
    match call {
        Call::Shell(_) => "bash".to_owned(),
        Call::Mcp { server, tool } => format!("{}_{}", plain(server), plain(tool)),
    }
}

fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

fn asked(call: &Call<'_>, depth: usize, product: &str) -> Result<Asked, Reason> {
    match call {
        Call::Mcp { .. } => Ok(vec![(tool(call), "*".to_owned())]),
        Call::Shell(command) if command.trim().is_empty() => {
            Err(Reason::new("empty-command", "there is no command to judge"))
        }
        Call::Shell(command) => {
            let units = units::read(command, depth)
                .ok_or_else(|| Reason::new("unreadable-command", "the command can't be parsed"))?;
            // Assignments alone: one product asks about the whole line then, the other about nothing.
            let whole = (product == "kilo" && !units.any).then(|| ("bash".to_owned(), command.trim().to_owned()));
            let outside = units.outside.into_iter().map(|d| (OUTSIDE.to_owned(), d));
            Ok(outside.chain(units.commands.into_iter().map(|c| ("bash".to_owned(), c))).chain(whole).collect())
        }
    }
}

impl Opencode {
    fn under(&self, role: &Role, asked: &Asked, tool: String, surface: Surface) -> Verdict {
        let line = |rule: &Rule| {
            rule.at.as_ref().map(|at| Because { span: at.span, entry: at.text.clone(), effect: rule.action.effect() })
        };
        // A tool whose last rule by name refuses everything isn't given to the model at all.
        let last = role.rules.iter().rfind(|r| crate::agents::opencode::rules::wildcard(&r.permission, &tool));
        if let Some(rule) = last.filter(|r| r.pattern == "*" && r.action == Action::Deny) {
            let because = line(rule).into_iter().collect();
            return Verdict { decision: Ok(Decision::Deny), because, conditions: Vec::new() };
        }
        let mut worst = Action::Allow;
        let mut because: Vec<Because> = Vec::new();
        for (permission, subject) in asked {
            let rule = role.rules.iter().rfind(|r| r.matches(permission, subject));
            let action = rule.map_or(Action::Ask, |r| r.action);
            if action < worst {
                worst = action;
                because.clear();
            }
            if action == worst {
                let new = rule.and_then(line).filter(|line| !because.contains(line));
                because.extend(new);
            }
        }
        let mut conditions = Vec::new();
        let decision = match (worst, surface) {
            (Action::Deny, _) => Decision::Deny,
            (Action::Allow, _) => Decision::Run,
            (Action::Ask, _) if self.auto => Decision::Run,
            (Action::Ask, Surface::Interactive) => Decision::Ask,
            (Action::Ask, _) => {
                conditions.push(format!("`{} run` refuses what would be asked, without `--auto`", self.product));
                Decision::Deny
            }
        };
        if decision == Decision::Run && because.is_empty() {
            conditions.push("by the product's own default, which runs commands".to_owned());
        }
        Verdict { decision: Ok(decision), because, conditions }
    }
}
