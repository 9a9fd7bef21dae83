"""K5: lost power. From what a killed process wrote and synced, disks as a power cut may leave them.

A disk keeps what was synced, and of the rest any part: of each file's bytes any blocks of 512, of the names any
that were made, moved or removed since their folder was synced. The shim's log has all writes with their bytes.
"""
import os
import shutil
from pathlib import Path

import shim

BLOCK = 512
O_CREAT, O_TRUNC, O_APPEND = 0o100, 0o1000, 0o2000


FOLDER = -1  # stands where a name's number stands


class Disk:
    """Files by number, names with their numbers; of each what is durable and what is not yet."""

    def __init__(self, start, root):
        """`start` is what lies in `root` before anything happens."""
        self.root = Path(root)
        self.durable = {}  # number: bytes
        self.pending = {}  # number: list of (offset, bytes) or ("size", n)
        self.current = {}  # path: number, as the process sees it
        self.kept = {}  # path: number, as a cut leaves it for certain
        self.moves = []  # not yet certain: (folder, changes); the changes of one move come together
        for path in sorted(Path(start).rglob("*")):
            name = str(self.root / path.relative_to(start))
            if path.is_dir():
                self.current[name] = self.kept[name] = FOLDER
            else:
                self.current[name] = self.kept[name] = self.new_file(path.read_bytes())

    def new_file(self, content=b""):
        number = len(self.durable)
        self.durable[number] = content
        self.pending[number] = []
        return number

    def is_ours(self, path):
        return path.startswith(str(self.root) + "/")

    def name(self, *changes):
        """Each change is a path and its new number, None where the name goes."""
        set_names(self.current, changes)
        self.moves.append((os.path.dirname(changes[0][0]), changes))

    def sync_file(self, number):
        self.durable[number] = apply(self.durable[number], self.pending[number])
        self.pending[number] = []

    def sync_folder(self, folder):
        """Names are certain now; a number whose bytes were not synced keeps its doubt."""
        for of, changes in self.moves:
            if of == folder:
                set_names(self.kept, changes)
        self.moves = [move for move in self.moves if move[0] != folder]

    def image(self, target, random, keep):
        """Writes a disk that a cut may leave: `keep` is "none", "all" or "some"."""
        names = dict(self.kept)
        for _, changes in self.moves:
            if keep == "all" or (keep == "some" and random.random() < 0.5):
                set_names(names, changes)
        target = Path(target)
        target.mkdir(exist_ok=True)
        for path, number in sorted(names.items()):
            if not self.is_reached(path, names):
                continue
            if number == FOLDER:
                (target / os.path.relpath(path, self.root)).mkdir(mode=0o700 if "/state" in path else 0o755)
                continue
            writes = [write for write in self.pending[number] if keep != "none"]
            if keep == "some":
                writes = torn(writes, random)
            place = target / os.path.relpath(path, self.root)
            place.write_bytes(apply(self.durable[number], writes))
            place.chmod(0o600 if "/state/" in path else 0o644)

    def is_reached(self, path, names):
        """A file in a folder whose own name was lost is lost with it."""
        folder = os.path.dirname(path)
        return folder == str(self.root) or (names.get(folder) == FOLDER and self.is_reached(folder, names))


def set_names(names, changes):
    for path, number in changes:
        if number is None:
            names.pop(path, None)
        else:
            names[path] = number


def apply(content, writes):
    data = bytearray(content)
    for offset, part in writes:
        if offset == "size":
            del data[part:]
            data.extend(bytes(part - len(data)))
            continue
        data.extend(bytes(max(0, offset + len(part) - len(data))))
        data[offset:offset + len(part)] = part
    return bytes(data)


def torn(writes, random):
    """Any blocks of any of the writes, each on its own."""
    out = []
    for offset, part in writes:
        if offset == "size":
            if random.random() < 0.5:
                out.append((offset, part))
            continue
        at = 0
        while at < len(part):
            step = BLOCK - (offset + at) % BLOCK
            if random.random() < 0.5:
                out.append((offset + at, part[at:at + step]))
            at += step
    return out


class Replay:
    """Follows the log of one process and its threads."""

    def __init__(self, disk, folder):
        self.disk = disk
        self.folder = str(folder)
        self.open = {}  # descriptor: [number or None, path, offset, is append]

    def path(self, raw):
        return os.path.normpath(os.path.join(self.folder, raw.decode()))

    def feed(self, log):
        for call in shim.read_log(log):
            if call.result >= 0:
                self.call(call)

    def call(self, call):
        disk = self.disk
        paths = [self.path(raw) for raw in call.data.split(b"\0")[:-1]] if call.name not in ("write", "pwrite64") else []
        if call.name == "openat":
            return self.do_open(paths[0], call.arguments[2], call.result)
        if call.name == "mkdir":
            if disk.is_ours(paths[0]):
                disk.name((paths[0], FOLDER))
            return None
        if call.name in ("rename", "link", "unlink"):
            return self.do_name(call.name, paths)
        if call.name == "close":
            self.open.pop(call.arguments[0], None)
            return None
        file = self.open.get(call.arguments[0])
        return self.on_file(file, call) if file is not None else None

    def on_file(self, file, call):
        number, path, _, _ = file
        disk = self.disk
        if call.name in ("fsync", "fdatasync"):
            if number is None:
                disk.sync_folder(path)
            else:
                disk.sync_file(number)
        elif number is None:
            return
        elif call.name == "ftruncate":
            disk.pending[number].append(("size", call.arguments[1]))
        elif call.name == "pwrite64":
            disk.pending[number].append((call.arguments[3], call.data))
        elif call.name == "lseek":
            file[2] = call.result
        elif call.name == "write":
            if file[3]:
                file[2] = len(apply(disk.durable[number], disk.pending[number]))
            disk.pending[number].append((file[2], call.data))
            file[2] += len(call.data)

    def do_open(self, path, flags, descriptor):
        disk = self.disk
        self.open.pop(descriptor, None)
        if disk.current.get(path) == FOLDER or path == str(disk.root):
            self.open[descriptor] = [None, path, 0, False]
            return
        if not disk.is_ours(path):
            return
        number = disk.current.get(path)
        if number is None:
            if not flags & O_CREAT:
                return
            number = disk.new_file()
            disk.name((path, number))
        if flags & O_TRUNC:
            disk.pending[number].append(("size", 0))
        self.open[descriptor] = [number, path, 0, bool(flags & O_APPEND)]

    def do_name(self, call, paths):
        disk = self.disk
        if not all(map(disk.is_ours, paths)):
            return
        if call == "unlink":
            disk.name((paths[0], None))
            return
        number = disk.current.get(paths[0])
        if number is None:
            return
        disk.name((paths[1], number), *([(paths[0], None)] if call == "rename" else []))


def replace_by_image(case, start, log, random, keep):
    """The workspace as a power cut at this moment may leave it. `start` is a copy from before the run."""
    disk = Disk(start, case.root)
    Replay(disk, case.root).feed(log)
    shutil.rmtree(case.root)
    disk.image(case.root, random, keep)
