//! The second factor of staff: passkeys, codes that follow the time, and recovery codes for whoever lost the device. It is on
//! with the first passkey, or once a first code was given. Who has to have one is a setting of the office.

use linli_worktime::Millis;

pub use super::own::{Own, Switched};
use super::passkeys::{self, Worth};
use crate::{
    db::{DbError, Tx, Value, args, statements},
    edge,
    ids::{AccountId, Jurisdiction},
    limits,
    passkey::{Challenge, Party, Shown},
    record::By,
    seats::{Seat, keep},
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
    /// What a passkey answered, and where this is.
    Passkey(&'p Party, &'p Shown),
}

/// How it stands with the second factor of an account.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct State {
    /// Since when codes are on.
    pub on_at: Option<Millis>,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<passkeys::Owned>,
    /// Recovery codes that are left.
    pub left: u32,
}

impl State {
    /// Since when there is one of either kind.
    pub fn since(&self) -> Option<Millis> {
        self.on_at.into_iter().chain(self.passkeys.iter().map(|own| own.made_at)).min()
    }
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
    let on_at = row(tx, home, account)?.and_then(|row| row.on_at);
    let passkeys = passkeys::of_account(tx, home, account)?;
    let left = tx.first(&LEFT, &args![home, account])?.map_or(Ok(0), |mut row| row.take())?;
    Ok(State { on_at, passkeys, left })
}

/// Whether codes are on.
pub(super) fn has_codes(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<bool, DbError> {
    Ok(row(tx, home, account)?.is_some_and(|row| row.on_at.is_some()))
}

/// Whether there is a second factor of either kind.
pub(crate) fn is_on(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<bool, DbError> {
    Ok(has_codes(tx, home, account)? || passkeys::any(tx, home, account)?)
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

/// Begins to set codes up: keeps a new seed, in place of one that was never confirmed. Nothing where they are on already.
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
    if has_codes(tx, home, account)? {
        return Ok(());
    }
    drop_codes(tx, home, account)?;
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

/// Whether this is the code that the device shows now, a recovery code, or a passkey's answer to this question: each is
/// taken once.
pub(super) fn accept(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
    (proof, challenge): (Proof<'_>, Option<Challenge>),
    now: Millis,
) -> Result<Worth, DbError> {
    let good = match proof {
        Proof::Passkey(party, shown) => {
            let Some(challenge) = challenge else { return Ok(Worth::Nothing) };
            return passkeys::accept(tx, home, account, (party, shown), challenge, now);
        }
        Proof::Code(typed) => match row(tx, home, account)?.filter(|row| row.on_at.is_some()) {
            Some(row) => match seed(tx, home, key, &row)?.step_of(typed, now, row.step) {
                Some(step) => tx.exec(&STEP, &args![home, account, step])? == 1,
                None => false,
            },
            None => false,
        },
        Proof::Recovery(typed) => {
            is_on(tx, home, account)?
                && tx.exec(&USE_RECOVERY, &args![home, account, recovery(key, account, typed)])? == 1
        }
    };
    Ok(if good { Worth::Good } else { Worth::Nothing })
}

/// Removes a second factor with all that belongs to it.
pub(crate) fn remove(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<(), DbError> {
    drop_codes(tx, home, account)?;
    passkeys::remove_all(tx, home, account)?;
    drop_recovery(tx, home, account)
}

pub(super) fn drop_codes(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<(), DbError> {
    let Some(row) = row(tx, home, account)? else { return Ok(()) };
    vault::factor::shred(tx, home, row.id)?;
    tx.send(&DROP_FACTOR, args![home, account])
}

/// Switches codes on, if this is one of the seed that waits.
pub(super) fn switch_on(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
    typed: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let Some(row) = row(tx, home, account)?.filter(|row| row.on_at.is_none()) else { return Ok(false) };
    let Some(step) = seed(tx, home, key, &row)?.step_of(typed, now, row.step) else { return Ok(false) };
    Ok(tx.exec(&ON, &args![home, account, now, step])? == 1)
}

/// Keeps these recovery codes in place of all before them.
pub(super) fn keep_codes(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
    codes: &[String],
) -> Result<(), DbError> {
    drop_recovery(tx, home, account)?;
    codes.iter().try_for_each(|code| tx.put(&ADD_RECOVERY, args![home, account, recovery(key, account, code)]))
}

/// Makes the recovery codes worth nothing.
pub(super) fn drop_recovery(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<(), DbError> {
    tx.send(&DROP_RECOVERY, args![home, account])
}

/// What is kept of a recovery code; hyphens, blanks and capitals are as people like.
fn recovery(key: &VaultKey, account: AccountId, typed: &str) -> [u8; 32] {
    let plain = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    let text: String = plain.collect();
    key.mac(b"recovery", &[&account.0[..], text.as_bytes()].concat())
}
