// SPDX-License-Identifier: MIT
/* A descriptor that is readable when a signal has arrived: signalfd(2). */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../common/clock.h"
#include "../common/lua_util.h"
#include "../common/number.h"
#include "poller.h"

static const struct {
	const char *name;
	int number;
} known[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "TERM", SIGTERM }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

/*
 * The signal mask belongs to the thread: how many objects that were made in it hold a signal, and whether it
 * was blocked before. No thread can change the mask of another one.
 */
static _Thread_local struct {
	unsigned int objects;
	bool blocked_before;
} held[KNOWN];

struct signals {
	struct smc_descriptor descriptor;
	pid_t thread; /* that created it */
	sigset_t set;
};

static struct signals *check_signals(lua_State *L)
{
	return luaL_checkudata(L, 1, SIGNALS);
}

static void add_signal(lua_State *L, int arg, sigset_t *set)
{
	const char *name = smc_check_cstring(L, arg);
	size_t i;

	for (i = 0; i < KNOWN; i++) {
		if (strcmp(name, known[i].name) == 0) {
			sigaddset(set, known[i].number);
			return;
		}
	}
	luaL_argerror(L, arg, "name of a signal expected: HUP, INT, TERM, USR1, USR2");
}

/* Blocks the signals in this thread for one more object. */
static void block_signals(struct signals *s)
{
	sigset_t before;
	size_t i;

	s->thread = gettid();
	pthread_sigmask(SIG_BLOCK, &s->set, &before);
	for (i = 0; i < KNOWN; i++) {
		if (sigismember(&s->set, known[i].number) && held[i].objects++ == 0)
			held[i].blocked_before = sigismember(&before, known[i].number);
	}
}

/*
 * Unblocks the signals that no other object of this thread holds, unless they were blocked before the first
 * one. An object of another thread leaves them blocked there.
 */
static void unblock_signals(const struct signals *s)
{
	sigset_t over;
	size_t i;

	if (s->thread != gettid())
		return;
	sigemptyset(&over);
	for (i = 0; i < KNOWN; i++) {
		if (sigismember(&s->set, known[i].number) && held[i].objects > 0 && --held[i].objects == 0 &&
		    !held[i].blocked_before)
			sigaddset(&over, known[i].number);
	}
	pthread_sigmask(SIG_UNBLOCK, &over, NULL);
}

/*
 * signals(name, ...) -> signals | nil, message, errno
 * Blocks the signals in this thread until close, and creates a descriptor for them. signalfd(2)
 */
int poller_signals(lua_State *L)
{
	int i, top = lua_gettop(L);
	struct signals *s;

	luaL_argcheck(L, top > 0, 1, "name of a signal expected");
	s = smc_new_descriptor(L, SIGNALS, sizeof(*s));
	sigemptyset(&s->set);
	for (i = 1; i <= top; i++)
		add_signal(L, i, &s->set);
	s->descriptor.fd = SMC_RETRY_AFTER_GC(L, signalfd(-1, &s->set, SFD_CLOEXEC | SFD_NONBLOCK));
	if (s->descriptor.fd < 0)
		return smc_push_error(L, errno, "signalfd");
	block_signals(s);
	return 1;
}

/* Takes a signal; waits at most so many seconds, or without limit if negative. Returns 0 or an errno. */
static int take_signal(lua_State *L, const struct signals *s, double seconds, uint32_t *number)
{
	double deadline = clock_seconds(CLOCK_MONOTONIC) + seconds, left = seconds;
	struct signalfd_siginfo info;
	int err;

	while (smc_read(s->descriptor.fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
		if (errno != EAGAIN)
			return errno;
		if (seconds >= 0)
			left = deadline - clock_seconds(CLOCK_MONOTONIC);
		if (seconds >= 0 && left <= 0)
			return ETIMEDOUT;
		err = smc_wait_readable(&s->descriptor, left);
		if (err && err != ETIMEDOUT)
			return err;
		smc_run_signal_hooks(L);
	}
	*number = info.ssi_signo;
	return 0;
}

/* Pushes the names of all signals: before a signal is taken, since it would be lost if that failed. */
static void push_names(lua_State *L)
{
	size_t i;

	for (i = 0; i < KNOWN; i++)
		lua_pushstring(L, known[i].name);
}

/* Pushes the name of a signal; the names of all signals start at index base. */
static void push_name(lua_State *L, int base, uint32_t number)
{
	size_t i = 0;

	while (i < KNOWN - 1 && (uint32_t)known[i].number != number)
		i++;
	lua_pushvalue(L, base + (int)i);
}

/*
 * signals:next([seconds]) -> name of a signal | nil, message, errno. read(2)
 * Waits for one; the message of ETIMEDOUT is "timeout".
 */
static int signals_next(lua_State *L)
{
	const struct signals *s = check_signals(L);
	double seconds = smc_opt_seconds(L, 2, -1);
	int base = lua_gettop(L) + 1, err;
	uint32_t number = 0;

	push_names(L);
	err = take_signal(L, s, seconds, &number);
	if (err)
		return smc_push_wait_error(L, err, "signals");
	push_name(L, base, number);
	return 1;
}

/* for name in signals do: ends when the object is closed; other failures raise an error. */
int signals_call(lua_State *L)
{
	const struct signals *s = check_signals(L);
	int base = lua_gettop(L) + 1, err;
	uint32_t number = 0;

	push_names(L);
	err = s->descriptor.fd < 0 ? EBADF : take_signal(L, s, -1, &number);
	if (err == EBADF)
		return 0;
	if (err)
		return luaL_error(L, "signals: %s", strerror(err));
	push_name(L, base, number);
	return 1;
}

/* signals:close() -> true. Restores the previous state of the signals. Also __gc and __close. */
static int signals_close(lua_State *L)
{
	struct signals *s = check_signals(L);

	if (smc_close_descriptor(&s->descriptor))
		unblock_signals(s);
	lua_pushboolean(L, 1);
	return 1;
}

const luaL_Reg signals_methods[] = {
	{ "close", signals_close },
	{ "next", signals_next },
	{ NULL, NULL },
};
