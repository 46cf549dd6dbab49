// SPDX-License-Identifier: MIT
/* smc.core.os: what Lua's own libraries lack of the operating system. */
#include <sys/utsname.h>

#include <lauxlib.h>

#include "os.h"
#include "../common/af_smc.h"

/* release() -> text: of the running kernel, uname(2) */
static int os_release(lua_State *L)
{
	struct utsname names;

	uname(&names); /* cannot fail */
	lua_pushstring(L, names.release);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "columns", smc_os_columns },
	{ "entries", smc_os_entries },
	{ "errors", smc_os_errors },
	{ "gettime", smc_os_gettime },
	{ "ignore_sigpipe", smc_os_ignore_sigpipe },
	{ "monotonic", smc_os_monotonic },
	{ "read", smc_os_read },
	{ "readlink", smc_os_readlink },
	{ "release", os_release },
	{ "sleep", smc_os_sleep },
	{ "strerror", smc_os_strerror },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_os(lua_State *L);

int luaopen_smc_core_os(lua_State *L)
{
	smc_check_lua(L, "smc.core.os");
	luaL_newlib(L, functions);
	return 1;
}
