//! `linli setup FILE.xlsx`: the tables of the administration's pages as a command, by the same reader and the same check.

use std::{path::Path, process::ExitCode, sync::Arc};

use linli_engine::{edge::Clock, ids::PlaceCode, record::By};

use super::{Done, Failure, Where};
use crate::{
    admin::sheets::{
        Kind,
        apply::{Order, Outcome, apply, look},
        check::Reader,
        read::{Book, read},
        report::{Report, Verdict},
    },
    web::i18n::Lang,
};

/// The words of a command are English.
const LANG: Lang = Lang::En;

fn home(book: &Book) -> Option<PlaceCode> {
    let places = book.tables.iter().find(|t| t.kind == Kind::Places)?;
    places
        .rows
        .iter()
        .filter_map(|line| places.cell(line, "code").parse().ok())
        .find(|c: &PlaceCode| c.as_str().len() == 9)
}

/// Checks a file of tables and, unless `check`, puts its good rows in. 0 when all rows are right, 1 when some are wrong.
pub async fn run(path: &Path, check: bool, at: Option<&PlaceCode>, place: &Where) -> Done {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(Failure::io(shown.clone()))?;
    let book = read(&shown, &bytes).map_err(|said| Failure::Input(format!("{shown}: {}", said.words(LANG, ""))))?;
    let home = at.cloned().or_else(|| home(&book));
    let engine = place.open(Clock::System, home.as_ref()).await?;
    let (book, reader) = (Arc::new(book), Reader { lang: LANG.code(), may: Kind::ALL.to_vec(), own: None });
    let mut wrong = 0;
    // Seats need their accounts: what is in by the first pass is there for the second.
    for pass in 0..2 {
        let found = look(&engine, &book, &reader).await?.report;
        let good = found.good();
        wrong = found.wrong();
        if pass == 0 || good > 0 {
            say(&found);
        }
        if check || good == 0 {
            break;
        }
        let order = Order {
            book: Arc::clone(&book),
            reader: reader.clone(),
            by: By::command("setup"),
            plan: found.plan,
            upload: None,
        };
        match apply(&engine, order).await? {
            Outcome::Done(issued) => {
                println!("{good} rows put in");
                for one in issued {
                    println!("    {:<20} {:<16} {}", one.login, one.password, one.name);
                }
            }
            Outcome::Moved(_) | Outcome::Again => {
                return Err(Failure::Input("what is there changed meanwhile; nothing was done, run it again".into()));
            }
        }
    }
    Ok(if wrong > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn say(report: &Report) {
    for note in &report.notes {
        println!("{}", note.words(LANG, ""));
    }
    for table in &report.tables {
        let (new, changed, same, wrong) = (table.new, table.changed, table.same, table.wrong);
        println!("{}: {new} new, {changed} changed, {same} the same, {wrong} wrong", table.kind.title(LANG));
        for row in &table.rows {
            match &row.verdict {
                Verdict::New => {}
                Verdict::Changed(others) => {
                    for other in others {
                        let header = table.kind.header(&other.field, LANG);
                        println!("  row {}: {}: {header}: {} -> {}", row.line, row.name, other.was, other.becomes);
                    }
                }
                Verdict::Wrong(mistakes) => {
                    for mistake in mistakes {
                        let header = table.kind.header(&mistake.field, LANG);
                        let words = mistake.said.words(LANG, &header);
                        println!("  row {}, column {} ({header}): {words}", row.line, mistake.letter);
                    }
                }
            }
        }
    }
}
