// SPDX-License-Identifier: MIT
/* sock:setoption and sock:getoption. */
#include <errno.h>
#include <string.h>

#include "options.h"

/*
 * sock:setoption(name, value) → 1 | nil, message
 * Until the socket is connected it is also kept, and set on each descriptor that is made for it.
 * Throws for an unknown name and a value of the wrong type. setsockopt(2)
 */
int sock_setoption(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);
	const struct option *o = option_check(L, SET);
	union value value;
	socklen_t size = option_check_value(L, o, 3, &value);

	if ((o->use & TCP_ONLY) && !s->may_tcp)
		return sock_push_error(
			L, lua_pushfstring(
				   L,
				   "option '%s' would turn the SMC connection into TCP: make the socket with "
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

/*
 * sock:getoption(name) → value | nil, message. Throws for an unknown name. getsockopt(2)
 * Before the first bind or connect it returns what was set.
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
