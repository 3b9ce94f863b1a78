//! `--var` and `--var-file`: two options whose order on the command line counts.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::pipeline::session::Assign;

/// What `--var` and `--var-file` give, in the order given.
#[derive(Clone, Debug, Default)]
pub struct Assigning(pub Vec<Assign>);

const VAR: &str = "var";
const VAR_FILE: &str = "var-file";

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).action(ArgAction::Append)
}

impl Args for Assigning {
    fn augment_args(command: Command) -> Command {
        command.arg(option(VAR, "[ROOT=]NAME=VALUE", "Set a Terraform variable (repeatable)")).arg(option(
            VAR_FILE,
            "[ROOT=]FILE",
            "Set Terraform variables from a file (repeatable; of --var and --var-file the last one wins)",
        ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Assigning {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let of = |name: &str, make: fn(String) -> Assign| {
            let values = matches.get_many::<String>(name).into_iter().flatten().cloned().map(make);
            matches.indices_of(name).into_iter().flatten().zip(values).collect::<Vec<_>>()
        };
        let mut all = of(VAR, Assign::Value);
        all.extend(of(VAR_FILE, Assign::File));
        all.sort_by_key(|(index, _)| *index);
        Ok(Assigning(all.into_iter().map(|(_, what)| what).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
