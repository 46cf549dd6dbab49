// SPDX-License-Identifier: MIT
/* smc.core.netlink: queries and commands about SMC and its network, over netlink. */
#include <lauxlib.h>

#include "../common/af_smc.h"
#include "dump.h"
#include "genl.h"
#include "module.h"

SMC_EXPORT int luaopen_smc_core_netlink(lua_State *L);

int luaopen_smc_core_netlink(lua_State *L)
{
	smc_check_lua(L, "smc.core.netlink");
	smc_dump_register(L);
	lua_newtable(L);
	luaL_setfuncs(L, smc_netlink_ifname, 0);
	luaL_setfuncs(L, smc_netlink_inet_diag, 0);
	luaL_setfuncs(L, smc_netlink_rtnetlink, 0);
	luaL_setfuncs(L, smc_netlink_smc_diag, 0);
	smc_genl_set_functions(L, &smc_device);
	smc_genl_set_functions(L, &smc_eid);
	smc_genl_set_functions(L, &smc_linkgroup);
	smc_genl_set_functions(L, &smc_pnet);
	smc_genl_set_functions(L, &smc_stats);
	smc_genl_set_functions(L, &smc_system);
	return 1;
}
