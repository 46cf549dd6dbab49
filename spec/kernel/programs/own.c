/*
 * Makes a datagram socket, and prints its domain, by the functions of a preloaded library: its path is the
 * argument. Where the library is loaded behind libc, the program's own calls do not reach it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/socket.h>

typedef int socket_function(int domain, int type, int protocol);
typedef int getsockopt_function(int fd, int level, int option, void *value, socklen_t *length);

int main(int argc, char *argv[])
{
	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) : NULL;
	socket_function *make = library ? (socket_function *)dlsym(library, "socket") : NULL;
	getsockopt_function *get = library ? (getsockopt_function *)dlsym(library, "getsockopt") : NULL;
	int domain = -1;
	socklen_t length = sizeof(domain);

	if (!make || !get || get(make(AF_INET, SOCK_DGRAM, 0), SOL_SOCKET, SO_DOMAIN, &domain, &length))
		return 1;
	printf("%d\n", domain);
	return 0;
}
