//! What parts of the file say about each other: who is where, once, and apart.

use insta::assert_snapshot;

use crate::config::{GOOD, STRASBOURG, good_but, parsed, problems, problems_with};

#[test]
fn two_directorates_share_nothing() {
    parsed(&format!("{GOOD}{STRASBOURG}"));
    let second = STRASBOURG.replace("!salle67", "!salle44").replace("\"67\"", "\"44\"");
    let second = second
        .replace("name = \"journal\"", "name = \"mastodon\"")
        .replace("network = \"file\"", "network = \"mastodon\"")
        .replace(
            "path = \"publications-67.jsonl\"",
            "server = \"https://mastodon.example.org/\"\ntoken_file = \"jeton-44\"",
        );
    assert_snapshot!(problems(&format!("{GOOD}{second}")), @"
    portevoix.toml:33: le code « 44 » est déjà pris à la ligne 9 : les numéros des brouillons se confondraient
    portevoix.toml:38: ce salon est déjà donné à la ligne 14 ; un salon n'appartient qu'à une direction et n'y figure qu'une fois
    portevoix.toml:50: ce compte publie au même endroit que celui de la ligne 28 : chaque publication y sortirait deux fois, ou au nom d'une autre direction
    ");
}

#[test]
fn the_wall_also_stands_in_tables_written_on_one_line() {
    let member = |name: &str| format!("{{ name = \"{name}\", matrix = \"@{name}:example.org\" }}");
    let directorate = |code: &str| {
        let team = format!("[{}, {}]", member("martin"), member("durand"));
        let room = "[{ chat = \"matrix\", id = \"!salle:example.org\" }]";
        let account = "[{ name = \"journal\", network = \"file\", path = \"publications.jsonl\" }]";
        format!(
            "{{ code = \"{code}\", name = \"Direction {code}\", room = {room}, member = {team}, account = {account} }}"
        )
    };
    let matrix = GOOD.split("[[directorate]]").next().unwrap();
    let both = format!("directorate = [{}, {}]\n{matrix}", directorate("44"), directorate("67"));
    assert_snapshot!(problems(&both), @"
    portevoix.toml:1: ce compte publie au même endroit que celui de la ligne 1 : chaque publication y sortirait deux fois, ou au nom d'une autre direction
    portevoix.toml:1: ce salon est déjà donné à la ligne 1 ; un salon n'appartient qu'à une direction et n'y figure qu'une fois
    ");
}

#[test]
fn two_accounts_never_publish_in_one_place() {
    let account = |name: &str, path: &str| {
        format!("\n[[directorate.account]]\nname = \"{name}\"\nnetwork = \"file\"\npath = \"{path}\"\n")
    };
    let text =
        format!("{GOOD}{}{}", account("un", "a/publications.jsonl"), account("deux", "a/./b/../publications.jsonl"));
    assert_snapshot!(problems(&text), @"portevoix.toml:39: ce compte publie au même endroit que celui de la ligne 34 : chaque publication y sortirait deux fois, ou au nom d'une autre direction");
    assert_snapshot!(problems(&format!("{GOOD}{}", account("mastodon", "a.jsonl"))), @"portevoix.toml:33: un compte s'appelle déjà « mastodon » à la ligne 27 ; donnez-lui un autre nom");
}

#[test]
fn a_team_has_each_person_once_and_not_the_bot() {
    let more = r#"
[[directorate.member]]
name = "durand"
matrix = "@martin:example.org"

[[directorate.member]]
name = "Robot"
matrix = "@portevoix:example.org"

[[directorate.member]]
name = "Petit"
practice = "petit"
"#;
    assert_snapshot!(problems(&format!("{GOOD}{more}")), @r#"
    portevoix.toml:33: un membre s'appelle déjà « durand » à la ligne 22 ; distinguez-les, par exemple par l'initiale du prénom
    portevoix.toml:34: « @martin:example.org » est déjà un membre à la ligne 18 ; une personne ne figure qu'une fois dans l'équipe, avec tous ses rôles
    portevoix.toml:38: c'est l'identifiant du bot lui-même, qui ne fait pas partie de l'équipe ; donnez celui de la personne
    portevoix.toml:40: « Petit » n'a pas d'identifiant dans la messagerie des salons ; écrivez par exemple : matrix = "@durand:example.org"
    "#);
}

#[test]
fn a_directorate_needs_a_room_a_team_and_an_account() {
    let bare = "database = \"d\"\n\n[[directorate]]\ncode = \"44\"\nname = \"Loire-Atlantique\"\n";
    assert_snapshot!(problems(bare), @"
    portevoix.toml:3: cette direction n'a pas de compte où publier ; ajoutez une partie [[directorate.account]]
    portevoix.toml:3: cette direction n'a pas de salon où écrire ; ajoutez une partie [[directorate.room]]
    portevoix.toml:3: cette direction n'a personne dans son équipe ; ajoutez des parties [[directorate.member]]
    ");
    let alone = good_but(&[]).replace(
        "[[directorate.member]]\nname = \"Durand\"\nmatrix = \"@durand:example.org\"\nroles = [\"valideur\"]\n",
        "",
    );
    let alone = alone.replace(
        "network = \"mastodon\"\nserver = \"https://mastodon.example.org\"\ntoken_file = \"jeton-44\"",
        "network = \"x\"\npath = \"x.jsonl\"",
    );
    assert_snapshot!(problems(&alone), @"
    portevoix.toml:8: une équipe d'une seule personne ne peut rien publier, car l'auteur ne valide pas son texte ; ajoutez une partie [[directorate.member]]
    ");
}

#[test]
fn a_chat_that_a_room_is_in_must_be_set_up() {
    let matrix = GOOD.split("[[directorate]]").next().unwrap();
    assert_snapshot!(problems(&GOOD.replace(matrix, "database = \"d\"\n")), @"portevoix.toml:7: ce salon est dans « matrix », que le fichier ne règle pas ; ajoutez une partie [matrix]");
}

#[test]
fn a_practice_room_is_on_this_machine_and_never_publishes_for_real() {
    let changes = [
        ("[[directorate]]", "[practice]\naddress = \"0.0.0.0:8044\"\n\n[[directorate]]"),
        ("chat = \"matrix\"\nid = \"!salle44:example.org\"", "chat = \"practice\"\nid = \"salle\""),
        ("matrix = \"@martin:example.org\"", "practice = \"martin\""),
        ("matrix = \"@durand:example.org\"", "practice = \"durand\""),
    ];
    assert_snapshot!(problems_with(&changes), @r#"
    portevoix.toml:9: `address` : « 0.0.0.0:8044 » ouvrirait la salle d'entraînement au réseau, où chacun pourrait jouer tous les rôles ; écrivez par exemple : address = "127.0.0.1:8044"
    portevoix.toml:31: cette direction a un salon d'entraînement, où chacun peut jouer tous les rôles : elle ne doit pas publier pour de vrai ; donnez à ce compte `path = "…"` à la place de ses accès, ou mettez le salon d'entraînement dans une direction à part
    "#);
}

#[test]
fn keys_of_another_network_are_refused() {
    let text = good_but(&[(
        "network = \"mastodon\"",
        "network = \"file\"\npath = \"p.jsonl\"\nhandle = \"police44.bsky.social\"",
    )]);
    assert_snapshot!(problems(&text), @"
    portevoix.toml:30: `handle` n'a pas de sens ici : cette clé est pour un compte « bluesky » ou « x » ; retirez cette ligne
    portevoix.toml:31: `server` n'a pas de sens ici : cette clé est pour un compte « mastodon » ; retirez cette ligne
    portevoix.toml:32: `token_file` n'a pas de sens ici : cette clé est pour un compte « mastodon » ; retirez cette ligne
    ");
}

#[test]
fn an_account_on_x_says_what_it_lacks_or_has_too_much() {
    let on_x = |lines: &str| {
        let server = "server = \"https://mastodon.example.org\"\ntoken_file = \"jeton-44\"\n";
        problems(&GOOD.replace("network = \"mastodon\"", "network = \"x\"").replace(server, lines))
    };
    let told = [
        "",
        "client_id = \"abc\"\nclient_secret = \"s\"\nstate_directory = \"x\"\nhandle = \"@Police44\"\n",
        "api_key_file = \"a\"\napi_secret_file = \"b\"\naccess_token_file = \"c\"\nclient_id = \"abc\"\n",
        "path = \"x.jsonl\"\nclient_id = \"abc\"\nprice = 0.0151\nprice_with_link = \"0,2\"\n",
        "client_id = \"abc\"\nstate_directory = \"x\"\napi = \"http://api.x.com\"\nprice = 200\nserver = \"https://x.com\"\n",
    ]
    .map(on_x);
    assert_snapshot!(told.join("\n\n"), @r#"
    portevoix.toml:26: il manque `client_id` dans [[directorate.account]] ; écrivez par exemple : client_id = "VGhpcyBpcyBub3QgYSBrZXk6MTpjaQ"
    portevoix.toml:26: il manque `state_directory` dans [[directorate.account]] ; écrivez par exemple : state_directory = "/var/lib/portevoix/x"

    portevoix.toml:30: `client_secret` met un secret dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part et écrivez `client_secret_file = "…"` (ou `client_secret_env = "…"`), puis révoquez ce secret et faites-en un autre
    portevoix.toml:32: `handle` : « @Police44 » s'écrit sans « @ » : « Police44 »

    portevoix.toml:26: il manque `access_secret_file` dans [[directorate.account]] ; écrivez par exemple : access_secret_file = "${CREDENTIALS_DIRECTORY}/x-44-secret"
    portevoix.toml:32: `client_id` n'a pas de sens ici : ce compte entre par ses quatre clés (`api_key_file`…), sans `portevoix login x` ; retirez cette ligne

    portevoix.toml:30: `client_id` n'a pas de sens ici : avec `path`, ce compte s'exerce dans un fichier et ne publie rien ailleurs ; retirez cette ligne
    portevoix.toml:31: `price` va de 0 à 100 dollars, au millième près, pas 0.0151 ; écrivez par exemple : price = 0.015
    portevoix.toml:32: `price_with_link` attend un montant en dollars, sans guillemets, par exemple : price_with_link = 0.2

    portevoix.toml:31: `api` : « http://api.x.com » passe en clair sur le réseau ; écrivez « https://api.x.com »
    portevoix.toml:32: `price` va de 0 à 100 dollars, au millième près, pas 200 ; écrivez par exemple : price = 0.015
    portevoix.toml:33: `server` n'a pas de sens ici : cette clé est pour un compte « mastodon » ; retirez cette ligne
    "#);
}

#[test]
fn at_most_one_directorate_is_the_national_one() {
    let national = |text: &str, code: &str, value: &str| {
        text.replace(&format!("code = \"{code}\""), &format!("code = \"{code}\"\nnational = {value}"))
    };
    let one = national(GOOD, "44", "true");
    assert!(parsed(&one).directorates[0].is_national);
    let both = problems(&format!("{one}{}", national(STRASBOURG, "67", "true")));
    assert!(both.contains("la direction nationale est déjà à la ligne 10 ; il n'y en a qu'une"), "{both}");
    let wrong = problems(&national(GOOD, "44", "\"oui\""));
    assert!(wrong.contains("`national` attend true ou false, sans guillemets"), "{wrong}");
}
