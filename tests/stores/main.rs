//! Stores as the model joins them: guards, hazards and copies from the resource itself, from its
//! provider's block, and from other resources that refer to it.
// The helpers beside the tests are tests too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod copies;
mod guards;
mod manifests;
mod support;
mod told;
