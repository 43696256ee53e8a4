"""Pure helpers over canonical tables: align, downsample, smooth, find laps, compare, judge quality."""
