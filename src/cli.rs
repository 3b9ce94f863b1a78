//! The command line: one file a command.

pub mod args;
pub mod assigning;
pub mod blast;
pub mod can;
pub mod check;
pub mod commands;
pub mod explain;
mod fixing;
pub mod init;
pub mod inspect;
pub mod output;
mod progress;
pub mod rules;
pub mod test;
pub mod today;
pub mod what;

mod ask;

use std::process::ExitCode;

use clap::CommandFactory;

use crate::pipeline::failure::Failure;
use args::{Cli, Command, When};
use output::Out;

/// Reads the command line, does what it says, and gives the exit code: what the command gives, or 2
/// where it couldn't do its job.
pub fn main() -> ExitCode {
    let cli = Cli::of_process();
    let color = match &cli.command {
        None => cli.check.common.color,
        Some(Command::Check(args)) => args.common.color,
        Some(Command::Can(args)) => args.common.color,
        Some(Command::What(args)) => args.common.color,
        Some(Command::Blast(args)) => args.common.color,
        Some(Command::Inspect(args)) => args.common.color,
        Some(Command::Explain(args)) => args.color,
        Some(Command::Rules(args)) => args.color,
        Some(Command::Test(args)) => args.color,
        Some(Command::Init(_) | Command::Lsp(_) | Command::Completions { .. }) => When::Auto,
    };
    let mut out = Out::standard(color);
    let done = dispatch(cli, &mut out);
    out.flush();
    match done {
        Ok(code) => ExitCode::from(code),
        Err(Failure(messages)) => {
            for message in messages {
                output::tell(&message);
            }
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: Cli, out: &mut Out) -> Result<u8, Failure> {
    match cli.command {
        None => check::run(&cli.check, out),
        Some(Command::Check(args)) => check::run(&args, out),
        Some(Command::Can(args)) => ask::can(&args, out),
        Some(Command::What(args)) => ask::what(&args, out),
        Some(Command::Blast(args)) => ask::blast(&args, out),
        Some(Command::Inspect(args)) => ask::inspect(&args, out),
        Some(Command::Explain(args)) => ask::explain(&args, out),
        Some(Command::Rules(args)) => ask::rules(&args, out),
        Some(Command::Test(args)) => ask::test(&args, out),
        Some(Command::Init(args)) => ask::init(&args, out),
        Some(Command::Lsp(common)) => crate::lsp::serve(common.root.as_deref(), &common.session()).map(|()| 0),
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "lastcopy", &mut text);
            out.print(&String::from_utf8_lossy(&text));
            Ok(0)
        }
    }
}
