(() => {
  const form = document.querySelector("form.filter");
  const items = [...document.querySelectorAll("[data-verdict]")];
  const sections = [...document.querySelectorAll("main section[data-list]")];
  const count = document.querySelector("#count");
  const apply = () => {
    const text = form.text.value.trim().toLowerCase();
    const fits = (item) =>
      (!form.verdict.value || item.dataset.verdict === form.verdict.value) &&
      (!form.area.value || item.dataset.area === form.area.value) &&
      (!text || item.textContent.toLowerCase().includes(text));
    const active = text || form.verdict.value || form.area.value;
    let shown = 0;
    for (const item of items) {
      item.hidden = !fits(item);
      shown += item.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[data-verdict]:not([hidden])");
      if (group.tagName === "DETAILS" && active) group.open = !group.hidden;
    }
    for (const section of sections) section.hidden = !section.querySelector("[data-verdict]:not([hidden])");
    count.textContent = active ? `${shown} of ${items.length} shown` : "";
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));

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

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
