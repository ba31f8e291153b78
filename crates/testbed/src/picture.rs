//! Pictures as telephones make them: they tell where and when they were taken.

/// A field of EXIF: its tag, its type, how many values, and their bytes (big-endian).
pub type Entry = (u16, u16, u32, Vec<u8>);

/// Text, which ends in a null byte.
pub fn ascii(tag: u16, text: &str) -> Entry {
    let bytes = [text.as_bytes(), b"\0"].concat();
    (tag, 2, u32::try_from(bytes.len()).unwrap(), bytes)
}

/// Fractions.
pub fn fractions(tag: u16, parts: &[(u32, u32)]) -> Entry {
    let bytes = parts.iter().flat_map(|(n, d)| [n.to_be_bytes(), d.to_be_bytes()].concat()).collect();
    (tag, 5, u32::try_from(parts.len()).unwrap(), bytes)
}

/// Where: longitude and latitude, as a telephone writes them.
pub fn whereabouts(lon: f64, lat: f64) -> Vec<Entry> {
    let parts = |degrees: f64| {
        let seconds = (degrees.abs() * 360_000.0).round() as u32; // hundredths
        [(seconds / 360_000, 1), (seconds / 6_000 % 60, 1), (seconds % 6_000, 100)]
    };
    let half = |degrees: f64, plus, minus| if degrees < 0.0 { minus } else { plus };
    vec![
        ascii(1, half(lat, "N", "S")),
        fractions(2, &parts(lat)),
        ascii(3, half(lon, "E", "W")),
        fractions(4, &parts(lon)),
    ]
}

/// When: the clock on the wall, `2026:03:02 09:40:00`, and its offset.
pub fn moment(wall: &str, offset: Option<&str>) -> Vec<Entry> {
    let mut entries = vec![ascii(0x9003, wall)];
    entries.extend(offset.map(|offset| ascii(0x9011, offset)));
    entries
}

/// EXIF (big-endian TIFF) with these fields of the moment and of the place.
pub fn exif(moment: &[Entry], place: &[Entry]) -> Vec<u8> {
    let pointer = |tag, at: usize| (tag, 4, 1, u32::try_from(at).unwrap().to_be_bytes().to_vec());
    let (first, second) = (8 + 2 + 2 * 12 + 4, table(0, moment).len());
    let head = table(8, &[pointer(0x8769, first), pointer(0x8825, first + second)]);
    [b"MM\0\x2a\0\0\0\x08", &head[..], &table(first, moment), &table(first + second, place)].concat()
}

/// A table of fields that begins here, and the values that do not fit into it.
fn table(at: usize, entries: &[Entry]) -> Vec<u8> {
    let mut table = u16::try_from(entries.len()).unwrap().to_be_bytes().to_vec();
    let mut beside = Vec::new();
    let values_at = at + 2 + entries.len() * 12 + 4;
    for (tag, kind, count, bytes) in entries {
        table.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
        table.extend(count.to_be_bytes());
        if bytes.len() <= 4 {
            table.extend(bytes.iter().copied().chain([0; 4]).take(4));
        } else {
            table.extend(u32::try_from(values_at + beside.len()).unwrap().to_be_bytes());
            beside.extend(bytes);
        }
    }
    table.extend([0; 4]);
    [table, beside].concat()
}

/// A PNG with this EXIF in it.
pub fn in_png(png: &[u8], exif: &[u8]) -> Vec<u8> {
    // The signature and the header, which comes first.
    let (head, rest) = png.split_at(8 + 25);
    let named = [b"eXIf", exif].concat();
    let length = u32::try_from(exif.len()).unwrap().to_be_bytes();
    [head, &length, &named, &crc(&named).to_be_bytes(), rest].concat()
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}
