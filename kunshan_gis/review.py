"""What an office said of a study area's figures, kept beside its layers: answers to check lists, and submissions.

An answer is about an estate (or a group of homes outside estates) under one rule. It never changes a computed figure:
a corrected one is shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from kunshan_gis.errors import LayerSchemaError, Problem
from kunshan_gis.messages import Text

FOLDER = "review"
ANSWERS = "review/answers.csv"
HISTORY = "review/history.csv"
SUBMISSIONS = "review/submissions"

State = Literal["covered", "not_covered", "not_measurable", "both"]
"""`both`: some of the residents are not covered, others not measurable."""
Conclusion = Literal["confirmed", "disputed"]
Corrected = Literal["", "covered", "not_covered"]

STATES: tuple[State, ...] = ("covered", "not_covered", "not_measurable", "both")
CONCLUSIONS: tuple[Conclusion, ...] = ("confirmed", "disputed")
CORRECTED: tuple[Corrected, ...] = ("covered", "not_covered")

Key = tuple[str, str, str]
"""Profile, indicator and id: what an answer is about."""


@dataclass(frozen=True)
class Answer:
    """What a reviewer said of one row of a check list, and what had been computed for it.

    Attributes
    ----------
    conclusion : `confirmed` (the computed state is true) or `disputed`
    corrected : what a disputed row is instead; empty means covered
    date : YYYY-MM-DD
    state, not_covered, not_measurable : computed state and people when the list was made
    asked : digest of what the rule measures, so that an answer never speaks for another question
    reviewed : digest of the list
    """

    profile: str
    indicator: str
    id: str
    name: str
    conclusion: Conclusion
    corrected: Corrected
    reason: str
    reviewer: str
    date: str
    state: State
    not_covered: int
    not_measurable: int
    asked: str
    reviewed: str

    @property
    def key(self) -> Key:
        """What the answer is about."""
        return self.profile, self.indicator, self.id

    @property
    def said(self) -> tuple[str, ...]:
        """What the reviewer said, without what had been computed."""
        return self.conclusion, self.corrected, self.reason, self.reviewer, self.date

    @property
    def becomes(self) -> Corrected:
        """What the residents concerned count as in the corrected figure; empty where the state is confirmed."""
        return "" if self.conclusion == "confirmed" else self.corrected or "covered"


COLUMNS = tuple(field.name for field in fields(Answer))
"""Columns of `review/answers.csv`, in their order."""


@dataclass(frozen=True)
class Submission:
    """Figures that were handed in: the rows of a check as they were then.

    Attributes
    ----------
    trial : not meant to be handed in; figures rest on demonstration layers or are being tried
    profiles : digest of each profile by key
    parameters : parameters of the check
    rows : figures of the check's tables by (profile, indicator, unit id)
    """

    name: str
    date: str
    trial: bool
    reportable: bool
    profiles: Mapping[str, str]
    parameters: Mapping[str, Any]
    rows: Mapping[Key, float]
    sha256: str

    @property
    def said(self) -> Text:
        """Name and date in words."""
        return Text(f"{self.name}（{self.date}）", f"{self.name} ({self.date})")


@dataclass(frozen=True)
class Review:
    """Answers and submissions of a study area, by their digests; `problems` where a file of them cannot be used."""

    answers: tuple[Answer, ...] = ()
    sha256: str = ""
    history: tuple[Answer, ...] = ()
    submissions: tuple[Submission, ...] = ()
    problems: tuple[Problem, ...] = ()

    def require(self) -> Review:
        """The review, if its files can be used.

        Raises
        ------
        LayerSchemaError
            They cannot; every reason, by file and row.
        """
        if self.problems:
            title = Text("review 文件夹须改正后才能使用", "the folder review cannot be used as it is")
            raise LayerSchemaError(title, self.problems)
        return self

    def last(self, *, reportable: bool) -> Submission | None:
        """The latest submission (by date, then name); trials only beside figures that are no evidence themselves."""
        fit = [one for one in self.submissions if not (one.trial and reportable)]
        return max(fit, key=lambda one: (one.date, one.name), default=None)


def by_key(answers: Iterable[Answer]) -> dict[Key, Answer]:
    """Answers by what they are about."""
    return {answer.key: answer for answer in answers}
