//! `lastcopy what`: which known destructive operations would this command perform? Pure: words in, an
//! answer out.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::cli::can::{clean, quoted};
use crate::finding::Confidence;
use crate::knowledge::Knowledge;
use crate::knowledge::operations::Operation;
use crate::operations::{Classified, Context, Performed, Project, Target, classify};

/// One operation the command performs.
struct Performs {
    performed: Performed,
    /// What the knowledge says of it.
    title: String,
    call: String,
    provider: Option<String>,
    destroys: Vec<String>,
    blast: String,
    undo: Option<String>,
    undo_days: Option<f64>,
    may: bool,
    brake: Option<String>,
}

/// What came of the question.
pub struct Outcome {
    command: String,
    operations: Vec<Performs>,
    /// Kind and message of each part that can't be decided.
    undecided: Vec<(&'static str, String)>,
}

/// Classifies a command. One word is taken as shell text (or `mcp:SERVER/TOOL`, the server by its short
/// name); several are the program's arguments, as a shell that called us left them. With a project, its
/// scripts and files are followed from its root.
pub fn answer(words: &[String], knowledge: &Knowledge, project: Option<&Project>) -> Outcome {
    let command = match words {
        [one] => one.clone(),
        all => all.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(" "),
    };
    if let Some(outcome) = tool(&command, knowledge) {
        return outcome;
    }
    let context = match project {
        Some(project) => Context::within(knowledge, project, ""),
        None => Context::new(knowledge),
    };
    let Classified { operations, undecided } = classify(&command, &context);
    let operations = operations
        .into_iter()
        .filter_map(|performed| {
            let operation = knowledge.operation(&performed.id)?;
            Some(of(performed, operation))
        })
        .collect();
    Outcome { command, operations, undecided: undecided.into_iter().map(|r| (r.kind, r.message)).collect() }
}

fn of(performed: Performed, operation: &Operation) -> Performs {
    Performs {
        performed,
        title: operation.title.clone(),
        call: operation.call.clone(),
        provider: operation.provider.clone(),
        destroys: operation.destroys.clone(),
        blast: operation.blast.clone(),
        undo: operation.undo.clone(),
        undo_days: operation.undo_days,
        may: operation.may,
        brake: operation.brake.clone(),
    }
}

/// `mcp:SERVER/TOOL`.
fn tool(command: &str, knowledge: &Knowledge) -> Option<Outcome> {
    let (server, name) = command.strip_prefix("mcp:")?.split_once('/')?;
    let mut outcome = Outcome { command: command.to_owned(), operations: Vec::new(), undecided: Vec::new() };
    let Some(server) = knowledge.mcp_servers().iter().find(|s| s.server == server) else {
        outcome.undecided.push(("unknown-server", format!("no known MCP server is called `{server}`")));
        return Some(outcome);
    };
    if let Some(tool) = server.tools.iter().find(|t| t.name == name) {
        let id = tool.operation.clone().unwrap_or_else(|| command.to_owned());
        let known = tool.operation.as_ref().and_then(|id| knowledge.operation(id));
        let title = known.map_or_else(|| format!("tool `{name}` of {}", server.server), |o| o.title.clone());
        outcome.operations.push(Performs {
            performed: Performed {
                id,
                span: (0, command.len()),
                through: vec![format!("mcp {}", server.server)],
                target: if server.provider.is_some() { Target::Remote } else { Target::Unknown },
                prompts: Some(false),
                confidence: Confidence::High,
            },
            title,
            call: name.to_owned(),
            provider: server.provider.clone(),
            destroys: tool.destroys.clone(),
            blast: tool.blast.clone(),
            undo: tool.undo.clone(),
            undo_days: known.and_then(|o| o.undo_days),
            may: tool.may,
            brake: None,
        });
    } else if server.exec.iter().any(|t| t == name) {
        outcome.undecided.push(("runs-anything", format!("`{name}` runs whatever it is given")));
    }
    Some(outcome)
}

fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

impl Outcome {
    /// 1 if the command holds an operation, else 0.
    pub fn code(&self) -> u8 {
        u8::from(!self.operations.is_empty())
    }

    /// The JSON of the contract.
    pub fn json(&self) -> Value {
        let one = |p: &Performs| {
            json!({
                "id": p.performed.id,
                "title": p.title,
                "call": p.call,
                "provider": p.provider,
                "destroys": p.destroys,
                "blast": p.blast,
                "may": p.may,
                "undo": p.undo,
                "undo_days": p.undo_days,
                "target": p.performed.target.name(),
                "prompts": p.performed.prompts,
                "span": [p.performed.span.0, p.performed.span.1],
                "through": p.performed.through,
                "confidence": sure(p.performed.confidence),
            })
        };
        let undecided: Vec<Value> =
            self.undecided.iter().map(|(kind, message)| json!({"kind": kind, "message": message})).collect();
        json!({
            "version": 1,
            "command": self.command,
            "operations": self.operations.iter().map(one).collect::<Vec<_>>(),
            "undecided": undecided,
        })
    }

    /// For people.
    pub fn human(&self, color: bool) -> String {
        let style = |style: Style, text: &str| {
            if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
        };
        let bold = Style::new().bold();
        let red = AnsiColor::Red.on_default().bold();
        let mut out = format!("{}\n", style(bold, &clean(&self.command)));
        for p in &self.operations {
            let verb = if p.may { "may perform" } else { "performs" };
            out.push_str(&format!("  {verb} {}: {}\n", style(red, &p.performed.id), clean(&p.title)));
            let takes = format!("{}{}", p.destroys.join(", "), blast_words(&p.blast));
            let undo = p.undo.as_deref().unwrap_or("none known");
            let asks = match p.performed.prompts {
                Some(true) => "yes, on a terminal",
                Some(false) => "no",
                None => "only on a terminal, or where no further flag silences it",
            };
            let mut rows = vec![
                ("takes", takes),
                ("undo", undo.to_owned()),
                ("acts on", target_words(p.performed.target)),
                ("prompts", asks.to_owned()),
            ];
            if !p.performed.through.is_empty() {
                rows.push(("through", clean(&p.performed.through.join(" ▸ "))));
            }
            if let Some(brake) = &p.brake {
                rows.push(("brake", brake.clone()));
            }
            if p.performed.confidence != Confidence::High {
                rows.push(("confidence", sure(p.performed.confidence).to_owned()));
            }
            for (name, value) in rows {
                out.push_str(&format!("    {name:<10} {value}\n"));
            }
        }
        if self.operations.is_empty() && self.undecided.is_empty() {
            out.push_str("  no known destructive operation\n");
        }
        for (_, message) in &self.undecided {
            out.push_str(&format!("  can't be told: {}\n", clean(message)));
        }
        out
    }
}

fn blast_words(blast: &str) -> String {
    match blast {
        "store" => String::new(),
        "parent" => ", with what it is part of".to_owned(),
        other => format!(", and everything else of the {other}"),
    }
}

fn target_words(target: Target) -> String {
    match target {
        Target::Local => "this machine",
        Target::Remote => "another machine or a platform",
        Target::Unknown => "can't be told from the command",
    }
    .to_owned()
}
