"""Assertions of the shared class tell what they compared, as those of a test module do."""

import pytest

pytest.register_assert_rewrite("providers.conformance")
