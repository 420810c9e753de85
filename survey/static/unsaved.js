// What is typed and not saved yet: the page says so, asks before it is left, and says why something was not saved.
(() => {
  const unsaved = new Map(); // each form that holds what is not saved, and the number of the last edit in it
  const sent = new WeakMap(); // the last edit of each form that went to the server
  const refused = new WeakSet(); // forms whose last edit the server did not take, or never heard of
  let edits = 0;
  let going = ""; // the page that somebody chose before all was saved

  const words = () => document.getElementById("here-now").dataset;
  const itself = (form) => form.matches("form[data-saves]"); // it is saved when a box is left
  const save = (form) => form.dispatchEvent(new Event("change", { bubbles: true }));
  const waiting = () => [...unsaved.keys()].filter((form) => sent.get(form) !== unsaved.get(form));

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[hx-post]");
    if (!form) return;
    refused.delete(form);
    if (itself(form) || changed(form)) unsaved.set(form, (edits += 1));
    else unsaved.delete(form);
    say();
  });

  // Whether a form holds anything that it did not hold when the page was drawn.
  function changed(form) {
    return [...form.elements].some((one) => {
      const drawn = one.options && [...one.options].findIndex((option) => option.defaultSelected);
      if (one.options) return one.selectedIndex !== Math.max(drawn, 0);
      if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
      return one.type !== "hidden" && (one.value ?? "") !== (one.defaultValue ?? one.value ?? "");
    });
  }

  // Each place that tells of the last change tells instead that more was typed, for as long as that is so.
  function say() {
    for (const form of unsaved.keys()) if (!form.isConnected) unsaved.delete(form);
    for (const one of document.querySelectorAll("[data-unsaved]")) {
      if (unsaved.size && !("before" in one.dataset)) {
        one.dataset.before = one.textContent;
        one.textContent = one.dataset.unsaved;
      } else if (!unsaved.size && "before" in one.dataset) {
        one.textContent = one.dataset.before;
        delete one.dataset.before;
      }
    }
  }

  // A box whose words were typed and taken back is left without a change: what was sent meanwhile is put right.
  document.addEventListener("focusout", ({ target }) => {
    const form = target.closest?.("form[data-saves]");
    setTimeout(() => {
      if (form && target !== document.activeElement && waiting().includes(form)) save(form);
    });
  });

  // What was typed before this ran, on a slow line, or brought back by the browser, is not saved either.
  for (const form of document.querySelectorAll("form[hx-post]")) if (changed(form)) unsaved.set(form, (edits += 1));
  say();

  // Leaving

  addEventListener("beforeunload", (event) => {
    say();
    if (unsaved.size) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) unsaved.delete(event.target); // the browser sends it
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link?.target;
    if (link && "discards" in link.dataset) unsaved.clear();
    const kept = [...unsaved.keys()].every((form) => itself(form) && !refused.has(form));
    if (!link || elsewhere || !unsaved.size || !kept) return; // the browser asks, where there is something to lose
    if (link.href.split("#")[0] === location.href.split("#")[0]) return;
    event.preventDefault();
    going = link.href;
    waiting().forEach(save);
  });

  // What the server answers

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.typed = unsaved.get(ctx.sourceElement);
    sent.set(ctx.sourceElement, ctx.typed);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const strange = /<html/i.test(ctx.text); // a whole page: not what the form asked for
    if (strange || ctx.response.status >= 400) stay(ctx);
    else if (unsaved.get(ctx.sourceElement) === ctx.typed) unsaved.delete(ctx.sourceElement);
    if (!strange) return;
    event.preventDefault();
    tell(reason(ctx));
  });
  document.addEventListener("htmx:after:swap", say);
  document.addEventListener("htmx:finally:request", () => {
    say();
    if (going && !unsaved.size) location.assign(going);
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    stay(ctx);
    tell(words().offline);
  });

  function stay(ctx) {
    going = "";
    refused.add(ctx.sourceElement);
  }

  function reason({ response, text }) {
    if (response.status === 413) return words().tooLong;
    if (response.status < 400 || response.status === 401) return words().elsewhere;
    const page = new DOMParser().parseFromString(text, "text/html");
    const [title, sentence] = ["main h1", "main h1 + p"].map((one) => page.querySelector(one)?.textContent || "");
    return `${words().refused} ${title}. ${sentence}`;
  }

  function tell(told) {
    const status = document.querySelector("[data-tells]");
    if (!status) return;
    status.textContent = told;
    status.classList.add("bad");
    status.scrollIntoView({ block: "nearest" });
  }
})();
