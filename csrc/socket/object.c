// SPDX-License-Identifier: MIT
/* The socket object: its three classes, and how a method knows that it got one. */
#include <string.h>

#include "../common/clock.h"
#include "sock.h"

const char sock_mark;

/* Names in the registry: other than LuaSocket's, so that a program can load both. */
static const char *const class_keys[] = { "smc.tcp{master}", "smc.tcp{client}", "smc.tcp{server}" };

/* The name of a class in the registry. */
const char *sock_class_key(enum sock_class kind)
{
	return class_keys[kind];
}

/* The name of a class as programs see it. */
const char *sock_class_name(enum sock_class kind)
{
	return class_keys[kind] + strlen("smc.");
}

/* The socket at index arg, of whichever class. Throws for anything else. */
struct sock *sock_check(lua_State *L, int arg)
{
	struct sock *s = sock_test(L, arg);

	if (!s)
		luaL_argerror(L, arg, "tcp{any} expected");
	return s;
}

/* Throws for the value at index arg, which is not of the class wanted. */
_Noreturn void sock_class_error(lua_State *L, int arg, enum sock_class wanted)
{
	luaL_argerror(L, arg, lua_pushfstring(L, "%s expected", sock_class_name(wanted)));
}

/* Gives the socket on top of the stack its class. */
void sock_set_class(lua_State *L, struct sock *s, enum sock_class kind)
{
	s->kind = kind;
	lua_pushvalue(L, UPVALUE_CLASS(kind));
	lua_setmetatable(L, -2);
}

/* Pushes a new socket without a descriptor. */
struct sock *sock_new(lua_State *L, enum sock_class kind)
{
	struct sock *s = lua_newuserdatauv(L, sizeof(*s), 2);

	memset(s, 0, sizeof(*s));
	s->mark = &sock_mark;
	s->fd = -1;
	s->timeout.block = s->timeout.total = -1;
	s->created = clock_seconds(CLOCK_MONOTONIC);
	s->pool = lua_touserdata(L, UPVALUE_POOL);
	sock_set_class(L, s, kind);
	return s;
}

int sock_tostring(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	lua_pushfstring(L, "%s: %p", sock_class_name(s->kind), (const void *)s);
	return 1;
}
