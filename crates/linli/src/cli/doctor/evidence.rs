//! The key of the vault, the log of evidence, and those outside who countersign it.

use std::sync::Arc;

use linli_engine::{
    attachments::Store,
    checkup::{self, Facts},
    db::{Db, Tx},
    evidence::{self, Broken, Log, Seen, Witness},
    ids::Jurisdiction,
    vault::{Source, VaultKey},
};
use linli_tlog::Note;
use linli_worktime::Millis;

use super::{Line, ago, look, ok, wrong};
use crate::cli::{Failure, Where};

/// A head that nobody has countersigned for so long stands on the word of the office alone.
const ALONE_MS: i64 = 86_400_000;

pub(super) async fn vault(db: &Db, key: Source) -> (Line, Option<VaultKey>) {
    match checkup::open_vault(db, key).await {
        Ok(key) => (ok("vault", format!("master key {} opens it", key.current())), Some(key)),
        Err(error) => {
            let todo = "put the right key back, from the backup that belongs to this database";
            (wrong("vault", linli_engine::chain(&error), todo), None)
        }
    }
}

/// The log of each street, and its witnesses; with the key of the vault, every entry and the contents of files too.
pub(super) async fn log(
    db: &Db,
    place: &Where,
    facts: &Facts,
    full: Option<Option<VaultKey>>,
    now: Millis,
) -> Result<Vec<Line>, Failure> {
    let files = |key: VaultKey| Store::at(place.data.join("attachments")).sealed_by(key);
    let full = full.map(|key| key.map(files));
    let log = match checkup::open_log(db, facts.home, &place.data).await {
        Ok(log) => Arc::new(log),
        Err(error) => return Ok(vec![wrong("log", linli_engine::chain(&error), "put log.key back from the backup")]),
    };
    let witnesses = place.plugs()?.witnesses();
    let mut lines = Vec::new();
    let streets = evidence::streets(db, &log).await?;
    if streets.is_empty() {
        lines.push(look("log", "it has no entry yet", "it begins when the program serves: linli serve"));
    }
    for street in streets {
        let reader = Arc::clone(&log);
        let seen = db.read(move |tx: &mut Tx<'_>| reader.look(tx, street)).await;
        lines.push(head(&seen, place, street));
        if let Ok(Some(seen)) = &seen {
            lines.push(witnessed(seen, &witnesses, street, now));
        }
        if let Some(store) = &full {
            lines.push(audited(db, &log, store.as_ref(), street).await?);
        }
    }
    Ok(lines)
}

fn head(seen: &Result<Option<Seen>, Broken>, place: &Where, street: Jurisdiction) -> Line {
    let file = place.data.join("log").join(format!("{street}.checkpoint"));
    match seen {
        Ok(Some(seen)) if seen.noted => {
            ok("log", format!("{street}: {} entries, as they were signed and noted beside the database", seen.size))
        }
        Ok(None) => {
            look("log", format!("{street}: it has no entry yet"), "it begins when the program serves: linli serve")
        }
        Ok(Some(_)) => {
            let says = format!("{street}: it holds, and {} does not stand beside the database", file.display());
            look("log", says, "if nobody moved the data here without it, ask who took it away; witnesses remember")
        }
        Err(broken @ (Broken::Older { .. } | Broken::Before(_) | Broken::Other(_))) => {
            let todo = "bring the newest copy back; where there is none, linli log renew begins a new log and says so";
            wrong("log", format!("{street}: {}", linli_engine::chain(broken)), todo)
        }
        Err(broken) => {
            let todo = "nothing more is signed: linli log audit names what was changed; bring the newest backup back";
            wrong("log", format!("{street}: {}", linli_engine::chain(broken)), todo)
        }
    }
}

async fn audited(db: &Db, log: &Log, store: Option<&Store>, street: Jurisdiction) -> Result<Line, Failure> {
    let audit = evidence::audit(db, log, store, street).await?;
    let Some((n, first)) = audit.findings.first() else {
        return Ok(ok("every entry", format!("{street}: {} entries are what the database holds", audit.checked)));
    };
    let says = format!("{street}: {} findings; the first, entry {n}: {first}", audit.findings.len());
    Ok(wrong("every entry", says, "linli log audit names all of them"))
}

fn witnessed(seen: &Seen, witnesses: &[Witness], street: Jurisdiction, now: Millis) -> Line {
    if witnesses.is_empty() {
        let todo =
            "ask a neighbour, a residents' council or a notary to run `linli witness`, and name it with --witness";
        return look("witnesses", format!("{street}: nobody outside countersigns"), todo);
    }
    let parsed = |note: &str| note.parse::<Note>().ok();
    let newest = parsed(&seen.note);
    let note = seen.witnessed.as_deref().and_then(parsed);
    let is_newest = note.as_ref().map(Note::text) == newest.as_ref().map(Note::text);
    let keys: Vec<_> = witnesses.iter().map(|witness| witness.key().clone()).collect();
    let signed =
        note.and_then(|note| Some(note.verify(&keys).ok()?.iter().filter_map(|one| one.time).collect::<Vec<_>>()));
    let times: Vec<u64> = signed.unwrap_or_default();
    let last = times.iter().max().map(|s| Millis(i64::try_from(*s).unwrap_or(i64::MAX / 1000).saturating_mul(1000)));
    let todo = "see whether they answer (the program's log says why they do not sign), and ask them";
    match last {
        None => wrong("witnesses", format!("{street}: none of {} has ever signed", witnesses.len()), todo),
        Some(at) if !is_newest && now.since(at) > ALONE_MS => {
            look("witnesses", format!("{street}: the last signature is from {}", ago(now.since(at))), todo)
        }
        Some(_) if times.len() < witnesses.len() => {
            look("witnesses", format!("{street}: {} of {} have signed", times.len(), witnesses.len()), todo)
        }
        Some(at) => ok("witnesses", format!("{street}: {} have signed, the last {}", times.len(), ago(now.since(at)))),
    }
}
