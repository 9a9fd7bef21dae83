"""A TCP proxy in front of the exchange that cuts one exchange of bytes at a chosen byte (K9).

It also keeps every order body that passed, so that "the same bytes again" is seen on the wire.
"""
import hashlib
import json
import socket
import struct
import threading
from collections import defaultdict

MARK = b"POST /v2/orders "


class Cut:
    """At which POST of an order (1, 2, ...), on which side, after how many bytes, and how."""

    def __init__(self, post, side, after, how):
        self.post = post
        self.side = side  # "request" or "response"
        self.after = after
        self.how = how  # "close", "reset" or "half" (that direction ends, the other stays open)

    def __str__(self):
        return f"POST {self.post}, {self.side} after {self.after} bytes, {self.how}"


def message_size(data):
    """The size of the HTTP message that `data` begins with; None while its head is not complete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    size = 0
    for line in data[:end].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            size = int(value)
    return end + 4 + size


def read_message(source, data):
    """One whole message and what came behind it; None at the end of the connection."""
    while True:
        size = message_size(data)
        if size is not None and len(data) >= size:
            return data[:size], data[size:]
        more = source.recv(65536)
        if not more:
            return None
        data += more


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Proxy:
    """Passes requests one by one; streams (upgraded connections) byte by byte."""

    def __init__(self, port, cut=None):
        self.target = port
        self.cut = cut
        self.has_cut = False
        self.posts = 0
        self.sizes = []  # of each POST of an order: (request, response)
        self.bodies = defaultdict(set)
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self, client):
        try:
            with client, socket.create_connection(("127.0.0.1", self.target)) as server:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.requests(client, server)
        except OSError:
            pass  # one of the two went away: that is what this is for

    def requests(self, client, server):
        before, behind = b"", b""
        while True:
            read = read_message(client, before)
            if read is None:
                return
            request, before = read
            if b"\r\nupgrade: websocket" in request.lower():
                server.sendall(request)
                return self.stream(client, server)
            number = self.note(request)
            cut = self.cut if number and self.cut and self.cut.post == number and not self.has_cut else None
            if cut and cut.side == "request":
                return self.end(server, client, request[:cut.after], cut)
            server.sendall(request)
            read = read_message(server, behind)
            if read is None:
                return
            answer, behind = read
            if number:
                self.sizes.append((len(request), len(answer)))
            if cut:
                return self.end(client, server, answer[:cut.after], cut)
            client.sendall(answer)

    def note(self, request):
        """The number of the POST of an order that this is, or 0."""
        if not request.startswith(MARK):
            return 0
        body = request[request.find(b"\r\n\r\n") + 4:]
        with self.lock:
            self.posts += 1
            self.bodies[json.loads(body)["client_order_id"]].add(hashlib.sha256(body).hexdigest())
            return self.posts

    def end(self, to, other, part, cut):
        """Sends the part to where it was going, then ends what `how` says."""
        self.has_cut = True
        to.sendall(part)
        if cut.how == "half":
            to.shutdown(socket.SHUT_WR)
            to.settimeout(20)
            while to.recv(65536):
                pass
        elif cut.how == "reset":
            reset(to)
            reset(other)

    def stream(self, client, server):
        def pump(source, sink):
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        other = threading.Thread(target=pump, args=(server, client), daemon=True)
        other.start()
        pump(client, server)
        other.join()
