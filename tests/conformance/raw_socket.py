"""A WebSocket without a client between: what was sent, and by which opcode."""
import json

import msgpack
from websockets.sync.client import connect


class RawSocket:
    """Frames as they come. A binary frame is bytes, a text frame str."""

    def __init__(self, url, **headers):
        self._connection = connect(url, additional_headers=headers, compression=None, open_timeout=10, proxy=None)
        self.socket = self._connection.__enter__()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._connection.__exit__(*error)

    def send(self, message):
        self.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))

    def frame(self, seconds=10):
        return self.socket.recv(timeout=seconds)

    def json(self, seconds=10):
        return json.loads(self.frame(seconds))

    def packed(self, seconds=10):
        frame = self.frame(seconds)
        assert isinstance(frame, bytes), f"msgpack travels in binary frames, not in text: {frame!r}"
        return msgpack.unpackb(frame)

    def quiet(self, seconds=0.3):
        """Nothing comes for a while."""
        try:
            frame = self.socket.recv(timeout=seconds)
        except TimeoutError:
            return
        raise AssertionError(f"unexpected: {frame!r}")


def trading(exchange, key, secret="secret"):
    """A trading stream, logged in. The answer to the login comes with it."""
    socket = RawSocket(f"{exchange.ws}/stream")
    socket.send({"action": "authenticate", "data": {"key_id": key, "secret_key": secret}})
    return socket, socket.json()
