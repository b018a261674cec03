"""One example of each result, with a value in every field, and some with as little as they may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from reelwright.net.exchange_log import Exchange
from reelwright.planner.pacing import Mark, Pacing
from reelwright.reason import Action, Reason
from reelwright.reel.base.value import Digest, ShotId
from reelwright.server.links import SignedLink
from reelwright.studio.accounts.api_keys import ApiKeyList, ApiKeySummary, CreatedApiKey, RevokedApiKey
from reelwright.studio.accounts.branding import BrandFont, BrandLogo, HomeBrand
from reelwright.studio.accounts.members import CallerSummary, MemberList, MemberSummary
from reelwright.studio.accounts.retention import ProjectRetention, RetentionReport, RetentionSpans, SweepResult
from reelwright.studio.accounts.webhooks import (
    CreatedWebhook,
    DeliveryList,
    DeliverySummary,
    RemovedWebhook,
    WebhookList,
    WebhookSummary,
)
from reelwright.studio.files.uploads import UploadList, UploadSummary
from reelwright.studio.machine.backup import BackupResult, RestoredAccessSummary, RestoreResult
from reelwright.studio.machine.verification import VerifyResult
from reelwright.studio.models.keys import KeyList, KeyResult, KeySummary, RemovedKey
from reelwright.studio.models.observed_provider import VerifyEvent, VerifyOutput
from reelwright.studio.money.error_result import ErrorDetails, ErrorResult, InputErrorDetails, ReconcileErrorDetails
from reelwright.studio.money.reconcile import ListedOperation, ReconcileResult, UnreadList, UnrecordedSend
from reelwright.studio.projects.film_parts import FilmParts, PlayedPart
from reelwright.studio.projects.queued_job import QueuedBatch, QueuedJob, QueuedRow
from reelwright.studio.results.inventory import (
    AddedVoice,
    Check,
    Checkup,
    EngineList,
    EngineLog,
    EngineSummary,
    FilmPictures,
    FlavorList,
    FlavorSummary,
    LocalModels,
    LookList,
    LookSheet,
    LookSummary,
    ModelDetails,
    ModelList,
    MoodList,
    MoodSamples,
    MoodSummary,
    OpenedFilm,
    OwnModelSummary,
    PresetList,
    PresetSummary,
    RateSummary,
    SupportBundle,
    VoiceList,
    VoiceSummary,
    WeightsSummary,
)
from reelwright.studio.results.listings import (
    CutEntry,
    JobList,
    JobSummary,
    MaterialSummary,
    ProjectDetails,
    ProjectList,
    ProjectSummary,
    QueueState,
    RevisionSummary,
    TakeSummary,
)
from reelwright.studio.results.results import (
    BriefFact,
    BriefSpan,
    CircleResult,
    ClipFile,
    ClipResult,
    DraftLine,
    ExportResult,
    FilmBudget,
    FilmFile,
    FilmResult,
    Finding,
    PlanResult,
    PriceWithKey,
    Progress,
    ProjectQuote,
    PullResult,
    QuoteRow,
    ScriptResult,
    Shortfall,
    ShotSummary,
    TextChange,
    TidyResult,
    UndeliveredSample,
)
from reelwright.studio.results.rows import BatchQuote, BatchResult, RowQuote, RowResult
from reelwright.studio.results.spending_report import (
    BudgetList,
    BudgetName,
    BudgetSummary,
    Correction,
    LimitList,
    LimitName,
    LimitSummary,
    PurchaseRow,
    RemovedBudget,
    RemovedLimit,
    ReusedStep,
    SpendingReport,
    Total,
)
from reelwright.studio.results.video_job import VideoJob
from reelwright.units import Micros
from unit.plans import rich_plan

# fmt: off
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 14, 30, 5, 120_000, tzinfo=timezone(timedelta(hours=2)))
SHOT = ShotId("shot_019a")
TAKE = Digest("ab" * 32)
FILM = Path("/films/zoë müller/fenn.mp4")
USD = Micros(400_000)
REASON = Reason(
    code="checks_failed",
    step="take/shot_019a",
    params={
        "faults": [Reason("seam_jumps", params={"shot": "2", "level": 3}), Reason("film_silent")],
        "share": 0.25,
        "words": ["a", ["b", None]],
        "is_late": True,
        "hint": "look at “it”",
    },
    actions=(Action("accept_findings", {"project": "prj_1", "findings": ["seam/2"]}), Action("wait")),
)
LEGACY = Reason(code="legacy", params={"message": "an old sentence"})
ACTION = Action("pass_option", {"option": "--budget", "usd": "5"})

REUSED = ReusedStep(
    step="take/s01", shot=1, reused_from="prj_0", purchase="pur_1", micros=Micros(37_500), bought_at=LATER
)
BUDGET = FilmBudget(flavor="spot", micros=Micros(5_000_000), spent_micros=USD, is_exceeded=True)
QUOTE_ROW = QuoteRow(
    n=1, shot=SHOT, name="hook", wanted_steps=2, up_to_date=1, micros=USD, is_certain=False, basis=("4 s at $0.10",)
)
OFFER = PriceWithKey(model="veo-3.1", provider="google", micros=Micros(3_200_000), basis="8 s at $0.40")
TEXT_CHANGE = TextChange(n=1, shot=SHOT, before={"line": "Still hot?"}, after={"line": "Still hot."})
QUOTE = ProjectQuote(
    wanted_steps=("take/s01", "film"),
    up_to_date=3,
    micros=USD,
    max_duration_s=61.5,
    min_duration_s=12.0,
    possible_steps=("take/s02",),
    shots=(QUOTE_ROW,),
    prices_by_continuation={"bridge": USD, "reflow": Micros(1_200_000)},
    prices_by_step={"take": USD},
    durations_by_continuity={"beat": 61.5, "loose": 20.25},
    prices_with_key=(OFFER,),
    unknown_price_steps=("take/s03",),
    unconfirmed_price_steps=("take/s01",),
    notes=("fenn.jpg was turned upright",),
    project="prj_1",
    expires_at=NOON,
    sent_takes=1,
    budget=BUDGET,
    text_changes=(TEXT_CHANGE,),
    spent_by_job={"job_1": USD},
)
SHOT_SUMMARY = ShotSummary(
    n=1, id=SHOT, beat="hook", duration_s=2.5, start_s=0.0, prompt="a kettle", words={"line": "Still hot?"}, take=TAKE,
    take_count=2,
)
FILM_FILE = FilmFile(
    path=FILM, width=1080, height=1920, fps=24, frames=480, duration_s=20.0, loudness_lufs=-14.1, true_peak_dbtp=-1.2,
    captions={"srt": FILM.with_suffix(".srt")},
)
FINDING = Finding(
    id="seam/2", check="seam", shot=SHOT, reason=REASON, message="it jumps", is_fault=True, is_accepted=True
)
JOB = JobSummary(
    id="job_1", project="prj_1", goal="film", state="stopped", position=3, wait_reason="decision", reason=REASON,
    message="waits",
    created_at=NOON, finished_at=LATER, batch_key="batch_1",
)
CUT_ENTRY = CutEntry(
    n=1, shot=SHOT, asset=TAKE, start_s=0.0, source_start_s=0.5, duration_s=2.5, transition="dissolve",
    transition_s=0.25,
)
TAKE_SUMMARY = TakeSummary(n=1, shot=SHOT, asset=TAKE, round=0, sample=1, is_circled=True)
CLIP_FILE = ClipFile(path=Path("clip-1.mp4"), take=TAKE)
SHORTFALL = Shortfall(check="mute", reason=Reason("take_mute"), message="it came without sound")
UNDELIVERED = UndeliveredSample(reason="filtered", message="the provider refused it")
RATE = RateSummary(where="with sound", usd="0.40", unit="a second")
UNKNOWN_RATE = RateSummary(where="", usd=None, unit="a second")
CORRECTION = Correction(micros=-37_500, because="refund", by="zoë", at=NOON)
PURCHASE = PurchaseRow(
    purchase="pur_1", project="prj_1", job="job_1", step="take/s01", shot=1, try_=2, state="settled", provider="google",
    model="veo-3.1", quoted_micros=USD, micros=Micros(362_500), held_micros=Micros(0), price_source="reported",
    basis="4 s at $0.10", wait_reason="later", is_written_off=False, has_landed=True, sends=1, operation="op/1",
    reason=REASON, message="arrived", intended_at=NOON, posted_at=NOON, ended_at=LATER, corrections=(CORRECTION,),
    notices=("a second operation may have been paid",), billed_micros=Micros(9_000_000), dispute="open",
)
BARE_PURCHASE = PurchaseRow(
    purchase="pur_2", project="prj_1", job="job_1", step="bed", shot=None, try_=1, state="intent", provider="offline",
    model="composer", quoted_micros=Micros(0), micros=Micros(0), held_micros=Micros(1), price_source="nothing",
    basis="", wait_reason=None, is_written_off=False, has_landed=False, sends=0, operation=None, reason=None,
    message="", intended_at=NOON, posted_at=None, ended_at=None,
)
TOTAL = Total(name="veo-3.1", rows=2, micros=USD, held_micros=Micros(1))
BUDGET_SUMMARY = BudgetSummary(
    scope="account", of="default", period="month", cap_micros=Micros(20_000_000), reserved_micros=USD,
    spent_micros=Micros(1_230_000), left_micros=Micros(18_370_000), ends_at=LATER,
)
LIMIT = LimitSummary(scope="provider", of="google", open=4, starts=10, per_s=60, source="set")
MODEL = ModelDetails(
    id="veo-3.1", name="Veo 3.1", kind="video", provider="google", sold_as="veo-3.1-generate", key_variable="KEY",
    key_page="https://keys.example", has_key=True, modes=("text_to_video",), durations_s=(4, 6, 8), aspects=("16:9",),
    resolutions=("720p",), samples=4, references=3, sound="asked", has_seed=True, has_negative_prompt=False,
    options={"person": "allow_adult"}, rules=("1080p only for 8 s",), price="$0.40 a second",
    rates=(RATE, UNKNOWN_RATE),
    has_confirmed_price=True, source="a price list", as_of="2026-11-20", stage="current", released_on="2025-10-15",
    retires_on="2027-01-01", is_retirement_disputed=False, successor="veo-4", licence="terms", latency_s=(11, 92.5),
    aliases=("veo3",), note="a note", failure_costs="nothing", warnings=("retires soon",),
)
ROW_QUOTE = RowQuote(
    n=1, title="Fenn", is_up_to_date=False, micros=USD, project="prj_1", unknown_price_steps=1,
    unconfirmed_price_steps=2, expires_at=NOON, notes=("a note",), budget=BUDGET, spent_by_job={"job_1": USD},
)
ROW_RESULT = RowResult(
    n=1, title="Fenn", state="waiting", path=FILM, micros=USD, now_micros=Micros(0), elapsed_s=1.5, is_up_to_date=True,
    project="prj_1", job="job_1", wait_reason="budget", reason=REASON, message="over budget",
)
SEND = UnrecordedSend(
    purchase="pur_9", project="prj_9", step="take/s01", provider="google", model="veo-3.1", micros=USD
)
RESTORED_ACCESS = RestoredAccessSummary(
    kind="api_key", id="key_1", account="local", name="web shop", role="owner", change="valid_again"
)
LISTED = ListedOperation(provider="google", operation="op/9", model="veo", made_at=NOON, prompt="a kettle")
UNREAD = UnreadList(provider="google", message="no answer")
EVENT = VerifyEvent(at_s=0.25, kind="submit", message="sent")
OUTPUT = VerifyOutput(
    sample=0, reported_type="video/mp4", detected_type="video/mp4", size_bytes=1234, expires_in_s=3600, fetch_s=0.5
)
CHECK = Check(name="ffmpeg", state="bad", message="not found", fix="install it", actions=(ACTION,))

LOOK = LookSummary(
    name="slam", palette={"bg": "#101010"}, description="Loud", use_when="it is loud", avoid_when="it is not",
    tones=("energetic",),
)  # fmt: skip
PRESET = PresetSummary(
    name="tiktok", title="TikTok", aspect="9:16", width=1080, height=1920, fps=25.0, max_s=600, lufs=-14, dbtp=-1,
    unsafe_areas=((0, 0, 1080, 150),), checked_on="2026-11-20", source="craft.md 4.1",
)  # fmt: skip
MOOD = MoodSummary(
    name="chill", bpm=(78, 95), description="Lazy", use_when="there is time", tones=("neutral",)
)
ENGINE = EngineSummary(name="own", label="Our own", licence="Apache-2.0", fault="torch is not installed")
OWN_MODEL = OwnModelSummary(
    model="tiny-mochi", engine="own", state="ready", label="Tiny Mochi", licence="Apache-2.0", may_be_sold=True,
    card="/home/models/tiny-mochi.yaml", fault="", pid=7, address="http://127.0.0.1:9000", gpus=(0,), loaded_s=4.5,
    idle_s=1.5, is_kept=True,
)  # fmt: skip
VOICE = VoiceSummary(
    id="JBFqnCBsd6RMkjVDRZzb", name="George", provider="elevenlabs", description="Warm", languages=("en-GB",),
    labels={"accent": "british"}, sample_url="https://voices.example/george.mp3",
)  # fmt: skip
FLAVOR = FlavorSummary(
    name="mine", aspect="9:16", look="slam", duration_s=20.0, has_voice=True, description="loud", is_own=True,
    fault="shots.yaml: tempo is missing",
)
PROJECT = ProjectSummary(
    id="prj_1", title="Fenn", revision=2, state="done", duration_s=20.0, film=TAKE, created_at=NOON, micros=USD
)
KEY = KeySummary(
    holder="google", source="GEMINI_API_KEY", fingerprint="…1234", models=("veo-3.1",), variables=("KEY",), page="p"
)
API_KEY = ApiKeySummary(
    id="key_1", account="team-1", name="web shop", role="producer", prefix="rw_AbCdEf", auto_approve_micros=USD,
    created_at=NOON, last_used_at=NOON, revoked_at=NOON,
)
API_KEY_BARE = ApiKeySummary(
    id="key_1", account="team-1", name="web shop", role="viewer", prefix="rw_AbCdEf", auto_approve_micros=None,
    created_at=NOON, last_used_at=None, revoked_at=None,
)
MEMBER = MemberSummary(
    id="member_1", account="team-1", state="member", name="Ana Ruiz", email="ana@studio.example", role="producer",
    role_source="issuer", issuer="https://issuer.example", subject="0042", added_at=NOON, last_seen_at=NOON,
    removed_at=None,
)
INVITED = MemberSummary(
    id="member_2", account="team-1", state="invited", name="", email="bo@studio.example", role="owner",
    role_source="here", issuer=None, subject=None, added_at=NOON, last_seen_at=None, removed_at=None,
)
RECONCILED = ReconcileResult(
    state="asks", reasons=("moved",), messages=("The home was moved.",), unrecorded_sends=(SEND,),
    listed_operations=(LISTED,), unread_lists=(UNREAD,),
)
SPAN = BriefSpan(text="20 s", start=5, end=9)
TOLD: dict[str, Any] = {"reason": REASON, "message": "m", "hint": "h", "step": "take/s01"}
ERROR = ErrorDetails(kind="Fault", retry="ask", was_billed="unknown", **TOLD)
INPUT_ERROR = InputErrorDetails(
    kind="BadInput", retry="never", was_billed="no", **TOLD, field="length", value=None, accepted_values="seconds"
)
RECONCILE_ERROR = ReconcileErrorDetails(
    kind="NotReconciled", retry="ask", was_billed="no", **TOLD, reconcile_report=RECONCILED
)

WEBHOOK = WebhookSummary(
    id="webhook_1", account="team-1", url="https://hooks.example/x", events=("job.done",), has_prompt=True,
    is_enabled=False, created_at=NOON, failing_since=NOON, disabled_at=NOON, disabled_reason=REASON, message="m",
)
WEBHOOK_BARE = WebhookSummary(
    id="webhook_1", account="team-1", url="https://hooks.example/x", events=(), has_prompt=False, is_enabled=True,
    created_at=None, failing_since=None, disabled_at=None, disabled_reason=None, message="",
)
DELIVERY = DeliverySummary(
    id="message_1", webhook="webhook_1", kind="job.done", state="failed", attempts=9, created_at=NOON, next_at=NOON,
    last_at=NOON, last_status=500, reason=REASON, message="m", payload={"type": "job.done", "data": {"job": "job_1"}},
)
DELIVERY_BARE = DeliverySummary(
    id="message_1", webhook="webhook_1", kind="job.done", state="pending", attempts=0, created_at=None, next_at=None,
    last_at=None, last_status=None, reason=None, message="", payload={},
)

QUEUED_ROW = QueuedRow(n=1, project="prj_1", job="job_1", is_up_to_date=True)
SPANS = RetentionSpans(files="30d", after_download="keep", grace="10m")
UPLOAD = UploadSummary(
    id="upload_1", kind="picture", size=9, offset=9, expires_at=NOON,
    asset=MaterialSummary(id=TAKE, material_kind="picture", width=800, height=600, ms=None),
)  # fmt: skip
MARK = BrandLogo(asset="ab" * 32, name="mark.png", width=300, height=90)
FACE = BrandFont(asset="ab" * 32, name="mine.ttf", family="Mine Bold", licence="Licensed under the OFL 1.1.")
EXAMPLES: dict[str, Any] = {
    "ApiKeySummary": API_KEY,
    "ApiKeyList": ApiKeyList(api_keys=(API_KEY, API_KEY_BARE)),
    "CreatedApiKey": CreatedApiKey(api_key=API_KEY_BARE, secret="rw_0", budget_micros=USD),
    "CreatedApiKey, bare": CreatedApiKey(api_key=API_KEY_BARE, secret="rw_0", budget_micros=None),
    "RevokedApiKey": RevokedApiKey(api_key=API_KEY),
    "MemberSummary": MEMBER,
    "MemberList": MemberList(members=(MEMBER, INVITED)),
    "CallerSummary": CallerSummary(
        caller_kind="member", id="member_1", account="team-1", role="producer", name="Ana Ruiz",
        email="ana@studio.example",
    ),
    "CallerSummary of the machine": CallerSummary(
        caller_kind="machine", id=None, account="local", role="owner", name="Dev User", email=""
    ),
    "JobSummary of a member": JOB.replace(ordered_by="member_1"),
    "WebhookSummary": WEBHOOK,
    "WebhookList": WebhookList(webhooks=(WEBHOOK, WEBHOOK_BARE)),
    "CreatedWebhook": CreatedWebhook(webhook=WEBHOOK_BARE, secret="whsec_0"),
    "RemovedWebhook": RemovedWebhook(webhook=WEBHOOK),
    "DeliverySummary": DELIVERY,
    "DeliveryList": DeliveryList(deliveries=(DELIVERY, DELIVERY_BARE)),
    "QuoteRow": QUOTE_ROW,
    "QuoteRow of the film": QuoteRow(
        n=None, shot=None, name="film", wanted_steps=0, up_to_date=1, micros=Micros(0), is_certain=True
    ),
    "PriceWithKey": OFFER,
    "FilmBudget": BUDGET,
    "TextChange": TEXT_CHANGE,
    "ProjectQuote": QUOTE,
    "QueuedJob": QueuedJob(project="prj_1", job="job_1", quote=QUOTE, is_up_to_date=True),
    "QueuedRow": QUEUED_ROW,
    "QueuedBatch": QueuedBatch(
        batch_key="batch_1", rows=(QUEUED_ROW,),
        quote=BatchQuote(micros=USD, up_to_date=0, wanted_rows=1, rows=(ROW_QUOTE,)),
    ),
    "ProjectQuote, bare": ProjectQuote(
        wanted_steps=(), up_to_date=0, micros=Micros(0), max_duration_s=0.0, min_duration_s=0.0
    ),
    "PlanResult": PlanResult(
        plan=rich_plan(),
        interpretation={
            "language": {"value": "en", "span": None},
            "length_ms": {"value": 20_000, "span": {"text": "20 s", "start": 5, "end": 9}},
            "quote": {
                "value": ["Still hot?", "Yes."],
                "span": {"text": "Still hot?", "start": 0, "end": 10},
                "spans": [{"text": "Still hot?", "start": 0, "end": 10}, {"text": "Yes.", "start": 12, "end": 16}],
            },
        },
        notes=("a note",),
        project="prj_1",
        revision=3,
        pacing=Pacing(points=88, marks=(Mark(name="pace", statement="fast", is_met=False, message="3.1 s"),)),
    ),
    "PlanResult, bare": PlanResult(plan=rich_plan(), interpretation={}),
    "ScriptResult": ScriptResult(
        script="# Fenn\n", name="Fenn", directions=("20 s",), unused_parts=("really",), file=FILM.with_suffix(".md"),
        project="prj_1",
    ),
    "ScriptResult, bare": ScriptResult(script=""),
    "FilmFile": FILM_FILE,
    "FilmFile, silent": FilmFile(
        path=FILM, width=180, height=320, fps=29.97, frames=1, duration_s=0.033, loudness_lufs=None, true_peak_dbtp=None
    ),
    "ShotSummary": SHOT_SUMMARY,
    "CutEntry": CUT_ENTRY,
    "Finding": FINDING,
    "FilmResult": FilmResult(
        project="prj_1", job="job_1", state="waiting", film=FILM_FILE, micros=USD, now_micros=Micros(1), elapsed_s=12.5,
        shots=(SHOT_SUMMARY,), new_steps=3, finished_steps=4, wait_reason="decision", reason=REASON, message="waits",
        findings=(FINDING,), notes=("a note",), seconds_by_step={"take": 3.25}, up_to_date_message="bought before",
        reused_steps=(REUSED,), is_rehearsal=True,
    ),
    "FilmResult, bare": FilmResult(
        project="prj_1", job=None, state="cancelled", film=None, micros=Micros(0), now_micros=Micros(0), elapsed_s=0.0,
        shots=(),
    ),
    "ClipFile": CLIP_FILE,
    "Shortfall": SHORTFALL,
    "ClipFile that falls short": ClipFile(
        path=Path("clip-1.mp4"), take=TAKE, duration_s=1.0, width=1280, height=720, has_sound=False,
        shortfalls=(SHORTFALL,),
    ),
    "UndeliveredSample": UNDELIVERED,
    "ClipResult": ClipResult(
        project="prj_1", job="job_1", state="waiting", files=(CLIP_FILE,), missing=(UNDELIVERED,),
        archive=Path("clips.zip"), micros=USD, now_micros=USD, elapsed_s=3.0, wait_reason="budget", reason=REASON,
        message="over budget", notes=("a note",), up_to_date_message="bought before", reused_steps=(REUSED,),
        is_rehearsal=True,
    ),
    "ClipResult, bare": ClipResult(
        project="prj_1", job="job_1", state="done", files=(), missing=(), archive=None, micros=Micros(0),
        now_micros=Micros(0), elapsed_s=0.0,
    ),
    "CircleResult": CircleResult(project="prj_1", revision=2, quote=QUOTE),
    "JobSummary": JOB,
    "HomeBrand": HomeBrand(accent="#D6323F", logo=MARK, font=FACE, end_card="Made by hand"),
    "BrandLogo": MARK,
    "BrandFont": FACE,
    "QueueState": QueueState(paused_since=NOON),
    "ProjectSummary": PROJECT,
    "ProjectSummary, bare": ProjectSummary(
        id="prj_1", title="", revision=0, state=None, duration_s=None, film=None, created_at=None, micros=Micros(0)
    ),
    "TakeSummary": TAKE_SUMMARY,
    "ProjectDetails": ProjectDetails(
        project="prj_1", title="Fenn", revision=2, brief="“Still hot?”", flavor="spot", look="slam", job=JOB,
        shots=(SHOT_SUMMARY,), takes=(TAKE_SUMMARY,), cut=(CUT_ENTRY,), film=FILM_FILE, findings=(FINDING,),
        micros=USD, marking="made with AI", quote=QUOTE, money_warnings=("look into pur_1",), is_rehearsal=True,
    ),
    "ProjectDetails, bare": ProjectDetails(
        project="prj_1", title="", revision=0, brief="", flavor=None, look=None, job=None, shots=(), takes=(), cut=(),
        film=None, findings=(), micros=Micros(0), marking=None, quote=None,
    ),
    "Progress": Progress(
        event_id=7, kind="waiting", project="prj_1", job="job_1", step="take/s01", shot=1, reason=LEGACY, message="…",
        fraction=0.5, finished_steps=2, wanted_steps=5, left_s=10.0,
    ),
    "Progress, bare": Progress(event_id=0, kind="started", project="prj_1", job=None),
    "FlavorSummary": FLAVOR,
    "RateSummary": RATE,
    "ModelDetails": MODEL,
    "LocalModels": LocalModels(server="Ollama", address="http://127.0.0.1:11434", planners=("ollama:q",)),
    "ExportResult": ExportResult(project="prj_1", path=Path("fenn.zip"), files=("film.mp4",), size_bytes=99),
    "PullResult": PullResult(
        project="prj_1", revision=2, folder=Path("fenn"), film=Path("fenn/film.yaml"), files=("film.yaml",)
    ),
    "TidyResult": TidyResult(workrooms=1, takes=2, size_bytes=3, is_dry_run=True),
    "Check": CHECK,
    "Checkup": Checkup(checks=(CHECK, Check(name="disk", state="good", message="20 GB free"))),
    "Correction": CORRECTION,
    "PurchaseRow": PURCHASE,
    "PurchaseRow, bare": BARE_PURCHASE,
    "Total": TOTAL,
    "BudgetSummary": BUDGET_SUMMARY,
    "LimitSummary": LIMIT,
    "ReusedStep": REUSED,
    "SpendingReport": SpendingReport(
        micros=USD, held_micros=Micros(1), rows=(PURCHASE, BARE_PURCHASE), models=(TOTAL,), providers=(TOTAL,),
        projects=(TOTAL,), steps=(TOTAL,), days=(TOTAL,), budgets=(BUDGET_SUMMARY,), reused_steps=(REUSED,),
    ),
    "RowQuote": ROW_QUOTE,
    "BatchQuote": BatchQuote(
        micros=USD, up_to_date=0, wanted_rows=1, rows=(ROW_QUOTE,), unknown_price_rows=(1,), unconfirmed_price_rows=(1,)
    ),
    "RowResult": ROW_RESULT,
    "BatchResult": BatchResult(
        total_rows=1, done_rows=0, up_to_date=0, failed_rows=0, waiting_rows=1, micros=USD, now_micros=Micros(0),
        elapsed_s=1.5, rows=(ROW_RESULT,), is_rehearsal=True,
    ),
    "UnrecordedSend": SEND,
    "ListedOperation": LISTED,
    "UnreadList": UNREAD,
    "ReconcileResult": RECONCILED,
    "SupportBundle": SupportBundle(
        path="reelwright-support-20261128-120000.zip", parts=("versions.json", "counts.json"), size_bytes=4_096
    ),
    "BackupResult": BackupResult(
        folder=Path("backup"), created_at=LATER, files=3, size_bytes=4, rows=5, faults=("a file is damaged",)
    ),
    "RestoreResult": RestoreResult(
        home=Path("home"), backup_created_at=NOON, files=3, old_journal=Path("home/journal.db.old"),
        access=(RESTORED_ACCESS,),
    ),
    "RestoredAccessSummary": RESTORED_ACCESS,
    "VerifyEvent": EVENT,
    "VerifyOutput": OUTPUT,
    "VerifyResult": VerifyResult(
        provider="google", model="veo-3.1", mode="text_to_video", place="live", address="https://api.example",
        fingerprint="take:00", state="settled", message="", quoted_usd="0.40", quoted_basis="4 s at $0.10",
        billed_usd="0.40", billed_by="quoted", duration_s=12.5, events=(EVENT,), outputs=(OUTPUT,),
        exchanges=(
            Exchange(
                at_s=0.1, method="POST", host="api.example", path="/v1", status=200, seconds=0.2,
                words={"status": "done"},
            ),
        ),
        report=Path("verify.json"),
    ),
    "KeySummary": KEY,
    "KeyResult": KeyResult(
        holder="google", location="keys.yaml", fingerprint="…1234", verdict="accepted", message="it works"
    ),
    "FlavorList": FlavorList(flavors=(FLAVOR,)),
    "LookSummary": LOOK,
    "LookList": LookList(looks=(LOOK,)),
    "FilmPictures": FilmPictures(project="project_019b", files=("/out/heron-19b0aa-sheet.jpg",)),
    "OpenedFilm": OpenedFilm(project="project_019b", file="/films/heron.mp4", is_opened=True),
    "LookSheet": LookSheet(looks=("slam", "paper"), file="/out/looks.png"),
    "PresetSummary": PRESET,
    "PresetList": PresetList(presets=(PRESET,)),
    "MoodSummary": MOOD,
    "MoodList": MoodList(moods=(MOOD,)),
    "MoodSamples": MoodSamples(moods=("chill",), folder="moods", files=("moods/chill.m4a",)),
    "EngineSummary": ENGINE,
    "OwnModelSummary": OWN_MODEL,
    "WeightsSummary": WeightsSummary(
        model="genmo/mochi-1-preview", revision="0" * 40, pipeline="MochiPipeline", licence="apache-2.0",
        may_be_sold=True, files=12, total_bytes=42_000_000_000, present_bytes=1, free_bytes=99_000_000_000,
        folder="/home/weights/mochi-1-preview", is_resumed=True,
    ),
    "EngineList": EngineList(engines=(ENGINE,), models=(OWN_MODEL,)),
    "EngineLog": EngineLog(model="tiny-mochi", path="/home/engines/tiny-mochi.log", text="ready\n"),
    "VoiceSummary": VOICE,
    "VoiceList": VoiceList(providers=("elevenlabs",), voices=(VOICE,)),
    "AddedVoice": AddedVoice(name="kokoro", folder="/home/voices/kokoro", voices=54, needs_extra=True),
    "ModelList": ModelList(models=(MODEL,)),
    "ModelList with local servers": ModelList(models=(MODEL,), local=()),
    "JobList": JobList(jobs=(JOB,)),
    "RevisionSummary": RevisionSummary(number=2, author="person", made_at=NOON, changes=("words",), shots=(1,)),
    "MaterialSummary": MaterialSummary(id=TAKE, material_kind="picture", width=800, height=600, ms=None),
    "FilmParts": FilmParts(
        stills=(TAKE,), has_stills=True, has_takes=False, take_count=1, wanted_take_count=2, micros=USD
    ),
    "PlayedPart": PlayedPart(start_s=1.5, duration_s=2.0, asset=TAKE, offset_s=0.5, volume=1.0),
    "VideoJob": VideoJob(
        job="job_1", project="prj_1", video_kind="clip", state="running", wait_reason=None, has_started=True,
        phase="generating", retry_count=1, position=None, progress=40, model="openrouter-wan-2.7", prompt="a heron",
        duration_s=5.0, width=1280, height=720, files=(TAKE,), is_deleted=False, pictures=(TAKE,), created_at=NOON,
        finished_at=LATER, reason=REASON, message="m", labels={"account_id": "team-1"},
    ),
    "SignedLink": SignedLink(url="http://127.0.0.1:8000/links/x/f.mp4", path="/links/x/f.mp4", expires_at=LATER),
    "UploadList": UploadList(uploads=(UPLOAD,)),
    "UploadSummary": UPLOAD,
    "RetentionSpans": SPANS,
    "ProjectRetention": ProjectRetention(project="prj_1", policy=SPANS),
    "RetentionReport": RetentionReport(
        deployment=SPANS, account=SPANS, effective=SPANS,
        projects=(ProjectRetention(project="prj_1", policy=SPANS),),
    ),
    "SweepResult": SweepResult(ended_jobs=1, deleted_jobs=2, kept_jobs=3, deleted_files=4, size_bytes=5),
    "ProjectList": ProjectList(projects=(PROJECT,)),
    "KeyList": KeyList(keys=(KEY,)),
    "RemovedKey": RemovedKey(holder="google", message="none is left"),
    "BudgetList": BudgetList(budgets=(BUDGET_SUMMARY,)),
    "RemovedBudget": RemovedBudget(budget=BudgetName(scope="account", per=None, of=None)),
    "BudgetName": BudgetName(scope="project", per="month", of="prj_1"),
    "LimitList": LimitList(limits=(LIMIT,)),
    "RemovedLimit": RemovedLimit(limit=LimitName(scope="jobs", of=None)),
    "LimitName": LimitName(scope="provider", of="google"),
    "BriefSpan": SPAN,
    "DraftLine": DraftLine(text="Fenn", form="reveal", tier="likely", probability=0.75, span=SPAN),
    "BriefFact": BriefFact(value=20_000, span=SPAN),
    "ErrorDetails": ERROR,
    "ErrorResult": ErrorResult(error=ERROR),
    "InputErrorDetails": INPUT_ERROR,
    "ErrorResult of bad input": ErrorResult(error=INPUT_ERROR),
    "ReconcileErrorDetails": RECONCILE_ERROR,
    "ErrorResult of reconciling": ErrorResult(error=RECONCILE_ERROR),
}
