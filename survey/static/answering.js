// A phone's part in answering. The pages ahead are fetched once; answers are sent in the background, one write each, and
// wait while there is no signal. The server checks everything again: what stands here only saves the way to it.

// What follows from which answer, as the server computes it too

const ORDER = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };

export function holds(condition, answers) {
  if (condition.not) return !holds(condition.not, answers);
  if (condition.and) return condition.and.every((part) => holds(part, answers));
  if (condition.or) return condition.or.some((part) => holds(part, answers));
  const answer = answers[condition.question] ?? null;
  if ("selected" in condition) return [answer].flat().includes(condition.selected);
  const { operator, value } = condition;
  if (answer === null || Array.isArray(answer)) return false;
  if (ORDER[operator]) return typeof answer === "number" && typeof value === "number" && ORDER[operator](answer, value);
  return (answer === (typeof answer === "string" ? String(value) : value)) === (operator === "=");
}

export function path(pages, answers) {
  const visible = {};
  const shown = [];
  for (const page of pages) {
    if (page.if && !holds(page.if, visible)) continue;
    const questions = page.questions.filter((one) => !one.if || holds(one.if, visible));
    if (!questions.length) continue;
    shown.push({ ...page, questions });
    for (const { key } of questions) if (key in answers) visible[key] = answers[key];
  }
  return shown;
}

// From what was ticked or written to an answer, or to words about what to mend

const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const figures = (text) =>
  text.replace(/\p{Nd}/gu, (one) => {
    let zero = one.codePointAt(0);
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && one.codePointAt(0) - zero < 9) zero -= 1;
    return String(one.codePointAt(0) - zero);
  });

export function check(question, sent, said, label) {
  const given = sent.filter((value) => value.trim());
  if (!given.length) return question.blank ? { wrong: question.blank } : { answer: null };
  if (question.kind === "many") return together(question, given, said, label);
  if (question.kind === "number") return number(question, given, said, label);
  if (question.kind === "text") return text(question, given[0], said);
  return { answer: given[0] };
}

function together(question, given, said, label) {
  const alone = question.alone.find((code) => given.includes(code));
  if (alone && given.length > 1) return { wrong: fill(said.alone, { label: label(alone) }) };
  const over = question.most ? given.length - question.most : 0;
  if (over > 0) return { wrong: question.own || fill(said.most, { most: question.most, over }) };
  return { answer: given };
}

function number(question, given, said, label) {
  const special = given.find((value) => label(value));
  if (given.length > 1) return { wrong: special ? fill(said.both, { label: label(special) }) : question.how };
  if (special) return { answer: special };
  const told = figures(given[0].trim()).replace("٫", ".");
  const value = Number(told.replace(",", "."));
  const whole = !/[.,]/.test(told);
  if (!/^[+-]?\d{1,15}(\.\d{1,6}|,\d{1,2}|,\d{4,6})?$/.test(told) || !(question.decimals || whole)) return { wrong: question.how };
  const inside = (question.low ?? -Infinity) <= value && value <= (question.high ?? Infinity);
  return inside ? { answer: value } : { wrong: question.beyond };
}

function text(question, given, said) {
  const written = [...given.trim()].length;
  const over = written - question.room;
  if (over > 0) return { wrong: question.own || fill(said.room, { written, room: question.room, over }) };
  return { answer: given.trim() };
}

// Writes that wait for signal: in order, one at a time, each until it is acknowledged

const DAY = 24 * 60 * 60 * 1000;
const LONGEST = 30_000;
const young = (writes) => writes.filter(({ at }) => Date.now() - at < DAY);

export class Outbox {
  constructor(name, tab, { tell, done, refused, store }) {
    Object.assign(this, { name, own: `${name} ${tab}`, tell, done, refused, store, failures: 0, busy: false, stopped: false });
    this.waiting = [];
    this.gather();
    this.others = new BroadcastChannel(`${name} sent`);
    this.others.onmessage = ({ data: [address, answer] }) => this.settle(address, answer);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  // What waits here and in any other tab of this response, in the order in which it was given.
  gather() {
    const found = this.found();
    const every = new Map([...found.flatMap(([, writes]) => writes), ...this.waiting].map((one) => [one.address, one]));
    const place = ({ page, turn }) => (page === "check-answers" ? Infinity : turn || 0);
    this.waiting = [...every.values()].sort((a, b) => place(a) - place(b) || 0);
    this.kept = this.keep();
    if (this.kept) for (const [key] of found) this.store.removeItem(key);
  }

  // What other tabs of this response keep on the phone. They may be there no more, and to send a write twice does no harm.
  found() {
    try {
      for (const key of Object.keys(this.store)) {
        if (key.startsWith("soundings ")) this.lay(key, young(JSON.parse(this.store[key]).writes));
      }
      const others = Object.keys(this.store).filter((key) => key.startsWith(`${this.name} `) && key !== this.own);
      return others.map((key) => [key, JSON.parse(this.store[key]).writes]);
    } catch {
      return [];
    }
  }

  // Whether what waits is kept on the phone.
  keep() {
    try {
      this.lay(this.own, young(this.waiting));
      return true;
    } catch {
      return false;
    }
  }

  lay(key, writes) {
    if (writes.length) this.store.setItem(key, JSON.stringify({ writes }));
    else this.store.removeItem(key);
  }

  add(write) {
    this.waiting.push({ ...write, at: Date.now() });
    this.gather();
    this.tell();
    this.send();
  }

  forget() {
    this.stopped = true;
    this.waiting = [];
    this.keep();
  }

  hurry() {
    this.wake?.();
    this.send();
  }

  async send() {
    if (this.busy || this.stopped) return;
    this.busy = true;
    while (this.waiting.length && !this.stopped) {
      const [first] = this.waiting;
      const answer = await post(first.address, first.fields);
      if (this.stopped) break;
      if (!answer) {
        this.failures += 1;
        this.kept = this.keep();
        this.tell();
        await this.pause();
        continue;
      }
      this.failures = 0;
      this.settle(first.address, answer);
      this.others.postMessage([first.address, answer]);
    }
    this.busy = false;
  }

  // A write was answered: to this page, or to another that sent it too.
  settle(address, answer) {
    const write = this.waiting.find((one) => one.address === address);
    if (this.stopped || !write) return;
    this.waiting = this.waiting.filter((one) => one !== write);
    this.kept = this.keep();
    if (answer.status >= 400) this.refused(write, answer);
    else this.done(write, answer.told);
    if (!this.stopped) this.tell();
  }

  pause() {
    const most = Math.min(LONGEST, 1000 * 2 ** this.failures);
    return new Promise((wake) => {
      this.wake = wake;
      setTimeout(wake, most * (0.5 + Math.random() / 2));
    });
  }
}

// What a write was answered with; null where it must be tried again.
async function post(address, fields) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return null;
    const told = await answer.json();
    const ours = answer.ok || told.title || told.messages || told.elsewhere; // or a filter or a login page spoke in our place
    return ours ? { status: answer.status, told } : null;
  } catch {
    return null;
  }
}

// A code that nobody can guess, of letters that nobody takes for another: see answering/receipts.py

const LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789";
const receipt = () => [...crypto.getRandomValues(new Uint8Array(64))].filter((one) => one < 252).slice(0, 16).map((one) => LETTERS[one % 28]).join("");

// The pages themselves

const ASLEEP = 30 * 60 * 1000;
const [QUIET, PATIENT, RETURNS] = [90_000, 30_000, 60_000];

class Survey {
  constructor(person, fragment) {
    this.person = person;
    this.root = person.root;
    this.answers = { ...person.answers };
    this.pages = new Map([...fragment.querySelectorAll("template[data-page]")].map((one) => [one.dataset.page, one]));
    this.parts = new Map([...fragment.querySelectorAll("template[data-part]")].map((one) => [one.dataset.part, one]));
    this.rules = JSON.parse(fragment.querySelector("#rules").textContent);
    this.said = this.rules.said;
    this.turn = person.turn;
    this.heard = person.turn; // the latest turn that another tab is known to have had
    this.tab = aName();
    this.touched = Date.now();
    this.looked = NaN; // milliseconds; of a page that came from the server nobody knows
    this.since = null;
    this.others = new BroadcastChannel(`soundings ${person.key}`);
    this.others.onmessage = ({ data }) => {
      this.heard = Math.max(this.heard, data.turn);
      this.turn = Math.max(this.turn, data.turn);
      Object.assign(this.answers, data.answers);
    };
    this.outbox = new Outbox(`soundings ${person.key}`, this.tab, {
      store: person.shared ? null : storage(),
      done: (write, told) => this.done(write, told),
      tell: () => this.tell(),
      refused: (write, answer) => this.refused(write, answer),
    });
    for (const write of this.outbox.waiting) {
      this.turn = Math.max(this.turn, write.turn || 0);
      Object.assign(this.answers, write.answers);
    }
    this.unask(person.unasked || []);
    this.listen();
  }

  // What is not asked just now, as nobody can read it soon enough: the server says so with every answer. What was written
  // already, or stands on the page that somebody has before them, stays.
  unask(keys) {
    const here = this.here();
    for (const page of this.rules.pages) {
      for (const question of page.questions) {
        if (!("asked" in question)) question.asked = question.if;
        const stays = page.key === here || this.answers[question.key] || !keys.includes(question.key);
        question.if = stays ? question.asked : { or: [] };
      }
    }
  }

  // Somebody is at it: what stands there now is not what is saved, and nobody sleeps.
  touch(event) {
    this.touched = Date.now();
    if (event.type !== "input" || !event.target.closest("main form")) return;
    this.changing = true;
    this.tell();
  }

  listen() {
    for (const kind of ["input", "keydown", "pointerdown"]) document.addEventListener(kind, (event) => this.touch(event));
    document.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("click", (event) => this.click(event));
    addEventListener("popstate", () => (this.gone ? null : this.ended ? location.replace(this.person.shared ? this.person.home : this.root) : this.here() ? this.show(this.here()) : this.begun && location.reload()));
    addEventListener("beforeunload", (event) => this.loses() && event.preventDefault());
    document.addEventListener("visibilitychange", () => this.watchPage());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.begun && Date.now() - this.touched > ASLEEP) this.hide();
    });
    if (this.person.kiosk) this.watch();
    if (this.outbox.waiting.length) {
      this.showWhatWaited(this.here());
      this.outbox.send();
    }
    this.begun = !this.person.begin;
    this.began = this.begun && !this.turn ? 0 : null; // by the page's own counter; null: it began before this page was opened
  }

  // A tablet that stands somewhere: where nobody touches it, somebody is asked, and then it goes back to its start.
  watch() {
    for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, () => this.wait(), { passive: true });
    this.wait();
  }

  wait() {
    clearTimeout(this.quiet);
    if (!document.querySelector("dialog.still")) this.quiet = setTimeout(() => (this.begun ? this.ask() : this.anew()), QUIET);
  }

  // The start page as it was before somebody chose a language or an age there, and went.
  anew() {
    if (location.search || document.querySelector("main input:checked")) location.replace(this.person.home);
  }

  ask() {
    document.body.append(this.filled("-still"));
    const asked = document.querySelector("dialog.still");
    const end = setTimeout(() => leave(this), PATIENT);
    const on = () => (clearTimeout(end), asked.remove(), this.wait());
    asked.addEventListener("close", on);
    asked.querySelector("button").addEventListener("click", on);
    asked.showModal();
  }

  // Whoever comes anew by the link, and has answered that page already, goes on where they stopped.
  showWhatWaited(here) {
    const answered = this.outbox.waiting.some(({ page }) => page === here);
    if (here && answered && !history.state) this.go(this.next());
    else this.show(here || this.next());
  }

  // Whether closing the page would lose something: what was not sent, or the only way back on a shared device.
  loses() {
    return !this.left && (this.outbox.waiting.length || (this.person.shared && this.begun));
  }

  // The page of ours that an address leads to; empty where it leads elsewhere.
  at(address) {
    const key = address.pathname.startsWith(`${this.root}/`) ? address.pathname.slice(this.root.length + 1) : "";
    return this.pages.has(key) ? key : "";
  }

  // The page that the browser is at. On a shared device its address is the start page's all along.
  here() {
    return this.person.shared ? (history.state?.tab === this.tab && history.state.at) || "" : this.at(location);
  }

  get toCheck() {
    return this.person.shared ? !!history.state?.check : location.search === "?check=1";
  }

  path() {
    return path(this.rules.pages, this.answers);
  }

  // The first page with a question that was never met, or the check page.
  next() {
    return this.path().find((page) => page.questions.some(({ key }) => !(key in this.answers)))?.key || "check-answers";
  }

  submit(event) {
    const to = new URL(event.submitter?.getAttribute("formaction") || event.target.getAttribute("action"), location.href);
    const page = to.pathname.startsWith(`${this.root}/`) ? to.pathname.slice(this.root.length + 1) : "";
    if (to.pathname === this.person.begin) this.starts(event);
    else if (page === "leave-now") this.left = true; // see "Leaving"
    else if (event.target.id === "way" && this.pages.has(page)) this.take(event, () => this.goBack(page, to.searchParams.has("check")));
    else if (page === "check-answers") this.take(event, () => this.finish());
    else if (page === "change-language" || event.target.id === "way") this.afterAll(event);
    else if (this.pages.has(page)) this.take(event, () => this.answer(page, event.target, to.searchParams.has("check")));
    if (!event.defaultPrevented) this.left = true; // to a page of the server's, by a button of ours
  }

  // A page of the server's knows only what has arrived.
  afterAll(event) {
    if (this.outbox.waiting.length) this.take(event, () => this.whenSent(() => event.target.requestSubmit(event.submitter)));
  }

  take(event, act) {
    event.preventDefault();
    this.touched = Date.now();
    act();
  }

  click(event) {
    // The second tap of a double tap is not for the page that came between the two.
    if (event.detail > 1 && event.target.closest?.("main a[href], main button:not([type=button])")) return event.preventDefault();
    const link = event.target.closest?.("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const to = new URL(link.href);
    if (to.origin !== location.origin) return this.calls();
    const page = this.at(to);
    if (to.pathname === `${this.root}/come-back`) this.keepPage();
    if (this.person.shared && !page && to.pathname !== location.pathname) return this.take(event, () => beside(to));
    if (!page || to.hash.length > 1) return;
    this.take(event, () => this.goBack(page, to.searchParams.has("check")));
  }

  // Whoever goes back, or comes back later, finds again what stands on this page.
  goBack(page, toCheck) {
    this.keepPage();
    this.go(page, toCheck);
  }

  keepPage() {
    const page = this.changing && this.path().find(({ key }) => key === this.here());
    const form = page && document.querySelector("main form:has([data-question])");
    if (!form) return;
    const { sent, found } = this.read(page, form);
    if (found.some(([, one]) => one.wrong) || found.every(([, one]) => one.answer === null)) return;
    this.write(page.key, Object.fromEntries(found.map(([name, one]) => [name, one.answer])), [...sent.entries()]);
  }

  // A call or a message leaves nothing.
  calls() {
    const { left } = this;
    this.left = true;
    setTimeout(() => (this.left = left || this.ended), 1000);
  }

  // Whoever may start here and wants to goes on without the network; everybody else has a page of the server's.
  starts(event) {
    const age = event.target.querySelector("input[name=age]:checked");
    if (event.submitter?.value === "yes" && "goes" in (age?.dataset || {})) this.take(event, () => this.begin(event.target));
  }

  begin(form) {
    this.begun = true;
    this.began = performance.now();
    this.outbox.add({ page: "", address: this.person.begin, fields: [...new FormData(form), ["take_part", "yes"]] });
    document.querySelector("header [data-leaves]").replaceWith(this.filled("-leave"));
    this.go(this.next());
  }

  answer(key, form, toCheck) {
    const page = this.path().find((one) => one.key === key);
    if (!page) return this.go(this.next());
    const { sent, found } = this.read(page, form);
    const wrong = Object.fromEntries(found.filter(([, one]) => one.wrong).map(([name, one]) => [name, one.wrong]));
    if (Object.keys(wrong).length) return this.mend(wrong);
    const answers = Object.fromEntries(found.map(([name, one]) => [name, one.answer]));
    this.write(key, answers, [...sent.entries(), ["page-span", this.span()]]);
    const pages = this.path();
    const at = pages.findIndex((one) => one.key === key);
    const next = toCheck ? this.next() : pages[at + 1]?.key || "check-answers";
    this.go(next, toCheck && next !== "check-answers");
  }

  // What stands in a form: as it is sent, and of each question its answer or what is wrong with it.
  read(page, form) {
    const sent = new FormData(form);
    const found = page.questions.map((question) => [question.key, check(question, sent.getAll(question.key), this.said, (code) => this.label(question.key, code))]);
    return { sent, found };
  }

  // A field with a hyphen in its name is not an answer.
  write(page, answers, fields) {
    Object.assign(this.answers, answers);
    this.turn += 1;
    const { turn, tab } = this;
    this.others.postMessage({ turn, answers });
    const kept = fields.filter(([name]) => name !== "response-key");
    this.outbox.add({ page, turn, tab, answers, fields: [...kept, ...this.carried], address: `${this.root}/${page}?turn=${turn}&tab=${tab}` });
  }

  // How long this page has been looked at; what is elsewhere on the phone does not count. Only a page that was shown here
  // is timed, and only the span that it falls in is told, never the seconds.
  watchPage() {
    const now = performance.now();
    this.looked += this.since === null ? 0 : now - this.since;
    this.since = document.hidden ? null : now;
  }

  span() {
    this.watchPage();
    return Number.isNaN(this.looked) ? "" : this.rules.spans.filter((limit) => this.looked / 1000 >= limit).length;
  }

  // What each write carries where the key does not stand in its address.
  get carried() {
    return this.person.shared ? [["response-key", this.person.key]] : [];
  }

  // How long it took goes with it, as without the network everything arrives at once; "" where that is not known.
  finish() {
    this.receipt ||= receipt();
    const took = this.began === null ? "" : Math.round((performance.now() - this.began) / 1000);
    const fields = [["receipt", this.receipt], ["took", took], ...this.carried];
    this.outbox.add({ page: "check-answers", fields, address: `${this.root}/check-answers` });
  }

  // The server keeps an answer of a turn that this page never knew of: then this one was given later, and takes another turn.
  done(write, { turn, finished, end, unasked }) {
    if (end) return this.end(end);
    if (!finished) this.unask(unasked || []);
    if (write.page === "leave-now") return this.over("");
    if (finished || write.page === "check-answers") return this.over("thank-you");
    if (write.tab !== this.tab || !(turn > this.heard) || this.outbox.waiting.some(({ page }) => page === write.page)) return;
    this.turn = Math.max(this.turn, turn);
    this.write(write.page, write.answers, write.fields);
  }

  // The last page, which came with the word that everything is in. Nothing of what was given stays on the phone.
  end(html) {
    const last = new DOMParser().parseFromString(html, "text/html");
    this.left = this.ended = true;
    this.outbox.forget();
    this.answers = {};
    document.title = last.title;
    for (const one of document.querySelectorAll("header form, #person")) one.remove();
    document.querySelector("header").append(last.querySelector("header [data-leaves]"));
    document.querySelector("main").replaceChildren(...last.querySelector("main").childNodes);
    history.replaceState(null, "", this.person.shared ? location.href : `${this.root}/thank-you`);
    scrollTo(0, 0);
    goHome();
  }

  // On to a page that the server shows.
  over(page) {
    this.left = true;
    this.outbox.forget();
    const address = page ? `${this.root}/${page}` : this.root;
    if (!this.person.shared) return location.replace(address);
    const way = document.getElementById("way");
    way.action = address;
    way.submit();
  }

  whenSent(act) {
    if (!this.outbox.waiting.length) return act();
    this.after = act;
    this.tell();
    this.outbox.hurry();
  }

  // After a sleep nothing that was given is shown any more; what was not sent yet is sent first.
  hide() {
    this.asleep = true;
    document.title = "Soundings";
    document.querySelector("main").replaceChildren(document.querySelector("main .kept") || "");
    this.whenSent(() => this.over(""));
  }

  refused(write, { status, told }) {
    if (this.asleep) return;
    if (write.page === "leave-now") return this.over("");
    if (!write.page) return this.refusedAtStart(told);
    if (status === 404 || status === 410) return this.over(""); // it was deleted, or has closed: the page that says so
    if (told.elsewhere) return this.path().some(({ key }) => key === write.page) && this.whenSent(() => this.over(""));
    if (!told.messages) {
      this.outbox.stopped = true;
      this.stopped = `${told.title}. ${told.sentence}`;
      return this.tell();
    }
    this.go(told.page || "check-answers");
    this.mend(told.messages);
  }

  // Nothing began, so nothing is kept: that is said at once, with the way back.
  refusedAtStart({ title, sentence }) {
    this.left = this.ended = true;
    this.outbox.forget();
    if (!title) return location.replace(this.person.begin);
    const said = document.createElement("div");
    said.append(Object.assign(document.createElement("h1"), { textContent: title, id: "here", tabIndex: -1 }));
    said.append(Object.assign(document.createElement("p"), { textContent: sentence }));
    said.append(Object.assign(document.createElement("a"), { className: "back", href: this.person.begin, textContent: this.said.back }));
    document.title = "Soundings";
    document.querySelector("main").replaceChildren(said);
    said.firstChild.focus();
  }

  // Drawing

  filled(name) {
    const copy = (this.parts.get(name) || this.pages.get(name)).content.cloneNode(true);
    for (const one of copy.querySelectorAll("form[action], [formaction], a[href^='/r/-']")) {
      const attribute = ["action", "formaction", "href"].find((each) => one.hasAttribute(each));
      one.setAttribute(attribute, one.getAttribute(attribute).replace("/r/-", this.root));
    }
    for (const one of copy.querySelectorAll("input[name=response-key]")) one.value = this.person.key;
    return copy;
  }

  go(key, toCheck = false) {
    const address = this.person.shared ? location.href : `${this.root}/${key}${toCheck ? "?check=1" : ""}`;
    history.pushState({ tab: this.tab, at: key, check: toCheck, depth: this.depth + 1 }, "", address);
    this.show(key);
  }

  // How many pages of this document lie behind the one that the browser is at.
  get depth() {
    return (history.state?.tab === this.tab && history.state.depth) || 0;
  }

  show(key) {
    if (this.asleep) return;
    const pages = this.path();
    const at = pages.findIndex((one) => one.key === key);
    if (key !== "check-answers" && at < 0) return this.go(this.next());
    const { toCheck } = this;
    const copy = this.filled(key);
    if (key === "check-answers") this.review(copy, pages);
    else this.question(copy, pages, at, toCheck);
    for (const place of copy.querySelectorAll("[data-answer]")) {
      const asked = pages.some((page) => page.questions.some(({ key: one }) => one === place.dataset.answer));
      if (asked) place.textContent = this.words(place.dataset.answer) || place.textContent;
    }
    const before = toCheck ? "check-answers" : pages[(at < 0 ? pages.length : at) - 1]?.key;
    const back = copy.querySelector(".back");
    if (before) back.setAttribute(back.matches("a") ? "href" : "formaction", `${this.root}/${before}`);
    else back.remove();
    globalThis.speechSynthesis?.cancel();
    document.querySelector("main").replaceChildren(copy);
    offerVoice();
    scrollTo(0, 0);
    document.getElementById("here")?.focus({ preventScroll: true });
    this.changing = false;
    this.since = null;
    this.watchPage();
    this.looked = 0;
    this.tell();
  }

  question(copy, pages, at, toCheck) {
    const page = pages[at];
    const form = copy.querySelector("form");
    if (toCheck) form.setAttribute("action", form.getAttribute("action").replace("#", "?check=1#"));
    const asked = new Set(page.questions.map(({ key }) => key));
    for (const one of copy.querySelectorAll("[data-question]")) {
      if (!asked.has(one.dataset.question)) one.remove();
      else this.put(one, this.answers[one.dataset.question]);
    }
    const rest = this.rules.pages.slice(this.rules.pages.findIndex(({ key }) => key === page.key));
    const known = rest.every((one) => !one.turns);
    const asks = (some) => some.reduce((sum, one) => sum + one.questions.length, 0);
    const [place, last, count] = [asks(pages.slice(0, at)) + 1, asks(pages.slice(0, at + 1)), asks(pages)];
    const { said } = this;
    const words = last > place ? [said.places, said.all] : [said.place, said.of];
    copy.querySelector(".progress").textContent = fill(words[Number(known)], { place, last, count });
    document.title = `${fill(words[0], { place, last })} – Soundings`;
    const depth = copy.querySelector(".depth");
    if (!known) return depth.remove();
    const reached = Math.round((last / count) * 320);
    depth.querySelector(".done").setAttribute("d", `M0 6H${reached}`);
    depth.querySelector(".buoy").setAttribute("d", `M${reached} 6h0`);
  }

  put(around, answer) {
    const given = new Set([answer ?? []].flat().map(String));
    for (const box of around.querySelectorAll("input[type=radio], input[type=checkbox]")) {
      box.checked = given.has(box.value);
      if (box.checked) given.delete(box.value);
    }
    const written = around.querySelector("textarea, input[type=text]");
    if (written) written.value = [...given].join(" ");
  }

  review(copy, pages) {
    const shown = new Map(pages.flatMap((page) => page.questions.map(({ key }) => [key, page.key])));
    for (const row of copy.querySelectorAll("[data-question]")) {
      const key = row.dataset.question;
      if (!shown.has(key)) {
        row.remove();
        continue;
      }
      const words = this.words(key, "\n");
      const told = row.querySelector("dd");
      told.textContent = words || this.said.skipped;
      told.className = words ? "" : "none";
    }
    document.title = `${copy.querySelector("h1").textContent} – Soundings`;
  }

  label(key, code) {
    const page = this.rules.pages.find((one) => one.questions.some((question) => question.key === key));
    const box = this.pages.get(page.key).content.querySelector(`[data-question="${key}"] input[value="${CSS.escape(code)}"]`);
    return box?.nextElementSibling.textContent;
  }

  // An answer in words; as in a later sentence, unless `between` says how to list all of it.
  words(key, between = "") {
    const special = (code) => !between && (code === "dont_know" || code === "prefer_not_to_say");
    const codes = [this.answers[key] ?? []].flat().map(String).filter((code) => !special(code));
    return codes.map((code) => this.label(key, code) || code).join(between || ", ");
  }

  mend(messages) {
    const copy = this.filled("-mend");
    const box = copy.querySelector(".mend");
    document.querySelectorAll("main .mend, main .wrong").forEach((one) => one.remove());
    document.querySelectorAll("main #here").forEach((one) => one.removeAttribute("id"));
    document.querySelectorAll("main .mending").forEach((one) => one.classList.remove("mending"));
    for (const [key, words] of Object.entries(messages)) {
      const around = document.querySelector(`main [data-question="${key}"]`);
      const asked = around?.querySelector("dt"); // where all answers stand, it must be said which is meant
      const href = around?.querySelector(".change a")?.href || `#${key}`;
      const link = Object.assign(document.createElement("a"), { href, textContent: asked?.textContent || words });
      box.querySelector("ul").appendChild(document.createElement("li")).append(link, asked ? ` ${words}` : "");
      if (!around?.matches(".question")) continue;
      around.classList.add("mending");
      const told = Object.assign(document.createElement("p"), { className: "wrong", id: `${key}-wrong`, textContent: words });
      const answers = around.querySelector(".choices, textarea, input");
      answers.before(told);
      const described = around.querySelector("[aria-describedby]");
      described?.setAttribute("aria-describedby", `${described.getAttribute("aria-describedby").replace(/ ?\S+-wrong/, "")} ${key}-wrong`.trim());
    }
    document.querySelector("main form").before(copy);
    this.changing = true;
    this.tell();
    document.title = `${fill(this.said.check, { question: document.title })}`;
    document.getElementById("here").focus();
  }

  // What is said beside the button: never that something is saved before it is
  tell() {
    const { outbox, said } = this;
    const place = document.querySelector("main .kept");
    if (!outbox.waiting.length && this.after) {
      const act = this.after;
      this.after = null;
      act();
    }
    if (!place) return;
    const waits = outbox.waiting.length && (outbox.failures || !navigator.onLine || this.after);
    const sending = outbox.waiting.some((one) => one.page === "check-answers");
    const kept = !sending && this.here() === "check-answers" ? said.unsent : said.kept;
    const told = this.stopped || (waits ? (outbox.kept ? kept : said.waiting) : sending ? said.sending : "");
    const saved = !this.changing && !outbox.waiting.length && this.turn > this.person.turn ? said.saved : "";
    if (place.textContent !== (told || saved)) place.textContent = told || saved;
    if (sending) document.querySelector("main #here p")?.replaceChildren(told);
  }
}

// Leaving: everything is hidden before anything else is done

let presses = [];

function leave(survey) {
  document.documentElement.hidden = true;
  document.title = "Soundings";
  const own = survey?.begun && !survey.person.shared ? [survey.person.key] : [];
  const keys = [...new Set([...own, ...passed()])];
  if (survey) {
    survey.left = true;
    survey.outbox.forget();
  }
  globalThis.speechSynthesis?.cancel();
  const form = document.querySelector("form[data-left]");
  const link = document.querySelector("a[data-leaves]");
  wipe();
  if (!navigator.onLine) keys.forEach(leaveLater);
  if (form) hideAnswers(form.action, new URLSearchParams(new FormData(form)));
  for (const key of keys) if (!form?.action.includes(`/r/${key}/`)) hideAnswers(`/r/${key}/leave-now`, "");
  const left = navigator.onLine ? form?.dataset.left || link?.href || "/left" : "about:blank"; // no page of the browser's that names us
  const address = (survey?.person.kiosk && survey.person.home) || left;
  if (navigator.onLine || !survey?.person.kiosk) beforeItAll(survey, () => location.replace(address));
  else addEventListener("online", () => location.replace(address)); // a tablet without signal stays blank until then
}

// The responses that this tab came past, by the addresses of its pages: whoever leaves from a page about help leaves them too.
function passed() {
  const every = [...(globalThis.navigation?.entries?.().map(({ url }) => url) || []), document.referrer, location.href];
  const ours = every.filter((url) => url?.startsWith(`${location.origin}/r/`)).map((url) => url.slice(location.origin.length + 3));
  return ours.map((rest) => rest.split(/[/?#]/)[0]).filter((key) => key !== "-");
}

function hideAnswers(address, body) {
  fetch(address, { method: "POST", body, headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" }, keepalive: true }).catch(() => null);
}

// Without signal nobody can be told: of all that was written, only that is kept, and it is sent before anything is shown.
function leaveLater(key) {
  const write = { page: "leave-now", address: `/r/${key}/leave-now`, fields: [], at: Date.now() };
  storage()?.setItem(`soundings ${key} ${aName()}`, JSON.stringify({ writes: [write] }));
}

// Back to where this document began, so that the browser's Back leads to what was before it, and to no page of ours.
function beforeItAll(survey, act) {
  if (!survey?.depth) return act();
  survey.gone = true;
  const end = setTimeout(act, 500);
  addEventListener("popstate", () => setTimeout(() => (clearTimeout(end), act())), { once: true }); // Firefox adds a page if it is not let finish
  history.go(-survey.depth);
}

function wipe() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith("soundings ")).forEach((key) => localStorage.removeItem(key));
  } catch {
    // A browser that keeps nothing has nothing to wipe.
  }
}

function listenForLeaving(survey) {
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-deletes]")) wipe();
    if (!event.target.matches("form[data-left]")) return;
    event.preventDefault();
    leave(survey());
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-leaves]")) return;
    event.preventDefault();
    leave(survey());
  });
  document.addEventListener("keydown", (event) => {
    const now = event.timeStamp;
    presses = event.key === "Shift" && !event.repeat ? [...presses.filter((one) => now - one < 4000), now] : [];
    if (presses.length === 3) leave(survey());
  });
}

// The last page on such a tablet

// Another page of ours on a shared device: beside this one, since there is no way back to it.
async function beside(address) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = survey?.parts.get("-aside") || document.querySelector("template[data-part='-aside']");
  document.body.append(part.content.cloneNode(true));
  const shown = document.querySelector("dialog.aside");
  shown.querySelector(".leaves").after(...page.querySelector("main").childNodes);
  shown.addEventListener("close", () => shown.remove());
  shown.querySelector(":scope > .go").addEventListener("click", () => shown.close());
  shown.showModal();
}

// Where nobody touches it, a page without a person's answers goes home, and one with them is left first.
function goHome() {
  const last = document.querySelector("[data-returns]");
  if (!last) return;
  let quiet = 0;
  const home = () => (document.querySelector("form[data-left]") ? leave(null) : location.replace(last.dataset.returns));
  const wait = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => survey?.ended === undefined && survey ? null : home(), last.hidden ? QUIET + PATIENT : RETURNS);
  };
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(kind, wait, { passive: true });
  if (last.matches("p")) addEventListener("click", (event) => stays(event, last.dataset.returns));
  wait();
}

// What says more opens beside a page that goes home; only home itself is gone to.
function stays(event, home) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || link.origin !== location.origin || link.pathname === home) return;
  event.preventDefault();
  if (link.pathname === "/") location.replace(home);
  else beside(link.href);
}

goHome();

// Reading aloud, where the browser has a voice for the language of the page

const speaks = () => {
  const spoken = document.documentElement.lang.split("-")[0];
  return globalThis.speechSynthesis?.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(spoken));
};

function offerVoice() {
  for (const button of document.querySelectorAll("main .aloud")) button.hidden = !speaks();
}

function readAloud() {
  const { speaking } = speechSynthesis;
  speechSynthesis.cancel();
  if (speaking) return;
  const parts = document.querySelectorAll("main :is(h1, h2, .note p, .hint, .choice span)");
  const told = new SpeechSynthesisUtterance([...parts].map((one) => one.textContent.trim()).join(". "));
  Object.assign(told, { voice: speaks(), lang: document.documentElement.lang });
  speechSynthesis.speak(told);
}

function storage() {
  try {
    return localStorage;
  } catch {
    return null; // the browser keeps nothing: then it is said that the page must stay open
  }
}

const aName = () => Math.random().toString(36).slice(2, 10);

// What had waited is in: its last page where it belongs, and anywhere else at least the receipt, which is shown only once.
function arrived(html, here) {
  const last = new DOMParser().parseFromString(html, "text/html");
  const main = document.querySelector("main");
  if (here) main.replaceChildren(...last.querySelector("main").childNodes);
  else main.prepend(last.querySelector("h1"), last.querySelector(".receipt"));
}

// What waits for a response that this page has no part in, because it was left or has not arrived yet: it is sent all the same.
function sendRest() {
  const store = window.BroadcastChannel && storage();
  const names = Object.keys(store || {}).filter((key) => key.startsWith("soundings ")).map((key) => key.split(" ", 2).join(" "));
  for (const name of new Set(names)) {
    if (name === survey?.outbox.name) continue;
    const here = document.querySelector("[data-waits]") && location.pathname.startsWith(`/r/${name.slice(10)}`);
    const done = (_write, { end }) => end && arrived(end, here);
    const tell = () => outbox.waiting.length || !here || document.querySelector(".receipt") || location.reload();
    const outbox = new Outbox(name, aName(), { store, done, refused() {}, tell });
    outbox.send();
  }
  if (![...names].some((name) => location.pathname.startsWith(`/r/${name.slice(10)}`))) askAgain();
}

// What waited may have arrived while this page, which does not know it yet, was on its way.
async function askAgain() {
  if (!document.querySelector("[data-waits=unknown]") || !location.pathname.startsWith("/r/")) return;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok) location.reload();
}

let survey = null;
listenForLeaving(() => survey);
document.addEventListener("click", (event) => event.target.closest?.(".aloud") && readAloud());
globalThis.speechSynthesis?.addEventListener?.("voiceschanged", offerVoice);
offerVoice();
const person = document.getElementById("person");
if (person) start(JSON.parse(person.textContent)).then(sendRest);
else sendRest();

async function start(about) {
  if (Object.values(storage() || {}).some((kept) => String(kept).includes(`/r/${about.key}/leave-now`))) document.documentElement.hidden = true; // it was left without signal
  if (!AbortSignal.timeout || !window.BroadcastChannel) return; // the forms work in any browser
  try {
    const answer = await fetch(about.ahead);
    if (!answer.ok) throw answer;
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    survey = new Survey(about, fragment);
  } catch {
    // Without the pages ahead, the form on the page works as it is.
  } finally {
    if (!survey) document.documentElement.hidden = false;
  }
}
