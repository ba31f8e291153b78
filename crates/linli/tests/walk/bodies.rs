//! What is sent to a door that takes something: a plausible form or call, which names things of the other street wherever
//! it can name things.

use linli_engine::edge;

use super::world::{FAR, STREETS, World};

/// The kind of a body, and the body.
pub fn of(world: &World, path: &str) -> (&'static str, String) {
    if path.starts_with("/api/") {
        return call(world, path);
    }
    let key = linli_engine::hex(&edge::new_id());
    let mut fields = answers(path).unwrap_or_else(|| form(world, path));
    fields.push(("key", key));
    let encode = |text: &str| linli::web::routes::percent(text).replace('/', "%2F");
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    ("application/x-www-form-urlencoded", body.join("&"))
}

fn call(world: &World, path: &str) -> (&'static str, String) {
    let key = linli_engine::hex(&edge::new_id());
    let far = &world.cases[FAR];
    let body = match path.rsplit('/').next().unwrap_or_default() {
        "acts" => serde_json::json!({ "way": "side", "act": "message", "key": key, "form": { "message": "hello" } }),
        "messages" => serde_json::json!({ "text": "hello", "key": key }),
        "attachments" => {
            let part = "--cut\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n";
            return ("multipart/form-data; boundary=cut", format!("{part}{key}\r\n--cut--\r\n"));
        }
        _ => serde_json::json!({ "body": "as the neighbours say", "place": "990101001001001003", "key": key,
            "joins": far.number }),
    };
    ("application/json", body.to_string())
}

/// What is sent about answers at hand.
fn answers(path: &str) -> Option<Vec<(&'static str, String)>> {
    let id = format!("own-{}", linli_engine::hex(&edge::new_id()));
    let all: &[(&'static str, &str)] = match path {
        "/answers/like" => &[("words", "zqfartitleqz")],
        "/answers/helped" => &[("id", "noise-neighbour")],
        "/desk/knowledge" => &[("id", &id), ("question", "zqfartitleqz"), ("review", "2027-03-02"), ("do", "publish")],
        "/desk/knowledge/{id}" => &[("version", "0"), ("review", "2027-03-02"), ("do", "checked")],
        _ => return None,
    };
    Some(all.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
}

fn form(world: &World, path: &str) -> Vec<(&'static str, String)> {
    let (near, far) = (world.cases[0].place, &world.cases[FAR]);
    let which = format!("{}/{}", STREETS[1], far.number);
    let key = format!("{}/{}", STREETS[1], far.key.id);
    let (seat, account) = (world.thing("seat", "b-desk").to_owned(), world.thing("account", "desk").to_owned());
    let of = |what: &str| world.thing(what, "b-desk").to_owned();
    let text = |all: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        all.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    match path {
        "/desk/batch" | "/desk/batch/preview" => {
            text(&[("case", &which), ("c", &which), ("act", "side::reply"), ("reply", "hello")])
        }
        "/desk/handover" => {
            vec![("id", of("handover")), ("target", "role:desk".into()), ("case", key), ("note", "hello".into())]
        }
        "/desk/views" => {
            let mut all = text(&[("list", "inbox"), ("name", "Mine"), ("query", "due=late"), ("shared", "on")]);
            all.push(("id", of("view")));
            all
        }
        "/desk/phrases" => {
            let mut all = text(&[("title", "Mine"), ("body", "hello"), ("field", "reply")]);
            all.push(("id", of("phrase")));
            all
        }
        "/desk/cover" => {
            let mut all = text(&[("from", "2026-03-02T09:00"), ("until", "2026-03-09T09:00"), ("reason", "ill")]);
            all.extend([("seat", seat), ("to", account)]);
            all
        }
        "/desk/live/writing" => text(&[("case", &which), ("page", &"0".repeat(32)), ("writing", "on")]),
        "/desk/me/seat" => vec![("seat", seat)],
        "/desk/me/session" => vec![("session", "0".repeat(64))],
        "/desk/me/notices/read" | "/mine/notices/read" => vec![("case", key)],
        "/desk/new" => text(&[("from", &which), ("do", "file"), ("joins", &far.number), ("place", near)]),
        "/desk/new/caller" => text(&[("phone", "19955500003"), ("from", &which)]),
        "/desk/new/think" => text(&[("phone", "19955500003"), ("body", "zqfartitleqz"), ("place", far.place)]),
        "/desk/new/asked" => text(&[("asked", &which), ("urge", &which), ("phone", "19955500003")]),
        "/desk/password" => text(&[("password", "wrong"), ("new", "wrong")]),
        "/report" => {
            text(&[("say", "as the neighbours say"), ("place", near), ("same_as", &far.number), ("step", "last")])
        }
        "/track" => text(&[("number", &far.number), ("code", "AAAA-AAAA-AAAA")]),
        "/signin" => text(&[("phone", "19955500003")]),
        "/admin/accounts" => text(&[("login", "b-desk"), ("name", "Somebody")]),
        "/admin/tokens" => {
            let mut all =
                text(&[("login", "b-desk"), ("name", "Mine"), ("scopes", "cases:read"), ("per_minute", "60")]);
            all.push(("seat", seat));
            all
        }
        // To the page of a view, of a case: whatever its form may hold.
        _ => {
            let mut all = text(&[
                ("act", "reply"),
                ("way", "side"),
                ("reply", "hello"),
                ("message", "hello"),
                ("why", "looking"),
                ("do", "up"),
                ("other", &far.number),
                ("fields", "reply"),
                ("became", "silent"),
            ]);
            all.push(("zh", "Someplace".into()));
            all
        }
    }
}
