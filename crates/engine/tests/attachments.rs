//! Attachments: only what is meant goes in, nothing hidden stays in it, and nothing that is counted on is swept away.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    fs::{self, File},
    io::Cursor,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Rgb, RgbImage, Rgba, RgbaImage};
use linli_engine::{
    attachments::{Attachment, Digest, Mime, Store, Stored, Swept, UploadError, get, of_case, record, sweep},
    db::Tx,
    edge::{Clock, Stopwatch},
    ids::{AttachmentId, CaseId, Jurisdiction},
    limits,
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::prelude::*;
use tempfile::TempDir;

const DAY_MS: i64 = 24 * 3_600_000;
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n";

fn store() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::new(folder.path().join("files")).unwrap();
    (folder, store)
}

fn content(store: &Store, stored: &Stored) -> Vec<u8> {
    let bytes = store.read(&stored.digest).unwrap();
    assert_eq!(bytes.len() as u64, stored.bytes_len);
    assert_eq!(Digest(linli_engine::digest(&bytes)), stored.digest);
    bytes
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let inner = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    inner.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).filter(|p| !p.ends_with(".lock")).collect()
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) })
}

const LATITUDE: [u8; 24] = *b"\0\0\0\x1f\0\0\0\x01\0\0\0\x0d\0\0\0\x01\0\0\x0d\xed\0\0\0\x64";

/// EXIF (big-endian TIFF) that says: turn by 90°, and where the picture was taken.
fn exif() -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend(b"\0\x02");
    tiff.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"); // Orientation = 6
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26"); // GPSInfo at 38
    tiff.extend(b"\0\0\0\0");
    tiff.extend(b"\0\x02");
    tiff.extend(b"\0\x01\0\x02\0\0\0\x02N\0\0\0"); // GPSLatitudeRef
    tiff.extend(b"\0\x02\0\x05\0\0\0\x03\0\0\0\x44"); // GPSLatitude at 68
    tiff.extend(b"\0\0\0\0");
    tiff.extend(LATITUDE);
    tiff
}

fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let exif = exif();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

#[test]
fn a_picture_forgets_where_it_was_taken_and_stands_upright() {
    let (_folder, store) = store();
    let given = with_exif(&encoded(halves(64, 32), ImageFormat::Jpeg));
    assert!(contains(&given, b"Exif") && contains(&given, &LATITUDE));
    let mut reader = ImageReader::with_format(Cursor::new(&given), ImageFormat::Jpeg).into_decoder().unwrap();
    assert!(reader.exif_metadata().unwrap().is_some());

    let kept = store.put("/sdcard/DCIM/IMG_1.jpeg", &given).unwrap();
    assert_eq!((kept.mime, kept.name.as_str()), (Mime::Jpeg, "IMG_1.jpg"));
    let bytes = content(&store, &kept);
    assert!(!contains(&bytes, b"Exif") && !contains(&bytes, &LATITUDE));
    let mut reader = ImageReader::with_format(Cursor::new(&bytes), ImageFormat::Jpeg).into_decoder().unwrap();
    assert!(reader.exif_metadata().unwrap().is_none());

    let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (32, 64));
    let (top, bottom) = (picture.get_pixel(16, 8).0, picture.get_pixel(16, 56).0);
    assert!(top[0] > 200 && top[2] < 60 && bottom[2] > 200 && bottom[0] < 60, "{top:?} {bottom:?}");
}

#[test]
fn pictures_become_jpeg_unless_something_is_transparent() {
    let (_folder, store) = store();
    let opaque = RgbaImage::from_pixel(20, 10, Rgba([1, 200, 3, 255]));
    let mut clear = opaque.clone();
    clear.put_pixel(3, 3, Rgba([0, 0, 0, 0]));
    for (picture, format, mime, name) in [
        (DynamicImage::from(halves(20, 10)), ImageFormat::Png, Mime::Jpeg, "a.b.jpg"),
        (opaque.clone().into(), ImageFormat::Png, Mime::Jpeg, "a.b.jpg"),
        (opaque.into(), ImageFormat::WebP, Mime::Jpeg, "a.b.jpg"),
        (clear.clone().into(), ImageFormat::Png, Mime::Png, "a.b.png"),
        (clear.into(), ImageFormat::WebP, Mime::Png, "a.b.png"),
    ] {
        // The name's ending is a lie; the content counts.
        let kept = store.put("a.b.pdf", &encoded(picture, format)).unwrap();
        assert_eq!((kept.mime, kept.name.as_str()), (mime, name));
        let format = if mime == Mime::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
        assert_eq!(image::guess_format(&content(&store, &kept)).unwrap(), format);
    }
    let kept = store.put("x.jpg", PDF).unwrap();
    assert_eq!((kept.mime, kept.name.as_str()), (Mime::Pdf, "x.pdf"));
    assert_eq!(content(&store, &kept), PDF);
}

#[test]
fn a_large_picture_becomes_smaller_and_a_small_one_stays() {
    let (_folder, store) = store();
    let side = limits::PICTURE_SIDE;
    for (given, want) in [((side * 2, 300), (side, 150)), ((side, 10), (side, 10)), ((1, side * 3), (1, side))] {
        let kept = store.put("p", &encoded(RgbImage::new(given.0, given.1), ImageFormat::Png)).unwrap();
        assert_eq!(image::load_from_memory(&content(&store, &kept)).unwrap().to_rgb8().dimensions(), want);
    }
}

/// A PNG whose header promises this size; its few bytes of content unfold to zeros.
fn png(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
        };
        !bytes.iter().fold(u32::MAX, step)
    };
    let chunk = |name: &[u8], data: &[u8]| {
        let named = [name, data].concat();
        [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
    };
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", b"\x78\x9c\x63\x60\x60"), chunk(b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n", &chunks.concat()[..]].concat()
}

#[test]
fn a_bomb_is_refused_unread() {
    let (folder, store) = store();
    for bomb in [png(60_000, 60_000, 8, 2), png(u32::MAX >> 1, 1, 8, 6), png(7_900, 8_000, 16, 6)] {
        let watch = Stopwatch::start();
        let refusal = store.put("bomb.png", &bomb).unwrap_err();
        assert!(matches!(refusal, UploadError::Pixels { .. }), "{refusal:?}");
        assert!(watch.elapsed() < Duration::from_millis(500));
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn what_is_not_meant_stays_out() {
    let (folder, store) = store();
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
    let mut damaged = encoded(halves(64, 64), ImageFormat::Png);
    damaged.truncate(damaged.len() / 2);
    let type_ = |e: &UploadError| matches!(e, UploadError::Type { .. });
    assert!(type_(&store.put("a.jpg", &gif).unwrap_err()));
    assert!(type_(&store.put("a.pdf", b"<html><script>alert(1)</script>").unwrap_err()));
    assert!(type_(&store.put("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap_err()));
    assert!(type_(&store.put("a.pdf", b" %PDF-1.7").unwrap_err()));
    assert!(matches!(store.put("a.jpg", b"").unwrap_err(), UploadError::Empty { .. }));
    assert!(matches!(store.put("a.png", &damaged).unwrap_err(), UploadError::Broken { .. }));
    assert!(matches!(store.put("a.jpg", b"\xff\xd8\xff\xe0").unwrap_err(), UploadError::Broken { .. }));

    let mut large = PDF.to_vec();
    large.resize(limits::UPLOAD_BYTES + 1, b' ');
    let refusal = store.put("../big\u{202e}.pdf", &large).unwrap_err();
    assert_eq!(refusal.to_string(), "`big.pdf` has 10485761 bytes; a file may have 10485760");
    assert!(files(folder.path()).is_empty());
    large.pop();
    assert!(store.put("big.pdf", &large).is_ok());
}

#[test]
fn the_same_content_is_kept_once_whoever_comes_first() {
    let (folder, store) = store();
    let put = || store.put("a.pdf", PDF).unwrap();
    let all: Vec<Stored> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(put)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(all.windows(2).all(|w| w[0] == w[1]));
    let kept = files(folder.path());
    let text = all[0].digest.to_string();
    assert_eq!(kept, [folder.path().join("files").join(&text[..2]).join(&text[2..4]).join(&text)]);
    assert_eq!(content(&store, &put()), PDF);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_upset_the_store(
        head in prop::sample::select(vec![
            &b"\xff\xd8\xff"[..], b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"RIFF\x10\0\0\0WEBPVP8L", b"",
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..600),
        name in any::<String>(),
    ) {
        let (_folder, store) = store();
        if let Ok(kept) = store.put(&name, &[head, &tail].concat()) {
            content(&store, &kept);
        }
    }

    #[test]
    fn no_damage_upsets_the_store(
        format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let (_folder, store) = store();
        let mut bytes = encoded(halves(40, 30), format);
        if format == ImageFormat::Jpeg {
            bytes = with_exif(&bytes);
        }
        for (at, byte) in &damage {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let kept = store.put("a", &bytes);
        prop_assert!(kept.is_ok() || !damage.is_empty());
        if let Ok(kept) = kept {
            let kept = content(&store, &kept);
            prop_assert!(!contains(&kept, b"Exif") && !contains(&kept, &LATITUDE));
        }
    }

    #[test]
    fn digests_read_back(digest in any::<[u8; 32]>(), other in "[0-9a-fG]{60,66}") {
        let digest = Digest(digest);
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        if let Ok(digest) = other.parse::<Digest>() {
            prop_assert_eq!(digest.to_string(), other);
        }
    }
}

fn attachment(stored: Stored, case: (Jurisdiction, CaseId)) -> Attachment {
    Attachment { id: AttachmentId::new(), case, stored, by: "person:1".into(), at: Millis(5) }
}

async fn rows_read_back(bed: Bed) {
    let store = Store::new(bed.folder.path().join("files")).unwrap();
    let case = (Jurisdiction(990_101_001), CaseId::new());
    let all: Vec<_> = (0..3).map(|_| attachment(store.put("合同.pdf", PDF).unwrap(), case)).collect();
    let other = attachment(all[0].stored.clone(), (case.0, CaseId::new()));
    let rows: Vec<_> = all.iter().cloned().chain([other.clone()]).collect();
    bed.db.write(move |tx: &mut Tx<'_>| rows.iter().try_for_each(|a| record(tx, a))).await.unwrap();
    let got = bed.db.read(move |tx: &mut Tx<'_>| {
        let one = get(tx, case.0, other.id)?;
        Ok::<_, linli_engine::db::DbError>((of_case(tx, case.0, case.1)?, one, get(tx, Jurisdiction(1), other.id)?))
    });
    let (of_case, one, none) = got.await.unwrap();
    assert_eq!((of_case, one.map(|a| a.id), none), (all, Some(other.id), None));
}

async fn only_old_files_that_nobody_names_are_swept(bed: Bed) {
    let store = Store::new(bed.folder.path().join("files")).unwrap();
    let now = Clock::System.now();
    let age = |path: &Path, ms: i64| {
        let at = UNIX_EPOCH + Duration::from_millis(now.plus(-ms).0.unsigned_abs());
        File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    };
    let papers: Vec<Stored> = (0..5).map(|i| store.put("a.pdf", &[PDF, &[i]].concat()).unwrap()).collect();
    let path = |stored: &Stored| {
        let text = stored.digest.to_string();
        bed.folder.path().join("files").join(&text[..2]).join(&text[2..4]).join(text)
    };
    let [named, orphan, young, asked_again, _fresh] = &papers[..] else { unreachable!() };
    let row = attachment(named.clone(), (Jurisdiction(990_101_001), CaseId::new()));
    bed.db.write(move |tx: &mut Tx<'_>| record(tx, &row)).await.unwrap();
    for old in [named, orphan, asked_again] {
        age(&path(old), DAY_MS + 60_000);
    }
    age(&path(young), DAY_MS - 60_000);
    // The same file once more, its report on the way: counted on again.
    store.put("b.pdf", &[PDF, &[3]].concat()).unwrap();
    let beside = path(orphan);
    let (half, foreign) = (beside.with_file_name("0123.part"), beside.with_file_name("notes.txt"));
    for file in [&half, &foreign] {
        fs::write(file, b"12345").unwrap();
        age(file, 2 * DAY_MS);
    }

    let swept = sweep(&bed.db, &store, now.plus(-DAY_MS)).await.unwrap();
    assert_eq!(swept, Swept { files: 2, bytes: orphan.bytes_len + 5 });
    let there = papers.iter().map(|p| path(p).exists()).collect::<Vec<_>>();
    assert_eq!((there, half.exists(), foreign.exists()), (vec![true, false, true, true, true], false, true));
    assert_eq!(sweep(&bed.db, &store, now.plus(-DAY_MS)).await.unwrap(), Swept::default());
}

on_both! {
    rows => rows_read_back;
    sweeps => only_old_files_that_nobody_names_are_swept;
}
