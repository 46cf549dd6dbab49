// SPDX-License-Identifier: MIT
/* Names of network interfaces, of which the kernel's messages have the numbers: netdevice(7). */
#include <errno.h>
#include <limits.h>
#include <net/if.h>

#include <lauxlib.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "module.h"

/* interface_name(index) -> name | nil, message, errno: of this network namespace */
static int interface_name(lua_State *L)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname((unsigned int)smc_check_int(L, 1, 0, INT_MAX, "index of an interface"), name))
		return smc_push_error(L, errno, "cannot name the interface");
	lua_pushstring(L, name);
	return 1;
}

const luaL_Reg smc_netlink_ifname[] = {
	{ "interface_name", interface_name },
	{ NULL, NULL },
};
