//! The places that a map brings along.

use std::path::Path;

use linli_engine::directory::Place;

use super::ImportError;
use crate::cli::setup;

/// Reads a file of places.
///
/// # Errors
/// What is wrong, with file and line.
pub fn read(path: &Path) -> Result<Vec<Place>, ImportError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| ImportError::Input(format!("{name}: {e}")))?;
    setup::places(&name, &text).map_err(ImportError::Input)
}
