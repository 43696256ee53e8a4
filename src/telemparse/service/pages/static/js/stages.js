// Stages of a run while it is processed.
import { make } from "./dom.js";

const STAGES = [
  ["artifact_validate", "Check the files"],
  ["artifact_classify", "Tell the format"],
  ["parse_raw", "Read"],
  ["normalise_units", "Units"],
  ["time_align", "Clocks"],
  ["downsample", "Levels for charts"],
  ["fuse_gnss_imu", "Fuse position and motion"],
  ["detect_laps", "Laps"],
  ["quality", "Quality"],
  ["materialise", "Materialise"],
  ["publish_session", "Publish"],
];
const MARKS = { DONE: "\u2713", SKIPPED: "\u2013", FAILED: "\u2715" };

export const showProgress = (place, session, busy) => {
  place.hidden = !busy;
  if (!busy) {
    place.replaceChildren();
    return;
  }
  const done = STAGES.filter(([name]) => session.stages?.[name]).length;
  const now = STAGES.findIndex(([name]) => !session.stages?.[name]);
  const items = STAGES.map(([name, words], i) => {
    const stage = session.stages?.[name],
      state = stage?.status ?? (i === now ? "RUNNING" : "WAITING");
    const heard = {
      DONE: "done",
      SKIPPED: "skipped",
      FAILED: "failed",
      RUNNING: "in hand",
      WAITING: "to come",
    }[state];
    return make(
      "li",
      { class: `stage ${state.toLowerCase()}`, title: stage?.reason || stage?.message || null },
      make("span", { class: "mark", "aria-hidden": "true" }, MARKS[state] ?? ""),
      words,
      make("span", { class: "only-heard" }, `: ${heard}`),
    );
  });
  place.replaceChildren(
    make(
      "h2",
      { id: "progress-heading" },
      session.run_status === "QUEUED" ? "Waiting for a worker" : "Processing",
    ),
    make("progress", { max: STAGES.length, value: done, "aria-label": "Stages done" }),
    make("ol", { class: "stages" }, items),
  );
};
