//! What browsers hand over, against the vectors of the standard, signatures made elsewhere and an authenticator that lies.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use linli_engine::passkey::{Challenge, Made, Party, PartyError, Refused, Shown, follows};
use linli_testbed::authenticator::{Asked, Authenticator, BACKUP, PRESENT, text};
use proptest::prelude::*;

fn street() -> Party {
    "https://street.example".parse().unwrap()
}

fn unhex(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn challenge(hex: &str) -> Challenge {
    Challenge(unhex(hex).try_into().unwrap())
}

/// Web Authentication, level 3, section 16.2: ES256 without attestation.
#[test]
fn the_vector_of_the_standard_is_taken() {
    let party: Party = "https://example.org".parse().unwrap();
    let client = "{\"type\":\"webauthn.create\",\"challenge\":\"AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA\",\
        \"origin\":\"https://example.org\",\"crossOrigin\":false,\"extraData\":\"clientDataJSON may be extended with \
        additional fields in the future, such as this: BkQeDjdcTBrXBiAwJTLE5Q\"}";
    let data = unhex(
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f\
         0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23\
         eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e26\
         64796b9220",
    );
    let sent = format!(r#"{{"client":"{}","data":"{}"}}"#, text(client.as_bytes()), text(&data));
    let asked = challenge("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130");
    let made = Made::parse(&sent).unwrap().check(&party, asked).unwrap();
    assert_eq!(made.id, unhex("f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4"));
    assert_eq!((made.count, made.synced), (0, true));
    let client = "{\"type\":\"webauthn.get\",\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\",\
        \"origin\":\"https://example.org\",\"crossOrigin\":false}";
    let data = unhex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000");
    let signature = unhex(
        "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11\
         a1dd5d78c6e486013f937295ea13653e331e87",
    );
    let asked = challenge("39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408");
    let shown = shown(&made.id, client, &data, &signature);
    assert_eq!(shown.check(&party, asked, &made.key), Ok(0));
}

fn shown(id: &[u8], client: &str, data: &[u8], signature: &[u8]) -> Shown {
    let [id, client, data, signature] = [id, client.as_bytes(), data, signature].map(text);
    let sent = format!(r#"{{"id":"{id}","client":"{client}","data":"{data}","signature":"{signature}"}}"#);
    Shown::parse(&sent).unwrap()
}

/// Signed by OpenSSL, with a key of the kind that the chips of many computers make.
#[test]
fn rsa_is_taken() {
    let modulus = unhex(
        "d075b326a8463199e145d5cedd20476551f9e4d3e704786b1c6908c4102cbcf57e6ff9da53bb931f9c6043a9d78bab828b947f2bd3\
         d6136efc785c34c71398a6668db85173adef782c7a92c9328f1d31961cfd45883e7e4c99de518cf2aa19ee2ecde52db05487ebcf96\
         25df234a93ff7879b79b446c2e37b385c308db8644bf7467939231a79d8f019771657a429cfc08d7cb21ed9ef61923971b4cb2e88f\
         c3f0fab8e1e54aa1879188ed24c065925c41ba57e91f4be92e5154bbdb61ad24f464fa388b495fa4424e602ab628e38031818267b4\
         820737273d6fa9ae9bba57fceb4247411a0d391fbe4b3f6080caffde1b3b2d388b6cf24704ad00c18bd56293",
    );
    let signature = unhex(
        "6e55e5ce722bd6c5fdb4dca2a4dda2681488045501e0b5160856d00d7eec03f4f788895d16f3cd3519669c873fde0c47c14d4201b4\
         8736dc45c2e2e5683926c1b7349b8d2b98f80c4010f3374fc80657d39e76b59aaece752927308b5a09d0ac002846da275c27c94cba\
         ae0b0f3580dec2f77b8c7eba1aeaf157dc08fdff1840a57c00d50feea2703316ed62105717db2d7758d54a33247794932932f6d8a2\
         07ca827f42f86233d2d562262f8bf12225771a69f51a86429170a9e669e04ec32bb9a69d0a6bf92b488f27ba9e72d9154c69cffa4a\
         8bbb515bd407e43219b3d15bd619d0e14ca096999c832b0eff20bf30d55cd6ab80cf47715d1a9aa20e87a887",
    );
    let key = [&b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00"[..], &modulus, b"\x21\x43\x01\x00\x01"].concat();
    let data = [&linli_engine::digest(b"street.example")[..], &[5, 0, 0, 0, 9]].concat();
    let asked = challenge(&"07".repeat(32));
    let client = format!(
        r#"{{"type":"webauthn.get","challenge":"{}","origin":"https://street.example","crossOrigin":false}}"#,
        text(&asked.0)
    );
    assert_eq!(shown(b"id", &client, &data, &signature).check(&street(), asked, &key), Ok(9));
    let other = [&data[..36], &[8]].concat();
    assert_eq!(shown(b"id", &client, &other, &signature).check(&street(), asked, &key), Err(Refused::Signature));
    // A short one is not asked for, and not taken.
    let short = [&b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x00\x80"[..], &modulus[..128], b"\x21\x43\x01\x00\x01"];
    assert_eq!(shown(b"id", &client, &data, &signature).check(&street(), asked, &short.concat()), Err(Refused::Key));
}

#[test]
fn parties_are_names_over_tls() {
    for (given, origin, id) in [
        ("https://street.example", "https://street.example", "street.example"),
        (" HTTPS://Street.Example:443/ ", "https://street.example", "street.example"),
        ("https://a.street.example:8443", "https://a.street.example:8443", "a.street.example"),
        ("http://localhost:8311", "http://localhost:8311", "localhost"),
        ("http://localhost:80/", "http://localhost", "localhost"),
    ] {
        let party: Party = given.parse().unwrap();
        assert_eq!((party.origin(), party.id()), (origin, id), "{given}");
    }
    for (given, error) in [
        ("", PartyError::Form),
        ("street.example", PartyError::Form),
        ("ftp://street.example", PartyError::Form),
        ("https://street.example/desk", PartyError::Form),
        ("https://me@street.example", PartyError::Form),
        ("https://street.example:0", PartyError::Form),
        ("https://street..example", PartyError::Form),
        ("http://street.example", PartyError::Plain),
        ("https://10.0.0.7", PartyError::Number),
        ("https://10.7", PartyError::Number),
        ("https://0x7f000001", PartyError::Number),
        ("https://[::1]:8311", PartyError::Number),
    ] {
        assert_eq!(given.parse::<Party>(), Err(error), "{given}");
    }
    assert_eq!(Party::local("localhost:8311").unwrap().origin(), "http://localhost:8311");
    for host in ["", "street.example", "localhost.example", "127.0.0.1:8311", "localhost:8311/x", "xlocalhost"] {
        assert_eq!(Party::local(host), None, "{host}");
    }
}

/// A passkey that was made, and what shows it.
fn made(mut with: Authenticator, count: u32) -> (Authenticator, Vec<u8>) {
    with.count = count;
    let asked = challenge(&"07".repeat(32));
    let (party, spelt) = (street(), text(&asked.0));
    let sent = with.make(Asked { id: party.id(), origin: party.origin(), challenge: &spelt });
    let made = Made::parse(&sent).unwrap().check(&party, asked).unwrap();
    assert_eq!((&made.id, made.count), (&with.id, count));
    (with, made.key)
}

fn authenticator(edwards: bool) -> Authenticator {
    if edwards { Authenticator::edwards() } else { Authenticator::new() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What was made here is shown here; any bit that differs, and it is not.
    #[test]
    fn only_the_whole_answer_is_taken(edwards: bool, count in 0_u32..1000, asked: [u8; 32], at: usize, bit in 0..8) {
        let (mut with, key) = made(authenticator(edwards), count);
        let (party, asked) = (street(), Challenge(asked));
        let spelt = text(&asked.0);
        let sent = with.show(Asked { id: party.id(), origin: party.origin(), challenge: &spelt });
        prop_assert_eq!(Shown::parse(&sent).unwrap().check(&party, asked, &key), Ok(count + 1));
        // The same with one bit of one part changed.
        let mut parts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&sent).unwrap();
        let name = ["client", "data", "signature"][at % 3];
        let mut bytes = unbase(parts[name].as_str().unwrap());
        let place = at / 3 % bytes.len();
        bytes[place] ^= 1_u8 << bit;
        parts[name] = text(&bytes).into();
        let bent = serde_json::Value::Object(parts).to_string();
        prop_assert!(Shown::parse(&bent).unwrap().check(&party, asked, &key).is_err());
        let (_, other) = made(Authenticator::new(), 0);
        prop_assert_eq!(Shown::parse(&sent).unwrap().check(&party, asked, &other), Err(Refused::Signature));
    }

    /// Another challenge, address, name or question is another matter, and somebody has to be there.
    #[test]
    fn each_answer_is_to_one_question(edwards: bool, asked: [u8; 32], other: [u8; 32], lie in 0..6) {
        prop_assume!(asked != other);
        let (mut with, key) = made(authenticator(edwards), 0);
        let (party, asked) = (street(), Challenge(asked));
        let (spelt, elsewhere) = (text(&asked.0), text(&other));
        let mut question = Asked { id: party.id(), origin: party.origin(), challenge: &spelt };
        let expected = match lie {
            0 => { question.challenge = &elsewhere; Refused::Other }
            1 => { question.origin = "https://street.example.evil.example"; Refused::Other }
            2 => { question.origin = "http://street.example"; Refused::Other }
            3 => { question.id = "example"; Refused::Party }
            4 => { with.flags = BACKUP; Refused::Absent }
            // It says that it is kept elsewhere and that it cannot be.
            _ => { with.flags = PRESENT | 1 << 4; Refused::Form }
        };
        prop_assert_eq!(Shown::parse(&with.show(question)).unwrap().check(&party, asked, &key), Err(expected));
        prop_assert_eq!(Made::parse(&with.make(question)).unwrap().check(&party, asked), Err(expected));
    }

    /// Whatever is sent, it is refused and nothing breaks.
    #[test]
    fn nothing_else_is_an_answer(client: Vec<u8>, data in proptest::collection::vec(any::<u8>(), 0..200), key: Vec<u8>, junk in "\\PC{0,60}") {
        let (party, asked) = (street(), challenge(&"07".repeat(32)));
        prop_assert!(Made::parse(&junk).is_none() && Shown::parse(&junk).is_none());
        let client = String::from_utf8_lossy(&client);
        prop_assert!(shown(&data, &client, &data, &data).check(&party, asked, &key).is_err());
        let honest = format!(r#"{{"type":"webauthn.create","challenge":"{}","origin":"{}"}}"#, text(&asked.0), party.origin());
        let data = [&linli_engine::digest(party.id().as_bytes())[..], &[0x41], &data].concat();
        let sent = format!(r#"{{"client":"{}","data":"{}"}}"#, text(honest.as_bytes()), text(&data));
        prop_assert!(Made::parse(&sent).unwrap().check(&party, asked).is_err());
    }

    #[test]
    fn counts_go_forward_or_do_not_count(kept: u32, next: u32) {
        prop_assert_eq!(follows(kept, next), next > kept || (kept, next) == (0, 0));
    }
}

fn unbase(text: &str) -> Vec<u8> {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    Base64UrlUnpadded::decode_vec(text).unwrap()
}
