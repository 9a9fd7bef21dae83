"""The bytes: they follow the schema, are the same every time, and the page is what the source builds."""
import copy
import json
import os
import subprocess

import jsonschema
import pytest

from conftest import NAMES, REPOSITORY, write_pages

DASHBOARD = REPOSITORY / "dashboard"


@pytest.fixture(scope="session")
def validator():
    schema = json.loads((DASHBOARD / "schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def task(name, **environment):
    done = subprocess.run([REPOSITORY / "script/dashboard", name], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


# "large" is "decade" with more rows, which would only take longer.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "large"])
def test_what_the_program_writes_follows_the_schema(pages, validator, name):
    view = json.loads((pages / f"{name}.json").read_text())
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(view)]
    assert errors == []


def test_the_schema_refuses_what_the_page_would_not_know(pages, validator):
    view = json.loads((pages / "hostile.json").read_text())

    def broken(change):
        other = copy.deepcopy(view)
        change(other)
        return not validator.is_valid(other)

    assert broken(lambda v: v["header"].update(surprise=1))
    assert broken(lambda v: v["names"][0].pop("weight"))
    assert broken(lambda v: v["names"][0].update(pnl=1.5))
    assert broken(lambda v: v["today"].update(profit="1e5"))
    assert broken(lambda v: v["alerts"][0].update(level="fine"))


def test_parts_of_the_same_length_and_sum(pages):
    """The fixture is what analyze must fill: parallel series, parts that add up."""
    view = json.loads((pages / "decade.json").read_text())
    for series in (view["series"], view["rolling"]):
        assert {len(v) for v in series.values() if isinstance(v, list)} == {2520}
    cents = lambda text: round(float(text) * 100)
    for table in view["attribution"]:
        assert sum(cents(row["usd"]) for row in table["rows"]) == cents(table["total_usd"]), table["by"]
    today = view["today"]
    assert sum(cents(step["usd"]) for step in today["waterfall"]) == cents(today["profit"])


def test_the_same_view_gives_the_same_bytes(pages, tmp_path):
    write_pages(tmp_path)
    for name in NAMES:
        assert (tmp_path / f"{name}.html").read_bytes() == (pages / f"{name}.html").read_bytes(), name


@pytest.mark.parametrize("name", ["decade", "large"])
def test_ten_years_stay_below_two_megabytes(pages, name):
    assert (pages / f"{name}.html").stat().st_size < 2_000_000


def test_the_committed_page_is_what_the_source_builds(tmp_path):
    built = tmp_path / "page.html"
    task("build", PAGE_OUTPUT=str(built))
    assert built.read_bytes() == (DASHBOARD / "page.html").read_bytes(), \
        "dashboard/page.html is not what its source builds; script/dashboard build, and commit it"


def test_the_types_are_those_of_the_schema(tmp_path):
    types = tmp_path / "view.d.ts"
    task("types", TYPES_OUTPUT=str(types))
    assert types.read_text() == (DASHBOARD / "src/view.d.ts").read_text(), \
        "dashboard/src/view.d.ts is not made of schema.json; script/dashboard types, and commit it"


def test_the_source_compiles():
    task("check")


def test_no_text_of_the_view_can_become_markup():
    """Nodes are made, markup is not written: the words that would do it do not occur."""
    for source in sorted((DASHBOARD / "src").rglob("*.ts")):
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert word not in source.read_text(), f"{source.name}: {word}"
