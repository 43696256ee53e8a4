// The list of sessions: drop zone, filters, live update.
import { byId } from "./dom.js";
import { poll } from "./polling.js";
import { SessionList } from "./session-list.js";
import { Uploads, dropZone } from "./uploads.js";

const list = new SessionList();
const watch = poll(() => list.look(), { busyMs: 1000, idleMs: 10000 });
dropZone(new Uploads(() => watch.now()));

const filters = byId("filters");
const begin = new URLSearchParams(location.search);
for (const name of ["search", "status", "track"])
  if (begin.get(name)) filters.elements[name].value = begin.get(name);
const apply = () => {
  const wanted = Object.fromEntries(
    ["search", "status", "track"].map((name) => [name, filters.elements[name].value.trim()]),
  );
  const words = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  history.replaceState(null, "", words.size ? `/?${words}` : "/");
  list.filter(wanted);
  watch.now();
};
let timer = null;
filters.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(apply, 200);
});
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  apply();
});
if (begin.size) apply();
