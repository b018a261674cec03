"""Compiled blocks and the attention of cuDNN, with which a pipeline computes faster on a GPU than diffusers has it.

Both round differently in the last bits; a card with ``speed: exact`` goes without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch._dynamo.exc import TorchDynamoException
from torch.nn.attention import SDPBackend, sdpa_kernel

from reelwright.engines.own.mochi_attention import use_fast_attention

_ATTENTION: Final = (
    SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH,
)  # fmt: skip
"""Ways to attend, the fastest on a Hopper GPU first; the first one that can do a request does it."""
_BLOCKS: Final = {"MochiPipeline": ["MochiTransformerBlock"]}
"""Classes of the blocks that are compiled, where diffusers does not name them itself."""


def prepare_model(pipe: Any, speed: str, device: str, offload: str) -> str:
    """Prepare a pipeline whose parts are in their places; return how it computes: the device, and what was compiled.

    Only blocks of a pipeline that stands whole on a GPU are compiled. If that cannot be done here, the words say why.
    """
    transformer = getattr(pipe, "transformer", None)
    if type(pipe).__name__ == "MochiPipeline":
        use_fast_attention(transformer)
    if speed == "exact" or device == "cpu" or offload != "none":
        return device
    return f"{device}, {compile_blocks(pipe, device)}"


def compile_blocks(pipe: Any, device: str, **given: Any) -> str:
    """Have the blocks of the transformer compiled at its first call; return that, or why they cannot be.

    ``given``: what ``torch.compile`` is told.
    """
    transformer: Any = getattr(pipe, "transformer", None)
    blocks = getattr(transformer, "_repeated_blocks", None) or _BLOCKS.get(type(pipe).__name__)
    if not blocks:
        return f"not compiled: diffusers names no blocks of {type(pipe).__name__}"
    try:
        torch.compile(lambda numbers: numbers * 2 + 1)(torch.ones(8, device=device))
    except (TorchDynamoException, RuntimeError, OSError, ImportError) as fault:
        return f"not compiled: {_describe(fault)}"
    transformer._repeated_blocks = blocks
    transformer.compile_repeated_blocks(**given)
    return "compiled"


def stop_compiling(pipe: Any, device: str, fault: Exception) -> str:
    """Go back to blocks that are not compiled, after ``fault`` of the compiler; return how the pipeline computes."""
    for part in pipe.transformer.modules():
        part._compiled_call_impl = None
    return f"{device}, not compiled: {_describe(fault)}"


def _describe(fault: Exception) -> str:
    return f"{type(fault).__name__}: {str(fault).strip().partition(chr(10))[0][:200]}"


@contextmanager
def choose_attention(speed: str, device: str) -> Iterator[None]:
    """Context in which a GPU attends in the fastest way that it has; elsewhere nothing changes."""
    if speed == "exact" or device == "cpu":
        yield
        return
    with sdpa_kernel(list(_ATTENTION), set_priority=True):
        yield
