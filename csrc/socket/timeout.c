// SPDX-License-Identifier: MIT
/* Timeouts of socket operations, and waiting for a descriptor within them. */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "../common/clock.h"
#include "../common/lua_util.h"
#include "../common/number.h"
#include "sock.h"

/***
 * Timeouts.
 * @module smc.socket
 */

double timeout_now(void)
{
	return clock_seconds(CLOCK_MONOTONIC);
}

/* Marks the start of an operation. The shorter of both limits counts, from here. */
void timeout_start(struct sock_timeout *t)
{
	double limit = t->block;

	if (t->total >= 0 && (limit < 0 || t->total < limit))
		limit = t->total;
	if (limit <= 0)
		t->deadline = limit; /* no wait at all, or no limit: the clock does not matter */
	else
		t->deadline = timeout_now() + limit;
}

/* ppoll(2) until the deadline; 0: at once, negative: without a limit */
int timeout_poll(struct pollfd *fds, nfds_t count, double deadline)
{
	struct timespec left = clock_timespec(deadline > 0 ? deadline - timeout_now() : 0);

	return ppoll(fds, count, deadline >= 0 ? &left : NULL, NULL);
}

/*
 * Called when an operation without a time limit would block. If no other code knows the descriptor,
 * it waits in the kernel from now on: one system call instead of three. Returns whether to try the
 * operation again.
 */
bool timeout_switch_to_blocking(struct sock *s)
{
	int off = 0;

	if (s->timeout.deadline >= 0 || s->blocking || s->shared)
		return false;
	if (!sock_is_connected(s) || ioctl(s->fd, FIONBIO, &off) != 0)
		return false;
	s->blocking = true;
	return true;
}

/*
 * Waits until the socket has one of the events, an error or a hang-up.
 * Returns 0, ETIMEDOUT, or the errno of ppoll(2). May raise when a signal arrived.
 */
int timeout_wait(lua_State *L, struct sock *s, short events)
{
	struct pollfd pfd = { .fd = s->fd, .events = events };
	double deadline = s->timeout.deadline;

	s->awaited_events = events;
	if (deadline == 0)
		return ETIMEDOUT;
	for (;;) {
		int n = timeout_poll(&pfd, 1, deadline);

		if (n > 0)
			return 0;
		if (n == 0)
			return ETIMEDOUT;
		if (errno != EINTR)
			return errno;
		smc_run_signal_hooks(L);
	}
}

/***
 * Limits how long each operation may wait. There is no limit until one is set.
 *
 * The shorter of the two limits counts, from the start of each operation. For a receive or send
 * that transfers some of the bytes, the limit is that of the whole call.
 *
 * @function sock:settimeout
 * @tparam ?number seconds nil, a negative number and `math.huge` mean no limit; 0 never waits
 * @tparam[opt="b"] string mode which limit to set: `"b"`, or `"t"` (also `"r"`), which LuaSocket
 *   calls total
 * @treturn integer 1
 * @raise for NaN, or another mode
 */
int sock_settimeout(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	double seconds = smc_opt_seconds(L, 2, -1);
	const char *mode = luaL_optstring(L, 3, "b");

	switch (*mode) {
	case 'b':
		s->timeout.block = seconds;
		break;
	case 't':
	case 'r':
		s->timeout.total = seconds;
		break;
	default:
		return luaL_argerror(L, 3, "invalid timeout mode");
	}
	lua_pushinteger(L, 1);
	return 1;
}

/***
 * Returns the limits that `settimeout` has set.
 *
 * @function sock:gettimeout
 * @treturn number seconds of mode `"b"`, -1 for no limit
 * @treturn number seconds of mode `"t"`, -1 for no limit
 */
int sock_gettimeout(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	lua_pushnumber(L, s->timeout.block);
	lua_pushnumber(L, s->timeout.total);
	return 2;
}
