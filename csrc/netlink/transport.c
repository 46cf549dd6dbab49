// SPDX-License-Identifier: MIT
/*
 * The transport under smc.core.netlink: one request, and the messages of the
 * answer one by one. See netlink(7); the sockets are libnl's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "netlink.h"

#define RECEIVE_BUFFER (64 * 1024)

/* libnl's own error numbers lose the kernel's errno, which it leaves in errno. */
static int nl_errno(int nlerr)
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

/* Opens a socket. Returns 0 or a negative errno; smc_nl_shut() closes what is half open. */
int smc_nl_open(struct smc_nl *nl, int protocol)
{
	int err;

	errno = 0;
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return -ENOMEM;
	err = nl_connect(nl->sock, protocol);
	if (err < 0)
		return nl_errno(err);
	err = nl_socket_set_buffer_size(nl->sock, RECEIVE_BUFFER, 0);
	if (err < 0)
		return nl_errno(err);
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
	err = err < 0 ? nl_errno(err) : 0;
	nlmsg_free(msg);
	return err;
}

/* Asks for a dump. */
int smc_nl_ask(struct smc_nl *nl, int type, const void *payload, size_t size)
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
			return nl_errno(n);
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
		len = NLMSG_ALIGN(msg->nlmsg_len) < (unsigned int)nl->left ? (int)NLMSG_ALIGN(msg->nlmsg_len)
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
