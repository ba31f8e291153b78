//! A witness for the logs of others (C2SP tlog-witness): it signs a head only where it goes on from the one that it signed
//! last, and remembers that before it answers. A neighbouring street, a residents' council or a notary runs one.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use linli_engine::{digest, edge::Clock, hex};
use linli_tlog::{
    Cosigner, Note, VerifierKey,
    witness::{AddCheckpoint, Head, KnownLog, Refusal, judge},
};

/// The largest request, bytes: a note and a proof.
const REQUEST: usize = 65_536;

/// A witness at work.
pub struct Witness {
    cosigner: Cosigner,
    logs: Vec<VerifierKey>,
    folder: PathBuf,
    clock: Clock,
    /// One request at a time: what is remembered and what is signed must not part.
    turn: Mutex<()>,
}

impl Witness {
    /// A witness for these logs, which remembers in `folder`.
    pub fn new(cosigner: Cosigner, logs: Vec<VerifierKey>, folder: PathBuf, clock: Clock) -> Self {
        Self { cosigner, logs, folder, clock, turn: Mutex::default() }
    }

    /// The key that others check its signatures with.
    pub fn key(&self) -> &VerifierKey {
        self.cosigner.verifier()
    }

    fn file(&self, origin: &str) -> PathBuf {
        self.folder.join(format!("{}.checkpoint", hex(&digest(origin.as_bytes()))))
    }

    /// What was signed last for a log.
    fn known(&self, origin: &str) -> std::io::Result<Option<Head>> {
        let text = match std::fs::read_to_string(self.file(origin)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let odd = |e: &dyn std::fmt::Display| std::io::Error::other(format!("{}: {e}", self.file(origin).display()));
        let note: Note = text.parse().map_err(|e| odd(&e))?;
        let checkpoint: linli_tlog::Checkpoint = note.text().parse().map_err(|e| odd(&e))?;
        Ok(Some(Head { size: checkpoint.size, root: checkpoint.root }))
    }

    /// Decides a request. The head is on the disk before there is a signature.
    fn decide(&self, body: &str) -> std::io::Result<Result<String, Answer>> {
        let request: AddCheckpoint = match body.parse() {
            Ok(request) => request,
            Err(error) => return Ok(Err(Answer::Unread(linli_engine::chain(&error)))),
        };
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = request.claim().map(|claim| claim.origin).unwrap_or_default();
        let keys: Vec<VerifierKey> = self.logs.iter().filter(|key| key.name() == origin).cloned().collect();
        let head = if keys.is_empty() { None } else { self.known(&origin)? };
        let log = (!keys.is_empty()).then_some(KnownLog { origin: &origin, keys: &keys, head });
        let now = u64::try_from(self.clock.now().0 / 1000).unwrap_or_default();
        match judge(&request, log, &self.cosigner, now) {
            Ok((_, signature)) => {
                keep(&self.file(&origin), request.checkpoint.to_string().as_bytes())?;
                Ok(Ok(format!("{signature}\n")))
            }
            Err(refusal) => Ok(Err(Answer::Refused(refusal))),
        }
    }
}

/// Why there is no signature.
enum Answer {
    Unread(String),
    Refused(Refusal),
}

/// Writes a file so that it is there whole after a power cut, or as it was.
fn keep(path: &Path, body: &[u8]) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let mut file = std::fs::File::create(&new)?;
    file.write_all(body)?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
}

/// The witness as a service.
pub fn router(witness: Witness) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add))
        .route("/key", get(key))
        .layer(DefaultBodyLimit::max(REQUEST))
        .with_state(Arc::new(witness))
}

async fn key(State(witness): State<Arc<Witness>>) -> String {
    format!("{}\n", witness.key())
}

async fn add(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let decided = tokio::task::spawn_blocking(move || witness.decide(&body)).await;
    let broken = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "the witness cannot remember, so it does not sign");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    };
    match decided {
        Ok(Ok(Ok(signature))) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], signature).into_response(),
        Ok(Ok(Err(Answer::Unread(why)))) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
        Ok(Ok(Err(Answer::Refused(refusal)))) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let (body, kind) = refusal.body();
            (status, [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Ok(Err(error)) => broken(&error),
        Err(error) => broken(&error),
    }
}
