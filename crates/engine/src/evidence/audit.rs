//! Comparing every entry of a log with the database: what was changed, taken out, put in or moved by hand is named.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use linli_tlog::{Edge, Hash, Tile, leaf_hash, tile::TILE_WIDTH};

use super::{
    Kind, Log,
    key::Era,
    log::{self, Stored},
    source::{self, Behind, Page, Place},
    tiles,
};
use crate::{
    Engine,
    cases::erase::erased_events,
    db::{Db, DbError, Tx, args, statements},
    ids::{CaseId, Jurisdiction},
};

statements! {
    // Goes through all events: an audit does.
    UNLOGGED = "SELECT e.case_id, e.seq, c.number FROM event e LEFT JOIN cases c ON c.jurisdiction = e.jurisdiction AND c.id = e.case_id
        WHERE e.jurisdiction = $1
        AND NOT EXISTS (SELECT 1 FROM feed_change f WHERE f.jurisdiction = e.jurisdiction AND f.case_id = e.case_id AND f.seq = e.seq AND f.kind = 0)
        AND NOT EXISTS (SELECT 1 FROM fresh_event n WHERE n.jurisdiction = e.jurisdiction AND n.at = e.at AND n.case_id = e.case_id AND n.seq = e.seq)
        ORDER BY e.at LIMIT 20";
}

/// Entries that are looked at in one transaction.
const PAGE: usize = 1_024;
/// Findings that are named one by one.
const NAMED: usize = 20;

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// What stands in the database is not what was recorded.
    Changed(String),
    /// What was recorded is not in the database any more.
    Dropped(String),
    /// What was recorded stands in the place of another.
    Moved {
        /// What stands here.
        what: String,
        /// Where it belongs: its place, from 1.
        belongs: u64,
    },
    /// The database has something that was never recorded.
    Unlogged(String),
    /// A place of the log is gone from the database.
    Place,
    /// The stored leaf is not the one in the tree.
    Leaf,
    /// The tree is not the one that was signed.
    Tree(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(what) => write!(f, "{what} was changed after it was recorded"),
            Self::Dropped(what) => write!(f, "{what} was recorded and is gone"),
            Self::Moved { what, belongs } => {
                write!(f, "{what} was put in another place; it belongs to entry {belongs}")
            }
            Self::Unlogged(what) => write!(f, "{what} was never recorded: it was put in by hand"),
            Self::Place => f.write_str("the place of this entry is gone"),
            Self::Leaf => f.write_str("the leaf of this entry is not the one in the tree"),
            Self::Tree(what) => f.write_str(what),
        }
    }
}

/// What an audit found.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Entries that were compared.
    pub checked: u64,
    /// Entries whose words were erased by right of whoever wrote them, as the log itself says.
    pub erased: u64,
    /// What was found, the first in the order of the log first; with the place from 1, or 0 for what has none.
    pub findings: Vec<(u64, Finding)>,
}

/// What an audit holds from page to page.
#[derive(Default)]
struct Course {
    audit: Audit,
    edge: Edge,
    /// Leaves of what stands in the database and is not what was recorded there, to find where they belong.
    astray: HashMap<[u8; 32], u64>,
    /// Events that cannot be compared, with their place and their name; most are in `erased` by the end.
    blank: Vec<(u64, (String, u64), String)>,
    /// Events of which the log says that they were erased.
    erased: HashSet<(String, u64)>,
}

impl Engine {
    /// Compares every entry of a log with the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, street: Jurisdiction) -> Result<Audit, DbError> {
        audit(&self.db, &self.log, street).await
    }
}

/// Compares every entry of a log with the database.
///
/// # Errors
/// When the database fails.
pub async fn audit(db: &Db, log: &Log, street: Jurisdiction) -> Result<Audit, DbError> {
    let Some(Stored { size, note, era, .. }) = db.read(move |tx: &mut Tx<'_>| log::head(tx, street)).await? else {
        return Ok(Audit::default());
    };
    let mut course = Course::default();
    while course.audit.checked < size {
        let from = course.audit.checked;
        let compare = move |tx: &mut Tx<'_>| {
            let (mut part, mut held) = (Vec::new(), None);
            let limit = PAGE.min(usize::try_from(size - from).unwrap_or(PAGE));
            let mut page = Page::read(tx, street, from, limit)?;
            for place in std::mem::take(&mut page.places) {
                part.push(compare(tx, street, &mut page, place, &mut held)?);
            }
            Ok::<_, DbError>(part)
        };
        let part = db.read(compare).await?;
        if part.is_empty() {
            course.find(from + 1, Finding::Place);
            break;
        }
        part.into_iter().for_each(|compared| course.take(compared));
    }
    course.judge(log, (street, era), size, &note);
    course.excuse();
    if !course.astray.is_empty() {
        let astray = std::mem::take(&mut course.astray);
        let found = db.read(move |tx: &mut Tx<'_>| belongs(tx, street, &astray)).await?;
        for (at, finding) in &mut course.audit.findings {
            if let (Some(to), Finding::Changed(what)) = (found.get(at), &*finding) {
                *finding = Finding::Moved { what: what.clone(), belongs: *to };
            }
        }
    }
    let extra = db.read(move |tx: &mut Tx<'_>| unlogged(tx, street)).await?;
    extra.into_iter().for_each(|what| course.find(0, Finding::Unlogged(what)));
    Ok(course.audit)
}

/// A place, beside what the tree and the database say of it.
struct Compared {
    place: Place,
    /// Its hash in the tree.
    tree: Option<Hash>,
    /// The leaf of what stands in the database.
    leaf: Option<[u8; 32]>,
    what: String,
    /// The case and the event, where the row is there and what opens it is not.
    blank: Option<(String, u64)>,
    /// Events that this entry says were erased.
    erased: Vec<(String, u64)>,
}

/// `held` is the tile of the place before: 256 places share one.
fn compare(
    tx: &mut Tx<'_>,
    street: Jurisdiction,
    page: &mut Page,
    place: Place,
    held: &mut Option<(Tile, Vec<u8>)>,
) -> Result<Compared, DbError> {
    let index = place.n - 1;
    let tile = Tile { level: 0, index: index / u64::from(TILE_WIDTH), width: TILE_WIDTH };
    let hashes = match held {
        Some((same, hashes)) if *same == tile => hashes,
        _ => &mut held.insert((tile, tiles::read(tx, street, tile)?)).1,
    };
    let from = usize::try_from(index % u64::from(TILE_WIDTH)).unwrap_or_default() * Hash::SIZE;
    let tree = hashes.get(from..from + Hash::SIZE).and_then(|hash| Hash::try_from(hash).ok());
    let (number, seq) = (page.number(&place), place.seq);
    let compared = |leaf, what, blank, erased| Compared { place: place.clone(), tree, leaf, what, blank, erased };
    Ok(match page.behind(tx, street, &place)? {
        Behind::Whole(source) => {
            let leaf = source.salt.leaf(&source.entry);
            let erased = Some(&source.text).filter(|_| place.kind == Kind::Record).and_then(|text| erased_events(text));
            let erased = erased.into_iter().flat_map(|(of, seqs)| seqs.into_iter().map(move |seq| (of.clone(), seq)));
            compared(Some(leaf), named(&source.entry.of, &source.entry.what, seq), None, erased.collect())
        }
        Behind::Blank => compared(None, named(&number, "", seq), Some((number.clone(), seq)), Vec::new()),
        Behind::Nothing => compared(None, named(&number, "", seq), None, Vec::new()),
    })
}

fn named(of: &str, what: &str, seq: u64) -> String {
    let what = if what.is_empty() { String::new() } else { format!(" ({what})") };
    if seq == 0 { format!("the record of a change: {of}{what}") } else { format!("event {seq} of case {of}{what}") }
}

impl Course {
    /// What cannot be compared was erased, if the log says so; otherwise it was taken away.
    fn excuse(&mut self) {
        for (n, event, what) in std::mem::take(&mut self.blank) {
            match self.erased.contains(&event) {
                true => self.audit.erased += 1,
                false => self.find(n, Finding::Dropped(what)),
            }
        }
        self.audit.findings.sort_by_key(|(n, _)| if *n == 0 { u64::MAX } else { *n });
    }

    /// Whether what the entries lead to is what was signed.
    fn judge(&mut self, log: &Log, (street, era): (Jurisdiction, Era), size: u64, note: &str) {
        let whole = self.edge.size() == size;
        match log.open(street, era, note) {
            Err(broken) => self.find(0, Finding::Tree(broken.to_string())),
            Ok(head) if whole && (head.size, head.root) != (size, self.edge.root()) => {
                let what = format!("the root over the {size} entries is not the one that was signed");
                self.find(0, Finding::Tree(what));
            }
            Ok(_) => {}
        }
    }

    fn find(&mut self, n: u64, finding: Finding) {
        if self.audit.findings.len() < NAMED {
            self.audit.findings.push((n, finding));
        }
    }

    fn take(&mut self, compared: Compared) {
        let Compared { place, tree, leaf, what, blank, erased } = compared;
        let n = self.audit.checked + 1;
        if place.n != n {
            self.find(n, Finding::Place);
        }
        self.audit.checked = place.n;
        self.edge.append(leaf_hash(&place.leaf));
        if tree != Some(leaf_hash(&place.leaf)) {
            self.find(place.n, Finding::Leaf);
        }
        if leaf == Some(place.leaf) {
            self.erased.extend(erased);
        }
        match leaf {
            None if blank.is_some() => self.blank.extend(blank.map(|event| (place.n, event, what))),
            None => self.find(place.n, Finding::Dropped(what)),
            Some(leaf) if leaf != place.leaf => {
                self.astray.insert(leaf, place.n);
                self.find(place.n, Finding::Changed(what));
            }
            Some(_) => {}
        }
    }
}

/// Where leaves that stand in the place of others belong: by the place where they stand.
fn belongs(
    tx: &mut Tx<'_>,
    street: Jurisdiction,
    astray: &HashMap<[u8; 32], u64>,
) -> Result<HashMap<u64, u64>, DbError> {
    let (mut found, mut from) = (HashMap::new(), 0);
    loop {
        let page = source::places(tx, street, from, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        from = last.n;
        found.extend(page.iter().filter_map(|place| Some((*astray.get(&place.leaf)?, place.n))));
    }
}

fn unlogged(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Vec<String>, DbError> {
    let named = |mut row: crate::db::Row| {
        let (id, seq, number): (CaseId, u64, Option<String>) = (row.take()?, row.take()?, row.take()?);
        Ok(named(&number.unwrap_or_else(|| id.to_string()), "", seq))
    };
    tx.query(&UNLOGGED, &args![street])?.into_iter().map(named).collect()
}
