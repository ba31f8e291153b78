//! A limit on everything that could grow, each with its name.

use std::time::Duration;

/// Pieces of work that may wait for the writer before callers are held back.
pub const WAITING_WRITES: usize = 1024;
/// Reads that may wait.
pub const WAITING_READS: usize = 1024;
/// Pieces of work that share one sync on SQLite.
pub const GROUP_COMMIT: usize = 256;
/// Prepared statements kept by a connection.
pub const CACHED_STATEMENTS: usize = 256;
/// Times that work is tried when transactions collide.
pub const TRANSACTION_TRIES: u32 = 5;
/// Wait for another process that holds the SQLite file.
pub const BUSY: Duration = Duration::from_secs(30);

/// Characters of a report's title.
pub const TITLE_CHARS: usize = 80;
/// Characters of a report in own words.
pub const BODY_CHARS: usize = 4_000;
/// Characters of a report, or of a reply to it, that another system let people write.
pub const IMPORTED_CHARS: usize = 20_000;
/// Characters of an address in words.
pub const ADDRESS_CHARS: usize = 200;
/// Characters of a name.
pub const NAME_CHARS: usize = 60;
/// Characters of the reason why a log began anew.
pub const RENEWAL_CHARS: usize = 500;
/// Cases of one person that the page of their own data goes through.
pub const OWN_CASES: usize = 500;

/// Bytes of one uploaded file.
pub const UPLOAD_BYTES: usize = 10 * 1024 * 1024;
/// Files with one report or act.
pub const UPLOADS: usize = 6;
/// Pixels of a picture before it is decoded (a bomb is refused unread).
pub const PIXELS: u64 = 64_000_000;
/// Bytes of what a picture tells of itself (a segment of JPEG holds no more); longer is not read.
pub const EXIF_BYTES: usize = 64 * 1024;
/// Longer side of a stored picture, pixels.
pub const PICTURE_SIDE: u32 = 1_600;

/// Rows of a list page.
pub const PAGE: usize = 50;
/// Cases that one batch acts on.
pub const BATCH: usize = 50;
/// Rows of a queue that are counted; beyond, the number is said to be more.
pub const QUEUE_COUNT: usize = 1_000;
/// Cases of a saved view that are counted; beyond, the number is said to be more.
pub const VIEW_COUNT: usize = 99;
/// Rows that counting a saved view looks at.
pub const VIEW_SCAN: usize = 1_000;
/// Open steps of all units together that the look at their load counts.
pub const LOAD_ROWS: usize = 20_000;
/// Letters that the look at hot events groups: the newest.
pub const HOT_LETTERS: usize = 20_000;
/// Events of that look.
pub const HOT_EVENTS: usize = 50;
/// Saved views of one person, and of one unit.
pub const SAVED_VIEWS: usize = 20;
/// Characters of the query of a saved view.
pub const VIEW_QUERY_CHARS: usize = 1_000;
/// Drafts of one person.
pub const DRAFTS: usize = 200;
/// Bytes of a draft.
pub const DRAFT_BYTES: usize = 64 * 1024;
/// Ready-made texts of one unit.
pub const PHRASES: usize = 100;
/// Characters of a ready-made text, and of a note at a hand-over.
pub const PHRASE_CHARS: usize = 2_000;
/// Answers at hand, the pack's among them.
pub const ANSWERS: usize = 2_000;
/// Characters of the question that one answers.
pub const QUESTION_CHARS: usize = 200;
/// Characters of an answer at hand.
pub const ANSWER_CHARS: usize = 2_000;
/// Days ahead by which an answer has to be looked at again, at most.
pub const REVIEW_DAYS: i64 = 731;
/// Cases that one hand-over names.
pub const HANDOVER_CASES: usize = 50;
/// The longest cover of a seat, milliseconds.
pub const COVER_MS: i64 = 92 * 24 * 3_600_000;
/// Newest cases of a unit whose replies a new one is compared with.
pub const EARLIER_REPLIES: i64 = 100;
/// Newest solved cases that each process knows, to find those that are like another.
pub const SOLVED_KNOWN: usize = 4_000;
/// Those of them that teach it what letter and reply about one matter have in common.
pub const JUDGE_PAIRS: usize = 3_000;
/// With fewer it learns nothing.
pub const JUDGE_LEAST: usize = 200;
/// Characters of a letter and of a reply that teach.
pub const TAUGHT_CHARS: usize = 800;
/// Solved cases that are read in one go.
pub const SOLVED_BATCH: usize = 100;
/// Questions to the writing assistant that may wait for their answers at the same time.
pub const ASSISTANT_ASKS: usize = 4;
/// Time for an answer of the writing assistant.
pub const ASSISTANT_WAIT: Duration = Duration::from_secs(60);
/// Bytes of an answer of the writing assistant.
pub const ASSISTANT_BYTES: u64 = 256 * 1024;
/// Words of a search.
pub const SEARCH_WORDS: usize = 8;
/// Cases found by the words themselves; with fewer, those that nearly say the same are looked for, too.
pub const SEARCH_FEW: usize = 5;
/// Near hits that are shown.
pub const NEAR: usize = 20;
/// Candidates that a search for near hits reads, by the ear and by the hand each.
pub const NEAR_LOOK: usize = 600;

/// Letters that a process holds in mind to find those that are about the same.
pub const LETTERS: usize = 100_000;
/// Letters that it takes in at once.
pub const LETTERS_AT_ONCE: usize = 1_000;
/// Time between two looks at whether the nightly learning is due.
pub const LEARN_ROUND: Duration = Duration::from_secs(60);
/// Letters from which it is learnt what letters are about, the newest.
pub const LESSONS: usize = 20_000;

/// Fresh events that get their place in the feed in one transaction.
pub const FEED_BATCH: usize = 2_048;

/// Changes that one reading of the feed looks at, whether or not the reader may see them.
pub const FEED_LOOK: usize = 500;

/// Least time between two rounds of the feed; events of that time share one.
pub const FEED_ROUND: Duration = Duration::from_millis(50);
/// Longest wait for a look at what other processes added to the feed.
pub const FEED_POLL: Duration = Duration::from_millis(400);

/// Pieces of news that may wait for one who follows live before they are told to look anew.
pub const NEWS_WAITING: usize = 1_024;
/// Changes of a jurisdiction that are told one by one in a round.
pub const NEWS_AT_ONCE: u64 = 256;
/// Pages of a process that may be open for live updates.
pub const LIVE_STREAMS: usize = 2_000;
/// Those of one session: a browser gives a site few connections, and the rest of its pages need some.
pub const LIVE_PER_SESSION: usize = 4;
/// Time between two signs of life on a live page.
pub const LIVE_BEAT: Duration = Duration::from_secs(20);
/// Time between two looks at what one was told, and least time between two counts of the inbox.
pub const LIVE_LOOK: Duration = Duration::from_secs(3);
/// Longest wait for a look at who has a case open in other processes.
pub const PRESENCE_POLL: Duration = Duration::from_secs(1);
/// How long somebody counts as present without a sign of life, milliseconds.
pub const PRESENCE_MS: i64 = 45_000;
/// Tellings handed to the members of units and roles in one transaction.
pub const TELL_BATCH: usize = 256;
/// Unread notices are counted up to here.
pub const UNREAD: usize = 100;

/// Connections at a time: those that follow live, and as many again.
pub const CONNECTIONS: usize = 2 * LIVE_STREAMS;
/// Time for the head of a request, and for the next request on a connection that is kept open.
pub const HEAD_WAIT: Duration = Duration::from_secs(15);
/// Time for the next piece of what is sent: a slow telephone may take long for all of it.
pub const BODY_WAIT: Duration = Duration::from_secs(30);
/// Wait before a connection is taken again, where the machine gives none.
pub const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// Cases woken in one round.
pub const WAKE_BATCH: usize = 64;
/// How long a process may hold a row that it leased, milliseconds.
pub const LEASE_MS: i64 = 30_000;
/// Deliveries of a notice before it is given up and shown to the administrator.
pub const NOTICE_TRIES: u32 = 8;

/// A one-time code lives this long, milliseconds.
pub const CODE_MS: i64 = 5 * 60_000;
/// Wrong tries before a code is void.
pub const CODE_TRIES: u32 = 5;
/// Least time between two codes for one phone, milliseconds.
pub const CODE_EVERY_MS: i64 = 60_000;
/// So many times within a window that begins with the first one.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Times.
    pub times: u32,
    /// Milliseconds.
    pub window_ms: i64,
}

/// One-time codes for one telephone.
pub const CODES_TO_PHONE: Most = Most { times: 6, window_ms: 3_600_000 };
/// One-time codes that one device asks for.
pub const CODES_BY_DEVICE: Most = Most { times: 12, window_ms: 3_600_000 };
/// One-time codes asked for from one address: many people share one.
pub const CODES_FROM_ADDRESS: Most = Most { times: 100, window_ms: 3_600_000 };
/// Wrong one-time codes from one address.
pub const GUESSES_FROM_ADDRESS: Most = Most { times: 60, window_ms: 3_600_000 };
/// Wrong passwords and codes of staff from one address: an office has one.
pub const WRONG_FROM_ADDRESS: Most = Most { times: 60, window_ms: 15 * 60_000 };
/// Wrong passwords or codes in a row before nothing is tried for a while.
pub const PASSWORD_TRIES: u32 = 5;
/// How long it is, after that many, one more, and so on, milliseconds.
pub const PASSWORD_WAITS_MS: [i64; 4] = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000];
/// Wrong tries are forgotten so long after the last one, milliseconds.
pub const WRONG_KEPT_MS: i64 = 24 * 3_600_000;
/// Bytes of the address of a page that one goes to after signing in.
pub const NEXT_BYTES: usize = 2_000;
/// A session of staff ends after this, milliseconds.
pub const STAFF_SESSION_MS: i64 = 12 * 3_600_000;
/// And after this without a sign of life.
pub const STAFF_IDLE_MS: i64 = 60 * 60_000;
/// A session of a resident ends after this, milliseconds.
pub const RESIDENT_SESSION_MS: i64 = 90 * 24 * 3_600_000;
/// And after this without a sign of life.
pub const RESIDENT_IDLE_MS: i64 = 30 * 24 * 3_600_000;
/// How exactly it is known when a session was last used, milliseconds.
pub const SEEN_EVERY_MS: i64 = 5 * 60_000;
/// Sessions of one person that are shown.
pub const SESSIONS_SHOWN: u32 = 50;
/// How long a sign-in waits for its code after the password was right, milliseconds.
pub const HALF_SIGN_IN_MS: i64 = 5 * 60_000;
/// Passkeys of one account.
pub const PASSKEYS: usize = 10;
/// Characters of what its owner calls a passkey.
pub const PASSKEY_CHARS: usize = 30;
/// How long a passkey may take to answer, milliseconds.
pub const CHALLENGE_MS: i64 = 5 * 60_000;
/// How long one's second factor may be changed after it was shown, milliseconds.
pub const PROVED_MS: i64 = 5 * 60_000;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Living tokens of one seat.
pub const TOKENS_OF_SEAT: u64 = 20;
/// The most requests in a minute that a token can be granted.
pub const TOKEN_MOST_PER_MINUTE: u32 = 60_000;
/// Least length of a password.
pub const PASSWORD_CHARS: usize = 10;
/// How long a password that somebody else has seen lets one in, milliseconds.
pub const FIRST_PASSWORD_MS: i64 = 14 * 24 * 3_600_000;
/// An open account that was not used for so long is one too many: accounts that are not needed have to go in good time
/// (GB/T 22239-2019, 8.1.4.2 c). The number is a choice: longer than a leave, well within what the security log keeps.
pub const UNUSED_MS: i64 = 90 * 24 * 3_600_000;

/// Bytes of an uploaded workbook once it is unpacked; a bomb is refused before it goes off.
pub const SHEET_UNPACKED: u64 = 128 * 1024 * 1024;
/// Files inside a workbook.
pub const SHEET_PARTS: usize = 1_000;
/// Sheets of a workbook that are looked at.
pub const SHEETS: usize = 30;
/// Columns of a sheet that are looked at.
pub const SHEET_COLUMNS: usize = 60;
/// Rows at the top of a sheet among which the header is looked for.
pub const SHEET_HEADER_ROWS: usize = 12;
/// Rows of a sheet of places.
pub const SHEET_PLACES: usize = 200_000;
/// Rows of a sheet of units, seats or duties.
pub const SHEET_ROWS: usize = 10_000;
/// Rows of a sheet of accounts: each new one gets a password, which is slow to make by design.
pub const SHEET_ACCOUNTS: usize = 2_000;
/// Rows that a report shows; the file of the report holds all.
pub const REPORT_ROWS: usize = 1_000;
/// Rows of a file of changes.
pub const CHANGES: usize = 50_000;
/// How long whoever brought a case stays on the screen of somebody who looks, milliseconds.
pub const REVEALED_MS: i64 = 60_000;
/// Entries that the log takes in with one signature.
pub const LOG_BATCH: usize = 4_096;
/// Time between two rounds in which witnesses are asked to countersign the log.
pub const WITNESS_ROUND: Duration = Duration::from_secs(20);

/// What one administrator proposed and nobody confirmed lapses after a week, milliseconds.
pub const PROPOSAL_MS: i64 = 7 * 24 * 3_600_000;
