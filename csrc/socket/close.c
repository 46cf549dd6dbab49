// SPDX-License-Identifier: MIT
/*
 * Closing a socket.
 *
 * close(2) of an SMC socket waits up to two seconds while sent bytes have not reached the peer, over
 * SMC-R or an ISM device, even if the descriptor is non-blocking (net/smc/smc_close.c,
 * smc_close_stream_wait). sock:close() waits. The garbage collector must not block the program, so a
 * separate thread closes the descriptor then.
 */
#include <linux/sockios.h>
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

int sock_gc(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	int unsent = 0;

	if (s->fd >= 0 && s->sent > 0 && ioctl(s->fd, SIOCOUTQNSD, &unsent) == 0 && unsent > 0 &&
	    thread_start(close_in_thread, (void *)(intptr_t)s->fd))
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
