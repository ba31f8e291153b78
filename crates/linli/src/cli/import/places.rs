//! The places that a map brings along.

use std::path::Path;

use linli_engine::{directory::Place, ids::PlaceCode};
use linli_flow::Text;
use serde::Deserialize;

use super::{ImportError, map::line_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    place: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: PlaceCode,
    /// For the reader of the file; the level follows from the code.
    #[serde(rename = "kind")]
    _kind: String,
    name: Text,
    #[serde(default)]
    aliases: Vec<String>,
    lon: Option<f64>,
    lat: Option<f64>,
}

/// Reads a file of places.
///
/// # Errors
/// What is wrong, with file and line.
pub fn read(path: &Path) -> Result<Vec<Place>, ImportError> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| ImportError::Input(format!("{name}: {e}")))?;
    let file: File = toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or(1, |span| line_of(&text, span.start));
        ImportError::Input(format!("{name}:{line}: {}", e.message()))
    })?;
    let place = |row: Row| Place {
        code: row.code,
        name: row.name,
        aliases: row.aliases,
        point: row.lon.zip(row.lat),
        retired_at: None,
    };
    Ok(file.place.into_iter().map(place).collect())
}
