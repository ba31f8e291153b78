//! Changes for two: what would put one administrator in another's place, or ask less of whoever comes in, is proposed by
//! one person and done when a second confirms it (separation of duties, GB/T 22239-2019 8.1.10.2). What takes power away
//! (ending a seat, shutting an account) is done at once by one.

use linli_worktime::Millis;
use serde_json::{Value as Json, json};

use super::{
    Account, Login, PasswordHash, Seat, SeatError,
    keep::{self, Pen},
};
use crate::{
    db::{DbError, Row, Tx, args, statements},
    ids::{AccountId, Jurisdiction, ProposalId},
    limits,
    record::{self, Act, Deed, What},
    sessions::{Required, factor},
    words::words,
};

words! {
    /// What sort of change is proposed.
    Kind, "a sort of change that two make":
    /// A seat of an administrator.
    Seat = "seat",
    /// A new first password for somebody who holds a seat.
    Password = "password",
    /// The second factor of somebody who holds a seat is taken off.
    Factor = "factor",
    /// Less is asked of whoever comes in.
    Doors = "doors",
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A seat for whom the proposal is about; it is from when it is confirmed.
    Seat(Seat),
    /// A new first password.
    Password,
    /// To take the second factor off.
    Factor,
    /// Who has to have a second factor from then on.
    Doors(Required),
}

/// A change that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// Since when.
    pub at: Millis,
    /// Who proposed it, and under which login.
    pub by: (AccountId, String),
    /// Whose seat, password or factor it is.
    pub about: Option<Account>,
    /// What.
    pub change: Change,
}

impl Proposal {
    /// Whether this person may confirm it: neither who proposed it nor whom it is about.
    pub fn may_confirm(&self, who: AccountId) -> bool {
        self.by.0 != who && self.about.as_ref().is_none_or(|about| about.id != who)
    }

    fn deed(&self, act: Act) -> Deed {
        let login = self.about.as_ref().map_or("", |about| about.login.as_str());
        let (what, subject, facts) = match &self.change {
            Change::Seat(seat) => (What::Seat, seat.id.to_string(), keep::seat_json(seat, login)),
            Change::Password => (What::Account, login.to_owned(), json!({ "proposal": Kind::Password })),
            Change::Factor => (What::Account, login.to_owned(), json!({ "proposal": Kind::Factor })),
            Change::Doors(rule) => (What::Setting, factor::SETTING.to_owned(), json!({ "value": rule })),
        };
        Deed { what, subject, act, was: None, became: Some(facts) }
    }
}

statements! {
    HOLDS = "SELECT 1 FROM seat WHERE jurisdiction = $1 AND account = $2 AND (until_at IS NULL OR until_at > $3) LIMIT 1";
    ADD = "INSERT INTO proposal (jurisdiction, id, at, proposer, kind, account, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // As many as nobody has decided within a week.
    WAITING = "SELECT p.id, p.at, p.proposer, b.login, p.kind, p.detail, a.id, a.login, a.name, a.disabled_at IS NOT NULL,
        a.first_at IS NOT NULL FROM proposal p
        JOIN account b ON b.jurisdiction = p.jurisdiction AND b.id = p.proposer
        LEFT JOIN account a ON a.jurisdiction = p.jurisdiction AND a.id = p.account
        WHERE p.jurisdiction = $1 AND p.at > $2 ORDER BY p.at, p.id";
    GONE = "DELETE FROM proposal WHERE jurisdiction = $1 AND id = $2";
    LAPSED = "DELETE FROM proposal WHERE jurisdiction = $1 AND at <= $2";
}

/// Whether somebody holds a seat, now or later: whoever got into their account would sit on it.
pub(super) fn holds_a_seat(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    now: Millis,
) -> Result<bool, DbError> {
    Ok(tx.first(&HOLDS, &args![home, account, now])?.is_some())
}

/// What waits for a second person, the oldest first. What nobody decided within [`limits::PROPOSAL_MS`] lapsed.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<Vec<Proposal>, DbError> {
    let since = now.plus(-limits::PROPOSAL_MS);
    tx.query(&WAITING, &args![home, since])?.into_iter().map(proposal).collect()
}

fn proposal(mut row: Row) -> Result<Proposal, DbError> {
    let (id, at, by) = (row.take()?, row.take()?, (row.take()?, row.take()?));
    let (kind, detail): (String, String) = (row.take()?, row.take()?);
    let about: (Option<AccountId>, Option<Login>) = (row.take()?, row.take()?);
    let about = match about {
        (Some(id), Some(login)) => {
            let (name, disabled, must_change) = (row.take()?, row.take()?, row.take()?);
            Some(Account { id, login, name, disabled, must_change })
        }
        _ => None,
    };
    let odd = || DbError::Corrupt(format!("a proposal `{kind}` of `{detail}`"));
    let facts: Json = serde_json::from_str(&detail).map_err(|_| odd())?;
    let change = change(&kind, &facts, about.as_ref(), at).ok_or_else(odd)?;
    Ok(Proposal { id, at, by, about, change })
}

fn change(kind: &str, facts: &Json, about: Option<&Account>, at: Millis) -> Option<Change> {
    let word = |key: &str| facts.get(key).and_then(Json::as_str);
    Some(match kind.parse().ok()? {
        Kind::Password => Change::Password,
        Kind::Factor => Change::Factor,
        Kind::Doors => Change::Doors(word("value")?.parse().ok()?),
        Kind::Seat => Change::Seat(Seat {
            id: word("id")?.parse().ok()?,
            account: about?.id,
            org: word("org")?.parse().ok()?,
            role: word("role")?.parse().ok()?,
            place: word("place")?.parse().ok()?,
            from: at,
            until: None,
            cover: None,
        }),
    })
}

impl Pen<'_> {
    /// Says who has to have a second factor; asking less than before needs a second person.
    ///
    /// # Errors
    /// [`SeatError::Alone`].
    pub fn require(&self, tx: &mut Tx<'_>, was: Required, to: Required) -> Result<(), SeatError> {
        self.confirmed(to < was)?;
        Ok(factor::require(tx, self.home, self.by, to, self.now)?)
    }

    /// Lets a change wait for a second person. The same id once more is the same proposal.
    ///
    /// # Errors
    /// When a command proposes it, which needs nobody, or the database fails.
    pub fn propose(
        &self,
        tx: &mut Tx<'_>,
        id: ProposalId,
        about: Option<&Account>,
        change: Change,
    ) -> Result<(), SeatError> {
        let proposer = self.by.account().ok_or(SeatError::NoAccount)?;
        tx.send(&LAPSED, args![self.home, self.now.plus(-limits::PROPOSAL_MS)])?;
        let (kind, detail) = match &change {
            Change::Password => (Kind::Password, json!({})),
            Change::Factor => (Kind::Factor, json!({})),
            Change::Doors(rule) => (Kind::Doors, json!({ "value": rule })),
            Change::Seat(seat) => {
                super::may_hold(tx, self.home, seat)?;
                let facts = json!({ "id": seat.id, "org": seat.org, "role": seat.role, "place": seat.place });
                (Kind::Seat, facts)
            }
        };
        let of = about.map(|about| about.id);
        tx.put(&ADD, args![self.home, id, self.now, proposer, kind.as_str(), of, detail.to_string()])?;
        let by = (proposer, String::new());
        let proposal = Proposal { id, at: self.now, by, about: about.cloned(), change };
        Ok(record::note(tx, self.home, self.by, proposal.deed(Act::Proposed), self.now)?)
    }

    /// Does what somebody else proposed. A new first password is hashed beforehand, because that is slow.
    ///
    /// # Errors
    /// [`SeatError::Involved`], [`SeatError::Decided`]; as the change itself.
    pub fn confirm(
        &self,
        tx: &mut Tx<'_>,
        id: ProposalId,
        password: Option<&PasswordHash>,
    ) -> Result<Proposal, SeatError> {
        let proposal = self.take(tx, id)?;
        if !self.by.account().is_some_and(|who| proposal.may_confirm(who)) {
            return Err(SeatError::Involved);
        }
        let pen = Pen { proposer: Some(&proposal.by.1), ..*self };
        let about = proposal.about.as_ref().ok_or(SeatError::NoAccount);
        match &proposal.change {
            Change::Seat(seat) => pen.grant(tx, about?, &Seat { from: self.now, ..seat.clone() })?,
            Change::Factor => drop(pen.take_factor(tx, about?)?),
            Change::Password => {
                let about = about?;
                let password = password.filter(|_| !about.disabled).ok_or(SeatError::NoAccount)?;
                pen.first_password(tx, about, password)?;
            }
            // Whether it is less than before was weighed when it was proposed.
            Change::Doors(rule) => pen.require(tx, *rule, *rule)?,
        }
        Ok(proposal)
    }

    /// Turns a proposal down, or takes one's own back.
    ///
    /// # Errors
    /// [`SeatError::Decided`].
    pub fn decline(&self, tx: &mut Tx<'_>, id: ProposalId) -> Result<(), SeatError> {
        let proposal = self.take(tx, id)?;
        let mut deed = proposal.deed(Act::Declined);
        deed.was = deed.became.take();
        Ok(record::note(tx, self.home, self.by, deed, self.now)?)
    }

    /// Takes a proposal off the list: of two who decide at once, one does.
    fn take(&self, tx: &mut Tx<'_>, id: ProposalId) -> Result<Proposal, SeatError> {
        let found = waiting(tx, self.home, self.now)?.into_iter().find(|proposal| proposal.id == id);
        let proposal = found.ok_or(SeatError::Decided)?;
        if tx.exec(&GONE, &args![self.home, id])? == 1 { Ok(proposal) } else { Err(SeatError::Decided) }
    }
}
