"""Environment variables of message ingest: one row each, with its setting and how its text is read."""

from __future__ import annotations

from telemparse.runner.variables import Variable, switch

__all__ = ["LIVE_VARIABLES"]

LIVE_VARIABLES = (
    Variable("TELEMETRY_LIVE_PATH", "path", str,
             "Folder for the queue, the raw files and the tables."),
    Variable("TELEMETRY_LIVE_QUEUE_URL", "queue_url", str,
             "Queue: sqlite:///FILE or the URL of an SQS queue; a file in the folder when absent."),
    Variable("TELEMETRY_LIVE_DEAD_LETTER_URL", "dead_letter_url", str,
             "URL of the SQS queue for messages that cannot be read."),
    Variable("TELEMETRY_LIVE_API_KEY", "api_key", str,
             "Key that senders need, 16 characters or more; several with commas."),
    Variable("TELEMETRY_LIVE_HOST", "host", str,
             "Address to listen at."),
    Variable("TELEMETRY_LIVE_PORT", "port", int,
             "Port to listen at; 0 takes a free one."),
    Variable("TELEMETRY_LIVE_MAX_BODY_BYTES", "max_body_bytes", int,
             "Largest body of a request."),
    Variable("TELEMETRY_LIVE_MAX_REQUESTS", "max_requests", int,
             "Requests at a time; more get 503."),
    Variable("TELEMETRY_LIVE_HEADER_SEC", "header_s", float,
             "Seconds for the head of a request."),
    Variable("TELEMETRY_LIVE_BODY_SEC", "body_s", float,
             "Seconds for the body of a request."),
    Variable("TELEMETRY_LIVE_PUT_SEC", "put_s", float,
             "Seconds that a request waits for the queue before it gets 503."),
    Variable("TELEMETRY_LIVE_SHUTDOWN_SEC", "shutdown_s", float,
             "Seconds that requests have to end when the server stops."),
    Variable("TELEMETRY_LIVE_METRICS", "metrics", switch,
             "1 serves metrics for Prometheus at /metrics, to everybody who reaches the port."),
    Variable("TELEMETRY_LIVE_BATCH_MESSAGES", "batch_messages", int,
             "Messages that a consumer writes at once, at most."),
    Variable("TELEMETRY_LIVE_BATCH_SEC", "batch_s", float,
             "Seconds that a consumer waits for a batch to fill."),
    Variable("TELEMETRY_LIVE_ROTATE_BYTES", "rotate_bytes", int,
             "A part file that is larger is closed, and another one begun."),
    Variable("TELEMETRY_LIVE_PART_SEC", "part_s", float,
             "A part file that is older is closed, whatever its size."),
    Variable("TELEMETRY_LIVE_VISIBILITY_SEC", "visibility_s", float,
             "Seconds for which a message that was received is hidden from other consumers."),
    Variable("TELEMETRY_LIVE_MAX_RECEIVES", "max_receives", int,
             "After so many attempts a message goes to the dead letters."),
    Variable("TELEMETRY_LIVE_BACKLOG_SEC", "backlog_s", float,
             "A warning is logged when the oldest message waits for longer."),
    Variable("TELEMETRY_LIVE_RAW_DAYS", "raw_days", float,
             "Days that raw files are kept by `telemparse live expire`."),
    Variable("TELEMETRY_LIVE_CONSUMERS", "consumers", int,
             "Consumers inside the server; 0 where `telemparse live consume` does it."),
)  # fmt: skip
