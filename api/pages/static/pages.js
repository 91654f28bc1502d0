// What the pages do beyond links and forms: the end of the session, and nothing in the browser's storage.
"use strict";

const WARN_BEFORE = 300; // seconds
const LOOK_EVERY = 60; // seconds

const session = {
  account: null,
  timer: 0,

  async ask(method = "GET") {
    const response = await fetch(document.body.dataset.session, {method, headers: {"HX-Request": "true"}});
    if (response.status === 401) return null;
    if (!response.ok) throw new Error(response.statusText);
    return response.json();
  },

  async look(method = "GET") {
    clearTimeout(this.timer);
    try {
      this.show(await this.ask(method));
    } catch {
      // The network is away: whether the session has ended is asked again later.
      this.timer = setTimeout(() => this.look(), LOOK_EVERY * 1000);
    }
  },

  show(state) {
    const warning = document.getElementById("session-warning");
    const over = document.getElementById("session-over");
    const same = state && (this.account === null || this.account === state.account);
    if (!same) {
      // What is on the screen is not for whoever comes by next; what was typed stays.
      warning.close();
      if (!over.open) over.showModal();
      document.body.classList.add("covered");
      return;
    }
    this.account = state.account;
    document.body.classList.remove("covered");
    over.close();
    const left = state.seconds - WARN_BEFORE;
    if (left > 0) warning.close();
    else if (!warning.open) warning.showModal();
    const next = left > 0 ? Math.min(left + 1, LOOK_EVERY) : Math.min(15, state.seconds + 1);
    this.timer = setTimeout(() => this.look(), next * 1000);
  },

  begin() {
    document.querySelector("[data-go-on]").addEventListener("click", () => this.look("POST"));
    document.getElementById("session-over").addEventListener("cancel", (event) => event.preventDefault());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    addEventListener("focus", () => this.look());
    this.look();
  },
};

addEventListener("pageshow", (event) => {
  // A page from the browser's memory may show what its reader may not see any more.
  if (event.persisted) location.reload();
});

// What answers a form can neither be loaded again nor be reached by Back: it gets the address of a page that can.
const readAgainAt = document.body.dataset.readAgainAt;
if (readAgainAt) history.replaceState(history.state, "", readAgainAt);

if (document.body.dataset.session) session.begin();

// The worklist: live every 20 seconds, and keys. Nothing moves that somebody may be about to press.
const POLL_EVERY = 20_000;
const LOOKED_AFTER = 5_000;

class Worklist {
  constructor(form) {
    this.form = form;
    this.holder = document.getElementById("rows");
    this.fresh = document.getElementById("fresh");
    this.since = Date.now();
    this.latest = null;
    this.fresh.querySelector("button").addEventListener("click", () => this.replace());
    form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("pagehide", () => this.noteLook());
    setInterval(() => document.hidden || this.poll(), POLL_EVERY);
  }

  get list() { return this.holder.querySelector(".rows"); }
  get rows() { return [...this.holder.querySelectorAll(".row")]; }
  get current() { return document.activeElement.closest?.(".row"); }
  get busy() {
    return this.holder.matches(":hover") || this.holder.contains(document.activeElement)
      || this.holder.querySelector("input:checked") !== null || matchMedia("(hover: none)").matches;
  }

  asked() {
    const body = new URLSearchParams();
    for (const name of ["view", "level", "topic", "words", "after"]) body.set(name, this.form.elements[name].value);
    return body;
  }

  async poll() {
    const body = this.asked();
    body.set("tag", (this.latest ?? this.list).dataset.tag);
    let response;
    try {
      response = await fetch(this.form.dataset.rows, {method: "POST", body, headers: {"HX-Request": "true"}});
    } catch { return; }
    if (response.status === 401) session.look();
    if (response.status !== 200) return;
    const part = document.createElement("div");
    part.innerHTML = await response.text();
    this.show(part);
  }

  show(part) {
    this.incoming = part;
    this.latest = part.querySelector(".rows");
    if (!this.busy) { this.replace(); return; }
    const known = new Set(this.rows.map((row) => row.id));
    for (const row of this.rows) {
      const next = part.querySelector(`#${CSS.escape(row.id)}`);
      if (!next) this.markGone(row);
      else if (row.id === this.acted) this.renewActed(row, next.cloneNode(true));
      else if (row !== this.current && !row.matches(":hover")) this.renew(row, next.cloneNode(true));
    }
    const count = [...part.querySelectorAll(".row")].filter((row) => !known.has(row.id)).length;
    const texts = this.form.dataset;
    this.fresh.hidden = count === 0;
    this.fresh.querySelector("span").textContent = count === 1 ? texts.newOne : texts.newMany.replace("{count}", count);
  }

  replace() {
    if (!this.incoming) return;
    this.holder.replaceChildren(...this.incoming.childNodes);
    this.incoming = this.latest = null;
    this.fresh.hidden = true;
  }

  renew(row, next) {
    next.querySelector("[name=alert]").checked = row.querySelector("[name=alert]").checked;
    const height = row.getBoundingClientRect().height, y = scrollY;
    row.replaceWith(next);
    // A row that has become higher or lower would move those below: it keeps its height until the list is free.
    next.style.height = `${height}px`;
    next.style.overflow = "hidden";
    if (scrollY !== y) scrollTo(scrollX, y);
  }

  renewActed(row, next) {
    // What was just done here shows at once, and the focus stays where it was.
    const focused = row.contains(document.activeElement), said = row.querySelector(".said").textContent;
    this.acted = null;
    this.renew(row, next);
    next.querySelector(".said").textContent = said;
    if (focused) next.querySelector(".headline").focus();
  }

  markGone(row) {
    if (row.classList.contains("gone")) return;
    row.classList.add("gone");
    row.querySelector("[name=alert]").checked = false;
    for (const one of row.querySelectorAll("button, input")) one.disabled = true;
    row.style.height = `${row.getBoundingClientRect().height}px`;
    row.querySelector(".state").textContent = this.form.dataset.gone;
  }

  submit(event) {
    const button = event.submitter;
    if (button?.name !== "acknowledge") return;
    event.preventDefault();
    this.acknowledge(button.closest(".row"), button);
  }

  async acknowledge(row, button) {
    const body = this.asked();
    body.set("acknowledge", button.value);
    button.disabled = true;
    const said = row.querySelector(".said");
    try {
      const response = await fetch(this.form.action, {method: "POST", body, headers: {"HX-Request": "true"}});
      if (response.status === 401) { session.look(); button.disabled = false; return; }
      said.textContent = response.ok ? Object.values(await response.json())[0] : await response.text();
      if (response.ok) { button.remove(); row.querySelector(".headline").focus(); this.acted = row.id; this.poll(); return; }
    } catch { said.textContent = "–"; }
    button.disabled = false;
  }

  key(event) {
    const on = document.getElementById("use-keys").checked;
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
    if (!on || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = this.rows, here = rows.indexOf(this.current);
    const go = (to) => rows[Math.max(0, Math.min(rows.length - 1, to))]?.querySelector(".headline").focus();
    if (event.key === "j") go(here + 1);
    else if (event.key === "k") go(here < 0 ? 0 : here - 1);
    else if (event.key === "/") document.querySelector(".search [name=words]").focus();
    else if (here < 0) return;
    else if (event.key === "a") rows[here].querySelector("[name=acknowledge]:enabled, .do .button")?.click();
    else if (event.key === "x") rows[here].querySelector("[name=alert]:enabled")?.click();
    else return;
    event.preventDefault();
  }

  noteLook() {
    if (Date.now() - this.since < LOOKED_AFTER) return;
    const body = new URLSearchParams({read_at: this.list.dataset.readAt});
    fetch(this.form.dataset.looks, {method: "POST", body, headers: {"HX-Request": "true"}, keepalive: true}).catch(() => {});
  }
}

const list = document.getElementById("list");
if (list) new Worklist(list);

// Small helps that a page is whole without: copying, printing, and the code in the address of an enrolment.
document.documentElement.classList.add("scripted");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copy);
    text.select();
    navigator.clipboard?.writeText(text.value);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

const shownCode = document.querySelector("[data-fragment-code] code");
const code = location.hash.length > 1 ? decodeURIComponent(location.hash.slice(1)) : history.state?.code;
if (shownCode && code) {
  shownCode.textContent = code;
  history.replaceState({code}, "", location.pathname); // not in the address; a reload in this tab still has it
  document.querySelector("[data-copy-code]").addEventListener("click", () => navigator.clipboard?.writeText(code));
}

// Passkeys: the browser makes or signs what the server asks, and the answer goes as a field of the form.
function passkeys(form) {
  form.hidden = false;
  const said = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.dataset.challenge, {method: "POST", body, headers: {"HX-Request": "true"}});
      if (!response.ok) { said.textContent = await response.text(); said.hidden = false; return; }
      const asked = await response.json();
      const made = form.dataset.passkey === "create"
        ? await navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked)})
        : await navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked)});
      form.elements.credential.value = JSON.stringify(made.toJSON());
      if (form.elements.password) form.elements.password.value = "";
      form.submit();
    } catch {
      said.hidden = false;
    }
  });
}

if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  document.querySelectorAll("[data-passkey]").forEach(passkeys);
}
