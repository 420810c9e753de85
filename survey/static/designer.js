// The designer, improved: questions can be dragged, and the address keeps up with what is open.
(() => {
  let dragged = null;
  const row = (event) => event.target.closest && event.target.closest(".outline li[data-key]");
  const clear = () => document.querySelectorAll(".drop-here").forEach((one) => one.classList.remove("drop-here"));

  document.addEventListener("dragstart", (event) => {
    const found = row(event);
    if (!found) return;
    dragged = found.dataset.key;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged);
  });
  document.addEventListener("dragover", (event) => {
    const found = row(event);
    if (!dragged || !event.target.closest(".outline")) return;
    event.preventDefault();
    clear();
    (found || document.getElementById("drop-last"))?.classList.add("drop-here");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });
  document.addEventListener("drop", (event) => {
    const form = document.getElementById("act");
    if (!dragged || !form || !event.target.closest(".outline")) return;
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

  document.addEventListener("htmx:after:swap", () => {
    const here = document.getElementById("here-now");
    if (here) history.replaceState(null, "", here.dataset.address);
    document.getElementById("mend")?.focus();
  });
})();
