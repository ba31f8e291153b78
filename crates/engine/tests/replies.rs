//! Replies are looked over before they go, solved cases lend their words without what is theirs, and the writing assistant
//! hears nothing of anybody; on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use linli_engine::{
    Engine,
    cases::{CaseKey, Channel, read::Dossier},
    import::{Batch, Ending, Progress, Record, Run},
    notices::Plugs,
    outward::Reach,
    pack::Raw,
    replies::{ASSISTED, Assistant, AssistantError, Doubt, Why},
    seats::Seat,
    vault::Secret,
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use town::{BUILDING, Town, code, desk, dispatcher, handler, head, monday, report, staff};

on_both! {
    a_reply_is_looked_over => looked_over_on;
    a_copy_is_known => copied_on;
    an_office_teaches_what_belongs_together => taught_on;
    solved_cases_lend_their_words => similar_on;
    the_assistant_hears_of_nobody => assistant_on;
    an_assistant_that_fails_takes_nothing_along => failing_on;
}

const LIGHT: (&str, &str) = ("3号楼楼下路灯不亮", "楼下的路灯三天不亮了，老人晚上看不见台阶。");
const GOOD: (&str, &str) = (
    "电工3月2日到3号楼楼下查看，路灯的保险丝烧断，灯杆没有电。",
    "3月2日下午更换保险丝，现场试灯，台阶处照明恢复正常。",
);
/// What the letter gives away of whoever wrote it.
const NAME: &str = "赵桂英";
const PHONE: &str = "19900000001";

/// A case about a lamp, as far as its unit works on it.
async fn handled(town: &Town, key: &str, (title, body): (&str, &str)) -> CaseKey {
    let mut report = report(key);
    title.clone_into(&mut report.title);
    body.clone_into(&mut report.body);
    let case = town.engine.file(report).await.unwrap().key;
    let unit = handler("municipal");
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "六点后在家")]).await;
    case
}

fn result<'a>((facts, measure): (&'a str, &'a str)) -> [(&'a str, &'a str); 5] {
    [
        ("facts", facts),
        ("law", "城市照明管理规定"),
        ("measure", measure),
        ("done_by", "张师傅"),
        ("done_on", "2026-03-02"),
    ]
}

async fn solved(town: &Town, key: &str, letter: (&str, &str), reply: (&str, &str), satisfied: &str) -> CaseKey {
    let case = handled(town, key, letter).await;
    let unit = handler("municipal");
    town.done(case, &unit, "result", &result(reply)).await;
    town.done(case, &head(), "approve", &[]).await;
    town.done(case, &unit, "told", &[("contact_way", "phone")]).await;
    let said = [("contacted", "yes"), ("solved", "yes"), ("satisfied", satisfied)];
    town.done(case, &Viewer::Code(case), "answered", &said).await;
    case
}

fn raw(form: &[(&str, &str)]) -> Raw {
    form.iter().map(|(name, text)| ((*name).to_owned(), vec![(*text).to_owned()])).collect()
}

async fn doubts(town: &Town, d: &Dossier, act: &str, form: &[(&str, &str)]) -> Vec<Doubt> {
    let offer = d.offers.iter().find(|offer| offer.act == act).unwrap_or_else(|| panic!("no {act}"));
    town.engine.doubts(d, offer, &raw(form)).await.unwrap()
}

fn whys(found: Vec<Doubt>) -> Vec<(String, &'static str)> {
    found.into_iter().map(|doubt| (doubt.field, doubt.why.slug())).collect()
}

fn is(field: &str, why: &'static str) -> (String, &'static str) {
    (field.to_owned(), why)
}

async fn learn(engine: &Engine) {
    while engine.learn_replies().await.unwrap() {}
}

async fn looked_over_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = handled(&town, "lamp", LIGHT).await;
    let d = town.see(case, &handler("municipal")).await;
    let ask = async |act: &str, form: &[(&str, &str)]| whys(doubts(&town, &d, act, form).await);
    assert_eq!(ask("result", &result(GOOD)).await, []);
    let courtesy = ("网友您好！您反映的问题已收悉，感谢您的关注。", "我们高度重视，已转相关部门处理，请您耐心等待。");
    assert_eq!(ask("result", &result(courtesy)).await, [is("facts", "empty")]);
    // The facts are facts, and what was done is a courtesy.
    assert_eq!(ask("result", &result((GOOD.0, courtesy.1))).await, [is("measure", "empty")]);
    let water = ("自来水发黄是主管爆裂所致，阀门井进了泥沙。", "3月2日抢修完毕，水压恢复。");
    assert_eq!(ask("result", &result(water)).await, [is("facts", "elsewhere")]);
    let idle = ("3号楼楼下的路灯确实不亮，老人晚上看不见。", "灯杆在台阶旁边，一共两盏。");
    assert_eq!(ask("result", &result(idle)).await, [is("measure", "no-act")]);
    // The day in another field of the form counts; without it, one is asked for.
    let dateless = ("电工到楼下查看，路灯的保险丝烧断，灯杆没有电。", "更换了保险丝，现场试灯正常。");
    let dateless = &result(dateless)[..4];
    assert_eq!(ask("result", dateless).await, [is("measure", "no-date")]);
    // The conversation may be short; what it promises has a day.
    assert_eq!(ask("reply", &[("reply", "您方便的时候给我们留言就好。")]).await, []);
    assert_eq!(ask("reply", &[("reply", "师傅会尽快上门更换灯泡。")]).await, [is("reply", "no-day")]);
    assert_eq!(ask("reply", &[("reply", "师傅会尽快上门更换灯泡，最迟明天。")]).await, []);
    assert_eq!(ask("reply", &[("reply", "您好，感谢您的关注，谢谢您！")]).await, [is("reply", "empty")]);
    assert_eq!(ask("progress", &[("progress", "灯杆要换，正在等配件。")]).await, [is("progress", "no-date")]);
    // What stays among colleagues is nobody's reply; what an act tells is.
    assert_eq!(ask("note", &[("note", "感谢您的关注，谢谢您！")]).await, []);
    assert_eq!(ask("extend", &[("extend_days", "5"), ("reason", "感谢您的关注，谢谢您！")]).await, []);
    let park = [("parked_until", "2026-03-09"), ("reason", "感谢您的关注，请您耐心等待！")];
    assert_eq!(ask("park", &park).await, [is("reason", "empty")]);
    // Nothing typed, nothing to say.
    assert_eq!(ask("result", &[]).await, []);
    // What the resident says is no reply.
    let theirs = town.see(case, &Viewer::Code(case)).await;
    let message = [("message", "感谢您的关注，谢谢您！")];
    assert_eq!(whys(doubts(&town, &theirs, "message", &message).await), []);
}

async fn copied_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let (first, second) = (handled(&town, "one", LIGHT).await, handled(&town, "two", LIGHT).await);
    let unit = handler("municipal");
    let d = town.see(second, &unit).await;
    assert_eq!(doubts(&town, &d, "result", &result(GOOD)).await, []);
    town.done(first, &unit, "result", &result(GOOD)).await;
    let found = doubts(&town, &d, "result", &result(GOOD)).await;
    let number = town.see(first, &unit).await.head.number;
    let [Doubt { field, why: Why::Copied { of, percent } }] = &found[..] else { panic!("{found:?}") };
    assert_eq!((field.as_str(), of, *percent), ("facts", &number, 100));
    // The same case may be answered as before, and whoever answers from the desk is held against the desk.
    let again = town.see(first, &head()).await;
    town.done(first, &head(), "send_back", &[("reason", "补一下")]).await;
    assert_eq!(again.head.number, number);
    let again = town.see(first, &unit).await;
    assert_eq!(doubts(&town, &again, "result", &result(GOOD)).await, []);
    let question = ("路灯归谁修", "小区门口的路灯坏了找谁修？");
    let answer = [("answer", "小区门口的路灯由市政所维修，您可以打电话申请，当天派人查看，修好后回访。")];
    for (key, expected) in [("three", None), ("four", Some("copied"))] {
        let mut report = report(key);
        (report.title, report.body) = (question.0.into(), question.1.into());
        let case = town.engine.file(report).await.unwrap().key;
        let d = town.see(case, &dispatcher()).await;
        let found = whys(doubts(&town, &d, "answer", &answer).await);
        assert_eq!(found.first().map(|(_, why)| *why), expected);
        town.done(case, &dispatcher(), "answer", &answer).await;
    }
}

/// Matters that an office answered, each in so many ways.
const MATTERS: [(&str, &str, &str); 6] = [
    ("路灯不亮", "楼下路灯不亮，晚上漆黑", "更换路灯灯泡，照明恢复"),
    ("水管漏水", "楼道水管漏水，地面积水", "抢修漏水的水管，关阀换管"),
    ("夜间施工噪音", "工地夜间施工，噪音吵得睡不着", "责令工地夜间停工，降低噪音"),
    ("电梯困人", "电梯经常停运，困过人", "维保单位检修电梯，更换主板"),
    ("垃圾没人清", "垃圾堆满溢出，气味难闻", "清运垃圾，增加垃圾桶"),
    ("占道摆摊", "摊贩占道经营，车过不去", "劝离占道摊贩，疏导入市"),
];

/// How they are brought and answered, whatever they are about: long and short.
const BROUGHT: [&str; 3] =
    ["", "请尽快派人看看。", "已经反映过多次，一直没有人来，请街道督促有关单位，给居民一个说法，谢谢。"];
const BEGUN: [&str; 3] =
    ["您好！经现场核实，", "接到反映后当天派人到场查看。经核实情况属实，原因是年久失修、管理不到位。工作人员", "已"];
const ENDED: [&str; 5] = [
    "",
    "下一步加强巡查，发现问题及时处理，请继续监督。",
    "此事已电话告知反映人，反映人表示理解和认可，如再出现同样情况，请拨打热线，我们会再派人到现场，直到办好为止。",
    "感谢您的支持。",
    "完成时间为当天下午，由专人负责复查，复查结果正常，后续还将纳入每月例行检查的清单。",
];

async fn taught_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let run = Run { jurisdiction: code(BUILDING).jurisdiction(), name: "old".into() };
    let mut rows = Vec::new();
    for n in 0..240_usize {
        let (title, body, reply) = MATTERS[n % MATTERS.len()];
        let at = monday().plus(-(400 - n as i64) * 24 * 3_600_000);
        let record = Record {
            id: n.to_string(),
            channel: Channel::Phone,
            category: None,
            title: title.to_owned(),
            body: format!("{body}。{}", BROUGHT[n / 6 % 3]),
            place: code(BUILDING),
            address: String::new(),
            point: None,
            reporter: Secret::new(String::new()),
            at,
            due: None,
            over: Some(Ending {
                at: Some(at),
                reply: format!("{}{reply}。{}", BEGUN[n / 18 % 3], ENDED[n / 6 % 5]),
                agency: String::new(),
            }),
        };
        rows.push(town.engine.ready("old", record).unwrap());
    }
    town.engine.take_in(&run, Progress::default(), Batch { rows, bad: 0, line: 240 }).await.unwrap();
    let case = handled(&town, "lamp", LIGHT).await;
    let d = town.see(case, &handler("municipal")).await;
    learn(&town.engine).await;
    let ask = async |form: &[(&str, &str)]| whys(doubts(&town, &d, "result", form).await);
    assert_eq!(ask(&result(GOOD)).await, []);
    let lift = ("到场查看，电梯主板损坏，经常停运。", "维保单位检修电梯，更换主板，恢复运行。");
    assert_eq!(ask(&result(lift)).await, [is("facts", "elsewhere")]);
    // History is found again, though nobody said how satisfied they were.
    let near = town.engine.similar_solved(&d, &desk(), 3).await.unwrap();
    assert_eq!(near.len(), 3);
    assert!(near.iter().all(|near| near.head.title.starts_with("路灯不亮")), "{near:?}");
}

async fn similar_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let reply = (
        "3月2日到Harmony Community的Building 3查看，五号楼旁的灯杆没有电。",
        "当天更换保险丝两根，3月2日18:30恢复照明。",
    );
    let happy = solved(&town, "happy", LIGHT, reply, "satisfied").await;
    let silent = solved(&town, "silent", LIGHT, GOOD, "unsaid").await;
    let unhappy = solved(&town, "unhappy", LIGHT, GOOD, "dissatisfied").await;
    let open = handled(&town, "open", LIGHT).await;
    let case = handled(&town, "new", LIGHT).await;
    let d = town.see(case, &handler("municipal")).await;
    assert!(town.engine.similar_solved(&d, &handler("municipal"), 5).await.unwrap().is_empty(), "nothing is known yet");
    learn(&town.engine).await;
    let near = town.engine.similar_solved(&d, &handler("municipal"), 5).await.unwrap();
    let keys: Vec<CaseKey> = near.iter().map(|near| near.head.key).collect();
    assert_eq!(keys, [happy, silent], "not {unhappy:?}, not {open:?}");
    // A unit that had no part in them, and a seat of another street, see none.
    for other in [handler("urban"), staff("desk", "office", "990101002")] {
        assert!(town.engine.similar_solved(&d, &other, 5).await.unwrap().is_empty());
    }
    let borrowed = town.engine.borrowed(&near[0]);
    assert_eq!(borrowed["facts"], "____月____日到____的____查看，____号楼旁的灯杆没有电。");
    assert_eq!(borrowed["measure"], "____更换保险丝____根，____月____日____恢复照明。");
    // What is solved later is known a minute later; what is open again helps nobody.
    town.later(61_000);
    let late = solved(&town, "late", LIGHT, GOOD, "basically").await;
    town.done(happy, &Viewer::Code(happy), "reopen", &[("reason", "又不亮了")]).await;
    learn(&town.engine).await;
    let near = town.engine.similar_solved(&d, &handler("municipal"), 5).await.unwrap();
    assert_eq!(near.iter().map(|near| near.head.key).collect::<Vec<_>>(), [late, silent]);
}

/// A model that says the same to everybody: its address, and what it was sent.
fn model(status: &'static str, answer: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (kept, answer) = (Arc::clone(&heard), answer.to_owned());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                    length = n.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            kept.lock().unwrap().push(format!("{head}\n{}", String::from_utf8(body).unwrap()));
            let said =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}", answer.len());
            reader.get_mut().write_all(said.as_bytes()).unwrap();
        }
    });
    (url, heard)
}

/// What a model says, as such services say it.
fn says(text: &str) -> String {
    serde_json::json!({ "choices": [{ "message": { "role": "assistant", "content": text } }] }).to_string()
}

async fn town_with(bed: &Bed, url: &str) -> Town {
    let key = Some(Secret::new("sk-secret".to_owned()));
    let plugs = Plugs::default().with_assistant(Assistant::new(url, "house-model", key, Reach::Inside).unwrap());
    let clock = linli_engine::edge::Clock::set(monday());
    Town::over(town::open_with(bed, &clock, plugs).await, clock).await
}

fn seat(viewer: &Viewer) -> &Seat {
    let Viewer::Staff(seat) = viewer else { panic!("not of the staff") };
    seat
}

async fn assistant_on(bed: Bed) {
    let answer = "<think>我是模型</think>\n【查到的情况】路灯保险丝烧断，拨打13912345678可问。\n【采取的措施】3月9日更换保险丝。";
    let (url, heard) = model("200 OK", &says(answer));
    let town = town_with(&bed, &url).await;
    solved(&town, "old", LIGHT, ("3月2日到Building 3查看，保险丝烧断。", "更换保险丝。"), "satisfied").await;
    learn(&town.engine).await;
    let mut report = report("new");
    report.title = "路灯不亮".into();
    report.body = format!(
        "我叫{NAME}，电话{PHONE}，住Building 3二单元501室，身份证11010519491231002X。楼下路灯三天不亮，Zhao Guiying敬上。"
    );
    report.address = "Building 3 二单元501".into();
    let case = town.engine.file(report).await.unwrap().key;
    let unit = handler("municipal");
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "找赵桂英，打19900000001")]).await;
    let d = town.see(case, &unit).await;
    let offer = d.offers.iter().find(|offer| offer.act == "result").unwrap();
    assert!(town.engine.may_assist(&d, offer));
    let near = town.engine.similar_solved(&d, &unit, 1).await.unwrap();
    let drafts = town.engine.ask_assistant(&d, offer, seat(&unit), near.first()).await.unwrap();
    // What it thought is not what it said; figures that nobody gave it are blanks.
    assert_eq!(drafts["facts"], "路灯保险丝烧断，拨打____可问。");
    assert_eq!(drafts["measure"], "____月____日更换保险丝。");
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 1);
    let sent = &heard[0];
    assert!(sent.starts_with("POST /v1/chat/completions ") && sent.contains("Bearer sk-secret"), "{sent}");
    for needed in ["house-model", "路灯", "不亮", "Harmony Community", "【查到的情况】", "城市道路管理条例"]
    {
        assert!(sent.contains(needed), "no `{needed}` in {sent}");
    }
    let body = sent.split_once("\r\n\n").unwrap().1;
    for mark in [
        NAME,
        "Zhao",
        PHONE,
        "1990000",
        "11010519",
        "501",
        "二单元",
        "Building 3",
        "Grid One",
        "张师傅",
        &d.head.number,
    ] {
        assert!(!body.contains(mark), "`{mark}` went out: {body}");
    }
    // It stands in the case for colleagues, and is no news for whoever reported it.
    let after = town.see(case, &unit).await;
    assert_eq!(after.events.last().unwrap().what.name(), ASSISTED);
    assert_eq!(after.steps.len(), d.steps.len());
    // Nobody writes that down by hand, and nobody asks who has no part in the case.
    assert!(after.offers.iter().all(|offer| offer.act != ASSISTED));
    let command = linli_flow::Command::Side { act: ASSISTED.into(), form: linli_flow::Form::new() };
    let ask = linli_engine::cases::act::Ask { case, command, by: unit.clone(), key: "by-hand".into() };
    assert!(town.engine.act(ask).await.is_err());
    let stranger = handler("urban");
    let refused = town.engine.ask_assistant(&d, offer, seat(&stranger), None).await;
    assert!(matches!(refused, Err(AssistantError::Case(_))), "{refused:?}");
}

async fn failing_on(bed: Bed) {
    for (status, answer, refused) in [
        ("500 Broken", "no".to_owned(), "answered 500"),
        ("200 OK", "<html>".to_owned(), "cannot be read"),
        ("200 OK", says(" "), "cannot be read"),
    ] {
        let (url, heard) = model(status, &answer);
        let town = town_with(&bed, &url).await;
        let case = handled(&town, &format!("{refused}{}", answer.len()), LIGHT).await;
        let unit = handler("municipal");
        let d = town.see(case, &unit).await;
        let offer = d.offers.iter().find(|offer| offer.act == "result").unwrap();
        let error = town.engine.ask_assistant(&d, offer, seat(&unit), None).await.unwrap_err();
        assert!(error.to_string().contains(refused), "{error}");
        assert_eq!(heard.lock().unwrap().len(), 1);
    }
    // Nobody listens there.
    let town = town_with(&bed, "http://127.0.0.1:9/v1").await;
    let case = handled(&town, "silent", LIGHT).await;
    let unit = handler("municipal");
    let d = town.see(case, &unit).await;
    let offer = d.offers.iter().find(|offer| offer.act == "result").unwrap();
    let error = town.engine.ask_assistant(&d, offer, seat(&unit), None).await.unwrap_err();
    assert!(matches!(error, AssistantError::Silent(_)), "{error}");
    // Without a plug there is nothing to ask.
    let town = Town::new(&bed).await;
    let d = town.see(case, &unit).await;
    assert!(!town.engine.may_assist(&d, offer));
    let error = town.engine.ask_assistant(&d, offer, seat(&unit), None).await.unwrap_err();
    assert!(matches!(error, AssistantError::None), "{error}");
}
