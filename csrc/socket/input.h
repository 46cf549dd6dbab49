/* SPDX-License-Identifier: MIT */
/* Bytes taken from the kernel into the buffer that a socket is lent. */
#ifndef SMC_INPUT_H
#define SMC_INPUT_H

#include "sock.h"

#pragma GCC visibility push(hidden)
int input_more(lua_State *L, struct sock *s, size_t size, int flags);
#pragma GCC visibility pop

#endif
