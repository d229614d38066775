
"use strict";
(() => {
  // Marks everything that shows the same field, or the same part of an example.
  const marked = new Set();
  const clear = () => { for (const node of marked) node.classList.remove("on"); marked.clear(); };
  const mark = nodes => { for (const node of nodes) { node.classList.add("on"); marked.add(node); } };
  const words = value => (value || "").split(" ").filter(Boolean);
  const show = node => {
    clear();
    const example = node.closest(".example");
    const runs = words(node.dataset.run), keys = words(node.dataset.key);
    if (example && runs.length) {
      mark([...example.querySelectorAll("[data-run]")].filter(other => words(other.dataset.run).some(run => runs.includes(run))));
    }
    for (const key of keys) {
      // The chapter of the field, and the one that shows it in an example.
      const chapters = [node.closest("section"), document.getElementById(key.split(".")[0])].filter(Boolean);
      for (const chapter of new Set(chapters)) {
        const others = [...chapter.querySelectorAll("[data-key]")].filter(other => words(other.dataset.key).includes(key));
        mark(example ? others.filter(other => !other.closest(".example")) : others);
      }
    }
    if (!marked.size) mark([node]);
  };
  const target = event => event.target instanceof Element ? event.target.closest("[data-key], [data-run]") : null;
  document.addEventListener("mouseover", event => { const node = target(event); if (node) show(node); else clear(); });
  document.addEventListener("focusin", event => {
    const node = event.target.matches("svg a") ? event.target.querySelector("[data-key]") : target(event);
    if (node) show(node);
  });
  document.addEventListener("focusout", clear);
  // The arrow keys walk through the parts of an example.
  document.addEventListener("keydown", event => {
    const hex = event.target instanceof Element && event.target.matches(".hex[tabindex]") ? event.target : null;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!hex || !step) return;
    const runs = [...hex.querySelectorAll(".run")];
    const next = runs[Math.min(Math.max(runs.findIndex(run => run.classList.contains("on")) + step, 0), runs.length - 1)];
    if (next) { show(next); event.preventDefault(); }
  });

  // The search.
  const input = document.getElementById("search"), list = document.getElementById("results");
  const limit = 30;
  const entries = [...document.querySelectorAll("[data-name]")].map(node => {
    const owner = node.closest("[id]");
    const { name, kind, code } = node.dataset;
    return { id: node.id || (owner ? owner.id : ""), name, kind, code: code || "", key: `${name} ${code || ""}`.toLowerCase() };
  }).filter(entry => entry.id);
  let chosen = -1, found = [];
  const choose = index => {
    chosen = index;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    if (index >= 0) {
      list.children[index].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", list.children[index].id);
    } else input.removeAttribute("aria-activedescendant");
  };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); choose(-1); };
  const rank = (entry, text) => {
    const name = entry.name.toLowerCase();
    const place = name === text || entry.code.toLowerCase() === text ? 0 : name.startsWith(text) ? 1 : name.includes(text) ? 2 : 3;
    return place * 2 + (entry.kind === "message" ? 0 : 1);
  };
  const search = () => {
    const text = input.value.trim().toLowerCase();
    found = text ? entries.filter(entry => entry.key.includes(text)).sort((a, b) => rank(a, text) - rank(b, text)).slice(0, limit) : [];
    list.replaceChildren(...found.map((entry, index) => {
      const item = document.createElement("li"), name = document.createElement("b"), kind = document.createElement("span");
      item.id = `result-${index}`;
      item.setAttribute("role", "option");
      name.textContent = entry.name;
      kind.textContent = entry.code ? `${entry.kind} ${entry.code}` : entry.kind;
      item.append(name, kind);
      item.addEventListener("mousedown", event => { event.preventDefault(); open(index); });
      return item;
    }));
    if (text && !found.length) {
      const item = document.createElement("li");
      item.textContent = "Nothing found";
      list.append(item);
    }
    list.hidden = !text;
    input.setAttribute("aria-expanded", String(Boolean(text)));
    choose(found.length ? 0 : -1);
  };
  const open = index => {
    if (!found[index]) return;
    location.hash = found[index].id;
    input.value = "";
    close();
    input.blur();
  };
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", event => {
    if (event.key === "Escape") { input.value = ""; close(); }
    if (event.key === "Enter") open(chosen);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { choose((chosen + step + found.length) % found.length); event.preventDefault(); }
  });
  document.addEventListener("keydown", event => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) { input.focus(); event.preventDefault(); }
  });
  // On a phone, the contents are closed at first.
  if (matchMedia("(max-width: 860px)").matches) document.getElementById("contents").open = false;
})();
