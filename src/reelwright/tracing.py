"""Traces (OpenTelemetry): every span that there is, and all that a span says. Off, and not imported, unless asked for.

A span says what was done by ids, names of models and codes of reasons: never a brief, a body, an address or a key.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from reelwright import late_libraries as late
from reelwright.reason import Action, Reason, build_reason

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

SpanName = Literal[
    "http.request",  # a request to the server, until its answer has been sent
    "job.create",  # a job is queued, for the first time or again
    "job.run",  # a director runs a job until it rests
    "step.run",  # a step of a job is drawn, encoded or bought, with all retries
    "provider.prepare",  # the request to a provider is built, and its inputs are uploaded
    "provider.submit",  # the one send that may cost money
    "provider.poll",
    "provider.cancel",
    "provider.download",  # one attempt to download an output
    "http.send",  # one HTTP exchange with a provider or an engine
    "engine.ready",  # an engine of one's own is found ready, or started
    "engine.render",  # our own engine makes a video
]
_KINDS: Final = {"http.request": "SERVER", "job.create": "PRODUCER", "job.run": "CONSUMER", "http.send": "CLIENT"}
"""Kinds of spans, as OpenTelemetry names them; every other span is ``INTERNAL``."""
_ATTRIBUTES: Final = {
    "method": "http.request.method", "route": "http.route", "status": "http.response.status_code",
    "host": "server.address", "error": "error.type",
    **{name: f"reelwright.{name}.id" for name in ("request", "account", "project", "job", "purchase", "operation")},
    "step": "reelwright.step.name", "kind": "reelwright.step.kind", "way": "reelwright.step.way",
    "goal": "reelwright.job.goal", "state": "reelwright.state",
    "provider": "reelwright.provider", "model": "reelwright.model",
}  # fmt: skip
"""All that a span can say, by the name under which it is given. A value under any other name is an error of ours."""
_PASSED_ON: Final = ("account", "project", "job", "step", "provider", "model", "purchase", "operation")
"""What the spans inside a span say, too, so that each can be found by itself."""
_MOST_LETTERS: Final = 200
TRACEPARENT: Final = "traceparent"
"""The header of the W3C that continues a trace, and the option of a job that does so in another process."""
_PROTOCOL: Final = "http/protobuf"
_FLUSH_S: Final = 3.0
"""Longest wait at the end of the process for spans to be sent: a collector that is away must not hold it up."""

Value = str | int


class Span:
    """A span of work that is done within a ``with`` block. This one, for a process without traces, does nothing."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the span."""

    def note(self, **values: Value | None) -> None:
        """Say more, under names of ``_ATTRIBUTES``. None says nothing."""

    def note_error(self, code: str = "") -> None:
        """Mark the span as failed, with the code of the reason; without one, with that which was noted before."""

    def rename(self, name: str) -> None:
        """Give the span the name by which lists show it, such as a method and a route."""

    def format_traceparent(self) -> str:
        """Format the header ``traceparent`` by which others continue the trace. Empty without one."""
        return ""

    def carry_in(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a job's options with the trace that its run continues."""
        return options


class _RecordedSpan(Span):
    """A span that is recorded. ``is_leaf``: it is never the current one, because it may end in another task."""

    __slots__ = ("_calm", "_is_leaf", "_span", "_token", "_tracing", "values")

    def __init__(
        self, tracing: _Tracing, name: SpanName, parent: Context | None, is_leaf: bool,
        calm: tuple[type[BaseException], ...], values: Mapping[str, Value | None],
    ) -> None:  # fmt: skip
        above = get_current_span() if parent is None else None
        inherited = above.values if isinstance(above, _RecordedSpan) else {}
        self._tracing, self._is_leaf, self._calm = tracing, is_leaf, calm
        self._token: Token[Context] | None = None
        self.values: dict[str, Value] = {key: inherited[key] for key in _PASSED_ON if key in inherited}
        kind = late.otel_trace.SpanKind[_KINDS.get(name, "INTERNAL")]
        known = {_ATTRIBUTES[key]: value for key, value in self.values.items()}
        self._span = tracing.tracer.start_span(name, parent, kind, known)
        self.note(**values)

    @property
    def is_recording(self) -> bool:
        """Whether the span has not ended, and is among those that are sampled."""
        return bool(self._span.is_recording())

    def __enter__(self) -> Self:
        if not self._is_leaf:
            context = late.otel_trace.set_span_in_context(self._span)
            self._token = late.otel_context.attach(late.otel_context.set_value(_KEY, self, context))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            late.otel_context.detach(self._token)
        if error is not None and isinstance(error, Exception) and not isinstance(error, self._calm):
            self.note_error(getattr(getattr(error, "reason", error), "code", "") or type(error).__name__)
        self._span.end()

    def note(self, **values: Value | None) -> None:
        for name, value in values.items():
            key = _ATTRIBUTES[name]
            if value is not None:
                self.values[name] = self._clean(name, value)
                self._span.set_attribute(key, self.values[name])

    def note_error(self, code: str = "") -> None:
        self.note(error=code or self.values.get("error") or self.values.get("status"))
        self._span.set_status(late.otel_trace.StatusCode.ERROR)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def format_traceparent(self) -> str:
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def carry_in(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**options, TRACEPARENT: self.format_traceparent()}

    def _clean(self, name: str, value: Value) -> Value:
        """Return what the span says: a digest for an account, whose name is a person's own, and nothing secret."""
        if name == "account":
            return hashlib.sha256(str(value).encode()).hexdigest()[:16]
        return self._tracing.redact(value)[:_MOST_LETTERS] if isinstance(value, str) else value


class _Tracing:
    """The traces of this process: where its spans go, and what takes secrets out of a text."""

    def __init__(self, provider: TracerProvider, redact: Callable[[str], str]) -> None:
        self.provider, self.redact = provider, redact
        self.tracer = provider.get_tracer("reelwright")


_KEY: Final = "reelwright.span"
NO_SPAN: Final = Span()
"""The span of a process without traces."""
_tracing: _Tracing | None = None


def is_tracing() -> bool:
    """Whether this process records spans."""
    return _tracing is not None


def get_current_span() -> Span:
    """Return the span in which this task works; one that does nothing if there is none. A task that goes on when the
    span in which it was started has ended works in none.
    """
    found = late.otel_context.get_value(_KEY) if _tracing else None
    return found if isinstance(found, _RecordedSpan) and found.is_recording else NO_SPAN


def trace_span(
    name: SpanName, *, parent: str | None = None, is_leaf: bool = False, calm: tuple[type[BaseException], ...] = (),
    **values: Value | None,
) -> Span:  # fmt: skip
    """Return a span for a ``with`` block, inside the current one. It costs nothing in a process without traces.

    ``parent``: the ``traceparent`` to continue instead; empty or not valid: a trace of its own. ``is_leaf``: it is
    recorded only inside another, and none is inside it; for blocks that may end in another task. ``calm``: errors that
    are no failure. Other errors are noted by their code, and a cancel is none.
    """
    if _tracing is None or (is_leaf and get_current_span() is NO_SPAN):
        return NO_SPAN
    context = None if parent is None else _read_traceparent(parent)
    return _RecordedSpan(_tracing, name, context, is_leaf, calm, values)


def _read_traceparent(text: str) -> Context:
    """Return the context to continue. Nothing else that a caller sent is taken over."""
    empty = late.otel_context.Context()
    return late.otel_propagation.TraceContextTextMapPropagator().extract({TRACEPARENT: text}, empty)


def start_tracing(environ: Mapping[str, str], redact: Callable[[str], str]) -> Reason | None:
    """Start to record spans, if the variables of OpenTelemetry ask for it. Return why none can be sent, else None.

    ``environ``: the environment of this process, of which OpenTelemetry itself reads the rest.
    """
    names = find_exporters(environ)
    if not names or _tracing:
        return None
    try:
        provider = late.otel_sdk.TracerProvider(resource=_describe_process(environ), shutdown_on_exit=False)
        for name in names:
            exporter = _create_exporter(name, environ)
            if isinstance(exporter, Reason):
                return build_reason("traces_off", cause=exporter)
            provider.add_span_processor(late.otel_export.BatchSpanProcessor(exporter))
    except ImportError:
        cause = Reason("extra_missing", params={"extra": "otel"})
        return build_reason("traces_off", cause=cause, actions=[Action("install", {"extra": "otel"})])
    except Exception as cause:  # noqa: BLE001  a film is made whatever is wrong with the settings of its traces
        return build_reason("traces_off", cause=redact(f"{type(cause).__name__}: {cause}"))
    use_tracer_provider(provider, redact)
    return None


def use_tracer_provider(provider: TracerProvider, redact: Callable[[str], str]) -> None:
    """Record spans through ``provider`` from now on. It is not made that of other libraries in this process."""
    global _tracing
    _tracing = _Tracing(provider, redact)


def stop_tracing() -> None:
    """Send the spans that are left, within ``_FLUSH_S`` seconds, and record no more."""
    global _tracing
    stopped, _tracing = _tracing, None
    if stopped:
        sending = Thread(target=stopped.provider.shutdown, name="last spans", daemon=True)
        sending.start()
        sending.join(_FLUSH_S)


def find_exporters(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the exporters that the environment asks for. None, unless it names one or an address."""
    given = environ.get("OTEL_TRACES_EXPORTER", "").strip()
    addresses = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return []
    if not given and any(environ.get(name, "").strip() for name in addresses):
        given = "otlp"
    return [name for one in given.split(",") if (name := one.strip()) and name != "none"]


def _create_exporter(name: str, environ: Mapping[str, str]) -> SpanExporter | Reason:
    """Create an exporter, or return why there is none."""
    if name == "console":  # standard output is for results
        return late.otel_export.ConsoleSpanExporter(out=sys.stderr)
    if name != "otlp":
        accepted = "otlp, console or none"
        return build_reason("invalid_value", field="OTEL_TRACES_EXPORTER", value=name, accepted=accepted)
    for variable in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if (protocol := environ.get(variable, "").strip()) not in ("", _PROTOCOL):
            return build_reason("invalid_value", field=variable, value=protocol, accepted=_PROTOCOL)
        if protocol:
            break
    return late.otel_otlp.OTLPSpanExporter()


def _describe_process(environ: Mapping[str, str]) -> Any:
    """Return what is said of this process: the name that the environment gives it, else ``reelwright``."""
    is_named = environ.get("OTEL_SERVICE_NAME") or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return late.otel_resources.Resource.create({} if is_named else {"service.name": "reelwright"})
