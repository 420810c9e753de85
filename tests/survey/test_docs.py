"""What the papers show works: every example in them is run, and every link leads somewhere."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from questions import read
from survey.places import load

ROOT = Path(__file__).parents[2]
PAPERS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(paper: str, language: str) -> list[str]:
    """The examples in a paper that are in a language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / paper).read_text("utf8"), re.S)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_leads_to_a_file(paper: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", paper.read_text("utf8")):
        assert (paper.parent / link).exists(), link


def test_the_question_set_for_staff_can_be_read() -> None:
    (source,) = examples("staff.md", "toml")
    assert [question.key for question in read(source).questions] == ["safe_dark", "why"]


def test_the_notebook_for_analysts_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    place, random = load("london"), np.random.default_rng(3)
    cells = [vars_of(cell) for cell in place.frame]
    pd.DataFrame(cells).to_csv("frame.csv", index=False)
    drawn = pd.DataFrame(cells).sample(4000, replace=True, random_state=3).drop(columns="people")
    drawn["worry"] = random.choice(["very", "fairly", "not_very", "not_at_all"], len(drawn))
    drawn["school"] = drawn["borough"] + random.integers(1, 3, len(drawn)).astype(str)
    drawn["w0"] = 1.0
    drawn.to_csv("answers.csv", index=False)

    exec(compile("\n".join(examples("analysts.md", "python")), "analysts.md", "exec"), {})

    said = capsys.readouterr().out
    assert "'E09000001' is weighted together with 'E09000033'" in said
    assert said.count("E090000") >= 33
    assert len(pd.read_csv("worry-by-borough.csv")) == 33
    assert Path("worry-by-age.svg").read_text(encoding="utf-8").startswith("<svg")


def vars_of(cell: object) -> dict[str, object]:
    """A cell of a frame as a row."""
    return {name: getattr(cell, name) for name in ("borough", "age_band", "gender", "people")}
