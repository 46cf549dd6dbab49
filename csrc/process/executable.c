// SPDX-License-Identifier: MIT
/*
 * Executable files: their paths, and the privileges that they gain when they start.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "process.h"

/* realpath(path) -> path | nil, message, errno: realpath(3) */
static int process_realpath(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	char resolved[PATH_MAX];

	if (!realpath(path, resolved))
		return smc_push_error(L, errno, path);
	lua_pushstring(L, resolved);
	return 1;
}

/* executable(path) -> true | nil, message, errno: a file that this user may execute */
static int process_executable(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	struct stat st;

	if (stat(path, &st))
		return smc_push_error(L, errno, path);
	if (!S_ISREG(st.st_mode))
		return smc_push_error(L, EACCES, path);
	if (access(path, X_OK))
		return smc_push_error(L, errno, path);
	lua_pushboolean(L, 1);
	return 1;
}

/* permissions(path) -> mode bits | nil, message, errno: stat(2) */
static int process_permissions(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	struct stat st;

	if (stat(path, &st))
		return smc_push_error(L, errno, path);
	lua_pushinteger(L, st.st_mode & 07777);
	return 1;
}

/* Whether the file has capabilities: 1, 0, or -1 with errno if that cannot be determined. */
static int has_capabilities(const char *path)
{
	if (getxattr(path, "security.capability", NULL, 0) >= 0)
		return 1;
	return errno == ENODATA || errno == ENOTSUP || errno == ENOSYS ? 0 : -1;
}

/*
 * needs_secure_exec(path) -> boolean | nil, message, errno
 * Whether the program gains privileges that its caller does not have. Then the
 * dynamic linker ignores LD_PRELOAD: ld.so(8), secure-execution mode. If the
 * file system is mounted nosuid, or the process has no_new_privs, no program
 * gains privileges: execve(2).
 */
static int process_needs_secure_exec(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	struct statvfs fs;
	struct stat st;
	int gains;

	if (stat(path, &st) || statvfs(path, &fs))
		return smc_push_error(L, errno, path);
	gains = (st.st_mode & S_ISUID && st.st_uid != getuid()) ||
		((st.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && st.st_gid != getgid());
	if (!gains && getuid() != 0)
		gains = has_capabilities(path);
	if (gains < 0)
		return smc_push_error(L, errno, path);
	if (fs.f_flag & ST_NOSUID || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		gains = 0;
	lua_pushboolean(L, gains);
	return 1;
}

const luaL_Reg smc_process_executables[] = {
	{ "executable", process_executable },
	{ "needs_secure_exec", process_needs_secure_exec },
	{ "permissions", process_permissions },
	{ "realpath", process_realpath },
	{ NULL, NULL },
};
