//! Joining what the stages below handed on into stores, copies, credentials, grants and commands.

pub mod commands;
pub mod copies;
pub mod credentials;
pub mod grants;
pub mod railway;
pub mod terraform;
