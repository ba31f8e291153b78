//! Passkeys as browsers and the program talk of them: who is asked, under which address, what is said when it fails.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod admin_common;

use admin_common::{Answer, Office, key};
use linli::web::ctx::Config;
use linli_engine::sessions::Required;
use linli_testbed::{
    Bed,
    authenticator::{Asked, Authenticator},
    on_both,
};

const PASSWORD: &str = "a long enough one";
const STREET: &str = "https://street.example";
const PAGE: &str = "/desk/me/factor";

async fn open(bed: &Bed) -> Office {
    let party = Some(STREET.parse().unwrap());
    Office::open_with(bed, Config { factor: Required::Admins, party, ..Config::default() }).await
}

/// What the program asks the browser.
fn asked(answer: &Answer) -> serde_json::Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn of(question: &serde_json::Value) -> Asked<'_> {
    Asked { id: "street.example", origin: STREET, challenge: question["challenge"].as_str().unwrap() }
}

/// Adds a passkey in this session.
async fn add(office: &Office, session: &str, with: &Authenticator, name: &str) -> Answer {
    let ask = office.as_session(session, "POST", &format!("{PAGE}/passkey/ask"), &[("new", "yes")]).await;
    if ask.status != 200 {
        return ask;
    }
    let made = with.make(of(&asked(&ask)));
    office.as_session(session, "POST", &format!("{PAGE}/passkey"), &[("name", name), ("passkey", &made)]).await
}

/// Shows it in this session.
async fn prove(office: &Office, session: &str, with: &mut Authenticator) -> Answer {
    let question = asked(&office.as_session(session, "POST", &format!("{PAGE}/passkey/ask"), &[]).await);
    let shown = with.show(of(&question));
    office.as_session(session, "POST", &format!("{PAGE}/prove"), &[("passkey", &shown)]).await
}

/// From the password to the way on, and what the browser is asked there.
async fn half(office: &Office, login: &str) -> (String, serde_json::Value) {
    let half = format!("linli_half={}", office.sign_in(login, PASSWORD).await.unwrap());
    let question = asked(&office.with_cookies(&half, "POST", "/desk/signin/passkey", &[]).await);
    (half, question)
}

/// The id by which the page removes its first passkey.
fn removes(page: &str) -> String {
    let form = page.split("passkey/remove\"").nth(1).unwrap();
    form.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn a_passkey_alone_is_enough(bed: Bed) {
    let office = open(&bed).await;
    let session = office.sign_in("system", PASSWORD).await.unwrap();
    assert_eq!(office.as_session(&session, "GET", "/admin", &[]).await.location, PAGE, "it has to be set up");
    let question = asked(&office.as_session(&session, "POST", &format!("{PAGE}/passkey/ask"), &[("new", "yes")]).await);
    assert_eq!(question["rp"]["id"], "street.example");
    assert_eq!((&question["attestation"], &question["user"]["name"]), (&"none".into(), &"system".into()));
    let mut with = Authenticator::new();
    let codes = add(&office, &session, &with, "Work phone").await;
    assert_eq!(codes.body.matches("<code class=\"secret\">").count(), 10, "{}", codes.body);
    assert_eq!(office.as_session(&session, "GET", "/admin", &[]).await.status, 200);
    assert!(office.get("system", "/admin").await.location.contains("signin"), "other sessions are over");
    let page = office.as_session(&session, "GET", PAGE, &[]).await.body;
    assert!(page.contains("Work phone") && page.contains("not used yet") && !page.contains("passkey/remove"));
    let (cookies, question) = half(&office, "system").await;
    assert_eq!(question["rpId"], "street.example");
    assert_eq!(question["allowCredentials"].as_array().unwrap().len(), 1);
    let page = office.with_cookies(&cookies, "GET", "/desk/signin/code", &[]).await.body;
    assert!(page.contains("data-passkey") && page.contains("data-now") && !page.contains("id=\"code\""), "{page}");
    let shown = with.show(of(&question));
    let code = "/desk/signin/code";
    let inside = office.cookie_for(&cookies, code, &[("passkey", &shown)]).await.unwrap();
    assert_eq!(office.as_session(&inside, "GET", "/admin", &[]).await.status, 200);
    let (cookies, _) = half(&office, "system").await;
    assert_eq!(office.cookie_for(&cookies, code, &[("passkey", &shown)]).await, None, "an answer is good once");
    // Removed, it has to be set up again, and a page that is left over cannot bring it back.
    assert_eq!(office.as_session(&inside, "POST", &format!("{PAGE}/passkey/remove"), &[]).await.status, 422);
    assert_eq!(prove(&office, &inside, &mut with).await.location, format!("{PAGE}?done=proved"));
    let id = removes(&office.as_session(&inside, "GET", PAGE, &[]).await.body);
    let removed = office.as_session(&inside, "POST", &format!("{PAGE}/passkey/remove"), &[("passkey", &id)]).await;
    assert_eq!(removed.location, format!("{PAGE}?done=removed"));
    assert_eq!(office.as_session(&inside, "GET", "/admin", &[]).await.location, PAGE);
}

async fn refusals_say_what_to_do(bed: Bed) {
    let office = open(&bed).await;
    // Nobody waits, nothing is there to be shown.
    assert_eq!(office.with_cookies("", "POST", "/desk/signin/passkey", &[]).await.status, 409);
    let session = office.sign_in("dispatcher", PASSWORD).await.unwrap();
    assert_eq!(office.as_session(&session, "POST", &format!("{PAGE}/passkey/ask"), &[]).await.status, 409);
    let mut with = Authenticator::new();
    let nameless = add(&office, &session, &with, " ").await;
    assert!(nameless.status == 422 && nameless.body.contains("Give the passkey a name"), "{}", nameless.body);
    add(&office, &session, &with, "Mine").await;
    let twice = add(&office, &session, &with, "Mine again").await;
    assert_eq!(twice.status, 409, "what is on is shown first");
    let form = [("name", "Another"), ("passkey", "{}")];
    let unproved = office.as_session(&session, "POST", PAGE, &[]).await;
    assert!(unproved.status == 422 && unproved.body.contains("Show your second factor first"), "{}", unproved.body);
    assert_eq!(prove(&office, &session, &mut with).await.location, format!("{PAGE}?done=proved"));
    let junk = office.as_session(&session, "POST", &format!("{PAGE}/passkey"), &form).await;
    assert!(junk.status == 422 && junk.body.contains("was not added"), "{}", junk.body);
    // A wrong one is told of, and codes are not spoken of where there are none.
    let (cookies, question) = half(&office, "dispatcher").await;
    let shown = Authenticator::new().show(of(&question));
    let wrong = office.with_cookies(&cookies, "POST", "/desk/signin/code", &[("passkey", &shown)]).await;
    assert!(wrong.status == 422 && wrong.body.contains("was not taken"), "{}", wrong.body);
    assert!(!wrong.body.contains("data-now"), "the browser is not asked again by itself");
    // The system administrator has a lost one taken off.
    let taken = office.post("system", "/admin/accounts/dispatcher/factor", &[("key", &key())]).await;
    assert_eq!(taken.status, 403, "an administrator sets their own up first");
    let system = office.sign_in("system", PASSWORD).await.unwrap();
    add(&office, &system, &Authenticator::edwards(), "Key").await;
    let taken = office.as_session(&system, "POST", "/admin/accounts/dispatcher/factor", &[("key", &key())]).await;
    assert_eq!(taken.location, "/admin/accounts/dispatcher?done=proposed");
    let audit = office.sign_in("audit", PASSWORD).await.unwrap();
    add(&office, &audit, &Authenticator::edwards(), "Key").await;
    assert_eq!(office.confirm_as(&audit).await.location, "/admin/second?done=confirmed");
    let session = office.sign_in("dispatcher", PASSWORD).await.unwrap();
    assert_eq!(office.as_session(&session, "GET", "/desk", &[]).await.status, 200, "the password is enough again");
}

/// Without an address of its own the program has passkeys on `localhost` only, whatever a visitor calls it.
async fn an_address_is_not_believed(bed: Bed) {
    let office = Office::open(&bed).await;
    let session = office.sign_in("dispatcher", PASSWORD).await.unwrap();
    let ask = format!("{PAGE}/passkey/ask");
    let none = office.as_session(&session, "POST", &ask, &[("new", "yes")]).await;
    assert_eq!(none.status, 409);
    assert!(office.as_session(&session, "GET", PAGE, &[]).await.body.contains("has not been told its address"));
    let cookies = format!("linli_session={session}; linli_lang=en");
    for (host, status) in [("localhost:8311", 200), ("evil.example", 409), ("127.0.0.1:8311", 409)] {
        let answer = office.named(host, &cookies, &ask, &[("new", "yes")]).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

on_both! {
    alone => a_passkey_alone_is_enough;
    refusals => refusals_say_what_to_do;
    address => an_address_is_not_believed;
}
