//! Reads who must approve what a command drafts: the `[policy]` of a command file.

use std::collections::BTreeSet;

use crate::command::section::Section;
use crate::domain::name::RoleName;
use crate::domain::policy::{Confirm, Glyphs, Policy, Reminders, bare};

/// More persons than any duty team has.
const MOST_APPROVERS: u32 = 20;
/// A draft can wait from a minute to thirty days.
const OPEN_FOR_SECONDS: std::ops::RangeInclusive<u32> = 60..=2_592_000;
/// A day, unless the file says otherwise.
const DEFAULT_OPEN_FOR_SECONDS: u32 = 86_400;
/// Up to a day.
const GRACE_SECONDS: std::ops::RangeInclusive<u32> = 0..=86_400;
/// Time to see a slip and tap ⏸, unless the file says otherwise.
const DEFAULT_GRACE_SECONDS: u32 = 30;
/// From a minute, faster than which nobody reads and decides, to a day.
const REMIND_AFTER_SECONDS: std::ops::RangeInclusive<u32> = 60..=86_400;
/// Up to a day.
const DEADLINE_NEAR_SECONDS: std::ops::RangeInclusive<u32> = 0..=86_400;
/// Time to find a supervisor, unless the file says otherwise.
const DEFAULT_DEADLINE_NEAR_SECONDS: u32 = 1_800;

/// Reads `[policy]`. A command without one gets a policy that nothing asks for.
pub fn read(root: &Section<'_>) -> Policy {
    let mut policy = Policy {
        quorum: 1,
        required_roles: BTreeSet::new(),
        approver_roles: BTreeSet::new(),
        open_for_seconds: DEFAULT_OPEN_FOR_SECONDS,
        grace_seconds: DEFAULT_GRACE_SECONDS,
        glyphs: Glyphs::default(),
        is_urgent: false,
        confirm: Confirm::default(),
        reminders: Reminders { deadline_near_seconds: DEFAULT_DEADLINE_NEAR_SECONDS, ..Reminders::default() },
    };
    let Some(section) = root.section("policy", "[policy]") else { return policy };
    if !section.has("quorum") {
        section
            .report(section.line, "il manque « quorum » : écrivez le nombre de personnes qui approuvent, quorum = 2");
    }
    let roles = |key| section.texts(key).into_iter().map(|role| RoleName(role.value)).collect();
    policy.quorum = section.number("quorum", 1..=MOST_APPROVERS).unwrap_or(1);
    policy.required_roles = roles("required_roles");
    policy.approver_roles = roles("approver_roles");
    policy.open_for_seconds = section.number("open_for_seconds", OPEN_FOR_SECONDS).unwrap_or(DEFAULT_OPEN_FOR_SECONDS);
    policy.grace_seconds = section.number("grace_seconds", GRACE_SECONDS).unwrap_or(DEFAULT_GRACE_SECONDS);
    policy.is_urgent = section.flag("urgent");
    policy.confirm = confirm(&section);
    policy.reminders = reminders(&section);
    if let Some(glyphs) = section.section("glyphs", "[policy.glyphs]") {
        let own =
            |key, glyph: &mut String| *glyph = glyphs.optional_text(key).map_or_else(|| glyph.clone(), |own| own.value);
        own("approve", &mut policy.glyphs.approve);
        own("veto", &mut policy.glyphs.veto);
        own("hold", &mut policy.glyphs.hold);
        let distinct: BTreeSet<String> =
            [&policy.glyphs.approve, &policy.glyphs.veto, &policy.glyphs.hold].map(|glyph| bare(glyph)).into();
        if distinct.len() < 3 {
            glyphs.report(glyphs.line, "deux symboles sont les mêmes : choisissez-en trois différents");
        }
        glyphs.end();
    }
    section.end();
    policy
}

fn reminders(section: &Section<'_>) -> Reminders {
    let roles: Vec<RoleName> = section.texts("remind_roles").into_iter().map(|role| RoleName(role.value)).collect();
    let after_seconds = section.number("remind_after_seconds", REMIND_AFTER_SECONDS).unwrap_or(0);
    if section.has("remind_roles") != section.has("remind_after_seconds") {
        let advice = "écrivez remind_after_seconds = 900 et remind_roles = [\"valideur\"]";
        section.report(section.line, format!("un rappel a besoin d'un délai et de rôles : {advice}"));
    }
    let near = section.number("deadline_near_seconds", DEADLINE_NEAR_SECONDS);
    Reminders { after_seconds, roles, deadline_near_seconds: near.unwrap_or(DEFAULT_DEADLINE_NEAR_SECONDS) }
}

fn confirm(section: &Section<'_>) -> Confirm {
    let Some(given) = section.optional_text("confirm") else { return Confirm::default() };
    let known = Confirm::WORDS.into_iter().find(|(word, _)| *word == given.value.trim());
    if known.is_none() {
        let advice = "écrivez \"reaction\" (un signe suffit) ou \"word\" (l'empreinte de la carte, tapée en réponse)";
        section.report(given.line, format!("« confirm » ne peut pas valoir « {} » : {advice}", given.value));
    }
    known.map_or_else(Confirm::default, |(_, confirm)| confirm)
}
