// SPDX-License-Identifier: MIT
/*
 * A write in a separate process, since it may block forever and cannot be interrupted by signals.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/lua_util.h"
#include "../common/number.h"
#include "sysfs.h"

/*
 * Closes everything but one descriptor: the kernel may be waiting until sockets of the parent process are
 * closed, and copies of them would keep them open.
 */
static void close_all_but(int fd)
{
	if (fd > 0)
		syscall(SYS_close_range, 0U, (unsigned int)fd - 1, 0U);
	syscall(SYS_close_range, (unsigned int)fd + 1, ~0U, 0U);
}

/* Sends 0 or an errno through the pipe. Only async-signal-safe calls: after fork(2). */
static _Noreturn void write_and_report(const char *path, char byte, int report)
{
	int fd, err = 0;

	signal(SIGPIPE, SIG_IGN);
	close_all_but(report);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || write(fd, &byte, 1) != 1)
		err = errno;
	if (write(report, &err, sizeof(err)) < 0)
		_exit(1);
	_exit(0);
}

/* The writer is a grandchild, so that this process does not have to reap it. */
static int start_writer(const char *path, char byte, int report)
{
	pid_t child = fork(), got;
	int status;

	if (child < 0)
		return errno;
	if (child == 0) {
		pid_t writer;

		setsid(); /* out of reach of the terminal's Ctrl-C */
		writer = fork();
		if (writer == 0)
			write_and_report(path, byte, report);
		_exit(writer < 0 ? errno : 0);
	}
	do
		got = waitpid(child, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0) /* other code has reaped it, or SIGCHLD is ignored */
		return errno == ECHILD ? 0 : errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

/*
 * wait(writing, seconds) -> true | nil, message, errno
 * errno is ETIMEDOUT while the write is still in progress; wait may be called again.
 */
static int writing_wait(lua_State *L)
{
	struct smc_descriptor *writing = luaL_checkudata(L, 1, WRITING);
	double seconds = smc_check_seconds(L, 2);
	int err;

	luaL_argcheck(L, writing->fd >= 0, 1, "write already finished");
	err = smc_wait_readable(writing, seconds);
	if (err)
		return smc_push_error(L, err, "write");
	if (smc_read(writing->fd, &err, sizeof(err)) != (ssize_t)sizeof(err))
		err = EIO; /* the writer was killed */
	smc_close_descriptor(writing);
	if (err)
		return smc_push_error(L, err, "write");
	lua_pushboolean(L, 1);
	return 1;
}

const luaL_Reg smc_sysfs_writing_methods[] = {
	{ "wait", writing_wait },
	{ NULL, NULL },
};

/*
 * async_write(path, byte) -> writing | nil, message, errno
 * Starts a process that writes one byte to the file; writing:wait(seconds) returns the
 * result. Closing the object does not stop the write.
 */
int smc_sysfs_async_write(lua_State *L)
{
	const char *path = smc_check_cstring(L, 1);
	size_t length;
	const char *byte = luaL_checklstring(L, 2, &length);
	struct smc_descriptor *writing;
	int ends[2], err;

	luaL_argcheck(L, length == 1, 2, "one byte expected");
	writing = smc_new_descriptor(L, WRITING, sizeof(*writing));
	if (SMC_RETRY_AFTER_GC(L, pipe2(ends, O_CLOEXEC)) < 0)
		return smc_push_error(L, errno, "pipe");
	err = start_writer(path, *byte, ends[1]);
	close(ends[1]);
	writing->fd = ends[0];
	return err ? smc_push_error(L, err, "fork") : 1;
}
