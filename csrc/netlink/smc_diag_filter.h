/* SPDX-License-Identifier: MIT */
/*
 * Filters the sockets of smc_diag. The kernel has no filter, so it is applied here, before a Lua
 * table is built.
 */
#ifndef SMC_DIAG_FILTER_H
#define SMC_DIAG_FILTER_H

#include "smc_diag_message.h"

/* A socket has to match every field that is set. */
struct smc_diag_filter {
	bool has_state, has_uid, has_inode, has_port[SIDES], has_address[SIDES];
	uint8_t state;
	uint32_t uid;
	uint64_t inode;
	uint16_t port[SIDES];           /* network order */
	struct in6_addr address[SIDES]; /* IPv4 as IPv4-mapped */
	enum smc_diag_mode mode;        /* none: any */
};

#pragma GCC visibility push(hidden)

/* Reads the filter of the table at arg, nil for none. Raises "bad option '…' (…)". */
void smc_diag_filter_read(lua_State *L, int arg, struct smc_diag_filter *filter);

bool smc_diag_filter_matches(const struct smc_diag_filter *filter, const struct smc_diag_socket *s);

#pragma GCC visibility pop

#endif
