//! Reads the files of a pack from a folder.

use std::{fs, io, path::Path};

use super::Files;

/// Bytes of one file of a pack.
const FILE_BYTES: u64 = 1024 * 1024;
/// Files of a pack.
const FILES: usize = 256;
/// Folders within folders.
const DEPTH: usize = 4;
/// What lies beside the rules to try them out; it is no part of them.
const DEMO: &str = "demo";

/// The TOML files of a folder and the folders in it, but for `demo`, by their paths below it, written with `/`. Links are
/// not followed.
///
/// # Errors
/// When the folder or a file cannot be read, is not UTF-8, or is beyond the limits; the error names the path.
pub fn read_dir(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    collect(folder, "", DEPTH, &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, depth: usize, files: &mut Files) -> io::Result<()> {
    let named = |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    for entry in fs::read_dir(folder).map_err(|error| named(folder, error))? {
        let entry = entry?;
        let path = entry.path();
        let beyond = |what: String| named(&path, io::Error::new(io::ErrorKind::InvalidData, what));
        let name = entry.file_name().into_string().map_err(|_| beyond("the name is not UTF-8".to_owned()))?;
        let kind = entry.file_type()?;
        if kind.is_dir() && !(prefix.is_empty() && name == DEMO) {
            let Some(depth) = depth.checked_sub(1) else {
                return Err(beyond(format!("more than {DEPTH} folders within folders")));
            };
            collect(&path, &format!("{prefix}{name}/"), depth, files)?;
        } else if kind.is_file() && name.ends_with(".toml") {
            if files.len() == FILES {
                return Err(beyond(format!("a pack has at most {FILES} files")));
            }
            if entry.metadata()?.len() > FILE_BYTES {
                return Err(beyond(format!("a file of a pack has at most {FILE_BYTES} bytes")));
            }
            let text = fs::read_to_string(&path).map_err(|error| named(&path, error))?;
            files.insert(format!("{prefix}{name}"), text);
        }
    }
    Ok(())
}
