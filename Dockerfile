# The service as an image: the packages are installed in one stage and copied into another, which has no compiler,
# no package manager cache and no shell scripts. The same Python minor as CI. The worker is the same image with
# another command (see compose.yaml).
FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock /
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SLOPE_ENV=production SLOPE_BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin slope
COPY --from=packages /venv /venv
WORKDIR /slope
COPY . .
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import sys, urllib.request as u; sys.exit(u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:8000/readyz', timeout=2).status != 200)"]
CMD ["gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
