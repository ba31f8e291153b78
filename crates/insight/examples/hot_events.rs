//! The hot events of a stream of letters as CSV:
//! `cargo run --release -p linli-insight --example hot_events [FILE.jsonl [HOW MANY]]`.

mod shared;

use std::error::Error;

use linli_insight::text::events::{Common, Letter, Limits, Stream};
use shared::{day, letters, words};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().unwrap_or_else(|| "complaints/stream.jsonl".to_owned());
    let most = args.next().map_or(Ok(30), |n| n.parse())?;
    let records = letters(&file)?;
    let common = Common::learn(records.iter().map(|record| record.text.as_str()));
    let mut stream = Stream::new(common, Limits { endings: words()?.place_endings(), ..Limits::default() });
    for record in &records {
        stream.add(&Letter {
            id: record.id,
            person: record.person,
            title: &record.title,
            text: &record.text,
            place: None,
            at: record.at,
            votes_for: record.votes_for,
            votes_against: record.votes_against,
        });
    }
    let now = records.last().map_or(0, |record| record.at);
    println!("rank,heat,first,last,place,what,people,votes,letters");
    for event in stream.table(now, 2, most) {
        let ids: Vec<String> = event.letters.iter().map(u64::to_string).collect();
        let place = event.place.unwrap_or_default();
        let (first, last) = (day(event.first), day(event.last));
        let what = event.what.join(" ");
        println!(
            "{},{:.1},{first},{last},{place},{what},{},{},{}",
            event.rank,
            event.heat,
            event.people,
            event.votes,
            ids.join(" ")
        );
    }
    Ok(())
}
