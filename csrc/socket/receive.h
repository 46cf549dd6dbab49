/* SPDX-License-Identifier: MIT */
/* What receive.c, which checks requests, and gather.c, which answers them, share. */
#ifndef SMC_RECEIVE_H
#define SMC_RECEIVE_H

#include "input.h"

enum pattern { LINE, WHOLE_LINE, ALL, COUNT };

/* What is asked for. The prefix, which is at index 3 where it has a length, is not counted. */
struct request {
	enum pattern pattern;
	size_t count; /* COUNT: how many */
	size_t limit; /* bytes that the data may have; SIZE_MAX: any number */
	size_t prefix_len;
};

/* An answer: the first bytes of those that wait. */
struct answer {
	size_t length; /* so many of them, carriage returns of "*l" included */
	size_t used;   /* and so many are over then, as the end of a line is */
};

#pragma GCC visibility push(hidden)
int gather_answer(lua_State *L, struct sock *s, const struct request *r, struct answer *a);
bool push_answer(lua_State *L, struct sock *s, const struct request *r, const struct answer *a);
#pragma GCC visibility pop

/* No errno of recv(2) on a stream: there are more bytes than the limit allows. */
#define OVERSIZED EMSGSIZE

#endif
