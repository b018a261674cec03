"""The results that each verb prints with ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reelwright.studio.accounts.api_keys import ApiKeyList, CreatedApiKey, RevokedApiKey
from reelwright.studio.accounts.branding import HomeBrand
from reelwright.studio.accounts.members import MemberList, MemberSummary
from reelwright.studio.accounts.retention import RetentionReport, SweepResult
from reelwright.studio.accounts.webhooks import (
    CreatedWebhook,
    DeliveryList,
    DeliverySummary,
    RemovedWebhook,
    WebhookList,
    WebhookSummary,
)
from reelwright.studio.machine.backup import BackupResult, RestoreResult
from reelwright.studio.machine.verification import VerifyResult
from reelwright.studio.models.keys import KeyList, KeyResult, RemovedKey
from reelwright.studio.money.error_result import ErrorResult
from reelwright.studio.money.reconcile import ReconcileResult
from reelwright.studio.results.inventory import (
    AddedVoice,
    Checkup,
    EngineList,
    EngineLog,
    FilmPictures,
    FlavorList,
    LookList,
    LookSheet,
    ModelDetails,
    ModelList,
    MoodList,
    MoodSamples,
    OpenedFilm,
    OwnModelSummary,
    PresetList,
    SupportBundle,
    VoiceList,
)
from reelwright.studio.results.listings import JobList, JobSummary, ProjectDetails, ProjectList, QueueState
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.results.results import (
    CircleResult,
    ClipResult,
    ExportResult,
    FilmResult,
    PlanResult,
    Progress,
    ProjectQuote,
    PullResult,
    ScriptResult,
    TidyResult,
)
from reelwright.studio.results.rows import BatchQuote, BatchResult
from reelwright.studio.results.spending_report import (
    BudgetList,
    BudgetSummary,
    LimitList,
    LimitSummary,
    PurchaseRow,
    RemovedBudget,
    RemovedLimit,
    SpendingReport,
)

ERROR: Final = "error"
"""The name of the schema of what any verb prints if it fails."""
RESULT_MODELS: Final[Mapping[str, tuple[type[ResultModel], ...]]] = {
    "accept": (FilmResult,),
    "api-keys add": (CreatedApiKey,),
    "api-keys list": (ApiKeyList,),
    "api-keys revoke": (RevokedApiKey,),
    "apply": (FilmResult, ProjectQuote),
    "backup": (BackupResult,),
    "batch": (BatchResult, BatchQuote),
    "brand": (HomeBrand,),
    "cancel": (JobSummary,),
    "circle": (CircleResult,),
    "clip": (ClipResult, ProjectQuote),
    "doctor": (Checkup,),
    "edit": (FilmResult, ProjectQuote),
    "engines doctor": (Checkup,),
    "engines list": (EngineList,),
    "engines logs": (EngineLog,),
    "engines start": (OwnModelSummary,),
    "engines stop": (OwnModelSummary,),
    "export": (ExportResult,),
    "flavors": (FlavorList,),
    "presets": (PresetList,),
    "jobs": (JobList,),
    "keys": (KeyList,),
    "keys add": (KeyResult,),
    "keys remove": (RemovedKey,),
    "looks": (LookList,),
    "looks sheet": (LookSheet,),
    "looks try": (LookSheet,),
    "make": (FilmResult, ProjectQuote),
    "members invite": (MemberSummary,),
    "members list": (MemberList,),
    "members remove": (MemberSummary,),
    "members role": (MemberSummary,),
    "models": (ModelList,),
    "models add": (OwnModelSummary,),
    "models fetch": (OwnModelSummary,),
    "models show": (ModelDetails,),
    "moods": (MoodList,),
    "moods try": (MoodSamples,),
    "open": (OpenedFilm,),
    "plan": (PlanResult, ScriptResult, ProjectQuote, FilmResult),
    "priority": (JobSummary,),
    "queue": (QueueState,),
    "queue pause": (QueueState,),
    "queue resume": (QueueState,),
    "projects": (ProjectList,),
    "pull": (PullResult, ScriptResult),
    "quote": (ProjectQuote,),
    "restore": (RestoreResult,),
    "resume": (FilmResult,),
    "retake": (FilmResult, ProjectQuote),
    "retention run": (SweepResult,),
    "retention set": (RetentionReport,),
    "retention show": (RetentionReport,),
    "retry": (FilmResult,),
    "sheet": (FilmPictures,),
    "show": (ProjectDetails, ScriptResult),
    "spend": (SpendingReport,),
    "spend adjust": (PurchaseRow,),
    "spend budget remove": (RemovedBudget,),
    "spend budget set": (BudgetSummary,),
    "spend budgets": (BudgetList,),
    "spend decide": (PurchaseRow,),
    "spend limit remove": (RemovedLimit,),
    "spend limit set": (LimitSummary,),
    "spend limits": (LimitList,),
    "spend reconcile": (ReconcileResult,),
    "support-bundle": (SupportBundle,),
    "tidy": (TidyResult,),
    "verify": (VerifyResult,),
    "voices": (VoiceList,),
    "voices add": (AddedVoice,),
    "watch": (Progress,),
    "webhooks add": (CreatedWebhook,),
    "webhooks deliveries": (DeliveryList,),
    "webhooks enable": (WebhookSummary,),
    "webhooks list": (WebhookList,),
    "webhooks remove": (RemovedWebhook,),
    "webhooks replay": (DeliverySummary,),
    "webhooks rotate": (CreatedWebhook,),
    "webhooks test": (DeliverySummary,),
    "write": (ScriptResult, ProjectQuote),
    ERROR: (ErrorResult,),
}
"""The models of the documents by verb, the most usual one first. With ``--quote``, a verb prints a quote."""
EVENT_VERBS: Final = frozenset({"watch"})
"""Verbs that print a document on each line, one for each event."""
