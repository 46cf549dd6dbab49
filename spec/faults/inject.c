// SPDX-License-Identifier: MIT
/*
 * Makes a system call of this process fail, for spec/faults. A filter of seccomp(2) turns every call of one
 * number into SIGSYS, whose handler counts, and fails the call or makes it. strace(1) can do the same, with
 * two switches of processes for each call: too slow for thousands of them in an emulated guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <lauxlib.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "calls.h"

/* In the place of a sixth argument, which no call of calls.h looks at: made by the handler. */
#define MAGIC 0x5a5a1234L

static volatile long seen, failing; /* calls since arm(), and which of them fails */
static volatile int with;           /* with which errno, or SHORT */

#define SHORT  0
#define RECORD 128 /* what the kernel gives as a whole, or not: timers, signals */

/* The length that a call of transfer is given. */
static greg_t *length(mcontext_t *m, int number)
{
#ifdef SYS_socketcall
	if (number == SYS_socketcall)
		return &((greg_t *)ARGUMENT(m, 1))[2];
#endif
	(void)number;
	return &ARGUMENT(m, 2);
}

static void handle(int signal, siginfo_t *info, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
	int before = errno;
	long result;

	(void)signal;
	if (++seen == failing && with > 0) {
		RESULT(m) = -with;
		return;
	}
	if (failing > 0 && with == SHORT && *length(m, info->si_syscall) > RECORD)
		*length(m, info->si_syscall) = 1;
	result = syscall(info->si_syscall, FIRST(m, info), ARGUMENT(m, 1), ARGUMENT(m, 2), ARGUMENT(m, 3),
			 ARGUMENT(m, 4), MAGIC);
	RESULT(m) = result == -1 ? -errno : result;
	errno = before;
}

/* A part of 0: every call of the number. */
static int filter(long number, unsigned int part, unsigned int other_part)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 8),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_HALF(5)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)MAGIC, 6, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW_HALF(0)),
		BPF_JUMP(BPF_JMP | (part ? BPF_JEQ : BPF_JGE) | BPF_K, part, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other_part, 0, 3),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SECCOMP_RET_DATA),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_A, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = { sizeof(program) / sizeof(program[0]), program };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all);
}

/*
 * start(name) -> boolean: from now on calls of this name are counted, for good. false where this
 * machine does not have it, or it cannot be made by the handler. Programs that are started make none of them: it would end them.
 */
static int inject_start(lua_State *L)
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	const char *name = luaL_checkstring(L, 1);
	size_t i = 0;

	while (i < sizeof(calls) / sizeof(calls[0]) && strcmp(calls[i].name, name) != 0)
		i++;
	if (i < sizeof(calls) / sizeof(calls[0]) &&
	    (sigaction(SIGSYS, &action, NULL) || filter(calls[i].number, calls[i].part, calls[i].other_part)))
		return luaL_error(L, "%s", strerror(errno));
	lua_pushboolean(L, i < sizeof(calls) / sizeof(calls[0]));
	return 1;
}

/* arm(n, errno): the nth call from here fails; 0: none. errno 0: every call transfers one byte, of more than RECORD */
static int inject_arm(lua_State *L)
{
	failing = (long)luaL_checkinteger(L, 1);
	with = (int)luaL_checkinteger(L, 2);
	seen = 0;
	return 0;
}

/* disarm() -> how many calls there were */
static int inject_disarm(lua_State *L)
{
	failing = 0;
	lua_pushinteger(L, seen);
	return 1;
}

/* descriptors() -> how many this process has open */
static int inject_descriptors(lua_State *L)
{
	int fd, count = 0;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	lua_pushinteger(L, count);
	return 1;
}

int luaopen_inject(lua_State *L);
int luaopen_inject(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "arm", inject_arm },
		{ "descriptors", inject_descriptors },
		{ "disarm", inject_disarm },
		{ "start", inject_start },
		{ NULL, NULL },
	};

	luaL_newlib(L, functions);
	return 1;
}
