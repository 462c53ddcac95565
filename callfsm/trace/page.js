"use strict";
(() => {
  const steps = JSON.parse(document.getElementById("steps").textContent);
  const rows = [...document.querySelectorAll(".step")];
  const list = document.querySelector(".steps");
  const slider = document.getElementById("slider");
  const place = document.getElementById("place");
  const buttons = Object.fromEntries(["first", "back", "on", "last", "next"].map((name) => [name, document.getElementById(name)]));
  const figures = new Map([...document.querySelectorAll("figure")].map((figure) => [figure.dataset.machine, figure]));
  const findings = steps.flatMap((step, number) => (step.finding ? [number] : []));
  let at = -1;
  let chosen = "";

  for (const figure of figures.values()) {
    for (const part of figure.querySelectorAll(".visited, .current")) part.dataset.taken = "";
  }

  const wayOf = (subject) =>
    steps.slice(0, at + 1).flatMap((step) => step.moves.filter((move) => move.subject === subject));

  function draw(figure, subject, state) {
    const way = wayOf(subject);
    const states = new Set(way.flatMap((move) => [move.source, move.dest]));
    const taken = new Set(way.filter((move) => move.source !== move.dest).map((move) => `${move.source} ${move.dest}`));
    for (const box of figure.querySelectorAll(".box")) {
      box.classList.toggle("current", box.dataset.key === state);
      box.classList.toggle("visited", states.has(box.dataset.key) && box.dataset.key !== state);
    }
    for (const arrow of figure.querySelectorAll(".arrow")) {
      const passed = "taken" in arrow.dataset && taken.has(`${arrow.dataset.source} ${arrow.dataset.dest}`);
      arrow.classList.toggle("visited", passed);
    }
    figure.querySelector(".state").textContent = state;
  }

  function followed(step) {
    const open = step.after.filter((each) => each.machine !== "call");
    if (open.some((each) => each.subject === chosen)) return chosen;
    const moved = step.moves.filter((move) => open.some((each) => each.subject === move.subject));
    if (moved.length) return moved[moved.length - 1].subject;
    return open.length ? open[open.length - 1].subject : "";
  }

  function showOpen(step, subject) {
    const target = document.getElementById("open");
    const open = step.after.filter((each) => each.machine !== "call");
    const items = open.map((each) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${each.machine}: ${each.state}`;
      button.title = each.subject;
      button.setAttribute("aria-pressed", String(each.subject === subject));
      button.classList.toggle("moved", step.moves.some((move) => move.subject === each.subject));
      button.addEventListener("click", () => { chosen = chosen === each.subject ? "" : each.subject; show(at, false); });
      item.append(button);
      return item;
    });
    if (!items.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "nothing is running";
      items.push(none);
    }
    target.replaceChildren(...items);
  }

  function show(number, scroll = true) {
    const to = Math.min(Math.max(number, 0), steps.length - 1);
    if (at >= 0) rows[at].setAttribute("aria-selected", "false");
    at = to;
    const step = steps[at];
    rows[at].setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", rows[at].id);
    if (scroll) rows[at].scrollIntoView({ block: "nearest" });
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", `step ${at + 1}: ${step.label}`);
    buttons.first.disabled = buttons.back.disabled = at === 0;
    buttons.last.disabled = buttons.on.disabled = at === steps.length - 1;
    if (buttons.next) buttons.next.disabled = !findings.some((each) => each > at);
    const call = step.after.find((each) => each.machine === "call");
    place.textContent = `step ${at + 1} of ${steps.length} · ${step.time} s${call ? ` · ${call.state}` : ""}`;
    draw(figures.get("call"), call ? call.subject : "", call ? call.state : "");
    const subject = followed(step);
    const part = step.after.find((each) => each.subject === subject);
    for (const [machine, figure] of figures) {
      if (machine === "call") continue;
      figure.hidden = !part || part.machine !== machine;
      if (!figure.hidden) {
        draw(figure, part.subject, part.state);
        figure.querySelector(".subject").textContent = part.subject;
      }
    }
    showOpen(step, subject);
    document.getElementById("what").textContent = step.label;
    document.getElementById("detail").textContent = step.detail;
    document.getElementById("told").textContent =
      `Step ${at + 1} of ${steps.length}, ${step.time} seconds: ${step.label}. The call is ${call ? call.state : "not known yet"}.`;
  }

  const nextFinding = () => { const next = findings.find((each) => each > at); if (next !== undefined) show(next); };
  const keys = { ArrowLeft: () => show(at - 1), ArrowRight: () => show(at + 1), Home: () => show(0), End: () => show(steps.length - 1),
    ArrowUp: () => show(at - 1), ArrowDown: () => show(at + 1), n: nextFinding };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    if (event.target === slider && event.key !== "n") return;
    event.preventDefault();
    keys[event.key]();
  });
  buttons.first.addEventListener("click", () => show(0));
  buttons.back.addEventListener("click", () => show(at - 1));
  buttons.on.addEventListener("click", () => show(at + 1));
  buttons.last.addEventListener("click", () => show(steps.length - 1));
  if (buttons.next) buttons.next.addEventListener("click", nextFinding);
  slider.addEventListener("input", () => show(Number(slider.value)));
  for (const [number, row] of rows.entries()) row.addEventListener("click", () => show(number));
  document.body.classList.add("stepping");
  const asked = Number.parseInt(location.hash.replace("#step-", ""), 10);
  show(Number.isNaN(asked) ? 0 : asked - 1);
})();
