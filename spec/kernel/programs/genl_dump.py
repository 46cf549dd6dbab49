"""Dumps what a command of generic netlink gives, without any library: genl_dump.py FAMILY COMMAND

A line for each message of the answer, of its attributes: type=bytes in hex digits. It is what the specs read
back with, so it shares nothing with what they test.
"""
import socket
import struct
import sys

NETLINK_GENERIC, GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300


def attributes(data):
    found = []
    while len(data) >= 4:
        length, kind = struct.unpack("=HH", data[:4])
        found.append((kind & 0x3FFF, data[4:length]))
        data = data[(length + 3) & ~3:]
    return found


def ask(sock, family, command, payload=b"", flags=NLM_F_ACK):
    body = struct.pack("=BBH", command, 1, 0) + payload
    sock.send(struct.pack("=IHHII", 16 + len(body), family, NLM_F_REQUEST | flags, 1, 0) + body)
    while True:
        data = sock.recv(1 << 16)
        while data:
            length, kind = struct.unpack("=IH", data[:6])
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                (error,) = struct.unpack("=i", data[16:20])
                if error:
                    sys.exit("errno %d" % -error)
                return
            yield attributes(data[20:length])
            data = data[(length + 3) & ~3:]


def family_id(sock, name):
    payload = name.encode() + b"\0"
    payload = struct.pack("=HH", 4 + len(payload), CTRL_ATTR_FAMILY_NAME) + payload
    payload += b"\0" * (-len(payload) % 4)
    answers = list(ask(sock, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, payload))
    return struct.unpack("=H", dict(answers[0])[CTRL_ATTR_FAMILY_ID])[0]


def main():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    for answer in ask(sock, family_id(sock, sys.argv[1]), int(sys.argv[2]), flags=NLM_F_DUMP):
        print(" ".join("%d=%s" % (kind, value.hex()) for kind, value in answer))


main()
