//! Load from outside, and what it took.

use std::time::{Duration, Instant};

use linli_testbed::http::Client;

use crate::Any;

/// What requests of one kind took.
#[derive(Default)]
pub struct Took(Vec<Duration>);

impl Took {
    /// Adds one.
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Adds many.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that a share of them took at most, milliseconds.
    pub fn at(&mut self, share: f64) -> f64 {
        self.0.sort();
        let last = self.0.len().saturating_sub(1);
        self.0.get(((self.0.len() as f64 * share) as usize).min(last)).map_or(0.0, |d| d.as_secs_f64() * 1e3)
    }
}

/// A page to fetch, and what kind it is.
#[derive(Clone)]
pub struct Page {
    /// Its kind, for the table.
    pub kind: &'static str,
    /// Whose cookie it is fetched with.
    pub cookie: String,
    /// Where it is.
    pub path: String,
}

/// Fetches pages in turn at a steady rate, whether or not the answers keep up: a late answer counts from when it was
/// due, not from when there was time to ask. Gives what each kind took.
pub async fn steady(address: &str, pages: &[Page], rate: f64, time: Duration) -> Any<Vec<(&'static str, Took)>> {
    const LANES: usize = 8;
    let begun = Instant::now();
    let mut lanes = Vec::new();
    for lane in 0..LANES {
        let (address, pages) = (address.to_owned(), pages.to_vec());
        lanes.push(tokio::spawn(async move {
            let mut client = Client::connect(&address).await?;
            let mut took: Vec<(&'static str, Duration)> = Vec::new();
            for n in (lane..).step_by(LANES) {
                let due = Duration::from_secs_f64(n as f64 / rate);
                if due >= time {
                    break;
                }
                if let Some(wait) = due.checked_sub(begun.elapsed()) {
                    tokio::time::sleep(wait).await;
                }
                let page = &pages[n % pages.len()];
                client.cookie.clone_from(&page.cookie);
                let answer = client.get(&page.path).await?;
                if answer.status != 200 {
                    return Err(format!("{}: {} {}", page.path, answer.status, answer.location).into());
                }
                took.push((page.kind, begun.elapsed().saturating_sub(due)));
            }
            Any::Ok(took)
        }));
    }
    let mut all: Vec<(&'static str, Took)> = Vec::new();
    for lane in lanes {
        for (kind, took) in lane.await?? {
            match all.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, sum)) => sum.add(took),
                None => all.push((kind, Took(vec![took]))),
            }
        }
    }
    Ok(all)
}

/// Files reports at a steady rate until the time is over.
pub async fn filing(address: &str, rate: f64, time: Duration) -> Any<Took> {
    let (mut client, begun, mut took) = (Client::connect(address).await?, Instant::now(), Took::default());
    for n in 0.. {
        let due = Duration::from_secs_f64(f64::from(n) / rate);
        if due >= time {
            break;
        }
        if let Some(wait) = due.checked_sub(begun.elapsed()) {
            tokio::time::sleep(wait).await;
        }
        let answer = client.post_json("/api/v1/requests", &report(n)).await?;
        if answer.status != 201 {
            return Err(format!("{answer:?}").into());
        }
        took.add(begun.elapsed().saturating_sub(due));
    }
    Ok(took)
}

/// A report as an app sends it.
pub fn report(n: impl std::fmt::Display) -> String {
    let key = format!("bench-{}-{n}-{}", std::process::id(), unique());
    serde_json::json!({
        "key": key,
        "body": format!("The lamp at the gate of building 3 has been dark for {n} days and the steps cannot be seen."),
        "place": "990101001001001003",
        "address": "Building 3",
        "contact": "19900000009",
    })
    .to_string()
}

fn unique() -> u64 {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}
