//! `linli init`: an empty installation becomes one that three administrators can sign in to: the key, the street, its
//! office, three accounts with first passwords, and a file of settings for the service. It asks a few questions, or takes
//! all answers as options.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use linli_engine::{
    Engine,
    db::{DbError, Tx, WorkError},
    directory::{self, Directory, Edit, Org, OrgKind, Place},
    edge::Clock,
    ids::{AccountId, OrgId, PlaceCode, SeatId},
    record::By,
    seats::{self, Account, Login, PasswordHash, Role, Seat, SeatError, keep, keep::Pen},
};
use linli_flow::Text;

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct InitArgs {
    /// The name of the street office as residents read it
    #[arg(long)]
    name: Option<String>,
    /// Its name in English [default: the same]
    #[arg(long, value_name = "NAME")]
    name_en: Option<String>,
    /// The 9 digits of the street (statistical code); a made-up one will do, such as 990101001
    #[arg(long)]
    code: Option<PlaceCode>,
    /// Where to listen
    #[arg(long, env = "LINLI_LISTEN", default_value = "127.0.0.1:8311", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Ask nothing: take the options, and the defaults for what they leave open
    #[arg(long)]
    yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

/// The made-up code that is taken where nobody gives one: no province of China has 99.
const MADE_UP: &str = "990101001";
/// The short name of the street office.
const OFFICE: &str = "street-office";
/// The administrators: login and role.
const ADMINS: [(&str, Role); 3] =
    [("system", Role::AdminSystem), ("security", Role::AdminSecurity), ("audit", Role::AdminAudit)];

/// What is to be set up.
struct Plan {
    name: Text,
    code: PlaceCode,
}

fn ask(question: &str, help: &str, default: &str) -> Result<String, Failure> {
    let mut out = std::io::stderr();
    let _ = write!(out, "\n{question}\n  {help}\n  [{default}] > ");
    let _ = out.flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Failure::io("reading the answer"))?;
    let line = line.trim();
    Ok(if line.is_empty() { default.to_owned() } else { line.to_owned() })
}

/// What the options and, on a terminal, the answers say.
fn plan(args: &mut InitArgs) -> Result<Plan, Failure> {
    let asks = !args.yes && std::io::stdin().is_terminal();
    if !asks && !args.yes {
        return Err(Failure::Input("this is no terminal to ask on: give the options and --yes".into()));
    }
    let name = match (args.name.take(), asks) {
        (Some(name), _) => name,
        (None, true) => ask("What is the street office called?", "Residents read it on every page.", "Our Street")?,
        (None, false) => "Our Street".to_owned(),
    };
    let code = match (args.code.take(), asks) {
        (Some(code), _) => code,
        (None, true) => read_code()?,
        (None, false) => MADE_UP.parse().map_err(|e| Failure::Input(format!("{e}")))?,
    };
    if code.as_str().len() != 9 {
        return Err(Failure::Input(format!("`{code}` is not the code of a street: that has 9 digits")));
    }
    if asks {
        ask_where(args)?;
    }
    let en = args.name_en.take().unwrap_or_else(|| name.clone());
    Ok(Plan { name: Text { zh: name, en }, code })
}

fn read_code() -> Result<PlaceCode, Failure> {
    let help =
        "9 digits of the statistical code of the street; places inside it begin with them. A made-up one will do.";
    loop {
        let text = ask("Which code has the street?", help, MADE_UP)?;
        match text.parse::<PlaceCode>() {
            Ok(code) if text.len() == 9 => return Ok(code),
            _ => eprintln!("  It has to be 9 digits; `{text}` is not."),
        }
    }
}

fn ask_where(args: &mut InitArgs) -> Result<(), Failure> {
    let data = args.place.data.display().to_string();
    let help = "A folder for the key, the pictures and (with SQLite) the database. Keep it, and keep it safe.";
    args.place.data = PathBuf::from(ask("Where do the data live?", help, &data)?);
    let db = args.place.db.clone().unwrap_or_else(|| "sqlite".to_owned());
    let help = "`sqlite` for one machine, or postgres://user@host/name for more than one.";
    let db = ask("Which database?", help, &db)?;
    args.place.db = (db != "sqlite").then_some(db);
    loop {
        let text = ask(
            "At which address shall it listen?",
            "Behind a proxy that speaks TLS, in earnest.",
            &args.listen.to_string(),
        )?;
        match text.parse() {
            Ok(listen) => break args.listen = listen,
            Err(_) => eprintln!("  An address and a port, such as 127.0.0.1:8311; `{text}` is not."),
        }
    }
    Ok(())
}

/// A first password of an administrator.
struct First {
    login: Login,
    role: Role,
    password: String,
    hash: PasswordHash,
}

fn firsts() -> Result<Vec<First>, Failure> {
    let first = |(login, role): (&str, Role)| {
        let login: Login = login.parse().map_err(|e| Failure::Input(format!("{e}")))?;
        let password = keep::first_password();
        let hash = seats::hash_password(&login, &password).map_err(|e| Failure::Input(e.to_string()))?;
        Ok(First { login, role, password, hash })
    };
    ADMINS.into_iter().map(first).collect()
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("there are places or accounts already")]
    There,
    #[error(transparent)]
    Seat(#[from] SeatError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl WorkError for Stopped {
    fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) | Self::Seat(SeatError::Db(error)) => Some(error),
            _ => None,
        }
    }
}

/// Writes everything in one transaction: there is an office, or nothing.
async fn write(engine: &Engine, plan: Plan, firsts: &[First]) -> Result<(), Failure> {
    let (home, now) = (engine.home, engine.clock.now());
    let function = engine.packs().current().fallback().to_owned();
    let office: OrgId = OFFICE.parse().map_err(|e| Failure::Input(format!("{e}")))?;
    let titles = ADMINS.map(|(_, role)| {
        let title = engine.packs().current().role(role.as_str()).map(|r| r.title.zh.clone());
        title.unwrap_or_else(|| role.as_str().to_owned())
    });
    let people: Vec<(Login, Role, PasswordHash, String)> =
        firsts.iter().zip(titles).map(|(f, title)| (f.login.clone(), f.role, f.hash.clone(), title)).collect();
    let done = engine.db.write(move |tx: &mut Tx<'_>| {
        let before = directory::load(tx, home)?;
        if before.places().next().is_some() || !seats::accounts(tx, home, None, 1)?.is_empty() {
            return Err(Stopped::There);
        }
        let by = By::command("init");
        directory::keep(tx, home, &by, &Directory::default(), &edits(&plan, &office, &function), now)?;
        let pen = Pen::new(home, &by, now);
        for (login, role, hash, title) in &people {
            let id = AccountId::new();
            pen.open(tx, id, login, title, hash)?;
            let (account, org, place) = (id, office.clone(), plan.code.clone());
            let seat =
                Seat { id: SeatId::new(), account, org, role: *role, place, from: now, until: None, cover: None };
            let to = Account { id, login: login.clone(), name: title.clone(), disabled: false, must_change: true };
            pen.grant(tx, &to, &seat)?;
        }
        Ok(())
    });
    done.await.map_err(|error| match error {
        Stopped::There => Failure::Input("it is set up already: nothing was changed. `linli serve` opens it".into()),
        other => Failure::Input(linli_engine::chain(&other)),
    })?;
    engine.refresh().await?;
    Ok(())
}

fn edits(plan: &Plan, office: &OrgId, function: &str) -> [Edit; 2] {
    let (code, name) = (plan.code.clone(), plan.name.clone());
    let street = Place { code: code.clone(), name: name.clone(), aliases: Vec::new(), point: None, retired_at: None };
    let org = Org {
        id: office.clone(),
        parent: None,
        kind: OrgKind::Government,
        function: function.to_owned(),
        place: code,
        name,
        phone: None,
        retired_at: None,
    };
    [Edit::Place(street), Edit::Org(org)]
}

/// The settings as a file of the environment, and a unit for systemd that reads it.
fn files(args: &InitArgs) -> Result<(PathBuf, PathBuf), Failure> {
    let data = std::path::absolute(&args.place.data).map_err(Failure::io("finding the folder of the data"))?;
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/usr/local/bin/linli"));
    let db = args.place.db.as_ref().map_or_else(String::new, |db| format!("LINLI_DB={db}\n"));
    let settings = format!(
        "# How linli runs here. A line is a setting; `linli serve --help` names all of them.\nLINLI_DATA_DIR={}\n{db}LINLI_LISTEN={}\n# Behind a proxy that speaks TLS:\n# LINLI_SECURE_COOKIES=true\n# LINLI_BEHIND_PROXY=true\n# The address that people type; passkeys are bound to its name:\n# LINLI_URL=https://street.example\n",
        data.display(),
        args.listen
    );
    let (env, unit) = (data.join("linli.env"), data.join("linli.service"));
    let service = format!(
        "# Copy it to /etc/systemd/system, make a user `linli` that owns the data, then: systemctl enable --now linli\n[Unit]\nDescription=Linli\nAfter=network-online.target\n\n[Service]\nUser=linli\nEnvironmentFile={}\nExecStart={} serve\nRestart=on-failure\nNoNewPrivileges=yes\nProtectSystem=strict\nReadWritePaths={}\n\n[Install]\nWantedBy=multi-user.target\n",
        env.display(),
        program.display(),
        data.display()
    );
    for (path, text) in [(&env, &settings), (&unit, &service)] {
        keep_file(path, text)?;
    }
    Ok((env, unit))
}

/// A database's address may hold a password: only the owner reads the file.
fn keep_file(path: &Path, text: &str) -> Result<(), Failure> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::File::options();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut f| f.write_all(text.as_bytes())).map_err(Failure::io(path.display().to_string()))
}

pub async fn run(mut args: InitArgs) -> Done {
    let plan = plan(&mut args)?;
    let firsts = firsts()?;
    let engine = args.place.open(Clock::System, Some(&plan.code)).await?;
    if engine.home != plan.code.jurisdiction() {
        return Err(Failure::Input(format!(
            "it is set up already, for the street {}: nothing was changed",
            engine.home
        )));
    }
    write(&engine, plan, &firsts).await?;
    let (env, unit) = files(&args)?;
    let data = args.place.data.display();
    let db = args.place.db.as_ref().map_or_else(String::new, |db| format!(" --db {db}"));
    let serve = format!("linli serve --data {data}{db} --listen {}", args.listen);
    if args.json {
        let people = firsts
            .iter()
            .map(|f| serde_json::json!({ "login": f.login.as_str(), "role": f.role.as_str(), "password": f.password }));
        let people: Vec<_> = people.collect();
        println!(
            "{}",
            serde_json::json!({ "administrators": people, "serve": serve, "settings": env, "service": unit })
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "\nThe office is set up. Its three administrators sign in with these first passwords, which are shown once:\n"
    );
    for first in &firsts {
        println!("    {:<10} {:<16} {}", first.login.as_str(), first.password, first.role);
    }
    println!(
        "\nEach has to choose a password of their own at the first sign-in, and to set up a second factor: a passkey, or\nan app on a phone that shows codes. Three people should hold them."
    );
    println!("Settings: {}\nFor systemd: {}\n\nNow run\n\n    {serve}\n", env.display(), unit.display());
    println!("and open http://{}/admin: it leads on, step by step.", args.listen);
    Ok(ExitCode::SUCCESS)
}
