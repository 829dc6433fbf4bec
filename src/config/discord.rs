//! Reads `[discord]`: the bot's application there.

use std::path::Path;

use crate::config::findings::Findings;
use crate::config::identifier::{base_url, discord_id};
use crate::config::outside::Outside;
use crate::config::secret::source;
use crate::config::section::{At, Section};
use crate::config::settings::Discord;

/// Reads the table.
pub fn read(section: &Section<'_>, folder: &Path, outside: &mut Outside, findings: &mut Findings) -> Option<Discord> {
    let token = source(section, "token", folder, findings);
    outside.secrets.extend(token.clone());
    let state_directory = section.needed_text("state_directory", findings).map(|at| {
        let path = folder.join(at.value);
        outside.private_folders.push(At { value: path.clone(), line: at.line });
        path
    });
    let application = section.text("application", findings);
    let application = application.map(|at| discord_id(&at, "application", findings).map(str::to_owned));
    let api = section.text("api", findings).map(|at| base_url(&at, "api", findings));
    Some(Discord {
        token: token?.value,
        application: application.unwrap_or_default(),
        // As some write it; the version is ours to know.
        api: api.unwrap_or_default().map(|url| url.trim_end_matches("/api/v10").trim_end_matches("/api").to_owned()),
        state_directory: state_directory?,
    })
}
