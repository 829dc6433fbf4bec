// The practice room: hears of every change over one stream, shows it, and sends what the person at the page does.

import { MessageOnPage, beginning, button, element, spoken } from "./message.js";
import { showAccount } from "./public.js";

const SENTENCES = {
  "no-such-room": "Ce salon n’existe plus.",
  "not-in-room": "Cette personne n’est pas dans ce salon.",
  "no-such-message": "Ce message n’existe plus.",
  "no-such-reaction": "Cette réaction a déjà été retirée.",
  "not-the-author": "Seul son auteur peut faire cela.",
  "too-much-waiting": "Portevoix est absent depuis trop longtemps : trop de messages l’attendent déjà.",
  "bad-file": "Ce fichier n’a pas pu être lu.",
  "too-long": "C’est trop long : 60 000 caractères environ au plus, et 20 Mo pour une photo.",
  unreachable: "La salle d’entraînement ne répond pas. Elle a peut-être été fermée dans le terminal.",
};
/** How many announcements those who listen to the page can go back to. */
const MOST_SPOKEN = 20;
/** How near the end counts as reading the newest messages, in CSS pixels. */
const NEAR_END = 80;

const at = (id) => document.getElementById(id);
const text = at("composer-text");
const scroller = at("scroller");
const sides = document.querySelectorAll(".sides button");

let everything = { bot: "Portevoix", rooms: [], examples: [], posts: [] };
let shown = new Map();
/** What the next message will be: null, or `{ replyTo }`, or `{ edits }`. */
let mode = null;

const currentRoom = () => everything.rooms.find((room) => room.id === at("room").value) ?? everything.rooms[0];

/** What a message on the page may ask and do. */
const actor = {
  get bot() {
    return everything.bot;
  },
  me: () => at("person").value,
  timeZone: () => currentRoom().time_zone,
  person: (id) => currentRoom().people.find((person) => person.id === id) ?? { id, name: id, roles: [] },
  reply: (message) => enterMode({ replyTo: message }),
  edit: (message) => enterMode({ edits: message }),
  remove: (message) => send("remove", { message: message.id }),
  react: (message, glyph) => send("react", { message: message.id, glyph }),
  takeBack: (reaction) => send("take-back", { reaction: reaction.id }),
};

// — hearing —

function connect() {
  const stream = new EventSource("events");
  const heard = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  stream.addEventListener("open", () => showConnection(true));
  stream.addEventListener("error", () => {
    showConnection(false);
    // The browser tries again by itself unless the server refused; then only a new stream helps.
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
  heard("snapshot", takeSnapshot);
  heard("message", takeMessage);
  heard("posts", takePosts);
}

function takeSnapshot(snapshot) {
  const room = sessionStorage.getItem("room");
  const person = at("person").value || sessionStorage.getItem("person");
  everything = snapshot;
  fill(at("room"), everything.rooms.map((there) => [there.id, [...new Set([there.name, there.directorate_name])].join(" · ")]), room);
  at("room-choice").hidden = everything.rooms.length < 2;
  showExamples();
  showRoom(person);
}

function takeMessage({ room, message }) {
  const there = everything.rooms.find((known) => known.id === room);
  if (!there) return;
  const place = there.messages.findIndex((known) => known.id === message.id);
  if (place < 0) there.messages.push(message);
  else there.messages[place] = message;
  if (there !== currentRoom()) return;
  const wasAtEnd = isAtEnd();
  showMessage(message);
  const isNew = place < 0;
  if (isNew && message.by !== actor.me()) speak(message);
  if (wasAtEnd || (isNew && message.by === actor.me() && message.thread === null)) toEnd();
  else if (isNew && !isInView(shown.get(message.id))) at("newest").hidden = false;
}

function takePosts(posts) {
  const { directorate } = currentRoom();
  const count = (all) => all.filter((post) => post.directorate === directorate).length;
  const fresh = count(posts) - count(everything.posts);
  everything.posts = posts;
  showPosts();
  if (fresh > 0) say(fresh === 1 ? "Un message vient d’être publié." : `${fresh} messages viennent d’être publiés.`);
}

// — showing —

function showRoom(person) {
  const room = currentRoom();
  fill(at("person"), room.people.map((there) => [there.id, [there.name, ...there.roles].join(" · ")]), person);
  at("room-name").textContent = room.name === room.directorate_name ? "Salon" : room.name;
  at("directorate").textContent = room.directorate_name || "Portevoix";
  at("messages").replaceChildren();
  shown = new Map();
  for (const message of room.messages) showMessage(message);
  at("empty").hidden = room.messages.length > 0;
  at("examples").open = room.messages.length === 0;
  showPosts();
  enterMode(null);
  toEnd();
}

function showMessage(message) {
  const there = shown.get(message.id);
  if (there) return there.show(message);
  const made = new MessageOnPage(message, actor);
  made.item.dataset.message = message.id;
  shown.set(message.id, made);
  const root = shown.get(message.thread);
  if (root) root.addReply(made);
  else at("messages").append(made.item);
  at("empty").hidden = true;
}

function showPosts() {
  const room = currentRoom();
  const posts = everything.posts.filter((post) => post.directorate === room.directorate);
  at("accounts").replaceChildren(...room.accounts.map((account) => showAccount(room, account, posts)));
  at("public-count").textContent = posts.length ? `(${posts.length})` : "";
}

function showExamples() {
  const items = everything.examples.map((example) => element("li", "", button("example", example, () => {
    text.value = example;
    at("examples").open = false;
    fitText();
    text.focus();
  })));
  at("examples").querySelector("ul").replaceChildren(...items);
  at("examples").hidden = items.length === 0;
}

function showConnection(isUp) {
  at("connection").textContent = isUp ? "" : "Connexion perdue, nouvel essai en cours…";
}

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, label]) => {
    const option = element("option", "", label);
    option.value = value;
    return option;
  }));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

// — speaking to those who listen to the page —

function speak(message) {
  const author = message.by === null ? everything.bot : actor.person(message.by).name;
  say(`${author} : ${beginning(spoken(message), 300)}`);
}

function say(sentence) {
  const log = at("spoken");
  log.append(element("p", "", sentence));
  while (log.children.length > MOST_SPOKEN) log.firstChild.remove();
}

// — where one reads —

/** Where there is room for one column only, shows the room or the public; nothing is hidden otherwise. */
function showSide(side) {
  document.body.dataset.side = side;
  for (const choice of sides) choice.setAttribute("aria-pressed", String(choice.dataset.side === side));
}

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;

function isInView({ item }) {
  const box = item.getBoundingClientRect();
  const window = scroller.getBoundingClientRect();
  return box.top < window.bottom && box.bottom > window.top;
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  at("newest").hidden = true;
}

// — writing —

function enterMode(next) {
  mode = next;
  at("mode").hidden = mode === null;
  at("trouble").textContent = "";
  if (mode === null) return;
  const about = mode.replyTo ?? mode.edits;
  const author = about.by === null ? everything.bot : actor.person(about.by).name;
  at("mode-text").textContent = mode.edits
    ? "Vous modifiez votre message."
    : `Réponse à ${author} : « ${beginning(spoken(about), 60)} »`;
  if (mode.edits) text.value = about.content.text;
  fitText();
  text.focus();
}

function leaveMode() {
  if (mode?.edits) text.value = "";
  enterMode(null);
  fitText();
}

async function submit() {
  const written = text.value;
  const chosen = mode?.edits ? [] : [...at("composer-files").files];
  if (written.trim() === "" && chosen.length === 0) return;
  const was = mode;
  at("examples").open = false;
  text.value = "";
  enterMode(null);
  fitText();
  const room = currentRoom().id;
  const isDone = was?.edits
    ? await send("edit", { message: was.edits.id, text: written })
    : await send("say", { room, text: written, thread: was?.replyTo?.id ?? null, files: await Promise.all(chosen.map(packed)) });
  if (isDone) at("composer-files").value = "";
  if (isDone || text.value !== "") return;
  const trouble = at("trouble").textContent;
  enterMode(was);
  text.value = written;
  at("trouble").textContent = trouble;
  fitText();
}

/** A chosen file as it travels: its name, and what is in it in base 64. */
async function packed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { name: file.name, content: btoa(binary) };
}

/** Sends what the chosen person does. Says what went wrong, if something did. */
async function send(what, wish) {
  at("trouble").textContent = "";
  let word = "unreachable";
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(what, { method: "POST", headers, body: JSON.stringify({ person: actor.me(), ...wish }) });
    if (answer.ok) return true;
    if (answer.status === 413) word = "too-long";
    else word = (await answer.json()).error;
  } catch {
    // No answer, or not one of ours: the sentence stays the one of an unreachable room.
  }
  at("trouble").textContent = SENTENCES[word] ?? SENTENCES.unreachable;
  return false;
}

/** Lets the field grow with its text; the style sheet says how far. */
function fitText() {
  text.rows = Math.max(2, text.value.split("\n").length);
}

function lastOwnMessage() {
  const own = currentRoom().messages.filter((message) => message.by === actor.me());
  return own.findLast((message) => message.content.kind === "typed");
}

text.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && mode) {
    leaveMode();
  } else if (event.key === "ArrowUp" && text.value === "" && mode === null && lastOwnMessage()) {
    event.preventDefault();
    actor.edit(lastOwnMessage());
  }
});
text.addEventListener("input", fitText);
scroller.addEventListener("scroll", () => {
  if (isAtEnd()) at("newest").hidden = true;
});
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
at("mode-cancel").addEventListener("click", () => {
  leaveMode();
  text.focus();
});
at("newest").addEventListener("click", toEnd);
at("room").addEventListener("change", () => {
  sessionStorage.setItem("room", at("room").value);
  showRoom(at("person").value);
});
at("person").addEventListener("change", () => {
  sessionStorage.setItem("person", at("person").value);
  if (mode?.edits) leaveMode();
  for (const message of shown.values()) message.show(message.message);
});
for (const choice of sides) choice.addEventListener("click", () => showSide(choice.dataset.side));
for (const skip of document.querySelectorAll(".skip")) {
  skip.addEventListener("click", () => showSide(skip.hash === "#public" ? "public" : "room"));
}

connect();
