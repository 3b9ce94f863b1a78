//! Projects made of a few files, read and joined.

use lastcopy::model::Model;
use lastcopy::pipeline::roots::Root;
use lastcopy::pipeline::session::{Options, Session};
use lastcopy::pipeline::{self, Project};

/// A project made of these files, read and joined.
pub struct Made {
    _dir: tempfile::TempDir,
    project: Project,
}

impl Made {
    /// Of files by path, in a directory with a `.git`.
    pub fn of(files: &[(&str, &str)]) -> Made {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root = Root { dir: dir.path().to_owned(), under: None, files: Vec::new(), prefix: String::new() };
        let session = Session::open(&root, &Options { today: "2026-11-24".into(), ..Options::default() }).unwrap();
        let request = session.request(&root);
        let project = pipeline::project(&request, &session.config, &session.knowledge).unwrap();
        Made { _dir: dir, project }
    }

    /// What was joined.
    pub fn model(&self) -> &Model {
        &self.project.model
    }
}
