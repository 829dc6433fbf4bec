//! What the page is told, in the shapes that `page.js` reads: nothing is left to be derived from our own types, so
//! that these can change without the page.

use serde::Serialize;

use crate::chat::practice::public::{PublicPost, file_name};
use crate::chat::practice::record::{Author, Content, Message};
use crate::chat::practice::transcript::BOT_NAME;
use crate::chat::practice::{Practice, PracticeRoom};
use crate::domain::directorate::Directorate;
use crate::domain::picture::Picture;
use crate::domain::policy::bare;
use crate::domain::prose::Block;

/// Everything, when a page connects.
#[derive(Serialize)]
pub struct Snapshot {
    bot: &'static str,
    rooms: Vec<RoomView>,
    examples: Vec<String>,
    posts: Vec<PostView>,
}

#[derive(Serialize)]
struct RoomView {
    id: String,
    name: String,
    directorate: String,
    directorate_name: String,
    /// The one that the cards count in (`Europe/Paris`).
    time_zone: String,
    people: Vec<PersonView>,
    accounts: Vec<AccountView>,
    messages: Vec<MessageView>,
}

#[derive(Serialize)]
struct PersonView {
    id: String,
    name: String,
    roles: Vec<String>,
}

#[derive(Serialize)]
struct AccountView {
    name: String,
    network: &'static str,
}

/// A message that is new or changed.
#[derive(Serialize)]
pub struct ChangeView {
    room: String,
    message: MessageView,
}

#[derive(Serialize)]
struct MessageView {
    id: String,
    /// The person's id; nothing for the bot.
    by: Option<String>,
    at: String,
    edited: bool,
    thread: Option<String>,
    content: ContentView,
    files: Vec<FileView>,
    reactions: Vec<ReactionView>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum ContentView {
    Typed { text: String },
    Said { blocks: Vec<BlockView> },
    Removed,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum BlockView {
    Title { text: String },
    Text { text: String },
    Quote { text: String },
    Items { items: Vec<String> },
    Link { label: String, url: String },
}

#[derive(Serialize)]
struct FileView {
    name: String,
    url: String,
}

#[derive(Serialize)]
struct ReactionView {
    id: String,
    by: Option<String>,
    glyph: String,
    /// The same for glyphs that mean the same: without variation selectors and skin tones.
    bare: String,
}

/// A post on a public account.
#[derive(Serialize)]
pub struct PostView {
    directorate: String,
    account: String,
    text: String,
    pictures: Vec<PictureView>,
    at: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct PictureView {
    /// What to ask for under `/pictures/`.
    file: String,
    width: u32,
    height: u32,
    alt: String,
}

/// Everything that stands now.
pub fn snapshot(
    practice: &Practice,
    directorates: &[Directorate],
    examples: &[String],
    posts: &[PublicPost],
) -> Snapshot {
    let rooms = practice.rooms().map(|room| room_view(practice, room, directorates)).collect();
    Snapshot { bot: BOT_NAME, rooms, examples: examples.to_vec(), posts: posts_view(posts) }
}

/// A message of that room as it stands now.
pub fn change(room: &str, message: &Message) -> ChangeView {
    ChangeView { room: room.to_owned(), message: message_view(message) }
}

/// All public posts.
pub fn posts_view(posts: &[PublicPost]) -> Vec<PostView> {
    let view = |post: &PublicPost| PostView {
        directorate: post.directorate.0.clone(),
        account: post.account.0.clone(),
        text: post.text.clone(),
        pictures: post.pictures.iter().map(|developed| picture_view(developed.picture())).collect(),
        at: post.at.to_string(),
        url: post.url.clone(),
    };
    posts.iter().map(view).collect()
}

fn picture_view(picture: &Picture) -> PictureView {
    let Picture { width, height, alt, .. } = picture;
    PictureView { file: file_name(picture), width: *width, height: *height, alt: alt.clone() }
}

fn room_view(practice: &Practice, room: &PracticeRoom, directorates: &[Directorate]) -> RoomView {
    let directorate = directorates.iter().find(|directorate| directorate.rooms.contains(&room.id));
    let people = room.people.iter().map(|person| {
        let member = directorate.and_then(|directorate| directorate.member(&person.id));
        let roles = member.map(|member| member.roles.iter().map(|role| role.as_str().replace('_', " ")).collect());
        PersonView { id: person.id.0.clone(), name: person.name.clone(), roles: roles.unwrap_or_default() }
    });
    let accounts = directorate.into_iter().flat_map(|directorate| &directorate.accounts);
    RoomView {
        id: room.id.0.clone(),
        name: room.name.clone(),
        directorate: directorate.map(|directorate| directorate.code.0.clone()).unwrap_or_default(),
        directorate_name: directorate.map(|directorate| directorate.name.clone()).unwrap_or_default(),
        time_zone: directorate.map_or_else(|| "UTC".to_owned(), |directorate| directorate.time_zone.clone()),
        people: people.collect(),
        accounts: accounts
            .map(|account| AccountView { name: account.name.0.clone(), network: account.network.label() })
            .collect(),
        messages: practice.timeline(&room.id).iter().map(message_view).collect(),
    }
}

fn message_view(message: &Message) -> MessageView {
    let reactions = message.reactions.iter().map(|reaction| ReactionView {
        id: reaction.id.0.clone(),
        by: author_view(&reaction.by),
        glyph: reaction.glyph.clone(),
        bare: bare(&reaction.glyph),
    });
    MessageView {
        id: message.id.0.clone(),
        by: author_view(&message.by),
        at: message.at.to_string(),
        edited: message.edited,
        thread: message.thread.as_ref().map(|root| root.0.clone()),
        content: match &message.content {
            Content::Typed(text) => ContentView::Typed { text: text.clone() },
            Content::Said(prose) => ContentView::Said { blocks: prose.blocks.iter().map(block_view).collect() },
            Content::Removed => ContentView::Removed,
        },
        files: (0..)
            .zip(&message.files)
            .map(|(place, file): (usize, _)| FileView {
                name: file.name.clone(),
                url: format!("file/{}/{place}", message.id),
            })
            .collect(),
        reactions: reactions.collect(),
    }
}

fn author_view(author: &Author) -> Option<String> {
    match author {
        Author::Bot => None,
        Author::Person(id) => Some(id.0.clone()),
    }
}

fn block_view(block: &Block) -> BlockView {
    match block {
        Block::Title(text) => BlockView::Title { text: text.clone() },
        Block::Text(text) | Block::Call { text, people: _ } => BlockView::Text { text: text.clone() },
        Block::Quote(text) => BlockView::Quote { text: text.clone() },
        Block::Items(items) => BlockView::Items { items: items.clone() },
        Block::Link { label, url } => BlockView::Link { label: label.clone(), url: url.clone() },
    }
}
