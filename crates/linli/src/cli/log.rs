//! `linli log`: the keys of the logs, checking a whole log from outside, comparing it with the database, writing it out as
//! files. `linli receipt`: checking a receipt.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use linli_engine::{
    Engine,
    edge::Clock,
    evidence::{self, Ended, Era, receipt},
    ids::Jurisdiction,
    record::By,
};
use linli_tlog::{
    Bundle, Checkpoint, Edge, Note, Policy, Resource, Tile, VerifierKey, bundle, leaf_hash,
    tile::{TILE_WIDTH, changed, tile_width},
};

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct LogArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print the public key of each log
    Keys(Where),
    /// Compare every entry with the database, and name what was changed, taken out or moved by hand
    Audit(Where),
    /// Begin a log anew where an older copy of the database is all there is; everybody who checks it will see that
    Renew {
        /// Why: everybody reads it
        #[arg(long)]
        why: String,
        /// Which street [default: the one of this deployment]
        #[arg(long)]
        street: Option<String>,
        /// How many entries somebody outside saw, where the data folder remembers no more than there is
        #[arg(long)]
        known: Option<u64>,
        #[command(flatten)]
        place: Where,
    },
    /// Write a log out as the files that outsiders read
    Export {
        /// A folder; what is there of the log stays right
        to: PathBuf,
        /// Which street [default: the one of this deployment]
        #[arg(long)]
        street: Option<String>,
        #[command(flatten)]
        place: Where,
    },
    /// Check a whole log: its signature, every tile and every entry
    Verify {
        /// Where it is: an address that ends before `/checkpoint`, or a folder
        log: String,
        /// Its public key
        #[arg(long)]
        key: String,
    },
}

#[derive(Args)]
pub struct ReceiptArgs {
    #[command(subcommand)]
    what: Receipt,
}

#[derive(Subcommand)]
enum Receipt {
    /// Check a receipt with nothing but the public key of the log
    Verify {
        /// The receipt
        file: PathBuf,
        /// The public key of the log
        #[arg(long)]
        key: String,
        /// The file that the receipt is of, to see whether it is the one that was recorded
        #[arg(long)]
        content: Option<PathBuf>,
        /// Public keys of witnesses whose word counts
        #[arg(long = "witness")]
        witnesses: Vec<String>,
    },
}

/// `linli log`.
pub async fn run(args: LogArgs) -> Done {
    match args.what {
        What::Keys(place) => keys(&place.open(Clock::System, None).await?).await,
        What::Audit(place) => audit(&place.open(Clock::System, None).await?).await,
        What::Renew { why, street, known, place } => {
            let engine = place.open(Clock::System, None).await?;
            let street = street.map_or(Ok(engine.home), |s| s.parse().map_err(input))?;
            renew(&engine, street, &why, known).await
        }
        What::Export { to, street, place } => {
            let engine = place.open(Clock::System, None).await?;
            let street = street.map_or(Ok(engine.home), |s| s.parse().map_err(input))?;
            export(&engine, street, &to).await
        }
        What::Verify { log, key } => verify(&log, &key),
    }
}

/// `linli receipt`.
pub fn receipt(args: &ReceiptArgs) -> Done {
    let Receipt::Verify { file, key, content, witnesses } = &args.what;
    let text = fs::read_to_string(file).map_err(Failure::io(file.display().to_string()))?;
    let read = |path: &PathBuf| fs::read(path).map_err(Failure::io(path.display().to_string()));
    let content = content.as_ref().map(read).transpose()?;
    let key: VerifierKey = key.parse().map_err(input)?;
    let witnesses: Vec<VerifierKey> =
        witnesses.iter().map(|key| key.parse()).collect::<Result<_, _>>().map_err(input)?;
    match receipt::verify(&text, &key, &witnesses) {
        Ok(proved) => {
            match content.as_ref().map(|content| proved.is_content(content)) {
                None | Some(Some(true)) => {}
                Some(Some(false)) => {
                    eprintln!("linli: the receipt holds, but of another file than this");
                    return Ok(ExitCode::FAILURE);
                }
                Some(None) => return Err(Failure::Input("--content: the receipt is not of a file".to_owned())),
            }
            let json = serde_json::json!({
                "holds": true, "log": proved.origin, "entry": proved.entry, "index": proved.index, "size": proved.size,
                "text": proved.text, "witnesses": proved.witnesses,
            });
            println!("{json:#}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("linli: the receipt does not hold: {}", linli_engine::chain(&error));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn input(error: impl std::fmt::Display) -> Failure {
    Failure::Input(error.to_string())
}

async fn keys(engine: &Engine) -> Done {
    for log in engine.logs().await? {
        println!("{}", engine.log.verifier(log.street, log.era)?);
    }
    for ended in evidence::ended(&engine.db).await? {
        println!("# ended at {} entries: {}", ended.size, engine.log.verifier(ended.street, ended.era)?);
    }
    Ok(ExitCode::SUCCESS)
}

async fn renew(engine: &Engine, street: Jurisdiction, why: &str, known: Option<u64>) -> Done {
    let renewed = engine.renew_log(street, why, known, &By::command("log renew")).await.map_err(input)?;
    let Ended { size, kept, era, .. } = renewed.ended;
    println!("{}: begun anew with {kept} of {size} entries", renewed.origin);
    println!("{}", engine.log.verifier(street, Era(era.0 + 1))?);
    println!(
        "Give this key to whoever checks the log, and to its witnesses; /log says what became of the earlier one."
    );
    Ok(ExitCode::SUCCESS)
}

async fn audit(engine: &Engine) -> Done {
    let mut clean = true;
    for street in evidence::streets(&engine.db, &engine.log).await? {
        let audit = engine.audit(street).await?;
        for (n, finding) in &audit.findings {
            clean = false;
            match n {
                0 => println!("{street}: {finding}"),
                n => println!("{street}: entry {n}: {finding}"),
            }
        }
        println!("{street}: {} entries compared, {} findings", audit.checked, audit.findings.len());
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn export(engine: &Engine, street: Jurisdiction, to: &Path) -> Done {
    let Some(note) = engine.checkpoint(street).await? else {
        return Err(Failure::Input(format!("street {street} has no log yet")));
    };
    let size = size(&note)?;
    let bundles =
        changed(0, size).filter(|tile| tile.level == 0).map(|tile| Bundle { index: tile.index, width: tile.width });
    let all = changed(0, size).map(Resource::Tile).chain(bundles.map(Resource::Bundle));
    for resource in all {
        let missing = || Failure::Input(format!("{resource} is not there; run `linli log audit`"));
        let body = engine.log_resource(street, resource).await?.ok_or_else(missing)?;
        write(&to.join(resource.to_string()), &body)?;
    }
    write(&to.join("checkpoint"), note.as_bytes())?;
    println!("{}", to.display());
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, body: &[u8]) -> Result<(), Failure> {
    let at = || path.display().to_string();
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(Failure::io(at()))?;
    fs::write(path, body).map_err(Failure::io(at()))
}

fn size(note: &str) -> Result<u64, Failure> {
    let note: Note = note.parse().map_err(input)?;
    let checkpoint: Checkpoint = note.text().parse().map_err(input)?;
    Ok(checkpoint.size)
}

/// Reads a file of a log, from a folder or an address.
fn fetch(log: &str, name: &str) -> Result<Vec<u8>, Failure> {
    if !log.starts_with("http://") && !log.starts_with("https://") {
        let path = Path::new(log).join(name);
        return fs::read(&path).map_err(Failure::io(path.display().to_string()));
    }
    let address = format!("{}/{name}", log.trim_end_matches('/'));
    let wrong = |e: &dyn std::fmt::Display| Failure::Input(format!("{address}: {e}"));
    let mut answer = ureq::get(&address).call().map_err(|e| wrong(&e))?;
    answer.body_mut().read_to_vec().map_err(|e| wrong(&e))
}

fn verify(log: &str, key: &str) -> Done {
    let key = [key.parse::<VerifierKey>().map_err(input)?];
    let text = String::from_utf8(fetch(log, "checkpoint")?).map_err(input)?;
    let note: Note = text.parse().map_err(input)?;
    let policy = Policy { origin: key[0].name(), log: &key, witnesses: &[], quorum: 0 };
    let (checkpoint, _) = policy.open(&note).map_err(input)?;
    let mut edge = Edge::new();
    for index in 0..checkpoint.size.div_ceil(u64::from(TILE_WIDTH)) {
        let width = tile_width(0, index, checkpoint.size);
        let entries = fetch(log, &Bundle { index, width }.path())?;
        for entry in bundle::parse(&entries).map_err(input)? {
            edge.append(leaf_hash(entry));
        }
        if edge.size() != index * u64::from(TILE_WIDTH) + u64::from(width) {
            return wrong(&format!("bundle {index} has another number of entries than the log says"));
        }
        for (tile, hashes) in edge.take_changed().into_iter().filter(|(tile, _)| is_last(tile, checkpoint.size)) {
            if fetch(log, &tile.path())? != hashes {
                return wrong(&format!("{tile} does not hold the hashes of its entries"));
            }
        }
    }
    if edge.root() != checkpoint.root {
        return wrong("the entries do not lead to the root that was signed");
    }
    println!("{}: {} entries, root {}: the log holds", checkpoint.origin, checkpoint.size, checkpoint.root);
    Ok(ExitCode::SUCCESS)
}

/// Whether a tile is as it stays in a tree of this size.
fn is_last(tile: &Tile, size: u64) -> bool {
    tile.width == tile_width(tile.level, tile.index, size)
}

fn wrong(what: &str) -> Done {
    eprintln!("linli: the log does not hold: {what}");
    Ok(ExitCode::FAILURE)
}
