//! `portevoix store backup`, `restore` and `restored`: a copy of the database while the bot runs, and the way back to it.

use std::io::{ErrorKind, Write};
use std::path::Path;

use jiff::Timestamp;

use crate::app::stopped::Stopped;
use crate::app::{audit, database};
use crate::config::load::load_believing;
use crate::config::settings::DatabasePlace;
use crate::engine::restored::{self, Doubts};
use crate::port::private_file::Unfinished;
use crate::store::backup::{self, Restoring};
use crate::store::database::{Database, StoreError};

/// Copies the database of a configuration into a new file, for the eyes of this account alone, and verifies the copy.
///
/// # Errors
/// Why there is no copy; [`Stopped::CheckFailed`] when there is one, but something is wrong with what is in it.
pub async fn back_up(config: &Path, file: &Path, out: &mut impl Write) -> Result<(), Stopped> {
    let database = match load_believing(config)?.database {
        DatabasePlace::File(path) => path,
        DatabasePlace::Server { .. } => return Err(on_a_server("Sauvegardez-la avec lui : pg_dump --format=custom …")),
    };
    let not_written = |error: std::io::Error| {
        let file = file.display();
        Stopped::Outside(if error.kind() == ErrorKind::AlreadyExists {
            format!(
                "{file} existe déjà : donnez un autre nom (avec la date, par exemple). Une sauvegarde n'en remplace \
                 aucune autre."
            )
        } else {
            format!("{file} ne peut pas être écrit ({error}).")
        })
    };
    let unfinished = Unfinished::begin(file).map_err(not_written)?;
    backup::copy(&database, unfinished.draft())?;
    let bytes = std::fs::metadata(unfinished.draft())?.len();
    unfinished.finish().map_err(not_written)?;
    writeln!(out, "✓ {} : {bytes} octets, la base telle qu'elle était à un instant", file.display())?;
    // A copy that could not be put back is better known today.
    let copy = match Database::open_to_read(file).await {
        Err(StoreError::Older { .. }) => {
            writeln!(out, "  Pas vérifiée : elle vient d'une version plus ancienne, qui n'enchaînait pas ses lignes.")?;
            return Ok(());
        }
        opened => opened?,
    };
    if audit::verify_all(&mut copy.begin().await?, out).await? { Ok(()) } else { Err(Stopped::CheckFailed) }
}

/// Puts a backup in the place of the database of a configuration, which is kept beside it.
///
/// # Errors
/// Why it was not done: the database is as it was.
pub async fn restore(config: &Path, file: &Path, out: &mut impl Write) -> Result<(), Stopped> {
    let database = match load_believing(config)?.database {
        DatabasePlace::File(path) => path,
        DatabasePlace::Server { .. } => {
            return Err(on_a_server(
                "Remettez sa sauvegarde avec lui (pg_restore), tous les bots arrêtés, puis, avant d'en démarrer un : \
                 portevoix store restored --config …",
            ));
        }
    };
    let restoring = Restoring::begin(file, &database).map_err(|trouble| not_restored(file, trouble))?;
    let now = Timestamp::now();
    let draft = Database::open(restoring.draft()).await.map_err(|trouble| not_restored(file, trouble))?;
    let mut transaction = draft.begin().await?;
    if !audit::verify_all(&mut transaction, out).await? {
        return Err(Stopped::Outside(format!(
            "{} n'est pas remis en place : sa main courante ne se vérifie pas. La base est restée comme elle était.",
            file.display()
        )));
    }
    let doubts = restored::mark(&mut transaction, now).await?;
    transaction.commit().await?;
    draft.close().await;
    drop(draft);
    let kept = restoring.finish(now)?;
    writeln!(out, "✓ {} est revenu à l'état de {}", database.display(), file.display())?;
    if let Some(kept) = kept {
        writeln!(out, "  L'ancienne base est gardée : {}", kept.display())?;
    }
    tell(doubts, out)
}

/// Marks the database of a configuration as put back by other means (PostgreSQL's own, a snapshot of the machine, a copy by
/// hand): what may have gone out since is looked for and asked about.
///
/// # Errors
/// Why it was not done: the database is as it was.
pub async fn restored(config: &Path, out: &mut impl Write) -> Result<(), Stopped> {
    let place = load_believing(config)?.database;
    if let DatabasePlace::File(path) = &place
        && !path.exists()
    {
        return Err(StoreError::Missing(path.clone()).into());
    }
    let database = database::open(&place).await?;
    let mut transaction = database.begin().await?;
    if !audit::verify_all(&mut transaction, out).await? {
        let words = "La main courante ne se vérifie pas : rien n'a été marqué. Remettez une autre sauvegarde.";
        return Err(Stopped::Outside(words.to_owned()));
    }
    let doubts = restored::mark(&mut transaction, database.time().unwrap_or_else(Timestamp::now)).await?;
    transaction.commit().await?;
    database.close().await;
    writeln!(out, "✓ La base est marquée comme revenue à un état plus ancien.")?;
    tell(doubts, out)
}

/// What a restore means for those who work with the bot.
fn tell(doubts: Doubts, out: &mut impl Write) -> Result<(), Stopped> {
    writeln!(
        out,
        "  {} publication(s) en cours seront d'abord cherchées sur les réseaux ; pour {} brouillon(s) ouverts, le bot \
         demandera avant de publier.\n  \
         Prévenez les équipes : ce qui a été tapé et validé depuis la sauvegarde est à revoir, et à retaper si le bot ne \
         l'a pas relu. Les numéros des nouveaux brouillons font un saut.",
        doubts.owed, doubts.drafts
    )?;
    Ok(())
}

fn on_a_server(advice: &str) -> Stopped {
    Stopped::Outside(format!("La base est sur un serveur PostgreSQL. {advice}"))
}

/// Why a backup is not put back. What is said of the copy that was being made is said of the backup.
fn not_restored(file: &Path, trouble: StoreError) -> Stopped {
    match trouble {
        StoreError::Damaged { cause, .. } => Stopped::Outside(format!(
            "{} est abîmé, ou n'est pas une sauvegarde ({cause}). La base est restée comme elle était.",
            file.display()
        )),
        StoreError::Open { ref path, ref cause } if path == file => {
            Stopped::Outside(format!("{} ne peut pas être lu ({cause}).", file.display()))
        }
        StoreError::Newer { version, known, .. } => {
            StoreError::Newer { place: file.display().to_string(), version, known }.into()
        }
        StoreError::InUse(_)
        | StoreError::Open { .. }
        | StoreError::NotABackup(_)
        | StoreError::Missing(_)
        | StoreError::Older { .. }
        | StoreError::ReadOnly { .. }
        | StoreError::Database(_)
        | StoreError::Busy
        | StoreError::Undone
        | StoreError::Migration(_)
        | StoreError::Unreached { .. }
        | StoreError::Server(_)
        | StoreError::MayBeCommitted
        | StoreError::ServerMigration(_)
        | StoreError::Column { .. }
        | StoreError::Row { .. } => trouble.into(),
    }
}
