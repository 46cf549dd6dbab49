// SPDX-License-Identifier: MIT
/* Threads for calls that may take seconds: close(2) of a socket, getaddrinfo(3). They never touch a Lua state. */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>

#include "sock.h"

/* The thread runs code of this library, which must stay although its Lua state is closed meanwhile. */
static bool pin_library(void)
{
	Dl_info info;

	return dladdr(&sock_mark, &info) && dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

/*
 * Calls run(what) in a thread with all signals blocked, for which nobody waits. Returns false if no thread can be
 * created.
 */
bool thread_start(void *(*run)(void *), void *what)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	bool started;

	if (!pin_library() || pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&thread, &attr, run, what) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return started;
}
