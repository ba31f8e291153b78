//! What a picture tells of itself: where and when it was taken. Read only where whoever sent it asked for it; the picture
//! that is kept is drawn anew and tells nothing.

use std::io::Cursor;

use exif::{Exif, Field, In, Tag, Value};
use image::{ImageDecoder as _, ImageReader};
use linli_worktime::{Calendar, Millis, parse_rfc3339};

use super::store::{Looks, look};
use crate::limits::EXIF_BYTES;

/// The clocks of the world are no further from UTC than this.
const OFFSET_MINUTES: i16 = 14 * 60;

/// Where and when a picture was taken, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Told {
    /// Longitude and latitude, WGS-84 degrees (what satellites give and telephones write; a picture that names another
    /// datum tells no place).
    pub point: Option<(f64, f64)>,
    /// When.
    pub at: Option<Millis>,
}

/// What an uploaded file tells of itself; nothing when it is no picture, is too large, or does not read. A time without an
/// offset is one of the calendar's zone.
pub fn told(bytes: &[u8], calendar: &Calendar) -> Told {
    let Some(Looks::Picture(format)) = look(bytes) else { return Told::default() };
    let decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder();
    let raw = decoder.ok().and_then(|mut decoder| decoder.exif_metadata().ok().flatten());
    raw.map(|raw| of_exif(raw, calendar)).unwrap_or_default()
}

/// The same, of EXIF alone (a TIFF).
fn of_exif(raw: Vec<u8>, calendar: &Calendar) -> Told {
    if raw.len() > EXIF_BYTES {
        return Told::default();
    }
    let Ok(exif) = exif::Reader::new().read_raw(raw) else { return Told::default() };
    Told { point: point(&exif), at: at(&exif, calendar) }
}

fn point(exif: &Exif) -> Option<(f64, f64)> {
    let datum = text(exif, Tag::GPSMapDatum).unwrap_or_default();
    let datum: String = datum.iter().filter(|b| b.is_ascii_alphanumeric()).map(|b| char::from(*b)).collect();
    // CGCS2000 is within a metre of WGS-84.
    if !["", "WGS84", "CGCS2000"].contains(&datum.to_uppercase().as_str()) {
        return None;
    }
    let lon = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, [b'E', b'W'], 180.0)?;
    let lat = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, [b'N', b'S'], 90.0)?;
    Some((lon, lat))
}

/// Degrees, minutes and seconds, with the half of the globe that they are on.
fn degrees(exif: &Exif, tag: Tag, half: Tag, [plus, minus]: [u8; 2], most: f64) -> Option<f64> {
    let Value::Rational(parts) = &field(exif, tag)?.value else { return None };
    let [d, m, s] = parts.as_slice() else { return None };
    if [d, m, s].iter().any(|part| part.denom == 0) {
        return None;
    }
    let (d, m, s) = (d.to_f64(), m.to_f64(), s.to_f64());
    let size = d + m / 60.0 + s / 3600.0;
    if m >= 60.0 || s >= 60.0 || size > most {
        return None;
    }
    match text(exif, half)? {
        [half] if *half == plus => Some(size),
        [half] if *half == minus => Some(-size),
        _ => None,
    }
}

fn at(exif: &Exif, calendar: &Calendar) -> Option<Millis> {
    let mut read = exif::DateTime::from_ascii(text(exif, Tag::DateTimeOriginal)?).ok()?;
    match text(exif, Tag::OffsetTimeOriginal).map(|offset| read.parse_offset(offset)) {
        // Blank is what cameras write that do not know.
        None | Some(Err(exif::Error::BlankValue(_))) => calendar.parse_local(&read.to_string()).ok(),
        Some(Err(_)) => None,
        Some(Ok(())) => {
            let minutes = read.offset.filter(|minutes| minutes.abs() <= OFFSET_MINUTES)?;
            let wall = parse_rfc3339(&format!("{read}Z")).ok()?;
            Some(wall.plus(-i64::from(minutes) * 60_000))
        }
    }
}

fn field(exif: &Exif, tag: Tag) -> Option<&Field> {
    exif.get_field(tag, In::PRIMARY)
}

fn text(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    let Value::Ascii(texts) = &field(exif, tag)?.value else { return None };
    texts.first().map(Vec::as_slice)
}
