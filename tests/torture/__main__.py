"""The long form: python tests/torture [part ...] with options; script/torture builds first, then calls this."""
import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from campaign import PARTS, Options  # noqa: E402
from shim import LIBRARY  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(prog="script/torture", description="Tortures the real binary; see "
                                                                        "tests/torture/README.md.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "all"], default=["all"], help="default: all")
    parser.add_argument("--mode", choices=["paper", "sim"], default="paper")
    parser.add_argument("--transport", choices=["direct", "http"], default="direct", help="of mode sim")
    parser.add_argument("--number", type=int, default=1000, help="cases of the random parts")
    parser.add_argument("--points", type=int, help="at most so many of the exhaustive parts, spread; default: all")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where it works; default: memory, where there is some")
    parser.add_argument("--keep", type=Path, default=Path("build/torture"), help="where failed cases go")
    return parser.parse_args()


def work(part, arguments, job, results):
    base = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="torture-", dir=arguments.folder or base) as folder:
        options = Options(Path(folder) / "world", arguments.keep / f"{part}-{arguments.seed}-{job}", arguments.points,
                          arguments.number, arguments.seed, job, arguments.jobs, arguments.mode, arguments.transport)
        tally = PARTS[part](options)
        results.put({"name": tally.name, "points": tally.points, "runs": tally.runs, "idle": tally.idle,
                     "failures": tally.failures, "line": tally.line()})


def main():
    arguments = parse()
    if not LIBRARY.exists():
        sys.exit(f"{LIBRARY} is not there; build the target sbfault")
    arguments.keep.mkdir(parents=True, exist_ok=True)
    print(f"seed {arguments.seed}", flush=True)
    parts = list(PARTS) if "all" in arguments.parts else arguments.parts
    failed = 0
    for part in parts:
        results = multiprocessing.Queue()
        processes = [multiprocessing.Process(target=work, args=(part, arguments, job, results))
                     for job in range(arguments.jobs)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            failed += process.exitcode != 0
        while not results.empty():
            tally = results.get()
            failed += len(tally["failures"])
            print(tally["line"], flush=True)
            for failure in tally["failures"]:
                print(f"  FAILED {failure}")
            with open(arguments.keep / "tally.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps({**tally, "part": part, "seed": arguments.seed, "mode": arguments.mode}) + "\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
