/* SPDX-License-Identifier: MIT */
/* One attempt to connect one socket to one address. */
#ifndef SMC_ATTEMPT_H
#define SMC_ATTEMPT_H

#include "sock.h"

#pragma GCC visibility push(hidden)

int attempt_record_failure(struct sock *s, int err);
int attempt_start(lua_State *L, struct sock *s, const union sock_addr *addr);
int attempt_wait(lua_State *L, struct sock *s);
int attempt_connect(lua_State *L, struct sock *s, const union sock_addr *addr);

#pragma GCC visibility pop

#endif
