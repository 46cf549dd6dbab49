// SPDX-License-Identifier: MIT
/* Sends bytes of a stream, and counts those of both directions. */
#include <errno.h>
#include <poll.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "sock.h"

/***
 * Sending.
 * @module smc.socket
 */

/* Sends data[*at] to data[end - 1] within the timeout, moving *at. Returns 0 or errno. */
static int send_all(lua_State *L, struct sock *s, const char *data, size_t *at, size_t end)
{
	int err = 0;

	while (*at < end && !err) {
		bool blocks = s->blocking && s->timeout.deadline < 0;
		ssize_t rc = send(s->fd, data + *at, end - *at,
				  blocks ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT);

		if (rc >= 0) {
			*at += (size_t)rc;
			s->sent = (lua_Integer)((lua_Unsigned)s->sent + (size_t)rc);
		} else if (errno == EAGAIN) {
			if (!timeout_switch_to_blocking(s))
				err = timeout_wait(L, s, POLLOUT);
		} else if (errno == EINTR) {
			smc_run_signal_hooks(L);
		} else {
			err = errno == ENOTCONN ? attempt_await_connection(L, s) : errno;
		}
	}
	return err;
}

/* The part of a string that the arguments 3 and 4 select, as in string.sub: data[*at] to data[*end - 1]. */
static void check_range(lua_State *L, size_t size, size_t *at, size_t *end)
{
	lua_Integer first = smc_opt_truncated(L, 3, 1);
	lua_Integer last = smc_opt_truncated(L, 4, -1);

	if (first < 0)
		first += (lua_Integer)size + 1;
	if (last < 0)
		last += (lua_Integer)size + 1;
	if (first < 1)
		first = 1;
	if (last > (lua_Integer)size)
		last = (lua_Integer)size;
	*at = (size_t)first - 1;
	*end = last < first ? *at : (size_t)last;
}

/***
 * Sends a string, or a part of it. See send(2).
 *
 * It returns when the kernel has taken all bytes, or at the end of the timeout. If the peer has closed the
 * connection, it returns an error; there is no SIGPIPE.
 *
 * @function sock:send
 * @tparam string data
 * @tparam[opt=1] integer i index of the first byte to send, as in `string.sub`
 * @tparam[opt=-1] integer j index of the last byte to send
 * @treturn[1] integer index of the last byte sent
 * @treturn[2] nil
 * @treturn[2] string message: `"timeout"`, `"closed"`, or other words
 * @treturn[2] integer index of the last byte sent; send the rest from the next one on
 * @raise for an argument of a wrong type, or a socket that is not a client
 */
int sock_send(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	size_t size, at, end;
	const char *data = luaL_checklstring(L, 2, &size);
	int err;

	at = 0;
	end = size;
	if (lua_gettop(L) > 2)
		check_range(L, size, &at, &end);
	timeout_start(&s->timeout);
	err = send_all(L, s, data, &at, end);
	if (!err) {
		lua_pushinteger(L, (lua_Integer)at);
		lua_pushnil(L);
		lua_pushnil(L);
	} else {
		lua_pushnil(L);
		lua_pushstring(L, sock_strerror(err));
		lua_pushinteger(L, (lua_Integer)at);
	}
	return 3;
}

/***
 * Returns how much was transferred.
 *
 * @function sock:getstats
 * @treturn integer number of bytes received, as the program consumed them
 * @treturn integer number of bytes sent
 * @treturn number age of the object in seconds
 * @raise for a socket that is not a client
 */
int sock_getstats(lua_State *L)
{
	const struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);

	lua_pushinteger(L, s->received);
	lua_pushinteger(L, s->sent);
	lua_pushnumber(L, timeout_now() - s->created);
	return 3;
}

/***
 * Sets what `getstats` returns. As in LuaSocket, a value that is left out or nil stays as it is.
 *
 * @function sock:setstats
 * @tparam[opt] integer received number of bytes
 * @tparam[opt] integer sent number of bytes
 * @tparam[opt] number age in seconds
 * @treturn integer 1
 * @raise for a socket that is not a client
 */
int sock_setstats(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);

	lua_Integer received = smc_opt_truncated(L, 2, s->received);
	lua_Integer sent = smc_opt_truncated(L, 3, s->sent);

	if (lua_isnumber(L, 4))
		s->created = timeout_now() - smc_check_seconds(L, 4);
	s->received = received;
	s->sent = sent;
	lua_pushinteger(L, 1);
	return 1;
}
