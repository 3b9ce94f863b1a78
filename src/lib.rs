//! lastcopy: can one command, one API call or one AI agent destroy the last copy of this project's
//! data, without a person being asked?
//!
//! Data flows one way; see `docs/architecture.md`.

pub mod agents;
pub mod blast;
pub mod ci;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod dumps;
pub mod expr;
pub mod finding;
pub mod fix;
pub mod knowledge;
pub mod lsp;
pub mod manifests;
pub mod model;
pub mod operations;
pub mod pipeline;
pub mod railway;
pub mod report;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod syntax;
pub mod terraform;
pub mod workspace;
