//! What must hold whatever happens, told from outside: from what people did and saw, not from what the engine believes.

use std::collections::{BTreeMap, BTreeSet};

use portevoix::domain::draft::{Draft, Phase, Progress};
use portevoix::domain::fault::Receipt;
use portevoix::domain::name::{AccountName, DraftNumber, PersonId, RevisionNumber};
use portevoix::port::chat::Happening;
use portevoix::store::database::Database;

use crate::simulation::network::{Seen, Shown};
use crate::simulation::people::{TEAM, is_approver, person};
use crate::simulation::room::{DISORDER, Deed, Note, SimulatedRoom};
use crate::simulation::timeline::{Moment, time};
use crate::simulation::world::World;

/// How many supervisors must approve.
pub const QUORUM: usize = 2;

/// How long after a veto or a hold was given it must have been heard of before the last approval, to stop what that carries.
const HEARD_WITHIN: Moment = 60_000;

/// A vote as people saw it: from when until when it stood under the card.
struct Standing<'a> {
    by: &'a PersonId,
    glyph: &'a str,
    from: Moment,
    until: Moment,
}

/// What must hold when a post appears.
pub fn of_a_post(world: &World, seen: &Seen) -> Result<(), String> {
    if let Some(twin) = world.public.lock().unwrap().iter().find(|other| {
        other.directorate == seen.directorate && other.account == seen.account && draft_of(other) == draft_of(seen)
    }) {
        return Err(format!("published twice: {seen:?}, and before {twin:?}"));
    }
    let Some((number, revision)) = draft_of(seen) else { return Err(format!("a post of no draft: {seen:?}")) };
    if number.directorate != seen.directorate {
        return Err(format!("a draft of another directorate's: {seen:?}"));
    }
    let room = world.rooms.iter().find(|room| room.code == seen.directorate.as_str()).unwrap();
    let (deeds, notes) = (room.deeds.lock().unwrap().clone(), room.notes.lock().unwrap().clone());
    let cards = cards_of(&notes, &number, revision);
    if !cards.iter().any(|card| card.quoted.contains(&seen.text)) {
        return Err(format!("nobody was shown this text: {seen:?}"));
    }
    if let Some(planned) = cards.iter().find_map(|card| card.planned)
        && time(seen.at + world.clocks_wrong_by()) < planned
    {
        return Err(format!("published before its hour, {planned}: {seen:?}"));
    }
    let authors = authors(&notes, &number, revision);
    let votes = votes(&deeds, &cards, seen.at);
    let moments: BTreeSet<Moment> = votes.iter().flat_map(|vote| [vote.from, vote.until]).collect();
    let carried = moments.iter().find(|moment| {
        let stands = |vote: &&Standing<'_>| vote.from <= **moment && **moment <= vote.until.saturating_add(DISORDER);
        let voters: BTreeSet<&PersonId> = votes
            .iter()
            .filter(stands)
            .filter(|vote| vote.glyph == "✅" && is_approver(&room.code, vote.by) && !authors.contains(vote.by))
            .map(|vote| vote.by)
            .collect();
        voters.len() >= QUORUM
    });
    let Some(carried) = carried else {
        return Err(format!("nobody's mandate: {seen:?}; authors {authors:?}"));
    };
    let stopped = votes.iter().find(|vote| {
        let counts = vote.glyph == "⏸" || is_approver(&room.code, vote.by) && !authors.contains(vote.by);
        let is_member = vote.by.as_str().ends_with(&room.code);
        matches!(vote.glyph, "⏸" | "❌")
            && counts
            && is_member
            && vote.until >= seen.at
            && vote.from + HEARD_WITHIN <= *carried
    });
    match stopped {
        Some(vote) => Err(format!("published although {} had said {} long before: {seen:?}", vote.by, vote.glyph)),
        None => Ok(()),
    }
}

/// What must hold when an account shows another's post on: its own people approved that very post.
pub fn of_a_relay(world: &World, shown: &Shown) -> Result<(), String> {
    let room = world.rooms.iter().find(|room| room.code == shown.directorate.as_str()).unwrap();
    let (deeds, notes) = (room.deeds.lock().unwrap().clone(), room.notes.lock().unwrap().clone());
    let mut parts = shown.id.split('/').skip(3);
    let of = parts.next().unwrap_or_default();
    let says_so = format!("Relais de {of},");
    let cards: Vec<&Note> =
        notes.iter().filter(|note| note.card().is_some() && note.prose.plain().contains(&says_so)).collect();
    let now = world.timeline.now();
    let is_carried = cards.iter().any(|card| {
        let votes = votes(&deeds, &[card], now);
        let moments: BTreeSet<Moment> = votes.iter().flat_map(|vote| [vote.from, vote.until]).collect();
        moments.iter().any(|moment| {
            let voters: BTreeSet<&PersonId> = votes
                .iter()
                .filter(|vote| vote.from <= *moment && *moment <= vote.until.saturating_add(DISORDER))
                .filter(|vote| vote.glyph == "✅" && is_approver(&room.code, vote.by))
                .map(|vote| vote.by)
                .collect();
            voters.len() >= QUORUM
        })
    });
    if is_carried { Ok(()) } else { Err(format!("shown on without a mandate: {shown:?}")) }
}

/// What must hold once nothing fails any more and everybody has had time.
pub async fn at_the_end(world: &World, database: &Database) -> Result<(), String> {
    let trouble = |error| format!("the store can't be read: {error}");
    let mut transaction = database.begin().await.map_err(trouble)?;
    for room in &world.rooms {
        let (deeds, notes) = (room.deeds.lock().unwrap().clone(), room.notes.lock().unwrap().clone());
        let mut drafts = Vec::new();
        for serial in 1.. {
            let number = DraftNumber { directorate: room.code.as_str().into(), serial };
            let Some(draft) = transaction.draft(&number).await.map_err(trouble)? else { break };
            of_a_draft(world, &deeds, &notes, &draft)?;
            drafts.push(draft);
        }
        of_a_room(world, room, &deeds, &notes, &drafts)?;
        // The chain holds, and each draft is stored as the replay of its lines gives it.
        let audited = transaction.audit(&room.code.as_str().into()).await.map_err(trouble)?;
        if audited.wrong.is_some() || audited.drafts != drafts.len() {
            return Err(format!("the journal of {} tells another story: {audited:?}", room.code));
        }
    }
    if let Some(shown) = world.shown_on.lock().unwrap().iter().find(|shown| !stands(world, shown)) {
        return Err(format!("shown on still, and its original is closed: {shown:?}"));
    }
    // What became due in the last minutes may still be under way.
    let owed = transaction.due(time(world.timeline.now() - 180_000), 100).await.map_err(trouble)?;
    match owed.first() {
        Some(claim) => Err(format!("still owed at the end: {claim:?}")),
        None => Ok(()),
    }
}

/// Each account shows it, or a person was told why not; nobody's vote was forgotten.
fn of_a_draft(world: &World, deeds: &[Deed], notes: &[Note], draft: &Draft) -> Result<(), String> {
    let (number, revision) = (&draft.number, draft.revision.number);
    let cards = cards_of(notes, number, revision);
    if cards.iter().filter(|card| !card.is_removed).count() > 1 {
        return Err(format!("{number} has two cards of revision {revision}"));
    }
    match &draft.phase {
        Phase::Review(_) => {
            let authors = authors(notes, number, revision);
            let votes = votes(deeds, &cards, world.timeline.now());
            let standing = votes.iter().filter(|vote| vote.until == Moment::MAX);
            let approving: BTreeSet<&PersonId> = standing
                .filter(|vote| {
                    vote.glyph == "✅"
                        && is_approver(number.directorate.as_str(), vote.by)
                        && !authors.contains(vote.by)
                        && !draft.authors.contains(vote.by)
                })
                .map(|vote| vote.by)
                .collect();
            if approving.len() >= QUORUM && draft.revision.blockers.is_empty() {
                return Err(format!("{number} was approved by {approving:?} and forgotten"));
            }
        }
        Phase::Approved { grace, .. } => {
            let waits = draft.revision.planned_at.is_some_and(|planned| planned > time(world.timeline.now()));
            if matches!(grace, portevoix::domain::draft::Grace::Until(_)) && !waits {
                return Err(format!("{number} is approved and waits for nothing"));
            }
        }
        Phase::Publishing(publication) | Phase::Published(publication) => {
            for (account, progress) in &publication.progress {
                let is_seen = world
                    .public
                    .lock()
                    .unwrap()
                    .iter()
                    .any(|seen| seen.account == *account && draft_of(seen) == Some((number.clone(), revision)));
                let is_edited = is_changed_to(world, draft, account);
                let is_shown_on = |receipt: &Receipt| is_shown_on(world, draft, account, receipt);
                let is_told = notes.iter().any(|note| note.is_question() && note.told_of() == Some(number.clone()));
                let is_right = match progress {
                    Progress::Online(receipt) => {
                        is_old_one_gone(world, draft, account)?
                            && (is_seen || is_edited || is_shown_on(receipt) || receipt.id.is_empty())
                    }
                    Progress::Uncertain(_) | Progress::Refused(_) => is_told,
                    // What another draft replaced before it was out must not be.
                    Progress::Stopped => !world
                        .public
                        .lock()
                        .unwrap()
                        .iter()
                        .any(|seen| seen.account == *account && is_of(seen, number) && seen.gone_at.is_none()),
                    Progress::TakenDown => is_old_one_gone(world, draft, account)?,
                    Progress::Owed | Progress::Retrying { .. } => false,
                };
                if !is_right {
                    return Err(format!("{number} on {account}: {progress:?}, seen in public: {is_seen}"));
                }
            }
        }
        Phase::Vetoed { .. } | Phase::Withdrawn { .. } | Phase::Expired(_) => {}
    }
    Ok(())
}

/// Where a draft that closes or rectifies another is done, nothing of the old post is public any more.
fn is_old_one_gone(world: &World, draft: &Draft, account: &AccountName) -> Result<bool, String> {
    let Some(succession) = &draft.revision.succession else { return Ok(true) };
    let public = world.public.lock().unwrap();
    let old = public.iter().find(|seen| {
        seen.account == *account && is_of(seen, &succession.of) && seen.gone_at.is_none() && seen.edited_to.is_none()
    });
    match old {
        Some(seen) if succession.steps.contains_key(account) => {
            Err(format!("{} is carried out, and the old post is public still: {seen:?}", draft.number))
        }
        Some(_) | None => Ok(true),
    }
}

/// Whether an account may still show it on: its original stands as its people approved it, or the network did not say that it
/// is shown on, and it shows nothing, because its original is gone.
fn stands(world: &World, shown: &Shown) -> bool {
    let original = shown.id.trim_start_matches("repost/");
    let public = world.public.lock().unwrap();
    let Some(seen) = public.iter().find(|seen| format!("{}/{}", seen.account, seen.key) == original) else {
        return false;
    };
    match (seen.gone_at, &seen.edited_to) {
        (None, None) => true,
        (Some(_), _) => !is_told(world, shown),
        // The same post says something else by now: they must have been asked about that as well.
        (None, Some(_)) => {
            let of = original.split('/').nth(2).unwrap_or_default();
            let says_so = format!("Relais de {of},");
            relays(world, shown).iter().any(|card| !card.prose.plain().contains(&says_so))
        }
    }
}

/// The cards of relays in the room of a directorate.
fn relays(world: &World, shown: &Shown) -> Vec<Note> {
    let room = world.rooms.iter().find(|room| room.code == shown.directorate.as_str()).unwrap();
    let notes = room.notes.lock().unwrap();
    notes.iter().filter(|note| note.card().is_some() && note.prose.plain().contains("Relais de ")).cloned().collect()
}

/// Whether a directorate was told that its account shows on what it was asked to.
fn is_told(world: &World, shown: &Shown) -> bool {
    let numbers: Vec<DraftNumber> =
        relays(world, shown).iter().filter_map(|card| card.card().map(|(number, _)| number)).collect();
    let room = world.rooms.iter().find(|room| room.code == shown.directorate.as_str()).unwrap();
    let says_so = format!("En ligne sur {}", shown.account);
    let notes = room.notes.lock().unwrap();
    notes.iter().any(|note| {
        note.told_of().is_some_and(|number| numbers.contains(&number)) && note.prose.plain().contains(&says_so)
    })
}

/// Whether an old post was changed in place to what a draft says.
fn is_changed_to(world: &World, draft: &Draft, account: &AccountName) -> bool {
    let says_it = |text: &String| draft.revision.targets.iter().any(|target| target.text == *text);
    let public = world.public.lock().unwrap();
    draft.revision.succession.is_some()
        && public.iter().any(|seen| seen.account == *account && seen.edited_to.as_ref().is_some_and(says_it))
}

/// Whether an account shows another's post on.
fn is_shown_on(world: &World, draft: &Draft, account: &AccountName, receipt: &Receipt) -> bool {
    let is_it = |shown: &Shown| {
        shown.directorate == draft.number.directorate && shown.account == *account && shown.id == receipt.id
    };
    world.shown_on.lock().unwrap().iter().any(is_it)
}

fn is_of(seen: &Seen, number: &DraftNumber) -> bool {
    draft_of(seen).is_some_and(|(of, _)| of == *number)
}

/// Each command was taken, and once; nothing of another directorate's is said here.
fn of_a_room(
    world: &World,
    room: &SimulatedRoom,
    deeds: &[Deed],
    notes: &[Note],
    drafts: &[Draft],
) -> Result<(), String> {
    for deed in deeds {
        let Happening::Said { message, text, .. } = &deed.arrival.what else { continue };
        let opens = text.starts_with("!info") || text.starts_with("!appel");
        let follows = text.starts_with("!clore") || text.starts_with("!rectifier");
        let expected = usize::from(opens && deed.arrival.by.as_str().ends_with(&room.code));
        let found = drafts.iter().filter(|draft| draft.origin == *message).count();
        if found != expected && !(follows && found <= 1) {
            return Err(format!("{} typed {text:?}: {found} drafts of it", deed.arrival.by));
        }
    }
    let elsewhere: Vec<&SimulatedRoom> = world.rooms.iter().filter(|other| other.code != room.code).collect();
    // What another directorate published it may ask to be shown on, its author's name included.
    let relays = |note: &&Note| note.prose.plain().contains("Relais de ") || note.prose.plain().contains("!relais");
    for (note, other) in
        notes.iter().filter(|note| !relays(note)).flat_map(|note| elsewhere.iter().map(move |other| (note, other)))
    {
        let said = note.prose.plain();
        // Nothing that was typed or published there; that a number is not known here may be said.
        if TEAM.iter().any(|(name, _)| said.contains(&person(&other.code, name))) {
            return Err(format!("said in the room of {}, and it is of {}: {said}", room.code, other.code));
        }
    }
    for draft in drafts {
        let calls = notes.iter().filter(|note| note.told_of().as_ref() == Some(&draft.number) && note.is_call());
        let calls: Vec<String> = calls.map(|note| note.prose.plain()).collect();
        if calls.len() > draft.policy.reminders.roles.len() {
            return Err(format!("{} called more roles than there are: {calls:?}", draft.number));
        }
    }
    let mut generations = BTreeMap::new();
    for note in notes.iter().filter(|note| note.card().is_some()) {
        if let Some(before) = generations.insert(&note.key, &note.id) {
            return Err(format!("one card was said twice: {before} and {}", note.id));
        }
    }
    Ok(())
}

fn draft_of(seen: &Seen) -> Option<(DraftNumber, RevisionNumber)> {
    let mut parts = seen.key.as_str().strip_prefix("publish/")?.split('/');
    let number = parts.next()?.parse().ok()?;
    Some((number, RevisionNumber(parts.next()?.parse().ok()?)))
}

fn cards_of<'a>(notes: &'a [Note], number: &DraftNumber, revision: RevisionNumber) -> Vec<&'a Note> {
    notes.iter().filter(|note| note.card().is_some_and(|card| card == (number.clone(), revision))).collect()
}

/// Everyone whose mark was in a text of the draft, up to that revision.
fn authors(notes: &[Note], number: &DraftNumber, revision: RevisionNumber) -> BTreeSet<PersonId> {
    let cards = notes.iter().filter(|note| note.card().is_some_and(|(of, at)| of == *number && at <= revision));
    // Texts to be published begin with a hashtag; the reason of a veto is quoted as well.
    let texts = cards.flat_map(|card| &card.quoted).filter(|text| text.starts_with('#'));
    let marks = texts.flat_map(|text| text.split("#f").skip(1));
    let names = marks.filter_map(|mark| {
        let (_, name) = mark.split_once('x')?;
        Some(name.chars().take_while(char::is_ascii_alphanumeric).collect::<String>())
    });
    names.map(PersonId).collect()
}

fn votes<'a>(deeds: &'a [Deed], cards: &[&Note], until: Moment) -> Vec<Standing<'a>> {
    let reactions = deeds.iter().filter_map(|deed| match &deed.arrival.what {
        Happening::Reacted { message, glyph, .. } if cards.iter().any(|card| card.id == *message) => {
            Some((deed, glyph))
        }
        Happening::Reacted { .. }
        | Happening::Said { .. }
        | Happening::Edited { .. }
        | Happening::Pressed { .. }
        | Happening::Removed { .. }
        | Happening::Unreadable { .. } => None,
    });
    let standing = reactions.filter(|(deed, _)| deed.at <= until).map(|(deed, glyph)| {
        let taken_back = deeds.iter().find(
            |other| matches!(&other.arrival.what, Happening::Removed { id } if *id == deed.arrival.id.to_string()),
        );
        let until = taken_back.map_or(Moment::MAX, |other| other.at);
        Standing { by: &deed.arrival.by, glyph, from: deed.at, until }
    });
    standing.collect()
}
