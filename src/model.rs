//! Facts of every kind, joined: stores, guards, copies, credentials, grants, commands, paths, and
//! what is at stake in each.

pub mod facts;
pub mod located;
