// Digests of files, where the browser has them (a secure context) and the file fits into memory with ease.
const MOST_BYTES = 64 * 1024 * 1024;

export const sha256 = async (file) => {
  if (!globalThis.crypto?.subtle || file.size >= MOST_BYTES) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return {
    hex: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    base64: btoa(String.fromCharCode(...digest)),
  };
};
