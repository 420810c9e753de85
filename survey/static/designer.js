// The designer, improved: dragging, an address that keeps up, and nothing drawn over what is being typed.
(() => {
  const here = () => document.getElementById("here-now");
  const list = (event) => event.target.closest?.(".outline");
  const row = (event) => event.target.closest?.(".outline li[data-key]");

  // Dragging a question before another

  let dragged = null;
  const clear = () => document.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here"));

  document.addEventListener("dragstart", (event) => {
    const found = row(event);
    if (!found) return;
    dragged = found.dataset.key;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged || !list(event)) return;
    event.preventDefault();
    clear();
    (row(event) || document.getElementById("drop-last"))?.classList.add("drop-here");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });
  document.addEventListener("drop", (event) => {
    const form = document.getElementById("act");
    if (!dragged || !form || !list(event)) return;
    event.preventDefault();
    const before = row(event)?.dataset.key || "";
    if (before !== dragged) send(form, { drop: dragged, before });
    dragged = null;
    clear();
  });

  function send(form, values) {
    const made = Object.entries(values).map(([name, value]) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      return form.appendChild(input);
    });
    form.requestSubmit();
    setTimeout(() => made.forEach((input) => input.remove()), 0);
  }

  // What is sensitive may be declined: that box is ticked along, before both are saved

  document.addEventListener("input", ({ target }) => {
    const along = target.checked && target.form?.elements[target.dataset.ticks];
    if (along) along.checked = true;
  });

  // Saving by itself: an answer is not drawn over what was typed after its request was made

  let edits = 0;
  let refused = false; // the last answer to the open question: it was told that somebody changed it
  let focused = "";
  let opened = [];

  document.addEventListener("input", (event) => {
    if (event.target.closest?.("form[data-saves]")) edits += 1;
  });
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.edits = edits;
  });
  // One press is a change and a press: what was sent after it, and waited, is not refused a second time.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (!refused || !ctx.sourceElement.matches("form[data-saves]")) return;
    const made = ctx.request.body?.get?.("seen");
    if (made && made !== ctx.sourceElement.querySelector("input[name=seen]")?.value) event.preventDefault();
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!here() || event.defaultPrevented) return;
    refused = ctx.response.status === 409;
    if (ctx.sourceElement.matches("form[data-saves]") && ctx.edits !== edits && ctx.response.status < 400) {
      event.preventDefault();
      keepUp(ctx.text);
    }
    focused = document.activeElement?.id || "";
    const done = ctx.response.status < 400 && ctx.sourceElement.matches("form:has(#add-one)");
    if (done) ctx.sourceElement.reset();
    const left = [...document.querySelectorAll("#designer details[open][id]")].map((one) => one.id);
    opened = left.filter((id) => !done || id !== "add-one"); // what somebody opened stays open
  });

  // What was typed meanwhile is saved by its own request; all but the open forms is drawn anew at once.
  function keepUp(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const seen = fresh.querySelector("input[name=seen]")?.value;
    if (seen) document.querySelectorAll("input[name=seen]").forEach((input) => (input.value = seen));
    for (const part of ["[role=status]", "#act > ol"]) {
      const [now, then] = [fresh.querySelector(part), document.querySelector(`#designer ${part}`)];
      if (now && then) then.replaceChildren(...now.childNodes);
    }
    followNames(fresh);
    const [now, then] = [fresh.querySelector("iframe"), document.querySelector("#designer iframe")];
    if (now && then) then.src = now.getAttribute("src");
  }

  // A key or a code that was made anew of other words, in a box that nobody has typed in.
  function followNames(fresh) {
    for (const name of ["key", "code"]) {
      const boxes = (root) => [...root.querySelectorAll(`form[data-saves] input[name=${name}]`)];
      const made = boxes(fresh);
      boxes(document).forEach((box, at) => {
        if (!made[at] || box === document.activeElement || box.value !== box.defaultValue) return;
        box.value = box.defaultValue = made[at].value;
      });
    }
  }

  document.addEventListener("htmx:after:swap", () => {
    if (here()) history.replaceState(null, "", here().dataset.address);
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    const mend = document.getElementById("mend");
    const next = focused.replace("choice-remove-", "label-"); // what follows a choice that was taken out
    const before = focused && (document.getElementById(focused) || document.getElementById(next));
    if (mend) mend.focus();
    else if (before && document.activeElement !== before) before.focus();
  });
})();
