// Shows one public account: what is out, the newest first.

import { element, initial, link, time } from "./message.js";

/** An account of the room's directorate with its posts. */
export function showAccount(room, account, posts) {
  const name = account.name.replaceAll("_", " ");
  const isNamedAlike = name.toLowerCase() === account.network.toLowerCase();
  const title = element("h3", "", element("span", "", isNamedAlike ? account.network : name));
  if (!isNamedAlike) title.append(element("span", "network", account.network));
  const own = posts.filter((post) => post.account === account.name).reverse();
  const list = own.length
    ? element("ol", "posts", ...own.map((post) => showPost(post, room)))
    : element("p", "nothing", "Rien n’est encore publié.");
  return element("section", "account", title, list);
}

function showPost(post, room) {
  const author = room.directorate_name;
  const head = element("p", "head", initial(author), element("strong", "", author), time(post.at, room.time_zone));
  const page = post.url ? element("p", "foot", link("Voir la page", post.url)) : null;
  const pictures = post.pictures.length ? element("div", "pictures", ...post.pictures.map(showPicture)) : null;
  return element("li", "post", head, element("p", "text", post.text), pictures, page);
}

/** A picture with its alt text, which is read aloud and also shown: it is published like the rest. */
function showPicture(picture) {
  const image = element("img");
  image.src = `/pictures/${picture.file}`;
  image.alt = picture.alt;
  image.width = picture.width;
  image.height = picture.height;
  const caption = element("figcaption", "", picture.alt);
  caption.ariaHidden = "true";
  return element("figure", "", image, caption);
}
