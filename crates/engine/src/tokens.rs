//! What programs sign in with: a token acts as one seat, within scopes. The security administrator grants and revokes it
//! and never sees its secret; whoever sits on the seat fetches the secret, once. 256 random bits need no slow hash: the
//! database keeps their SHA-256.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Filter, FromCell, Row, Tx, Value, args, statements},
    digest, hex,
    ids::{AccountId, Jurisdiction, SeatId, TokenId},
    limits,
    seats::{Account, Role, Seat, account},
    words::words,
};

words! {
    /// What a token may be used for. Within it, the seat's own reach holds.
    Scope, "a scope":
    /// Reading cases, their files and messages.
    CasesRead = "cases:read",
    /// Filing requests.
    CasesFile = "cases:file",
    /// Acting on cases, messages among it.
    CasesAct = "cases:act",
    /// Adding files to cases.
    CasesAttach = "cases:attach",
    /// Following all changes.
    FeedRead = "feed:read",
    /// Reading places, units, duties, categories and flows.
    DirectoryRead = "directory:read",
    /// Reading how the program is doing.
    MetricsRead = "metrics:read",
}

/// A set of scopes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Of these.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let mut scopes: Vec<_> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// Whether a scope is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// All of them, in order.
    pub fn all(&self) -> &[Scope] {
        &self.0
    }

    fn text(&self) -> String {
        self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl FromCell for Scopes {
    const NAME: &'static str = "scopes";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        // A scope that this version does not know allows nothing.
        String::from_cell(cell).map(|text| Self::of(text.split(' ').filter_map(|word| word.parse().ok())))
    }
}

/// A token to be granted.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id.
    pub id: TokenId,
    /// The seat that it acts as.
    pub seat: SeatId,
    /// What it is for, in the words of whoever granted it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The most requests in a minute.
    pub per_minute: u32,
    /// Until just before this time.
    pub ends: Option<Millis>,
    /// Who granted it.
    pub by: AccountId,
}

/// Why a token was not granted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is empty or too long.
    #[error("a name has 1 to {} characters", limits::NAME_CHARS)]
    Name,
    /// It would be good for nothing.
    #[error("choose at least one scope")]
    NoScope,
    /// Too few or too many requests.
    #[error("1 to {} requests a minute", limits::TOKEN_MOST_PER_MINUTE)]
    Rate,
    /// It would have ended before it begins.
    #[error("the end lies in the past")]
    Past,
    /// There is no such seat, or it has ended.
    #[error("there is no such seat, or it has ended")]
    NoSeat,
    /// The seat has as many as it may.
    #[error("this seat has {} tokens; revoke one first", limits::TOKENS_OF_SEAT)]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl crate::db::WorkError for TokenError {
    fn db(&self) -> Option<&DbError> {
        if let Self::Db(error) = self { Some(error) } else { None }
    }
}

/// A token as its administrator and its holder see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The most requests in a minute.
    pub per_minute: u32,
    /// When it was granted.
    pub made_at: Millis,
    /// When it ends.
    pub ends_at: Option<Millis>,
    /// When its secret was fetched.
    pub fetched_at: Option<Millis>,
    /// When it was used last, by the hour.
    pub used_at: Option<Millis>,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
    /// The account that sits on its seat.
    pub account: Account,
    /// Its seat.
    pub seat: Seat,
}

impl Token {
    /// Whether it would be let in now, once its secret has been fetched.
    pub fn lives(&self, now: Millis) -> bool {
        let seat = self.seat.from <= now && self.seat.until.is_none_or(|until| until > now);
        self.revoked_at.is_none() && self.ends_at.is_none_or(|end| end > now) && seat && !self.account.disabled
    }
}

/// The text of a token: `linli_` and 64 hexadecimal digits, so that it is recognised where it should not lie about.
pub fn secret_text(secret: [u8; 32]) -> String {
    format!("{PREFIX}{}", hex(&secret))
}

const PREFIX: &str = "linli_";

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix(PREFIX)?;
    let good = digits.len() == 64 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    good.then(|| digest(text.as_bytes()))
}

statements! {
    // The head of lists; filters are added to it.
    TOKENS = "SELECT t.id, t.name, t.scopes, t.per_minute, t.made_at, t.ends_at, t.fetched_at, t.used_at, t.revoked_at,
        a.id, a.login, a.name, a.disabled_at IS NOT NULL, a.first_at IS NOT NULL, s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at
        FROM token t JOIN seat s ON s.jurisdiction = t.jurisdiction AND s.id = t.seat
        JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        WHERE t.jurisdiction = $1";
    FIND = "SELECT t.id, t.name, t.scopes, t.per_minute, t.made_at, t.ends_at, t.fetched_at, t.used_at, t.revoked_at,
        a.id, a.login, a.name, a.disabled_at IS NOT NULL, a.first_at IS NOT NULL, s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at
        FROM token t JOIN seat s ON s.jurisdiction = t.jurisdiction AND s.id = t.seat
        JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        WHERE t.jurisdiction = $1 AND t.digest = $2";
    // Changes nothing, but makes grants to one seat wait for each other.
    HOLD = "UPDATE seat SET from_at = from_at WHERE jurisdiction = $1 AND id = $2 AND from_at <= $3
        AND (until_at IS NULL OR until_at > $3)
        AND NOT EXISTS (SELECT 1 FROM cover c WHERE c.jurisdiction = $1 AND c.seat = $2)";
    HELD = "SELECT count(*) FROM token WHERE jurisdiction = $1 AND seat = $2 AND revoked_at IS NULL
        AND (ends_at IS NULL OR ends_at > $3)";
    GRANT = "INSERT INTO token (jurisdiction, id, seat, name, scopes, per_minute, made_at, made_by, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FETCH = "UPDATE token SET digest = $4, fetched_at = $5 WHERE jurisdiction = $1 AND id = $2 AND revoked_at IS NULL
        AND (ends_at IS NULL OR ends_at > $5) AND seat IN (SELECT id FROM seat WHERE jurisdiction = $1 AND account = $3)";
    REVOKE = "UPDATE token SET revoked_at = $3, digest = NULL WHERE jurisdiction = $1 AND id = $2 AND revoked_at IS NULL";
    USED = "UPDATE token SET used_at = $3 WHERE jurisdiction = $1 AND id = $2 AND (used_at IS NULL OR used_at < $3)";
}

/// Grants a token; its secret is yet to be fetched.
///
/// # Errors
/// [`TokenError`].
pub fn grant(tx: &mut Tx<'_>, home: Jurisdiction, new: &Grant, now: Millis) -> Result<(), TokenError> {
    let name = new.name.trim();
    if !(1..=limits::NAME_CHARS).contains(&name.chars().count()) {
        return Err(TokenError::Name);
    }
    if new.scopes.all().is_empty() {
        return Err(TokenError::NoScope);
    }
    if !(1..=limits::TOKEN_MOST_PER_MINUTE).contains(&new.per_minute) {
        return Err(TokenError::Rate);
    }
    if new.ends.is_some_and(|end| end <= now) {
        return Err(TokenError::Past);
    }
    if tx.exec(&HOLD, &args![home, new.seat, now])? == 0 {
        return Err(TokenError::NoSeat);
    }
    let held: u64 = tx.first(&HELD, &args![home, new.seat, now])?.map_or(Ok(0), |mut row| row.take())?;
    if held >= limits::TOKENS_OF_SEAT {
        return Err(TokenError::TooMany);
    }
    let Grant { id, seat, scopes, per_minute, ends, by, .. } = new;
    Ok(tx.put(&GRANT, args![home, *id, *seat, name, scopes.text(), *per_minute, now, *by, *ends])?)
}

/// Gives a token a new secret, in place of any before it, where it belongs to a seat of this account. The text is shown
/// once and kept nowhere. False when there is no such token, or it is over.
///
/// # Errors
/// When the database fails.
pub fn fetch(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    id: TokenId,
    account: AccountId,
    text: &str,
    now: Millis,
) -> Result<bool, DbError> {
    Ok(tx.exec(&FETCH, &args![home, id, account, digest(text.as_bytes()), now])? == 1)
}

/// Ends a token at once. False when it had been, or never was.
///
/// # Errors
/// When the database fails.
pub fn revoke(tx: &mut Tx<'_>, home: Jurisdiction, id: TokenId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&REVOKE, &args![home, id, now])? == 1)
}

/// The living token of a text: its digest is looked up by the index `token_digest`.
///
/// # Errors
/// When the database fails.
pub fn find(tx: &mut Tx<'_>, home: Jurisdiction, text: &str, now: Millis) -> Result<Option<Token>, DbError> {
    let Some(digest) = digest_of(text) else { return Ok(None) };
    let found = tx.first(&FIND, &args![home, digest])?.map(token).transpose()?;
    Ok(found.filter(|token| token.lives(now)))
}

/// Notes that a token is in use: the hour, not the minute, and only where it is a later one.
///
/// # Errors
/// When the database fails.
pub fn used(tx: &mut Tx<'_>, home: Jurisdiction, id: TokenId, hour: Millis) -> Result<(), DbError> {
    tx.send(&USED, args![home, id, hour])
}

/// One token, living or not.
///
/// # Errors
/// When the database fails.
pub fn get(tx: &mut Tx<'_>, home: Jurisdiction, id: TokenId) -> Result<Option<Token>, DbError> {
    let mut page = Filter::of(&TOKENS, args![home]);
    page.and("t.id = $$", args![id]);
    page.tail("", 1);
    tx.list(&page)?.into_iter().next().map(token).transpose()
}

/// A page of all tokens, newest first, those granted before `before` (by the primary key).
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx<'_>, home: Jurisdiction, before: Option<TokenId>, limit: usize) -> Result<Vec<Token>, DbError> {
    let mut page = Filter::of(&TOKENS, args![home]);
    if let Some(before) = before {
        page.and("t.id < $$", args![before]);
    }
    page.tail("ORDER BY t.id DESC", limit);
    tx.list(&page)?.into_iter().map(token).collect()
}

/// The tokens of an account's seats that are not over, newest first (by the indexes `seat_account` and `token_seat`).
///
/// # Errors
/// When the database fails.
pub fn of_account(tx: &mut Tx<'_>, home: Jurisdiction, of: AccountId, now: Millis) -> Result<Vec<Token>, DbError> {
    let mut page = Filter::of(&TOKENS, args![home]);
    page.and("s.account = $$ AND t.revoked_at IS NULL", args![of]);
    page.tail("ORDER BY t.id DESC", limits::PAGE);
    let all: Vec<Token> = tx.list(&page)?.into_iter().map(token).collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|token| token.lives(now)).collect())
}

fn token(mut row: Row) -> Result<Token, DbError> {
    Ok(Token {
        id: row.take()?,
        name: row.take()?,
        scopes: row.take()?,
        per_minute: row.take()?,
        made_at: row.take()?,
        ends_at: row.take()?,
        fetched_at: row.take()?,
        used_at: row.take()?,
        revoked_at: row.take()?,
        account: account(&mut row)?,
        seat: Seat {
            id: row.take()?,
            account: row.take()?,
            org: row.take()?,
            role: row.take::<Role>()?,
            place: row.take()?,
            from: row.take()?,
            until: row.take()?,
            // A cover is for a person and a while: no program acts on one.
            cover: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A text has one spelling; anything else is not even looked up.
        #[test]
        fn one_spelling(secret in any::<[u8; 32]>(), at in 0_usize..70, other in any::<char>()) {
            let text = secret_text(secret);
            prop_assert_eq!(text.len(), 70);
            prop_assert_eq!(digest_of(&text), Some(digest(text.as_bytes())));
            let changed: String = text.chars().enumerate().map(|(n, c)| if n == at { other } else { c }).collect();
            let hexadecimal = other.is_ascii_digit() || ('a'..='f').contains(&other);
            prop_assert_eq!(digest_of(&changed).is_some(), changed == text || at >= PREFIX.len() && hexadecimal);
        }

        /// What is written is what is read.
        #[test]
        fn scopes_survive_their_row(picked in proptest::collection::vec(0..Scope::ALL.len(), 0..9)) {
            let scopes = Scopes::of(picked.iter().map(|n| Scope::ALL[*n]));
            prop_assert_eq!(Scopes::from_cell(Value::Text(scopes.text())), Ok(scopes));
        }
    }
}
