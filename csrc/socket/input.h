/* SPDX-License-Identifier: MIT */
/* Reads bytes of a stream into the buffer that is lent to the socket. */
#ifndef SMC_INPUT_H
#define SMC_INPUT_H

#include "sock.h"

#pragma GCC visibility push(hidden)
int input_more(lua_State *L, struct sock *s, size_t size, int flags);
#pragma GCC visibility pop

#endif
