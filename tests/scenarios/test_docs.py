"""What the documents tell a newcomer to type, to write and to read is there."""
import re

import pytest

from harness import REPOSITORY, Workspace, call

PAGES = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md")]
PAGES += sorted((REPOSITORY / "docs").glob("*.md")) + sorted((REPOSITORY / "examples").glob("*/README.md"))
TEXT = {page.relative_to(REPOSITORY).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}


def commands():
    """{command line: page} of every `signalbus ...` in a code span or a block of code."""
    found = {}
    for page, text in TEXT.items():
        for line in re.findall(r"`(signalbus [a-z][^`\n]*)`", text):
            found[line] = page
        for line in re.findall(r"^(?: {4})?(?:build/release/bin/)?(signalbus [a-z][^\n]*)", text, re.MULTILINE):
            found[re.split(r"\s+#", line)[0]] = page
    return {line: page for line, page in found.items() if not re.match("signalbus (demo:|turns )", line)}


@pytest.fixture(scope="module")
def help_of():
    """help_of("alerts", "ack"): what `--help` says of the longest of these words that is a command."""
    known = {}

    def ask(*words):
        if words not in known:
            answer = call(*words, "--help")
            known[words] = answer.out if answer.code == 0 else ""
        return known[words]

    return ask


def test_every_command_of_the_documents_has_its_flags(help_of):
    assert len(commands()) > 30
    wrong = []
    for line, page in commands().items():
        words = re.findall(r"^[a-z]+$", "\n".join(line.split()[1:3]), re.MULTILINE)
        help_text = help_of(*words) or help_of(*words[:1])
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)) - {"--help", "--version"}
        missing = [flag for flag in flags if flag not in help_text]
        if not help_text or missing:
            wrong.append(f"{page}: {line}: {missing or 'no such command'}")
    assert not wrong, "\n".join(wrong)


def test_every_configuration_of_the_documents_loads(tmp_path):
    workspace = Workspace.example(tmp_path / "w")
    samples = [(page, text) for page, all_text in TEXT.items()
               for text in re.findall(r"```yaml\n(.*?)```", all_text, re.DOTALL) if not text.startswith("faults:")]
    assert len(samples) >= 2
    for page, text in samples:
        pick = "\nscheduler: {m1: {pick: equal_csv}}\n"
        (workspace / "config/config.yaml").write_text(text + pick, encoding="utf-8")
        answer = workspace.call("config check")
        assert answer.code == 0, f"{page}: {answer.err}"


def test_every_file_that_the_documents_name_is_there():
    texts = dict(TEXT)
    for script in sorted((REPOSITORY / "script").iterdir()):
        texts[f"script/{script.name}"] = script.read_text(encoding="utf-8")
    missing = []
    for page, text in texts.items():
        base = (REPOSITORY / page).parent
        linked = re.findall(r"\]\(([^)#:]+)\)", text)
        named = re.findall(r"(?<![\w./-])((?:docs|script|tests|testdata|examples|fuzz|src|cmake)/[\w./-]*\w)(?![\w*{<])",
                           text)
        for path in named:
            there = (REPOSITORY / path).exists() or (REPOSITORY / "src" / path).exists()
            if not there and not path.endswith("_"):
                missing.append(f"{page}: {path}")
        missing += [f"{page}: {path}" for path in linked if not (base / path).exists()]
    assert not missing, "\n".join(missing)


def test_the_readme_names_every_command():
    listed = re.findall(r"^  ([a-z]+)  ", call("--help").out, re.MULTILINE)
    assert len(listed) > 15
    readme = TEXT["README.md"]
    assert [name for name in listed if not re.search(rf"`{name}[ `]", readme)] == []
