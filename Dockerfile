# net001 in a small image: docker build -t net001 . && docker run -p 5000:5000 net001

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libyaml-dev libssl-dev libcrypt-dev libcurl4-openssl-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# Statically linked, Foundation's networking needs curl, but its link options do not name it.
RUN swift build -c release --traits TLS --static-swift-stdlib -Xlinker -lcurl --product net001 \
    && install -s .build/release/net001 /usr/local/bin/net001

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libyaml-0-2 libssl3 libcrypt1 libcurl4 ca-certificates tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin net001
COPY --from=build /usr/local/bin/net001 /usr/local/bin/net001
USER 10001:10001
# The server listens on all addresses of the container. `docker run -p` publishes its ports.
ENV HOST=0.0.0.0 METRICS_HOST=0.0.0.0 LOG_FORMAT=json
EXPOSE 5000 6000
# The server drains for up to DRAIN_TIMEOUT seconds (10). `docker stop` waits 10 s by default: give it more time.
STOPSIGNAL SIGTERM
# Requests /readyz from the metrics port. Set METRICS_PORT and PORT as environment variables, and do not set NO_METRICS.
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s \
    CMD ["net001", "healthcheck"]
# tini is process 1 and forwards signals. If net001 were process 1, the kernel would drop signals that arrive before net001 has
# installed its handlers.
ENTRYPOINT ["tini", "--", "net001"]
CMD ["serve"]
