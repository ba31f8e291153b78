//! What is wrong with a flow file.

use std::fmt;

/// One thing that is wrong with a flow, where it is, and how it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub reason: String,
    /// The way to the bad state, for a problem of soundness: `start`, then `step.act` or `cancel.act`. A way that a branch
    /// chose reads `step.act [branch 2]`, and a list that was found empty reads `step.act [none in parts]`.
    pub trace: Vec<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)?;
        if !self.trace.is_empty() {
            write!(f, " ({})", self.trace.join(" > "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
