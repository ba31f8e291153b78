//! The end of a call: it is filed, answered from what is at hand, handed to an emergency line, or put off.

use linli_engine::{
    cases::{
        CaseError, CaseKey,
        call::{Became, Call, Then},
        file::Report,
    },
    seats::Seat,
};
use linli_flow::{Form, Value};

use super::{beside, draft::Draft, page};
use crate::web::{
    Ctx, Fault, Reply, answers,
    forms::{Sent, SentFile},
    i18n,
    page::go,
    uploads::{self, Upload},
};

/// What the button that was pressed asks for.
enum Wish {
    /// What do the words point to?
    Find,
    File,
    /// The answer at hand of this name was read out.
    Answer(String),
    /// It was handed to this line.
    Emergency(String),
    Later,
    /// It is the same matter as the case with this number.
    Joined(String),
}

impl Wish {
    fn of(sent: &Sent) -> Self {
        if !sent.text("joins").is_empty() {
            return Self::Joined(sent.text("joins").to_owned());
        }
        match (sent.text("answer"), sent.text("emergency"), sent.text("do")) {
            ("", "", "file") => Self::File,
            ("", "", "later") => Self::Later,
            ("", "", _) => Self::Find,
            ("", line, _) => Self::Emergency(line.to_owned()),
            (id, ..) => Self::Answer(id.to_owned()),
        }
    }
}

/// `POST /desk/new`.
pub async fn send(ctx: Ctx, upload: Upload) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let Upload { sent, refused } = upload;
    let mut draft = Draft::of(&ctx, &sent);
    let wish = Wish::of(&sent);
    if matches!(wish, Wish::Find) {
        return page::found(&ctx, draft).await;
    }
    draft.key = sent.key()?;
    if let Some(fault) = refused {
        draft.wrong("files", fault.words(ctx.lang));
    }
    let made = match wish {
        Wish::Find | Wish::File => file(&ctx, &mut draft, &seat).await?,
        Wish::Answer(id) => answer(&ctx, &mut draft, &seat, &id).await?,
        Wish::Emergency(line) => emergency(&ctx, &mut draft, &seat, &line).await?,
        Wish::Later => later(&ctx, &mut draft, &seat).await?,
        Wish::Joined(number) => joined(&ctx, &mut draft, &seat, &number).await?,
    };
    match made.filter(|_| draft.errors.is_empty()) {
        Some(call) => finish(&ctx, draft, call, &seat, sent.files).await,
        None => page::refuse(&ctx, draft).await,
    }
}

async fn finish(ctx: &Ctx, mut draft: Draft, call: Call, seat: &Seat, files: Vec<SentFile>) -> Reply {
    let kept = match uploads::keep(ctx, files).await {
        Ok(kept) => kept,
        Err(fault) if fault.status.is_server_error() => return Err(fault),
        Err(fault) => {
            draft.wrong("files", fault.words(ctx.lang));
            return page::refuse(ctx, draft).await;
        }
    };
    let became = call.became;
    let filed = match ctx.engine().file_call(call, seat).await {
        Ok(filed) => filed,
        // It was closed while the form was on the screen.
        Err(CaseError::Field { field: "joins", .. }) => {
            draft.wrong("body", ctx.t("call-join-gone"));
            return page::refuse(ctx, draft).await;
        }
        Err(CaseError::Field { field, problem }) => {
            let fault = Fault::from(CaseError::Field { field, problem });
            let title = ctx.t(&format!("call-{field}"));
            let args = fault.args.iter().map(|(name, value)| (*name, if *name == "field" { &title } else { value }));
            let args: Vec<_> = args.map(|(name, value)| (name, value.as_str().into())).collect();
            draft.wrong(field, i18n::text(ctx.lang, fault.key, &args));
            return page::refuse(ctx, draft).await;
        }
        Err(error) => return Err(error.into()),
    };
    uploads::attach(ctx, filed.key, kept).await?;
    Ok(go(&format!("/desk/new/done/{}/{}?became={became}", filed.key.jurisdiction, filed.number)))
}

async fn call(ctx: &Ctx, draft: &Draft, report: Report, became: Became, then: Option<Then>) -> Result<Call, Fault> {
    let continues = match draft.continues() {
        Some((street, number)) => Some(continued(ctx, street, number).await?),
        None => None,
    };
    let class = (!draft.class.is_empty() || draft.in_danger(ctx)).then(|| draft.class(ctx));
    let took_ms = ctx.engine().clock.now().0 - draft.begun;
    Ok(Call { report, later: became == Became::Later, class, then, continues, became, took_ms })
}

async fn continued(ctx: &Ctx, street: &str, number: &str) -> Result<CaseKey, Fault> {
    let street = street.parse().map_err(|_| Fault::not_found())?;
    Ok(ctx.engine().case(street, number, &ctx.viewer()).await?.head.key)
}

async fn file(ctx: &Ctx, draft: &mut Draft, seat: &Seat) -> Result<Option<Call>, Fault> {
    let (place, body) = (draft.meant(ctx, seat), draft.body.clone());
    let Some(report) = draft.report(ctx, place, body).await? else { return Ok(None) };
    call(ctx, draft, report, Became::Filed, None).await.map(Some)
}

/// A consultation: what was asked is filed with the answer that was given, which names what it rests on.
async fn answer(ctx: &Ctx, draft: &mut Draft, seat: &Seat, id: &str) -> Result<Option<Call>, Fault> {
    let known = ctx.engine().knowledge();
    let Some(entry) = known.good_one(id, ctx.engine().today()) else {
        draft.wrong("body", ctx.t("call-answer-old"));
        return Ok(None);
    };
    let text = |text: &linli_flow::Text| answers::said(text, ctx.lang).to_owned();
    let body = if draft.body.is_empty() { text(&entry.question) } else { draft.body.clone() };
    let place = draft.meant(ctx, seat).or_else(|| Draft::anywhere(ctx, seat));
    let Some(mut report) = draft.report(ctx, place, body).await? else { return Ok(None) };
    report.kind = Some("consultation".to_owned());
    report.category.get_or_insert_with(|| entry.category.clone());
    let args = [("answer", text(&entry.answer).into()), ("source", entry.source.clone().into())];
    let form =
        Form::from([("answer".to_owned(), Value::from(i18n::text(ctx.lang, "call-answer-given", &args).as_str()))]);
    call(ctx, draft, report, Became::Answered, Some(Then { step: "triage", act: "answer", form })).await.map(Some)
}

async fn emergency(ctx: &Ctx, draft: &mut Draft, seat: &Seat, line: &str) -> Result<Option<Call>, Fault> {
    let packs = ctx.engine().packs();
    let known =
        packs.current().field("emergency_line").is_some_and(|field| field.choices.iter().any(|c| c.code == line));
    if !known {
        draft.wrong("emergency", ctx.t("call-line-unknown"));
        return Ok(None);
    }
    let danger = packs.current().danger(&draft.body);
    let body = match (draft.body.as_str(), danger) {
        ("", _) => i18n::text(ctx.lang, "call-emergency-empty", &[("line", line.into())]),
        (words, _) => words.to_owned(),
    };
    let place = draft.meant(ctx, seat).or_else(|| Draft::anywhere(ctx, seat));
    // A number that cannot be read must not hold up a rescue.
    if draft.phone.parse::<linli_engine::vault::Phone>().is_err() {
        draft.phone.clear();
    }
    let Some(report) = draft.report(ctx, place, body).await? else { return Ok(None) };
    let note = i18n::text(ctx.lang, "call-emergency-note", &[("line", line.into())]);
    let form =
        Form::from([("emergency_line".to_owned(), Value::from(line)), ("note".to_owned(), Value::from(note.as_str()))]);
    draft.class = "urgent".to_owned();
    call(ctx, draft, report, Became::Emergency, Some(Then { step: "triage", act: "emergency", form })).await.map(Some)
}

/// The same matter as an open case near by: what was said is filed and goes along with it. Only a case that was offered
/// can be joined.
async fn joined(ctx: &Ctx, draft: &mut Draft, seat: &Seat, number: &str) -> Result<Option<Call>, Fault> {
    let (place, body) = (draft.meant(ctx, seat), draft.body.clone());
    let offered = beside::repeats(ctx, draft, place.as_ref()).await?.iter().any(|head| head.number == number);
    if !offered {
        draft.wrong("body", ctx.t("call-join-gone"));
    }
    let Some(mut report) = draft.report(ctx, place, body).await? else { return Ok(None) };
    report.joins = Some(number.to_owned());
    call(ctx, draft, report, Became::Joined, None).await.map(Some)
}

/// Puts the call off: what was typed is kept, and the desk has the call in its inbox, due when it was agreed.
async fn later(ctx: &Ctx, draft: &mut Draft, seat: &Seat) -> Result<Option<Call>, Fault> {
    let packs = ctx.engine().packs();
    let fields = [linli_flow::FormField { name: "call_at".into(), optional: false }];
    let at = if draft.at.is_empty() || draft.at == "other" { &draft.at_other } else { &draft.at };
    let raw = [("call_at".to_owned(), vec![at.clone()])].into();
    let form = packs.current().check_form(&fields, &raw).ok();
    let due = form
        .as_ref()
        .and_then(|form| packs.current().calendar.parse_local(&format!("{}:00", form.get("call_at")?.as_text()?)).ok());
    if due.is_none_or(|due| due < ctx.engine().clock.now()) {
        draft.wrong("at", ctx.t("call-at-missing"));
    }
    if draft.phone.is_empty() {
        draft.wrong("phone", ctx.t("call-later-no-phone"));
    }
    let body = if draft.body.is_empty() { ctx.t("call-later-empty") } else { draft.body.clone() };
    let place = draft.meant(ctx, seat).or_else(|| Draft::anywhere(ctx, seat));
    let Some(mut report) = draft.report(ctx, place, body).await? else { return Ok(None) };
    report.kind = Some("consultation".to_owned());
    let Some(form) = form else { return Ok(None) };
    call(ctx, draft, report, Became::Later, Some(Then { step: "arrange", act: "agreed", form })).await.map(Some)
}
