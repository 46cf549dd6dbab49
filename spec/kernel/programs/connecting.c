// SPDX-License-Identifier: MIT
/*
 * connecting ADDRESS PORT [SYN_RETRIES]: connects without blocking, waits until poll(2) says something,
 * and prints what SO_ERROR was, a line each:
 *   fresh N              before connect()
 *   under way N          after it, where SYN_RETRIES is given: nobody answers so soon
 *   then N               after poll()
 *   again N              asked once more
 *   short N M            asked for two bytes: these, and the two behind them, which nobody may write
 *   errno N              77 when getsockopt() left it alone, as it has to
 *   connected yes|no     as getpeername(2) says
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int so_error(int fd)
{
	int err = -1;
	socklen_t length = sizeof(err);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &length) ? -1 : err;
}

static void print_short(int fd)
{
	unsigned short bytes[2] = { 0, 0 };
	socklen_t length = sizeof(bytes[0]);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, bytes, &length))
		bytes[0] = 1;
	printf("short %d %d\n", bytes[0], bytes[1]);
}

static socklen_t fill(struct sockaddr_storage *address, const char *host, const char *port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = strchr(host, ':') ? AF_INET6 : AF_INET;
	in->sin_port = htons((unsigned short)atoi(port)); /* in the same place in both */
	if (address->ss_family == AF_INET) {
		inet_pton(AF_INET, host, &in->sin_addr);
		return sizeof(*in);
	}
	inet_pton(AF_INET6, host, &in6->sin6_addr);
	return sizeof(*in6);
}

int main(int argc, char **argv)
{
	struct sockaddr_storage address;
	socklen_t length = fill(&address, argv[1], argv[2]);
	int retries = argc > 3 ? atoi(argv[3]) : 0;
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd end = { .fd = fd, .events = POLLOUT };

	printf("fresh %d\n", so_error(fd));
	if (retries)
		setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &retries, sizeof(retries));
	if (!connect(fd, (struct sockaddr *)&address, length) || errno != EINPROGRESS)
		return printf("connect() ended: %s\n", strerror(errno));
	if (retries)
		printf("under way %d\n", so_error(fd));
	poll(&end, 1, -1);
	errno = 77;
	printf("then %d\n", so_error(fd));
	printf("again %d\n", so_error(fd));
	print_short(fd);
	printf("errno %d\n", errno);
	length = sizeof(address);
	printf("connected %s\n", getpeername(fd, (struct sockaddr *)&address, &length) ? "no" : "yes");
	return 0;
}
