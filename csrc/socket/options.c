// SPDX-License-Identifier: MIT
/* sock:setoption and sock:getoption. */
#include <errno.h>
#include <string.h>

#include "options.h"

/***
 * Options.
 * @module smc.socket
 */

/***
 * Sets an option. See setsockopt(2), socket(7), tcp(7), ipv6(7) and af_smc(7).
 *
 * LuaSocket's names and more: `bindtodevice`, `ipv6-v6only`, `keepalive`, `limit-smc-hs`, `linger`,
 * `mark`, `priority`, `recv-buffer-size`, `reuseaddr`, `reuseport`, `send-buffer-size`, `tcp-cork`,
 * `tcp-defer-accept`, `tcp-fastopen`, `tcp-fastopen-connect`, `tcp-keepcnt`, `tcp-keepidle`,
 * `tcp-keepintvl`, `tcp-nodelay`, `tcp-quickack`, `tcp-user-timeout`.
 *
 * Until the socket is connected, it also remembers the option, and sets it on each descriptor that it
 * creates. `tcp-fastopen` and `tcp-fastopen-connect` turn the connection into TCP, so only a socket
 * with `fallback = "tcp"` accepts them.
 *
 * @function sock:setoption
 * @tparam string name
 * @tparam boolean|integer|string|table value a boolean for an option that is on or off; an integer for
 *   sizes, counts, seconds (milliseconds for `tcp-user-timeout`) and `mark`; the name of an interface for
 *   `bindtodevice`; `{ on = boolean, timeout = seconds }` for `linger`
 * @treturn[1] integer 1
 * @treturn[2] nil
 * @treturn[2] string message
 * @raise for an unknown name, or a value of a wrong type
 */
int sock_setoption(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);
	const struct option *o = option_check(L, SET);
	union value value;
	socklen_t size = option_check_value(L, o, 3, &value);

	if ((o->use & TCP_ONLY) && !s->may_tcp)
		return sock_push_error(
			L,
			lua_pushfstring(
				L,
				"option '%s' would turn the SMC connection into TCP: create the socket with "
				"fallback = \"tcp\" if that is wanted",
				o->name));
	if ((s->fd >= 0 || s->family != AF_UNSPEC) && setsockopt(s->fd, o->level, o->id, &value, size) != 0)
		return sock_push_error(L, option_strerror(errno));
	if (s->kind != SOCK_SERVER && !sock_is_connected(s)) {
		option_push_value(L, o, &value);
		lua_replace(L, 3);
		option_store_pending(L, o);
	}
	lua_pushinteger(L, 1);
	return 1;
}

/***
 * Returns the value of an option. See getsockopt(2).
 *
 * Before the first bind or connect, it returns the value that was set. In addition to the names of
 * `setoption` there is `error`: the message of the pending error of the socket (SO_ERROR), which is cleared;
 * nil if there is none.
 *
 * @function sock:getoption
 * @tparam string name
 * @return[1] value, of the type that `setoption` expects
 * @treturn[2] nil
 * @treturn[2] string message
 * @raise for an unknown name
 */
int sock_getoption(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	const struct option *o = option_check(L, GET);
	union value value;
	socklen_t size = o->kind == DEVICE   ? sizeof(value.device)
			 : o->kind == LINGER ? sizeof(value.linger)
					     : sizeof(value.number);

	memset(&value, 0, sizeof(value));
	if (o->kind == ERROR && s->attempt == ATTEMPT_IN_PROGRESS)
		return attempt_push_error(L, s);
	if (s->fd < 0 && s->family == AF_UNSPEC)
		return option_push_pending(L, o);
	if (getsockopt(s->fd, o->level, o->id, &value, &size) != 0)
		return sock_push_error(L, option_strerror(errno));
	option_push_value(L, o, &value);
	return 1;
}
