//! Comparing every entry of a log with the database: what was changed, taken out, put in or moved by hand is named.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use linli_tlog::{Edge, Hash, Tile, leaf_hash, tile::TILE_WIDTH};

use super::{
    Kind, Log, heads,
    key::Era,
    log::{self, Broken, Stored},
    source::{self, Behind, Page, Place},
    state, tiles,
};
use crate::{
    Engine,
    attachments::{self, Digest, Store},
    cases::erase::{self, Erasure},
    db::{Db, DbError, Tx, args, statements},
    ids::{AttachmentId, CaseId, Jurisdiction},
    record,
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
    /// The row of a case is not what its events make of it.
    State {
        /// The number of the case.
        case: String,
        /// Which part of it.
        part: &'static str,
    },
    /// The content of a file is gone from the disk, or is another.
    Content {
        /// The file and its case.
        what: String,
        /// What is wrong with it.
        why: String,
    },
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
            Self::State { case, part } => write!(f, "{part} of case {case} is not what its events say"),
            Self::Content { what, why } => write!(f, "the content of {what} is not what was recorded: {why}"),
        }
    }
}

/// What an audit found.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Entries that were compared.
    pub checked: u64,
    /// Entries whose words were erased by right of whoever wrote them, or let go of in their time, as the log itself says.
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
    /// What cannot be compared, with its place and its name; most are in `erased` by the end.
    blank: Vec<(u64, Lost, String)>,
    /// Of what the log says that it was erased.
    erased: HashSet<Lost>,
    /// Files whose content is to be looked at.
    files: Vec<(u64, String, Digest)>,
}

/// Something whose row is there without what opens it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Lost {
    Event(String, u64),
    File(AttachmentId),
}

impl Engine {
    /// Compares every entry of a log with the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, street: Jurisdiction) -> Result<Audit, DbError> {
        audit(&self.db, &self.log, Some(&self.files), street).await
    }
}

/// Compares every entry of a log with the database, and what it says of files with their contents, where there is a store
/// that can open them.
///
/// # Errors
/// When the database fails.
pub async fn audit(db: &Db, log: &Log, store: Option<&Store>, street: Jurisdiction) -> Result<Audit, DbError> {
    let Some(Stored { size, note, era, witnessed }) = db.read(move |tx: &mut Tx<'_>| log::head(tx, street)).await?
    else {
        return headless(db, log, street).await;
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
        if let Some(store) = store {
            course.look(store).await?;
        }
    }
    course.judge(log, (street, era), size, &note);
    for wrong in heads::wrong(db, log, (street, era), size, witnessed).await? {
        course.find(0, Finding::Tree(wrong));
    }
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
    for (case, part) in state::differing(db, street).await? {
        course.find(0, Finding::State { case, part });
    }
    Ok(course.audit)
}

/// A street without a head: there is nothing to compare, unless there was.
async fn headless(db: &Db, log: &Log, street: Jurisdiction) -> Result<Audit, DbError> {
    let tile = Tile { level: 0, index: 0, width: TILE_WIDTH };
    let has_tiles = !db.read(move |tx: &mut Tx<'_>| tiles::read(tx, street, tile)).await?.is_empty();
    let mut course = Course::default();
    match log.signed(street, Era::default()) {
        Err(Broken::Db(error)) => return Err(error),
        Err(broken) => course.find(0, Finding::Tree(broken.to_string())),
        Ok(Some(head)) => {
            let broken = Broken::Older { signed: head.size, there: 0 };
            course.find(0, Finding::Tree(broken.to_string()));
        }
        Ok(None) if has_tiles => {
            course.find(0, Finding::Tree("the head of the log is gone: its tiles are there".into()))
        }
        Ok(None) => {}
    }
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
    /// Where the row is there and what opens it is not.
    blank: Option<Lost>,
    /// What this entry says was erased.
    erased: Vec<Lost>,
    /// The content of a file.
    content: Option<Digest>,
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
    let (name, content) = page.content(&place).unzip();
    let what = match (place.kind, name) {
        (Kind::File, Some(name)) => format!("the file `{name}` of case {number}"),
        (Kind::File, None) => format!("a file of case {number}"),
        _ => named(&number, "", seq),
    };
    let is_file = place.kind == Kind::File;
    let lost = || if is_file { Lost::File(AttachmentId(place.id)) } else { Lost::Event(number.clone(), seq) };
    let behind = page.behind(tx, street, &place)?;
    let blank = matches!(behind, Behind::Blank).then(lost);
    let mut compared = Compared { tree, leaf: None, what, blank, erased: Vec::new(), content, place };
    match behind {
        Behind::Whole(source) => {
            compared.leaf = Some(source.salt.leaf(&source.entry));
            if !is_file {
                compared.what = named(&source.entry.of, &source.entry.what, seq);
            }
            if compared.place.kind == Kind::Record {
                compared.erased = erase::erased(&source.text).map(all).unwrap_or_default();
            }
        }
        Behind::Blank | Behind::Nothing => {}
    }
    Ok(compared)
}

/// What an erasure took.
fn all(erasure: Erasure) -> Vec<Lost> {
    let Erasure { case, events, files } = erasure;
    let events = events.into_iter().map(|seq| Lost::Event(case.clone(), seq));
    events.chain(files.into_iter().map(Lost::File)).collect()
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

    /// Whether the contents of files are what the log says.
    async fn look(&mut self, store: &Store) -> Result<(), DbError> {
        let (store, files) = (store.clone(), std::mem::take(&mut self.files));
        let look = move || {
            let wrong = files.into_iter().filter_map(|(n, what, digest)| Some((n, what, store.read(&digest).err()?)));
            wrong.map(|(n, what, error)| (n, Finding::Content { what, why: crate::chain(&error) })).collect::<Vec<_>>()
        };
        let wrong = tokio::task::spawn_blocking(look).await.map_err(|_| DbError::Panicked)?;
        wrong.into_iter().for_each(|(n, finding)| self.find(n, finding));
        Ok(())
    }

    fn take(&mut self, compared: Compared) {
        let Compared { place, tree, leaf, what, blank, erased, content } = compared;
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
            Some(_) => self.files.extend(content.map(|digest| (place.n, what, digest))),
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
    let event = |mut row: crate::db::Row| {
        let (id, seq, number): (CaseId, u64, Option<String>) = (row.take()?, row.take()?, row.take()?);
        Ok(named(&number.unwrap_or_else(|| id.to_string()), "", seq))
    };
    let mut all = tx.query(&UNLOGGED, &args![street])?.into_iter().map(event).collect::<Result<Vec<_>, DbError>>()?;
    all.extend(record::unlogged(tx, street)?.into_iter().map(|(what, act)| named(&what, &act, 0)));
    let files = attachments::evidence::unlogged(tx, street)?;
    all.extend(files.into_iter().map(|(name, number)| format!("the file `{name}` of case {number}")));
    Ok(all)
}
