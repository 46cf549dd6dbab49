/* SPDX-License-Identifier: MIT */
/*
 * Requests to SMC's generic netlink families, SMC_GEN_NETLINK and SMC_PNETID: see <linux/smc.h>,
 * net/smc/smc_netlink.c and net/smc/smc_pnet.c. The files of the kernel's nouns (linkgroup.c,
 * eid.c, …) describe the requests; each becomes a function of smc.core.netlink.
 */
#ifndef SMC_GENL_H
#define SMC_GENL_H

#include <stddef.h>

#include "../common/lua_api.h"
#include "fields.h"

/* An attribute of a request. Those of a request end with one of size 0. */
struct smc_genl_attr {
	int type;
	const void *data;
	size_t size; /* with the final NUL of a string */
};

#define SMC_GENL_ATTRS 5 /* of a request, with the end */

struct smc_genl_request {
	const char *name; /* of the function in Lua */
	const char *what; /* "cannot …", for messages */
	int command;
	/*
	 * The fields of an answer: the function returns a list with a table for each message. NULL: the
	 * request is a command, and the function returns true.
	 */
	const struct smc_field *message;
	/*
	 * Fills in the attributes, which are zero, from the arguments; NULL if there are none. They may point
	 * into Lua strings, which the function leaves on the stack.
	 */
	void (*arguments)(lua_State *L, struct smc_genl_attr attrs[SMC_GENL_ATTRS]);
};

/* The requests to one family, of which the last has no name. */
struct smc_genl_family {
	const char *name;
	const struct smc_genl_request *requests;
};

#pragma GCC visibility push(hidden)

extern const struct smc_genl_family smc_linkgroup, smc_device, smc_stats, smc_system, smc_eid, smc_pnet;

/*
 * Sets the functions of the requests in the table on top of the stack. A list takes a datagram in
 * place of the kernel's answer too, as its only argument, for specs and the fuzzer.
 */
void smc_genl_set_functions(lua_State *L, const struct smc_genl_family *family);

/* The attribute of an argument, a string. */
struct smc_genl_attr smc_genl_string(lua_State *L, int arg, int type);

#pragma GCC visibility pop

#endif
