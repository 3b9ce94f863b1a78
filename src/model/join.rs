//! Joining what the stages below handed on into stores and copies.

pub mod copies;
pub mod iam;
pub mod jobs;
mod keeping;
pub mod pattern;
pub mod railway;
pub mod recovery;
pub mod references;
pub mod setting;
pub mod tags;
pub mod terraform;
pub mod whereabouts;
pub mod workloads;
