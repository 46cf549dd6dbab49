// SPDX-License-Identifier: MIT
/* The standard streams: the terminal or the pipe that the output goes to. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "os.h"

/*
 * columns(fd) -> integer | nil, message, errno
 * The width of the terminal; 0 if it is not known. ENOTTY if fd is not a terminal. ioctl_tty(2)
 */
static int os_columns(lua_State *L)
{
	int fd = smc_check_fd(L, 1);
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size))
		return smc_push_error(L, errno, "width of the terminal");
	lua_pushinteger(L, size.ws_col);
	return 1;
}

/*
 * ignore_sigpipe()
 * From now on, writing to a pipe without a reader fails with EPIPE and does not end the process. Programs
 * that smc.core.process spawns have the default SIGPIPE; those that it execs inherit this. signal(7)
 */
static int os_ignore_sigpipe(lua_State *L)
{
	(void)L;
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

/*
 * fill_standard_streams()
 * Replaces each closed standard stream by /dev/null, opened in the wrong direction: using the stream is still an
 * error. Otherwise a new file or socket would take its descriptor, the lowest free one, and output would go
 * there. Child processes inherit it, as they do every standard stream. open(2)
 */
static int os_fill_standard_streams(lua_State *L)
{
	int fd;

	(void)L;
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return 0;
	return 0;
}

const luaL_Reg smc_os_terminal[] = {
	{ "columns", os_columns },
	{ "fill_standard_streams", os_fill_standard_streams },
	{ "ignore_sigpipe", os_ignore_sigpipe },
	{ NULL, NULL },
};
