// SPDX-License-Identifier: MIT
/* smc.core.os: functions of the operating system that Lua's libraries lack. */
#include <sys/utsname.h>

#include "os.h"
#include "../common/af_smc.h"
#include "../common/lua_util.h"

/* release() -> text: of the running kernel, uname(2) */
static int os_release(lua_State *L)
{
	struct utsname names;

	uname(&names); /* cannot fail */
	lua_pushstring(L, names.release);
	return 1;
}

SMC_EXPORT int luaopen_smc_core_os(lua_State *L);
SMC_EXPORT int luaopen_smc_core_os(lua_State *L)
{
	smc_check_lua(L, "smc.core.os");
	smc_register_descriptor_class(L, SMC_TIMER, smc_os_timer_methods);
	lua_pop(L, 1);
	lua_newtable(L);
	luaL_setfuncs(L, smc_os_clock, 0);
	luaL_setfuncs(L, smc_os_errno, 0);
	luaL_setfuncs(L, smc_os_file, 0);
	luaL_setfuncs(L, smc_os_interrupt, 0);
	luaL_setfuncs(L, smc_os_mkdir, 0);
	luaL_setfuncs(L, smc_os_pseudorandom, 0);
	luaL_setfuncs(L, smc_os_terminal, 0);
	luaL_setfuncs(L, smc_os_timer, 0);
	lua_pushcfunction(L, os_release);
	lua_setfield(L, -2, "release");
	return 1;
}
