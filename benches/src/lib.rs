//! What the benches share: the clock, the corpora with their truth, files of every format, inputs made to be slow, and the peers.
//!
//! A bench measures thread CPU time, because the machines it runs on are shared; it gives medians of several rounds and
//! ratios within one run; and it checks its answers, so that nothing gets faster by finding less.

pub mod clock;
pub mod corpus;
pub mod file;
pub mod options;
pub mod peer;
pub mod samples;
pub mod worst;
pub mod written;
