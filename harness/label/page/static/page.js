"use strict";
const $ = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf]").content;
const settled = document.querySelector("meta[name=item]").content; // by the lead
const folded = 1200; // letters that are shown of a long text

let task = null;
let draft = null;
let active = 0;     // the output in focus
let marked = 0;     // its scale that digits set; for a pair: 0 is which, 1 is how much
let grabbed = false;
let busy = false;
let sent = null;    // the last answer sent, with its number
let shownAt = 0, spent = 0;

// el makes an element. Other people's text comes in only as children that are strings.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value !== false) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children);
  return e;
}

function say(text) { $("status").textContent = text; }
function warn(text) { $("alert").textContent = text; }

async function call(path, body) {
  const options = { credentials: "same-origin" };
  if (body) Object.assign(options, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) });
  let answer, data;
  try {
    answer = await fetch(path, options);
    data = await answer.json();
  } catch (e) {
    return { error: "the server can't be reached. What you entered is still on this page; save again in a moment" };
  }
  if (!answer.ok) return { error: data.error || answer.statusText, status: answer.status };
  return data;
}

function number() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// load shows the next item.
async function load(before) {
  const next = await call("/api/item" + (settled ? "?item=" + encodeURIComponent(settled) : ""));
  if (next.error) { warn(capital(next.error) + "."); return false; }
  task = next;
  active = 0; marked = 0; grabbed = false; sent = null; spent = 0; shownAt = performance.now();
  warn("");
  $("count").textContent = settled ? "Your own label settles the disagreement." : `${task.done} of ${task.total} done`;
  $("progress").max = Math.max(1, task.total); $("progress").value = task.done;
  $("progress").hidden = Boolean(settled);
  $("undo").disabled = !task.undoable;
  const at = task.state === "item";
  $("item").hidden = !at; $("end").hidden = at; $("save").disabled = $("skip").disabled = $("compare").disabled = !at;
  if (!at) {
    $("end-title").textContent = task.state === "done" ? "Thank you: there is nothing left to label" : "Thank you for trying";
    $("end-text").textContent = task.state === "done" ? "All of your answers are saved." : "Your answers to the first items are saved. Please ask the lead how to go on.";
    say((before || "") + $("end-title").textContent + ".");
    $("main").focus();
    return true;
  }
  draft = new Draft(task.item, task.previous);
  try { const kept = sessionStorage.getItem(keepName()); if (kept) draft.restore(kept); } catch (e) { /* storage is off */ }
  build();
  say((before || "") + (settled ? "" : `Item ${task.done + 1} of ${task.total}.`) + (task.previous && !settled ? " This is your earlier answer; change it and save." : ""));
  focusOutput(0);
  scrollTo(0, 0);
  return true;
}

function keepName() { return "draft " + task.item.id + " " + task.revision; }

function capital(text) { return text.charAt(0).toUpperCase() + text.slice(1); }

// text is a text, folded if it is long.
function text(content, extra) {
  const body = el("div", { class: "text " + (extra || ""), dir: "auto" });
  if (content === "") { body.append(el("i", { class: "muted" }, "(empty)")); return [body]; }
  let cut = content.length > folded ? folded : content.length;
  const lines = content.split("\n", 21);
  if (lines.length > 20) cut = Math.min(cut, lines.slice(0, 20).join("\n").length);
  if (cut >= content.length) { body.append(content); return [body]; }
  if (/[\uD800-\uDBFF]/.test(content[cut - 1])) cut--; // not within a character
  const more = el("button", { type: "button", class: "fold", "aria-expanded": "false" });
  const set = (open) => {
    body.replaceChildren(open ? content : content.slice(0, cut) + "…");
    body.classList.toggle("open", open);
    if (open) body.tabIndex = 0; else body.removeAttribute("tabindex");
    more.setAttribute("aria-expanded", String(open));
    more.replaceChildren(el("kbd", {}, "z"), open ? " Fold" : ` Show all ${content.length.toLocaleString("en")} characters`);
  };
  more.addEventListener("click", () => set(more.getAttribute("aria-expanded") === "false"));
  set(false);
  return [body, more];
}

// build makes the elements of an item; paint then keeps them up to date.
function build() {
  const item = task.item, form = item.form;
  const prompt = [...text(item.prompt)];
  if (item.context) prompt.push(el("h3", {}, "The answer should be based on"), ...text(item.context));
  if (item.constraint) prompt.push(el("h3", {}, "The answer must"), ...text(item.constraint));
  $("prompt-body").replaceChildren(...prompt);
  $("outputs").replaceChildren(...item.outputs.map(buildOutput));
  $("outputs").querySelectorAll(".text").forEach((t) => t.addEventListener("scroll", () => follow(t)));
  $("ranking").hidden = !form.ranking;
  $("pair").hidden = !form.preference;
  if (form.preference) $("pair-choices").replaceChildren(...pairChoices());
  $("notes").value = draft.notes;
  $("others").hidden = !item.others;
  $("others-list").replaceChildren(...(item.others || []).map((o) => el("li", {}, el("b", {}, el("bdi", {}, o.labeler)), ": ", told(o.answer))));
  $("compare").hidden = $("wide").hidden = item.outputs.length < 2;
  paint();
}

// told is another's answer in words.
function told(a) {
  if (a.skipped) return "skipped: " + a.skipped;
  let parts = [];
  if (a.better !== undefined) parts.push(a.better < 0 ? "equally good" : `output ${a.better + 1} is better` + (a.strength ? ` (strength ${a.strength})` : ""));
  (a.outputs || []).forEach((o, i) => {
    const said = Object.entries(o.scales || {}).map(([n, v]) => `${n.replaceAll("_", " ")} ${v}`);
    const flags = Object.entries(o.flags || {}).filter(([, v]) => v).map(([n]) => n.replaceAll("_", " "));
    if (o.rank) said.push("rank " + o.rank);
    parts.push(`output ${i + 1}: ` + [...said, ...flags].join(", "));
  });
  if (a.notes) parts.push("notes: " + a.notes);
  return parts.join("; ");
}

function buildOutput(content, i) {
  const form = task.item.form;
  const card = el("article", { class: "output", id: "output-" + i, tabindex: "-1", "aria-labelledby": "output-title-" + i, onfocusin: () => activate(i), onclick: () => activate(i) },
    el("h3", { id: "output-title-" + i }, `Output ${i + 1} `, el("span", { class: "rank muted" })), ...text(content));
  (form.scales || []).forEach((s, k) => {
    const title = `scale-${i}-${k}`;
    card.append(el("div", { class: "scale", role: "group", "aria-labelledby": title, "data-scale": k }, el("span", { id: title, class: "scale-title" }, s.title),
      el("span", { class: "choices" }, ...s.choices.map((c, v) => el("button", { type: "button", class: "choice", "data-value": s.lowest + v, onclick: () => { activate(i); setScale(i, k, v); } }, ...(s.lowest === 1 ? [] : [el("kbd", {}, String(v + 1)), " "]), choiceName(s, v, c))))));
  });
  if (form.flags && form.flags.length) {
    card.append(el("div", { class: "flags", role: "group", "aria-label": `Flags of output ${i + 1}` }, ...form.flags.map((f) =>
      el("button", { type: "button", class: "flag", "data-flag": f.name, onclick: () => { activate(i); toggle(i, f); } }, el("kbd", {}, f.key), " " + f.title, el("span", { class: "state" })))));
  }
  if (form.ranking) card.append(el("button", { type: "button", class: "to-ranking", onclick: () => { activate(i); draft.place(i); changed(`Output ${i + 1} is ranked last so far.`); } }, "Add to the ranking"));
  return card;
}

function choiceName(s, v, name) { return String(v + s.lowest) === name ? name : `${v + s.lowest} ${name}`; }

const strengths = ["slightly", "clearly", "much"];

function pairChoices() {
  const choice = (better, strength, label) => el("button", { type: "button", class: "choice", "data-better": better, "data-strength": strength || "", onclick: () => setPair(better, strength) }, label);
  return [...[3, 2, 1].map((s) => choice(0, s, `Output 1 is ${strengths[s - 1]} better`)), choice(-1, null, "Equally good"), ...[1, 2, 3].map((s) => choice(1, s, `Output 2 is ${strengths[s - 1]} better`))]
    .map((b, i) => { b.prepend(el("kbd", {}, String(i + 1)), " "); return b; });
}

function setPair(better, strength) {
  draft.better = better; draft.strength = strength;
  changed(better < 0 ? "Equally good." : `Output ${better + 1} is ${strengths[strength - 1]} better.`);
}

function setScale(output, scale, choice) {
  const s = task.item.form.scales[scale];
  if (choice >= s.choices.length) return;
  draft.outputs[output].scales[s.name] = s.lowest + choice;
  marked = Math.min(scale + 1, task.item.form.scales.length - 1);
  changed(`Output ${output + 1}: ${s.title} ${choiceName(s, choice, s.choices[choice])}.`);
}

function toggle(output, flag) {
  const flags = draft.outputs[output].flags;
  flags[flag.name] = flags[flag.name] === undefined ? true : !flags[flag.name];
  changed(`Output ${output + 1}: ${flag.title}: ${flags[flag.name] ? "yes" : "no"}.`);
}

// changed keeps the draft, shows it, and says what changed.
function changed(what) {
  try { sessionStorage.setItem(keepName(), draft.keep()); } catch (e) { /* storage is off */ }
  paint();
  if (what) say(what);
}

function paint() {
  const form = task.item.form;
  document.querySelectorAll(".output").forEach((card, i) => {
    const said = draft.outputs[i];
    card.classList.toggle("active", i === active);
    card.classList.toggle("grabbed", i === active && grabbed);
    card.querySelectorAll(".scale").forEach((row, k) => {
      row.classList.toggle("marked", i === active && k === marked);
      row.querySelectorAll(".choice").forEach((b) => b.setAttribute("aria-pressed", String(said.scales[form.scales[k].name] === Number(b.dataset.value))));
    });
    card.querySelectorAll(".flag").forEach((b) => {
      const v = said.flags[b.dataset.flag];
      b.setAttribute("aria-pressed", v === undefined ? "mixed" : String(v));
      b.querySelector(".state").textContent = v === undefined ? ": yes or no?" : v ? ": yes" : "";
    });
    const at = draft.group(i);
    card.querySelector(".rank").textContent = form.ranking ? (at < 0 ? "not ranked" : `rank ${at + 1}${grabbed && i === active ? ", picked up" : ""}`) : "";
    const add = card.querySelector(".to-ranking");
    if (add) add.hidden = at >= 0;
  });
  document.querySelectorAll("#pair-choices .choice").forEach((b) =>
    b.setAttribute("aria-pressed", String(draft.better === Number(b.dataset.better) && String(draft.strength || "") === b.dataset.strength)));
  if (form.ranking) paintRanking();
}

function paintRanking() {
  const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
  const name = (o) => `Output ${o + 1}`;
  const act = (o, key, label, symbol, doing) => el("button", { type: "button", "data-key": key + o, "aria-label": `${name(o)}: ${label}`, onclick: () => { activate(o); doing(); changed(where(o)); } }, symbol);
  $("ranked").replaceChildren(...draft.ranking.map((group) => el("li", {}, ...group.map((o) =>
    el("span", { class: "ranked" + (o === active ? " active" : ""), draggable: "true", "data-output": o, ondragstart: (e) => e.dataTransfer.setData("text/plain", String(o)), ondragover: (e) => e.preventDefault(), ondrop: (e) => drop(e, o) },
      el("a", { href: "#output-" + o, onclick: (e) => { e.preventDefault(); focusOutput(o); } }, name(o)), " ",
      act(o, "up", "move up", "▲", () => draft.move(o, -1)), act(o, "down", "move down", "▼", () => draft.move(o, 1)), act(o, "tie", group.length > 1 ? "part from its equals" : "make equal to the one above", "=", () => draft.tie(o)))))));
  const rest = task.item.outputs.map((_, i) => i).filter((i) => draft.group(i) < 0);
  $("unranked-title").hidden = rest.length === 0;
  $("unranked").replaceChildren(...rest.map((o) => el("li", { draggable: "true", ondragstart: (e) => e.dataTransfer.setData("text/plain", String(o)) }, act(o, "add", "add to the ranking", name(o), () => draft.place(o)))));
  if (focused) { const again = document.querySelector(`[data-key="${focused}"]`); if (again) again.focus(); }
}

function drop(e, target) {
  e.preventDefault(); e.stopPropagation();
  const o = Number(e.dataTransfer.getData("text/plain"));
  if (!Number.isInteger(o) || o < 0 || o >= task.item.outputs.length) return;
  const box = e.currentTarget.getBoundingClientRect(), at = (e.clientY - box.top) / box.height;
  draft.put(o, target, at < 0.3 ? "before" : at > 0.7 ? "after" : "with");
  changed(where(o));
}

// dropLast takes what is dropped beside the ranked outputs: it comes last. The first output has no
// other place to be dropped on.
function dropLast(e) {
  e.preventDefault();
  const o = Number(e.dataTransfer.getData("text/plain"));
  if (!Number.isInteger(o) || o < 0 || o >= task.item.outputs.length || draft.group(o) >= 0) return;
  draft.place(o);
  changed(where(o));
}

function where(o) {
  const at = draft.group(o);
  if (at < 0) return `Output ${o + 1} is not ranked.`;
  const equal = draft.ranking[at].filter((x) => x !== o).map((x) => x + 1);
  return `Output ${o + 1} is rank ${at + 1} of ${draft.ranking.length}` + (equal.length ? `, equal to output ${equal.join(" and ")}` : "") + ".";
}

function activate(i) {
  if (i === active) return;
  active = i; marked = 0; grabbed = false;
  paint();
}

function focusOutput(i) {
  activate(i);
  const card = $("output-" + i);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

// follow scrolls the other outputs as one of them.
let following = null;
function follow(from) {
  if (!document.body.classList.contains("wide") || $("together").getAttribute("aria-pressed") !== "true") return;
  if (following && following !== from) return;
  following = from;
  const share = from.scrollTop / Math.max(1, from.scrollHeight - from.clientHeight);
  document.querySelectorAll("#outputs .text").forEach((t) => { if (t !== from) t.scrollTop = share * (t.scrollHeight - t.clientHeight); });
  setTimeout(() => { following = null; }, 60);
}

function seconds() {
  const now = document.hidden ? spent : spent + performance.now() - shownAt;
  return Math.round(now / 100) / 10;
}

// save sends an answer. The same answer keeps its number, so that it counts once however often it
// is sent; another one gets a new number.
async function save(skipped) {
  if (busy || !task || task.state !== "item") return;
  draft.notes = $("notes").value;
  const answer = skipped ? { skipped, notes: draft.notes } : draft.answer(0);
  const content = JSON.stringify(answer);
  if (!sent || sent.content !== content) sent = { content, id: number(), seconds: seconds() };
  answer.seconds = sent.seconds;
  busy = true; say("Saving"); warn("");
  const kept = keepName();
  const result = await call("/api/answer", { id: sent.id, item: task.item.id, revision: task.revision, answer });
  busy = false;
  if (result.error) {
    const outcome = result.status === 422 ? "" : /not saved/i.test(result.error) ? "" : "Not saved: ";
    warn(capital(outcome + result.error) + ".");
    say("Not saved.");
    return;
  }
  try { sessionStorage.removeItem(kept); } catch (e) { /* storage is off */ }
  if (settled) { say("Saved."); location.href = "/lead"; return; }
  await load("Saved. ");
}

async function undo() {
  if (busy || settled || !task || !task.undoable) return;
  busy = true;
  const result = await call("/api/undo", { id: number() });
  busy = false;
  if (result.error) { warn(capital(result.error) + "."); return; }
  await load("");
}

function skip() { $("skipping").showModal(); $("reason").focus(); }

function compare() {
  const options = () => task.item.outputs.map((_, i) => el("option", { value: i }, `output ${i + 1}`));
  $("diff-a").replaceChildren(...options()); $("diff-b").replaceChildren(...options());
  $("diff-a").value = active; $("diff-b").value = (active + 1) % task.item.outputs.length;
  showDiff();
  $("diff").showModal();
}

function showDiff() {
  const found = differences(task.item.outputs[$("diff-a").value], task.item.outputs[$("diff-b").value]);
  if (!found) { $("diff-body").textContent = "These outputs are too long to compare."; return; }
  $("diff-body").replaceChildren(...found.map(([kind, part]) => kind === "same" ? document.createTextNode(part) : el(kind === "gone" ? "del" : "ins", {}, part)));
}

function press(id) {
  const b = $(id), on = b.getAttribute("aria-pressed") !== "true";
  b.setAttribute("aria-pressed", String(on));
  return on;
}

function wide() {
  if (!task || !task.item || task.item.outputs.length < 2) return;
  const on = press("wide");
  document.body.classList.toggle("wide", on);
  $("together").hidden = !on;
}

function guide() {
  $("guide").hidden = !$("guide").hidden;
  $("guide-open").setAttribute("aria-expanded", String(!$("guide").hidden));
}

function unfold() {
  const b = document.querySelector(`#output-${active} .fold`);
  if (b) b.click();
}

const commands = {
  "?": () => $("help").showModal(), g: guide, w: wide, t: () => press("together"), p: () => { if (task.item.outputs.length > 1) compare(); },
  n: () => $("notes").focus(), s: skip, u: undo, z: unfold,
  ArrowLeft: () => focusOutput(Math.max(0, active - 1)), ArrowRight: () => focusOutput(Math.min(task.item.outputs.length - 1, active + 1)),
  "=": () => rank(() => draft.tie(active)),
};

function rank(doing) {
  if (!task.item.form.ranking) return;
  doing();
  changed(where(active));
}

function grab() {
  if (draft.group(active) < 0) { draft.place(active); grabbed = true; } else grabbed = !grabbed;
  changed(where(active) + (grabbed ? " Picked up." : " Put down."));
}

function onKey(e) {
  if (e.defaultPrevented || document.querySelector("dialog[open]") || e.altKey || e.metaKey) return;
  const writing = /^(TEXTAREA|INPUT|SELECT)$/.test(e.target.tagName);
  if (e.key === "Enter" && (e.ctrlKey || !writing && e.target.tagName !== "BUTTON" && e.target.tagName !== "A")) { e.preventDefault(); save(); return; }
  if (writing) { if (e.key === "Escape") focusOutput(active); return; }
  if (e.ctrlKey || !$("keys").checked || e.repeat && e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
  if (task && task.state !== "item") { if (e.key === "u") undo(); return; }
  if (!draft || !task) return;
  if (handle(e)) e.preventDefault();
}

// handle reports whether a key meant something.
function handle(e) {
  const form = task.item.form, button = /^(BUTTON|A)$/.test(e.target.tagName);
  if (/^[1-9]$/.test(e.key)) {
    if (form.preference) { const b = $("pair-choices").children[e.key - 1]; if (b) b.click(); return true; }
    if (form.scales) setScale(active, marked, e.key - 1);
    return true;
  }
  if (e.key === " " && form.ranking && !button) { grab(); return true; }
  if (grabbed && (e.key === "ArrowUp" || e.key === "ArrowDown")) { rank(() => draft.move(active, e.key === "ArrowUp" ? -1 : 1)); return true; }
  const flag = (form.flags || []).find((f) => f.key === e.key);
  if (flag) { toggle(active, flag); return true; }
  if (!commands[e.key]) return false;
  commands[e.key]();
  return true;
}

document.addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) spent += performance.now() - shownAt; else shownAt = performance.now();
});
$("notes").addEventListener("input", () => { draft.notes = $("notes").value; changed(""); });
$("ranking").addEventListener("dragover", (e) => e.preventDefault());
$("ranking").addEventListener("drop", dropLast);
$("save").addEventListener("click", () => save());
$("skip").addEventListener("click", skip);
$("undo").addEventListener("click", undo);
$("help-open").addEventListener("click", commands["?"]);
$("guide-open").addEventListener("click", guide);
$("wide").addEventListener("click", wide);
$("together").addEventListener("click", () => press("together"));
$("compare").addEventListener("click", compare);
$("diff-a").addEventListener("change", showDiff);
$("diff-b").addEventListener("change", showDiff);
$("skip-no").addEventListener("click", () => $("skipping").close());
$("skip-yes").addEventListener("click", () => {
  const reason = $("reason").value.trim();
  if (!reason) { $("reason").focus(); return; }
  $("skipping").close(); $("reason").value = "";
  save(reason);
});
if (matchMedia("(min-width: 80rem)").matches) guide();
load("");
