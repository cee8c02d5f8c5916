"""Days as numbers and instants, made once each: millions of rows share about a thousand days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

HOUR = time(2, 0, tzinfo=UTC)  # nine in the morning in Vietnam
WRITTEN_LATE = (0, 0, 1, 1, 2, 3, 5, 8, 14, 30)


class Days:
    """Between the beginning of the history and its last day, as ordinals; nothing is written down after `last`."""

    def __init__(self, begin: date, until: date) -> None:
        self.begin, self.until = begin.toordinal(), until.toordinal()
        self.last = datetime.combine(until - timedelta(days=1), time(12, 0, tzinfo=UTC))
        self._days: dict[int, date] = {}
        self._moments: dict[int, datetime] = {}

    def day(self, ordinal: int) -> date:
        found = self._days.get(ordinal)
        if found is None:
            found = self._days[ordinal] = date.fromordinal(ordinal)
        return found

    def moment(self, ordinal: int) -> datetime:
        """The morning of that day; at the latest, the eve of the last day."""
        found = self._moments.get(ordinal)
        if found is None:
            found = self._moments[ordinal] = min(datetime.combine(self.day(ordinal), HOUR), self.last)
        return found
