//! What a part of an address is.

/// What a part of an address is. The names in text are those of the common annotation of Chinese addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Label {
    /// A country.
    Country,
    /// A province or what ranks with it.
    Province,
    /// A city.
    City,
    /// A district, county or county-level city.
    District,
    /// A development zone, which is no division.
    Zone,
    /// A street office, town or township.
    Town,
    /// A community or village.
    Community,
    /// A road, or a group of a village.
    Road,
    /// The number at a road.
    RoadNumber,
    /// A road off a road.
    SideRoad,
    /// The number at a road off a road.
    SideRoadNumber,
    /// An estate, a building with a name, or any other known place.
    Estate,
    /// A part of an estate.
    EstatePart,
    /// A building of an estate.
    Building,
    /// A stairwell.
    Unit,
    /// A floor.
    Floor,
    /// A flat.
    Room,
    /// Who is found there: a shop, a firm, a person.
    Occupant,
    /// Where from what was named: opposite, at the gate.
    Hint,
    /// What says nothing of where it is, or says it again.
    Redundant,
    /// Something else.
    Other,
}

impl Label {
    /// All of them, each at its own number.
    pub const ALL: [Self; 21] = [
        Self::Country,
        Self::Province,
        Self::City,
        Self::District,
        Self::Zone,
        Self::Town,
        Self::Community,
        Self::Road,
        Self::RoadNumber,
        Self::SideRoad,
        Self::SideRoadNumber,
        Self::Estate,
        Self::EstatePart,
        Self::Building,
        Self::Unit,
        Self::Floor,
        Self::Room,
        Self::Occupant,
        Self::Hint,
        Self::Redundant,
        Self::Other,
    ];
    const NAMES: [&'static str; 21] = [
        "country",
        "prov",
        "city",
        "district",
        "devzone",
        "town",
        "community",
        "road",
        "roadno",
        "subroad",
        "subroadno",
        "poi",
        "subpoi",
        "houseno",
        "cellno",
        "floorno",
        "roomno",
        "person",
        "assist",
        "redundant",
        "otherinfo",
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The label of a name, in capitals or not.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let at = Self::NAMES.iter().position(|own| own.eq_ignore_ascii_case(name))?;
        Some(Self::ALL[at])
    }
}
