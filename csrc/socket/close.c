// SPDX-License-Identifier: MIT
/*
 * Closing a socket.
 *
 * close(2) of an SMC socket waits up to two seconds while sent bytes have not reached the peer, over
 * SMC-R or an ISM device, even if the descriptor is non-blocking (net/smc/smc_close.c,
 * smc_close_stream_wait). sock:close() waits. The garbage collector must not block the program, so a
 * separate thread closes the descriptor then.
 */
#include <dlfcn.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sock.h"

/***
 * The end of a socket.
 * @module smc.socket
 */

static void *close_in_thread(void *fd)
{
	close((int)(intptr_t)fd);
	return NULL;
}

/* The thread runs code of this library, which must stay although its Lua state is closed meanwhile. */
static bool pin_library(void)
{
	Dl_info info;

	return dladdr(&sock_mark, &info) && dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

/* Closes the descriptor in a thread with all signals blocked. Returns false if no thread can be created. */
static bool close_in_detached_thread(int fd)
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
	started = pthread_create(&thread, &attr, close_in_thread, (void *)(intptr_t)fd) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return started;
}

int sock_gc(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	int unsent = 0;

	if (s->fd >= 0 && s->sent > 0 && ioctl(s->fd, SIOCOUTQNSD, &unsent) == 0 && unsent > 0 &&
	    close_in_detached_thread(s->fd))
		sock_reset_descriptor(s);
	sock_close_descriptor(s);
	buffer_release(s->pool, &s->buffer);
	return 0;
}

/***
 * Closes the socket. Closing twice is allowed. See close(2).
 *
 * Over SMC it may wait up to two seconds, as long as sent bytes have not reached the peer; a socket
 * that is garbage collected does not wait. Also called at the end of the scope of a `local sock
 * <close>`.
 *
 * @function sock:close
 * @treturn integer 1
 */
int sock_close(lua_State *L)
{
	struct sock *s = sock_check(L, 1);

	buffer_release(s->pool, &s->buffer);
	s->bound.sa.sa_family = AF_UNSPEC;
	event_loop_close_descriptor(L, s);
	s->closed = true;
	lua_pushinteger(L, 1);
	return 1;
}
