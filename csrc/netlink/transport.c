// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "transport.h"

#define RECEIVE_BUFFER (64 * 1024)

/* libnl's own error numbers lose the kernel's errno, which it leaves in errno. */
static int libnl_errno(int nlerr)
{
	if (errno)
		return -errno;
	return nlerr == -NLE_NOMEM ? -ENOMEM : -EPROTO;
}

static void free_datagram(struct smc_transport *transport)
{
	free(transport->datagram);
	transport->datagram = NULL;
	transport->next = NULL;
	transport->left = 0;
}

static void set_datagram(struct smc_transport *transport, void *datagram, size_t size)
{
	transport->datagram = datagram;
	transport->next = datagram;
	transport->left = (int)size;
}

void smc_transport_close(struct smc_transport *transport)
{
	free_datagram(transport);
	if (transport->sock)
		nl_socket_free(transport->sock);
	transport->sock = NULL;
	transport->done = true;
}

int smc_transport_open(struct smc_transport *transport, int protocol)
{
	int err;

	errno = 0;
	transport->sock = nl_socket_alloc();
	if (!transport->sock)
		return -ENOMEM;
	err = nl_connect(transport->sock, protocol);
	if (err < 0)
		return libnl_errno(err);
	err = nl_socket_set_buffer_size(transport->sock, RECEIVE_BUFFER, 0);
	if (err < 0)
		return libnl_errno(err);
	/* Without peeking at the size of each datagram: one system call instead of two. */
	nl_socket_set_msg_buf_size(transport->sock, SMC_DATAGRAM_MAX);
	nl_socket_disable_msg_peek(transport->sock);
	return 0;
}

/*
 * libnl requests an acknowledgement, which the kernel does not send for a dump. If a kernel ignores
 * the request, the acknowledgement prevents waiting forever.
 */
int smc_transport_send(struct smc_transport *transport, struct nl_msg *request)
{
	int err;

	do {
		errno = 0;
		err = nl_send_auto(transport->sock, request);
	} while (err < 0 && errno == EINTR);
	if (err >= 0) {
		transport->seq = nlmsg_hdr(request)->nlmsg_seq;
		transport->done = false;
	}
	err = err < 0 ? libnl_errno(err) : 0;
	nlmsg_free(request);
	return err;
}

int smc_transport_send_dump(struct smc_transport *transport, int type, const void *payload, size_t size)
{
	struct nl_msg *request = nlmsg_alloc_simple(type, NLM_F_DUMP);

	if (!request || nlmsg_append(request, (void *)payload, size, NLMSG_ALIGNTO)) {
		nlmsg_free(request);
		return -ENOMEM;
	}
	return smc_transport_send(transport, request);
}

int smc_transport_load(struct smc_transport *transport, const void *bytes, size_t size)
{
	/* A copy of the exact size: aligned, and tools detect reads beyond it. */
	void *datagram = malloc(size ? size : 1);

	if (!datagram)
		return -ENOMEM;
	memcpy(datagram, bytes, size);
	set_datagram(transport, datagram, size);
	transport->done = false;
	return 0;
}

/* Reads the next datagram of the kernel's. Returns 0 or a negative errno. */
static int receive_datagram(struct smc_transport *transport)
{
	struct sockaddr_nl from;
	unsigned char *bytes;
	void *shrunk;
	int n;

	free_datagram(transport);
	do {
		bytes = NULL;
		errno = 0;
		n = nl_recv(transport->sock, &from, &bytes, NULL); /* retries EINTR itself */
		if (n == -NLE_MSG_TRUNC)
			return -EMSGSIZE;
		if (n <= 0)
			return libnl_errno(n);
		if (from.nl_pid)
			free(bytes); /* from another process, not from the kernel */
	} while (from.nl_pid);

	/* Many iterators may wait to be collected: keep only the bytes received, not the whole buffer. */
	shrunk = realloc(bytes, (size_t)n);
	set_datagram(transport, shrunk ? shrunk : bytes, (size_t)n);
	return 0;
}

/* The errno, negative, that an NLMSG_ERROR or NLMSG_DONE carries; 0 for none. */
static int ack_errno(const struct nlmsghdr *msg)
{
	int err;

	/* NLMSG_DONE without a payload is what kernels before 2.6.19 sent. */
	if (nlmsg_datalen(msg) < (int)sizeof(err))
		return msg->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	memcpy(&err, nlmsg_data(msg), sizeof(err));
	return err < 0 && err >= -4095 ? err : 0;
}

/* Takes the next message out of the datagram. Returns NULL where it is cut short. */
static const struct nlmsghdr *take_message(struct smc_transport *transport)
{
	const struct nlmsghdr *msg = transport->next;
	int size;

	if (!nlmsg_ok(msg, transport->left))
		return NULL;
	size = transport->left;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): nlmsg_ok has read it */
	if (NLMSG_ALIGN(msg->nlmsg_len) < (unsigned int)size) /* the last message need not be padded */
		size = (int)NLMSG_ALIGN(msg->nlmsg_len);
	transport->next = (const void *)((const char *)msg + size);
	transport->left -= size;
	return msg;
}

int smc_transport_next(struct smc_transport *transport, const struct nlmsghdr **out)
{
	const struct nlmsghdr *msg;
	int err;

	while (!transport->done) {
		if (!transport->left) {
			if (!transport->sock)
				return 0; /* the end of a dump may be in another datagram */
			err = receive_datagram(transport);
			if (err)
				return err;
		}
		msg = take_message(transport);
		if (!msg)
			return -EBADMSG;
		if (transport->sock && msg->nlmsg_seq != transport->seq)
			continue;
		if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
			transport->interrupted = true;
		switch (msg->nlmsg_type) {
		case NLMSG_NOOP:
			continue;
		case NLMSG_OVERRUN:
			return -ENOBUFS;
		case NLMSG_ERROR:
		case NLMSG_DONE:
			transport->done = true;
			err = ack_errno(msg);
			return !err && transport->interrupted ? -EINTR : err;
		default:
			*out = msg;
			return 1;
		}
	}
	return 0;
}

int smc_transport_finish(struct smc_transport *transport)
{
	const struct nlmsghdr *msg;
	int err;

	do
		err = smc_transport_next(transport, &msg);
	while (err > 0);
	return err;
}
