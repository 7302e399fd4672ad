//! What the measured programs have in common: the work that each side does, the floor, and the
//! registry entries that are linked.
//!
//! The harness that measures them is the program `hookwright-bench`.

pub mod floor;
pub mod linked;
pub mod page;
pub mod post;
pub mod program;
pub mod steps;
