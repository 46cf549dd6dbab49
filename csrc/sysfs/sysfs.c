// SPDX-License-Identifier: MIT
/*
 * smc.core.sysfs: reads files of sysfs, writes them in a separate process
 * (async_write.c), and receives events for devices that are added and removed (uevent.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "../common/af_smc.h"
#include "sysfs.h"

#define DIRECTORY      "smc.sysfs.directory"
#define ATTRIBUTE_SIZE 4096 /* the limit of sysfs */

/* Opens a file; directory is AT_FDCWD or a descriptor. Finalizers can run here. */
static int open_at(lua_State *L, int directory, const char *path, int flags)
{
	return SMC_RETRY_AFTER_GC(L, openat(directory, path, flags | O_CLOEXEC));
}

/* Returns the length, or -1 with errno. */
static ssize_t read_attribute(lua_State *L, int directory, const char *name, char *bytes)
{
	int fd = open_at(L, directory, name, O_RDONLY | O_NOCTTY | O_NONBLOCK), err;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = smc_read(fd, bytes, ATTRIBUTE_SIZE);
	err = errno;
	close(fd);
	errno = err;
	return n;
}

/* Whether the errno means that the attribute or the device does not exist. */
static bool is_absent(int err)
{
	return err == ENOENT || err == ENODEV || err == ENXIO;
}

/*
 * attributes(directory, { name, … }) -> { name = bytes } | nil, message, errno
 * Which attributes exist depends on the kernel and the machine: the result does not have those that are
 * missing. If one exists and cannot be read, that is an error.
 */
static int sysfs_attributes(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1), *name;
	char bytes[ATTRIBUTE_SIZE];
	lua_Integer i, count;
	int err;
	ssize_t n;
	struct smc_descriptor *directory; /* closed by the garbage collector if a string cannot be made */

	luaL_checktype(L, 2, LUA_TTABLE);
	count = (lua_Integer)lua_rawlen(L, 2);
	directory = smc_new_descriptor(L, DIRECTORY, sizeof(*directory));
	lua_createtable(L, 0, (int)(count < 64 ? count : 64));
	directory->fd = open_at(L, AT_FDCWD, path, O_PATH | O_DIRECTORY);
	if (directory->fd < 0)
		return smc_push_error(L, errno, path);
	for (i = 1; i <= count; i++) {
		lua_rawgeti(L, 2, i);
		name = lua_tostring(L, -1);
		luaL_argcheck(L, name && strlen(name) == lua_rawlen(L, -1), 2, "names expected");
		n = read_attribute(L, directory->fd, name, bytes);
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
	smc_close_descriptor(directory);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "async_write", smc_sysfs_async_write },
	{ "attributes", sysfs_attributes },
	{ "uevents", smc_sysfs_uevents },
	{ NULL, NULL },
};

static const luaL_Reg directory_methods[] = { { NULL, NULL } };

SMC_EXPORT int luaopen_smc_core_sysfs(lua_State *L);
SMC_EXPORT int luaopen_smc_core_sysfs(lua_State *L)
{
	smc_check_lua(L, "smc.core.sysfs");
	smc_register_descriptor_class(L, DIRECTORY, directory_methods);
	smc_register_descriptor_class(L, WRITING, smc_sysfs_writing_methods);
	smc_register_descriptor_class(L, UEVENTS, smc_sysfs_uevents_methods);
	luaL_newlib(L, functions);
	return 1;
}
