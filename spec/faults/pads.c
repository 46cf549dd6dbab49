// SPDX-License-Identifier: MIT
/* System calls that do nothing, for spec/faults: a step of strace's counter each. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lauxlib.h>

static const struct {
	const char *name;
	long number;
} calls[] = {
#ifdef SYS_poll
	{ "poll", SYS_poll },
#endif
#ifdef SYS_readlink
	{ "readlink", SYS_readlink },
#endif
#ifdef SYS_access
	{ "access", SYS_access },
#endif
	{ "bind", SYS_bind },
	{ "getdents64", SYS_getdents64 },
	{ "getsockname", SYS_getsockname },
	{ "newfstatat", SYS_newfstatat },
	{ "openat", SYS_openat },
	{ "pidfd_open", SYS_pidfd_open },
	{ "pipe2", SYS_pipe2 },
	{ "read", SYS_read },
	{ "recvmsg", SYS_recvmsg },
	{ "sendmsg", SYS_sendmsg },
	{ "setsockopt", SYS_setsockopt },
	{ "socket", SYS_socket },
	{ "ioctl", SYS_ioctl },
	{ "getsockopt", SYS_getsockopt },
	{ "sendto", SYS_sendto },
};

/* pads(name [, count]) -> the errno of the last one; nil for a call that this machine does not have */
static int pad(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	lua_Integer count = luaL_optinteger(L, 2, 1);
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, name) != 0)
			continue;
		errno = 0;
		while (count-- > 0) /* arguments that no call takes */
			syscall(calls[i].number, -1L, -1L, -1L, -1L, -1L, -1L);
		lua_pushinteger(L, errno);
		return 1;
	}
	return 0;
}

int luaopen_pads(lua_State *L);
int luaopen_pads(lua_State *L)
{
	lua_pushcfunction(L, pad);
	return 1;
}
