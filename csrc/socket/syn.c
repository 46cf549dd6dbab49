// SPDX-License-Identifier: MIT
/* The SYN by which a peer opened a connection, as it arrived here: TCP_SAVE_SYN, include/uapi/linux/tcp.h. */
#include <errno.h>
#include <netinet/tcp.h>

#include "../common/lua_util.h"
#include "sock.h"

#define HEADERS_MAX 256 /* an IPv6 header with extensions, and a TCP header with options */

/*
 * save_syns(sock) -> true | nil, message, errno
 * Has the kernel keep the headers of the SYN for each connection that sock, which is to listen, will accept.
 */
int core_save_syns(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);
	const int on = 1;

	if (setsockopt(s->fd, IPPROTO_TCP, TCP_SAVE_SYN, &on, sizeof(on)) != 0)
		return smc_push_error(L, errno, "TCP_SAVE_SYN");
	lua_pushboolean(L, 1);
	return 1;
}

/*
 * saved_syn(sock) -> headers | nil, message, errno
 * The headers of IP and TCP that the kernel kept, as bytes. It gives them once, and none with SYN cookies: they are
 * empty then.
 */
int core_saved_syn(lua_State *L)
{
	const struct sock *s = sock_check(L, 1);
	char bytes[HEADERS_MAX];
	socklen_t size = sizeof(bytes);

	if (getsockopt(s->fd, IPPROTO_TCP, TCP_SAVED_SYN, bytes, &size) != 0)
		return smc_push_error(L, errno, "TCP_SAVED_SYN");
	lua_pushlstring(L, bytes, size);
	return 1;
}
