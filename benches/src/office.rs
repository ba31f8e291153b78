//! A made-up office with many cases, written by the program itself and served by it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use linli_testbed::{http::Client, program::Program};
use tokio::process::Command;

use crate::{Any, binary, load::Page};

/// Words with a slip: a homophone, a wrong character, two letters that changed places.
const SLIPS: [&str; 5] = [
    "%E8%B7%AF%E7%99%BB",
    "%E6%BC%8F%E8%B0%81",
    "%E7%94%B5%E9%A2%98%E5%9B%B0%E4%BA%BA",
    "%E7%87%A5%E5%A3%B0%E6%89%B0%E6%B0%91",
    "wfii",
];
/// The street of the demonstration.
pub const STREET: &str = "990101001";
const PASSWORD: &str = "linli-demo-2026";
/// What people look for: common words, a rare one, two together, a piece of a word, letters.
const WORDS: [&str; 6] = [
    "%E8%B7%AF%E7%81%AF",
    "%E6%BC%8F%E6%B0%B4",
    "%E7%94%B5%E6%A2%AF%20%E5%9B%B0",
    "%E5%99%AA%E5%A3%B0",
    "%E7%81%AF",
    "wifi",
];

/// Writes so many cases into an empty database; how long it took.
pub async fn write(data: &Path, database: Option<&str>, cases: usize) -> Any<Duration> {
    let mut write = Command::new(binary()?);
    write.args(["demo", "--only-write", "--cases", &cases.to_string()]).arg("--data").arg(data);
    if let Some(url) = database {
        write.args(["--db", url]);
    }
    let begun = Instant::now();
    let out = write.output().await?;
    if !out.status.success() {
        return Err(format!("linli demo: {}", String::from_utf8_lossy(&out.stderr)).into());
    }
    Ok(begun.elapsed())
}

/// Serves it, and waits until the search index has taken in every case.
pub async fn open(data: &Path, database: Option<&str>) -> Any<Program> {
    let program = Program::start(&binary()?, "serve", data, database).await?;
    while to_index(data, database).await? {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    if let Some(url) = database {
        crate::bare::vacuum(url).await?;
    }
    Ok(program)
}

/// A connection to the database itself.
pub async fn connect(url: &str) -> Any<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn to_index(data: &Path, database: Option<&str>) -> Any<bool> {
    const LEFT: &str = "SELECT EXISTS (SELECT 1 FROM cases WHERE NOT indexed)";
    match database {
        Some(url) => Ok(connect(url).await?.query_one(LEFT, &[]).await?.get(0)),
        None => Ok(rusqlite::Connection::open(data.join("linli.db"))?.query_row(LEFT, [], |row| row.get(0))?),
    }
}

/// The cookie of a member of staff.
pub async fn staff(address: &str, login: &str) -> Any<String> {
    let mut client = Client::connect(address).await?;
    let form = format!("login={login}&password={PASSWORD}&next=%2Fdesk");
    let answer = client.post("/desk/signin", "application/x-www-form-urlencoded", form.as_bytes()).await?;
    if answer.status != 303 {
        return Err(format!("{login} cannot sign in: {}", answer.status).into());
    }
    Ok(client.cookie)
}

/// What an office looks at, in turn.
pub async fn pages(address: &str) -> Any<Vec<Page>> {
    let (dispatcher, handler, head) =
        (staff(address, "dispatcher").await?, staff(address, "urban").await?, staff(address, "desk-head").await?);
    let cases = cases(address, &head).await?;
    let page = |kind, cookie: &str, path: String| Page { kind, cookie: cookie.to_owned(), path };
    let mut pages = Vec::new();
    for (n, case) in cases.iter().enumerate() {
        pages.push(page("inbox", if n % 2 == 0 { &dispatcher } else { &handler }, "/desk".to_owned()));
        pages.push(page("case", &head, case.clone()));
        pages.push(page("search", &dispatcher, format!("/desk/search?q={}", WORDS[n % WORDS.len()])));
        pages.push(page("search, a slip", &dispatcher, format!("/desk/search?q={}", SLIPS[n % SLIPS.len()])));
        let lists = ["?state=open", "?place=990101001001", "?category=utility.lighting&state=open", "?state=problem"];
        pages.push(page("list", &head, format!("/desk/search{}", lists[n % lists.len()])));
        pages.push(page("nearby map", "", "/nearby".to_owned()));
        pages.push(page("tracking page's start", "", "/".to_owned()));
    }
    Ok(pages)
}

/// Cases from all of history, by following the list of all of them a few pages at a time through the years.
async fn cases(address: &str, cookie: &str) -> Any<Vec<String>> {
    let mut client = Client::connect(address).await?;
    cookie.clone_into(&mut client.cookie);
    let mut found = Vec::new();
    for month in 0..24 {
        let (year, month) = (2026 - month / 12, 11 - month % 12);
        let (year, month) = if month < 1 { (year - 1, month + 12) } else { (year, month) };
        let answer = client.get(&format!("/desk/search?until={year}-{month:02}-15")).await?;
        let links = answer.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let links = links.filter(|link| link.starts_with(&format!("/desk/cases/{STREET}/")));
        found.extend(links.map(str::to_owned).take(4));
    }
    if found.is_empty() { Err("no case is listed".into()) } else { Ok(found) }
}
