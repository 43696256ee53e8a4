// Where things are on a map: metres east and north of a place, and pixels of a view that can be moved.
const EARTH_M = 6371008.8;
const RADIAN = Math.PI / 180;
const SMALLEST_M = 5;

export class Plane {
  constructor(lat, lon) {
    Object.assign(this, { lat, lon, shrink: Math.cos(lat * RADIAN) });
  }
  // Beyond the date line the shorter way counts.
  to(lat, lon) {
    const east = ((lon - this.lon + 540) % 360) - 180;
    return [east * RADIAN * this.shrink * EARTH_M, (lat - this.lat) * RADIAN * EARTH_M];
  }
  from(x, y) {
    const lon = this.lon + x / (EARTH_M * this.shrink) / RADIAN;
    return { lat: this.lat + y / EARTH_M / RADIAN, lon: ((lon + 540) % 360) - 180 };
  }
}

export class View {
  constructor() {
    Object.assign(this, { x: 0, y: 0, scale: 1, width: 1, height: 1, extent: [-50, -50, 50, 50] });
  }
  resize(width, height) {
    Object.assign(this, { width, height });
  }
  fit() {
    const [left, bottom, right, top] = this.extent;
    const margin = Math.min(this.width, this.height) * 0.09 + 10;
    const wide = Math.max(right - left, SMALLEST_M),
      high = Math.max(top - bottom, SMALLEST_M);
    this.scale = Math.max(
      Math.min((this.width - 2 * margin) / wide, (this.height - 2 * margin) / high),
      1e-6,
    );
    this.least = this.scale / 4;
    this.most = Math.max(40, this.scale);
    this.x = (left + right) / 2;
    this.y = (bottom + top) / 2;
    this.fitted = true;
  }
  px([x, y]) {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }
  metres(px, py) {
    return [(px - this.width / 2) / this.scale + this.x, this.y - (py - this.height / 2) / this.scale];
  }
  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.fitted = false;
  }
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.metres(px, py);
    this.scale = Math.min(Math.max(this.scale * factor, this.least), this.most);
    const [nx, ny] = this.metres(px, py);
    this.x += x - nx;
    this.y += y - ny;
    this.fitted = false;
  }
  // Goes so near to a line that its ends lie apart.
  approach([[ax, ay], [bx, by]], px) {
    const far = Math.max(Math.hypot(ax - bx, ay - by), 1);
    if (far * this.scale >= px) return;
    Object.assign(this, {
      x: (ax + bx) / 2,
      y: (ay + by) / 2,
      scale: Math.min(px / far, this.most),
      fitted: false,
    });
  }
  // A round length for the scale, about a fifth of the width.
  ruler() {
    const wanted = this.width / 5 / this.scale,
      power = 10 ** Math.floor(Math.log10(wanted));
    const metres = [5, 2, 1].find((digit) => digit * power <= wanted) * power;
    const words =
      metres >= 1000 ? `${metres / 1000} km` : metres >= 1 ? `${metres} m` : `${Math.round(metres * 100)} cm`;
    return { px: metres * this.scale, words };
  }
}
