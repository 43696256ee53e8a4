// What states are called, and how they look.
import { make } from "./dom.js";

const STATUSES = {
  UPLOADING: ["Uploading", "busy"],
  PROCESSING: ["Processing", "busy"],
  READY: ["Ready", "ok"],
  PARTIAL: ["Partial", "fair"],
  FAILED: ["Failed", "poor"],
  DELETED: ["Deleted", "off"],
};

export const isBusy = (status) => STATUSES[status]?.[1] === "busy";
export const statusWord = (status) => STATUSES[status]?.[0] ?? status;
export const statusTag = (status) =>
  make("span", { class: `tag status ${STATUSES[status]?.[1] ?? "off"}` }, statusWord(status));

export const isDated = (session) => session.is_dated;
export const durationOf = (session) =>
  isDated(session) ? (new Date(session.end_time_utc) - new Date(session.start_time_utc)) / 1000 : null;
export const grade = (score) => (score >= 75 ? "good" : score >= 50 ? "fair" : "poor");
