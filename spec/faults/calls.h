// SPDX-License-Identifier: MIT
/* The system calls that inject.c can make fail, and where a trap has their arguments. */
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include <linux/net.h>
#include <linux/seccomp.h>

/* Where a filter finds the low half of a call's argument. */
#define LOW_HALF(i) \
	(offsetof(struct seccomp_data, args[i]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))

#if defined(__x86_64__)
#define ARGUMENT(m, i) ((m)->gregs[(const int[]){ REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8 }[i]])
#define RESULT(m)      ((m)->gregs[REG_RAX])
#define FIRST(m, info) ARGUMENT(m, 0)
#elif defined(__s390x__)
/*
 * The register of the first argument has the result, too, and at a trap its value is lost: the kernel puts
 * -ENOSYS there. The filter tells its low 16 bits as si_errno, enough for a descriptor, and for no pointer: calls
 * that start with one, or with wider flags, cannot be made by the handler, and are left out there.
 */
#define ARGUMENT(m, i) ((m)->gregs[2 + (i)])
#define RESULT(m)      ((m)->gregs[2])
#define FIRST(m, info) ((long)(int16_t)(info)->si_errno)
#else
#error "not written for this machine: the registers of a system call"
#endif

/*
 * What a call is for the kernel. The C library of s390x makes those of sockets as socketcall(2), which has
 * their number as its first argument, and theirs in memory.
 */
static const struct {
	const char *name;
	long number;
	unsigned int part, other_part; /* of socketcall(2) */
} calls[] = {
#define CALL(name) #name, SYS_##name, 0, 0
#ifdef __s390x__
#define SOCKET_CALL(name, part, other_part) #name, SYS_socketcall, part, other_part
#else
#define SOCKET_CALL(name, part, other_part) CALL(name)
	{ CALL(epoll_create1) },
	{ CALL(pipe2) },
	{ CALL(ppoll) },
#ifdef SYS_access
	{ CALL(access) },
#endif
#ifdef SYS_poll
	{ CALL(poll) },
#endif
#ifdef SYS_readlink
	{ CALL(readlink) },
#endif
#endif
#ifdef SYS_epoll_wait
	{ CALL(epoll_wait) },
#endif
	{ SOCKET_CALL(accept4, SYS_ACCEPT4, 0) },
	{ SOCKET_CALL(bind, SYS_BIND, 0) },
	{ SOCKET_CALL(connect, SYS_CONNECT, 0) },
	{ SOCKET_CALL(getpeername, SYS_GETPEERNAME, 0) },
	{ SOCKET_CALL(getsockname, SYS_GETSOCKNAME, 0) },
	{ SOCKET_CALL(getsockopt, SYS_GETSOCKOPT, 0) },
	{ SOCKET_CALL(listen, SYS_LISTEN, 0) },
	{ SOCKET_CALL(recvfrom, SYS_RECVFROM, SYS_RECV) },
	{ SOCKET_CALL(recvmsg, SYS_RECVMSG, 0) },
	{ SOCKET_CALL(sendmsg, SYS_SENDMSG, 0) },
	{ SOCKET_CALL(sendto, SYS_SENDTO, SYS_SEND) },
	{ SOCKET_CALL(setsockopt, SYS_SETSOCKOPT, 0) },
	{ SOCKET_CALL(shutdown, SYS_SHUTDOWN, 0) },
	{ SOCKET_CALL(socket, SYS_SOCKET, 0) },
	{ CALL(epoll_ctl) },
	{ CALL(getdents64) },
	{ CALL(ioctl) },
	{ CALL(newfstatat) },
	{ CALL(openat) },
	{ CALL(pidfd_open) },
	{ CALL(read) },
	{ CALL(signalfd4) },
	{ CALL(timerfd_create) },
	{ CALL(timerfd_settime) },
	{ CALL(wait4) },
	{ CALL(waitid) },
};
