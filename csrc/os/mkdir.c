// SPDX-License-Identifier: MIT
/* Makes directories, which Lua's os library cannot. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/lua_util.h"
#include "os.h"

/*
 * temporary_folder(prefix) -> path | nil, message, errno
 * Makes a directory that only this user can enter. Its path is the prefix and six characters. mkdtemp(3)
 */
static int os_temporary_folder(lua_State *L)
{
	static const char ENDING[] = "XXXXXX";
	const char *prefix = smc_check_cstring(L, 1);
	size_t length = strlen(prefix);
	char *path = lua_newuserdatauv(L, length + sizeof(ENDING), 0);

	memcpy(path, prefix, length);
	memcpy(path + length, ENDING, sizeof(ENDING));
	if (!mkdtemp(path))
		return smc_push_error(L, errno, prefix);
	lua_pushstring(L, path);
	return 1;
}

/* make_folder(path) -> path | nil, message, errno: with mode 0777 but for the umask. mkdir(2) */
static int os_make_folder(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);

	if (mkdir(path, 0777))
		return smc_push_error(L, errno, path);
	lua_settop(L, 1);
	return 1;
}

const luaL_Reg smc_os_mkdir[] = {
	{ "make_folder", os_make_folder },
	{ "temporary_folder", os_temporary_folder },
	{ NULL, NULL },
};
