use std::{fmt, str::FromStr};

use crate::{Hash, Note, NoteError, Signer, Verified, VerifierKey, text};

/// The head of a log: how many leaves it has and their root. Prints and parses as the text of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log, best as the address where it is served, without the scheme.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// More lines, which nobody can audit; best none.
    pub extensions: Vec<String>,
}

/// Why a text is no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// A line is missing or malformed.
    #[error("line {line} of the checkpoint is not {wanted}")]
    Line {
        /// Which line, counted from 1.
        line: usize,
        /// What should stand there.
        wanted: &'static str,
    },
    /// It cannot be made into a note.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// Signs the checkpoint.
    pub fn sign(&self, signers: &[&dyn Signer]) -> Result<Note, CheckpointError> {
        let text = self.to_string();
        // Its fields are free; a line break within one would sign another checkpoint.
        if text.parse::<Self>()? != *self {
            return Err(CheckpointError::Line { line: 1, wanted: "an origin and extensions of one line each" });
        }
        Ok(Note::sign(text, signers)?)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.split('\n').collect();
        let wrong = |line, wanted| CheckpointError::Line { line, wanted };
        let Some((&"", lines)) = lines.split_last() else {
            return Err(wrong(lines.len(), "ended by a newline"));
        };
        if let Some(line) = lines.iter().position(|line| line.is_empty()) {
            return Err(wrong(line + 1, "filled; leave no line empty"));
        }
        let origin = lines.first().ok_or(wrong(1, "an origin"))?;
        let size = lines.get(1).and_then(|size| text::decimal(size)).ok_or(wrong(2, "a tree size in plain digits"))?;
        let root = lines.get(2).and_then(|root| root.parse().ok()).ok_or(wrong(3, "a root hash in base64"))?;
        let extensions = lines[3..].iter().map(|line| (*line).to_owned()).collect();
        Ok(Self { origin: (*origin).to_owned(), size, root, extensions })
    }
}

/// Whom a reader trusts: what makes a note a checkpoint of one log.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The log that is meant.
    pub origin: &'a str,
    /// Its keys, of which one must have signed.
    pub log: &'a [VerifierKey],
    /// The witnesses whose word counts.
    pub witnesses: &'a [VerifierKey],
    /// How many of the witnesses must have signed.
    pub quorum: usize,
}

/// Why a note is not believed to be a checkpoint of the log that is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A signature does not hold, or none is by the log.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The log signed something else.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Another log.
    #[error("the checkpoint is of {0:?}, another log than the one that is meant")]
    Origin(String),
    /// Too few have seen it.
    #[error("{found} of the witnesses have signed, {wanted} are needed; ask again when more have")]
    Quorum {
        /// How many have.
        found: usize,
        /// How many must.
        wanted: usize,
    },
}

impl<'a> Policy<'a> {
    /// The checkpoint in a note and the witnesses who signed it.
    pub fn open(&self, note: &Note) -> Result<(Checkpoint, Vec<Verified<'a>>), PolicyError> {
        note.verify(self.log)?;
        let checkpoint: Checkpoint = note.text().parse()?;
        if checkpoint.origin != self.origin {
            return Err(PolicyError::Origin(checkpoint.origin));
        }
        let witnesses = match note.verify(self.witnesses) {
            Err(NoteError::Unknown) => Vec::new(),
            verified => verified?,
        };
        match witnesses.len() {
            found if found < self.quorum => Err(PolicyError::Quorum { found, wanted: self.quorum }),
            _ => Ok((checkpoint, witnesses)),
        }
    }
}
