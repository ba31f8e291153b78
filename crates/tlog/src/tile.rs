//! Tiles: pieces of up to 256 neighbouring hashes of one level, and where they are served.

use std::{fmt, str::FromStr};

use crate::{Hash, text};

/// Levels of the tree that one tile spans.
pub const TILE_HEIGHT: u8 = 8;
/// Hashes of a full tile.
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;
/// Bytes of a full tile.
pub const TILE_BYTES: usize = TILE_WIDTH as usize * Hash::SIZE;
/// Levels of tiles that a tree of fewer than 2^64 leaves has.
pub const LEVELS: u8 = 8;

/// A tile: the hash `i` of tile `index` at `level` covers the leaves from `(index * 256 + i) * 256^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// 0 for hashes of leaves; a hash of level `l + 1` stands for a full tile of level `l`.
    pub level: u8,
    /// Which tile of its level, from the left.
    pub index: u64,
    /// How many hashes it holds, 1 to 256; below 256 the tile is partial.
    pub width: u16,
}

/// The entries under one tile of level 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    /// Which bundle, from the left.
    pub index: u64,
    /// How many entries it holds, 1 to 256.
    pub width: u16,
}

/// What a path below the prefix of a log names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// `tile/<level>/<index>`: hashes.
    Tile(Tile),
    /// `tile/entries/<index>`: entries.
    Bundle(Bundle),
}

/// A path that names neither a tile nor a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no tile: tile/<level or entries>/<index>, the index in groups like x001/234, .p/<1 to 255> if partial"
)]
pub struct PathError(String);

/// The width of a tile in a tree of `size` leaves; 0 when the tree has no such tile.
pub fn tile_width(level: u8, index: u64, size: u64) -> u16 {
    let hashes = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
    let before = index.saturating_mul(u64::from(TILE_WIDTH));
    hashes.saturating_sub(before).min(u64::from(TILE_WIDTH)) as u16
}

/// The tiles that are new or wider in a tree of `new` leaves than in its first `old`, level by level.
pub fn changed(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS).flat_map(move |level| {
        let (old, new) = (old >> (level * 8), new >> (level * 8));
        let width = u64::from(TILE_WIDTH);
        let tiles = if old < new { old / width..new.div_ceil(width) } else { 0..0 };
        tiles.map(move |index| Tile { level, index, width: tile_width(0, index, new) })
    })
}

impl Tile {
    /// The tile as it is in a tree of `size` leaves, if that tree has it.
    pub fn at(level: u8, index: u64, size: u64) -> Option<Self> {
        let width = tile_width(level, index, size);
        (width > 0).then_some(Self { level, index, width })
    }

    /// Whether it can still grow.
    pub fn is_partial(&self) -> bool {
        self.width < TILE_WIDTH
    }

    /// Where it is served below the prefix of the log, as `tile/0/x001/234.p/5`.
    pub fn path(&self) -> String {
        self.to_string()
    }
}

impl Bundle {
    /// Where it is served below the prefix of the log, as `tile/entries/x001/234.p/5`.
    pub fn path(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        print_place(f, self.index, self.width)
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        print_place(f, self.index, self.width)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tile(tile) => tile.fmt(f),
            Self::Bundle(bundle) => bundle.fmt(f),
        }
    }
}

impl FromStr for Resource {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        // Printing anew and comparing leaves one spelling for each tile.
        parse(path).filter(|resource| resource.to_string() == path).ok_or_else(|| PathError(path.to_owned()))
    }
}

impl FromStr for Tile {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        match path.parse()? {
            Resource::Tile(tile) => Ok(tile),
            Resource::Bundle(_) => Err(PathError(path.to_owned())),
        }
    }
}

fn print_place(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut above = Vec::new();
    let mut rest = index / 1000;
    while rest > 0 {
        above.push(rest % 1000);
        rest /= 1000;
    }
    above.iter().rev().try_for_each(|group| write!(f, "x{group:03}/"))?;
    write!(f, "{:03}", index % 1000)?;
    if width < TILE_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

fn parse(path: &str) -> Option<Resource> {
    let (level, place) = path.strip_prefix("tile/")?.split_once('/')?;
    let (groups, width) = match place.split_once(".p/") {
        Some((groups, width)) => (groups, decimal_below(width, u64::from(TILE_WIDTH)).filter(|w| *w > 0)? as u16),
        None => (place, TILE_WIDTH),
    };
    let index = groups.split('/').try_fold(0_u64, |index, group| {
        let digits = group.strip_prefix('x').unwrap_or(group);
        index.checked_mul(1000)?.checked_add(digits.parse::<u16>().ok().filter(|n| *n < 1000)?.into())
    })?;
    if level == "entries" {
        return Some(Resource::Bundle(Bundle { index, width }));
    }
    Some(Resource::Tile(Tile { level: decimal_below(level, 64)? as u8, index, width }))
}

fn decimal_below(digits: &str, end: u64) -> Option<u64> {
    text::decimal(digits).filter(|n| *n < end)
}
