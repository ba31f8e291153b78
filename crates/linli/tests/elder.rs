//! The resident of 78 and whoever helps them: one question a page, pictures that are not lost on the way, reports for a
//! parent, what goes on nearby, and what makes the pages an app.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod common;

use common::{BUILDING, House, PIXEL, STREET, Visitor, staff};
use linli_engine::{
    cases::{Channel, file::Report},
    seats::Role,
    vault::{Caller, Secret},
};
use linli_testbed::{Bed, on_both};

const LAMP: &str = "和苑小区3号楼楼下的路灯三天不亮了。";

fn key(text: &str) -> String {
    text.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The controls that a page asks with: what one sees and fills in.
fn asked(page: &str) -> Vec<String> {
    let main = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
    let mut names: Vec<String> =
        ["<input class", "<textarea", "<select", "type=\"radio\" name", "type=\"checkbox\" name"]
            .iter()
            .flat_map(|control| main.split(control).skip(1))
            .filter_map(|rest| {
                let tag = rest.split('>').next()?;
                Some(tag.split("name=\"").nth(1).or_else(|| tag.strip_prefix("=\""))?.split('"').next()?.to_owned())
            })
            .collect();
    names.dedup();
    names
}

async fn start(visitor: &mut Visitor) -> common::Answer {
    let home = visitor.get("/").await;
    let sent = [("key".into(), key(&home.text())), ("say".into(), LAMP.into()), ("step".into(), "say".into())];
    visitor.post("/report", &sent).await
}

async fn one_question_a_page(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(1, "zh");
    visitor.cookies.insert("linli_elder".into(), "on".into());
    let say = start(&mut visitor).await.says(200, "第 1 步，共 5 步").says(200, "tel:");
    assert_eq!(asked(&say.text()), ["say"]);
    let place = visitor.press(&say, "where", &[]).await.says(200, "第 2 步，共 5 步");
    let photo = visitor.press(&place, "last", &[]).await.says(200, "要不要拍张照片？");
    assert_eq!(asked(&photo.text()), ["files"]);
    // A picture is taken where it was chosen, and is still there at the end.
    let phone = visitor.press_with(&photo, "photo-done", &[], &[("files", "lamp.png", PIXEL)]).await;
    let phone = phone.says(200, "您的电话是多少？");
    assert_eq!(asked(&phone.text()), ["contact"]);
    visitor.press(&phone, "phone-done", &[("contact", "12ab")]).await.says(422, "号码不对").says(422, "12ab");
    let check = visitor.press(&phone, "phone-done", &[("contact", "19900000078")]).await;
    let check = check.says(200, "第 5 步，共 5 步").says(200, LAMP).says(200, "19900000078").says(200, "已收到 1 个");
    assert_eq!(asked(&check.text()), [""; 0]);
    // What the words were taken to be about can be another thing.
    let kind = visitor.press(&check, "kind", &[]).await;
    assert_eq!(asked(&kind.text()), ["category"]);
    let check = visitor.press(&kind, "kind-done", &[("category", "utility.heat")]).await;
    let heat = house.engine.packs().current().category("utility.heat").unwrap().title.zh.clone();
    let check = check.says(200, "第 5 步，共 5 步").says(200, &heat);
    // A change leads back to the last look, not through all pages again.
    let place = visitor.press(&check, "where", &[]).await;
    let check =
        visitor.press(&place, "last", &[("address", "单元门口")]).await.says(200, "单元门口").says(200, "已收到 1 个");
    let quiet = visitor.press(&check, "quiet", &[]).await.says(200, "不向任何单位透露");
    let sent = visitor.press(&quiet, "send", &[]).await;
    let number = sent.to().split('/').nth(3).unwrap().to_owned();
    let case = house.case(&number, &staff("yunxi-office", Role::Dispatcher)).await;
    assert_eq!((case.attachments.len(), case.head.category.as_str()), (1, "utility.heat"));
    visitor.follow(sent).await.says(200, &number);
}

async fn a_picture_survives_mistakes_and_can_be_left_out(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(2, "en");
    let say = start(&mut visitor).await;
    let place = visitor.press(&say, "where", &[]).await;
    let last = visitor.press(&place, "last", &[]).await;
    let photo: [common::Upload<'_>; 1] = [("files", "lamp.png", PIXEL)];
    let again = visitor.press_with(&last, "send", &[("contact", "12ab")], &photo).await.says(422, "lamp.");
    // A forged note, and one of another deployment's key, stands for nothing.
    let (to, mut fields) = common::form(&again.text(), "send", &[("contact", "")]);
    for (name, value) in &mut fields {
        if name == "kept" {
            *value = value.replacen(&value[..1].to_owned(), if value.starts_with('0') { "1" } else { "0" }, 1);
        }
    }
    visitor.post(&to, &fields).await.says(422, "choose them again");
    let without = visitor.press(&again, "drop-0-last", &[]).await;
    assert!(!without.text().contains("lamp."));
    let sent = visitor.press_with(&again, "send", &[("contact", "")], &photo).await;
    let number = sent.to().split('/').nth(3).unwrap().to_owned();
    let case = house.case(&number, &staff("yunxi-office", Role::Dispatcher)).await;
    assert_eq!(case.attachments.len(), 1, "the same picture chosen again is there once");
}

async fn for_a_parent(bed: Bed) {
    let house = House::over(bed).await;
    let mut child = house.resident(3, "zh", "19900000045").await;
    let say = start(&mut child).await;
    let place = child.press(&say, "where", &[]).await;
    let last = child.press(&place, "last", &[]).await.says(200, "我自己的事");
    let whom = child.press(&last, "whom", &[]).await;
    let bad = child.press(&whom, "whom-done", &[("told", "both")]).await;
    bad.says(422, "请选一选您是对方的什么人");
    let filled = [("relation", "child"), ("told", "both"), ("whom_name", "孙奶奶")];
    let bad = child.press(&whom, "whom-done", &filled).await.says(422, "就得有对方的电话").says(422, "先问问对方");
    let last = child.press(&bad, "whom-done", &[("whom_phone", "199 0000 0078"), ("agreed", "on")]).await;
    let last = last.says(200, "替父母说").says(200, "孙奶奶");
    let sent = child.press(&last, "send", &[]).await;
    let number = sent.to().split('/').nth(3).unwrap().to_owned();
    child.get("/mine").await.says(200, "路灯");
    // She signs in with her own telephone, as anybody does.
    let mut mother = house.resident(4, "zh", "19900000078").await;
    let phone: linli_engine::vault::PhoneKey =
        linli_engine::vault::PhoneKey::of(&house.engine.vault_key, &"19900000078".parse().unwrap());
    let home = house.engine.home;
    let claim = move |tx: &mut linli_engine::db::Tx<'_>| {
        let person = linli_engine::vault::person_by_phone(tx, home, &phone)?.unwrap();
        linli_engine::vault::behalf::claim(tx, &phone, person)
    };
    house.engine.db.write(claim).await.unwrap();
    mother.get("/mine").await.says(200, "路灯");
    mother.get(&format!("/c/{STREET}/{number}")).await.says(200, &number);
    house.resident(5, "zh", "19900000099").await.get(&format!("/c/{STREET}/{number}")).await.says(404, "");
    // Asked for oneself after all.
    let back = child.press(&last, "whom", &[]).await;
    child.press(&back, "whom-self", &[]).await.says(200, "我自己的事");
}

async fn nearby_tells_numbers_and_nothing_else(bed: Bed) {
    let house = House::over(bed).await;
    for n in 0..4 {
        let (name, contact) = (Secret::new("Zhao Guiying".to_owned()), Secret::new("19900000001".to_owned()));
        let report = Report {
            key: format!("lamp-{n}"),
            channel: Channel::Web,
            kind: None,
            category: Some("utility.lighting".into()),
            title: "SECRETTITLE".into(),
            body: "SECRETBODY".into(),
            place: BUILDING.parse().unwrap(),
            address: "SECRETADDRESS".into(),
            point: None,
            caller: Caller { person: None, name, contact, confidential: false },
            at: None,
            dispatch: false,
            joins: None,
        };
        house.engine.file(report).await.unwrap();
    }
    let grid = &BUILDING[..15];
    for (lang, words) in [("zh", "4 件在办"), ("en", "4 in progress")] {
        let mut visitor = house.visitor(6, lang);
        let page = visitor.get("/nearby").await.says(200, words).text();
        let json = visitor.get(&format!("/api/v1/nearby?at={grid}")).await.says(200, "\"open\":4").text();
        for text in [&page, &json] {
            assert!(!text.contains("SECRET") && !text.contains("Zhao") && !text.contains(BUILDING), "{text}");
        }
        visitor.get("/nearby?group=transport").await.says(200, if lang == "zh" { "没有可以公开" } else { "nothing" });
        // Whatever is asked for that is not there is not an error.
        visitor.get("/nearby?group=health&at=99&after=x").await.says(200, words);
        visitor.get(&format!("/nearby?at={BUILDING}")).await.says(200, words);
    }
}

async fn an_app_that_keeps_nobody(bed: Bed) {
    let house = House::over(bed).await;
    let mut resident = house.resident(7, "zh", "19900000012").await;
    let offline =
        resident.get("/offline?lang=en&elder=on").await.says(200, "There is no network").says(200, "data-elder");
    assert!(!offline.text().contains("/signout"), "it is the same for everybody");
    let manifest: serde_json::Value =
        serde_json::from_slice(&resident.get("/manifest.webmanifest").await.bytes).unwrap();
    for icon in manifest["icons"].as_array().unwrap() {
        assert_eq!(resident.get(icon["src"].as_str().unwrap()).await.status.as_u16(), 200, "{icon}");
    }
    let worker = resident.get("/sw.js").await;
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert!(worker.text().starts_with("self.SHELL=[\"/assets/app."), "{}", worker.text());
    let page = resident.get("/settings").await.says(200, "打开长辈版");
    let changed = resident.press(&page, "on", &[]).await;
    resident.follow(changed).await.says(200, "关掉长辈版");
}

on_both! {
    elder_flow => one_question_a_page;
    pictures => a_picture_survives_mistakes_and_can_be_left_out;
    behalf => for_a_parent;
    nearby => nearby_tells_numbers_and_nothing_else;
    app => an_app_that_keeps_nobody;
}
