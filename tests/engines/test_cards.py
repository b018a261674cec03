"""Cards of engines and models are read strictly: each fault names file, line and what is accepted."""

from __future__ import annotations

import json

import pytest

from engines.conftest import write_engine, write_weights
from reelwright.catalogue.models import find_model, get_sold_model
from reelwright.catalogue.price import compute_price
from reelwright.catalogue.snapping import snap_frames
from reelwright.engines.cards import EngineCard, get_engine_card, load_engine_cards
from reelwright.engines.gpus import choose_gpus, describe_gpus, parse_gpus
from reelwright.engines.launch import build_command
from reelwright.engines.launch import choose_gpus as choose_for
from reelwright.engines.model_cards import ModelCard, get_model_card
from reelwright.engines.model_rows import register_rows
from reelwright.engines.own.rules import BadRequest, Options, parse_request
from reelwright.engines.own.rules import snap_frames as snap_to_nearest
from reelwright.engines.weights import load_families, write_model_card
from reelwright.errors import BadInput
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio

SMI = "0, NVIDIA H200, 143771, 140000, 3\n1, NVIDIA L4, 23034, 22500, 97\n[N/A]\n"


def test_four_engines_ship_and_each_names_its_places(home):
    cards = load_engine_cards(home)
    assert set(cards) == {"own", "vllm-omni", "sglang-diffusion", "lightx2v"}
    for card in cards.values():
        assert isinstance(card, EngineCard) and "{port}" in card.command and "{weights}" in card.command


@pytest.mark.parametrize(
    ("before", "after", "line", "named"),
    [
        ("stop_s: 1", "stops_s: 1", 12, "stops_s"),
        ("wire: vllm_omni", "wire: kling", 5, "'vllm_omni' or 'sglang'"),
        ("grace_s: 1", "grace_s: soon", 9, "a whole number"),
        ('"{port}"', '"{door}"', 7, "{port}"),
        ("path: /health", "path: health", 8, "a path such as /health"),
        ("label: a fake", "label: a fake\nname: other", 2, "no such key"),
    ],
)
def test_a_fault_in_an_engines_card_names_file_line_and_what_is_accepted(home, before, after, line, named):
    write_engine(home)
    path = home / "engines" / "fake.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(BadInput) as raised:
        get_engine_card(home, "fake")
    assert f"{path} line {line}" in raised.value.field and named in str(raised.value)
    assert "own" in load_engine_cards(home), "the other engines can be used"


def test_a_model_whose_card_is_faulty_is_refused_by_that_fault(home):
    write_engine(home)
    path = home / "models" / "tiny.yaml"
    path.write_text(path.read_text() + "framse: 3\n")
    assert set(register_rows(home)) == {"tiny"}
    for find in (find_model, get_sold_model):
        with pytest.raises(BadInput, match="framse"):
            find("tiny")


def test_a_model_is_in_the_catalogue_at_no_cost_with_the_frames_of_its_card(home):
    write_engine(home)
    assert not register_rows(home)
    row = get_sold_model("tiny")
    assert (row.provider, row.profile, row.rate.open, row.resubmit) == ("engines", "vllm_omni", 1, "free")
    request = Request(model="tiny", mode="text_to_video", prompt="a fox", ms=3000, aspect="16:9", resolution="480p")
    assert compute_price(request).micros == 0
    assert snap_frames(row, 84).value == 85 and "84 frames become 85" in snap_frames(row, 84).message


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("engine: fake", "engine: none-such", "one of"),
        ("engine: fake", "engine: vllm-omni", "runs MochiPipeline"),
        ("usual: 84", "usual: 900", "from least to most"),
        ("fps: 30", "fps: 0", "fps above 0"),
    ],
)
def test_a_card_whose_parts_do_not_fit_each_other_is_refused(home, before, after, named):
    write_engine(home)
    path = home / "models" / "tiny.yaml"
    path.write_text(path.read_text().replace(before, after))
    assert named in str(register_rows(home)["tiny"])


def test_a_licence_without_commercial_use_is_shown_and_can_be_refused(home):
    write_engine(home)
    path = home / "models" / "tiny.yaml"
    path.write_text(path.read_text().replace("commercial: true", "commercial: false"))
    assert not register_rows(home) and "no commercial use" in find_model("tiny").licence
    assert "commercial use" in str(register_rows(home, only_commercial=True)["tiny"])


# ---- weights


def test_a_folder_of_weights_becomes_a_card_with_the_numbers_of_its_pipeline(home, tmp_path):
    folder = write_weights(tmp_path / "Mochi-1")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\nMochi\n")
    card = write_model_card(home, folder, name="mochi-1")
    assert card == get_model_card(home, "mochi-1") and isinstance(card, ModelCard)
    assert (card.pipeline, card.frames.usual, card.steps.usual, card.licence.may_be_sold) == (
        "MochiPipeline",
        84,
        64,
        True,
    )
    with pytest.raises(BadInput, match="no model has yet"):
        write_model_card(home, folder, name="mochi-1")


def test_every_known_family_makes_a_card_that_the_catalogue_takes(home, tmp_path):
    for number, pipeline in enumerate(load_families()):
        folder = write_weights(tmp_path / str(number), pipeline)
        write_model_card(home, folder, name=f"m{number}", licence="MIT", may_be_sold=True)
    assert not register_rows(home)


@pytest.mark.parametrize("ending", [".bin", ".pt", ".ckpt", ".pkl"])
def test_weights_that_are_pickles_are_refused_by_the_file(home, tmp_path, ending):
    folder = write_weights(tmp_path / "w")
    (folder / "deep").mkdir()
    (folder / "deep" / f"model{ending}").write_bytes(b"\x80\x04.")
    with pytest.raises(BadInput) as raised:
        write_model_card(home, folder, name="m", licence="MIT", may_be_sold=True)
    assert raised.value.field.endswith(f"model{ending}") and "safetensors only" in raised.value.accepted
    assert not (home / "models").exists()


@pytest.mark.parametrize(
    ("index", "named"),
    [
        (None, "without model_index.json"),
        ("{", "no JSON"),
        ("[]", "_class_name"),
        ('{"_class_name": "os.system"}', "_class_name"),
        ('{"_class_name": "StableDiffusionPipeline"}', "MochiPipeline"),
    ],
)
def test_a_folder_that_is_no_video_model_is_refused(home, tmp_path, index, named):
    folder = write_weights(tmp_path / "w")
    (folder / "model_index.json").unlink()
    if index is not None:
        (folder / "model_index.json").write_text(index)
    with pytest.raises(BadInput, match=named):
        write_model_card(home, folder, name="m", licence="MIT", may_be_sold=True)
    with pytest.raises(BadInput, match="a folder"):
        write_model_card(home, tmp_path / "nowhere", name="m")


async def test_a_licence_that_nobody_named_is_asked_for(home, tmp_path):
    folder = write_weights(tmp_path / "w")
    async with AsyncStudio(Settings(home=home)) as studio:
        with pytest.raises(BadInput, match="licence: none is given"):
            await studio.add_model(folder)
        with pytest.raises(BadInput, match="permits commercial use"):
            await studio.add_model(folder, licence="Tencent community")
        made = await studio.add_model(folder, licence="Tencent community", commercial=False)
        assert (made.model, made.may_be_sold, made.state) == ("w", False, "stopped")
        with pytest.raises(BadInput, match="engine"):
            await studio.add_model(folder, name="other", engine="none-such")


# ---- GPUs


def test_gpus_are_read_and_the_freest_that_fits_is_chosen():
    gpus = parse_gpus(SMI)
    assert [gpu.number for gpu in gpus] == [0, 1] and gpus[1].busy_percent == 97
    assert choose_gpus(gpus, 1, 24, ()) == (0,) and not choose_gpus(gpus, 2, 25, ())
    assert choose_gpus(gpus, 1, 20, {0}) == (1,), "another engine has the first one"
    assert choose_gpus(gpus, 3, 1, ()) == () and describe_gpus(()) == "none"


async def test_a_gpu_that_is_too_small_is_refused_with_what_is_there(supervise, home):
    one = supervise()
    path = home / "models" / "tiny.yaml"
    path.write_text(path.read_text().replace("gpu_gb: 0", "gpu_gb: 200"))
    order = supervise.again().order
    with pytest.raises(BadInput) as raised:
        choose_for(order, set(), lambda: parse_gpus(SMI))
    assert "NVIDIA H200 with 151 GB" in str(raised.value) and "200 GB" in str(raised.value)
    assert choose_for(one.order, set(), lambda: ()) == (), "a model that needs no GPU"


def test_a_command_line_is_a_list_and_no_shell_reads_it(supervise, home):
    order = supervise().order
    path = home / "models" / "tiny.yaml"
    text = path.read_text()
    path.write_text(text.replace("weights: {folder: ", "weights: {folder: ").replace("/weights", "/we ights; rm -rf x"))
    assert "rm -rf" in get_model_card(home, "tiny").weights.folder
    command = build_command(order, 9000, home / "o.json")
    assert all(isinstance(word, str) for word in command) and "9000" in command


# ---- the numbers of our own engine

OPTIONS = Options(
    model="tiny", pipeline="MochiPipeline", precision="fp32", steps=4, least_steps=2, guidance=4.5, fps=30,
    frames={"step": 6, "plus": 1, "least": 7, "most": 163}, multiple=16, offload="auto", tiling="auto",
    speed="fast",
)  # fmt: skip


@pytest.mark.parametrize(("asked", "made"), [(84, 85), (85, 85), (79, 79), (1, 7), (82, 85), (81, 79), (500, 163)])
def test_the_nearest_legal_number_of_frames_is_made_and_said(asked, made):
    assert snap_to_nearest(OPTIONS.frames, asked) == made
    request = parse_request({"prompt": "a fox", "size": "848x480", "num_frames": asked}, OPTIONS, 1)
    assert request.frames == made and bool(request.notes) == (asked != made)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "prompt"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "x" * 20_001}, "prompt"),
        ({"prompt": "a fox", "size": "big"}, "size"),
        ({"prompt": "a fox", "width": 8, "height": 480}, "width"),
        ({"prompt": "a fox", "size": "850x480"}, "multiples of 16"),
        ({"prompt": "a fox", "size": "848x480", "num_inference_steps": 1}, "num_inference_steps"),
        ({"prompt": "a fox", "size": "848x480", "seed": "seven"}, "seed"),
        ({"prompt": "a fox", "size": "848x480", "num_frames": -3}, "num_frames"),
        ({"prompt": "a fox", "size": "848x480", "fps": 0}, "fps"),
    ],
)
def test_a_request_that_the_model_cannot_make_is_refused_by_its_field(fields, named):
    with pytest.raises(BadRequest, match=named):
        parse_request(json.loads(json.dumps(fields)), OPTIONS, 1)
