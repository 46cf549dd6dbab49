// SPDX-License-Identifier: MIT
/*
 * smc.core.sysfs: files of sysfs, read many at a time, or written apart from this
 * process (apart.c), and the devices that the kernel says come and go (uevent.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include <lauxlib.h>

#include "../common/error.h"
#include "../common/smc.h"
#include "sysfs.h"

#define FOLDER         "smc.sysfs.folder"
#define ATTRIBUTE_SIZE 4096 /* sysfs gives no more */

static int folder_gc(lua_State *L)
{
	int *fd = luaL_checkudata(L, 1, FOLDER);

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return 0;
}

/* A folder that the collector closes where a string cannot be made meanwhile. */
static int *push_folder(lua_State *L)
{
	int *fd = lua_newuserdatauv(L, sizeof(*fd), 0);

	*fd = -1;
	if (luaL_newmetatable(L, FOLDER)) {
		lua_pushcfunction(L, folder_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return fd;
}

/* Opens a file; folder is AT_FDCWD or a descriptor. Finalizers can run here. */
static int open_at(lua_State *L, int folder, const char *path, int flags)
{
	int fd = openat(folder, path, flags | O_CLOEXEC);

	if (fd < 0 && smc_reclaim(L, errno))
		fd = openat(folder, path, flags | O_CLOEXEC);
	return fd;
}

/* Returns the length, or -1 with errno. */
static ssize_t read_attribute(lua_State *L, int folder, const char *name, char *bytes)
{
	int fd = open_at(L, folder, name, O_RDONLY | O_NOCTTY | O_NONBLOCK), err;
	ssize_t n;

	if (fd < 0)
		return -1;
	do
		n = read(fd, bytes, ATTRIBUTE_SIZE);
	while (n < 0 && errno == EINTR);
	err = errno;
	close(fd);
	errno = err;
	return n;
}

/* The errors that say that an attribute, or its device, is not there. */
static bool is_absent(int err)
{
	return err == ENOENT || err == ENODEV || err == ENXIO;
}

/*
 * attributes(folder, { name, … }) -> { name = bytes } | nil, message, errno
 * Attributes come and go with kernels and machines: those that are not there are absent.
 * One that is there and cannot be read is an error.
 */
static int sysfs_attributes(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1), *name;
	char bytes[ATTRIBUTE_SIZE];
	lua_Integer i, count;
	int err;
	ssize_t n;
	int *folder;

	luaL_checktype(L, 2, LUA_TTABLE);
	count = (lua_Integer)lua_rawlen(L, 2);
	folder = push_folder(L);
	lua_createtable(L, 0, (int)(count < 64 ? count : 64));
	*folder = open_at(L, AT_FDCWD, path, O_PATH | O_DIRECTORY);
	if (*folder < 0)
		return smc_push_error(L, errno, path);
	for (i = 1; i <= count; i++) {
		lua_rawgeti(L, 2, i);
		name = lua_tostring(L, -1);
		luaL_argcheck(L, name, 2, "names expected");
		n = read_attribute(L, *folder, name, bytes);
		err = n < 0 ? errno : 0;
		if (err && !is_absent(err))
			return smc_push_error(L, err, lua_pushfstring(L, "%s/%s", path, name));
		if (err) {
			lua_pop(L, 1);
			continue;
		}
		lua_pushlstring(L, bytes, (size_t)n);
		lua_rawset(L, -3);
	}
	close(*folder);
	*folder = -1;
	return 1;
}

static const luaL_Reg functions[] = {
	{ "attributes", sysfs_attributes },
	{ "uevents", smc_sysfs_uevents },
	{ "write_apart", smc_sysfs_write_apart },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_sysfs(lua_State *L);

int luaopen_smc_core_sysfs(lua_State *L)
{
	smc_check_lua(L, "smc.core.sysfs");
	luaL_newlib(L, functions);
	return 1;
}
