(() => {
  const form = document.querySelector("form.filter");
  const items = [...document.querySelectorAll("[data-item]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const sections = [...document.querySelectorAll("section[data-list]")];
  const count = document.querySelector("#count");
  const fields = form ? [...form.elements].filter((each) => each.name) : [];
  const words = new Map();

  const said = (item) => {
    if (!words.has(item)) {
      const parts = item.tagName === "DETAILS" ? [...item.querySelectorAll("summary, .difference, .message")] : [item];
      words.set(item, parts.map((part) => part.textContent).join(" ").toLowerCase());
    }
    return words.get(item);
  };
  const value = (field) => (field.type === "checkbox" ? (field.checked ? field.value : "") : field.value.trim());
  const state = () => fields.map((field) => [field.name, value(field)]).filter(([, given]) => given);
  const fits = (item, wanted) =>
    wanted.every(([name, given]) =>
      name === "text"
        ? given.toLowerCase().split(/\s+/).every((word) => said(item).includes(word))
        : (item.dataset[name] || "").split(" ").includes(given));

  const apply = () => {
    const wanted = state();
    let shown = 0;
    for (const item of items) {
      item.hidden = !fits(item, wanted);
      shown += item.hidden ? 0 : 1;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-item]:not([hidden])");
      if (group.tagName === "DETAILS" && wanted.length) group.open = !group.hidden;
    }
    for (const section of sections) section.hidden = !section.querySelector("[data-item]:not([hidden])");
    count.textContent = wanted.length ? `${shown} of ${items.length} shown` : `${items.length} requirements`;
  };
  const remember = () => {
    const hash = new URLSearchParams(state()).toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };
  const clear = () => {
    for (const field of fields) field.type === "checkbox" ? (field.checked = false) : (field.value = "");
    apply();
    remember();
  };

  const decoded = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return location.hash.slice(1);
    }
  };
  const reveal = (target) => {
    if (form && target.closest("[hidden]")) {
      for (const field of fields) field.type === "checkbox" ? (field.checked = false) : (field.value = "");
      apply();
    }
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    for (const old of document.querySelectorAll(".target")) old.classList.remove("target");
    target.classList.add("target");
    target.scrollIntoView();
  };
  const follow = () => {
    const target = document.getElementById(decoded());
    if (target) return reveal(target);
    if (!form || !location.hash.includes("=")) return;
    const given = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) {
      const said = given.get(field.name) || "";
      field.type === "checkbox" ? (field.checked = said === field.value) : (field.value = said);
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = "";
    }
    apply();
    form.scrollIntoView();
  };

  const heads = () =>
    [...document.querySelectorAll("[data-cause], [data-item], [data-group]")]
      .map((item) => (item.tagName === "DETAILS" ? item.querySelector("summary") : item))
      .filter((head) => head.checkVisibility());
  const move = (step) => {
    const all = heads();
    const now = all.indexOf(document.activeElement);
    if (now < 0 && document.activeElement !== form.text) return false;
    const after = all.findIndex((head) => form.compareDocumentPosition(head) & Node.DOCUMENT_POSITION_FOLLOWING);
    const place = now < 0 ? (after < 0 ? all.length : after) - (step > 0 ? 1 : 0) : now;
    const next = now === after && step < 0 ? form.text : all[Math.min(all.length - 1, place + step)];
    if (!next) return false;
    if (next.tabIndex < 0) next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(event.target.tagName)) {
      form.scrollIntoView();
      form.text.focus();
      event.preventDefault();
    } else if (event.key === "Escape") {
      clear();
    } else if (step && move(step)) {
      event.preventDefault();
    }
  };

  const select = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  for (const box of document.querySelectorAll(".command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const text = box.querySelector("pre");
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        select(text);
        document.execCommand("copy");
      }
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    box.append(button);
  }

  document.addEventListener("toggle", (event) => {
    for (const list of event.target.querySelectorAll("ol.events")) {
      const mark = list.querySelector(".mark");
      if (mark && event.target.open) list.scrollTop = Math.max(0, mark.offsetTop - list.offsetTop - 60);
    }
  }, true);

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details[data-item]:not([open])")].filter((each) => each.checkVisibility());
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of closed) each.open = false; });

  if (form) {
    form.hidden = false;
    form.addEventListener("input", () => { apply(); remember(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
    document.addEventListener("keydown", key);
    apply();
  }
  addEventListener("hashchange", follow);
  follow();
})();
