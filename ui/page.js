// The page's own script, run once by the hidden "router" component (see ui/layout.py).
// Gradio hands in: element, trigger, props, server, watch. Nothing here reads or writes another site.

const here = () => location.search || "?";

// The last address of each tab: a tab that is opened by hand shows what it showed, and so must the address.
const last = {
  ask: "?", find: "?tab=find", read: "?tab=read", meetings: "?tab=meetings", agreed: "?tab=agreed", start: "?tab=start",
  library: "?tab=library",
};
function tabOf(address) {
  const asked = new URLSearchParams(address);
  if (asked.get("doc")) return "read";
  if (asked.get("find")) return "find";
  return asked.get("q") || !(asked.get("tab") in last) ? "ask" : asked.get("tab");
}
function visit(address) {
  last[tabOf(address)] = address;
  if (address !== here()) history.pushState(null, "", address);
}
last[tabOf(here())] = here();

document.addEventListener("click", (event) => {
  const tab = event.target.closest("button[role=tab]");
  const name = tab && tab.id.replace(/^tab-|-button$/g, "");
  if (event.isTrusted && name in last) visit(last[name]);
});

// The arrow keys walk through the tabs, as screen readers say of tabs.
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("button[role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  event.preventDefault();
  const tabs = [...document.querySelectorAll("button[role=tab]")];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.click();
  next.focus();
  visit(last[next.id.replace(/^tab-|-button$/g, "")]);
});

// The words that this script says, in the language of the page (theme.py writes them in).
const WORDS = {};
const language = document.documentElement.lang || "en";
const say = (text) => (WORDS[language] || {})[text] || text;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-speak]");
  if (!button) return;
  document.cookie = `COOKIE=${button.dataset.speak}; path=/; max-age=31536000; samesite=strict`;
  location.reload();
});

// A link of the page changes the address and asks for its state, without loading the page anew.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a[data-go]");
  if (!anchor || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const address = anchor.getAttribute("href");
  visit(address);
  trigger("go", { search: address });
});

window.addEventListener("popstate", () => {
  last[tabOf(here())] = here();
  trigger("go", { search: here() });
});

// What was asked by hand becomes the address; a number before it tells two same ones apart.
watch("value", () => {
  if (props.value) visit(props.value.slice(props.value.indexOf("?")));
});

// Whoever goes back before this script runs is shown what was loaded, not what the address says by now.
const loaded = new URL(performance.getEntriesByType("navigation")[0].name).search || "?";
if (loaded !== here()) setTimeout(() => trigger("go", { search: here() }), 300);

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  area.style.position = "fixed";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const words = button.dataset.words || button.textContent;
  button.dataset.words = words;
  try {
    await copy(button.dataset.copy);
    button.textContent = say("Copied");
  } catch {
    window.prompt(say("Copy the citation:"), button.dataset.copy);
  }
  setTimeout(() => { button.textContent = words; }, 1600);
});

// What opens under a passage: its context, or like passages elsewhere. Fetched when it is first opened.
const PANELS = {
  context: { open: say("Read in context"), close: say("Close the context"), ask: (data) => server.context(JSON.parse(data)) },
  similar: { open: say("Similar passages elsewhere"), close: say("Close the similar passages"), ask: (passage) => server.similar({ passage }) },
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-context], button[data-similar]");
  if (!button) return;
  const kind = button.dataset.context ? "context" : "similar";
  const request = button.dataset[kind];
  const panel = button.closest(".actions").nextElementSibling;
  const open = panel.hidden;
  panel.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? PANELS[kind].close : PANELS[kind].open;
  if (!open || panel.dataset.asked === request) return;
  panel.textContent = say("Opening…");
  try {
    panel.innerHTML = await PANELS[kind].ask(request);
    panel.dataset.asked = request;
  } catch {
    panel.textContent = say("The passage could not be fetched: the server does not answer. Try again in a moment.");
  }
});

// What somebody thinks of an answer.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-verdict]");
  if (!button) return;
  const place = button.closest(".judging");
  for (const one of place.querySelectorAll("button")) one.disabled = true;
  try {
    place.innerHTML = await server.feedback({ ...JSON.parse(place.dataset.about), verdict: button.dataset.verdict });
  } catch {
    place.textContent = say("This could not be kept: the server does not answer.");
  }
});

// Passages that are picked, over all searches of this window; the bar at the foot saves them.
const picked = new Set(JSON.parse(sessionStorage.getItem("picked") || "[]"));
function showPicked() {
  const bar = document.querySelector("#picks .picks");
  if (!bar) return;
  const words = say("Passages picked: {n}").replace("{n}", picked.size);
  if (bar.hidden === picked.size > 0) bar.hidden = !picked.size;
  const said = bar.querySelector("strong");
  if (said.textContent !== words) said.textContent = words;
  for (const link of bar.querySelectorAll("a[data-format]")) {
    const asked = new URLSearchParams([["form", link.dataset.format], ...[...picked].map((id) => ["passage", id])]);
    const address = `export?${asked}`;
    if (link.getAttribute("href") !== address) link.setAttribute("href", address);
  }
  for (const box of document.querySelectorAll("input[data-pick]")) box.checked = picked.has(box.dataset.pick);
}
function keepPicked() {
  sessionStorage.setItem("picked", JSON.stringify([...picked]));
  showPicked();
}
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.pick;
  if (!name) return;
  if (event.target.checked) picked.add(name);
  else picked.delete(name);
  keepPicked();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-unpick]")) return;
  picked.clear();
  keepPicked();
});

// On a narrow screen the page stands above its text.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-see]");
  if (button) document.querySelector(`#reader ${button.dataset.see}`)?.scrollIntoView({ block: "start" });
});

// A picture of a page that cannot be shown says why. Errors of pictures do not bubble: they are caught on their way down.
document.addEventListener("error", async (event) => {
  const picture = event.target;
  if (!picture.matches?.(".page-view img")) return;
  const said = Object.assign(document.createElement("p"), { className: "notice", textContent: say("The page cannot be shown.") });
  picture.replaceWith(said);
  try {
    const answer = await fetch(picture.src);
    if (answer.status < 500) said.textContent = await answer.text();
  } catch { /* the sentence above stays */ }
}, true);

// Who is there, as the gate wrote it into the head of the page, and the way out.
const person = document.querySelector("meta[name=rapporteur-person]");
function showPerson() {
  const mast = person && document.querySelector("#masthead .mast");
  if (!mast || mast.querySelector(".person")) return;
  const place = Object.assign(document.createElement("form"), { className: "person", method: "post", action: "sign-out" });
  if (person.content) {
    place.append(Object.assign(document.createElement("span"), { textContent: person.content }));
    place.append(Object.assign(document.createElement("button"), { type: "submit", textContent: say("Sign out") }));
    place.addEventListener("submit", () => sessionStorage.clear());
  } else {
    const there = `sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    place.append(Object.assign(document.createElement("a"), { href: there, textContent: say("Sign in") }));
  }
  mast.append(place);
}
// Whose session has ended signs in again, and comes back to where they were.
if (person) {
  const plain = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await plain(...asked);
    if (answer.status === 401) location.assign(`sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return answer;
  };
}
// The labels that a curator may add documents under.
async function offerLabels() {
  const choice = person && document.querySelector("#curate [data-label]");
  if (!choice || choice.length || choice.dataset.asked || person.dataset.role === "reader") return;
  choice.dataset.asked = "yes";
  const told = await curate("labels");
  choice.append(...told.labels.map((label) => new Option(label, label)));
  choice.parentElement.hidden = false;
}

// A document opens at the place that was asked for. Its text arrives some moments after the address.
let seen = null;
new MutationObserver(() => {
  showPicked();
  showPerson();
  offerLabels();
  const target = document.querySelector("#reader [data-target]");
  if (!target || target.offsetParent === null) { if (!target) seen = null; return; }
  const name = here() + target.id;
  if (name === seen) return;
  seen = name;
  target.scrollIntoView({ block: "center" });
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["id", "data-target", "style"] });

// Many queries at once: the table goes out, the answer is saved as a file.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-batch]");
  if (!button) return;
  const place = button.closest("details");
  const status = place.querySelector("[role=status]");
  const file = place.querySelector("input[type=file]").files[0];
  if (!file) { status.textContent = say("Choose a file first."); return; }
  const form = place.querySelector("[data-form]").value;
  const asked = new URLSearchParams({ form, k: place.querySelector("[data-k]").value });
  button.disabled = true;
  status.textContent = say("Searching…");
  try {
    const answer = await fetch(`batch?${asked}`, { method: "POST", body: file });
    if (!answer.ok) { status.textContent = await answer.text(); return; }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `passages.${form}`;
    link.click();
    status.textContent = say("The table of passages is saved.");
  } catch {
    status.textContent = say("The server does not answer. Try again in a moment.");
  } finally { button.disabled = false; }
});

// What a curator does: documents are sent one by one, then read; how far it is, is asked for twice a second.
const curate = async (path, options = {}) => {
  const answer = await fetch(`curate/${path}`, { ...options, headers: { "x-rapporteur": "page" } });
  const told = await answer.json();
  if (told.error) throw new Error(told.error);
  return told;
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-add]");
  if (!button) return;
  const place = button.closest("details");
  const status = place.querySelector("[role=status]");
  const list = place.querySelector("ul");
  const chooser = place.querySelector("input[type=file]");
  const files = [...chooser.files];
  const label = place.querySelector("[data-label]").value;
  if (!files.length) { status.textContent = say("Choose a file first."); return; }
  const note = (words) => list.append(Object.assign(document.createElement("li"), { textContent: words }));
  button.disabled = true;
  list.replaceChildren();
  let sent = 0;
  try {
    for (const file of files) {
      status.textContent = say("Sending {n} of {files}…").replace("{n}", sent + 1).replace("{files}", files.length);
      try {
        await curate(`add?${new URLSearchParams({ name: file.name, label })}`, { method: "POST", body: file });
        sent += 1;
      } catch (error) { note(error.message); }
    }
    if (!sent) { status.textContent = say("Nothing was added."); return; }
    let told = await curate(`begin?${new URLSearchParams({ label })}`, { method: "POST" });
    while (told.running) {
      status.textContent = told.words;
      await new Promise((done) => setTimeout(done, 500));
      told = await curate(`progress?${new URLSearchParams({ label })}`);
    }
    status.textContent = told.words;
    for (const [file, reason] of told.failed) note(`${file}: ${reason}`);
    chooser.value = "";
    trigger("go", { search: here() });
  } catch (error) {
    status.textContent = error.message || say("The server does not answer. Try again in a moment.");
  } finally { button.disabled = false; }
});
document.addEventListener("click", async (event) => {
  const place = event.target.closest(".removal");
  if (!place) return;
  const [ask, sure] = place.children;
  if (event.target.closest("[data-ask-removal], [data-keep]")) {
    sure.hidden = !sure.hidden;
    ask.hidden = !sure.hidden;
    (sure.hidden ? ask : sure.querySelector("[data-keep]")).focus();
  }
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  try {
    const told = await curate(`remove?${new URLSearchParams({ doc: button.dataset.remove })}`, { method: "POST" });
    place.textContent = told.words;
  } catch (error) { sure.textContent = error.message; }
});
