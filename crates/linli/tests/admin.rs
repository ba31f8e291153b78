//! Administration through the real router, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod admin_common;

use admin_common::{BUILDING, COMMUNITY, GRID, Office, STAFF, key, seat};
use linli_engine::{cases::act::Ask, viewer::Viewer};
use linli_testbed::{Bed, on_both};
use linli_worktime::parse_rfc3339;

on_both! {
    each_administrator_does_theirs_and_finds_nothing_else => each_administrator;
    a_code_that_is_not_right_is_refused_in_words => bad_codes;
    what_is_added_is_used_by_the_next_report => added_is_used;
    a_community_leads_only_where_its_list_lets_it => community;
    nothing_in_use_is_retired => retire;
    an_account_is_opened_and_given_a_seat_by_two_administrators => accounts;
    a_year_without_a_calendar_is_shown_to_those_who_see_to_it => calendar;
}

/// What each administrator may open and send: path, and whether the system, the security, the audit administrator and a
/// dispatcher get there.
const PAGES: [(&str, [bool; 4]); 37] = [
    ("/admin/reading", [true, false, true, false]),
    ("/admin/second", [true, true, true, false]),
    ("/admin", [true, true, true, false]),
    ("/admin/places", [true, true, false, true]),
    ("/admin/places?q=3", [true, true, false, true]),
    ("/admin/places/990101001001", [true, true, false, true]),
    ("/admin/places/990101001001/edit", [true, false, false, false]),
    ("/admin/new/place?parent=990101001001", [true, false, false, false]),
    ("/admin/orgs", [true, true, false, true]),
    ("/admin/orgs?kind=community&place=990101001", [true, true, false, true]),
    ("/admin/orgs/yunxi-office", [true, true, false, true]),
    ("/admin/orgs/yunxi-office/edit", [true, false, false, false]),
    ("/admin/new/org", [true, false, false, false]),
    ("/admin/accounts", [true, true, true, false]),
    ("/admin/accounts?unused=1", [true, true, true, false]),
    ("/admin/accounts/dispatcher", [true, true, true, false]),
    ("/admin/new/account", [true, false, false, false]),
    ("/admin/duties", [true, false, true, true]),
    ("/admin/duties?category=utility.lighting&place=990101001001", [true, false, true, true]),
    ("/admin/new/duty", [true, false, false, false]),
    ("/admin/pack", [true, false, true, false]),
    ("/admin/pack/limits", [true, false, true, false]),
    ("/admin/pack/categories", [true, false, true, false]),
    ("/admin/pack/fields", [true, false, true, false]),
    ("/admin/pack/calendar", [true, false, true, false]),
    ("/admin/pack/flows/request", [true, false, true, false]),
    ("/admin/pack/flows/none", [false; 4]),
    ("/admin/pack/duties", [true, false, true, false]),
    ("/admin/pack/versions", [true, false, true, false]),
    ("/admin/coverage", [true, false, true, true]),
    ("/admin/sheets", [true, true, false, false]),
    ("/admin/sheets/template.xlsx", [true, true, false, false]),
    ("/admin/sheets/all.xlsx", [true, true, false, false]),
    ("/admin/sheets/csv/seats", [false, true, false, false]),
    ("/admin/sheets/csv/places", [true, true, false, false]),
    ("/admin/record", [true, true, true, false]),
    ("/admin/record.csv", [true, true, true, false]),
];

/// Deeds, and which of the four may do them.
const DEEDS: [(&str, [bool; 4]); 21] = [
    ("/admin/reading", [true, false, false, false]),
    ("/admin/reading/learn", [true, false, false, false]),
    ("/admin/second/0190a0a0-0000-7000-8000-000000000000/confirm", [true, true, true, false]),
    ("/admin/second/0190a0a0-0000-7000-8000-000000000000/decline", [true, true, true, false]),
    ("/admin/places", [true, false, false, false]),
    ("/admin/places/990101001001", [true, false, false, false]),
    ("/admin/places/990101001001/retire", [true, false, false, false]),
    ("/admin/places/990101001001/restore", [true, false, false, false]),
    ("/admin/orgs", [true, false, false, false]),
    ("/admin/orgs/heyuan", [true, false, false, false]),
    ("/admin/orgs/heyuan/retire", [true, false, false, false]),
    ("/admin/orgs/heyuan/restore", [true, false, false, false]),
    ("/admin/accounts", [true, false, false, false]),
    ("/admin/accounts/dispatcher/disable", [true, false, false, false]),
    ("/admin/accounts/dispatcher/seats", [false, true, false, false]),
    ("/admin/accounts/dispatcher/seats/0190a0a0-0000-7000-8000-000000000000/end", [false, true, false, false]),
    ("/admin/duties", [true, false, false, false]),
    ("/admin/duties/0190a0a0-0000-7000-8000-000000000000/end", [true, false, false, false]),
    ("/admin/accounts/dispatcher/password", [true, false, false, false]),
    ("/admin/start/open", [true, false, false, false]),
    ("/admin/sheets", [true, true, false, false]),
];

async fn each_administrator(bed: Bed) {
    let office = Office::open(&bed).await;
    for (path, allowed) in PAGES {
        for ((who, _), allowed) in STAFF.into_iter().zip(allowed) {
            let answer = office.get(who, path).await;
            assert_eq!(answer.status, if allowed { 200 } else { 404 }, "GET {path} as {who}");
            assert!(!answer.body.contains('\u{27e8}'), "GET {path} as {who} asks for a text that is not there");
        }
        let anyone = office.get("nobody", path).await;
        assert_eq!((anyone.status, anyone.location.starts_with("/desk/signin")), (303, true), "GET {path}");
    }
    for (path, allowed) in DEEDS {
        for ((who, _), allowed) in STAFF.into_iter().zip(allowed) {
            // Whoever may is told that the form lacks its key, so that nothing is changed here.
            let answer = office.post(who, path, &[]).await;
            assert_eq!(answer.status, if allowed { 400 } else { 404 }, "POST {path} as {who}");
        }
        assert_eq!(office.post("nobody", path, &[]).await.status, 401, "POST {path}");
    }
    let seats = |body: &str| body.contains("Yunxi Subdistrict Office");
    assert!(!seats(office.get("system", "/admin/accounts").await.body.split("<main").nth(1).unwrap()));
    assert!(seats(office.get("audit", "/admin/accounts").await.body.split("<main").nth(1).unwrap()));
}

async fn bad_codes(bed: Bed) {
    let office = Office::open(&bed).await;
    let before = office.engine.directory().places().count();
    for (parent, code, words) in [
        (GRID, "", "Fill in"),
        (GRID, "99010100100100100x", "digits only"),
        (GRID, "9901010010010010071", "The code has 19 digits"),
        (GRID, "990101001002001007", "has to begin with the code above it, 990101001001001"),
        (GRID, GRID, "has to begin with"),
        (GRID, BUILDING, "in use already"),
        ("880101001", "880101001001", "no place above it with the code 880101001"),
        ("", "99010100100100100\u{ff17}", "digits only"),
    ] {
        let form =
            [("key", &*key()), ("parent", parent), ("code", code), ("zh", "Seven <b>"), ("lon", "1"), ("lat", "2")];
        let answer = office.post("system", "/admin/places", &form).await;
        assert_eq!(answer.status, 422, "{code}");
        assert!(answer.body.contains(words), "{code}: {}", answer.body);
        assert!(
            answer.body.contains("href=\"#code\"") && answer.body.contains("value=\"Seven &#60;b&#62;\""),
            "{code}"
        );
    }
    let half = [("key", &*key()), ("parent", GRID), ("code", "990101001001001077"), ("zh", "x"), ("lon", "119")];
    let answer = office.post("system", "/admin/places", &half).await;
    assert!(answer.status == 422 && answer.body.contains("both longitude and latitude"));
    assert_eq!(office.engine.directory().places().count(), before);
}

async fn added_is_used(bed: Bed) {
    let office = Office::open(&bed).await;
    assert_eq!(office.unit("utility.lighting", BUILDING).await, "yunzhou-municipal");

    let code = "990101001001001077";
    let place =
        [("key", &*key()), ("parent", GRID), ("code", code), ("zh", "Lantern House"), ("aliases", "The Lantern")];
    let org = [
        ("key", &*key()),
        ("id", "lantern-lights"),
        ("zh", "Lantern Lights"),
        ("kind", "utility"),
        ("function", "lamps"),
        ("place", COMMUNITY),
        ("phone", "0512-8888 1234"),
    ];
    let duty = [
        ("key", &*key()),
        ("category", "utility.lighting"),
        ("place", COMMUNITY),
        ("org", "Lantern Lights"),
        ("part", "lead"),
        ("basis", "Agreement No. 7"),
    ];
    for (path, form) in [("/admin/places", &place[..]), ("/admin/orgs", &org[..]), ("/admin/duties", &duty[..])] {
        // Sent twice: done once.
        for _ in 0..2 {
            let answer = office.post("system", path, form).await;
            assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        }
    }
    let directory = office.engine.directory();
    assert_eq!(directory.duties().len(), 1);
    assert_eq!(office.unit("utility.lighting", code).await, "lantern-lights");
    let look = office.get("audit", &format!("/admin/duties?category=utility.lighting&place={code}")).await;
    assert!(look.body.contains("Lantern Lights") && look.body.contains("Agreement No. 7"));

    let end = format!("/admin/duties/{}/end", directory.duties()[0].id);
    for _ in 0..2 {
        assert_eq!(office.post("system", &end, &[("key", &key())]).await.status, 303);
    }
    assert_eq!(office.unit("utility.lighting", code).await, "yunzhou-municipal");
    assert!(!office.get("audit", "/admin/duties").await.body.contains("Agreement No. 7"));
}

async fn community(bed: Bed) {
    let office = Office::open(&bed).await;
    let row = |category: &'static str, below: &'static str, part: &'static str| {
        let key = key();
        let office = &office;
        async move {
            let form = [
                ("key", &*key),
                ("category", category),
                ("below", below),
                ("place", COMMUNITY),
                ("org", "heyuan"),
                ("part", part),
                ("basis", "Ours"),
            ];
            office.post("system", "/admin/duties", &form).await
        }
    };
    for (category, below, part, words) in [
        ("property.fees", "", "lead", "may only assist with"),
        ("construction.demolition", "", "lead", "is not on the duty list of"),
        ("construction.demolition", "", "assist", "is not on the duty list of"),
        // One category below is enough.
        ("property", "on", "lead", "may only assist with"),
        ("welfare", "on", "lead", "is not on the duty list of"),
    ] {
        let answer = row(category, below, part).await;
        assert_eq!(answer.status, 422, "{category} {part}");
        assert!(answer.body.contains(words) && answer.body.contains("href=\"#part\""), "{category}: {}", answer.body);
    }
    assert!(office.engine.directory().duties().is_empty());
    assert_eq!(row("neighbour", "on", "lead").await.status, 303);
    assert_eq!(row("property.fees", "", "assist").await.status, 303);
    assert_eq!(office.unit("neighbour", BUILDING).await, "heyuan");
    assert_ne!(office.unit("property.fees", BUILDING).await, "heyuan");
    // Elsewhere it serves nobody.
    let elsewhere = [
        ("key", &*key()),
        ("category", "neighbour"),
        ("place", "990101001002"),
        ("org", "heyuan"),
        ("part", "lead"),
        ("basis", "Ours"),
    ];
    let answer = office.post("system", "/admin/duties", &elsewhere).await;
    assert!(answer.status == 422 && answer.body.contains("does not serve this place"));
}

async fn retire(bed: Bed) {
    let office = Office::open(&bed).await;
    let again = || [("key", key())];
    let post = |path: &'static str| {
        let (office, form) = (&office, again());
        async move { office.post("system", path, &[("key", &*form[0].1)]).await }
    };
    for (path, words) in
        [("/admin/places/990101001001/retire", "is still in use"), ("/admin/orgs/yunxi-office/retire", "is still here")]
    {
        let answer = post(path).await;
        assert!(answer.status == 422 && answer.body.contains(words), "{path}: {}", answer.body);
    }
    assert_eq!(post("/admin/places/99010100100100100301/retire").await.status, 303);
    let report = office.get("system", "/admin/places/99010100100100100301").await;
    assert!(report.body.contains("/restore"));
    let code = "99010100100100100301".parse().unwrap();
    assert!(office.engine.directory().place(&code).unwrap().retired_at.is_some());
    assert_eq!(post("/admin/places/99010100100100100301/restore").await.status, 303);
    assert!(office.engine.directory().place(&code).unwrap().retired_at.is_none());

    assert_eq!(office.unit("utility.lighting", BUILDING).await, "yunzhou-municipal");
    assert_eq!(post("/admin/orgs/yunzhou-municipal/retire").await.status, 303);
    assert_eq!(
        office.unit("utility.lighting", BUILDING).await,
        "yunxi-office",
        "the street office takes what nobody has"
    );
    // While the list of steps is there, it says so; afterwards the page does.
    assert!(!office.get("system", "/admin").await.body.contains("Municipal works"));
    assert_eq!(post("/admin/start/open").await.status, 303);
    let home = office.get("system", "/admin").await;
    assert!(home.body.contains("has no unit") && home.body.contains("Municipal works"), "{}", home.body);
    let record = office.get("audit", "/admin/record?what=setting").await.body;
    assert!(record.contains("Going live") && !record.contains("start-open"), "{record}");
    // A unit does not move to another street: its row would be there twice.
    let moved = [
        ("key", &*key()),
        ("zh", "Heyuan"),
        ("kind", "community"),
        ("function", "community"),
        ("place", "990101002001"),
    ];
    let answer = office.post("system", "/admin/orgs/heyuan", &moved).await;
    assert!(answer.status == 422 && answer.body.contains("cannot move to another street"));
}

async fn accounts(bed: Bed) {
    let office = Office::open(&bed).await;
    let open = |login: &'static str, password: &'static str, key: String| {
        let office = &office;
        async move {
            let form = [("key", &*key), ("login", login), ("name", "Qian"), ("password", password)];
            office.post("system", "/admin/accounts", &form).await
        }
    };
    for (login, password, words) in [
        ("q", "long enough now", "A login has 2 to 32"),
        ("qian", "too short", "at least 10 characters"),
        ("qianqianqian", "qianqianqian", "cannot be the login"),
        ("dispatcher", "long enough now", "is taken"),
    ] {
        let answer = open(login, password, key()).await;
        assert!(answer.status == 422 && answer.body.contains(words), "{login}: {}", answer.body);
        assert!(
            !answer.body.contains(&format!("value=\"{password}\"")) || login == password,
            "a password is sent back"
        );
    }
    let once = key();
    for _ in 0..2 {
        assert_eq!(open("qian", "long enough now", once.clone()).await.status, 303);
    }
    let grant = |who: &'static str, to: &'static str, role: &'static str, org: &'static str, place: &'static str| {
        let (office, key) = (&office, key());
        async move {
            let form = [("key", &*key), ("role", role), ("org", org), ("place", place)];
            office.post(who, &format!("/admin/accounts/{to}/seats"), &form).await
        }
    };
    let elsewhere = grant("security", "qian", "handler", "heyuan", "990101001002").await;
    assert!(elsewhere.status == 422 && elsewhere.body.contains("does not serve this place"));
    assert_eq!(grant("security", "qian", "handler", "heyuan", COMMUNITY).await.status, 303);
    let page = office.get("audit", "/admin/accounts/qian").await;
    assert!(page.body.contains("Heyuan Residents Committee"), "{}", page.body);
    let twice = grant("security", "qian", "handler", "heyuan", COMMUNITY).await;
    assert!(twice.status == 422 && twice.body.contains("holds this seat already"));
    let mixed = grant("security", "qian", "admin-audit", "yunxi-office", "990101001").await;
    assert!(mixed.status == 422 && mixed.body.contains("Administrators never handle cases"));
    let second = grant("security", "system", "admin-audit", "yunxi-office", "990101001").await;
    assert!(second.status == 422 && second.body.contains("System administrator"), "{}", second.body);
    assert_eq!(grant("security", "security", "admin-security", "heyuan", COMMUNITY).await.status, 404, "one's own");

    let held = page.body.contains("/seats/");
    assert!(!held, "the audit administrator ends nothing");
    let page = office.get("security", "/admin/accounts/qian").await.body;
    let end = page.split("action=\"").find(|a| a.contains("/seats/")).unwrap().split('"').next().unwrap();
    assert_eq!(office.post("security", end, &[("key", &key())]).await.status, 303);
    let page = office.get("audit", "/admin/accounts/qian").await.body;
    assert!(
        page.contains("1 seat that has ended") && page.matches("Heyuan Residents Committee").count() == 1,
        "{page}"
    );
    assert_eq!(office.post("system", "/admin/accounts/system/disable", &[("key", &key())]).await.status, 404);
    assert_eq!(office.post("system", "/admin/accounts/qian/disable", &[("key", &key())]).await.status, 303);
    let shut = grant("security", "qian", "handler", "heyuan", COMMUNITY).await;
    assert!(shut.status == 422 && shut.body.contains("it was disabled"));
}

async fn calendar(bed: Bed) {
    let office = Office::open(&bed).await;
    let words = "There is no calendar for 2027 yet";
    assert!(office.get("system", "/admin").await.body.contains("nothing to see to"));
    office.clock.move_to(parse_rfc3339("2026-12-31T10:00:00+08:00").unwrap());
    let filed = office.file("utility.lighting", BUILDING).await;
    let handler = Viewer::Staff(seat("yunzhou-municipal", "handler", "990101"));
    let dossier = office.engine.case_by_key(filed.key, &handler).await.unwrap();
    // Whoever signs for it has one working day for the first contact: a day of 2027.
    let accept = dossier.offers.iter().find(|o| o.act == "accept").unwrap();
    let form = linli_flow::Form::new();
    let ask = Ask { case: filed.key, command: accept.command(form), by: handler, key: key() };
    office.engine.act(ask).await.unwrap();
    // The session of the morning in March has ended: the clock is set back for the pages.
    office.clock.move_to(parse_rfc3339("2026-03-02T09:30:00+08:00").unwrap());
    for (who, sees) in [("system", true), ("audit", true), ("security", false)] {
        assert_eq!(office.get(who, "/admin").await.body.contains(words), sees, "{who}");
    }
    let home = office.get("system", "/admin").await.body;
    assert!(home.contains("calendar.toml") && !home.contains("/admin/warnings/"), "nothing to clear while it holds");
    assert_eq!(office.post("audit", "/admin/warnings/calendar-2027/end", &[("key", &key())]).await.status, 404);
    assert_eq!(office.post("system", "/admin/warnings/calendar-2027/end", &[("key", &key())]).await.status, 303);
    assert!(!office.get("system", "/admin").await.body.contains(words));
}
