// The list of sessions: pages of it, filters, and what changes while one looks.
import { get, query, watched } from "./api.js";
import { announce, byId, make, showProblem } from "./dom.js";
import { rowOf } from "./session-rows.js";
import { isBusy, statusWord } from "./statuses.js";
import { plural } from "./words.js";

const PAGE = 50;

export class SessionList {
  constructor() {
    this.body = byId("sessions").tBodies[0];
    this.filters = {};
    this.begin();
    byId("more").addEventListener("click", () => this.more());
  }
  begin() {
    this.shown = new Map();
    this.first = [];
    this.cursor = null;
    this.ask = watched(`/sessions${query({ ...this.filters, limit: PAGE })}`);
    this.abort?.abort();
    this.abort = new AbortController();
  }
  filter(filters) {
    if (JSON.stringify(filters) === JSON.stringify(this.filters)) return;
    this.filters = filters;
    this.begin();
    this.fresh = true;
  }
  // Looks once; true while something is being processed.
  async look() {
    const { signal } = this.abort;
    try {
      const page = await this.ask({ signal });
      if (page) this.show(page);
      showProblem(byId("list-problem"), null);
    } catch (error) {
      if (error.name !== "AbortError") {
        showProblem(byId("list-problem"), error);
        throw error;
      }
      return true;
    }
    return [...this.shown.values()].some(({ session }) => isBusy(session.status));
  }
  show({ items, next_cursor: cursor }) {
    if (this.fresh) {
      this.fresh = false;
      announce(items.length ? plural(items.length, "session") + (cursor ? " or more" : "") : "no session");
    }
    // Sessions of later pages stay; what left the first page while nothing followed it is gone.
    const ids = new Set(items.map((item) => item.id));
    const last = items.at(-1)?.created_at ?? "";
    for (const [id, { session, row }] of this.shown) {
      if (!ids.has(id) && (!cursor || session.created_at >= last)) {
        row.remove();
        this.shown.delete(id);
      }
    }
    if (!this.cursor || this.shown.size <= PAGE) this.cursor = cursor;
    items.forEach((session, i) => {
      const row = this.put(session);
      if (this.body.rows[i] !== row) this.body.insertBefore(row, this.body.rows[i] ?? null);
    });
    this.settle();
  }
  put(session) {
    const words = JSON.stringify(session),
      known = this.shown.get(session.id);
    if (known?.words === words) return known.row;
    if (known && known.session.status !== session.status)
      announce(`${session.name}: ${statusWord(session.status)}`);
    const row = rowOf(session);
    if (known) {
      const held = known.row.contains(document.activeElement);
      known.row.replaceWith(row);
      if (held) row.querySelector("a").focus();
    }
    this.shown.set(session.id, { session, row, words });
    return row;
  }
  async more() {
    const button = byId("more");
    button.disabled = true;
    try {
      const page = await get(`/sessions${query({ ...this.filters, limit: PAGE, cursor: this.cursor })}`);
      for (const session of page.items) this.body.append(this.put(session));
      this.cursor = page.next_cursor;
      announce(`${plural(page.items.length, "more session", "more sessions")}`);
    } catch (error) {
      showProblem(byId("list-problem"), error);
    }
    button.disabled = false;
    this.settle();
  }
  settle() {
    byId("more").hidden = !this.cursor;
    const filtered = Object.values(this.filters).some(Boolean),
      empty = byId("list-empty");
    empty.hidden = this.shown.size > 0;
    empty.textContent = filtered ? "No session fits." : "No session yet. Drop a recording above.";
    const tracks = new Set([...this.shown.values()].map(({ session }) => session.track).filter(Boolean));
    const names = byId("tracks");
    const options = [...tracks].sort();
    if (names.dataset.names !== options.join("\n")) {
      names.dataset.names = options.join("\n");
      names.replaceChildren(...options.map((name) => make("option", { value: name })));
    }
    // Rows of another filter go when the first answer to this one is there.
    for (const row of [...this.body.rows]) if (this.shown.get(row.dataset.session)?.row !== row) row.remove();
  }
}
