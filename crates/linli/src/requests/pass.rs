//! Who reads a resident's page: whoever holds the tracking code (a sealed cookie says that they gave it), or the
//! resident who signed in. Staff have pages of their own.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use linli_engine::{
    cases::{CaseError, CaseKey, read::Dossier},
    digest, hex,
    vault::VaultKey,
    viewer::Viewer,
};

use crate::web::{
    App, Ctx, Fault,
    ctx::{Who, cookie, cookie_value, set_cookie},
};

/// How long a case stays open in a browser without signing in, seconds.
const SECONDS: i64 = 30 * 24 * 3600;

/// Who reads, as far as cases go.
pub struct Reader {
    coded: Option<CaseKey>,
    who: Who,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let Ok(ctx) = Ctx::from_request_parts(parts, app).await;
        Ok(Self { coded: coded(&app.engine.vault_key, &parts.headers), who: ctx.who.clone() })
    }
}

impl Reader {
    /// As a resident: with the code, or signed in.
    fn resident(&self) -> Vec<Viewer> {
        let code = self.coded.map(Viewer::Code);
        let person = match self.who {
            Who::Resident(person) => Some(Viewer::Person(person)),
            _ => None,
        };
        code.into_iter().chain(person).collect()
    }

    /// As whoever they are, staff too.
    pub fn any(&self) -> Vec<Viewer> {
        let staff = match &self.who {
            Who::Staff { seat, .. } => Some(Viewer::Staff(seat.clone())),
            _ => None,
        };
        self.resident().into_iter().chain(staff).collect()
    }

    /// The case of an address, and as whom it was read.
    ///
    /// # Errors
    /// Not found, also where it is not this reader's.
    pub async fn case(&self, ctx: &Ctx, jurisdiction: &str, number: &str) -> Result<(Viewer, Dossier), Fault> {
        let jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
        for viewer in self.resident() {
            match ctx.engine().case(jurisdiction, number, &viewer).await {
                Ok(dossier) => return Ok((viewer, dossier)),
                Err(CaseError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::not_found())
    }
}

fn mac(key: &VaultKey, case: &str) -> String {
    hex(&key.mac(b"track-cookie", case.as_bytes()))
}

/// The cookie's value: `jurisdiction.case.mac`.
fn sealed(key: &VaultKey, case: CaseKey) -> String {
    let case = format!("{}.{}", case.jurisdiction, case.id);
    format!("{case}.{}", mac(key, &case))
}

fn coded(key: &VaultKey, headers: &HeaderMap) -> Option<CaseKey> {
    let (case, given) = cookie_value(headers, cookie::TRACK)?.rsplit_once('.')?;
    // Digests are compared, so that the time it takes tells nothing about the seal.
    if digest(given.as_bytes()) != digest(mac(key, case).as_bytes()) {
        return None;
    }
    let (jurisdiction, id) = case.split_once('.')?;
    Some(CaseKey { jurisdiction: jurisdiction.parse().ok()?, id: id.parse().ok()? })
}

/// Goes to a page and opens the case for this browser.
pub fn go_with(ctx: &Ctx, to: &str, case: CaseKey) -> Response {
    let mut response = Redirect::to(to).into_response();
    let cookie = set_cookie(&ctx.app.config, cookie::TRACK, &sealed(&ctx.engine().vault_key, case), SECONDS);
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use linli_engine::ids::{CaseId, Jurisdiction};
    use proptest::prelude::*;

    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&format!("{}={value}", cookie::TRACK)).unwrap());
        headers
    }

    proptest! {
        /// What was sealed opens the same case; any other byte in it, or another key, opens nothing.
        #[test]
        fn only_what_was_sealed_opens(id in any::<[u8; 16]>(), street in 0_u32..999_999_999, at in 0_usize..110, by in 1_u8..16) {
            let (key, other) = (VaultKey::new([7; 32]), VaultKey::new([8; 32]));
            let case = CaseKey { jurisdiction: Jurisdiction(street), id: CaseId(id) };
            let seal = sealed(&key, case);
            prop_assert_eq!(coded(&key, &headers(&seal)), Some(case));
            prop_assert_eq!(coded(&other, &headers(&seal)), None);
            let mut forged = seal.clone().into_bytes();
            let at = at % forged.len();
            let digit = char::from(forged[at]).to_digit(16).unwrap_or(0) as u8;
            forged[at] = b"0123456789abcdef"[usize::from((digit + by) % 16)];
            prop_assert_eq!(coded(&key, &headers(std::str::from_utf8(&forged).unwrap())), None);
        }
    }
}
