//! When that begins which a draft announces, as far as its fields say so.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use crate::command::field::FieldKind;
use crate::command::french_time::{Clock, Day, Moment, Time};
use crate::command::spec::Spec;
use crate::domain::draft::Filled;
use crate::domain::name::FieldName;

/// The first moment that lies ahead among the days and hours of these fields. Of a day without an hour it is its
/// beginning.
pub fn happens_at(spec: &Spec, fields: &BTreeMap<FieldName, Filled>, now: &ZonedDateTime) -> Option<Timestamp> {
    let dates = spec.fields.iter().filter(|field| matches!(field.kind, FieldKind::DateTime | FieldKind::Date));
    let values = dates.filter_map(|field| fields.get(&field.name));
    let moments = values.filter_map(|filled| begins(&Moment::read(&filled.value, now)?, now));
    moments.filter(|at| *at > now.timestamp()).min()
}

fn begins(moment: &Moment, now: &ZonedDateTime) -> Option<Timestamp> {
    let whole = |hour| Clock { hour, minute: 0 };
    let clock = match moment.time {
        None => whole(0),
        Some(Time::Morning) => whole(6),
        Some(Time::Afternoon) => whole(12),
        Some(Time::Evening) => whole(18),
        Some(Time::At(clock) | Time::About(clock) | Time::Between(clock, _)) => clock,
    };
    let at = |date: Date, clock: Clock| {
        let moment = date.at(clock.hour, clock.minute, 0, 0);
        now.time_zone().to_ambiguous_timestamp(moment).compatible().ok()
    };
    match moment.day {
        Day::On(date) | Day::Between(date, _) => at(date, clock),
        // A night begins in the evening; whichever of its hours is meant is later.
        Day::Night(evening) => at(evening, whole(20)),
    }
}
