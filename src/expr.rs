//! Values with unknown and sensitive, and the evaluator of Terraform's expression language.
//!
//! Used twice: for Terraform itself, and for the conditions and templates of rules.

pub mod convert;
pub mod equality;
pub mod evaluate;
pub mod functions;
pub mod number;
pub mod open;
pub mod types;
pub mod unify;
pub mod value;
pub mod weight;

pub use evaluate::{Evaluated, Files, Limits, Scope, Step, evaluate};
pub use number::Number;
pub use open::Open;
pub use value::{Kind, Origin, Type, Unknown, Value};
