"""Holds the includes and the CMake targets against table.txt, and pure folders against a ban list."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"

# What a pure folder must not touch: time, environment, files, sockets, randomness, threads, logs, and
# containers whose order is not the program's.
BANNED = [
    (r"\b(system_clock|steady_clock|high_resolution_clock)\b", "a clock"),
    (r"\b(time|clock_gettime|gettimeofday)\s*\(", "a clock"),
    (r"\bgetenv\b", "the environment"),
    (r"\b(fopen|ifstream|ofstream|fstream|filesystem)\b", "files"),
    (r"#include\s*<(sys/socket|netinet|arpa|poll|fcntl|unistd)", "the system"),
    (r"\b(rand|srand|random_device|mt19937)\b", "randomness"),
    (r"\bstd::(thread|jthread|async|mutex)\b", "threads"),
    (r"\bspdlog\b", "logs"),
    (r"\bunordered_(map|set|multimap|multiset)\b", "containers without an order"),
    (r"\b(float|double)\s+(\w+_)?(price|money|notional|cash|equity|usd)(_\w+)?\s*[;=,)]", "money as a float"),
]
# The one place where a pure folder shows money as a statistic: weights are doubles.
ALLOWED = {("planning/plan_orders.cc", "money as a float")}


def read_table():
    table, pure = {}, set()
    for line in (ROOT / "tests/layering/table.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, allowed = line.split(":")
        name = name.strip()
        if name.endswith("*"):
            name = name[:-1]
            pure.add(name)
        table[name] = set(allowed.split())
    return table, pure


def check_includes(table, problems):
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        folder = path.relative_to(SOURCE).parts[0]
        if folder not in table:
            problems.append(f"{path.relative_to(ROOT)}: folder {folder} is not in table.txt")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'#include "([a-z_]+)/', line)
            if match is None:
                continue
            target = match.group(1)
            # Tests may use the adapters they test against; the product may not.
            if path.name.endswith("_test.cc"):
                continue
            if target != folder and target not in table[folder]:
                problems.append(
                    f"{path.relative_to(ROOT)}:{number}: {folder} may not include {target}; "
                    "change the code, or tests/layering/table.txt with a reason in ARCHITECTURE.md")


def check_targets(table, problems):
    text = (ROOT / "CMakeLists.txt").read_text()
    for name, arguments in re.findall(r"sb_module\((\w+)([^)]*)\)", text):
        deps = re.search(r"DEPS([^)]*?)(?:LIBS|TEST_LIBS|$)", arguments)
        for dep in (deps.group(1).split() if deps else []):
            if dep not in table.get(name, set()):
                problems.append(f"CMakeLists.txt: target {name} may not depend on {dep}")


def check_cycles(table, problems):
    done, path = set(), []

    def visit(name):
        if name in path:
            problems.append("cycle: " + " -> ".join(path[path.index(name):] + [name]))
            return
        if name in done:
            return
        path.append(name)
        for target in sorted(table.get(name, ())):
            visit(target)
        path.pop()
        done.add(name)

    for name in table:
        visit(name)


def check_bans(pure, problems):
    for folder in sorted(pure):
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix not in (".h", ".cc") or path.name.endswith("_test.cc"):
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line.split("//")[0])
                for pattern, what in BANNED:
                    key = (str(path.relative_to(SOURCE)), what)
                    if re.search(pattern, code) and key not in ALLOWED:
                        problems.append(f"{path.relative_to(ROOT)}:{number}: {what} in a pure folder: "
                                        f"{line.strip()}")


def main():
    table, pure = read_table()
    problems = []
    check_includes(table, problems)
    check_targets(table, problems)
    check_cycles(table, problems)
    check_bans(pure, problems)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
