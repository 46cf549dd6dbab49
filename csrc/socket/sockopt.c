// SPDX-License-Identifier: MIT
/* Options of sockets, LuaSocket's names and more: socket(7), tcp(7), ipv6(7), af_smc(7). */
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>

#include "../common/lua_util.h"
#include "../common/af_smc.h"
#include "sock.h"

enum kind { BOOLEAN, NUMBER, MARK, LINGER, DEVICE, ERROR };

/* What an option may be used for. TCP_ONLY: on an SMC socket it forces the fallback to TCP. */
enum { GET = 1, SET = 2, TCP_ONLY = 4 };

union value {
	int number;
	uint32_t mark;
	struct linger linger;
	char device[IFNAMSIZ];
};

struct option {
	const char *name;
	int level;
	int id;
	enum kind kind;
	int use;
};

static const struct option options[] = {
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
static const struct option *check_option(lua_State *L, int use)
{
	const char *name = luaL_checkstring(L, 2);
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(options[i].name, name) == 0 && (options[i].use & use))
			return &options[i];
	}
	luaL_argerror(L, 2, lua_pushfstring(L, "unsupported option `%s'", name));
	return NULL;
}

/*
 * A number as LuaSocket takes it: without its fraction. What is too large for an int is the largest
 * one, which the kernel limits or refuses. Throws for NaN.
 */
static int to_int(lua_State *L, int arg, lua_Number number, const char *what)
{
	if (number != number)
		luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got NaN", what));
	return number >= INT_MAX ? INT_MAX : number <= INT_MIN ? INT_MIN : (int)number;
}

/* A mark is compared, not measured: nothing is taken for another one. */
static uint32_t check_mark(lua_State *L, int arg)
{
	lua_Integer mark = luaL_checkinteger(L, arg);

	luaL_argcheck(L, mark >= 0 && mark <= UINT32_MAX, arg, "integer of 32 bits expected");
	return (uint32_t)mark;
}

/* Checks the value at index arg and puts it where setsockopt(2) wants it. Throws for a wrong one. */
static socklen_t check_value(lua_State *L, const struct option *o, int arg, union value *value)
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
		value->linger.l_linger = to_int(L, arg, lua_tonumber(L, -1), "number of seconds");
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
		value->number = to_int(L, arg, luaL_checknumber(L, arg), "number");
		return sizeof(value->number);
	}
}

/* Pushes the value of an option, as getoption answers it. */
static void push_value(lua_State *L, const struct option *o, const union value *value)
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

/*
 * Keeps an option, the value at index 3, for the descriptors that the object is going to have: in
 * order, in the user value of the socket.
 */
static void keep(lua_State *L, const struct option *o)
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

/*
 * Sets what was kept for the socket at index 1 on the new descriptor of s. Returns 0 or errno, with
 * the name of the option in s->refused.
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
		size = check_value(L, o, lua_gettop(L), &value);
		if (setsockopt(s->fd, o->level, o->id, &value, size) != 0) {
			err = errno;
			s->refused = o->name;
		}
		lua_pop(L, 2);
	}
	lua_pop(L, 1);
	return err;
}

/* Why an option was not set or read. */
static const char *option_strerror(int err)
{
	if (err == ENOPROTOOPT || err == EOPNOTSUPP)
		return "this socket has no such option: not of this family, or not in this kernel";
	return sock_strerror(err);
}

/* Pushes, where a kept option is why there is no descriptor, its name and the words. Returns whether. */
bool option_push_refusal(lua_State *L, const struct sock *s, int err)
{
	if (s->refused)
		lua_pushfstring(L, "option '%s': %s", s->refused, option_strerror(err));
	return s->refused != NULL;
}

/*
 * sock:setoption(name, value) → 1 | nil, message
 * Until the socket is connected it is also kept, and set on each descriptor that is made for it.
 * Throws for an unknown name and a value of the wrong type. setsockopt(2)
 */
int sock_setoption(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);
	const struct option *o = check_option(L, SET);
	union value value;
	socklen_t size = check_value(L, o, 3, &value);

	if ((o->use & TCP_ONLY) && !s->may_tcp)
		return sock_error(
			L, lua_pushfstring(
				   L,
				   "option '%s' would turn the SMC connection into TCP: make the socket with "
				   "fallback = \"tcp\" if that is wanted",
				   o->name));
	if ((s->fd >= 0 || s->family != AF_UNSPEC) && setsockopt(s->fd, o->level, o->id, &value, size) != 0)
		return sock_error(L, option_strerror(errno));
	if (s->kind != SOCK_SERVER && !sock_is_connected(s)) {
		push_value(L, o, &value);
		lua_replace(L, 3);
		keep(L, o);
	}
	lua_pushinteger(L, 1);
	return 1;
}

/* Pushes what an option was set to before there is a descriptor. */
static int push_kept(lua_State *L, const struct option *o)
{
	union value value;
	lua_Integer i;

	for (i = 1; lua_getiuservalue(L, 1, 1) == LUA_TTABLE && lua_geti(L, -1, i) != LUA_TNIL; i += 2) {
		if (lua_tointeger(L, -1) == o - options) {
			lua_geti(L, -2, i + 1);
			check_value(L, o, lua_gettop(L), &value);
			push_value(L, o, &value);
			return 1;
		}
		lua_pop(L, 2);
	}
	return sock_error(L, lua_pushfstring(L,
					     "option '%s' was not set, and there is no descriptor yet "
					     "that has a value of its own",
					     o->name));
}

/*
 * sock:getoption(name) → value | nil, message. Throws for an unknown name. getsockopt(2)
 * Before the first bind or connect it tells what was set.
 */
int sock_getoption(lua_State *L)
{
	struct sock *s = sock_check(L, 1);
	const struct option *o = check_option(L, GET);
	union value value;
	socklen_t size = o->kind == DEVICE   ? sizeof(value.device)
			 : o->kind == LINGER ? sizeof(value.linger)
					     : sizeof(value.number);

	memset(&value, 0, sizeof(value));
	if (o->kind == ERROR && s->attempt == ATTEMPT_UNDER_WAY)
		return attempt_push_error(L, s);
	if (s->fd < 0 && s->family == AF_UNSPEC)
		return push_kept(L, o);
	if (getsockopt(s->fd, o->level, o->id, &value, &size) != 0)
		return sock_error(L, option_strerror(errno));
	push_value(L, o, &value);
	return 1;
}
