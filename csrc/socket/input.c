// SPDX-License-Identifier: MIT
/* Reads bytes of a stream into the buffer that is lent to the socket. */
#include <errno.h>
#include <poll.h>

#include "../common/lua_util.h"
#include "input.h"

/* One recv(2). Returns 0 with *n > 0, or errno; EPIPE at the end of the stream. */
static int read_once(const struct sock *s, char *data, size_t size, int flags, size_t *n)
{
	bool blocks = s->blocking && s->timeout.deadline < 0;
	ssize_t rc = recv(s->fd, data, size, blocks ? flags : MSG_DONTWAIT);

	if (rc < 0)
		return errno;
	*n = (size_t)rc;
	return rc ? 0 : EPIPE;
}

/*
 * After a recv(2) that failed: waits, and returns 0 to try again, or an errno. Lua code may run meanwhile and
 * use the socket: the caller must not hold pointers into it.
 */
static int retry(lua_State *L, struct sock *s, int err)
{
	switch (err) {
	case EINTR:
		smc_run_signal_hooks(L);
		return 0;
	case EAGAIN:
		return timeout_switch_to_blocking(s) ? 0 : timeout_wait(L, s, POLLIN);
	case ENOTCONN:
		return attempt_await_connection(L, s);
	default:
		return err;
	}
}

/*
 * Reads up to so many bytes, behind those that wait; flags: MSG_WAITALL, where the kernel is to wait for
 * all of them, as far as it can. Returns 0 when there may be more now, or errno; EPIPE at the end of the
 * stream. Lua code may run, and use the socket. When it raises an error, what was read still waits.
 */
int input_more(lua_State *L, struct sock *s, size_t size, int flags)
{
	struct sock_buffer *b = &s->buffer;
	size_t n = 0;
	int err;

	if (!buffer_reserve(s->pool, b, size))
		return ENOMEM;
	err = read_once(s, b->data + b->last, size, flags, &n);
	b->last += n;
	if (!err)
		return 0;
	if (buffer_length(b) == 0)
		buffer_release(s->pool, b);
	return retry(L, s, err);
}
