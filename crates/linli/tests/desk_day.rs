//! A day at the desk through the real router, on both databases: saved views, batches, drafts, ready-made words, hand-overs,
//! covers, co-units' parts, the load of units, paper, and one's own sessions.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use desk_common::{Answer, Desk, NAME, PHONE, both, url};
use linli_engine::{
    cases::file::Filed,
    db::Tx,
    ids::SeatId,
    seats::{self, Seat, SeatError},
};
use linli_testbed::{Bed, on_both};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

on_both! {
    a_view_is_kept_and_counted => a_view_is_kept_and_counted_on;
    a_batch_says_first_and_does_once => a_batch_says_first_and_does_once_on;
    a_batch_says_why_not => a_batch_says_why_not_on;
    a_draft_is_found_again => a_draft_is_found_again_on;
    words_are_at_hand => words_are_at_hand_on;
    a_shift_is_handed_over_once => a_shift_is_handed_over_once_on;
    a_cover_ends_by_itself => a_cover_ends_by_itself_on;
    a_cover_keeps_duties_apart => a_cover_keeps_duties_apart_on;
    a_co_unit_finds_its_part => a_co_unit_finds_its_part_on;
    the_load_of_units_is_seen => the_load_of_units_is_seen_on;
    paper_holds_no_names => paper_holds_no_names_on;
    nobody_loses_what_they_wrote => nobody_loses_what_they_wrote_on;
    a_session_elsewhere_is_ended => a_session_elsewhere_is_ended_on;
}

/// The first value of an attribute on a page, after a mark.
#[track_caller]
fn after<'a>(answer: &'a Answer, mark: &str, attribute: &str) -> &'a str {
    let (_, rest) = answer.body.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {}", answer.body));
    rest.split_once(&format!("{attribute}=\"")).unwrap().1.split('"').next().unwrap()
}

fn name(case: &Filed) -> String {
    format!("{}/{}", case.key.jurisdiction, case.number)
}

/// All values of hidden fields and ticked boxes of the form on a page: what a browser would send.
fn sends(answer: &Answer) -> Vec<(String, String)> {
    let form = answer.body.split("<form method=\"post\" action=\"/desk/batch").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let inputs = form.split("<input ").skip(1).map(|input| input.split('>').next().unwrap());
    let value = |input: &str, name: &str| {
        Some(input.split_once(&format!("{name}=\""))?.1.split('"').next()?.replace("&#38;", "&"))
    };
    let sent = inputs.filter(|i| i.contains("type=\"hidden\"") || i.contains(" checked"));
    sent.filter_map(|i| Some((value(i, "name")?, value(i, "value")?))).collect()
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

async fn a_view_is_kept_and_counted_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.file("lamp", "路灯不亮").await;
    desk.file_with("lift", |report| {
        "电梯坏了".clone_into(&mut report.title);
        report.category = Some("property.elevator".into());
    })
    .await;
    let narrowed = desk.get("dispatcher", "/desk?category=utility&q=%E8%B7%AF%E7%81%AF").await.is(200);
    let narrowed = narrowed.says("路灯不亮").hides("电梯坏了").says("存为视图");
    let query = after(&narrowed, "name=\"list\" value=\"inbox\"", "value").replace("&amp;", "&").replace("&#38;", "&");
    let save = |name: &'static str, shared: &'static str| {
        let query = query.clone();
        async move {
            vec![("list", "inbox"), ("name", name), ("shared", shared)]
                .into_iter()
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .chain([("query".to_owned(), query)])
                .collect::<Vec<_>>()
        }
    };
    let mine = desk.post("dispatcher", "/desk/views", &pairs(&save("只看路灯", "").await)).await.is(303);
    desk.get("dispatcher", &mine.location)
        .await
        .is(200)
        .says("aria-current=\"page\"")
        .says("只看路灯</span> <span class=\"n\">1</span>")
        .hides("电梯坏了");
    desk.post("dispatcher", "/desk/views", &pairs(&save("照明（共用）", "on").await)).await.is(303);
    // A colleague of the same unit has the shared one only; another unit has none.
    desk.get("desk-head", "/desk").await.is(200).says("照明（共用）").hides("只看路灯");
    desk.get("urban", "/desk").await.is(200).hides("照明（共用）");
    // By hand: the second goes up; then the desk begins with it.
    let manage = desk.get("dispatcher", "/desk/views").await.is(200);
    let order = |answer: &Answer| {
        let list = answer.body.split("<ul class=\"rows\">").nth(1).unwrap();
        (list.find("只看路灯").unwrap(), list.find("照明（共用）").unwrap())
    };
    let (own, shared) = order(&manage);
    assert!(own < shared);
    let id = manage.body.split("action=\"/desk/views/").nth(2).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/desk/views/{id}");
    desk.post("dispatcher", &path, &[("do", "up")]).await.is(303);
    let (own, shared) = order(&desk.get("dispatcher", "/desk/views").await);
    assert!(shared < own);
    desk.post("dispatcher", &path, &[("do", "first")]).await.is(303);
    let begins = desk.get("dispatcher", "/desk").await.is(303).location;
    assert!(begins.starts_with(&format!("/desk?view={id}")), "{begins}");
    desk.get("dispatcher", "/desk?view=all").await.is(200).says("电梯坏了");
    desk.post("dispatcher", &path, &[("do", "delete")]).await.is(303);
    desk.get("dispatcher", "/desk").await.is(200).hides("照明（共用）");
    // Somebody else's view is nobody's to change.
    let own = mine.location.split("view=").nth(1).unwrap().split('&').next().unwrap();
    desk.post("desk-head", &format!("/desk/views/{own}"), &[("do", "delete")]).await.is(404);
    desk.get("dispatcher", "/desk").await.is(200).says("只看路灯");
    let empty = desk.post("dispatcher", "/desk/views", &[("list", "search"), ("name", " "), ("query", "late=1")]).await;
    empty.is(422).says("起个名字");
    while desk.engine.index_words().await.unwrap() > 0 {}
    // A search is kept, too: what waits for the seat, of all that it may see.
    let found = [("list", "search"), ("name", "轮到我"), ("query", "mine=1&category=utility")];
    let found = desk.post("dispatcher", "/desk/views", &found).await.is(303).location;
    desk.get("dispatcher", &found)
        .await
        .is(200)
        .says("轮到我</span> <span class=\"n\">1</span>")
        .says("路灯不亮")
        .hides("电梯坏了");
}

async fn a_batch_says_first_and_does_once_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let mut cases = Vec::new();
    for (key, title) in [("a", "甲灯不亮"), ("b", "乙灯不亮"), ("c", "丙灯不亮")] {
        cases.push(desk.file(key, title).await);
    }
    let query: Vec<String> = cases.iter().map(|case| format!("case={}", name(case))).collect();
    let query = query.join("&");
    let choose = desk.get("dispatcher", &format!("/desk/batch?{query}")).await.is(200).says("3 件");
    choose.says("step:triage:dispatch").says("甲灯不亮");
    let form = desk.get("dispatcher", &format!("/desk/batch?{query}&act=step:triage:dispatch")).await.is(200);
    let form = form.says("按职责清单").says("先看看会怎样");
    let mut fields = sends(&form);
    fields.extend([("class".into(), String::new()), ("unit".into(), String::new()), ("note".into(), "一起派".into())]);
    let seen = desk.post("dispatcher", "/desk/batch/preview", &pairs(&fields)).await.is(200);
    let seen = seen.says("现在还什么都没有办").says("会办 3 件").says("接着：签收").hides("办不了");
    // Looking did nothing.
    desk.get("dispatcher", "/desk").await.is(200).says("3 件，今天到期 3 件");
    let fields = sends(&seen);
    let done = desk.post("dispatcher", "/desk/batch", &pairs(&fields)).await.is(200);
    done.says("办好 3 件").hides("没有办成");
    desk.get("dispatcher", "/desk").await.is(200).says("现在没有要办的");
    // The same once more: answered the same, and nothing done twice.
    desk.post("dispatcher", "/desk/batch", &pairs(&fields)).await.is(200).says("办好 3 件").says("没有重复办");
    let story = desk.get("dispatcher", &url(&cases[0])).await.is(200);
    assert_eq!(story.body.matches("一起派").count(), 1, "{story:?}");
}

async fn a_batch_says_why_not_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let (one, two) = (desk.dispatched("one").await, desk.dispatched("two").await);
    let foreign = desk.file("three", "没派的").await;
    let query = format!("case={}&case={}&case={}", name(&one), name(&two), name(&foreign));
    // What a unit may not see is not in the batch at all.
    let form = desk.get("municipal", &format!("/desk/batch?{query}&act=step:sign:return")).await.is(200).says("2 件");
    let mut fields = sends(&form);
    // A wrong form is said once, in the form, and what was typed is kept.
    fields.push(("reason".into(), "写到一半的理由".into()));
    let wrong = desk.post("municipal", "/desk/batch/preview", &pairs(&fields)).await.is(422);
    wrong.says("写到一半的理由").hides("会办");
    fields.extend([("duty_cited".into(), "清单第3条".into()), ("better_unit".into(), "yunxi-urban".into())]);
    let seen = desk.post("municipal", "/desk/batch/preview", &pairs(&fields)).await.is(200);
    let seen = seen.says("会办 2 件").says("同一段话会写给 2 位反映人");
    // Somebody is faster with one of them.
    desk.act("municipal", &two, "accept", &[]).await.is(303);
    let done = desk.post("municipal", "/desk/batch", &pairs(&sends(&seen))).await.is(200);
    done.says("办好 1 件").says("有 1 件没有办成").says(&url(&two));
    desk.get("desk-head", &url(&one)).await.is(200).says("退单裁定");
    // A second look says which cannot be done, and why.
    let form = desk.get("municipal", &format!("/desk/batch?{query}&act=side::note")).await.is(200);
    let mut fields = sends(&form);
    fields.push(("note".into(), "都看过了".into()));
    let seen = desk.post("municipal", "/desk/batch/preview", &pairs(&fields)).await.is(200);
    seen.says("记下来，环节不变");
    let many: Vec<String> = (0..51).map(|n| format!("case=990101001/260302-{n:05}")).collect();
    desk.get("municipal", &format!("/desk/batch?{}", many.join("&"))).await.is(422).says("一次最多办 50 件");
}

async fn a_draft_is_found_again_on(bed: Bed) {
    let mut desk = Desk::open(&bed).await;
    let case = desk.dispatched("draft").await;
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    let marks = desk.marks("municipal", &case, "contacted", "key-draft-1").await;
    let draft = format!("{}/draft", url(&case));
    let typed = [("contact_way", "phone"), ("contact_note", "说好周三上门，还没写完")];
    desk.post("municipal", &draft, &both(&marks, &[&typed[..], &[("quiet", "1")]].concat())).await.is(204);
    desk.get("municipal", "/desk").await.is(200).says("草稿</span>");
    desk.get("municipal", &url(&case)).await.is(200).says("说好周三上门，还没写完").says("存的草稿");
    // It is its author's alone.
    desk.get("dispatcher", &url(&case)).await.is(200).hides("说好周三上门");
    desk.get("urban", &draft.replace("/draft", "")).await.is(404);
    // Without scripts a button does it and leads back to the form.
    let back = desk.post("municipal", &draft, &both(&marks, &[("contact_note", "第二稿")])).await.is(303).location;
    desk.get("municipal", &back).await.is(200).says("第二稿").hides("说好周三上门");
    // A month later it is forgotten.
    desk.later(31 * DAY);
    desk.sign_in().await;
    desk.get("municipal", &url(&case)).await.is(200).hides("第二稿");
    desk.post("municipal", &draft, &both(&marks, &typed)).await.is(303);
    desk.act("municipal", &case, "contacted", &typed).await.is(303);
    desk.get("municipal", "/desk").await.is(200).hides("草稿</span>");
    desk.get("municipal", &url(&case)).await.is(200).hides("存的草稿");
    // Thrown away by its author.
    let marks = desk.marks("municipal", &case, "note", "key-draft-2").await;
    desk.post("municipal", &draft, &both(&marks, &[("note", "不要了的")])).await.is(303);
    desk.get("municipal", &url(&case)).await.is(200).says("不要了的");
    desk.post("municipal", &format!("{draft}/drop"), &both(&marks, &[])).await.is(303);
    desk.get("municipal", &url(&case)).await.is(200).hides("不要了的");
}

async fn words_are_at_hand_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("words").await;
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    let page = desk.get("municipal", "/desk/phrases").await.is(200).says("约好上门时间");
    let id = after(&page, "action=\"/desk/phrases\"", "value").to_owned();
    let new = [
        ("id", id.as_str()),
        ("title", "灯泡惯用语"),
        ("field", "contact_note"),
        ("body", "关于{place}的{title}（{number}），{unit}收到。"),
        ("review_on", "2026-03-01"),
    ];
    desk.post("municipal", "/desk/phrases", &new).await.is(303);
    desk.get("municipal", "/desk/phrases").await.is(200).says("灯泡惯用语").says("该复核了");
    let shown = desk.get("municipal", &url(&case)).await.is(200).says("灯泡惯用语");
    shown.says(&format!("关于3号楼下的路灯不亮（{}）", case.number)).says("约好上门时间");
    // Without scripts the link opens the form with the words in it.
    let link = format!("{}?act=step%3Acontact%3A%3Acontacted&fill=contact_note&phrase={id}", url(&case));
    desk.get("municipal", &link).await.is(200).says(&format!(">\n关于3号楼下的路灯不亮（{}）", case.number));
    // Other units neither see nor change it.
    desk.get("urban", "/desk/phrases").await.is(200).hides("灯泡惯用语");
    let stolen = [("id", id.as_str()), ("title", "别人的"), ("field", "contact_note"), ("body", "改掉")];
    desk.post("urban", "/desk/phrases", &stolen).await.is(303);
    desk.get("municipal", "/desk/phrases").await.is(200).says("灯泡惯用语").hides("别人的");
    desk.post("municipal", "/desk/phrases", &[("id", &id), ("title", ""), ("field", "note"), ("body", "x")])
        .await
        .is(422)
        .says("写上名称");
    desk.post("municipal", &format!("/desk/phrases/{id}/delete"), &[]).await.is(303);
    desk.get("municipal", "/desk/phrases").await.is(200).hides("灯泡惯用语");
}

async fn a_shift_is_handed_over_once_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("night", "夜里要盯的灯").await;
    let page = desk.get("dispatcher", "/desk/handover").await.is(200).says("夜里要盯的灯");
    let id = after(&page, "action=\"/desk/handover\"", "value").to_owned();
    let handed = format!("{}/{}", case.key.jurisdiction, case.key.id);
    let note = format!("note-{handed}");
    let empty = [("id", id.as_str()), ("target", "role:desk-head")];
    desk.post("dispatcher", "/desk/handover", &empty).await.is(422).says("说几句话");
    let given =
        [("id", id.as_str()), ("target", "role:desk-head"), ("note", "今晚有雨"), (note.as_str(), "雨后再看一次")];
    let at = desk.post("dispatcher", "/desk/handover", &given).await.is(303).location;
    // Sent twice, given once.
    desk.post("dispatcher", "/desk/handover", &given).await.is(303);
    let banner = desk.get("desk-head", "/desk").await.is(200);
    assert_eq!(banner.body.matches(&at).count(), 1);
    desk.get("urban", "/desk").await.is(200).hides(&at);
    desk.get("urban", &at).await.is(404);
    desk.get("desk-head", &url(&case)).await.is(200).says("雨后再看一次");
    desk.get("desk-head", &at).await.is(200).says("今晚有雨").says("雨后再看一次").says("我来接");
    // Whoever gave it reads it, and does not take it.
    desk.get("dispatcher", &at).await.is(200).says("还没人接").hides("我来接");
    desk.post("dispatcher", &format!("{at}/take"), &[]).await.is(303);
    desk.get("dispatcher", &at).await.is(200).says("还没人接");
    desk.post("desk-head", &format!("{at}/take"), &[]).await.is(303);
    desk.get("desk-head", "/desk").await.is(200).hides(&at);
    desk.get("desk-head", "/desk/handover").await.is(200).says(&at).says("接下");
    desk.get("dispatcher", &at).await.is(200).says("郑海涛").hides("还没人接");
}

/// The id of an account's first option on the cover page.
#[track_caller]
fn option(page: &Answer, who: &str) -> String {
    let (before, _) =
        page.body.split_once(&format!(">{who}</option>")).unwrap_or_else(|| panic!("no {who}: {}", page.body));
    before.rsplit_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

async fn a_cover_ends_by_itself_on(bed: Bed) {
    let mut desk = Desk::open(&bed).await;
    let case = desk.file("cover", "要派的灯").await;
    let page = desk.get("dispatcher", "/desk/cover").await.is(200);
    let (key, seat) =
        (after(&page, "action=\"/desk/cover\"", "value").to_owned(), after(&page, "name=\"seat\"", "value").to_owned());
    let to = option(&page, "周敏");
    let cover = |from: &'static str, until: &'static str| {
        vec![
            ("key", key.clone()),
            ("seat", seat.clone()),
            ("to", to.clone()),
            ("from", from.into()),
            ("until", until.into()),
            ("reason", "年假".into()),
        ]
    };
    let send = async |desk: &Desk, fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        desk.post("dispatcher", "/desk/cover", &fields).await
    };
    send(&desk, cover("2026-03-02T12:00", "2026-03-02T11:00")).await.is(422).says("结束要晚于开始");
    send(&desk, cover("2026-03-02T12:00", "2026-09-02T11:00")).await.is(422).says("最长 92 天");
    send(&desk, cover("2026-03-02T12:00", "2026-03-02T18:00")).await.is(303);
    send(&desk, cover("2026-03-02T12:00", "2026-03-02T18:00")).await.is(303);
    desk.get("dispatcher", "/desk/cover").await.is(200).says("周敏 代").says("年假");
    // One millisecond before it begins nobody covers.
    let sits = format!("value=\"{key}\"");
    desk.later(3 * HOUR - 1);
    desk.get("desk", "/desk/me").await.is(200).hides(&sits);
    desk.later(1);
    desk.get("desk", "/desk/me").await.is(200).says(&sits).says("（代）");
    let covering = format!("desk;linli_seat={key}");
    desk.get(&covering, "/desk").await.is(200).says("要派的灯");
    let form = [("class", "general"), ("unit", "yunzhou-municipal")];
    desk.act(&covering, &case, "dispatch", &form).await.is(303);
    desk.get("dispatcher", &url(&case)).await.is(200).says("派单员（代）");
    // It cannot be passed on: there is nothing to arrange for the seat that one only covers.
    let passed = desk.get(&covering, "/desk/cover").await.is(200);
    assert!(!passed.body.contains(&format!("seat={key}")), "{passed:?}");
    let pass = [
        ("key", "0190a5a0-0000-7000-8000-000000000001"),
        ("seat", key.as_str()),
        ("to", to.as_str()),
        ("from", "2026-03-02T13:00"),
        ("until", "2026-03-02T14:00"),
    ];
    desk.post(&covering, "/desk/cover", &pass).await.is(404);
    // The last millisecond, and the one after it.
    desk.later(6 * HOUR - 1);
    desk.get("desk", "/desk/me").await.is(200).says(&sits);
    desk.later(1);
    desk.get("desk", "/desk/me").await.is(200).hides(&sits);
    desk.get(&covering, "/desk").await.is(200).hides("（代）");
    desk.sign_in().await;
}

async fn a_cover_keeps_duties_apart_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let page = desk.get("desk-head", "/desk/cover").await.is(200);
    // A desk head arranges covers for the seats of the place, of other units, too, and not for administrators'.
    let seats: Vec<&str> =
        page.body.split("href=\"/desk/cover?seat=").skip(1).map(|s| s.split(['"', '&']).next().unwrap()).collect();
    assert!(seats.len() >= 3, "{seats:?}");
    desk.get("desk-head", "/desk/cover?org=yunxi-urban").await.is(200).says("王建国");
    // Somebody without that duty sees only their own.
    let own = desk.get("urban", "/desk/cover?org=yunxi-office").await.is(200).hides("郑海涛");
    assert_eq!(own.body.matches("href=\"/desk/cover?seat=").count(), 1);
    // Nor may they arrange one for somebody else's seat.
    let head = seats[0];
    let other = [
        ("key", "0190a5a0-0000-7000-8000-000000000002"),
        ("seat", head),
        ("to", "0190a5a0-0000-7000-8000-000000000003"),
        ("from", "2026-03-02T13:00"),
        ("until", "2026-03-02T14:00"),
    ];
    desk.post("urban", "/desk/cover", &other).await.is(404);
    // An administrator does not cover a desk: whoever works at the same unit and administers cannot be named.
    let page = desk.get("dispatcher", "/desk/cover").await.is(200);
    let seat = after(&page, "name=\"seat\"", "value").to_owned();
    let admin = admin_account(&desk).await;
    let mixed = [
        ("key", "0190a5a0-0000-7000-8000-000000000004"),
        ("seat", seat.as_str()),
        ("to", admin.as_str()),
        ("from", "2026-03-02T13:00"),
        ("until", "2026-03-02T14:00"),
    ];
    desk.post("dispatcher", "/desk/cover", &mixed).await.is(422).says("必须分开");
}

/// An administrator who has a seat at the dispatcher's unit, too.
async fn admin_account(desk: &Desk) -> String {
    let (home, now) = (desk.engine.home, desk.engine.clock.now());
    let made = desk.engine.db.write(move |tx: &mut Tx<'_>| {
        let all = seats::accounts(tx, home, None, 100)?;
        let id = all.into_iter().find(|account| account.login.as_str() == "admin-system").unwrap().id;
        let there = seats::seats_of(tx, home, id, now)?.remove(0);
        seats::grant_seat(tx, home, &Seat { id: SeatId::new(), org: "yunxi-office".parse().unwrap(), ..there })?;
        Ok::<_, SeatError>(id.to_string())
    });
    made.await.unwrap()
}

async fn a_co_unit_finds_its_part_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("parts", "灯杆和广告牌").await;
    let form = [("class", "general"), ("unit", "yunzhou-municipal"), ("co_units", "yunxi-urban")];
    desk.act("dispatcher", &case, "dispatch", &form).await.is(303);
    while desk.engine.index_words().await.unwrap() > 0 {}
    // Found in the list, by words, and among what one helps in; a unit that has no part finds nothing.
    for query in ["", "?q=%E5%B9%BF%E5%91%8A%E7%89%8C", "?part=co", "?state=open"] {
        desk.get("urban", &format!("/desk/search{query}")).await.is(200).says(&case.number);
        desk.get("heyuan", &format!("/desk/search{query}")).await.is(200).hides(&case.number);
    }
    desk.get("municipal", "/desk/search").await.is(200).says(&case.number);
    desk.get("municipal", "/desk/search?part=co").await.is(200).hides(&case.number);
    desk.get("urban", &url(&case)).await.is(200).says("协办情况").says("还没开始");
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    desk.get("municipal", &url(&case)).await.is(200).says("云溪街道").says("在办");
    desk.later(20 * DAY);
    let mut desk = desk;
    desk.sign_in().await;
    desk.get("municipal", &url(&case)).await.is(200).says("逾期未交");
    desk.act("urban", &case, "deliver", &[("part_done", "广告牌已移开")]).await.is(303);
    desk.get("municipal", &url(&case)).await.is(200).says("已交").says("广告牌已移开").hides("逾期未交");
    // Without the co-unit the case is no longer its own.
    desk.act("municipal", &case, "contacted", &[("contact_way", "phone"), ("contact_note", "约好了")]).await.is(303);
    let result =
        [("facts", "换了灯"), ("law", "规定"), ("measure", "换灯"), ("done_by", "张师傅"), ("done_on", "2026-03-20")];
    desk.act("municipal", &case, "result", &result).await.is(303);
    desk.act("desk-head", &case, "send_back", &[("reason", "再看看"), ("co_units", "")]).await;
    let found = desk.get("urban", "/desk/search?part=co").await.is(200);
    let sees = desk.get("urban", &url(&case)).await.status == 200;
    assert_eq!(found.body.contains(&case.number), sees, "what is found is what may be seen");
}

async fn the_load_of_units_is_seen_on(bed: Bed) {
    let mut desk = Desk::open(&bed).await;
    desk.dispatched("one").await;
    desk.dispatched("two").await;
    let all = desk.get("desk-head", "/desk/load").await.is(200).says("各单位手上共 2 件，其中逾期 0 件");
    assert_eq!(all.body.matches("<tr>").count(), 2, "a unit with something, and the head");
    let all = all.says("近四周也没有来件的");
    assert!(all.body.contains("云溪街道"));
    desk.get("municipal", "/desk/load").await.is(200).says("签收 2").hides("街道综合行政执法队");
    desk.later(3 * DAY);
    desk.sign_in().await;
    desk.get("overseer", "/desk/load").await.is(200).says("其中逾期 2 件").says("近四周每周：来 0, 0, 0, 2 件");
    // Beside each unit to choose from stands what lies with it.
    let new = desk.file("three", "再一盏灯").await;
    desk.get("dispatcher", &url(&new)).await.is(200).says("（在办 2，逾期 2）").says("（在办 0，逾期 0）");
    desk.get("admin-system", "/desk/load").await.is(404);
}

async fn paper_holds_no_names_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("paper").await;
    let paper = desk.get("municipal", &format!("{}/print", url(&case))).await.is(200);
    paper.says("路灯不亮").says("内部使用").says("现场记录").hides(NAME).hides(PHONE).hides("<form");
    desk.get("urban", &format!("{}/print", url(&case))).await.is(404);
    desk.get("municipal", "/desk/print?list=inbox").await.is(200).says(&case.number).hides(PHONE);
    desk.get("municipal", "/desk/print?list=search&q=nothing").await.is(200).hides(&case.number);
}

async fn nobody_loses_what_they_wrote_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("lost").await;
    let marks = desk.marks("municipal", &case, "return", "key-lost-1").await;
    let words = [("duty_cited", "清单第三条"), ("better_unit", "yunxi-urban"), ("reason", "写了很久的理由")];
    // The seat is not the one that may: refused, and nothing of what was written is lost.
    let refused = desk.post("desk-head", &format!("{}/act", url(&case)), &both(&marks, &words)).await.is(403);
    refused.says("写了很久的理由").says("清单第三条");
    // The case is not this unit's at all, or not any more.
    let gone = desk.post("urban", &format!("{}/act", url(&case)), &both(&marks, &words)).await.is(404);
    gone.says("写了很久的理由").hides("路灯不亮");
    desk.post("urban", &format!("{}/act", url(&case)), &both(&marks, &[])).await.is(404).hides("还在这里");
}

async fn a_session_elsewhere_is_ended_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.get("urban", "/desk/me/sessions").await.is(200).says("这一个");
    // A second session of the same account, as on another machine.
    desk.post("", "/desk/signin", &[("login", "urban"), ("password", "linli-demo-2026")]).await.is(303);
    let two = desk.get("urban", "/desk/me/sessions").await.is(200);
    assert_eq!(two.body.matches("name=\"session\"").count(), 1);
    let other = after(&two, "name=\"session\"", "value").to_owned();
    // Nobody ends somebody else's.
    desk.post("municipal", "/desk/me/sessions", &[("session", &other)]).await.is(303);
    assert_eq!(desk.get("urban", "/desk/me/sessions").await.body.matches("name=\"session\"").count(), 1);
    desk.post("urban", "/desk/me/sessions", &[("session", &other)]).await.is(303);
    assert_eq!(desk.get("urban", "/desk/me/sessions").await.is(200).body.matches("name=\"session\"").count(), 0);
}
