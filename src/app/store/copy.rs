//! `portevoix store copy`: everything moves from the SQLite file to a PostgreSQL server, and is proven there.

use std::io::Write;
use std::path::Path;

use crate::app::stopped::Stopped;
use crate::app::{audit, database};
use crate::config::database::{is_postgres, what_is_wrong};
use crate::config::load::load_believing;
use crate::config::secret::SecretSource;
use crate::config::settings::DatabasePlace;
use crate::store::copy::{self, CopyFault};
use crate::store::database::StoreError;

/// The variable in which PostgreSQL's own programs look for a password.
const PASSWORD: &str = "PGPASSWORD";

/// Copies everything from the SQLite file of the configuration into an empty PostgreSQL database.
///
/// # Errors
/// In words; nothing was copied then, unless they say that it may have been.
pub async fn copy(config: &Path, to: &str, password_file: Option<&Path>, out: &mut impl Write) -> Result<(), Stopped> {
    let config = load_believing(config)?;
    let DatabasePlace::File(file) = &config.database else {
        let words = "`database` est déjà sur un serveur : la copie part d'un fichier SQLite";
        return Err(Stopped::Outside(format!("{} : {words}", config.file)));
    };
    if !file.exists() {
        return Err(Stopped::Outside(format!("{} n'existe pas : rien à copier", file.display())));
    }
    if !is_postgres(to) {
        let example = "--to postgres://portevoix@serveur.example.org/portevoix";
        return Err(Stopped::Outside(format!("--to attend l'adresse d'une base PostgreSQL, par exemple : {example}")));
    }
    if to.rsplit_once('@').is_some_and(|(before, _)| before.matches(':').count() > 1) {
        let words = "un mot de passe sur la ligne de commande est lu de toute la machine";
        return Err(Stopped::Outside(format!("--to : {words} ; donnez-le par --password-file ou dans {PASSWORD}")));
    }
    if let Some(why) = what_is_wrong(to) {
        return Err(Stopped::Outside(format!("--to{why}")));
    }
    // Whoever runs on the file has its lock: it can't be copied under a bot that writes.
    let from = database::open(&config.database).await?;
    let variable = std::env::var_os(PASSWORD).map(|_| SecretSource::Environment(PASSWORD.to_owned()));
    let password = password_file.map(|path| SecretSource::File(path.to_owned())).or(variable);
    let target = database::open(&DatabasePlace::Server { url: to.to_owned(), password }).await?;
    let copied = copy::copy(&from, &target).await;
    target.close().await;
    from.close().await;
    let copied = copied.map_err(in_words)?;
    for table in copied.tables {
        writeln!(out, "✓ {} : {} ligne(s), identiques des deux côtés", table.table, table.rows)?;
    }
    for audited in &copied.journals {
        audit::line(out, audited)?;
    }
    writeln!(
        out,
        "Tout est copié. Écrivez maintenant cette adresse à `database` dans {}, et ne lancez plus de bot sur {} : il \
         publierait de son côté.",
        config.file,
        file.display()
    )?;
    Ok(())
}

fn in_words(fault: CopyFault) -> Stopped {
    match fault {
        CopyFault::NotEmpty(table) => Stopped::Outside(format!(
            "la base d'arrivée n'est pas vide (table {table}) ; rien n'a été copié. Donnez une base qui n'a jamais servi"
        )),
        CopyFault::Different(table) => Stopped::Outside(format!(
            "la copie de la table {table} n'est pas identique à l'original ; rien n'a été gardé. Un autre programme \
             écrit-il dans l'une des deux bases ?"
        )),
        CopyFault::Unproven(audited) => Stopped::Outside(format!(
            "{}\nLa main courante ne se vérifie pas : rien n'a été gardé de la copie. La base de départ est-elle saine ? \
             portevoix audit verify --config …",
            audit::line_in_words(&audited)
        )),
        CopyFault::Store(StoreError::MayBeCommitted) => Stopped::Outside(
            "la réponse du serveur s'est perdue à la dernière étape : la copie est entière ou absente. Relancez la même \
             commande : si elle dit que la base n'est pas vide, la copie est faite"
                .to_owned(),
        ),
        CopyFault::Store(trouble) => Stopped::Store(trouble),
    }
}
