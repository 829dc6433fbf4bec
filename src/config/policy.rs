//! What a directorate wants otherwise than a command file says, and whether its team can meet what is asked of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::claims::Claimed;
use crate::config::findings::{Findings, Problem, Problems};
use crate::config::identifier::roles;
use crate::config::keys::POLICY;
use crate::config::section::{At, Section, guess};
use crate::config::settings::{Config, PolicySetting};
use crate::domain::directorate::{Directorate, Member};
use crate::domain::fold::fold;
use crate::domain::name::{CommandWord, RoleName};
use crate::domain::policy::{Confirm, Policy, Reminders};

/// The most persons whose approval can be asked: more than a brigade's supervisors never answer in time.
const MOST_VOTES: u32 = 20;

/// The shortest time a draft may stay open, in seconds: nobody reads and decides faster than a minute.
const SHORTEST_OPEN: u32 = 60;

/// The longest time a draft may stay open, in seconds: 30 days, after which the facts are not those approved.
const LONGEST_OPEN: u32 = 30 * 24 * 60 * 60;

/// The longest grace period, in seconds: an hour; a later publication is a matter of planning, not of grace.
const LONGEST_GRACE: u32 = 60 * 60;

/// The longest a draft waits before somebody is called, or is said to be due soon, in seconds: a day.
const LONGEST_REMINDER: u32 = 24 * 60 * 60;

/// Changes to the approval policy of one command; what is `None` stays as the command file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyOverride {
    /// How many persons must approve.
    pub quorum: Option<u32>,
    /// Roles that must each be held by one of those who approve.
    pub required_roles: Option<BTreeSet<RoleName>>,
    /// Roles that may approve and veto; empty means everyone on the team.
    pub approver_roles: Option<BTreeSet<RoleName>>,
    /// Seconds after which a draft that was not approved lapses.
    pub open_for_seconds: Option<u32>,
    /// Seconds between the last vote needed and publication.
    pub grace_seconds: Option<u32>,
    /// How an approval is given.
    pub confirm: Option<Confirm>,
    /// Seconds without a vote after which the next role is called; 0 for never.
    pub remind_after_seconds: Option<u32>,
    /// The roles that are called, in this order.
    pub remind_roles: Option<Vec<RoleName>>,
    /// Seconds before it is due at which it is said that it is not approved; 0 for never.
    pub deadline_near_seconds: Option<u32>,
}

impl PolicyOverride {
    /// The command's policy with these changes.
    pub fn apply(&self, policy: &Policy) -> Policy {
        Policy {
            quorum: self.quorum.unwrap_or(policy.quorum),
            required_roles: self.required_roles.as_ref().unwrap_or(&policy.required_roles).clone(),
            approver_roles: self.approver_roles.as_ref().unwrap_or(&policy.approver_roles).clone(),
            open_for_seconds: self.open_for_seconds.unwrap_or(policy.open_for_seconds),
            grace_seconds: self.grace_seconds.unwrap_or(policy.grace_seconds),
            glyphs: policy.glyphs.clone(),
            is_urgent: policy.is_urgent,
            confirm: self.confirm.unwrap_or(policy.confirm),
            reminders: Reminders {
                after_seconds: self.remind_after_seconds.unwrap_or(policy.reminders.after_seconds),
                roles: self.remind_roles.as_ref().unwrap_or(&policy.reminders.roles).clone(),
                deadline_near_seconds: self.deadline_near_seconds.unwrap_or(policy.reminders.deadline_near_seconds),
            },
        }
    }
}

/// Reads the `[[directorate.policy]]` tables of one directorate, in which somebody holds the roles `held`.
pub fn read(sections: &[Section<'_>], held: &BTreeSet<&str>, findings: &mut Findings) -> Vec<PolicySetting> {
    let mut commands = Claimed::default();
    let mut settings = Vec::new();
    for section in sections {
        let changes = PolicyOverride {
            quorum: section.number("quorum", "personnes", 1..=MOST_VOTES, findings),
            required_roles: held_roles(section, "required_roles", held, findings),
            approver_roles: held_roles(section, "approver_roles", held, findings),
            open_for_seconds: section.number("open_for_seconds", "secondes", SHORTEST_OPEN..=LONGEST_OPEN, findings),
            grace_seconds: section.number("grace_seconds", "secondes", 0..=LONGEST_GRACE, findings),
            remind_after_seconds: section.number("remind_after_seconds", "secondes", 0..=LONGEST_REMINDER, findings),
            remind_roles: called_roles(section, held, findings),
            deadline_near_seconds: section.number("deadline_near_seconds", "secondes", 0..=LONGEST_REMINDER, findings),
            confirm: section.choice("confirm", &Confirm::WORDS, findings).map(|confirm| confirm.value),
        };
        if !POLICY.keys.iter().any(|key| key.name != "command" && section.has(key.name)) {
            findings.missing(
                section.line,
                "cette règle ne change rien ; donnez au moins une clé, par exemple : quorum = 2",
            );
        }
        let Some(At { value: typed, line }) = section.needed_text("command", findings) else { continue };
        let command = CommandWord(fold(typed.trim_start_matches('!')));
        if let Some(earlier) = commands.claim(command.clone(), line) {
            findings.wrong(line, format!("`!{command}` a déjà une règle à la ligne {earlier} ; n'en gardez qu'une"));
        }
        settings.push(PolicySetting { command, changes, line });
    }
    settings
}

/// The roles to call, in their order.
fn called_roles(section: &Section<'_>, held: &BTreeSet<&str>, findings: &mut Findings) -> Option<Vec<RoleName>> {
    let names = held_names(section, "remind_roles", held, findings)?;
    let known = roles(&names, "remind_roles", findings);
    let mut in_order: Vec<RoleName> = Vec::new();
    for role in names.iter().map(|name| RoleName::from(name.value)) {
        if known.contains(&role) && !in_order.contains(&role) {
            in_order.push(role);
        }
    }
    Some(in_order)
}

/// Roles that somebody of the team holds; others are noted.
fn held_roles(
    section: &Section<'_>,
    key: &str,
    held: &BTreeSet<&str>,
    findings: &mut Findings,
) -> Option<BTreeSet<RoleName>> {
    let names = held_names(section, key, held, findings)?;
    Some(roles(&names, key, findings))
}

fn held_names<'t>(
    section: &Section<'t>,
    key: &str,
    held: &BTreeSet<&str>,
    findings: &mut Findings,
) -> Option<Vec<At<&'t str>>> {
    let names = section.texts(key, findings)?;
    for At { value: name, line } in names.iter().filter(|name| !held.contains(name.value)) {
        let guess = guess(name, held.iter().copied());
        findings.missing(*line, format!("personne de l'équipe n'a le rôle « {name} »{guess}"));
    }
    Some(names)
}

/// Holds the directorates against the commands: whether each changed policy names a command that exists, and whether
/// each team can meet each policy as changed. Aliases are not among `commands`.
///
/// # Errors
/// Every policy that can't be met, by directorate and command.
pub fn check_policies(config: &Config, commands: &BTreeMap<CommandWord, Policy>) -> Result<(), Problems> {
    let mut problems = Vec::new();
    let mut add = |line, message| problems.push(Problem { file: config.file.clone(), line, message });
    for directorate in &config.directorates {
        for setting in directorate.policies.iter().filter(|setting| !commands.contains_key(&setting.command)) {
            let guess = guess(setting.command.as_str(), commands.keys().map(CommandWord::as_str));
            add(setting.line, format!("aucune commande ne s'appelle `!{}`{guess}", setting.command));
        }
        for (command, policy) in commands {
            let setting = directorate.policies.iter().find(|setting| setting.command == *command);
            let policy = setting.map_or_else(|| policy.clone(), |setting| setting.changes.apply(policy));
            let line = setting.map_or(directorate.line, |setting| setting.line);
            for message in policy_problems(&directorate.directorate, command, &policy) {
                add(line, message);
            }
        }
    }
    problems.sort();
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

/// Why no draft of this command could ever be approved in this directorate; empty when one could.
///
/// Someone of the team writes the draft, and authors don't vote: whoever that is, the others must be able to carry it.
pub fn policy_problems(directorate: &Directorate, command: &CommandWord, policy: &Policy) -> Vec<String> {
    let team = &directorate.team;
    let place = &directorate.name;
    let held = || team.iter().map(|member| &member.roles).chain(directorate.groups.values());
    let is_held = |role: &RoleName| held().any(|roles| roles.contains(role));
    let unheld = policy.required_roles.iter().filter(|role| !is_held(role)).map(|role| {
        format!(
            "`!{command}` exige la validation d'un « {role} », et personne ne l'est ({place}) ; donnez ce rôle à un \
             membre ou changez `required_roles` dans [[directorate.policy]]"
        )
    });
    let mut problems: Vec<String> = unheld.collect();
    if !policy.approver_roles.is_empty() && !policy.approver_roles.iter().any(is_held) {
        let roles = listed(&policy.approver_roles, "ou");
        problems.push(format!(
            "`!{command}` ne peut être validé que par {roles}, et personne ne l'est ({place}) ; donnez ce rôle à un \
             membre ou changez `approver_roles` dans [[directorate.policy]]"
        ));
    }
    if problems.is_empty() {
        problems.extend(shortage(directorate, policy).map(|shortage| format!("`!{command}` {shortage} ({place})")));
    }
    problems
}

/// What is missing whoever writes, or `None` where some author's draft could be carried by the others.
/// How many people are in a group is for the chat to know: there may always be enough.
fn shortage(directorate: &Directorate, policy: &Policy) -> Option<String> {
    let team = &directorate.team;
    let groups: Vec<_> = directorate.groups.values().filter(|roles| policy.admits(roles)).collect();
    let approvers_beside = |author: &Member| -> Vec<&Member> {
        team.iter().filter(|member| !std::ptr::eq(*member, author) && policy.admits(&member.roles)).collect()
    };
    let has_all_roles = |approvers: &[&Member]| {
        let held = || approvers.iter().map(|approver| &approver.roles).chain(groups.iter().copied());
        policy.required_roles.iter().all(|role| held().any(|roles| roles.contains(role)))
    };
    let quorum = if groups.is_empty() { usize::try_from(policy.quorum).unwrap_or(usize::MAX) } else { 0 };
    let mut benches: Vec<Vec<&Member>> = team.iter().map(approvers_beside).collect();
    if !directorate.groups.is_empty() {
        // Someone of a group writes, who is not on the list.
        benches.push(team.iter().filter(|member| policy.admits(&member.roles)).collect());
    }
    if benches.iter().any(|approvers| approvers.len() >= quorum && has_all_roles(approvers)) {
        return None;
    }
    let most = benches.iter().map(Vec::len).max().unwrap_or(0);
    if most >= quorum {
        let roles = listed(&policy.required_roles, "et");
        return Some(format!(
            "exige la validation de {roles} : sans l'auteur, qui ne vote pas, ces rôles ne sont jamais réunis parmi ceux \
             qui peuvent valider ; donnez-les à d'autres membres ou changez `required_roles` dans [[directorate.policy]]"
        ));
    }
    let asked = if quorum == 1 { "une validation".to_owned() } else { format!("{quorum} validations") };
    let left = match most {
        0 => "personne ne peut valider".to_owned(),
        1 => "une seule personne peut valider".to_owned(),
        _ => format!("{most} personnes seulement peuvent valider"),
    };
    Some(format!(
        "demande {asked}, mais sans l'auteur, qui ne vote pas, {left} ; ajoutez des membres ou baissez `quorum` dans \
         [[directorate.policy]]"
    ))
}

fn listed(roles: &BTreeSet<RoleName>, link: &str) -> String {
    roles.iter().map(|role| format!("« {role} »")).collect::<Vec<_>>().join(&format!(" {link} "))
}
