//! What an officer sees of the answers to an appeal, scene by scene.

use insta::assert_snapshot;
use portevoix::leads::answer::{Answer, Kind};
use portevoix::leads::reading::Class;
use portevoix::leads::sorter::Change;

use crate::leads::stage::Case;

/// The kind that a text by itself is.
fn kind_of(text: &str) -> Class {
    let mut case = Case::new();
    case.hears(text);
    case.cards()[0].class
}

#[test]
fn an_account_is_told_from_what_only_sounds_like_one() {
    for text in [
        "J'ai vu une fille comme elle à la gare hier",
        "jlai vu tt a lheure place du boufay",
        "g vu manon ds le tram",
        "chui passé devant le lycée hier elle était assise là",
        "Je crois bien l'avoir croisée vers 19h",
        "Je l'ai même pas reconnue sur le coup mais je l'ai croisée à Rezé",
        "Vue ce matin gare de Nantes",
        "I saw her at the station",
        "ⓙ'ⓐⓘ ⓥⓤ Manon à la gare",
        "𝗝'𝗮𝗶 𝘃𝘂 cette fille rue de Verdun",
        "j'ai v\u{200B}u la petite devant le Carrefour",
        "شفتها في المحطة",
        "Ma caméra a filmé une fille au manteau beige cette nuit",
        "C'est pas elle que j'ai croisée hier au McDo de Commerce ?",
    ] {
        assert_eq!(kind_of(text), Class::FirstHand, "{text}");
    }
    for text in [
        "j'ai pas vu",
        "J'ai rien vu désolé",
        "si je la vois j'appelle",
        "J'espère qu'on va la retrouver",
        "j'ai vu l'info à la télé",
        "j'ai vu passer ce tweet",
        "j'ai vu l'affiche à la boulangerie",
        "mon fils l'a vue à la gare",
        "il paraît qu'elle est à Angers",
        "J'ai entendu dire qu'elle a fugué",
        "vu le temps qu'il fait bon courage",
        "Moi aussi j'ai fugué il y a dix ans",
        "Merci !",
        "🙏🙏",
    ] {
        assert_ne!(kind_of(text), Class::FirstHand, "{text}");
    }
}

#[test]
fn the_first_card_is_a_witness_and_says_why() {
    let mut case = Case::new();
    case.hears("Courage à la famille 🙏");
    case.hears("merci");
    case.hears("J'ai croisé une fille au manteau beige place du Boufay vers 18h, elle pleurait");
    case.hears("Ma sœur l'a vue à Rezé");
    case.hears("c'est son beau-père, cherchez pas");
    case.hears("Appelez-moi au 06 39 98 41 27");
    assert_snapshot!(case.reads(), @"
    1. 3 — témoin direct : « j'ai vu » ; lieu : Place du Bouffay ; heure : 18h00 ; correspond à l'appel : beige, manteau ; description : pleurait ; heure proche de celle de l'appel
    2. 4 — un proche a vu : à faire rappeler ; lieu : Rezé
    3. 5 [accusation] — 1 message qui désigne quelqu'un
    4. 6 [pii] — 1 message sans rapport visible
    5. 1 — 1 message de soutien
    6. 2 — 1 remerciement
    ");
}

#[test]
fn copies_are_one_card_and_what_a_copy_adds_is_named() {
    let mut case = Case::new();
    case.hears("Je l'ai croisée hier soir à l'arrêt Commerce, elle attendait le tram avec un garçon plus grand");
    case.hears("TROUVÉ !! RT @lea : Je l'ai croisée hier soir à l'arrêt Commerce, elle attendait le tram avec un garçon plus grand 😱");
    case.hears("je l'ai croisee hier soir a l'arret Commerce elle attendait le tram avec un garçon plus grand #Manon https://t.co/x");
    case.hears("Je l'ai croisée hier soir à l'arrêt Commerce, elle attendait le tram avec un garçon plus grand. Il avait une casquette noire");
    case.hears("@paul regarde : « Je l'ai croisée hier soir à l'arrêt Commerce, elle attendait le tram avec un… »");
    let cards = case.cards();
    assert_eq!((cards.len(), cards[0].members.len()), (1, 5));
    assert_eq!((cards[0].members[0].as_str(), cards[0].new_facts.clone()), ("1", vec!["4".to_owned()]));
}

#[test]
fn witnesses_who_say_the_same_in_their_own_words_corroborate() {
    let mut case = Case::new();
    case.hears("J'ai vu une fille avec un sac rouge place du Bouffay vers 19h");
    case.hears("Bonsoir, je l'ai aperçue moi aussi au Bouffay vers 19h10, elle était seule");
    case.hears("J'ai vu une fille avec un sac rouge à Saint-Herblain vers 22h");
    let cards = case.cards();
    assert_eq!(cards.len(), 3);
    let corroborated =
        cards.iter().filter(|card| card.reasons.iter().any(|reason| reason == "corroboré par 1 autre récit"));
    assert_eq!(corroborated.count(), 2);
}

#[test]
fn an_author_who_goes_on_telling_has_one_card() {
    let mut case = Case::new();
    case.hears_from("lea", "Je crois que je l'ai vue hier !!");
    let change = case.hears_from("lea", "j'ajoute : j'ai vu qu'elle avait un sac rouge, rue de Verdun vers 20h");
    assert!(matches!(change, Change::Added(..)), "{change:?}");
    let cards = case.cards();
    assert_eq!((cards.len(), cards[0].new_facts.clone()), (1, vec!["2".to_owned()]));
}

#[test]
fn an_edit_moves_an_answer_and_a_deletion_is_told() {
    let mut case = Case::new();
    case.hears("merci");
    case.hears("merci");
    let edited =
        Answer { id: "2".to_owned(), text: "J'ai vu Manon à la gare vers 18h".to_owned(), ..Answer::default() };
    assert!(matches!(case.takes(edited.clone()), Change::Founded(_)));
    assert!(matches!(case.takes(edited), Change::Repeated(_)));
    let cards = case.cards();
    assert_eq!((cards.len(), cards[0].members.clone()), (2, vec!["2".to_owned()]));
    assert!(matches!(case.deletes("2"), Change::Deleted(_)));
    assert!(case.cards()[0].reasons.contains(&"effacé depuis par son auteur".to_owned()));
    assert_eq!(case.deletes("9"), Change::Unknown);
}

#[test]
fn a_repost_without_words_is_with_what_it_reposts_whichever_came_first() {
    let repost = |id: &str, of: &str| Answer {
        id: id.to_owned(),
        kind: Kind::Repost,
        in_reply_to: Some(of.to_owned()),
        ..Answer::default()
    };
    let mut case = Case::new();
    case.takes(repost("r1", "1b"));
    case.takes(repost("r2", "appel"));
    case.takes(Answer {
        id: "1b".to_owned(),
        text: "J'ai vu Manon à la gare vers 18h".to_owned(),
        ..Answer::default()
    });
    case.takes(repost("r3", "1b"));
    let cards = case.cards();
    assert_eq!(cards[0].members, ["1b", "r1", "r3"]);
    assert_eq!(cards[1].members, ["r2"]);
}

#[test]
fn personal_data_and_accusations_are_marked_and_the_appeals_own_are_not() {
    let marks_of = |text: &str| {
        let mut case = Case::new();
        case.hears(text);
        case.cards()[0].marks.words().join(" ")
    };
    for (text, marks) in [
        ("appelez le 02 61 91 44 17", ""),
        ("appelez moi 06.39.98.41.27", "pii"),
        ("écrivez à lea@example.org", "pii"),
        ("plaque CT-418-ZR", "pii"),
        ("il habite 12 rue des Lilas", "pii"),
        ("devant le lycée Jean Moulin hier", ""),
        ("c'est Kevin Martin du 3e", "pii accusation"),
        ("@kev_44 c'est lui le coupable", "pii accusation"),
        ("c'est son beau-père", "accusation"),
        ("c'est pas son beau-père", ""),
        ("c'est la faute de Macron", ""),
        ("merci", ""),
    ] {
        assert_eq!(marks_of(text), marks, "{text}");
    }
}
