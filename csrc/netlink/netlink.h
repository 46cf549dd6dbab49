/* SPDX-License-Identifier: MIT */
/*
 * Talking netlink with the kernel: requests, and dumps with one datagram in
 * memory at a time. What the messages mean is the business of the decoders:
 * smc_diag.c for smc_diag; those of SMC's generic netlink families stand on genl.h.
 */
#ifndef SMC_NETLINK_H
#define SMC_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

#include "../common/lua_api.h"

struct nl_msg;
struct nl_sock;

/* The kernel fills datagrams of at most 32 KiB for a dump. */
#define SMC_DATAGRAM_MAX (64 * 1024)

/* One dump: a netlink socket, or a recorded datagram when sock is NULL. */
struct smc_nl {
	struct nl_sock *sock;
	void *datagram;            /* the one being read: freed before the next */
	const struct nlmsghdr *at; /* next message in it */
	int left;                  /* bytes from there on */
	uint32_t seq;              /* of the request: answers to others are skipped */
	bool interrupted;          /* the kernel says that the list changed under it */
	bool done;
};

/*
 * Turns a message into Lua values, mostly one. Returns how many it pushed, 0 when the
 * message is not wanted, a negative errno when it is malformed. May raise.
 *
 * A Lua call that allocates can run the garbage collector, and with it somebody's
 * finalizer that closes this very iterator: copy what is needed out of the
 * message first, do not look at it again afterwards.
 */
typedef int smc_nl_decoder(lua_State *L, const struct nlmsghdr *msg, const void *want);

/* Says what to do about an errno the kernel answered with; may return NULL. */
typedef const char *smc_nl_advice(int err);

struct smc_dump_ops {
	const char *what; /* "cannot …", for messages */
	smc_nl_decoder *decode;
	smc_nl_advice *advice;
	size_t want_size; /* of the decoder's own description of what is wanted */
};

/* The iterator userdata. */
struct smc_dump {
	const void *mark; /* what tells it from any other userdata, for every step of the iteration */
	const struct smc_dump_ops *ops;
	struct smc_nl nl;
	const struct nlmsghdr *ahead;               /* read while opening, not yet given out */
	int err;                                    /* errno of what broke the dump off, or 0 */
	_Alignas(lua_Integer) unsigned char want[]; /* aligned as userdata of Lua is */
};

#pragma GCC visibility push(hidden)

/* transport.c */
int smc_nl_open(struct smc_nl *nl, int protocol);
int smc_nl_ask(struct smc_nl *nl, int type, const void *payload, size_t size);
int smc_nl_send(struct smc_nl *nl, struct nl_msg *msg);
int smc_nl_load(struct smc_nl *nl, const void *bytes, size_t size);
int smc_nl_step(struct smc_nl *nl, const struct nlmsghdr **out);
void smc_nl_shut(struct smc_nl *nl);

/* netlink.c */
struct smc_dump *smc_dump_new(lua_State *L, const struct smc_dump_ops *ops);
int smc_dump_open(lua_State *L, struct smc_dump *dump, int protocol);
int smc_dump_fail(lua_State *L, struct smc_dump *dump, int err);
int smc_dump_request(lua_State *L, struct smc_dump *dump, int protocol, int type, const void *payload,
		     size_t size);
int smc_dump_recorded(lua_State *L, struct smc_dump *dump, const void *bytes, size_t size);

/* smc_diag.c */
int smc_diag_dump(lua_State *L);
int smc_diag_decode(lua_State *L);

/* inet_diag.c */
int smc_tcp_dump(lua_State *L);

/* pnet.c */
int smc_pnet_list(lua_State *L);
int smc_pnet_add(lua_State *L);
int smc_pnet_remove(lua_State *L);
int smc_pnet_flush(lua_State *L);

/* system.c */
int smc_sys_info(lua_State *L);
int smc_hs_limitation_get(lua_State *L);
int smc_hs_limitation_enable(lua_State *L);
int smc_hs_limitation_disable(lua_State *L);

/* linkgroup.c */
int smc_lgr_smcd(lua_State *L);
int smc_lgr_smcr(lua_State *L);

/* device.c */
int smc_dev_smcd(lua_State *L);
int smc_dev_smcr(lua_State *L);

/* stats.c */
int smc_stats_get(lua_State *L);
int smc_fallback_stats(lua_State *L);

/* ifname.c */
int smc_interface_name(lua_State *L);

/* eid.c */
int smc_ueid_list(lua_State *L);
int smc_ueid_add(lua_State *L);
int smc_ueid_remove(lua_State *L);
int smc_ueid_flush(lua_State *L);
int smc_seid_get(lua_State *L);
int smc_seid_enable(lua_State *L);
int smc_seid_disable(lua_State *L);

#pragma GCC visibility pop

#endif
