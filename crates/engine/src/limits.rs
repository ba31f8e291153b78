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
pub const BUSY: Duration = Duration::from_secs(5);

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

/// Bytes of one uploaded file.
pub const UPLOAD_BYTES: usize = 10 * 1024 * 1024;
/// Files with one report or act.
pub const UPLOADS: usize = 6;
/// Pixels of a picture before it is decoded (a bomb is refused unread).
pub const PIXELS: u64 = 64_000_000;
/// Longer side of a stored picture, pixels.
pub const PICTURE_SIDE: u32 = 1_600;

/// Rows of a list page.
pub const PAGE: usize = 50;
/// Words of a search.
pub const SEARCH_WORDS: usize = 8;

/// Fresh events that get their place in the feed in one transaction.
pub const FEED_BATCH: usize = 2_048;

/// Changes that one reading of the feed looks at, whether or not the reader may see them.
pub const FEED_LOOK: usize = 500;

/// Least time between two rounds of the feed; events of that time share one.
pub const FEED_ROUND: Duration = Duration::from_millis(50);
/// Longest wait for a look at what other processes added to the feed.
pub const FEED_POLL: Duration = Duration::from_millis(400);

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
/// Wrong passwords before an account is locked.
pub const PASSWORD_TRIES: u32 = 6;
/// How long it stays locked, milliseconds.
pub const LOCKED_MS: i64 = 15 * 60_000;
/// A session of staff ends after this, milliseconds.
pub const STAFF_SESSION_MS: i64 = 12 * 3_600_000;
/// A session of a resident ends after this, milliseconds.
pub const RESIDENT_SESSION_MS: i64 = 30 * 24 * 3_600_000;
/// Living tokens of one seat.
pub const TOKENS_OF_SEAT: u64 = 20;
/// The most requests in a minute that a token can be granted.
pub const TOKEN_MOST_PER_MINUTE: u32 = 60_000;
/// Least length of a password.
pub const PASSWORD_CHARS: usize = 10;
