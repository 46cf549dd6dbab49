// SPDX-License-Identifier: MIT
/*
 * What Lua sees of smc.core.socket: the three classes of a socket, how a method knows that it got
 * one, and the tables of methods and functions.
 */
#include <errno.h>
#include <string.h>

#include "../common/af_smc.h"
#include "sock.h"

const char sock_mark;

/* Names in the registry: not LuaSocket's own, so that both live in one program. */
static const char *const class_keys[] = { "smc.tcp{master}", "smc.tcp{client}", "smc.tcp{server}" };

static const char *class_name(enum sock_class kind)
{
	return class_keys[kind] + strlen("smc.");
}

/* The socket at index arg, of whichever class. Throws for anything else. */
struct sock *sock_check(lua_State *L, int arg)
{
	struct sock *s = sock_at(L, arg);

	if (!s)
		luaL_argerror(L, arg, "tcp{any} expected");
	return s;
}

/* Throws: what is at index arg is not of the class wanted. */
int sock_not_of_class(lua_State *L, int arg, enum sock_class wanted)
{
	return luaL_argerror(L, arg, lua_pushfstring(L, "%s expected", class_name(wanted)));
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
	s->birth = wait_now();
	s->pool = lua_touserdata(L, UPVALUE_POOL);
	sock_set_class(L, s, kind);
	return s;
}

static int sock_tostring(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);

	lua_pushfstring(L, "%s: %p", class_name(s->kind), (const void *)s);
	return 1;
}

static const luaL_Reg methods[] = {
	{ "accept", sock_accept },
	{ "bind", sock_bind },
	{ "close", sock_close },
	{ "connect", sock_connect },
	{ "dirty", sock_dirty },
	{ "events", sock_events },
	{ "getfamily", sock_getfamily },
	{ "getfd", sock_getfd },
	{ "getoption", sock_getoption },
	{ "getpeername", sock_getpeername },
	{ "getsockname", sock_getsockname },
	{ "getstats", sock_getstats },
	{ "gettimeout", sock_gettimeout },
	{ "listen", sock_listen },
	{ "pollfd", sock_getfd },
	{ "receive", sock_receive },
	{ "receiveany", sock_receiveany },
	{ "send", sock_send },
	{ "setfd", sock_setfd },
	{ "setoption", sock_setoption },
	{ "setpeername", sock_connect },
	{ "setsockname", sock_bind },
	{ "setstats", sock_setstats },
	{ "settimeout", sock_settimeout },
	{ "shutdown", sock_shutdown },
	{ "timeout", sock_timeout },
	{ NULL, NULL },
};

static const luaL_Reg metamethods[] = {
	{ "__gc", sock_gc },
	{ "__close", sock_close },
	{ "__tostring", sock_tostring },
	{ NULL, NULL },
};

static const luaL_Reg functions[] = {
	{ "buffered", core_buffered },
	{ "connect_errno", core_connect_errno },
	{ "gethostname", core_gethostname },
	{ "identity", core_identity },
	{ "lookup", core_lookup },
	{ "nameinfo", core_nameinfo },
	{ "new", core_new },
	{ "probe", core_probe },
	{ "resolve", core_resolve },
	{ "select", core_select },
	{ "watch", core_watch },
	{ NULL, NULL },
};

/* Sets the functions in the table on top, with the upvalues that stand below it from base on. */
static void set_functions(lua_State *L, int base, const luaL_Reg *list)
{
	int i;

	for (i = 0; i < UPVALUES; i++)
		lua_pushvalue(L, base + i);
	luaL_setfuncs(L, list, UPVALUES);
}

/* Fills the metatable on top; its __index finds the class name and the methods. */
static void fill_class(lua_State *L, int base, enum sock_class kind)
{
	set_functions(L, base, metamethods);
	lua_pushstring(L, class_name(kind));
	lua_setfield(L, -2, "__name");
	lua_newtable(L);
	set_functions(L, base, methods);
	lua_pushstring(L, class_name(kind));
	lua_setfield(L, -2, "class");
	lua_setfield(L, -2, "__index");
}

/*
 * core.methods: the method tables of the three classes, for the methods written in Lua;
 * core.no_smc: the words for a kernel without AF_SMC.
 */
SMC_EXPORT int luaopen_smc_core_socket(lua_State *L);
SMC_EXPORT int luaopen_smc_core_socket(lua_State *L)
{
	int base = lua_gettop(L) + 1;
	int kind;

	smc_check_lua(L, "smc.core.socket");
	buffer_push_pool(L);
	for (kind = SOCK_MASTER; kind <= SOCK_SERVER; kind++)
		luaL_newmetatable(L, class_keys[kind]);
	for (kind = SOCK_MASTER; kind <= SOCK_SERVER; kind++) {
		lua_pushvalue(L, base + 1 + kind);
		fill_class(L, base, (enum sock_class)kind);
		lua_pop(L, 1);
	}

	lua_newtable(L);
	set_functions(L, base, functions);
	lua_createtable(L, 3, 0);
	for (kind = SOCK_MASTER; kind <= SOCK_SERVER; kind++) {
		lua_getfield(L, base + 1 + kind, "__index");
		lua_seti(L, -2, kind + 1);
	}
	lua_setfield(L, -2, "methods");
	lua_pushstring(L, sock_strerror(EAFNOSUPPORT));
	lua_setfield(L, -2, "no_smc");
	return 1;
}
