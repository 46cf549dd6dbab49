// SPDX-License-Identifier: MIT
/*
 * smc.core.netlink: dumps over netlink, and the iterator that Lua walks them
 * with. See netlink(7); the transport is libnl's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "error.h"
#include "netlink.h"
#include "smc.h"

#define DUMP "smc.netlink.dump"

#define RECEIVE_BUFFER (64 * 1024)

/* === transport === */

/* libnl's own error numbers lose the kernel's errno, which it leaves in errno. */
int smc_nl_errno(int nlerr)
{
	if (errno)
		return -errno;
	return nlerr == -NLE_NOMEM ? -ENOMEM : -EPROTO;
}

static void nl_drop_datagram(struct smc_nl *nl)
{
	free(nl->datagram);
	nl->datagram = NULL;
	nl->at = NULL;
	nl->left = 0;
}

/* Closes whatever is open. Closing twice is fine. */
void smc_nl_shut(struct smc_nl *nl)
{
	nl_drop_datagram(nl);
	if (nl->sock)
		nl_socket_free(nl->sock);
	nl->sock = NULL;
	nl->done = true;
}

static int nl_open(struct smc_nl *nl, int protocol)
{
	int err;

	errno = 0;
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return -ENOMEM;
	err = nl_connect(nl->sock, protocol);
	if (err < 0)
		return smc_nl_errno(err);
	err = nl_socket_set_buffer_size(nl->sock, RECEIVE_BUFFER, 0);
	if (err < 0)
		return smc_nl_errno(err);
	/* Datagrams of a known size need no look ahead: one system call each. */
	nl_socket_set_msg_buf_size(nl->sock, SMC_DATAGRAM_MAX);
	nl_socket_disable_msg_peek(nl->sock);
	return 0;
}

/*
 * Sends a request, and frees it. The acknowledgement that libnl asks for is not
 * sent for a dump. It is what keeps a kernel that ignores the request from
 * leaving us waiting for ever.
 */
int smc_nl_send(struct smc_nl *nl, struct nl_msg *msg)
{
	int err;

	errno = 0;
	err = nl_send_auto(nl->sock, msg);
	if (err >= 0)
		nl->seq = nlmsg_hdr(msg)->nlmsg_seq;
	err = err < 0 ? smc_nl_errno(err) : 0;
	nlmsg_free(msg);
	return err;
}

static int nl_ask(struct smc_nl *nl, int type, const void *payload, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_DUMP);

	if (!msg || nlmsg_append(msg, (void *)payload, size, NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return smc_nl_send(nl, msg);
}

/* Takes a datagram that was recorded before. Returns 0 or -ENOMEM. */
int smc_nl_load(struct smc_nl *nl, const void *bytes, size_t size)
{
	/* A copy of the very size: aligned, and a tool sees reads beyond it. */
	nl->datagram = malloc(size ? size : 1);
	if (!nl->datagram)
		return -ENOMEM;
	memcpy(nl->datagram, bytes, size);
	nl->at = nl->datagram;
	nl->left = (int)size;
	nl->done = false;
	return 0;
}

/* Reads the next datagram of the kernel's. Returns 1, or a negative errno. */
static int nl_fill(struct smc_nl *nl)
{
	struct sockaddr_nl from;
	unsigned char *bytes;
	int n;

	nl_drop_datagram(nl);
	do {
		bytes = NULL;
		errno = 0;
		n = nl_recv(nl->sock, &from, &bytes, NULL); /* retries EINTR itself */
		if (n == -NLE_MSG_TRUNC)
			return -EMSGSIZE;
		if (n <= 0)
			return smc_nl_errno(n);
		if (from.nl_pid)
			free(bytes); /* another process's, not the kernel's */
	} while (from.nl_pid);

	/* Many iterators may lie about until they are collected: keep what came, not the room for it. */
	nl->datagram = realloc(bytes, (size_t)n);
	if (!nl->datagram)
		nl->datagram = bytes;
	nl->at = nl->datagram;
	nl->left = n;
	return 1;
}

/* The errno, negative, that an NLMSG_ERROR or NLMSG_DONE carries; 0 for none. */
static int nl_verdict(const struct nlmsghdr *msg)
{
	int err;

	/* NLMSG_DONE without a payload is what kernels before 2.6.19 sent. */
	if (nlmsg_datalen(msg) < (int)sizeof(err))
		return msg->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&err, nlmsg_data(msg), sizeof(err));
	return err < 0 && err >= -4095 ? err : 0;
}

/*
 * Gives the next data message: 1 and the message, which is good until the next
 * call; 0 at the end of the dump; or a negative errno.
 */
int smc_nl_step(struct smc_nl *nl, const struct nlmsghdr **out)
{
	const struct nlmsghdr *msg;
	int len, err;

	while (!nl->done) {
		if (nl->left == 0) {
			if (!nl->sock)
				return 0; /* a recording may lack the end of its dump */
			err = nl_fill(nl);
			if (err < 0)
				return err;
		}
		msg = nl->at;
		if (!nlmsg_ok(msg, nl->left))
			return -EBADMSG;
		/* The last message of a datagram need not be padded. */
		len = NLMSG_ALIGN(msg->nlmsg_len) < (unsigned int)nl->left
			      ? (int)NLMSG_ALIGN(msg->nlmsg_len)
			      : nl->left;
		nl->at = (const void *)((const char *)msg + len);
		nl->left -= len;

		if (nl->sock && msg->nlmsg_seq != nl->seq)
			continue;
		if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
			nl->interrupted = true;
		switch (msg->nlmsg_type) {
		case NLMSG_NOOP:
			continue;
		case NLMSG_OVERRUN:
			return -ENOBUFS;
		case NLMSG_ERROR:
		case NLMSG_DONE:
			nl->done = true;
			err = nl_verdict(msg);
			if (!err && nl->interrupted)
				err = -EINTR;
			return err;
		}
		*out = msg;
		return 1;
	}
	return 0;
}

/* === iterator === */

static const char *dump_advice(const struct smc_dump *dump, int err)
{
	const char *advice = dump->ops->advice ? dump->ops->advice(err) : NULL;

	if (advice)
		return advice;
	switch (err) {
	case EINTR:
		return "the list changed while the kernel was giving it out: ask again";
	case ENOBUFS:
		return "the kernel had more than the receive buffer takes: ask again";
	case EMSGSIZE:
		return "a message was longer than the kernel says it makes them";
	case EBADMSG:
		return "a message is cut short or its lengths contradict each other";
	case EPERM:
	case EACCES:
		return "netlink is closed to this process: look for the seccomp profile of a "
		       "container, or a security module";
	case EPROTONOSUPPORT:
	case EAFNOSUPPORT:
		return "this kernel does not have the netlink family";
	default:
		return NULL;
	}
}

/* Pushes "cannot …: words: advice". */
static void dump_push_message(lua_State *L, const struct smc_dump *dump, int err)
{
	const char *advice = dump_advice(dump, err);

	lua_pushfstring(L, "%s: %s%s%s", dump->ops->what, strerror(err), advice ? ": " : "",
			advice ? advice : "");
}

int smc_dump_fail(lua_State *L, struct smc_dump *dump, int err)
{
	smc_nl_shut(&dump->nl);
	lua_pushnil(L);
	dump_push_message(L, dump, err);
	lua_pushinteger(L, err);
	return 3;
}

/* Pushes a new iterator, closed, with the decoder's want all zero. */
struct smc_dump *smc_dump_new(lua_State *L, const struct smc_dump_ops *ops)
{
	struct smc_dump *dump = lua_newuserdatauv(L, sizeof(*dump) + ops->want_size, 1);

	memset(dump, 0, sizeof(*dump) + ops->want_size);
	dump->ops = ops;
	dump->nl.done = true;
	luaL_setmetatable(L, DUMP);
	return dump;
}

/* The four values of a generic for: iterator, state, control, closing value. */
static int dump_push_for(lua_State *L)
{
	int it = lua_gettop(L);

	lua_pushnil(L);
	lua_pushnil(L);
	lua_pushvalue(L, it);
	return 4;
}

/*
 * Opens the iterator's socket. Finalizers can run here. Returns a negative errno
 * when it fails; smc_dump_fail() closes what is half open.
 */
int smc_dump_open(lua_State *L, struct smc_dump *dump, int protocol)
{
	int err = nl_open(&dump->nl, protocol);

	if (err && smc_reclaim(L, -err)) {
		smc_nl_shut(&dump->nl);
		err = nl_open(&dump->nl, protocol);
	}
	dump->nl.done = err < 0;
	return err;
}

/*
 * Sends a dump request, and reads as far as the first message, so that a kernel
 * that refuses is known here and not in the middle of a loop. The iterator is
 * on top of the stack. Returns what the Lua function is to return.
 */
int smc_dump_request(lua_State *L, struct smc_dump *dump, int protocol, int type,
		     const void *payload, size_t size)
{
	int err;

	err = smc_dump_open(L, dump, protocol);
	if (!err)
		err = nl_ask(&dump->nl, type, payload, size);
	if (!err)
		err = smc_nl_step(&dump->nl, &dump->ahead);
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	return dump_push_for(L);
}

/* The same for one datagram that was recorded before; turn() gives it this host's byte order. */
int smc_dump_recorded(lua_State *L, struct smc_dump *dump, const void *bytes, size_t size,
		      void (*turn)(unsigned char *datagram, size_t size))
{
	struct smc_nl *nl = &dump->nl;
	int err;

	luaL_argcheck(L, size <= SMC_DATAGRAM_MAX, 1, "longer than a datagram");
	err = smc_nl_load(nl, bytes, size);
	if (!err && turn)
		turn(nl->datagram, size);
	if (!err)
		err = smc_nl_step(nl, &dump->ahead);
	if (err < 0)
		return smc_dump_fail(L, dump, -err);
	return dump_push_for(L);
}

/*
 * iterator() -> what the decoder pushes | nil
 *
 * nil is the end, and closes the netlink socket. An error in the middle of a
 * dump is raised, as io.lines raises it: a loop could not tell a nil from the end.
 */
static int dump_call(lua_State *L)
{
	struct smc_dump *dump = luaL_checkudata(L, 1, DUMP);
	const struct nlmsghdr *msg;
	int ret;

	for (;;) {
		if (dump->ahead) {
			msg = dump->ahead;
			dump->ahead = NULL;
			ret = 1;
		} else {
			ret = smc_nl_step(&dump->nl, &msg);
		}
		if (ret > 0) {
			ret = dump->ops->decode(L, msg, dump->want);
			if (ret > 0)
				return ret;
			if (ret == 0)
				continue;
		}
		smc_nl_shut(&dump->nl);
		if (ret == 0) {
			lua_pushnil(L);
			return 1;
		}
		dump_push_message(L, dump, -ret);
		return lua_error(L); /* without a line of Lua: the fault is not there */
	}
}

/* iterator:close(): closes the netlink socket. Closing twice is fine. */
static int dump_close(lua_State *L)
{
	struct smc_dump *dump = luaL_checkudata(L, 1, DUMP);

	dump->ahead = NULL;
	smc_nl_shut(&dump->nl);
	return 0;
}

static const luaL_Reg dump_meta[] = {
	{ "__call", dump_call },
	{ "__gc", dump_close },
	{ "__close", dump_close },
	{ NULL, NULL },
};

static const luaL_Reg dump_methods[] = {
	{ "close", dump_close },
	{ NULL, NULL },
};

static const luaL_Reg functions[] = {
	{ "diag", smc_diag_dump },
	{ "decode", smc_diag_decode },
	{ "tcp", smc_tcp_dump },
	{ "pnet_list", smc_pnet_list },
	{ "pnet_add", smc_pnet_add },
	{ "pnet_remove", smc_pnet_remove },
	{ "pnet_flush", smc_pnet_flush },
	{ "sys_info", smc_sys_info },
	{ "hs_limitation", smc_hs_limitation_get },
	{ "hs_limitation_enable", smc_hs_limitation_enable },
	{ "hs_limitation_disable", smc_hs_limitation_disable },
	{ "lgr_smcd", smc_lgr_smcd },
	{ "lgr_smcr", smc_lgr_smcr },
	{ "dev_smcd", smc_dev_smcd },
	{ "dev_smcr", smc_dev_smcr },
	{ "stats", smc_stats_get },
	{ "fallback_stats", smc_fallback_stats },
	{ "interface_name", smc_interface_name },
	{ "network_namespace", smc_network_namespace },
	{ "entries", smc_entries },
	{ "ueid_list", smc_ueid_list },
	{ "ueid_add", smc_ueid_add },
	{ "ueid_remove", smc_ueid_remove },
	{ "ueid_flush", smc_ueid_flush },
	{ "seid", smc_seid_get },
	{ "seid_enable", smc_seid_enable },
	{ "seid_disable", smc_seid_disable },
	{ NULL, NULL },
};

SMC_EXPORT int luaopen_smc_core_netlink(lua_State *L);

int luaopen_smc_core_netlink(lua_State *L)
{
	luaL_newmetatable(L, DUMP);
	luaL_setfuncs(L, dump_meta, 0);
	luaL_newlib(L, dump_methods);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, functions);
	return 1;
}
