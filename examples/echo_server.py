#!/usr/bin/env python3
"""A plain TCP echo server for one client at a time: echo_server.py HOST PORT"""

import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen()
while True:
    client, address = server.accept()
    try:
        while data := client.recv(65536):
            client.sendall(data)
    except ConnectionError as error:  # this client has ended; the next one is served
        print(error, file=sys.stderr)
    client.close()
