// Ways on the map: points in metres with times and speeds, cut where the recording has gaps.
export const STEPS = 10;

export class Way {
  constructor(plane, { lat_deg: lat, lon_deg: lon, speed_mps: speed = [], t_s: time = [], breaks = [] }) {
    this.points = lat.map((value, i) => (value === null || lon[i] === null ? null : plane.to(value, lon[i])));
    Object.assign(this, { speed, time, gaps: new Set(breaks) });
  }
  get extent() {
    let box = null;
    for (const point of this.points) {
      if (!point) continue;
      const [x, y] = point;
      box = box
        ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
        : [x, y, x, y];
    }
    return box;
  }
  // True where the way goes on from the point before.
  joins(i) {
    return i > 0 && this.points[i] && this.points[i - 1] && !this.gaps.has(i);
  }
  at(t) {
    const { time, points } = this;
    if (!time.length || t < time[0] || t > time[time.length - 1]) return null;
    let low = 0,
      high = time.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (time[middle] <= t) low = middle;
      else high = middle;
    }
    const a = points[low],
      b = points[high];
    if (!a || !b || !this.joins(high)) return a ?? b;
    const share = time[high] > time[low] ? (t - time[low]) / (time[high] - time[low]) : 0;
    return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
  }
  nearest([x, y]) {
    let best = null,
      least = Infinity;
    this.points.forEach((point, i) => {
      if (!point) return;
      const far = (point[0] - x) ** 2 + (point[1] - y) ** 2;
      if (far < least) {
        least = far;
        best = i;
      }
    });
    return best === null
      ? null
      : { index: best, t: this.time[best], point: this.points[best], distance: Math.sqrt(least) };
  }
}

// All but the rarest speeds, in km/h, at least 1 km/h wide.
export const speedRange = (speed) => {
  const known = speed
    .filter((value) => value !== null)
    .map((value) => value * 3.6)
    .sort((a, b) => a - b);
  if (!known.length) return null;
  const low = Math.max(Math.floor(known[Math.floor((known.length - 1) * 0.01)]), 0);
  return [low, Math.max(Math.ceil(known[Math.ceil((known.length - 1) * 0.99)]), low + 1)];
};

export const stepOf = (speed, [low, high]) =>
  Math.min(Math.max(Math.floor(((speed * 3.6 - low) / (high - low)) * STEPS), 0), STEPS - 1);
