"""A server of names that answers only when somebody has connected to a port: every name is 127.0.0.1.

slow_names.py PORT: says "ready" when it listens.
"""
import socket
import struct
import sys

A = 1


def answer(query):
    end = query.index(b"\0", 12) + 5
    kind = struct.unpack("!H", query[end - 4:end - 2])[0]
    found = b"\xc0\x0c" + struct.pack("!HHIH4B", A, 1, 60, 4, 127, 0, 0, 1) if kind == A else b""
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if found else 0, 0, 0) + query[12:end] + found


names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
print("ready", flush=True)
server.accept()[0].close()
while True:
    query, client = names.recvfrom(512)
    names.sendto(answer(query), client)
