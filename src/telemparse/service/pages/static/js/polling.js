// Looks again and again: often while something happens, gently otherwise, not while nobody looks.
export const poll = (look, { busyMs = 1000, idleMs = 15000 } = {}) => {
  let timer = null,
    failures = 0,
    stopped = false,
    running = false,
    again = false;
  const next = (wait) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(run, wait);
  };
  async function run() {
    if (stopped) return;
    if (document.hidden) return next(idleMs);
    if (running) {
      again = true;
      return;
    }
    running = true;
    let wait = idleMs;
    try {
      wait = (await look()) ? busyMs : idleMs;
      failures = 0;
    } catch (error) {
      failures += 1;
      wait = Math.min(busyMs * 2 ** failures, 60000);
    }
    running = false;
    if (again) {
      again = false;
      return run();
    }
    next(wait);
  }
  const onShow = () => {
    if (!document.hidden) next(0);
  };
  document.addEventListener("visibilitychange", onShow);
  run();
  return {
    now: () => next(0),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShow);
    },
  };
};
