// SPDX-License-Identifier: MIT
/*
 * What receive.c cannot give out of one buffer: gathered in a luaL_Buffer, because it is larger
 * than a buffer, ends with the stream, comes in pieces, or has a prefix or a limit.
 */
#include <errno.h>
#include <string.h>

#include "receive.h"

#define LARGE_READ (1024 * 1024) /* room asked for at once; the string grows with what comes */
#define OVERSIZED  EMSGSIZE      /* no errno of recv(2) on a stream */

/* Reads up to room bytes straight into the string that is being made. */
static int receive_into(lua_State *L, struct sock *s, luaL_Buffer *out, size_t room, int flags)
{
	size_t n = 0;
	char *data = luaL_prepbuffsize(out, room);
	int err = receive_some(L, s, data, room, flags, &n);

	luaL_addsize(out, n);
	s->received += (lua_Integer)n;
	return err;
}

/* Moves up to wanted bytes out of the buffer. Returns how many. */
static size_t take_buffered(struct sock *s, luaL_Buffer *out, size_t wanted)
{
	size_t n = buffered(&s->buffer);

	if (n > wanted)
		n = wanted;
	if (n > 0) {
		luaL_addlstring(out, s->buffer.data + s->buffer.first, n);
		consume(s, n);
	}
	return n;
}

/*
 * A timeout with as many bytes as are allowed: the last of them goes back, so that the partial
 * result is shorter than the limit and may be the next call's prefix.
 */
static int hold_back(struct sock *s, luaL_Buffer *out)
{
	if (!buffer_take(s->pool, &s->buffer))
		return ENOMEM;
	s->buffer.data[0] = luaL_buffaddr(out)[luaL_bufflen(out) - 1];
	s->buffer.last = 1;
	s->received--;
	luaL_buffsub(out, 1);
	return ETIMEDOUT;
}

/* There is something in the buffer, or an errno. */
static int need_more(lua_State *L, struct sock *s, luaL_Buffer *out, const struct request *r)
{
	int err = buffered(&s->buffer) ? 0 : receive_fill(L, s);

	if (err == ETIMEDOUT && luaL_bufflen(out) == r->limit)
		return hold_back(s, out);
	return err;
}

/*
 * Adds what a line has of the n bytes, as far as the limit allows: of "*l" no carriage return.
 * Returns how many bytes were used.
 */
static size_t add_line(luaL_Buffer *out, const char *data, size_t n, const struct request *r)
{
	size_t used = 0;

	while (used < n) {
		const char *from = data + used;
		const char *cr = r->pattern == LINE ? memchr(from, '\r', n - used) : NULL;
		size_t length = cr ? (size_t)(cr - from) : n - used;
		size_t room = r->limit - luaL_bufflen(out);

		if (length > room) {
			luaL_addlstring(out, from, room);
			return used + room;
		}
		luaL_addlstring(out, from, length);
		used += length + (cr != NULL);
	}
	return used;
}

static int receive_line(lua_State *L, struct sock *s, luaL_Buffer *out, const struct request *r)
{
	for (;;) {
		int err = need_more(L, s, out, r);
		const char *data, *newline;
		size_t n, used;

		if (err)
			return err;
		data = s->buffer.data + s->buffer.first;
		n = buffered(&s->buffer);
		newline = memchr(data, '\n', n);
		if (newline)
			n = (size_t)(newline - data) + (r->pattern == WHOLE_LINE);
		used = add_line(out, data, n, r);
		if (used < n) {
			if (used)
				consume(s, used);
			return OVERSIZED;
		}
		consume(s, n + (newline && r->pattern == LINE));
		if (newline)
			return 0;
	}
}

static int receive_count(lua_State *L, struct sock *s, luaL_Buffer *out, size_t wanted)
{
	int err;

	if (wanted == 0) /* waits until there is something, and leaves it */
		return buffered(&s->buffer) ? 0 : receive_fill(L, s);
	for (;;) {
		size_t before = luaL_bufflen(out);

		wanted -= take_buffered(s, out, wanted);
		if (wanted == 0)
			return 0;
		if (wanted < READ_AHEAD) {
			err = receive_fill(L, s);
		} else {
			before = luaL_bufflen(out);
			err = receive_into(L, s, out, wanted < LARGE_READ ? wanted : LARGE_READ,
					   MSG_WAITALL);
			wanted -= luaL_bufflen(out) - before;
		}
		if (err)
			return err;
	}
}

static int receive_all(lua_State *L, struct sock *s, luaL_Buffer *out, const struct request *r)
{
	size_t start = luaL_bufflen(out), room;
	int err = 0;

	take_buffered(s, out, r->limit - start);
	while (!err) {
		room = r->limit - luaL_bufflen(out);
		if (room > 0)
			err = receive_into(L, s, out, room < BUFFER_SIZE ? room : BUFFER_SIZE, 0);
		else
			err = need_more(L, s, out, r) ?: OVERSIZED;
	}
	return err == EPIPE && luaL_bufflen(out) > start ? 0 : err;
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
		lua_pushstring(L, err == OVERSIZED ? "oversized" : sock_strerror(err));
		lua_insert(L, -2);
	}
	return 3;
}

/* Answers the request by as many reads as it takes: data, nil, nil, or nil, message, partial. */
int receive_gathering(lua_State *L, struct sock *s, const struct request *r)
{
	size_t prefix_len;
	const char *prefix = luaL_optlstring(L, 3, "", &prefix_len);
	luaL_Buffer out;
	int err = 0;

	lua_settop(L, 4);
	luaL_buffinit(L, &out);
	luaL_addlstring(&out, prefix, prefix_len);
	if (r->pattern == ALL)
		err = receive_all(L, s, &out, r);
	else if (r->pattern != COUNT)
		err = receive_line(L, s, &out, r);
	else if (prefix_len == 0 || r->count > prefix_len)
		err = receive_count(L, s, &out, r->count - prefix_len);
	return push_received(L, &out, err);
}
