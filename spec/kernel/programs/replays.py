"""A peer that replays the TCP options of a SYN in its SYN/ACK, and answers nothing else.

replays.py INTERFACE ADDRESS: says "ready" when it listens. It reads and writes frames itself, so that the
address must not be one of the kernel's.
"""
import socket
import struct
import sys

SYN, ACK = 0x02, 0x10


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def answer(frame):
    ip = frame[14:]
    length = (ip[0] & 15) * 4
    source, destination = ip[12:16], ip[16:20]
    tcp = ip[length:]
    own_port, port = struct.unpack("!HH", tcp[:4])[::-1]
    sequence = struct.unpack("!I", tcp[4:8])[0]
    options = tcp[20:(tcp[12] >> 4) * 4]
    head = struct.pack("!HHIIBBHHH", own_port, port, 1000, (sequence + 1) & 0xFFFFFFFF, (20 + len(options)) << 2,
                       SYN | ACK, 64240, 0, 0) + options
    pseudo = destination + source + struct.pack("!BBH", 0, 6, len(head))
    head = head[:16] + struct.pack("!H", checksum(pseudo + head)) + head[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(head), 0, 0, 64, 6, 0, destination, source)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return frame[6:12] + frame[0:6] + b"\x08\x00" + ip + head


interface, address = sys.argv[1], socket.inet_aton(sys.argv[2])
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
link.bind((interface, 0))
print("ready", flush=True)
while True:
    frame = link.recv(65536)
    tcp = 14 + (frame[14] & 15) * 4
    if frame[23] == 6 and frame[30:34] == address and frame[tcp + 13] & (SYN | ACK) == SYN:
        link.send(answer(frame))
