use std::{fmt, str::FromStr};

use crate::{
    KeyError, KeyId, Signer, VerifierKey,
    key::is_name,
    text::{base64, unbase64},
};

/// The longest note that is read.
const MAX_BYTES: usize = 1_000_000;
/// The most signatures of a note that is read.
const MAX_SIGNATURES: usize = 100;

/// Why a text is no signed note, or is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than anything that is meant to be a note.
    #[error("a note has at most 1000000 bytes and 100 signatures; this one has more")]
    TooLong,
    /// A note is made of lines that people can read.
    #[error("the text of a note ends with a newline and has no other control characters; line {0} is not so")]
    Text(usize),
    /// Nothing is signed.
    #[error("a note ends with a blank line and lines of signatures; none follow here")]
    Unsigned,
    /// Not a signature.
    #[error("{0:?} is no signature: a dash (U+2014), a name and base64 are needed, with one space between")]
    Signature(String),
    /// The signer has no usable name.
    #[error(transparent)]
    Signer(#[from] KeyError),
    /// A known key did not sign this text.
    #[error("the signature of {0} does not belong to this text: one of the two was changed")]
    Forged(String),
    /// Only strangers signed.
    #[error("no known key has signed this note; compare the names in it with the keys that you trust")]
    Unknown,
}

/// One signature line, without its newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    pub(crate) fn made(name: &str, id: KeyId, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), id, bytes }
    }

    /// Who is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// With which key.
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// The signature itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The signatures of several lines, each with its newline: what a witness answers.
    pub fn parse_lines(lines: &str) -> Result<Vec<Self>, NoteError> {
        let whole = lines.strip_suffix('\n').ok_or(NoteError::Unsigned)?;
        if lines.len() > MAX_BYTES || whole.split('\n').count() > MAX_SIGNATURES {
            return Err(NoteError::TooLong);
        }
        whole.split('\n').map(str::parse).collect()
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\u{2014} {} {}", self.name, base64(&[&self.id.0, self.bytes.as_slice()].concat()))
    }
}

impl FromStr for Signature {
    type Err = NoteError;

    fn from_str(line: &str) -> Result<Self, NoteError> {
        let parsed = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).and_then(|(name, code)| {
            let bytes = unbase64(code)?;
            let (id, bytes) = bytes.split_first_chunk()?;
            (is_name(name) && !bytes.is_empty()).then(|| Self::made(name, KeyId(*id), bytes.to_vec()))
        });
        parsed.ok_or_else(|| NoteError::Signature(line.to_owned()))
    }
}

/// A key whose signature holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The key.
    pub key: &'k VerifierKey,
    /// When it was signed, in seconds since 1970, if that is signed too.
    pub time: Option<u64>,
}

/// A text with its signatures; prints and parses as a C2SP signed note. Believe the text only after [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// Signs a text, which ends with a newline.
    pub fn sign(text: String, signers: &[&dyn Signer]) -> Result<Self, NoteError> {
        check_text(&text)?;
        let signatures = signers.iter().map(|signer| Signature::by(*signer, &text)).collect::<Result<Vec<_>, _>>()?;
        // Nothing leaves that would not be read again.
        Self { text, signatures }.to_string().parse()
    }

    /// What is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, known or not.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature, in the place of an earlier one of the same key.
    pub fn add(&mut self, signature: Signature) {
        self.signatures.retain(|earlier| earlier.name != signature.name || earlier.id != signature.id);
        self.signatures.push(signature);
    }

    /// Adds what witnesses answered, as far as it is by `keys`; says how many signatures were added.
    pub fn add_lines(&mut self, lines: &str, keys: &[VerifierKey]) -> Result<usize, NoteError> {
        let known = |signature: &Signature| keys.iter().any(|key| signature.is_of(key));
        let signatures: Vec<_> = Signature::parse_lines(lines)?.into_iter().filter(known).collect();
        for signature in &signatures {
            self.check(signature, keys)?;
        }
        let added = signatures.len();
        signatures.into_iter().for_each(|signature| self.add(signature));
        Ok(added)
    }

    /// The keys among `keys` that signed, each once. Signatures of others are passed over; one of a known key that
    /// does not hold spoils the whole note, and so does the lack of any.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            if let Some(found) = self.check(signature, keys)?
                && verified.iter().all(|earlier| earlier.key != found.key)
            {
                verified.push(found);
            }
        }
        if verified.is_empty() { Err(NoteError::Unknown) } else { Ok(verified) }
    }

    fn check<'k>(&self, signature: &Signature, keys: &'k [VerifierKey]) -> Result<Option<Verified<'k>>, NoteError> {
        let Some(key) = keys.iter().find(|key| signature.is_of(key)) else { return Ok(None) };
        let time = key.check(&self.text, &signature.bytes).ok_or_else(|| NoteError::Forged(key.name().to_owned()))?;
        Ok(Some(Verified { key, time }))
    }
}

/// The text of a note may be signed only if the note can be read again.
fn check_text(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_BYTES {
        return Err(NoteError::TooLong);
    }
    let lines = text.split('\n').count();
    match text.split('\n').position(|line| line.contains(|c| c < ' ')) {
        Some(line) => Err(NoteError::Text(line + 1)),
        None if !text.ends_with('\n') => Err(NoteError::Text(lines)),
        None => Ok(()),
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        check_text(note)?;
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Unsigned)?;
        Ok(Self { text: format!("{text}\n"), signatures: Signature::parse_lines(signatures)? })
    }
}
