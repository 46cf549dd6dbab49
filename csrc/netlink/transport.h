/* SPDX-License-Identifier: MIT */
/*
 * Sends a netlink request and reads the messages of the answer one by one. Only one datagram is in
 * memory at a time. The sockets are those of libnl. See netlink(7).
 */
#ifndef SMC_TRANSPORT_H
#define SMC_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

struct nl_msg;
struct nl_sock;

/* The kernel fills datagrams of at most 32 KiB for a dump. */
#define SMC_DATAGRAM_MAX (64 * 1024)

/* A netlink socket; if sock is NULL, a datagram that the caller supplied. */
struct smc_transport {
	struct nl_sock *sock;
	void *datagram;              /* the current datagram, freed before the next is read */
	const struct nlmsghdr *next; /* the next message in the datagram */
	int left;                    /* bytes from next to the end of the datagram */
	uint32_t seq;                /* number of the request; answers to other requests are skipped */
	bool interrupted;            /* the kernel reported that the list changed during the dump */
	bool done;
};

#pragma GCC visibility push(hidden)

/* Opens a socket. Returns 0 or a negative errno. After a failure, call smc_transport_close(), too. */
int smc_transport_open(struct smc_transport *transport, int protocol);

/* Sends a request, and frees it. Returns 0 or a negative errno. */
int smc_transport_send(struct smc_transport *transport, struct nl_msg *request);

/* Requests a dump. Returns 0 or a negative errno. */
int smc_transport_send_dump(struct smc_transport *transport, int type, const void *payload, size_t size);

/* Reads from a copy of this datagram instead of a socket. Returns 0 or -ENOMEM. */
int smc_transport_load(struct smc_transport *transport, const void *bytes, size_t size);

/*
 * Reads the next data message. Returns 1 and the message, which is valid until the next call; 0 at the end
 * of the answer; or a negative errno.
 */
int smc_transport_next(struct smc_transport *transport, const struct nlmsghdr **msg);

/* Reads to the end of the answer, the acknowledgement. Returns 0 or a negative errno. */
int smc_transport_finish(struct smc_transport *transport);

/* Closes the socket and frees the datagram. Closing twice is allowed. */
void smc_transport_close(struct smc_transport *transport);

#pragma GCC visibility pop

#endif
