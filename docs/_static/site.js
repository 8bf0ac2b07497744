// Boxes that scroll sideways say so, wide figures stay legible on a phone, the gallery is filtered and sorted.
(() => {
  const HINT = "scroll sideways for the rest →";

  function breakable(table, boxes) {
    // long_names_like_this may break after their underscores, so that more columns fit; 0.8 ± 0.1 may not, if there is room
    const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT), long = [], spread = [];
    while (texts.nextNode()) {
      if (texts.currentNode.data.includes(" ± ")) spread.push(texts.currentNode);
      if (/\w_\w/.test(texts.currentNode.data)) long.push(texts.currentNode);
    }
    for (const text of long) {
      const parts = text.data.split(/(?<=_)(?=\w)/);
      text.replaceWith(...parts.flatMap((part, i) => i ? [document.createElement("wbr"), part] : [part]));
    }
    for (const text of spread) text.data = text.data.replaceAll(" ± ", "\u00a0±\u00a0");
    if (spread.length && boxes.some(box => box.contains(table) && box.scrollWidth > box.clientWidth + 1))
      for (const text of spread) text.data = text.data.replaceAll("\u00a0±\u00a0", " ± ");
  }

  function say(box, wide) {
    // a bar, a line above tables and figures, and the keyboard's arrows, wherever something is out of sight
    if (wide === box.classList.contains("scrolls")) return;
    box.classList.toggle("scrolls", wide);
    if (wide) {
      box.tabIndex = 0;
      if (box.matches("pre")) return;                                    // a cut line of code speaks for itself
      box.before(Object.assign(document.createElement("p"), { className: "scroll-hint", textContent: HINT }));
    } else if (box.previousElementSibling?.className === "scroll-hint") box.previousElementSibling.remove();
  }

  function legible(img) {
    // a wide figure is not shrunk to the width of a phone: its letters could not be read
    if (img.naturalWidth > 560 && img.parentElement.clientWidth < 520) {
      img.style.maxWidth = "none";
      img.style.width = `${Math.min(img.naturalWidth, 640)}px`;
    }
  }

  function boxes() {
    const found = document.querySelectorAll(
      ".bd-article div.highlight pre, .bd-article div.cell_output pre, .bd-article table.table, .bd-article mjx-container, "
      + ".bd-article div.cell_output .output, .bd-article div.cell_output, .bd-article figure");
    return [...found].filter(box => /auto|scroll/.test(getComputedStyle(box).overflowX));
  }

  function gallery(root) {
    const cards = [...root.querySelectorAll("details")], choose = document.querySelector(".gallery-choices");
    const [domain, order, words] = ["domain", "order", "words"].map(name => choose.elements[name]);
    const by = {
      gain: (a, b) => gain(b) - gain(a),
      size: (a, b) => a.dataset.size - b.dataset.size,
      tests: (a, b) => b.dataset.tests - a.dataset.tests,
      name: (a, b) => a.dataset.text.localeCompare(b.dataset.text),
    };
    function gain(card) { return JSON.parse(card.dataset.gains)[domain.value] ?? -Infinity; }
    const said = new Map(cards.map(card => [card, card.querySelector("summary .where")?.textContent]));
    function head(card) {
      // with a domain chosen, the number below the picture is the one for that domain
      const number = card.querySelector("summary .verdict"), value = gain(card);
      if (!number || !Number.isFinite(value)) return;
      number.textContent = `${value > 0 ? "+" : "-"}${Math.abs(value).toFixed(3)}`;
      number.className = `verdict ${value > 0 ? "better" : "worse"}`;
      card.querySelector("summary .where").textContent = domain.value ? `mean on ${domain.value}` : said.get(card);
    }
    function show() {
      cards.forEach(head);
      const wanted = words.value.toLowerCase().trim();
      cards.sort(by[order.value]);
      for (const card of cards) {
        const right = !domain.value || card.dataset.domains.split(" ").includes(domain.value);
        card.hidden = !(right && card.textContent.toLowerCase().includes(wanted));
      }
      root.append(...cards);
      const shown = cards.filter(card => !card.hidden).length;
      document.querySelector(".gallery-count").textContent = `${shown} of ${cards.length} shown`;
    }
    choose.hidden = false;
    choose.addEventListener("input", show);
    choose.addEventListener("submit", event => event.preventDefault());
    show();
  }

  function start() {
    const all = boxes();
    document.querySelectorAll(".bd-article table").forEach(table => breakable(table, all));
    document.querySelectorAll(".bd-article .cell_output img, .bd-article img").forEach(img =>
      img.complete ? legible(img) : img.addEventListener("load", () => legible(img)));
    const root = document.querySelector(".gallery");
    if (root) gallery(root);
    const look = () => {
      // measured first and changed then, so that the page is laid out once
      const wide = boxes().map(box => [box, box.scrollWidth > box.clientWidth + 1]);
      wide.forEach(pair => say(...pair));
    };
    look();
    addEventListener("load", look);
    addEventListener("resize", look);
    new ResizeObserver(look).observe(document.querySelector(".bd-article") ?? document.body);
  }

  document.readyState === "loading" ? addEventListener("DOMContentLoaded", start) : start();
})();
