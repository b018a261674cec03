"""Libraries that are imported when they are first used: they take long to import, and many verbs need none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.first_use import import_on_first_use

if TYPE_CHECKING:
    import av
    import platformdirs
    import pydantic
    import rfc8785
    import yaml
    from alembic import command as alembic_command
    from alembic import config as alembic_config
    from alembic import util as alembic_util
    from opentelemetry import context as otel_context
    from opentelemetry import trace as otel_trace
    from opentelemetry.exporter.otlp.proto.http import trace_exporter as otel_otlp
    from opentelemetry.sdk import resources as otel_resources
    from opentelemetry.sdk import trace as otel_sdk
    from opentelemetry.sdk.trace import export as otel_export
    from opentelemetry.trace.propagation import tracecontext as otel_propagation
    from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps, ImageStat
else:
    __getattr__ = import_on_first_use(
        __name__,
        {
            "Image": "PIL.Image",
            "ImageCms": "PIL.ImageCms",
            "ImageDraw": "PIL.ImageDraw",
            "ImageFont": "PIL.ImageFont",
            "ImageOps": "PIL.ImageOps",
            "ImageStat": "PIL.ImageStat",
            "alembic_command": "alembic.command",
            "alembic_config": "alembic.config",
            "alembic_util": "alembic.util",
            "av": "av",
            "otel_context": "opentelemetry.context",
            "otel_export": "opentelemetry.sdk.trace.export",
            "otel_otlp": "opentelemetry.exporter.otlp.proto.http.trace_exporter",
            "otel_propagation": "opentelemetry.trace.propagation.tracecontext",
            "otel_resources": "opentelemetry.sdk.resources",
            "otel_sdk": "opentelemetry.sdk.trace",
            "otel_trace": "opentelemetry.trace",
            "platformdirs": "platformdirs",
            "pydantic": "pydantic",
            "rfc8785": "rfc8785",
            "yaml": "yaml",
        },
    )
