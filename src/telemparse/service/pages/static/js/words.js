// Figures as short words: times, spans, speeds, lengths and sizes.
export const DASH = "\u2013";
const MINUS = "\u2212";
const pad = (number, digits = 2) => String(number).padStart(digits, "0");

export const decimalsFor = (sigma) =>
  sigma === null || sigma === undefined || !(sigma > 0)
    ? 3
    : Math.min(Math.max(Math.ceil(-Math.log10(sigma)) + 1, 1), 4);

export const lapTime = (seconds, decimals = 3) => {
  if (seconds === null || seconds === undefined) return DASH;
  const scale = 10 ** decimals,
    units = Math.round(seconds * scale);
  const minutes = Math.floor(units / (60 * scale));
  const rest = ((units - minutes * 60 * scale) / scale).toFixed(decimals);
  return minutes ? `${minutes}:${rest.padStart(decimals ? decimals + 3 : 2, "0")}` : rest;
};

export const sigma = (value) =>
  value === null || value === undefined ? "" : value.toFixed(decimalsFor(value));

export const signed = (value, decimals = 2) => {
  const size = Math.abs(value).toFixed(decimals);
  if (Number(size) === 0) return size;
  return (value > 0 ? "+" : MINUS) + size;
};

export const clock = (seconds, step = 1) => {
  const decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  const scale = 10 ** decimals,
    units = Math.round(Math.abs(seconds) * scale);
  const whole = Math.floor(units / scale),
    part = decimals ? `.${pad(units % scale, decimals)}` : "";
  const hours = Math.floor(whole / 3600),
    minutes = Math.floor(whole / 60) % 60;
  return `${seconds < 0 && units ? MINUS : ""}${hours ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole % 60)}${part}`;
};

export const span = (seconds) => {
  if (seconds === null || seconds === undefined || !(seconds >= 0)) return DASH;
  if (Math.round(seconds * 10) < 600) return `${seconds.toFixed(1)} s`;
  return `${clock(seconds)} ${Math.round(seconds) < 3600 ? "min" : "h"}`;
};

export const kmh = (speed) => (speed === null || speed === undefined ? DASH : (speed * 3.6).toFixed(0));

export const length = (metres) => {
  if (metres === null || metres === undefined) return DASH;
  return metres < 10000 ? `${metres.toFixed(0)} m` : `${(metres / 1000).toFixed(1)} km`;
};

export const bytes = (count) => {
  if (count === null || count === undefined) return DASH;
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let size = count,
    unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit && size < 100 ? size.toFixed(1) : size.toFixed(0)} ${units[unit]}`;
};

export const instant = (text) => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? DASH : date.toISOString().slice(0, 16).replace("T", " ");
};

export const percent = (share) => `${Math.round(share * 100)} %`;

export const number = (value) => {
  if (value === null || value === undefined) return DASH;
  const size = Math.abs(value);
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size === 0 ? 0 : 3;
  return value.toFixed(decimals).replace("-", MINUS);
};

export const plural = (count, word, words = `${word}s`) => `${count} ${count === 1 ? word : words}`;

export const label = (name) => {
  const words = name
    .replaceAll("_", " ")
    .toLowerCase()
    .replace(/\b(gnss|imu|hdop|vdop|pdop)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const deviceName = (device) => {
  const { family, model, serial } = device ?? {};
  const name =
    model && family && !model.toLowerCase().includes(family.toLowerCase())
      ? `${family} ${model}`
      : model || family || "";
  return { name, serial: serial ?? "" };
};
