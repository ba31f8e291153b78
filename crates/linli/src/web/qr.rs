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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_its_corners_and_a_quiet_zone() {
        for (text, most) in
            [("otpauth://totp/A%20street%20office:li.min?secret=ABC", 60), ("x".repeat(2_900).as_str(), 185)]
        {
            let Qr { size, path } = qr(text, EcLevel::L).unwrap();
            assert!((21 + 2 * QUIET..=most).contains(&size));
            assert!(path.starts_with("M4 4h1v1h-1z"));
            let far = format!("M{} 4h1v1h-1z", size - QUIET - 1);
            assert!(path.contains(&far), "the finder in the other corner");
            assert!(!path.contains("M3 ") && !path.contains(" 3h"));
        }
        assert!(qr(&"x".repeat(3_000), EcLevel::L).is_err());
    }
}
