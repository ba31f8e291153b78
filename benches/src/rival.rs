//! django-helpdesk (PyPI, gunicorn, PostgreSQL) and Linli with the same letters on the same server, one after the other
//! in one run: make one, list the open ones, open one, find some. `scripts/rival-helpdesk` sets it up.

use std::{
    io::Write as _,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use linli_testbed::http::{Answer, Client};
use tokio::process::{Child, Command};

use crate::{
    Any, bare,
    load::{Took, report},
    number, office,
};

/// What is looked for: a word of four characters, as people write it.
const WORDS: &str = "\u{8def}\u{706f}\u{4e0d}\u{4eae}";

/// Runs it; `BENCH_CASES` says with how many letters.
pub async fn run(time: Duration, server: &str) -> Any<()> {
    let size = number("BENCH_CASES").unwrap_or(100_000);
    let folder = tempfile::tempdir()?;
    let ours = bare::fresh_postgres(server).await?;
    office::write(folder.path(), Some(&ours), size).await?;
    let letters = folder.path().join("letters.jsonl");
    export(&ours, &letters).await?;
    let theirs = bare::fresh_postgres(server).await?;
    let site = Site::load(&theirs, &letters).await?;
    bare::vacuum(&theirs).await?;
    let program = office::open(folder.path(), Some(&ours)).await?;
    let linli = Linli::new(&program.address).await?;
    let helpdesk = site.serve().await?;

    line("create, 1 client", create(&linli, 1, time).await?, create(&helpdesk, 1, time).await?);
    line("create, 4 clients", create(&linli, 4, time).await?, create(&helpdesk, 4, time).await?);
    for (what, which) in [("list of the newest open", 0), ("open one", 1), ("search of four characters", 2)] {
        line(what, look(&linli, which, time).await?, look(&helpdesk, which, time).await?);
    }
    helpdesk.stop().await?;
    program.kill().await
}

struct Run {
    rate: f64,
    took: Took,
}

fn line(what: &str, mut ours: Run, mut theirs: Run) {
    let ratio = ours.rate / theirs.rate;
    println!(
        "| {what} | Linli {:.1}/s (p50 {:.2} ms, p95 {:.2} ms); django-helpdesk {:.2}/s (p50 {:.0} ms, p95 {:.0} ms): **{ratio:.0} times** |",
        ours.rate,
        ours.took.at(0.5),
        ours.took.at(0.95),
        theirs.rate,
        theirs.took.at(0.5),
        theirs.took.at(0.95),
    );
}

/// One of the two, as its users reach it.
trait Desk: Clone + Send + 'static {
    fn address(&self) -> &str;
    /// Signs a connection in.
    fn enter(&self, client: &mut Client);
    /// The pages that are looked at: the list, the `n`-th case, the search.
    fn page(&self, which: usize, n: usize) -> String;
    /// Makes a case.
    fn make(&self, client: &mut Client, n: usize) -> impl Future<Output = Any<Answer>> + Send;
}

async fn create(desk: &impl Desk, clients: usize, time: Duration) -> Any<Run> {
    let begun = Instant::now();
    let mut all = Vec::new();
    for lane in 0..clients {
        let desk = desk.clone();
        all.push(tokio::spawn(async move {
            let mut client = Client::connect(desk.address()).await?;
            desk.enter(&mut client);
            let mut took = Took::default();
            for n in 0.. {
                if begun.elapsed() >= time {
                    break;
                }
                let sent = Instant::now();
                let answer = desk.make(&mut client, lane * 1_000_000 + n).await?;
                if answer.status != 201 {
                    return Err(format!("{answer:?}").into());
                }
                took.add(sent.elapsed());
            }
            Any::Ok(took)
        }));
    }
    let mut took = Took::default();
    for one in all {
        took.extend(one.await??);
    }
    Ok(Run { rate: took.count() as f64 / begun.elapsed().as_secs_f64(), took })
}

async fn look(desk: &impl Desk, which: usize, time: Duration) -> Any<Run> {
    let mut client = Client::connect(desk.address()).await?;
    let (begun, mut took) = (Instant::now(), Took::default());
    // The first request pays for what is kept afterwards.
    for n in 0.. {
        // What an answer sets is not sent along: each request is the same.
        desk.enter(&mut client);
        let sent = Instant::now();
        let answer = client.get(&desk.page(which, n)).await?;
        if answer.status != 200 {
            return Err(format!("{}: {} {}", desk.page(which, n), answer.status, answer.location).into());
        }
        if n > 0 {
            took.add(sent.elapsed());
        }
        if n > 2 && begun.elapsed() >= time {
            break;
        }
    }
    Ok(Run { rate: 1e3 / took.at(0.5), took })
}

#[derive(Clone)]
struct Linli {
    address: String,
    cookie: String,
    cases: Vec<String>,
}

impl Linli {
    async fn new(address: &str) -> Any<Self> {
        let cookie = office::staff(address, "desk-head").await?;
        let pages = office::pages(address).await?;
        let cases = pages.into_iter().filter(|p| p.kind == "case").map(|p| p.path).collect();
        Ok(Self { address: address.to_owned(), cookie, cases })
    }
}

impl Desk for Linli {
    fn address(&self) -> &str {
        &self.address
    }

    fn enter(&self, client: &mut Client) {
        client.cookie.clone_from(&self.cookie);
    }

    fn page(&self, which: usize, n: usize) -> String {
        match which {
            0 => "/desk/search?state=open".to_owned(),
            1 => self.cases[n % self.cases.len()].clone(),
            _ => format!("/desk/search?q={}", escaped(WORDS)),
        }
    }

    async fn make(&self, client: &mut Client, n: usize) -> Any<Answer> {
        client.cookie.clear();
        client.post_json("/api/v1/requests", &report(n)).await
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Title, words and whether it is open, of every case: what the other program is filled with.
async fn export(url: &str, path: &Path) -> Any<()> {
    let rows = office::connect(url).await?;
    let rows = rows.query("SELECT title, body, phase = 'open' FROM cases ORDER BY opened_at DESC", &[]).await?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for row in rows {
        let (title, body, open): (String, String, bool) = (row.get(0), row.get(1), row.get(2));
        writeln!(file, "{}", serde_json::json!({ "title": title, "body": body, "open": open }))?;
    }
    Ok(file.flush()?)
}

/// django-helpdesk with its letters.
struct Site {
    python: String,
    host: String,
    database: String,
    said: serde_json::Value,
}

impl Site {
    async fn load(url: &str, letters: &Path) -> Any<Self> {
        let (host, database) = url.rsplit_once('/').ok_or("an address without a database")?;
        let host = host.rsplit_once('@').ok_or("an address without a host")?.1.replace("%2F", "/");
        let python =
            std::env::var("RIVAL_PYTHON").map_err(|_| "RIVAL_PYTHON is not set: use scripts/rival-helpdesk")?;
        let mut site = Self { python, host, database: database.to_owned(), said: serde_json::Value::Null };
        let mut load = site.command(&site.python.clone());
        let out = load.arg("desk_site.py").arg("load").arg(letters).output().await?;
        let why = || format!("desk_site.py: {}", String::from_utf8_lossy(&out.stderr));
        let said = String::from_utf8_lossy(&out.stdout).lines().last().map(str::to_owned).ok_or_else(why)?;
        site.said = serde_json::from_str(&said).map_err(|_| why())?;
        Ok(site)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rivals"));
        command.env("RIVAL_HOST", &self.host).env("RIVAL_DB", &self.database);
        command
    }

    /// As many workers as its own figures were taken with.
    async fn serve(self) -> Any<Helpdesk> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut serve = self.command(&self.python.replace("bin/python", "bin/gunicorn"));
        serve.args(["-w", "4", "-t", "120", "--keep-alive", "30", "-b", &address, "desk_site:application"]);
        let child = serve.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        let begun = Instant::now();
        while Client::connect(&address).await.is_err() {
            if begun.elapsed() > Duration::from_secs(30) {
                return Err("gunicorn does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let text = |name: &str| self.said[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| self.said[name].as_u64().unwrap_or_default();
        let (session, token, first, queue) = (text("session"), text("token"), number("first"), number("queue"));
        Ok(Helpdesk {
            address,
            session,
            token,
            first,
            queue,
            child: std::sync::Arc::new(tokio::sync::Mutex::new(child)),
        })
    }
}

#[derive(Clone)]
struct Helpdesk {
    address: String,
    session: String,
    token: String,
    first: u64,
    queue: u64,
    child: std::sync::Arc<tokio::sync::Mutex<Child>>,
}

impl Helpdesk {
    async fn stop(self) -> Any<()> {
        Ok(self.child.lock().await.kill().await?)
    }
}

impl Desk for Helpdesk {
    fn address(&self) -> &str {
        &self.address
    }

    fn enter(&self, client: &mut Client) {
        client.cookie = format!("sessionid={}; csrftoken={}", self.session, self.token);
        client.headers = format!("X-CSRFToken: {}\r\n", self.token);
    }

    fn page(&self, which: usize, n: usize) -> String {
        // What its list page fetches: 25 rows of JSON.
        let list = |query: &str| {
            let query = BASE64_STANDARD.encode(query).replace('/', "%2F").replace('+', "%2B");
            format!(
                "/helpdesk/datatables_ticket_list/{query}?draw=1&start=0&length=25&order[0][column]=5&order[0][dir]=desc"
            )
        };
        match which {
            0 => list(
                "{\"filtering\": {\"status__in\": [1, 2]}, \"sorting\": \"created\", \"sortreverse\": true, \"search_string\": \"\"}",
            ),
            1 => format!("/helpdesk/tickets/{}/", self.first + (n as u64 * 37) % 10_000),
            _ => list(&format!(
                "{{\"filtering\": {{}}, \"sorting\": \"created\", \"sortreverse\": true, \"search_string\": \"{WORDS}\"}}"
            )),
        }
    }

    async fn make(&self, client: &mut Client, n: usize) -> Any<Answer> {
        let body = serde_json::json!({
            "queue": self.queue,
            "title": format!("The lamp at the gate has been dark for {n} days"),
            "description": format!("The lamp at the gate of building 3 has been dark for {n} days and the steps cannot be seen."),
            "submitter_email": "resident@example.org",
            "status": 1,
            "priority": 3,
        });
        client.post_json("/helpdesk/api/tickets/", &body.to_string()).await
    }
}
