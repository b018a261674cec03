"""Makes tiny models with random weights: ``python tiny_models.py mochi|wan FOLDER``. Runs where torch is installed.

They have the shape of the real ones, so that all code but the size of its numbers is used, and nothing is downloaded.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLMochi,
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    MochiPipeline,
    MochiTransformer3DModel,
    UniPCMultistepScheduler,
    WanPipeline,
    WanTransformer3DModel,
)
from transformers import T5Config, T5EncoderModel, T5TokenizerFast, UMT5Config, UMT5EncoderModel

WORDS = 16
WIDTH = 32


def build_tokenizer(words: int = WORDS) -> T5TokenizerFast:
    """A tokenizer of single letters, which no file is needed for."""
    letters = [chr(code) for code in range(33, 127)]
    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("▁", -2.0), *((letter, -3.0) for letter in letters)]
    return T5TokenizerFast(vocab=vocab, extra_ids=0, model_max_length=words)


def build_text_encoder(config: type, model: type, size: int) -> torch.nn.Module:
    shape = {"d_model": WIDTH, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4, "vocab_size": size}
    return model(config(**shape)).eval()


def build_mochi() -> MochiPipeline:
    torch.manual_seed(0)
    tokenizer = build_tokenizer()
    transformer = MochiTransformer3DModel(
        patch_size=2, num_attention_heads=2, attention_head_dim=8, num_layers=2, pooled_projection_dim=16,
        in_channels=12, out_channels=None, qk_norm="rms_norm", text_embed_dim=WIDTH, time_embed_dim=4,
        activation_fn="swiglu", max_sequence_length=WORDS,
    )  # fmt: skip
    vae = AutoencoderKLMochi(
        latent_channels=12, out_channels=3, encoder_block_out_channels=(32, 32, 32, 32),
        decoder_block_out_channels=(32, 32, 32, 32), layers_per_block=(1, 1, 1, 1, 1),
    )  # fmt: skip
    encoder = build_text_encoder(T5Config, T5EncoderModel, len(tokenizer))
    return MochiPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(invert_sigmas=True), vae=vae.eval(), text_encoder=encoder,
        tokenizer=tokenizer, transformer=transformer.eval(),
    )  # fmt: skip


def build_wan() -> WanPipeline:
    torch.manual_seed(0)
    tokenizer = build_tokenizer()
    vae = AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16,
        text_dim=WIDTH, freq_dim=256, ffn_dim=32, num_layers=2, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32,
    )  # fmt: skip
    encoder = build_text_encoder(UMT5Config, UMT5EncoderModel, len(tokenizer))
    return WanPipeline(
        tokenizer=tokenizer, text_encoder=encoder, vae=vae.eval(), transformer=transformer.eval(),
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
    )  # fmt: skip


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    {"mochi": build_mochi, "wan": build_wan}[kind]().save_pretrained(folder, safe_serialization=True)
    (Path(folder) / "README.md").write_text("---\nlicense: apache-2.0\n---\nRandom weights.\n")
