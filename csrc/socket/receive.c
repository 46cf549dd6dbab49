// SPDX-License-Identifier: MIT
/*
 * Receives bytes of a stream: by line, by count, or all.
 *
 * Small reads use the buffer lent to the socket, and may read more than was requested. A result that
 * is complete in the buffer becomes a Lua string at once; receive_patterns.c does the rest.
 */
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
 * Pushes count bytes from the buffer, and removes them. The garbage collector may run when the string
 * is created, and finalizers may use the socket: it must be in a consistent state by then.
 */
static void push_bytes(lua_State *L, struct sock *s, size_t count, size_t used)
{
	const char *data = s->buffer.data + s->buffer.first;

	s->buffer.first += used;
	s->received += (lua_Integer)used;
	lua_pushlstring(L, data, count);
	input_release_empty(s);
}

/* A line that waits in the buffer whole and without a carriage return: pushed, and true. */
static bool push_line(lua_State *L, struct sock *s, enum pattern pattern)
{
	const char *data = s->buffer.data + s->buffer.first;
	const char *newline = memchr(data, '\n', buffer_length(&s->buffer));
	const char *cr;
	size_t n;

	if (!newline)
		return false;
	n = (size_t)(newline - data);
	if (pattern == WHOLE_LINE) {
		push_bytes(L, s, n + 1, n + 1);
		return true;
	}
	cr = memchr(data, '\r', n);
	if (cr && cr + 1 != newline)
		return false;
	push_bytes(L, s, cr ? n - 1 : n, n + 1);
	return true;
}

/* So many bytes that wait in the buffer: pushed, and true. */
static bool push_count(lua_State *L, struct sock *s, size_t count)
{
	if (buffer_length(&s->buffer) < count)
		return false;
	push_bytes(L, s, count, count);
	return true;
}

/*
 * The common case: no prefix, no limit, and the result is complete after at most one read. Returns
 * true with the string pushed; otherwise *err says why not, and nothing has been consumed.
 */
static bool receive_from_buffer(lua_State *L, struct sock *s, const struct request *r, int *err)
{
	bool counts = r->pattern == COUNT;

	if (r->pattern == ALL || (counts && (r->count == 0 || r->count > BUFFER_SIZE)))
		return false;
	if (counts && r->count >= READ_AHEAD)
		*err = input_fill(L, s, r->count, MSG_WAITALL);
	else
		*err = input_fill(L, s, BUFFER_SIZE, 0);
	if (*err)
		return false;
	return counts ? push_count(L, s, r->count) : push_line(L, s, r->pattern);
}

/*
 * What is asked for at index 2. Throws for anything that is no pattern. A count that no size can
 * hold is 0, as in LuaSocket on x86-64.
 */
static void check_pattern(lua_State *L, struct request *r)
{
	int type = lua_type(L, 2);
	const char *pattern;
	lua_Number number;

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
	number = lua_tonumber(L, 2);
	luaL_argcheck(L, lua_isnumber(L, 2) && number >= 0, 2, "invalid receive pattern");
	r->pattern = COUNT;
	r->count = number < 0x1p64 ? (size_t)number : 0;
}

static void check_limit(lua_State *L, struct request *r, size_t prefix_len)
{
	lua_Integer limit;

	if (lua_isnoneornil(L, 4))
		return;
	limit = smc_check_truncated(L, 4);
	luaL_argcheck(L, limit >= 1, 4, "maximum size must be positive");
	luaL_argcheck(L, prefix_len < (size_t)limit, 3, "prefix reaches the maximum size");
	luaL_argcheck(L, r->pattern != COUNT || r->count <= (size_t)limit, 2,
		      "count exceeds the maximum size");
	r->limit = (size_t)limit;
}

static int push_failure(lua_State *L, int err)
{
	lua_pushnil(L);
	lua_pushstring(L, sock_strerror(err));
	lua_pushliteral(L, "");
	return 3;
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
	size_t prefix_len = 0;
	struct request r;
	int err = 0, results;

	check_pattern(L, &r);
	r.limit = SIZE_MAX;
	if (lua_gettop(L) > 2) {
		if (!lua_isnoneornil(L, 3))
			luaL_checklstring(L, 3, &prefix_len);
		check_limit(L, &r, prefix_len);
	}
	timeout_start(&s->timeout);
	if (prefix_len > 0 || r.limit != SIZE_MAX || !receive_from_buffer(L, s, &r, &err)) {
		if (!err) {
			results = receive_pattern(L, s, &r);
			buffer_trim(s->pool, &s->buffer);
			return results;
		}
		return push_failure(L, err);
	}
	buffer_trim(s->pool, &s->buffer);
	lua_pushnil(L);
	lua_pushnil(L);
	return 3;
}

/***
 * Receives what has arrived, and waits only when there is nothing. See recv(2).
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
	size_t room = max < BUFFER_SIZE ? (size_t)max : BUFFER_SIZE;
	int err;

	luaL_argcheck(L, max > 0, 2, "a positive number of bytes expected");
	timeout_start(&s->timeout);
	err = input_fill(L, s, room, 0);
	if (err)
		return push_failure(L, err);
	push_count(L, s, room < buffer_length(&s->buffer) ? room : buffer_length(&s->buffer));
	lua_pushnil(L);
	lua_pushnil(L);
	return 3;
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
