// SPDX-License-Identifier: MIT
/* smc.core.os: what Lua's own libraries lack of the operating system. */
#include <lauxlib.h>

#include "os.h"
#include "smc.h"

static const luaL_Reg functions[] = {
	{ "errors", smc_os_errors },
	{ "strerror", smc_os_strerror },
	{ "columns", smc_os_columns },
	{ "ignore_sigpipe", smc_os_ignore_sigpipe },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_os(lua_State *L);

int luaopen_smc_core_os(lua_State *L)
{
	smc_check_lua(L, "smc.core.os");
	luaL_newlib(L, functions);
	return 1;
}
