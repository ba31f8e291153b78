//! What the rules of the directory keep, whatever is typed.

use std::sync::LazyLock;

use linli_engine::{
    db::{Db, Tx, Url},
    directory::{self, Directory, Org, OrgKind, Place, Share},
    ids::{DutyId, Jurisdiction, PlaceCode},
    pack::{Pack, Part, read_dir},
};
use linli_flow::Text;
use linli_worktime::Millis;
use proptest::prelude::*;

use super::model::{self, Check};
use crate::web::forms::Sent;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    Pack::load(&read_dir(&folder).unwrap()).unwrap()
});

/// A street with two communities, one of them no more, each with a committee and a firm.
static DIRECTORY: LazyLock<Directory> = LazyLock::new(|| {
    let text = |name: &str| Text { zh: name.to_owned(), en: name.to_owned() };
    let place = |code: &str, retired: bool| Place {
        code: code.parse().unwrap(),
        name: text(code),
        aliases: Vec::new(),
        point: None,
        retired_at: retired.then_some(Millis(1)),
    };
    let places = vec![
        place("990101001", false),
        place("990101001001", false),
        place("990101001001001", false),
        place("990101001002", true),
    ];
    let org = |id: &str, kind, at: &str| Org {
        id: id.parse().unwrap(),
        parent: None,
        kind,
        function: "community".into(),
        place: at.parse().unwrap(),
        name: text(id),
        phone: None,
        retired_at: None,
    };
    let orgs =
        vec![org("committee", OrgKind::Community, "990101001001"), org("firm", OrgKind::Property, "990101001001")];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Url::Lite(folder.path().join("linli.db")), 1).await.unwrap();
        let home = Jurisdiction(990_101_001);
        let load = move |tx: &mut Tx<'_>| {
            directory::save_places(tx, home, &places, Millis(0))?;
            directory::save_orgs(tx, home, &orgs, Millis(0))?;
            directory::load(tx, home)
        };
        db.write(load).await.unwrap()
    })
});

fn sent(fields: &[(&str, &str)]) -> Sent {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
    Sent { fields: fields.collect(), files: Vec::new() }
}

fn check(sent: &Sent) -> Check<'_> {
    Check::new(&DIRECTORY, sent, "en")
}

/// Codes near the ones that are there, and others.
fn codes() -> impl Strategy<Value = String> {
    let known =
        prop::sample::select(vec!["", "990101001", "990101001001", "990101001001001", "990101001002", "880101"]);
    (known, "[0-9]{0,12}|[0-9a ]{0,6}|\u{ff17}{1,3}").prop_map(|(head, tail)| format!("{head}{tail}"))
}

proptest! {
    /// A place that is taken has a code of its own, of a known length, below its parent, and below nothing that is no more.
    #[test]
    fn a_place_that_is_taken_fits_the_tree(parent in codes(), code in codes()) {
        let sent = sent(&[("parent", &parent), ("code", &code), ("zh", "Somewhere")]);
        match check(&sent).place(None) {
            Ok(place) => {
                prop_assert_eq!(place.code.as_str(), code.trim());
                prop_assert!(code.trim().starts_with(parent.trim()) && code.trim() != parent.trim());
                prop_assert!(DIRECTORY.place(&place.code).is_none(), "it is there already");
                let above: Vec<&Place> = place.code.upwards().skip(1).filter_map(|c| DIRECTORY.place(&c)).collect();
                prop_assert!(above.first().is_none_or(|p| p.retired_at.is_none()));
                prop_assert!(parent.trim().is_empty() || !above.is_empty());
            }
            Err(wrong) => prop_assert!(wrong.iter().all(|w| w.field == "code") && !wrong.is_empty()),
        }
    }

    /// A code one level below is always the next one that is a code at all.
    #[test]
    fn the_level_below_is_the_next(code in "[0-9]{20}", length in prop::sample::select(vec![2_usize, 4, 6, 9, 12, 15, 18])) {
        let place: PlaceCode = code[..length].parse().unwrap();
        let below: PlaceCode = code[..model::digits_below(&place).unwrap()].parse().unwrap();
        prop_assert_eq!(below.parent(), Some(place));
    }

    /// A community gets no part that its list does not let it have, in any category that the row names; another unit
    /// gets what it is given.
    #[test]
    fn a_row_of_the_duty_list_breaks_no_other_list(
        category in prop::sample::select(PACK.categories().iter().map(|c| c.code.clone()).collect::<Vec<_>>()),
        below in any::<bool>(),
        lead in any::<bool>(),
        community in any::<bool>(),
    ) {
        let (org, part) = (if community { "committee" } else { "firm" }, if lead { "lead" } else { "assist" });
        let ticked = if below { "on" } else { "" };
        let sent = sent(&[
            ("category", &category), ("below", ticked), ("place", "990101001001"), ("org", org), ("part", part), ("basis", "x"),
        ]);
        let named: Vec<Part> = PACK.categories().iter()
            .filter(|c| c.code == category || (below && c.code.starts_with(&format!("{category}."))))
            .map(|c| PACK.community_part(&c.code))
            .collect();
        let may = |p: &Part| if lead { *p == Part::Leads } else { *p != Part::Never };
        match check(&sent).duty(&PACK, DutyId::new()) {
            Ok(duty) => {
                prop_assert!(!community || named.iter().all(may));
                prop_assert_eq!(duty.part == Share::Lead, lead);
                prop_assert!(named.len() == PACK.categories().iter().filter(|c| model::names(&duty.category, &c.code)).count());
            }
            Err(wrong) => prop_assert!(community && !named.iter().all(may) && wrong[0].field == "part"),
        }
    }
}
