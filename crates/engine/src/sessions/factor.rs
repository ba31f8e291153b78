//! The second factor of staff: codes that follow the time, and recovery codes for whoever lost the device that shows them.
//! It is on once a first code was given. Who has to have one is a setting of the office.

use linli_worktime::Millis;

use super::{Origin, SignInError, Who, end_others, staff};
use crate::{
    db::{DbError, Tx, Value, args, statements},
    edge,
    ids::{AccountId, Jurisdiction},
    limits,
    record::By,
    seats::{Seat, keep},
    security::{self, Happened},
    start,
    totp::Seed,
    vault::{self, Secret, VaultKey},
    words::words,
};

words! {
    /// Who has to have a second factor.
    #[derive(Default)]
    Required, "whom a second factor is required of":
    /// Nobody; whoever wants one has one.
    #[default]
    Nobody = "nobody",
    /// The administrators.
    Admins = "admins",
    /// All staff.
    Everybody = "everybody",
}

impl Required {
    /// Whether somebody on these seats has to have one.
    pub fn of(self, seats: &[Seat]) -> bool {
        match self {
            Self::Nobody => false,
            Self::Admins => seats.iter().any(|seat| seat.role.is_admin()),
            Self::Everybody => true,
        }
    }
}

/// The setting that says who has to have one.
pub(crate) const SETTING: &str = "second-factor";

/// What somebody shows in place of the device, or from it.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'p> {
    /// The code that the device shows.
    Code(&'p str),
    /// One of the recovery codes.
    Recovery(&'p str),
}

/// How it stands with the second factor of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct State {
    /// Since when it is on.
    pub on_at: Option<Millis>,
    /// Recovery codes that are left.
    pub left: u32,
}

statements! {
    FACTOR = "SELECT id, secret, step, on_at FROM second_factor WHERE jurisdiction = $1 AND account = $2";
    ADD_FACTOR = "INSERT INTO second_factor (jurisdiction, account, id, secret, step) VALUES ($1, $2, $3, $4, 0)";
    ON = "UPDATE second_factor SET on_at = $3, step = $4 WHERE jurisdiction = $1 AND account = $2 AND on_at IS NULL";
    STEP = "UPDATE second_factor SET step = $3 WHERE jurisdiction = $1 AND account = $2 AND step < $3";
    DROP_FACTOR = "DELETE FROM second_factor WHERE jurisdiction = $1 AND account = $2";
    LEFT = "SELECT count(*) FROM recovery_code WHERE jurisdiction = $1 AND account = $2";
    ADD_RECOVERY = "INSERT INTO recovery_code (jurisdiction, account, code) VALUES ($1, $2, $3)";
    USE_RECOVERY = "DELETE FROM recovery_code WHERE jurisdiction = $1 AND account = $2 AND code = $3";
    DROP_RECOVERY = "DELETE FROM recovery_code WHERE jurisdiction = $1 AND account = $2";
}

/// A new seed, drawn at the edge.
pub fn new_seed() -> Seed {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(&edge::secret()[..20]);
    Seed::new(bytes)
}

/// New recovery codes, drawn at the edge: to be shown once.
pub fn new_codes() -> Vec<String> {
    (0..limits::RECOVERY_CODES).map(|_| keep::first_password()).collect()
}

/// Who has to have a second factor, where the office has said so.
///
/// # Errors
/// When the database fails.
pub fn required(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<Option<Required>, DbError> {
    Ok(start::setting(tx, home, SETTING)?.and_then(|(word, _)| word.parse().ok()))
}

/// Says who has to have one, and records it.
///
/// # Errors
/// When the database fails.
pub fn require(tx: &mut Tx<'_>, home: Jurisdiction, by: &By, of: Required, now: Millis) -> Result<(), DbError> {
    start::set(tx, home, by, SETTING, of.as_str(), now)
}

/// How it stands with an account.
///
/// # Errors
/// When the database fails.
pub fn state(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<State, DbError> {
    let Some(row) = row(tx, home, account)? else { return Ok(State::default()) };
    let left = tx.first(&LEFT, &args![home, account])?.map_or(Ok(0), |mut row| row.take())?;
    Ok(State { on_at: row.on_at, left })
}

pub(super) fn is_on(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<bool, DbError> {
    Ok(row(tx, home, account)?.is_some_and(|row| row.on_at.is_some()))
}

struct Row {
    id: [u8; 16],
    sealed: String,
    step: i64,
    on_at: Option<Millis>,
}

fn row(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<Option<Row>, DbError> {
    let Some(mut row) = tx.first(&FACTOR, &args![home, account])? else { return Ok(None) };
    Ok(Some(Row { id: row.take()?, sealed: row.take()?, step: row.take()?, on_at: row.take()? }))
}

fn seed(tx: &mut Tx<'_>, home: Jurisdiction, key: &VaultKey, row: &Row) -> Result<Seed, DbError> {
    let opened = vault::factor::open(tx, key, home, row.id, row.sealed.clone())?;
    let seed = opened.and_then(|text| Seed::parse(text.reveal()));
    seed.ok_or_else(|| DbError::Corrupt("the seed of a second factor that is none".into()))
}

/// Begins to set one up: keeps a new seed, in place of one that was never confirmed. Nothing where one is on already.
///
/// # Errors
/// When the database fails.
pub fn begin(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
    new: &Seed,
) -> Result<(), DbError> {
    if is_on(tx, home, account)? {
        return Ok(());
    }
    remove(tx, home, account)?;
    let id = edge::new_id();
    let sealed = vault::factor::seal(tx, key, home, id, &Secret::new(new.text().to_string()))?;
    tx.put(&ADD_FACTOR, args![home, account, Value::Id(id), sealed])
}

/// The seed that waits for its first code.
///
/// # Errors
/// When the database fails.
pub fn pending(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
) -> Result<Option<Seed>, DbError> {
    match row(tx, home, account)?.filter(|row| row.on_at.is_none()) {
        Some(row) => seed(tx, home, key, &row).map(Some),
        None => Ok(None),
    }
}

/// Whose second factor, and from where it is changed.
#[derive(Clone, Copy)]
pub struct Own<'o> {
    /// The deployment's home.
    pub home: Jurisdiction,
    /// The key of the vault.
    pub key: &'o VaultKey,
    /// Whose.
    pub account: AccountId,
    /// The cookie of the session that asks.
    pub cookie: &'o str,
    /// From where.
    pub origin: &'o Origin,
    /// When.
    pub now: Millis,
}

impl Own<'_> {
    fn note(&self, tx: &mut Tx<'_>, what: Happened) -> Result<(), DbError> {
        security::note(tx, self.home, what, Some(self.account), &self.origin.network, self.now)
    }

    /// Switches it on by its first code; what is open elsewhere ends. False when the code is not the right one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn confirm(&self, tx: &mut Tx<'_>, typed: &str, codes: &[String]) -> Result<bool, DbError> {
        let (home, account) = (self.home, self.account);
        let Some(row) = row(tx, home, account)?.filter(|row| row.on_at.is_none()) else { return Ok(false) };
        let step = seed(tx, home, self.key, &row)?.step_of(typed, self.now, row.step);
        let Some(step) = step else { return Ok(false) };
        if tx.exec(&ON, &args![home, account, self.now, step])? == 0 {
            return Ok(false);
        }
        self.keep_codes(tx, codes)?;
        self.note(tx, Happened::FactorOn)?;
        end_others(tx, home, Who::Staff(account), self.cookie, self.origin, self.now)?;
        Ok(true)
    }

    /// Takes these recovery codes in place of all before them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew(
        &self,
        tx: &mut Tx<'_>,
        proof: Proof<'_>,
        codes: &[String],
    ) -> Result<Result<(), SignInError>, DbError> {
        if let Err(error) = self.prove(tx, proof)? {
            return Ok(Err(error));
        }
        self.keep_codes(tx, codes)?;
        self.note(tx, Happened::RecoveryMade).map(Ok)
    }

    /// Switches it off.
    ///
    /// # Errors
    /// When the database fails.
    pub fn off(&self, tx: &mut Tx<'_>, proof: Proof<'_>) -> Result<Result<(), SignInError>, DbError> {
        if let Err(error) = self.prove(tx, proof)? {
            return Ok(Err(error));
        }
        remove(tx, self.home, self.account)?;
        self.note(tx, Happened::FactorOff).map(Ok)
    }

    fn prove(&self, tx: &mut Tx<'_>, proof: Proof<'_>) -> Result<Result<(), SignInError>, DbError> {
        staff::prove(tx, self.home, self.key, self.account, proof, self.origin, self.now)
    }

    fn keep_codes(&self, tx: &mut Tx<'_>, codes: &[String]) -> Result<(), DbError> {
        tx.send(&DROP_RECOVERY, args![self.home, self.account])?;
        codes.iter().try_for_each(|code| {
            let kept = recovery(self.key, self.account, code);
            tx.put(&ADD_RECOVERY, args![self.home, self.account, kept])
        })
    }
}

/// Whether this is the code that the device shows now, or a recovery code: each is taken once.
pub(super) fn accept(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
    proof: Proof<'_>,
    now: Millis,
) -> Result<bool, DbError> {
    let Some(row) = row(tx, home, account)?.filter(|row| row.on_at.is_some()) else { return Ok(false) };
    match proof {
        Proof::Code(typed) => match seed(tx, home, key, &row)?.step_of(typed, now, row.step) {
            Some(step) => Ok(tx.exec(&STEP, &args![home, account, step])? == 1),
            None => Ok(false),
        },
        Proof::Recovery(typed) => {
            Ok(tx.exec(&USE_RECOVERY, &args![home, account, recovery(key, account, typed)])? == 1)
        }
    }
}

/// Removes a second factor with all that belongs to it.
pub(crate) fn remove(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<(), DbError> {
    if let Some(row) = row(tx, home, account)? {
        vault::factor::shred(tx, home, row.id)?;
        tx.send(&DROP_FACTOR, args![home, account])?;
    }
    tx.send(&DROP_RECOVERY, args![home, account])
}

/// What is kept of a recovery code; hyphens, blanks and capitals are as people like.
fn recovery(key: &VaultKey, account: AccountId, typed: &str) -> [u8; 32] {
    let plain = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    let text: String = plain.collect();
    key.mac(b"recovery", &[&account.0[..], text.as_bytes()].concat())
}
