//! A project of a few Terraform files, joined.

use lastcopy::finding::Finding;
use lastcopy::model::Model;
use lastcopy::model::located::Blast;
use lastcopy::model::store::{Caller, Copy, Store};
use lastcopy::pipeline;
use lastcopy::pipeline::roots::Root;
use lastcopy::pipeline::session::{Options, Session};

/// A directory with these files.
fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let root = Root { dir: dir.path().to_owned(), under: None, files: Vec::new(), prefix: String::new() };
    (dir, root)
}

/// The model of a project with these files.
pub fn model(files: &[(&str, &str)]) -> Model {
    let (_dir, root) = project(files);
    let session = Session::open(&root, &Options { today: "2026-11-24".into(), ..Options::default() }).unwrap();
    let request = session.request(&root);
    pipeline::project(&request, &session.config, &session.knowledge).unwrap().model
}

/// Everything the built-in rules find in a project with these files, undecided outcomes included.
pub fn found(files: &[(&str, &str)]) -> Vec<Finding> {
    let (_dir, root) = project(files);
    let session = Session::open(&root, &Options { today: "2026-11-24".into(), ..Options::default() }).unwrap();
    let request = session.request(&root);
    let project = pipeline::project(&request, &session.config, &session.knowledge).unwrap();
    let rules = session.chosen_rules(&[], &[]).unwrap();
    pipeline::judge(project, &rules, &request, &session.knowledge).findings
}

/// The model of one `main.tf`.
pub fn terraform(text: &str) -> Model {
    model(&[("main.tf", text)])
}

/// The store at an address.
pub fn store<'a>(model: &'a Model, address: &str) -> &'a Store {
    let found = model.stores.iter().find(|s| s.address == address);
    found.unwrap_or_else(|| panic!("no {address} in {:?}", model.stores.iter().map(|s| &s.address).collect::<Vec<_>>()))
}

/// Whether a guard is on: true, false, or none where that isn't known.
pub fn guard(model: &Model, address: &str, class: &str) -> Option<bool> {
    store(model, address).guards[class].on.as_bool()
}

/// Whether a hazard is there.
pub fn hazard(model: &Model, address: &str, class: &str) -> Option<bool> {
    store(model, address).hazards[class].on.as_bool()
}

/// The copies of a store.
pub fn copies<'a>(model: &'a Model, address: &str) -> Vec<&'a Copy> {
    let index = model.stores.iter().position(|s| s.address == address).unwrap();
    model.copies.iter().filter(|c| c.store == index && c.exists.as_bool() != Some(false)).collect()
}

/// `address located` of the copies of a store that survive a blast (`?` in front where that isn't known).
pub fn survivors(model: &Model, address: &str, blast: Blast) -> Vec<String> {
    let of = store(model, address);
    let told = copies(model, address).into_iter().filter_map(|c| match c.survives(blast, of, Caller::Terraform) {
        Some(true) => Some(format!("{} {}", c.address, c.located.text())),
        Some(false) => None,
        None => Some(format!("? {} {}", c.address, c.located.text())),
    });
    told.collect()
}
