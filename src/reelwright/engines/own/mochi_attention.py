"""Attention of Mochi without a wait for the GPU in each layer; the result is equal to diffusers' own, bit for bit.

The processor of diffusers 0.42 asks the GPU in each layer which words of the prompt are there (``torch.nonzero``): 96
waits for one forward of Mochi. The numbers of words are the same in all layers, so they are asked for once a forward.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional


def compute_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, words: torch.Tensor, places: int
) -> torch.Tensor:
    """Attend in each video of the batch among its picture and its first ``words[i]`` words; the other rows become 0.

    Shapes: (batch, heads, tokens, channels), of which the last ``places`` tokens are those of words; ``words``: (batch)
    in the main memory. To a compiler this is one step, so that no number of words has it compile again.
    """
    attended = torch.zeros_like(query)
    for number, count in enumerate((words + (query.size(2) - places)).tolist()):
        parts = (part[number : number + 1, :, :count] for part in (query, key, value))
        attended[number : number + 1, :, :count] = functional.scaled_dot_product_attention(*parts)
    return attended


def _shape_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, words: torch.Tensor, places: int
) -> torch.Tensor:
    return torch.empty_like(query)


_attend: Any = torch.library.custom_op("reelwright::compute_attention", compute_attention, mutates_args=())
_attend.register_fake(_shape_attention)


class MochiAttention:
    """Processor that takes the first ``words[i]`` words of prompt ``i`` of the batch: padding stands at the end."""

    def __init__(self) -> None:
        self.words = torch.zeros(0, dtype=torch.int64)

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        attention_mask: torch.Tensor,
        image_rotary_emb: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Attend from picture to picture and words. Shapes: (batch, tokens, channels), (batch, words, channels)."""
        query, key, value = (_split(make(hidden_states), attn) for make in (attn.to_q, attn.to_k, attn.to_v))
        words = (attn.add_q_proj, attn.add_k_proj, attn.add_v_proj)
        word_query, word_key, word_value = (_split(make(encoder_hidden_states), attn) for make in words)
        query, key = _normalise(query, attn.norm_q), _normalise(key, attn.norm_k)
        word_query = _normalise(word_query, attn.norm_added_q)
        word_key = _normalise(word_key, attn.norm_added_k)
        if image_rotary_emb is not None:
            query, key = _rotate(query, *image_rotary_emb), _rotate(key, *image_rotary_emb)
        pairs = ((query, word_query), (key, word_key), (value, word_value))
        joined = (torch.cat(pair, dim=1).transpose(1, 2) for pair in pairs)
        both = _attend(*joined, self.words, word_query.size(1)).transpose(1, 2).flatten(2, 3)
        picture, text = both.split_with_sizes((query.size(1), word_query.size(1)), dim=1)
        picture = attn.to_out[1](attn.to_out[0](picture))
        return picture, attn.to_add_out(text) if hasattr(attn, "to_add_out") else text


def _split(states: torch.Tensor, attn: Any) -> torch.Tensor:
    return states.unflatten(2, (attn.heads, -1))


def _normalise(states: torch.Tensor, norm: Any) -> torch.Tensor:
    return states if norm is None else norm(states)


def _rotate(states: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    even, odd = states[..., 0::2].float(), states[..., 1::2].float()
    first = (even * cosine - odd * sine).to(states.dtype)
    second = (even * sine + odd * cosine).to(states.dtype)
    return torch.stack([first, second], dim=-1).flatten(-2)


def use_fast_attention(transformer: Any) -> None:
    """Have a Mochi transformer ask once a forward how many words its prompts have, and attend without further waits.

    A mask with a gap, which no tokenizer of Mochi makes, goes the way of diffusers.
    """
    fast = MochiAttention()
    stock = [block.attn1.processor for block in transformer.transformer_blocks]

    def look(module: Any, args: Any, kwargs: dict[str, Any]) -> None:
        mask = kwargs["encoder_attention_mask"].bool()
        counts = mask.sum(dim=1)
        is_gapless = mask.equal(torch.arange(mask.size(1), device=mask.device)[None] < counts[:, None])
        fast.words = counts.cpu()
        for block, before in zip(transformer.transformer_blocks, stock, strict=True):
            block.attn1.processor = fast if is_gapless else before

    transformer.register_forward_pre_hook(look, with_kwargs=True)
