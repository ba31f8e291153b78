//! Residents on the real pages, without scripts: saying it, following it, answering, rating, reopening, taking back; and
//! what happens when something is wrong, in both languages.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod common;

use common::{Answer, House, MONDAY, PIXEL, STREET, Visitor, number, staff, tracked};
use linli::web::origin::Origin;
use linli_engine::{db::Tx, limits, seats::Role, sessions, vault::PhoneKey, viewer::Viewer};
use linli_testbed::{Bed, on_both};

const LAMP: &str = "和苑小区3号楼楼下的路灯三天不亮了，老人\"看不见\"台阶 <怕摔> & 绕路";
const DAY: i64 = 24 * 3_600_000;
const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

/// From home to the last look.
async fn to_last(visitor: &mut Visitor, say: &str) -> Answer {
    let home = visitor.get("/").await;
    let (to, fields) = common::form(&home.text(), "", &[("say", say)]);
    let first = visitor.post(&to, &fields).await;
    let place = visitor.press(&first, "where", &[]).await;
    let last = visitor.press(&place, "last", &[]).await.says(200, "和苑小区3号楼");
    // Where neighbours reported the same it is asked first; these reports stand alone.
    if last.text().contains("name=\"join\"") { visitor.press(&last, "other", &[]).await } else { last }
}

/// Files it; its number.
async fn file(visitor: &mut Visitor, say: &str) -> String {
    let last = to_last(visitor, say).await;
    let sent = visitor.press_with(&last, "send", &[], &[]).await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    number(&sent.to())
}

/// Does an act by its page.
async fn act(visitor: &mut Visitor, number: &str, act: &str, filled: &[(&str, &str)]) -> Answer {
    let page = visitor.get(&format!("/c/{STREET}/{number}/do/{act}")).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text());
    let (to, fields) = common::form(&page.text(), "", filled);
    visitor.post(&to, &fields).await
}

async fn filed_is_followed_by_its_code_alone(bed: Bed) {
    let house = House::over(bed).await;
    let mut first = house.visitor(1, "zh");
    let last = to_last(&mut first, LAMP).await.says(200, "路灯");
    let sent = first.press_with(&last, "send", &[("contact", "199 0000-0001")], &[]).await;
    let done = first.follow(sent).await;
    let number = done.text().split("<dd class=\"id\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let code = house.engine.tracking_code(tracked(&first));
    done.says(200, &code);

    for (address, lang, wrong) in [(2, "zh", "编号和查询码对不上"), (3, "en", "do not belong together")] {
        let mut other = house.visitor(address, lang);
        let case = format!("/c/{STREET}/{number}");
        other.get(&case).await.says(404, if lang == "zh" { "没有找到这个页面" } else { "Page not found" });
        let ask = other.get("/track").await;
        let refused = other.press(&ask, "", &[("number", &number), ("code", "000000000000")]).await;
        refused.says(422, wrong).says(422, &number);
        other.get(&case).await.says(404, "");
        let right =
            other.press(&ask, "", &[("number", &number), ("code", &format!(" {} ", code.to_lowercase()))]).await;
        assert_eq!(right.to(), case);
        let page = other.follow(right).await.says(200, "和苑小区3号楼楼下的路灯三天不亮了");
        // What was typed comes back as text, never as markup, and nobody learns who it was.
        assert!(!page.text().contains("<怕摔>"));
        assert!(!page.text().contains("9900000001") && !page.text().contains("0000-0001"));
    }
}

async fn a_forged_seal_opens_nothing(bed: Bed) {
    let house = House::over(bed).await;
    let (mut mine, mut theirs) = (house.visitor(4, "zh"), house.visitor(5, "zh"));
    let (my_number, their_number) = (file(&mut mine, LAMP).await, file(&mut theirs, LAMP).await);
    let (my_case, their_case) = (tracked(&mine), tracked(&theirs));
    mine.get(&format!("/c/{STREET}/{my_number}")).await.says(200, &my_number);
    // Their case under my seal, and my case without one.
    let seal = mine.cookies["linli_track"].rsplit_once('.').unwrap().1.to_owned();
    for forged in [
        format!("{}.{}.{seal}", their_case.jurisdiction, their_case.id),
        format!("{}.{}.", their_case.jurisdiction, their_case.id),
        format!("{}.{}", my_case.jurisdiction, my_case.id),
        String::new(),
        "....".to_owned(),
    ] {
        mine.cookies.insert("linli_track".into(), forged);
        for number in [&my_number, &their_number] {
            mine.get(&format!("/c/{STREET}/{number}")).await.says(404, "没有找到这个页面");
            mine.get(&format!("/c/{STREET}/{number}/do/withdraw")).await.says(404, "没有找到这个页面");
        }
    }
}

async fn pictures_belong_to_the_case_and_to_those_who_may_see_it(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(6, "en");
    let last = to_last(&mut visitor, LAMP).await;
    let files: [common::Upload<'_>; 2] = [("files", "lamp.png", PIXEL), ("files", "letter.pdf", PDF)];
    let sent = visitor.press_with(&last, "send", &[], &files).await;
    let number = number(&sent.to());
    let case = house.case(&number, &Viewer::Code(tracked(&visitor))).await;
    assert_eq!(case.attachments.len(), 2);
    let page = visitor.get(&format!("/c/{STREET}/{number}")).await.text();
    for (file, kind, way) in case
        .attachments
        .iter()
        .zip(["image/", "application/pdf"])
        .map(|(f, kind)| (f, kind, if kind == "image/" { "inline" } else { "attachment" }))
    {
        let url = format!("/attachments/{STREET}/{}", file.id);
        assert!(page.contains(&url));
        let served = visitor.get(&url).await;
        assert_eq!(served.status.as_u16(), 200);
        assert!(served.header("content-type").starts_with(kind));
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        assert!(served.header("content-disposition").starts_with(way), "{}", served.header("content-disposition"));
        assert_eq!(served.bytes.len() as u64, file.stored.bytes_len);
        house.visitor(7, "en").get(&url).await.says(404, "Page not found");
        house.resident(7, "en", "19900000009").await.get(&url).await.says(404, "Page not found");
    }
}

async fn a_refused_file_takes_nothing_with_it(bed: Bed) {
    let house = House::over(bed).await;
    let large = vec![0xff; limits::UPLOAD_BYTES + 1];
    let cases: [(&str, &[u8], &str, &str); 3] = [
        ("notes.txt", b"no picture", "不是照片或 PDF", "neither a picture nor a PDF"),
        ("half.png", &PIXEL[..40], "打不开", "cannot be opened"),
        ("huge.jpg", &large, "超过 10 MB", "larger than 10 MB"),
    ];
    for (lang, address) in [("zh", 8), ("en", 9)] {
        let mut visitor = house.visitor(address, lang);
        let last = to_last(&mut visitor, LAMP).await;
        for (name, bytes, zh, en) in cases {
            let filled = [("contact", "19900000001"), ("name", "Zhao & Li")];
            let again = visitor.press_with(&last, "send", &filled, &[("files", name, bytes)]).await;
            let again = again.says(422, if lang == "zh" { zh } else { en }).says(422, name);
            let kept = common::form(&again.text(), "send", &[]).1;
            let has = |name: &str, value: &str| kept.iter().any(|(n, v)| n == name && v == value);
            assert!(has("say", LAMP) && has("contact", "19900000001") && has("name", "Zhao & Li"), "{kept:?}");
            assert!(!visitor.cookies.contains_key("linli_track"), "nothing was filed");
        }
        let seven: Vec<common::Upload<'_>> = vec![("files", "a.png", PIXEL); limits::UPLOADS + 1];
        let words = if lang == "zh" { "最多 6 个文件" } else { "Six files at most" };
        let again = visitor.press_with(&last, "send", &[], &seven).await.says(422, words);
        // The same form without the file goes through.
        let sent = visitor.press_with(&again, "send", &[], &[]).await;
        assert_eq!(sent.status.as_u16(), 303, "{}", sent.text());
    }
}

async fn sent_twice_is_filed_once(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(10, "zh");
    let last = to_last(&mut visitor, LAMP).await;
    let files: [common::Upload<'_>; 1] = [("files", "lamp.png", PIXEL)];
    // The first answer is lost with its file half way; the second completes it, the third changes nothing.
    let first = visitor.press_with(&last, "send", &[], &[]).await.to();
    let second = visitor.press_with(&last, "send", &[], &files).await.to();
    let third = visitor.press_with(&last, "send", &[], &files).await.to();
    assert!(first == second && second == third);
    let case = house.case(&number(&first), &Viewer::Code(tracked(&visitor))).await;
    assert_eq!(case.attachments.len(), 1);
    assert_eq!(case.events.len(), 1);
    let other = file(&mut house.visitor(10, "zh"), LAMP).await;
    assert_ne!(other, number(&first));
}

async fn what_is_wrong_is_said_and_what_was_typed_is_kept(bed: Bed) {
    let house = House::over(bed).await;
    for (lang, address, missing, phone, words) in [
        ("zh", 11, "一句话也行", "号码不对", "手机号"),
        ("en", 12, "One sentence is enough", "The number is not right", "mobile number"),
    ] {
        let mut visitor = house.visitor(address, lang);
        let start = visitor.get("/report").await;
        visitor.press(&start, "where", &[("say", "  ")]).await.says(422, missing);
        let long = "长".repeat(limits::BODY_CHARS + 1);
        let again = visitor.press(&start, "where", &[("say", &long)]).await;
        assert_eq!(again.status.as_u16(), 422);
        assert!(again.text().contains(&long), "it is not cut off");

        let last = to_last(&mut visitor, LAMP).await;
        let again = visitor.press_with(&last, "send", &[("contact", "12ab"), ("name", "Zhao")], &[]).await;
        let again = again.says(422, phone).says(422, words).says(422, "12ab").says(422, "Zhao");
        visitor.press_with(&again, "send", &[("contact", "")], &[]).await.to();
        // Without a key nothing can be told from a repetition.
        let fields: Vec<(String, String)> =
            common::form(&last.text(), "send", &[]).1.into_iter().filter(|(n, _)| n != "key").collect();
        let refused = visitor.post_files("/report", &fields, &[]).await;
        refused.says(400, if lang == "zh" { "表单不完整" } else { "The form is incomplete" });
    }
}

async fn going_back_loses_nothing(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(13, "zh");
    let last = to_last(&mut visitor, LAMP).await;
    let typed = [("name", "老赵"), ("contact", "19900000001"), ("category", "cityscape.rubbish")];
    let (to, mut fields) = common::form(&last.text(), "where", &typed);
    fields.push(("confidential".into(), "on".into()));
    let place = visitor.post_files(&to, &fields, &[]).await;
    let first = visitor.press(&place, "say", &[("address", "单元门口 \"左边\"")]).await;
    let place = visitor.press(&first, "where", &[("say", "和苑小区3号楼的垃圾桶满了")]).await;
    let last = visitor.press(&place, "last", &[]).await.says(200, "单元门口");
    let kept = common::form(&last.text(), "send", &[]).1;
    for (name, value) in typed.into_iter().chain([("confidential", "on"), ("address", "单元门口 \"左边\"")]) {
        assert!(kept.iter().any(|(n, v)| n == name && v == value), "`{name}` was lost: {kept:?}");
    }
    let sent = visitor.press_with(&last, "send", &[], &[]).await;
    let case = house.case(&number(&sent.to()), &Viewer::Code(tracked(&visitor))).await;
    assert_eq!(case.head.category, "cityscape.rubbish");
    assert_eq!(case.head.address, "单元门口 \"左边\"");
    assert_eq!(case.head.body, "和苑小区3号楼的垃圾桶满了");
}

async fn a_place_is_picked_level_by_level(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(14, "zh");
    let start = visitor.get("/report").await;
    let place = visitor.press(&start, "where", &[("say", "垃圾没人收")]).await.says(200, "和苑社区");
    let with = |page: &Answer, button: &str, picks: &[&str]| {
        let (to, mut fields) = common::form(&page.text(), button, &[]);
        fields.retain(|(n, _)| n != "pick");
        fields.extend(picks.iter().map(|p| ("pick".to_owned(), (*p).to_owned())));
        (to, fields)
    };
    let (to, fields) = with(&place, "pick", &[STREET, "990101001001"]);
    let place = visitor.post(&to, &fields).await.says(200, "和苑社区第一网格");
    // A street of another branch throws away what was picked below it.
    let (to, fields) = with(&place, "pick", &["990101002", "990101001001"]);
    let moved = visitor.post(&to, &fields).await.says(200, "柳河社区");
    assert!(!moved.text().contains("和苑社区第一网格"));
    let (to, fields) = with(&place, "last", &[STREET, "990101001001", "990101001001001"]);
    let last = visitor.post(&to, &fields).await.says(200, "和苑社区第一网格");
    let sent = visitor.press_with(&last, "send", &[], &[]).await;
    let case = house.case(&number(&sent.to()), &Viewer::Code(tracked(&visitor))).await;
    assert_eq!(case.head.place.as_str(), "990101001001001");

    let place = visitor.press(&start, "where", &[("say", "垃圾没人收")]).await;
    let found = visitor.press(&place, "look", &[("words", "滨河花园 1 号楼")]).await;
    found.says(200, "滨河花园1号楼");
    let (to, fields) = with(&place, "last", &[""]);
    visitor.post(&to, &fields).await.says(422, "请选一个地方");
}

async fn rated_closed_reopened_once(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(17, "zh");
    let number = file(&mut visitor, LAMP).await;
    let case = format!("/c/{STREET}/{number}");
    house.work_off(&number).await;
    visitor.get(&case).await.says(200, "a new fuse").says(200, "/do/answered");
    let empty = act(&mut visitor, &number, "answered", &[]).await;
    empty.says(422, "还没有填");
    let rate = [("contacted", "yes"), ("solved", "no"), ("satisfied", "dissatisfied"), ("words", "当晚又灭了")];
    let rated = act(&mut visitor, &number, "answered", &rate).await;
    visitor.follow(rated).await.says(200, "您说还没解决");
    let head = staff("yunxi-office", Role::DeskHead);
    house.act(&number, &head, "explain", &[("explanation", "the pole is being moved"), ("law", "art. 15")]).await;
    visitor.get(&case).await.says(200, "已解释").says(200, "/do/reopen");
    let page = visitor.get(&format!("{case}/do/reopen")).await;
    let (to, fields) = common::form(&page.text(), "", &[("reason", "还是不亮")]);
    let reopened = visitor.post(&to, &fields).await;
    visitor.follow(reopened).await.says(200, "还是不亮");
    // The same form again changes nothing; one drawn before and filled in anew is told that things have moved.
    assert_eq!(visitor.post(&to, &fields).await.status.as_u16(), 303);
    assert_eq!(house.case(&number, &Viewer::Code(tracked(&visitor))).await.case.counter("reopened"), 1);
    let stale: Vec<(String, String)> =
        fields.iter().map(|(n, v)| (n.clone(), if n == "key" { "another-key-0".into() } else { v.clone() })).collect();
    let told = visitor.post(&to, &stale).await;
    assert_eq!(told.status.as_u16(), 409);
    assert!(told.text().contains("还是不亮"), "what was typed is kept");

    house.work_off(&number).await;
    let rate = [("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];
    act(&mut visitor, &number, "answered", &rate).await.to();
    let closed = visitor.get(&case).await.says(200, "已解决");
    assert!(!closed.text().contains("/do/reopen"), "it can be reopened once only");
    visitor.get(&format!("{case}/do/reopen")).await.says(409, "已经重新打开过一次");
    visitor.cookies.insert("linli_lang".into(), "en".into());
    visitor.get(&format!("{case}/do/reopen")).await.says(409, "It was reopened once already");
    house.later(31 * DAY).await;
    visitor.get(&case).await.says(200, "/do/lasted");
    act(&mut visitor, &number, "lasted", &[]).await.to();
    visitor.get(&case).await.says(200, "Solved, and it held");
}

async fn urged_asked_answered_and_taken_back(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(18, "en");
    let number = file(&mut visitor, LAMP).await;
    let case = format!("/c/{STREET}/{number}");
    let urged = act(&mut visitor, &number, "urge", &[]).await;
    visitor.follow(urged).await.says(200, "You urged it");
    let dispatcher = staff("yunxi-office", Role::Dispatcher);
    let handler = staff("yunzhou-municipal", Role::Handler);
    house.act(&number, &dispatcher, "dispatch", &[("class", "general"), ("unit", "yunzhou-municipal")]).await;
    house.act(&number, &handler, "accept", &[]).await;
    house.act(&number, &handler, "no_contact", &[("contact_way", "phone"), ("reason", "no answer")]).await;
    house.act(&number, &handler, "ask", &[("question", "Which pole is it?")]).await;
    visitor.get(&case).await.says(200, "Which pole is it?").says(200, "/do/tell_more");
    let page = visitor.get(&format!("{case}/do/tell_more")).await;
    let (to, fields) = common::form(&page.text(), "", &[("message", "the second one")]);
    let told = visitor.post_files(&to, &fields, &[("files", "pole.png", PIXEL)]).await;
    visitor.follow(told).await.says(200, "the second one");
    let seen = house.case(&number, &handler).await;
    assert_eq!(seen.attachments.len(), 1, "a picture came with the answer");
    let refused = visitor.post_files(&to, &fields, &[("files", "pole.txt", b"no picture")]).await;
    refused.says(422, "neither a picture nor a PDF").says(422, "the second one");

    let taken = act(&mut visitor, &number, "withdraw", &[("reason", "it works again")]).await;
    let page = visitor.follow(taken).await.says(200, "You withdrew it");
    assert!(!page.text().contains("/do/"), "nothing is left to be done");
    visitor.get(&format!("{case}/do/withdraw")).await.says(409, "This cannot be done now");
    visitor.cookies.insert("linli_lang".into(), "zh".into());
    visitor.get(&format!("{case}/do/withdraw")).await.says(409, "现在不能这样办");
}

async fn codes_are_guessed_in_vain(bed: Bed) {
    let house = House::over(bed).await;
    for (lang, address, phone, wrong, expired, soon) in [
        ("zh", 19, "19900000001", "验证码不对", "过期", "刚刚发过"),
        ("en", 20, "19900000002", "not the code", "expired", "wait"),
    ] {
        let mut visitor = house.visitor(address, lang);
        let ask = visitor.get("/signin?next=%2Fmine").await;
        let sent = visitor.press(&ask, "", &[("phone", phone)]).await;
        let page = visitor.follow(sent).await;
        assert!(!page.text().contains(phone), "the number is not shown whole");
        let text = visitor.press(&ask, "", &[("phone", phone)]).await.says(422, "").text().to_lowercase();
        assert!(text.contains(soon), "{text}");
        // A known code in place of the one that went to the log.
        house.later(61_000).await;
        let key = PhoneKey::of(&house.engine.vault_key, &phone.parse().unwrap());
        let (home, now) = (house.engine.home, house.clock.now());
        let device = visitor.cookies["linli_device"].clone();
        let Origin(origin) = Origin::default().known(&house.engine.vault_key, &device);
        let asked = origin.clone();
        let put = move |tx: &mut Tx<'_>| sessions::request_code(tx, home, &key, "246810", &asked, now);
        house.engine.db.write(put).await.unwrap().unwrap();
        visitor.press(&page, "", &[("code", "000000")]).await.says(422, wrong);
        assert!(visitor.get("/mine").await.to().starts_with("/signin"));
        house.later(limits::CODE_MS).await;
        visitor.press(&page, "", &[("code", "246810")]).await.says(422, expired);
        let now = house.clock.now();
        let key = PhoneKey::of(&house.engine.vault_key, &phone.parse().unwrap());
        let put = move |tx: &mut Tx<'_>| sessions::request_code(tx, home, &key, "135790", &origin, now);
        house.engine.db.write(put).await.unwrap().unwrap();
        // A stranger who says the telephone is theirs, as often as they like, in vain and to nobody's harm.
        let mut stranger = house.visitor(address + 100, lang);
        stranger.cookies.insert("linli_phone".into(), phone.into());
        for code in ["000000", "111111", "222222", "333333", "444444", "555555", "135790"] {
            assert_eq!(stranger.press(&page, "", &[("code", code)]).await.status.as_u16(), 422);
        }
        stranger.cookies.insert("linli_device".into(), "0".repeat(32));
        assert_eq!(stranger.press(&page, "", &[("code", "135790")]).await.status.as_u16(), 422);
        assert!(!stranger.cookies.contains_key("linli_session"));
        let before = visitor.cookies.get("linli_session").cloned();
        assert_eq!(visitor.press(&page, "", &[("code", "135790")]).await.to(), "/mine");
        assert_ne!(visitor.cookies.get("linli_session").cloned(), before);
        // Once only.
        let mut thief = house.visitor(address, lang);
        thief.cookies.insert("linli_phone".into(), phone.into());
        thief.cookies.insert("linli_device".into(), device);
        assert_eq!(thief.press(&page, "", &[("code", "135790")]).await.status.as_u16(), 422);
        assert!(!thief.cookies.contains_key("linli_session"));
    }
}

async fn mine_is_mine(bed: Bed) {
    let house = House::over(bed).await;
    let mut zhao = house.resident(21, "zh", "19900000001").await;
    let mut li = house.resident(22, "en", "19900000002").await;
    zhao.get("/mine").await.says(200, "还没有");
    let number = file(&mut zhao, LAMP).await;
    zhao.cookies.remove("linli_track");
    let case = format!("/c/{STREET}/{number}");
    zhao.get("/").await.says(200, &case);
    zhao.get("/mine").await.says(200, &case);
    zhao.get(&case).await.says(200, &number);
    li.get(&case).await.says(404, "Page not found");
    assert!(!li.get("/mine").await.text().contains(&number));
    house.work_off(&number).await;
    zhao.get("/mine").await.says(200, "等您回答").says(200, "有结果了");
    // Page by page, each case once.
    for _ in 0..22 {
        file(&mut zhao, LAMP).await;
    }
    let first = zhao.get("/mine").await.text();
    let older = first.split("href=\"/mine?after=").nth(1).map(|rest| rest.split('"').next().unwrap()).unwrap();
    let second = zhao.get(&format!("/mine?after={older}")).await.text();
    let list = |page: &str| -> Vec<String> {
        let rows = page.split("<ul class=\"rows\">").nth(1).unwrap().split("</ul>").next().unwrap().to_owned();
        rows.split("href=\"").skip(1).map(|r| r.split('"').next().unwrap().to_owned()).collect()
    };
    let mut all: Vec<String> = list(&first).into_iter().chain(list(&second)).collect();
    assert_eq!(all.len(), 23);
    assert_eq!(all.last(), Some(&case), "newest first");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 23);
    assert_eq!(zhao.get(&case).await.status.as_u16(), 200);
}

async fn guessing_numbers_is_slowed_down(bed: Bed) {
    let house = House::over(bed).await;
    for (lang, address, words) in [("zh", 23, "试得太快了"), ("en", 24, "That was too fast")] {
        let mut visitor = house.visitor(address, lang);
        let number = file(&mut visitor, LAMP).await;
        let code = house.engine.tracking_code(tracked(&visitor));
        let ask = visitor.get("/track").await;
        for _ in 0..10 {
            let tried = visitor.press(&ask, "", &[("number", &number), ("code", "AAAAAAAAAAAA")]).await;
            assert_eq!(tried.status.as_u16(), 422);
        }
        let right = [("number", number.as_str()), ("code", code.as_str())];
        visitor.press(&ask, "", &right).await.says(429, words);
        // Somebody else is not held back, and neither is this address a minute later.
        house.visitor(address + 100, lang).press(&ask, "", &right).await.to();
        house.later(61_000).await;
        visitor.press(&ask, "", &right).await.to();
    }
}

async fn what_is_late_is_owned_up_to(bed: Bed) {
    let house = House::over(bed).await;
    let mut visitor = house.visitor(25, "zh");
    let number = file(&mut visitor, LAMP).await;
    let case = format!("/c/{STREET}/{number}");
    assert!(!visitor.get(&case).await.text().contains("抱歉"));
    house.later(8 * DAY).await;
    assert!(house.clock.now() > MONDAY);
    visitor.get(&case).await.says(200, "抱歉");
}

on_both! {
    followed => filed_is_followed_by_its_code_alone;
    forged => a_forged_seal_opens_nothing;
    pictures => pictures_belong_to_the_case_and_to_those_who_may_see_it;
    refused_files => a_refused_file_takes_nothing_with_it;
    twice => sent_twice_is_filed_once;
    wrong => what_is_wrong_is_said_and_what_was_typed_is_kept;
    back => going_back_loses_nothing;
    picked => a_place_is_picked_level_by_level;
    rated => rated_closed_reopened_once;
    asked => urged_asked_answered_and_taken_back;
    codes => codes_are_guessed_in_vain;
    mine => mine_is_mine;
    slowed => guessing_numbers_is_slowed_down;
    late => what_is_late_is_owned_up_to;
}
