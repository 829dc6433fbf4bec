//! What officers type, how it is read, and what comes of it.

mod clean;
mod dates;
mod files;
mod help;
#[cfg(feature = "discord")]
mod offered;
mod parse;
mod plans;
mod render;
mod shipped;
mod values;

use std::collections::BTreeMap;

use jiff::ZonedDateTime;
use jiff::civil::date;
use jiff::tz::TimeZone;
use portevoix::command::catalog::{Catalog, Lookup};
use portevoix::command::spec::Spec;
use portevoix::domain::draft::Filled;
use portevoix::domain::name::{FieldName, MessageId};

/// Saturday 14 March 2026, 23:30, by the officer's clock.
fn now() -> ZonedDateTime {
    TimeZone::fixed(jiff::tz::offset(1)).to_zoned_datetime(date(2026, 3, 14).at(23, 30, 0, 0)).unwrap()
}

fn shipped() -> Catalog {
    Catalog::builtin().unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

fn command(word: &str) -> Spec {
    match shipped().find(word) {
        Lookup::Found(spec) => spec.clone(),
        Lookup::Unknown { nearest } => panic!("no command {word}, nearest {nearest:?}"),
    }
}

fn lines<T: ToString>(things: &[T]) -> String {
    things.iter().map(T::to_string).collect::<Vec<_>>().join("\n")
}

/// Fields as the engine keeps them.
fn filled(fields: BTreeMap<FieldName, String>) -> BTreeMap<FieldName, Filled> {
    let from = MessageId::from("$message");
    fields.into_iter().map(|(name, value)| (name, Filled { value, from: from.clone(), is_internal: false })).collect()
}
