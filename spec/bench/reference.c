// SPDX-License-Identifier: MIT
/*
 * The benchmarks' yardstick: what worker.lua does, by plain read(2) and write(2).
 *
 * reference ROLE tcp|smc PORT COUNT. The answering roles (echo, sink) listen on 127.0.0.1, say
 * "ready" and serve one connection; the others connect, and print the seconds that they took.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AF_SMC_FAMILY 43
#define MESSAGE 64
#define BLOCK   65536
#define LINE    80

static char block[BLOCK];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct sockaddr_in address(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int new_socket(const char *family)
{
	int fd = socket(strcmp(family, "smc") == 0 ? AF_SMC_FAMILY : AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static int serve(const char *family, int port)
{
	struct sockaddr_in a = address(port);
	int server = new_socket(family), on = 1, fd;

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(server, 1) != 0)
		err(1, "port %d", port);
	puts("ready");
	fflush(stdout);
	fd = accept(server, NULL, NULL);
	if (fd < 0)
		err(1, "accept");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static int reach(const char *family, int port)
{
	struct sockaddr_in a = address(port);
	int fd = new_socket(family), on = 1;

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		err(1, "connect to port %d", port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0)
			err(1, "write");
		data += n;
		size -= (size_t)n;
	}
}

/* False at the end of the stream. */
static int read_all(int fd, char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = read(fd, data, size);

		if (n < 0)
			err(1, "read");
		if (n == 0)
			return 0;
		data += n;
		size -= (size_t)n;
	}
	return 1;
}

static void echo(int fd, long count)
{
	(void)count;
	while (read_all(fd, block, MESSAGE))
		write_all(fd, block, MESSAGE);
}

static void sink(int fd, long count)
{
	for (long i = 0; i < count; i++)
		read_all(fd, block, BLOCK);
	write_all(fd, "!", 1);
}

static void ping(int fd, long count)
{
	for (long i = 0; i < count; i++) {
		write_all(fd, block, MESSAGE);
		read_all(fd, block, MESSAGE);
	}
}

static void source(int fd, long count)
{
	for (long i = 0; i < count; i++)
		write_all(fd, block, BLOCK);
	read_all(fd, block, 1);
}

static void lines(int fd, long count)
{
	size_t whole = BLOCK / LINE * LINE, left = (size_t)count * LINE, at;

	for (at = 0; at < BLOCK; at++)
		block[at] = at % LINE == LINE - 1 ? '\n' : 'x';
	for (; left > 0; left -= whole < left ? whole : left)
		write_all(fd, block, whole < left ? whole : left);
	read_all(fd, block, 1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int fd, long count);
		int answers;
	} roles[] = {
		{"echo", echo, 1}, {"sink", sink, 1}, {"ping", ping, 0}, {"source", source, 0},
		{"lines", lines, 0},
	};

	if (argc != 5)
		errx(2, "usage: reference ROLE tcp|smc PORT COUNT");
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		double start;
		int fd;

		if (strcmp(argv[1], roles[i].name) != 0)
			continue;
		fd = roles[i].answers ? serve(argv[2], atoi(argv[3])) : reach(argv[2], atoi(argv[3]));
		start = now();
		roles[i].run(fd, atol(argv[4]));
		if (!roles[i].answers)
			printf("%.6f\n", now() - start);
		return 0;
	}
	errx(2, "no role %s", argv[1]);
}
