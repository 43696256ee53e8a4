# An image of telemparse with its plugins, by default a worker of the pipeline: docs/how-to/containers.md.

ARG PYTHON=3.13-slim-bookworm

# Wheels of the library, of its plugins, and of all that they need. Nothing else of this stage goes on.
FROM python:${PYTHON} AS wheels

ARG EXTRAS=cli,analysis,runner,postgres,service,formats

WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY plugins plugins
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[${EXTRAS}]" ./plugins/*


FROM python:${PYTHON}

ARG EXTRAS=cli,analysis,runner,postgres,service,formats

# From those wheels alone: no index is asked, nothing is compiled, and their versions are the ones built above.
# hadolint ignore=DL3013
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "telemparse[${EXTRAS}]"

# /data is for those who keep all of it in one volume; nothing else may be written but /tmp.
RUN groupadd --gid 10001 telemparse \
    && useradd --uid 10001 --gid telemparse --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin telemparse \
    && install --directory --owner telemparse --group telemparse --mode 0750 /data

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
WORKDIR /data

# It asks database and store. The worker needs no asking: when it ends, so does its container.
HEALTHCHECK --interval=60s --timeout=30s --start-period=60s --retries=3 CMD ["telemparse", "health"]

ENTRYPOINT ["telemparse"]
CMD ["worker"]
