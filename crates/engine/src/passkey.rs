//! Passkeys (WebAuthn, level 3): what a browser hands over when one is made and when one is shown, read and checked. Pure:
//! the challenge and the key are given, nothing is drawn or kept.
//!
//! There is no reader of CBOR here. No attestation is asked for, so all that has to be read in it is the public key; and an
//! authenticator writes a key of each algorithm in one way (CTAP 2, canonical form), so it is compared with that way.

use std::{net::Ipv4Addr, str::FromStr};

use base64ct::{Base64UrlUnpadded as BASE64, Encoding as _};
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256};
use ring::signature::{RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::{digest, limits};

/// Where passkeys are good: the name that they are bound to and the one address whose pages may ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    id: String,
    origin: String,
}

/// Why an address cannot have passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// It is no address.
    #[error("this is no address of the form https://street.example")]
    Form,
    /// Browsers have no passkeys there.
    #[error("browsers offer passkeys over https only (over http, on localhost only)")]
    Plain,
    /// It is an address of a network.
    #[error("passkeys are bound to a name, and this is the number of a machine")]
    Number,
}

impl Party {
    /// The name that passkeys are bound to (the `rpId`).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The address of the pages that may ask for them, as browsers spell it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The party of a machine that is asked as `localhost`, by what the request names as its host. A browser shows a
    /// passkey of `localhost` to pages from its own machine only, so nobody wins anything by claiming that name.
    pub fn local(host: &str) -> Option<Self> {
        let is_local = host == "localhost" || host.starts_with("localhost:");
        format!("http://{host}").parse().ok().filter(|_| is_local)
    }
}

impl FromStr for Party {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(PartyError::Form)?;
        let usual = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(PartyError::Form),
        };
        if rest.starts_with('[') {
            return Err(PartyError::Number);
        }
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port.parse().ok()),
            Some(_) => return Err(PartyError::Form),
            None => (rest, Some(usual)),
        };
        let port: u16 = port.filter(|port| *port > 0).ok_or(PartyError::Form)?;
        let good = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if host.len() > 253 || !host.split('.').all(good) {
            return Err(PartyError::Form);
        }
        // A browser takes a name whose last part is a number for an address, however it is spelt.
        let last = host.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") || host.parse::<Ipv4Addr>().is_ok() {
            return Err(PartyError::Number);
        }
        if scheme == "http" && host != "localhost" {
            return Err(PartyError::Plain);
        }
        let port = if port == usual { String::new() } else { format!(":{port}") };
        Ok(Self { origin: format!("{scheme}://{host}{port}"), id: host.to_owned() })
    }
}

/// What an authenticator is to answer to: 256 random bits, used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge(pub [u8; 32]);

/// Whose passkey is made.
#[derive(Clone, Copy, Debug)]
pub struct User<'u> {
    /// What the authenticator knows them by.
    pub id: [u8; 16],
    /// The login.
    pub login: &'u str,
    /// The name.
    pub name: &'u str,
}

/// What the browser is asked when one is to be made: one that is none of `known`.
pub fn to_make(party: &Party, house: &str, user: User<'_>, challenge: Challenge, known: &[Vec<u8>]) -> Json {
    json!({
        "rp": { "id": party.id, "name": house },
        "user": { "id": text(&user.id), "name": user.login, "displayName": user.name },
        "challenge": text(&challenge.0),
        "pubKeyCredParams": ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg })),
        "excludeCredentials": list(known),
        "authenticatorSelection": { "residentKey": "preferred", "userVerification": "preferred" },
        "attestation": "none",
        "timeout": limits::CHALLENGE_MS,
    })
}

/// What the browser is asked when one of `known` is to be shown.
pub fn to_show(party: &Party, challenge: Challenge, known: &[Vec<u8>]) -> Json {
    json!({
        "rpId": party.id,
        "challenge": text(&challenge.0),
        "allowCredentials": list(known),
        // The password came before: that somebody is there is enough.
        "userVerification": "preferred",
        "timeout": limits::CHALLENGE_MS,
    })
}

fn list(known: &[Vec<u8>]) -> Vec<Json> {
    known.iter().map(|id| json!({ "type": "public-key", "id": text(id) })).collect()
}

/// ES256, EdDSA and RS256, which is all that many a Windows has (<https://www.iana.org/assignments/cose>).
const ALGORITHMS: [i64; 3] = [-7, -8, -257];

fn text(bytes: &[u8]) -> String {
    BASE64::encode_string(bytes)
}

/// Why what a browser handed over is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not what browsers hand over.
    #[error("the answer cannot be read")]
    Form,
    /// It answers something else, another challenge, or from another address.
    #[error("the answer is to another question")]
    Other,
    /// It is bound to another name.
    #[error("the passkey belongs to another name")]
    Party,
    /// Nobody touched the device.
    #[error("nobody confirmed it on the device")]
    Absent,
    /// Its key is none that is asked for.
    #[error("the key of the passkey is of no known kind")]
    Key,
    /// The signature is not of this key.
    #[error("the signature is wrong")]
    Signature,
}

/// What a browser hands over when a passkey was made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    #[serde(deserialize_with = "bytes")]
    client: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    data: Vec<u8>,
}

/// What a browser hands over when one was shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Which one.
    #[serde(deserialize_with = "bytes")]
    pub id: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    client: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    data: Vec<u8>,
    #[serde(deserialize_with = "bytes")]
    signature: Vec<u8>,
}

fn bytes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    BASE64::decode_vec(&text).map_err(serde::de::Error::custom)
}

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// By which its authenticator finds it.
    pub id: Vec<u8>,
    /// Its public key, as its authenticator wrote it.
    pub key: Vec<u8>,
    /// How often it was shown, where its authenticator counts.
    pub count: u32,
    /// Whether it may be on more devices than one.
    pub synced: bool,
}

impl Made {
    /// From the text that the page sent.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The new passkey, if it answers this challenge.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn check(&self, party: &Party, challenge: Challenge) -> Result<Passkey, Refused> {
        client(&self.client, "webauthn.create", party, challenge)?;
        let data = Data::read(&self.data, party)?;
        let (_, rest) = data.rest.split_at_checked(16).filter(|_| data.has(ATTESTED)).ok_or(Refused::Form)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(Refused::Form)?;
        let length = usize::from(u16::from_be_bytes(*length));
        // Shorter ones could be another's by chance.
        let (id, rest) =
            rest.split_at_checked(length).filter(|_| (16..=1023).contains(&length)).ok_or(Refused::Form)?;
        let (_, after) = Key::read(rest).ok_or(Refused::Key)?;
        if !after.is_empty() && !data.has(EXTENDED) {
            return Err(Refused::Form);
        }
        let key = rest[..rest.len() - after.len()].to_vec();
        Ok(Passkey { id: id.to_vec(), key, count: data.count, synced: data.has(BACKUP) })
    }
}

impl Shown {
    /// From the text that the page sent.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// How often its authenticator says that it was shown, if it answers this challenge and is signed by this key.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn check(&self, party: &Party, challenge: Challenge, key: &[u8]) -> Result<u32, Refused> {
        client(&self.client, "webauthn.get", party, challenge)?;
        let data = Data::read(&self.data, party)?;
        if data.has(ATTESTED) || !data.rest.is_empty() && !data.has(EXTENDED) {
            return Err(Refused::Form);
        }
        let (key, _) = Key::read(key).filter(|(_, after)| after.is_empty()).ok_or(Refused::Key)?;
        let signed = [&self.data[..], &digest(&self.client)].concat();
        if key.signed(&signed, &self.signature) { Ok(data.count) } else { Err(Refused::Signature) }
    }
}

/// Whether a count may follow the one that was kept. An authenticator that does not count says nought for ever; one that
/// goes back is one of two with the same key.
pub fn follows(kept: u32, shown: u32) -> bool {
    shown > kept || kept == 0 && shown == 0
}

/// What the browser says of the question that was asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

fn client(json: &[u8], kind: &str, party: &Party, challenge: Challenge) -> Result<(), Refused> {
    let said: Client = serde_json::from_slice(json).map_err(|_| Refused::Form)?;
    let same = said.kind == kind && said.challenge == text(&challenge.0) && said.origin == party.origin;
    if same && !said.cross_origin { Ok(()) } else { Err(Refused::Other) }
}

/// Somebody touched the device.
const PRESENT: u8 = 1;
/// The key may be kept elsewhere, too.
const BACKUP: u8 = 1 << 3;
/// The key is kept elsewhere, too.
const BACKED_UP: u8 = 1 << 4;
/// A new key comes with it.
const ATTESTED: u8 = 1 << 6;
/// Something that was not asked for comes with it; it is signed, and left unread.
const EXTENDED: u8 = 1 << 7;

/// What the authenticator says.
struct Data<'d> {
    flags: u8,
    count: u32,
    rest: &'d [u8],
}

impl<'d> Data<'d> {
    fn read(data: &'d [u8], party: &Party) -> Result<Self, Refused> {
        let (name, data) = data.split_first_chunk::<32>().ok_or(Refused::Form)?;
        let ([flags, count @ ..], rest) = data.split_first_chunk::<5>().ok_or(Refused::Form)?;
        let data = Self { flags: *flags, count: u32::from_be_bytes(*count), rest };
        if *name != digest(party.id.as_bytes()) {
            return Err(Refused::Party);
        }
        if !data.has(PRESENT) {
            return Err(Refused::Absent);
        }
        if data.has(BACKED_UP) && !data.has(BACKUP) { Err(Refused::Form) } else { Ok(data) }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A public key.
enum Key<'k> {
    /// ES256: the two coordinates of a point of P-256.
    P256(&'k [u8; 32], &'k [u8; 32]),
    /// EdDSA.
    Ed25519(&'k [u8; 32]),
    /// RS256: the modulus; the exponent is 65537.
    Rsa(&'k [u8]),
}

impl<'k> Key<'k> {
    /// The key that these bytes begin with, and what comes after it.
    fn read(bytes: &'k [u8]) -> Option<(Self, &'k [u8])> {
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        if let Some(rest) = bytes.strip_prefix(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20") {
            let (x, rest) = rest.split_first_chunk()?;
            let (y, rest) = rest.strip_prefix(b"\x22\x58\x20")?.split_first_chunk()?;
            return Some((Self::P256(x, y), rest));
        }
        // {1: 1, 3: -8, -1: 6, -2: key}
        if let Some(rest) = bytes.strip_prefix(b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20") {
            let (key, rest) = rest.split_first_chunk()?;
            return Some((Self::Ed25519(key), rest));
        }
        // {1: 3, 3: -257, -1: modulus, -2: exponent}
        let rest = bytes.strip_prefix(b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59")?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (modulus, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let rest = rest.strip_prefix(b"\x21\x43\x01\x00\x01")?;
        let strong = (256..=512).contains(&modulus.len()) && modulus[0] >= 0x80;
        strong.then_some((Self::Rsa(modulus), rest))
    }

    fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        let checked = match self {
            Self::P256(x, y) => {
                let point = [&[4][..], *x, *y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(text, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(text, signature),
            Self::Rsa(modulus) => {
                let key = RsaPublicKeyComponents { n: *modulus, e: &[1, 0, 1][..] };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, text, signature)
            }
        };
        checked.is_ok()
    }
}
