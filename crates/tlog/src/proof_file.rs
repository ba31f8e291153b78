use std::{fmt, str::FromStr};

use crate::{Checkpoint, Hash, Note, NoteError, Policy, PolicyError, ProofError, Verified, text, verify_inclusion};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// All that is needed to check offline that a leaf is in a log; prints and parses as a C2SP tlog-proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// What an application adds; nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// Where the leaf stands.
    pub index: u64,
    /// The inclusion proof.
    pub hashes: Vec<Hash>,
    /// The checkpoint to whose root the proof leads.
    pub checkpoint: Note,
}

/// Why a text is no proof, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// A line is missing or malformed.
    #[error("line {line} of the proof is not {wanted}")]
    Line {
        /// Which line, counted from 1.
        line: usize,
        /// What should stand there.
        wanted: &'static str,
    },
    /// No note at its end.
    #[error("the checkpoint of the proof cannot be read")]
    Checkpoint(#[from] NoteError),
    /// The checkpoint is not trusted.
    #[error("the checkpoint of the proof is not trusted")]
    Policy(#[from] PolicyError),
    /// The leaf is not under the checkpoint.
    #[error("the leaf is not in the log as the proof says")]
    Proof(#[from] ProofError),
}

impl ProofFile {
    /// Checks that the leaf with this hash is in the log that `policy` means; gives the checkpoint and its witnesses.
    pub fn verify<'a>(
        &self,
        leaf: Hash,
        policy: &Policy<'a>,
    ) -> Result<(Checkpoint, Vec<Verified<'a>>), ProofFileError> {
        let (checkpoint, witnesses) = policy.open(&self.checkpoint)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.hashes, checkpoint.root)?;
        Ok((checkpoint, witnesses))
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", text::base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for ProofFile {
    type Err = ProofFileError;

    fn from_str(file: &str) -> Result<Self, ProofFileError> {
        let wrong = |line, wanted| ProofFileError::Line { line, wanted };
        let blank = wrong(1, "followed by a blank line and a checkpoint; fetch the whole file");
        let (head, note) = file.split_once("\n\n").ok_or(blank)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(wrong(1, "c2sp.org/tlog-proof@v1"));
        }
        let code = lines.next_if(|line| line.starts_with("extra ")).map(|line| &line["extra ".len()..]);
        let extra = code.map(|code| text::unbase64(code).ok_or(wrong(2, "extra data in base64"))).transpose()?;
        let before = if extra.is_some() { 3 } else { 2 };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(text::decimal);
        let index = index.ok_or(wrong(before, "index and a plain number"))?;
        let hashes = text::hashes(lines).map_err(|n| wrong(before + n, "a hash in base64, or one too many"))?;
        Ok(Self { extra, index, hashes, checkpoint: note.parse()? })
    }
}
