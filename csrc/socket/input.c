// SPDX-License-Identifier: MIT
/* Bytes of a stream taken from the kernel, and kept in the buffer that the socket is lent. */
#include <errno.h>
#include <poll.h>

#include "../common/lua_util.h"
#include "input.h"

/*
 * One recv(2) of up to size bytes; flags: MSG_WAITALL, where the kernel is to wait for all of
 * them, as far as it can. Returns 0 with *n > 0, or errno; EPIPE at the end of the stream.
 */
int input_read(const struct sock *s, char *data, size_t size, int flags, size_t *n)
{
	bool blocks = s->blocking && s->timeout.deadline < 0;
	ssize_t rc = recv(s->fd, data, size, blocks ? flags : MSG_DONTWAIT);

	if (rc < 0)
		return errno;
	*n = (size_t)rc;
	return rc ? 0 : EPIPE;
}

/*
 * After a recv(2) that failed: 0 when it is to be tried again, now that there is something, or
 * errno. Lua code may run meanwhile, and use the socket: nothing of it may be in hand.
 */
int input_retry(lua_State *L, struct sock *s, int err)
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

/* Fills the buffer, where it is empty, by one read. Returns 0 or errno. */
int input_fill(lua_State *L, struct sock *s, size_t size, int flags)
{
	int err = 0;

	while (!err && buffer_length(&s->buffer) == 0) {
		if (!buffer_acquire(s->pool, &s->buffer))
			return ENOMEM;
		err = input_read(s, s->buffer.data, size, flags, &s->buffer.last);
		if (err) {
			buffer_release(s->pool, &s->buffer);
			err = input_retry(L, s, err);
		}
	}
	return err;
}
