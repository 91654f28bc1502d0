
(() => {
  const form = document.querySelector("form[role=search]");
  const input = document.getElementById("search");
  const found = document.getElementById("found");
  const sections = [...document.querySelectorAll("main section")].map((section) => ({
    section, id: section.querySelector("h3").id, text: section.textContent.toLowerCase(),
  }));
  const entries = new Map([...document.querySelectorAll("nav li[data-for]")].map((li) => [li.dataset.for, li]));
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { section, id, text } of sections) {
      const hit = words.every((word) => text.includes(word));
      section.hidden = !hit;
      const entry = entries.get(id);
      if (entry) entry.hidden = !hit;
      count += hit;
    }
    found.textContent = words.length ? `${count} of ${sections.length}` : "";
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = sections.find(({ section }) => !section.hidden);
    if (first) location.hash = first.id;
  });
  input.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape" && event.target === input) {
      input.value = "";
      show();
    }
  });
  // A link leads also to what the search has hidden.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) {
      input.value = "";
      show();
      target.scrollIntoView();
    }
  });
})();
