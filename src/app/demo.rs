//! `portevoix demo`: plays the founding scene in the terminal, then opens the practice room in the browser. No account,
//! no network, nothing kept: everything happens on this machine, in a folder that is thrown away.

use std::io::{IsTerminal, Write, stdout};
use std::net::Ipv4Addr;
use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::run::{House, stop_on_signal};
use crate::app::scene;
use crate::app::stopped::Stopped;
use crate::chat::practice::terminal::Terminal;
use crate::config::load::load;

/// What the demonstration is to do.
pub struct Demo {
    /// Play the scene in the terminal first.
    pub plays: bool,
    /// Open the practice room afterwards.
    pub serves: bool,
    /// The port of the practice room; 0 lets the system choose.
    pub port: u16,
}

/// The configuration of the demonstration, which is also an example to start from.
const CONFIGURATION: &str = include_str!("../../examples/police-nationale.toml");

/// Plays and serves.
///
/// # Errors
/// What a person must mend.
pub async fn demo(demo: Demo) -> Result<(), Stopped> {
    let folder = Folder::make()?;
    let path = folder.0.join("portevoix.toml");
    std::fs::write(&path, CONFIGURATION)?;
    let house = House::build(load(&path)?).await?;
    let Some(practice) = house.chats.practice.clone() else { return Ok(()) };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, demo.port)).await?;
    let address = listener.local_addr()?;
    let stop = stop_on_signal()?;
    let show = async {
        if demo.plays {
            let is_played = CancellationToken::new();
            let (changes, public) = (practice.subscribe(), house.showcase.public());
            let mut terminal = Terminal::new(stdout(), stdout().is_terminal());
            writeln!(stdout(), "Une soirée à Nantes, rejouée avec un réseau fictif. Rien ne quitte cette machine.")?;
            let playing = async {
                let played = scene::play(&practice, house.showcase.public()).await;
                is_played.cancel();
                played
            };
            let following = terminal.follow(&practice, changes, public, is_played.clone());
            let (played, followed) = tokio::select! {
                done = async { tokio::join!(playing, following) } => done,
                () = stop.cancelled() => (Ok(()), Ok(())),
            };
            followed?;
            played.map_err(|trouble| Stopped::Outside(trouble.to_string()))?;
        }
        if demo.serves {
            writeln!(stdout(), "\nSalon d'entraînement : http://{address}/  (Ctrl-C pour fermer)")?;
            stdout().flush()?;
        } else {
            stop.cancel();
        }
        Ok::<(), Stopped>(())
    };
    let (shown, ran) = tokio::join!(
        async {
            let shown = show.await;
            if shown.is_err() {
                stop.cancel();
            }
            shown
        },
        house.run(Some(listener), &stop)
    );
    shown?;
    ran
}

/// A folder that is removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> std::io::Result<Self> {
        let nanoseconds = jiff::Timestamp::now().as_nanosecond();
        let path = std::env::temp_dir().join(format!("portevoix-demo-{}-{nanoseconds}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing of value is in it; the system clears its temporary folder anyway.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
