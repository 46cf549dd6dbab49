# A TCP echo server, for one client after the other: listen.py PORT [--fastopen]. smc_run.lua makes it one of SMC.
import socket
import sys

TCP_FASTOPEN = 23

server = socket.socket(socket.AF_INET6)
if "--fastopen" in sys.argv:
    server.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 5)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("::", int(sys.argv[1])))
server.listen()
while True:
    client, _ = server.accept()
    with client:
        try:
            client.sendall(client.recv(100))
        except OSError:
            pass
