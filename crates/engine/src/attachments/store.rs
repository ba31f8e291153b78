//! The folder of contents: `aa/bb/<digest>`, each written once, whole and synced before anybody is told; sealed where the
//! store was given the key of the vault.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use image::ImageFormat;
use linli_worktime::Millis;

use super::{Digest, Mime, Stored, name, picture};
use crate::{
    edge::Clock,
    ids::Malformed,
    limits,
    vault::{VaultKey, is_sealed},
};

/// The file whose lock keeps a sweep and a writer from meeting over one content.
const LOCK: &str = ".lock";
/// What the name of a half-written file ends in.
const HALF: &str = ".part";

/// The disk refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {act} `{at}`")]
pub struct StoreError {
    act: &'static str,
    at: String,
    #[source]
    source: io::Error,
}

fn refused<'a>(act: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> StoreError + 'a {
    move |source| StoreError { act, at: path.display().to_string(), source }
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Nothing in it.
    #[error("`{name}` is empty; choose the file again")]
    Empty {
        /// The file.
        name: String,
    },
    /// Longer than [`limits::UPLOAD_BYTES`].
    #[error("`{name}` has {bytes} bytes; a file may have {}", limits::UPLOAD_BYTES)]
    TooLarge {
        /// The file.
        name: String,
        /// Its length.
        bytes: usize,
    },
    /// Another kind of file than the program takes, whatever its name says.
    #[error("`{name}` is not a JPEG, PNG or WebP picture, nor a PDF")]
    Type {
        /// The file.
        name: String,
    },
    /// More than [`limits::PIXELS`].
    #[error("`{name}` has too many pixels; take the picture with a lower resolution")]
    Pixels {
        /// The file.
        name: String,
    },
    /// A picture that cannot be read.
    #[error("`{name}` is damaged; choose the file again or take the picture again")]
    Broken {
        /// The file.
        name: String,
        /// What the decoder says.
        #[source]
        source: image::ImageError,
    },
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The folder of contents. Its functions block: call them where blocking is allowed.
#[derive(Clone)]
pub struct Store {
    folder: PathBuf,
    key: Option<VaultKey>,
    /// One picture at a time is unfolded, since one may take some 250 MB.
    unfolding: Arc<Mutex<()>>,
}

impl Store {
    /// The store in this folder, which is made if need be.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(refused("make the folder", &folder))?;
        Ok(Self::at(folder))
    }

    /// The store in this folder, for whoever only reads it.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), key: None, unfolding: Arc::default() }
    }

    /// The same, with what is written from now on sealed.
    #[must_use]
    pub fn sealed_by(self, key: VaultKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Checks an uploaded file, cleans it and keeps it. What it is, its content says; pictures are drawn anew.
    ///
    /// # Errors
    /// Why the file was not taken.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<Stored, UploadError> {
        let Cleaned { mime, content, name } = {
            let unfolds = matches!(look(bytes), Some(Looks::Picture(_)));
            let _one = unfolds.then(|| self.unfolding.lock().unwrap_or_else(PoisonError::into_inner));
            cleaned(name, bytes)?
        };
        let digest = Digest(crate::digest(&content));
        self.keep(digest, &content)?;
        Ok(Stored { digest, mime, bytes_len: content.len() as u64, name })
    }

    /// A content.
    ///
    /// # Errors
    /// When it is not there, cannot be read or opened, or is not what was kept.
    pub fn read(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let path = self.path(digest);
        let kept = fs::read(&path).map_err(refused("read", &path))?;
        let content = match &self.key {
            Some(key) if is_sealed(&kept) => {
                key.open_file(&digest.0, &kept).map_err(io::Error::other).map_err(refused("open", &path))?
            }
            _ => kept,
        };
        if crate::digest(&content) != digest.0 {
            let changed = io::Error::other("it was changed: its content does not have the digest that it is named by");
            return Err(refused("read", &path)(changed));
        }
        Ok(content)
    }

    /// Seals what is kept as it is under `first` (the first byte of a digest); how many files.
    pub(crate) fn seal_rest(&self, first: u8) -> Result<u64, StoreError> {
        let Some(key) = &self.key else { return Ok(0) };
        let mut sealed = 0;
        for OldFile { path, digest } in self.old_files(first, Millis(i64::MAX))? {
            let Some(digest) = digest else { continue };
            let lock = self.lock()?;
            lock.lock().map_err(refused("lock", &self.folder))?;
            let kept = match fs::read(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                kept => kept.map_err(refused("read", &path))?,
            };
            if !is_sealed(&kept) && crate::digest(&kept) == digest.0 {
                write_new(&path, &seal(key, &digest, &kept, &path)?)?;
                sealed += 1;
            }
        }
        Ok(sealed)
    }

    /// Files under `first` (the first byte of a digest) that were last written before `cutoff`, half-written ones too.
    pub(super) fn old_files(&self, first: u8, cutoff: Millis) -> Result<Vec<OldFile>, StoreError> {
        let mut old = Vec::new();
        for folder in entries(&self.folder.join(crate::hex(&[first])))? {
            for path in entries(&folder)? {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let digest = name.parse().map_err(|_: Malformed| ()).ok();
                let ours = digest.is_some() || name.ends_with(HALF);
                if ours && written_before(&path, cutoff)? {
                    old.push(OldFile { path, digest });
                }
            }
        }
        Ok(old)
    }

    /// Removes a file unless it was written again since; its length if it is gone.
    pub(super) fn remove(&self, file: &OldFile, cutoff: Millis) -> Result<Option<u64>, StoreError> {
        let lock = self.lock()?;
        lock.lock().map_err(refused("lock", &self.folder))?;
        if !written_before(&file.path, cutoff)? {
            return Ok(None);
        }
        let bytes = fs::metadata(&file.path).map_err(refused("look at", &file.path))?.len();
        fs::remove_file(&file.path).map_err(refused("remove", &file.path))?;
        Ok(Some(bytes))
    }

    /// Removes a content unless it was written again since.
    pub(super) fn end(&self, digest: &Digest, since: Millis) -> Result<(), StoreError> {
        let path = self.path(digest);
        if path.exists() {
            self.remove(&OldFile { path, digest: Some(*digest) }, since)?;
        }
        Ok(())
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let text = digest.to_string();
        self.folder.join(&text[..2]).join(&text[2..4]).join(text)
    }

    fn lock(&self) -> Result<File, StoreError> {
        let path = self.folder.join(LOCK);
        File::options().create(true).append(true).open(&path).map_err(refused("open", &path))
    }

    fn keep(&self, digest: Digest, content: &[u8]) -> Result<(), StoreError> {
        let path = self.path(&digest);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(refused("make the folder", folder))?;
        let lock = self.lock()?;
        lock.lock_shared().map_err(refused("lock", &self.folder))?;
        match File::open(&path) {
            // A sweep must see that somebody counts on it from now on.
            Ok(file) => file.set_modified(machine_time()).map_err(refused("mark", &path))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => match &self.key {
                Some(key) => write_new(&path, &seal(key, &digest, content, &path)?)?,
                None => write_new(&path, content)?,
            },
            Err(e) => return Err(refused("open", &path)(e)),
        }
        // The folders too, up to the store's own: another writer may have made them a moment ago and not be so far yet.
        for folder in path.ancestors().skip(1).take(3) {
            File::open(folder).and_then(|f| f.sync_all()).map_err(refused("sync", folder))?;
        }
        Ok(())
    }
}

/// A file that a sweep looks at; without a digest it is one that was never finished.
pub(super) struct OldFile {
    path: PathBuf,
    pub(super) digest: Option<Digest>,
}

fn seal(key: &VaultKey, digest: &Digest, content: &[u8], path: &Path) -> Result<Vec<u8>, StoreError> {
    key.seal_file(&digest.0, content).map_err(io::Error::other).map_err(refused("seal", path))
}

fn write_new(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let half = path.with_file_name(format!("{}{HALF}", crate::hex(&crate::edge::new_id())));
    let write = || {
        let mut file = File::options().create_new(true).write(true).open(&half)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&half, path)
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&half);
        refused("write", path)(e)
    })
}

/// What is in a folder; nothing when it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let read = || fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect();
    match read() {
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        other => other.map_err(refused("read the folder", folder)),
    }
}

/// Whether a file is there and was last written before `cutoff`.
fn written_before(path: &Path, cutoff: Millis) -> Result<bool, StoreError> {
    match fs::metadata(path).and_then(|m| m.modified()) {
        Ok(modified) => {
            let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok(i64::try_from(since.as_millis()).unwrap_or(i64::MAX) < cutoff.0)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(refused("look at", path)(e)),
    }
}

/// The same in milliseconds since 1970.
pub(super) fn machine_millis() -> Millis {
    let since = machine_time().duration_since(UNIX_EPOCH).unwrap_or_default();
    // What was written in this very millisecond was written before.
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX).saturating_add(1))
}

/// The time that the file system goes by, whatever clock the program was given.
fn machine_time() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(Clock::System.now().0.unsigned_abs())
}

/// An uploaded file that was taken, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned<'b> {
    /// What it is.
    pub mime: Mime,
    /// What is in it: of a picture, nothing but what it shows.
    pub content: Cow<'b, [u8]>,
    /// Its name; ends as the media type says.
    pub name: String,
}

/// Checks an uploaded file and cleans it, without keeping it. What it is, its content says; pictures are drawn anew.
///
/// # Errors
/// Why the file is not taken; never because of the disk.
pub fn cleaned<'b>(name: &str, bytes: &'b [u8]) -> Result<Cleaned<'b>, UploadError> {
    let given = || name::shown(name);
    if bytes.is_empty() {
        return Err(UploadError::Empty { name: given() });
    }
    if bytes.len() > limits::UPLOAD_BYTES {
        return Err(UploadError::TooLarge { name: given(), bytes: bytes.len() });
    }
    let (mime, content) = match look(bytes).ok_or_else(|| UploadError::Type { name: given() })? {
        Looks::Pdf => (Mime::Pdf, Cow::Borrowed(bytes)),
        Looks::Picture(format) => {
            let (mime, drawn) = picture::redraw(bytes, format).map_err(|refusal| match refusal {
                picture::Refusal::TooManyPixels => UploadError::Pixels { name: given() },
                picture::Refusal::Broken(source) => UploadError::Broken { name: given(), source },
            })?;
            (mime, Cow::Owned(drawn))
        }
    };
    Ok(Cleaned { mime, content, name: name::clean(name, mime) })
}

/// What the first bytes say.
pub(super) enum Looks {
    Picture(ImageFormat),
    Pdf,
}

pub(super) fn look(bytes: &[u8]) -> Option<Looks> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(Looks::Picture(ImageFormat::Jpeg)),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Looks::Picture(ImageFormat::Png)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Looks::Picture(ImageFormat::WebP)),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Looks::Pdf),
        _ => None,
    }
}
