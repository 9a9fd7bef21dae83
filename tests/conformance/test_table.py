"""The table of the README: every check of 1 to 26 is there, and every test that it names exists under that number."""
import re

README = "README.md"


def test_the_table_names_tests_that_exist(request):
    folder = request.path.parent
    tests = {name for file in folder.glob("test_*.py")
             for name in re.findall(r"^def (test_check_\d\d_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)}
    rows = re.findall(r"^\| (\d+) \|[^|]*\|([^|]*)\|", (folder / README).read_text(encoding="utf-8"), re.MULTILINE)
    named = [f"test_check_{int(number):02}_{name}" for number, names in rows for name in re.findall(r"`(\w+)`", names)]

    assert {int(number) for number, _ in rows} == set(range(1, 27))
    assert sorted(set(named) - tests) == []
