// SPDX-License-Identifier: MIT
/* smc.core.poller: waits for descriptors, including one for signals. */
#include "../common/af_smc.h"
#include "../common/lua_util.h"
#include "poller.h"

static const luaL_Reg functions[] = {
	{ "new", poller_new },
	{ "signals", poller_signals },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_poller(lua_State *L);
SMC_EXPORT int luaopen_smc_core_poller(lua_State *L)
{
	smc_check_lua(L, "smc.core.poller");
	smc_register_descriptor_class(L, SIGNALS, signals_methods);
	lua_pushcfunction(L, signals_call);
	lua_setfield(L, -2, "__call");
	smc_register_descriptor_class(L, POLLER, poller_methods);
	luaL_newlib(L, functions);
	return 1;
}
