// The window of time that all traces show.
const SHORTEST_S = 0.5;

export class TimeWindow {
  constructor(first, last, onChange) {
    Object.assign(this, { first, last, min: first, max: last, onChange });
  }
  get isWhole() {
    return this.min <= this.first && this.max >= this.last;
  }
  set(min, max) {
    const most = this.last - this.first,
      least = Math.min(SHORTEST_S, most);
    const wide = Math.min(Math.max(max - min, least), most);
    const middle = (min + max) / 2;
    const from = Math.min(Math.max(middle - wide / 2, this.first), this.last - wide);
    if (from === this.min && from + wide === this.max) return;
    Object.assign(this, { min: from, max: from + wide });
    this.onChange();
  }
  whole() {
    this.set(this.first, this.last);
  }
  zoom(factor, at = (this.min + this.max) / 2) {
    this.set(at - (at - this.min) / factor, at + (this.max - at) / factor);
  }
  pan(share) {
    const by = (this.max - this.min) * share;
    this.set(this.min + by, this.max + by);
  }
}
