"""The parts of the torture, each over as many points as asked for. script/torture and the tests call these."""
import math
import random as randomness
import shutil
import signal

import oracle
import power
import proxy
import shim
import traffic
from points import (Tally, account_of, check_done, failed_at, guarded, killed_at, reference)
from world import World

ERRORS = ["ENOSPC", "EIO", "EINTR", "short"]
WRITES = ["write", "pwrite64", "fsync", "fdatasync", "ftruncate"]


def spread(count, at_most):
    """1 to `count`, all of them or `at_most` evenly spread with both ends."""
    if at_most is None or count <= at_most:
        return list(range(1, count + 1))
    return sorted({1 + math.floor(i * (count - 1) / max(1, at_most - 1)) for i in range(at_most)})


def shares(items, options):
    """Every `jobs`-th item: what this process of several does."""
    return [item for index, item in enumerate(items) if index % options.jobs == options.job]


class Options:
    """What the command line, or a test, asks for."""

    def __init__(self, folder, keep=None, points=None, number=100, seed=1, job=0, jobs=1, mode="paper", transport="direct"):
        self.folder = folder
        self.keep = keep  # where failed cases go; None: the first failure is raised
        self.points = points  # at most so many of each kind; None: all
        self.number = number  # of random cases
        self.random = randomness.Random(f"{seed} {job}")
        self.job = job
        self.jobs = jobs
        self.mode = mode
        self.transport = transport

    def world(self, **template):
        template = {"mode": self.mode, "transport": self.transport, **template}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return World(self.folder, **template)


def counted(world, calls=shim.CHANGING):
    case = world.case()
    names = shim.count(case, world.folder / "calls", calls)
    case.remove()
    return names


def every_call(options):
    """K1: for each call in its turn, a kill there."""
    with options.world() as world:
        tally = Tally(f"K1 {options.mode}" + ("/" + options.transport if options.mode == "sim" else ""))
        wanted = reference(world)
        names = counted(world)
        print(f"{tally.name}: {len(names)} calls: {dict(shim.counts(names))}", flush=True)
        # A little beyond the count, because threads do not run the same way every time.
        for point in shares(spread(len(names) + 10, options.points), options):
            where = f"call {point} ({names[point - 1] if point <= len(names) else 'beyond'})"
            fired = guarded(tally, where, options.keep, killed_at, world, wanted, tally, point)
            tally.points += fired or 0
            tally.idle += fired == 0
    return tally


def two_kills(options):
    """K2: a kill, and another in the recovery from it."""
    with options.world() as world:
        tally = Tally(f"K2 {options.mode}")
        wanted = reference(world)
        size = len(counted(world))
        for _ in range(options.number):
            kills = [options.random.randint(1, size) for _ in range(2)]
            fired = guarded(tally, f"calls {kills}", options.keep, killed_at, world, wanted, tally, *kills)
            tally.points += fired == 2
            tally.idle += fired in (0, 1)
    return tally


def random_kills(options):
    """K3: kills and stops at random moments under a fault script. Points are kills that took place."""
    with options.world(end_wait=8) as world:
        tally = Tally("K3")
        stops = 0
        while tally.points < options.number:
            done = guarded(tally, f"after {tally.points} kills", options.keep, traffic.disturbed, world, tally,
                           options.random)
            tally.points += done[0] if done else 1
            stops += done[1] if done else 0
        tally.name += f" ({stops} second instances refused)"
    return tally


def every_error(options):
    """K4: each write and sync fails, once and from there on."""
    with options.world() as world:
        tally = Tally(f"K4 {options.mode}")
        wanted = reference(world)
        found = shim.counts(counted(world, WRITES))
        todo = [(call, n, error, onwards) for call in WRITES for error in ERRORS
                for onwards in ((False, True) if error in ("ENOSPC", "EIO") else (False,))
                for n in spread(found[call], options.points)
                if error != "short" or call in ("write", "pwrite64")]
        for call, n, error, onwards in shares(todo, options):
            where = f"{error} at {call} {n}{' and later' if onwards else ''}"
            guarded(tally, where, options.keep, failed_at, world, wanted, tally, call, n, error, onwards)
            tally.points += 1
    return tally


def lost_power(options):
    """K5: killed anywhere, and the disk keeps only what was synced and some of the rest."""
    with options.world() as world:
        tally = Tally(f"K5 {options.mode}")
        wanted = reference(world)
        size = len(counted(world))
        for number in range(options.number):
            point = options.random.randint(1, size)
            keep = options.random.choice(["none", "all", "some", "some"])
            guarded(tally, f"call {point}, {keep} kept, case {number}", options.keep, dark, world, wanted, tally, point,
                    keep, options.random)
            tally.points += 1
    return tally


def dark(world, wanted, tally, point, keep, random):
    case = world.case()
    start = case.root.parent / (case.root.name + ".start")
    shutil.copytree(case.root, start)
    log = world.folder / "writes"
    code = case.run(env=shim.kill_at(point, [*shim.CHANGING, "lseek"], log=log))
    tally.runs += 1
    assert code in (-9, 0), f"exit {code}\n{case.said}"
    power.replace_by_image(case, start, log, random, keep)
    shutil.rmtree(start)
    oracle.check_write_ahead(oracle.Books(case.root), account_of(world, case))
    tally.runs += len(case.until_done())
    check_done(world, case, wanted)
    case.remove()


def few_descriptors(options):
    """K7: too few file descriptors, from none to enough."""
    with options.world() as world:
        tally = Tally("K7")
        wanted = reference(world)
        for limit in shares(list(range(3, 30)), options):
            guarded(tally, f"ulimit -n {limit}", options.keep, starved, world, wanted, tally, limit)
            tally.points += 1
    return tally


def starved(world, wanted, tally, limit):
    case = world.case()
    # 127: the dynamic linker could not open the libraries.
    # To look at an object, UBSan needs a pipe; where it gets none it ends the program, which is one more kind of kill.
    code = case.run(before=["bash", "-c", f'ulimit -n {limit}; exec "$@"', "limited"],
                    spoilt="object has invalid vptr")
    tally.runs += 1
    assert code in (0, 2, 3, 6, 7, 127, -signal.SIGKILL), f"exit {code}\n{case.said}"
    oracle.check_write_ahead(oracle.Books(case.root), account_of(world, case))
    if code != 0:
        tally.runs += len(case.until_done())
    check_done(world, case, wanted)
    case.remove()


def every_byte(options):
    """K9: the connection ends after each byte of the POST of an order, there and back."""
    with options.world() as world:
        tally = Tally("K9")
        wanted = reference(world)
        case = world.case()
        plain = proxy.Proxy(case.exchange.port)
        assert through(case, plain) == 0, case.said
        plain.close()
        todo = []
        for post, sizes in enumerate(plain.sizes, 1):
            for side, size in zip(("request", "response"), sizes):
                for how in ("close", "reset", "half"):
                    todo += [(post, side, n - 1, how) for n in spread(size, options.points)]
        # The first POST byte by byte; of the others, which differ in little, as many as asked for.
        first = [cut for cut in todo if cut[0] == 1]
        others = [cut for cut in todo if cut[0] != 1]
        options.random.shuffle(others)
        for cut in shares(first + others[:options.number], options):
            cut = proxy.Cut(*cut)
            guarded(tally, str(cut), options.keep, cut_off, world, wanted, tally, cut)
            tally.points += 1
    return tally


def through(case, way):
    """A run whose orders go through the proxy."""
    process = case.start(env={"APCA_API_BASE_URL": way.url})
    return case.finish(process)


def cut_off(world, wanted, tally, cut):
    case = world.case()
    way = proxy.Proxy(case.exchange.port, cut)
    try:
        code = through(case, way)
        tally.runs += 1
        assert code in (0, 6), f"exit {code}\n{case.said}"
        assert way.has_cut, "nothing was cut"
        assert all(len(bodies) == 1 for bodies in way.bodies.values()), "one id was sent with two bodies"
    finally:
        way.close()
    oracle.check_write_ahead(oracle.Books(case.root), account_of(world, case))
    if code != 0:
        tally.runs += len(case.until_done())
    check_done(world, case, wanted)
    case.remove()


PARTS = {"kill": every_call, "twice": two_kills, "random": random_kills, "errors": every_error, "power": lost_power,
         "descriptors": few_descriptors, "network": every_byte}
__all__ = ["PARTS", "Options"]
