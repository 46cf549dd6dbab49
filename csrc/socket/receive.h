/* SPDX-License-Identifier: MIT */
/* What receive.c, which checks requests, and gather.c, which answers them, share. */
#ifndef SMC_RECEIVE_H
#define SMC_RECEIVE_H

#include "input.h"

enum pattern { LINE, WHOLE_LINE, ALL, COUNT };

/* A request. Its counts do not include the prefix, which is at index 3 if it has a length. */
struct request {
	enum pattern pattern;
	size_t count; /* COUNT: how many */
	size_t limit; /* the most bytes that the data may have; SIZE_MAX: no limit */
	size_t prefix_len;
};

/* An answer: the first bytes in the buffer. */
struct answer {
	size_t length; /* how many; with the carriage returns that "*l" drops */
	size_t used;   /* how many to take out of the buffer, with the end of the line */
};

#pragma GCC visibility push(hidden)
int gather_answer(lua_State *L, struct sock *s, const struct request *r, struct answer *a);
bool push_answer(lua_State *L, struct sock *s, const struct request *r, const struct answer *a);
#pragma GCC visibility pop

/* No errno of recv(2) on a stream: there are more bytes than the limit allows. */
#define OVERSIZED EMSGSIZE

#endif
