// SPDX-License-Identifier: MIT
/* The bytes of a stream: send, and receive by line, by count, or all. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "sock.h"

/* Room asked for at once in front of a large read; the string grows with what arrives. */
#define LARGE_READ (1024 * 1024)

static struct buffer_pool *pool_of(lua_State *L)
{
	return lua_touserdata(L, UPVALUE_POOL);
}

static size_t buffered(const struct sock_buffer *b)
{
	return b->last - b->first;
}

static void consume(lua_State *L, struct sock *s, size_t n)
{
	s->buffer.first += n;
	s->received += (lua_Integer)n;
	if (s->buffer.first == s->buffer.last)
		buffer_give(pool_of(L), &s->buffer);
}

/*
 * One recv(2) of up to size bytes, waited for within the timeout.
 * Returns 0 with *n > 0, or errno; EPIPE at the end of the stream.
 */
static int receive_some(lua_State *L, const struct sock *s, char *data, size_t size, size_t *n)
{
	for (;;) {
		ssize_t rc = recv(s->fd, data, size, MSG_DONTWAIT);
		int err;

		if (rc > 0) {
			*n = (size_t)rc;
			return 0;
		}
		if (rc == 0)
			return EPIPE;
		if (errno == EINTR) {
			wait_interrupted(L);
		} else if (errno == EAGAIN) {
			err = wait_for(L, s, POLLIN);
			if (err)
				return err;
		} else {
			return errno;
		}
	}
}

/* Fills the empty buffer by one read. */
static int fill(lua_State *L, struct sock *s)
{
	int err;

	if (!buffer_take(pool_of(L), &s->buffer))
		return ENOMEM;
	err = receive_some(L, s, s->buffer.data, BUFFER_SIZE, &s->buffer.last);
	if (err)
		buffer_give(pool_of(L), &s->buffer);
	return err;
}

/* Adds the bytes but no carriage return: LuaSocket's lines have none. */
static void add_line(luaL_Buffer *out, const char *data, size_t n)
{
	const char *cr;

	while ((cr = memchr(data, '\r', n)) != NULL) {
		luaL_addlstring(out, data, (size_t)(cr - data));
		n -= (size_t)(cr - data) + 1;
		data = cr + 1;
	}
	luaL_addlstring(out, data, n);
}

static int receive_line(lua_State *L, struct sock *s, luaL_Buffer *out)
{
	for (;;) {
		const char *data, *newline;
		size_t n;
		int err = buffered(&s->buffer) ? 0 : fill(L, s);

		if (err)
			return err;
		data = s->buffer.data + s->buffer.first;
		n = buffered(&s->buffer);
		newline = memchr(data, '\n', n);
		if (newline)
			n = (size_t)(newline - data);
		add_line(out, data, n);
		consume(L, s, newline ? n + 1 : n);
		if (newline)
			return 0;
	}
}

/* Moves up to wanted bytes out of the buffer. Returns how many. */
static size_t take_buffered(lua_State *L, struct sock *s, luaL_Buffer *out, size_t wanted)
{
	size_t n = buffered(&s->buffer);

	if (n > wanted)
		n = wanted;
	if (n > 0) {
		luaL_addlstring(out, s->buffer.data + s->buffer.first, n);
		consume(L, s, n);
	}
	return n;
}

/* Reads up to room bytes straight into the string that is being made. */
static int receive_into(lua_State *L, struct sock *s, luaL_Buffer *out, size_t room, size_t *n)
{
	char *data = luaL_prepbuffsize(out, room);
	int err = receive_some(L, s, data, room, n);

	if (!err) {
		luaL_addsize(out, *n);
		s->received += (lua_Integer)*n;
	}
	return err;
}

static int receive_count(lua_State *L, struct sock *s, luaL_Buffer *out, size_t wanted)
{
	size_t n;
	int err;

	if (wanted == 0) /* waits until there is something, and leaves it */
		return buffered(&s->buffer) ? 0 : fill(L, s);
	wanted -= take_buffered(L, s, out, wanted);
	while (wanted > 0) {
		if (wanted < BUFFER_SIZE / 4) {
			err = fill(L, s);
			n = err ? 0 : take_buffered(L, s, out, wanted);
		} else {
			err = receive_into(L, s, out, wanted < LARGE_READ ? wanted : LARGE_READ, &n);
		}
		if (err)
			return err;
		wanted -= n;
	}
	return 0;
}

static int receive_all(lua_State *L, struct sock *s, luaL_Buffer *out)
{
	bool any = take_buffered(L, s, out, SIZE_MAX) > 0;
	size_t n;
	int err;

	while ((err = receive_into(L, s, out, BUFFER_SIZE, &n)) == 0)
		any = true;
	return any && err == EPIPE ? 0 : err;
}

/* Leaves data, nil, nil on success; nil, message, partial data on failure. Returns 3. */
static int push_received(lua_State *L, luaL_Buffer *out, int err)
{
	luaL_pushresult(out);
	if (!err) {
		lua_pushnil(L);
		lua_pushnil(L);
	} else {
		lua_pushnil(L);
		lua_insert(L, -2);
		lua_pushstring(L, sock_strerror(err));
		lua_insert(L, -2);
	}
	return 3;
}

/* A line that waits in the buffer whole and without a carriage return: pushed, and true. */
static bool push_waiting_line(lua_State *L, struct sock *s)
{
	const char *data = s->buffer.data + s->buffer.first;
	const char *newline = buffered(&s->buffer) ? memchr(data, '\n', buffered(&s->buffer)) : NULL;
	size_t n;

	if (!newline)
		return false;
	n = (size_t)(newline - data);
	if (memchr(data, '\r', n)) {
		if (n == 0 || memchr(data, '\r', n) != data + n - 1)
			return false;
		n--; /* the usual place */
	}
	lua_pushlstring(L, data, n);
	consume(L, s, (size_t)(newline - data) + 1);
	return true;
}

enum pattern { LINE, ALL, COUNT };

/* What is asked for at index 2; a number of bytes goes to *count. Throws for anything else. */
static enum pattern check_pattern(lua_State *L, size_t *count)
{
	const char *pattern;
	lua_Number number;

	if (lua_isnoneornil(L, 2))
		return LINE;
	if (lua_type(L, 2) == LUA_TSTRING) {
		pattern = lua_tostring(L, 2);
		if (*pattern == '*')
			pattern++;
		if (*pattern == 'l' || *pattern == 'a')
			return *pattern == 'l' ? LINE : ALL;
	}
	number = lua_tonumber(L, 2);
	luaL_argcheck(L, lua_isnumber(L, 2) && number >= 0 && number <= 0x1p52, 2,
		      "invalid receive pattern");
	*count = (size_t)number;
	return COUNT;
}

/*
 * sock:receive([pattern = "*l" [, prefix]]) → data | nil, message, partial
 * pattern: "*l" a line without its end, "*a" all until the peer closes, or a number of bytes,
 * the prefix's included. Data and partial begin with the prefix. recv(2)
 */
int sock_receive(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	size_t prefix_len, count = 0;
	enum pattern pattern = check_pattern(L, &count);
	const char *prefix = luaL_optlstring(L, 3, "", &prefix_len);
	luaL_Buffer out;
	int err = 0;

	if (pattern == LINE && prefix_len == 0 && push_waiting_line(L, s)) {
		lua_pushnil(L);
		lua_pushnil(L);
		return 3;
	}
	lua_settop(L, 3);
	luaL_buffinit(L, &out);
	luaL_addlstring(&out, prefix, prefix_len);
	wait_start(&s->timeout);
	if (pattern == LINE)
		err = receive_line(L, s, &out);
	else if (pattern == ALL)
		err = receive_all(L, s, &out);
	else if (prefix_len == 0 || count > prefix_len)
		err = receive_count(L, s, &out, count - prefix_len);
	return push_received(L, &out, err);
}

/*
 * sock:receiveany(max) → data | nil, message, ""
 * What has arrived, at most max bytes; waits only when there is nothing. recv(2)
 */
int sock_receiveany(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	lua_Integer max = luaL_checkinteger(L, 2);
	luaL_Buffer out;
	size_t n;
	int err = 0;

	luaL_argcheck(L, max > 0, 2, "a positive number of bytes expected");
	lua_settop(L, 2);
	luaL_buffinit(L, &out);
	wait_start(&s->timeout);
	if (take_buffered(L, s, &out, (size_t)max) == 0)
		err = receive_into(L, s, &out, max < LARGE_READ ? (size_t)max : LARGE_READ, &n);
	return push_received(L, &out, err);
}

/*
 * sock:send(data [, i [, j]]) → index of the last byte sent | nil, message, the same index
 * i and j as in string.sub. A peer that is gone is an answer, never a SIGPIPE. send(2)
 */
int sock_send(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);
	size_t size, at, end;
	const char *data = luaL_checklstring(L, 2, &size);
	lua_Integer first = luaL_optinteger(L, 3, 1);
	lua_Integer last = luaL_optinteger(L, 4, -1);
	int err = 0;

	if (first < 0)
		first += (lua_Integer)size + 1;
	if (last < 0)
		last += (lua_Integer)size + 1;
	if (first < 1)
		first = 1;
	if (last > (lua_Integer)size)
		last = (lua_Integer)size;
	at = (size_t)first - 1;
	end = last < first ? at : (size_t)last;
	wait_start(&s->timeout);
	while (at < end && !err) {
		ssize_t rc = send(s->fd, data + at, end - at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (rc >= 0) {
			at += (size_t)rc;
			s->sent += rc;
		} else if (errno == EAGAIN) {
			err = wait_for(L, s, POLLOUT);
		} else if (errno == EINTR) {
			wait_interrupted(L);
		} else {
			err = errno;
		}
	}
	if (!err) {
		lua_pushinteger(L, (lua_Integer)at);
		lua_pushnil(L);
		lua_pushnil(L);
	} else {
		lua_pushnil(L);
		lua_pushstring(L, sock_strerror(err));
		lua_pushinteger(L, (lua_Integer)at);
	}
	return 3;
}

/* sock:dirty() → boolean: whether received bytes wait in the object, unseen by poll(2) */
int sock_dirty(lua_State *L)
{
	lua_pushboolean(L, buffered(&sock_check(L, 1)->buffer) > 0);
	return 1;
}

/* sock:getstats() → bytes received (as the program consumed them), bytes sent, age in seconds */
int sock_getstats(lua_State *L)
{
	const struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);

	lua_pushinteger(L, s->received);
	lua_pushinteger(L, s->sent);
	lua_pushnumber(L, wait_now() - s->birth);
	return 3;
}

/* sock:setstats([received [, sent [, age]]]) → 1 */
int sock_setstats(lua_State *L)
{
	struct sock *s = sock_check_class(L, 1, SOCK_CLIENT);

	s->received = luaL_optinteger(L, 2, s->received);
	s->sent = luaL_optinteger(L, 3, s->sent);
	if (!lua_isnoneornil(L, 4))
		s->birth = wait_now() - luaL_checknumber(L, 4);
	lua_pushinteger(L, 1);
	return 1;
}
