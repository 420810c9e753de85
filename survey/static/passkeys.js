// Passkeys: a form with data-passkey asks the device, puts its answer into itself, and is sent like any other.
(() => {
  const bytes = (told) => Uint8Array.from(atob(told.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const told = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const lists = ["excludeCredentials", "allowCredentials"];

  function wanted(options) {
    const each = (one) => ({ ...one, id: bytes(one.id) });
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
    for (const list of lists) if (asked[list]) asked[list] = asked[list].map(each);
    return { publicKey: asked };
  }

  function answer({ id, rawId, type, response, authenticatorAttachment }) {
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const each = parts.filter((part) => response[part]).map((part) => [part, told(response[part])]);
    return JSON.stringify({ id, rawId: told(rawId), type, authenticatorAttachment, response: Object.fromEntries(each) });
  }

  async function ask(form) {
    const asked = await fetch(form.dataset.passkey, { method: "POST", headers: { accept: "application/json" } });
    if (!asked.ok) throw new Error((await asked.json()).sentence);
    const { ceremony, options } = await asked.json();
    const made = form.hasAttribute("data-new")
      ? await navigator.credentials.create(wanted(options))
      : await navigator.credentials.get(wanted(options));
    form.elements.ceremony.value = ceremony;
    form.elements.credential.value = answer(made);
    form.submit();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const status = form.querySelector("[role=status]");
    if (!window.PublicKeyCredential) {
      status.textContent = form.dataset.unable;
      continue;
    }
    form.querySelector("button").disabled = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      status.textContent = "";
      try {
        await ask(form);
      } catch (wrong) {
        const known = ["NotAllowedError", "AbortError", "InvalidStateError"].includes(wrong.name);
        status.textContent = known ? form.dataset.stopped : wrong.message;
        status.classList.add("bad");
      }
    });
  }
})();
