// SPDX-License-Identifier: MIT
/* Names: of what the kernel's messages have numbers of, and in the folders of sysfs. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <unistd.h>

#include <lauxlib.h>

#include "../common/error.h"
#include "netlink.h"
#include "../common/number.h"

/* interface_name(index) -> name | nil, message, errno: of this network namespace */
int smc_interface_name(lua_State *L)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname((unsigned int)smc_check_int(L, 1, 0, INT_MAX, "index of an interface"), name))
		return smc_push_error(L, errno, "cannot name the interface");
	lua_pushstring(L, name);
	return 1;
}

static int close_folder(lua_State *L)
{
	DIR **folder = lua_touserdata(L, 1);

	if (*folder)
		closedir(*folder);
	*folder = NULL;
	return 0;
}

/* entries(folder) -> { name, … } | nil, message, errno: without those that begin with a dot */
int smc_entries(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	const struct dirent *entry;
	lua_Integer count = 0;
	DIR **folder;
	int err;

	/* The collector closes the folder where the list cannot grow. */
	folder = lua_newuserdatauv(L, sizeof(*folder), 0);
	*folder = NULL;
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, close_folder);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	lua_newtable(L);
	*folder = opendir(path);
	if (!*folder && smc_reclaim(L, errno))
		*folder = opendir(path);
	if (!*folder)
		return smc_push_error(L, errno, path);
	while (errno = 0, (entry = readdir(*folder))) {
		if (entry->d_name[0] == '.')
			continue;
		lua_pushstring(L, entry->d_name);
		lua_rawseti(L, -2, ++count);
	}
	err = errno;
	closedir(*folder);
	*folder = NULL;
	return err ? smc_push_error(L, err, path) : 1;
}
