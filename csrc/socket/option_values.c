// SPDX-License-Identifier: MIT
/* The options of sockets and their values, LuaSocket's names and more: socket(7), tcp(7), ipv6(7), af_smc(7). */
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>

#include "../common/lua_util.h"
#include "../common/af_smc.h"
#include "options.h"

const struct option options[] = {
	{ "bindtodevice", SOL_SOCKET, SO_BINDTODEVICE, DEVICE, GET | SET },
	{ "error", SOL_SOCKET, SO_ERROR, ERROR, GET },
	{ "ipv6-v6only", IPPROTO_IPV6, IPV6_V6ONLY, BOOLEAN, GET | SET },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, BOOLEAN, GET | SET },
	{ "limit-smc-hs", SOL_SMC, SMC_LIMIT_HS, BOOLEAN, GET | SET },
	{ "linger", SOL_SOCKET, SO_LINGER, LINGER, GET | SET },
	{ "mark", SOL_SOCKET, SO_MARK, MARK, GET | SET },
	{ "priority", SOL_SOCKET, SO_PRIORITY, NUMBER, GET | SET },
	{ "recv-buffer-size", SOL_SOCKET, SO_RCVBUF, NUMBER, GET | SET },
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR, BOOLEAN, GET | SET },
	{ "reuseport", SOL_SOCKET, SO_REUSEPORT, BOOLEAN, GET | SET },
	{ "send-buffer-size", SOL_SOCKET, SO_SNDBUF, NUMBER, GET | SET },
	{ "tcp-cork", IPPROTO_TCP, TCP_CORK, BOOLEAN, GET | SET },
	{ "tcp-defer-accept", IPPROTO_TCP, TCP_DEFER_ACCEPT, NUMBER, GET | SET },
	{ "tcp-fastopen", IPPROTO_TCP, TCP_FASTOPEN, NUMBER, GET | SET | TCP_ONLY },
	{ "tcp-fastopen-connect", IPPROTO_TCP, TCP_FASTOPEN_CONNECT, NUMBER, GET | SET | TCP_ONLY },
	{ "tcp-keepcnt", IPPROTO_TCP, TCP_KEEPCNT, NUMBER, GET | SET },
	{ "tcp-keepidle", IPPROTO_TCP, TCP_KEEPIDLE, NUMBER, GET | SET },
	{ "tcp-keepintvl", IPPROTO_TCP, TCP_KEEPINTVL, NUMBER, GET | SET },
	{ "tcp-nodelay", IPPROTO_TCP, TCP_NODELAY, BOOLEAN, GET | SET },
	{ "tcp-quickack", IPPROTO_TCP, TCP_QUICKACK, BOOLEAN, GET | SET },
	{ "tcp-user-timeout", IPPROTO_TCP, TCP_USER_TIMEOUT, NUMBER, GET | SET },
};

/* The option named at index 2. Throws when there is none for this use. */
const struct option *option_check(lua_State *L, int use)
{
	const char *name = smc_check_cstring(L, 2);
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(options[i].name, name) == 0 && (options[i].use & use))
			return &options[i];
	}
	luaL_argerror(L, 2, lua_pushfstring(L, "unsupported option `%s'", name));
	return NULL;
}

/*
 * A number as LuaSocket takes it: without its fraction. What is too large for an int becomes
 * INT_MAX, which the kernel limits or refuses. Throws for NaN.
 */
static int clamp_to_int(lua_State *L, int arg, lua_Number number, const char *what)
{
	if (number != number)
		luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got NaN", what));
	return number >= INT_MAX ? INT_MAX : number <= INT_MIN ? INT_MIN : (int)number;
}

/* A mark is compared for equality, so it must be exact. */
static uint32_t check_mark(lua_State *L, int arg)
{
	lua_Integer mark = luaL_checkinteger(L, arg);

	luaL_argcheck(L, mark >= 0 && mark <= UINT32_MAX, arg, "integer of 32 bits expected");
	return (uint32_t)mark;
}

/* Stores the value at index arg as setsockopt(2) expects it. Throws for a wrong one. */
socklen_t option_check_value(lua_State *L, const struct option *o, int arg, union value *value)
{
	const char *device;

	switch (o->kind) {
	case BOOLEAN:
		luaL_checktype(L, arg, LUA_TBOOLEAN);
		value->number = lua_toboolean(L, arg);
		return sizeof(value->number);
	case LINGER:
		luaL_checktype(L, arg, LUA_TTABLE);
		if (lua_getfield(L, arg, "on") != LUA_TBOOLEAN)
			luaL_argerror(L, arg, "boolean 'on' field expected");
		value->linger.l_onoff = lua_toboolean(L, -1);
		lua_getfield(L, arg, "timeout");
		if (!lua_isnumber(L, -1))
			luaL_argerror(L, arg, "number 'timeout' field expected");
		value->linger.l_linger = clamp_to_int(L, arg, lua_tonumber(L, -1), "number of seconds");
		if (value->linger.l_linger < 0) /* no limit, as everywhere */
			value->linger.l_linger = INT_MAX;
		lua_pop(L, 2);
		return sizeof(value->linger);
	case DEVICE:
		device = smc_check_cstring(L, arg);
		luaL_argcheck(L, strlen(device) < IFNAMSIZ, arg, "name of an interface expected");
		strcpy(value->device, device);
		return (socklen_t)strlen(device) + 1;
	case MARK:
		value->mark = check_mark(L, arg);
		return sizeof(value->mark);
	default:
		value->number = clamp_to_int(L, arg, luaL_checknumber(L, arg), "number");
		return sizeof(value->number);
	}
}

/* Pushes the value of an option, as getoption returns it. */
void option_push_value(lua_State *L, const struct option *o, const union value *value)
{
	switch (o->kind) {
	case LINGER:
		lua_createtable(L, 0, 2);
		lua_pushboolean(L, value->linger.l_onoff);
		lua_setfield(L, -2, "on");
		lua_pushinteger(L, value->linger.l_linger);
		lua_setfield(L, -2, "timeout");
		break;
	case DEVICE:
		lua_pushstring(L, value->device);
		break;
	case BOOLEAN:
		lua_pushboolean(L, value->number);
		break;
	case ERROR:
		if (value->number)
			lua_pushstring(L, sock_strerror(value->number));
		else
			lua_pushnil(L);
		break;
	case MARK:
		lua_pushinteger(L, value->mark);
		break;
	default:
		lua_pushinteger(L, value->number);
	}
}
