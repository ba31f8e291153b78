//! `linli backup`: a copy of everything, taken while the program runs.

use std::{
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use linli_engine::{
    db::{Url, copy_lite},
    edge::Clock,
    vault::Source,
};

use linli_worktime::Millis;

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct BackupArgs {
    /// A folder that does not exist yet
    to: PathBuf,
    #[command(flatten)]
    place: Where,
}

/// The file in the data folder that says when the last copy was made, in milliseconds since 1970.
const LAST: &str = "last-backup";

/// When the last copy of this data was made by `linli backup`, if one is known of.
pub(super) fn last(data: &Path) -> Option<Millis> {
    fs::read_to_string(data.join(LAST)).ok()?.trim().parse().ok().map(Millis)
}

pub async fn run(args: BackupArgs) -> Done {
    // What was closed to others is closed to them in a copy.
    let made = fs::DirBuilder::new().mode(0o700).create(&args.to);
    made.map_err(Failure::io(args.to.display().to_string()))?;
    // Opening proves that the database is one of ours before it is copied.
    drop(args.place.open(Clock::System, None).await?);
    match args.place.url() {
        Url::Lite(path) => copy_lite(&path, &args.to.join("linli.db"))?,
        Url::Pg(_) => {
            eprintln!("linli: the rows are in PostgreSQL: copy them with pg_dump; attachments and key follow")
        }
    }
    // Rows first, files after: every file that a copied row names is there.
    copy(&args.place.data.join("attachments"), &args.to.join("attachments"))?;
    match args.place.vault_key()? {
        Source::File(key) => {
            fs::copy(&key, args.to.join("vault.key")).map_err(Failure::io(key.display().to_string()))?;
        }
        _ => eprintln!("linli: the key of the vault is not in this copy: without it nobody's name opens"),
    }
    let key = args.place.data.join("log.key");
    fs::copy(&key, args.to.join("log.key")).map_err(Failure::io(key.display().to_string()))?;
    let note = args.place.data.join(LAST);
    fs::write(&note, Clock::System.now().0.to_string()).map_err(Failure::io(note.display().to_string()))?;
    println!("{}", args.to.display());
    Ok(ExitCode::SUCCESS)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let at = || from.display().to_string();
    fs::create_dir_all(to).map_err(Failure::io(at()))?;
    for entry in fs::read_dir(from).map_err(Failure::io(at()))? {
        let entry = entry.map_err(Failure::io(at()))?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            fs::copy(&path, &to).map_err(Failure::io(path.display().to_string()))?;
        }
    }
    Ok(())
}
