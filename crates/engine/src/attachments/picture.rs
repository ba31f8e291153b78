//! Pictures are drawn anew: turned upright, made smaller, and rid of everything but their pixels (EXIF tells where and
//! when somebody stood).

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};

use super::Mime;
use crate::limits::{PICTURE_SIDE, PIXELS};

/// Bytes that a picture may unfold to: its pixels at four bytes.
const DECODED_BYTES: u64 = PIXELS * 4;
/// Of 100: small files in which small print can still be read.
const JPEG_QUALITY: u8 = 82;

/// Why a picture was not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It has too many pixels; none was read.
    TooManyPixels,
    /// It cannot be read.
    Broken(ImageError),
}

impl From<ImageError> for Refusal {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            other => Self::Broken(other),
        }
    }
}

/// The picture as it is kept: JPEG, or PNG where something is transparent.
pub(super) fn redraw(bytes: &[u8], format: ImageFormat) -> Result<(Mime, Vec<u8>), Refusal> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > DECODED_BYTES {
        return Err(Refusal::TooManyPixels);
    }
    // A picture with unreadable EXIF is still a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if width.max(height) > PICTURE_SIDE {
        picture = picture.thumbnail(PICTURE_SIDE, PICTURE_SIDE);
    }
    picture.apply_orientation(orientation);
    Ok(encode(&picture)?)
}

fn encode(picture: &DynamicImage) -> Result<(Mime, Vec<u8>), ImageError> {
    let mut out = Vec::new();
    let clear = picture.has_alpha().then(|| picture.to_rgba8()).filter(|p| p.pixels().any(|p| p.0[3] < u8::MAX));
    if let Some(clear) = clear {
        clear.write_to(&mut Cursor::new(&mut out), ImageFormat::Png)?;
        return Ok((Mime::Png, out));
    }
    JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY).encode_image(&picture.to_rgb8())?;
    Ok((Mime::Jpeg, out))
}
