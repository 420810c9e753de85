// Forms from paper are typed with the keyboard alone: Enter goes on to the next box, and from the last one keeps the form.
(() => {
  const form = document.getElementById("typed");
  if (!form) return;
  const boxes = () => [...form.querySelectorAll("input[type=text], textarea")];
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !boxes().includes(event.target)) return;
    event.preventDefault();
    const next = boxes()[boxes().indexOf(event.target) + 1];
    if (next) {
      next.focus();
      next.select();
    } else form.requestSubmit();
  });
})();
