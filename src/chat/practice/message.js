// Shows one message: made once, then brought up to date in place, so that the keyboard's focus stays where it is.
// Everything is put in as text, never as markup.

const clocks = new Map();

/** An element with its class and what is in it: strings, elements, nothing. */
export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button with its visible text and what it does. */
export function button(className, text, act) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** The hour of a moment, for people (where the directorate is, as on its cards) and for machines. */
export function time(at, timeZone) {
  if (!clocks.has(timeZone)) clocks.set(timeZone, new Intl.DateTimeFormat("fr-FR", { hour: "numeric", minute: "2-digit", timeZone }));
  const parts = clocks.get(timeZone).formatToParts(new Date(at));
  const part = (kind) => parts.find(({ type }) => type === kind).value;
  const made = element("time", "", `${Number(part("hour"))}\u00A0h\u00A0${part("minute")}`);
  made.dateTime = at;
  return made;
}

/** The beginning of a text. */
export function beginning(text, most) {
  const signs = [...text];
  return signs.length > most ? `${signs.slice(0, most).join("")}…` : text;
}

/** What a message says, on one line, for those who listen to the page. */
export function spoken(message) {
  const { content } = message;
  if (content.kind === "removed") return "message supprimé";
  if (content.kind === "typed") return [content.text, ...message.files.map(({ name }) => `photo ${name}`)].join(" ");
  const words = content.blocks.map((block) => block.text ?? block.label ?? block.items.join(" ; "));
  return words.join(" ");
}

/**
 * A message on the page. `room` answers who is who (`person(id)`), who looks (`me()`), by which clock (`timeZone()`),
 * and what can be done:
 * `reply(message)`, `edit(message)`, `remove(message)`, `react(message, glyph)`, `takeBack(reaction)`.
 */
export class MessageOnPage {
  constructor(message, room) {
    this.room = room;
    this.head = element("p", "head");
    this.content = element("div", "content");
    this.reactions = element("div", "reactions");
    this.reactions.setAttribute("role", "group");
    this.reactions.setAttribute("aria-label", "Réactions");
    this.actions = element("div", "actions");
    this.thread = element("ol", "thread");
    this.thread.hidden = true;
    this.inThread = button("quiet", "Répondre dans le fil", () => room.reply(this.message));
    this.inThread.hidden = true;
    this.card = element("article", "", this.head, this.content, this.reactions, this.actions);
    this.item = element("li", "", this.card, this.thread, this.inThread);
    this.card.tabIndex = -1;
    this.show(message);
  }

  /** Puts a reply at the end of the thread. */
  addReply(reply) {
    this.thread.append(reply.item);
    this.thread.hidden = false;
    this.inThread.hidden = false;
    this.thread.setAttribute("aria-label", `Fil de ${this.author()}`);
    this.showActions();
  }

  /** Shows the message as it stands, for whoever looks now. */
  show(message) {
    const said = JSON.stringify([message.content, message.files]);
    this.message = message;
    this.item.dataset.by = message.by === null ? "bot" : message.by === this.room.me() ? "me" : "other";
    this.showHead();
    if (this.shown !== said) this.showContent();
    this.shown = said;
    this.showReactions();
    this.showActions();
  }

  author() {
    return this.message.by === null ? this.room.bot : this.room.person(this.message.by).name;
  }

  showHead() {
    const { by, at, edited, content } = this.message;
    const roles = by === null ? [] : this.room.person(by).roles;
    const badge = by === null ? icon() : initial(this.author());
    const parts = [badge, element("strong", "", this.author()), roles.length ? element("span", "roles", roles.join(", ")) : null];
    const mark = edited && content.kind !== "removed" ? element("span", "edited", by === null ? "mis à jour" : "modifié") : null;
    this.head.replaceChildren(...parts.filter(Boolean), time(at, this.room.timeZone()), ...(mark ? [mark] : []));
  }

  showContent() {
    const { content, files } = this.message;
    if (content.kind === "removed") this.content.replaceChildren(element("p", "gone", "Message supprimé"));
    else if (content.kind === "typed") this.content.replaceChildren(element("p", "typed", content.text));
    else this.content.replaceChildren(...content.blocks.map(showBlock));
    this.content.append(...files.map(showFile));
  }

  showReactions() {
    const groups = groupReactions(this.message);
    const hadFocus = this.reactions.contains(document.activeElement);
    for (const old of [...this.reactions.children]) if (!groups.has(old.dataset.glyph)) old.remove();
    for (const [bare, group] of groups) this.showReaction(bare, group);
    this.reactions.hidden = groups.size === 0;
    if (hadFocus && !this.reactions.contains(document.activeElement)) this.card.focus();
  }

  showReaction(bare, group) {
    let pill = [...this.reactions.children].find((there) => there.dataset.glyph === bare);
    if (!pill) {
      pill = button("reaction", "", () => this.toggle(bare));
      pill.dataset.glyph = bare;
      this.reactions.append(pill);
    }
    const names = group.people.map((reaction) => this.room.person(reaction.by).name);
    const mine = group.people.some((reaction) => reaction.by === this.room.me());
    pill.setAttribute("aria-pressed", String(mine));
    const who = names.length ? ` : ${names.join(", ")}` : ", personne";
    pill.setAttribute("aria-label", `Réaction ${group.glyph}${who}`);
    const count = names.length ? element("span", "count", String(names.length)) : "";
    const by = names.length ? element("span", "who", names.join(", ")) : "";
    pill.replaceChildren(element("span", "glyph", group.glyph), count, by);
  }

  /** Puts my reaction, or takes it back. A second click before the first is done does nothing. */
  async toggle(bare) {
    if (this.busy) return;
    this.busy = true;
    const group = groupReactions(this.message).get(bare);
    const mine = group.people.filter((reaction) => reaction.by === this.room.me());
    if (mine.length) await Promise.all(mine.map((reaction) => this.room.takeBack(reaction)));
    else await this.room.react(this.message, group.glyph);
    this.busy = false;
  }

  showActions() {
    const { message, room } = this;
    const isMine = message.by !== null && message.by === room.me();
    const wanted = [];
    if (message.content.kind !== "removed") {
      if (message.thread === null && this.thread.hidden) wanted.push(["Répondre", () => room.reply(this.message)]);
      wanted.push(["Réagir", () => this.offerGlyphs()]);
      if (isMine) wanted.push(["Modifier", () => room.edit(this.message)], ["Supprimer", () => room.remove(this.message)]);
    }
    const words = wanted.map(([word]) => word).join();
    if (this.offered === words) return;
    this.offered = words;
    this.actions.replaceChildren(...wanted.map(([word, act]) => button("quiet", word, act)));
  }

  /** Offers glyphs that are not under the message yet. */
  offerGlyphs() {
    const close = () => {
      this.offered = null;
      this.showActions();
      this.card.focus();
    };
    const glyphs = ["✅", "❌", "⏸", "🔁", "👍"].map((glyph) => {
      const made = button("reaction", glyph, () => {
        this.room.react(this.message, glyph);
        close();
      });
      made.setAttribute("aria-label", `Réagir par ${glyph}`);
      return made;
    });
    this.actions.replaceChildren(...glyphs, button("quiet", "Annuler", close));
    glyphs[0].focus();
  }
}

/** Reactions by glyph, in the order in which the glyphs came; the bot's own only hold the place open. */
function groupReactions(message) {
  const groups = new Map();
  if (message.content.kind === "removed") return groups;
  for (const reaction of message.reactions) {
    if (!groups.has(reaction.bare)) groups.set(reaction.bare, { glyph: reaction.glyph, people: [] });
    const { people } = groups.get(reaction.bare);
    if (reaction.by !== null && !people.some((there) => there.by === reaction.by && there.glyph === reaction.glyph)) people.push(reaction);
  }
  return groups;
}

function showBlock(block) {
  switch (block.kind) {
    case "title":
      return element("h3", "", block.text);
    case "quote":
      return element("blockquote", "", block.text);
    case "items":
      return element("ul", "", ...block.items.map((item) => element("li", "", item)));
    case "link":
      return element("p", "", link(block.label, block.url));
    default:
      return element("p", "", block.text);
  }
}

/** A link, if it leads to a web page; plain text otherwise. */
export function link(label, url) {
  if (!/^https?:\/\//i.test(url)) return `${label} : ${url}`;
  const made = element("a", "", label);
  made.href = url;
  made.rel = "noopener noreferrer";
  made.target = "_blank";
  return made;
}

/** The first letter of a name, in a circle: for the eye only. */
export function initial(name) {
  const made = element("span", "initial", [...name][0] ?? "");
  made.setAttribute("aria-hidden", "true");
  return made;
}

function icon() {
  const made = element("img", "initial");
  made.src = "icon.svg";
  made.alt = "";
  return made;
}

/** A file that came with a message: the picture, or its name where it is none. */
function showFile({ name, url }) {
  const picture = element("img", "file");
  picture.src = url;
  picture.alt = `Photo jointe : ${name}`;
  picture.addEventListener("error", () => picture.replaceWith(element("p", "file", `📎 ${name}`)));
  return picture;
}
