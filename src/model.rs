//! Facts of every kind, joined: stores, guards, copies, credentials, grants, commands, paths, and
//! what is at stake in each.

mod act;
pub mod change;
pub mod command;
pub mod credential;
pub mod cut;
pub mod earlier;
pub mod environments;
pub mod fact;
pub mod facts;
mod forms;
pub mod grant;
pub mod handed;
pub mod holder;
pub mod inputs;
pub mod join;
pub mod located;
pub mod lookup;
pub mod mend;
pub mod opened;
pub mod path;
mod probes;
pub mod protection;
pub mod service;
pub mod shared;
mod sight;
pub mod stakes;
pub mod statements;
pub mod store;
pub(crate) mod survive;
mod told;
mod values;

pub use act::Act;
pub use fact::Fact;
pub use inputs::{Earlier, Inputs};

use change::Change;
use command::Command;
use credential::Credential;
use grant::Grant;
use holder::Holder;
use opened::Opened;
use path::Path;
use protection::Protection;
use service::Service;
use service::package::Package;
use service::secret::Secret;
use service::setting::Setting;
use shared::Shared;
use store::{Copy, Store};

/// A project as lastcopy sees it.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What holds data.
    pub stores: Vec<Store>,
    /// Copies of it.
    pub copies: Vec<Copy>,
    /// Tokens found in files.
    pub credentials: Vec<Credential>,
    /// Who holds rights by the configuration: roles, principals, tokens that it makes.
    pub holders: Vec<Holder>,
    /// What agents run unasked, by the entry that grants it.
    pub grants: Vec<Grant>,
    /// What agents' files say to stop, and whether it does.
    pub protections: Vec<Protection>,
    /// Commands that run by themselves.
    pub commands: Vec<Command>,
    /// What deployment configurations run.
    pub services: Vec<Service>,
    /// Settings that don't do what they say.
    pub settings: Vec<Setting>,
    /// Secrets among the variables of services.
    pub secrets: Vec<Secret>,
    /// Packages that deployments are applied with.
    pub packages: Vec<Package>,
    /// Agent → operation → credential → store.
    pub paths: Vec<Path>,
    /// What plans and `removed` blocks do to stores.
    pub changes: Vec<Change>,
    /// What is there before that: its stores and copies.
    pub past: Option<Box<Model>>,
    /// What other environments share with production.
    pub shared: Vec<Shared>,
    /// Databases that credentials open.
    pub opened: Vec<Opened>,
}

/// The stores that are declared, and their copies; nothing else.
pub fn declared(inputs: &Inputs<'_>) -> Model {
    let (stores, copies, _) = stores(inputs, false);
    Model { stores, copies, ..Model::default() }
}

fn stores(inputs: &Inputs<'_>, with_opened: bool) -> (Vec<Store>, Vec<Copy>, Vec<Opened>) {
    let mut stores = join::terraform::stores(inputs);
    join::railway::stores(inputs, &mut stores);
    let opened = if with_opened { opened::stores(inputs, &mut stores) } else { Vec::new() };
    let copies = join::copies::copies(inputs, &mut stores);
    for index in 0..stores.len() {
        let stakes = survive::stakes(inputs, index, &stores, &copies);
        if let Some(store) = stores.get_mut(index) {
            store.stakes = stakes;
        }
    }
    (stores, copies, opened)
}

/// Joins everything the stages below found.
pub fn build(inputs: &Inputs<'_>) -> Model {
    let (stores, copies, opened) = stores(inputs, true);
    let sight = sight::Sight::of(inputs, &stores, &opened);
    let holders = join::iam::holders(inputs);
    let mut credentials = credential::credentials(inputs);
    credentials.extend(handed::credentials(inputs, &holders));
    let grants = handed::held_up(inputs, grant::grants(inputs, &sight, &stores));
    let protections = protection::protections(inputs, &sight);
    let commands = command::commands(inputs, &sight);
    let joined = path::Joined {
        stores: &stores,
        copies: &copies,
        credentials: &credentials,
        grants: &grants,
        holders: &holders,
        opened: &opened,
        knowledge: inputs.knowledge,
    };
    let paths = path::paths(inputs, &joined);
    let shared = shared::shared(inputs, &stores);
    let services = service::services(inputs);
    let settings = service::setting::settings(inputs);
    let secrets = service::secret::secrets(inputs);
    let packages = service::package::packages(inputs, &stores);
    let mut model = Model {
        stores,
        copies,
        credentials,
        holders,
        grants,
        protections,
        commands,
        services,
        settings,
        secrets,
        packages,
        paths,
        shared,
        opened,
        ..Model::default()
    };
    change::add(inputs, &mut model);
    earlier::add(inputs, &mut model);
    model
}

impl Model {
    /// Every fact, as rules see them.
    pub fn facts(&self, inputs: &Inputs<'_>) -> Vec<Fact> {
        values::facts(self, inputs)
    }
}
