// SPDX-License-Identifier: MIT
/*
 * threads: 8 threads, or THREADS, open 100 sockets each, and all begin at once, so that the first calls to
 * socket() in this process race. Prints how many sockets are of AF_SMC.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef THREADS
#define THREADS 8
#endif
#define SOCKETS 100

static pthread_barrier_t barrier;
static atomic_int converted;

static void *run(void *unused)
{
	int fds[SOCKETS], i, domain;
	socklen_t length = sizeof(domain);

	(void)unused;
	pthread_barrier_wait(&barrier);
	for (i = 0; i < SOCKETS; i++) {
		fds[i] = socket(i & 1 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
		if (fds[i] >= 0 && !getsockopt(fds[i], SOL_SOCKET, SO_DOMAIN, &domain, &length) &&
		    domain == 43)
			converted++;
	}
	for (i = 0; i < SOCKETS; i++)
		close(fds[i]);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	int i;

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, NULL))
			return 1;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d\n", converted);
	return 0;
}
