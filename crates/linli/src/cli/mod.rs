//! The commands of `linli`: one file each. Exit codes: 0 done; 1 done in part, or a check found something; 2 wrong use or
//! wrong input; 3 the database or the disk failed.

mod account;
mod backup;
mod deadline;
pub mod demo;
mod doctor;
mod factor;
pub mod import;
mod init;
mod log;
mod pack;
mod places;
mod retention;
mod serve;
pub mod setup;
mod tables;
mod text;
mod token;
mod vault;
mod witness;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use linli_engine::{
    Engine, EngineError, Options,
    db::Url,
    edge::Clock,
    evidence::Witness,
    ids::{Malformed, PlaceCode},
    notices::{HttpRelay, Plugs, Webhook},
    outward::Reach,
    pack::Files,
    replies::Assistant,
    vault::{Secret, Source},
};

/// Linli: residents say once what is wrong, the right unit solves it in time, and anyone can check.
#[derive(Parser)]
#[command(name = "linli", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a complete small demonstration neighbourhood in the browser
    Demo(demo::DemoArgs),
    /// Set up an empty installation: the street, its office, three administrators
    Init(init::InitArgs),
    /// Serve the pages and do the program's own work
    Serve(serve::ServeArgs),
    /// Put places, units, accounts, seats and duties into the database: a folder of TOML files, an XLSX or a CSV
    Setup(setup::SetupArgs),
    /// Bring in the records of another system: CSV, JSON Lines or XLSX
    Import(ImportArgs),
    /// Add an account of staff, or a seat for one
    Account(account::AccountArgs),
    /// Take a lost second factor off an account
    FactorOff(factor::FactorArgs),
    /// Make a token with which a program acts as a seat
    Token(token::TokenArgs),
    /// Look at a rule pack: check it, draw a flow of it
    Pack(pack::PackArgs),
    /// Say when a limit ends
    Deadline(deadline::DeadlineArgs),
    /// What letters tell: learn and try categories, split an address, find what many write about
    Text(text::TextArgs),
    /// Look at an installation and say what is wrong with it, without changing anything
    Doctor(doctor::DoctorArgs),
    /// Write a copy of the database (SQLite), the attachments and the key into a new folder
    Backup(backup::BackupArgs),
    /// The log of evidence: keys, audit, export, checking it from outside
    Log(log::LogArgs),
    /// Countersign the logs of neighbours
    Witness(witness::WitnessArgs),
    /// Check a receipt
    Receipt(log::ReceiptArgs),
    /// Change the master key of the vault
    Vault(vault::VaultArgs),
    /// Remove what is past its time now, as the program does every day, or say what that would be
    Retention(retention::RetentionArgs),
    /// Find places by words, as the pages do
    Places(places::PlacesArgs),
}

#[derive(Args)]
struct ImportArgs {
    #[command(flatten)]
    what: import::Args,
    #[command(flatten)]
    place: Where,
}

async fn import_rows(args: ImportArgs) -> Done {
    let engine = args.place.open(Clock::System, None).await?;
    import::run(&args.what, &engine).await.map_err(|error| Failure::Import(error.into()))
}

/// Where a deployment is.
#[derive(Args, Clone)]
pub struct Where {
    /// The database: a SQLite file, or postgres://user@host/name [default: linli.db in the data folder]
    #[arg(long, env = "LINLI_DB", value_name = "FILE|URL")]
    db: Option<String>,
    /// The folder of attachments and of the key (and of the SQLite file)
    #[arg(long, env = "LINLI_DATA_DIR", value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// The rule pack for new cases [default: the one inside the program]
    #[arg(long, env = "LINLI_PACK", value_name = "DIR")]
    pack: Option<PathBuf>,
    /// The file with the master key of the vault [default: vault.key in the data folder, made at the first start]. The
    /// variable LINLI_VAULT_KEY may hold the key itself
    #[arg(long, env = "LINLI_VAULT_KEY_FILE", value_name = "FILE")]
    vault_key: Option<PathBuf>,
    /// A command that prints it, from a hardware module or a store of secrets
    #[arg(long, env = "LINLI_VAULT_KEY_COMMAND", value_name = "COMMAND", conflicts_with = "vault_key")]
    vault_key_command: Option<String>,
    /// An address that is told of every event of every case (JSON, signed; nothing of who reported it)
    #[arg(long, env = "LINLI_WEBHOOK", value_name = "URL", requires = "webhook_secret")]
    webhook: Option<String>,
    /// The file with the secret that signs what is sent there
    #[arg(long, env = "LINLI_WEBHOOK_SECRET", value_name = "FILE")]
    webhook_secret: Option<PathBuf>,
    /// The exchange that connects a seat and a caller without showing either number (JSON, signed as the webhook is)
    #[arg(long, env = "LINLI_RELAY", value_name = "URL", requires = "relay_secret")]
    relay: Option<String>,
    /// The file with the secret that signs what is sent there
    #[arg(long, env = "LINLI_RELAY_SECRET", value_name = "FILE")]
    relay_secret: Option<PathBuf>,
    /// Somebody outside who countersigns the log: the address, a space, the public key; once for each
    #[arg(long = "witness", env = "LINLI_WITNESSES", value_name = "URL KEY", value_delimiter = ',')]
    witnesses: Vec<String>,
    /// The writing assistant: a large language model behind an OpenAI-compatible address (https://…/v1). Without it no
    /// model is ever asked. It is sent masked words, one case at a time, when somebody asks for a draft
    #[arg(long, env = "LINLI_ASSISTANT_URL", value_name = "URL", requires = "assistant_model")]
    assistant_url: Option<String>,
    /// The name of the model there
    #[arg(long, env = "LINLI_ASSISTANT_MODEL", value_name = "NAME", requires = "assistant_url")]
    assistant_model: Option<String>,
    /// Who runs that service, as the privacy notice tells people; without it the notice names the host
    #[arg(long, env = "LINLI_ASSISTANT_BY", value_name = "NAME", requires = "assistant_url")]
    assistant_by: Option<String>,
    /// The file with the key of that service. The variable LINLI_ASSISTANT_KEY may hold the key itself
    #[arg(long, env = "LINLI_ASSISTANT_KEY_FILE", value_name = "FILE", requires = "assistant_url")]
    assistant_key: Option<PathBuf>,
    /// Let webhook, exchange, witnesses and assistant be addresses of the office's own network; otherwise only public ones are called
    #[arg(long, env = "LINLI_ALLOW_PRIVATE_HOOKS")]
    allow_private_hooks: bool,
    /// Connections to PostgreSQL, or readers of SQLite
    #[arg(long, env = "LINLI_CONNECTIONS", value_name = "N", default_value_t = 8)]
    connections: usize,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given is wrong.
    #[error("{0}")]
    Input(String),
    /// The engine does not start or fails.
    #[error("{}", linli_engine::chain(.0))]
    Engine(#[from] EngineError),
    /// The database fails.
    #[error("{}", linli_engine::chain(.0))]
    Db(#[from] linli_engine::db::DbError),
    /// A case cannot be written.
    #[error("{}", linli_engine::chain(.0))]
    Case(#[from] linli_engine::cases::CaseError),
    /// An import stops.
    #[error("{}", linli_engine::chain(&**.0))]
    Import(Box<import::ImportError>),
    /// A file or the network.
    #[error("{what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl Failure {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Input(_) | Self::Engine(EngineError::Pack(_) | EngineError::Changed(_) | EngineError::Key(_)) => 2,
            Self::Import(error) => error.code(),
            Self::Engine(_) | Self::Db(_) | Self::Case(_) | Self::Io { .. } => 3,
        }
    }
}

/// What a command answers: how it went.
pub type Done = Result<ExitCode, Failure>;

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Pack(args) => pack::run(&args),
        Command::Deadline(args) => deadline::run(&args),
        Command::Text(args) => text::run(&args),
        Command::Demo(args) => wait(demo::run(args)),
        Command::Init(args) => wait(init::run(args)),
        Command::Serve(args) => wait(serve::run(args)),
        Command::Setup(args) => wait(setup::run(args)),
        Command::Import(args) => wait(import_rows(args)),
        Command::Account(args) => wait(account::run(args)),
        Command::FactorOff(args) => wait(factor::run(args)),
        Command::Token(args) => wait(token::run(args)),
        Command::Doctor(args) => wait(doctor::run(args)),
        Command::Backup(args) => wait(backup::run(args)),
        Command::Log(args) => wait(log::run(args)),
        Command::Witness(args) => wait(witness::run(args)),
        Command::Receipt(args) => log::receipt(&args),
        Command::Places(args) => wait(places::run(args)),
        Command::Retention(args) => wait(retention::run(args)),
        Command::Vault(args) => wait(vault::run(args)),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("linli: {failure}");
        if let Failure::Engine(EngineError::Pack(problems)) = &failure {
            for problem in problems.iter().skip(1) {
                eprintln!("  {problem}");
            }
        }
        ExitCode::from(failure.code())
    })
}

fn wait(work: impl Future<Output = Done>) -> Done {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::io("starting"))?;
    runtime.block_on(work)
}

impl Where {
    /// The database's address.
    pub fn url(&self) -> Url {
        let text = self.db.clone().unwrap_or_else(|| self.data.join("linli.db").display().to_string());
        let Ok(url) = text.parse();
        url
    }

    fn plugs(&self) -> Result<Plugs, Failure> {
        let reach = if self.allow_private_hooks { Reach::Inside } else { Reach::Public };
        let signed = |url: &Option<String>, secret: &Option<PathBuf>| {
            let (Some(url), Some(path)) = (url, secret) else { return Ok(None) };
            let secret = std::fs::read_to_string(path).map_err(Failure::io(path.display().to_string()))?;
            Webhook::new(url, secret.trim().as_bytes(), reach).map(Some).map_err(|e| Failure::Input(e.to_string()))
        };
        let witnesses = self.witnesses.iter().map(|text| Witness::read(text, reach));
        let witnesses: Vec<Witness> =
            witnesses.collect::<Result<_, _>>().map_err(|e: Malformed| Failure::Input(e.to_string()))?;
        let mut plugs = Plugs::default().with_witnesses(witnesses);
        if let Some(assistant) = self.assistant(reach)? {
            plugs = plugs.with_assistant(assistant);
        }
        if let Some(webhook) = signed(&self.webhook, &self.webhook_secret)? {
            plugs = plugs.with(webhook);
        }
        if let Some(relay) = signed(&self.relay, &self.relay_secret)? {
            plugs = plugs.with_relay(HttpRelay(relay));
        }
        Ok(plugs)
    }

    /// The writing assistant, where there is one.
    fn assistant(&self, reach: Reach) -> Result<Option<Assistant>, Failure> {
        let (Some(url), Some(model)) = (&self.assistant_url, &self.assistant_model) else { return Ok(None) };
        let held = std::env::var("LINLI_ASSISTANT_KEY").ok().filter(|text| !text.is_empty());
        let key = match (held, &self.assistant_key) {
            (Some(_), Some(_)) => {
                let why = "the key of the writing assistant comes from more than one place: give one";
                return Err(Failure::Input(why.to_owned()));
            }
            (held, None) => held,
            (None, Some(path)) => Some(std::fs::read_to_string(path).map_err(Failure::io(path.display().to_string()))?),
        };
        let key = key.map(|key| Secret::new(key.trim().to_owned()));
        let assistant = Assistant::new(url, model, key, reach).map_err(|e| Failure::Input(e.to_string()))?;
        Ok(Some(assistant.run_by(self.assistant_by.as_deref().unwrap_or_default())))
    }

    /// Where the master key of the vault is.
    fn vault_key(&self) -> Result<Source, Failure> {
        let held = std::env::var("LINLI_VAULT_KEY").ok().filter(|text| !text.is_empty());
        match (held, &self.vault_key, &self.vault_key_command) {
            (Some(text), None, None) => Ok(Source::Text(Secret::new(text))),
            (None, Some(path), None) => Ok(Source::File(path.clone())),
            (None, None, Some(command)) => Ok(Source::Command(command.clone())),
            (None, None, None) => Ok(Source::beside(&self.data)),
            _ => Err(Failure::Input("the key of the vault comes from more than one place: give one".to_owned())),
        }
    }

    /// Opens the engine.
    pub async fn open(&self, clock: Clock, home: Option<&PlaceCode>) -> Result<Engine, Failure> {
        let options = Options {
            url: self.url(),
            seats: self.connections,
            folder: self.data.clone(),
            pack: pack_files(self.pack.as_deref())?,
            home: home.map(PlaceCode::jurisdiction),
            clock,
            plugs: self.plugs()?,
        };
        Ok(Engine::open_with_key(options, self.vault_key()?).await?)
    }
}

/// The packs inside the program.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../packs"]
pub(crate) struct Packs;

/// The files of a pack: of a folder, or of the one inside the program.
pub fn pack_files(folder: Option<&std::path::Path>) -> Result<Files, Failure> {
    if let Some(folder) = folder {
        return linli_engine::pack::read_dir(folder).map_err(Failure::io(folder.display().to_string()));
    }
    let inside = Packs::iter().filter_map(|path| path.strip_prefix("cn/").map(str::to_owned));
    let rules = inside.filter(|path| !path.starts_with("demo/"));
    Ok(rules.filter_map(|path| embedded(&format!("cn/{path}")).map(|text| (path, text))).collect())
}

/// A file of the packs inside the program.
pub(crate) fn embedded(path: &str) -> Option<String> {
    Packs::get(path).map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

/// Logs to standard error: plain on a terminal, JSON lines elsewhere.
pub(crate) fn log_lines() {
    use std::io::IsTerminal as _;
    let filter = tracing_subscriber::EnvFilter::try_from_env("LINLI_LOG").unwrap_or_else(|_| "info".into());
    // Below `info` these write what people said, as parameters of statements, and whole addresses.
    let silent = ["tokio_postgres=info", "tower_http=info"].iter().filter_map(|part| part.parse().ok());
    let filter = silent.fold(filter, |filter, part| filter.add_directive(part));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = if std::io::stderr().is_terminal() { log.compact().try_init() } else { log.json().try_init() };
}
