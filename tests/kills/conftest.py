"""What fails in the checks is shown in full, as in a test."""

import pytest

pytest.register_assert_rewrite("tests.kills.checks")
