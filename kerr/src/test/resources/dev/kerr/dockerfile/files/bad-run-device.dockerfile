FROM debian
RUN --device=nvidia.com/gpu=all true
