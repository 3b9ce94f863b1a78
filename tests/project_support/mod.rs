//! Projects of `testdata` in a place where a test may write.

use std::path::Path;

/// A copy of a directory of `testdata`, removed with the value.
pub fn copied(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name), dir.path());
    dir
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A project made of these files, read and joined.
pub struct Made {
    /// Where it lies, for as long as this lives.
    pub dir: tempfile::TempDir,
    project: lastcopy::pipeline::Project,
}

#[allow(dead_code)]
impl Made {
    /// Of files by path, in a directory with a `.git`.
    pub fn of(files: &[(&str, &str)]) -> Made {
        use lastcopy::pipeline::roots::Root;
        use lastcopy::pipeline::session::{Options, Session};
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
        let project = lastcopy::pipeline::project(&request, &session.config, &session.knowledge).unwrap();
        Made { dir, project }
    }

    /// What was joined.
    pub fn model(&self) -> &lastcopy::model::Model {
        &self.project.model
    }

    /// The agents that were read.
    pub fn agents(&self) -> &[lastcopy::agents::Agent] {
        &self.project.agents
    }
}
