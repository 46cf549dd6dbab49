// SPDX-License-Identifier: MIT
/* smc.core.socket: the tables of its methods and functions. */
#include <errno.h>

#include "../common/af_smc.h"
#include "sock.h"

/***
 * Other names of methods.
 * @module smc.socket
 */

/***
 * Returns the descriptor, as `getfd`. cqueues calls it.
 * @function sock:pollfd
 * @treturn integer descriptor, -1 when there is none
 */

/***
 * Connects to a peer: another name of `connect`.
 * @function sock:setpeername
 * @tparam string address
 * @tparam integer|string port
 * @treturn[1] integer 1
 * @treturn[2] nil
 * @treturn[2] string message
 */

/***
 * Binds the socket to a local address: another name of `bind`.
 * @function sock:setsockname
 * @tparam string address
 * @tparam integer|string port
 * @treturn[1] integer 1
 * @treturn[2] nil
 * @treturn[2] string message
 */

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
	{ "gethostname", core_gethostname },
	{ "identity", core_identity },
	{ "last_errno", core_last_errno },
	{ "lookup", core_lookup },
	{ "nameinfo", core_nameinfo },
	{ "new", core_new },
	{ "probe", core_probe },
	{ "resolve", core_resolve },
	{ "save_syns", core_save_syns },
	{ "saved_syn", core_saved_syn },
	{ "select", core_select },
	{ "start_lookup", core_start_lookup },
	{ "tcp_state", core_tcp_state },
	{ "traffic", core_traffic },
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
	lua_pushstring(L, sock_class_name(kind));
	lua_setfield(L, -2, "__name");
	lua_newtable(L);
	set_functions(L, base, methods);
	lua_pushstring(L, sock_class_name(kind));
	lua_setfield(L, -2, "class");
	lua_setfield(L, -2, "__index");
}

/* The messages of errors that may mean that this process cannot use a kind of socket, each with that kind. */
static void push_unavailable(lua_State *L)
{
	static const struct {
		int err;
		const char *kind;
	} errors[] = {
		{ EPROTONOSUPPORT, "inet" },
		{ EAFNOSUPPORT, "smc" },
		{ EPERM, "smc" },
		{ EACCES, "smc" },
	};
	size_t i;

	lua_newtable(L);
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		lua_pushstring(L, errors[i].kind);
		lua_setfield(L, -2, sock_strerror(errors[i].err));
	}
}

/*
 * core.methods: the method tables of the three classes, for the methods written in Lua;
 * core.unavailable: see push_unavailable.
 */
SMC_EXPORT int luaopen_smc_core_socket(lua_State *L);
SMC_EXPORT int luaopen_smc_core_socket(lua_State *L)
{
	int base = lua_gettop(L) + 1;
	int kind;

	smc_check_lua(L, "smc.core.socket");
	traffic_register(L);
	lookup_register(L);
	buffer_push_pool(L);
	for (kind = SOCK_MASTER; kind <= SOCK_SERVER; kind++)
		luaL_newmetatable(L, sock_class_key(kind));
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
	push_unavailable(L);
	lua_setfield(L, -2, "unavailable");
	return 1;
}
