//! A config's places among the project's files.

use crate::config::{Config, NOWHERE};
use crate::source::{SourceId, Span};
use crate::workspace::Workspace;

impl Config {
    /// With spans that point into the project's own copy of the config. They stay [`NOWHERE`] for a
    /// config that is no file of the project.
    pub fn placed(&self, workspace: &Workspace) -> Config {
        let mut config = self.clone();
        let same = |path: &&crate::workspace::File| path.source.text == self.text;
        let file = workspace.by_path("lastcopy.yaml").filter(same).or_else(|| workspace.files.iter().find(same));
        if let Some(file) = file.filter(|_| !self.text.is_empty()) {
            config.move_to(file.source.id);
        }
        config
    }

    fn move_to(&mut self, source: SourceId) {
        let place = |span: &mut Span| {
            if span.source == NOWHERE {
                span.source = source;
            }
        };
        self.copies.iter_mut().for_each(|c| place(&mut c.span));
        self.recovery.iter_mut().for_each(|r| place(&mut r.span));
        self.ignores.iter_mut().for_each(|i| place(&mut i.span));
        self.expired.iter_mut().for_each(|e| place(&mut e.span));
        self.rules.values_mut().for_each(|r| place(&mut r.span));
    }
}
