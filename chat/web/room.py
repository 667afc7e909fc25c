"""The room in which questions are answered: how many at once, and how many wait meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from anyio import CapacityLimiter

from chat.web.ending import Ending
from ingest.errors import ServerBusy

AT_ONCE = 8  # questions that are searched for at the same time; the others wait
WORDED = 128  # answers that are worded at the same time: most of that is waiting for a model
WAITING = 248  # besides those who are searched for, at most: who comes later comes again

Outcome = Literal["answered", "refused", "failed"]


class Room:
    """Those who are answered now, and those who wait for that: all who ask a server share one."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        ending: Ending | None = None,
        *,
        worded: int = WORDED,
    ) -> None:
        """For so many searches ``at_once``, while so many more may be ``waiting``, also for an
        answer: so many are ``worded`` at once.
        """
        self.ending = ending or Ending()
        self.searching = CapacityLimiter(at_once)
        self.wording = CapacityLimiter(worded)
        self.outcomes: Counter[Outcome] = Counter()
        self._free = at_once + waiting

    @property
    def answering(self) -> int:
        """How many steps of answers are being taken now."""
        return self.searching.borrowed_tokens + self.wording.borrowed_tokens

    @property
    def waiting(self) -> int:
        """How many wait for a step to be taken."""
        limiters = (self.searching, self.wording)
        return sum(limiter.statistics().tasks_waiting for limiter in limiters)

    @property
    def is_idle(self) -> bool:
        """Whether nobody but who asks that is answered."""
        return self.answering <= 1

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one. Raises ServerBusy when all are taken."""
        if not self._free:
            raise ServerBusy(
                "too many questions are waiting: ask again in a moment",
                "排队的问题太多：请稍后再问",
            )
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1

    def note(self, outcome: Outcome) -> None:
        """Count how an answer ended."""
        self.outcomes[outcome] += 1
