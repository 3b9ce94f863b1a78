//! Ways to a database by its address: what an agent runs opens it with the credential that holds the
//! address, whoever hosts it.

use crate::agents::{Agent, Call, Decision};
use crate::finding::Confidence;
use crate::model::act::Act;
use crate::model::credential::Credential;
use crate::model::grant::{Grant, GrantKind};
use crate::model::opened::Opened;
use crate::model::path::{Joined, hands_to_commands, hands_to_server};
use crate::operations::Target;

/// The credentials with which an act opens a database, each with how sure that is.
pub(super) fn openers(
    joined: &Joined<'_>,
    agent: &Agent,
    grant: &Grant,
    act: &Act,
    opened: &Opened,
) -> Vec<(usize, Confidence)> {
    if act.target == Target::Local || asks(joined, act) {
        return Vec::new();
    }
    let those = joined.credentials.iter().enumerate().filter(|(_, c)| opened.is_opened_by(c.span));
    let those = those.filter_map(|(i, c)| Some((i, used(joined, agent, grant, c, act, opened)?)));
    // Somebody may have put a refusal in its way that agents don't get around.
    let brake = if act.brake.is_some() { Confidence::Medium } else { Confidence::High };
    those.map(|(i, sure)| (i, sure.min(brake))).collect()
}

/// Whether it asks on a terminal, and so does nothing where there is nobody.
fn asks(joined: &Joined<'_>, act: &Act) -> bool {
    let id = act.id.split(' ').next().unwrap_or(&act.id);
    let known = joined.knowledge.operation_of(id);
    known.is_some_and(|(_, o)| {
        o.prompts && !o.terminal_only && !o.silenced_by.iter().any(|s| act.command.contains(s.as_str()))
    })
}

fn used(
    joined: &Joined<'_>,
    agent: &Agent,
    grant: &Grant,
    credential: &Credential,
    act: &Act,
    opened: &Opened,
) -> Option<Confidence> {
    if let Some(handed) = credential.handed {
        return (handed.agent == grant.agent).then_some(Confidence::High);
    }
    if grant.kind == GrantKind::Mcp {
        return hands_to_server(agent, grant, credential);
    }
    let readable = credential.readable_by.contains(&grant.agent);
    if hands_to_commands(agent, credential) {
        return Some(Confidence::High);
    }
    if !readable {
        return None;
    }
    match grant.kind {
        GrantKind::Everything | GrantKind::Default => Some(Confidence::High),
        // It needs a driver or a client, which the project most likely has.
        GrantKind::Exec => Some(Confidence::Medium),
        GrantKind::Mcp => None,
        GrantKind::Command => by_command(joined, agent, credential, act, opened),
    }
}

/// What a command opens: the address that its entry fixes, one that may follow it, or that of its
/// environment.
fn by_command(
    joined: &Joined<'_>,
    agent: &Agent,
    credential: &Credential,
    act: &Act,
    opened: &Opened,
) -> Option<Confidence> {
    match fixed(&act.command) {
        // The entry names the variable itself.
        Some(variable) if credential.variable == variable => return Some(Confidence::High),
        Some(variable) => return alone(joined, opened, variable).then_some(Confidence::Medium),
        None => {}
    }
    let id = act.id.split(' ').next().unwrap_or(&act.id);
    let (tool, _) = joined.knowledge.operation_of(id)?;
    let aims: Vec<_> = tool.programs.iter().filter_map(|p| p.target.as_ref()).collect();
    let variables: Vec<&String> = aims.iter().flat_map(|a| &a.variables).collect();
    let takes = |variable: &&String| variable.ends_with("_URL") || variable.ends_with("_URI");
    let environment: Vec<&String> = variables.into_iter().filter(takes).collect();
    let follows = aims.iter().any(|a| a.operands || !a.addresses.is_empty() || !a.flags.is_empty());
    if environment.is_empty() && follows {
        return Some(Confidence::High);
    }
    if credential.loaded {
        let own = environment.iter().any(|v| **v == credential.variable);
        return Some(if own { Confidence::High } else { Confidence::Medium });
    }
    // A word in front of the command is a word the entry may not begin with.
    let variable = environment.first().map_or("DATABASE_URL", |v| v.as_str());
    let set = format!("{variable}=postgresql://user@db.example.com/app {}", act.command);
    let runs = agent.decide(&Call::Shell(&set)).into_iter().any(|(_, v)| v.decision == Ok(Decision::Run));
    Some(if runs { Confidence::High } else { Confidence::Low })
}

/// The variable that a command names for its address, where that isn't the one that stands for any.
fn fixed(command: &str) -> Option<&str> {
    let words = command.split_whitespace().skip_while(|w| w.contains('='));
    let names = words.map(|w| w.trim_matches(['"', '\''])).find_map(|w| w.strip_prefix('$'));
    let name = names?.trim_matches(['{', '}']);
    (name != ANY_ADDRESS && !name.is_empty()).then_some(name)
}

/// What stands for any address in the commands of the knowledge.
const ANY_ADDRESS: &str = "DATABASE_URL";

/// Whether a database is the only one here that a variable of another name can mean.
fn alone(joined: &Joined<'_>, opened: &Opened, variable: &str) -> bool {
    let production = |o: &&Opened| joined.stores.get(o.store).is_some_and(|s| s.production && s.holds == "primary");
    let others =
        joined.opened.iter().filter(production).filter(|o| o.store != opened.store && o.engine == opened.engine);
    let named = others.clone().any(|o| o.variables.iter().any(|v| v == variable));
    let verdict = crate::model::environments::of_path(variable);
    !named && others.count() == 0 && verdict.production
}
