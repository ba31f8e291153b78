//! How long search takes among many cases on SQLite, as typed and with a slip, and the look at hot events:
//! `cargo run --release -p linli-engine --example near_figures CASES LETTERS`, with letters as JSON Lines of `title`, `text`.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{error::Error, path::Path, time::Instant};

use linli_engine::{
    Engine, Options,
    cases::search::Query,
    db::Url,
    desk::hot::Ask,
    edge::{self, Clock},
    ids::{AccountId, SeatId},
    pack,
    seats::{Role, Seat},
};
use linli_worktime::Millis;

const DAY_MS: i64 = 24 * 3_600_000;
const NOW: Millis = Millis(1_772_416_800_000);
/// Asked by somebody in a hurry: sounds alike, wrong, missing, too many, changed places; two words; what is nowhere.
const TYPED: [&str; 10] = [
    "\u{8def}\u{767b}\u{4e0d}\u{4eae}",
    "\u{8def}\u{767b}",
    "\u{55d3}\u{97f3}\u{6270}\u{6c11}",
    "\u{7535}\u{9898}\u{56f0}\u{4eba}",
    "\u{6405}\u{4f34}\u{7ad9}\u{566a}\u{97f3}",
    "\u{7269}\u{4e1a}\u{6536}\u{975e}",
    "\u{5c0f}\u{533a}\u{505c}\u{8f66}\u{4e71}\u{8c61}\u{6536}\u{8d39}",
    "\u{591c}\u{95f4}\u{65bd}\u{5de5}\u{8e81}\u{97f3}",
    "\u{516c}\u{79ef}\u{91d1} \u{8d37}\u{5bbd}",
    "\u{6e38}\u{6cf3}\u{500c}",
];

type Any<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Any<()> {
    let mut args = std::env::args().skip(1);
    let cases: i64 = args.next().ok_or("how many cases?")?.parse()?;
    let letters = std::fs::read_to_string(args.next().ok_or("which letters?")?)?;
    let folder = tempfile::tempdir()?;
    let url: Url = format!("{}", folder.path().join("office.db").display()).parse()?;
    let engine = open(&url, folder.path()).await?;
    let begun = Instant::now();
    write(&folder.path().join("office.db"), cases, &letters)?;
    println!("{cases} cases written in {:?}", begun.elapsed());
    let begun = Instant::now();
    while engine.index_words().await? > 0 {}
    println!("taken in in {:?}; {} MB in all", begun.elapsed(), size(folder.path())? / 1_000_000);
    let seat = Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: "office".parse()?,
        role: Role::DeskHead,
        place: "990101001".parse()?,
        from: Millis(0),
        until: None,
        cover: None,
    };
    let (mut exact, mut near) = (Vec::new(), Vec::new());
    for round in 0..20 {
        for typed in TYPED {
            let query = Query { words: typed.into(), ..Query::default() };
            let begun = Instant::now();
            let found = engine.search(&seat, query.clone()).await?;
            exact.push(begun.elapsed());
            let begun = Instant::now();
            let beside = engine.search_near(&seat, query, &found).await?;
            near.push(begun.elapsed());
            if round == 0 {
                let first = beside.first().map_or("", |head| &head.title);
                println!("{typed}: {} found, {} near in {:?}: {first}", found.len(), beside.len(), begun.elapsed());
            }
        }
    }
    for days in [30, 90] {
        let begun = Instant::now();
        let hot = engine.hot(&seat, Ask { days, ..Ask::default() }).await?;
        println!(
            "hot events among {} letters of {days} days: {} in {:?}",
            hot.letters,
            hot.events.len(),
            begun.elapsed()
        );
    }
    for (name, mut times) in [("as typed", exact), ("near", near)] {
        times.sort_unstable();
        let at = |part: usize| times[(times.len() - 1) * part / 100];
        println!("{name}: p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), at(100));
    }
    Ok(())
}

async fn open(url: &Url, folder: &Path) -> Any<Engine> {
    let options = Options {
        url: url.clone(),
        seats: 2,
        folder: folder.to_owned(),
        pack: pack::read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn"))?,
        home: Some("990101001".parse()?),
        clock: Clock::set(NOW),
        plugs: linli_engine::notices::Plugs::default(),
    };
    let engine = Engine::open(options).await?;
    let place = |(code, name): (&str, &str)| -> Any<linli_engine::directory::Place> {
        let name = linli_flow::Text { zh: name.into(), en: name.into() };
        Ok(linli_engine::directory::Place {
            code: code.parse()?,
            name,
            aliases: Vec::new(),
            point: None,
            retired_at: None,
        })
    };
    let places = [("9901", "City"), ("990101", "District"), ("990101001", "Street")].map(place);
    let places = places.into_iter().collect::<Any<Vec<_>>>()?;
    let home = engine.home;
    let save = move |tx: &mut linli_engine::db::Tx<'_>| linli_engine::directory::save_places(tx, home, &places, NOW);
    engine.db.write::<_, linli_engine::db::DbError, _>(save).await?;
    engine.refresh().await?;
    Ok(engine)
}

/// The rows that lists and search read, spread over two years, straight into the file.
fn write(file: &Path, cases: i64, letters: &str) -> Any<()> {
    let letters: Vec<serde_json::Value> = letters.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let mut lite = rusqlite::Connection::open(file)?;
    let tx = lite.transaction()?;
    {
        let mut put = tx.prepare(
            "INSERT INTO cases (jurisdiction, id, number, flow, pack, opened_at, channel, kind, category, class, title, body, place,
             address, phase, redo, seq, indexed) VALUES (990101001, ?1, ?2, 'request', '2026.6', ?3, 'letter', 'complaint',
             'other', 'general', ?4, ?5, '990101001', '', 'ended', 0, 1, 0)",
        )?;
        for n in 0..cases {
            let letter = &letters[usize::try_from(n)? % letters.len()];
            let text = |name: &str, most: usize| {
                letter[name].as_str().unwrap_or_default().trim().chars().take(most).collect::<String>()
            };
            let at = NOW.0 - 730 * DAY_MS + n * (730 * DAY_MS / cases);
            put.execute(rusqlite::params![edge::new_id(), format!("x-{n}"), at, text("title", 80), text("text", 200)])?;
        }
    }
    tx.commit()?;
    Ok(())
}

fn size(folder: &Path) -> Any<u64> {
    let files = std::fs::read_dir(folder)?.filter_map(Result::ok).filter_map(|file| file.metadata().ok());
    Ok(files.filter(std::fs::Metadata::is_file).map(|data| data.len()).sum())
}
