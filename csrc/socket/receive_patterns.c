// SPDX-License-Identifier: MIT
/*
 * Data that receive.c cannot return from one buffer: it is collected in a luaL_Buffer, because it is
 * larger than a buffer, ends with the stream, arrives in pieces, or has a prefix or a limit.
 */
#include <errno.h>
#include <string.h>

#include "receive.h"

#define LARGE_READ (1024 * 1024) /* room asked for at once; the string grows with what comes */
#define OVERSIZED  EMSGSIZE      /* no errno of recv(2) on a stream */

/*
 * Room in a luaL_Buffer may come from the collector, whose finalizers may use the socket: what is
 * buffered is looked at after luaL_prepbuffsize(), not before.
 */

/* Reads up to room bytes straight into the string that is being made. 0: look again, or errno. */
static int read_into(lua_State *L, struct sock *s, luaL_Buffer *out, size_t room, int flags)
{
	char *data = luaL_prepbuffsize(out, room);
	size_t n = 0;
	int err;

	if (buffer_length(&s->buffer))
		return 0;
	err = input_read(s, data, room, flags, &n);
	luaL_addsize(out, n);
	s->received += (lua_Integer)n;
	return err ? input_retry(L, s, err) : 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Moves up to wanted bytes out of the buffer. Returns how many. */
static size_t take_buffered(struct sock *s, luaL_Buffer *out, size_t wanted)
{
	size_t taken = 0;

	while (taken < wanted && buffer_length(&s->buffer)) {
		size_t n = smaller(buffer_length(&s->buffer), wanted - taken);
		char *room = luaL_prepbuffsize(out, n);

		n = smaller(buffer_length(&s->buffer), n);
		if (n > 0) {
			memcpy(room, s->buffer.data + s->buffer.first, n);
			luaL_addsize(out, n);
			input_consume(s, n);
		}
		taken += n;
	}
	return taken;
}

/* ETIMEDOUT when the time is up: a peer that sends all the time never makes anybody wait. */
static int deadline_errno(const struct sock *s)
{
	return s->timeout.deadline > 0 && timeout_now() >= s->timeout.deadline ? ETIMEDOUT : 0;
}

/*
 * A timeout with as many bytes as are allowed: the last of them goes back, so that the partial
 * result is shorter than the limit and may be the next call's prefix.
 */
static int unread_last_byte(struct sock *s, luaL_Buffer *out)
{
	if (!buffer_acquire(s->pool, &s->buffer))
		return ENOMEM;
	s->buffer.data[0] = luaL_buffaddr(out)[luaL_bufflen(out) - 1];
	s->buffer.last = 1;
	s->received--;
	luaL_buffsub(out, 1);
	return ETIMEDOUT;
}

/* There is something in the buffer, or an errno. */
static int ensure_buffered(lua_State *L, struct sock *s, luaL_Buffer *out, const struct request *r)
{
	int err = 0;

	if (buffer_length(&s->buffer) == 0)
		err = deadline_errno(s) ?: input_fill(L, s, BUFFER_SIZE, 0);
	if (err == ETIMEDOUT && luaL_bufflen(out) == r->limit)
		return unread_last_byte(s, out);
	return err;
}

/* How many of the buffered bytes the line has, and whether it ends with them. */
static size_t measure_line(const struct sock *s, const struct request *r, bool *ends)
{
	const char *data = s->buffer.data + s->buffer.first;
	size_t n = buffer_length(&s->buffer);
	const char *newline = n ? memchr(data, '\n', n) : NULL;

	*ends = newline != NULL;
	return newline ? (size_t)(newline - data) + (r->pattern == WHOLE_LINE) : n;
}

/*
 * Copies up to room of the n bytes, of "*l" no carriage return. Returns how many bytes were used,
 * and in *copied how many were copied.
 */
static size_t copy_line(char *to, const char *from, size_t n, size_t room, const struct request *r,
			size_t *copied)
{
	size_t used;

	*copied = 0;
	for (used = 0; used < n; used++) {
		if (r->pattern == LINE && from[used] == '\r')
			continue;
		if (*copied == room)
			break;
		to[(*copied)++] = from[used];
	}
	return used;
}

static int receive_line(lua_State *L, struct sock *s, luaL_Buffer *out, const struct request *r)
{
	for (;;) {
		int err = ensure_buffered(L, s, out, r);
		size_t n, used, copied;
		bool ends, still;
		char *to;

		if (err)
			return err;
		n = measure_line(s, r, &ends);
		to = luaL_prepbuffsize(out, n);
		if (measure_line(s, r, &still) != n || still != ends)
			continue;
		used = copy_line(to, s->buffer.data + s->buffer.first, n, r->limit - luaL_bufflen(out), r,
				 &copied);
		luaL_addsize(out, copied);
		input_consume(s, used + (used == n && ends && r->pattern == LINE));
		if (used < n)
			return OVERSIZED;
		if (ends)
			return 0;
	}
}

static int receive_count(lua_State *L, struct sock *s, luaL_Buffer *out, size_t wanted)
{
	int err;

	if (wanted == 0) /* waits until there is something, and leaves it */
		return input_fill(L, s, BUFFER_SIZE, 0);
	for (;;) {
		size_t before;

		wanted -= take_buffered(s, out, wanted);
		if (wanted == 0)
			return 0;
		err = deadline_errno(s);
		if (!err && wanted < READ_AHEAD) {
			err = input_fill(L, s, BUFFER_SIZE, 0);
		} else if (!err) {
			before = luaL_bufflen(out);
			err = read_into(L, s, out, smaller(wanted, LARGE_READ), MSG_WAITALL);
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

	while (!err) {
		take_buffered(s, out, r->limit - luaL_bufflen(out));
		room = r->limit - luaL_bufflen(out);
		if (room > 0)
			err = deadline_errno(s) ?: read_into(L, s, out, smaller(room, BUFFER_SIZE), 0);
		else
			err = ensure_buffered(L, s, out, r) ?: OVERSIZED;
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
int receive_pattern(lua_State *L, struct sock *s, const struct request *r)
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
