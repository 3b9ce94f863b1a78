//! Values with unknown and sensitive, and the evaluator of Terraform's expression language.
//!
//! Used twice: for Terraform itself, and for the conditions and templates of rules.

pub mod value;

pub use value::{Kind, Origin, Type, Unknown, Value};
