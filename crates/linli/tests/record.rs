//! Nothing changes without being written down: every deed of the administration is done, and its record looked for. And
//! who reads the record sees what is theirs.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod admin_common;

use admin_common::{COMMUNITY, GRID, Office, key};
use linli::serve;
use linli_engine::{
    cases::store,
    db::Tx,
    record::{self, Asked, Change, What},
    seats::keep,
};
use linli_testbed::{Bed, by_hand, on_both};

on_both! {
    every_deed_is_recorded => deeds;
    each_reads_what_is_theirs => readers;
    the_list_goes_on_where_it_stopped => pages;
    first_passwords_are_changed_first => passwords;
    tokens_are_recorded => tokens;
    what_goes_by_itself_is_recorded => retained;
}

async fn changes(office: &Office, asked: Asked) -> Vec<Change> {
    let home = office.engine.home;
    let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &asked, 1000);
    office.engine.db.read(read).await.unwrap()
}

async fn seat_of(office: &Office, login: &'static str) -> String {
    let (home, now) = (office.engine.home, office.engine.clock.now());
    let read = move |tx: &mut Tx<'_>| {
        let account = keep::by_login(tx, home, &login.parse().unwrap())?.unwrap();
        linli_engine::seats::seats_of(tx, home, account.id, now)
    };
    office.engine.db.read(read).await.unwrap()[0].id.to_string()
}

/// Who does it, the route, what stands for its names, the form, the act that is recorded.
type Deed<'d> = (&'d str, &'d str, &'d str, Vec<(&'d str, &'d str)>, &'d str);

/// Routes that change nothing of the directory: an upload is only checked, a list of passwords only written out. Tokens
/// are tried on their own, and so is what takes two, or takes a second factor off (tests/doors.rs).
const WITHOUT: [&str; 8] = [
    "/admin/reading/learn",
    "/admin/second/{id}/confirm",
    "/admin/second/{id}/decline",
    "/admin/sheets",
    "/admin/passwords",
    "/admin/tokens",
    "/admin/tokens/{id}/revoke",
    "/admin/accounts/{login}/factor",
];

fn all() -> Vec<Deed<'static>> {
    let place = vec![("parent", GRID), ("code", "990101001001001077"), ("zh", "Lantern House")];
    let org = vec![("id", "lamps"), ("zh", "Lamps"), ("kind", "utility"), ("function", "lamps"), ("place", COMMUNITY)];
    let other = vec![("zh", "Lamps & Co"), ("kind", "utility"), ("function", "lamps"), ("place", COMMUNITY)];
    let duty = vec![
        ("category", "utility.lighting"),
        ("place", COMMUNITY),
        ("org", "lamps"),
        ("part", "lead"),
        ("basis", "x"),
    ];
    let seat = vec![("role", "handler"), ("org", "heyuan"), ("place", COMMUNITY)];
    vec![
        ("system", "/admin/places", "", place, "added"),
        ("system", "/admin/places/{code}", "990101001001001077", vec![("zh", "Lantern")], "changed"),
        ("system", "/admin/places/{code}/retire", "990101001001001077", vec![], "retired"),
        ("system", "/admin/places/{code}/restore", "990101001001001077", vec![], "restored"),
        ("system", "/admin/orgs", "", org, "added"),
        ("system", "/admin/orgs/{id}", "lamps", other, "changed"),
        ("system", "/admin/orgs/{id}/retire", "lamps", vec![], "retired"),
        ("system", "/admin/orgs/{id}/restore", "lamps", vec![], "restored"),
        ("system", "/admin/duties", "", duty, "added"),
        ("system", "/admin/duties/{id}/end", "DUTY", vec![], "ended"),
        (
            "system",
            "/admin/accounts",
            "",
            vec![("login", "qian"), ("name", "Qian"), ("password", "long enough now")],
            "added",
        ),
        ("security", "/admin/accounts/{login}/seats", "qian", seat, "added"),
        ("security", "/admin/accounts/{login}/seats/{id}/end", "qian", vec![], "ended"),
        ("system", "/admin/accounts/{login}/password", "qian", vec![], "first-password"),
        ("system", "/admin/accounts/{login}/disable", "qian", vec![], "retired"),
        ("system", "/admin/warnings/{name}/end", "calendar-2031", vec![], "ended"),
        ("system", "/admin/start/{what}", "open", vec![], "added"),
        ("system", "/admin/sheets/{id}/apply", "SHEET", vec![], "changed"),
        ("system", "/admin/reading", "", vec![("sure", "70")], "added"),
        ("security", "/admin/security", "", vec![("required", "nobody")], "added"),
    ]
}

async fn deeds(bed: Bed) {
    let office = Office::open(&bed).await;
    let (home, now) = (office.engine.home, office.engine.clock.now());
    office.engine.db.write(move |tx: &mut Tx<'_>| store::warn(tx, home, "calendar-2031", "{}", now)).await.unwrap();
    let sheet = office
        .upload("system", "/admin/sheets", &key(), "n.csv", format!("code,name\n{GRID},Grid One\n").as_bytes())
        .await;
    let sheet = sheet.location.rsplit('/').next().unwrap().to_owned();
    let (_, routes) = serve::routes().into_parts();
    let posts = routes.iter().filter(|r| r.method == "POST" && r.path.starts_with("/admin"));
    for route in posts.filter(|r| !WITHOUT.contains(&r.path)) {
        assert!(
            all().iter().any(|d| d.1 == route.path),
            "{} is not tried here: does it record what it does?",
            route.path
        );
    }
    let mut before = changes(&office, Asked::default()).await.len();
    for (who, route, subject, mut form, act) in all() {
        let mut path = route.to_owned();
        let subject = match subject {
            "DUTY" => office.engine.directory().duties()[0].id.to_string(),
            "SHEET" => sheet.clone(),
            other => other.to_owned(),
        };
        let seat = if route.contains("/seats/{id}") { seat_of(&office, "qian").await } else { String::new() };
        for name in ["{code}", "{login}", "{name}", "{what}"] {
            path = path.replace(name, &subject);
        }
        path = path.replace("{id}", if seat.is_empty() { &subject } else { &seat });
        let once = key();
        form.push(("key", &once));
        let answer = office.post(who, &path, &form).await;
        assert!(answer.status == 303 || answer.status == 200, "{path}: {} {}", answer.status, answer.body);
        let after = changes(&office, Asked::default()).await;
        assert_eq!(after.len(), before + 1, "{path}");
        let change = &after[0];
        assert_eq!((change.login.as_str(), change.deed.act.as_str()), (who, act), "{path}");
        let secret = format!("{:?}", change.deed);
        assert!(!secret.contains("argon2") && !secret.contains("long enough now"), "{path}: {secret}");
        before = after.len();
        if route == "/admin/places" {
            // The same form once more changes nothing, so there is nothing to write.
            assert_eq!(office.post(who, &path, &form).await.status, 303);
            assert_eq!(changes(&office, Asked::default()).await.len(), before);
        }
    }
}

async fn tokens(bed: Bed) {
    let office = Office::open(&bed).await;
    let (seat, once) = (seat_of(&office, "dispatcher").await, key());
    let form = [
        ("login", "dispatcher"),
        ("seat", seat.as_str()),
        ("name", "Repairs"),
        ("scopes", "cases:read"),
        ("per_minute", "60"),
        ("days", ""),
        ("key", once.as_str()),
    ];
    assert_eq!(office.post("system", "/admin/tokens", &form).await.status, 404);
    for _ in 0..2 {
        let answer = office.post("security", "/admin/tokens", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
    let wrong = [("login", "dispatcher"), ("per_minute", "0"), ("days", "x"), ("key", once.as_str())];
    assert_eq!(office.post("security", "/admin/tokens", &wrong).await.status, 422);
    let home = office.engine.home;
    let read = move |tx: &mut Tx<'_>| linli_engine::tokens::list(tx, home, None, 10);
    let all = office.engine.db.read(read).await.unwrap();
    assert_eq!(all.len(), 1);
    let (to, again) = (format!("/admin/tokens/{}/revoke", all[0].id), key());
    for _ in 0..2 {
        assert_eq!(office.post("security", &to, &[("key", &again)]).await.status, 303);
    }
    let asked = Asked { what: Some(What::Token), ..Asked::default() };
    let acts: Vec<_> = changes(&office, asked).await.iter().map(|c| c.deed.act.as_str()).collect();
    assert_eq!(acts, ["ended", "added"]);
}

async fn readers(bed: Bed) {
    let office = Office::open(&bed).await;
    for (who, path, form) in [
        (
            "system",
            "/admin/orgs/heyuan",
            vec![("zh", "和苑居委会"), ("kind", "community"), ("function", "community"), ("place", COMMUNITY)],
        ),
        (
            "security",
            "/admin/accounts/dispatcher/seats",
            vec![("role", "desk"), ("org", "heyuan"), ("place", COMMUNITY)],
        ),
    ] {
        let once = key();
        let form: Vec<_> = form.into_iter().chain([("key", once.as_str())]).collect();
        assert_eq!(office.post(who, path, &form).await.status, 303, "{path}");
    }
    let main = |body: &str| body.split("<main").nth(1).unwrap().to_owned();
    let audit = main(&office.get("audit", "/admin/record").await.body);
    assert!(
        audit.contains("和苑居委会") && audit.contains("Heyuan Residents Committee") && audit.contains("Desk agent")
    );
    let system = main(&office.get("system", "/admin/record?who=security").await.body);
    assert!(system.contains("和苑居委会") && !system.contains("Desk agent"), "{system}");
    let one = main(&office.get("audit", "/admin/record?what=org&subject=heyuan&who=system").await.body);
    assert!(one.contains("和苑居委会") && !one.contains("Desk agent"));
    let none = main(&office.get("audit", "/admin/record?until=2020-01-01").await.body);
    assert!(none.contains("There are no such changes"));
    let csv = office.get("audit", "/admin/record.csv?what=org").await.body;
    assert!(csv.contains("和苑居委会") && csv.lines().count() >= 2 && !csv.contains("Desk agent"));
}

/// What went because its time was over stands in the record, in words; and who asks is told how long everything is kept.
async fn retained(bed: Bed) {
    let office = Office::open(&bed).await;
    let home = office.engine.home;
    by_hand(
        &bed,
        &format!(
            "INSERT INTO try_count VALUES ({home}, 'sign-in', {}, 1, 1, NULL)",
            match bed.url {
                linli_engine::db::Url::Lite(_) => "x'07'",
                linli_engine::db::Url::Pg(_) => "'\\x07'",
            }
        ),
    )
    .await;
    office.engine.retain_now().await.unwrap();
    let record = office.get("audit", "/admin/record?what=data").await.body;
    assert!(record.contains("Removed in time") && record.contains("Counts of tries"), "{record}");
    assert!(record.contains("linli retention"));
    let notice = office.get("audit", "/privacy").await.body;
    let packs = office.engine.packs();
    let registry = packs.current().data().unwrap();
    for entry in &registry.entries {
        assert!(notice.contains(&format!("id=\"d-{}\"", entry.id)), "{} is not printed", entry.id);
    }
    assert!(notice.contains("After 400 days, it is removed."));
}

/// 120 changes at three moments: the pages hold each of them once, newest first, whatever the filter.
async fn pages(bed: Bed) {
    let office = Office::open(&bed).await;
    let (home, now) = (office.engine.home, office.engine.clock.now());
    let write = move |tx: &mut Tx<'_>| {
        for n in 0..120_i64 {
            let deed = record::Deed {
                what: record::What::Place,
                subject: format!("{n}"),
                act: record::Act::Added,
                was: None,
                became: Some(serde_json::json!({ "code": n.to_string() })),
            };
            record::note(tx, home, &record::By::command("test"), deed, now.plus(n / 40))?;
        }
        Ok::<_, linli_engine::db::DbError>(())
    };
    office.engine.db.write(write).await.unwrap();
    let login = Some("linli test".to_owned());
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let asked = Asked { login: login.clone(), what: Some(record::What::Place), after, ..Asked::default() };
        let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &asked, 50);
        let page = office.engine.db.read(read).await.unwrap();
        after = page.last().map(|c| (c.at, c.id));
        seen.extend(page.iter().map(|c| (c.at, c.deed.subject.clone())));
        if page.len() < 50 {
            break;
        }
    }
    assert_eq!(seen.len(), 120);
    assert!(seen.windows(2).all(|w| w[0].0 >= w[1].0), "newest first");
    let mut subjects: Vec<_> = seen.into_iter().map(|s| s.1).collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 120);
    let first = office.get("audit", "/admin/record?who=linli%20test").await.body;
    assert!(first.contains("after="), "there is a next page");
}

async fn passwords(bed: Bed) {
    let office = Office::open(&bed).await;
    office.post("system", "/admin/accounts/dispatcher/password", &[("key", &key())]).await;
    let told = office.confirm("security").await;
    let first = told.body.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(office.get("dispatcher", "/desk").await.location.contains("signin"), "the old sessions are over");
    let session = office.sign_in("dispatcher", &first).await.unwrap();
    assert_eq!(office.as_session(&session, "GET", "/desk", &[]).await.location, "/desk/password");
    let deed = office.as_session(&session, "POST", "/desk/me/seat", &[("seat", "x")]).await;
    assert_eq!(deed.status, 403);
    let change = |old: &str, new: &str, again: &str| {
        let form = [("old", old.to_owned()), ("new", new.to_owned()), ("again", again.to_owned())];
        let (office, session) = (&office, session.clone());
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
            office.as_session(&session, "POST", "/desk/password", &form).await
        }
    };
    for (old, new, again, words) in [
        ("wrong password", "a sentence of my own", "a sentence of my own", "The password now is not right"),
        (&*first, "short", "short", "at least 10"),
        (&*first, &*first, &*first, "has to differ"),
        (&*first, "a sentence of my own", "a sentence of mine", "do not match"),
    ] {
        let answer = change(old, new, again).await;
        assert!(answer.status == 422 && answer.body.contains(words), "{words}: {}", answer.body);
    }
    let done = change(&first, "a sentence of my own", "a sentence of my own").await;
    assert_eq!((done.status, done.location.as_str()), (303, "/desk/me?done=password"));
    assert!(
        office.as_session(&session, "GET", "/desk", &[]).await.location.contains("signin"),
        "other sessions are over"
    );
    assert!(office.sign_in("dispatcher", &first).await.is_none(), "the first password is void");
    let session = office.sign_in("dispatcher", "a sentence of my own").await.unwrap();
    assert_eq!(office.as_session(&session, "GET", "/desk", &[]).await.status, 200);
    // One that nobody used in time is void.
    office.post("system", "/admin/accounts/dispatcher/password", &[("key", &key())]).await;
    let told = office.confirm("security").await;
    let first = told.body.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    office.clock.move_to(office.engine.clock.now().plus(15 * 24 * 3_600_000));
    assert!(office.sign_in("dispatcher", &first).await.is_none());
}
