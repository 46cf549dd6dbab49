/* SPDX-License-Identifier: MIT */
/* Bytes taken from the kernel into the buffer that a socket is lent, and out of it. */
#ifndef SMC_INPUT_H
#define SMC_INPUT_H

#include "sock.h"

#pragma GCC visibility push(hidden)

int input_read(const struct sock *s, char *data, size_t size, int flags, size_t *n);
int input_retry(lua_State *L, struct sock *s, int err);
int input_fill(lua_State *L, struct sock *s, size_t size, int flags);

#pragma GCC visibility pop

static inline size_t buffer_length(const struct sock_buffer *b)
{
	return b->last - b->first;
}

static inline void input_release_empty(struct sock *s)
{
	if (s->buffer.first == s->buffer.last)
		buffer_release(s->pool, &s->buffer);
}

static inline void input_consume(struct sock *s, size_t n)
{
	s->buffer.first += n;
	s->received += (lua_Integer)n;
	input_release_empty(s);
}

#endif
