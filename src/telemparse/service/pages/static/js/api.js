// Calls of the JSON interface: one way to ask, one kind of error.
const BASE = "/api/v1/telemetry";

export class ApiError extends Error {
  constructor(
    status,
    {
      code = "NO_ANSWER",
      message = "The server does not answer.",
      details = {},
      request_id = "",
      hint = "",
    } = {},
  ) {
    super(message);
    Object.assign(this, {
      status,
      code,
      details,
      hint:
        hint ||
        details?.hint ||
        (details?.faults ?? []).map(({ place, words }) => `${place.at(-1)}: ${words}`).join("; "),
      requestId: request_id,
    });
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export const address = (path) => (path.startsWith("/api/") ? path : `${BASE}${path}`);

export const headersOf = (method, extra = {}) => {
  const headers = { Accept: "application/json", ...extra };
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  if (method === "POST") headers["Idempotency-Key"] = unique();
  return headers;
};

// crypto.randomUUID exists in secure contexts only.
const unique = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const toLogin = () => {
  const here = location.pathname;
  location.assign(here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`);
};

export const errorOf = (status, text) => {
  if (status === 401) toLogin();
  try {
    return new ApiError(status, JSON.parse(text).error);
  } catch {
    return new ApiError(status, { code: `HTTP_${status}`, message: "The server gave no reason." });
  }
};

async function send(method, path, { body, signal, headers } = {}) {
  const extra = body === undefined ? headers : { "Content-Type": "application/json", ...headers };
  let answer;
  try {
    answer = await fetch(address(path), {
      method,
      signal,
      headers: headersOf(method, extra),
      cache: "no-store",
      redirect: "error",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
  if (answer.status >= 400) throw errorOf(answer.status, await answer.text());
  return answer;
}

export const get = async (path, options) => (await send("GET", path, options)).json();

export const post = async (path, body = {}) => {
  const answer = await send("POST", path, { body });
  return answer.status === 204 ? null : answer.json();
};

export const remove = (path) => send("DELETE", path);

// Returns a call that gives the document, or null while it is what the last call gave.
export const watched = (path) => {
  let tag = null;
  return async (options = {}) => {
    const answer = await send("GET", path, { ...options, headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status === 304) return null;
    tag = answer.headers.get("ETag");
    return answer.json();
  };
};

export const query = (values) => {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== "") words.set(name, value);
  return words.size === 0 ? "" : `?${words}`;
};
