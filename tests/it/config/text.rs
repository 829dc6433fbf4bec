//! What is said of a text that is not as it should be: no TOML, unknown keys, values of the wrong kind.

use insta::assert_snapshot;

use portevoix::config::load::parse;

use crate::config::{GOOD, good_but, parsed, problems, problems_with};

#[test]
fn an_empty_file_says_what_to_write() {
    assert_snapshot!(problems(""), @r#"
    portevoix.toml:1: il manque `database` au début du fichier ; écrivez par exemple : database = "/var/lib/portevoix/portevoix.db"
    portevoix.toml:1: il manque `directorate` au début du fichier ; écrivez par exemple : [[directorate]]
    "#);
}

#[test]
fn all_problems_are_told_in_one_go_in_the_order_of_the_file() {
    let text = problems_with(&[
        ("portevoix.db\"", "postgres://portevoix:secret@localhost/portevoix\""),
        ("https://matrix.example.org", "matrix.example.org"),
        ("code = \"44\"", "code = 44"),
        ("!salle44:example.org", "#brigade44:example.org"),
        ("name = \"Durand\"", "nom = \"Durand\""),
        ("server = \"https://mastodon.example.org\"", "server = \"http://mastodon.example.org\""),
    ]);
    assert_snapshot!(text, @r#"
    portevoix.toml:1: `database` met un mot de passe dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part, écrivez `database_password_file = "…"` (ou `database_password_env = "…"`), puis changez ce mot de passe
    portevoix.toml:4: `homeserver` : « matrix.example.org » n'a pas de protocole ; écrivez « https://matrix.example.org »
    portevoix.toml:9: `code` attend un texte entre guillemets, par exemple : code = "44"
    portevoix.toml:14: `id` : « #brigade44:example.org » est l'adresse publique d'un salon, qui peut changer ; il faut son identifiant interne, qui commence par « ! » (dans Element ou Tchap : Paramètres du salon, Avancé)
    portevoix.toml:21: il manque `name` dans [[directorate.member]] ; écrivez par exemple : name = "Durand"
    portevoix.toml:22: `nom` n'existe pas dans [[directorate.member]] ; on peut y écrire `name`, `matrix`, `discord`, `practice`, `roles`
    portevoix.toml:29: `server` : « http://mastodon.example.org » passe en clair sur le réseau ; écrivez « https://mastodon.example.org »
    "#);
}

#[test]
fn a_file_that_is_not_toml_is_explained_line_by_line() {
    let text = problems_with(&[
        ("\"portevoix.db\"", ""),
        ("\"https://matrix.example.org\"", "« https://matrix.example.org »"),
        ("\"@portevoix:example.org\"", "\"@portevoix:example.org"),
        ("code = \"44\"", "code = 06"),
        ("roles = [\"redacteur\"]", "roles = [\"redacteur\" \"valideur\"]"),
        ("name = \"Durand\"", "name = \"Durand\"\nname = \"Durand\""),
    ]);
    assert_snapshot!(text, @r#"
    portevoix.toml:1: il faut une valeur après `=`, et un texte se met entre guillemets droits : `clé = "valeur"`
    portevoix.toml:4: les guillemets doivent être droits : `"…"`, pas `« … »`, `“…”` ni `’…’`
    portevoix.toml:5: le texte n'est pas fermé : il manque le guillemet de la fin
    portevoix.toml:9: un nombre ne commence pas par zéro ; un code de direction se met entre guillemets : `code = "06"`
    portevoix.toml:19: la liste n'est pas fermée ou il y manque une virgule : `["un", "deux"]`
    portevoix.toml:23: cette clé est déjà donnée plus haut dans la même partie ; n'en gardez qu'une
    "#);
    assert_snapshot!(problems("base de données = \"x\"\n[matrix\nuser = \"\\q\"\n"), @r#"
    portevoix.toml:1: il faut écrire `clé = "valeur"`
    portevoix.toml:2: il manque un crochet à la fin de ce titre : `[matrix]` ou `[[directorate]]`
    "#);
    assert_snapshot!(problems("database = \"\\q\"\n[practice]\naddress = \"a\"\n[practice]\naddress = \"b\"\n"), @r#"
    portevoix.toml:1: une barre oblique inversée s'écrit double entre guillemets : `\\`
    portevoix.toml:3: `address` : « a » n'est pas une adresse de cette machine avec son port ; écrivez par exemple : address = "127.0.0.1:8044"
    portevoix.toml:4: ce titre est déjà donné plus haut ; n'en gardez qu'un (pour plusieurs directions, salons, membres ou comptes, il prend deux paires de crochets, comme `[[directorate]]`)
    portevoix.toml:5: cette clé est déjà donnée plus haut dans la même partie ; n'en gardez qu'une
    "#);
    assert_snapshot!(problems("database = \"a\" \"b\"\nmatrix\n= 3\n[practice]\n[practice]\n"), @r#"
    portevoix.toml:1: il y a quelque chose de trop en fin de ligne ; une seule clé par ligne, et une remarque commence par `#`
    portevoix.toml:2: il faut écrire `clé = "valeur"`
    "#);
}

#[test]
fn an_unknown_key_gets_the_nearest_one_or_its_place() {
    let text = problems_with(&[
        ("homeserver", "homserver"),
        ("code =", "visibility = \"public\"\ncode ="),
        ("roles = [\"valideur\"]", "roles = [\"valideur\"]\ngrade = \"brigadier\""),
    ]);
    assert_snapshot!(text, @"
    portevoix.toml:4: `homserver` n'existe pas dans [matrix] ; vouliez-vous dire `homeserver` ?
    portevoix.toml:9: `visibility` n'existe pas dans [[directorate]] ; cette clé va dans [[directorate.account]]
    portevoix.toml:26: `grade` n'existe pas dans [[directorate.member]] ; on peut y écrire `name`, `matrix`, `discord`, `practice`, `roles`
    ");
}

#[test]
fn a_value_of_the_wrong_kind_gets_an_example() {
    let text = problems_with(&[
        ("\"portevoix.db\"", "[\"portevoix.db\"]"),
        ("name = \"Police nationale de la Loire-Atlantique\"", "name = \" \"\nlanguage = \"français\""),
        ("roles = [\"redacteur\"]", "roles = \"redacteur\""),
        ("roles = [\"valideur\"]", "roles = [\"valideur\", 3, \"valideur\", \"Chef de Service\"]"),
        ("network = \"mastodon\"", "network = \"mastodonte\"\nlanguage = \"français\""),
        ("name = \"Martin\"", "name = \"Mar\\ntin\""),
    ]);
    assert_snapshot!(text, @r#"
    portevoix.toml:1: `database` attend un texte entre guillemets, par exemple : database = "/var/lib/portevoix/portevoix.db"
    portevoix.toml:10: `name` est vide ; écrivez par exemple : name = "Police nationale de la Loire-Atlantique"
    portevoix.toml:11: `language` vaut "fr" ou "en", pas « français »
    portevoix.toml:18: `name` contient un saut de ligne ou un caractère invisible ; retirez-le
    portevoix.toml:20: `roles` attend une liste entre crochets, par exemple : roles = ["valideur"]
    portevoix.toml:25: `roles` : « Chef de Service » ne convient pas : au plus 32 lettres minuscules sans accent, chiffres, `_` ou `-` ; écrivez par exemple « chef_de_service »
    portevoix.toml:25: `roles` attend une liste de textes entre guillemets, par exemple : roles = ["valideur"]
    portevoix.toml:25: `roles` donne « valideur » deux fois
    portevoix.toml:29: `network` vaut "mastodon", "bluesky", "file" ou "x", pas « mastodonte » ; vouliez-vous dire « mastodon » ?
    portevoix.toml:30: `language` : « français » n'est pas un code de langue ; il a deux lettres minuscules (`fr`)
    "#);
    assert_snapshot!(problems("database = \"d\"\nmatrix = \"oui\"\n[directorate]\ncode = \"44\"\n"), @"
    portevoix.toml:2: `matrix` s'écrit comme un titre, seul sur sa ligne : [matrix]
    portevoix.toml:3: `directorate` s'écrit avec deux paires de crochets, seul sur sa ligne : [[directorate]]
    ");
}

#[test]
fn addresses_and_identifiers_say_how_they_are_written() {
    let text = problems_with(&[
        ("https://matrix.example.org", "https://matrix.example.org/?a"),
        ("@portevoix:example.org", "portevoix"),
        ("code = \"44\"", "code = \"Loire-Atlantique\""),
        ("name = \"Police", "time_zone = \"Paris\"\nname = \"Police"),
        ("!salle44:example.org", "salle44"),
        ("@martin:example.org", "martin@example.org"),
        ("name = \"mastodon\"", "name = \"Mastodon 44\""),
        ("https://mastodon.example.org", "ftp://mastodon.example.org"),
    ]);
    assert_snapshot!(text, @"
    portevoix.toml:4: `homeserver` : « https://matrix.example.org/?a » n'est pas l'adresse d'un serveur ; elle s'écrit comme « https://example.org », sans `?` ni `#`
    portevoix.toml:5: `user` : « portevoix » n'est pas un identifiant Matrix ; il s'écrit comme « @durand:example.org »
    portevoix.toml:9: `code` : « Loire-Atlantique » ne convient pas : au plus 12 lettres sans accent ou chiffres, sans espace ni tiret (`44`, `2A`)
    portevoix.toml:10: `time_zone` : « Paris » n'est pas un fuseau horaire ; écrivez par exemple « Europe/Paris »
    portevoix.toml:15: `id` : « salle44 » n'est pas l'identifiant d'un salon Matrix ; il commence par « ! » (dans Element ou Tchap : Paramètres du salon, Avancé)
    portevoix.toml:19: `matrix` : « martin@example.org » n'est pas un identifiant Matrix ; il s'écrit comme « @durand:example.org »
    portevoix.toml:28: `name` : « Mastodon 44 » ne convient pas : au plus 32 lettres minuscules sans accent, chiffres, `_` ou `-` ; écrivez par exemple « mastodon_44 »
    portevoix.toml:30: `server` : « ftp://mastodon.example.org » n'est pas une adresse ; elle commence par « https:// »
    ");
    let bluesky = |handle: &str| {
        let lines = format!("network = \"bluesky\"\nhandle = \"{handle}\"\napp_password_file = \"b\"\n");
        problems(&format!("{}{lines}", GOOD.split("network =").next().unwrap()))
    };
    assert_snapshot!([bluesky("@police44.bsky.social"), bluesky("police44")].join("\n"), @"
    portevoix.toml:29: `handle` : « @police44.bsky.social » s'écrit sans « @ » : « police44.bsky.social »
    portevoix.toml:29: `handle` : « police44 » n'est pas un identifiant Bluesky ; il s'écrit en entier, comme « police44.bsky.social »
    ");
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let told = problems_with(&[("https://matrix.example.org", "https://bot:motdepasse@matrix.example.org")]);
    assert_snapshot!(told, @"portevoix.toml:4: `homeserver` contient un identifiant ou un mot de passe ; écrivez l'adresse seule, comme « https://example.org »");
}

#[test]
fn only_this_machine_is_spoken_to_in_clear() {
    for server in ["http://localhost", "http://127.0.0.1:3000", "http://[::1]:3000/", "https://[2001:db8::1]"] {
        parsed(&good_but(&[("https://mastodon.example.org", server)]));
    }
    let others = ["http://example.org", "http://127.0.0.1.example.org", "http://10.0.0.1", "http://[2001:db8::1]:80"];
    for server in others {
        let told = problems_with(&[("https://mastodon.example.org", server)]);
        assert!(told.contains("passe en clair"), "{told}");
    }
}

/// Each line of a good file left out, doubled, cut in the middle or turned into something else: whatever comes of it,
/// there is no panic, and a refusal says why.
#[test]
fn no_file_is_refused_in_silence() {
    let lines: Vec<&str> = GOOD.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let middle = line.char_indices().nth(line.chars().count() / 2).map_or(0, |(middle, _)| middle);
        let key = line.split(' ').next().unwrap();
        let twice = format!("{line}\n{line}");
        let others = [
            "",
            &twice,
            &line[..middle],
            &line[middle..],
            &format!("{key} = 1"),
            &format!("{key} = [[]]"),
            "[a]",
            "[[directorate.room]]",
        ]
        .map(str::to_owned);
        for other in others {
            let mut changed = lines.clone();
            changed[at] = &other;
            if let Err(problems) = parse("portevoix.toml", &changed.join("\n")) {
                assert!(!problems.0.is_empty(), "line {} as {other:?} is refused in silence", at + 1);
            }
        }
    }
}

#[test]
fn hostile_text_is_refused_without_a_panic() {
    let nested = format!("a = {}", "[".repeat(100_000));
    let marks = format!("database = \"a{}\"", "\u{301}".repeat(10_000));
    let lines = "[[directorate]]\n".repeat(2_000);
    for text in
        ["\u{feff}", "\0", "=", "[[", "\"\"=\"\"", "directorate = [1]", "a.b.c = 1", nested.as_str(), &marks, &lines]
    {
        assert!(!problems(text).is_empty());
    }
}

/// Found by fuzzing: what is missing was said to be on a line that the file does not have.
#[test]
fn what_is_missing_at_the_end_is_told_on_the_last_line() {
    assert_snapshot!(problems("[[directorate\n"), @"portevoix.toml:1: il manque un crochet à la fin de ce titre : `[matrix]` ou `[[directorate]]`");
}
