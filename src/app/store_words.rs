//! What is wrong with the database, in words for the person at the terminal.

use rusqlite::ErrorCode;

use crate::store::database::StoreError;
use crate::store::server::Unreached;

/// What is wrong, and what to do about it.
pub fn in_words(trouble: &StoreError) -> String {
    match trouble {
        StoreError::InUse(path) => {
            format!("Un bot travaille déjà avec {} : arrêtez-le d'abord.", path.display())
        }
        StoreError::Open { path, cause } => format!(
            "{} ne peut pas être ouvert ({cause}) : le dossier doit exister, sur un disque où l'on peut écrire, et \
             appartenir au compte qui lance le bot.",
            path.display()
        ),
        StoreError::Newer { place, version, known } => format!(
            "{place} vient d'un portevoix plus récent (schéma {version}, celui-ci connaît le {known}) : remettez le \
             programme récent, ou la copie de la base d'avant la mise à jour."
        ),
        StoreError::Older { place, version: 0, .. } => {
            format!("{place} est vide : démarrez une fois le bot, il y crée ses tables.")
        }
        StoreError::Older { place, version, known } => format!(
            "{place} vient d'un portevoix plus ancien (schéma {version}, celui-ci a le {known}) : démarrez une fois le bot, \
             il met la base à jour."
        ),
        StoreError::NotABackup(path) => format!(
            "{} n'est pas une sauvegarde faite par `portevoix store backup` : une autre base, ou une base dont le \
             fichier -wal dit qu'elle sert encore.",
            path.display()
        ),
        StoreError::Missing(path) => format!("Il n'y a pas de base {}.", path.display()),
        StoreError::Damaged { path, cause } => format!(
            "{} est abîmé, ou n'est pas une base de données ({cause}). Rien n'y a été changé. Mettez ce fichier de côté et \
             revenez à une sauvegarde : portevoix store restore FICHIER --config …",
            path.display()
        ),
        StoreError::ReadOnly { path, cause } => format!(
            "{} ne peut pas être modifié ({cause}) : le disque est en lecture seule, ou le fichier n'appartient pas au \
             compte qui lance le bot.",
            path.display()
        ),
        StoreError::Database(cause) => match cause.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "Le disque est plein : faites de la place.".to_owned(),
            Some(ErrorCode::CannotOpen) => format!(
                "La base ne peut pas être ouverte ({cause}) : le dossier doit exister et appartenir au compte qui lance le \
                 bot."
            ),
            _ => format!("La base de données a échoué : {cause}"),
        },
        StoreError::Busy => {
            "Un autre programme écrit dans la base et ne termine pas (un sqlite3 ouvert ?) : fermez-le.".to_owned()
        }
        StoreError::Undone => "L'écriture dans la base a été annulée : recommencez.".to_owned(),
        StoreError::Migration(cause) => {
            format!("La base n'a pas pu être mise à jour ({cause}) ; elle est restée comme elle était.")
        }
        StoreError::Unreached { place, why, words } => unreached(place, *why, words),
        StoreError::Server(fault) => format!("La base de données a échoué ; le serveur dit : « {fault} »"),
        StoreError::MayBeCommitted => "La réponse du serveur à la dernière étape s'est perdue : elle est peut-être \
                                       faite, peut-être non. Regardez avant de recommencer."
            .to_owned(),
        StoreError::ServerMigration(fault) => {
            format!("La base n'a pas pu être mise à jour (« {fault} ») ; elle est restée comme elle était.")
        }
        StoreError::Column { .. } | StoreError::Row { .. } => {
            format!("La base contient une ligne que cette version ne sait pas lire : {trouble}")
        }
    }
}

/// What keeps a server from being used, with what to do.
fn unreached(place: &str, why: Unreached, words: &str) -> String {
    let advice = match why {
        Unreached::Address => "l'adresse dans `database` n'est pas comprise",
        Unreached::Connection => {
            "pas de connexion. Vérifiez l'adresse et le port, que le serveur tourne, et qu'aucun pare-feu n'est entre les \
             deux"
        }
        Unreached::Tls => {
            "la connexion ne peut pas être chiffrée et vérifiée. Le certificat du serveur doit porter le nom écrit dans \
             `database` et venir d'une autorité que cette machine connaît ; sur un réseau sûr, ajoutez `?sslmode=disable`"
        }
        Unreached::Login => {
            "le serveur refuse cette identité. Vérifiez l'utilisateur écrit dans `database`, le mot de passe donné par \
             `database_password_file`, et que `pg_hba.conf` le laisse entrer depuis cette machine"
        }
        Unreached::NoDatabase => "cette base n'existe pas. Créez-la : CREATE DATABASE … OWNER …",
        Unreached::NotPermitted => {
            "cet utilisateur n'a pas les droits qu'il faut. Faites-en le propriétaire de la base : ALTER DATABASE … OWNER \
             TO …"
        }
        Unreached::Full => {
            "le serveur n'accepte plus de connexions. Chaque processus en prend jusqu'à 17 : augmentez `max_connections`"
        }
        Unreached::Other => "la base ne convient pas",
    };
    let quoted =
        if words.is_empty() { String::new() } else { format!(" ; le serveur ou le système dit : « {words} »") };
    let place = if place.is_empty() { String::new() } else { format!(" {place}") };
    format!("base PostgreSQL{place} : {advice}{quoted}.")
}
