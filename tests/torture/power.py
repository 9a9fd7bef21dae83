"""K5: lost power. From what a killed process wrote and synced, disks as a power cut may leave them.

A disk keeps what was synced, and of the rest any part: of each file's bytes any blocks of 512, of the names any
that were made, moved or removed since their folder was synced. strace's log has all writes with their bytes.
"""
import os
import re
import shutil
from pathlib import Path

BLOCK = 512
TRACED = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,link,unlink,mkdir,close,dup,dup2,dup3,fcntl"
LINE = re.compile(r"^(\d+) +([a-z_0-9]+)\((.*)\) += (-?\d+)")
QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def record_and(prefix, log):
    """strace's words for `prefix` (an injection) that also keep every write in `log`."""
    injection = [word for word in prefix if word.startswith("inject=")]
    traced = set(TRACED.split(","))
    traced.update(word.split(":")[0].removeprefix("inject=") for word in injection)
    command = ["strace", "-f", "-qq", "--seccomp-bpf", "-xx", "-s", "4194304", "-o", str(log),
               "-e", "trace=" + ",".join(sorted(traced))]
    return command + [part for word in injection for part in ("-e", word)]


class Disk:
    """Files by number, folders as maps from name to number; each with what is durable and what is not yet."""

    def __init__(self, root):
        self.root = Path(root)
        self.durable = {}  # number: bytes
        self.pending = {}  # number: list of (offset, bytes) or ("size", n)
        self.current = {}  # path: number, as the process sees it
        self.kept = {}  # path: number, as a cut leaves it for certain
        self.moves = []  # not yet certain: (folder, changes); the changes of one move come together
        self.folders = set()
        for path in sorted(self.root.rglob("*")):
            if path.is_dir():
                self.folders.add(str(path))
            else:
                number = self.new_file(path.read_bytes())
                self.current[str(path)] = self.kept[str(path)] = number

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
        for folder in self.folders:
            (target / os.path.relpath(folder, self.root)).mkdir(parents=True, exist_ok=True)
        for path, number in names.items():
            writes = [write for write in self.pending[number] if keep != "none"]
            if keep == "some":
                writes = torn(writes, random)
            place = target / os.path.relpath(path, self.root)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(apply(self.durable[number], writes))


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
    """Follows strace's log of one process and its threads."""

    def __init__(self, disk, folder):
        self.disk = disk
        self.folder = str(folder)
        self.open = {}  # descriptor: [number or None, path, offset, is append]
        self.synced_folders = 0

    def texts(self, arguments):
        return [bytes.fromhex(t.replace("\\x", "")) for t in QUOTED.findall(arguments)]

    def path(self, raw):
        return os.path.normpath(os.path.join(self.folder, raw.decode()))

    def feed(self, log):
        started = {}
        for line in Path(log).read_text().splitlines():
            if "<unfinished ...>" in line:
                thread, rest = line.split(None, 1)
                started[thread] = rest.replace("<unfinished ...>", "")
                continue
            resumed = re.match(r"^(\d+) +<\.\.\. \S+ resumed>(.*)$", line)
            if resumed:
                line = f"{resumed[1]} {started.pop(resumed[1], '')}{resumed[2]}"
            found = LINE.match(line)
            if found and int(found[4]) >= 0:
                self.call(found[2], found[3], int(found[4]))
        for rest in started.values():  # killed inside: it may have happened
            found = re.match(r"^([a-z_0-9]+)\((.*)$", rest)
            if found and found[1] in ("pwrite64", "write"):
                self.call(found[1], found[2].rstrip(", ") + ")", 0)

    def call(self, name, arguments, result):
        disk = self.disk
        if name == "openat":
            return self.do_open(self.path(self.texts(arguments)[0]), arguments, result)
        if name == "mkdir":
            path = self.path(self.texts(arguments)[0])
            if disk.is_ours(path):
                disk.folders.add(path)  # folders are taken for certain: an empty one harms nobody
            return None
        if name in ("rename", "link", "unlink"):
            return self.do_name(name, [self.path(raw) for raw in self.texts(arguments)])
        descriptor = int(re.match(r"\d+", arguments)[0]) if arguments[:1].isdigit() else None
        file = self.open.get(descriptor)
        if name == "close":
            self.open.pop(descriptor, None)
        elif file is None:
            return None
        elif name in ("fsync", "fdatasync"):
            if file[0] is None:
                disk.sync_folder(file[1])
                self.synced_folders += 1
            else:
                disk.sync_file(file[0])
        elif file[0] is None:
            return None
        elif name == "ftruncate":
            disk.pending[file[0]].append(("size", int(arguments.rsplit(",", 1)[1])))
        elif name == "pwrite64":
            offset = int(arguments.rsplit(",", 1)[1].rstrip(")"))
            disk.pending[file[0]].append((offset, self.texts(arguments)[0]))
        elif name == "write":
            data = self.texts(arguments)[0]
            if file[3]:
                file[2] = len(apply(disk.durable[file[0]], disk.pending[file[0]]))
            disk.pending[file[0]].append((file[2], data))
            file[2] += len(data)
        return None

    def do_open(self, path, arguments, descriptor):
        disk = self.disk
        if not disk.is_ours(path) and path != str(disk.root):
            self.open.pop(descriptor, None)
            return
        if path in disk.folders or path == str(disk.root):
            self.open[descriptor] = [None, path, 0, False]
            return
        number = disk.current.get(path)
        if number is None:
            if "O_CREAT" not in arguments:
                return
            number = disk.new_file()
            disk.name((path, number))
        if "O_TRUNC" in arguments:
            disk.pending[number].append(("size", 0))
        self.open[descriptor] = [number, path, 0, "O_APPEND" in arguments]

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
    disk = Disk(start)
    replay = Replay(disk, start)
    # The log names the workspace; the copy stands for it.
    text = log.read_text().replace(hexed(str(case.root)), hexed(str(start)))
    log.write_text(text)
    replay.feed(log)
    shutil.rmtree(case.root)
    disk.image(case.root, random, keep)


def hexed(text):
    return "".join(f"\\x{byte:02x}" for byte in text.encode())
