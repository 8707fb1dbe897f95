"use strict";
// Replaces the overview with a new one every five seconds, unless the reader is in it.
setInterval(async () => {
  const main = document.getElementById("main");
  if (document.hidden || main.contains(document.activeElement) || String(getSelection())) return;
  try {
    const answer = await fetch("/lead", { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.replaceChildren(...page.getElementById("main").childNodes);
  } catch (e) {
    document.getElementById("updated").textContent = "The server can't be reached. The figures are old.";
  }
}, 5000);
