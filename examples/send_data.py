#!/usr/bin/env python3
"""A plain TCP client: sends each line of standard input to HOST PORT and prints what comes back."""

import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect((sys.argv[1], int(sys.argv[2])))
answers = client.makefile("rb")
for line in sys.stdin.buffer:
    client.sendall(line)
    sys.stdout.buffer.write(answers.readline())
    sys.stdout.buffer.flush()
