"""Files up to 400 lines and functions up to 70, unless the file says why (a comment with `size:`)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70


def functions(lines):
    """Pairs (first line, length) of bodies that open at column 0 or 2 and close at the same column."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None:
            if re.match(r"^( {2})?[A-Za-z~].*\) ?(const|noexcept|override|final| )*(->.*)?\{$", line):
                start, indent = number, len(line) - len(line.lstrip())
        elif line.startswith(" " * indent + "}") and len(line) - len(line.lstrip()) == indent:
            yield start, number - start + 1
            start = None


def main():
    problems = []
    for folder in ("src", "fuzz", "bench", "sim"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            text = path.read_text()
            if "// size:" in text:
                continue
            lines = text.splitlines()
            name = path.relative_to(ROOT)
            is_test = path.name.endswith("_test.cc")
            if len(lines) > FILE_LINES_MAX and not is_test:
                problems.append(f"{name}: {len(lines)} lines, the limit is {FILE_LINES_MAX}")
            for start, length in functions(lines):
                if length > FUNCTION_LINES_MAX and not is_test:
                    problems.append(f"{name}:{start}: function of {length} lines, the limit is "
                                    f"{FUNCTION_LINES_MAX}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
