//! `linli import`: brings in the records of another system from a file, by a map that says which column is what. It
//! reads and works out rows on one thread while the database writes those before; it can be interrupted at any moment
//! and run again, because each batch commits with the line that it came to, and a row is known by its id.

pub mod map;
mod places;
pub mod read;
pub mod report;
mod row;
mod scan;
mod sheet;

use std::{
    io::IsTerminal as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use indicatif::{ProgressBar, ProgressStyle};
use linli_engine::{
    Engine,
    cases::CaseError,
    db::{DbError, Tx},
    directory::{self, Place},
    edge::Stopwatch,
    import::{Batch, Progress, Ready, Run},
};
use serde::Serialize;
use tokio::sync::mpsc;

use self::{
    map::{Format, Map},
    report::{Bad, Report},
    row::Rows,
};

/// Rows that go in together.
const BATCH: usize = 500;
/// Batches that wait for the database.
const WAITING: usize = 2;

/// What to bring in.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The file: csv, jsonl or xlsx, as the map says
    pub file: PathBuf,
    /// The map: which column of the file says what
    #[arg(long, value_name = "MAP.toml")]
    pub map: PathBuf,
    /// Where rows that cannot go in are listed [default: FILE.bad.csv]
    #[arg(long, value_name = "PATH")]
    pub report: Option<PathBuf>,
    /// Check every row and write nothing into the database
    #[arg(long)]
    pub dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, the map or the report is not what it has to be.
    #[error("{0}")]
    Input(String),
    /// The database.
    #[error("the database failed; run the same command again to go on")]
    Db(#[from] DbError),
    /// A case could not be written.
    #[error("a case could not be written; run the same command again to go on")]
    Case(#[source] CaseError),
}

impl ImportError {
    /// The exit code that says so.
    pub fn code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Db(_) | Self::Case(_) => 3,
        }
    }
}

impl From<CaseError> for ImportError {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Db(error) => Self::Db(error),
            other => Self::Case(other),
        }
    }
}

/// How an import went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Rows that went in.
    pub good: u64,
    /// Rows that had been there already.
    pub again: u64,
    /// Rows that could not go in.
    pub bad: u64,
    /// The line after which an interrupted import went on.
    pub resumed_after: Option<u64>,
    /// Where the bad rows are listed.
    pub report: Option<PathBuf>,
    /// Whether nothing was written.
    pub dry_run: bool,
}

/// Runs the command: 0 when all rows are in, 1 when some could not go in.
///
/// # Errors
/// [`ImportError`], with the exit code that it has.
pub async fn run(args: &Args, engine: &Engine) -> Result<ExitCode, ImportError> {
    let watch = Stopwatch::start();
    let mut import = Import::begin(args, engine).await?;
    let bar = if args.json || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { bar(import.lines) };
    while import.step().await? {
        bar.set_position(import.sofar.line);
    }
    bar.finish_and_clear();
    let summary = import.end().await?;
    let seconds = watch.elapsed().as_secs_f64();
    if args.json {
        let mut out = serde_json::json!(summary);
        out["seconds"] = serde_json::json!(seconds);
        println!("{out}");
    } else {
        let Summary { good, again, bad, .. } = summary;
        let did = if args.dry_run { "could go in" } else { "went in" };
        println!("{good} {did}, {again} were there already, {bad} could not ({seconds:.1} s)");
        if let Some(report) = &summary.report {
            println!("the rows that could not: {}", report.display());
        }
    }
    Ok(if summary.bad > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn bar(lines: u64) -> ProgressBar {
    if lines == 0 {
        return ProgressBar::new_spinner();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} lines, {per_sec}, {eta} left");
    ProgressBar::new(lines).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// An import under way; dropping it between or within steps loses nothing that was done.
pub struct Import {
    engine: Engine,
    run: Run,
    chunks: mpsc::Receiver<Result<Chunk, ImportError>>,
    report: Report,
    sofar: Progress,
    resumed_after: Option<u64>,
    dry_run: bool,
    lines: u64,
}

/// Rows on their way to the database.
#[derive(Default)]
struct Chunk {
    rows: Vec<Ready>,
    /// What a refused row would be reported as, for each of the rows.
    refused: Vec<Bad>,
    bad: Vec<Bad>,
    line: u64,
}

impl Import {
    /// Checks map and file, brings in the map's places, and starts to read.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn begin(args: &Args, engine: &Engine) -> Result<Self, ImportError> {
        let map = Arc::new(Map::read(&args.map, engine.packs().current())?);
        let brought = map.places.as_deref().map_or_else(|| Ok(Vec::new()), places::read)?;
        let scan = scan::scan(&args.file, map.format != Format::Xlsx)?;
        if !args.dry_run {
            save_missing(engine, &brought).await?;
        }
        let known = engine.directory().place(&map.street).is_some() || brought.iter().any(|p| p.code == map.street);
        if !known {
            let (map, street) = (args.map.display(), &map.street);
            return Err(ImportError::Input(format!(
                "{map}: the place {street} is not set up; the map can name a file of `places`"
            )));
        }
        let print = linli_engine::digest(&[&scan.digest, map.text.as_bytes()].concat());
        let name = format!("{}:{}", map.source, linli_engine::hex(&print[..8]));
        let run = Run { jurisdiction: map.street.jurisdiction(), name };
        let before = if args.dry_run { None } else { engine.import_so_far(&run).await? };
        let sofar = before.unwrap_or_default();
        let report = args.report.clone().unwrap_or_else(|| beside(&args.file));
        let (send, chunks) = mpsc::channel(WAITING);
        let report = Report::open(&report, sofar.line)?;
        let (rows, file) = (Rows::new(engine, Arc::clone(&map), &brought), args.file.clone());
        tokio::task::spawn_blocking(move || work_out(&file, &map, &rows, sofar.line, &send));
        let resumed_after = before.map(|p| p.line);
        Ok(Self {
            engine: engine.clone(),
            run,
            chunks,
            report,
            sofar,
            resumed_after,
            dry_run: args.dry_run,
            lines: scan.lines,
        })
    }

    /// Brings in one batch; false when there is none left.
    ///
    /// # Errors
    /// [`ImportError`]; the batches before are in.
    pub async fn step(&mut self) -> Result<bool, ImportError> {
        let Some(chunk) = self.chunks.recv().await else { return Ok(false) };
        let Chunk { rows, refused, bad, line } = chunk?;
        // The report comes first: what is counted as done has been reported.
        self.report.add(&bad)?;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        if self.dry_run {
            self.sofar.line = line;
            self.sofar.good += count(rows.len());
            self.sofar.bad += count(bad.len());
            return Ok(true);
        }
        let batch = Batch { rows, bad: count(bad.len()), line };
        let (sofar, clashes) = self.engine.take_in(&self.run, self.sofar, batch).await?;
        self.sofar = sofar;
        let clashes: Vec<Bad> = clashes.iter().filter_map(|at| refused.get(*at).cloned()).collect();
        self.report.add(&clashes)?;
        Ok(true)
    }

    /// Ends the import: the next one of the same file starts at its beginning.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(self) -> Result<Summary, ImportError> {
        if !self.dry_run {
            self.engine.end_import(&self.run).await?;
        }
        let Progress { good, again, bad, .. } = self.sofar;
        let report = self.report.path().map(Path::to_owned);
        Ok(Summary { good, again, bad, resumed_after: self.resumed_after, report, dry_run: self.dry_run })
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".bad.csv");
    PathBuf::from(name)
}

/// Places that the directory does not have. Those that it has may have been changed by the office and stay.
async fn save_missing(engine: &Engine, brought: &[Place]) -> Result<(), DbError> {
    engine.refresh().await?;
    let directory = engine.directory();
    let missing: Vec<Place> = brought.iter().filter(|p| directory.place(&p.code).is_none()).cloned().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (home, now) = (engine.home, engine.clock.now());
    engine.db.write(move |tx: &mut Tx<'_>| directory::save_places(tx, home, &missing, now)).await?;
    engine.refresh().await.map(drop)
}

/// Reads the file from the line after `done` and sends what the rows become, until nobody wants more.
fn work_out(file: &Path, map: &Map, rows: &Rows, done: u64, send: &mpsc::Sender<Result<Chunk, ImportError>>) {
    let mut chunk = Chunk::default();
    let read = read::read(file, map, &mut |raw| {
        let line = raw.as_ref().map_or_else(|bad| bad.line, |raw| raw.line);
        if line <= done {
            return ControlFlow::Continue(());
        }
        chunk.line = line;
        match raw.and_then(|raw| rows.ready(&raw).map(|ready| (ready, rows.refused(&raw)))) {
            Ok((ready, refused)) => {
                chunk.rows.push(ready);
                chunk.refused.push(refused);
            }
            Err(bad) => chunk.bad.push(bad),
        }
        if chunk.rows.len() + chunk.bad.len() < BATCH {
            return ControlFlow::Continue(());
        }
        match send.blocking_send(Ok(std::mem::take(&mut chunk))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    // Whoever waited may have gone away.
    let _ = match read {
        Err(error) => send.blocking_send(Err(error)),
        Ok(()) if chunk.line > 0 => send.blocking_send(Ok(chunk)),
        Ok(()) => Ok(()),
    };
}
