# Wenjin on a CPU, with its own model inside. What it needs is in deploy/README.md.
FROM python:3.11-slim-bookworm AS build

# An index of packages that has builds of torch without CUDA, where pip's usual one has none.
ARG TORCH_INDEX=
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/wenjin/bin:$PATH
WORKDIR /source
RUN python -m venv /opt/wenjin

# What it depends on changes more seldom than what it is.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
    && pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} --requirement requirements.txt

COPY README.md LICENSE ./
COPY ingest ingest
COPY index index
COPY retriever retriever
COPY chat chat
COPY samples samples
RUN pip install --no-deps .


FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 wenjin \
    && useradd --system --uid 10001 --gid wenjin --no-create-home wenjin \
    && install --directory --owner=wenjin --group=wenjin --mode=0700 /library
COPY --from=build /opt/wenjin /opt/wenjin

# Only the library and /tmp are written to: the rest may be read-only. Nothing is fetched.
ENV PATH=/opt/wenjin/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    TMPDIR=/tmp \
    WENJIN_HOST=0.0.0.0 \
    WENJIN_PORT=7860 \
    WENJIN_LIBRARY=/library \
    WENJIN_LOG_FORMAT=json \
    WENJIN_OFFLINE=1
# Where wenjin.toml is looked for.
WORKDIR /etc/wenjin
USER 10001:10001
VOLUME /library
EXPOSE 7860
HEALTHCHECK --start-period=30s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"WENJIN_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["wenjin"]
CMD ["serve"]
