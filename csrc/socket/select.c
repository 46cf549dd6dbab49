// SPDX-License-Identifier: MIT
/* LuaSocket's select, by poll(2): no limit on the number or the size of descriptors. */
#include <errno.h>
#include <poll.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "sock.h"

enum { RECEIVERS = 1, SENDERS = 2, TIMEOUT = 3, OBJECTS, READABLE, WRITABLE };

struct set {
	struct pollfd *fds;
	lua_Integer count;     /* number of objects that have a descriptor */
	lua_Integer receivers; /* the first ones, which wait for input; the others wait for output */
	bool dirty;
};

/* Throws if the value on top of the stack, number i of the array at index arg, cannot have methods. */
static void check_object(lua_State *L, int arg, lua_Integer i)
{
	if (lua_istable(L, -1))
		return;
	if (luaL_getmetafield(L, -1, "__index") == LUA_TNIL)
		luaL_argerror(L, arg,
			      lua_pushfstring(L, "[%I]: object with getfd expected, got %s", i,
					      luaL_typename(L, -1)));
	lua_pop(L, 1);
}

/*
 * Appends the objects of the array at index arg to OBJECTS, which has count objects so far. The array ends at
 * its first nil. Returns the new number of objects.
 */
static lua_Integer append_objects(lua_State *L, int arg, lua_Integer count)
{
	lua_Integer i;

	if (lua_isnil(L, arg))
		return count;
	luaL_checktype(L, arg, LUA_TTABLE);
	for (i = 1; lua_geti(L, arg, i) != LUA_TNIL; i++) {
		check_object(L, arg, i);
		lua_rawseti(L, OBJECTS, ++count);
	}
	lua_pop(L, 1);
	return count;
}

/* Returns the descriptor of the object on top of the stack, from its method getfd; -1 if it has none. */
static int descriptor_of(lua_State *L)
{
	lua_Number fd = -1;

	if (lua_getfield(L, -1, "getfd") != LUA_TNIL) {
		lua_pushvalue(L, -2);
		lua_call(L, 1, 1);
		if (lua_isnumber(L, -1))
			fd = lua_tonumber(L, -1);
	}
	lua_pop(L, 1);
	return fd >= 0 && fd <= 0x7fffffff ? (int)fd : -1;
}

/* Returns whether the object on top of the stack holds received bytes, which poll(2) cannot report. */
static bool is_dirty(lua_State *L)
{
	bool dirty = false;

	if (lua_getfield(L, -1, "dirty") != LUA_TNIL) {
		lua_pushvalue(L, -2);
		lua_call(L, 1, 1);
		dirty = lua_toboolean(L, -1);
	}
	lua_pop(L, 1);
	return dirty;
}

/* Collects the descriptors of the objects first to last, and removes objects without one from OBJECTS. */
static void collect_descriptors(lua_State *L, lua_Integer first, lua_Integer last, short events,
				struct set *set)
{
	lua_Integer i;

	for (i = first; i <= last; i++) {
		struct pollfd *p = &set->fds[set->count];

		lua_rawgeti(L, OBJECTS, i);
		p->fd = descriptor_of(L);
		p->events = events;
		p->revents = 0;
		if (p->fd < 0) {
			lua_pop(L, 1);
			continue;
		}
		if (events == POLLIN && is_dirty(L)) {
			set->dirty = true;
			p->events = POLLPRI; /* marks the object as ready until the result is made */
		}
		lua_rawseti(L, OBJECTS, ++set->count);
	}
}

/*
 * Waits, and returns the number of descriptors that are ready. After a signal, a hook may raise an error;
 * otherwise it waits for the rest of the time.
 */
static int wait_for_set(lua_State *L, const struct set *set, double seconds)
{
	struct sock_timeout t = { .block = seconds, .total = -1 };
	int n;

	timeout_start(&t);
	do {
		n = timeout_poll(set->fds, (nfds_t)set->count, t.deadline);
		if (n < 0 && errno == EINTR)
			smc_run_signal_hooks(L);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		luaL_error(L, "select failed: %s", sock_strerror(errno));
	return n;
}

/* Adds object number i, which is ready, to a result: result[n] = object, result[object] = n. */
static void add_ready(lua_State *L, int result, lua_Integer i)
{
	lua_Integer n = luaL_len(L, result) + 1;

	lua_rawgeti(L, OBJECTS, i + 1);
	lua_pushvalue(L, -1);
	lua_rawseti(L, result, n);
	lua_pushinteger(L, n);
	lua_rawset(L, result);
}

/*
 * select(receivers, senders [, timeout]) -> readable, writable [, "timeout"]
 * The arguments are arrays of objects that have a method getfd, and a method dirty if they buffer data; or
 * nil. The timeout is in seconds. The results are arrays of the ready objects, in which each object is also
 * the key of its index. poll(2)
 */
int core_select(lua_State *L)
{
	double timeout = smc_opt_seconds(L, TIMEOUT, -1);
	lua_Integer receivers, all, i;
	struct set set = { 0 };
	int n;

	lua_settop(L, TIMEOUT);
	lua_newtable(L);
	lua_newtable(L);
	lua_newtable(L);
	receivers = append_objects(L, RECEIVERS, 0);
	all = append_objects(L, SENDERS, receivers);
	set.fds = lua_newuserdatauv(L, ((size_t)all + 1) * sizeof(*set.fds), 0);
	collect_descriptors(L, 1, receivers, POLLIN, &set);
	set.receivers = set.count;
	collect_descriptors(L, receivers + 1, all, POLLOUT, &set);
	n = wait_for_set(L, &set, set.dirty ? 0 : timeout);
	for (i = 0; i < set.count; i++) {
		const struct pollfd *p = &set.fds[i];

		if (p->events == POLLPRI || (p->revents & (p->events | POLLERR | POLLHUP | POLLNVAL)))
			add_ready(L, i < set.receivers ? READABLE : WRITABLE, i);
	}
	lua_settop(L, WRITABLE);
	if (n > 0 || set.dirty)
		return 2;
	lua_pushliteral(L, "timeout");
	return 3;
}
