//! What a directorate changes in the rules of approval, held against its team.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use portevoix::config::policy::{PolicyOverride, check_policies};
use portevoix::domain::name::CommandWord;
use portevoix::domain::policy::{Confirm, Glyphs, Policy, Reminders};

use crate::config::{GOOD, parsed, problems, roles};

#[test]
fn a_changed_policy_is_held_against_the_team() {
    let policies = r#"
[[directorate.policy]]
command = "appel"
quorum = 0
required_roles = ["valideurs"]
grace_seconds = 7200
open_for_seconds = -1
confirm = "mot"

[[directorate.policy]]
command = "!Appel"
grace_second = 30

[[directorate.policy]]
command = "recit"
confirm = true
"#;
    assert_snapshot!(problems(&format!("{GOOD}{policies}")), @r#"
    portevoix.toml:34: `quorum` va de 1 à 20 (personnes), pas 0
    portevoix.toml:35: personne de l'équipe n'a le rôle « valideurs » ; vouliez-vous dire « valideur » ?
    portevoix.toml:36: `grace_seconds` va de 0 à 3600 (secondes), pas 7200
    portevoix.toml:37: `open_for_seconds` va de 60 à 2592000 (secondes), pas -1
    portevoix.toml:38: `confirm` vaut "reaction" ou "word", pas « mot »
    portevoix.toml:40: cette règle ne change rien ; donnez au moins une clé, par exemple : quorum = 2
    portevoix.toml:41: `!appel` a déjà une règle à la ligne 33 ; n'en gardez qu'une
    portevoix.toml:42: `grace_second` n'existe pas dans [[directorate.policy]] ; vouliez-vous dire `grace_seconds` ?
    portevoix.toml:46: `confirm` attend un texte entre guillemets, par exemple : confirm = "word"
    "#);
}

#[test]
fn a_policy_that_nobody_could_ever_meet_is_refused_before_an_officer_waits_for_it() {
    let policy = |quorum, required: &[&str], approvers: &[&str]| Policy {
        quorum,
        required_roles: roles(required),
        approver_roles: roles(approvers),
        open_for_seconds: 86_400,
        grace_seconds: 30,
        glyphs: Glyphs::default(),
        is_urgent: false,
        confirm: Confirm::Reaction,
        reminders: Reminders::default(),
    };
    let commands = BTreeMap::from([
        (CommandWord::from("appel"), policy(2, &[], &["valideur"])),
        (CommandWord::from("disparition"), policy(1, &["chef_de_service"], &[])),
        (CommandWord::from("info"), policy(1, &[], &[])),
        (CommandWord::from("prevention"), policy(1, &["redacteur"], &["valideur"])),
        (CommandWord::from("recit"), policy(1, &[], &["communication"])),
    ]);
    let mend = "\n[[directorate.policy]]\ncommand = \"appel\"\nquorum = 1\n\n[[directorate.policy]]\ncommand = \"recits\"\nquorum = 1\n";
    let config = parsed(&format!("{GOOD}{mend}"));
    assert_snapshot!(check_policies(&config, &commands).unwrap_err(), @"
    /etc/portevoix/portevoix.toml:8: `!disparition` exige la validation d'un « chef_de_service », et personne ne l'est (Police nationale de la Loire-Atlantique) ; donnez ce rôle à un membre ou changez `required_roles` dans [[directorate.policy]]
    /etc/portevoix/portevoix.toml:8: `!prevention` exige la validation de « redacteur » : sans l'auteur, qui ne vote pas, ces rôles ne sont jamais réunis parmi ceux qui peuvent valider ; donnez-les à d'autres membres ou changez `required_roles` dans [[directorate.policy]] (Police nationale de la Loire-Atlantique)
    /etc/portevoix/portevoix.toml:8: `!recit` ne peut être validé que par « communication », et personne ne l'est (Police nationale de la Loire-Atlantique) ; donnez ce rôle à un membre ou changez `approver_roles` dans [[directorate.policy]]
    /etc/portevoix/portevoix.toml:37: aucune commande ne s'appelle `!recits` ; vouliez-vous dire « recit » ?
    ");
    let commands = BTreeMap::from([(CommandWord::from("appel"), policy(2, &[], &["valideur"]))]);
    assert_snapshot!(check_policies(&parsed(GOOD), &commands).unwrap_err(), @"/etc/portevoix/portevoix.toml:8: `!appel` demande 2 validations, mais sans l'auteur, qui ne vote pas, une seule personne peut valider ; ajoutez des membres ou baissez `quorum` dans [[directorate.policy]] (Police nationale de la Loire-Atlantique)");
    let commands = BTreeMap::from([(CommandWord::from("info"), policy(1, &["redacteur", "valideur"], &[]))]);
    assert_snapshot!(check_policies(&parsed(GOOD), &commands).unwrap_err(), @"/etc/portevoix/portevoix.toml:8: `!info` exige la validation de « redacteur » et « valideur » : sans l'auteur, qui ne vote pas, ces rôles ne sont jamais réunis parmi ceux qui peuvent valider ; donnez-les à d'autres membres ou changez `required_roles` dans [[directorate.policy]] (Police nationale de la Loire-Atlantique)");
}

#[test]
fn a_changed_policy_keeps_what_it_does_not_name() {
    let policy = Policy {
        quorum: 2,
        required_roles: roles(&["chef_de_service"]),
        approver_roles: roles(&["valideur"]),
        open_for_seconds: 86_400,
        grace_seconds: 30,
        glyphs: Glyphs { approve: "👍".to_owned(), ..Glyphs::default() },
        is_urgent: true,
        confirm: Confirm::Reaction,
        reminders: Reminders::default(),
    };
    assert_eq!(PolicyOverride::default().apply(&policy), policy);
    let by_word = PolicyOverride { confirm: Some(Confirm::Word), ..PolicyOverride::default() };
    assert_eq!(by_word.apply(&policy), Policy { confirm: Confirm::Word, ..policy.clone() });
    let changes =
        PolicyOverride { required_roles: Some(BTreeSet::new()), grace_seconds: Some(0), ..PolicyOverride::default() };
    let changed = Policy { required_roles: BTreeSet::new(), grace_seconds: 0, ..policy.clone() };
    assert_eq!(changes.apply(&policy), changed);
}

#[test]
fn a_reminder_calls_roles_that_somebody_has_in_the_order_in_which_they_are_written() {
    let policy = |lines: &str| format!("{GOOD}\n[[directorate.policy]]\ncommand = \"appel\"\n{lines}\n");
    let config = parsed(&policy("remind_after_seconds = 600\nremind_roles = [\"valideur\", \"redacteur\"]"));
    let changes = &config.directorates[0].policies[0].changes;
    assert_eq!(changes.remind_roles, Some(vec!["valideur".into(), "redacteur".into()]));
    let wrong = problems(&policy("remind_roles = [\"valideurs\"]\ndeadline_near_seconds = 100_000"));
    assert!(wrong.contains("personne de l'équipe n'a le rôle « valideurs » ; vouliez-vous dire « valideur » ?"));
    assert!(wrong.contains("`deadline_near_seconds` va de 0 à 86400 (secondes), pas 100000"), "{wrong}");
}
