/* SPDX-License-Identifier: MIT */
/* What signals.c gives to smc.core.poller. */
#ifndef SMC_POLLER_H
#define SMC_POLLER_H

#include "../common/lua_api.h"

#pragma GCC visibility push(hidden)
int poller_signals(lua_State *L);
void poller_open_signals(lua_State *L);
#pragma GCC visibility pop

#endif
