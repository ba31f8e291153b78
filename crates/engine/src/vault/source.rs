//! Where master keys come from: a file that only its owner reads, the environment, or a command that prints them. All
//! three hold lines of a number and 64 hexadecimal digits; a line without a number is the first key.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{Secret, seal::Key};
use crate::{edge, hex};

/// Where the master keys of the vault are.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file; made at the first start.
    File(PathBuf),
    /// The text itself, from the environment.
    Text(Secret<String>),
    /// A command of the shell that prints the text: for a hardware module or a store of secrets.
    Command(String),
}

/// Why there is no key, or not the right one.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key of the vault, {path}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read the file.
    #[error("others may read the key of the vault (mode {mode:03o}); run: chmod 600 {path}")]
    Shown {
        /// Which file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// The command did not print keys.
    #[error("the command for the key of the vault failed: {0}")]
    Command(String),
    /// A line is no key.
    #[error("line {line} of {from} is not a number and a key of 64 hexadecimal digits, or its number came before")]
    Line {
        /// Where it was read.
        from: String,
        /// Which line.
        line: usize,
    },
    /// The database was sealed under a key that is not there.
    #[error(
        "the vault was sealed under master key {version}, and {from} does not hold it; bring it back from a backup"
    )]
    Missing {
        /// The number of the key.
        version: u32,
        /// Where it was looked for.
        from: String,
    },
    /// Another key stands under its number.
    #[error(
        "master key {version} in {from} is not the one that the vault was sealed under: is it that of another database?"
    )]
    Wrong {
        /// The number of the key.
        version: u32,
        /// Where it was read.
        from: String,
    },
    /// A key cannot be written where the keys come from.
    #[error(
        "there is no next key: add a line `{version} ` and 64 random hexadecimal digits to {from} wherever the program runs, start it anew, and rotate again"
    )]
    Add {
        /// The number that it needs.
        version: u32,
        /// Where.
        from: String,
    },
    /// Another process writes the file.
    #[error("another process is changing the keys; if none is running, remove {0}")]
    Busy(String),
}

pub(super) type Keys = BTreeMap<u32, Key>;

impl Source {
    /// The file in the folder of a deployment, where nothing else is said.
    pub fn beside(folder: &Path) -> Self {
        Self::File(folder.join("vault.key"))
    }

    /// What messages call it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "LINLI_VAULT_KEY".to_owned(),
            Self::Command(_) => "what the command for the key prints".to_owned(),
        }
    }

    /// Whether it is a file that is not there yet.
    pub(super) fn is_new(&self) -> bool {
        matches!(self, Self::File(path) if !path.exists())
    }

    /// The keys, by number.
    pub(super) fn load(&self) -> Result<Keys, KeyError> {
        let text = match self {
            Self::File(path) => read(path)?,
            Self::Text(text) => Zeroizing::new(text.reveal().clone()),
            Self::Command(command) => printed(command)?,
        };
        parse(&text).map_err(|line| KeyError::Line { from: self.name(), line })
    }

    /// Writes a key beside those that are there, unless another process has just given its number to one; so that it
    /// survives a power cut before anything is kept under it.
    pub(super) fn add(&self, version: u32, key: &Key) -> Result<(), KeyError> {
        let Self::File(path) = self else { return Err(KeyError::Add { version, from: self.name() }) };
        let at = |source| KeyError::File { path: path.display().to_string(), source };
        let new = path.with_extension("key.new");
        // It keeps out whoever comes at the same time.
        let file = fs::File::options().create_new(true).write(true).mode(0o600).open(&new);
        let file = file.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyError::Busy(new.display().to_string()),
            _ => at(source),
        })?;
        let done = self.replace(path, &new, file, version, key);
        if !matches!(done, Ok(true)) {
            fs::remove_file(&new).map_err(at)?;
        }
        done.map(drop)
    }

    /// Whether the file was replaced, whole.
    fn replace(&self, path: &Path, new: &Path, mut file: fs::File, version: u32, key: &Key) -> Result<bool, KeyError> {
        let mut text = Zeroizing::new(String::with_capacity(1024));
        if path.exists() {
            if self.load()?.contains_key(&version) {
                return Ok(false);
            }
            let there = read(path)?;
            there.lines().filter(|line| !line.trim().is_empty()).for_each(|line| text.extend([line, "\n"]));
        }
        text.push_str(&Zeroizing::new(format!("{version} {}\n", hex(key.bytes()))));
        let mut write = || {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(new, path)?;
            path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
        };
        write().map(|()| true).map_err(|source| KeyError::File { path: path.display().to_string(), source })
    }
}

/// One secret key in a file of its own, made at the first start; only its owner may read it.
///
/// # Errors
/// When the file cannot be read or written, is open to others, or holds no key.
pub fn key_file(path: &Path) -> Result<[u8; 32], KeyError> {
    let source = Source::File(path.to_owned());
    if source.is_new() {
        source.add(1, &Key::new(edge::secret()))?;
    }
    let key = source.load()?.remove(&1).map(|key| *key.bytes());
    key.ok_or_else(|| KeyError::Missing { version: 1, from: source.name() })
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let at = |source| KeyError::File { path: path.display().to_string(), source };
    let mode = fs::metadata(path).map_err(at)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Shown { path: path.display().to_string(), mode });
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(at)
}

fn printed(command: &str) -> Result<Zeroizing<String>, KeyError> {
    let failed = |why: String| KeyError::Command(why);
    let run = std::process::Command::new("sh").arg("-c").arg(command).stderr(std::process::Stdio::inherit()).output();
    let run = run.map_err(|e| failed(e.to_string()))?;
    if !run.status.success() {
        return Err(failed(run.status.to_string()));
    }
    String::from_utf8(run.stdout).map(Zeroizing::new).map_err(|_| failed("what it prints is no text".to_owned()))
}

/// The keys in a text, or the line that is none.
fn parse(text: &str) -> Result<Keys, usize> {
    let mut keys = Keys::new();
    for (at, line) in text.split(['\n', ',', ';']).enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (version, digits) = match words[..] {
            [] => continue,
            [digits] => ("1", digits),
            [version, digits] => (version, digits),
            _ => return Err(at + 1),
        };
        let version = version.parse().ok().filter(|version| *version > 0);
        let (Some(version), Some(key)) = (version, key(digits)) else { return Err(at + 1) };
        if keys.insert(version, key).is_some() {
            return Err(at + 1);
        }
    }
    if keys.is_empty() { Err(1) } else { Ok(keys) }
}

fn key(digits: &str) -> Option<Key> {
    if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(Key::new(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_read_back(keys in proptest::collection::btree_map(1_u32..1000, any::<[u8; 32]>(), 1..5), end in "[\n,;]{1,2}") {
            let text: String = keys.iter().map(|(n, key)| format!("{n} {}{end}", hex(key))).collect();
            let read: BTreeMap<u32, [u8; 32]> =
                parse(&text).unwrap().into_iter().map(|(n, key)| (n, *key.bytes())).collect();
            prop_assert_eq!(read, keys);
        }

        #[test]
        fn other_texts_are_refused(text in "[0-9a-f \n]{0,70}") {
            let whole = text.lines().any(|line| line.split_whitespace().last().is_some_and(|w| w.len() == 64));
            prop_assert!(whole || parse(&text).is_err());
        }
    }

    #[test]
    fn what_a_file_takes_it_holds_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source::beside(folder.path());
        assert!(source.is_new());
        // The file of an older installation: one key, no number, no end of line.
        let path = folder.path().join("vault.key");
        fs::File::options().create(true).write(true).truncate(true).mode(0o600).open(&path).unwrap();
        fs::write(&path, hex(&[7; 32])).unwrap();
        source.add(2, &Key::new([9; 32])).unwrap();
        let keys = source.load().unwrap();
        assert_eq!(keys.iter().map(|(n, key)| (*n, *key.bytes())).collect::<Vec<_>>(), [(1, [7; 32]), (2, [9; 32])]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = source.load().err().unwrap().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }

    #[test]
    fn a_command_prints_keys_and_a_broken_one_says_so() {
        let good = Source::Command(format!("echo 3 {}", hex(&[7; 32])));
        assert_eq!(good.load().unwrap().into_keys().collect::<Vec<_>>(), [3]);
        assert!(matches!(Source::Command("exit 3".into()).load(), Err(KeyError::Command(_))));
        assert!(matches!(good.add(4, &Key::new([1; 32])), Err(KeyError::Add { version: 4, .. })));
    }
}
