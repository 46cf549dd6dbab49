/* SPDX-License-Identifier: MIT */
/* What receive.c, which answers out of one buffer, and receive_patterns.c, which takes more, share. */
#ifndef SMC_RECEIVE_H
#define SMC_RECEIVE_H

#include "input.h"

#define READ_AHEAD (BUFFER_SIZE / 4) /* counts below this may read more than they ask for */

enum pattern { LINE, WHOLE_LINE, ALL, COUNT };

struct request {
	enum pattern pattern;
	size_t count; /* COUNT: how many, the prefix's included */
	size_t limit; /* bytes that the answer may have; SIZE_MAX: any number */
};

#pragma GCC visibility push(hidden)
int receive_pattern(lua_State *L, struct sock *s, const struct request *r);
#pragma GCC visibility pop

#endif
