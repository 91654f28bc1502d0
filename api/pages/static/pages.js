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

if (document.body.dataset.session) session.begin();
