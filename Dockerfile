# The page: TypeScript to a bundle.
FROM node:22-slim AS page
WORKDIR /src/static
COPY static/package.json static/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY static ./
RUN npm run build

# The wheel, with the page in it.
FROM python:3.11-slim AS wheel
RUN pip install --no-cache-dir "hatchling>=1.27,<2"
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY .ci/hatch_build.py .ci/
COPY app app
COPY templates templates
COPY --from=page /src/static/dist static/dist
RUN python -m hatchling build -t wheel -d /wheels

# What runs: Python, the wheel, an ordinary user.
FROM python:3.11-slim
COPY --from=wheel /wheels /wheels
# Rust programs need its compiler and a linker.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends rustc gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir /wheels/*.whl && rm -r /wheels \
    && useradd --create-home --uid 10001 trapgate
USER trapgate
WORKDIR /home/trapgate
# The C libraries, ahead of the first visitor.
RUN python -m app.runner.c_library "$(nproc)"
ENV PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["trapgate", "serve", "--host", "0.0.0.0", "--port", "8000"]
