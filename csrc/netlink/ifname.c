// SPDX-License-Identifier: MIT
/* Names of network interfaces, for the indexes in the kernel's messages: netdevice(7). */
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lauxlib.h>

#include "../common/lua_util.h"
#include "module.h"

/* Stores the name in ifr. Returns 0 or an errno; ENXIO: there is no such interface. netdevice(7) */
static int get_name(lua_State *L, struct ifreq *ifr)
{
	int fd = SMC_RETRY_AFTER_GC(L, socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)), err;

	if (fd < 0)
		return errno;
	err = ioctl(fd, SIOCGIFNAME, ifr) ? errno : 0;
	close(fd);
	return err == ENODEV ? ENXIO : err;
}

/*
 * interface_name(index) -> name | nil, message, errno: of this network namespace. if_indextoname(3) would
 * say that there is no such interface where there is no descriptor.
 */
static int interface_name(lua_State *L)
{
	lua_Integer index = luaL_checkinteger(L, 1);
	struct ifreq ifr = { 0 };
	int err;

	/* Any 32 bits are allowed: a message may contain an index that no interface has. */
	luaL_argcheck(L, index >= 0 && index <= UINT32_MAX, 1, "index of an interface expected");
	ifr.ifr_ifindex = (int)(uint32_t)index;
	err = get_name(L, &ifr);
	if (err)
		return smc_push_error(L, err, "cannot name the interface");
	lua_pushlstring(L, ifr.ifr_name, strnlen(ifr.ifr_name, sizeof(ifr.ifr_name)));
	return 1;
}

const luaL_Reg smc_netlink_ifname[] = {
	{ "interface_name", interface_name },
	{ NULL, NULL },
};
