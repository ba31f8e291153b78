//! Who does what here: the unit that a category goes to at a place, and why. Pure.

use linli_engine::{
    directory::{Directory, Org, Share},
    ids::PlaceCode,
    pack::{Mark, Pack, Part},
};

use super::model::names;

/// Where a category goes at a place.
pub(super) struct Answer<'d> {
    /// The unit; none when not even the street office is there.
    pub org: Option<&'d Org>,
    /// Why it is this one.
    pub why: Why,
    /// Units that only assist by the office's own list, with the rule.
    pub assist: Vec<(&'d Org, &'d str)>,
    /// What part a community may have.
    pub community: Part,
}

/// Why a unit leads.
pub(super) enum Why {
    /// A row of the office's own list, with the rule it rests on.
    Own(String),
    /// The duty list of the pack, with its rule.
    Listed(String, Mark),
    /// The list names a function that no unit here has (or may lead with): the street office takes it.
    NoUnit(String),
    /// Nothing in the list speaks of it: the street office takes it.
    Unlisted,
}

/// Asks the directory as a dispatch does.
pub(super) fn answer<'d>(directory: &'d Directory, pack: &Pack, category: &str, place: &PlaceCode) -> Answer<'d> {
    let here = |share| {
        let rows = directory.duties().iter().filter(move |d| d.part == share && d.place.covers(place));
        rows.filter(|d| names(&d.category, category))
    };
    let lead = directory.lead(pack, category, place);
    let org = lead.as_ref().and_then(|lead| directory.org(lead.org.as_str()));
    let duty = pack.duty(category);
    let why = match (&lead, &duty.basis) {
        (Some(lead), _) if lead.listed && here(Share::Lead).next().is_some() => Why::Own(lead.basis.clone()),
        (Some(lead), Some(basis)) if lead.listed => Why::Listed(basis.text.clone(), basis.mark),
        (_, Some(_)) => Why::NoUnit(duty.function.clone()),
        (_, None) => Why::Unlisted,
    };
    let assist = here(Share::Assist).filter_map(|d| Some((directory.org(d.org.as_str())?, d.basis.as_str())));
    Answer { org, why, assist: assist.collect(), community: pack.community_part(category) }
}
