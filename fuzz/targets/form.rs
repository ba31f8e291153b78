//! A form that a browser sends. The first byte says how it is written: a form with files in parts (with and without taking
//! what can be read of a form whose file is refused), or an encoded one.
#![no_main]

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::{FromRequest as _, Request},
};
use libfuzzer_sys::fuzz_target;
use linli::web::{forms::Sent, uploads::Upload};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));

fn request(kind: &str, body: &[u8]) -> Request {
    let request = Request::post("/").header("content-type", kind);
    request.body(Body::from(body.to_vec())).expect("a request")
}

fuzz_target!(|bytes: &[u8]| {
    let Some((how, body)) = bytes.split_first() else { return };
    let kind = if how % 3 == 2 { "application/x-www-form-urlencoded" } else { "multipart/form-data; boundary=b" };
    let sent = RUNTIME.block_on(async {
        if how % 3 == 0 {
            return Upload::from_request(request(kind, body), &()).await.map(|upload| upload.sent);
        }
        Sent::from_request(request(kind, body), &()).await
    });
    if let Ok(sent) = sent {
        assert!(sent.fields.values().flatten().all(|value| !value.contains('\0')));
        let _ = sent.key();
    }
});
