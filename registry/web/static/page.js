// What a page gains where scripts run; every page works without. No framework, nothing inline.
"use strict";

// Copy: a button beside what is to be copied, which a page without scripts shows as text anyway.
for (const block of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${block.dataset.copy}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "Selected";
    }
  });
  block.after(button);
}

// Pick at most so many statements to compare, and say how many are picked.
const countPicked = () => {
  for (const form of document.querySelectorAll("form[data-most]")) {
    const most = Number(form.dataset.most);
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const picked = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.disabled = picked >= most && !box.checked;
    const said = form.querySelector("[data-picked]");
    if (said) said.textContent = picked ? `${picked} of at most ${most} picked` : "";
  }
};
document.addEventListener("change", countPicked);
document.addEventListener("htmx:afterSwap", countPicked);
countPicked();

// A file that is chosen is put into the text area, where it can be seen and corrected.
const upload = document.querySelector("input[type=file][data-into]");
if (upload) {
  upload.addEventListener("change", async () => {
    const [file] = upload.files;
    const area = document.getElementById(upload.dataset.into);
    if (!file || file.size > 300 * 1024) return;
    area.value = await file.text();
    upload.value = "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// A chart that answers to the pointer takes the place of the drawn one. Expressions are interpreted
// (ast), because the policy of the page forbids to compile them; colours are those of the page.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// A chart of fewer pixels has no room for labels beside its rows.
const NARROW = 560;

const look = (width) => {
  const axis = {
    labelColor: colour("soft"), titleColor: colour("soft"), gridColor: colour("line"),
    domainColor: colour("line"), tickColor: colour("line"), labelFontSize: 12, titleFontSize: 12,
    titleFontWeight: "normal", labelLimit: Math.min(420, width * 0.4),
  };
  // On the phone a label stands over its row, as wide as the chart, and not beside it.
  const over = {
    labelAlign: "left", labelPadding: 0, labelOffset: -16, labelLimit: width, labelFontSize: 11,
    ticks: false, domain: false,
  };
  return {
    background: null, font: "system-ui, sans-serif", axis, axisY: width < NARROW ? over : {}, view: { stroke: null },
    legend: { orient: "top", labelColor: colour("ink"), titleColor: colour("ink"), labelFontSize: 12 },
    range: { category: [colour("harmonised"), colour("reported")] },
  };
};

const draw = async () => {
  if (typeof vegaEmbed === "undefined") return;
  for (const chart of document.querySelectorAll("[data-spec]:not([data-drawn])")) {
    chart.dataset.drawn = "yes";
    const target = document.createElement("div");
    target.className = "live";
    const said = document.createElement("p");
    said.className = "said small soft";
    try {
      const answer = await fetch(chart.dataset.spec, { headers: { Accept: "application/json" } });
      if (!answer.ok) continue;
      chart.prepend(target, said);
      const spec = await answer.json();
      if (target.clientWidth < NARROW) spec.height.step += 18;
      await vegaEmbed(target, spec, {
        ast: true, renderer: "svg", actions: false, defaultStyle: false, config: look(target.clientWidth),
        tooltip: (handler, event, item, value) => {
          const pairs = value && typeof value === "object" ? Object.entries(value) : [];
          said.textContent = pairs.map(([name, text]) => `${name}: ${text}`).join(" · ");
        },
      });
      chart.querySelector("[data-fallback]")?.remove();
    } catch {
      target.remove(); // the drawn one stays
      said.remove();
    }
  }
};
document.addEventListener("htmx:afterSwap", draw);
draw();
