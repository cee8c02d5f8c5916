"""What a learner's pages show, as frozen values: where she stands, one screen, one module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from lms.courses import rules
from lms.courses.snapshot import EditionView, LessonView, ModuleView


@dataclass(frozen=True)
class Under:
    """The viewer's enrolment in one edition, with the positions of the lessons that are finished."""

    enrolment_id: int
    started_on: date
    completed_on: date | None
    resume_id: int | None
    finished_ids: frozenset[int]
    edition: EditionView

    @property
    def finished(self) -> frozenset[int]:
        return frozenset(self.edition.position_of[lesson] for lesson in self.finished_ids)

    @property
    def progress(self) -> rules.Progress:
        resume = self.edition.position_of.get(self.resume_id or 0)
        return rules.progress(self.edition.minutes, self.finished, resume)


@dataclass(frozen=True)
class Card:
    """A course as the viewer stands with it. `under`: her enrolment, if any; `completed_on`: by any proof."""

    edition: EditionView
    standing: rules.Standing
    under: Under | None
    completed_on: date | None

    @property
    def valid_until(self) -> date | None:
        return rules.valid_until(self.completed_on, self.edition.validity_months) if self.completed_on else None

    @property
    def mine(self) -> Under | None:
        """The enrolment in this very edition: its lessons may be opened."""
        return self.under if self.under and self.under.edition.id == self.edition.id else None

    @property
    def progress(self) -> rules.Progress:
        return self.mine.progress if self.mine else rules.progress(self.edition.minutes, (), None)

    @property
    def open_part(self) -> int | None:
        """The position of the module whose lessons are shown at once: where one goes on. None when all is finished."""
        following = self.progress.next_position
        return None if following is None else self.edition.lesson(following).module_position

    @property
    def quiz(self) -> rules.QuizFacts:
        return rules.quiz_facts(self.edition.front, [module.front for module in self.edition.modules])


@dataclass(frozen=True)
class Work:
    """`due`: what was never done and what has run out; `others`: of that, what is meant for other people's work."""

    under_way: list[Card]
    due: list[Card]
    done: list[Card]
    others: list[Card]


@dataclass(frozen=True)
class Place:
    """Where a learner stands in an edition, and all that her lesson page depends on; `changed`: our tables."""

    edition_id: int
    position: int
    lang: str
    finished: bool
    saved_here: bool
    changed: tuple[int, ...]


@dataclass(frozen=True)
class Sound:
    """A screen read aloud by a person. `size` in bytes: a learner who pays by the megabyte sees it first."""

    digest: str
    url: str
    size: int


@dataclass(frozen=True)
class LessonPage:
    """One screen, ready to show. `lang` is the language that the text is really in."""

    place: Place
    code: str
    module: ModuleView
    lesson: LessonView
    lang: str
    title: str
    content_note: str
    html: Markup
    sound: Sound | None
    citations: list[str]
    reviewed_on: date | None
    previous: LessonView | None
    following: LessonView | None

    @property
    def screen(self) -> int:
        """Which screen of its module, from 1."""
        return self.module.lessons.index(self.lesson) + 1

    @property
    def ends_module(self) -> bool:
        return self.lesson == self.module.lessons[-1]


@dataclass(frozen=True)
class ModulePage:
    """`lang`: of the text that is shown. `reminders`: (title of a lesson, its lines to remember, the language of both);
    the last lesson's sum up the whole module.
    """

    under: Under
    module: ModuleView
    lang: str
    title: str
    content_note: str
    html: Markup
    following: ModuleView | None
    reminders: list[tuple[str, list[str], str]]

    @property
    def first_unfinished(self) -> LessonView:
        left = [lesson for lesson in self.module.lessons if lesson.id not in self.under.finished_ids]
        return (left or list(self.module.lessons))[0]
