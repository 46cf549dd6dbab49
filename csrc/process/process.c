// SPDX-License-Identifier: MIT
/*
 * smc.core.process: starts programs (spawn.c), waits for them and signals them, and
 * examines their files (executable.c). Policy is in lua/smc/process.lua, lua/smc/run.lua
 * and lua/smc/run/.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/clock.h"
#include "../common/lua_util.h"
#include "../common/number.h"
#include "process.h"
#include "../common/af_smc.h"

static pid_t check_pid(lua_State *L, int arg)
{
	/* 0 and negative numbers mean process groups, or all processes */
	return smc_check_int(L, arg, 1, INT_MAX, "process ID");
}

/*
 * await_end() without a descriptor for the process, because there are no free descriptors, or because
 * pidfd_open(2) is missing, as in some sandboxes and under valgrind 3.19. It polls with waitid(2),
 * which needs no resources.
 */
static int await_end_by_polling(pid_t pid, double deadline)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
			return errno;
		if (info.si_pid == pid)
			return 0;
		if (clock_seconds(CLOCK_MONOTONIC) >= deadline)
			return ETIMEDOUT;
		if (nanosleep(&pause, NULL) != 0)
			return EINTR;
	}
}

/* Returns 0 when the process has ended by the deadline, ETIMEDOUT, EINTR, or ECHILD. */
static int await_end(pid_t pid, double deadline)
{
	double left = deadline - clock_seconds(CLOCK_MONOTONIC);
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = { .fd = fd, .events = POLLIN };
	int ready, err;

	if (fd < 0)
		return await_end_by_polling(pid, deadline);
	do {
		left = left < 0 ? 0 : left;
		ready = poll(&end, 1, left < 3600 ? (int)(left * 1000 + 0.999) : 3600 * 1000);
		err = ready < 0 ? errno : ETIMEDOUT;
		left = deadline - clock_seconds(CLOCK_MONOTONIC);
	} while (ready == 0 && left > 0);
	close(fd);
	if (ready < 0 && err != EINTR)
		return await_end_by_polling(pid, deadline);
	return ready > 0 ? 0 : err;
}

#define CHILD 3 /* index of the table that the result of wait() is kept in */

/*
 * Pushes what wait() returns: everything that needs memory, before the status is taken from the kernel. It
 * would be lost if that failed then. Two values, "exit" and "signal", and two names of fields.
 */
static void prepare_result(lua_State *L)
{
	lua_settop(L, CHILD);
	lua_pushliteral(L, "ending");
	lua_pushliteral(L, "status");
	lua_pushliteral(L, "exit");
	lua_pushliteral(L, "signal");
}

static int push_result(lua_State *L, int status)
{
	if (WIFEXITED(status))
		lua_pop(L, 1);
	lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	if (lua_istable(L, CHILD)) {
		lua_pushvalue(L, CHILD + 1);
		lua_pushvalue(L, -3);
		lua_rawset(L, CHILD);
		lua_pushvalue(L, CHILD + 2);
		lua_pushvalue(L, -2);
		lua_rawset(L, CHILD);
	}
	return 2;
}

/*
 * wait(pid [, seconds [, child]]) -> "exit" | "signal", number | nil, message, errno
 * The message of ETIMEDOUT is "timeout".
 * Waits at most so many seconds until the child has ended, and reaps it: waitpid(2). If child is a table with the
 * fields ending and status, they are set to the results.
 */
static int process_wait(lua_State *L)
{
	pid_t pid = check_pid(L, 1), got;
	double seconds = smc_opt_seconds(L, 2, -1);
	int status = 0, err = 0;

	luaL_argcheck(L, lua_isnoneornil(L, 2) || seconds >= 0, 2, "seconds expected");
	if (seconds >= 0) {
		double deadline = clock_seconds(CLOCK_MONOTONIC) + seconds;

		while ((err = await_end(pid, deadline)) == EINTR)
			smc_run_signal_hooks(L);
	}
	if (err)
		return smc_push_wait_error(L, err, "wait");
	prepare_result(L);
	while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		smc_run_signal_hooks(L);
	return got < 0 ? smc_push_error(L, errno, "wait") : push_result(L, status);
}

#define PIDFD "smc.process.pidfd"

/*
 * pidfd(pid) -> object with getfd and close | nil, message, errno
 * A descriptor that is readable from the process's end on, for pollers. pidfd_open(2)
 */
static int process_pidfd(lua_State *L)
{
	pid_t pid = check_pid(L, 1);
	struct smc_descriptor *descriptor = smc_new_descriptor(L, PIDFD, sizeof(*descriptor));

	descriptor->fd = SMC_RETRY_AFTER_GC(L, (int)syscall(SYS_pidfd_open, pid, 0));
	if (descriptor->fd < 0)
		return smc_push_error(L, errno, "pidfd_open");
	return 1;
}

/* kill(pid, signal) -> true | nil, message, errno: kill(2), for one process */
static int process_kill(lua_State *L)
{
	pid_t pid = check_pid(L, 1);
	int signal = smc_check_int(L, 2, 0, INT_MAX, "number of a signal");

	if (kill(pid, signal))
		return smc_push_error(L, errno, "kill");
	lua_pushboolean(L, 1);
	return 1;
}

/* getpid() -> pid */
static int process_getpid(lua_State *L)
{
	lua_pushinteger(L, getpid());
	return 1;
}

/* environ() -> { NAME = "value" }, a copy */
static int process_environ(lua_State *L)
{
	char **entry;
	const char *equals;

	lua_newtable(L);
	for (entry = environ; entry && *entry; entry++) {
		equals = strchr(*entry, '=');
		if (!equals || equals == *entry)
			continue;
		lua_pushlstring(L, *entry, (size_t)(equals - *entry));
		lua_pushstring(L, equals + 1);
		lua_rawset(L, -3);
	}
	return 1;
}

static void push_signals(lua_State *L)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{ "HUP", SIGHUP },   { "INT", SIGINT },   { "QUIT", SIGQUIT }, { "KILL", SIGKILL },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE }, { "ALRM", SIGALRM },
		{ "TERM", SIGTERM }, { "CONT", SIGCONT }, { "STOP", SIGSTOP },
	};
	size_t i;

	lua_newtable(L);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		lua_pushinteger(L, signals[i].number);
		lua_setfield(L, -2, signals[i].name);
	}
}

static const luaL_Reg functions[] = {
	{ "environ", process_environ }, { "getpid", process_getpid }, { "kill", process_kill },
	{ "pidfd", process_pidfd },     { "wait", process_wait },     { NULL, NULL },
};

/* The module: the functions of all files, and signals: { TERM = 15, … }. */
SMC_EXPORT int luaopen_smc_core_process(lua_State *L);
SMC_EXPORT int luaopen_smc_core_process(lua_State *L)
{
	smc_check_lua(L, "smc.core.process");
	luaL_requiref(L, LUA_IOLIBNAME, luaopen_io, 0); /* the files of spawn() are its files */
	smc_register_descriptor_class(L, PIDFD, (const luaL_Reg[]){ { NULL, NULL } });
	luaL_newlib(L, functions);
	luaL_setfuncs(L, smc_process_executables, 0);
	luaL_setfuncs(L, smc_process_spawning, 0);
	push_signals(L);
	lua_setfield(L, -2, "signals");
	return 1;
}
