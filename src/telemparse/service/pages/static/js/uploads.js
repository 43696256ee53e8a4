// The drop zone: files in, one line each with its progress, and the session that comes of it.
import { announce, byId, codeWords, make } from "./dom.js";
import { finalise, transfer } from "./transfers.js";
import { bytes, percent, plural } from "./words.js";

const AT_A_TIME = 2;
const MOST_FILES = 500;

class Line {
  constructor(file) {
    this.file = file;
    this.id = null;
    this.bar = make("progress", { max: "1", "aria-label": `Upload of ${file.name}` });
    this.state = make("span", { class: "upload-state" }, "waiting");
    this.after = make("span", { class: "upload-after" });
    this.node = make(
      "li",
      { class: "upload" },
      make("span", { class: "upload-name" }, file.name),
      make("span", { class: "upload-size" }, bytes(file.size)),
      this.bar,
      this.state,
      this.after,
    );
    this.bar.value = 0;
  }
  tell(words, share) {
    if (share === null) this.bar.removeAttribute("value");
    else this.bar.value = share;
    this.state.textContent = words === "sending" ? `sending, ${percent(share)}` : words;
  }
  finish({ session_id: id, created }) {
    this.bar.value = 1;
    this.bar.hidden = true;
    this.node.classList.add("done");
    this.state.textContent = created ? "handed in" : "known already";
    this.after.replaceChildren(make("a", { href: `/sessions/${id}` }, "Open the session"));
  }
  fail(error, again) {
    this.bar.hidden = true;
    this.node.classList.add("failed");
    this.state.replaceChildren(...codeWords(error).flat(Infinity).filter(Boolean));
    this.after.replaceChildren(
      make(
        "button",
        { type: "button", onclick: again, "aria-label": `Try again: ${this.file.name}` },
        "Try again",
      ),
      make(
        "button",
        {
          type: "button",
          class: "quiet",
          onclick: () => this.drop(),
          "aria-label": `Remove ${this.file.name} from the list`,
        },
        "Remove",
      ),
    );
    announce(`${this.file.name}: ${error.message}`);
  }
  drop() {
    this.node.remove();
    const list = byId("uploads");
    list.hidden = !list.children.length;
  }
  reset() {
    this.node.classList.remove("failed");
    this.bar.hidden = false;
    this.after.replaceChildren();
    this.tell("waiting", 0);
  }
}

export class Uploads {
  constructor(onSession) {
    this.onSession = onSession;
    this.waiting = [];
    this.running = 0;
    addEventListener("beforeunload", (event) => {
      if (this.running || this.waiting.length) event.preventDefault();
    });
  }
  // Each group of files becomes a session.
  add(groups) {
    const list = byId("uploads");
    list.hidden = false;
    for (const files of groups) {
      const lines = files.map((file) => new Line(file));
      list.append(...lines.map((line) => line.node));
      this.waiting.push(lines);
    }
    this.next();
  }
  next() {
    while (this.running < AT_A_TIME && this.waiting.length) {
      this.running += 1;
      this.send(this.waiting.shift()).finally(() => {
        this.running -= 1;
        this.next();
      });
    }
  }
  async send(lines) {
    let at = lines[0];
    try {
      for (at of lines) at.id ??= await transfer(at.file, (words, share) => at.tell(words, share));
      for (const line of lines) line.tell("handing in", null);
      const made = await finalise(lines.map((line) => line.id));
      for (const line of lines) line.finish(made);
      announce(`${plural(lines.length, "file")} handed in`);
      this.onSession(made);
    } catch (error) {
      const again = () => {
        for (const line of lines) line.reset();
        this.waiting.push(lines);
        this.next();
      };
      for (const line of lines) if (line !== at) line.tell("waiting for another file", 0);
      at.fail(error, again);
      if (error.status && error.status !== 503 && error.status !== 429) at.id = null;
    }
  }
}

export const dropZone = (uploads) => {
  const zone = byId("drop-zone"),
    input = byId("file-input"),
    form = byId("grouping");
  let chosen = [];
  const offer = (files) => {
    const list = [...files];
    if (!list.length) return;
    if (list.length === 1) {
      uploads.add([list]);
      return;
    }
    chosen = list;
    byId("grouping-legend").textContent = `${list.length} files: what are they?`;
    form.hidden = false;
    const [one, each] = ["one", "each"].map((word) => form.querySelector(`input[value="${word}"]`));
    one.disabled = list.length > MOST_FILES;
    if (one.disabled) each.checked = true;
    form.querySelector("input:checked").focus();
    announce(`${list.length} files chosen. Say whether they are one session.`);
  };
  const forget = () => {
    chosen = [];
    form.hidden = true;
    byId("choose-files").focus();
  };
  byId("choose-files").addEventListener("click", () => input.click());
  byId("forget-files").addEventListener("click", forget);
  input.addEventListener("change", () => {
    offer(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const one = new FormData(form).get("grouping") === "one";
    uploads.add(one ? [chosen] : chosen.map((file) => [file]));
    forget();
  });
  // A file that misses the zone must not replace the page.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    offer(event.dataTransfer?.files ?? []);
  });
};
