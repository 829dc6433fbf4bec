//! Secrets and the machine: where they are, who may read them, and that none is ever repeated.

use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use portevoix::config::load::{load_believing, load_with};
use portevoix::config::secret::SecretSource;
use portevoix::config::settings::Connection;

use crate::config::{GOOD, good_but, problems_with};

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let secret = "zK8vT2nQ5wL9xB4mR7jH1cF6dS3gP0aYeUiOqXsDfGh";
    let inline = format!("token = \"{secret}\"");
    let as_path = format!("token_file = \"{secret}\"");
    let as_variable = format!("token_env = \"{secret}\"");
    let as_key = format!("token_file = \"jeton\"\npassword = \"{secret}\"");
    let told =
        [inline, as_path, as_variable, as_key].map(|line| problems_with(&[("token_file = \"jeton-44\"", &line)]));
    assert_snapshot!(told.join("\n"), @r#"
    portevoix.toml:30: `token` met un secret dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part et écrivez `token_file = "…"` (ou `token_env = "…"`), puis révoquez ce secret et faites-en un autre
    portevoix.toml:30: `token_file` attend le nom d'un fichier, et ceci ressemble au secret lui-même ; mettez-le seul dans un fichier, écrivez ici le nom de ce fichier, puis révoquez ce secret et faites-en un autre
    portevoix.toml:30: `token_env` attend le nom d'une variable d'environnement (majuscules, chiffres et `_`), jamais le secret lui-même
    portevoix.toml:31: `password` n'existe pas dans [[directorate.account]], et un secret ne s'écrit jamais dans ce fichier : seulement dans un fichier à part (`token_file`, `app_password_file`) ; révoquez ce secret et faites-en un autre
    "#);
    assert!(!told.join("\n").contains(secret));
}

#[test]
fn where_a_secret_is_must_be_said_once_and_clearly() {
    let told = [
        "",
        "token_file = \"a\"\ntoken_env = \"A\"",
        "token_file = \"${HOME}/jeton\"",
        "token_file = \"${CREDENTIALS_DIRECTORY}/../jeton\"",
    ]
    .map(|lines| problems_with(&[("token_file = \"jeton-44\"", lines)]));
    assert_snapshot!(told.join("\n"), @r#"
    portevoix.toml:26: il manque `token_file` dans [[directorate.account]] ; écrivez par exemple : token_file = "${CREDENTIALS_DIRECTORY}/mastodon-44"
    portevoix.toml:31: `token_file` et `token_env` disent deux fois où est le secret ; gardez-en un
    portevoix.toml:30: `token_file` ne connaît qu'une variable : `${CREDENTIALS_DIRECTORY}/…`, en tête, pour un secret transmis par systemd
    portevoix.toml:30: `token_file` : après `${CREDENTIALS_DIRECTORY}/` vient le seul nom donné à `LoadCredential=`
    "#);
}

/// A folder with the good file in it and nothing else.
fn folder_with(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portevoix.toml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// Writes a file that only its owner may read.
fn write_private(path: &Path, text: impl AsRef<[u8]>) {
    fs::write(path, text).unwrap();
    set_mode(path, 0o600);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What is said of a file on the disk, without the folder's name.
fn problems_on_disk(path: &Path) -> String {
    let told = load_with(path, &|_| None).expect_err("there is something wrong with it").to_string();
    told.replace(&format!("{}/", path.parent().unwrap().display()), "")
}

#[test]
fn loading_looks_whether_secrets_and_folders_are_there() {
    let text = good_but(&[("portevoix.db", "base/portevoix.db"), ("[matrix]", "commands = \"commandes\"\n\n[matrix]")]);
    let (folder, path) = folder_with(&text);
    fs::create_dir(folder.path().join("matrix")).unwrap();
    set_mode(&folder.path().join("matrix"), 0o755);
    assert_snapshot!(problems_on_disk(&path), @"
    portevoix.toml:1: le dossier base n'existe pas ; faites : mkdir -p base
    portevoix.toml:3: le dossier commandes n'existe pas
    portevoix.toml:8: le dossier matrix n'est que pour le bot et il est ouvert à tous les comptes de la machine ; faites : chmod 700 matrix
    portevoix.toml:32: le fichier jeton-44 n'existe pas ; créez-le avec le secret seul dedans, puis : chmod 600 jeton-44
    ");

    // Logging in is done by hand, before any of this is there.
    load_believing(&path).unwrap();

    fs::create_dir(folder.path().join("base")).unwrap();
    fs::create_dir(folder.path().join("commandes")).unwrap();
    set_mode(&folder.path().join("matrix"), 0o700);
    write_private(&folder.path().join("jeton-44"), "un-jeton\n");
    let config = load_with(&path, &|_| None).unwrap();
    let Connection::Mastodon { token, .. } = &config.directorates[0].accounts[0].connection else { panic!() };
    assert_eq!(token.read().unwrap().expose(), "un-jeton");
    assert_eq!(format!("{:?}", token.read()), "Ok(Secret(…))");
}

#[test]
fn a_secret_file_holds_one_secret_and_is_not_open_to_all() {
    let (folder, path) = folder_with(GOOD);
    let secret = folder.path().join("jeton-44");
    let told = [&b""[..], b"\n\n", b"# jeton\nabc\n", b" abc\n", b"\xff\xfe", &[b'a'; 70_000]].map(|content| {
        write_private(&secret, content);
        problems_on_disk(&path)
    });
    assert_snapshot!(told.join("\n"), @"
    portevoix.toml:30: le fichier jeton-44 est vide ; mettez-y le secret, seul
    portevoix.toml:30: le fichier jeton-44 est vide ; mettez-y le secret, seul
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    ");
    write_private(&secret, "un-jeton");
    set_mode(&secret, 0o644);
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:30: le fichier jeton-44 est ouvert à tous les comptes de la machine ; faites : chmod 600 jeton-44");
    fs::remove_file(&secret).unwrap();
    fs::create_dir(&secret).unwrap();
    set_mode(&secret, 0o700);
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:30: le fichier jeton-44 ne peut pas être lu (Is a directory (os error 21)) ; il doit appartenir au compte qui lance Portevoix");
}

#[test]
fn secrets_come_from_systemd_or_the_environment() {
    let (folder, _) = folder_with(GOOD);
    write_private(&folder.path().join("mastodon-44"), "de-systemd\n");
    let credentials = folder.path().display().to_string();
    let environment = |name: &str| match name {
        "CREDENTIALS_DIRECTORY" => Some(credentials.clone()),
        "JETON_44" => Some("de-la-variable".to_owned()),
        _ => None,
    };
    let credential = SecretSource::Credential(PathBuf::from("mastodon-44"));
    assert_eq!(credential.read_with(&environment).unwrap().expose(), "de-systemd");
    let variable = SecretSource::Environment("JETON_44".to_owned());
    assert_eq!(variable.read_with(&environment).unwrap().expose(), "de-la-variable");
    assert_snapshot!(credential.read_with(&|_| None).unwrap_err(), @"systemd n'a pas transmis de secret (`CREDENTIALS_DIRECTORY` n'est pas défini) ; lancez Portevoix par son service, avec une ligne `LoadCredential=mastodon-44:…`");
    assert_snapshot!(variable.read_with(&|_| None).unwrap_err(), @"la variable d'environnement `JETON_44` n'est pas définie");
}

#[test]
fn a_file_that_can_not_be_read_says_why() {
    let (folder, path) = folder_with(GOOD);
    assert_snapshot!(problems_on_disk(&folder.path().join("absent.toml")), @"absent.toml:1: ce fichier n'existe pas");
    assert!(load_believing(&folder.path().join("absent.toml")).is_err());
    fs::write(&path, b"# Loire\n# Lef\xe8vre\n").unwrap();
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:2: cette ligne n'est pas en UTF-8 ; enregistrez le fichier en UTF-8");
    fs::write(&path, vec![b'#'; 1_100_000]).unwrap();
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:1: ce fichier dépasse 1 Mo ; est-ce bien la configuration de Portevoix ?");
}
