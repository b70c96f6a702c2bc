"""Writes of verdicts: as they stand, and as they would have stood."""

from accord.qualification.actions.back_tests import (
    MOST_VARIANTS,
    Tried,
    ask_back_test,
    begin_back_test,
    judge_past,
    keep_figures,
    stop_back_test,
)
from accord.qualification.actions.judging import forget, judge, look_again
from accord.qualification.actions.releasing import keep_back

__all__ = [
    "MOST_VARIANTS",
    "Tried",
    "ask_back_test",
    "begin_back_test",
    "forget",
    "judge",
    "judge_past",
    "keep_back",
    "keep_figures",
    "look_again",
    "stop_back_test",
]
