//! Pictures that a camera reads (QR codes, ISO/IEC 18004), as a path of SVG.

use axum::http::StatusCode;
use qrcode::{Color, EcLevel, QrCode};

use super::Fault;

/// Empty modules around the picture: cameras need four.
const QUIET: usize = 4;

/// A picture.
pub struct Qr {
    /// Modules of a side, with the quiet zone.
    pub size: usize,
    /// The dark modules.
    pub path: String,
}

/// The picture of a text.
///
/// # Errors
/// When the text is longer than the largest picture holds.
pub fn qr(text: &str, level: EcLevel) -> Result<Qr, Fault> {
    let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
    let code = QrCode::with_error_correction_level(text, level).map_err(broken)?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path = dark.map(|(i, _)| format!("M{} {}h1v1h-1z", i % width + QUIET, i / width + QUIET)).collect();
    Ok(Qr { size: width + 2 * QUIET, path })
}
