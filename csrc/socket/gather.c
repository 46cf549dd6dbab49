// SPDX-License-Identifier: MIT
/*
 * Gathers the bytes that answer a request.
 *
 * They stay in the socket's buffer until the whole answer is a Lua string: after an error before that, from a
 * signal handler or for lack of memory, the next call finds them.
 */
#include <errno.h>
#include <string.h>

#include "receive.h"

#define READ_AHEAD (BUFFER_SIZE / 4) /* counts below this may read more than they ask for */
#define LARGE_READ (1024 * 1024)     /* most bytes that are asked for at once */

static const char *waiting_bytes(const struct sock *s)
{
	return s->buffer.data + s->buffer.first;
}

/* ETIMEDOUT when the time is up, which no wait would notice while the peer keeps sending. */
static int deadline_errno(const struct sock *s)
{
	return s->timeout.deadline > 0 && timeout_now() >= s->timeout.deadline ? ETIMEDOUT : 0;
}

static bool counts(const struct request *r, char byte)
{
	return r->pattern != LINE || byte != '\r';
}

/* How many of the n bytes at data are within the limit. */
static size_t measure_limit(const struct request *r, const char *data, size_t n)
{
	size_t i, kept = 0;

	if (n <= r->limit)
		return n;
	for (i = 0; i < n; i++) {
		if (counts(r, data[i]) && kept++ == r->limit)
			break;
	}
	return i;
}

/*
 * Looks for a line in the buffer, whose first *seen bytes contain no newline. 0: it is complete; OVERSIZED: it
 * is too long; EAGAIN: there is none yet.
 */
static int find_line(const struct sock *s, const struct request *r, size_t *seen, struct answer *a)
{
	const char *data = waiting_bytes(s);
	size_t n = buffer_length(&s->buffer);
	const char *newline = n > *seen ? memchr(data + *seen, '\n', n - *seen) : NULL;
	size_t length = newline ? (size_t)(newline - data) + (r->pattern == WHOLE_LINE) : n;

	*seen = n;
	a->length = measure_limit(r, data, length);
	a->used = a->length + (newline && r->pattern == LINE);
	if (a->length == length)
		return newline ? 0 : EAGAIN;
	a->used = a->length;
	return OVERSIZED;
}

/* The same for any request; *seen is 0 where other bytes wait than before. */
static inline int find_answer(const struct sock *s, const struct request *r, size_t *seen, struct answer *a)
{
	size_t n = buffer_length(&s->buffer);

	if (r->pattern <= WHOLE_LINE)
		return find_line(s, r, seen, a);
	if (r->pattern == ALL) {
		a->length = a->used = r->limit;
		return n > r->limit ? OVERSIZED : EAGAIN;
	}
	a->length = a->used = r->count;
	return n > 0 && n >= r->count ? 0 : EAGAIN; /* for a count of 0, waits for a byte and leaves it */
}

/* How many bytes to ask for: what the buffer has room for, unless that is little. */
static size_t room_to_read(const struct sock_buffer *b)
{
	size_t size = b->size > BUFFER_SIZE ? b->size : BUFFER_SIZE;
	size_t room = size - buffer_length(b);

	return room >= READ_AHEAD ? room : size;
}

static int read_more(lua_State *L, struct sock *s, const struct request *r)
{
	size_t left;

	if (r->pattern != COUNT || r->count < READ_AHEAD)
		return input_more(L, s, room_to_read(&s->buffer), 0);
	left = r->count - buffer_length(&s->buffer);
	return input_more(L, s, left < LARGE_READ ? left : LARGE_READ, MSG_WAITALL);
}

/*
 * What there is when no more comes. Where it has all bytes that are allowed, and time is up, the last one
 * stays: the partial result is shorter than the limit, and may be the next call's prefix.
 */
static int settle(const struct sock *s, const struct request *r, struct answer *a, int err)
{
	size_t n = buffer_length(&s->buffer), i, kept = 0;

	for (i = 0; r->limit != SIZE_MAX && i < n; i++)
		kept += counts(r, waiting_bytes(s)[i]);
	if (err == ETIMEDOUT && kept == r->limit) {
		while (!counts(r, waiting_bytes(s)[n - 1]))
			n--;
		n--;
	}
	a->length = a->used = n;
	return err == EPIPE && r->pattern == ALL && n > 0 ? 0 : err;
}

/*
 * Reads until the request can be answered. Returns 0 with the answer; or OVERSIZED or an errno, with what
 * there is. Lua code may run.
 */
int gather_answer(lua_State *L, struct sock *s, const struct request *r, struct answer *a)
{
	unsigned int removals = s->buffer.removals;
	size_t seen = 0;
	int err;

	while ((err = find_answer(s, r, &seen, a)) == EAGAIN) {
		err = buffer_length(&s->buffer) > 0 ? deadline_errno(s) : 0;
		if (!err)
			err = read_more(L, s, r);
		if (removals != s->buffer.removals)
			seen = 0;
		removals = s->buffer.removals;
		if (err && find_answer(s, r, &seen, a) == EAGAIN)
			return settle(s, r, a, err);
	}
	return err;
}

/* Copies the bytes that belong to the answer. Returns how many. */
static size_t copy_counted(const struct request *r, char *to, const char *from, size_t n)
{
	size_t i, copied = 0;

	for (i = 0; i < n; i++) {
		if (counts(r, from[i]))
			to[copied++] = from[i];
	}
	return copied;
}

/* Pushes a line that has carriage returns inside of it. The collector may run before the string is made. */
static __attribute__((noinline)) void push_filtered(lua_State *L, const struct sock *s,
						    const struct request *r, size_t n)
{
	unsigned int removals = s->buffer.removals;
	luaL_Buffer out;
	char *to = luaL_buffinitsize(L, &out, n);

	if (removals != s->buffer.removals)
		n = 0;
	luaL_pushresultsize(&out, copy_counted(r, to, waiting_bytes(s), n));
}

/* Pushes the answer without its prefix. */
static void push_bytes(lua_State *L, const struct sock *s, const struct request *r, const struct answer *a)
{
	size_t n = a->length;
	const char *cr = n > 0 && r->pattern == LINE ? memchr(waiting_bytes(s), '\r', n) : NULL;

	if (!cr || cr == waiting_bytes(s) + n - 1)
		lua_pushlstring(L, n > 0 ? waiting_bytes(s) : "", n - (cr != NULL));
	else
		push_filtered(L, s, r, n); /* its buffer would cost all others a look at the stack's canary */
}

/*
 * Pushes the answer, which begins with the prefix, and takes its bytes out of the buffer: not before the
 * string is there, since making it may raise an error. False: a finalizer that ran meanwhile has used the
 * socket, nothing is pushed, and it is to be gathered again.
 */
bool push_answer(lua_State *L, struct sock *s, const struct request *r, const struct answer *a)
{
	unsigned int removals = s->buffer.removals;

	if (r->prefix_len > 0)
		lua_pushvalue(L, 3);
	push_bytes(L, s, r, a);
	if (r->prefix_len > 0)
		lua_concat(L, 2);
	if (removals != s->buffer.removals) {
		lua_pop(L, 1);
		return false;
	}
	s->received = (lua_Integer)((lua_Unsigned)s->received + a->used);
	if (a->used > 0)
		buffer_remove(s->pool, &s->buffer, a->used);
	return true;
}
