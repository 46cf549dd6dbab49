// SPDX-License-Identifier: MIT
/* A library whose start-up code opens a socket, before main() and other libraries' start-up code. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int early_domain(void);

static int domain = -1;

__attribute__((constructor)) static void start(void)
{
	socklen_t length = sizeof(domain);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	close(fd);
}

int early_domain(void)
{
	return domain;
}
