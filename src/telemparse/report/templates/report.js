"use strict";
// Read-outs under the pointer or the arrow keys. The page is complete without them.
for (const figure of document.querySelectorAll("figure.traces")) {
  const extent = Number(figure.dataset.extent);
  const overTime = figure.dataset.overTime === "yes";
  const output = figure.querySelector(".read-out");
  const charts = [...figure.querySelectorAll(".chart > svg")].map((svg) => {
    const { low, high, top, bottom } = svg.dataset;
    const value = (y) => Number(high) - ((y - top) / (bottom - top)) * (high - low);
    const lines = [...svg.querySelectorAll("path.trace:not(.other)")].reverse().map((path) => ({
      name: path.dataset.name ?? (path.dataset.lap && `lap ${path.dataset.lap}`),
      runs: path.getAttribute("d").split("M").filter(Boolean).map((run) => {
        const numbers = run.split(" ").map(Number);
        return numbers.flatMap((x, i) => (i % 2 ? [] : [[x, numbers[i + 1]]]));
      }),
    }));
    return { svg, value, lines, quantity: svg.dataset.quantity };
  });
  const map = document.getElementById(figure.dataset.map)?.querySelector("svg");
  const places = map?.dataset.places?.split(" ") ?? [];
  const spot = map?.querySelector(".spot");

  const height = (runs, x) => {
    for (const run of runs) {
      if (x < run[0][0] || x > run[run.length - 1][0]) continue;
      let low = 0, high = run.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (run[middle][0] <= x) low = middle; else high = middle;
      }
      const [a, b] = [run[low], run[high]];
      return b[0] === a[0] ? a[1] : a[1] + ((x - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
    }
    return null;
  };
  const clock = (seconds) => {
    const whole = Math.round(seconds), pad = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return `${hours ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole % 60)}`;
  };
  const values = (chart, x) => chart.lines.map(({ name, runs }) => {
    const y = height(runs, x);
    if (y === null) return null;
    const v = chart.value(y), size = Math.abs(v).toFixed(2);
    const sign = Number(size) === 0 ? "" : v > 0 ? "+" : "\u2212";
    const unit = chart.quantity === "off" ? "km/h" : "s";
    return { name, words: chart.quantity === "speed" ? `${v.toFixed(0)} km/h` : `${sign}${size} ${unit}` };
  }).filter(Boolean);

  let share = 0;
  const show = (next) => {
    share = Math.min(Math.max(next, 0), 1);
    const told = new Map();
    for (const chart of charts) {
      const cursor = chart.svg.querySelector(".cursor");
      cursor.setAttribute("x1", `${share * 100}%`);
      cursor.setAttribute("x2", `${share * 100}%`);
      for (const { name, words } of values(chart, share * 1000)) told.set(name, [...(told.get(name) ?? []), words]);
    }
    const place = overTime ? clock(share * extent) : `${(share * extent).toFixed(0)} m`;
    const parts = [...told].map(([name, words]) => `${name ? `${name}: ` : ""}${words.join(", ")}`);
    output.textContent = [place, ...parts].join("  \u00b7  ");
    const [x, y] = (places[Math.round(share * (places.length - 1))] ?? "-").split(",");
    spot?.setAttribute("cx", y === undefined ? -20 : x);
    spot?.setAttribute("cy", y === undefined ? -20 : y);
  };
  const move = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    show((event.clientX - box.left) / box.width);
  };
  for (const { svg } of charts) {
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerdown", move);
  }
  figure.tabIndex = 0;
  figure.setAttribute("aria-label", "Traces; the arrow keys move the read-out");
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.005, ArrowRight: 0.005, Home: -1, End: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(share + step);
  });
}
