/* SPDX-License-Identifier: MIT */
/*
 * The transport under smc.core.netlink: one request, and the messages of the answer one by one,
 * with one datagram in memory at a time. See netlink(7); the sockets are libnl's.
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

/* A netlink socket; or a datagram that was there already, when sock is NULL. */
struct smc_transport {
	struct nl_sock *sock;
	void *datagram;              /* the one being read: freed before the next */
	const struct nlmsghdr *next; /* message in it */
	int left;                    /* bytes from there on */
	uint32_t seq;                /* of the request: answers to others are skipped */
	bool interrupted;            /* the kernel says that the list changed under it */
	bool done;
};

#pragma GCC visibility push(hidden)

/* Opens a socket. Returns 0 or a negative errno; smc_transport_close() closes what is half open. */
int smc_transport_open(struct smc_transport *transport, int protocol);

/* Sends a request, and frees it. Returns 0 or a negative errno. */
int smc_transport_send(struct smc_transport *transport, struct nl_msg *request);

/* Asks for a dump. Returns 0 or a negative errno. */
int smc_transport_send_dump(struct smc_transport *transport, int type, const void *payload, size_t size);

/* Takes a datagram that is there already, in place of a socket. Returns 0 or -ENOMEM. */
int smc_transport_load(struct smc_transport *transport, const void *bytes, size_t size);

/*
 * Gives the next data message: 1 and the message, which is good until the next call; 0 at the
 * end of the answer; or a negative errno.
 */
int smc_transport_next(struct smc_transport *transport, const struct nlmsghdr **msg);

/* Reads on to the end of the answer, which is its acknowledgement. Returns 0 or a negative errno. */
int smc_transport_finish(struct smc_transport *transport);

/* Closes whatever is open. Closing twice is fine. */
void smc_transport_close(struct smc_transport *transport);

#pragma GCC visibility pop

#endif
