//! What a log asks of a witness, and what the witness has to answer: C2SP tlog-witness.

use std::{fmt, str::FromStr};

use crate::{
    Checkpoint, CheckpointError, Cosigner, Hash, Note, NoteError, ProofError, Signature, VerifierKey, text,
    verify_consistency,
};

/// The body of `POST add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness is believed to have signed last; 0 if none.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// Why a body is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A line is missing or malformed.
    #[error("line {line} of the request is not {wanted}")]
    Line {
        /// Which line, counted from 1.
        line: usize,
        /// What should stand there.
        wanted: &'static str,
    },
    /// No note at its end.
    #[error("the checkpoint of the request cannot be read")]
    Checkpoint(#[from] NoteError),
}

impl AddCheckpoint {
    /// The checkpoint as it says of itself: by its origin a witness looks up what it knows of the log.
    pub fn claim(&self) -> Result<Checkpoint, CheckpointError> {
        self.checkpoint.text().parse()
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = RequestError;

    fn from_str(body: &str) -> Result<Self, RequestError> {
        let wrong = |line, wanted| RequestError::Line { line, wanted };
        let (head, note) = body.split_once("\n\n").ok_or(wrong(1, "followed by a blank line and a checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(text::decimal);
        let old = old.ok_or(wrong(1, "old and a plain number"))?;
        let proof = text::hashes(lines).map_err(|n| wrong(1 + n, "a hash in base64, or one too many"))?;
        Ok(Self { old, proof, checkpoint: note.parse()? })
    }
}

/// A tree: how many leaves and their root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// What a witness knows of a log.
#[derive(Debug, Clone, Copy)]
pub struct KnownLog<'a> {
    /// The origin in its checkpoints.
    pub origin: &'a str,
    /// Its keys.
    pub keys: &'a [VerifierKey],
    /// What the witness cosigned last, if anything.
    pub head: Option<Head>,
}

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400.
    #[error("the checkpoint cannot be read: {0}")]
    Malformed(CheckpointError),
    /// 400.
    #[error("the old size {old} is above the size {size} of the checkpoint")]
    Backwards {
        /// The old size of the request.
        old: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// 404.
    #[error("{0:?} is no log that this witness knows; ask its operator to add the log")]
    UnknownLog(String),
    /// 403.
    #[error("the checkpoint is not signed as this witness expects: {0}")]
    Unsigned(NoteError),
    /// 409; the body is the size.
    #[error("this witness has signed size {size} last; send a proof from there")]
    Stale {
        /// What was signed last.
        size: u64,
    },
    /// 409: the log has two histories.
    #[error("this witness has signed another root for size {size}: the log has two histories")]
    Fork {
        /// The size that has two roots.
        size: u64,
    },
    /// 422.
    #[error("the consistency proof does not hold: {0}")]
    Inconsistent(ProofError),
}

impl Refusal {
    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Backwards { .. } => 400,
            Self::Unsigned(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::Stale { .. } | Self::Fork { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }

    /// The body to answer with, and its type.
    pub fn body(&self) -> (String, &'static str) {
        match self {
            Self::Stale { size } => (format!("{size}\n"), "text/x.tlog.size"),
            refusal => (format!("{refusal}\n"), "text/plain; charset=utf-8"),
        }
    }
}

/// Decides a request at `now`, in seconds since 1970: what to remember of the log, and the line to answer (with a
/// newline). The caller looks up `log` by [`AddCheckpoint::claim`] and keeps the head in the same transaction, durably,
/// before it answers: otherwise two requests at once could roll it back.
pub fn judge(
    request: &AddCheckpoint,
    log: Option<KnownLog<'_>>,
    cosigner: &Cosigner,
    now: u64,
) -> Result<(Head, Signature), Refusal> {
    let Checkpoint { origin, size, root, .. } = request.claim().map_err(Refusal::Malformed)?;
    let Some(log) = log.filter(|log| log.origin == origin) else { return Err(Refusal::UnknownLog(origin)) };
    request.checkpoint.verify(log.keys).map_err(Refusal::Unsigned)?;
    if request.old > size {
        return Err(Refusal::Backwards { old: request.old, size });
    }
    let known = log.head.unwrap_or(Head { size: 0, root: Hash::EMPTY });
    if request.old != known.size {
        return Err(Refusal::Stale { size: known.size });
    }
    if size == known.size && root != known.root {
        return Err(Refusal::Fork { size });
    }
    verify_consistency(known.size, size, known.root, root, &request.proof).map_err(Refusal::Inconsistent)?;
    Ok((Head { size, root }, cosigner.cosign(&request.checkpoint, now)))
}
