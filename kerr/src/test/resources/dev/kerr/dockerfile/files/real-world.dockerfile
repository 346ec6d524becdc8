# syntax=docker/dockerfile:1
ARG CUDA=12.4.1
FROM nvidia/cuda:${CUDA}-devel-ubuntu22.04 AS build
ARG DEBIAN_FRONTEND=noninteractive
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    apt-get update && \
    # tools
    apt-get install -y --no-install-recommends \
      build-essential \
      cmake
WORKDIR /src
COPY CMakeLists.txt ./
COPY src/ src/
RUN cmake -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build -j"$(nproc)"

FROM nvidia/cuda:${CUDA}-runtime-ubuntu22.04
LABEL org.opencontainers.image.title="solver" \
      org.opencontainers.image.version="1.0"
COPY --from=build --chown=0:0 /src/build/solver /usr/local/bin/
ENV OMP_NUM_THREADS=1
ENTRYPOINT ["solver"]
CMD ["--help"]
