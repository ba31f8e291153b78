//! What a desk keeps for those who work at it: saved views, drafts, ready-made texts, hand-overs from shift to shift,
//! covers of seats, how much lies with each unit, and what
//! many write about. Staff matters live in the deployment's home jurisdiction; a draft
//! lives with its case.

pub mod cover;
pub mod drafts;
pub mod handover;
pub mod hot;
pub mod load;
pub mod phrases;
pub mod views;
