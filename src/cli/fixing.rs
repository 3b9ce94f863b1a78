//! `check --fix`: applies safe fixes, runs again, and withdraws what didn't remove its finding.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::cli::args::Check;
use crate::cli::check::Checked;
use crate::cli::output::{self, Out};
use crate::finding::Outcome;
use crate::fix;
use crate::pipeline::failure::Failure;
use crate::pipeline::roots::Root;
use crate::pipeline::session::Session;
use crate::suppress::baseline::Baseline;

/// Fixes what can be fixed safely. What is given back is the state after it.
///
/// # Errors
/// A file that can't be written.
pub fn apply(
    args: &Check,
    session: &Session,
    root: &Root,
    overlay: &HashMap<PathBuf, String>,
    before: Checked,
    baseline: Option<&Baseline>,
    out: &mut Out,
) -> Result<Checked, Failure> {
    let mut fixable: Vec<_> = before
        .chosen
        .findings
        .iter()
        .filter(|f| f.hidden.is_none() && f.outcome == Outcome::Finding && f.fixes.iter().any(|x| x.safe))
        .collect();
    loop {
        let fixed = fix::apply(&fixable, &before.run.project.workspace);
        if fixed.files.is_empty() {
            return Ok(before);
        }
        let mut with = overlay.clone();
        with.extend(fixed.files.iter().map(|f| (root.dir.join(&f.path), f.text.clone())));
        let after = Checked::new(args, session, root, &with, baseline)?;
        // A fix whose finding is still there is withdrawn.
        let still = |f: &&crate::finding::Finding| after.chosen.findings.iter().any(|a| a.fingerprint == f.fingerprint);
        let failed: Vec<String> = fixable
            .iter()
            .filter(|f| fixed.applied.contains(&f.fingerprint) && still(f))
            .map(|f| f.fingerprint.clone())
            .collect();
        if !failed.is_empty() {
            fixable.retain(|f| !failed.contains(&f.fingerprint));
            continue;
        }
        if args.dry_run {
            out.print(&fix::diff(
                &fixed,
                &before.run.project.workspace.sources,
                &before.run.project.mask,
                &root.prefix,
            ));
            return Ok(before);
        }
        for file in &fixed.files {
            output::write_file(&root.dir.join(&file.path), &file.contents())?;
        }
        let changes = fixed.applied.len();
        let files = fixed.files.len();
        output::tell(&format!("fixed {changes} finding{} in {files} file{}", plural(changes), plural(files)));
        return Ok(after);
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}
