//! Puts what the bot has to say in the words of a language: the sentences are in `fr.ftl` and `en.ftl`.

use std::collections::BTreeMap;
use std::fmt::Display;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::error;
use unic_langid::{LanguageIdentifier, langid};

use crate::command::clean::harmless;
use crate::command::french_plan::{self, Twice};
use crate::domain::cost::Price;
use crate::domain::directorate::{Directorate, Language};
use crate::domain::name::PersonId;

/// The bot's voice, in every language that it speaks.
pub struct Speaker {
    french: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

/// Those who hear it: their language, their names, their clock.
#[derive(Clone, Copy)]
pub struct Audience<'a> {
    /// Whose rooms.
    pub directorate: &'a Directorate,
    /// The zone in which they say hours.
    pub time_zone: &'a TimeZone,
    /// What those are called who are on the team by a group of their chat's.
    pub names: &'a BTreeMap<PersonId, String>,
}

/// A sentence's variables, by name.
pub(in crate::wording) type Variables<'a> = &'a [(&'static str, &'a dyn Display)];

impl Default for Speaker {
    fn default() -> Self {
        Self {
            french: bundle(langid!("fr"), include_str!("fr.ftl")),
            english: bundle(langid!("en"), include_str!("en.ftl")),
        }
    }
}

impl Speaker {
    /// A sentence by its name. Variables that are whole numbers choose the plural; whatever comes from outside can
    /// neither end its line nor turn its direction.
    pub(in crate::wording) fn sentence(&self, audience: &Audience<'_>, name: &str, variables: Variables<'_>) -> String {
        let bundle = match audience.directorate.language {
            Language::Fr => &self.french,
            Language::En => &self.english,
        };
        let mut arguments = FluentArgs::new();
        for (variable, value) in variables {
            let text = harmless(&value.to_string());
            // Only what reads back as it is written is a number: `007` stays `007`.
            match text.parse::<u32>() {
                Ok(number) if number.to_string() == text => arguments.set(*variable, FluentValue::from(number)),
                Ok(_) | Err(_) => arguments.set(*variable, text),
            }
        }
        let Some(pattern) = bundle.get_message(name).and_then(|message| message.value()) else {
            error!(name, "a sentence is missing");
            return name.to_owned();
        };
        let mut mistakes = Vec::new();
        let sentence = bundle.format_pattern(pattern, Some(&arguments), &mut mistakes).into_owned();
        if !mistakes.is_empty() {
            error!(name, ?mistakes, "a sentence lacks a variable");
        }
        sentence
    }
}

impl Audience<'_> {
    /// What colleagues call a person.
    pub(in crate::wording) fn name(&self, person: &PersonId) -> String {
        if let Some(member) = self.directorate.member(person) {
            return member.name.clone();
        }
        let Some(name) = self.names.get(person) else { return person.to_string() };
        // Whoever calls themselves like a colleague is told apart by the end of their id.
        let is_taken = self.directorate.team.iter().any(|member| member.name == *name)
            || self.names.iter().any(|(other, theirs)| other != person && theirs == name);
        let end: String = person.as_str().chars().skip(person.as_str().chars().count().saturating_sub(4)).collect();
        if is_taken { format!("{name} (…{end})") } else { name.clone() }
    }

    /// An amount of US dollars to the cent, or to the thousandth where there are any: `0,20 $`, `0,015 $`.
    pub(in crate::wording) fn price(&self, price: Price) -> String {
        let (dollars, thousandths) = (price.0 / 1_000, price.0 % 1_000);
        let decimals = if thousandths.is_multiple_of(10) {
            format!("{:02}", thousandths / 10)
        } else {
            format!("{thousandths:03}")
        };
        match self.directorate.language {
            Language::Fr => format!("{dollars},{decimals}\u{a0}$"),
            Language::En => format!("${dollars}.{decimals}"),
        }
    }

    /// A time of day with its date, as it is said: `12/03 à 23 h 10`.
    pub(in crate::wording) fn time(&self, time: Timestamp) -> String {
        let form = match self.directorate.language {
            Language::Fr => "%d/%m à %-H h %M",
            Language::En => "%d/%m at %-H:%M",
        };
        time.to_zoned_datetime(self.time_zone.clone()).strftime(form).to_string()
    }

    /// A time in full, as nobody can take it for another: `vendredi 27 novembre 2026 à 18 h 00`.
    pub(in crate::wording) fn in_full(&self, time: Timestamp) -> String {
        let local = time.to_zoned_datetime(self.time_zone.clone());
        match self.directorate.language {
            Language::Fr => french_plan::say(&local),
            Language::En if french_plan::twice(&local).is_some() => {
                local.strftime("%A %-d %B %Y at %-H:%M (%Z)").to_string()
            }
            Language::En => local.strftime("%A %-d %B %Y at %-H:%M").to_string(),
        }
    }

    /// Whether the same hour comes once more that night, when clocks are set back.
    pub(in crate::wording) fn is_first_of_two(&self, time: Timestamp) -> bool {
        french_plan::twice(&time.to_zoned_datetime(self.time_zone.clone())) == Some(Twice::First)
    }

    /// A time of day to the second, for what is about to happen: `23 h 10 min 05`.
    pub(in crate::wording) fn moment(&self, time: Timestamp) -> String {
        let form = match self.directorate.language {
            Language::Fr => "%-H h %M min %S",
            Language::En => "%-H:%M:%S",
        };
        time.to_zoned_datetime(self.time_zone.clone()).strftime(form).to_string()
    }
}

fn bundle(language: LanguageIdentifier, sentences: &'static str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // No invisible isolation marks around variables: what is shown is exactly what is written.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(sentences.to_owned()).unwrap_or_else(|(resource, mistakes)| {
        error!(?mistakes, "the sentences have mistakes");
        resource
    });
    bundle.add_resource_overriding(resource);
    bundle
}
