// One file to the server: declared, sent with its progress, and answered.
import { ApiError, address, errorOf, headersOf, post } from "./api.js";
import { sha256 } from "./digests.js";

const sendBytes = (url, file, digest, onProgress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address(url));
    const extra = { "Content-Type": "application/octet-stream" };
    if (digest) extra["Content-Digest"] = `sha-256=:${digest.base64}:`;
    for (const [name, value] of Object.entries(headersOf("PUT", extra)))
      request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () =>
      request.status < 400
        ? resolve(JSON.parse(request.responseText))
        : reject(errorOf(request.status, request.responseText)),
    );
    request.addEventListener("error", () =>
      reject(
        new ApiError(0, {
          code: "UPLOAD_BROKEN",
          message: "The connection broke while the file was sent.",
          hint: "Try again.",
        }),
      ),
    );
    request.send(file);
  });

// Returns the id of the upload; `tell(words, share)` hears how far it is.
export const transfer = async (file, tell) => {
  if (!file.size)
    throw new ApiError(422, {
      code: "ARTIFACT_EMPTY",
      message: "The file has no bytes.",
      hint: "Copy it from the device again.",
    });
  tell("checking", null);
  const digest = await sha256(file).catch(() => null);
  const declared = { file_name: file.name, byte_size: file.size };
  if (digest) declared.sha256 = digest.hex;
  if (file.type) declared.content_type = file.type;
  const upload = await post("/uploads", declared);
  tell("sending", 0);
  await sendBytes(upload.bytes_url ?? `/uploads/${upload.id}/bytes`, file, digest, (share) =>
    tell("sending", share),
  );
  return upload.id;
};

export const finalise = ([first, ...others]) => post(`/uploads/${first}/finalise`, { artifact_ids: others });
