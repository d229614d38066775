# net001 in an image of less than 40 MB: docker build -t net001 . && docker run -p 5000:5000 net001

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libyaml-dev libssl-dev libcrypt-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --traits TLS --static-swift-stdlib --product net001 \
    && install -s .build/release/net001 /usr/local/bin/net001

# The files of the image, from the release of Debian that the command was built on.
FROM debian:bookworm-slim AS files
RUN apt-get update \
    && apt-get install -y --no-install-recommends libyaml-0-2 libssl3 libcrypt1 libstdc++6 ca-certificates tini
COPY --from=build /source/Scripts/image-files /usr/local/bin/net001 /
RUN /image-files /net001 /image

FROM scratch
COPY --from=files /image /
USER 10001:10001
# The server listens on all addresses of the container. `docker run -p` publishes its ports.
ENV PATH=/usr/local/bin:/usr/bin HOST=0.0.0.0 METRICS_HOST=0.0.0.0 LOG_FORMAT=json
# Fails when a file is missing that net001 needs.
RUN ["net001", "--version"]
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
