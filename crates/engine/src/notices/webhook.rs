//! The plug that calls another system over HTTP: a POST with a JSON body, a key that stays the same for a repeat, and a
//! signature that only the two sides can make.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::{Channel, DeliveryError, Notice, Outgoing, Plug, Relay};
use crate::{
    cases::CaseKey,
    ids::{Malformed, NoticeId},
    outward::{self, Reach},
    vault::Secret,
};

/// Posts notices to one address. `X-Linli-Key` is the notice's id; `X-Linli-Signature` is `sha256=` and the HMAC-SHA-256
/// (RFC 2104) of the body in hexadecimal.
pub struct Webhook {
    url: String,
    mac: Hmac<Sha256>,
    agent: ureq::Agent,
}

impl Webhook {
    /// A webhook at this address, signed with this secret, where addresses of this reach may be called.
    ///
    /// # Errors
    /// When the address is not one of http or https or may not be called, or the secret is empty.
    pub fn new(url: &str, secret: &[u8], reach: Reach) -> Result<Self, Malformed> {
        reach.address(url)?;
        let mac = Hmac::new_from_slice(secret).ok().filter(|_| !secret.is_empty());
        let mac = mac.ok_or(Malformed { text: String::new(), what: "the secret of a webhook" })?;
        Ok(Self { url: url.to_owned(), mac, agent: outward::agent(reach) })
    }
}

impl Plug for Webhook {
    fn channel(&self) -> Channel {
        Channel::Webhook
    }

    fn deliver(&self, outgoing: &Outgoing) -> Result<(), DeliveryError> {
        self.post(&outgoing.notice.id.to_string(), &body(&outgoing.notice))
    }
}

/// Asks the office's exchange to connect two telephones: the same signed POST, with the seat and the number.
pub struct HttpRelay(pub Webhook);

impl Relay for HttpRelay {
    fn connect(&self, seat: &str, case: CaseKey, number: &Secret<String>) -> Result<(), DeliveryError> {
        let body = json!({ "case": case.id, "number": number.reveal(), "seat": seat }).to_string();
        self.0.post(&NoticeId::new().to_string(), &body)
    }
}

impl Webhook {
    fn post(&self, key: &str, body: &str) -> Result<(), DeliveryError> {
        let mac = self.mac.clone().chain_update(body).finalize().into_bytes();
        let answer = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("X-Linli-Key", key)
            .header("X-Linli-Signature", format!("sha256={}", crate::hex(&mac)))
            .send(body)
            .map_err(|e| DeliveryError::Retry(format!("the webhook cannot be reached: {e}")))?;
        let status = answer.status().as_u16();
        let said = format!("the webhook answered {status}");
        match status {
            200..=299 => Ok(()),
            408 | 429 => Err(DeliveryError::Retry(said)),
            400..=499 => Err(DeliveryError::Refuse(said)),
            _ => Err(DeliveryError::Retry(said)),
        }
    }
}

/// Canonical JSON: the keys stand in order.
fn body(notice: &Notice) -> String {
    json!({
        "args": notice.args,
        "at": notice.at.0,
        "case": notice.case.1,
        "channel": notice.channel.slug(),
        "id": notice.id,
        "jurisdiction": notice.case.0.to_string(),
        "recipient": notice.recipient.to_string(),
        "template": notice.template,
    })
    .to_string()
}
