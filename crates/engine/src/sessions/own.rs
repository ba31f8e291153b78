//! One's own second factor: switching it on, adding to it, taking from it. Once something is on, it is shown before anything
//! is changed, and then the session may change it for a few minutes.

use linli_worktime::Millis;

use super::{
    Origin, SignInError, Token, Who, end_others,
    factor::{self, Proof},
    passkeys::{self, Waits},
    staff,
};
use crate::{
    db::{DbError, Tx, args, statements},
    ids::{AccountId, Jurisdiction},
    limits,
    passkey::{Challenge, Made, Party},
    security::{self, Happened},
    totp::Seed,
    vault::VaultKey,
};

statements! {
    PROVE = "UPDATE session SET proved_until = $3 WHERE jurisdiction = $1 AND token = $2";
    PROVED = "SELECT 1 FROM session WHERE jurisdiction = $1 AND token = $2 AND proved_until > $3";
}

/// What became of switching a factor on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    /// Something is on already, and it has to be shown first.
    Unproved,
    /// The code or the passkey is not good.
    Refused,
    /// It is the first: its owner is given the recovery codes.
    First,
    /// It stands beside what was on.
    Another,
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

    /// Whether it may be changed now: nothing is on yet, or it was shown in this session a moment ago.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_free(&self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        if !factor::is_on(tx, self.home, self.account)? {
            return Ok(true);
        }
        let Some(token) = self.token() else { return Ok(false) };
        Ok(tx.first(&PROVED, &args![self.home, token.digest(), self.now])?.is_some())
    }

    fn token(&self) -> Option<Token> {
        Token::parse(self.cookie).map(|(_, token)| token)
    }

    /// Opens the way to changes for [`limits::PROVED_MS`], in this session.
    ///
    /// # Errors
    /// When the database fails.
    pub fn prove(&self, tx: &mut Tx<'_>, proof: Proof<'_>) -> Result<Result<(), SignInError>, DbError> {
        let token = self.token();
        let challenge = match (proof, &token) {
            (Proof::Passkey(..), Some(token)) => passkeys::take(tx, self.home, Waits::Session(token), self.now)?,
            _ => None,
        };
        let given = (proof, challenge);
        if let Err(error) = staff::prove(tx, self.home, self.key, self.account, given, self.origin, self.now)? {
            return Ok(Err(error));
        }
        if let Some(token) = token {
            tx.send(&PROVE, args![self.home, token.digest(), self.now.plus(limits::PROVED_MS)])?;
        }
        Ok(Ok(()))
    }

    /// Begins to set codes up; false where something else has to be shown first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin(&self, tx: &mut Tx<'_>, new: &Seed) -> Result<bool, DbError> {
        let is_free = self.is_free(tx)?;
        if is_free {
            factor::begin(tx, self.home, self.key, self.account, new)?;
        }
        Ok(is_free)
    }

    /// Switches codes on by the first of them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn confirm(&self, tx: &mut Tx<'_>, typed: &str, codes: &[String]) -> Result<Switched, DbError> {
        let (home, account) = (self.home, self.account);
        if !self.is_free(tx)? {
            return Ok(Switched::Unproved);
        }
        let is_first = !factor::is_on(tx, home, account)?;
        if !factor::switch_on(tx, home, self.key, account, typed, self.now)? {
            return Ok(Switched::Refused);
        }
        self.note(tx, Happened::FactorOn)?;
        self.switched(tx, is_first, codes)
    }

    /// Asks for a passkey in this session; the ones that the account has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ask(&self, tx: &mut Tx<'_>, challenge: Challenge) -> Result<Vec<Vec<u8>>, DbError> {
        if let Some(token) = self.token() {
            passkeys::ask(tx, self.home, Waits::Session(&token), challenge, self.now)?;
        }
        passkeys::known(tx, self.home, self.account)
    }

    /// Takes a new passkey.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_passkey(
        &self,
        tx: &mut Tx<'_>,
        party: &Party,
        made: &Made,
        name: &str,
        codes: &[String],
    ) -> Result<Switched, DbError> {
        let (home, account) = (self.home, self.account);
        if !self.is_free(tx)? {
            return Ok(Switched::Unproved);
        }
        let Some(token) = self.token() else { return Ok(Switched::Refused) };
        let Some(challenge) = passkeys::take(tx, home, Waits::Session(&token), self.now)? else {
            return Ok(Switched::Refused);
        };
        let (is_first, known) = (!factor::is_on(tx, home, account)?, passkeys::known(tx, home, account)?);
        let passkey = made.check(party, challenge).ok().filter(|_| known.len() < limits::PASSKEYS);
        let Some(passkey) = passkey else { return Ok(Switched::Refused) };
        if !passkeys::add(tx, home, account, &passkey, name, self.now)? {
            return Ok(Switched::Refused);
        }
        self.note(tx, Happened::PasskeyAdded)?;
        self.switched(tx, is_first, codes)
    }

    /// With the first factor come recovery codes, and what is open elsewhere ends.
    fn switched(&self, tx: &mut Tx<'_>, is_first: bool, codes: &[String]) -> Result<Switched, DbError> {
        if !is_first {
            return Ok(Switched::Another);
        }
        factor::keep_codes(tx, self.home, self.key, self.account, codes)?;
        end_others(tx, self.home, Who::Staff(self.account), self.cookie, self.origin, self.now)?;
        Ok(Switched::First)
    }

    /// Takes these recovery codes in place of all before them; false where something has to be shown first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew(&self, tx: &mut Tx<'_>, codes: &[String]) -> Result<bool, DbError> {
        if !self.is_free(tx)? || !factor::is_on(tx, self.home, self.account)? {
            return Ok(false);
        }
        factor::keep_codes(tx, self.home, self.key, self.account, codes)?;
        self.note(tx, Happened::RecoveryMade)?;
        Ok(true)
    }

    /// Switches codes off; false where something has to be shown first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn off(&self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        if !self.is_free(tx)? {
            return Ok(false);
        }
        if factor::has_codes(tx, self.home, self.account)? {
            factor::drop_codes(tx, self.home, self.account)?;
            self.note(tx, Happened::FactorOff)?;
        }
        self.tidy(tx)
    }

    /// Removes a passkey; false where something has to be shown first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove_passkey(&self, tx: &mut Tx<'_>, id: [u8; 16]) -> Result<bool, DbError> {
        if !self.is_free(tx)? {
            return Ok(false);
        }
        if passkeys::remove(tx, self.home, self.account, id)? {
            self.note(tx, Happened::PasskeyRemoved)?;
        }
        self.tidy(tx)
    }

    /// Recovery codes go with the last factor that they stand for.
    fn tidy(&self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        if !factor::is_on(tx, self.home, self.account)? {
            factor::drop_recovery(tx, self.home, self.account)?;
        }
        Ok(true)
    }
}
