// SPDX-License-Identifier: MIT
/* Options that are set before there is a descriptor: they are set on every descriptor that is created. */
#include <errno.h>

#include "options.h"

/*
 * Stores an option with the value at index 3, in the user value of the socket and in order, for the descriptors
 * that the object will have.
 */
void option_store_pending(lua_State *L, const struct option *o)
{
	lua_Integer i = 1;

	if (lua_getiuservalue(L, 1, 1) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setiuservalue(L, 1, 1);
	}
	while (lua_geti(L, -1, i) != LUA_TNIL && lua_tointeger(L, -1) != o - options) {
		lua_pop(L, 1);
		i += 2;
	}
	lua_pop(L, 1);
	lua_pushinteger(L, o - options);
	lua_seti(L, -2, i);
	lua_pushvalue(L, 3);
	lua_seti(L, -2, i + 1);
	lua_pop(L, 1);
}

/* Pushes what an option was set to before there is a descriptor. */
int option_push_pending(lua_State *L, const struct option *o)
{
	union value value;
	lua_Integer i;

	for (i = 1; lua_getiuservalue(L, 1, 1) == LUA_TTABLE && lua_geti(L, -1, i) != LUA_TNIL; i += 2) {
		if (lua_tointeger(L, -1) == o - options) {
			lua_geti(L, -2, i + 1);
			option_check_value(L, o, lua_gettop(L), &value);
			option_push_value(L, o, &value);
			return 1;
		}
		lua_pop(L, 2);
	}
	return sock_push_error(L, lua_pushfstring(L,
						  "option '%s' was not set, and there is no descriptor yet "
						  "that has a value of its own",
						  o->name));
}

/*
 * Sets what was stored for the socket at index 1 on the new descriptor of s. Returns 0 or errno, with
 * the name of the option in s->failed_option.
 */
int option_apply_pending(lua_State *L, struct sock *s)
{
	lua_Integer i, n = 0;
	int err = 0;

	if (lua_getiuservalue(L, 1, 1) == LUA_TTABLE)
		n = luaL_len(L, -1);
	for (i = 1; i < n && !err; i += 2) {
		const struct option *o;
		union value value;
		socklen_t size;

		lua_geti(L, -1, i);
		o = &options[lua_tointeger(L, -1)];
		lua_geti(L, -2, i + 1);
		size = option_check_value(L, o, lua_gettop(L), &value);
		if (setsockopt(s->fd, o->level, o->id, &value, size) != 0) {
			err = errno;
			s->failed_option = o->name;
		}
		lua_pop(L, 2);
	}
	lua_pop(L, 1);
	return err;
}

/* If a stored option is the reason for the error, pushes a message with its name. Returns whether it did. */
bool option_push_pending_error(lua_State *L, const struct sock *s, int err)
{
	if (s->failed_option)
		lua_pushfstring(L, "option '%s': %s", s->failed_option, option_strerror(err));
	return s->failed_option != NULL;
}
