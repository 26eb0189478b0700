# A machine with an NVIDIA GPU: docker build -t podium . && docker run --gpus all --shm-size 8g \
#     -v "$PWD:/work" podium run my.yaml
# The GPU builds of torch and vLLM bring their CUDA libraries; the host brings the driver.
FROM python:3.11-slim

# vLLM compiles a few kernels when it starts, and needs a C compiler for that.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /podium
COPY requirements/gpu.txt requirements/gpu.txt
RUN pip install --no-cache-dir --requirement requirements/gpu.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

# Runs, tables and models lie in the folder that is mounted; models of a hub in its cache.
WORKDIR /work
ENTRYPOINT ["podium"]
CMD ["doctor"]
