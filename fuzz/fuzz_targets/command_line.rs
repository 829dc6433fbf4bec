//! A message as typed: cleaned, read as each command, rendered for each network.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portevoix::command::action::Action;
use portevoix::command::catalog::Catalog;
use portevoix::command::clean::{clean, harmless};
use portevoix::command::parse;
use portevoix::command::render::{Album, Destination, render};
use portevoix::command::spec::Spec;
use portevoix::command::template::Speaker;
use portevoix::domain::directorate::{Account, NetworkKind, Visibility};
use portevoix::domain::draft::Blocker;
use portevoix::domain::name::DirectorateCode;
use portevoix::domain::notice::Problem;
use portevoix::domain::seal::{Seal, Word};
use portevoix::domain::text::Limits;
use portevoix_fuzz::now;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().expect("our own files are sound"));

static DESTINATIONS: LazyLock<Vec<Destination>> = LazyLock::new(|| {
    let networks = [NetworkKind::X, NetworkKind::Mastodon, NetworkKind::Bluesky, NetworkKind::File];
    let destination = |network: NetworkKind| Destination {
        account: Account {
            name: network.label().into(),
            network,
            visibility: Visibility::Public,
            language: "fr".to_owned(),
        },
        limits: Limits::default_of(network),
        prices: None,
    };
    networks.map(destination).into()
});

fuzz_target!(|text: &str| {
    let shown = harmless(text);
    assert_eq!(harmless(&shown), shown, "what is harmless stays as it is");
    if let Some(word) = Word::read(text) {
        assert_eq!(Word::read(word.as_str()), Some(word));
    }
    let _ = Word::is_meant(text);
    let Ok(cleaned) = clean(text) else { return };
    assert_eq!(clean(&cleaned).as_deref(), Ok(cleaned.as_str()), "what is clean stays as it is");
    let typed = parse::command_line(&cleaned);
    if let Some(typed) = &typed {
        let _ = CATALOG.find(typed.word);
        let _ = parse::draft_number(typed.rest);
    }
    let rest = typed.map_or(cleaned.as_str(), |typed| typed.rest);
    // One command a time, whichever the text's length says: reading it as each costs as many times as much.
    let drafts: Vec<&Spec> = CATALOG.specs().filter(|spec| spec.action == Action::Draft).collect();
    read(drafts[rest.len() % drafts.len()], rest);
});

fn read(spec: &Spec, rest: &str) {
    let now = now();
    let _ = parse::named_fields(spec, rest, &now);
    for field in spec.fields.iter().take(3) {
        let _ = parse::answer(spec, Some(&field.name), rest, &now);
    }
    let Ok(values) = parse::fields(spec, rest, &now) else { return };
    let fields = spec.filled(values, &"message".into());
    let code = DirectorateCode::from("44");
    let speaker = Speaker { name: "la direction 44", code: &code };
    let content = render(spec, &fields, Album { pictures: &[], coming: &[] }, speaker, &DESTINATIONS);
    assert_eq!(content.targets.len(), DESTINATIONS.len());
    for target in &content.targets {
        match clean(&target.text) {
            Ok(again) => assert_eq!(again, target.text, "what goes out is not what was typed"),
            Err(Problem::TooLong { .. }) => {}
            Err(problem) => panic!("{problem} would go out: {:?}", target.text),
        }
        let is_told = content
            .blockers
            .iter()
            .any(|blocker| matches!(blocker, Blocker::TooLong { account, .. } if *account == target.account));
        assert_eq!(is_told, target.length.over > 0, "a text that is too long can be voted on");
    }
    let number = "44-1".parse().expect("it is a number");
    let seal = Seal::of(&number, &content.targets, &content.pictures);
    assert_eq!(Word::read(&seal.short()), Some(seal.word()));
}
