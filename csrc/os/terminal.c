// SPDX-License-Identifier: MIT
/* What a program asks of the terminal, or the pipe, that its output goes to. */
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "../common/lua_util.h"
#include "os.h"

/*
 * columns(fd) -> integer | nil, message, errno
 * How wide the terminal is: 0 where it does not know; ENOTTY where it is no terminal. ioctl_tty(2)
 */
static int os_columns(lua_State *L)
{
	int fd = (int)luaL_checkinteger(L, 1);
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size))
		return smc_push_error(L, errno, "width of the terminal");
	lua_pushinteger(L, size.ws_col);
	return 1;
}

/*
 * ignore_sigpipe()
 * From now on, writing to a pipe that nobody reads is EPIPE and does not end the process. What
 * smc.core.process spawns has SIGPIPE as it should be; what it execs inherits this. signal(7)
 */
static int os_ignore_sigpipe(lua_State *L)
{
	(void)L;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

const luaL_Reg smc_os_terminal[] = {
	{ "columns", os_columns },
	{ "ignore_sigpipe", os_ignore_sigpipe },
	{ NULL, NULL },
};
