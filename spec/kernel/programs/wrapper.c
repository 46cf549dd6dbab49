// SPDX-License-Identifier: MIT
/* A library that somebody preloads for reasons of his own: it tells which sockets are asked for. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

int socket(int domain, int type, int protocol);

int socket(int domain, int type, int protocol)
{
	int (*next)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");

	printf("wrapper: domain %d\n", domain);
	return next(domain, type, protocol);
}
