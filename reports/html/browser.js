"use strict";
// The sample browser. Everything shown is a text node: the samples are other
// people's text, and none of it may become markup. The state lives in the URL
// after "#samples?", so that a view can be linked. It is one file because an
// inlined script cannot import anything; its parts are marked.
(() => {
  const data = JSON.parse(document.getElementById("samples-data").textContent);
  const root = document.getElementById("browser");
  const section = document.getElementById("samples");
  const str = data.strings;
  const pageSize = 20;
  const inputLimit = 700; // characters of an input shown before "Show all"
  const outputLimit = 2000;

  // ---- elements ----
  const el = (tag, cls, ...children) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    e.append(...children);
    return e;
  };
  const labelled = (text, control, cls) => el("label", cls || "", el("span", "", text), control);
  const button = (text, onclick) => {
    const b = el("button", "", text);
    b.type = "button";
    b.addEventListener("click", onclick);
    return b;
  };
  const count = (n) => n.toLocaleString("en");
  const number = (x) => String(Math.abs(x) < 1000 ? Number(x.toPrecision(4)) : Math.round(x * 10) / 10).replace("-", "−");
  const signed = (x) => (x > 0 ? "+" : "") + number(x);

  // What may become of a score: the values of the menu "Turned".
  const turns = { lost: "right to wrong, or worse", gained: "wrong to right, or better", either: "either way" };

  // ---- state: a view of the samples. Null means all, or none for a metric. ----
  const models = data.models.map((i) => str[i]);
  const initial = () => ({
    a: models[0] ?? null, b: models[1] ?? null, suite: null, cond: null,
    q: "", diff: false, turned: null, metric: null, order: "either", page: 1,
  });
  let state = initial();

  const readHash = () => {
    const s = initial();
    const hash = location.hash;
    if (!hash.startsWith("#samples?")) return s;
    const p = new URLSearchParams(hash.slice("#samples?".length));
    if (models.includes(p.get("a"))) s.a = p.get("a");
    if (models.includes(p.get("b"))) s.b = p.get("b");
    if (p.get("b") === "") s.b = null;
    s.suite = p.get("suite");
    s.cond = p.get("cond");
    s.q = p.get("q") ?? "";
    s.diff = p.get("diff") === "1";
    if (Object.hasOwn(turns, p.get("turned") ?? "")) s.turned = p.get("turned");
    s.metric = p.get("metric");
    if (["up", "down", "either"].includes(p.get("order"))) s.order = p.get("order");
    s.page = Math.max(1, Number.parseInt(p.get("page") ?? "1", 10) || 1);
    return s;
  };
  const hashOf = (s) => {
    const d = initial();
    const p = new URLSearchParams();
    for (const key of ["a", "b", "suite", "cond", "q", "diff", "turned", "metric", "order", "page"]) {
      if (s[key] === d[key]) continue;
      p.set(key, key === "diff" ? "1" : s[key] ?? "");
    }
    return "#samples?" + p.toString();
  };
  const writeHash = () => {
    try {
      history.replaceState(null, "", hashOf(state));
    } catch {
      // A browser that forbids this for files keeps the old address.
    }
  };

  // ---- scores ----
  const outputsOf = (item, model) => (model === null ? [] : item.o.filter((o) => str[o.m] === model));
  // The mean if a model answered or was scored several times; null if unscored.
  const valueOf = (outputs, metric) => {
    const values = outputs.flatMap((o) => o.s ?? []).filter((s) => s.m === metric && s.v !== undefined).map((s) => s.v);
    return values.length ? values.reduce((x, y) => x + y, 0) / values.length : null;
  };
  const metricsOf = (outputs) => new Set(outputs.flatMap((o) => o.s ?? []).map((s) => s.m));
  // One entry for each metric that either model has: {metric, a, b}.
  const scorePairs = (item) => {
    const a = outputsOf(item, state.a);
    const b = outputsOf(item, state.b);
    return Array.from(metricsOf([...a, ...b]), (metric) => ({ metric, a: valueOf(a, metric), b: valueOf(b, metric) }));
  };
  const scoredBoth = (pair) => pair !== undefined && pair.a !== null && pair.b !== null;
  const difference = (pair) => (scoredBoth(pair) ? pair.b - pair.a : null);
  // A score on one side only counts as a difference; rounding of a mean doesn't.
  const differs = (pair) => (scoredBoth(pair) ? Math.abs(pair.b - pair.a) > 1e-12 : pair.a !== pair.b);

  // "lost" or "gained" if a score turned from the first model to the second; else null. A graded
  // score counts only if its metric is chosen.
  const kinds = new Map((data.metrics ?? []).map(([suite, metric, binary, sign]) => [`${suite} ${metric}`, { binary: binary === 1, sign }]));
  const turnOf = (item, pair) => {
    const kind = kinds.get(`${item.s} ${pair.metric}`);
    if (!kind || !scoredBoth(pair)) return null;
    if (!kind.binary) {
      const change = state.metric !== null && differs(pair) ? kind.sign * (pair.b - pair.a) : 0;
      return change < 0 ? "lost" : change > 0 ? "gained" : null;
    }
    const right = (x) => kind.sign * (x - 0.5) > 0;
    return right(pair.a) === right(pair.b) ? null : right(pair.a) ? "lost" : "gained";
  };

  // ---- search ----
  let pattern = null; // the searched words as a literal, or null
  let hits = new Map(); // string index -> found
  const setPattern = (q) => {
    const text = q.trim();
    pattern = text ? new RegExp(text.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&").replace(/\s+/g, "\\s+"), "iu") : null;
    hits = new Map();
  };
  const found = (index) => {
    let hit = hits.get(index);
    if (hit === undefined) {
      hit = pattern.test(str[index]);
      hits.set(index, hit);
    }
    return hit;
  };
  const textsOf = (item) => [
    item.id, item.n ?? 0, item.i, ...(item.r ?? []),
    ...[...outputsOf(item, state.a), ...outputsOf(item, state.b)].map((o) => o.t ?? 0),
  ];

  // ---- filter and sort ----
  const matching = () => {
    const out = [];
    const metric = state.metric;
    data.items.forEach((item, position) => {
      if (state.suite !== null && str[item.s] !== state.suite) return;
      if (state.cond !== null && str[item.c ?? 0] !== state.cond) return;
      if (pattern && !textsOf(item).some(found)) return;
      let delta = null;
      const wantDiff = state.diff && state.b !== null;
      const turned = state.b === null ? null : state.turned;
      if (wantDiff || turned !== null || metric !== null) {
        const pairs = scorePairs(item).filter((p) => metric === null || str[p.metric] === metric);
        if (wantDiff && !pairs.some(differs)) return;
        if (turned !== null && !pairs.some((p) => { const t = turnOf(item, p); return t !== null && (turned === "either" || t === turned); })) return;
        delta = metric === null ? null : difference(pairs[0]);
      }
      out.push({ item, position, delta });
    });
    if (metric !== null) {
      const rank = { up: (d) => -d, down: (d) => d, either: (d) => -Math.abs(d) }[state.order];
      out.sort((x, y) => {
        if (x.delta === null || y.delta === null) return (x.delta === null) - (y.delta === null) || x.position - y.position;
        return rank(x.delta) - rank(y.delta) || x.position - y.position;
      });
    }
    return out;
  };

  // ---- one sample ----
  const highlight = (node, text) => {
    if (!pattern) {
      node.append(text);
      return;
    }
    let end = 0;
    for (const m of text.matchAll(new RegExp(pattern, "giu"))) {
      node.append(text.slice(end, m.index), el("mark", "", m[0]));
      end = m.index + m[0].length;
    }
    node.append(text.slice(end));
  };
  // A text with its line breaks, cut at limit unless a search hit is beyond it.
  const textBox = (index, limit) => {
    const text = str[index];
    if (text === "") return el("p", "empty", "(empty)");
    let cut = text.length > limit * 1.2 ? limit : text.length;
    const hit = pattern ? pattern.exec(text) : null;
    if (hit && hit.index + hit[0].length > cut) cut = text.length;
    if (cut < text.length && text.codePointAt(cut - 1) > 0xffff) cut--; // don't split a surrogate pair
    const box = el("p", "said");
    box.dir = "auto";
    highlight(box, text.slice(0, cut));
    if (cut === text.length) return box;
    box.append("…");
    const more = button(`Show all (${count(text.length)} characters)`, () => {
      box.replaceChildren();
      highlight(box, text);
      more.remove();
    });
    more.className = "more";
    return el("div", "", box, more);
  };
  const bdi = (text) => el("bdi", "", text);
  const scoreItem = (s) => {
    const li = el("li", "", bdi(str[s.m]), " ");
    if (s.v !== undefined) {
      li.append(el("b", "", number(s.v)));
      li.title = String(s.v);
    } else {
      li.className = "unscored";
      li.append("not scored: ", bdi(str[s.x ?? 0]));
    }
    return li;
  };
  const outputColumn = (item, model) => {
    const column = el("div", "output", el("h3", "", bdi(model)));
    const outputs = outputsOf(item, model);
    if (!outputs.length) column.append(el("p", "empty", "this model has no output here"));
    for (const o of outputs) {
      if (o.k) column.append(el("p", "empty", "this answer: ", bdi(str[o.k])));
      if (o.x) column.append(el("p", "empty", "no answer: ", bdi(str[o.x])));
      else column.append(textBox(o.t ?? 0, outputLimit));
      const scores = el("ul", "scores", ...(o.s ?? []).map(scoreItem));
      scores.setAttribute("aria-label", "Scores");
      if (scores.childNodes.length) column.append(scores);
    }
    return column;
  };
  const deltaLine = (item) => {
    const line = el("span", "delta");
    if (state.b === null) return line;
    for (const pair of scorePairs(item)) {
      if (!scoredBoth(pair) || !differs(pair)) continue;
      line.append(...(line.childNodes.length ? [", "] : [bdi(state.b), " − ", bdi(state.a), ": "]), bdi(str[pair.metric]), " ", el("b", "", signed(difference(pair))));
    }
    return line;
  };
  const sampleView = (item, place) => {
    const header = el("header", "", el("strong", "", bdi(str[item.s])));
    if (item.c) header.append(bdi(str[item.c]));
    const id = el("a", "id");
    highlight(id, str[item.n ?? item.id]);
    id.href = hashOf({ ...initial(), a: state.a, b: state.b, q: str[item.id] });
    id.title = item.n ? `Link to this example, ${str[item.id]}` : "Link to this example";
    header.append(id, deltaLine(item));

    const article = el("article", "sample", header);
    article.tabIndex = -1;
    article.setAttribute("aria-label", `Sample ${place}`);
    article.append(el("div", "part", el("h3", "", "Input"), textBox(item.i, inputLimit)));
    if (item.r) {
      const list = el("ul", "said-list", ...item.r.map((r) => el("li", "", textBox(r, inputLimit))));
      article.append(el("div", "part", el("h3", "", item.r.length > 1 ? `References (${item.r.length})` : "Reference"), list));
    }
    const columns = [state.a, state.b].filter((m) => m !== null).map((m) => outputColumn(item, m));
    article.append(el("div", columns.length > 1 ? "outputs" : "outputs one", ...columns));
    return article;
  };

  // ---- controls ----
  const select = (key, onchange) => {
    const s = el("select");
    s.addEventListener("change", () => {
      // Values are "=" and the name; "" means null.
      state[key] = s.value === "" ? null : s.value.slice(1);
      state.page = 1;
      if (onchange) onchange();
      update();
    });
    return s;
  };
  const fill = (menu, names, chosen, none) => {
    const option = (text, value) => {
      const o = el("option", "", text);
      o.value = value;
      return o;
    };
    const options = names.map((n) => option(n === "" ? "(none)" : n, "=" + n));
    if (none !== undefined) options.unshift(option(none, ""));
    menu.replaceChildren(...options);
    menu.value = chosen === null ? "" : "=" + chosen;
  };
  const inSuite = () => data.items.filter((item) => state.suite === null || str[item.s] === state.suite);
  const distinct = (indices) => Array.from(new Set(indices), (i) => str[i]);
  const conditions = () => distinct(inSuite().map((item) => item.c ?? 0));
  const metrics = () => distinct(inSuite().flatMap((item) => Array.from(metricsOf(item.o))));
  // Drop a condition or metric that the chosen suite doesn't have.
  const settle = () => {
    if (state.suite !== null && !suites.includes(state.suite)) state.suite = null;
    if (state.cond !== null && !conditions().includes(state.cond)) state.cond = null;
    if (state.metric !== null && !metrics().includes(state.metric)) state.metric = null;
  };

  const suites = distinct(data.items.map((item) => item.s));
  const menus = {
    a: select("a"), b: select("b"), suite: select("suite", settle), cond: select("cond"), metric: select("metric"),
  };
  const order = el("select");
  for (const [value, text] of [["either", "either way"], ["up", "second model higher"], ["down", "first model higher"]]) {
    const o = el("option", "", text);
    o.value = value;
    order.append(o);
  }
  order.addEventListener("change", () => {
    state.order = order.value;
    state.page = 1;
    update();
  });
  const turned = el("select");
  for (const [value, text] of [["", "all samples"], ...Object.entries(turns)]) {
    const o = el("option", "", text);
    o.value = value;
    turned.append(o);
  }
  turned.addEventListener("change", () => {
    state.turned = turned.value || null;
    state.page = 1;
    update();
  });
  const search = el("input");
  search.type = "search";
  search.placeholder = "input, references, outputs, id";
  search.autocomplete = "off";
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      state.q = search.value;
      state.page = 1;
      update();
    }, 200);
  });
  const diff = el("input");
  diff.type = "checkbox";
  diff.addEventListener("change", () => {
    state.diff = diff.checked;
    state.page = 1;
    update();
  });
  const diffLabel = el("label", "check", diff, el("span", "", "Only where the scores differ"));
  const reset = button("Reset", () => {
    state = initial();
    update();
    search.focus();
  });

  const syncControls = () => {
    fill(menus.a, models, state.a);
    fill(menus.b, models, state.b, "(one model only)");
    fill(menus.suite, suites, state.suite, "all suites");
    fill(menus.cond, conditions(), state.cond, "all conditions");
    fill(menus.metric, metrics(), state.metric, "report order");
    order.value = state.order;
    order.disabled = state.metric === null;
    turned.value = state.turned ?? "";
    turned.disabled = state.b === null;
    diff.checked = state.diff;
    diff.disabled = state.b === null;
    if (document.activeElement !== search || search.value.trim() !== state.q.trim()) search.value = state.q;
  };

  // ---- page ----
  const status = el("span", "count");
  status.setAttribute("role", "status");
  const list = el("div", "samples");
  const pager = () => {
    const at = el("span", "at");
    const back = button("‹ Previous", () => turn(-1));
    const on = button("Next ›", () => turn(1));
    return { box: el("div", "pager", back, at, on), at, back, on };
  };
  const above = pager();
  const below = pager();
  above.box.prepend(status);
  let matches = [];
  const pages = () => Math.max(1, Math.ceil(matches.length / pageSize));

  const show = () => {
    state.page = Math.min(state.page, pages());
    const from = (state.page - 1) * pageSize;
    list.replaceChildren(...matches.slice(from, from + pageSize).map((m, i) => sampleView(m.item, from + i + 1)));
    if (!matches.length) list.append(el("p", "empty", "Nothing matches. Remove a filter to see more."));
    for (const p of [above, below]) {
      p.at.textContent = `Page ${count(state.page)} of ${count(pages())}`;
      p.back.disabled = state.page <= 1;
      p.on.disabled = state.page >= pages();
    }
    below.box.hidden = matches.length <= pageSize;
  };
  const refresh = () => {
    settle();
    setPattern(state.q);
    syncControls();
    matches = matching();
    const left = data.left ? `; ${count(data.left)} more were left out of this page` : "";
    status.textContent = `${count(matches.length)} of ${count(data.items.length)} samples match${left}`;
    show();
  };
  const update = () => {
    refresh();
    writeHash();
  };
  const turn = (step, place) => {
    const page = state.page + step;
    if (page < 1 || page > pages()) return;
    state.page = page;
    show();
    writeHash();
    const articles = list.querySelectorAll("article");
    focusSample(articles[place === "last" ? articles.length - 1 : 0]);
  };

  // ---- keys: j and k step through the samples, across pages ----
  const focusSample = (article) => {
    if (!article) return;
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "start", behavior: "instant" });
  };
  const step = (direction) => {
    const articles = Array.from(list.querySelectorAll("article"));
    const now = articles.findIndex((a) => a.contains(document.activeElement));
    const next = now < 0 ? 0 : now + direction;
    if (next >= articles.length) turn(1);
    else if (next < 0) turn(-1, "last");
    else focusSample(articles[next]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    const place = root.getBoundingClientRect();
    if (place.top > window.innerHeight || place.bottom < 0) return;
    const inSample = event.target.closest("article") !== null;
    if (event.key === "j" || (event.key === "ArrowRight" && inSample)) step(1);
    else if (event.key === "k" || (event.key === "ArrowLeft" && inSample)) step(-1);
    else return;
    event.preventDefault();
  });

  // ---- start ----
  const controls = el("form", "controls",
    labelled("First model", menus.a), labelled("Second model", menus.b),
    labelled("Suite", menus.suite), labelled("Condition", menus.cond),
    labelled("Search", search, "wide"), labelled("Sort by score difference", menus.metric),
    labelled("Largest first", order), labelled("Turned", turned), diffLabel);
  controls.setAttribute("aria-label", "Which samples");
  controls.addEventListener("submit", (event) => event.preventDefault());
  above.box.append(reset);
  const keys = el("p", "keys", el("kbd", "", "j"), " and ", el("kbd", "", "k"),
    " (or → and ← in a sample) step to the next and previous sample. The address links to this view.");
  root.append(controls, keys, above.box, list, below.box);
  window.addEventListener("hashchange", () => {
    if (!location.hash.startsWith("#samples?")) return;
    state = readHash();
    refresh();
    section.scrollIntoView({ block: "start", behavior: "instant" });
  });
  state = readHash();
  refresh();
  if (location.hash.startsWith("#samples?")) section.scrollIntoView({ block: "start", behavior: "instant" });
})();
