"""The line chart: inside its picture, in the right order, and honest about what is not known."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from lms.web.charts import HEIGHT, WIDTH, Point, line_chart

points = st.lists(
    st.integers(0, 2000).flatmap(lambda d: st.tuples(st.just("05/2026"), st.integers(0, d), st.just(d))),
    min_size=1,
    max_size=40,
)


@given(points.filter(lambda all_: any(d for _, _, d in all_)), st.integers(1, 100))
def test_everything_is_inside_and_higher_shares_are_never_lower(given_points: list[Point], target: int) -> None:
    chart = line_chart(given_points, target)
    places = [tuple(map(float, place.split(","))) for place in chart.path.split()]
    shares = [n / d for _, n, d in given_points if d]
    assert len(places) == len(shares)
    for x, y in [*places, *((label.x, label.y) for label in (*chart.ends, *chart.marks, chart.aim_label))]:
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    for (_, y1), share1 in zip(places, shares, strict=True):
        for (_, y2), share2 in zip(places, shares, strict=True):
            assert share1 <= share2 or y1 <= y2
        assert (y1 <= chart.aim + 0.1) or share1 * 100 < target


def test_values_are_cut_not_rounded() -> None:
    chart = line_chart([("1", 1, 2), ("2", 899, 999)], 90)
    assert [end.text for end in chart.ends] == ["50,0", "89,9"]


def test_a_month_without_people_is_a_gap_not_a_zero() -> None:
    chart = line_chart([("1", 0, 0), ("2", 10, 20), ("3", 12, 20)], 90)
    assert len(chart.path.split()) == 2
    assert chart.ends[0].text == "50,0"


def test_without_anybody_there_is_no_line() -> None:
    with pytest.raises(ValueError, match="share"):
        line_chart([("1", 0, 0)], 90)


def test_names_below_do_not_touch() -> None:
    chart = line_chart([(f"{1 + i % 12:02}/{2024 + i // 12}", 5, 10) for i in range(36)], 90)
    gaps = [after.x - before.x for before, after in zip(chart.marks, chart.marks[1:], strict=False)]
    assert min(gaps) >= 7 * 12
    assert chart.marks[0].text == "01/2024"


def test_the_macros_draw_with_attributes_and_words(app: Flask) -> None:
    text = (
        '{% import "charts.html" as charts with context %}'
        '{{ charts.line_chart([("1", 599, 934), ("2", 812, 934)], 90, "Tỷ lệ", "Tăng") }}'
        '{{ charts.tiles([("Khóm 7", 0, 6, "/x"), ("Khóm 12", 0, 0, "/y")]) }}'
    )
    with app.test_request_context():
        html = render_template_string(text)
    assert re.search(r'role="img" aria-labelledby="line-t line-d"', html)
    assert "chỉ tiêu 90 %" in html
    assert 'data-lv="1"><a href="/x">Khóm 7<b>0 / 6</b>0,0\xa0%</a>' in html
    assert "chưa có người" in html
    assert "style=" not in html
