//! The doors as people meet them: administrators set a second factor up before anything else, come in with it, see where
//! they are signed in; who may read what of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod admin_common;

use admin_common::{Office, key};
use linli::web::ctx::Config;
use linli_engine::{
    db::Tx,
    seats::keep,
    sessions::{Required, factor},
    totp::{Seed, step_at},
};
use linli_testbed::{Bed, on_both};

const PASSWORD: &str = "a long enough one";

async fn guarded(bed: &Bed) -> Office {
    Office::open_with(bed, Config { factor: Required::Admins, ..Config::default() }).await
}

/// The seed that the page shows.
fn seed(body: &str) -> Seed {
    let text = body.split("<code id=\"seed\">").nth(1).unwrap().split('<').next().unwrap();
    Seed::parse(&text.replace(' ', "")).unwrap()
}

fn shown(office: &Office, seed: &Seed, ahead: i64) -> String {
    format!("{:06}", seed.code(step_at(office.clock.now()) + ahead))
}

/// Sets it up in this session: the seed, and the recovery codes of the page that shows them.
async fn enrol(office: &Office, session: &str) -> (Seed, Vec<String>) {
    office.as_session(session, "POST", "/desk/me/factor", &[]).await;
    let page = office.as_session(session, "GET", "/desk/me/factor", &[]).await;
    let seed = seed(&page.body);
    let code = shown(office, &seed, 0);
    let done = office.as_session(session, "POST", "/desk/me/factor/confirm", &[("code", &code)]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let codes =
        done.body.split("<code class=\"secret\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    (seed, codes.collect())
}

async fn administrators_set_it_up_before_anything_else(bed: Bed) {
    let office = guarded(&bed).await;
    assert_eq!(office.get("dispatcher", "/desk").await.status, 200, "it is not asked of everybody");
    let session = office.sign_in("system", PASSWORD).await.unwrap();
    for path in ["/admin", "/desk", "/desk/me", "/admin/accounts", "/desk/me/sessions"] {
        assert_eq!(office.as_session(&session, "GET", path, &[]).await.location, "/desk/me/factor", "{path}");
    }
    let deed = office.as_session(&session, "POST", "/admin/accounts", &[("key", &key())]).await;
    assert!(deed.status == 403 && deed.body.contains("second factor"), "{}", deed.body);
    assert_eq!(office.as_session(&session, "GET", "/api/v1/me", &[]).await.status, 403);
    let (seed, codes) = enrol(&office, &session).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(office.as_session(&session, "GET", "/admin", &[]).await.status, 200);
    assert!(office.get("system", "/admin").await.location.contains("signin"), "other sessions are over");
    // Neither the seed nor a recovery code is shown again.
    let page = office.as_session(&session, "GET", "/desk/me/factor", &[]).await.body;
    assert!(!page.contains(seed.text().as_str()) && codes.iter().all(|code| !page.contains(code)));
}

async fn the_code_is_the_second_page(bed: Bed) {
    let office = guarded(&bed).await;
    let session = office.sign_in("system", PASSWORD).await.unwrap();
    let (seed, codes) = enrol(&office, &session).await;
    let half = office.sign_in("system", PASSWORD).await.unwrap();
    assert!(office.as_session(&half, "GET", "/admin", &[]).await.location.contains("signin"), "half is nothing");
    let cookies = format!("linli_half={half}");
    let code = "/desk/signin/code";
    assert_eq!(office.cookie_for(&cookies, code, &[("code", "000000")]).await, None);
    assert_eq!(office.cookie_for("", code, &[("code", &shown(&office, &seed, 1))]).await, None);
    let session = office.cookie_for(&cookies, code, &[("code", &shown(&office, &seed, 1))]).await.unwrap();
    assert_eq!(office.as_session(&session, "GET", "/admin", &[]).await.status, 200);
    assert_eq!(office.cookie_for(&cookies, code, &[("recovery", &codes[0])]).await, None, "a way in is used once");
    let half = office.sign_in("system", PASSWORD).await.unwrap();
    let cookies = format!("linli_half={half}");
    let lost = office.cookie_for(&cookies, code, &[("recovery", &codes[0])]).await.unwrap();
    // It is shown before it is changed. Switching it off leads to setting it up anew, since it has to be.
    let off = async || office.as_session(&lost, "POST", "/desk/me/factor/change", &[("do", "off")]).await;
    assert_eq!(off().await.status, 422);
    let prove = [("recovery", codes[1].as_str())];
    let proved = office.as_session(&lost, "POST", "/desk/me/factor/prove", &prove).await;
    assert_eq!(proved.location, "/desk/me/factor?done=proved");
    assert_eq!(off().await.location, "/desk/me/factor?done=off");
    assert_eq!(office.as_session(&lost, "GET", "/admin", &[]).await.location, "/desk/me/factor");
}

async fn each_administrator_does_their_own(bed: Bed) {
    let office = Office::open(&bed).await;
    let dispatcher = office.sign_in("dispatcher", PASSWORD).await.unwrap();
    enrol(&office, &dispatcher).await;
    let key = key();
    // The rule is the security administrator's.
    let rule = [("key", key.as_str()), ("required", "everybody")];
    for who in ["system", "audit"] {
        assert_eq!(office.post(who, "/admin/security", &rule).await.status, 404, "{who}");
        let page = office.get(who, "/admin/security").await;
        assert!(page.status == 200 && !page.body.contains("type=\"radio\""), "{who}");
    }
    // The log is the audit administrator's.
    for (who, reads) in [("system", false), ("security", false), ("audit", true)] {
        let page = office.get(who, "/admin/security").await.body;
        assert_eq!(page.contains("Codes on"), reads, "{who}");
    }
    assert_eq!(office.get("dispatcher", "/admin/security").await.location, "/desk/signin?next=/admin/security");
    assert_eq!(office.as_session(&dispatcher, "GET", "/admin/security", &[]).await.status, 404);
    let narrowed = office.get("audit", "/admin/security?kind=factor-on&who=dispatcher").await.body;
    assert!(narrowed.matches("<tr>").count() == 2 && narrowed.contains("dispatcher"), "{narrowed}");
    assert!(office.get("audit", "/admin/security?who=nobody").await.body.contains("Nothing like that"));
    // Taking a lost one off is the system administrator's, and stands in the record.
    let path = "/admin/accounts/dispatcher/factor";
    for who in ["security", "audit"] {
        assert_eq!(office.post(who, path, &[("key", &key)]).await.status, 404, "{who}");
    }
    // Who would then be one guess from a dispatcher's seat does not do it alone.
    let taken = office.post("system", path, &[("key", &key)]).await;
    assert_eq!(taken.location, "/admin/accounts/dispatcher?done=proposed");
    assert_eq!(office.as_session(&dispatcher, "GET", "/desk", &[]).await.status, 200);
    assert_eq!(office.confirm("audit").await.location, "/admin/second?done=confirmed");
    assert!(office.as_session(&dispatcher, "GET", "/desk", &[]).await.location.contains("signin"));
    assert!(
        office
            .get("audit", "/admin/record?what=account&subject=dispatcher")
            .await
            .body
            .contains("Second factor taken off")
    );
    let home = office.engine.home;
    let state = office.engine.db.read(move |tx: &mut Tx<'_>| {
        let of = keep::by_login(tx, home, &"dispatcher".parse().unwrap())?.unwrap();
        factor::state(tx, home, of.id)
    });
    assert_eq!(state.await.unwrap().on_at, None);
    // From then on it is asked of everybody, at once.
    assert_eq!(office.post("security", "/admin/security", &rule).await.status, 303);
    assert_eq!(office.get("audit", "/admin/security").await.location, "/desk/me/factor");
}

async fn one_sees_ones_sessions(bed: Bed) {
    let office = Office::open(&bed).await;
    let (here, there) =
        (office.sign_in("dispatcher", PASSWORD).await.unwrap(), office.sign_in("dispatcher", PASSWORD).await.unwrap());
    let page = office.as_session(&here, "GET", "/desk/me/sessions", &[]).await.body;
    assert_eq!(page.matches("name=\"session\"").count(), 2, "those but this one");
    let ended = office.as_session(&here, "POST", "/desk/me/sessions", &[("others", "yes")]).await;
    assert_eq!(ended.location, "/desk/me/sessions?done=ended");
    assert!(office.as_session(&there, "GET", "/desk", &[]).await.location.contains("signin"));
    assert_eq!(office.as_session(&here, "GET", "/desk", &[]).await.status, 200);
    // An hour without a sign of life ends it; being used keeps it.
    for _ in 0..3 {
        office.clock.move_to(office.clock.now().plus(50 * 60_000));
        assert_eq!(office.as_session(&here, "GET", "/desk", &[]).await.status, 200);
    }
    office.clock.move_to(office.clock.now().plus(60 * 60_000));
    assert!(office.as_session(&here, "GET", "/desk", &[]).await.location.contains("signin"));
}

/// The addresses of the forms of a page that end so.
fn forms(body: &str, end: &str) -> Vec<String> {
    let all = body.split("action=\"").skip(1).filter_map(|part| part.split('"').next());
    all.filter(|at| at.ends_with(end)).map(str::to_owned).collect()
}

async fn two_change_an_administrator(bed: Bed) {
    let office = Office::open(&bed).await;
    let once = key();
    let anew =
        async |form: &str| office.post("system", "/admin/accounts/security/password", &[("key", form)]).await.location;
    // Once more is the same proposal.
    for _ in 0..2 {
        assert_eq!(anew(&once).await, "/admin/accounts/security?done=proposed");
    }
    let page = office.get("system", "/admin/second").await.body;
    assert!(forms(&page, "/confirm").is_empty(), "one's own is not there to confirm");
    let own = forms(&page, "/decline");
    assert_eq!(own.len(), 1);
    assert!(office.get("audit", "/admin").await.body.contains("One change waits"));
    let confirm = own[0].replace("/decline", "/confirm");
    for who in ["system", "security"] {
        let answer = office.post(who, &confirm, &[("key", &key())]).await;
        assert!(answer.status == 403 && answer.body.contains("another administrator"), "{who}: {}", answer.body);
    }
    assert_eq!(forms(&office.get("audit", "/admin/second").await.body, "/confirm"), std::slice::from_ref(&confirm));
    let told = office.post("audit", &confirm, &[("key", &key())]).await;
    assert!(told.status == 200 && told.body.contains("security"), "{}", told.body);
    let again = office.post("audit", &confirm, &[("key", &key())]).await;
    assert!(again.status == 404 && again.body.contains("decided already"), "{}", again.body);
    assert!(office.get("security", "/admin").await.location.contains("signin"), "the old password is gone");
    let record = office.get("audit", "/admin/record?what=account&subject=security").await.body;
    assert!(record.contains("Proposed by") && record.contains("to be confirmed"), "{record}");
    // A proposal is taken back by who made it; nothing is left of it.
    assert_eq!(anew(&key()).await, "/admin/accounts/security?done=proposed");
    let own = forms(&office.get("system", "/admin/second").await.body, "/decline");
    assert_eq!(office.post("system", &own[0], &[("key", &key())]).await.location, "/admin/second?done=declined");
    assert!(office.get("system", "/admin/second").await.body.contains("Nothing waits"));
}

/// Whoever gives out a password knows it, so nobody gives one alone that opens a seat.
async fn nobody_sits_down_on_a_desk_alone(bed: Bed) {
    let office = Office::open(&bed).await;
    let path = "/admin/accounts/dispatcher/password";
    let alone = office.post("system", path, &[("key", &key())]).await;
    assert_eq!((alone.status, alone.location.as_str()), (303, "/admin/accounts/dispatcher?done=proposed"));
    assert!(!alone.body.contains("class=\"secret\""), "nothing is told to who asked");
    assert_eq!(office.get("dispatcher", "/desk").await.status, 200, "nothing has changed");
    let told = office.confirm("security").await;
    let first = told.body.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(office.get("dispatcher", "/desk").await.location.contains("signin"), "the old sessions are over");
    assert!(office.sign_in("dispatcher", first).await.is_some());
    let record = office.get("audit", "/admin/record?what=account&subject=dispatcher").await.body;
    assert!(record.contains("Proposed by"), "{record}");
    // An account that sits nowhere opens nothing: one is enough.
    let new = [("key", &*key()), ("login", "qian"), ("name", "Qian"), ("password", "")].map(|(n, v)| (n, v.to_owned()));
    let new: Vec<(&str, &str)> = new.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(office.post("system", "/admin/accounts", &new).await.status, 200);
    let told = office.post("system", "/admin/accounts/qian/password", &[("key", &key())]).await;
    assert!(told.status == 200 && told.body.contains("class=\"secret\""), "{}", told.body);
}

on_both! {
    passwords_of_seats => nobody_sits_down_on_a_desk_alone;
    second_person => two_change_an_administrator;
    set_up_first => administrators_set_it_up_before_anything_else;
    second_page => the_code_is_the_second_page;
    separation => each_administrator_does_their_own;
    own_sessions => one_sees_ones_sessions;
}
