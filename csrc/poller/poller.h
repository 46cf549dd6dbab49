/* SPDX-License-Identifier: MIT */
/* The files that smc.core.poller is made of. */
#ifndef SMC_POLLER_H
#define SMC_POLLER_H

#include "../common/lua_api.h"

#pragma GCC visibility push(hidden)
/* epoll.c */
int poller_new(lua_State *L);
void poller_register_epoll(lua_State *L);

/* signalfd.c */
int poller_signals(lua_State *L);
void poller_register_signalfd(lua_State *L);
#pragma GCC visibility pop

#endif
