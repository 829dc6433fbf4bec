//! What Bluesky makes of a text, without any server: facets and record keys.

use portevoix::network::bluesky::facets::{Feature, detect};
use portevoix::network::bluesky::record::record_key;

use crate::harness::post::Wanted;

/// Checks the facets of a text: each as the exact part it covers, and where it leads.
fn check(text: &str, expected: &[(&str, &str)]) {
    let facets = detect(text);
    let found: Vec<(&str, String)> = facets
        .iter()
        .map(|facet| {
            let leads_to = match &facet.feature {
                Feature::Link(uri) => format!("link {uri}"),
                Feature::Tag(tag) => format!("tag {tag}"),
                Feature::Mention(handle) => format!("mention {handle}"),
            };
            (&text[facet.bytes.clone()], leads_to)
        })
        .collect();
    let expected: Vec<(&str, String)> = expected.iter().map(|(part, leads)| (*part, (*leads).to_owned())).collect();
    assert_eq!(found, expected, "{text}");
    assert!(facets.windows(2).all(|pair| pair[0].bytes.end <= pair[1].bytes.start), "{text}");
}

#[test]
fn places_are_counted_in_bytes() {
    let facets = detect("é👮🏽‍♀️ #Été https://a.fr");
    let places: Vec<_> = facets.into_iter().map(|facet| facet.bytes).collect();
    assert_eq!(places, [20..26, 27..39]);
}

#[test]
fn links_are_found_without_the_sentence_around_them() {
    check("Voir https://a.fr/b?c=d#e.", &[("https://a.fr/b?c=d#e", "link https://a.fr/b?c=d#e")]);
    check("(https://a.fr/b)", &[("https://a.fr/b", "link https://a.fr/b")]);
    check(
        "https://fr.wikipedia.org/wiki/Nantes_(ville)",
        &[("https://fr.wikipedia.org/wiki/Nantes_(ville)", "link https://fr.wikipedia.org/wiki/Nantes_(ville)")],
    );
    check("« https://a.fr/b » !", &[("https://a.fr/b", "link https://a.fr/b")]);
    check("https://a.fr/b…\u{a0}»,", &[("https://a.fr/b", "link https://a.fr/b")]);
    check("HTTPS://A.FR", &[("HTTPS://A.FR", "link HTTPS://A.FR")]);
    check("https://a.fr/été", &[("https://a.fr/été", "link https://a.fr/%C3%A9t%C3%A9")]);
    check("https:// http://) ftp://a.fr", &[]);
}

#[test]
fn domains_without_a_scheme_are_links_when_they_end_as_known_ones_do() {
    check(
        "www.masecurite.interieur.gouv.fr.",
        &[("www.masecurite.interieur.gouv.fr", "link https://www.masecurite.interieur.gouv.fr")],
    );
    check("(nantes.fr/plan?a=1)", &[("nantes.fr/plan?a=1", "link https://nantes.fr/plan?a=1")]);
    check("Infos : nantes.fr:", &[("nantes.fr", "link https://nantes.fr")]);
    check("vol.Merci 18h.30 3.50 M.Durand police44@interieur.gouv.fr jean.fr@interieur.gouv.fr", &[]);
}

#[test]
fn hashtags_keep_their_accents() {
    check(
        "#AppelÀTémoins #Été\u{a0}! #e\u{301}te\u{301},",
        &[
            ("#AppelÀTémoins", "tag AppelÀTémoins"),
            ("#Été", "tag Été"),
            ("#e\u{301}te\u{301}", "tag e\u{301}te\u{301}"),
        ],
    );
    check(
        "#Nantes.\n#44Nantes #Loire-Atlantique",
        &[("#Nantes", "tag Nantes"), ("#44Nantes", "tag 44Nantes"), ("#Loire-Atlantique", "tag Loire-Atlantique")],
    );
    check("#17 n°1 # #! a#b (#c ##", &[]);
    check(&format!("#{}", "a".repeat(64)), &[(&format!("#{}", "a".repeat(64)), &format!("tag {}", "a".repeat(64)))]);
    check(&format!("#{}", "a".repeat(65)), &[]);
}

#[test]
fn mentions_have_the_form_of_a_handle() {
    check(
        "Merci @police44.bsky.social, @a.fr. (@b.fr)",
        &[
            ("@police44.bsky.social", "mention police44.bsky.social"),
            ("@a.fr", "mention a.fr"),
            ("@b.fr", "mention b.fr"),
        ],
    );
    check("@PNationale @a..fr @-a.fr @1.2 a@b.fr @", &[]);
}

#[test]
fn nothing_lies_inside_something_else() {
    check(
        "https://a.fr/#tag/@b.fr #c@d.fr",
        &[("https://a.fr/#tag/@b.fr", "link https://a.fr/#tag/@b.fr"), ("#c@d.fr", "tag c@d.fr")],
    );
    check("", &[]);
    check(" \n\t", &[]);
}

#[test]
fn a_record_key_is_a_tid_of_the_second_of_the_decision() {
    const LETTERS: &str = "234567abcdefghijklmnopqrstuvwxyz";
    let key = |serial| record_key(&Wanted::text("Peu importe").serial(serial).approved());
    let number = |key: &str| key.chars().fold(0_u64, |n, c| n << 5 | u64::try_from(LETTERS.find(c).unwrap()).unwrap());

    let keys: std::collections::BTreeSet<String> = (1..=5_000).map(key).collect();

    assert_eq!(keys.len(), 5_000, "posts of one instant have keys of their own");
    for key in &keys {
        assert_eq!(key.len(), 13);
        assert!(number(key) < 1 << 63);
        assert_eq!(number(key) >> 10, number(key) / 1024);
        let second = (number(key) >> 10) / 1_000_000;
        assert_eq!(second, u64::try_from(Wanted::text("").decided_at.as_second()).unwrap());
    }
    assert_eq!(key(7), key(7));
}
