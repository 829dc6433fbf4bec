//! How long a text is on each network, held against the networks' own test vectors.

use std::time::{Duration, Instant};

use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::text::{Length, Limits, links, measure};

fn used(network: NetworkKind, text: &str) -> u32 {
    measure(text, &Limits::default_of(network)).used
}

fn check_x(table: &[(&str, u32)]) {
    for (text, expected) in table {
        assert_eq!(used(NetworkKind::X, text), *expected, "{text}");
    }
}

/// `lengths` and `WeightedTweetsWithDiscountedEmojiCounterTest` of twitter-text's conformance/validate.yml.
#[test]
fn x_counts_as_the_conformance_vectors_of_twitter_text_do() {
    let x11 = "xxxxxxxxxx-";
    let kana = "あいうえおかきくけこ";
    let poem = "故人西辞黄鹤楼，烟花三月下扬州。孤帆远影碧空尽，唯见长江天际流。朱雀桥边野草花，乌衣巷口夕阳斜。旧时王谢堂前燕，\
                飞入寻常百姓家。朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。泪湿罗巾梦不成，夜深前殿按歌声。\
                红颜未老恩先断，斜倚薰笼坐到明。独在异乡为异客，每逢佳节倍思亲。遥知兄弟登高处，遍插茱萸少一人。";
    check_x(&[
        ("", 0),
        ("This is a test.", 15),
        ("http://test.com", 23),
        ("https://test.com", 23),
        ("test.com", 23),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("Hi http://test.co", 26),
        ("http://test.co", 23),
        (&format!("285 chars-{}", x11.repeat(25)), 285),
        (&format!("285 chars- http://www.twitter.com/jack {}", x11.repeat(24)), 299),
        (&format!("{} http://www.twitter.com/jack ", x11.repeat(24)), 289),
        (&"https://www.twitter.com/aloha ".repeat(10), 240),
        (poem, 320),
        (&format!("the{poem}"), 323),
        (&"😷".repeat(160), 320),
        ("A\u{301}B", 2),
        ("A\u{FB2C}", 4),
        (&format!("282 chars-{}xxxxxA\u{301}x", x11.repeat(24)), 281),
        ("H🐱☺👨\u{200D}👩\u{200D}👧\u{200D}👦", 7),
        ("😷👾😡🔥💩", 10),
        ("🙋🏽👨\u{200D}🎤", 4),
        (
            "This is a tweet with general punctuation characters: \
             \u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{200B} \
             ‐ ‑ ‒ – — ― ‖  ‗ ‘ ’ ‚ ‛ “ ” „ ‟ ′ ″ ‴ ‵ ‶ ‷",
            110,
        ),
        ("randomurlrandomurlrandomurlrandomurlrandomurlrandomurlrandomurls.com", 68),
        (&format!("{} http://{}あいう.com", kana.repeat(12), kana.repeat(5)), 358),
        (&format!("{} http://{}あい.com", kana.repeat(12), kana.repeat(5)), 264),
        (&"👨\u{200D}👩\u{200D}👧\u{200D}👦".repeat(140), 280),
        ("Unicode 10.0 emoji: 🤪; 🧕; 🧕🏾; 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 34),
        ("Unicode 9.0 emoji: 🤠; 💃; 💃🏾", 29),
        ("\u{2066}\u{202A}http://foobar.پاکستان/\u{202C}\u{2069}", 31),
        ("ABC\u{202A}\u{FFFF}ABC\u{FFFE}", 12),
    ]);
}

#[test]
fn x_counts_a_host_of_impossible_length_as_text() {
    let host = "somesuperlongurl".repeat(250);
    let text = format!("https://{host}.com/foo https://validurl.com");
    assert_eq!(used(NetworkKind::X, &text), 8 + 4_000 + 8 + 1 + 23);
}

/// `urls_without_protocol` of twitter-text's conformance/validate.yml, and what a sentence puts around a link.
#[test]
fn x_shortens_bare_domains_but_not_addresses_of_people() {
    check_x(&[
        ("t.co", 23),
        ("foo.co.jp", 23),
        ("www.example.com", 23),
        ("example.com/path/to/resource?search=foo&lang=en", 23),
        ("Voir interieur.gouv.fr.", 5 + 23 + 1),
        ("Voir (https://www.police-nationale.interieur.gouv.fr/nos-services).", 6 + 23 + 2),
        ("https://fr.wikipedia.org/wiki/Nantes_(homonymie), 2026", 23 + 6),
        ("👍https://example.com", 2 + 23),
        ("👍example.com", 2 + 23),
        ("http://test.com:8080/a?b=c!", 23 + 1),
        ("prenom.nom@interieur.gouv.fr", 28),
        ("@example.com", 12),
        ("#example.com", 12),
        ("http://localhost/", 17),
        ("ftp://example.com", 17),
        ("http://www.-domain4352.com/", 27),
        ("http://192.168.0.1/", 19),
        ("à 22.30 chez M.Martin", 21),
    ]);
}

#[test]
fn x_weighs_french_as_it_is_typed() {
    check_x(&[
        ("#AppelÀTémoins", 14),
        ("« Ça va ? » — l’été…", 20 + 1),
        ("22\u{A0}h\u{A0}30", 7),
        ("22\u{202F}h", 5),
        ("© ®", 3),
        ("©\u{FE0F} 1\u{FE0F}\u{20E3} 🇫🇷", 8),
        ("☎\u{FE0F} 17", 5),
        ("😀\u{301}", 3),
    ]);
}

/// Some 900 texts (links, emoji and signs of every kind, alone and run together) with the weighted lengths that
/// twitter-text 3.1.0 of the npm registry (Apache-2.0) gives them.
#[test]
fn x_counts_as_twitter_text_itself_does() {
    let table: Vec<(String, u32)> = serde_json::from_str(include_str!("data/x_weighted_lengths.json")).unwrap();
    assert!(table.len() > 800);
    let differs = |(text, expected): &&(String, u32)| used(NetworkKind::X, text) != *expected;
    let wrong: Vec<String> = table
        .iter()
        .filter(differs)
        .map(|(text, expected)| format!("{text:?}: {} instead of {expected}", used(NetworkKind::X, text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

/// `urls` of twitter-text's conformance/extract.yml as its version 3.1.0 has them, those of them that a simpler grammar
/// gets wrong.
#[test]
fn x_sees_the_links_that_the_conformance_vectors_of_twitter_text_do() {
    let all = |text: &'static str| (text, vec![text]);
    let table: Vec<(&str, Vec<&str>)> = vec![
        all("http://google.com/#search?q=iphone%20-filter%3Alinks"),
        all("http://somedomain.com/index.php?path=/abc/def/"),
        all("http://somehost.com:3000"),
        all("http://xo.com/~matthew+%ff-,.;x"),
        all("http://en.wikipedia.org/wiki/Primer_(film)"),
        all("http://www.ams.org/bookstore-getitem/item=mbk-59"),
        all("http://✪df.ws/ejp"),
        all("http://msdn.microsoft.com/ja-jp/library/system.net.httpwebrequest(v=VS.100).aspx"),
        all("http://www.foo.com/bar-path/some.stm?param1=foo;param2=P1|0||P2|0"),
        all("http://www.foo.com/foo/path-with-period./"),
        all("http://foo.com/bar/123/foo_&_bar/"),
        all("http://sub_domain-dash.twitter.com"),
        all("http://a_b.c-d.com"),
        all("http://twitter.com/Русские_слова"),
        all("ELPAÍS.com"),
        ("(http://twitter.com", vec!["http://twitter.com"]),
        ("test http://twitter.com/.", vec!["http://twitter.com/"]),
        ("http://domain.com-that-you-should-have-put-a-space-after", vec![]),
        ("http://foo.com?#foo text", vec!["http://foo.com?#foo"]),
        ("@user Try http:// example.com/path", vec!["example.com/path"]),
        (
            "Go to http://example.com/a+ or http://example.com/a-",
            vec!["http://example.com/a+", "http://example.com/a-"],
        ),
        ("MLB.tv vine.co twitch.tv t.co", vec!["MLB.tv", "vine.co", "twitch.tv", "t.co"]),
        (
            "foo.baz foo.co.jp www.xxxxxxx.baz www.foo.co.uk wwwww.xxxxxxx foo.comm foo.somecom foo.govedu foo.jp",
            vec!["foo.co.jp", "www.foo.co.uk", "foo.jp"],
        ),
        (
            "これは日本語です。example.com/path/index.html中国語example.com/path한국",
            vec!["example.com/path/index.html", "example.com/path"],
        ),
        (
            "twitter.comこれは日本語です。example.com中国語t.co/abcde한국twitter.com example2.comテストtwitter.com/abcde",
            vec!["twitter.com", "example.com", "t.co/abcde", "twitter.com", "example2.com", "twitter.com/abcde"],
        ),
        (
            "http://twitter.com/これは日本語です。example.com中国語http://t.co/abcde한국twitter.comテストexample2.com\
             テストhttp://twitter.com/abcde",
            vec![
                "http://twitter.com/",
                "example.com",
                "http://t.co/abcde",
                "twitter.com",
                "example2.com",
                "http://twitter.com/abcde",
            ],
        ),
        ("#test.com @test.com #http://test.com @http://test.com", vec![]),
        ("http://domain-dash_2314352345_dfasd.foo-cow_4352.com", vec![]),
        ("http://no-tld http://tld-too-short.x", vec![]),
        ("http://-leadingdash.twitter.com http://trailingdash-.twitter.com", vec![]),
        ("http://_leadingunderscore.twitter.com http://trailingunderscore_.twitter.com", vec![]),
        ("http://twitter-.com http://twitter_underscore.com http://twitter.c_o_m", vec![]),
    ];
    for (text, expected) in table {
        let seen: Vec<&str> = links(text, NetworkKind::X).into_iter().map(|link| &text[link]).collect();
        assert_eq!(seen, expected, "{text}");
    }
}

/// The cases of Mastodon's spec/validators/status_length_validator_spec.rb.
#[test]
fn mastodon_counts_links_as_23_and_mentions_without_their_server() {
    let mastodon = |text: &str| used(NetworkKind::Mastodon, text);
    assert_eq!(mastodon(&format!("{} http://{}.com/example", "a".repeat(476), "b".repeat(30))), 500);
    assert_eq!(mastodon(&format!("http://{}.com/example", "b".repeat(50))), 23);
    assert_eq!(mastodon("example.com/a"), 13, "a link needs its scheme");
    assert_eq!(mastodon("http://localhost/abc"), 20);
    assert_eq!(mastodon(&format!("{} @alice@{}.com", "a".repeat(475), "b".repeat(30))), 475 + 1 + 6);
    assert_eq!(
        mastodon("@alice et @bob@police.example, @carol."),
        u32::try_from("@alice et @bob, @carol.".len()).unwrap()
    );
    assert_eq!(mastodon("alice@police.example"), 20, "an e-mail address is text");
    assert_eq!(mastodon("✨https://example.com"), 1 + 23);
    assert_eq!(mastodon("🏳\u{FE0F}\u{200D}🌈e\u{301}"), 2);
}

#[test]
fn bluesky_counts_graphemes_and_bytes() {
    let limits = Limits::default_of(NetworkKind::Bluesky);
    assert_eq!(measure(&"é".repeat(300), &limits), Length { used: 300, limit: 300, over: 0 });
    assert_eq!(measure(&"é".repeat(301), &limits), Length { used: 301, limit: 300, over: 1 });
    let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦";
    let bytes_over = u32::try_from(family.len() * 150 - 3_000).unwrap();
    assert_eq!(measure(&family.repeat(150), &limits), Length { used: 150, limit: 300, over: bytes_over });
}

#[test]
fn a_file_counts_graphemes() {
    assert_eq!(used(NetworkKind::File, "https://example.com 👍🏽"), 21);
}

#[test]
fn hostile_text_is_counted_in_linear_time() {
    let long = |piece: &str| piece.repeat(200_000 / piece.len());
    let hostile = [
        "a",
        "é",
        "a.",
        ".com",
        "a.com",
        "-",
        "http://",
        "http://a.",
        "👍http",
        "@a@a ",
        "@",
        "@a@a.",
        "(",
        "a/(",
        "e\u{301}",
        "\u{301}",
        "🇫",
        "👨\u{200D}",
        "あ.",
        "http://あ",
        "a.com/(",
        "?",
        "\u{E0067}",
        "1\u{FE0F}",
    ];
    for piece in hostile {
        let text = long(piece);
        for network in [NetworkKind::X, NetworkKind::Mastodon, NetworkKind::Bluesky] {
            let start = Instant::now();
            measure(&text, &Limits::default_of(network));
            // Linear code takes a tenth of a second without optimisation; quadratic code would take minutes.
            assert!(start.elapsed() < Duration::from_secs(10), "{piece:?} on {network:?}: {:?}", start.elapsed());
        }
    }
}
