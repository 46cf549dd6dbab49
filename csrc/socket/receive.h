/* SPDX-License-Identifier: MIT */
/* What receive.c, which answers out of one buffer, and gather.c, which takes more, share. */
#ifndef SMC_RECEIVE_H
#define SMC_RECEIVE_H

#include "sock.h"

#define READ_AHEAD (BUFFER_SIZE / 4) /* counts below this may read more than they ask for */

enum pattern { LINE, WHOLE_LINE, ALL, COUNT };

struct request {
	enum pattern pattern;
	size_t count; /* COUNT: how many, the prefix's included */
	size_t limit; /* bytes that the answer may have; SIZE_MAX: any number */
};

#pragma GCC visibility push(hidden)

/* receive.c */
int receive_try(const struct sock *s, char *data, size_t size, int flags, size_t *n);
int receive_again(lua_State *L, struct sock *s, int err);
int receive_fill(lua_State *L, struct sock *s, size_t size, int flags);

/* gather.c */
int receive_gathering(lua_State *L, struct sock *s, const struct request *r);

#pragma GCC visibility pop

static inline size_t buffered(const struct sock_buffer *b)
{
	return b->last - b->first;
}

static inline void give_empty(struct sock *s)
{
	if (s->buffer.first == s->buffer.last)
		buffer_give(s->pool, &s->buffer);
}

static inline void consume(struct sock *s, size_t n)
{
	s->buffer.first += n;
	s->received += (lua_Integer)n;
	give_empty(s);
}

#endif
