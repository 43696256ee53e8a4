// Channels that can be drawn over time, with units that people read.
import { label } from "./words.js";

const UNITS = {
  "m/s": ["km/h", 3.6],
  rad: ["\u00b0", 180 / Math.PI],
  "rad/s": ["\u00b0/s", 180 / Math.PI],
  "m/s2": ["m/s\u00b2", 1],
  deg: ["\u00b0", 1],
  1: ["", 1],
};
const LEFT_OUT = new Set(["t", "lat_deg", "lon_deg", "quality_flags"]);
const ENDINGS = /_(mps2|mps|rps|rad|deg|m|s|c|pct|hz|v|kmh|pa|bar|rpm)$/;

const groupName = (stream) =>
  label(
    stream
      .replace("channels.", "")
      .replace("gnss_pvt", "receiver")
      .replace("imu_accel", "accelerometer")
      .replace("imu_gyro", "gyroscope")
      .replace("imu_mag", "magnetometer"),
  );

export const channelsOf = (streams) =>
  streams
    .filter(
      ({ level, rate_hz: rate, t_first_s: first, t_last_s: last }) =>
        level === "L0" && (rate ?? 1) > 0 && first !== null && last !== null && last > first,
    )
    .filter(({ stream }) => !/^(laps|sectors|segments|events)/.test(stream))
    .map((stream) => ({
      ...stream,
      group: groupName(stream.stream),
      channels: stream.columns
        .filter((column) => column.drawable !== false && !LEFT_OUT.has(column.name))
        .map((column) => {
          const [unit, factor] = UNITS[column.unit] ?? [column.unit ?? "", 1];
          const name = label(column.name.replace(ENDINGS, ""));
          return {
            id: `${stream.stream} ${column.name}`,
            stream: stream.stream,
            column: column.name,
            name,
            unit,
            factor,
            base: stream.time_base,
            description: column.description,
          };
        }),
    }))
    .filter(({ channels }) => channels.length);

export const speedOf = (groups) => {
  const all = groups.flatMap((group) => group.channels);
  return all.find((each) => each.stream === "gnss_pvt" && each.column === "speed_mps") ?? all[0] ?? null;
};
