//! (to come)

pub mod can;
