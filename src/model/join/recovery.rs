//! What the config states of how stores are brought back.

use globset::GlobBuilder;

use crate::expr::Value;
use crate::finding::{Place, Role};
use crate::model::inputs::Inputs;
use crate::model::store::{Restore, Store};

/// Tells stores what is stated of them.
pub fn stated(inputs: &Inputs<'_>, stores: &mut [Store]) {
    let config = inputs.config;
    for stated in &config.recovery {
        // A page of this repository has to be there.
        let missing = stated.runbook.as_deref().filter(|page| {
            let path = page.trim_start_matches("./").split('#').next().unwrap_or(page);
            !page.contains("://") && inputs.workspace.by_path(path).is_none()
        });
        let restore = Restore {
            title: match (&stated.runbook, missing) {
                (_, Some(page)) => format!("the runbook `{page}`, which isn't there"),
                (Some(page), None) => format!("the runbook `{page}`"),
                (None, None) => "a restore that is stated".to_owned(),
            },
            place: Place::of(stated.span, Role::Context),
            exists: Value::bool(stated.restored.is_some() || missing.is_none()),
            runbook: stated.runbook.clone().filter(|_| missing.is_none()),
            on: stated.restored.clone(),
        };
        tell(&stated.of, &restore, stores);
    }
    for copy in config.copies.iter().filter(|c| c.restored.is_some()) {
        let restore = Restore {
            title: format!("a restore from {}, stated", copy.place),
            place: Place::of(copy.span, Role::Context),
            exists: Value::bool(true),
            runbook: None,
            on: copy.restored.clone(),
        };
        tell(&copy.of, &restore, stores);
    }
}

fn tell(of: &str, restore: &Restore, stores: &mut [Store]) {
    let glob = GlobBuilder::new(of).literal_separator(false).build().map(|g| g.compile_matcher());
    for store in stores.iter_mut() {
        if of == store.address || glob.as_ref().is_ok_and(|g| g.is_match(&store.address)) {
            store.restores.push(restore.clone());
        }
    }
}
