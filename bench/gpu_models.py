"""Mochi with random weights for ``bench.gpu``: of full size, or tiny. How many operations a video of it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLMochi, FlowMatchEulerDiscreteScheduler, MochiPipeline, MochiTransformer3DModel
from transformers import T5Config, T5EncoderModel

from engines.tiny_models import build_mochi, build_tokenizer

WORDS = 256
PATCH = 2
LATENT_FRAMES, LATENT_SIDE = 6, 8
"""Frames and pixels of a side that become one of the latent picture."""
T5_XXL = {
    "d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64, "feed_forward_proj": "gated-gelu",
    "tie_word_embeddings": False,
}  # fmt: skip


def build_transformer(device: str) -> MochiTransformer3DModel:
    """Build the transformer of Mochi 1 preview with random weights: its sizes are the defaults of diffusers."""
    return _build(MochiTransformer3DModel, device)


def _build(make: Any, device: str) -> Any:
    """Call ``make`` so that its weights are drawn on ``device`` in bf16."""
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device(device):
            return make().eval()
    finally:
        torch.set_default_dtype(before)


def write_weights(folder: Path, is_tiny: bool, device: str) -> None:
    """Write the folder of a pipeline, as diffusers reads it: 30 GB at full size."""
    if is_tiny:
        build_mochi().save_pretrained(folder, safe_serialization=True)
        return
    tokenizer = build_tokenizer(WORDS)
    encoder = _build(lambda: T5EncoderModel(T5Config(vocab_size=32128, **T5_XXL)), device)
    MochiPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(invert_sigmas=True), vae=_build(AutoencoderKLMochi, device),
        text_encoder=encoder, tokenizer=tokenizer, transformer=build_transformer(device),
    ).save_pretrained(folder, safe_serialization=True)  # fmt: skip


def count_tokens(frames: int, width: int, height: int) -> int:
    """Count the tokens of a picture of the transformer."""
    side = LATENT_SIDE * PATCH
    return ((frames - 1) // LATENT_FRAMES + 1) * (width // side) * (height // side)


def count_operations(transformer: Any, tokens: int, words: tuple[int, int]) -> float:
    """Count the floating-point operations of one forward with guidance: two videos of ``tokens`` and ``words``.

    Only what grows with the picture: its products with weights, and attention. The rest is below 1 % at full size.
    """
    weights: int = 0
    for block in transformer.transformer_blocks:
        attention = block.attn1
        for part in (attention.to_q, attention.to_k, attention.to_v, attention.to_out, block.ff):
            weights += sum(weight.numel() for weight in part.parameters() if weight.dim() == 2)
    channels: int = attention.heads * attention.to_q.out_features // attention.heads
    layers: int = len(transformer.transformer_blocks)
    return sum(2 * weights * tokens + 4 * layers * channels * (tokens + count) ** 2 for count in words)
