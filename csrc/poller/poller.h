/* SPDX-License-Identifier: MIT */
/* The two classes of smc.core.poller, and the functions that create their objects. */
#ifndef SMC_POLLER_H
#define SMC_POLLER_H

#include "../common/lua_api.h"

#define POLLER  "smc.poller"
#define SIGNALS "smc.signals"

SMC_HIDDEN extern const luaL_Reg poller_methods[], signals_methods[];
SMC_HIDDEN int poller_new(lua_State *L);
SMC_HIDDEN int poller_signals(lua_State *L);
SMC_HIDDEN int signals_call(lua_State *L);

#endif
