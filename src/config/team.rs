//! Reads the people of a directorate and the rooms they meet in.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::claims::{Claimed, Claims};
use crate::config::findings::Findings;
use crate::config::identifier::{discord_id, matrix_room, matrix_user, plain_name, roles};
use crate::config::section::{At, Section};
use crate::config::settings::{ChatKind, Room};
use crate::domain::directorate::Member;
use crate::domain::name::{GroupId, PersonId, RoleName, RoomId};

/// Reads the `[[directorate.room]]` tables. `chats` are those that the file sets up.
pub fn rooms(
    sections: &[Section<'_>],
    chats: &BTreeSet<ChatKind>,
    claims: &mut Claims,
    findings: &mut Findings,
) -> Vec<Room> {
    let words = ChatKind::ALL.map(|chat| (chat.word(), chat));
    let mut rooms = Vec::new();
    for section in sections {
        section.need("chat", findings);
        let chat = section.choice("chat", &words, findings);
        let id = section.needed_text("id", findings);
        let (Some(At { value: chat, line }), Some(at)) = (chat, id) else { continue };
        if !chats.contains(&chat) {
            let word = chat.word();
            findings.missing(
                line,
                format!("ce salon est dans « {word} », que le fichier ne règle pas ; ajoutez une partie [{word}]"),
            );
        }
        let id = match chat {
            ChatKind::Matrix => matrix_room(&at, findings),
            ChatKind::Discord => discord_id(&at, "id", findings).map(RoomId::from),
            ChatKind::Practice => plain_name(&at, "id", findings).map(RoomId::from),
        };
        let Some(id) = id else { continue };
        if let Some(earlier) = claims.rooms.claim(id.clone(), at.line) {
            let why = "un salon n'appartient qu'à une direction et n'y figure qu'une fois";
            findings.wrong(at.line, format!("ce salon est déjà donné à la ligne {earlier} ; {why}"));
        }
        rooms.push(Room { chat, id });
    }
    rooms
}

/// Reads the `[[directorate.member]]` tables. `bot` is the bot's own id, which may not vote; `chats` are those of the
/// directorate's rooms.
pub fn members(
    sections: &[Section<'_>],
    bot: Option<&PersonId>,
    chats: &BTreeSet<ChatKind>,
    findings: &mut Findings,
) -> Vec<Member> {
    let (mut persons, mut names) = (Claimed::default(), Claimed::default());
    let mut team = Vec::new();
    for section in sections {
        let name = section.needed_text("name", findings);
        let matrix = section.text("matrix", findings);
        let matrix = matrix.and_then(|at| Some(At { value: matrix_user(&at, "matrix", findings)?, line: at.line }));
        let discord = section.text("discord", findings);
        let discord = discord
            .and_then(|at| Some(At { value: PersonId::from(discord_id(&at, "discord", findings)?), line: at.line }));
        let practice = section.text("practice", findings);
        let practice = practice
            .and_then(|at| Some(At { value: PersonId::from(plain_name(&at, "practice", findings)?), line: at.line }));
        if let Some(at) = matrix.as_ref().filter(|at| Some(&at.value) == bot) {
            findings.wrong(
                at.line,
                "c'est l'identifiant du bot lui-même, qui ne fait pas partie de l'équipe ; donnez celui de la personne",
            );
        }
        let ids: Vec<At<PersonId>> = [matrix, discord, practice].into_iter().flatten().collect();
        for At { value: id, line } in &ids {
            if let Some(earlier) = persons.claim(id.clone(), *line) {
                let why = "une personne ne figure qu'une fois dans l'équipe, avec tous ses rôles";
                findings.wrong(*line, format!("« {id} » est déjà un membre à la ligne {earlier} ; {why}"));
            }
        }
        let role_names = section.texts("roles", findings).unwrap_or_default();
        let roles = roles(&role_names, "roles", findings);
        let Some(name) = name else { continue };
        if let Some(earlier) = names.claim(name.value.to_lowercase(), name.line) {
            let why = "distinguez-les, par exemple par l'initiale du prénom";
            findings
                .wrong(name.line, format!("un membre s'appelle déjà « {} » à la ligne {earlier} ; {why}", name.value));
        }
        note_unreachable(section, name.value, chats, findings);
        team.push(Member { name: name.value.to_owned(), ids: ids.into_iter().map(|at| at.value).collect(), roles });
    }
    team
}

/// Reads the `[[directorate.group]]` tables: roles of a Discord server, and what whoever has one stands for.
pub fn groups(
    sections: &[Section<'_>],
    chats: &BTreeSet<ChatKind>,
    findings: &mut Findings,
) -> BTreeMap<GroupId, BTreeSet<RoleName>> {
    let mut claimed = Claimed::default();
    let mut groups = BTreeMap::new();
    for section in sections {
        // Where no room could be read it may be one there: what is wrong with it is said already.
        if !chats.is_empty() && !chats.contains(&ChatKind::Discord) {
            let why = "un groupe est un rôle d'un serveur Discord, et aucun salon de cette direction n'y est ; retirez \
                       cette partie ou ajoutez un salon avec `chat = \"discord\"`";
            findings.wrong(section.line, why);
        }
        section.need("roles", findings);
        let names = section.texts("roles", findings).unwrap_or_default();
        if section.has("roles") && names.is_empty() {
            findings
                .missing(section.line, "ce groupe ne donne aucun rôle ; écrivez par exemple : roles = [\"valideur\"]");
        }
        let roles = roles(&names, "roles", findings);
        let Some(at) = section.needed_text("id", findings) else { continue };
        let Some(id) = discord_id(&at, "id", findings) else { continue };
        if let Some(earlier) = claimed.claim(id.to_owned(), at.line) {
            findings.wrong(at.line, format!("ce groupe est déjà donné à la ligne {earlier} ; réunissez leurs rôles"));
        }
        groups.insert(GroupId::from(id), roles);
    }
    groups
}

/// Notes a member who could neither write nor approve, because no room is in a chat that knows them.
fn note_unreachable(section: &Section<'_>, name: &str, chats: &BTreeSet<ChatKind>, findings: &mut Findings) {
    let known = ChatKind::ALL.into_iter().filter(|chat| section.has(chat.word()));
    let known: BTreeSet<ChatKind> = known.collect();
    // Without a room every chat will do: that a room is missing is said elsewhere.
    let reachable = if chats.is_empty() { !known.is_empty() } else { !known.is_disjoint(chats) };
    if reachable {
        return;
    }
    let wanted = match chats.first() {
        Some(ChatKind::Matrix) | None => r#"matrix = "@durand:example.org""#,
        Some(ChatKind::Discord) => r#"discord = "1180000000000000001""#,
        Some(ChatKind::Practice) => r#"practice = "durand""#,
    };
    findings.missing(
        section.line,
        format!("« {name} » n'a pas d'identifiant dans la messagerie des salons ; écrivez par exemple : {wanted}"),
    );
}
