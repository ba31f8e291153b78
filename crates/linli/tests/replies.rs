//! The reply check, the panel with what helps, and the writing assistant, as the desk meets them; on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use desk_common::{Answer, Desk, NAME, PHONE, api, both, url};
use linli_engine::{cases::file::Filed, notices::Plugs, outward::Reach, replies::Assistant};
use linli_testbed::{Bed, on_both};

on_both! {
    a_phrase_is_held_up_once => held_up_on;
    words_are_looked_over_while_typed => typed_on;
    a_program_is_told => told_on;
    a_batch_says_what_it_doubts => batch_on;
    solved_cases_help => helped_on;
    the_assistant_fills_a_form_and_sends_nothing => assisted_on;
}

const COURTESY: [(&str, &str); 5] = [
    ("facts", "您好！您反映的问题已收悉，感谢您的关注。"),
    ("law", "城市照明管理规定"),
    ("measure", "我们高度重视，已转相关部门处理，请您耐心等待。"),
    ("done_by", "张师傅"),
    ("done_on", "2026-03-02"),
];
const GOOD: [(&str, &str); 5] = [
    ("facts", "电工到3号楼楼下查看，路灯的保险丝烧断。"),
    ("law", "城市照明管理规定"),
    ("measure", "3月2日更换保险丝，台阶处照明恢复正常。"),
    ("done_by", "张师傅"),
    ("done_on", "2026-03-02"),
];

/// Brings a case as far as its unit works on it.
async fn handled(desk: &Desk, key: &str) -> Filed {
    let case = desk.dispatched(key).await;
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    desk.act("municipal", &case, "contacted", &[("contact_way", "phone"), ("contact_note", "约好了")]).await.is(303);
    case
}

async fn solved(desk: &Desk, key: &str) -> Filed {
    let case = handled(desk, key).await;
    desk.act("municipal", &case, "result", &GOOD).await.is(303);
    desk.act("desk-head", &case, "approve", &[]).await.is(303);
    desk.act("municipal", &case, "told", &[("contact_way", "phone")]).await.is(303);
    let said = [("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];
    desk.act("desk", &case, "answered", &said).await.is(303);
    while desk.engine.tick().await.unwrap() {}
    case
}

/// Sends a form without having read the doubts.
async fn send(desk: &Desk, case: &Filed, to: &str, act: &str, form: &[(&str, &str)]) -> Answer {
    let marks = desk.marks("municipal", case, act, &format!("key-{act}-{to}-{}", form.len())).await;
    desk.post("municipal", &format!("{}/{to}", url(case)), &both(&marks, form)).await
}

async fn held_up_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.get("municipal", "/privacy").await.is(200).hides("大语言模型").hides("下面写明的");
    let case = handled(&desk, "one").await;
    let page = send(&desk, &case, "act", "result", &COURTESY).await.is(422);
    // What is doubted is said, what was typed is there, and the way on is a second button.
    let page = page.says("发出之前，请再看一眼").says("除了客套话").says("已转相关部门处理").says("仍然发出");
    page.says("href=\"#handle-result-facts\"").says("name=\"anyway\"").hides("没有办成");
    let seq = desk.get("municipal", &api(&case)).await.js()["seq"].clone();
    // It was not done; with the second button it is, and nothing of the warning stands anywhere.
    let anyway: Vec<_> = COURTESY.into_iter().chain([("anyway", "1")]).collect();
    send(&desk, &case, "act", "result", &anyway).await.is(303);
    let after = desk.get("municipal", &api(&case)).await;
    assert_eq!(after.body.matches("anyway").count(), 0, "{after:?}");
    assert_eq!(after.js()["seq"].as_u64(), seq.as_u64().map(|seq| seq + 1));
    // What is wrong in the form comes before what may be wrong in the words.
    let other = handled(&desk, "two").await;
    let page = send(&desk, &other, "act", "result", &COURTESY[..4]).await.is(422);
    page.says("没有办成").hides("仍然发出");
    send(&desk, &other, "act", "result", &GOOD).await.is(303);
    // The conversation is looked over, too, and comes back as a form of its own.
    let third = handled(&desk, "three").await;
    let page = send(&desk, &third, "act", "reply", &[("reply", "师傅会尽快上门。")]).await.is(422);
    let page = page.says("没有说什么时候").says("师傅会尽快上门。").says("仍然发出");
    assert_eq!(page.body.matches("name=\"reply\"").count(), 1, "one form, the one that leads on");
    send(&desk, &third, "act", "reply", &[("reply", "师傅明天上午上门。")]).await.is(303);
}

async fn typed_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = handled(&desk, "one").await;
    let page = desk.get("municipal", &url(&case)).await.is(200);
    page.says(&format!("data-check=\"{}/check\"", url(&case))).says("data-replies=\"facts law measure\"");
    let found = send(&desk, &case, "check", "result", &COURTESY).await.is(200).js();
    assert_eq!(found["doubts"].as_array().unwrap().len(), 1, "{found}");
    let found = send(&desk, &case, "check", "result", &GOOD).await.is(200).js();
    assert_eq!(found["doubts"].as_array().unwrap().len(), 0, "{found}");
    // Nothing is told to whoever may not answer here.
    let marks = desk.marks("municipal", &case, "result", "key-other").await;
    let check = format!("{}/check", url(&case));
    let found = desk.post("dispatcher", &check, &both(&marks, &COURTESY)).await.is(200).js();
    assert_eq!(found["doubts"].as_array().unwrap().len(), 0, "{found}");
    desk.post("urban", &check, &both(&marks, &COURTESY)).await.is(404);
    desk.post("", &check, &both(&marks, &COURTESY)).await.is(401);
}

async fn told_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = handled(&desk, "one").await;
    let call = async |act: &str, form: serde_json::Value, key: &str| {
        let body = serde_json::json!({ "way": "side", "act": act, "form": form, "key": key }).to_string();
        desk.json("municipal", &format!("{}/acts", api(&case)), &body).await.is(200).js()
    };
    let done = call("reply", serde_json::json!({ "reply": "您好，感谢您的关注！" }), "reply-0001").await;
    assert_eq!(done["warnings"][0]["code"], "empty", "{done}");
    assert_eq!(done["warnings"][0]["field"], "reply");
    assert!(done["seq"].as_u64().is_some(), "it is done all the same: {done}");
    let done = call("reply", serde_json::json!({ "reply": "师傅明天上午上门更换。" }), "reply-0002").await;
    assert!(done["warnings"].is_null(), "{done}");
}

async fn batch_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let (one, two) = (handled(&desk, "one").await, handled(&desk, "two").await);
    let name = |case: &Filed| format!("{}/{}", case.key.jurisdiction, case.number);
    let (one, two) = (name(&one), name(&two));
    let form =
        [("act", "side::reply"), ("key", "batch-key-1"), ("reply", "我们会尽快处理。"), ("case", &one), ("case", &two)];
    let page = desk.post("municipal", "/desk/batch/preview", &form).await.is(200);
    assert_eq!(page.body.matches("没有说什么时候").count(), 2, "{page:?}");
}

async fn helped_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = handled(&desk, "new").await;
    let page = desk.get("municipal", &url(&case)).await.is(200).says("写答复的参考").says("由");
    page.says("城市道路管理条例").says("还没有办结的同类事").hides("请写作助手起草");
    // Who has no answer to write is shown nothing of it.
    desk.get("dispatcher", &url(&case)).await.is(200).hides("写答复的参考");
    let old = solved(&desk, "old").await;
    desk.later(61_000);
    while desk.engine.tick().await.unwrap() {}
    let page = desk.get("municipal", &url(&case)).await.is(200);
    let page = page.says("办过的同类事（1）").says("居民满意").says(&url(&old)).says("路灯的保险丝烧断");
    page.hides(NAME).hides(PHONE);
    // Its words, without its figures and places, after what stands in the form; without scripts by a link.
    let act = "step%3Ahandle%3A%3Aresult";
    let name = format!("{}%2F{}", old.key.jurisdiction, old.number);
    let page = desk.get("municipal", &format!("{}?act={act}&words={name}", url(&case))).await.is(200);
    page.says("\n电工到____楼下查看，路灯的保险丝烧断。</textarea>").says("____月____日更换保险丝");
    // The draft is the ready-made words for this case with those of the other in them, and the rule.
    let page = desk.get("municipal", &format!("{}?act={act}&words=draft", url(&case))).await.is(200);
    let page = page.says("具体情况：电工到____楼下查看，路灯的保险丝烧断。</textarea>");
    page.says("3号楼下现场核实").says("value=\"城市道路管理条例；城镇排水与污水处理条例\"");
    // Another unit has no part in the old case, and none of its words.
    let other = desk.file("elsewhere", "路灯不亮").await;
    desk.act("dispatcher", &other, "dispatch", &[("class", "general"), ("unit", "yunxi-urban")]).await.is(303);
    desk.act("urban", &other, "accept", &[]).await.is(303);
    desk.act("urban", &other, "contacted", &[("contact_way", "phone"), ("contact_note", "约好了")]).await.is(303);
    let page = desk.get("urban", &url(&other)).await.is(200).says("写答复的参考").hides("保险丝烧断");
    page.hides(&old.number);
    let page = desk.get("urban", &format!("{}?act={act}&words={name}", url(&other))).await.is(200);
    page.hides("保险丝烧断");
}

/// A model that says one thing: its address, and what it heard.
fn model(said: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    let answer = serde_json::json!({ "choices": [{ "message": { "content": said } }] }).to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                let line = line.to_lowercase();
                length = line.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push(String::from_utf8(body).unwrap());
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
            reader.get_mut().write_all(format!("{head}{answer}").as_bytes()).unwrap();
        }
    });
    (address, heard)
}

async fn assisted_on(bed: Bed) {
    let (address, heard) = model("【查到的情况】路灯保险丝烧断。\n【采取的措施】我们将尽快更换。");
    let plugs = Plugs::default()
        .with_assistant(Assistant::new(&address, "m", None, Reach::Inside).unwrap().run_by("云海政务云"));
    let desk = Desk::open_with(&bed, plugs).await;
    let notice = desk.get("municipal", "/privacy").await.is(200);
    notice.says("由 云海政务云 运行的大语言模型（m）").says("除了下面写明的");
    let case = handled(&desk, "one").await;
    let page = desk.get("municipal", &url(&case)).await.is(200).says("请写作助手起草");
    page.says(&format!("form=\"handle-result-form\" formaction=\"{}/assistant\"", url(&case)));
    assert!(heard.lock().unwrap().is_empty(), "looking asks nobody");
    let typed = [("facts", "我看过了。"), ("measure", ""), ("done_by", "张师傅")];
    let page = send(&desk, &case, "assistant", "result", &typed).await.is(200);
    // After what was typed, marked as a machine's, looked over, and not sent.
    let page = page.says("我看过了。\n路灯保险丝烧断。</textarea>").says("我们将尽快更换。</textarea>").says("张师傅");
    page.says("写作助手写的草稿").says("发出之前，请再看一眼");
    assert_eq!(heard.lock().unwrap().len(), 1);
    let sent = heard.lock().unwrap()[0].clone();
    for mark in [NAME, PHONE, "3号楼", &case.number] {
        assert!(!sent.contains(mark), "`{mark}` went out: {sent}");
    }
    let after = desk.get("municipal", &api(&case)).await.js();
    assert_eq!(after["steps"][0]["step"], "handle", "{after}");
    desk.get("municipal", &url(&case)).await.is(200).says("请写作助手起草").says("个人信息保护法 第6条、第51条");
    // Who has no part in it, and where nothing is written to anybody.
    let marks = desk.marks("municipal", &case, "result", "key-other").await;
    let to = format!("{}/assistant", url(&case));
    desk.post("urban", &to, &both(&marks, &[])).await.is(404);
    desk.post("dispatcher", &to, &both(&marks, &[])).await.is(409).says("现在不能请写作助手");
    send(&desk, &case, "assistant", "note", &[("note", "好")]).await.is(409);
    assert_eq!(heard.lock().unwrap().len(), 1);
}
