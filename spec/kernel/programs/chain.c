// SPDX-License-Identifier: MIT
/*
 * chain N: opens a socket, prints its domain, and goes on with N - 1: by fork() and exec() when N
 * is even, by vfork() with a socket in the child and exec() when it is odd.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int domain_of(int fd)
{
	int domain = -1;
	socklen_t length = sizeof(domain);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	close(fd);
	return domain;
}

int main(int argc, char **argv)
{
	int left = argc > 1 ? atoi(argv[1]) : 0, status = 0;
	volatile int child_domain = 0;
	char next[16];
	pid_t child;

	printf("%d\n", domain_of(socket(AF_INET, SOCK_STREAM, 0)));
	if (left <= 0)
		return 0;
	snprintf(next, sizeof(next), "%d", left - 1);
	fflush(stdout);
	child = left % 2 ? vfork() : fork();
	if (child == 0) {
		child_domain = domain_of(socket(AF_INET6, SOCK_STREAM, 0));
		execl(argv[0], argv[0], next, (char *)NULL);
		_exit(99);
	}
	waitpid(child, &status, 0);
	if (left % 2) /* vfork() shares its memory */
		printf("%d\n", child_domain);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}
