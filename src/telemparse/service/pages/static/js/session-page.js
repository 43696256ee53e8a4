// One session: what it is, where it went, how fast, which laps, how good, and what can be done with it.
import { get, post, query, watched } from "./api.js";
import { Comparison } from "./comparison.js";
import { Cursor } from "./cursors.js";
import { askToDelete } from "./deletion.js";
import { announce, byId, showProblem } from "./dom.js";
import { showFailure } from "./failure-card.js";
import { GateEditor } from "./gate-editor.js";
import { LapTable, lapsNote } from "./lap-table.js";
import { MapChoice } from "./map-choice.js";
import { poll } from "./polling.js";
import { showDevice, showFiles } from "./provenance.js";
import { showQuality } from "./quality-panel.js";
import { showFigures, showHead } from "./session-head.js";
import { showProgress } from "./stages.js";
import { isBusy, statusWord } from "./statuses.js";
import { Traces } from "./traces.js";
import { TrackMap } from "./track-map.js";

const id = byId("session").dataset.session,
  base = `/sessions/${id}`;
const MAP_POINTS = 4000;

const cursor = new Cursor();
const map = new TrackMap(byId("map"), cursor);
const choice = new MapChoice(id, map);
const traces = new Traces(byId("traces"), id, cursor);
const gate = new GateEditor(byId("gate"), map, async (line) => {
  await post(`${base}/reprocess`, { gate: line });
  announce("Reprocessing with the new line");
  watch.now();
});
const comparison = new Comparison(byId("comparison"), id, map, () => table.clear());
const table = new LapTable(byId("lap-table"), {
  onPair: (pair) => comparison.show(pair),
  onLap: (lap) => {
    choice.choose(String(lap.lap_number));
    traces.window?.set(lap.t_start_s, lap.t_end_s);
    announce(`Lap ${lap.lap_number} in map and traces`);
  },
});

const ask = watched(base);
let session = null,
  shown = null;

// What a session does not have is no failure of the page.
const attempt = async (call, otherwise = null) => {
  try {
    return await call;
  } catch (error) {
    if ([404, 409].includes(error.status)) return otherwise;
    throw error;
  }
};

async function showData() {
  // The files say what there is; nothing else is asked for in vain.
  const files = await get(`${base}/export`),
    held = new Set(files.files.map((file) => file.stream)),
    none = { items: [], best_lap: null };
  const [track, laps, streams, quality] = await Promise.all([
    held.has("gnss_pvt") ? attempt(get(`${base}/map${query({ max_points: MAP_POINTS })}`)) : null,
    held.size ? attempt(get(`${base}/laps`), none) : none,
    held.size ? attempt(get(`${base}/streams`)) : null,
    held.size ? attempt(get(`${base}/quality`)) : null,
  ]);
  const hasMap = Boolean(track?.lat_deg?.length),
    list = streams?.items ?? [];
  byId("board").hidden = !hasMap && !list.length;
  byId("board").classList.toggle("without-map", !hasMap);
  byId("map").closest("section").hidden = !hasMap;
  if (held.size) showFigures(session, laps, track);
  if (hasMap) {
    map.show(track);
    gate.show(track.gate);
    await choice.show(laps);
  }
  byId("traces").closest("section").hidden = !traces.show(list, laps);
  byId("laps").hidden = !laps.items.length;
  byId("laps-note").textContent = lapsNote(laps);
  table.show(laps);
  showQuality(byId("quality"), quality?.quality);
  showFiles(byId("files"), session, files.files);
}

async function look() {
  let found;
  try {
    found = await ask();
    showProblem(byId("problem"), null);
  } catch (error) {
    showProblem(byId("problem"), error);
    throw error;
  }
  if (found) {
    if (session && session.status !== found.status) announce(statusWord(found.status));
    session = found;
    const busy = isBusy(session.status);
    showHead(session);
    showFailure(byId("failure"), session, () => watch.now());
    showProgress(byId("progress"), session, busy);
    showDevice(byId("device"), session);
    byId("delete").disabled = false;
    const state = `${session.processing_run_id} ${session.status}`;
    if (!busy && shown !== state) {
      try {
        await showData();
        shown = state;
      } catch (error) {
        showProblem(byId("problem"), error);
        throw error;
      }
    } else if (busy && shown === null && byId("files").hidden) showFiles(byId("files"), session, []);
  }
  return isBusy(session.status);
}

byId("delete").addEventListener("click", () => {
  if (session) askToDelete(session);
});
const watch = poll(look, { busyMs: 700, idleMs: 20000 });
