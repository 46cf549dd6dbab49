// SPDX-License-Identifier: MIT
/* Reads directories, symbolic links and descriptors, which Lua's io library cannot. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "os.h"

static int directory_close(lua_State *L)
{
	DIR **directory = lua_touserdata(L, 1);

	if (*directory)
		closedir(*directory);
	*directory = NULL;
	return 0;
}

/* Pushes a directory, not open yet, which the garbage collector closes if creating a string fails. */
static DIR **push_directory(lua_State *L)
{
	DIR **directory = lua_newuserdatauv(L, sizeof(DIR *), 0);

	*directory = NULL;
	smc_set_gc(L, directory_close);
	return directory;
}

/* entries(path) -> { name, … } | nil, message, errno: without names that begin with a dot. readdir(3) */
static int os_entries(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	const struct dirent *entry;
	lua_Integer count = 0;
	DIR **directory = push_directory(L);
	int err;

	lua_newtable(L);
	*directory = opendir(path);
	if (!*directory && smc_gc_on_fd_exhaustion(L, errno))
		*directory = opendir(path);
	if (!*directory)
		return smc_push_error(L, errno, path);
	while (errno = 0, (entry = readdir(*directory))) {
		if (entry->d_name[0] == '.')
			continue;
		lua_pushstring(L, entry->d_name);
		lua_rawseti(L, -2, ++count);
	}
	err = errno;
	closedir(*directory);
	*directory = NULL;
	return err ? smc_push_error(L, err, path) : 1;
}

/* readlink(path) -> target | nil, message, errno: readlink(2) */
static int os_readlink(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0)
		return smc_push_error(L, errno, path);
	lua_pushlstring(L, target, (size_t)n);
	return 1;
}

/*
 * read(fd, max) -> data, "" at the end | nil, message, errno
 * Returns the available bytes, at most max and at most 64 KiB; io.read waits for all of them. read(2)
 */
static int os_read(lua_State *L)
{
	int fd = smc_check_fd(L, 1);
	lua_Integer max = luaL_checkinteger(L, 2);
	char data[65536];
	ssize_t n;

	luaL_argcheck(L, max > 0, 2, "a positive number of bytes expected");
	while ((n = read(fd, data, (size_t)max < sizeof(data) ? (size_t)max : sizeof(data))) < 0 &&
	       errno == EINTR)
		smc_run_signal_hooks(L);
	if (n < 0)
		return smc_push_error(L, errno, "read");
	lua_pushlstring(L, data, (size_t)n);
	return 1;
}

/* Whether an error of require says that there is no such module of this project. */
static bool is_module_missing(const char *error)
{
	static const char MODULE[] = "module 'smc.", MISSING[] = "' not found";
	const char *name = strstr(error, MODULE);

	if (!name)
		return false;
	name += strlen(MODULE);
	return strncmp(name + strcspn(name, "'"), MISSING, strlen(MISSING)) == 0;
}

/*
 * shortage(error) -> message | nil: why require, whose error that is, does not find a module of this project, if no
 * file can be opened: it takes the module for missing.
 */
static int os_shortage(lua_State *L)
{
	const char *error = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "";
	int fd;

	if (!is_module_missing(error))
		return 0;
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		return lua_pushstring(L, strerror(errno)), 1;
	return 0;
}

/* Whether a path is a symbolic link into /proc, as /dev/stdout is one to a descriptor. */
static bool leads_to_descriptor(const char *path)
{
	static const char PROC[] = "/proc/";
	char target[sizeof(PROC)] = "";

	return readlink(path, target, sizeof(target) - 1) > 0 && strcmp(target, PROC) == 0;
}

/*
 * replaceable(path) -> true | nil, message, errno: whether rename(2) may put a file in this place: there is none, a
 * regular file, or a symbolic link to one of these. Over a device, root would replace the device itself.
 */
static int os_replaceable(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	struct stat st;

	if (leads_to_descriptor(path) || (stat(path, &st) == 0 && !S_ISREG(st.st_mode))) {
		lua_pushnil(L);
		lua_pushliteral(L, "it is there, and not a regular file");
		lua_pushinteger(L, EINVAL);
		return 3;
	}
	lua_pushboolean(L, true);
	return 1;
}

const luaL_Reg smc_os_file[] = {
	{ "entries", os_entries },         { "read", os_read },         { "readlink", os_readlink },
	{ "replaceable", os_replaceable }, { "shortage", os_shortage }, { NULL, NULL },
};
