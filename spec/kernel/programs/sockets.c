// SPDX-License-Identifier: MIT
/*
 * sockets DOMAIN,TYPE,PROTOCOL …: opens each with socket(2), and prints what it got, a line each:
 *   socket DOMAIN TYPE PROTOCOL nonblock=0|1 cloexec=0|1 rcvbuf=N sndbuf=N errno=N
 *   error ERRNO
 * errno is set to 77 before each call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

static int option(int fd, int name)
{
	int value = -1;
	socklen_t length = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &length) ? -1 : value;
}

static void try(int domain, int type, int protocol)
{
	int fd, err;

	errno = 77;
	fd = socket(domain, type, protocol);
	err = errno;
	if (fd < 0) {
		printf("error %d\n", err);
		return;
	}
	printf("socket %d %d %d nonblock=%d cloexec=%d rcvbuf=%d sndbuf=%d errno=%d\n",
	       option(fd, SO_DOMAIN), option(fd, SO_TYPE), option(fd, SO_PROTOCOL),
	       !!(fcntl(fd, F_GETFL) & O_NONBLOCK), !!(fcntl(fd, F_GETFD) & FD_CLOEXEC),
	       option(fd, SO_RCVBUF), option(fd, SO_SNDBUF), err);
}

int main(int argc, char **argv)
{
	int i, domain, type, protocol;

	for (i = 1; i < argc; i++)
		if (sscanf(argv[i], "%d,%d,%d", &domain, &type, &protocol) == 3)
			try(domain, type, protocol);
	return 0;
}
