// The page's own script, run once by the hidden "router" component (see ui/layout.py).
// Gradio hands in: element, trigger, props, server, watch. Nothing here reads or writes another site.

const here = () => location.search || "?";

// A link of the page changes the address and asks for its state, without loading the page anew.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a[data-go]");
  if (!anchor || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const address = anchor.getAttribute("href");
  if (address !== here()) history.pushState(null, "", address);
  trigger("go", { search: address });
});

window.addEventListener("popstate", () => trigger("go", { search: here() }));

// What was asked by hand becomes the address.
watch("value", () => {
  const address = props.value;
  if (address && address !== here()) history.pushState(null, "", address);
});

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
    button.textContent = "Copied";
  } catch {
    window.prompt("Copy the citation:", button.dataset.copy);
  }
  setTimeout(() => { button.textContent = words; }, 1600);
});

// "Read in context": fetched when it is first opened.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-context]");
  if (!button) return;
  const panel = button.closest(".actions").nextElementSibling;
  const open = panel.hidden;
  panel.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? "Close the context" : "Read in context";
  if (!open || panel.dataset.asked === button.dataset.context) return;
  panel.textContent = "Opening…";
  try {
    panel.innerHTML = await server.context(JSON.parse(button.dataset.context));
    panel.dataset.asked = button.dataset.context;
  } catch {
    panel.textContent = "The passage could not be fetched: the server does not answer. Try again in a moment.";
  }
});

// A document opens at the place that was asked for. Its text arrives some moments after the address.
let seen = null;
new MutationObserver(() => {
  const target = document.querySelector("#reader [data-target]");
  if (!target || target.offsetParent === null) { if (!target) seen = null; return; }
  const name = here() + target.id;
  if (name === seen) return;
  seen = name;
  target.scrollIntoView({ block: "center" });
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["id", "data-target", "style"] });
