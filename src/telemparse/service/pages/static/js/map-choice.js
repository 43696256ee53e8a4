// What the map colours: the best lap, another one, or the whole recording.
import { get, query } from "./api.js";
import { byId, make } from "./dom.js";
import { lapTime } from "./words.js";

const POINTS = 4000;

export class MapChoice {
  constructor(session, map) {
    Object.assign(this, { session, map, select: byId("map-colours"), asked: 0 });
    this.select.addEventListener("change", () => this.choose(this.select.value));
  }
  async show({ items, best_lap: best }) {
    const timed = items.filter((lap) => lap.t_start_s !== null && lap.t_end_s !== null);
    const held = this.select.value;
    this.select.replaceChildren(
      make("option", { value: "" }, "Whole recording"),
      ...timed.map((lap) =>
        make(
          "option",
          { value: lap.lap_number },
          `Lap ${lap.lap_number}, ${lapTime(lap.duration_s)}${lap.is_best ? ", best" : ""}`,
        ),
      ),
    );
    const wanted =
      [held, best === null ? "" : String(best)].find(
        (value) => value && timed.some((lap) => String(lap.lap_number) === value),
      ) ?? "";
    await this.choose(wanted);
  }
  async choose(value) {
    this.select.value = value;
    const asked = ++this.asked;
    if (!value) {
      this.map.showLap(null, "whole recording");
      return;
    }
    try {
      const track = await get(`/sessions/${this.session}/map${query({ lap: value, max_points: POINTS })}`);
      if (asked === this.asked) this.map.showLap(track.lat_deg.length ? track : null, `lap ${value}`);
    } catch {
      if (asked === this.asked) {
        this.select.value = "";
        this.map.showLap(null, "whole recording");
      }
    }
  }
}
