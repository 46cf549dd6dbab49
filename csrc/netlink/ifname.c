// SPDX-License-Identifier: MIT
/* Names of network interfaces, of which the kernel's messages have the numbers: netdevice(7). */
#include <errno.h>
#include <net/if.h>
#include <stdint.h>

#include <lauxlib.h>

#include "../common/lua_util.h"
#include "module.h"

/* interface_name(index) -> name | nil, message, errno: of this network namespace */
static int interface_name(lua_State *L)
{
	lua_Integer index = luaL_checkinteger(L, 1);
	char name[IF_NAMESIZE];

	/* Netlink has 32 bits for it, and a message is not refused for a number that no interface has. */
	luaL_argcheck(L, index >= 0 && index <= UINT32_MAX, 1, "index of an interface expected");
	if (!if_indextoname((unsigned int)index, name))
		return smc_push_error(L, errno, "cannot name the interface");
	lua_pushstring(L, name);
	return 1;
}

const luaL_Reg smc_netlink_ifname[] = {
	{ "interface_name", interface_name },
	{ NULL, NULL },
};
