"""Environment variables of the service: one row each, with its setting and how its text is read."""

from __future__ import annotations

from telemparse.runner.variables import Variable, switch

__all__ = ["SERVICE_VARIABLES"]

SERVICE_VARIABLES = (
    Variable("TELEMETRY_SERVICE_HOST", "host", str,
             "Address to listen at."),
    Variable("TELEMETRY_SERVICE_PORT", "port", int,
             "Port to listen at; 0 takes a free one."),
    Variable("TELEMETRY_SERVICE_TRUSTED_PROXIES", "trusted_proxies", str,
             "Addresses, with commas, whose X-Forwarded-For and X-Forwarded-Proto are believed."),
    Variable("TELEMETRY_SERVICE_THREADS", "threads", int,
             "Threads for the database, the store and Parquet."),
    Variable("TELEMETRY_SERVICE_DRAW_THREADS", "draw_threads", int,
             "Threads for time series and maps, which compute: more than cores hold each other up."),
    Variable("TELEMETRY_SERVICE_MAX_REQUESTS", "max_requests", int,
             "Requests at a time; more get 503."),
    Variable("TELEMETRY_SERVICE_MAX_UPLOADS", "max_uploads", int,
             "Bodies of files at a time; more get 503."),
    Variable("TELEMETRY_SERVICE_MAX_BODY_BYTES", "max_body_bytes", int,
             "Largest body that is not a file."),
    Variable("TELEMETRY_SERVICE_RATE", "rate_per_s", float,
             "Requests a second that one key may make in the long run."),
    Variable("TELEMETRY_SERVICE_BURST", "rate_burst", int,
             "Requests that one key may make at once."),
    Variable("TELEMETRY_SERVICE_FAILED_KEYS", "failed_keys", int,
             "Wrong keys from one address before it has to wait."),
    Variable("TELEMETRY_SERVICE_FAILED_KEYS_SEC", "failed_keys_s", float,
             "Seconds in which one address may try so many wrong keys again."),
    Variable("TELEMETRY_SERVICE_HEADER_SEC", "header_s", float,
             "Seconds for the head of a request."),
    Variable("TELEMETRY_SERVICE_BODY_SEC", "body_s", float,
             "Seconds for a body that is not a file."),
    Variable("TELEMETRY_SERVICE_UPLOAD_STALL_SEC", "upload_stall_s", float,
             "Longest pause of an upload, in seconds."),
    Variable("TELEMETRY_SERVICE_UPLOAD_MIN_RATE", "upload_min_rate", float,
             "Bytes a second that an upload has to reach on average after its first pause."),
    Variable("TELEMETRY_SERVICE_UPLOAD_SEC", "upload_s", float,
             "Seconds for the whole of one upload."),
    Variable("TELEMETRY_SERVICE_PRESIGNED_SEC", "presigned_s", float,
             "Seconds for which a presigned address of the S3 store holds."),
    Variable("TELEMETRY_SERVICE_COOKIE_SEC", "cookie_s", float,
             "Seconds for which a login to the pages holds."),
    Variable("TELEMETRY_SERVICE_SHUTDOWN_SEC", "shutdown_s", float,
             "Seconds that requests have to end when the service stops."),
    Variable("TELEMETRY_SERVICE_METRICS", "metrics", switch,
             "1 serves metrics for Prometheus at /metrics, to everybody who reaches the port."),
    Variable("TELEMETRY_SERVICE_PAGES", "pages", switch,
             "0 serves the interface without the pages."),
)  # fmt: skip
