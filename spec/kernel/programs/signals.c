// SPDX-License-Identifier: MIT
/*
 * signals: a timer's handler opens sockets, the first of this process too, while main() keeps the
 * allocator, stdio, and socket() busy. Prints how many of the handler's 200 sockets are of AF_SMC.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CALLS 200

static volatile sig_atomic_t calls, converted;

static void handler(int signal)
{
	int domain = 0, fd;
	socklen_t length = sizeof(domain);

	(void)signal;
	if (calls == CALLS)
		return;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) && domain == 43)
		converted++;
	close(fd);
	calls++;
}

int main(void)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	struct itimerval timer = { { 0, 500 }, { 0, 500 } };
	FILE *null = fopen("/dev/null", "w");
	int fd;

	sigaction(SIGALRM, &action, NULL);
	raise(SIGALRM);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (calls < CALLS) {
		char *memory = malloc(100 + (size_t)calls * 1000);

		fprintf(null, "%p\n", (void *)memory);
		free(memory);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		close(fd);
	}
	printf("%d\n", (int)converted);
	return 0;
}
