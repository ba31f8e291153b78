//! A security key in software: it makes passkeys and shows them as a browser hands them over, and lies where it is told to.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use base64ct::{Base64UrlUnpadded as BASE64, Encoding as _};
use linli_engine::digest;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};

/// Somebody touched it.
pub const PRESENT: u8 = 1;
/// The key may be kept elsewhere, too.
pub const BACKUP: u8 = 1 << 3;
/// A new key comes along.
const ATTESTED: u8 = 1 << 6;

/// The key that it keeps to itself.
enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A security key with one passkey.
pub struct Authenticator {
    key: Key,
    random: SystemRandom,
    /// What finds the passkey.
    pub id: Vec<u8>,
    /// How often it was shown; for ever nought where it does not count.
    pub count: u32,
    /// Whether it counts.
    pub counts: bool,
    /// What it says of itself beside.
    pub flags: u8,
}

/// Whom it answers: the name that the passkey belongs to, the address of the page, what the page asks.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The name.
    pub id: &'a str,
    /// The address.
    pub origin: &'a str,
    /// The challenge, as pages spell it.
    pub challenge: &'a str,
}

impl Authenticator {
    /// One that signs by ES256, which is most of them.
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self::with(Key::P256(key), random)
    }

    /// One that signs by EdDSA.
    pub fn edwards() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        Self::with(Key::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()), random)
    }

    fn with(key: Key, random: SystemRandom) -> Self {
        let public = match &key {
            Key::P256(key) => digest(key.public_key().as_ref()),
            Key::Ed25519(key) => digest(key.public_key().as_ref()),
        };
        Self { key, random, id: public.to_vec(), count: 0, counts: true, flags: PRESENT }
    }

    /// The public key, as authenticators write it.
    pub fn public(&self) -> Vec<u8> {
        match &self.key {
            Key::P256(key) => {
                let point = key.public_key().as_ref();
                let head = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20";
                [&head[..], &point[1..33], b"\x22\x58\x20", &point[33..]].concat()
            }
            Key::Ed25519(key) => [&b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"[..], key.public_key().as_ref()].concat(),
        }
    }

    fn data(&self, id: &str, flags: u8) -> Vec<u8> {
        [&digest(id.as_bytes())[..], &[flags], &self.count.to_be_bytes()].concat()
    }

    /// What the page sends when the passkey was made.
    pub fn make(&self, asked: Asked<'_>) -> String {
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data = self.data(asked.id, self.flags | ATTESTED);
        let data = [&data[..], &[0; 16], &length, &self.id, &self.public()].concat();
        format!(r#"{{"client":"{}","data":"{}"}}"#, text(client("webauthn.create", asked).as_bytes()), text(&data))
    }

    /// What the page sends when it was shown.
    pub fn show(&mut self, asked: Asked<'_>) -> String {
        self.count += u32::from(self.counts);
        let (client, data) = (client("webauthn.get", asked), self.data(asked.id, self.flags));
        let signed = [&data[..], &digest(client.as_bytes())].concat();
        let signature = match &self.key {
            Key::P256(key) => key.sign(&self.random, &signed).unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(&signed).as_ref().to_vec(),
        };
        format!(
            r#"{{"id":"{}","client":"{}","data":"{}","signature":"{}"}}"#,
            text(&self.id),
            text(client.as_bytes()),
            text(&data),
            text(&signature)
        )
    }
}

impl Default for Authenticator {
    fn default() -> Self {
        Self::new()
    }
}

/// What the browser says; a new browser says more than is known here.
fn client(kind: &str, Asked { origin, challenge, .. }: Asked<'_>) -> String {
    format!(
        r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false,"other_keys_can_be_added_here":"x"}}"#
    )
}

/// Bytes as pages spell them.
pub fn text(bytes: &[u8]) -> String {
    BASE64::encode_string(bytes)
}
