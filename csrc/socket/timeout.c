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

/* Sets the deadline of an operation, from now on, by the shorter of both limits. */
void timeout_set_deadline(struct sock_timeout *t)
{
	double limit = t->block;

	if (t->total >= 0 && (limit < 0 || t->total < limit))
		limit = t->total;
	if (limit <= 0)
		t->deadline = limit; /* never wait, or no limit: the clock is not needed */
	else
		t->deadline = timeout_now() + limit;
}

/* Calls ppoll(2) until the deadline; 0 does not wait, and a negative deadline is no limit. */
int timeout_poll(struct pollfd *fds, nfds_t count, double deadline)
{
	struct timespec left = clock_timespec(deadline > 0 ? deadline - timeout_now() : 0);

	return ppoll(fds, count, deadline >= 0 ? &left : NULL, NULL);
}

/*
 * Called when an operation without a time limit would block. If no other code uses the descriptor, makes it
 * blocking, so that operations wait in the kernel from now on: that takes one system call instead of three.
 * Returns whether to try the operation again.
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
 * Returns 0, ETIMEDOUT, or the errno of ppoll(2). After a signal, a hook may raise an error.
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
 * The shorter of the two limits applies, from the start of each operation. A call of receive or send has one
 * limit, even if it transfers the bytes in several steps.
 *
 * @function sock:settimeout
 * @tparam ?number seconds nil, a negative number and `math.huge` mean no limit; 0 never waits
 * @tparam[opt="b"] string mode the limit to set: `"b"`, or `"t"` (also `"r"`), the total limit of LuaSocket
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
 * @treturn number seconds of the limit `"b"`; -1 if there is none
 * @treturn number seconds of the limit `"t"`; -1 if there is none
 */
int sock_gettimeout(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	lua_pushnumber(L, s->timeout.block);
	lua_pushnumber(L, s->timeout.total);
	return 2;
}
