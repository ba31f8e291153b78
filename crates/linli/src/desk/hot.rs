//! What many write about at the same time, the hottest first, with its letters. Events are ranked; of people only how
//! many there are is known here.

use std::sync::Arc;

use askama::Template;
use linli_engine::{
    desk::hot::{self, Event, Hot, Letter, Trend},
    ids::PlaceCode,
    policy::{Action, Resource},
    seats::Seat,
};
use linli_worktime::Millis;

use super::{
    asked::Asked,
    inbox::{Choice, below},
    related::merging,
    views::{Views, may},
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    download::{download, escaped},
    i18n::text,
    page::show,
    times::Spoken,
};

/// Events that the page shows at first.
const SHOWN: usize = 20;
/// Letters of one event that the page shows; the table names all.
const LETTERS: usize = 50;
/// Telling words that the page shows.
const WORDS: usize = 3;
/// Letters that are tried for merging.
const TRIED: usize = 2;
const DAY_MS: i64 = 24 * 3_600_000;
/// The size of the small drawing.
const HEIGHT: u32 = 28;

struct Row {
    rank: usize,
    id: String,
    /// The title of the letter that says most of what they say.
    title: String,
    what: String,
    place: String,
    /// How many people wrote how much.
    crowd: String,
    first: Spoken,
    last: Spoken,
    heat: String,
    why: String,
    trend: &'static str,
    trend_says: String,
    bars: Vec<Bar>,
    bars_say: String,
    letters: Vec<LetterRow>,
    /// How many, and how many of them stand in the table alone.
    count: String,
    rest: Option<String>,
    merge: Option<Merge>,
}

struct Bar {
    x: usize,
    y: u32,
    height: u32,
}

struct LetterRow {
    url: String,
    title: String,
    number: String,
    place: String,
    at: Spoken,
    tag: &'static str,
    state: String,
}

/// The way to make one matter of two.
struct Merge {
    url: String,
    says: String,
}

#[derive(Template)]
#[template(path = "desk/hot.html")]
struct HotPage {
    page: Page,
    views: Views,
    sentence: String,
    how: String,
    cut: Option<String>,
    places: Vec<Choice>,
    spans: Vec<Choice>,
    until: String,
    rows: Vec<Row>,
    /// Where all of them are, where not all are shown.
    all: Option<String>,
    file: String,
}

/// What an address asks for.
fn ask(ctx: &Ctx, asked: &Asked) -> hot::Ask {
    let days = asked.read::<i64>("days").filter(|days| hot::SPANS.contains(days));
    hot::Ask { place: asked.read("place"), days: days.unwrap_or(hot::Ask::default().days), until: asked.days(ctx).1 }
}

async fn read(ctx: &Ctx, asked: &Asked) -> Result<(Seat, hot::Ask, Arc<Hot>), Fault> {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let ask = ask(ctx, asked);
    let hot = ctx.engine().hot(&seat, ask.clone()).await?;
    Ok((seat, ask, hot))
}

/// `GET /desk/hot`: in the places of a seat; a unit sees the events among its own cases.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let (seat, ask, hot) = read(&ctx, &asked).await?;
    let page = Page::titled(&ctx, "hot-title");
    let (mut views, _) = Views::read(&ctx, &page, &seat, None).await?;
    views.at("/desk/hot");
    let most = if asked.get("all").is_some() { usize::MAX } else { SHOWN };
    let acts = may(&seat, Action::Act, Resource::Case);
    let mut rows = Vec::new();
    for (n, event) in hot.events.iter().take(most).enumerate() {
        let merge = if acts { merge(&ctx, &page, event).await? } else { None };
        rows.push(Row { merge, ..row(&ctx, &page, &hot, &ask, n, event) });
    }
    let conditions = asked.only(&["place", "days", "until"]);
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX).into();
    let sentence = [("days", ask.days.into()), ("letters", number(hot.letters)), ("events", number(hot.events.len()))];
    show(&HotPage {
        sentence: text(page.lang(), "hot-sentence", &sentence),
        how: page.n("hot-how", hot.half_life / DAY_MS),
        cut: hot.cut.then(|| page.n("hot-cut", hot.letters)),
        places: places(&ctx, &page, &seat, ask.place.as_ref()),
        spans: hot::SPANS.iter().map(|days| span(&page, *days, ask.days)).collect(),
        until: asked.get("until").unwrap_or_default().to_owned(),
        all: (hot.events.len() > rows.len()).then(|| asked.with("/desk/hot", "all", "1")),
        file: format!("/desk/hot.csv?{conditions}"),
        rows,
        views,
        page,
    })
}

/// `GET /desk/hot.csv`: the same as a table.
pub async fn table(ctx: Ctx, asked: Asked) -> Reply {
    let (_, _, hot) = read(&ctx, &asked).await?;
    let page = Page::new(&ctx, "");
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let heads = ["rank", "heat", "trend", "first", "last", "place", "what", "people", "count", "votes", "letters"];
    // Writing into memory cannot fail.
    let _ = out.write_record(heads.map(|name| page.t(&format!("hot-col-{name}"))));
    for (n, event) in hot.events.iter().enumerate() {
        let numbers: Vec<&str> = event.letters.iter().rev().map(|letter| letter.number.as_str()).collect();
        let day = |at: &Millis| page.time(at).exact.get(..10).unwrap_or_default().to_owned();
        let cells = [
            (n + 1).to_string(),
            format!("{:.1}", event.heat),
            page.t(trend(event.trend).1),
            day(&event.first),
            day(&event.last),
            place(&page, event),
            event.what.join(" "),
            event.people.to_string(),
            event.letters.len().to_string(),
            event.votes.to_string(),
            numbers.join(" "),
        ];
        let _ = out.write_record(cells.map(|cell| escaped(&cell)));
    }
    Ok(download(&page.t("hot-title"), "csv", out.into_inner().unwrap_or_default()))
}

/// All below a seat, and the place that was asked for where it lies deeper.
fn places(ctx: &Ctx, page: &Page, seat: &Seat, chosen: Option<&PlaceCode>) -> Vec<Choice> {
    let mut places = below(ctx, page, seat, chosen);
    let deeper = chosen.filter(|code| seat.place.covers(code) && !places.iter().any(|place| place.chosen));
    if let Some(place) = deeper.and_then(|code| ctx.engine().directory().place(code).cloned()) {
        places.push(Choice { code: place.code.to_string(), name: page.of(&place.name).to_owned(), chosen: true });
    }
    places
}

fn span(page: &Page, days: i64, chosen: i64) -> Choice {
    Choice { code: days.to_string(), name: page.n("hot-days", days), chosen: days == chosen }
}

/// How a trend looks and is called.
fn trend(trend: Trend) -> (&'static str, &'static str) {
    match trend {
        Trend::New => ("hot-up", "hot-new"),
        Trend::Rising => ("hot-up", "hot-rising"),
        Trend::Level => ("hot-level", "hot-even"),
        Trend::Falling => ("hot-down", "hot-falling"),
    }
}

/// The community that most letters come from, or the place that they name.
fn place(page: &Page, event: &Event) -> String {
    event.place.as_ref().map(|code| page.spot(code)).or_else(|| event.named.clone()).unwrap_or_default()
}

/// The title that holds most of the telling words; the newest of those.
fn typical(event: &Event) -> &str {
    let holds = |letter: &&Letter| event.what.iter().filter(|word| letter.title.contains(word.as_str())).count();
    event.letters.iter().rev().max_by_key(holds).map_or("", |letter| letter.title.as_str())
}

fn row(ctx: &Ctx, page: &Page, hot: &Hot, ask: &hot::Ask, n: usize, event: &Event) -> Row {
    let (shape, word) = trend(event.trend);
    let week = if ask.days == hot::SPANS[0] { "hot-than-day" } else { "hot-than-week" };
    let most = event.bars.iter().copied().max().unwrap_or(1).max(1);
    let bar = |(x, n): (usize, &u32)| {
        let height = (n * HEIGHT).div_ceil(most);
        Bar { x: x * 7, y: HEIGHT - height, height }
    };
    let counts: Vec<String> = event.bars.iter().map(u32::to_string).collect();
    let stretch = match ask.days {
        ..=30 => "hot-bars-days",
        31..=90 => "hot-bars-weeks",
        _ => "hot-bars-months",
    };
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX).into();
    let crowd =
        [("people", number(event.people)), ("letters", number(event.letters.len())), ("votes", number(event.votes))];
    Row {
        rank: n + 1,
        id: event
            .letters
            .last()
            .map(|first| format!("{}-{}", first.key.jurisdiction, first.number))
            .unwrap_or_default(),
        title: typical(event).to_owned(),
        what: event.what.iter().take(WORDS).cloned().collect::<Vec<_>>().join(" \u{b7} "),
        place: place(page, event),
        crowd: text(page.lang(), "hot-crowd", &crowd),
        first: page.time(&event.first),
        last: page.time(&event.last),
        heat: format!("{:.1}", event.heat),
        why: why(page, hot, ask.until.unwrap_or(hot.at).min(hot.at), event),
        trend: shape,
        trend_says: if event.trend == Trend::New { page.t(word) } else { page.t1(week, "trend", page.t(word)) },
        bars: event.bars.iter().enumerate().map(bar).collect(),
        bars_say: page.t1(stretch, "counts", counts.join(", ")),
        letters: event.letters.iter().take(LETTERS).map(|letter| letter_row(ctx, page, letter)).collect(),
        count: page.n("hot-letters", event.letters.len()),
        rest: event.letters.len().checked_sub(LETTERS + 1).map(|rest| page.n("hot-rest", rest + 1)),
        merge: None,
    }
}

/// The heat of an event, part by part, in words.
fn why(page: &Page, hot: &Hot, until: Millis, event: &Event) -> String {
    let further = event.letters.len().saturating_sub(event.people);
    let cooled = 0.5_f64.powf(until.since(event.last).max(0) as f64 / hot.half_life as f64);
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX).into();
    let args = [
        ("people", number(event.people)),
        ("further", number(further)),
        ("further_counts", format!("{:.1}", (further as f64).ln_1p()).into()),
        ("votes", number(event.votes)),
        ("votes_count", format!("{:.1}", 2.0 * (event.votes as f64).ln_1p()).into()),
        ("days", (until.since(event.last).max(0) / DAY_MS).into()),
        ("left", ((cooled * 100.0).round() as i64).into()),
        ("heat", format!("{:.1}", event.heat).into()),
    ];
    let parts = [(true, "hot-why-people"), (further > 0, "hot-why-further"), (event.votes > 0, "hot-why-votes")];
    let told = parts.iter().filter(|(there, _)| *there).map(|(_, key)| text(page.lang(), key, &args));
    let told = told.collect::<Vec<_>>().join(&page.t("hot-why-plus"));
    format!("{told}{}", text(page.lang(), "hot-why-left", &args))
}

fn letter_row(ctx: &Ctx, page: &Page, letter: &Letter) -> LetterRow {
    let (tag, state) = match (letter.joined, letter.phase) {
        (true, _) => ("tag tag-info", page.t("hot-joined")),
        (false, linli_engine::cases::Phase::Open) => ("tag tag-now", page.t("desk-state-open")),
        (false, phase) => ("tag tag-done", page.t(&format!("desk-state-{}", phase.slug()))),
    };
    let directory = ctx.engine().directory();
    LetterRow {
        url: url(letter),
        title: letter.title.clone(),
        number: letter.number.clone(),
        place: directory.place(&letter.place).map_or("", |place| page.of(&place.name)).to_owned(),
        at: page.time(&letter.at),
        tag,
        state,
    }
}

fn url(letter: &Letter) -> String {
    format!("/desk/cases/{}/{}", letter.key.jurisdiction, letter.number)
}

/// The newest of the open letters that this seat may merge into the first of them.
async fn merge(ctx: &Ctx, page: &Page, event: &Event) -> Result<Option<Merge>, Fault> {
    let open = |letter: &&Letter| letter.phase == linli_engine::cases::Phase::Open && !letter.joined;
    let Some(main) = event.letters.iter().rev().find(open) else { return Ok(None) };
    let same = |letter: &&Letter| letter.key.jurisdiction == main.key.jurisdiction && letter.key != main.key;
    for letter in event.letters.iter().filter(open).filter(same).take(TRIED) {
        let d = ctx.engine().case_by_key(letter.key, &ctx.viewer()).await?;
        if merging(&d).is_some() {
            let says = text(
                page.lang(),
                "hot-merge",
                &[("this", letter.number.as_str().into()), ("main", main.number.as_str().into())],
            );
            return Ok(Some(Merge { url: format!("{}/merge?main={}", url(letter), main.number), says }));
        }
    }
    Ok(None)
}
