// SPDX-License-Identifier: MIT
/*
 * The functions of the same names that are next in the order of symbol lookup: those of libc, or of another
 * preloaded library.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

typedef int socket_function(int domain, int type, int protocol);
typedef int getsockopt_function(int fd, int level, int option, void *restrict value,
				socklen_t *restrict length);

/* Atomic, since the first calls may race: each writes the same values. */
static _Atomic(socket_function *) next_socket;
static _Atomic(getsockopt_function *) next_getsockopt;

static int plain_socket(int domain, int type, int protocol)
{
	return (int)syscall(SYS_socket, domain, type, protocol);
}

static int plain_getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict length)
{
	return (int)syscall(SYS_getsockopt, fd, level, option, value, length);
}

void smc_preload_find_next(void)
{
	socket_function *s = __extension__(socket_function *) dlsym(RTLD_NEXT, "socket");
	getsockopt_function *g = __extension__(getsockopt_function *) dlsym(RTLD_NEXT, "getsockopt");

	atomic_store(&next_socket, s ? s : plain_socket);
	atomic_store(&next_getsockopt, g ? g : plain_getsockopt);
}

int smc_preload_socket(int domain, int type, int protocol)
{
	return atomic_load(&next_socket)(domain, type, protocol);
}

int smc_preload_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
	return atomic_load(&next_getsockopt)(fd, level, option, value, length);
}
