//! What is wrong with the database, in words for the person at the terminal.

use rusqlite::ErrorCode;

use crate::store::database::StoreError;

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
        StoreError::Newer { path, version, known } => format!(
            "{} vient d'un portevoix plus récent (schéma {version}, celui-ci connaît le {known}) : remettez le programme \
             récent, ou la copie de la base d'avant la mise à jour.",
            path.display()
        ),
        StoreError::Older { path, version, known } => format!(
            "{} vient d'un portevoix plus ancien (schéma {version}, celui-ci a le {known}) : démarrez une fois le bot, il \
             met la base à jour.",
            path.display()
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
        StoreError::Column { .. } | StoreError::Row { .. } => {
            format!("La base contient une ligne que cette version ne sait pas lire : {trouble}")
        }
    }
}
