// SPDX-License-Identifier: MIT
/*
 * ends DOMAIN: makes connections to itself by 127.0.0.1, ends them in every way, and prints what SO_ERROR of
 * each socket is then, a line each, asked twice: "WHAT FIRST SECOND". DOMAIN is that of the sockets: 2, or
 * 43 to ask for SMC without the library.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int domain;
static struct sockaddr_in address;

static int so_error(int fd)
{
	int err = -1;
	socklen_t length = sizeof(err);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &length) ? -1 : err;
}

static void tell(const char *what, int fd)
{
	int first = so_error(fd);

	printf("%s %d %d\n", what, first, so_error(fd));
}

static int listening(void)
{
	socklen_t length = sizeof(address);
	int fd = socket(domain, SOCK_STREAM, 0);

	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&address, length);
	listen(fd, 5);
	getsockname(fd, (struct sockaddr *)&address, &length);
	return fd;
}

/* Waits for what the other side does. */
static void await(int fd, short events)
{
	struct pollfd look = { .fd = fd, .events = events };

	poll(&look, 1, -1);
}

/* Both ends of a connection; the first is the client's, which has said so many bytes to the other. */
static void open_pair(int listener, int said, int ends[2])
{
	ends[0] = socket(domain, SOCK_STREAM, 0);
	if (connect(ends[0], (struct sockaddr *)&address, sizeof(address)))
		exit(1);
	ends[1] = accept(listener, NULL, NULL);
	if (said && send(ends[0], "0123456789", (size_t)said, 0) == said)
		await(ends[1], POLLIN);
}

static void close_one(int listener, int said, int closed, const char *what)
{
	int ends[2];

	open_pair(listener, said, ends);
	close(ends[closed]);
	await(ends[!closed], POLLRDHUP);
	tell(what, ends[!closed]);
	close(ends[!closed]);
}

static void shut(int listener, int how, const char *what)
{
	int ends[2];

	open_pair(listener, 0, ends);
	shutdown(ends[0], how);
	if (how != SHUT_RD)
		await(ends[1], POLLRDHUP);
	tell(what, ends[0]);
	tell("  its peer", ends[1]);
	shutdown(ends[1], how);
	if (how != SHUT_RD)
		await(ends[0], POLLRDHUP);
	tell("  after the peer did so, too", ends[0]);
	tell("  its peer", ends[1]);
	close(ends[0]);
	close(ends[1]);
}

int main(int argc, char **argv)
{
	int ends[2], listener, bound;

	domain = argc > 1 ? atoi(argv[1]) : AF_INET;
	listener = listening();
	tell("listener", listener);
	open_pair(listener, 0, ends);
	tell("client", ends[0]);
	tell("accepted", ends[1]);
	close_one(listener, 0, 1, "client whose server closed");
	close_one(listener, 0, 0, "server whose client closed");
	close_one(listener, 10, 1, "client whose server closed with bytes unread");
	shut(listener, SHUT_RD, "shut for reading");
	shut(listener, SHUT_WR, "shut for writing");
	shut(listener, SHUT_RDWR, "shut");
	tell("UDP", socket(AF_INET, SOCK_DGRAM, 0));
	tell("fresh", socket(domain, SOCK_STREAM, 0));
	bound = socket(domain, SOCK_STREAM, 0);
	address.sin_port = 0;
	bind(bound, (struct sockaddr *)&address, sizeof(address));
	tell("bound", bound);
	tell("no socket", 99);
	return 0;
}
