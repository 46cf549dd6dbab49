// SPDX-License-Identifier: MIT
/* Receives bytes of a stream: by line, by count, or all. gather.c collects the answers. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "receive.h"

/***
 * Receiving.
 * @module smc.socket
 */

/*
 * Reads the pattern at index 2. Throws for anything that is not a pattern. A count that does not fit into size_t
 * is 0, as in LuaSocket on x86-64.
 */
static void check_pattern(lua_State *L, struct request *r)
{
	int type = lua_type(L, 2);
	const char *pattern;
	lua_Number number;
	int is_number;

	r->count = 0;
	r->pattern = LINE;
	if (type <= LUA_TNIL)
		return;
	if (type == LUA_TSTRING) {
		pattern = lua_tostring(L, 2);
		if (*pattern == '*')
			pattern++;
		if (*pattern == 'l' || *pattern == 'L' || *pattern == 'a') {
			r->pattern = *pattern == 'l' ? LINE : *pattern == 'L' ? WHOLE_LINE : ALL;
			return;
		}
	}
	number = lua_tonumberx(L, 2, &is_number);
	luaL_argcheck(L, is_number && number >= 0, 2, "invalid receive pattern");
	r->pattern = COUNT;
	r->count = number < 0x1p64 ? (size_t)number : 0;
}

/* Checks the limit at index 4 for a request whose count is still that of the whole answer. */
static void check_limit(lua_State *L, struct request *r)
{
	lua_Integer limit;

	r->limit = SIZE_MAX;
	if (lua_isnoneornil(L, 4))
		return;
	limit = smc_check_truncated(L, 4);
	luaL_argcheck(L, limit >= 1, 4, "maximum size must be positive");
	luaL_argcheck(L, r->prefix_len < (size_t)limit, 3, "prefix reaches the maximum size");
	luaL_argcheck(L, r->pattern != COUNT || r->count <= (size_t)limit, 2,
		      "count exceeds the maximum size");
	r->limit = (size_t)limit - r->prefix_len;
}

/* Leaves data, nil, nil on success; nil, message, partial data on failure. Returns 3. */
static int finish(lua_State *L, int err)
{
	if (!err) {
		lua_pushnil(L);
		lua_pushnil(L);
		return 3;
	}
	lua_pushnil(L);
	lua_insert(L, -2);
	lua_pushstring(L, err == OVERSIZED ? "oversized" : sock_strerror(err));
	lua_insert(L, -2);
	return 3;
}

/*
 * Pushes a line that is complete in the buffer and has a carriage return at most at its end: the fast path, for
 * nearly all lines of a loop. False: nothing is pushed, and gather_answer() has to do it.
 */
static bool push_waiting_line(lua_State *L, struct sock *s)
{
	const char *data = s->buffer.data + s->buffer.first;
	size_t waiting = buffer_length(&s->buffer), n;
	const char *newline = waiting > 0 ? memchr(data, '\n', waiting) : NULL;
	unsigned int removals = s->buffer.removals;
	const char *cr;

	if (!newline)
		return false;
	n = (size_t)(newline - data);
	cr = memchr(data, '\r', n);
	if (cr && cr + 1 != newline)
		return false;
	lua_pushlstring(L, data, cr ? n - 1 : n);
	if (removals != s->buffer.removals) { /* a finalizer has used the socket */
		lua_pop(L, 1);
		return false;
	}
	s->received = (lua_Integer)((lua_Unsigned)s->received + n + 1);
	buffer_remove(s->pool, &s->buffer, n + 1);
	buffer_trim(s->pool, &s->buffer);
	return true;
}

/***
 * Receives a line, a number of bytes, or everything until the peer closes. See recv(2).
 *
 * @function sock:receive
 * @tparam[opt="*l"] string|integer pattern what to receive: with `"l"` a line without its end
 *   (carriage returns are left out), with `"L"` a line with its end, with `"a"` everything until
 *   the peer closes, or so many bytes, those of the prefix included. As in LuaSocket, an asterisk
 *   may stand before the letter.
 * @tparam[opt=""] string prefix what the data begins with: the partial result of an earlier call
 * @tparam[opt] integer maxsize how many bytes the data may have; when there are more, the message
 *   is `"oversized"`, and what follows stays unread
 * @treturn[1] string data, which begins with the prefix
 * @treturn[2] nil
 * @treturn[2] string message: `"timeout"`, `"closed"`, `"oversized"`, or other words
 * @treturn[2] string partial data, which begins with the prefix
 * @raise for an invalid pattern, or a socket that is not a client
 */
int sock_receive(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	struct request r;
	struct answer a;
	int err;

	check_pattern(L, &r);
	if (r.pattern == LINE && lua_gettop(L) <= 2 && push_waiting_line(L, s))
		return finish(L, 0);
	r.prefix_len = 0;
	r.limit = SIZE_MAX;
	if (lua_gettop(L) > 2) {
		if (!lua_isnoneornil(L, 3))
			luaL_checklstring(L, 3, &r.prefix_len);
		check_limit(L, &r);
	}
	if (r.prefix_len > 0 && r.pattern == COUNT && r.count <= r.prefix_len) {
		lua_settop(L, 3);
		return finish(L, 0);
	}
	if (r.pattern == COUNT)
		r.count -= r.prefix_len;
	timeout_start(&s->timeout);
	do
		err = gather_answer(L, s, &r, &a);
	while (!push_answer(L, s, &r, &a));
	buffer_trim(s->pool, &s->buffer);
	return finish(L, err);
}

/***
 * Receives what has arrived; waits only if there is nothing. See recv(2).
 *
 * @function sock:receiveany
 * @tparam integer max the number of bytes at most, which must be positive
 * @treturn[1] string data
 * @treturn[2] nil
 * @treturn[2] string message: `"timeout"`, `"closed"`, or other words
 * @treturn[2] string partial data, always `""`
 * @raise for another number, or a socket that is not a client
 */
int sock_receiveany(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	lua_Integer max = smc_check_truncated(L, 2);
	const struct request any = { .pattern = ALL, .limit = SIZE_MAX };
	struct answer a;
	size_t room;
	int err;

	luaL_argcheck(L, max > 0, 2, "a positive number of bytes expected");
	room = max < BUFFER_SIZE ? (size_t)max : BUFFER_SIZE;
	timeout_start(&s->timeout);
	do {
		err = 0;
		while (!err && buffer_length(&s->buffer) == 0)
			err = input_more(L, s, room, 0);
		a.used = buffer_length(&s->buffer) < room ? buffer_length(&s->buffer) : room;
		a.length = a.used;
	} while (!push_answer(L, s, &any, &a));
	return finish(L, a.used > 0 ? 0 : err);
}

/***
 * Whether the object holds received bytes, which poll(2) does not see.
 *
 * @function sock:dirty
 * @treturn boolean
 */
int sock_dirty(lua_State *L)
{
	lua_pushboolean(L, buffer_length(&sock_check(L, 1)->buffer) > 0);
	return 1;
}
