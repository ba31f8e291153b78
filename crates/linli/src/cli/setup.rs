//! `linli setup`: places, units and accounts from a folder of TOML files: how an office brings its own. The demonstration
//! is set up by the same code from the files inside the program.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use linli_engine::{
    Engine,
    db::{DbError, Tx},
    directory::{self, Org, OrgKind, Place, Ring},
    edge::Clock,
    ids::{AccountId, OrgId, PlaceCode, SeatId},
    seats::{self, Login, PasswordHash, Seat, SeatError},
};
use linli_flow::Text;
use serde::Deserialize;

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct SetupArgs {
    /// A folder with places.toml, orgs.toml and, if wanted, seats.toml; or a table, XLSX or CSV
    from: PathBuf,
    /// Check every row of a table and change nothing
    #[arg(long)]
    check: bool,
    /// The street whose name the pages carry, and where accounts and settings live [default: the first street]
    #[arg(long, value_name = "CODE")]
    home: Option<PlaceCode>,
    #[command(flatten)]
    place: Where,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceFile {
    place: Vec<PlaceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceRow {
    code: PlaceCode,
    /// For the reader of the file; the level follows from the code.
    #[serde(rename = "kind")]
    _kind: String,
    name: Text,
    #[serde(default)]
    aliases: Vec<String>,
    lon: Option<f64>,
    lat: Option<f64>,
    /// The corners of its border in order, `[[lon, lat], …]`, WGS-84.
    border: Option<Ring>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrgFile {
    org: Vec<OrgRow>,
}

/// A unit as `orgs.toml` has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrgRow {
    id: OrgId,
    name: Text,
    kind: OrgKind,
    function: String,
    place: PlaceCode,
    parent: Option<OrgId>,
    phone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    #[serde(default)]
    account: Vec<AccountRow>,
}

/// An account as `seats.toml` has it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRow {
    /// What it signs in with.
    pub login: String,
    /// The name that colleagues read.
    pub name: Text,
    /// The first password.
    pub password: String,
    /// Its seats.
    pub seats: Vec<SeatRow>,
}

/// A seat as `seats.toml` has it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatRow {
    /// The unit.
    pub org: OrgId,
    /// The role.
    pub role: String,
    /// The place that it reaches over.
    pub place: PlaceCode,
}

/// What a folder sets up.
pub struct Setup {
    pub(crate) places: Vec<Place>,
    pub(crate) borders: Vec<(PlaceCode, Ring)>,
    pub(crate) orgs: Vec<Org>,
    /// The accounts.
    pub accounts: Vec<AccountRow>,
    /// Whether equal passwords are hashed once: a demonstration's public one for all its accounts.
    pub(crate) public_passwords: bool,
}

impl Setup {
    /// Reads `places.toml`, `orgs.toml` and `seats.toml`; `read` gives a file's text, or nothing where it is absent.
    ///
    /// # Errors
    /// What is wrong, with file and line.
    pub fn read(read: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let text = |name: &str| read(name).ok_or_else(|| Failure::Input(format!("{name} is not there")));
        let places: PlaceFile = parse("places.toml", &text("places.toml")?).map_err(Failure::Input)?;
        let orgs: OrgFile = parse("orgs.toml", &text("orgs.toml")?).map_err(Failure::Input)?;
        let seats: AccountFile = match read("seats.toml") {
            Some(text) => parse("seats.toml", &text).map_err(Failure::Input)?,
            None => AccountFile { account: Vec::new() },
        };
        let borders = places.place.iter().filter_map(|p| Some((p.code.clone(), p.border.clone()?)));
        let setup = Self {
            borders: borders.collect(),
            places: places.place.into_iter().map(place).collect(),
            orgs: orgs.org.into_iter().map(org).collect(),
            accounts: seats.account,
            public_passwords: false,
        };
        setup.check()?;
        Ok(setup)
    }

    fn check(&self) -> Result<(), Failure> {
        let known = |code: &PlaceCode| self.places.iter().any(|p| p.code == *code);
        let wrong = |what: String| Err(Failure::Input(what));
        for org in &self.orgs {
            if !known(&org.place) {
                return wrong(format!(
                    "orgs.toml: `{}` serves the place {}, which places.toml does not have",
                    org.id, org.place
                ));
            }
        }
        for account in &self.accounts {
            for seat in &account.seats {
                if !known(&seat.place) || !self.orgs.iter().any(|o| o.id == seat.org) {
                    return wrong(format!(
                        "seats.toml: a seat of `{}` names a unit or a place that is not there",
                        account.login
                    ));
                }
            }
        }
        Ok(())
    }

    /// The first street: the home of a deployment that names none.
    ///
    /// # Errors
    /// When there is no street.
    pub fn home(&self) -> Result<PlaceCode, Failure> {
        let street = self.places.iter().map(|p| &p.code).find(|c| c.as_str().len() == 9);
        street.cloned().ok_or_else(|| Failure::Input("places.toml has no street (a code of 9 digits)".into()))
    }

    /// Writes it into the database. Places and units that are there are brought up to date; accounts that are there stay
    /// as they are.
    ///
    /// # Errors
    /// When the database fails or a row is not possible.
    pub async fn save(self, engine: &Engine, lang: &str) -> Result<(), Failure> {
        let (home, now) = (engine.home, engine.clock.now());
        let (places, borders, orgs) = (self.places, self.borders, self.orgs);
        engine
            .db
            .write(move |tx: &mut Tx<'_>| {
                directory::save_places(tx, home, &places, now)?;
                directory::save_borders(tx, home, &borders, now)?;
                directory::save_orgs(tx, home, &orgs, now)
            })
            .await?;
        engine.refresh().await?;
        let mut hashed: Option<(String, PasswordHash)> = None;
        for row in self.accounts {
            let known = hashed.take().filter(|(password, _)| self.public_passwords && *password == row.password);
            let hash = match known {
                Some((_, hash)) => hash,
                None => hash(&row).await?,
            };
            hashed = Some((row.password.clone(), hash.clone()));
            save_account(engine, row, hash, lang).await?;
        }
        Ok(())
    }
}

/// Reads a TOML file; what is wrong, with its line.
fn parse<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        format!("{name}:{line}: {}", e.message())
    })
}

/// Reads a file of places: of a folder that is set up, or of a map for an import.
///
/// # Errors
/// What is wrong, with file and line.
pub fn places(name: &str, text: &str) -> Result<Vec<Place>, String> {
    let file: PlaceFile = parse(name, text)?;
    Ok(file.place.into_iter().map(place).collect())
}

fn place(row: PlaceRow) -> Place {
    Place { code: row.code, name: row.name, aliases: row.aliases, point: row.lon.zip(row.lat), retired_at: None }
}

/// A unit of the file.
pub fn org(row: OrgRow) -> Org {
    let OrgRow { id, name, kind, function, place, parent, phone } = row;
    Org { id, parent, kind, function, place, name, phone, retired_at: None }
}

async fn hash(row: &AccountRow) -> Result<PasswordHash, Failure> {
    let login: Login = row.login.parse().map_err(|e| Failure::Input(format!("seats.toml: {e}")))?;
    let password = row.password.clone();
    let hash = tokio::task::spawn_blocking(move || seats::hash_password(&login, &password));
    hash.await
        .map_err(|e| Failure::Input(e.to_string()))?
        .map_err(|e| Failure::Input(format!("seats.toml: {}: {e}", row.login)))
}

async fn save_account(engine: &Engine, row: AccountRow, hash: PasswordHash, lang: &str) -> Result<(), Failure> {
    let login: Login = row.login.parse().map_err(|e| Failure::Input(format!("seats.toml: {e}")))?;
    let name = row.name.get(lang).to_owned();
    let (home, now, id) = (engine.home, engine.clock.now(), AccountId::new());
    let mut granted = Vec::new();
    for seat in row.seats {
        let role = seat.role.parse().map_err(|e| Failure::Input(format!("seats.toml: {e}")))?;
        granted.push(Seat {
            id: SeatId::new(),
            account: id,
            org: seat.org,
            role,
            place: seat.place,
            from: now,
            until: None,
            cover: None,
        });
    }
    let made = engine.db.write(move |tx: &mut Tx<'_>| {
        seats::create_account(tx, home, id, &login, &name, &hash)?;
        granted.iter().try_for_each(|seat| seats::grant_seat(tx, home, seat))
    });
    match made.await {
        Ok(()) | Err(SeatError::Taken(_)) => Ok(()),
        Err(SeatError::Db(DbError::Duplicate { .. })) => Ok(()),
        Err(error) => Err(Failure::Input(linli_engine::chain(&error))),
    }
}

pub async fn run(args: SetupArgs) -> Done {
    if args.from.is_file() {
        return super::tables::run(&args.from, args.check, args.home.as_ref(), &args.place).await;
    }
    let setup = Setup::read(|name| std::fs::read_to_string(args.from.join(name)).ok())?;
    let home = match &args.home {
        Some(home) => home.clone(),
        None => setup.home()?,
    };
    let engine = args.place.open(Clock::System, Some(&home)).await?;
    setup.save(&engine, "zh").await?;
    let directory = engine.directory();
    println!("{} places, {} units", directory.places().count(), directory.orgs().count());
    Ok(ExitCode::SUCCESS)
}
