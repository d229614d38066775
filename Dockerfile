# net001 in a small image: docker build -t net001 . && docker run -p 5000:5000 net001

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libyaml-dev libssl-dev libcrypt-dev libcurl4-openssl-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# Foundation's networking, when it is linked statically, does not say that it needs curl.
RUN swift build -c release --traits TLS --static-swift-stdlib -Xlinker -lcurl --product net001 \
    && install -s .build/release/net001 /usr/local/bin/net001

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl3 libcrypt1 libcurl4 ca-certificates tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin net001
COPY --from=build /usr/local/bin/net001 /usr/local/bin/net001
USER 10001:10001
# The container's own network is what others reach; which ports are published is said when it is run.
ENV HOST=0.0.0.0 METRICS_HOST=0.0.0.0 LOG_FORMAT=json
EXPOSE 5000 6000
# The server drains for up to DRAIN_TIMEOUT seconds (10): docker stop waits for 10, give it more where that matters.
STOPSIGNAL SIGTERM
# Asks /readyz on the metrics port: it needs the settings in variables (METRICS_PORT, PORT), and not NO_METRICS.
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s \
    CMD ["net001", "healthcheck"]
# As process 1, net001 would lose a signal that comes while its libraries are still being loaded: the kernel drops it. tini
# passes signals on.
ENTRYPOINT ["tini", "--", "net001"]
CMD ["serve"]
