# syntax=docker/dockerfile:1

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY catcher catcher
COPY templates templates
COPY static static
COPY migrations migrations
RUN python -m venv /opt/catcher \
 && /opt/catcher/bin/pip install --no-cache-dir --no-compile -c constraints.txt '.[fast,tls,bcrypt,images,auth,postgres]' \
 && /opt/catcher/bin/pip uninstall --yes pip \
 && /opt/catcher/bin/python -m compileall -q -j 0 /opt/catcher/lib

FROM python:3.13-slim
# wget and /mailpit: health checks in compose files and charts call them.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends busybox \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /bin/busybox /usr/local/bin/wget \
 && ln -s /opt/catcher/bin/catcher /mailpit
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin catcher \
 && install -d -o catcher -g catcher -m 0750 /data
COPY --from=build /opt/catcher /opt/catcher
ENV PATH=/opt/catcher/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CATCHER_CONTAINER=true
USER catcher
VOLUME ["/data"]
EXPOSE 1025 8025
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --start-interval=1s CMD ["catcher", "readyz", "--timeout", "4"]
ENTRYPOINT ["catcher"]
