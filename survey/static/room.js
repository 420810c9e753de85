// A phone's part in a room: a vote waits where there is no signal, and says so; the strip tells when the question changed.
// Without it the form on the page works as it is. What waits is kept and sent as answers are: see answering.js.

const shared = document.querySelector('script[src$="/answering.js"]').src;
const { Outbox } = await import(shared);
const about = document.getElementById("vote");
const form = document.querySelector("form[data-vote]");
const strip = document.querySelector("[data-strip]");

let ends = () => {}; // once something new is on the big screen, nothing can be voted on here any more

if (about && window.BroadcastChannel && AbortSignal.timeout) takeVotes(JSON.parse(about.textContent));
if (strip) setTimeout(look, pause());

function takeVotes({ key, said, ...start }) {
  const place = form.querySelector(".kept");
  const button = form.querySelector("button.go");
  const here = form.dataset.vote;
  let { turn, counted } = start;
  let refused = "";
  const chosen = () => new FormData(form).get("choice") || "";
  const outbox = new Outbox(`soundings ${key}`, Math.random().toString(36).slice(2, 10), { store: storage(), done, refused: no, tell });
  for (const one of outbox.waiting) turn = Math.max(turn, one.turn || 0);
  const last = outbox.waiting.filter(({ page }) => page === here).at(-1);
  if (last) choose(last.fields[0][1]);
  tell();
  outbox.send();
  ends = () => {
    if (form.contains(document.activeElement)) document.querySelector("[data-next]").focus({ preventScroll: true });
    form.querySelector("fieldset").disabled = button.hidden = true;
    tell();
  };

  form.addEventListener("input", () => ((refused = ""), tell()));
  form.addEventListener("submit", (event) => {
    if (!chosen() && navigator.onLine) return; // the server says it on a page of its own
    event.preventDefault();
    if (!chosen()) return void (place.textContent = said.choose);
    const address = new URL(form.action);
    address.searchParams.set("turn", (turn += 1));
    address.hash = "";
    outbox.add({ page: here, turn, address: String(address), fields: [["choice", chosen()]] });
  });

  function done(write, told) {
    if (write.page !== here) return;
    counted = told.counted;
    refresh();
    if (!outbox.waiting.length && write.fields[0][1] === chosen()) choose(counted); // what another tab sent later stands
  }

  function no(write, { told }) {
    refused = [told.title, told.sentence].filter(Boolean).join(". ");
  }

  function choose(code) {
    const box = form.querySelector(`[name=choice][value="${CSS.escape(code)}"]`);
    if (box) box.checked = true;
  }

  // What stands here is never "counted" before it is, and never of another choice than the one that is ticked.
  function tell() {
    const waits = outbox.waiting.length;
    const stuck = waits && (outbox.failures || !navigator.onLine);
    const rest = refused || (counted && counted === chosen() ? said.counted : chosen() ? said.changing : "");
    const words = stuck ? (outbox.kept ? said.kept : said.open) : waits ? said.sending : rest;
    if (place.textContent !== words) place.textContent = words;
    if (counted) button.textContent = said.change;
  }
}

async function look() {
  await refresh();
  setTimeout(look, pause());
}

async function refresh() {
  const answer = document.hidden ? null : await fetch(strip.dataset.strip).catch(() => null);
  if (!answer?.ok) return;
  const { mark, words } = await answer.json().catch(() => ({ mark: strip.dataset.mark, words: strip.textContent }));
  const moved = mark !== strip.dataset.mark;
  if (moved) ends();
  strip.textContent = words;
  strip.hidden = moved;
  const note = document.querySelector("[data-moved]");
  const told = moved ? note.dataset.moved : "";
  if (note.textContent !== told) note.textContent = told;
  document.querySelector("[data-next]").classList.toggle("button", moved);
}

function pause() {
  return 3000 + Math.random() * 2000;
}

function storage() {
  try {
    return localStorage;
  } catch {
    return null; // the browser keeps nothing: then it is said that the page must stay open
  }
}
