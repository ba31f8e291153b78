//! The folder of the data, the disk below it, who may read what lies there, and the copies of it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use linli_engine::{db::Url, edge, hex, vault::Source};
use linli_worktime::Millis;

use super::{Line, ago, look, ok, wrong};
use crate::cli::{Failure, Where, backup};

/// Free space at which it is time to do something, MiB.
const SCARCE: u64 = 2_048;
/// Free space at which writing is about to fail, MiB.
const FULL: u64 = 200;
/// A copy that is older than this is not yesterday's.
const STALE_MS: i64 = 36 * 3_600_000;

pub(super) fn all(place: &Where, now: Millis) -> Result<Vec<Line>, Failure> {
    let data = &place.data;
    let mut lines = vec![writable(data)];
    if data.is_dir() {
        lines.push(free(data));
        lines.push(modes(place)?);
        lines.push(copies(place, now));
    }
    Ok(lines)
}

fn writable(data: &Path) -> Line {
    let probe = data.join(format!("doctor-{}", hex(&edge::new_id())));
    match fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => ok("data folder", format!("{} can be written", data.display())),
        Err(error) => {
            let todo = "give it to the user that the program runs as, or name another with --data";
            wrong("data folder", format!("{} cannot be written: {error}", data.display()), todo)
        }
    }
}

/// What `df` says: no call of the system is needed for it, and every machine has it.
fn free(data: &Path) -> Line {
    let run = Command::new("df").arg("-Pk").arg(data).output();
    let said = run.map(|run| String::from_utf8_lossy(&run.stdout).into_owned()).unwrap_or_default();
    let free = said.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    let todo = "make room before it is full: nothing is taken in on a full disk";
    match free.map(|kib| kib / 1024) {
        None => look("disk", "how much is free could not be found out", "look yourself: df -h"),
        Some(mib @ ..FULL) => wrong("disk", format!("{mib} MiB are free"), todo),
        Some(mib @ ..SCARCE) => look("disk", format!("{mib} MiB are free"), todo),
        Some(mib) => ok("disk", format!("{} GiB are free", mib / 1024)),
    }
}

/// Files that not everybody may read, and the bits that would let others.
fn guarded(place: &Where) -> Result<Vec<(PathBuf, u32)>, Failure> {
    let mut guarded = vec![(place.data.clone(), 0o007), (place.data.join("log.key"), 0o077)];
    if let Source::File(key) = place.vault_key()? {
        guarded.push((key, 0o077));
    }
    if let Url::Lite(path) = place.url() {
        for end in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(end);
            guarded.push((name.into(), 0o007));
        }
    }
    Ok(guarded)
}

fn modes(place: &Where) -> Result<Line, Failure> {
    let shown = |(path, bits): &(PathBuf, u32)| {
        let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & bits != 0).then(|| (format!("{} ({mode:03o})", path.display()), path.clone()))
    };
    let shown: Vec<_> = guarded(place)?.iter().filter_map(shown).collect();
    if shown.is_empty() {
        return Ok(ok("file modes", "keys and database are closed to others"));
    }
    let names: Vec<&str> = shown.iter().map(|(name, _)| name.as_str()).collect();
    let paths: Vec<String> = shown.iter().map(|(_, path)| path.display().to_string()).collect();
    let says = format!("others on this machine may read {}", names.join(", "));
    Ok(wrong("file modes", says, format!("chmod go= {}", paths.join(" "))))
}

fn copies(place: &Where, now: Millis) -> Line {
    let todo = "linli backup FOLDER every night, and put one back now and then to see that it works";
    let what = match place.url() {
        Url::Lite(_) => "the last copy",
        Url::Pg(_) => "the last copy of files and keys (the rows are PostgreSQL's to copy)",
    };
    match backup::last(&place.data).map(|at| now.since(at)) {
        None => look("backup", "no copy is known of", todo),
        Some(age @ STALE_MS..) => look("backup", format!("{what}: {}", ago(age)), todo),
        Some(age) => ok("backup", format!("{what}: {}", ago(age))),
    }
}
