/* SPDX-License-Identifier: MIT */
/* The functions of each file of smc.core.netlink, but for the requests of genl.h. */
#ifndef SMC_NETLINK_MODULE_H
#define SMC_NETLINK_MODULE_H

#include "../common/lua_api.h"

SMC_HIDDEN extern const luaL_Reg smc_netlink_ifname[], smc_netlink_inet_diag[], smc_netlink_rtnetlink[],
	smc_netlink_smc_diag[];

#endif
