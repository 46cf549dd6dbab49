// SPDX-License-Identifier: MIT
/*
 * The TCP sockets of a network namespace, as inet_diag lists them: see
 * include/uapi/linux/inet_diag.h. An SMC socket contains a TCP socket with the same
 * ports, which shows the addresses that smc_diag does not report.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include <lauxlib.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netlink/msg.h>

#include "dump.h"
#include "module.h"

#define ALL_STATES ((1u << (TCP_CLOSING + 1)) - 1)

static void push_address(lua_State *L, int family, const void *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, address, text, sizeof(text));
	lua_pushstring(L, text);
}

/* Pushes local port, peer port, local address, peer address. */
static int decode(lua_State *L, const struct nlmsghdr *msg, void *state)
{
	struct inet_diag_msg m;
	int family;

	(void)state;
	if (msg->nlmsg_type != SOCK_DIAG_BY_FAMILY || nlmsg_datalen(msg) < (int)sizeof(m))
		return -EBADMSG;
	memcpy(&m, nlmsg_data(msg), sizeof(m));
	family = m.idiag_family;
	if (family != AF_INET && family != AF_INET6)
		return 0;
	lua_pushinteger(L, ntohs(m.id.idiag_sport));
	lua_pushinteger(L, ntohs(m.id.idiag_dport));
	push_address(L, family, m.id.idiag_src);
	push_address(L, family, m.id.idiag_dst);
	return 4;
}

static const struct smc_dump_ops ops = {
	.what = "cannot list the TCP sockets",
	.decode = decode,
};

/*
 * inet_diag(inet6, listening) -> iterator, nil, nil, iterator | nil, message, errno
 *
 * Of IPv4 or IPv6; the listening ones, or all others.
 */
static int inet_diag(lua_State *L)
{
	unsigned int states = lua_toboolean(L, 2) ? 1u << TCP_LISTEN : ALL_STATES & ~(1u << TCP_LISTEN);
	struct inet_diag_req_v2 req = {
		.sdiag_family = lua_toboolean(L, 1) ? AF_INET6 : AF_INET,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = states,
	};

	return smc_dump_request(L, smc_dump_new(L, &ops), &req, sizeof(req));
}

const luaL_Reg smc_netlink_inet_diag[] = {
	{ "inet_diag", inet_diag },
	{ NULL, NULL },
};
